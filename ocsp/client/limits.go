package client

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// limits bound what is under way at once.
type limits struct {
	all     chan struct{}
	perHost int
	mu      sync.Mutex
	hosts   map[string]*hostSlots
	// reading is how many bytes of bodies are being read, of at most maxReading.
	reading    atomic.Int64
	maxReading int64
}

// hostSlots are the places of one host; it is forgotten with its last user.
type hostSlots struct {
	slots chan struct{}
	users int
}

// readingLists is how many of the largest CRLs fit into what may be read at once.
const readingLists = 8

func newLimits(opt Options) *limits {
	return &limits{
		all:        make(chan struct{}, opt.MaxConcurrent),
		perHost:    opt.MaxPerHost,
		hosts:      map[string]*hostSlots{},
		maxReading: readingLists*int64(opt.MaxCRL) + int64(opt.MaxConcurrent)*int64(opt.MaxResponse),
	}
}

// acquire waits for a place, but not for longer than patience. It waits for the
// host first, so that those who wait for a slow host take no place away from the
// others.
func (l *limits) acquire(ctx context.Context, host string, patience time.Duration) (release func(), ok bool) {
	l.mu.Lock()
	h := l.hosts[host]
	if h == nil {
		h = &hostSlots{slots: make(chan struct{}, l.perHost)}
		l.hosts[host] = h
	}
	h.users++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		if h.users--; h.users == 0 {
			delete(l.hosts, host)
		}
		l.mu.Unlock()
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	if !enter(ctx, h.slots, timer.C) {
		leave()
		return nil, false
	}
	if !enter(ctx, l.all, timer.C) {
		<-h.slots
		leave()
		return nil, false
	}
	return func() {
		<-l.all
		<-h.slots
		leave()
	}, true
}

func enter(ctx context.Context, slots chan struct{}, over <-chan time.Time) bool {
	select {
	case slots <- struct{}{}:
		return true
	default:
	}
	select {
	case slots <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-over:
	}
	return false
}
