package main

import (
	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/certparse"
)

// The targets for parsing.
const (
	minParseRatio  = 8
	maxAllocations = 3
)

// withKeys is the name of our parser when it decodes the key as well, which the
// others always do.
const withKeys = "with keys"

// measureParsing compares the parsers on each set.
func (b *bench) measureParsing(sets []*set) {
	b.heading("Parsing", "time for one certificate, median of the rounds; × is how much slower than certloupe")
	header := []string{"set", "certificates"}
	for _, p := range parsers {
		header = append(header, p.name)
	}
	table := newTable(append(header, "certloupe "+withKeys)...)
	memory := newTable(header...)
	for _, s := range sets {
		var contenders []contender
		for i, p := range parsers {
			contenders = append(contenders, s.contender(p.name, func(n int) parser {
				if i == standardLibrary && s.name == mixed && s.sm2[n] {
					return parsers[gmsm]
				}
				return p
			}))
		}
		contenders = append(contenders, s.contender(withKeys, func(int) parser {
			return parser{parse: func(der []byte) (any, error) {
				c, err := certparse.ParseCertificate(der)
				if err != nil {
					return nil, err
				}
				return c.PublicKey().Key()
			}}
		}))
		results := b.plan.race(contenders...)
		row, allocated := []string{s.name, itoa(len(s.certs))}, []string{s.name, itoa(len(s.certs))}
		for i, r := range results {
			row = append(row, b.compared(r, results[certloupe]))
			if i < len(parsers) {
				allocated = append(allocated, perOperation(r))
			}
		}
		table.add(row...)
		memory.add(allocated...)
		if s.name == mixed {
			b.target("parse speed, mixed set, × crypto/x509 (SM2: × smx509)", ratio(results[standardLibrary], results[certloupe]), minParseRatio, true)
			b.target("allocations for one certificate, mixed set", results[certloupe].allocations, maxAllocations, false)
		}
	}
	b.print(table)
	b.notef("In the mixed set the column crypto/x509 has smx509's figures for the SM2 certificates, which crypto/x509 refuses.")
	b.heading("Allocations", "number and bytes for parsing one certificate")
	b.print(memory)
}

// contender lets the parsers that choose returns parse the set.
func (s *set) contender(name string, choose func(i int) parser) contender {
	return contender{name, len(s.certs), func() error {
		for i, der := range s.certs {
			if _, err := choose(i).parse(der); err != nil {
				return err
			}
		}
		return nil
	}}
}

// measureRetained compares what a parsed certificate keeps in memory.
func (b *bench) measureRetained(certs map[testcerts.Kind]*testcerts.Set) {
	b.heading("Memory", "bytes and objects on the heap that one parsed certificate keeps, its DER not counted; × certloupe")
	header := []string{"certificate"}
	for _, p := range parsers {
		header = append(header, p.name)
	}
	table := newTable(header...)
	for _, kind := range testcerts.Kinds {
		for _, c := range []*testcerts.Certificate{certs[kind].Server, certs[kind].Root} {
			row := []string{string(kind) + " " + c.Name}
			ours := 0.0
			for i, p := range parsers {
				bytes, objects, err := retained(2000, func() (any, error) { return p.parse(c.DER) })
				if i == certloupe {
					ours = bytes
				}
				row = append(row, b.kept(bytes, objects, ours, err))
			}
			table.add(row...)
		}
	}
	b.print(table)
}
