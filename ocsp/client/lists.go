package client

import (
	"context"
	"errors"
	"slices"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// askLists fetches the lists of one distribution point after another, with the
// delta lists that go with them, until they decide. It returns the attempt that
// decides, nil if none does.
func (k *check) askLists(s ocsp.Sources) *attempt {
	all := points(k.cert)
	var lists []*ocsp.CRL
	var asked []string
	var last Attempt
	var judged *ocsp.Result
	for i, urls := range all {
		list, at, ok := k.pointList(urls, len(all)-i)
		if !ok {
			continue
		}
		lists, last = append(lists, list), at
		for _, url := range distinct(append(slices.Clone(s.Deltas), list.FreshestURLs()...)) {
			if slices.Contains(asked, url) {
				continue
			}
			asked = append(asked, url)
			if delta, _, ok := k.list(url, len(all)-i+1); ok {
				lists = append(lists, delta)
			}
		}
		var err error
		if judged, err = ocsp.Judge(lists, k.cert, k.issuer, k.judgement(nil)); err != nil {
			return nil
		}
		if judged.Status == ocsp.Good || judged.Status == ocsp.Revoked {
			last.Status, last.Code = statusOf(judged.Status), judged.Code
			return &attempt{Attempt: last, evidence: judged}
		}
	}
	if judged != nil {
		k.concluded(judged)
	}
	return nil
}

// concluded makes what all lists together say the evidence of the last of them.
func (k *check) concluded(judged *ocsp.Result) {
	for i := len(k.attempts) - 1; i >= 0; i-- {
		if a := &k.attempts[i]; a.Source == CRL && a.Status == Unknown {
			a.Status, a.Code, a.evidence = statusOf(judged.Status), judged.Code, judged
			return
		}
	}
}

// pointList gets the list of one distribution point, whose URLs are all for the
// same list.
func (k *check) pointList(urls []string, places int) (*ocsp.CRL, Attempt, bool) {
	for _, url := range distinct(urls) {
		if list, at, ok := k.list(url, places); ok {
			return list, at, true
		}
	}
	return nil, Attempt{}, false
}

// list gets the list at one URL, remembered or fetched. It is not one that the
// certificate's issuer is known to have replaced.
func (k *check) list(raw string, places int) (*ocsp.CRL, Attempt, bool) {
	t, p := k.client.target(raw)
	a := attempt{Attempt: Attempt{Source: CRL, URL: t.shown}}
	if p != nil {
		k.failed(a, p)
		return nil, a.Attempt, false
	}
	key := listKey(k.issuer, t.url.String())
	if list, ok := k.rememberedList(key); ok {
		a.Cached = true
		if k.usable(&a, list, false) {
			return list, a.Attempt, true
		}
	}
	if !k.may() {
		return nil, a.Attempt, false
	}
	ctx, cancel := k.share(places)
	defer cancel()
	a.Cached = false
	reply := k.client.fetchList(ctx, t)
	a.Tries = reply.tries
	if reply.problem != nil {
		k.failed(a, reply.problem)
		return nil, a.Attempt, false
	}
	if !k.usable(&a, reply.list, true) {
		return nil, a.Attempt, false
	}
	if covers(a.evidence) { // Also without nextUpdate, for its number.
		k.client.store.put(entry{key: key, data: reply.body, stored: k.now, list: reply.list})
	}
	return reply.list, a.Attempt, true
}

// usable judges a list by itself and keeps the attempt. A list that is sound must
// not be older than one that was seen before: an old list is how a revocation is
// hidden.
func (k *check) usable(a *attempt, list *ocsp.CRL, fetched bool) bool {
	r, err := ocsp.Judge([]*ocsp.CRL{list}, k.cert, k.issuer, k.judgement(nil))
	if err != nil {
		return false
	}
	if covers(r) {
		if known, ok := k.client.numbers.raise(k.issuer, list); !ok {
			if fetched {
				p := refuse("crl-number-went-back", finding.Str("number", list.Number.String()), finding.Str("known", known.String()))
				p.refused = true
				k.failed(*a, p)
			}
			return false
		}
	}
	a.Status, a.Code = statusOf(r.Status), r.Code
	if r.Status == ocsp.Refused {
		a.evidence = r
	}
	k.add(*a)
	a.evidence = r
	return r.Status != ocsp.Refused
}

// covers reports whether a list that was judged by itself is sound and concerns
// the certificate. Of others the signature was not checked, so nothing may be
// learnt from them.
func covers(r *ocsp.Result) bool {
	return r.Status != ocsp.Refused && !slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == "crl-not-covering" })
}

// rememberedList returns the list that is remembered for a key, if it is still
// good. From one that is not it learns at least its number.
func (k *check) rememberedList(key cacheKey) (*ocsp.CRL, bool) {
	e, ok := k.client.store.peek(key)
	if !ok {
		return nil, false
	}
	list := e.list
	if list == nil {
		var err error
		if list, err = parseList(e.data); err != nil {
			k.client.store.remove(key)
			k.damaged()
			return nil, false
		}
		e.list = list
		k.client.store.parsed(e)
	}
	opt := k.judgement(nil)
	fresh := k.client.store.fresh(e, k.now) && k.now.Before(list.NextUpdate)
	if !fresh {
		opt.Time = list.ThisUpdate // Was it sound when it was made?
	}
	r, err := ocsp.Judge([]*ocsp.CRL{list}, k.cert, k.issuer, opt)
	if err != nil || !covers(r) {
		if err == nil {
			k.forget(key, r)
		}
		return nil, false
	}
	if !fresh {
		k.client.numbers.raise(k.issuer, list)
	}
	return list, fresh
}

func parseList(der []byte) (*ocsp.CRL, error) {
	list, err := ocsp.ParseCRL(der)
	if err == nil {
		list.Index()
	}
	return list, err
}

// fetchList fetches and reads the list at a URL.
func (c *Client) fetchList(ctx context.Context, t target) reply {
	return c.together(ctx, "crl "+t.url.String(), func(ctx context.Context) reply {
		r := c.persist(ctx, t, t.url.String(), nil, c.listKind())
		if r.problem != nil {
			return r
		}
		var err error
		if r.list, err = parseList(r.body); err != nil {
			p := refuse("crl-malformed")
			var syntax *ocsp.SyntaxError
			if errors.As(err, &syntax) {
				f := syntax.Finding(finding.Where{})
				p = refuse(f.Code, f.Data...)
			}
			p.refused = true
			r.problem = p
		}
		return r
	})
}
