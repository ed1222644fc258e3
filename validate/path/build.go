package path

import (
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// Budgets of one search.
const (
	// maxSteps is how many partial paths are looked at.
	maxSteps = 5000
	// maxPaths is how many complete paths are judged.
	maxPaths = 200
	// maxLength is how many certificates a path has at most, those included that CAs
	// issued to themselves.
	maxLength = 100
	// maxTold is how many findings are written down.
	maxTold = 5_000
	// maxTraced is how many certificates and findings Result.Tried has.
	maxTraced = 20_000
)

// Anchors returns trust anchors for the given certificates.
func Anchors(roots []*certparse.Certificate) []Anchor {
	anchors := make([]Anchor, len(roots))
	for i, c := range roots {
		anchors[i].Certificate = c
	}
	return anchors
}

// Build looks for a valid path from target to one of the anchors over the given
// intermediate certificates, which may come in any order and may be of no use.
// Key identifiers only say what to try first. The result is that of the first
// valid path; if there is none, that of the attempt that came closest: of a path
// that reached an anchor rather than one that did not.
//
// A target that is itself an anchor's certificate is trusted without a path; what
// concerns the target alone is checked all the same.
func Build(target *certparse.Certificate, anchors []Anchor, intermediates []*certparse.Certificate, opt Options) *Result {
	b := &builder{validator: validator{opt: opt}, anchors: anchors}
	b.init()
	first := b.known.of(target)
	b.gather(intermediates)
	r := b.direct(first)
	if r == nil {
		r = b.extend(append(b.path[:0], first), 0)
	}
	if r == nil {
		r = b.best
		if b.exhausted != nil {
			r.Findings = append(r.Findings, *b.exhausted)
		}
	}
	r.Tried, r.Signatures = b.tried, len(b.verified)
	return r
}

// builder is one search, depth first.
type builder struct {
	validator
	anchors             []Anchor
	pool                []*dossier
	room                [3]*dossier // where pool stands as long as it is short
	path                [6]*dossier // where the path stands as long as it is short
	byAnchor, bySubject nameIndex

	steps, paths int
	exhausted    *finding.Finding // the budget that ended the search, if one did
	best         *Result
	bestRank     rank
	tried        []Attempt
	traced       int // the certificates and findings in tried
}

// direct judges a target that is an anchor itself; nil if it is none.
func (b *builder) direct(target *dossier) *Result {
	if !b.isAnchor(target.Certificate) {
		return nil
	}
	s := &state{}
	s.policies.start()
	var j judgement
	for _, f := range slices.Concat(b.check(target, roleTarget), b.initial.findings) {
		if f.Code != "signature-weak" { // Nobody relies on its signature.
			j.put(f, 0)
		}
	}
	if set := b.initial.set; set != nil {
		s.constraints = []*constraintSet{set}
		b.checkNames(s, target, 0, false, &j)
	}
	r := &Result{Path: []*certparse.Certificate{target.Certificate}, PublicKey: target.PublicKey(), Policies: s.policies.constrained(b.opt.InitialPolicies)}
	r.Findings, r.Valid = j.findings, !j.refused
	b.trace(r, true)
	return r
}

// extend tries to complete a path of which intermediates certificates count
// against the limit. It returns nil if there is no valid path, or the budget is
// used up.
func (b *builder) extend(path []*dossier, intermediates int) *Result {
	last := path[len(path)-1]
	known := false
	for _, n := range b.byAnchor.find(last) {
		known = true
		if b.paths++; b.paths > maxPaths {
			b.stop("paths", maxPaths)
			return nil
		}
		r := b.validate(path, b.anchors[n])
		b.note(r, rankAnchored)
		if r.Valid {
			return r
		}
	}
	circle := false
	for _, issuer := range b.candidates(last) {
		if b.steps++; b.steps > maxSteps {
			b.stop("partial paths", maxSteps)
			return nil
		}
		if b.told > maxTold {
			b.stop("findings", maxTold)
			return nil
		}
		if circular(path, issuer) {
			circle = true
			continue
		}
		known = true
		longer := append(path, issuer) // Whoever keeps it copies it.
		count := intermediates
		if !issuer.isSelfIssued() {
			count++
		}
		if r := b.via(longer, last, issuer, count); r != nil {
			return r
		}
		if b.exhausted != nil {
			return nil
		}
	}
	if !known {
		b.deadEnd(path, last, circle)
	}
	return nil
}

// via goes on over one issuer if it is fit to be one.
func (b *builder) via(longer []*dossier, last, issuer *dossier, count int) *Result {
	at := len(longer) - 1
	if limit := b.maxIntermediates(); count > limit {
		b.fail(longer, rankTooLong, at, "path-too-long", finding.Int("count", count), finding.Int("limit", limit))
		return nil
	}
	if len(longer) > maxLength {
		b.fail(longer, rankTooLong, at, "path-too-long", finding.Int("count", at), finding.Int("limit", maxLength))
		return nil
	}
	if !b.fit(issuer) {
		b.fail(longer, rankUnsuited, at, "")
		return nil
	}
	key := issuer.PublicKey()
	if key.Algorithm != certparse.DSA { // The parameters of such a key may be those of one further up.
		err := b.verify(last.Certificate, key)
		if err == errBudget {
			b.stop("signatures", maxSignatures)
		}
		if code, data := signatureProblem(last.Certificate, key, err); code != "" {
			b.fail(longer, rankSignature, at-1, code, data...)
			return nil
		}
	}
	return b.extend(longer, count)
}
