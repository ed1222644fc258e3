package client

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// cacheKey says what a piece of evidence is about.
type cacheKey [sha256.Size]byte

// keyOf is the key for some parts, each with its length, so that two sets of
// parts never run together into the same bytes.
func keyOf(kind string, parts ...[]byte) (key cacheKey) {
	h := sha256.New()
	h.Write([]byte(kind))
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write(p)
	}
	h.Sum(key[:0])
	return key
}

// responseKey is the key of the responses about a certificate. Where they are
// from does not matter: they prove themselves.
func responseKey(cert, issuer *certparse.Certificate) cacheKey {
	return keyOf("response", cert.RawIssuer(), issuer.PublicKey().SPKI(), cert.RawSerialNumber())
}

// listKey is the key of the list at a URL, for certificates of one issuer.
func listKey(issuer *certparse.Certificate, url string) cacheKey {
	return keyOf("list", issuer.RawSubject(), issuer.PublicKey().SPKI(), []byte(url))
}

// entry is a piece of evidence as it came. That it was good once is not kept.
type entry struct {
	key    cacheKey
	stored time.Time
	data   []byte
	// list is the data as a list, nil if it is none or was not read yet.
	list *ocsp.CRL
}

// overhead is about how many bytes an entry takes besides its data.
const overhead = 512

func (e *entry) size() int64 {
	n := int64(len(e.data)) + overhead
	if e.list != nil {
		n += 16 * int64(e.list.Entries)
	}
	return n
}

// store remembers evidence. When it is full, what was not used for the longest
// time goes.
type store struct {
	max int64
	age time.Duration

	mu    sync.Mutex
	bytes int64
	order *list.List // of *entry, the last used first
	by    map[cacheKey]*list.Element
	file  *cacheFile
}

func newStore(opt Options) (*store, error) {
	s := &store{max: opt.CacheBytes, age: opt.CacheAge, order: list.New(), by: map[cacheKey]*list.Element{}}
	if opt.CacheFile == "" {
		return s, nil
	}
	file, entries, err := openCacheFile(opt.CacheFile, opt.CacheBytes)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		s.insert(e)
	}
	s.file = file
	return s, nil
}

// fresh reports whether an entry may still be used as far as its age goes. One of
// the future is not: the clock was changed, or somebody wants it to last.
func (s *store) fresh(e entry, now time.Time) bool {
	return !now.Before(e.stored) && now.Sub(e.stored) < s.age
}

// get returns the entry if it is fresh; if it is not, it is forgotten.
func (s *store) get(key cacheKey, now time.Time) (entry, bool) {
	e, ok := s.peek(key)
	if ok && !s.fresh(e, now) {
		s.remove(key)
		return entry{}, false
	}
	return e, ok
}

// peek returns the entry, fresh or not.
func (s *store) peek(key cacheKey) (entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	element, ok := s.by[key]
	if !ok {
		return entry{}, false
	}
	s.order.MoveToFront(element)
	return *element.Value.(*entry), true
}

// put remembers an entry in place of the one of its key.
func (s *store) put(e entry) {
	if e.size() > s.max {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.insert(e)
	if s.file != nil {
		s.file.append(e, s.entries)
	}
}

// parsed keeps the list that was read from the data of an entry.
func (s *store) parsed(e entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if element, ok := s.by[e.key]; ok && element.Value.(*entry).list == nil && e.size() <= s.max {
		s.insert(e)
	}
}

// remove forgets an entry.
func (s *store) remove(key cacheKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if element, ok := s.by[key]; ok {
		s.drop(element)
		if s.file != nil {
			s.file.append(entry{key: key}, s.entries)
		}
	}
}

func (s *store) insert(e entry) {
	if old, ok := s.by[e.key]; ok {
		s.drop(old)
	}
	s.by[e.key] = s.order.PushFront(&e)
	for s.bytes += e.size(); s.bytes > s.max; {
		s.drop(s.order.Back())
	}
}

func (s *store) drop(element *list.Element) {
	e := s.order.Remove(element).(*entry)
	delete(s.by, e.key)
	s.bytes -= e.size()
}

// entries are all entries, the last used at the end.
func (s *store) entries() (all []entry) {
	for element := s.order.Back(); element != nil; element = element.Prev() {
		all = append(all, *element.Value.(*entry))
	}
	return all
}

func (s *store) problems() []finding.Finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil || s.file.problem == "" {
		return nil
	}
	return []finding.Finding{finding.New("revocation-cache-damaged", finding.Where{Input: s.file.name}, finding.Str("problem", s.file.problem))}
}

func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.close()
}
