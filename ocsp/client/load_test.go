package client

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

// many makes certificates that name one responder.
func many(a *authority, n int, url string) []*certparse.Certificate {
	certs := make([]*certparse.Certificate, n)
	for i := range certs {
		certs[i] = a.asking(url)
	}
	return certs
}

// inParallel calls do with 0 to n-1.
func inParallel(workers, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

const loadWorkers = 16

// TestLoad asks about ten thousand certificates and compares the rate with that
// of a bare HTTP client, which sends the same requests and throws the answers
// away. The responder signs every answer and runs in this process, so all three
// share the processors: the ratio is that of the work.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: the load test takes several seconds")
	}
	for _, test := range []struct {
		name, key string
		delay     time.Duration
		n         int
	}{
		{"RSA-2048", "rsa-ca", 0, 500},
		{"P-256", "p256-root", 0, 10_000},
		{"P-256, 5 ms away", "p256-root", 5 * time.Millisecond, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAuthority("Revocation Client Test CA", test.key)
			n := test.n
			if raceEnabled {
				n /= 10
			}
			answers := responds(a, answerGood)
			s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(test.delay)
				answers(w, r)
			})
			load(t, a, s, many(a, n, s.URL))
		})
	}
}

func load(t *testing.T, a *authority, s *server, certs []*certparse.Certificate) {
	n := len(certs)
	transport := &http.Transport{MaxIdleConnsPerHost: loadWorkers, DisableCompression: true}
	defer transport.CloseIdleConnections()
	bare := func(i int) {
		nonce := must(ocsp.NewNonce(rand.Reader))
		request := must(ocsp.Request(certs[i], a.cert, ocsp.RequestOptions{Nonce: nonce}))
		r := must(http.NewRequest(http.MethodPost, s.URL, bytes.NewReader(request)))
		r.Header.Set("Content-Type", "application/ocsp-request")
		response := must(transport.RoundTrip(r))
		must(io.ReadAll(response.Body))
		response.Body.Close()
	}
	opt := options(s)
	opt.CacheBytes = 4 << 20
	c := newClient(t, opt)
	var good atomic.Int64
	check := func(i int) {
		r, err := c.Check(t.Context(), certs[i], a.cert)
		if err == nil && r.Status == Good && r.Evidence != nil {
			good.Add(1)
		} else {
			t.Errorf("%d: %+v %v", i, r, err)
		}
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	// The two take turns, so that what else the machine does hits both alike.
	const turn = 250
	var times [2]time.Duration
	var before int64
	for from := 0; from < n; from += turn {
		for who, do := range []func(int){bare, check} {
			start := time.Now()
			inParallel(loadWorkers, min(turn, n-from), func(i int) { do(from + i) })
			times[who] += time.Since(start)
		}
		if from <= n/2 && n/2 < from+turn {
			before = heap()
		}
	}
	grown := heap() - before
	rate := func(d time.Duration) float64 { return float64(n) / d.Seconds() }
	t.Logf("%d certificates: %.0f/s; a bare HTTP client: %.0f/s; ratio %.2f; in the second half the heap grew by %d KiB",
		n, rate(times[1]), rate(times[0]), rate(times[1])/rate(times[0]), grown>>10)
	if good.Load() != int64(n) {
		t.Errorf("%d of %d are good", good.Load(), n)
	}
	// Until the cache is full it may grow, by no more than it holds.
	if grown > 6<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// TestRestart kills the responder in the middle and starts it again: every
// certificate must end with what is true of it.
func TestRestart(t *testing.T) {
	a := theAuthority(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	n := 3000
	if raceEnabled {
		n = 600
	}
	certs := many(a, n, "http://"+address)
	// Every third one is revoked.
	isRevoked := func(i int) bool { return i%3 == 0 }
	serials := map[string]bool{}
	for i, c := range certs {
		if isRevoked(i) {
			serials[string(c.RawSerialNumber())] = true
		}
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := requestIn(r)
		id, _, _ := readRequest(request)
		says := answerGood
		if serials[string(id[len(id)-2:])] {
			says = answerRevoked
		}
		write(w, "application/ocsp-response", a.respond(request, says))
	})
	start := func(l net.Listener) *httptest.Server {
		s := httptest.NewUnstartedServer(handler)
		s.Listener.Close()
		s.Listener = l
		s.Start()
		return s
	}
	first := start(l)
	opt := options()
	opt.Ports = []uint16{portOf(l.Addr())}
	c := newClient(t, opt)
	var done atomic.Int64
	var killed sync.Once
	var second *httptest.Server
	var counts [NothingToAsk + 1]atomic.Int64
	inParallel(loadWorkers, n, func(i int) {
		if done.Add(1) == int64(n/3) {
			killed.Do(func() {
				first.CloseClientConnections()
				first.Listener.Close()
				time.Sleep(50 * time.Millisecond)
				for range 100 {
					if l, err = net.Listen("tcp", address); err == nil {
						second = start(l)
						return
					}
					time.Sleep(10 * time.Millisecond)
				}
			})
		}
		// Whoever is told to come back later does so.
		var r *Result
		for range 200 {
			if r, err := c.Check(t.Context(), certs[i], a.cert); err != nil {
				t.Error(err)
				return
			} else if counts[r.Status].Add(1); r.Status != CouldNotAsk {
				want := Good
				if isRevoked(i) {
					want = Revoked
				}
				if r.Status != want || r.Evidence == nil {
					t.Errorf("%d: %v, want %v", i, r.Status, want)
				}
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Errorf("%d: lost: %+v", i, r)
	})
	if second == nil {
		t.Fatal(err)
	}
	second.Close()
	t.Logf("good %d, revoked %d, could not ask, for the time being, %d", counts[Good].Load(), counts[Revoked].Load(), counts[CouldNotAsk].Load())
	if counts[Good].Load() != int64(n-(n+2)/3) || counts[Revoked].Load() != int64((n+2)/3) {
		t.Error("not every certificate has an answer")
	}
}

func BenchmarkCheck(b *testing.B) {
	a := theAuthority(b)
	s := newServer(b, responds(a, answerGood))
	opt := options(s)
	opt.CacheBytes = -1
	c := newClient(b, opt)
	cert := a.asking(s.URL)
	b.ReportAllocs()
	for b.Loop() {
		if r := checked(b, c, cert, a.cert); r.Status != Good {
			b.Fatal(r.Status)
		}
	}
}

// BenchmarkRemembered is a check that needs no network.
func BenchmarkRemembered(b *testing.B) {
	a := theAuthority(b)
	s := newServer(b, responds(a, answerGood))
	c := newClient(b, options(s))
	cert := a.asking(s.URL)
	b.ReportAllocs()
	for b.Loop() {
		if r := checked(b, c, cert, a.cert); r.Status != Good {
			b.Fatal(r.Status)
		}
	}
}
