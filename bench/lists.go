package main

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/ocsp"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// maxListMemory is what reading a list may take besides its bytes.
const maxListMemory = 64 << 10

var errList = errors.New("the list does not say what was put into it")

// measureList compares what a large revocation list costs.
func (b *bench) measureList(certs map[testcerts.Kind]*testcerts.Set) error {
	u, err := subjectOf(certs[testcerts.ECDSA])
	if err != nil {
		return err
	}
	der, err := largeList(u, b.entries)
	if err != nil {
		return err
	}
	b.heading("A large revocation list", fmt.Sprintf("%d entries, %.0f MB in memory, signed with ECDSA P-256; each step once", b.entries, float64(len(der))/1e6))
	t := newTable("step", "time", "allocated", "kept")
	var list *ocsp.CRL
	judge := func() error {
		r, err := ocsp.Judge([]*ocsp.CRL{list}, u.cert, u.issuer, ocsp.Options{Time: pathTime})
		if err != nil || r.Status != ocsp.Good {
			return errors.Join(errList, err)
		}
		return nil
	}
	issuer, err := standardCertificate(u.issuerCertificate)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(u.certDER)
	if err != nil {
		return err
	}
	var standard *x509.RevocationList
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"ocsp.ParseCRL", func() (err error) { list, err = ocsp.ParseCRL(der); return err }},
		{"ocsp.Judge, first certificate (with the signature)", judge},
		{"ocsp.Judge, every other", judge},
		{"CRL.Index", func() error { list.Index(); return nil }},
		{"ocsp.Judge, with the index", judge},
		{"crypto/x509 ParseRevocationList", func() (err error) { standard, err = x509.ParseRevocationList(der); return err }},
		{"crypto/x509 CheckSignatureFrom", func() error { return standard.CheckSignatureFrom(issuer) }},
		{"crypto/x509, a look through the entries", func() error {
			if slices.ContainsFunc(standard.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool { return e.SerialNumber.Cmp(cert.SerialNumber) == 0 }) {
				return errList
			}
			return nil
		}},
	} {
		took, allocated, kept, err := once(step.do)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		t.add(step.name, duration(float64(took)), size(allocated), size(kept))
		if step.name == "ocsp.ParseCRL" {
			b.target("memory to read a large revocation list, besides its bytes, KiB", allocated/1024, maxListMemory>>10, false)
		}
	}
	if list.Entries != b.entries || len(standard.RevokedCertificateEntries) != b.entries {
		return errList
	}
	b.print(t)
	runtime.KeepAlive(standard)
	return nil
}

// once measures work that takes long.
func once(do func() error) (took time.Duration, allocated, kept float64, err error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := clock()
	err = do()
	took = clock() - start
	runtime.ReadMemStats(&after)
	allocated = float64(after.TotalAlloc - before.TotalAlloc)
	runtime.GC()
	runtime.ReadMemStats(&after)
	return took, allocated, max(float64(after.HeapAlloc)-float64(before.HeapAlloc), 0), err
}

func size(bytes float64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%.1f KiB", bytes/1024)
	}
	return fmt.Sprintf("%.1f MiB", bytes/(1<<20))
}

// largeList is a list with n entries, none of which is the certificate's, each with
// a number of 16 bytes and a reason.
func largeList(u subject, n int) ([]byte, error) {
	utcTime := func(t time.Time) []byte { return element(asn1.UTCTime, []byte(t.UTC().Format("060102150405Z"))) }
	algorithm := element(asn1.SEQUENCE, element(asn1.OBJECT_IDENTIFIER, []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02}))
	extensions := func(id byte, value []byte) []byte {
		return element(asn1.SEQUENCE, element(asn1.SEQUENCE, element(asn1.OBJECT_IDENTIFIER, []byte{0x55, 0x1d, id}), element(asn1.OCTET_STRING, value)))
	}
	serial := make([]byte, 16)
	serial[0] = 0x40
	one := element(asn1.SEQUENCE, element(asn1.INTEGER, serial), utcTime(pathTime.AddDate(0, -1, 0)), extensions(0x15, element(asn1.ENUM, []byte{4})))
	const number = 2 + 2 // where the number's octets begin in an entry
	entries := make([]byte, 0, n*len(one))
	for i := range n {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
		copy(one[number+1:number+16], sum[:])
		entries = append(entries, one...)
	}
	tbs := element(asn1.SEQUENCE, element(asn1.INTEGER, []byte{1}), algorithm, u.issuer.RawSubject(), utcTime(pathTime), utcTime(pathTime.AddDate(0, 0, 7)),
		element(asn1.SEQUENCE, entries), element(asn1.Tag(0).ContextSpecific().Constructed(), extensions(0x14, element(asn1.INTEGER, []byte{1}))))
	digest := sha256.Sum256(tbs)
	signature, err := u.issuerCertificate.PrivateKey().Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return element(asn1.SEQUENCE, tbs, algorithm, element(asn1.BIT_STRING, []byte{0}, signature)), nil
}

// standardCertificate is the certificate as crypto/x509 reads it. It knows no SM2 keys.
func standardCertificate(c *testcerts.Certificate) (*x509.Certificate, error) {
	cert, err := x509.ParseCertificate(c.DER)
	if err == nil && cert.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
		return nil, x509.ErrUnsupportedAlgorithm
	}
	return cert, err
}
