package client

import (
	"bytes"
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

// question is one request to one responder. Those who ask the same at the same
// time get the same reply.
type question struct {
	target target
	hash   ocsp.Hash
	nonce  bool
	about  cacheKey
}

func (q question) key() string {
	return q.target.url.String() + " " + strconv.Itoa(int(q.hash)) + " " + strconv.FormatBool(q.nonce) + " " + string(q.about[:])
}

// reply is what came back.
type reply struct {
	body, nonce []byte
	list        *ocsp.CRL
	tries       int
	problem     *problem
}

// maxGET is how long a request may be, as it stands in a URL, to be sent by GET:
// RFC 9919, Section 5.
const maxGET = 255

// ask sends a request and returns the reply.
func (c *Client) ask(ctx context.Context, q question, cert, issuer *certparse.Certificate) reply {
	return c.together(ctx, "ocsp "+q.key(), func(ctx context.Context) reply {
		opt := ocsp.RequestOptions{Hash: q.hash}
		if q.nonce {
			nonce, err := ocsp.NewNonce(rand.Reader)
			if err != nil {
				return reply{problem: refuse("revocation-unreachable")}
			}
			opt.Nonce = nonce
		}
		request, err := ocsp.Request(cert, issuer, opt)
		if err != nil {
			return reply{problem: refuse("revocation-unreachable")}
		}
		url, body := q.target.url.String(), request
		// A URL with a query cannot be continued with a path.
		if !q.nonce && !c.opt.POST && q.target.url.RawQuery == "" {
			if get := ocsp.GetURL(url, request); len(get)-len(strings.TrimSuffix(url, "/"))-1 <= maxGET {
				url, body = get, nil
			}
		}
		r := c.persist(ctx, q.target, url, body, c.responseKind())
		r.nonce = opt.Nonce
		return r
	})
}

// together lets those who want the same share one flight. It goes on for the
// client's own time even if one of them gives up, so that nobody's impatience
// takes the answer away from the others.
func (c *Client) together(ctx context.Context, key string, do func(context.Context) reply) reply {
	flight := c.flights.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.opt.Timeout)
		defer cancel()
		return do(ctx), nil
	})
	select {
	case r := <-flight:
		return r.Val.(reply)
	case <-ctx.Done():
		return reply{problem: refuse("revocation-timeout")}
	}
}

// tryLater is the OCSP response that says so and nothing else.
var tryLater = []byte{0x30, 0x03, 0x0a, 0x01, 0x03}

// persist asks one URL, again if it fails in a way that may pass and there is
// time. Nothing else is ever repeated: a bad answer does not get better.
func (c *Client) persist(ctx context.Context, t target, url string, body []byte, k kind) (r reply) {
	host, place := "host "+t.host, "url "+t.url.String()
	if c.breakers.blocked(host) || c.breakers.blocked(place) {
		return reply{problem: refuse("revocation-backed-off")}
	}
	for {
		// Who waits for a place for half of the time would hardly get an answer.
		release, ok := c.limits.acquire(ctx, t.host, c.opt.Timeout/2)
		if !ok {
			r.problem = refuse("revocation-busy")
			return r
		}
		r.tries++
		var after time.Duration
		r.body, after, r.problem = c.fetch(ctx, url, body, k)
		release()
		later := r.problem == nil && bytes.Equal(r.body, tryLater)
		if !later && (r.problem == nil || !r.problem.retry) || r.tries == c.opt.MaxTries || !pause(ctx, max(after, backOff(r.tries))) {
			break
		}
	}
	switch {
	case r.problem == nil:
		c.breakers.worked(host)
		c.breakers.worked(place)
	case r.problem.fault == hostFault:
		c.breakers.failed(host)
	case r.problem.fault == urlFault:
		c.breakers.failed(place)
	}
	return r
}

// backOff is how long to wait after so many tries: twice as long each time, and
// not the same for all who wait.
func backOff(tries int) time.Duration {
	full := 100 * time.Millisecond << (tries - 1)
	return full/2 + mathrand.N(full/2)
}

// pause waits, unless the time would be over before.
func pause(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
