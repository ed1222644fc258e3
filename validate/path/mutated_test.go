package path_test

import (
	"slices"
	"testing"

	"github.com/certloupe/certloupe/certparse"
)

// TestChangedByte: no byte of a certificate can be changed without being noticed.
func TestChangedByte(t *testing.T) {
	r := root(t, "Root")
	i := r.ca("CA", policies(pA))
	leaf := i.leaf(policies(pA))
	for which, whole := range [][]byte{leaf.Raw(), i.cert.Raw()} {
		for at := range whole {
			for _, x := range []byte{0x01, 0x20, 0x80} {
				der := slices.Clone(whole)
				der[at] ^= x
				c, err := certparse.ParseCertificate(der)
				if err != nil {
					continue
				}
				q := ask(leaf, r, i)
				if which == 0 {
					q.target = c
				} else {
					q.pool = []*entity{{cert: c}}
				}
				if q.build().Valid {
					t.Errorf("certificate %d is accepted with byte %d changed from %#x to %#x", which, at, whole[at], der[at])
				}
			}
		}
	}
}
