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
	attempts      []attempt
	// later says that another kind of evidence is to be asked for if this one does
	// not decide.
	later bool
	// notes are findings that belong to no attempt.
	notes []finding.Finding
}

// attempt is an attempt with what it brought.
type attempt struct {
	Attempt
	evidence *ocsp.Result
	findings []finding.Finding
}

func (k *check) run() *Result {
	s := ocsp.SourcesOf(k.cert)
	if s.NoRevocation {
		return nothingToAsk(NoRevocation, k.where)
	}
	askResponders := func() *attempt { return k.askResponders(distinct(s.OCSP)) }
	askLists := func() *attempt { return k.askLists(s) }
	var steps []func() *attempt
	switch k.client.opt.Order {
	case OCSPFirst:
		steps = []func() *attempt{askResponders, askLists}
	case CRLFirst:
		steps = []func() *attempt{askLists, askResponders}
	case OCSPOnly:
		steps = []func() *attempt{askResponders}
	case CRLOnly:
		steps = []func() *attempt{askLists}
	}
	for i, step := range steps {
		k.later = i+1 < len(steps) && len(s.OCSP) > 0 && len(s.CRLs) > 0
		if decisive := step(); decisive != nil {
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
		told := o.findings
		if o.Status == Refused && o.evidence != nil {
			told = slices.Concat(o.evidence.Findings, told)
		}
		for _, f := range told {
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

// share is the time for one of n places that are still to be asked: nobody may
// use up what the others need. What is asked later counts as one more place.
func (k *check) share(n int) (context.Context, context.CancelFunc) {
	if k.later {
		n++
	}
	deadline, _ := k.ctx.Deadline()
	return context.WithTimeout(k.ctx, time.Until(deadline)/time.Duration(max(n, 1)))
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
