package client

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

var update = flag.Bool("update", false, "write the cases in testdata")

// stage is what a case plays on: a CA, and a server that has every name.
type stage struct {
	ca *authority
	// ocsp and crl are the addresses in the certificate.
	ocsp, crl []string
	// serve answers, and describes how in the file of the case.
	serve    http.HandlerFunc
	describe string
	opt      Options
	// secure has the server speak TLS, trusted with its certificate as a CA.
	secure, trusted bool
	// gone has nobody listen.
	gone bool
	// before is done with the client before the check.
	before func(*Client, *certparse.Certificate)
	// chain checks the certificate as a chain of its own.
	chain  bool
	policy Policy
}

const responderURL, listURL = "http://responder.test/ocsp", "http://lists.test/list.crl"

func (s stage) answers(description string, serve http.HandlerFunc) stage {
	s.describe, s.serve = description, serve
	return s
}

// play checks the certificate.
func (s stage) play(t *testing.T) *Result {
	server := httptest.NewUnstartedServer(s.serve)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if s.secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	defer server.Close()
	if s.trusted {
		s.opt.ServerCAs = x509.NewCertPool()
		s.opt.ServerCAs.AddCert(server.Certificate())
	}
	s.opt.Now = func() time.Time { return now }
	s.opt.MaxTries = 1
	c := newClient(t, s.opt)
	c.http.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		if s.gone {
			return nil, &net.OpError{Op: "dial", Err: errors.New("nobody listens")}
		}
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	cert := s.ca.issue(func(c *x509.Certificate) { c.OCSPServer, c.CRLDistributionPoints = s.ocsp, s.crl })
	if s.before != nil {
		s.before(c, cert)
	}
	if !s.chain {
		return checked(t, c, cert, s.ca.cert)
	}
	results, err := c.CheckChain(t.Context(), []*certparse.Certificate{cert})
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// text is the scene and what came of it, for people.
func (s stage) text(r *Result) (scene, result string) {
	var b strings.Builder
	for _, url := range s.ocsp {
		fmt.Fprintf(&b, "the certificate's responder: %s\n", url)
	}
	for _, url := range s.crl {
		fmt.Fprintf(&b, "the certificate's list: %s\n", url)
	}
	fmt.Fprintf(&b, "the server: %s\n", s.describe)
	scene = b.String()
	b.Reset()
	fmt.Fprintf(&b, "status: %v\n", r.Status)
	if r.Evidence != nil {
		fmt.Fprintf(&b, "by: %v %s\n", r.Source, r.URL)
	}
	for _, a := range r.Attempts {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintf("attempt: %v %s: %v %s", a.Source, a.URL, a.Status, a.Code)))
	}
	findings := r.Findings
	if s.policy != 0 {
		accepted, all := s.policy.Decide(r)
		findings = all
		fmt.Fprintf(&b, "%v: accepted %v\n", s.policy, accepted)
	}
	for _, f := range findings {
		fmt.Fprintf(&b, "%v %s: %s\n", f.Severity, f.Code, f.Message)
	}
	return scene, b.String()
}

type clientCase struct {
	code, says string
	bad, good  stage
}

func clientCases() (cases []clientCase) {
	a := newAuthority("Revocation Client Test CA", "p256-root")
	asked := stage{ca: a, ocsp: []string{responderURL}}.answers("answers that the certificate is good", responds(a, answerGood))
	listed := stage{ca: a, crl: []string{listURL}}.answers("sends a list without entries", sendsList(a.list(5, nil)))
	add := func(code, says string, bad, good stage) { cases = append(cases, clientCase{code, says, bad, good}) }
	with := func(s stage, change func(*stage)) stage {
		change(&s)
		return s
	}
	at := func(urls ...string) stage { return with(asked, func(s *stage) { s.ocsp = urls }) }

	add("revocation-nothing-to-ask", "The certificate names neither a responder nor a list.", at(), asked)
	add("revocation-could-not-ask", "The only responder answers with an error.", asked.answers("is in trouble", fails(500)), asked)
	add("revocation-issuer-missing", "The chain ends before the trust anchor.", with(asked, func(s *stage) { s.chain = true }), asked)
	var nine []string
	for i := range DefaultMaxURLs + 1 {
		nine = append(nine, fmt.Sprintf("%s/%d", responderURL, i))
	}
	add("revocation-too-many-urls", "The certificate names nine responders, and none of the first eight has an answer.",
		at(nine...).answers("has nothing", fails(404)), at(nine[:DefaultMaxURLs]...).answers("answers on the last one only", func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/7") {
				w.WriteHeader(404)
				return
			}
			responds(a, answerGood)(w, r)
		}))
	add("revocation-url-refused", "The responder's address is not one of HTTP.", at("ldap://directory.test/cn=CA"), asked)
	add("revocation-address-refused", "The responder's address is that of the service for a cloud's own machines.", at("http://169.254.169.254/latest/meta-data/"), asked)
	secure := with(at("https://example.com/ocsp"), func(s *stage) { s.secure, s.trusted = true, true })
	add("revocation-https-without-ca", "The responder is to be asked by HTTPS, but no CA for it was given.", with(secure, func(s *stage) { s.trusted = false }), secure)
	add("revocation-tls-failed", "The server's certificate is of another CA than the one that was given.",
		with(secure, func(s *stage) { s.trusted, s.opt.ServerCAs = false, x509.NewCertPool() }), secure)
	add("revocation-unreachable", "Nobody takes the connection.", with(asked, func(s *stage) { s.gone = true }), asked)
	add("revocation-timeout", "The answer comes too late.", with(asked.answers("does not answer", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(3 * time.Second):
		}
	}), func(s *stage) { s.opt.Timeout = 200 * time.Millisecond }), asked)
	add("revocation-busy", "Somebody else has the only place for a request.", with(asked, func(s *stage) {
		s.opt.MaxConcurrent, s.opt.Timeout = 1, 200*time.Millisecond
		s.before = func(c *Client, _ *certparse.Certificate) {
			c.limits.acquire(context.Background(), "another.test:80", time.Second)
		}
	}), with(asked, func(s *stage) { s.opt.MaxConcurrent = 1 }))
	fail := func(n int) func(s *stage) {
		return func(s *stage) {
			s.before = func(c *Client, _ *certparse.Certificate) {
				for range n {
					c.breakers.failed("host responder.test:80")
				}
			}
		}
	}
	add("revocation-backed-off", "The host failed three times just before.", with(asked, fail(breakAfter)), with(asked, fail(breakAfter-1)))
	add("revocation-http-status", "There is nothing at the address.", asked.answers("has nothing", fails(404)), asked)
	add("revocation-redirect", "The server leads to another address.", asked.answers("leads to http://169.254.169.254/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
	}), asked)
	add("revocation-content-type", "There is a page for people at the address.", asked.answers("sends a page", sends("text/html", []byte("<p>hello"))), asked)
	add("revocation-content-encoding", "The answer is compressed.", asked.answers("sends something compressed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		write(w, "application/ocsp-response", []byte{0x1f, 0x8b})
	}), asked)
	add("revocation-http-malformed", "The server speaks another protocol.", asked.answers("says SSH-2.0", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			io.WriteString(conn, "SSH-2.0-OpenSSH_9.9\r\n")
			conn.Close()
		}
	}), asked)
	add("crl-too-large", "The list is larger than what is read.", with(listed, func(s *stage) { s.opt.MaxCRL = 100 }), listed)
	seen := func(number int64) func(*stage) {
		return func(s *stage) {
			s.before = func(c *Client, cert *certparse.Certificate) {
				list := must(parseList(a.list(number, nil)))
				c.numbers.raise(a.cert, list)
			}
		}
	}
	add("crl-number-went-back", "A later list was seen before.", with(listed, seen(6)), with(listed, seen(4)))
	remembered := func(change func([]byte)) func(*stage) {
		return func(s *stage) {
			s.before = func(c *Client, _ *certparse.Certificate) {
				der := a.list(5, nil)
				change(der)
				c.store.put(entry{key: listKey(a.cert, listURL), data: der, stored: now})
			}
		}
	}
	add("revocation-cache-damaged", "One bit of a remembered list was changed.", with(listed, remembered(func(der []byte) { der[len(der)-1] ^= 1 })),
		with(listed, remembered(func([]byte) {})))
	policy := func(p Policy) func(*stage) { return func(s *stage) { s.policy = p } }
	add("revocation-soft-fail", "The responder has no answer, and that is accepted.", with(asked.answers("has nothing", fails(404)), policy(SoftFail)), with(asked, policy(SoftFail)))
	add("revocation-hard-fail", "The responder has no answer, and that is not accepted.", with(asked.answers("has nothing", fails(404)), policy(HardFail)), with(asked, policy(HardFail)))
	return cases
}

// TestCases plays every case and its healthy twin and compares what came of both
// with the files in testdata.
func TestCases(t *testing.T) {
	written := map[string]bool{}
	for _, c := range clientCases() {
		written[c.code] = true
		t.Run(c.code, func(t *testing.T) {
			bad, good := c.bad.play(t), c.good.play(t)
			findings := func(s stage, r *Result) []finding.Finding {
				_, fs := s.policy.Decide(r)
				if s.policy == 0 {
					return r.Findings
				}
				return fs
			}
			rule, ok := finding.Lookup(finding.Code(c.code))
			if !ok {
				t.Fatal("there is no such code")
			}
			if count(findings(c.bad, bad), finding.Code(c.code)) != 1 {
				t.Errorf("the case does not find it, but %v", codesOf(bad))
			}
			for _, f := range findings(c.bad, bad) {
				if f.Code == rule.Code && f.Severity != rule.Severity {
					t.Errorf("it is a %v, want a %v", f.Severity, rule.Severity)
				}
			}
			if count(findings(c.good, good), finding.Code(c.code)) != 0 || good.Status != Good {
				t.Errorf("the healthy twin is %v and finds %v", good.Status, codesOf(good))
			}
			a := &txtar.Archive{Comment: []byte(c.says + "\n")}
			for prefix, s := range map[string]struct {
				stage
				*Result
			}{"": {c.bad, bad}, "healthy/": {c.good, good}} {
				scene, result := s.text(s.Result)
				files := []txtar.File{{Name: prefix + "scene", Data: []byte(scene)}, {Name: prefix + "result", Data: []byte(result)}}
				if prefix == "" {
					a.Files = append(files, a.Files...)
				} else {
					a.Files = append(a.Files, files...)
				}
			}
			name := filepath.Join("testdata", c.code+".txtar")
			if *update {
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, txtar.Format(a)) {
				t.Errorf("%s is not what the test makes (%v); if that is meant, run go test ./ocsp/client -update", name, err)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) != len(written) {
		t.Errorf("%d files for %d cases (%v)", len(files), len(written), err)
	}
}
