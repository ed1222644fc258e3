// Package corpora reads every certificate that the projects around this one test
// themselves with, several thousand, and many of them broken on purpose. What
// OpenSSL reads must be read, and where another library accepts a certificate,
// both must read the same out of it.
package corpora

import (
	"testing"

	"github.com/certloupe/certloupe/certparse"
)

func TestEverythingThatOpenSSLReads(t *testing.T) {
	requireOpenSSL(t)
	c := collect(t)
	files, certificates := c.files, c.certificates
	ders := make([][]byte, len(certificates))
	for i := range certificates {
		ders[i] = certificates[i].der
	}
	theirs, ours := 0, 0
	for i, reads := range opensslReads(t, ders) {
		one := &certificates[i]
		_, err := certparse.ParseCertificate(one.der)
		if reads {
			theirs++
		}
		if err == nil {
			ours++
		} else if reads {
			t.Errorf("%s (%s): OpenSSL reads it, but: %v", one.name, one.key(), err)
		}
	}
	t.Logf("%d certificates: OpenSSL reads %d, certparse %d", len(certificates), theirs, ours)

	refused := make([]bool, len(files))
	parallel(len(files), func(i int) {
		if len(certparse.Parse(files[i].data, certparse.Options{}).Certificates()) == 0 {
			refused[i] = openssl(nil, "x509", "-noout", "-in", files[i].path).ok
		}
	})
	for i, f := range files {
		if refused[i] {
			t.Errorf("%s: OpenSSL finds a certificate in it, Parse none", f.name)
		}
	}
	t.Logf("%d files: Parse finds a certificate wherever openssl x509 does", len(files))
}
