package main

import (
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
	"github.com/emmansun/gmsm/smx509"
)

var errPath = errors.New("the path is refused")

// pathTime is an instant at which the generated certificates are valid.
var pathTime = testcerts.NotBefore.AddDate(1, 0, 0)

// measurePaths compares the validation of a chain of three certificates, which
// are parsed already, with the two signature checks in it. Nothing is kept from
// one validation to the next.
func (b *bench) measurePaths(certs map[testcerts.Kind]*testcerts.Set) error {
	b.heading("Paths", "time to validate server, intermediate and root, parsed already; × is how much slower than the two bare signature checks; of many short turns the shortest")
	t := newTable("key", "bare signatures", "path.Validate", "path.Build", "crypto/x509 Verify", "smx509 Verify", "OpenSSL X509_verify_cert")
	program, err := newOpenSSL()
	if err != nil {
		b.notef("OpenSSL X509_verify_cert: SKIPPED (%v).", err)
	} else {
		defer program.close()
	}
	for _, kind := range testcerts.Kinds {
		results, err := b.racePaths(certs[kind])
		if err != nil {
			return err
		}
		row := []string{string(kind)}
		for _, r := range results {
			row = append(row, shortestCell(r, results[0]))
		}
		cell := "not measured"
		if program != nil {
			if ns, err := program.verify(certs[kind], pathTime); err != nil {
				cell = "refuses"
				b.notef("OpenSSL X509_verify_cert, %s: %v.", kind, err)
			} else {
				cell = duration(ns) + "  " + times(ns/shortest(results[0]))
			}
		}
		t.add(append(row, cell)...)
		b.target(string(kind)+" path.Validate, times the time of its signatures", shortest(results[1])/shortest(results[0]), 1.1, false)
		b.target(string(kind)+" path.Build, times the time of its signatures", shortest(results[2])/shortest(results[0]), 1.1, false)
	}
	b.print(t)
	return nil
}

// sprint lets the contenders take very short turns. What is to be told apart is a
// few microseconds, which is less than other programs on the machine cost a turn
// by emptying the caches; the shortest of many turns is one that nobody disturbed.
func sprint(rounds int, contenders ...contender) []*result {
	const calls = 3
	results := make([]*result, len(contenders))
	for i, c := range contenders {
		results[i] = &result{contender: c, err: c.work()}
	}
	for range rounds {
		for _, r := range results {
			if r.err != nil {
				continue
			}
			if r.err = r.work(); r.err != nil { // Everybody starts with warm caches.
				continue
			}
			start := time.Now()
			for range calls {
				if r.err = r.work(); r.err != nil {
					break
				}
			}
			r.times = append(r.times, float64(time.Since(start))/calls)
		}
	}
	return results
}

// shortest is the shortest time for one unit in nanoseconds.
func shortest(r *result) float64 { return slices.Min(r.times) }

func shortestCell(r, base *result) string {
	switch {
	case r.err != nil:
		return "refuses"
	case r == base:
		return duration(shortest(r))
	}
	return duration(shortest(r)) + "  " + times(shortest(r)/shortest(base))
}

// racePaths returns the results for the bare signatures, Validate, Build,
// crypto/x509 and smx509.
func (b *bench) racePaths(s *testcerts.Set) ([]*result, error) {
	var parsed [3]*certparse.Certificate
	for i, c := range []*testcerts.Certificate{s.Server, s.Intermediate, s.Root} {
		var err error
		if parsed[i], err = certparse.ParseCertificate(c.DER); err != nil {
			return nil, err
		}
	}
	leaf, ca, root := parsed[0], parsed[1], parsed[2]
	opt := path.Options{Time: pathTime, Purposes: []string{certparse.EKUServerAuth}}
	verdict := func(r *path.Result) error {
		if !r.Valid {
			return errPath
		}
		return nil
	}
	anchors, pool, chain := path.Anchors([]*certparse.Certificate{root}), []*certparse.Certificate{ca}, []*certparse.Certificate{leaf, ca}
	first, second := bare(s.Intermediate.PublicKey(), leaf.RawTBSCertificate(), leaf.Signature()), bare(s.Root.PublicKey(), ca.RawTBSCertificate(), ca.Signature())
	standard, err := standardVerify(s, pathTime)
	if err != nil {
		return nil, err
	}
	gm, err := gmVerify(s, pathTime)
	if err != nil {
		return nil, err
	}
	results := sprint(60*b.plan.rounds,
		contender{"bare", 1, func() error { return errors.Join(first(), second()) }},
		contender{"Validate", 1, func() error { return verdict(path.Validate(chain, anchors[0], opt)) }},
		contender{"Build", 1, func() error { return verdict(path.Build(leaf, anchors, pool, opt)) }},
		contender{"crypto/x509", 1, standard},
		contender{"smx509", 1, gm},
	)
	for _, r := range results[:3] {
		if r.err != nil {
			return nil, r.err
		}
	}
	return results, nil
}

// standardVerify is crypto/x509's verification. It knows no SM2 keys, for which
// the result returns an error.
func standardVerify(s *testcerts.Set, at time.Time) (func() error, error) {
	if s.Server.Kind == testcerts.SM2 {
		return func() error { return x509.ErrUnsupportedAlgorithm }, nil
	}
	opt := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at}
	leaf, err := x509.ParseCertificate(s.Server.DER)
	if err != nil {
		return nil, err
	}
	for pool, c := range map[*x509.CertPool]*testcerts.Certificate{opt.Roots: s.Root, opt.Intermediates: s.Intermediate} {
		x, err := x509.ParseCertificate(c.DER)
		if err != nil {
			return nil, err
		}
		pool.AddCert(x)
	}
	return func() error { _, err := leaf.Verify(opt); return err }, nil
}

// gmVerify is smx509's verification.
func gmVerify(s *testcerts.Set, at time.Time) (func() error, error) {
	opt := smx509.VerifyOptions{Roots: smx509.NewCertPool(), Intermediates: smx509.NewCertPool(), CurrentTime: at}
	leaf, err := smx509.ParseCertificate(s.Server.DER)
	if err != nil {
		return nil, err
	}
	for pool, c := range map[*smx509.CertPool]*testcerts.Certificate{opt.Roots: s.Root, opt.Intermediates: s.Intermediate} {
		x, err := smx509.ParseCertificate(c.DER)
		if err != nil {
			return nil, err
		}
		pool.AddCert(x)
	}
	return func() error { _, err := leaf.Verify(opt); return err }, nil
}
