package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/certparse"
	"github.com/emmansun/gmsm/smx509"
	ctx509 "github.com/google/certificate-transparency-go/x509"
	zx509 "github.com/zmap/zcrypto/x509"
)

// parser is one library's way to parse a certificate.
type parser struct {
	name  string
	parse func(der []byte) (any, error)
}

// The indexes in parsers of ours, of the one to compare with, and of the one that
// takes its place for SM2.
const (
	certloupe = iota
	standardLibrary
	gmsm
)

var parsers = []parser{
	{"certloupe", func(der []byte) (any, error) { return certparse.ParseCertificate(der) }},
	{"crypto/x509", func(der []byte) (any, error) { return x509.ParseCertificate(der) }},
	{"smx509", func(der []byte) (any, error) { return smx509.ParseCertificate(der) }},
	{"zcrypto", func(der []byte) (any, error) { return zx509.ParseCertificate(der) }},
	{"ct-go", func(der []byte) (any, error) {
		c, err := ctx509.ParseCertificate(der)
		if ctx509.IsFatal(err) {
			return nil, err
		}
		return c, nil
	}},
}

// set is certificates that are measured together.
type set struct {
	name  string
	certs [][]byte
	// sm2 has for each certificate whether its key is an SM2 key, which
	// crypto/x509 cannot parse.
	sm2 []bool
}

func (s *set) add(der []byte, isSM2 bool) {
	s.certs = append(s.certs, der)
	s.sm2 = append(s.sm2, isSM2)
}

// mixed is the name of the set that has all three kinds of keys.
const mixed = "mixed"

// generated makes the sets of RSA, ECDSA and SM2 certificates, and the one that
// has them all.
func generated() (map[testcerts.Kind]*testcerts.Set, []*set, error) {
	byKind := map[testcerts.Kind]*testcerts.Set{}
	all := &set{name: mixed}
	var sets []*set
	for _, kind := range testcerts.Kinds {
		made, err := testcerts.New(kind)
		if err != nil {
			return nil, nil, err
		}
		byKind[kind] = made
		s := &set{name: string(kind)}
		for _, c := range made.Mixed() {
			s.add(c.DER, kind == testcerts.SM2)
			all.add(c.DER, kind == testcerts.SM2)
		}
		sets = append(sets, s)
	}
	return byKind, append(sets, all), nil
}

// systemRoots reads the certificates of a PEM file that every parser accepts.
func systemRoots(file string) (s *set, refused int, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, 0, err
	}
	s = &set{name: "system roots"}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		accepted := true
		for _, p := range parsers {
			if _, err := p.parse(block.Bytes); err != nil {
				accepted = false
			}
		}
		if accepted {
			s.add(block.Bytes, false)
		} else {
			refused++
		}
	}
	if len(s.certs) == 0 {
		return nil, refused, fmt.Errorf("%s has no certificate that all parsers accept", file)
	}
	return s, refused, nil
}
