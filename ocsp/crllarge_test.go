package ocsp_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// largeList is the DER of a CRL with n entries, each with a reason. Entry i has
// the serial number that serialOf gives.
func largeList(base scene, n int) []byte {
	l := listOf(base.issuer)
	at := forge.UTCTime(now.AddDate(0, -1, 0))
	exts := forge.Extensions([]forge.Extension{forge.Reason(4)})
	size := len(forge.Sequence(forge.Integer(serialOf(0)...), at, exts))
	content := make([]byte, 0, n*size)
	for i := range n {
		content = append(content, 0x30, byte(size-2), 0x02, 16)
		content = append(append(append(content, serialOf(i)...), at...), exts...)
	}
	return l.Around(forge.Sequence(l.Version, l.Signer.Algorithm, l.Issuer, l.This, l.Next, forge.Sequence(content), forge.Explicit(0, forge.Extensions(l.Exts))))
}

func serialOf(i int) []byte {
	// Scattered, as serial numbers are.
	x := uint64(i)*0x9e3779b97f4a7c15 + 1
	serial := []byte{0x40, byte(i >> 16), byte(i >> 8), byte(i), 0, 0, 0, 0}
	for shift := 56; shift >= 0; shift -= 8 {
		serial = append(serial, byte(x>>shift))
	}
	serial[1], serial[8] = serial[8], serial[1]
	return serial
}

func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLargeCRL reads a list of a million entries, almost 50 MB: it may allocate
// next to nothing, and 16 bytes for each entry of the index.
func TestLargeCRL(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a list of a million entries")
	}
	const n = 1_000_000
	base := newScene("p256-root", "p256-server")
	der := largeList(base, n)
	cert, issuer := base.parse(t)
	on := base
	on.leaf.Serial = serialOf(n - 1)
	revokedCert, _ := on.parse(t)
	var l *ocsp.CRL
	start := time.Now()
	judge := func(want ocsp.Status, who string) {
		c := cert
		if want == ocsp.Revoked {
			c = revokedCert
		}
		r, err := ocsp.Judge([]*ocsp.CRL{l}, c, issuer, ocsp.Options{Time: now})
		if err != nil || r.Status != want {
			t.Errorf("%s: %v %v, want %v", who, r, err, want)
		}
	}
	if got := allocated(func() {
		var err error
		if l, err = ocsp.ParseCRL(der); err != nil {
			t.Fatal(err)
		}
	}); got > 64<<10 || l.Entries != n {
		t.Errorf("reading %d entries allocates %d bytes", l.Entries, got)
	}
	parsed := time.Now()
	if got := allocated(func() { judge(ocsp.Good, "without an index"); judge(ocsp.Revoked, "without an index") }); got > 64<<10 {
		t.Errorf("judging without an index allocates %d bytes", got)
	}
	judged := time.Now()
	if got := allocated(l.Index); got > 16*n+64<<10 {
		t.Errorf("the index allocates %d bytes", got)
	}
	indexed := time.Now()
	judge(ocsp.Good, "with an index")
	judge(ocsp.Revoked, "with an index")
	t.Logf("%d MB: read in %v, judged twice in %v, indexed in %v, judged twice in %v", len(der)>>20,
		parsed.Sub(start), judged.Sub(parsed), indexed.Sub(judged), time.Since(indexed))
}

// TestLargeCRLHostile gives a list that is larger than any that is read. It is
// refused before it is read, and the finding says how large it may be.
func TestLargeCRLHostile(t *testing.T) {
	for size, code := range map[int]finding.Code{ocsp.MaxCRLSize: "crl-malformed", ocsp.MaxCRLSize + 1: "crl-too-large"} {
		_, err := ocsp.ParseCRL(make([]byte, size))
		var syntax *ocsp.SyntaxError
		if !errors.As(err, &syntax) || syntax.Code != code {
			t.Fatalf("%d bytes: %v", size, err)
		}
		f := syntax.Finding(finding.Where{})
		if f.Code != code || len(f.Data) != 1 || code == "crl-too-large" && f.Data[0].Value != int64(ocsp.MaxCRLSize) {
			t.Errorf("%d bytes: %+v", size, f)
		}
	}
}
