package path

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// rank says how close an attempt came; the higher the closer.
type rank int

const (
	rankDeadEnd rank = iota + 1
	rankTooLong
	rankSignature
	rankUnsuited
	rankAnchored
)

func (b *builder) deadEnd(path []*dossier, last *dossier, circular bool) {
	code, data := finding.Code("path-issuer-missing"), []finding.Datum{finding.Str("issuer", last.Issuer().String())}
	switch {
	case circular && !last.isSelfIssued():
		code = "path-circular"
	case last.isSelfIssued():
		code, data = "path-root-not-trusted", []finding.Datum{finding.Str("subject", last.Subject().String())}
	default:
		if urls := last.CAIssuerURLs(); len(urls) > 0 {
			data = append(data, finding.List("urls", urls))
		}
	}
	b.fail(path, rankDeadEnd, len(path)-1, code, data...)
}

func (b *builder) stop(what string, limit int) {
	if b.exhausted == nil {
		f := finding.New("path-budget", finding.Where{Certificate: finding.At(0)}, finding.Str("what", what), finding.Int("limit", limit))
		b.exhausted = &f
	}
	if b.best == nil {
		b.best = &Result{}
	}
}

// fail notes a path that did not reach an anchor, with what speaks against each
// of its certificates and the reason why it ended, if it is not one of those.
func (b *builder) fail(path []*dossier, how rank, at int, code finding.Code, data ...finding.Datum) {
	n := 0
	for i, d := range path {
		n += len(b.check(d, roleAt(i)))
	}
	if code != "" {
		n++
	}
	if !b.opt.Trace && !b.closer(how, n, len(path)) {
		return // Most attempts of a long search; there is no need to write them down.
	}
	j := judgement{findings: make([]finding.Finding, 0, n)}
	for i, d := range path {
		for _, f := range b.check(d, roleAt(i)) {
			j.put(f, i)
		}
	}
	if code != "" {
		j.add(code, at, data...)
	}
	certs := make([]*certparse.Certificate, len(path))
	for i, d := range path {
		certs[i] = d.Certificate
	}
	b.note(&Result{Path: certs, Findings: j.findings, PublicKey: path[0].PublicKey()}, how)
}

func roleAt(i int) role {
	if i == 0 {
		return roleTarget
	}
	return roleCA
}

// note keeps an attempt if it came closer than those before.
func (b *builder) note(r *Result, how rank) {
	b.told += len(r.Findings)
	b.trace(r, how == rankAnchored)
	if b.closer(how, len(r.Findings), len(r.Path)) {
		b.best, b.bestRank = r, how
	}
}

// closer reports whether an attempt with n findings came closer than the best so
// far: it failed in a lesser way, or less is wrong with it. Of dead ends the
// longer one came closer.
func (b *builder) closer(how rank, n, length int) bool {
	switch {
	case how != b.bestRank: // which is less than all ranks as long as there is no attempt
		return how > b.bestRank
	case n != len(b.best.Findings):
		return n < len(b.best.Findings)
	}
	return length > len(b.best.Path)
}

func (b *builder) trace(r *Result, anchored bool) {
	if b.traced += len(r.Path) + len(r.Findings); b.opt.Trace && b.traced <= maxTraced {
		b.tried = append(b.tried, Attempt{Path: r.Path, Findings: r.Findings, Anchored: anchored})
	}
}
