package path_test

import (
	"crypto/x509"
	"slices"
	"testing"
)

// What issuers must do, RFC 5280, Section 4.
var issuingRules = []rule{
	{"subject-key-identifier-missing", 1, "a CA without key identifier", chain(nil, edits{withoutKeyID}, edits{ext("2.5.29.35", false, []byte{0x30, 3, 0x80, 1, 1})}, conforming), chain(nil, edits{withoutKeyID}, nil)},
	{"authority-key-identifier-missing", 0, "nothing says which key signed", func(tb testing.TB) question { return unlinked(tb).with(conforming) }, unlinked},
	{"extension-should-be-critical", 1, "basic constraints", chain(nil, edits{casual}, nil, conforming), chain(nil, edits{casual}, nil)},
	{"extension-must-not-be-critical", 0, "authority information access", chain(nil, nil, edits{ext("2.5.29.14", true, []byte{4, 1, 1})}, conforming), chain(nil, nil, edits{ext("2.5.29.14", true, []byte{4, 1, 1})})},
	{"serial-too-long", 0, "21 octets", chain(nil, nil, edits{longSerial}, conforming), chain(nil, nil, edits{longSerial})},
	{"serial-too-long", 1, "21 octets, which do not matter in an anchor", chain(nil, edits{longSerial}, nil, conforming), chain(edits{longSerial}, nil, nil, conforming)},
	{"extension-should-be-critical", 1, "name constraints, which the web does not demand", chain(nil, edits{loose}, nil, conforming), chain(nil, edits{loose}, nil, web)},
	{"extension-should-be-critical", 1, "policy constraints, but not policy mappings", chain(nil, edits{ext(extLimits, false, []byte{0x30, 3, 0x80, 1, 9})}, nil, conforming),
		chain(nil, edits{policies(pA), ext(extMappings, false, der(seq(seq(id(pA), id(pB)))))}, nil, conforming)},
	{"serial-too-long", 0, "21 octets, on the web", chain(nil, nil, edits{longSerial}, web), chain(nil, nil, nil, web)},
	{"extension-should-be-critical", 2, "basic constraints of an anchor", chain(edits{casual}, nil, nil, conforming), chain(edits{casual}, nil, nil)},
	{"extension-should-be-critical", 1, "basic constraints, on the web", chain(nil, edits{casual}, nil, web), chain(nil, edits{casual}, nil)},
	{"der-malformed", 0, "more departures than are kept", chain(nil, nil, edits{repeated(120)}), chain(nil, nil, edits{repeated(50)})},
	{"key-usage-without-ca", 0, "a leaf that may sign certificates; a path length limit means nothing there", chain(nil, nil, edits{casualUsage, ext(extBasic, true, []byte{0x30, 0})}, conforming),
		chain(nil, nil, edits{ext(extBasic, true, []byte{0x30, 3, 2, 1, 0})}, conforming)},
}

// withoutKeyID makes a CA by hand, because crypto/x509 gives every CA a key identifier.
func withoutKeyID(c *x509.Certificate) {
	c.SubjectKeyId, c.IsCA, c.BasicConstraintsValid = nil, false, false
	ext(extBasic, true, []byte{0x30, 3, 1, 1, 0xff})(c)
}

// unlinked asks about a leaf that does not name its issuer's key.
func unlinked(tb testing.TB) question {
	r := root(tb, "Root")
	i := r.ca("CA")
	bare := *i.tmpl
	bare.SubjectKeyId = nil
	l := issue(tb, &entity{tb: tb, tmpl: &bare, key: i.key}, "www.example.com", testKey(tb, "leaf"), edits{isServer})
	return ask(l.cert, r, i)
}

func casual(c *x509.Certificate) { ext(extBasic, false, []byte{0x30, 3, 1, 1, 0xff})(c) }

func casualUsage(c *x509.Certificate) {
	c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign
}

// loose has name constraints that are not critical.
func loose(c *x509.Certificate) {
	ext(extConstraints, false, der(seq(explicit(0, seq(dns("example.com"))))))(c)
}

// repeated lists one policy n times, each but the first a departure from the standard.
func repeated(n int) edit { return policies(slices.Repeat([]string{pA}, n)...) }

func longSerial(c *x509.Certificate) { c.SerialNumber = c.SerialNumber.Lsh(c.SerialNumber, 160) }
