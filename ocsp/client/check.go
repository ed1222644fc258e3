package client

import (
	"context"
	"slices"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// check is the check of one certificate.
type check struct {
	client       *Client
	ctx          context.Context
	cert, issuer *certparse.Certificate
	where        finding.Where
	now          time.Time

	// left is how many URLs may still be asked, and skipped how many were not,
	// because there were too many.
	left, skipped int
	// later is how many kinds of evidence have their turn after this one.
	later    int
	attempts []attempt
	// notes are findings that belong to no attempt.
	notes []finding.Finding
}

// attempt is an attempt with what it brought.
type attempt struct {
	Attempt
	evidence *ocsp.Result
	findings []finding.Finding
}

// step is one kind of evidence.
type step struct {
	urls []string
	ask  func() *attempt
}

func (k *check) run() *Result {
	s := ocsp.SourcesOf(k.cert)
	if s.NoRevocation {
		return nothingToAsk(NoRevocation, k.where)
	}
	responders := step{distinct(s.OCSP), func() *attempt { return k.askResponders(distinct(s.OCSP)) }}
	lists := step{s.CRLs, func() *attempt { return k.askLists(s) }}
	var steps []step
	switch k.client.opt.Order {
	case OCSPFirst:
		steps = []step{responders, lists}
	case CRLFirst:
		steps = []step{lists, responders}
	case OCSPOnly:
		steps = []step{responders}
	case CRLOnly:
		steps = []step{lists}
	}
	steps = slices.DeleteFunc(steps, func(s step) bool { return len(s.urls) == 0 })
	for i, s := range steps {
		k.later = len(steps) - i - 1
		if decisive := s.ask(); decisive != nil {
			return k.decided(decisive)
		}
	}
	if len(k.attempts) == 0 && k.skipped == 0 {
		exempt := NotExempt
		if s.ShortLived && len(s.OCSP) == 0 && len(s.CRLs) == 0 {
			exempt = ShortLived
		}
		return nothingToAsk(exempt, k.where)
	}
	return k.undecided()
}

// decided is the result if an attempt brought an answer to believe. What went
// wrong elsewhere is still told, but is no longer an error.
func (k *check) decided(a *attempt) *Result {
	r := &Result{Status: a.Status, Evidence: a.evidence, Source: a.Source, URL: a.URL, Cached: a.Cached, Findings: slices.Clone(a.evidence.Findings)}
	for i := range k.attempts {
		o := &k.attempts[i]
		r.Attempts = append(r.Attempts, o.Attempt)
		others := o.findings
		if o != a && o.evidence != nil {
			others = append(slices.Clone(o.evidence.Findings), others...)
		}
		for _, f := range others {
			r.Findings = append(r.Findings, f.As(min(f.Severity, finding.Warning)))
		}
	}
	r.Findings = append(r.Findings, k.notes...)
	return r
}

// undecided is the result if no attempt did. Evidence that is sound says more
// than evidence that is not, and that more than none.
func (k *check) undecided() *Result {
	r := &Result{Status: CouldNotAsk}
	rank := func(s Status) int { return slices.Index([]Status{CouldNotAsk, Refused, Unknown}, s) }
	for i := range k.attempts {
		a := &k.attempts[i]
		r.Attempts = append(r.Attempts, a.Attempt)
		if rank(a.Status) > rank(r.Status) || a.Status == r.Status && r.Evidence == nil {
			r.Status, r.Evidence, r.Source, r.URL, r.Cached = a.Status, a.evidence, a.Source, a.URL, a.Cached
		}
		if a.evidence != nil {
			r.Findings = append(r.Findings, a.evidence.Findings...)
		}
		r.Findings = append(r.Findings, a.findings...)
	}
	if r.Evidence == nil {
		r.Source, r.URL, r.Cached = NoSource, "", false
	}
	r.Findings = append(r.Findings, k.notes...)
	if k.skipped > 0 {
		r.Findings = append(r.Findings, finding.New("revocation-too-many-urls", k.where, finding.Int("limit", k.client.opt.MaxURLs)))
	}
	if r.Status == CouldNotAsk {
		r.Findings = append(r.Findings, finding.New("revocation-could-not-ask", k.where))
	}
	return r
}

// add keeps an attempt. The pointer is good until the next one.
func (k *check) add(a attempt) *attempt {
	k.attempts = append(k.attempts, a)
	return &k.attempts[len(k.attempts)-1]
}

// failed keeps an attempt that brought no evidence.
func (k *check) failed(a attempt, p *problem) {
	a.Status, a.Code = p.status(), p.code
	data := append([]finding.Datum{finding.Str("url", a.URL)}, p.data...)
	a.findings = append(a.findings, finding.New(p.code, k.where, data...))
	k.add(a)
}

// may reports whether one more URL may be asked.
func (k *check) may() bool {
	if k.left == 0 {
		k.skipped++
		return false
	}
	k.left--
	return true
}

// share is the time for one of n places that are still to be asked, besides those
// of other kinds: nobody may use up what the others need.
func (k *check) share(n int) (context.Context, context.CancelFunc) {
	if n += k.later; n <= 1 {
		return k.ctx, func() {}
	}
	deadline, _ := k.ctx.Deadline()
	return context.WithTimeout(k.ctx, time.Until(deadline)/time.Duration(n))
}

// judgement are the options for evidence that answers a request with this nonce.
func (k *check) judgement(nonce []byte) ocsp.Options {
	opt := k.client.judgement(k.now, k.where)
	opt.Nonce, opt.StrictNonce = nonce, k.client.opt.Nonce == RequireNonce
	return opt
}

// distinct is list without what is there twice.
func distinct(list []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
