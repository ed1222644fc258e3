package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
)

var made = sync.OnceValue(func() (m struct {
	certs map[testcerts.Kind]*testcerts.Set
	sets  []*set
	err   error
}) {
	m.certs, m.sets, m.err = generated()
	return m
})

func BenchmarkParse(b *testing.B) {
	m := made()
	if m.err != nil {
		b.Fatal(m.err)
	}
	for _, s := range m.sets {
		for _, p := range parsers {
			if _, err := p.parse(s.certs[len(s.certs)-1]); err != nil {
				continue // It does not know SM2.
			}
			b.Run(s.name+"/"+p.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					for _, der := range s.certs {
						if _, err := p.parse(der); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

func BenchmarkSummary(b *testing.B) {
	m := made()
	if m.err != nil {
		b.Fatal(m.err)
	}
	for _, kind := range testcerts.Kinds {
		text := m.certs[kind].Server.PEM()
		for name, summarize := range map[string]func([]byte) ([]byte, error){"certloupe": ours, "standard": peerFor(kind)} {
			b.Run(string(kind)+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := summarize(text); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// TestSameWork shows that what is compared does the same: every parser accepts
// the certificates, save those with SM2 keys, and both summaries say the same.
func TestSameWork(t *testing.T) {
	m := made()
	if m.err != nil {
		t.Fatal(m.err)
	}
	for _, kind := range testcerts.Kinds {
		for _, c := range m.certs[kind].Mixed() {
			for i, p := range parsers {
				knows := kind != testcerts.SM2 || i == certloupe || i == gmsm
				if _, err := p.parse(c.DER); (err == nil) != knows {
					t.Errorf("%s %s, %s: %v", kind, c.Name, p.name, err)
				}
			}
			mine, err := ours(c.PEM())
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := peerFor(kind)(c.PEM())
			if err != nil {
				t.Fatal(err)
			}
			if err := sameSummary(mine, theirs); err != nil {
				t.Errorf("%s %s: %v", kind, c.Name, err)
			}
		}
	}
}

// TestSameRows shows that what is compared for bulk input writes the same rows.
func TestSameRows(t *testing.T) {
	m := made()
	if m.err != nil {
		t.Fatal(m.err)
	}
	text, err := bulk(m.certs, 40)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "bulk.pem")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sameRows(name); err != nil {
		t.Error(err)
	}
}

// TestSameCertificates shows that every run measures the same certificates.
func TestSameCertificates(t *testing.T) {
	m := made()
	if m.err != nil {
		t.Fatal(m.err)
	}
	again, err := testcerts.New(testcerts.SM2)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range m.certs[testcerts.SM2].Mixed() {
		if !bytes.Equal(c.DER, again.Mixed()[i].DER) {
			t.Errorf("%s differs", c.Name)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 100}, 3}} {
		before := slices.Clone(c.values)
		if got := median(c.values); got != c.want || !slices.Equal(before, c.values) {
			t.Errorf("median(%v) = %v", c.values, got)
		}
	}
}

func TestRace(t *testing.T) {
	calls := 0
	results := plan{rounds: 5, slot: time.Millisecond}.race(
		contender{"short", 1, func() error { return nil }},
		contender{"long", 2, func() error {
			for start := clock(); clock()-start < 2*time.Millisecond; {
			}
			return nil
		}},
		contender{"refuses", 1, func() error { calls++; return errNoPEM }},
	)
	if results[2].err == nil || calls != 1 || len(results[2].times) != 0 {
		t.Errorf("a contender that refuses: %v, %d calls", results[2].err, calls)
	}
	if r := ratio(results[1], results[0]); r < 100 || len(results[1].times) != 5 {
		t.Errorf("the ratio is %v after %d rounds", r, len(results[1].times))
	}
}

func TestTargets(t *testing.T) {
	var out strings.Builder
	b := &bench{out: &out}
	b.target("as fast as wanted", 8, 8, true)
	b.target("too slow", 7.99, 8, true)
	b.target("few enough", 3, 3, false)
	b.target("too many", 3.01, 3, false)
	if missed := b.printTargets(); missed != 2 {
		t.Errorf("%d missed:\n%s", missed, &out)
	}
}

func TestReadSpeed(t *testing.T) {
	const out = "+DTP:256:verify:CurveSM2:1\n+R11:2810:256:CurveSM2:0.95\n+F7:0:256:CurveSM2:2249.494949:2957.894737\n"
	if v, err := readSpeed(out); err != nil || v != 2957.894737 {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := readSpeed("+F7:0:256:CurveSM2:1:x\n"); err == nil {
		t.Error("what is no figure was read")
	}
}
