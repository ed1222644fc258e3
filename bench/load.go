package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// The load test asks a responder about many certificates and compares the rate
// with that of a bare HTTP client, which sends requests that were made before and
// throws the answers away. The responder signs every answer; it is this program
// again, in a process of its own. All run on the same machine, so whatever the
// client computes is taken away from the responder, as it would not be if the
// responder were elsewhere.

const (
	// responderKind is the environment variable that makes this program the
	// responder with such a key.
	responderKind = "CERTLOUPE_BENCH_RESPONDER"
	// loadWorkers is how many certificates are asked about at once.
	loadWorkers = 16
	// turn is how many certificates one of the two has before it is the other's turn.
	turn = 250
	// loadCache is the size of the cache. It is full long before the half.
	loadCache = 128 << 10

	minLoadRatio  = 0.8
	maxLoadGrowth = 1 << 20
)

// respond answers on the loopback interface until the input ends. The output is
// the URL.
func respond(kind testcerts.Kind, out io.Writer, in io.Reader) error {
	set, err := testcerts.New(kind)
	if err != nil {
		return err
	}
	u, err := subjectOf(set)
	if err != nil {
		return err
	}
	s := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: u.ca}, Now: func() time.Time { return pathTime }})
	defer s.Close()
	if _, err := fmt.Fprintln(out, s.URL); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}

// responder is the other process.
type responder struct {
	url     string
	command *exec.Cmd
	input   io.Closer
}

func startResponder(kind testcerts.Kind) (*responder, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r := &responder{command: exec.Command(program)}
	r.command.Env = append(os.Environ(), responderKind+"="+string(kind))
	r.command.Stderr = os.Stderr
	if r.input, err = r.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := r.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		r.stop()
		return nil, fmt.Errorf("the responder does not start: %w", err)
	}
	r.url = strings.TrimSuffix(line, "\n")
	return r, nil
}

// stop ends the process and returns the processor time that it took.
func (r *responder) stop() time.Duration {
	r.input.Close()
	if err := r.command.Wait(); err != nil {
		return 0
	}
	return r.command.ProcessState.UserTime() + r.command.ProcessState.SystemTime()
}

// measureLoad asks about many certificates.
func (b *bench) measureLoad(certs map[testcerts.Kind]*testcerts.Set) error {
	b.heading("Load", fmt.Sprintf("%d certificates, %d at once, checked with a responder in another process, beside a bare HTTP client that sends the same and throws the answers away", b.load, loadWorkers))
	t := newTable("responder's key", "bare HTTP client", "ocsp/client", "ratio", "by the work", "processor time of each: responder", "bare", "ocsp/client", "heap, second half")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU()))
	for _, kind := range []testcerts.Kind{testcerts.RSA, testcerts.ECDSA} {
		l, err := runLoad(certs[kind], kind, b.load)
		if err != nil {
			return err
		}
		each := func(d time.Duration) string { return duration(float64(d) / float64(l.n)) }
		rate := func(d time.Duration) float64 { return float64(l.n) / d.Seconds() }
		ratio := rate(l.checked.wall) / rate(l.bare.wall)
		t.add(string(kind), fmt.Sprintf("%.0f/s", rate(l.bare.wall)), fmt.Sprintf("%.0f/s", rate(l.checked.wall)), threeDigits(ratio), threeDigits(l.byWork()),
			each(l.responder/2), each(l.bare.processor), each(l.checked.processor), fmt.Sprintf("%+d KiB", l.grown>>10))
		if kind == testcerts.RSA {
			b.target("RSA-2048, rate of ocsp/client, times that of a bare HTTP client", ratio, minLoadRatio, true)
		}
		b.target(string(kind)+" ocsp/client, growth of the heap in the second half, MiB", float64(l.grown)/(1<<20), maxLoadGrowth>>20, false)
	}
	b.print(t)
	b.notef("All processes share %d processors: what ocsp/client computes, above all the signature checks, the responder does without. Elsewhere the responder would lose nothing. By the work, the ratio is that of the processor times of client and responder together, which other programs on the machine do not change.", runtime.NumCPU())
	return nil
}

// load is what was measured of one responder.
type load struct {
	n             int
	bare, checked effort
	// responder is the processor time of the other process for both.
	responder time.Duration
	// grown is by how many bytes the heap grew from the half to the end.
	grown int64
}

// byWork is the ratio that follows from the processor time of both processes.
func (l *load) byWork() float64 {
	each := l.responder / 2
	return float64(each+l.bare.processor) / float64(each+l.checked.processor)
}

type effort struct{ wall, processor time.Duration }

var errLoad = errors.New("not every certificate is found to be good")

func runLoad(set *testcerts.Set, kind testcerts.Kind, n int) (l load, err error) {
	l.n = n
	r, err := startResponder(kind)
	if err != nil {
		return l, err
	}
	defer func() { l.responder = r.stop() }()
	u, err := subjectOf(set)
	if err != nil {
		return l, err
	}
	certs, err := numbered(u.ca, r.url, n)
	if err != nil {
		return l, err
	}
	requests := make([][]byte, n)
	for i, c := range certs {
		nonce, err := ocsp.NewNonce(rand.Reader)
		if err != nil {
			return l, err
		}
		if requests[i], err = ocsp.Request(c, u.issuer, ocsp.RequestOptions{Nonce: nonce}); err != nil {
			return l, err
		}
	}
	transport := &http.Transport{MaxIdleConnsPerHost: loadWorkers, DisableCompression: true}
	defer transport.CloseIdleConnections()
	checker, err := newLoadClient(r.url)
	if err != nil {
		return l, err
	}
	defer checker.Close()
	var bad atomic.Int64
	bare := func(i int) {
		if err := post(transport, r.url, requests[i]); err != nil {
			bad.Add(1)
		}
	}
	check := func(i int) {
		result, err := checker.Check(context.Background(), certs[i], u.issuer)
		if err != nil || result.Status != client.Good || result.Cached {
			bad.Add(1)
		}
	}
	half := int64(-1)
	// The two take turns, so that what else the machine does hits both alike.
	for from := 0; from < n; from += turn {
		for _, who := range []struct {
			took *effort
			do   func(int)
		}{{&l.bare, bare}, {&l.checked, check}} {
			wall, processor := time.Now(), clock()
			inParallel(min(turn, n-from), func(i int) { who.do(from + i) })
			who.took.wall += time.Since(wall)
			who.took.processor += clock() - processor
		}
		if half < 0 && from+turn >= n/2 {
			half = heap()
		}
	}
	l.grown = heap() - half
	runtime.KeepAlive(certs)
	runtime.KeepAlive(requests)
	if bad.Load() > 0 {
		return l, fmt.Errorf("%w: %d of %d", errLoad, bad.Load(), 2*n)
	}
	return l, nil
}

// newLoadClient is a client that may ask the one responder.
func newLoadClient(address string) (*client.Client, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return nil, err
	}
	return client.New(client.Options{
		Now: func() time.Time { return pathTime }, Timeout: time.Minute, CacheBytes: loadCache, MaxPerHost: loadWorkers,
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Ports: []uint16{uint16(port)},
	})
}

func post(transport *http.Transport, url string, request []byte) error {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(request))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/ocsp-request")
	response, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return errStatus
	}
	return nil
}

// numbered are n certificates that differ in nothing but the number, so that they
// have the signature of the first: to check it is the business of who validates the
// path.
func numbered(ca *ocsptest.CA, url string, n int) ([]*certparse.Certificate, error) {
	const first = 0x4000_0000_0000_0000
	number := new(big.Int).SetUint64(first)
	der := ca.Issue(ocsptest.Leaf{Serial: number, OCSP: []string{url}})
	at := bytes.Index(der, number.Bytes())
	certs := make([]*certparse.Certificate, n)
	for i := range certs {
		der := bytes.Clone(der)
		number.SetUint64(first + uint64(i)).FillBytes(der[at : at+8])
		var err error
		if certs[i], err = certparse.ParseCertificate(der); err != nil {
			return nil, err
		}
	}
	return certs, nil
}

// inParallel calls do with 0 to n-1.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range loadWorkers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
