package ocsptest_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// plain is an HTTP client that takes whatever comes.
func plain(trust *ocsptest.CA) *http.Client {
	t := &http.Transport{DisableCompression: true}
	if trust != nil {
		cert, err := x509.ParseCertificate(trust.Certificate)
		if err != nil {
			panic(err)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
		t.TLSClientConfig.RootCAs.AddCert(cert)
	}
	return &http.Client{Transport: t, Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func post(client *http.Client, url string, request []byte) (*http.Response, []byte, error) {
	resp, err := client.Post(url, "application/ocsp-request", bytes.NewReader(request))
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp, body, err
}

func request(t *testing.T, ca *ocsptest.CA, leaf ocsptest.Leaf, opt ocsp.RequestOptions) []byte {
	t.Helper()
	der, err := ocsp.Request(parse(t, ca.Issue(leaf)), parse(t, ca.Certificate), opt)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestServer asks a responder by GET and POST, with every hash function, over HTTP
// and HTTPS.
func TestServer(t *testing.T) {
	trust := ocsptest.NewCA("TLS CA", testKey(t, "rsa-ca"))
	for _, name := range []string{"rsa-ca", "p256-root", "ed25519", "sm2-ca"} {
		for _, secure := range []*ocsptest.CA{nil, trust} {
			ca := ocsptest.NewCA("Test CA", testKey(t, name))
			s := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca, Delegate: testKey(t, "p256-other")}, TLS: secure})
			defer s.Close()
			if strings.HasPrefix(s.URL, "https:") != (secure != nil) {
				t.Fatal(s.URL)
			}
			at := now.AddDate(0, -1, 0)
			s.Revoke(serial(2), at, ocsp.CessationOfOperation)
			s.Unknown(serial(3))
			s.Unknown(serial(4))
			s.Good(serial(4))
			cert, issuer := parse(t, ca.Issue(ocsptest.Leaf{Serial: serial(2)})), parse(t, ca.Certificate)
			client := plain(secure)
			for _, hash := range []ocsp.Hash{ocsp.SHA1, ocsp.SHA256, ocsp.SHA384, ocsp.SHA512, ocsp.SM3} {
				nonce := bytes.Repeat([]byte{byte(hash) + 1}, ocsp.NonceSize)
				for n, want := range map[int64]ocsp.Status{1: ocsp.Good, 2: ocsp.Revoked, 3: ocsp.Unknown, 4: ocsp.Good} {
					leaf := ocsptest.Leaf{Serial: serial(n)}
					ask := request(t, ca, leaf, ocsp.RequestOptions{Hash: hash, Nonce: nonce})
					for _, get := range []bool{false, true} {
						var body []byte
						var err error
						if get {
							var resp *http.Response
							if resp, err = client.Get(ocsp.GetURL(s.URL, ask)); err == nil {
								body, err = io.ReadAll(resp.Body)
								resp.Body.Close()
							}
						} else {
							_, body, err = post(client, s.URL, ask)
						}
						if err != nil {
							t.Fatal(err)
						}
						cert := parse(t, ca.Issue(leaf))
						r, err := ocsp.Verify(body, cert, issuer, ocsp.Options{Time: time.Now(), Nonce: nonce, StrictNonce: true})
						if err != nil || r.Status != want || want == ocsp.Revoked && (!r.RevokedAt.Equal(at) || r.Reason != ocsp.CessationOfOperation) {
							t.Errorf("%s, %v, %d: %v %s %v", name, hash, n, r.Status, r.Code, err)
						}
						q := s.Requests()
						last := q[len(q)-1]
						if last.Err != nil || last.Hash != hash || !bytes.Equal(last.Nonce, nonce) || len(last.Serials) != 1 ||
							last.Serials[0].Int64() != n || (last.Method == "GET") != get {
							t.Errorf("the server saw %+v", last)
						}
					}
				}
			}
			for what, ask := range map[string][]byte{
				"garbage":    {1, 2, 3},
				"another CA": request(t, trust, ocsptest.Leaf{}, ocsp.RequestOptions{}),
			} {
				_, body, err := post(client, s.URL, ask)
				if err != nil {
					t.Fatal(err)
				}
				if r, err := ocsp.Verify(body, cert, issuer, ocsp.Options{Time: time.Now()}); err != nil || r.Code != "ocsp-request-malformed" && r.Code != "ocsp-unauthorized" {
					t.Errorf("%s: %v %s %v", what, r.Status, r.Code, err)
				}
			}
		}
	}
}

// TestScript has faults one after the other, of the responder and of a file.
func TestScript(t *testing.T) {
	ca := ocsptest.NewCA("Test CA", nil)
	s := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}, IgnoreNonce: true, Now: func() time.Time { return now }, Validity: time.Hour})
	defer s.Close()
	cert, issuer := parse(t, ca.Issue(ocsptest.Leaf{})), parse(t, ca.Certificate)
	nonce := bytes.Repeat([]byte{1}, 32)
	ask := request(t, ca, ocsptest.Leaf{}, ocsp.RequestOptions{Nonce: nonce})
	s.Next(ocsptest.TryLater, ocsptest.BadSignature, ocsptest.None)
	for i, want := range []string{"ocsp-try-later", "revocation-signature-invalid", "", ""} {
		_, body, err := post(plain(nil), s.URL, ask)
		if err != nil {
			t.Fatal(err)
		}
		r, err := ocsp.Verify(body, cert, issuer, ocsp.Options{Time: now, Nonce: nonce})
		if err != nil || string(r.Code) != want {
			t.Errorf("reply %d: %v %s %v", i, r.Status, r.Code, err)
		}
		if want == "" && (len(r.Findings) != 1 || r.Findings[0].Code != "ocsp-nonce-missing" || !r.NextUpdate.Equal(now.Add(time.Hour))) {
			t.Errorf("reply %d: %+v", i, r)
		}
	}
	list := ocsptest.List(ocsptest.CRL{CA: ca, Time: now})
	url := s.Publish("lists/full.crl", list, ocsptest.NotFound, ocsptest.None)
	for _, want := range []int{404, 200, 200} {
		resp, err := plain(nil).Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want || !bytes.Equal(body, list) || resp.Header.Get("Content-Type") != "application/pkix-crl" {
			t.Errorf("%s, %d bytes, %v", resp.Status, len(body), err)
		}
	}
}

// TestTransport meets every fault of HTTP, and none lasts longer than the client.
func TestTransport(t *testing.T) {
	ca := ocsptest.NewCA("Test CA", nil)
	s := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}, Now: func() time.Time { return now }})
	defer s.Close()
	ask := request(t, ca, ocsptest.Leaf{}, ocsp.RequestOptions{})
	client := plain(nil)
	client.Timeout = 500 * time.Millisecond
	_, whole, err := post(client, s.URL, ask)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[ocsptest.Fault]bool{}
	for fault, check := range map[ocsptest.Fault]func(*http.Response, []byte, error) bool{
		ocsptest.WrongContentType: func(r *http.Response, b []byte, err error) bool {
			return r.Header.Get("Content-Type") == "text/html" && len(b) == len(whole)
		},
		ocsptest.WebPage:     func(r *http.Response, b []byte, err error) bool { return bytes.HasPrefix(b, []byte("<!DOCTYPE html>")) },
		ocsptest.Redirect:    func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 307 },
		ocsptest.NotFound:    func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 404 },
		ocsptest.ServerError: func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 500 },
		ocsptest.Unavailable: func(r *http.Response, b []byte, err error) bool { return r.StatusCode == 503 },
		ocsptest.EmptyBody:   func(r *http.Response, b []byte, err error) bool { return err == nil && len(b) == 0 },
		ocsptest.Truncated: func(r *http.Response, b []byte, err error) bool {
			return errors.Is(err, io.ErrUnexpectedEOF) && len(b) > 0
		},
		ocsptest.Compressed: func(r *http.Response, b []byte, err error) bool { return r.Header.Get("Content-Encoding") == "gzip" },
		ocsptest.Endless: func(r *http.Response, b []byte, err error) bool {
			return len(b) == 1<<20 || errors.Is(err, context.DeadlineExceeded) && len(b) > len(whole)
		},
		ocsptest.Drip: func(r *http.Response, b []byte, err error) bool {
			return errors.Is(err, context.DeadlineExceeded) && len(b) > 0 && len(b) < len(whole)
		},
		ocsptest.Silence: func(r *http.Response, b []byte, err error) bool {
			return r == nil && errors.Is(err, context.DeadlineExceeded)
		},
		ocsptest.Reset: func(r *http.Response, b []byte, err error) bool {
			return r == nil && err != nil && !errors.Is(err, context.DeadlineExceeded)
		},
		ocsptest.HugeHeader: func(r *http.Response, b []byte, err error) bool {
			return r != nil && len(r.Header.Get("X-Padding")) == 2<<20 || err != nil
		},
	} {
		seen[fault] = true
		s.Next(fault)
		resp, body, err := post(client, s.URL, ask)
		if !check(resp, body, err) {
			t.Errorf("%v: %v, %d bytes, %v", fault, resp, len(body), err)
		}
	}
	for _, f := range ocsptest.Faults() {
		if f.OfHTTP() != seen[f] {
			t.Errorf("%v: is it of HTTP?", f)
		}
	}
	s.Next(ocsptest.Redirect)
	client.CheckRedirect = nil
	_, body, err := post(client, s.URL, ask)
	q := s.Requests()
	if err != nil || len(body) != len(whole) || !q[len(q)-1].Redirected || q[len(q)-2].Redirected {
		t.Errorf("after the redirect: %d bytes, %v", len(body), err)
	}
}

// TestClose stops a server while a client waits.
func TestClose(t *testing.T) {
	ca := ocsptest.NewCA("Test CA", nil)
	s := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	s.Next(ocsptest.Silence)
	ask := request(t, ca, ocsptest.Leaf{}, ocsp.RequestOptions{})
	done := make(chan error)
	go func() {
		_, _, err := post(plain(nil), s.URL, ask)
		done <- err
	}()
	for len(s.Requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
	s.Close()
	if err := <-done; err == nil {
		t.Error("the client got an answer")
	}
}
