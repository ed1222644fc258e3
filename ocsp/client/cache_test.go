package client

import (
	"bytes"
	"crypto/x509"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	xocsp "golang.org/x/crypto/ocsp"

	"github.com/certloupe/certloupe/ocsp"
)

// TestRemembersResponses remembers an answer until its nextUpdate, or for a day.
func TestRemembersResponses(t *testing.T) {
	a := theAuthority(t)
	s := newServer(t, nil)
	for _, test := range []struct {
		name   string
		says   answer
		later  time.Duration
		cached bool
	}{
		{"at once", answerGood, 0, true},
		{"revoked", answerRevoked, 0, true},
		{"unknown", answerUnknown, 0, false},
		{"a minute before nextUpdate", answerGood.between(now, now.Add(2*time.Hour)), 2*time.Hour - time.Minute, true},
		// Our own cache grants no skew.
		{"at nextUpdate", answerGood.between(now, now.Add(2*time.Hour)), 2 * time.Hour, false},
		{"within a day", answerGood.between(now, now.AddDate(0, 0, 7)), 24*time.Hour - time.Second, true},
		{"a day", answerGood.between(now, now.AddDate(0, 0, 7)), 24 * time.Hour, false},
		{"no nextUpdate", answerGood.between(now, time.Time{}), 0, false},
		{"the clock went back", answerGood.between(now.AddDate(0, 0, -7), now.AddDate(0, 0, 7)), -time.Hour, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.serve(responds(a, test.says))
			clock := now
			opt := options(s)
			opt.Now = func() time.Time { return clock }
			opt.CacheFile = filepath.Join(t.TempDir(), "cache")
			cert := a.asking(s.URL)
			c := newClient(t, opt)
			s.requests.Store(0)
			first := checked(t, c, cert, a.cert)
			if first.Cached || s.requests.Load() != 1 {
				t.Fatal("the first answer was remembered")
			}
			if kept := len(c.store.by) == 1; kept != (first.Status != Unknown && !first.Evidence.NextUpdate.IsZero()) {
				t.Errorf("kept %v", kept)
			}
			clock = now.Add(test.later)
			// A client with only the file remembers as well.
			c.Close()
			for _, c := range []*Client{c, newClient(t, opt)} {
				s.requests.Store(0)
				r := checked(t, c, cert, a.cert)
				if r.Cached != test.cached || (s.requests.Load() == 0) != test.cached || test.cached && r.Status != first.Status {
					t.Errorf("cached %v, %d requests, %v", r.Cached, s.requests.Load(), r.Status)
				}
				if test.cached && (len(r.Attempts) != 1 || !r.Attempts[0].Cached || r.Attempts[0].Tries != 0 || r.Evidence == nil) {
					t.Errorf("%+v", r.Attempts)
				}
				if has(r, "revocation-cache-damaged") {
					t.Error("growing old is taken for damage")
				}
			}
		})
	}
}

// TestRemembersForOne does not give what was said about one certificate for another.
func TestRemembersForOne(t *testing.T) {
	a, other := theAuthority(t), newAuthority("Revocation Client Test CA", "p256-other")
	s := newServer(t, responds(a, answerGood))
	c := newClient(t, options(s))
	first := a.asking(s.URL)
	expect(t, checked(t, c, first, a.cert), Good, "")
	s.serve(fails(404))
	expect(t, checked(t, c, a.asking(s.URL), a.cert), CouldNotAsk, "revocation-http-status")
	// The same name and number, but another key.
	other.serial.Store(first.SerialNumber().Int64() - 1)
	expect(t, checked(t, c, other.asking(s.URL), other.cert), CouldNotAsk, "revocation-http-status")
	expect(t, checked(t, c, first, a.cert), Good, "")
}

// TestCacheIsJudged changes what is remembered: nothing of it may be believed.
func TestCacheIsJudged(t *testing.T) {
	a, other := theAuthority(t), newAuthority("Revocation Client Test CA", "p256-other")
	s := newServer(t, nil)
	cert, listed := a.asking(s.URL), a.listed(s.URL)
	request := must(ocsp.Request(cert, a.cert, ocsp.RequestOptions{}))
	good := a.respond(request, answerGood)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, data := range map[string][]byte{
		"flipped": flipped, "cut": good[:len(good)-1], "of somebody else": other.respond(request, answerGood), "text": []byte("good"),
		"about another": a.respond(must(ocsp.Request(a.asking(s.URL), a.cert, ocsp.RequestOptions{})), answerGood),
	} {
		for _, handle := range []struct {
			status Status
			serve  answer
		}{{Revoked, answerRevoked}, {Good, answerGood}} {
			s.serve(responds(a, handle.serve))
			c := newClient(t, options(s))
			c.store.put(entry{key: responseKey(cert, a.cert), data: data, stored: now})
			r := checked(t, c, cert, a.cert)
			if r.Status != handle.status || r.Cached || !has(r, "revocation-cache-damaged") {
				t.Errorf("%s: %v, cached %v, %v", name, r.Status, r.Cached, codesOf(r))
			}
			// It is gone.
			if r := checked(t, c, cert, a.cert); !r.Cached || has(r, "revocation-cache-damaged") {
				t.Errorf("%s: the damage stays: %v", name, codesOf(r))
			}
		}
	}
	list := a.list(5, nil)
	flipped = bytes.Clone(list)
	flipped[len(flipped)-1] ^= 1
	for name, data := range map[string][]byte{
		"flipped": flipped, "cut": list[:len(list)-1], "of somebody else": other.list(500, nil), "text": []byte("good"), "a response": good,
		"of somebody else, expired": other.list(500, lasting(now.AddDate(0, 0, -9), now.AddDate(0, 0, -8))),
	} {
		s.serve(sendsList(a.list(6, nil, listed)))
		c := newClient(t, options(s))
		c.store.put(entry{key: listKey(a.cert, s.URL), data: data, stored: now})
		r := checked(t, c, listed, a.cert)
		if r.Status != Revoked || r.Cached || !has(r, "revocation-cache-damaged") {
			t.Errorf("list %s: %v, cached %v, %v", name, r.Status, r.Cached, codesOf(r))
		}
	}
}

// TestNumbersInFile remembers the number of a list that has expired from one run
// to the next.
func TestNumbersInFile(t *testing.T) {
	a := theAuthority(t)
	s := newServer(t, nil)
	opt := options(s)
	clock := now
	opt.Now, opt.CacheFile = func() time.Time { return clock }, filepath.Join(t.TempDir(), "cache")
	cert := a.listed(s.URL)
	s.serve(sendsList(a.list(7, lasting(now, now.Add(time.Hour)), cert)))
	c := newClient(t, opt)
	expect(t, checked(t, c, cert, a.cert), Revoked, "")
	c.Close()
	clock = now.AddDate(0, 0, 30)
	s.serve(sendsList(a.list(6, lasting(clock, clock.Add(time.Hour)))))
	expect(t, checked(t, newClient(t, opt), cert, a.cert), Refused, "crl-number-went-back")
	opt.CacheFile = ""
	expect(t, checked(t, newClient(t, opt), cert, a.cert), Good, "") // Nobody remembers.
}

// TestCacheIsBounded keeps to the limit, and forgets what was not used.
func TestCacheIsBounded(t *testing.T) {
	s := must(newStore(Options{CacheBytes: 100 * (overhead + 1000), CacheAge: time.Hour}))
	key := func(n int) cacheKey { return keyOf("test", []byte{byte(n), byte(n >> 8)}) }
	for n := range 1000 {
		s.put(entry{key: key(n), data: make([]byte, 1000), stored: now})
		if _, ok := s.peek(key(0)); !ok {
			t.Fatalf("what is used is forgotten after %d", n)
		}
		if s.bytes > s.max || len(s.by) != s.order.Len() {
			t.Fatalf("%d bytes, %d and %d entries", s.bytes, len(s.by), s.order.Len())
		}
	}
	if len(s.by) != 100 {
		t.Errorf("%d entries", len(s.by))
	}
	s.put(entry{key: key(2000), data: make([]byte, s.max)})
	if _, ok := s.peek(key(2000)); ok || len(s.by) != 100 {
		t.Error("what is too large pushes out the others")
	}
	for n := range 1000 {
		s.remove(key(n))
	}
	if s.bytes != 0 || len(s.by) != 0 {
		t.Errorf("%d bytes are left", s.bytes)
	}
	s = must(newStore(Options{CacheBytes: -1}))
	s.put(entry{key: key(1), data: []byte{1}})
	if len(s.by) != 0 {
		t.Error("a cache of nothing has something")
	}
}

func cacheFileOf(entries ...entry) []byte {
	b := []byte(fileMagic)
	for _, e := range entries {
		b = appendRecord(b, e)
	}
	return b
}

func testEntry(n byte, data string) entry {
	return entry{key: keyOf("test", []byte{n}), data: []byte(data), stored: time.Unix(1767268800+int64(n), 0)}
}

// TestCacheFile opens files of every kind.
func TestCacheFile(t *testing.T) {
	one, two, again := testEntry(1, "one"), testEntry(2, "two"), testEntry(1, "one again")
	whole := cacheFileOf(one, two)
	bad := func(at int) []byte {
		b := bytes.Clone(whole)
		b[at] ^= 0x10
		return b
	}
	long := bytes.Clone(whole)
	for i := range 4 { // The length of the second record becomes enormous.
		long[len(fileMagic)+recordHeader+3+40+i] = 0xff
	}
	for _, test := range []struct {
		name    string
		content []byte
		want    []entry
		problem bool
		// left says that the file must be as it was.
		left bool
	}{
		{"empty", nil, nil, false, false},
		{"nothing in it", cacheFileOf(), nil, false, true},
		{"two", whole, []entry{one, two}, false, true},
		{"twice the same key", cacheFileOf(one, two, again), []entry{two, again}, false, true},
		{"forgotten", cacheFileOf(one, two, entry{key: one.key}), []entry{two}, false, true},
		{"cut in the data", whole[:len(whole)-1], []entry{one}, true, false},
		{"cut in the header", whole[:len(whole)-4], []entry{one}, true, false},
		{"cut in the magic", whole[:10], nil, true, true},
		{"flipped in the first key", bad(len(fileMagic)), nil, true, false},
		{"flipped in the first time", bad(len(fileMagic) + 39), nil, true, false},
		{"flipped in the first length", bad(len(fileMagic) + 43), nil, true, false},
		{"flipped in the first sum", bad(len(fileMagic) + 47), nil, true, false},
		{"flipped in the first data", bad(len(fileMagic) + 49), nil, true, false},
		{"flipped in the second data", bad(len(whole) - 1), []entry{one}, true, false},
		{"an enormous length", long, []entry{one}, true, false},
		{"more behind it", append(bytes.Clone(whole), 0), []entry{one, two}, true, false},
		{"something else", []byte("-----BEGIN PRIVATE KEY-----\n"), nil, true, true},
		{"zeros", make([]byte, 4096), nil, true, true},
		{"a far future", cacheFileOf(entry{key: one.key, data: one.data, stored: time.Unix(maxStored+1, 0)}), nil, true, false},
		{"the end of time", cacheFileOf(entry{key: one.key, data: one.data, stored: time.Unix(math.MaxInt64, 0)}), nil, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "cache")
			if err := os.WriteFile(name, test.content, 0o644); err != nil {
				t.Fatal(err)
			}
			opt := Options{CacheFile: name}
			c := newClient(t, opt)
			if got := c.store.entries(); !sameEntries(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
			if (count(c.Findings(), "revocation-cache-damaged") == 1) != test.problem {
				t.Errorf("findings %v", c.Findings())
			}
			if info := must(os.Stat(name)); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("its mode is %v", info.Mode())
			}
			content := must(os.ReadFile(name))
			if test.left && !bytes.Equal(content, test.content) {
				t.Errorf("the file was changed to %q", content)
			}
			// What is put into it now is there the next time, unless it is somebody else's file.
			foreign := test.problem && test.left
			three := testEntry(3, "three")
			c.store.put(three)
			c.Close()
			next := newClient(t, opt)
			want := append(slices.Clone(test.want), three)
			if foreign {
				want = nil
			}
			if got := next.store.entries(); !sameEntries(got, want) {
				t.Errorf("the next time: %v, want %v", got, want)
			}
			if !foreign && len(next.Findings()) != 0 {
				t.Errorf("the damage stays: %v", next.Findings())
			}
			if left, _ := filepath.Glob(name + ".*"); len(left) != 0 {
				t.Errorf("files are left over: %v", left)
			}
		})
	}
}

func sameEntries(a, b []entry) bool {
	return slices.EqualFunc(a, b, func(a, b entry) bool {
		return a.key == b.key && bytes.Equal(a.data, b.data) && a.stored.Equal(b.stored)
	})
}

// TestCacheFilePlaces refuses what is no file, and makes one that is not there.
func TestCacheFilePlaces(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{dir, filepath.Join(dir, "missing", "cache"), os.DevNull} {
		if c, err := New(Options{CacheFile: name}); err == nil {
			t.Errorf("%s is taken", name)
			c.Close()
		}
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatal("the null device was changed")
	}
	name := filepath.Join(dir, "new")
	newClient(t, Options{CacheFile: name})
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// TestCacheFileIsBounded writes the file anew when it has become too long.
func TestCacheFileIsBounded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cache")
	opt := Options{CacheFile: name, CacheBytes: 1 << 20}
	c := newClient(t, opt)
	var longest int64
	for n := range 200 {
		c.store.put(entry{key: keyOf("test", []byte{byte(n % 20)}), data: bytes.Repeat([]byte{byte(n)}, 50_000), stored: now})
		longest = max(longest, must(os.Stat(name)).Size())
	}
	if limit := int64(2*(1<<20) + 1<<20); longest > limit+51_000 || longest < limit/2 {
		t.Errorf("it has up to %d bytes", longest)
	}
	want := c.store.entries()
	c.Close()
	if got := newClient(t, opt).store.entries(); !sameEntries(got, want) {
		t.Errorf("%d entries, want %d", len(got), len(want))
	}
	// An enormous one is not read as a whole.
	f := must(os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0o600))
	f.WriteString(fileMagic)
	f.Truncate(1 << 40)
	f.Close()
	c = newClient(t, opt)
	if count(c.Findings(), "revocation-cache-damaged") != 1 || must(os.Stat(name)).Size() > 100 {
		t.Errorf("%v, %d bytes", c.Findings(), must(os.Stat(name)).Size())
	}
}

// FuzzCacheFile opens any file. What it gives is what was written, or nothing;
// and whatever it gives, a certificate is good only by evidence.
func FuzzCacheFile(f *testing.F) {
	a, other := theAuthority(f), newAuthority("Revocation Client Test CA", "p256-other")
	cert := a.asking("http://127.0.0.1:1/")
	request := must(ocsp.Request(cert, a.cert, ocsp.RequestOptions{}))
	key := responseKey(cert, a.cert)
	seeds := [][]byte{a.respond(request, answerGood), a.respond(request, answerRevoked), other.respond(request, answerGood)}
	one, two := testEntry(1, "one"), testEntry(2, "")
	f.Add(cacheFileOf(one, two, one)[len(fileMagic):])
	for _, e := range seeds {
		f.Add(cacheFileOf(entry{key: key, data: e, stored: now}, one)[len(fileMagic):])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, whole := decodeFile(b)
		size := 0
		for i, e := range entries {
			size += recordHeader + len(e.data)
			if len(e.data) == 0 || slices.ContainsFunc(entries[:i], func(o entry) bool { return o.key == e.key }) {
				t.Fatal("an entry without data, or two of one key")
			}
		}
		if size > len(b) {
			t.Fatal("there is more in it than there is")
		}
		// Written anew it says the same, and completely so.
		written := cacheFileOf(entries...)[len(fileMagic):]
		if again, ok := decodeFile(written); !ok || !sameEntries(again, entries) {
			t.Fatal("it cannot be written down and read again")
		}
		// A damaged end costs no entry before it.
		if more, ok := decodeFile(append(bytes.Clone(b), appendRecord(nil, testEntry(9, "nine"))...)); whole && (!ok || len(more) < len(entries)) {
			t.Fatal("a further record spoils those before")
		}
		// Whatever is in the file, only what the CA signed counts.
		s := must(newStore(Options{CacheBytes: 1 << 20, CacheAge: MaxCacheAge}))
		for _, e := range entries {
			s.insert(e)
		}
		k := &check{client: &Client{store: s, opt: Options{MaxResponse: ocsp.DefaultMaxSize}}, ctx: t.Context(), cert: cert, issuer: a.cert, now: now}
		if remembered := k.rememberedResponse(key); remembered != nil {
			e, _ := s.peek(key)
			signedByCA(t, e.data, a, remembered.Status)
		}
	})
}

// signedByCA asks another implementation whether a response is the CA's and says
// what was made of it.
func signedByCA(t *testing.T, response []byte, a *authority, status Status) {
	r, err := xocsp.ParseResponse(response, a.x509)
	if err != nil || r.Status == xocsp.Good != (status == Good) || r.Status == xocsp.Revoked != (status == Revoked) {
		t.Fatalf("%v by evidence that is not the CA's: %v", status, err)
	}
}

// FuzzCacheEntry remembers anything as the response or the list about a
// certificate. Only what the CA signed may come out of it.
func FuzzCacheEntry(f *testing.F) {
	a, other := theAuthority(f), newAuthority("Revocation Client Test CA", "p256-other")
	const url = "http://127.0.0.1:1/"
	cert := a.listed(url)
	request := must(ocsp.Request(cert, a.cert, ocsp.RequestOptions{}))
	for _, by := range []*authority{a, other} {
		f.Add(by.respond(request, answerGood))
		f.Add(by.respond(request, answerRevoked))
		f.Add(by.list(5, nil))
		f.Add(by.list(6, nil, cert))
		f.Add(by.list(4, lasting(now.AddDate(0, 0, -9), now.AddDate(0, 0, -8))))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		response, list := responseKey(cert, a.cert), listKey(a.cert, url)
		s := must(newStore(Options{CacheBytes: 1 << 20, CacheAge: MaxCacheAge}))
		s.put(entry{key: response, data: b, stored: now})
		s.put(entry{key: list, data: b, stored: now})
		c := &Client{store: s, opt: Options{MaxResponse: ocsp.DefaultMaxSize}, numbers: newNumbers()}
		k := &check{client: c, ctx: t.Context(), cert: cert, issuer: a.cert, now: now}
		if remembered := k.rememberedResponse(response); remembered != nil {
			signedByCA(t, b, a, remembered.Status)
		}
		l, ok := k.rememberedList(list)
		if ok || len(c.numbers.by) > 0 {
			parsed, err := x509.ParseRevocationList(b)
			if err != nil || parsed.CheckSignatureFrom(a.x509) != nil {
				t.Fatalf("a list that is not the CA's is believed: %v", err)
			}
			if ok && !parsed.NextUpdate.After(now) {
				t.Fatalf("a list is remembered after %v", l.NextUpdate)
			}
		}
	})
}
