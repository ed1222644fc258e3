package client

import (
	"context"
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// askResponders asks one responder after another until one knows. It returns the
// attempt that decides, nil if none does.
func (k *check) askResponders(urls []string) *attempt {
	if len(urls) == 0 {
		return nil
	}
	key := responseKey(k.cert, k.issuer)
	if a := k.rememberedResponse(key); a != nil {
		return a
	}
	for i, raw := range urls {
		t, p := k.client.target(raw)
		if p != nil {
			k.failed(attempt{Attempt: Attempt{Source: OCSP, URL: t.shown}}, p)
			continue
		}
		if !k.may() {
			continue
		}
		ctx, cancel := k.share(len(urls) - i)
		a := k.askResponder(ctx, t, key)
		cancel()
		if a != nil {
			return a
		}
	}
	return nil
}

// rememberedResponse judges the response that is remembered for the certificate.
func (k *check) rememberedResponse(key cacheKey) *attempt {
	e, ok := k.client.store.get(key, k.now)
	if !ok {
		return nil
	}
	r := k.verify(e.data, nil)
	if (r.Status == ocsp.Good || r.Status == ocsp.Revoked) && k.now.Before(r.NextUpdate) {
		return k.add(attempt{Attempt: Attempt{Source: OCSP, Cached: true, Status: statusOf(r.Status)}, evidence: r})
	}
	k.forget(key, r)
	return nil
}

// outdated are the reasons why remembered evidence is refused in the ordinary
// course of things. Every other one means that somebody changed it.
var outdated = []finding.Code{"ocsp-stale", "ocsp-too-old", "ocsp-not-yet-valid", "ocsp-produced-at", "ocsp-delegate-validity",
	"ocsp-too-large", "crl-stale", "crl-too-old", "crl-not-yet-valid", "crl-issuer-unknown"}

// forget removes evidence that is no longer good, or never was.
func (k *check) forget(key cacheKey, r *ocsp.Result) {
	k.client.store.remove(key)
	if r.Status == ocsp.Refused && !slices.Contains(outdated, r.Code) {
		k.damaged()
	}
}

func (k *check) damaged() {
	k.notes = append(k.notes, finding.New("revocation-cache-damaged", k.where, finding.Str("problem", "an entry is not what was remembered")))
}

// verify judges a response. The only error, that something was not given, cannot be.
func (k *check) verify(response, nonce []byte) *ocsp.Result {
	r, err := ocsp.Verify(response, k.cert, k.issuer, k.judgement(nonce))
	if err != nil {
		return &ocsp.Result{}
	}
	return r
}

// askResponder asks one responder, with another hash function or without a nonce
// if that may help. It returns the attempt if it decides.
func (k *check) askResponder(ctx context.Context, t target, key cacheKey) *attempt {
	mode := k.client.opt.Nonce
	hashes := k.hashes()
	for i := 0; i < len(hashes); {
		q := question{target: t, hash: hashes[i], nonce: mode != NoNonce, about: key}
		reply := k.client.ask(ctx, q, k.cert, k.issuer)
		a := attempt{Attempt: Attempt{Source: OCSP, URL: t.shown, Tries: reply.tries}}
		if reply.problem != nil {
			k.failed(a, reply.problem)
			return nil
		}
		r := k.verify(reply.body, reply.nonce)
		a.Status, a.Code, a.evidence = statusOf(r.Status), r.Code, r
		switch {
		case r.Status == ocsp.Good || r.Status == ocsp.Revoked:
			if !r.NextUpdate.IsZero() { // Else there is always something newer (RFC 6960, Section 2.4).
				k.client.store.put(entry{key: key, data: reply.body, stored: k.now})
			}
			return k.add(a)
		case r.Code == "ocsp-request-malformed" && mode == SendNonce:
			mode = NoNonce
			a.findings = append(a.findings, finding.New("ocsp-nonce-missing", k.where))
		case r.Status == ocsp.Unknown, r.Code == "ocsp-unauthorized", r.Code == "ocsp-request-malformed", r.Code == "ocsp-other-certificate":
			i++
		default:
			i = len(hashes)
		}
		k.add(a)
	}
	return nil
}

// hashes are the hash functions to try.
func (k *check) hashes() []ocsp.Hash {
	switch {
	case len(k.client.opt.Hashes) > 0:
		return k.client.opt.Hashes
	case k.issuer.PublicKey().Algorithm == certparse.SM2:
		return []ocsp.Hash{ocsp.SM3, ocsp.SHA1}
	}
	return []ocsp.Hash{ocsp.SHA1}
}
