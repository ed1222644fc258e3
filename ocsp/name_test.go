package ocsp_test

import (
	"slices"
	"testing"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// TestNames has lists whose issuer is written in another way than in the
// certificate, RFC 5280, Section 7.1.
func TestNames(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	attribute := func(tag byte, kind, value string) []byte {
		return forge.Sequence(forge.OID(kind), forge.TLV(tag, []byte(value)))
	}
	set := func(attributes ...[]byte) []byte { return forge.TLV(0x31, attributes...) }
	cn := func(tag byte, value string) []byte { return forge.Sequence(set(attribute(tag, "2.5.4.3", value))) }
	const utf8, printable, bmp = 0x0c, 0x13, 0x1e
	two := forge.Sequence(set(attribute(utf8, "2.5.4.3", "a"), attribute(utf8, "2.5.4.10", "b")))
	other := forge.Sequence(set(attribute(utf8, "2.5.4.10", "B"), attribute(printable, "2.5.4.3", "A")))
	var wide [][]byte
	for i := range 33 {
		wide = append(wide, attribute(utf8, "2.5.4.11", string(rune('a'+i))))
	}
	upper := slices.Clone(wide)
	upper[0] = attribute(utf8, "2.5.4.11", "A")
	// The name breaks off after the first of its parts.
	damaged := func(rest byte) []byte {
		return forge.Sequence(set(attribute(utf8, "2.5.4.3", "a")), []byte{0x31, 5, rest})
	}
	number := func(tag, n byte) []byte {
		return forge.Sequence(set(forge.Sequence(forge.OID("2.5.4.45"), forge.TLV(tag, []byte{n}))))
	}
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
		{"another attribute", cn(utf8, "Test CA"), forge.Sequence(set(attribute(utf8, "2.5.4.10", "Test CA"))), false},
		{"one part more", cn(utf8, "a"), forge.Sequence(set(attribute(utf8, "2.5.4.3", "a")), set(attribute(utf8, "2.5.4.3", "a"))), false},
		{"a set in another order", two, other, true},
		{"a set with one more", two, forge.Sequence(set(attribute(utf8, "2.5.4.3", "a"))), false},
		{"a set with one twice", two, forge.Sequence(set(attribute(utf8, "2.5.4.3", "a"), attribute(utf8, "2.5.4.3", "a"))), false},
		{"a set of 33", forge.Sequence(set(wide...)), forge.Sequence(set(upper...)), false},
		{"no text", number(0x02, 1), number(0x02, 1), true},
		{"no text, another one", number(0x02, 1), number(0x02, 2), false},
		{"no text, another type", number(0x02, 1), number(0x0a, 1), false},
		{"damaged", damaged(1), damaged(2), false},
		{"damaged, itself", damaged(1), damaged(1), true},
	} {
		s := base
		s.issuer.Subject, s.leaf.Issuer = test.a, test.b
		s.reply.ResponderID = forge.ByName(test.a)
		s.reply.Answers = slices.Clone(s.reply.Answers)
		hashed := s.issuer
		hashed.Subject = test.b // The hash is over the name in the certificate.
		s.reply.Answers[0].ID = certIDOf(hashed, s.leaf.Serial...)
		cert, issuer := s.parse(t)
		if test.name == "damaged, itself" {
			s.reply.ResponderID = forge.ByKey(s.issuer.Key)
		}
		r := verify(t, s.reply.DER(), cert, issuer, ocsp.Options{Time: now})
		if (r.Status == ocsp.Good) != test.same || !test.same && r.Code != "issuer-mismatch" {
			t.Errorf("%s: %v %s, want the same %v", test.name, r.Status, r.Code, test.same)
		}
	}
}
