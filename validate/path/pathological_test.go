package path_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/hardpaths"
	"github.com/certloupe/certloupe/validate/path"
)

// Inputs that are made to take long are decided in less than 50 ms of processor
// time on an idle machine, which the benchmarks hold. Here the limit leaves room
// for a busy one, and the shortest of three runs counts.
const cpuLimit = 200 * time.Millisecond

func quick(t *testing.T, name string, run func()) {
	t.Helper()
	shortest := time.Duration(1 << 62)
	for range 3 {
		runtime.GC() // of what others left
		start := cpuTime()
		run()
		shortest = min(shortest, cpuTime()-start)
	}
	if shortest > cpuLimit {
		t.Errorf("%s took %v", name, shortest)
	}
	t.Logf("%-80s %v", name, shortest.Round(time.Microsecond))
}

// TestPathologicalLimbo: the public denial-of-service chains.
func TestPathologicalLimbo(t *testing.T) {
	limboCases(t, func(c limboCase) {
		if strings.HasPrefix(c.ID, "pathological::") {
			quick(t, c.ID, func() {
				if _, _, err := c.run(); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// TestPathological: the hardest patterns that are known, all of them refused, but
// for the one that is only long.
func TestPathological(t *testing.T) {
	if testing.Short() {
		t.Skip("the certificates take a few seconds to make")
	}
	for _, c := range hardpaths.Cases() {
		parseAll := func(ders [][]byte) (list []*certparse.Certificate) {
			for _, der := range ders {
				x, err := certparse.ParseCertificate(der)
				if err != nil {
					t.Fatalf("%s: %v", c.Name, err)
				}
				list = append(list, x)
			}
			return list
		}
		target, anchors, pool := parseAll([][]byte{c.Target})[0], path.Anchors(parseAll(c.Anchors)), parseAll(c.Pool)
		for i, opt := range []path.Options{{Time: hardpaths.Time}, {Time: hardpaths.Time, Profile: path.WebPKI}, {Time: hardpaths.Time, Trace: true, AllowWeak: true, ExplicitPolicy: true}} {
			var r *path.Result
			quick(t, c.Name+" ("+opt.Profile.String()+")", func() { r = path.Build(target, anchors, pool, opt) })
			if r.Valid != (c.Valid && i == 0) {
				t.Errorf("%s: %v %v", c.Name, r.Valid, codes(r))
			}
			if size := weight(r); size > 50_000 {
				t.Errorf("%s: %d findings and certificates in the result", c.Name, size)
			}
		}
	}
}

// weight is about how large a result is.
func weight(r *path.Result) int {
	n := len(r.Findings) + len(r.Path)
	for _, a := range r.Tried {
		n += len(a.Findings) + len(a.Path)
	}
	return n
}
