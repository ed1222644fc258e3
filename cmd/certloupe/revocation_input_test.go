package main

import (
	"bytes"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// pkcs7 is a SignedData that nobody signed, with certificates and revocation lists
// (RFC 2315, Section 9.1).
func pkcs7(certs, lists [][]byte) []byte {
	oid := func(b *cryptobyte.Builder, last byte) {
		b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) {
			b.AddBytes([]byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, last})
		})
	}
	all := func(b *cryptobyte.Builder, tag uint8, ders [][]byte) {
		if ders != nil {
			b.AddASN1(asn1.Tag(tag).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddBytes(slices.Concat(ders...)) })
		}
	}
	empty := func(*cryptobyte.Builder) {}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		oid(b, 2)
		b.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(asn1.SET, empty)
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { oid(b, 1) })
				all(b, 0, certs)
				all(b, 1, lists)
				b.AddASN1(asn1.SET, empty)
			})
		})
	})
	return b.BytesOrPanic()
}

// TestRevocationContainers takes certificates and lists out of containers. That none
// was looked at must never be taken for that all are good.
func TestRevocationContainers(t *testing.T) {
	p12 := caseFiles(t, "formats/pkcs12-of-server")
	schema := revocationSchema(t)
	ca := revocationFiles(t)
	good, revoked := ca.Issue(ocsptest.Leaf{Name: "good.example"}), ca.Issue(ocsptest.Leaf{Name: "revoked.example", Serial: big.NewInt(revokedSerial)})
	list, err := os.ReadFile("list.der")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "chain.p7b", pkcs7([][]byte{good, ca.Certificate}, [][]byte{list}))
	write(t, "revoked.p7b", pemText("PKCS7", pkcs7([][]byte{ca.Certificate, revoked}, nil)))
	write(t, "none.p7b", pkcs7(nil, nil))
	write(t, "damaged.p7b", pkcs7([][]byte{good[:len(good)-1], ca.Certificate}, nil))
	write(t, "damaged.pem", append(bytes.Replace(pemText("CERTIFICATE", good), []byte("\nMI"), []byte("\nM!"), 1), pemText("CERTIFICATE", ca.Certificate)...))
	write(t, "server.p12", p12["cert.pem"])
	write(t, "word", p12["password.txt"])
	for _, test := range []struct {
		args     string
		code     int
		statuses []string
	}{
		{"chain.p7b --crl list.der", 0, []string{"good", "nothing-to-ask"}},
		{"chain.p7b --crl chain.p7b", 0, []string{"good", "nothing-to-ask"}},
		{"good.pem --issuer chain.p7b --crl chain.p7b", 0, []string{"good"}},
		{"revoked.p7b --crl list.der", 1, []string{"revoked", "nothing-to-ask"}},
	} {
		if s := revocation(t, schema, test.code, strings.Fields(test.args)...); !slices.Equal(s.statuses(), test.statuses) {
			t.Errorf("revocation %s: %+v, want %v", test.args, s, test.statuses)
		}
	}
	for _, args := range []string{"none.p7b", "damaged.p7b", "damaged.pem", "good.pem --issuer ca.pem --crl revoked.p7b",
		"server.p12 --crl list.der", "server.p12 --crl list.der --password-file garbage", "good.pem --password-file missing"} {
		if got := call(append([]string{"revocation"}, strings.Fields(args)...)...); got.code != exitFailed || got.stdout != "" || got.stderr == "" {
			t.Errorf("certloupe revocation %s: %+v", args, got)
		}
	}
	if s := revocation(t, schema, 1, strings.Fields("server.p12 --password-file word --crl list.der")...); len(s.Certificates) == 0 {
		t.Errorf("with the password: %+v", s)
	}
}

// TestRevocationOfNothing shows that a report without certificates accepts nothing.
func TestRevocationOfNothing(t *testing.T) {
	var r revocationReport
	if r.decide(); r.accepted {
		t.Error("it is accepted")
	}
}
