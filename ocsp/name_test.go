package ocsp_test

import (
	"slices"
	"testing"

	"github.com/certloupe/certloupe/ocsp"
)

// TestNames has lists whose issuer is written in another way than in the
// certificate, RFC 5280, Section 7.1.
func TestNames(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	attribute := func(tag byte, kind, value string) []byte { return sequence(oid(kind), tlv(tag, []byte(value))) }
	set := func(attributes ...[]byte) []byte { return tlv(0x31, attributes...) }
	cn := func(tag byte, value string) []byte { return sequence(set(attribute(tag, "2.5.4.3", value))) }
	const utf8, printable, bmp = 0x0c, 0x13, 0x1e
	two := sequence(set(attribute(utf8, "2.5.4.3", "a"), attribute(utf8, "2.5.4.10", "b")))
	other := sequence(set(attribute(utf8, "2.5.4.10", "B"), attribute(printable, "2.5.4.3", "A")))
	var wide [][]byte
	for i := range 33 {
		wide = append(wide, attribute(utf8, "2.5.4.11", string(rune('a'+i))))
	}
	upper := slices.Clone(wide)
	upper[0] = attribute(utf8, "2.5.4.11", "A")
	// The name breaks off after the first of its parts.
	damaged := func(rest byte) []byte { return sequence(set(attribute(utf8, "2.5.4.3", "a")), []byte{0x31, 5, rest}) }
	number := func(tag, n byte) []byte { return sequence(set(sequence(oid("2.5.4.45"), tlv(tag, []byte{n})))) }
	for _, test := range []struct {
		name string
		a, b []byte
		same bool
	}{
		{"itself", cn(utf8, "Test CA"), cn(utf8, "Test CA"), true},
		{"another type", cn(utf8, "Test CA"), cn(printable, "Test CA"), true},
		{"UTF-16", cn(utf8, "CA"), cn(bmp, "\x00C\x00A"), true},
		{"upper case", cn(utf8, "Test CA"), cn(utf8, "TEST ca"), true},
		{"blanks", cn(utf8, "Test CA"), cn(utf8, "  Test   CA "), true},
		{"no blank", cn(utf8, "Test CA"), cn(utf8, "TestCA"), false},
		{"another text", cn(utf8, "Test CA"), cn(utf8, "Test CB"), false},
		{"another attribute", cn(utf8, "Test CA"), sequence(set(attribute(utf8, "2.5.4.10", "Test CA"))), false},
		{"one part more", cn(utf8, "a"), sequence(set(attribute(utf8, "2.5.4.3", "a")), set(attribute(utf8, "2.5.4.3", "a"))), false},
		{"a set in another order", two, other, true},
		{"a set with one more", two, sequence(set(attribute(utf8, "2.5.4.3", "a"))), false},
		{"a set with one twice", two, sequence(set(attribute(utf8, "2.5.4.3", "a"), attribute(utf8, "2.5.4.3", "a"))), false},
		{"a set of 33", sequence(set(wide...)), sequence(set(upper...)), false},
		{"no text", number(0x02, 1), number(0x02, 1), true},
		{"no text, another one", number(0x02, 1), number(0x02, 2), false},
		{"no text, another type", number(0x02, 1), number(0x0a, 1), false},
		{"damaged", damaged(1), damaged(2), false},
		{"damaged, itself", damaged(1), damaged(1), true},
	} {
		s := base
		s.issuer.subject, s.leaf.issuer = test.a, test.b
		s.reply.responderID = byName(test.a)
		s.reply.answers = slices.Clone(s.reply.answers)
		hashed := s.issuer
		hashed.subject = test.b // The hash is over the name in the certificate.
		s.reply.answers[0].id = certIDOf(hashed, s.leaf.serial...)
		cert, issuer := s.parse(t)
		if test.name == "damaged, itself" {
			s.reply.responderID = byKey(s.issuer.key)
		}
		r := verify(t, s.reply.der(), cert, issuer, ocsp.Options{Time: now})
		if (r.Status == ocsp.Good) != test.same || !test.same && r.Code != "issuer-mismatch" {
			t.Errorf("%s: %v %s, want the same %v", test.name, r.Status, r.Code, test.same)
		}
	}
}
