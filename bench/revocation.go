package main

import (
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
	xocsp "golang.org/x/crypto/ocsp"
)

// What judging a response may cost.
const (
	maxResponseRatio = 1.15 // times the time of its signature
	maxReplyTime     = 10 * time.Millisecond
	maxReplyMemory   = 8 << 20
)

var errStatus = errors.New("the certificate is not found to be good")

// measureRevocation measures what revocation checking costs.
func (b *bench) measureRevocation(certs map[testcerts.Kind]*testcerts.Set) error {
	for _, measure := range []func(map[testcerts.Kind]*testcerts.Set) error{b.measureResponses, b.measureHostileReplies, b.measureLoad, b.measureList} {
		if err := measure(certs); err != nil {
			return err
		}
	}
	return nil
}

// subject is a certificate and its issuer in every form that is needed.
type subject struct {
	ca                *ocsptest.CA
	certDER           []byte
	cert, issuer      *certparse.Certificate
	issuerCertificate *testcerts.Certificate
}

// subjectOf is the server certificate of a set.
func subjectOf(s *testcerts.Set) (u subject, err error) {
	u.issuerCertificate, u.certDER = s.Intermediate, s.Server.DER
	if u.ca, err = ocsptest.OpenCA(s.Intermediate.DER, s.Intermediate.PrivateKey()); err != nil {
		return u, err
	}
	if u.cert, err = certparse.ParseCertificate(u.certDER); err != nil {
		return u, err
	}
	u.issuer, err = certparse.ParseCertificate(s.Intermediate.DER)
	return u, err
}

// answer is what a responder says about the certificate.
func (u subject) answer() ocsptest.Answer {
	return ocsptest.Answer{Serial: new(big.Int).SetBytes(u.cert.RawSerialNumber()), Status: ocsp.Good}
}

func (u subject) response() []byte {
	return ocsptest.Response(ocsptest.Reply{Responder: ocsptest.Responder{CA: u.ca}, Time: pathTime, Answers: []ocsptest.Answer{u.answer()}})
}

// verify judges a response.
func (u subject) verify(response []byte) (*ocsp.Result, error) {
	return ocsp.Verify(response, u.cert, u.issuer, ocsp.Options{Time: pathTime})
}

// measureResponses compares the judgement of a good response with the check of
// its signature alone.
func (b *bench) measureResponses(certs map[testcerts.Kind]*testcerts.Set) error {
	b.heading("OCSP responses", "time to judge a good response, signed by the issuer; × is how much slower than its bare signature check; of many short turns the shortest")
	t := newTable("key", "bare signature", "ocsp.Verify", "allocations", "x/crypto/ocsp ParseResponseForCert", "allocations")
	for _, kind := range testcerts.Kinds {
		u, err := subjectOf(certs[kind])
		if err != nil {
			return err
		}
		der := u.response()
		p, err := takeApart(der)
		if err != nil {
			return err
		}
		contenders := []contender{
			{"bare", 1, bare(u.issuerCertificate.PublicKey(), p.tbs, p.signature)},
			{"Verify", 1, func() error {
				if r, err := u.verify(der); err != nil || r.Status != ocsp.Good {
					return errors.Join(errStatus, err)
				}
				return nil
			}},
			{"x/crypto/ocsp", 1, standardOCSP(certs[kind], der)},
		}
		results := sprint(60*b.plan.rounds, contenders...)
		for i, r := range results {
			if r.err != nil && i < 2 {
				return r.err
			}
			r.allocations, r.bytes = allocations(contenders[i])
		}
		t.add(string(kind), shortestCell(results[0], results[0]), shortestCell(results[1], results[0]), perOperation(results[1]),
			shortestCell(results[2], results[0]), perOperation(results[2]))
		b.target(string(kind)+" ocsp.Verify, times the time of its signature", shortest(results[1])/shortest(results[0]), maxResponseRatio, false)
	}
	b.print(t)
	b.notef("x/crypto/ocsp checks the signature and the serial number; it does not look at dates, at the issuer's hashes, nor at who may sign.")
	return nil
}

// standardOCSP is golang.org/x/crypto/ocsp. It knows no SM2 keys.
func standardOCSP(s *testcerts.Set, der []byte) func() error {
	cert, err := standardCertificate(s.Server)
	if err != nil {
		return func() error { return err }
	}
	issuer, err := standardCertificate(s.Intermediate)
	if err != nil {
		return func() error { return err }
	}
	return func() error {
		r, err := xocsp.ParseResponseForCert(der, cert, issuer)
		if err == nil && r.Status != xocsp.Good {
			return errStatus
		}
		return err
	}
}

// measureHostileReplies measures responses that are made to cost much.
func (b *bench) measureHostileReplies(certs map[testcerts.Kind]*testcerts.Set) error {
	b.heading("Hostile OCSP responses", "what it costs to judge responses of at most 64 KiB that are made to cost much; the shortest of many runs, and what one allocates altogether")
	replies, err := hostileReplies(certs)
	if err != nil {
		return err
	}
	t := newTable("response", "bytes", "ocsp.Verify", "allocated", "result")
	var slowest, largest float64
	for _, reply := range replies {
		if len(reply.der) > ocsp.DefaultMaxSize {
			return fmt.Errorf("the response with %s has %d bytes", reply.name, len(reply.der))
		}
		r, err := reply.about.verify(reply.der)
		if err != nil {
			return err
		}
		took, allocated := reply.cost()
		slowest, largest = max(slowest, float64(took)), max(largest, float64(allocated))
		verdict := r.Status.String()
		if r.Code != "" {
			verdict = string(r.Code)
		}
		t.add(reply.name, itoa(len(reply.der)), duration(float64(took)), fmt.Sprintf("%.1f KiB", float64(allocated)/1024), verdict)
	}
	b.print(t)
	b.target("the slowest of the hostile OCSP responses, ms", slowest/1e6, float64(maxReplyTime)/1e6, false)
	b.target("memory for the largest of them, MiB", largest/(1<<20), maxReplyMemory>>20, false)
	return nil
}

// cost is what it costs to judge the reply once.
func (h hostileReply) cost() (took time.Duration, allocated uint64) {
	const runs = 20
	took, allocated = time.Hour, 1<<62
	for range runs {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := clock()
		_, _ = h.about.verify(h.der)
		took = min(took, clock()-start)
		runtime.ReadMemStats(&after)
		allocated = min(allocated, after.TotalAlloc-before.TotalAlloc)
	}
	return took, allocated
}
