package client

import (
	"container/list"
	"math/big"
	"sync"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

// numbers remembers the highest number of the CRLs of each scope, also when the
// list itself has expired or was pushed out of the cache.
type numbers struct {
	mu    sync.Mutex
	order *list.List // of *highest, the last used first
	by    map[cacheKey]*list.Element
}

type highest struct {
	key    cacheKey
	number *big.Int
}

// maxNumbers is how many scopes are remembered.
const maxNumbers = 16384

func newNumbers() *numbers { return &numbers{order: list.New(), by: map[cacheKey]*list.Element{}} }

// raise remembers the number of a list whose signature was checked. It returns
// false, and the highest number, if a later list was seen before. Numbers count
// only for the issuer under whose key they were seen, so that no other CA of the
// same name can spoil them.
func (n *numbers) raise(issuer *certparse.Certificate, l *ocsp.CRL) (known *big.Int, ok bool) {
	if l.Number == nil {
		return nil, true
	}
	key := keyOf("number", issuer.PublicKey().SPKI(), l.Scope())
	n.mu.Lock()
	defer n.mu.Unlock()
	if e, there := n.by[key]; there {
		n.order.MoveToFront(e)
		h := e.Value.(*highest)
		if l.Number.Cmp(h.number) < 0 {
			return h.number, false
		}
		h.number = l.Number
		return h.number, true
	}
	n.by[key] = n.order.PushFront(&highest{key, l.Number})
	if n.order.Len() > maxNumbers {
		oldest := n.order.Back()
		delete(n.by, oldest.Value.(*highest).key)
		n.order.Remove(oldest)
	}
	return l.Number, true
}
