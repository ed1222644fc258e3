package main

import (
	"runtime"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/hardpaths"
	"github.com/certloupe/certloupe/validate/path"
)

// measureHardPaths measures inputs that were made to take long, which must not.
func (b *bench) measureHardPaths() error {
	b.heading("Pathological paths", "time to decide inputs that are made to take long, parsed already; the shortest of three runs")
	t := newTable("input", "certificates", "path.Build")
	worst := time.Duration(0)
	for _, c := range hardpaths.Cases() {
		var parsed []*certparse.Certificate
		for _, ders := range [][][]byte{{c.Target}, c.Anchors, c.Pool} {
			for _, der := range ders {
				x, err := certparse.ParseCertificate(der)
				if err != nil {
					return err
				}
				parsed = append(parsed, x)
			}
		}
		target, anchors, pool := parsed[0], path.Anchors(parsed[1:1+len(c.Anchors)]), parsed[1+len(c.Anchors):]
		shortest := time.Duration(1 << 62)
		for range 3 {
			runtime.GC()
			start := clock()
			path.Build(target, anchors, pool, path.Options{Time: hardpaths.Time})
			shortest = min(shortest, clock()-start)
		}
		worst = max(worst, shortest)
		t.add(c.Name, itoa(len(parsed)), duration(float64(shortest)))
	}
	b.print(t)
	b.target("the longest of the pathological paths, ms", float64(worst)/1e6, 50, false)
	return nil
}
