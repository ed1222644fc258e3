package certparse_test

import (
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

type part struct {
	oid   string
	tag   asn1.Tag
	value string
}

// name encodes relative distinguished names.
func name(rdns ...[]part) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, rdn := range rdns {
			b.AddASN1(asn1.SET, func(b *cryptobyte.Builder) {
				for _, p := range rdn {
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes([]byte(p.oid)) })
						b.AddASN1(p.tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(p.value)) })
					})
				}
			})
		}
	})
	return b.BytesOrPanic()
}

const bmpString, universalString = asn1.Tag(30), asn1.Tag(28)

// sameName and nameWithin compare names in DER.
func sameName(a, b []byte) bool { return certparse.NameFromDER(a).Equal(certparse.NameFromDER(b)) }
func nameWithin(n, base []byte) bool {
	return certparse.NameFromDER(n).Within(certparse.NameFromDER(base))
}

func TestNameEqual(t *testing.T) {
	const cn, o = "\x55\x04\x03", "\x55\x04\x0a"
	one := func(tag asn1.Tag, v string) []byte { return name([]part{{cn, tag, v}}) }
	utf := func(v string) []byte { return one(asn1.UTF8String, v) }
	for _, x := range []struct {
		what string
		a, b []byte
		same bool
	}{
		{"case", utf("Example CA"), utf("eXAMPLE ca"), true},
		{"kinds of strings", utf("Example CA"), one(asn1.PrintableString, "Example CA"), true},
		{"IA5String", utf("example"), one(asn1.IA5String, "EXAMPLE"), true},
		{"BMPString", utf("Ä1"), one(bmpString, "\x00\xe4\x001"), true},
		{"UniversalString", utf("Ä"), one(universalString, "\x00\x00\x00\xe4"), true},
		{"TeletexString as Latin-1", utf("ä"), one(asn1.T61String, "\xc4"), true},
		{"blanks at the ends and in a row", utf("  Example \t CA "), utf("Example CA"), true},
		{"blanks that separate", utf("ExampleCA"), utf("Example CA"), false},
		{"a no-break space", utf("Example\u00a0CA"), utf("Example CA"), true},
		{"a soft hyphen", utf("Ex\u00adample"), utf("Example"), true},
		{"a zero-width space", utf("Ex\u200bample"), utf("Example"), true},
		{"a control character", utf("Ex\x01ample"), utf("Example"), true},
		{"composed and decomposed", utf("\u00e4"), utf("a\u0308"), true},
		{"compatibility forms", utf("ﬁx"), utf("fix"), true},
		{"full width", utf("ＣＡ"), utf("ca"), true},
		{"sharp s", utf("Straße"), utf("STRASSE"), true},
		{"final sigma", utf("ΟΔΟΣ"), utf("οδος"), true},
		{"other letters", utf("ä"), utf("a"), false},
		{"Cyrillic a", utf("а"), utf("a"), false},
		{"another type", name([]part{{cn, asn1.UTF8String, "x"}}), name([]part{{o, asn1.UTF8String, "x"}}), false},
		{"one more part", name([]part{{o, asn1.UTF8String, "x"}}), name([]part{{o, asn1.UTF8String, "x"}}, []part{{cn, asn1.UTF8String, "x"}}), false},
		{"another order of parts", name([]part{{o, asn1.UTF8String, "x"}}, []part{{cn, asn1.UTF8String, "y"}}), name([]part{{cn, asn1.UTF8String, "y"}}, []part{{o, asn1.UTF8String, "x"}}), false},
		{"another order inside a part", name([]part{{o, asn1.UTF8String, "x"}, {cn, asn1.UTF8String, "y"}}), name([]part{{cn, asn1.UTF8String, "Y"}, {o, asn1.UTF8String, "X"}}), true},
		{"a repeated attribute", name([]part{{o, asn1.UTF8String, "x"}, {o, asn1.UTF8String, "X"}}), name([]part{{o, asn1.UTF8String, "x"}, {o, asn1.UTF8String, "y"}}), false},
		{"bytes that are no UTF-8", utf("\xff"), utf("\xfe"), false},
		{"surrogates", one(bmpString, "\xd8\x00"), one(bmpString, "\xd8\x01"), false},
		{"private use", utf("\ue000A"), utf("\ue000a"), false},
		{"no strings", one(asn1.INTEGER, "\x01"), one(asn1.INTEGER, "\x02"), false},
		{"no strings, the same", one(asn1.INTEGER, "\x01"), one(asn1.INTEGER, "\x01"), true},
		{"broken", []byte{0x30, 5, 1}, []byte{0x30, 6, 1}, false},
		{"empty", name(), name(), true},
	} {
		if got := sameName(x.a, x.b); got != x.same {
			t.Errorf("%s: %v", x.what, got)
		}
		if got := sameName(x.b, x.a); got != x.same {
			t.Errorf("%s, the other way round: %v", x.what, got)
		}
		if got := certparse.NameFromDER(x.a).Canonical() == certparse.NameFromDER(x.b).Canonical(); got != x.same {
			t.Errorf("%s: the canonical forms are the same: %v", x.what, got)
		}
	}
	if nameWithin(utf("a"), name([]part{{cn, asn1.UTF8String, "A"}}, []part{{cn, asn1.UTF8String, "b"}})) {
		t.Error("a name is below a longer one")
	}
	if !nameWithin(utf("a"), name()) {
		t.Error("a name is not below the empty one")
	}
}
