package main

import (
	"runtime"
	"slices"
	"time"
)

// The machine may be busy with other things, and its clock rate may change while
// the program runs. Therefore processor time is measured where the system tells
// it, the contenders take turns, round after round, and what is compared are the
// medians: of the times of each contender, and of the quotients of two
// contenders' times in the same round. The program keeps to one processor, so
// that everybody pays for the collection of their garbage.

// contender is one of several ways to do the same work.
type contender struct {
	name string
	// units is how many certificates (or signatures) one call of work does.
	units int
	work  func() error
}

// result is what was measured of one contender, each figure for one unit.
type result struct {
	contender
	// times has the nanoseconds of each round.
	times []float64
	// allocations and bytes are what one unit allocates.
	allocations, bytes float64
	err                error
}

// median returns the middle of the values, which it does not change.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// ns is the median time for one unit in nanoseconds.
func (r *result) ns() float64 { return median(r.times) }

// ratio is how many times as long as base r takes.
func ratio(r, base *result) float64 {
	var quotients []float64
	for i := range min(len(r.times), len(base.times)) {
		quotients = append(quotients, r.times[i]/base.times[i])
	}
	return median(quotients)
}

// plan says how long to measure.
type plan struct {
	rounds int
	slot   time.Duration // How long each contender runs in each round.
}

// race lets the contenders take turns. A contender that returns an error is out.
func (p plan) race(contenders ...contender) []*result {
	results := make([]*result, len(contenders))
	calls := make([]int, len(contenders))
	for i, c := range contenders {
		results[i] = &result{contender: c}
		if calls[i], results[i].err = p.calibrate(c); results[i].err == nil {
			results[i].allocations, results[i].bytes = allocations(c)
		}
	}
	for round := range p.rounds {
		for i := range results {
			if round%2 == 1 {
				i = len(results) - 1 - i // Whoever comes after a given other does so in half of the rounds only.
			}
			r := results[i]
			if r.err != nil {
				continue
			}
			runtime.GC() // Nobody pays for another's garbage.
			start := clock()
			for range calls[i] {
				if r.err = r.work(); r.err != nil {
					break
				}
			}
			r.times = append(r.times, float64(clock()-start)/float64(calls[i]*r.units))
		}
	}
	return results
}

// calibrate finds out how many calls fill a slot.
func (p plan) calibrate(c contender) (calls int, err error) {
	if err := c.work(); err != nil {
		return 0, err
	}
	for calls = 1; ; calls *= 2 {
		start := clock()
		for range calls {
			if err := c.work(); err != nil {
				return 0, err
			}
		}
		if took := clock() - start; took > p.slot/8 || calls > 1<<30 {
			return max(1, int(float64(calls)*float64(p.slot)/float64(max(took, 1)))), nil
		}
	}
}

// allocations counts what one unit allocates.
func allocations(c contender) (count, bytes float64) {
	const calls = 20
	var before, after runtime.MemStats
	least := result{allocations: 1e18, bytes: 1e18}
	for range 3 { // The runtime allocates now and then too; the least is the contender's own.
		runtime.ReadMemStats(&before)
		for range calls {
			_ = c.work()
		}
		runtime.ReadMemStats(&after)
		least.allocations = min(least.allocations, float64(after.Mallocs-before.Mallocs)/float64(calls*c.units))
		least.bytes = min(least.bytes, float64(after.TotalAlloc-before.TotalAlloc)/float64(calls*c.units))
	}
	return least.allocations, least.bytes
}

// retained measures how many bytes and how many objects on the heap stay in use
// for each of n things that produce returns.
func retained[T any](n int, produce func() (T, error)) (bytes, objects float64, err error) {
	kept := make([]T, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range kept {
		if kept[i], err = produce(); err != nil {
			return 0, 0, err
		}
	}
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return float64(after.HeapAlloc-before.HeapAlloc) / float64(n), float64(after.HeapObjects-before.HeapObjects) / float64(n), nil
}
