package text_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse/text"
)

// sct is a signed certificate timestamp, RFC 6962, Section 3.2, in its list.
func sct(extensions string) []byte {
	one := append([]byte{0}, noise("log", 32)...)
	one = binary.BigEndian.AppendUint64(one, 1700000000123)
	one = append(binary.BigEndian.AppendUint16(one, uint16(len(extensions))), extensions...)
	one = append(one, 4, 3, 0, 3, 0xab, 0xcd, 0xef)
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(one))), one...)
}

func sctList(scts ...[]byte) []byte {
	list := bytes.Join(scts, nil)
	return octets(append(binary.BigEndian.AppendUint16(nil, uint16(len(list))), list...))
}

// general wraps a general name that is constructed.
func general(tag byte, parts ...[]byte) []byte { return tlv(0xa0|tag, parts...) }

const (
	stepProvisioner = "1.3.6.1.4.1.37476.9000.64.1"
	sctListOID      = "1.3.6.1.4.1.11129.2.4.2"
)

var extensionTests = []struct {
	name, oid string
	value     []byte
	want      string // The lines below the title, without their indentation.
}{
	{"directory attributes", "2.5.29.9", seq(seq(oid("1.3.6.1.5.5.7.9.1"), tlv(0x31, str(0x18, "19700101000000Z")))),
		"1.3.6.1.5.5.7.9.1:\n  18:0f:31:39:37:30:30:31:30:31:30:30:30:30:30:30:\n  5a\n"},
	{"no key usage", "2.5.29.15", bits(0), "None\n"},
	{"private key usage period", "2.5.29.16", seq(str(0x80, "20240102030405Z"), str(0x81, "20250102030405Z")),
		"Not Before: Jan 2 03:04:05 2024 UTC\nNot After : Jan 2 03:04:05 2025 UTC\n"},
	{"alternative names", "2.5.29.17", seq(
		tlv(0x87, []byte{192, 0, 2, 1}), str(0x82, "a.example"), str(0x81, "a@example.com"), str(0x86, "https://example.com/?a,b"),
		general(4, seq(attribute("2.5.4.3", utf8String("Foo, Inc.")))), tlv(0x88, oid("1.2.3")[2:]),
		general(0, oid("1.3.6.1.4.1.311.20.2.3"), general(0, utf8String("user@example.com"))),
		general(0, oid("1.2.3.4"), general(0, integer(5)))),
		`IP Address:192.0.2.1, DNS:a.example, email:a@example.com, URI:"https://example.com/?a,b", DirName:CN="Foo, Inc.", ` +
			"Registered ID:1.2.3, otherName:UPN:user@example.com, otherName:1.2.3.4:#020105\n"},
	{"broken alternative name", "2.5.29.17", seq(str(0x82, "a.example"), tlv(0x87, []byte{1, 2, 3})), "DNS:a.example, IP Address:#010203\nNot all of it can be decoded:\n  30:10:82:09:61:2e:65:78:61:6d:70:6c:65:87:03:01:\n  02:03\n"},
	{"alternative names that are none", "2.5.29.17", integer(1), "02:01:01\n"},
	{"issuer's alternative name", "2.5.29.18", seq(str(0x86, "http://ca.example/")), "URI:http://ca.example/\n"},
	{"path length", "2.5.29.19", seq(tlv(1, []byte{0xff}), integer(3)), "CA:TRUE, pathlen:3\n"},
	{"absurd path length", "2.5.29.19", seq(tlv(1, []byte{0xff}), integer(0x7f, 0xff, 0xff, 0xff, 0xff)), "30:0a:01:01:ff:02:05:7f:ff:ff:ff:ff\n"},
	{"name constraints", "2.5.29.30", seq(general(0, seq(str(0x82, ".example.com")), seq(tlv(0x87, []byte{10, 0, 0, 0, 255, 0, 0, 0}))), general(1, seq(str(0x81, "example.net")))),
		"Permitted:\n  DNS:.example.com\n  IP Address:10.0.0.0/8\nExcluded:\n  email:example.net\n"},
	{"distribution points", "2.5.29.31", seq(
		seq(general(0, general(0, str(0x86, "http://a.example/1"), str(0x86, "http://a.example/2"))), tlv(0x81, []byte{4, 0x30})),
		seq(general(0, general(1, seq(oid("2.5.4.3"), utf8String("CRL1")))), general(2, general(4, commonName("CRL issuer"))))),
		"Full Name:\n  URI:http://a.example/1, URI:http://a.example/2\nReasons:\n  cACompromise, affiliationChanged\n" +
			"Relative Name:\n  CN=CRL1\nCRL Issuer:\n  DirName:CN=CRL issuer\n"},
	{"policies", "2.5.29.32", seq(seq(oid("1.2.3"), seq(
		seq(oid("1.3.6.1.5.5.7.2.1"), str(0x16, "https://example.com/cps")),
		seq(oid("1.3.6.1.5.5.7.2.2"), seq(seq(utf8String("Org"), seq(integer(1), integer(2))), utf8String("text"))),
		seq(oid("1.2.4"), integer(7)))), seq(oid("2.5.29.32.0"))),
		"Policy: 1.2.3\n  CPS: https://example.com/cps\n  User Notice:\n    Organization: Org\n    Numbers: 1, 2\n    Explicit Text: text\n" +
			"  1.2.4:\n    02:01:07\nPolicy: 2.5.29.32.0\n"},
	{"policy mappings", "2.5.29.33", seq(seq(oid("1.2.3"), oid("1.2.4"))), "1.2.3:1.2.4\n"},
	{"authority key without anything", "2.5.29.35", seq(), "(empty)\n"},
	{"policy constraints", "2.5.29.36", seq(tlv(0x80, []byte{0}), tlv(0x81, []byte{2})), "Require Explicit Policy:0, Inhibit Policy Mapping:2\n"},
	{"purposes", "2.5.29.37", seq(oid("1.3.6.1.4.1.311.10.3.3"), oid("2.5.29.37.0"), oid("1.3.6.1.5.5.7.3.9")),
		"Any Usage, OCSP Signing, 1.3.6.1.4.1.311.10.3.3\n"},
	{"freshest CRL", "2.5.29.46", seq(seq(general(0, general(0, str(0x86, "http://a.example/d"))))), "Full Name:\n  URI:http://a.example/d\n"},
	{"inhibit any policy", "2.5.29.54", integer(3), "3\n"},
	{"authority information", "1.3.6.1.5.5.7.1.1", seq(seq(oid("1.3.6.1.5.5.7.48.1"), str(0x86, "http://a.example")), seq(oid("1.2.3"), str(0x82, "b.example"))),
		"OCSP - URI:http://a.example\n1.2.3 - DNS:b.example\n"},
	{"qualified statements", "1.3.6.1.5.5.7.1.3", seq(
		seq(oid("0.4.0.1862.1.1")),
		seq(oid("0.4.0.1862.1.2"), seq(str(0x13, "EUR"), integer(5), integer(3))),
		seq(oid("0.4.0.1862.1.3"), integer(10)),
		seq(oid("0.4.0.1862.1.5"), seq(seq(str(0x16, "https://a.example/pds"), str(0x13, "en")))),
		seq(oid("0.4.0.1862.1.6"), seq(oid("0.4.0.1862.1.6.1"))),
		seq(oid("0.4.0.1862.1.7"), seq(str(0x13, "DE"))),
		seq(oid("1.2.3"), integer(1))),
		"0.4.0.1862.1.1\n0.4.0.1862.1.2: EUR 5e3\n0.4.0.1862.1.3: 10 years\n0.4.0.1862.1.5:\n  en https://a.example/pds\n" +
			"0.4.0.1862.1.6: 0.4.0.1862.1.6.1\n0.4.0.1862.1.7: DE\n1.2.3:\n  02:01:01\n"},
	{"subject information", "1.3.6.1.5.5.7.1.11", seq(seq(oid("1.3.6.1.5.5.7.48.5"), str(0x86, "http://a.example"))), "CA Repository - URI:http://a.example\n"},
	{"TLS features", "1.3.6.1.5.5.7.1.24", seq(integer(5), integer(17), integer(23)), "status_request, status_request_v2, 23\n"},
	{"no check", "1.3.6.1.5.5.7.48.1.5", null, ""},
	{"poison", "1.3.6.1.4.1.11129.2.4.3", null, "NULL\n"},
	{"Netscape type", "2.16.840.1.113730.1.1", bits(6, 0xc0), "sslClient, sslServer\n"},
	{"Netscape comment", "2.16.840.1.113730.1.13", str(0x16, "a comment"), "a comment\n"},
	{"organization identifier", "2.23.140.3.1", seq(str(0x13, "VAT"), str(0x13, "DE"), str(0x80, "BY"), utf8String("123")),
		"Scheme: VAT\nCountry: DE\nState: BY\nReference: 123\n"},
	{"template name", "1.3.6.1.4.1.311.20.2", str(0x1e, "\x00W\x00e\x00b"), "Web\n"},
	{"template", "1.3.6.1.4.1.311.21.7", seq(oid("1.2.3"), integer(100), integer(2)), "Template: 1.2.3\nMajor Version: 100\nMinor Version: 2\n"},
	{"CA version", "1.3.6.1.4.1.311.21.1", integer(1, 0, 2), "Certificate: 2, Key: 1\n"},
	{"timestamps", sctListOID, sctList(sct(""), sct("\x00\x00\x05\x01\x02\x03\x04\x05")), sctText(0) + sctText(1) + "Extensions of SCT [1]:\n    00:00:05:01:02:03:04:05\n"},
	{"provisioner", stepProvisioner, seq(integer(6), octets([]byte("acme")), octets([]byte("id")), seq(utf8String("key"), utf8String("value"))),
		"Type: ACME\nName: acme\nCredentialID: id\nkey: value\n"},
	{"registration authority", "1.3.6.1.4.1.37476.9000.64.2", seq(utf8String("CloudCAS"), utf8String("id")), "Type: CloudCAS\nCertificateID: id\n"},
	{"managed endpoint", "1.3.6.1.4.1.37476.9000.64.3", seq(integer(1), utf8String("id")), "Kind: Device\nEndpointID: id\n"},
	{"managed device", "1.3.6.1.4.1.37476.9000.64.4", seq(utf8String("id")), "DeviceID: id\n"},
	{"YubiKey serial number", "1.3.6.1.4.1.41482.3.7", integer(0x12, 0x34), "4660\n"},
	{"YubiKey policy", "1.3.6.1.4.1.41482.3.8", []byte{2, 1}, "PIN policy: once per session\nTouch policy: never\n"},
	{"YubiKey form factor", "1.3.6.1.4.1.41482.3.9", []byte{1}, "USB-A Keychain\n"},
	{"Sigstore issuer", "1.3.6.1.4.1.57264.1.1", []byte("https://example.com"), "https://example.com\n"},
	{"unknown", "1.2.3.4", []byte{1, 2, 3}, "01:02:03\n"},
	{"unknown below id-ce", "2.5.29.99", []byte{1, 2, 3}, "01:02:03\n"},
}

func sctText(i int) string {
	return fmt.Sprintf(`SCT [%d]:
    Version: V1 (0x0)
    LogID: g2/xhOe0Gx4Ty1/Yn6HemNu6uZ6dKRiRP/Q7hqXHwhM=
    Timestamp: Nov 14 22:13:20.123 2023 UTC
    Signature Algorithm: SHA256-ECDSA
      ab:cd:ef
`, i)
}

func TestExtensions(t *testing.T) {
	for _, test := range extensionTests {
		t.Run(test.name, func(t *testing.T) {
			whole := text.Certificate(parse(t, parts{extensions: [][]byte{ext(test.oid, true, test.value)}}.der()))
			title, got := onlyExtension(t, whole)
			if !strings.HasSuffix(title, ": critical") {
				t.Errorf("the title %q does not say that the extension is critical", title)
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// onlyExtension returns the title of the one extension in a text, and what
// stands below it.
func onlyExtension(t *testing.T, whole string) (title, lines string) {
	t.Helper()
	_, rest, found := strings.Cut(whole, "\n        X509v3 extensions:\n            ")
	rest, _, ends := strings.Cut(rest, "    Signature Algorithm: SHA256-RSA\n         ")
	title, rest, cut := strings.Cut(rest, "\n")
	if !found || !ends || !cut {
		t.Fatalf("the text does not have the layout of a text:\n%s", whole)
	}
	for line := range strings.Lines(rest) {
		line, ok := strings.CutPrefix(line, "                ")
		if !ok {
			t.Fatalf("there is a line that is not indented as all below a title are:\n%s", whole)
		}
		lines += line
	}
	return title, lines
}

// TestMalformedStays gives certinfo extensions on which it returns an error for
// the whole certificate, or panics. All else must still be there.
func TestMalformedStays(t *testing.T) {
	short := sctList(sct("")[:30])
	version2 := sctList(append([]byte{0, 3}, 1, 2, 3))
	for name, test := range map[string]struct {
		oid   string
		value []byte
	}{
		"timestamp that is cut off":       {sctListOID, short},
		"timestamp of another version":    {sctListOID, version2},
		"timestamps without their octets": {sctListOID, seq()},
		"provisioner of a negative type":  {stepProvisioner, seq(integer(0xff), octets(nil), octets(nil))},
		"provisioner that is no sequence": {stepProvisioner, integer(1)},
		"provisioner with odd characters": {stepProvisioner, seq(integer(1), octets(nil), octets(nil), seq(str(0x13, "a\nb")))},
		"provisioner too deep":            {stepProvisioner, seq(seq(seq(seq(seq(seq())))))},
		"provisioner with a boolean":      {stepProvisioner, seq(tlv(1, []byte{0}))},
		"managed endpoint of a bad kind":  {"1.3.6.1.4.1.37476.9000.64.3", seq(integer(0xff), utf8String(""))},
		"serial number that is no number": {"1.3.6.1.4.1.41482.3.7", []byte{1, 2}},
		"form factor with more":           {"1.3.6.1.4.1.41482.3.9", []byte{1, 2}},
		"key identifier that is a number": {"2.5.29.14", integer(1)},
		"key identifier and more":         {"2.5.29.14", append(octets([]byte{1}), 1, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			got := text.Certificate(parse(t, parts{extensions: [][]byte{
				ext("2.5.29.19", true, seq()),
				ext(test.oid, false, test.value),
				ext("2.5.29.54", true, integer(3)),
			}}.der()))
			hex := strings.TrimSuffix(strings.ReplaceAll(fmt.Sprintf("% x", test.value), " ", ":"), ":")
			flat := strings.ReplaceAll(strings.ReplaceAll(got, "\n                ", ""), "CA:FALSE", "")
			for _, want := range []string{hex, "X509v3 Basic Constraints: critical", "X509v3 Inhibit Any Policy: critical", "Signature Algorithm: SHA256-RSA"} {
				if !strings.Contains(flat, want) {
					t.Errorf("%q is missing in\n%s", want, got)
				}
			}
		})
	}
}

// TestLongExtension makes sure that no more is decoded than can be shown.
func TestLongExtension(t *testing.T) {
	value := seq(bytes.Repeat(str(0x82, strings.Repeat("a", 98)), 1000))
	got := text.Certificate(parse(t, parts{extensions: [][]byte{ext("2.5.29.17", false, value)}}.der()))
	if !strings.Contains(got, "61\n                ... (100005 octets)\n") || strings.Contains(got, "DNS:") {
		t.Errorf("got\n%s", got[len(got)-2000:])
	}
}

// TestExtensionTwice makes sure that the second of two is not shown with what
// the first one says.
func TestExtensionTwice(t *testing.T) {
	got := text.Certificate(parse(t, parts{extensions: [][]byte{
		ext("2.5.29.54", true, integer(3)), ext("2.5.29.54", true, integer(4)),
	}}.der()))
	if want := "Policy: critical\n                02:01:03\n            X509v3 Inhibit Any Policy: critical\n                02:01:04\n"; !strings.Contains(got, want) {
		t.Errorf("got\n%s", got)
	}
}
