package certparse

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// testKeys are made anew in every run: TEST ONLY.
var testKeys = sync.OnceValues(func() (*ecdsa.PrivateKey, *rsa.PrivateKey) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return ec, rs
})

// typicalLeaf is like what a public CA issues today: an RSA-signed server
// certificate of 1.4 KB with nine extensions.
func typicalLeaf(tb testing.TB) []byte {
	tb.Helper()
	ec, rs := testKeys()
	issuer := &x509.Certificate{
		Subject:      pkix.Name{CommonName: "TEST ONLY Issuing CA R11", Organization: []string{"Example Trust Services LLC"}, Country: []string{"US"}},
		SubjectKeyId: bytes.Repeat([]byte{0xa5}, 20),
	}
	leaf := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte{4, 0x5e, 0x12, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}),
		Subject: pkix.Name{CommonName: "www.example.com", Organization: []string{"Example Incorporated"},
			Locality: []string{"Springfield"}, Province: []string{"Illinois"}, Country: []string{"US"}},
		NotBefore: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), NotAfter: time.Date(2026, 4, 2, 3, 4, 5, 0, time.UTC),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		SubjectKeyId:          bytes.Repeat([]byte{0x5a}, 20),
		OCSPServer:            []string{"http://ocsp.trust.example.com"},
		IssuingCertificateURL: []string{"http://cacerts.trust.example.com/IssuingCAR11.crt"},
		CRLDistributionPoints: []string{"http://crl3.trust.example.com/IssuingCAR11.crl", "http://crl4.trust.example.com/IssuingCAR11.crl"},
		DNSNames:              []string{"www.example.com", "example.com", "api.example.com", "*.cdn.example.com"},
		ExtraExtensions: []pkix.Extension{
			{Id: asn1.ObjectIdentifier{2, 5, 29, 32}, Value: seq(seq(oid("2.23.140.1.2.2"),
				seq(seq(oid("1.3.6.1.5.5.7.2.1"), ia5("http://www.trust.example.com/CPS")))))},
			{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: sctList(sct(1), sct(2))},
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, issuer, &ec.PublicKey, rs)
	if err != nil {
		tb.Fatal(err)
	}
	return der
}

// The functions from here on write DER by hand.

func tlv(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	switch n := len(content); {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, content...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, content...)
	default:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, content...)
	}
}

func seq(parts ...[]byte) []byte { return tlv(tagSequence, parts...) }
func set(parts ...[]byte) []byte { return tlv(tagSet, parts...) }
func ia5(s string) []byte        { return tlv(tagIA5String, []byte(s)) }
func utf8s(s string) []byte      { return tlv(tagUTF8String, []byte(s)) }
func printable(s string) []byte  { return tlv(tagPrintableString, []byte(s)) }
func integer(b ...byte) []byte   { return tlv(tagInteger, b) }
func dns(s string) []byte        { return tlv(0x82, []byte(s)) }
func uri(s string) []byte        { return tlv(0x86, []byte(s)) }
func bytesOf(b ...byte) []byte   { return b }
func cn(s string) []byte         { return seq(set(seq(oid("2.5.4.3"), utf8s(s)))) }

func oid(dotted string) []byte {
	var id asn1.ObjectIdentifier
	for _, arc := range bytes.Split([]byte(dotted), []byte{'.'}) {
		n, err := strconv.Atoi(string(arc))
		if err != nil {
			panic(err)
		}
		id = append(id, n)
	}
	var b cryptobyte.Builder
	b.AddASN1ObjectIdentifier(id)
	return b.BytesOrPanic()
}

// ext is an Extension.
func ext(id string, critical bool, value []byte) []byte {
	if critical {
		return seq(oid(id), tlv(tagBoolean, bytesOf(0xff)), tlv(tagOctetString, value))
	}
	return seq(oid(id), tlv(tagOctetString, value))
}

// sctList is the value of the extension with the given timestamps.
func sctList(scts ...[]byte) []byte {
	var list cryptobyte.Builder
	list.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, s := range scts {
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(s) })
		}
	})
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddBytes(list.BytesOrPanic()) })
	return b.BytesOrPanic()
}

// sct is a timestamp of version 1 by the log whose ID is all i, signed with ECDSA
// and SHA-256 (of the usual length, but zeros).
func sct(i byte) []byte {
	var b cryptobyte.Builder
	b.AddUint8(0)
	b.AddBytes(bytes.Repeat([]byte{i}, 32))
	b.AddUint64(uint64(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC).UnixMilli()))
	b.AddUint16(0)
	b.AddUint8(4)
	b.AddUint8(3)
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(make([]byte, 71)) })
	return b.BytesOrPanic()
}

// handmade is a certificate in parts, for those that no library would issue.
type handmade struct {
	version         int // 0 is 3.
	issuer, subject []byte
	extensions      [][]byte
	// rawExtensions, if not nil, is the whole field instead.
	rawExtensions []byte
}

// sound are extensions that leave nothing to complain about in a leaf.
var (
	soundSKI = ext("2.5.29.14", false, tlv(tagOctetString, bytesOf(1, 2, 3, 4)))
	soundAKI = ext("2.5.29.35", false, seq(tlv(0x80, bytesOf(5, 6, 7, 8))))
	caBasic  = ext("2.5.29.19", true, seq(tlv(tagBoolean, bytesOf(0xff))))
	caUsage  = ext("2.5.29.15", true, tlv(tagBitString, bytesOf(1, 0x06)))
)

func (h handmade) der() []byte {
	ec, _ := testKeys()
	spki, err := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	if err != nil {
		panic(err)
	}
	if h.issuer == nil {
		h.issuer = cn("TEST ONLY Issuer")
	}
	if h.subject == nil {
		h.subject = cn("TEST ONLY Subject")
	}
	if h.version == 0 {
		h.version = 3
	}
	algorithm := seq(oid("1.2.840.10045.4.3.2"))
	var parts [][]byte
	if h.version > 1 {
		parts = append(parts, tlv(0xa0, integer(byte(h.version-1))))
	}
	parts = append(parts, integer(1), algorithm, h.issuer,
		seq(tlv(tagUTCTime, []byte("260102030405Z")), tlv(tagUTCTime, []byte("270102030405Z"))), h.subject, spki)
	if h.rawExtensions != nil {
		parts = append(parts, h.rawExtensions)
	} else if h.extensions != nil {
		parts = append(parts, tlv(0xa3, seq(h.extensions...)))
	}
	return seq(seq(parts...), algorithm, tlv(tagBitString, bytesOf(0, 0x30, 6, 2, 1, 1, 2, 1, 1)))
}

func mustParse(tb testing.TB, der []byte) *Certificate {
	tb.Helper()
	c, err := ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// found is what the tests compare of a finding.
type found struct {
	code   finding.Code
	offset int
}

func findingsOf(c *Certificate) []found {
	var fs []found
	for _, f := range c.Findings(finding.Where{}) {
		at, _ := f.Where.DERByte.Get()
		fs = append(fs, found{f.Code, at})
	}
	return fs
}

// realCertificates are certificates from elsewhere by a name. It skips the test if
// there are none.
func realCertificates(tb testing.TB) map[string][]byte {
	tb.Helper()
	all := certificatesFromElsewhere(tb)
	if len(all) == 0 {
		tb.Skip("NOT CHECKED: no certificates from elsewhere were found")
	}
	return all
}

// certificatesFromElsewhere are the system's roots and the conformance vectors,
// as far as they are there.
func certificatesFromElsewhere(tb testing.TB) map[string][]byte {
	tb.Helper()
	all := map[string][]byte{}
	if text, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt"); err == nil {
		for i := 0; ; i++ {
			var block *pem.Block
			if block, text = pem.Decode(text); block == nil {
				break
			}
			all["system root "+strconv.Itoa(i)] = block.Bytes
		}
	} else {
		tb.Logf("NOT CHECKED against the system's roots: %v", err)
	}
	vectors := os.Getenv("CERTLOUPE_VECTORS")
	if vectors == "" {
		vectors = filepath.Join("..", "..", "shared", "vectors")
	}
	for _, file := range []string{"limbo.json", "pkits.json"} {
		text, err := os.ReadFile(filepath.Join(vectors, file))
		if err != nil {
			tb.Logf("NOT CHECKED against %s: %v", file, err)
			continue
		}
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			tb.Fatal(err)
		}
		addCertificates(all, file, v)
	}
	return all
}

// addCertificates adds every string in v that is a certificate in PEM or base64.
func addCertificates(all map[string][]byte, name string, v any) {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			addCertificates(all, name+" "+strconv.Itoa(i), e)
		}
	case map[string]any:
		if id, ok := v["id"].(string); ok {
			name += " " + id
		}
		for k, e := range v {
			if k != "crls" {
				addCertificates(all, name+" "+k, e)
			}
		}
	case string:
		if block, _ := pem.Decode([]byte(v)); block != nil && block.Type == "CERTIFICATE" {
			all[name] = block.Bytes
		} else if der, err := base64.StdEncoding.DecodeString(v); err == nil && len(der) > 200 {
			all[name] = der
		}
	}
}
