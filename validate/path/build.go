package path

import (
	"bytes"
	"cmp"
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
	b := &builder{validator: newValidator(opt), anchors: anchors}
	b.gather(intermediates)
	r := b.direct(target)
	if r == nil {
		r = b.extend([]*certparse.Certificate{target}, 0)
	}
	if r == nil {
		r = b.best
		if b.exhausted.Code != "" {
			f := b.exhausted
			f.Where.Certificate = finding.At(0)
			r.Findings = append(r.Findings, f)
		}
	}
	r.Tried, r.Signatures = b.tried, len(b.verified)
	return r
}

// builder is one search, depth first.
type builder struct {
	*validator
	anchors []Anchor
	pool    []*certparse.Certificate
	// issuers are the certificates in the pool that may have issued a certificate,
	// the likeliest first.
	issuers map[*certparse.Certificate][]*certparse.Certificate
	// entities numbers pairs of subject and key. A path with one twice runs in a circle.
	entities map[*certparse.Certificate]int
	numbers  map[string]int

	steps, paths int
	exhausted    finding.Finding // the budget that ended the search
	best         *Result
	bestRank     rank
	tried        []Attempt
}

// rank says how close an attempt came; the higher the closer.
type rank int

const (
	rankDeadEnd rank = iota + 1
	rankTooLong
	rankSignature
	rankUnsuited
	rankAnchored
)

// gather fills the pool, without repetitions and without what is an anchor anyway.
// Certificates are the same if their bytes are; the signature tells nearly all others.
func (b *builder) gather(intermediates []*certparse.Certificate) {
	seen := make(map[string]*certparse.Certificate, len(intermediates)+len(b.anchors))
	for _, a := range b.anchors {
		if a.Certificate != nil {
			seen[string(a.Certificate.Signature())] = a.Certificate
		}
	}
	for _, c := range intermediates {
		if !c.Equal(seen[string(c.Signature())]) {
			seen[string(c.Signature())] = c
			b.pool = append(b.pool, c)
		}
	}
	b.issuers = make(map[*certparse.Certificate][]*certparse.Certificate, len(b.pool)+1)
}

// circular reports whether the path has the subject and key of c already.
func (b *builder) circular(path []*certparse.Certificate, c *certparse.Certificate) bool {
	for _, p := range path {
		if bytes.Equal(p.RawSubject(), c.RawSubject()) && b.entity(p) == b.entity(c) {
			return true
		}
	}
	return false
}

// entity returns the number of a certificate's subject and key.
func (b *builder) entity(c *certparse.Certificate) int {
	if n, ok := b.entities[c]; ok {
		return n
	}
	if b.entities == nil {
		b.entities, b.numbers = map[*certparse.Certificate]int{}, map[string]int{}
	}
	id := string(c.RawSubject()) + string(c.PublicKey().SPKI())
	n, ok := b.numbers[id]
	if !ok {
		n = len(b.numbers)
		b.numbers[id] = n
	}
	b.entities[c] = n
	return n
}

// candidates returns the certificates in the pool whose subject is the issuer of c.
func (b *builder) candidates(c *certparse.Certificate) []*certparse.Certificate {
	list, ok := b.issuers[c]
	if ok {
		return list
	}
	for _, p := range b.pool {
		if p.Subject().Equal(c.Issuer()) {
			list = append(list, p)
		}
	}
	if len(list) > 1 {
		slices.SortStableFunc(list, func(x, y *certparse.Certificate) int {
			return cmp.Compare(b.likelihood(c, x), b.likelihood(c, y))
		})
	}
	b.issuers[c] = list
	return list
}

// likelihood is lower for an issuer that is more likely to be the right one.
func (b *builder) likelihood(c, issuer *certparse.Certificate) int {
	score := 1
	aki, presence := c.AuthorityKeyIdentifier()
	ski, presence2 := issuer.SubjectKeyIdentifier()
	if presence == certparse.Present && presence2 == certparse.Present && aki.KeyID != nil {
		if score = 0; !bytes.Equal(aki.KeyID, ski) {
			score = 2
		}
	}
	if aki.Serial != nil && !bytes.Equal(aki.Serial, issuer.RawSerialNumber()) {
		score++
	}
	if !b.fit(issuer) {
		score += 10
	}
	return score
}

// direct judges a target that is an anchor itself; nil if it is none.
func (b *builder) direct(target *certparse.Certificate) *Result {
	if !slices.ContainsFunc(b.anchors, func(a Anchor) bool { return a.Certificate != nil && target.Equal(a.Certificate) }) {
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
		b.names(s, target, 0, false, &j)
	}
	r := &Result{Path: []*certparse.Certificate{target}, PublicKey: target.PublicKey(), Policies: s.policies.constrained(b.opt.InitialPolicies)}
	r.Findings, r.Valid = j.findings, !j.refused
	b.trace(r, true)
	return r
}

// extend tries to complete a path of which intermediates certificates count
// against the limit. It returns nil if there is no valid path, or the budget is
// used up.
func (b *builder) extend(path []*certparse.Certificate, intermediates int) *Result {
	last := path[len(path)-1]
	known := false
	for _, a := range b.anchors {
		if !a.name().Equal(last.Issuer()) {
			continue
		}
		known = true
		if b.paths++; b.paths > maxPaths {
			b.stop("paths", maxPaths)
			return nil
		}
		r := b.validate(path, a)
		b.note(r, rankAnchored)
		if r.Valid {
			return r
		}
	}
	circular := false
	for _, issuer := range b.candidates(last) {
		if b.steps++; b.steps > maxSteps {
			b.stop("partial paths", maxSteps)
			return nil
		}
		if b.circular(path, issuer) {
			circular = true
			continue
		}
		known = true
		longer := append(slices.Clip(path), issuer)
		count := intermediates
		if !issuer.Subject().Equal(issuer.Issuer()) {
			count++
		}
		if r := b.via(longer, last, issuer, count); r != nil {
			return r
		}
		if b.exhausted.Code != "" {
			return nil
		}
	}
	if !known {
		b.deadEnd(path, last, circular)
	}
	return nil
}

// via goes on over one issuer if it is fit to be one.
func (b *builder) via(longer []*certparse.Certificate, last, issuer *certparse.Certificate, count int) *Result {
	at := len(longer) - 1
	if limit := b.maxIntermediates(); count > limit {
		b.fail(longer, rankTooLong, at, finding.New("path-too-long", finding.Where{}, finding.Int("count", count), finding.Int("limit", limit)))
		return nil
	}
	if !b.fit(issuer) {
		b.fail(longer, rankUnsuited, at)
		return nil
	}
	key := issuer.PublicKey()
	if inherits := key.Algorithm == certparse.DSA && key.Bits == 0; !inherits { // Otherwise it is not known yet.
		err := b.verify(last, key)
		if err == errBudget {
			b.stop("signatures", maxSignatures)
		}
		if code, data := signatureProblem(last, key, err); code != "" {
			b.fail(longer, rankSignature, at-1, finding.New(code, finding.Where{}, data...))
			return nil
		}
	}
	return b.extend(longer, count)
}

func (b *builder) deadEnd(path []*certparse.Certificate, last *certparse.Certificate, circular bool) {
	code, data := finding.Code("path-issuer-missing"), []finding.Datum{finding.Str("issuer", last.Issuer().String())}
	switch {
	case circular && len(path) > 1 && !last.Subject().Equal(last.Issuer()):
		code = "path-circular"
	case last.Subject().Equal(last.Issuer()):
		code, data = "path-root-not-trusted", []finding.Datum{finding.Str("subject", last.Subject().String())}
	default:
		if urls := last.CAIssuerURLs(); len(urls) > 0 {
			data = append(data, finding.List("urls", urls))
		}
	}
	b.fail(path, rankDeadEnd, len(path)-1, finding.New(code, finding.Where{}, data...))
}

func (b *builder) stop(what string, limit int) {
	if b.exhausted.Code == "" {
		b.exhausted = finding.New("path-budget", finding.Where{}, finding.Str("what", what), finding.Int("limit", limit))
	}
	if b.best == nil {
		b.best = &Result{}
	}
}

// fail notes a path that did not reach an anchor, with what speaks against each
// of its certificates and the reason why it ended.
func (b *builder) fail(path []*certparse.Certificate, r rank, at int, why ...finding.Finding) {
	if !b.opt.Trace && b.best != nil && r < b.bestRank {
		return
	}
	var j judgement
	for i, c := range path {
		role := roleCA
		if i == 0 {
			role = roleTarget
		}
		for _, f := range b.check(c, role) {
			j.put(f, i)
		}
	}
	for _, f := range why {
		j.put(f.As(finding.Error), at)
	}
	b.note(&Result{Path: slices.Clone(path), Findings: j.findings, PublicKey: path[0].PublicKey()}, r)
}

// note keeps an attempt if it came closer than those before.
func (b *builder) note(r *Result, how rank) {
	b.trace(r, how == rankAnchored)
	if b.best == nil || how > b.bestRank || how == b.bestRank && closer(r, b.best) {
		b.best, b.bestRank = r, how
	}
}

// closer reports whether less is wrong with r than with o, of two attempts that
// failed in the same way. Of dead ends the longer one came closer.
func closer(r, o *Result) bool {
	if n, m := len(r.Findings), len(o.Findings); n != m {
		return n < m
	}
	return len(r.Path) > len(o.Path)
}

func (b *builder) trace(r *Result, anchored bool) {
	if b.opt.Trace && len(b.tried) < maxSteps {
		b.tried = append(b.tried, Attempt{Path: r.Path, Findings: r.Findings, Anchored: anchored})
	}
}
