package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/certloupe/certloupe/finding"
)

// maxHeader is how many bytes the header of an answer may have.
const maxHeader = 16 << 10

// newTransport returns a transport that does what it is told and nothing else: no
// proxy of the environment, no compression, HTTP/1.1. There is no http.Client
// around it, so nothing follows redirects or keeps cookies. The newer versions of
// HTTP would add much code between a hostile peer and the limits here, for
// requests of a hundred bytes.
func newTransport(opt Options, g *guard) *http.Transport {
	dialer := &net.Dialer{
		// Somebody who does not even take the connection is given up early.
		Timeout:   min(2*time.Second, opt.Timeout/2),
		Resolver:  opt.Resolver,
		Control:   g.control,
		KeepAlive: 15 * time.Second,
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: opt.ServerCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    opt.Timeout,
		DisableCompression:     true,
		MaxIdleConns:           opt.MaxConcurrent,
		MaxIdleConnsPerHost:    opt.MaxPerHost,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: maxHeader,
		Protocols:              protocols,
	}
}

// kind is what is fetched.
type kind struct {
	// types are the content types, the one that is asked for first. The list's last
	// one may be "", for none.
	types []string
	limit int
	// tooLarge is the code for more than limit.
	tooLarge finding.Code
}

func (c *Client) responseKind() kind {
	return kind{[]string{"application/ocsp-response"}, c.opt.MaxResponse, "ocsp-too-large"}
}

// listKind takes what servers that do not know the type of CRLs say as well: a
// file. It keeps out pages for people.
func (c *Client) listKind() kind {
	return kind{[]string{"application/pkix-crl", "application/x-pkix-crl", "application/x-pkcs7-crl", "application/octet-stream", ""},
		c.opt.MaxCRL, "crl-too-large"}
}

// fetch sends one request and reads the answer. A nil body is a GET, another one a POST.
func (c *Client) fetch(ctx context.Context, url string, body []byte, k kind) (answer []byte, after time.Duration, p *problem) {
	method, reader := http.MethodGet, io.Reader(nil)
	if body != nil {
		method, reader = http.MethodPost, bytes.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		return nil, 0, refuse("revocation-url-refused", finding.Str("problem", "it is no URL"))
	}
	request.Header.Set("Accept", k.types[0])
	request.Header.Set("User-Agent", "certloupe")
	if body != nil {
		request.Header.Set("Content-Type", "application/ocsp-request")
		// Asking twice does no harm, so the transport may send it again if the server
		// closed an idle connection in that moment. Nothing of this is sent.
		request.Header["X-Idempotency-Key"] = []string{}
	}
	response, err := c.http.RoundTrip(request)
	if err != nil {
		return nil, 0, c.networkProblem(ctx, err)
	}
	defer response.Body.Close()
	after = retryAfter(response.Header.Get("Retry-After"), time.Now())
	if p := k.check(response); p != nil {
		p.after = after
		return nil, after, p
	}
	answer, p = c.read(ctx, response.Body, int(min(max(response.ContentLength, 0), firstRead)), k)
	return answer, after, p
}

// check looks at the header of an answer.
func (k kind) check(r *http.Response) *problem {
	switch status := r.StatusCode; {
	case status >= 300 && status <= 399:
		return refuse("revocation-redirect")
	case status != http.StatusOK:
		p := refuse("revocation-http-status", finding.Int("status", status))
		if status >= 500 || status == http.StatusTooManyRequests {
			p.retry, p.fault = true, urlFault
		}
		return p
	}
	if encoding := r.Header.Values("Content-Encoding"); len(encoding) > 0 && !(len(encoding) == 1 && encoding[0] == "identity") {
		return refuse("revocation-content-encoding", finding.Str("encoding", encoding[0]))
	}
	header := r.Header.Get("Content-Type")
	name, _, err := mime.ParseMediaType(header)
	if header == "" {
		name, err = "", nil
	}
	if err != nil || len(r.Header.Values("Content-Type")) > 1 || !slices.Contains(k.types, name) {
		return refuse("revocation-content-type", finding.Str("type", header), finding.Str("expected", k.types[0]))
	}
	if r.ContentLength > int64(k.limit) {
		return k.excess()
	}
	return nil
}

func (k kind) excess() *problem {
	p := refuse(k.tooLarge, finding.Int("limit", k.limit))
	p.refused = true
	return p
}

// firstRead is how much memory a promise of the header is worth.
const firstRead = 64 << 10

// read reads a body. What is being read everywhere together is bounded as well:
// beyond firstRead, memory is taken only as bytes arrive.
func (c *Client) read(ctx context.Context, r io.Reader, promised int, k kind) ([]byte, *problem) {
	body := make([]byte, 0, promised+1) // One more, to see that nothing follows.
	defer func() { c.limits.reading.Add(-int64(len(body))) }()
	for {
		if len(body) == cap(body) {
			body = slices.Grow(body, min(max(4<<10, len(body)), k.limit+1-len(body)))
		}
		n, err := r.Read(body[len(body):min(cap(body), k.limit+1)])
		body = body[:len(body)+n]
		total := c.limits.reading.Add(int64(n))
		switch {
		case len(body) > k.limit:
			return nil, k.excess()
		case total > c.limits.maxReading:
			return nil, refuse("revocation-busy")
		case err == io.EOF:
			if spare := cap(body) - len(body); spare > len(body)/4 {
				return bytes.Clone(body), nil // It may be kept for long.
			}
			return body, nil
		case err != nil:
			return nil, c.networkProblem(ctx, err)
		}
	}
}

// networkProblem sorts the errors of a connection. Their texts go nowhere: they
// name addresses, and differ between a port that is open and one that is not.
func (c *Client) networkProblem(ctx context.Context, err error) *problem {
	var dns *net.DNSError
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	// A name that leads to forbidden addresses and one that leads nowhere look the
	// same, so nobody learns which names there are in the network behind us.
	case errors.Is(err, errAddress), errors.As(err, &dns):
		return refuse("revocation-address-refused")
	case errors.As(err, &op) && op.Op == "dial":
		return &problem{code: "revocation-unreachable", retry: true, fault: hostFault}
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		return &problem{code: "revocation-timeout", fault: urlFault}
	case errors.As(err, &certificate), errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch),
		op != nil && (op.Op == "remote error" || op.Op == "local error"): // Alerts of TLS have no type of their own.
		return &problem{code: "revocation-tls-failed", fault: hostFault}
	case errors.As(err, &op), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &problem{code: "revocation-unreachable", retry: true, fault: urlFault}
	}
	return &problem{code: "revocation-http-malformed", fault: urlFault}
}

// retryAfter reads a Retry-After header, RFC 9110, Section 10.2.3; 0 is none.
func retryAfter(header string, now time.Time) time.Duration {
	if header == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
