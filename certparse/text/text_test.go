package text_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/smallstep/certinfo"
	"golang.org/x/tools/txtar"

	"github.com/certloupe/certloupe/certparse/text"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	for _, test := range []struct {
		name, comment string
		parts         parts
	}{
		{"rsa-leaf", "A server certificate as most are.", rsaLeaf()},
		{"ecdsa-ca", "A CA's certificate with an elliptic curve key and extensions of vendors.", ecdsaCA()},
		{"sm2", "A device's SM2 signing certificate, whose issuer is named by name and serial number too.", sm2Certificate()},
		{"odd", "A certificate of which hardly a field is as it should be: the text shows them all.", oddCertificate()},
	} {
		t.Run(test.name, func(t *testing.T) {
			der := test.parts.der()
			got := txtar.Format(&txtar.Archive{
				Comment: []byte(test.comment + "\n"),
				Files: []txtar.File{
					{Name: "certificate.pem", Data: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})},
					{Name: "text", Data: []byte(text.Certificate(parse(t, der)))},
				},
			})
			file := filepath.Join("testdata", test.name+".txtar")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what is written now (-update rewrites it):\n%s", file, got)
			}
		})
	}
}

// oddCertificate has many departures from the standard at once.
func oddCertificate() parts {
	return parts{
		version:   tlv(0xa0, integer(7)),
		serial:    integer(0xfb),
		inner:     seq(oid("1.2.840.113549.1.1.5"), null),
		algorithm: seq(oid("1.3.6.1.4.1.99999.1"), utf8String("parameters")),
		issuer:    seq(),
		validity:  dates("991332000000Z", "tomorrow"),
		subject: seq(
			tlv(0x31, seq(oid("2.5.4.42"), utf8String("Zoë")), seq(oid("2.5.4.4"), str(0x14, "M\xfcller, Dr."))),
			attribute("1.2.3.4", utf8String("unknown attribute")),
			attribute("2.5.4.45", bits(0, 1)),
			attribute("2.5.4.10", str(0x1e, "\x4e\x2d\x20\x2e")),
			tlv(0x31, seq(oid("2.5.4.3")))),
		key:       curveKey("1.3.36.3.3.2.8.1.1.7", append([]byte{4}, noise("point", 64)...)),
		uniqueIDs: append(tlv(0x81, []byte{0, 1, 2}), tlv(0x82, []byte{0, 3, 4})...),
		extensions: [][]byte{
			ext("2.5.29.15", true, integer(1)),
			ext("2.5.29.17", false, seq(str(0x82, "a.example"))),
			ext("2.5.29.17", false, seq(str(0x82, "b.example"))),
			ext("1.2.3.4", true, nil),
			seq(oid("1.2.3.5")),
			integer(9),
		},
	}
}

// TestSameAsCertinfo holds the text to its model: for certificates without
// anything special it is what certinfo writes for the whole.
func TestSameAsCertinfo(t *testing.T) {
	for name, p := range map[string]parts{"rsa-leaf": rsaLeaf(), "ecdsa-ca": ecdsaCA()} {
		t.Run(name, func(t *testing.T) {
			der := p.der()
			c, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			want, err := certinfo.CertificateText(c)
			if err != nil {
				t.Fatal(err)
			}
			if got := text.Certificate(parse(t, der)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// keyTests are keys with what their text must have.
var keyTests = []struct {
	name string
	spki func() []byte
	want []string
}{
	{"RSA", func() []byte { return rsaKey(128) }, []string{"Public Key Algorithm: RSA\n", "(1024 bit)", "Exponent: 65537 (0x10001)"}},
	{"RSA-PSS", func() []byte {
		key := rsaKey(128)
		return bytes.Replace(key, oid("1.2.840.113549.1.1.1"), oid("1.2.840.113549.1.1.10"), 1)
	}, []string{"Public Key Algorithm: RSA-PSS\n", "(1024 bit)", "Modulus:"}},
	{"RSA with an even modulus", func() []byte {
		return spki(seq(oid("1.2.840.113549.1.1.1"), null), seq(integer(append(noise("modulus", 64), 0)[1:]...), integer(3)))
	}, []string{"Public Key Algorithm: RSA\n", "(512 bit)", "Raw Bytes:\n                    30:45:02:40:"}},
	{"DSA", func() []byte {
		return spki(seq(oid("1.2.840.10040.4.1"), seq(integer(append([]byte{0}, noise("p", 128)...)...), integer(append([]byte{0}, noise("q", 20)...)...), integer(2))), integer(append([]byte{1}, noise("y", 126)...)...))
	}, []string{"Public Key Algorithm: DSA\n", "(1024 bit)", "pub:\n", "P:\n", "Q:\n", "G:\n"}},
	{"P-256", p256Key, []string{"Public Key Algorithm: ECDSA\n", "(256 bit)", "Curve: P-256\n"}},
	{"P-256 short x", func() []byte { return curveKey("1.2.840.10045.3.1.7", shortPoint(true)) }, []string{"X:\n                    00:"}},
	{"P-256 short y", func() []byte { return curveKey("1.2.840.10045.3.1.7", shortPoint(false)) }, []string{"Y:\n                    00:"}},
	{"P-384", func() []byte { return curveKey("1.3.132.0.34", curvePoint(elliptic.P384(), 3)) }, []string{"(384 bit)", "Curve: P-384\n"}},
	{"P-521", func() []byte { return curveKey("1.3.132.0.35", curvePoint(elliptic.P521(), 3)) }, []string{"(521 bit)", "Curve: P-521\n"}},
	{"P-256 off the curve", func() []byte {
		return curveKey("1.2.840.10045.3.1.7", append([]byte{4}, noise("point", 64)...))
	}, []string{"(256 bit)", "Raw Bytes:\n                    04:", "Curve: P-256\n"}},
	{"SM2", sm2Key, []string{"Public Key Algorithm: SM2\n", "(256 bit)", "X:\n                    32:c4:ae", "Curve: sm2p256v1\n"}},
	{"SM2 by its own identifier", func() []byte {
		return spki(seq(oid("1.2.156.10197.1.301")), curvePoint(sm2.P256(), 1))
	}, []string{"Public Key Algorithm: SM2\n", "Curve: sm2p256v1\n"}},
	{"SM2 compressed", func() []byte {
		point := curvePoint(sm2.P256(), 1)
		return curveKey("1.2.156.10197.1.301", append([]byte{2 | point[64]&1}, point[1:33]...))
	}, []string{"Public Key Algorithm: SM2\n", "X:\n                    32:c4:ae", "Y:\n                    bc:37:36"}},
	{"brainpoolP256r1", func() []byte {
		return curveKey("1.3.36.3.3.2.8.1.1.7", unhex("048bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997"))
	}, []string{"Public Key Algorithm: ECDSA\n", "(256 bit)", "Raw Bytes:\n                    04:8b:d2", "Curve: brainpoolP256r1\n"}},
	{"unknown curve", func() []byte { return curveKey("1.3.132.0.16", append([]byte{4}, noise("point", 72)...)) },
		[]string{"Public Key Algorithm: ECDSA\n", "Public-Key:\n", "Raw Bytes:", "Parameters:\n                    06:05:2b:81:04:00:10\n"}},
	{"weak curve", func() []byte { return curveKey("1.3.132.0.1", append([]byte{4}, noise("point", 42)...)) },
		[]string{"Public Key Algorithm: ECDSA\n", "Public-Key: (163 bit)\n", "Raw Bytes:", "Parameters:\n                    06:05:2b:81:04:00:01\n"}},
	{"Ed25519", func() []byte { return spki(seq(oid("1.3.101.112")), noise("key", 32)) }, []string{"Public Key Algorithm: Ed25519\n", "(256 bit)", "Raw Bytes:"}},
	{"X25519", func() []byte { return spki(seq(oid("1.3.101.110")), noise("key", 32)) }, []string{"Public Key Algorithm: X25519\n", "(256 bit)", "Raw Bytes:"}},
	{"Ed448", func() []byte { return spki(seq(oid("1.3.101.113")), noise("key", 57)) }, []string{"Public Key Algorithm: Ed448\n", "(456 bit)", "Raw Bytes:"}},
	{"ML-DSA-44", func() []byte { return spki(seq(oid("2.16.840.1.101.3.4.3.17")), noise("key", 1312)) }, []string{"Public Key Algorithm: ML-DSA-44\n", "(10496 bit)", "Raw Bytes:"}},
	{"unknown", func() []byte { return spki(seq(oid("1.2.3.4"), utf8String("x")), noise("key", 5)) },
		[]string{"Public Key Algorithm: 1.2.3.4\n", "(40 bit)", "Raw Bytes:", "Parameters:\n                    0c:01:78\n"}},
	{"unused bits", func() []byte {
		return seq(seq(oid("1.3.101.112")), bits(append(append([]byte{1}, noise("key", 31)...), 2)...))
	}, []string{"Subject Public Key Info:\n                    30:2a:30:05:06:03:2b:65:70:03:21:01:"}},
	{"something after the key", func() []byte {
		return seq(seq(oid("1.3.101.112")), bits(append([]byte{0}, noise("key", 32)...)...), null)
	},
		[]string{"Subject Public Key Info:\n                    30:2c:30:05:06:03:2b:65:70:03:21:00:"}},
	{"no key at all", func() []byte { return seq(utf8String("nonsense")) }, []string{"Subject Public Key Info:\n                    30:0a:0c:08"}},
}

// shortPoint is a point on P-256 one of whose coordinates has a leading zero octet.
func shortPoint(x bool) []byte {
	first := map[bool]int{true: 1, false: 33}[x]
	for k := 1; ; k++ {
		if p := curvePoint(elliptic.P256(), k); p[first] == 0 {
			return p
		}
	}
}

func TestKeys(t *testing.T) {
	for _, test := range keyTests {
		t.Run(test.name, func(t *testing.T) {
			got := text.Certificate(parse(t, parts{key: test.spki()}.der()))
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in\n%s", want, got)
				}
			}
		})
	}
}

// TestFields has fields that are not as they are in the golden texts.
func TestFields(t *testing.T) {
	set := func(parts ...[]byte) []byte { return tlv(0x31, parts...) }
	sequence := "Not all of it can be decoded:\n                30:"
	for name, test := range map[string]struct {
		parts parts
		want  string
	}{
		"version 1":             {parts{version: []byte{}}, "        Version: 1 (0x0)\n"},
		"version 1 stated":      {parts{version: tlv(0xa0, integer(0))}, "        Version: 1 (0x0)\n"},
		"version as text":       {parts{version: tlv(0xa0, utf8String("3"))}, "        Version: unknown\n            0c:01:33\n"},
		"serial zero":           {parts{serial: integer(0)}, "        Serial Number: 0 (0x00)\n"},
		"serial without octets": {parts{serial: integer()}, "        Serial Number:\n            (empty)\n"},
		"long serial":           {parts{serial: integer(noise("s", 65)...)}, "        Serial Number:\n            "},
		"empty RDN":             {parts{issuer: seq(set())}, sequence},
		"RDN of something else": {parts{issuer: seq(seq())}, sequence},
		"attribute with more":   {parts{issuer: seq(set(seq(oid("2.5.4.3"), utf8String("a"), null)))}, sequence},
		"no name":               {parts{subject: seq(integer(1))}, "        Subject:\n            " + sequence},
		"one date":              {parts{validity: seq(str(0x17, "240102030405Z"))}, "        Validity\n            30:0f:17:0d:"},
		"PSS": {parts{algorithm: seq(oid("1.2.840.113549.1.1.10"), seq(tlv(0xa2, integer(17))))},
			"        Signature Algorithm: RSAPSS\n            Parameters:\n                30:05:a2:03:02:01:11\n"},
		"PSS as usual": {parts{algorithm: seq(oid("1.2.840.113549.1.1.10"), seq(
			tlv(0xa0, seq(oid("2.16.840.1.101.3.4.2.1"), null)),
			tlv(0xa1, seq(oid("1.2.840.113549.1.1.8"), seq(oid("2.16.840.1.101.3.4.2.1"), null))),
			tlv(0xa2, integer(32))))}, "        Signature Algorithm: SHA256-RSAPSS\n        Issuer:"},
		"algorithm without identifier": {parts{algorithm: seq(null)},
			"            Algorithm Identifier:\n                30:02:05:00\n"},
		"extensions that are no list": {parts{uniqueIDs: tlv(0xa3, integer(1))},
			"        X509v3 extensions:\n            Unreadable:\n                02:01:01\n"},
		"something after the extensions": {parts{uniqueIDs: tlv(0xa3, seq(ext("1.2.3", false, nil)), integer(1))},
			"            1.2.3:\n                (empty)\n            Unreadable:\n                02:01:01\n"},
		"extension that is cut off": {parts{extensions: [][]byte{ext("1.2.3", false, nil), {0x30, 5, 6}}},
			"            1.2.3:\n                (empty)\n            Unreadable:\n                30:05:06\n"},
		"no signature": {parts{signature: bits()}, "    Signature Algorithm: SHA256-RSA\n         (empty)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c := parse(t, test.parts.der())
			got := text.Certificate(c)
			if !strings.Contains(got, test.want) {
				t.Errorf("%q is missing in\n%s", test.want, got)
			}
			checkText(t, c, got)
		})
	}
}

// TestKeysAgreeWithOpenSSL compares the key's size and octets with what openssl
// x509 -text shows.
func TestKeysAgreeWithOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("NOT CHECKED: openssl is not installed")
	}
	compared := 0
	for _, test := range keyTests {
		t.Run(test.name, func(t *testing.T) {
			der := parts{key: test.spki()}.der()
			cmd := exec.Command("openssl", "x509", "-inform", "DER", "-noout", "-text")
			cmd.Stdin = bytes.NewReader(der)
			theirs, err := cmd.Output()
			if err != nil || !bytes.Contains(theirs, []byte("Public-Key:")) {
				t.Skip("openssl cannot read this key")
			}
			compared++
			size := regexp.MustCompile(`\((\d+) bit\)`)
			ours := text.Certificate(parse(t, der))
			if want, got := size.FindString(string(theirs)), size.FindString(ours); want != "" && got != want {
				t.Errorf("the size is %s, for OpenSSL %s", got, want)
			}
			want := hexOf(string(theirs), "Modulus:|pub:")
			got := hexOf(ours, "Modulus:|pub:|Raw Bytes:|X:|Y:|Subject Public Key Info:")
			if strings.Contains(ours, "X:\n") {
				got = "04" + got
			}
			// OpenSSL shows the sign octet of an integer and a compressed point as such.
			if want = strings.TrimPrefix(want, "00"); len(want) == 66 && len(got) == 130 {
				want, got = want[2:], got[2:66]
			}
			// A key that appears raw has more around what OpenSSL shows.
			if raw := !strings.Contains(ours, "Modulus:"); want == "" || got != want && !(raw && strings.Contains(got, want)) {
				t.Errorf("the key's octets are\n%s\nand for OpenSSL\n%s", got, want)
			}
		})
	}
	if compared < 12 {
		t.Errorf("only %d keys could be compared", compared)
	}
}

// hexOf returns the hexadecimal digits below each of the labels.
func hexOf(s, labels string) string {
	var digits strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^ +(?:`+labels+`) *\n((?: +(?:[0-9a-f]{2}:?)+\n)+)`).FindAllStringSubmatch(s, -1) {
		digits.WriteString(regexp.MustCompile(`[^0-9a-f]`).ReplaceAllString(m[1], ""))
	}
	return digits.String()
}
