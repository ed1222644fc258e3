package ocsptest

import (
	"crypto"
	"crypto/tls"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/certloupe/certloupe/ocsp"
)

// Config describes a [Server].
type Config struct {
	Responder
	// Now returns the present time; nil is [time.Now].
	Now func() time.Time
	// Validity is how long an answer holds; 0 is a day.
	Validity time.Duration
	// IgnoreNonce never repeats a nonce, as responders that sign in advance do.
	IgnoreNonce bool
	// TLS is the CA of the server's own certificate, for 127.0.0.1, with which it
	// speaks HTTPS; nil is HTTP. Its key is not of SM2, which crypto/tls does not
	// know.
	TLS *CA
}

// Server is a responder on the loopback interface. It may be used by several
// goroutines at once.
type Server struct {
	// URL is where the responder is, without a slash at the end.
	URL string

	config Config
	http   *httptest.Server
	closed chan struct{}

	mu       sync.Mutex
	answers  map[string]Answer
	script   []Fault
	files    map[string]*file
	requests []Request
}

// file is something that is published.
type file struct {
	body   []byte
	script []Fault
}

// NewServer starts a responder, which says of every certificate of its CA that it is
// good until it is told otherwise. The caller closes it.
func NewServer(config Config) *Server {
	if config.CA == nil {
		panic("ocsptest: a responder needs a CA")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Validity == 0 {
		config.Validity = day
	}
	s := &Server{config: config, closed: make(chan struct{}), answers: map[string]Answer{}, files: map[string]*file{}}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // A client that leaves is part of the test.
	if config.TLS == nil {
		s.http.Start()
	} else {
		s.http.TLS = &tls.Config{Certificates: []tls.Certificate{config.TLS.tlsCertificate()}}
		s.http.StartTLS()
	}
	s.URL = s.http.URL
	return s
}

// tlsCertificate is a certificate for a server on the loopback interface.
func (ca *CA) tlsCertificate() tls.Certificate {
	var key crypto.Signer = knownKey("TLS")
	der := ca.Issue(Leaf{Name: "127.0.0.1", Hosts: []string{"127.0.0.1", "::1", "localhost"}, Key: key})
	return tls.Certificate{Certificate: [][]byte{der, ca.Certificate}, PrivateKey: key}
}

// Close stops the server. Whoever waits for a reply is left without one.
func (s *Server) Close() {
	close(s.closed)
	s.http.CloseClientConnections()
	s.http.Close()
}

// Good makes the certificate with the serial number a good one, which it is from the
// beginning.
func (s *Server) Good(serial *big.Int) { s.set(serial, Answer{Status: ocsp.Good}) }

// Unknown makes it one that the responder does not know.
func (s *Server) Unknown(serial *big.Int) { s.set(serial, Answer{Status: ocsp.Unknown}) }

// Revoke makes it a revoked one.
func (s *Server) Revoke(serial *big.Int, at time.Time, reason ocsp.Reason) {
	s.set(serial, Answer{Status: ocsp.Revoked, RevokedAt: at, Reason: reason})
}

func (s *Server) set(serial *big.Int, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[serial.String()] = a
}

// Next says what is wrong with the next replies of the responder, one after the
// other; the last of the faults stays. Next() without any makes it sound again.
func (s *Server) Next(script ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = slices.Clone(script)
}

// Publish serves a file, such as the result of [List], under the path and returns
// its URL. The faults are like those of [Server.Next], but only those of HTTP do
// anything: what else is wrong is in the file.
func (s *Server) Publish(name string, body []byte, script ...Fault) (url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = path.Clean("/" + name)
	s.files[name] = &file{body, slices.Clone(script)}
	return s.URL + name
}

// Requests returns what the server was asked so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// take takes the first fault of a script, of which the last one stays.
func take(script *[]Fault) Fault {
	switch len(*script) {
	case 0:
		return None
	case 1:
		return (*script)[0]
	}
	f := (*script)[0]
	*script = (*script)[1:]
	return f
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	d := &delivery{w: w, r: r, closed: s.closed}
	q := Request{Method: r.Method, Path: r.URL.Path, Header: r.Header.Clone(), Redirected: r.URL.RawQuery == redirected}
	var fault Fault
	if body, script, ok := s.published(r.URL.Path, q.Redirected); ok {
		d.contentType, d.body, fault = contentType(r.URL.Path), body, script
	} else {
		d.contentType, d.body, fault = "application/ocsp-response", nil, s.next(q.Redirected)
		d.body = s.respond(r, &q, fault)
	}
	s.mu.Lock()
	s.requests = append(s.requests, q)
	s.mu.Unlock()
	if deliver := kinds[fault].transport; deliver != nil {
		deliver(d)
	} else {
		sound(d)
	}
}

// published is the file of the path, and what is wrong with its transport.
func (s *Server) published(name string, redirected bool) ([]byte, Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[path.Clean(name)]
	if !ok {
		return nil, None, false
	}
	if redirected {
		return f.body, None, true
	}
	return f.body, take(&f.script), true
}

func (s *Server) next(redirected bool) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if redirected {
		return None
	}
	return take(&s.script)
}

// contentType is that of a file, by its name (RFC 5280, Section 4.2.1.13; RFC 2585).
func contentType(name string) string {
	switch path.Ext(name) {
	case ".crl":
		return "application/pkix-crl"
	case ".cer", ".crt":
		return "application/pkix-cert"
	case ".p7c":
		return "application/pkcs7-mime"
	}
	return "application/octet-stream"
}

// respond is the response to an OCSP request.
func (s *Server) respond(r *http.Request, q *Request, fault Fault) []byte {
	now := s.config.Now()
	reply := Reply{Responder: s.config.Responder, Time: now, Fault: fault}
	der, err := ocspRequest(r)
	var ids []*parsedID
	if err == nil {
		ids, err = q.read(der)
	}
	if q.Err = err; err != nil {
		reply.Fault = MalformedRequest
		return Response(reply)
	}
	for _, id := range ids {
		if !id.isFor(s.config.CA) {
			reply.Fault = Unauthorized
			return Response(reply)
		}
		s.mu.Lock()
		a := s.answers[id.serial.String()]
		s.mu.Unlock()
		a.Serial, a.Hash, a.NextUpdate = id.serial, id.hash, now.Add(s.config.Validity)
		reply.Answers = append(reply.Answers, a)
	}
	if !s.config.IgnoreNonce {
		reply.Nonce = q.Nonce
	}
	return Response(reply)
}
