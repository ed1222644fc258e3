package certparse

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// extensionTest is one value of one extension in an otherwise sound leaf.
type extensionTest struct {
	name  string
	value []byte
	// json is the decoded value in the report; empty if it must be malformed there.
	json string
	// want are the findings, with offsets from the start of the value.
	want []found
}

func malformedAt(offset int) []found { return []found{{"extension-malformed", offset}} }

// testExtension runs tests of the extension with the given OID.
func testExtension(t *testing.T, id string, critical bool, presence func(*Certificate) Presence, tests []extensionTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := ext(id, critical, test.value)
			h := handmade{extensions: [][]byte{x}}
			if id != "2.5.29.14" {
				h.extensions = append(h.extensions, soundSKI)
			}
			if id != "2.5.29.35" {
				h.extensions = append(h.extensions, soundAKI)
			}
			der := h.der()
			c := mustParse(t, der)
			start := bytes.Index(der, x) + len(x) - len(test.value)
			var got []found
			for _, f := range findingsOf(c) {
				got = append(got, found{f.code, f.offset - start})
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("findings %v, want %v", got, test.want)
			}
			var w jsontext.Writer
			c.writeExtension(&w, c.extensionAt(0))
			text := string(w.Bytes())
			if test.json == "" {
				if !strings.Contains(text, `"malformed":true,"raw":"`+strings.ToUpper(hex.EncodeToString(test.value))+`"`) {
					t.Errorf("report %s, want the raw value of a malformed extension", text)
				}
				if p := presence(c); p != Malformed {
					t.Errorf("presence %v, want malformed", p)
				}
				return
			}
			if !strings.HasSuffix(text, `,"value":`+test.json+"}") {
				t.Errorf("report %s\nwant value %s", text, test.json)
			}
			if p := presence(c); p != Present {
				t.Errorf("presence %v, want present", p)
			}
			// The same certificate with the value cut short must never look sound.
			if n := len(test.value); n > 2 {
				cut := mustParse(t, handmade{extensions: [][]byte{ext(id, critical, test.value[:n-1])}}.der())
				if p := presence(cut); p != Malformed {
					t.Errorf("presence %v without its last byte, want malformed", p)
				}
				long := mustParse(t, handmade{extensions: [][]byte{ext(id, critical, append(slices.Clip(test.value), 0))}}.der())
				if p := presence(long); p != Malformed {
					t.Errorf("presence %v with a byte more, want malformed", p)
				}
			}
		})
	}
}

// second returns the second result of an accessor.
func second[T any](accessor func(*Certificate) (T, Presence)) func(*Certificate) Presence {
	return func(c *Certificate) Presence {
		_, presence := accessor(c)
		return presence
	}
}

func TestBasicConstraints(t *testing.T) {
	yes, no := tlv(tagBoolean, bytesOf(0xff)), tlv(tagBoolean, bytesOf(0))
	testExtension(t, "2.5.29.19", true, second((*Certificate).BasicConstraints), []extensionTest{
		{"empty", seq(), `{"ca":false}`, nil},
		{"false spelled out", seq(no), `{"ca":false}`, []found{{"der-default-encoded", 2}}},
		{"no CA with path length", seq(integer(3)), `{"ca":false,"path_len":3}`, []found{{"basic-constraints-path-length", -12}}},
		{"boolean neither", seq(tlv(tagBoolean, bytesOf(1))), "", malformedAt(2)},
		{"boolean of two bytes", seq(tlv(tagBoolean, bytesOf(0, 0xff))), "", append(malformedAt(2), found{"der-default-encoded", 2})},
		{"negative path length", seq(yes, integer(0xff)), "", malformedAt(5)},
		{"path length without content", seq(yes, integer()), "", malformedAt(5)},
		{"more members", seq(no, integer(1), integer(1)), "", append([]found{{"der-default-encoded", 2}}, malformedAt(8)...)},
		{"not a sequence", set(), "", malformedAt(0)},
		{"nothing", nil, "", malformedAt(0)},
		{"too long inside", bytesOf(0x30, 3, 1, 2, 0xff), "", malformedAt(2)},
		{"long form length", bytesOf(0x30, 0x81, 0), `{"ca":false}`, []found{{"der-length-not-minimal", 1}}},
	})
	c := mustParse(t, handmade{extensions: [][]byte{ext("2.5.29.19", true, seq(yes, integer(0, 2))), caUsage, soundSKI, soundAKI}}.der())
	if b, p := c.BasicConstraints(); b != (BasicConstraints{true, 2}) || p != Present || !c.IsCA() {
		t.Errorf("got %v, %v", b, p)
	}
	if got := findingsOf(c); len(got) != 1 || got[0].code != "integer-not-minimal" {
		t.Errorf("findings %v", got)
	}
	c = mustParse(t, handmade{extensions: [][]byte{ext("2.5.29.19", true, seq(yes, integer(1, 2, 3, 4, 5))), caUsage, soundSKI, soundAKI}}.der())
	if b, p := c.BasicConstraints(); b.PathLen != 1<<31-1 || p != Present {
		t.Errorf("a path length beyond 31 bits: got %v, %v", b, p)
	}
	c = mustParse(t, handmade{}.der())
	if b, p := c.BasicConstraints(); b != (BasicConstraints{false, -1}) || p != Absent || c.IsCA() {
		t.Errorf("without extensions: got %v, %v", b, p)
	}
}

func TestKeyUsage(t *testing.T) {
	bits := func(b ...byte) []byte { return tlv(tagBitString, b) }
	testExtension(t, "2.5.29.15", true, second((*Certificate).KeyUsage), []extensionTest{
		{"signature", bits(7, 0x80), `["digitalSignature"]`, nil},
		{"in order", bits(0, 0xe3, 0x80), `["digitalSignature","nonRepudiation","keyEncipherment","cRLSign","encipherOnly","decipherOnly"]`,
			[]found{{"bit-string-not-minimal", 0}}},
		{"nine", bits(7, 0x00, 0x80), `["decipherOnly"]`, nil},
		{"not minimal", bits(0, 0x80), `["digitalSignature"]`, []found{{"bit-string-not-minimal", 0}}},
		{"empty", bits(0), `[]`, []found{{"key-usage-empty", 0}}},
		{"all zero", bits(0, 0), `[]`, []found{{"bit-string-not-minimal", 0}, {"key-usage-empty", 0}}},
		{"unused bits set", bits(7, 0x81), "", malformedAt(0)},
		{"eight unused bits", bits(8, 0x80), "", malformedAt(0)},
		{"unused bits of nothing", bits(3), "", malformedAt(0)},
		{"no content", bits(), "", malformedAt(0)},
		{"an integer", integer(5), "", malformedAt(0)},
		{"cert sign without CA", bits(2, 0x04), `["keyCertSign"]`, []found{{"key-usage-without-ca", -12}}},
	})
	u := DigitalSignature | KeyCertSign
	if !u.Has(KeyCertSign) || u.Has(KeyCertSign|CRLSign) || DecipherOnly != 0x100 {
		t.Error("the bits are not those of the standard")
	}
}

func TestExtendedKeyUsage(t *testing.T) {
	testExtension(t, "2.5.29.37", false, second((*Certificate).ExtendedKeyUsage), []extensionTest{
		{"two", seq(oid(EKUServerAuth), oid("1.2.3")), `[{"oid":"1.3.6.1.5.5.7.3.1","name":"serverAuth"},{"oid":"1.2.3"}]`, nil},
		{"any", seq(oid(EKUAny)), `[{"oid":"2.5.29.37.0","name":"anyExtendedKeyUsage"}]`, nil},
		{"empty", seq(), "", malformedAt(0)},
		{"not an OID", seq(integer(1)), "", malformedAt(2)},
		{"invalid OID", seq(tlv(tagOID, bytesOf(0x80, 1))), "", malformedAt(2)},
	})
	testExtension(t, "2.5.29.37", true, second((*Certificate).ExtendedKeyUsage), []extensionTest{
		{"critical", seq(oid(EKUClientAuth)), `[{"oid":"1.3.6.1.5.5.7.3.2","name":"clientAuth"}]`, nil},
		{"any, critical", seq(oid(EKUAny)), `[{"oid":"2.5.29.37.0","name":"anyExtendedKeyUsage"}]`, []found{{"extension-should-not-be-critical", -12}}},
	})
	c := mustParse(t, typicalLeaf(t))
	if names, p := c.ExtendedKeyUsageNames(); !slices.Equal(names, []string{"serverAuth", "clientAuth"}) || p != Present {
		t.Errorf("got %v, %v", names, p)
	}
	if !c.HasExtendedKeyUsage(EKUServerAuth) || c.HasExtendedKeyUsage(EKUAny) {
		t.Error("HasExtendedKeyUsage is wrong")
	}
}

func TestKeyIdentifiers(t *testing.T) {
	testExtension(t, "2.5.29.14", false, second((*Certificate).SubjectKeyIdentifier), []extensionTest{
		{"sound", tlv(tagOctetString, bytesOf(1, 0xab)), `"01AB"`, nil},
		{"bare octets", bytesOf(1, 0xab), "", malformedAt(0)},
		{"bit string", tlv(tagBitString, bytesOf(0, 1)), "", malformedAt(0)},
	})
	issuer := tlv(0xa1, tlv(0xa4, cn("I")))
	testExtension(t, "2.5.29.35", false, second((*Certificate).AuthorityKeyIdentifier), []extensionTest{
		{"key ID", seq(tlv(0x80, bytesOf(1, 0xab))), `{"key_id":"01AB"}`, nil},
		{"all", seq(tlv(0x80, bytesOf(1)), issuer, tlv(0x82, bytesOf(0, 0x90))),
			`{"key_id":"01","issuer":[{"type":"directoryName","value":"CN=I"}],"serial_hex":"90"}`, nil},
		{"without key ID", seq(issuer, tlv(0x82, bytesOf(0xfe))),
			`{"issuer":[{"type":"directoryName","value":"CN=I"}],"serial_hex":"-02"}`, []found{{"authority-key-identifier-missing", 0}}},
		{"empty", seq(), `{}`, []found{{"authority-key-identifier-missing", 0}}},
		{"issuer without serial", seq(tlv(0x80, bytesOf(1)), issuer), "", malformedAt(0)},
		{"serial without issuer", seq(tlv(0x80, bytesOf(1)), tlv(0x82, bytesOf(1))), "", malformedAt(0)},
		{"serial without content", seq(tlv(0x80, bytesOf(1)), issuer, tlv(0x82)), "", malformedAt(23)},
		{"issuer without names", seq(tlv(0x80, bytesOf(1)), tlv(0xa1), tlv(0x82, bytesOf(1))), "", malformedAt(5)},
		{"wrong order", seq(tlv(0x82, bytesOf(1)), issuer), "", malformedAt(5)},
	})
}

func TestPrivateKeyUsagePeriod(t *testing.T) {
	at := func(tag byte, s string) []byte { return tlv(tag, []byte(s)) }
	testExtension(t, "2.5.29.16", false, second((*Certificate).PrivateKeyUsagePeriod), []extensionTest{
		{"both", seq(at(0x80, "20260102030405Z"), at(0x81, "20270102030405Z")),
			`{"not_before":"2026-01-02T03:04:05Z","not_after":"2027-01-02T03:04:05Z"}`, nil},
		{"one", seq(at(0x81, "20270102030405Z")), `{"not_after":"2027-01-02T03:04:05Z"}`, nil},
		{"none", seq(), "", malformedAt(0)},
		{"unreadable", seq(at(0x80, "2026")), "", malformedAt(2)},
	})
}

func TestTLSFeatures(t *testing.T) {
	testExtension(t, "1.3.6.1.5.5.7.1.24", false, second((*Certificate).TLSFeatures), []extensionTest{
		{"must staple", seq(integer(5)), `[{"number":5,"name":"status_request"}]`, nil},
		{"others", seq(integer(17), integer(0, 0xff)), `[{"number":17,"name":"status_request_v2"},{"number":255}]`, nil},
		{"too large", seq(integer(1, 0, 0)), "", malformedAt(2)},
		{"not a number", seq(ia5("5")), "", malformedAt(2)},
	})
	c := mustParse(t, handmade{extensions: [][]byte{ext("1.3.6.1.5.5.7.1.24", false, seq(integer(5)))}}.der())
	if !c.MustStaple() || mustParse(t, typicalLeaf(t)).MustStaple() {
		t.Error("MustStaple is wrong")
	}
}

// TestCriticalFlags tries every known extension with both values of the flag.
func TestCriticalFlags(t *testing.T) {
	codes := map[criticality][2]finding.Code{
		criticalEither:      {},
		criticalNever:       {"", "extension-must-not-be-critical"},
		criticalDiscouraged: {"", "extension-should-not-be-critical"},
		criticalExpected:    {"extension-should-be-critical", ""},
	}
	ids := []string{"2.5.29.9", "2.5.29.14", "2.5.29.15", "2.5.29.16", "2.5.29.17", "2.5.29.18", "2.5.29.19", "2.5.29.30", "2.5.29.31",
		"2.5.29.32", "2.5.29.33", "2.5.29.35", "2.5.29.36", "2.5.29.37", "2.5.29.46", "2.5.29.54", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11",
		"1.3.6.1.5.5.7.1.24", "1.3.6.1.5.5.7.1.3", "1.3.6.1.5.5.7.48.1.5", "1.3.6.1.4.1.11129.2.4.2", "1.3.6.1.4.1.11129.2.4.3",
		"2.16.840.1.113730.1.1", "2.16.840.1.113730.1.13", "2.23.140.3.1", "1.3.6.1.4.1.311.20.2", "1.3.6.1.4.1.311.21.7", "1.3.6.1.4.1.311.21.1"}
	seen := map[extensionID]bool{}
	for _, dotted := range ids {
		id := identifyExtension(oid(dotted)[2:])
		if id == extUnknown || seen[id] {
			t.Fatalf("%s is not an extension of its own", dotted)
		}
		seen[id] = true
		kind := extensionKinds[id]
		for i, critical := range []bool{false, true} {
			x := ext(dotted, critical, seq())
			der := handmade{extensions: [][]byte{x}}.der()
			var got finding.Code
			for _, f := range findingsOf(mustParse(t, der)) {
				if f.offset == bytes.Index(der, x) && strings.Contains(string(f.code), "critical") {
					got = f.code
				}
			}
			want := codes[kind.critical][i]
			if id == extSubjectAltName && critical {
				want = "extension-should-not-be-critical" // The subject has a name.
			}
			if got != want {
				t.Errorf("%s, critical %v: found %q, want %q", kind.name, critical, got, want)
			}
		}
	}
	if len(seen) != int(extensionIDs)-1 {
		t.Errorf("%d extensions were tried, there are %d", len(seen), extensionIDs-1)
	}
}
