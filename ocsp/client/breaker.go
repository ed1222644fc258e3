package client

import (
	"sync"
	"time"
)

// breakers keep what failed again and again from being asked again and again: a
// responder in trouble is left alone, and nobody waits for one that is gone.
type breakers struct {
	mu sync.Mutex
	by map[string]*breaker
	// now is the machine's clock.
	now func() time.Time
}

type breaker struct {
	fails int
	until time.Time
}

const (
	// breakAfter is how many failures in a row open a breaker.
	breakAfter = 3
	// breakFor is for how long at first; it doubles with every further failure.
	breakFor    = time.Second
	breakForMax = 30 * time.Second
	// maxBreakers is how many are remembered.
	maxBreakers = 4096
)

func newBreakers() *breakers { return &breakers{by: map[string]*breaker{}, now: time.Now} }

// blocked reports whether key must be left alone. When the time is up, one is let
// through to see whether things are better.
func (b *breakers) blocked(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.by[key]
	if e == nil || e.fails < breakAfter {
		return false
	}
	now := b.now()
	if now.Before(e.until) {
		return true
	}
	e.until = now.Add(breakFor)
	return false
}

// failed counts a failure.
func (b *breakers) failed(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.by[key]
	if e == nil {
		b.makeRoom()
		e = &breaker{}
		b.by[key] = e
	}
	e.fails++
	if e.fails >= breakAfter {
		e.until = b.now().Add(min(breakFor<<min(e.fails-breakAfter, 10), breakForMax))
	}
}

// worked forgets the failures.
func (b *breakers) worked(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.by, key)
}

// makeRoom forgets any one, if there are too many.
func (b *breakers) makeRoom() {
	if len(b.by) < maxBreakers {
		return
	}
	for key := range b.by {
		delete(b.by, key)
		return
	}
}
