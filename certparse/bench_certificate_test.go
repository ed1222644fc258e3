package certparse

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"unsafe"
)

func BenchmarkParseCertificate(b *testing.B) {
	der := typicalLeaf(b)
	b.Run("certparse", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(der)))
		for b.Loop() {
			if _, err := ParseCertificate(der); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("crypto-x509", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(der)))
		for b.Loop() {
			if _, err := x509.ParseCertificate(der); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSummaryJSON(b *testing.B) {
	der := typicalLeaf(b)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	b.Run("certparse", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			cs := Parse(text, Options{}).Certificates()
			if len(cs) != 1 {
				b.Fatal("no certificate")
			}
			dst = cs[0].AppendSummaryJSON(dst[:0])
		}
	})
	b.Run("certparse-without-PEM", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			c, err := ParseCertificate(der)
			if err != nil {
				b.Fatal(err)
			}
			dst = c.AppendSummaryJSON(dst[:0])
		}
	})
	b.Run("crypto-x509-encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			block, _ := pem.Decode(text)
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := json.Marshal(standardSummary(c)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// standardJSON has the fields of the summary as a program with the standard
// library alone would write them.
type standardJSON struct {
	CommonName         string   `json:"common_name,omitempty"`
	Owner              string   `json:"owner"`
	Issuer             string   `json:"issuer"`
	Version            int      `json:"version"`
	SerialNumber       string   `json:"serial_number"`
	EffectiveDate      string   `json:"effective_date"`
	ExpiryDate         string   `json:"expiry_date"`
	Fingerprint        string   `json:"fingerprint"`
	SignatureAlgorithm string   `json:"signature_algorithm"`
	PublicKey          string   `json:"public_key"`
	IsCA               bool     `json:"is_ca"`
	SAN                []string `json:"san,omitempty"`
}

func standardSummary(c *x509.Certificate) standardJSON {
	sum := sha256.Sum256(c.Raw)
	return standardJSON{
		CommonName:         c.Subject.CommonName,
		Owner:              c.Subject.String(),
		Issuer:             c.Issuer.String(),
		Version:            c.Version,
		SerialNumber:       c.SerialNumber.String(),
		EffectiveDate:      c.NotBefore.UTC().Format("20060102T150405Z"),
		ExpiryDate:         c.NotAfter.UTC().Format("20060102T150405Z"),
		Fingerprint:        strings.ToUpper(hex.EncodeToString(sum[:])),
		SignatureAlgorithm: c.SignatureAlgorithm.String(),
		PublicKey:          c.PublicKeyAlgorithm.String(),
		IsCA:               c.IsCA,
		SAN:                c.DNSNames,
	}
}

// TestAllocations keeps reading a healthy certificate at one allocation, the
// certificate itself, which the allocator rounds up if it is larger, and its
// summary at none.
func TestAllocations(t *testing.T) {
	der := typicalLeaf(t)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := ParseCertificate(der); err != nil {
			t.Fatal(err)
		}
	}); n != 1 {
		t.Errorf("ParseCertificate allocates %v times", n)
	}
	if size := unsafe.Sizeof(Certificate{}); size > 512 {
		t.Errorf("a Certificate has %d bytes", size)
	}
	c := mustParse(t, der)
	dst := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { c.AppendSummaryJSON(dst) }); n != 0 {
		t.Errorf("AppendSummaryJSON allocates %v times", n)
	}
}
