package certparse

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// testAttribute is one attribute for testName.
type testAttribute struct {
	oid   string // content octets
	tag   byte
	value string
}

// testName encodes a name; every inner slice is one RDN.
func testName(rdns ...[]testAttribute) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, rdn := range rdns {
			b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
				for _, a := range rdn {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(cbasn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes([]byte(a.oid)) })
						b.AddASN1(cbasn1.Tag(a.tag), func(b *cryptobyte.Builder) { b.AddBytes([]byte(a.value)) })
					})
				}
			})
		}
	})
	return b.BytesOrPanic()
}

const (
	oidCN    = "\x55\x04\x03"
	oidC     = "\x55\x04\x06"
	oidL     = "\x55\x04\x07"
	oidO     = "\x55\x04\x0a"
	oidOU    = "\x55\x04\x0b"
	oidEmail = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"
	oidOther = "\x2a\x03\x04"
)

func TestNameStrings(t *testing.T) {
	utf8Name := func(value string) []byte { return testName([]testAttribute{{oidCN, tagUTF8String, value}}) }
	for _, test := range []struct {
		name          string
		der           []byte
		rfc4514, java string
	}{
		{"empty", testName(), "", ""},
		{"order and keywords",
			testName([]testAttribute{{oidC, tagPrintableString, "CN"}}, []testAttribute{{oidO, tagUTF8String, "Huawei"}}, []testAttribute{{oidEmail, tagIA5String, "a@b.cn"}}),
			"emailAddress=a@b.cn,O=Huawei,C=CN", "EMAILADDRESS=a@b.cn, O=Huawei, C=CN"},
		{"several values in one RDN",
			testName([]testAttribute{{oidO, tagUTF8String, "X"}, {oidOU, tagUTF8String, "Y"}}, []testAttribute{{oidCN, tagUTF8String, "z"}}),
			"CN=z,O=X+OU=Y", "CN=z, O=X+OU=Y"},
		{"special characters", utf8Name(`a,b+c"d\e<f>g;h=i#j`), `CN=a\,b\+c\"d\\e\<f\>g\;h=i#j`, `CN="a,b+c\"d\\e<f>g;h=i#j"`},
		{"leading number sign", utf8Name("#1"), `CN=\#1`, `CN="#1"`},
		{"blanks at the ends", utf8Name(" a "), `CN=\ a\ `, `CN=" a "`},
		{"blanks inside", utf8Name("a  b"), `CN=a  b`, `CN="a  b"`},
		{"Chinese", utf8Name("深圳"), "CN=深圳", "CN=深圳"},
		{"control characters", utf8Name("a\x00b\x1b[31m\u202ec"), `CN=a\00b\1B[31m\E2\80\AEc`, `CN=a\00b\1B[31m\E2\80\AEc`},
		{"line breaks", utf8Name("a\nO=b"), `CN=a\0AO=b`, `CN="a\0AO=b"`},
		{"not UTF-8", utf8Name("a\xff"), `CN=a\FF`, `CN=a\FF`},
		{"replacement character", utf8Name("a\uFFFD"), "CN=a\uFFFD", "CN=a\uFFFD"},
		{"BMPString", testName([]testAttribute{{oidCN, tagBMPString, "\x6d\xf1\x57\x33"}}), "CN=深圳", "CN=深圳"},
		{"odd BMPString", testName([]testAttribute{{oidCN, tagBMPString, "\x6d"}}), "CN=#1e016d", "CN=#1e016d"},
		{"UniversalString", testName([]testAttribute{{oidCN, tagUniversalString, "\x00\x00\x6d\xf1"}}), "CN=深", "CN=深"},
		{"TeletexString", testName([]testAttribute{{oidCN, tagT61String, "M\xfcller"}}), "CN=Müller", "CN=Müller"},
		{"no string", testName([]testAttribute{{oidCN, tagInteger, "\x05"}}), "CN=#020105", "CN=#020105"},
		{"unknown type", testName([]testAttribute{{oidOther, tagUTF8String, "v"}}), "1.2.3.4=#0c0176", "OID.1.2.3.4=v"},
	} {
		n := Name{test.der}
		if got := n.String(); got != test.rfc4514 {
			t.Errorf("%s: String() = %s, want %s", test.name, got, test.rfc4514)
		}
		if got := n.DN(); got != test.java {
			t.Errorf("%s: DN() = %s, want %s", test.name, got, test.java)
		}
	}
}

func TestCommonNameIsTheMostSpecific(t *testing.T) {
	n := Name{testName([]testAttribute{{oidCN, tagUTF8String, "first"}}, []testAttribute{{oidCN, tagUTF8String, "last"}}, []testAttribute{{oidO, tagUTF8String, "o"}})}
	if got := n.CommonName(); got != "last" {
		t.Errorf("CommonName() = %q", got)
	}
	if got := n.Values("CN"); !slices.Equal(got, []string{"first", "last"}) {
		t.Errorf("Values = %q", got)
	}
	if (Name{testName()}).CommonName() != "" || !(Name{testName()}).Empty() || n.Empty() {
		t.Error("an empty name has a common name, or is not empty")
	}
}

// nameFindings are the codes that reading a name as a subject gives.
func nameFindings(der []byte) []finding.Code {
	c := &Certificate{raw: der}
	p := parser{derReader: derReader{der: der}, c: c}
	e, _ := p.read(0, uint32(len(der)))
	p.name(e, "subject")
	var codes []finding.Code
	for _, f := range c.Findings(finding.Where{}) {
		codes = append(codes, f.Code)
	}
	return codes
}

func TestNameFindings(t *testing.T) {
	one := func(oid string, tag byte, value string) []byte { return testName([]testAttribute{{oid, tag, value}}) }
	for _, test := range []struct {
		name string
		der  []byte
		want []finding.Code
	}{
		{"healthy", one(oidCN, tagPrintableString, "Example CA (1), O'Brien: a/b=c?"), nil},
		{"healthy UTF-8", one(oidO, tagUTF8String, "华为技术有限公司 ünïcode"), nil},
		{"64 characters that are more bytes", one(oidCN, tagUTF8String, strings.Repeat("圳", 64)), nil},
		{"65 characters", one(oidCN, tagUTF8String, strings.Repeat("圳", 65)), []finding.Code{"name-attribute-length"}},
		{"65 ASCII characters", one(oidCN, tagPrintableString, strings.Repeat("a", 65)), []finding.Code{"name-attribute-length"}},
		{"locality of 128", one(oidL, tagUTF8String, strings.Repeat("a", 128)), nil},
		{"asterisk in PrintableString", one(oidCN, tagPrintableString, "*.example.com"), []finding.Code{"name-characters"}},
		{"UTF-8 in IA5String", one(oidEmail, tagIA5String, "ü@b.cn"), []finding.Code{"name-characters"}},
		{"broken UTF-8", one(oidCN, tagUTF8String, "a\xff"), []finding.Code{"name-characters"}},
		{"surrogates in BMPString", one(oidCN, tagBMPString, "\xd8\x3d\xde\x00"), []finding.Code{"name-characters"}},
		{"odd BMPString", one(oidCN, tagBMPString, "\x00"), []finding.Code{"name-characters"}},
		{"beyond Unicode", one(oidCN, tagUniversalString, "\x00\x11\x00\x00"), []finding.Code{"name-characters"}},
		{"TeletexString", one(oidCN, tagT61String, "abc"), []finding.Code{"name-string-type"}},
		{"BMPString", one(oidCN, tagBMPString, "\x00a"), []finding.Code{"name-string-type"}},
		{"NUL", one(oidCN, tagUTF8String, "bank.example\x00.evil"), []finding.Code{"name-unsafe-characters"}},
		{"direction override", one(oidCN, tagUTF8String, "a\u202eb"), []finding.Code{"name-unsafe-characters"}},
		{"country in lower case", one(oidC, tagPrintableString, "cn"), []finding.Code{"name-country"}},
		{"country of three letters", one(oidC, tagPrintableString, "CHN"), []finding.Code{"name-country"}},
		{"country", one(oidC, tagPrintableString, "CN"), nil},
		{"common name is a number", one(oidCN, tagInteger, "\x01"), []finding.Code{"name-malformed"}},
		{"empty RDN", testName(nil), []finding.Code{"name-malformed"}},
		{"no set", []byte{0x30, 0x02, 0x05, 0x00}, []finding.Code{"name-malformed"}},
		{"cut off", []byte{0x30, 0x04, 0x31, 0x05, 0x00, 0x00}, []finding.Code{"name-malformed"}},
	} {
		if got := nameFindings(test.der); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Whatever a name holds, its texts are valid UTF-8 in which every character shows itself.
func FuzzName(f *testing.F) {
	f.Add(testName([]testAttribute{{oidCN, tagUTF8String, "a\x00\u202e\xff"}}))
	f.Add(testName([]testAttribute{{oidCN, tagBMPString, "\xd8\x3d\xde\x00"}, {oidOther, tagInteger, "\x05"}}))
	f.Add(testName([]testAttribute{{oidC, tagUniversalString, "\x00\x00\x6d\xf1"}}))
	f.Fuzz(func(t *testing.T, der []byte) {
		n := Name{der}
		for _, s := range []string{n.String(), n.DN()} {
			if !utf8.ValidString(s) {
				t.Fatalf("%q is not UTF-8", s)
			}
			for _, r := range s {
				if r < 0x20 || r == 0x7f || r == '\u202e' || r == '\u200b' {
					t.Fatalf("%U is shown raw in %q", r, s)
				}
			}
		}
		if got := n.Values("CN"); len(got) > 0 && got[len(got)-1] != n.CommonName() {
			t.Fatalf("the last of %q is not %q", got, n.CommonName())
		}
		nameFindings(der)
	})
}

// The characters that are looked at together are judged as each one alone.
func TestPlain(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				s := bytes.Repeat([]byte("a"), size)
				s[at] = byte(c)
				want := c >= 0x20 && c < 0x7f
				if got := plain(tagIA5String, s); got != want {
					t.Fatalf("IA5String %q: %v", s, got)
				}
				if got := plain(tagUTF8String, s); got != want {
					t.Fatalf("UTF8String %q: %v", s, got)
				}
				if got := plain(tagPrintableString, s); got != printableChars[c] {
					t.Fatalf("PrintableString %q: %v", s, got)
				}
			}
		}
	}
}
