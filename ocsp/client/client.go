// Package client asks whether certificates are revoked. It is the network side
// of package ocsp: it finds out where to ask, fetches OCSP responses and CRLs,
// remembers them, and leaves every judgement to [ocsp.Verify] and [ocsp.Judge].
//
// [New] makes a client, [Client.Check] asks about one certificate and
// [Client.CheckChain] about a whole chain. A [Result] says what is known and
// every attempt that was made to know it. What follows from it is for the caller
// to choose: [HardFail] or [SoftFail].
//
// The addresses come from the certificates, so whoever makes a certificate
// chooses what this package connects to. It therefore reaches only the public
// internet, on ports 80 and 443, without proxies and redirects, within a time
// and a size; see [Options] for what may be widened. A refused address is
// refused before anything is sent to it, and the result does not say whether
// anybody listens there.
package client

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// Client asks about certificates. It may be used by several goroutines at once.
type Client struct {
	opt    Options
	guard  *guard
	http   *http.Transport
	limits *limits
	// flights lets those who ask the same at the same time share the answer.
	flights  singleflight.Group
	breakers *breakers
	store    *store
	numbers  *numbers
}

// New returns a client. The error says which option cannot be, or why the cache
// file cannot be used.
func New(opt Options) (*Client, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	c := &Client{opt: opt, guard: newGuard(opt), limits: newLimits(opt), breakers: newBreakers(), numbers: newNumbers()}
	if c.store, err = newStore(opt); err != nil {
		return nil, err
	}
	c.http = newTransport(opt, c.guard)
	return c, nil
}

// Close closes the cache file and idle connections. Checks that are under way
// end as they would have; later ones still work, without the file.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return c.store.close()
}

// Findings says what is wrong with the cache file: damage costs what was
// remembered and nothing else.
func (c *Client) Findings() []finding.Finding { return c.store.problems() }

// Check asks whether cert is revoked. issuer must be the certificate of the
// issuer of cert, as the validation of the path found it. The result comes after
// [Options.Timeout] at the latest, or when ctx ends; what was not known by then
// could not be asked. The error is [ocsp.ErrIncomplete] or nil.
func (c *Client) Check(ctx context.Context, cert, issuer *certparse.Certificate) (*Result, error) {
	if cert == nil || issuer == nil {
		return nil, ocsp.ErrIncomplete
	}
	return c.check(ctx, cert, issuer, finding.Where{}), nil
}

// CheckChain asks about every certificate of a chain, leaf first, each of which
// the next one issued. The certificate at the end is the trust anchor if it is
// self-signed, and needs no check; if it is not, its issuer is missing, so that
// nobody could be asked about it. The results have the order of the chain, and
// their findings name the place in it. The error is [ocsp.ErrIncomplete] or nil.
func (c *Client) CheckChain(ctx context.Context, chain []*certparse.Certificate) ([]*Result, error) {
	for _, cert := range chain {
		if cert == nil {
			return nil, ocsp.ErrIncomplete
		}
	}
	results := make([]*Result, len(chain))
	var wg sync.WaitGroup
	for i, cert := range chain {
		where := finding.Where{Certificate: finding.At(i)}
		if i+1 < len(chain) {
			wg.Go(func() { results[i] = c.check(ctx, cert, chain[i+1], where) })
			continue
		}
		results[i] = endOfChain(cert, where)
	}
	wg.Wait()
	return results, nil
}

// endOfChain is the result for the last certificate of a chain.
func endOfChain(cert *certparse.Certificate, where finding.Where) *Result {
	if cert.SelfIssued() && cert.CheckSignature(cert.PublicKey()) == nil {
		return nothingToAsk(TrustAnchor, where)
	}
	return &Result{Status: CouldNotAsk, Findings: []finding.Finding{finding.New("revocation-issuer-missing", where,
		finding.Str("issuer", cert.Issuer().String()))}}
}

func (c *Client) check(ctx context.Context, cert, issuer *certparse.Certificate, where finding.Where) *Result {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	k := &check{client: c, ctx: ctx, cert: cert, issuer: issuer, where: where, now: c.opt.Now(), left: c.opt.MaxURLs}
	return k.run()
}

// judgement are the options with which evidence is judged.
func (c *Client) judgement(now time.Time, where finding.Where) ocsp.Options {
	return ocsp.Options{Time: now, Skew: c.opt.Skew, MaxAge: c.opt.MaxAge, MaxSize: c.opt.MaxResponse,
		CRLIssuers: c.opt.CRLIssuers, Where: where}
}
