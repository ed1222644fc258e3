package client

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// forever writes until nobody listens any more, with a pause in between.
func forever(conn net.Conn, text string, pause time.Duration) {
	for {
		if _, err := conn.Write([]byte(text)); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

// TestHostileServers asks servers that want to keep the client busy, or to fill
// its memory. Each check must end in its time, with a code of its own.
func TestHostileServers(t *testing.T) {
	a := theAuthority(t)
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n"
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	for _, test := range []struct {
		name  string
		serve func(net.Conn)
		codes []finding.Code
	}{
		{"says nothing", func(c net.Conn) { time.Sleep(5 * time.Second) }, []finding.Code{"revocation-timeout"}},
		{"hangs up", func(c net.Conn) {}, []finding.Code{"revocation-unreachable"}},
		{"drips a status", func(c net.Conn) { forever(c, "H", 20*time.Millisecond) }, []finding.Code{"revocation-timeout", "revocation-http-malformed"}},
		{"drips a header", func(c net.Conn) {
			c.Write([]byte(head))
			forever(c, "x", 20*time.Millisecond)
		}, []finding.Code{"revocation-timeout"}},
		{"drips a body", func(c net.Conn) {
			c.Write([]byte(head + "Content-Length: 1000\r\n\r\n"))
			forever(c, "x", 20*time.Millisecond)
		}, []finding.Code{"revocation-timeout"}},
		{"drips chunks", func(c net.Conn) {
			c.Write([]byte(head + "Transfer-Encoding: chunked\r\n\r\n"))
			forever(c, "1\r\nx\r\n", 20*time.Millisecond)
		}, []finding.Code{"revocation-timeout"}},
		{"endless header", func(c net.Conn) {
			c.Write([]byte(head))
			forever(c, "X: "+strings.Repeat("x", 1000)+"\r\n", 0)
		}, []finding.Code{"revocation-http-malformed"}},
		{"endless line", func(c net.Conn) {
			c.Write([]byte(head + "X: "))
			forever(c, strings.Repeat("x", 1000), 0)
		}, []finding.Code{"revocation-http-malformed"}},
		{"a large header", func(c net.Conn) {
			c.Write([]byte(head + "X: " + strings.Repeat("x", 2*maxHeader) + "\r\n\r\n"))
			time.Sleep(5 * time.Second)
		}, []finding.Code{"revocation-http-malformed"}},
		{"endless 1xx", func(c net.Conn) { forever(c, "HTTP/1.1 103 Early Hints\r\n\r\n", 0) }, []finding.Code{"revocation-http-malformed"}},
		{"endless body", func(c net.Conn) {
			c.Write([]byte(head + "\r\n"))
			forever(c, strings.Repeat("x", 1000), 0)
		}, []finding.Code{"ocsp-too-large"}},
		{"endless chunks", func(c net.Conn) {
			c.Write([]byte(head + "Transfer-Encoding: chunked\r\n\r\n"))
			forever(c, "3e8\r\n"+strings.Repeat("x", 1000)+"\r\n", 0)
		}, []finding.Code{"ocsp-too-large"}},
		{"endless trailer", func(c net.Conn) {
			c.Write([]byte(head + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"))
			forever(c, "X: "+strings.Repeat("x", 1000)+"\r\n", 0)
		}, []finding.Code{"revocation-http-malformed", "revocation-timeout"}},
		{"a large promise", func(c net.Conn) {
			c.Write([]byte(head + "Content-Length: 1000000000000\r\n\r\n"))
			time.Sleep(5 * time.Second)
		}, []finding.Code{"ocsp-too-large"}},
		{"a promise not kept", func(c net.Conn) { c.Write([]byte(head + "Content-Length: 100\r\n\r\nx")) }, []finding.Code{"revocation-unreachable"}},
		{"a bomb", func(c net.Conn) {
			fmt.Fprintf(c, head+"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", bomb.Len())
			c.Write(bomb.Bytes())
		}, []finding.Code{"revocation-content-encoding"}},
		{"a bomb in two layers", func(c net.Conn) {
			fmt.Fprintf(c, head+"Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx")
		}, []finding.Code{"revocation-content-encoding"}},
		{"a bomb in transfer", func(c net.Conn) {
			fmt.Fprintf(c, head+"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")
		}, []finding.Code{"revocation-http-malformed"}},
		{"two lengths", func(c net.Conn) {
			c.Write([]byte(head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"))
		}, []finding.Code{"revocation-http-malformed"}},
		{"two types", func(c net.Conn) {
			c.Write([]byte(head + "Content-Type: text/html\r\nContent-Length: 1\r\n\r\nx"))
		}, []finding.Code{"revocation-content-type"}},
		{"no type", func(c net.Conn) {
			c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"))
		}, []finding.Code{"revocation-content-type"}},
		{"another version", func(c net.Conn) { forever(c, "HTTP/2.0 200 OK\r\n\r\n", time.Millisecond) }, []finding.Code{"revocation-http-malformed", "ocsp-malformed", "revocation-content-type"}},
		{"another protocol", func(c net.Conn) {
			c.Write([]byte("SSH-2.0-OpenSSH_9.9\r\n"))
			time.Sleep(5 * time.Second)
		}, []finding.Code{"revocation-http-malformed"}},
		{"switches", func(c net.Conn) {
			c.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"))
			forever(c, "x", time.Millisecond)
		}, []finding.Code{"revocation-http-status"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := rawServer(t, test.serve)
			opt := options()
			opt.Ports, opt.Timeout, opt.MaxTries = []uint16{portOf(s.Addr())}, time.Second, 2
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			r := checked(t, newClient(t, opt), a.asking("http://"+s.Addr().String()), a.cert)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if len(r.Attempts) != 1 || !containsCode(test.codes, r.Attempts[0].Code) || r.Status == Good {
				t.Errorf("%v %+v", r.Status, r.Attempts)
			}
			if took > 4*time.Second { // The machine may be busy.
				t.Errorf("it took %v", took)
			}
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
				t.Errorf("the heap grew by %d bytes", grown)
			}
		})
	}
}

func containsCode(list []finding.Code, c finding.Code) bool {
	for _, o := range list {
		if o == c {
			return true
		}
	}
	return false
}

// TestAskedPlainly looks at what is sent.
func TestAskedPlainly(t *testing.T) {
	a := theAuthority(t)
	var seen atomic.Pointer[http.Request]
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.Clone(t.Context()))
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		responds(a, answerGood)(w, r)
	})
	opt := options(s)
	opt.CacheBytes = -1
	c := newClient(t, opt)
	for range 2 {
		expect(t, checked(t, c, a.asking(s.URL), a.cert), Good, "")
		r := seen.Load()
		if r.ProtoMajor != 1 || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/ocsp-request" {
			t.Errorf("%s %s %v", r.Proto, r.Method, r.Header)
		}
		for name := range r.Header {
			switch name {
			case "Accept", "User-Agent", "Content-Type", "Content-Length":
			default:
				t.Errorf("%s is sent", name)
			}
		}
	}
}

// TestListTypes takes lists from servers that do not know their type, but no pages.
func TestListTypes(t *testing.T) {
	a := theAuthority(t)
	der := a.list(5, nil)
	for contentType, want := range map[string]Status{
		"application/pkix-crl": Good, "application/x-pkcs7-crl": Good, "application/octet-stream": Good, "Application/PKIX-CRL; charset=x": Good,
		"text/html": CouldNotAsk, "text/plain": CouldNotAsk, "application/json": CouldNotAsk, "application/pkix-crl, text/html": CouldNotAsk, ";": CouldNotAsk,
	} {
		s := newServer(t, sends(contentType, der))
		if r := checked(t, newClient(t, options(s)), a.listed(s.URL), a.cert); r.Status != want {
			t.Errorf("%s: %v", contentType, r.Status)
		}
	}
}

// TestSizes reads as much as the options say, and no byte more.
func TestSizes(t *testing.T) {
	a := theAuthority(t)
	der := a.list(5, nil)
	for _, test := range []struct {
		limit int
		want  Status
		code  finding.Code
	}{{len(der), Good, ""}, {len(der) - 1, Refused, "crl-too-large"}} {
		for _, chunked := range []bool{false, true} {
			s := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/pkix-crl")
				for i := range der {
					if chunked && i%100 == 50 {
						w.(http.Flusher).Flush()
					}
					w.Write(der[i : i+1])
				}
			})
			opt := options(s)
			opt.MaxCRL = test.limit
			c := newClient(t, opt)
			expect(t, checked(t, c, a.listed(s.URL), a.cert), test.want, test.code)
			if n := c.limits.reading.Load(); n != 0 {
				t.Errorf("%d bytes are still being read", n)
			}
		}
	}
	// All bodies together have a limit as well.
	lists := newServer(t, sendsList(der))
	full := newClient(t, options(lists))
	full.limits.reading.Store(full.limits.maxReading)
	expect(t, checked(t, full, a.listed(lists.URL), a.cert), CouldNotAsk, "revocation-busy")
	s := newServer(t, responds(a, answerGood))
	cert := a.asking(s.URL)
	response := a.respond(must(ocsp.Request(cert, a.cert, ocsp.RequestOptions{})), answerGood)
	opt := options(s)
	opt.MaxResponse, opt.Nonce = len(response), NoNonce
	expect(t, checked(t, newClient(t, opt), cert, a.cert), Good, "")
	opt.MaxResponse--
	expect(t, checked(t, newClient(t, opt), cert, a.cert), Refused, "ocsp-too-large")
}

// TestHTTPS asks servers by HTTPS only with the CAs that were given.
func TestHTTPS(t *testing.T) {
	a := theAuthority(t)
	quiet := log.New(io.Discard, "", 0)
	s := httptest.NewUnstartedServer(responds(a, answerGood))
	s.Config.ErrorLog = quiet
	s.StartTLS()
	defer s.Close()
	opt := options()
	opt.Ports = []uint16{portOf(s.Listener.Addr())}
	expect(t, checked(t, newClient(t, opt), a.asking(s.URL), a.cert), CouldNotAsk, "revocation-https-without-ca")
	opt.ServerCAs = x509.NewCertPool()
	expect(t, checked(t, newClient(t, opt), a.asking(s.URL), a.cert), CouldNotAsk, "revocation-tls-failed")
	opt.ServerCAs.AddCert(s.Certificate())
	expect(t, checked(t, newClient(t, opt), a.asking(s.URL), a.cert), Good, "")
	// The right CA, but another name.
	resolver := newDNS(t, func(string) []string { return []string{"127.0.0.1"} })
	opt.Resolver = resolver
	url := "https://other.test:" + s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	expect(t, checked(t, newClient(t, opt), a.asking(url), a.cert), CouldNotAsk, "revocation-tls-failed")
	// No TLS at all, and an old one.
	plain := newServer(t, responds(a, answerGood))
	opt.Ports = append(opt.Ports, plain.port())
	expect(t, checked(t, newClient(t, opt), a.asking("https"+strings.TrimPrefix(plain.URL, "http")), a.cert), CouldNotAsk, "revocation-tls-failed")
	old := httptest.NewUnstartedServer(responds(a, answerGood))
	old.Config.ErrorLog = quiet
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	defer old.Close()
	opt.Ports = append(opt.Ports, portOf(old.Listener.Addr()))
	opt.ServerCAs.AddCert(old.Certificate())
	expect(t, checked(t, newClient(t, opt), a.asking(old.URL), a.cert), CouldNotAsk, "revocation-tls-failed")
}

// giantKey is a responder's certificate with an RSA key of 262,144 bits.
func giantKey(a *authority) []byte {
	var spki cryptobyte.Builder
	spki.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes([]byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0})
		})
		b.AddASN1(casn1.BIT_STRING, func(b *cryptobyte.Builder) {
			b.AddUint8(0)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.INTEGER, func(b *cryptobyte.Builder) {
					b.AddUint8(0)
					b.AddBytes(bytes.Repeat([]byte{0xc1}, 262144/8))
				})
				b.AddASN1(casn1.INTEGER, func(b *cryptobyte.Builder) { b.AddBytes([]byte{1, 0, 1}) })
			})
		})
	})
	// The issuer vouches for it: a healthy certificate with another key in it.
	leaf := must(x509.ParseCertificate(a.issue(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} }).Raw()))
	tbs := cryptobyte.String(leaf.RawTBSCertificate)
	var content cryptobyte.String
	tbs.ReadASN1(&content, casn1.SEQUENCE)
	at := bytes.Index(content, leaf.RawSubjectPublicKeyInfo)
	changed := bytes.Join([][]byte{content[:at], spki.BytesOrPanic(), content[at+len(leaf.RawSubjectPublicKeyInfo):]}, nil)
	return a.certificateOf(changed)
}

// TestHostileReplies holds what any reply costs: 10 ms and 8 MiB.
func TestHostileReplies(t *testing.T) {
	a := theAuthority(t)
	cert := a.asking("http://responder.test/")
	giant := answerGood
	giant.certs, giant.rsa = [][]byte{giantKey(a)}, make([]byte, 16<<10)
	many := answerGood
	for i := 0; i < 60; i++ {
		many.certs = append(many.certs, a.asking("http://x/").Raw())
	}
	request := must(ocsp.Request(cert, a.cert, ocsp.RequestOptions{}))
	for name, body := range map[string][]byte{
		"giant key":  a.respondAs(request, giant, giant.certs[0]),
		"many certs": a.respondAs(request, many, many.certs[3]),
		"zeros":      make([]byte, ocsp.DefaultMaxSize),
		"nested":     bytes.Repeat([]byte{0x30, 0x80}, ocsp.DefaultMaxSize/2),
		"text":       bytes.Repeat([]byte("certificate "), ocsp.DefaultMaxSize/12),
	} {
		if len(body) > ocsp.DefaultMaxSize {
			t.Fatalf("%s has %d bytes", name, len(body))
		}
		s := newServer(t, sends("application/ocsp-response", body))
		opt := options(s)
		opt.Nonce = NoNonce
		c := newClient(t, opt)
		asked := a.asking(s.URL)
		fastest, least := time.Hour, uint64(1<<62)
		for i := 0; i < 5 || i < 100 && fastest > 10*time.Millisecond; i++ {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			r := checked(t, c, asked, a.cert)
			fastest = min(fastest, time.Since(start))
			runtime.ReadMemStats(&after)
			least = min(least, after.TotalAlloc-before.TotalAlloc)
			if r.Status != Refused || (name == "giant key") != (r.Evidence.Code == "revocation-key-unusable") {
				t.Fatalf("%s: %v %s", name, r.Status, r.Evidence.Code)
			}
		}
		t.Logf("%-12s %6d bytes: %v, %d KiB, with the exchange", name, len(body), fastest, least>>10)
		if fastest > 10*time.Millisecond || least > 8<<20 {
			t.Errorf("%s: it took %v and %d bytes", name, fastest, least)
		}
	}
}

func BenchmarkHostileReply(b *testing.B) {
	a := theAuthority(b)
	cert := a.asking("http://responder.test/")
	giant := answerGood
	giant.certs, giant.rsa = [][]byte{giantKey(a)}, make([]byte, 16<<10)
	body := a.respondAs(must(ocsp.Request(cert, a.cert, ocsp.RequestOptions{})), giant, giant.certs[0])
	k := &check{client: newClient(b, options()), ctx: b.Context(), cert: cert, issuer: a.cert, now: now}
	b.ReportAllocs()
	for b.Loop() {
		if r := k.verify(body, nil); r.Status != ocsp.Refused || r.Code != "revocation-key-unusable" {
			b.Fatal(r.Status, r.Code)
		}
	}
}
