package path

import (
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// state is what RFC 5280, Section 6.1.2 initializes and each certificate changes.
type state struct {
	n int // the number of certificates in the path

	policies policyGraph
	// policyRefused says that the lack of a policy was reported.
	policyRefused bool

	constraints []*constraintSet

	explicitPolicy   int
	inhibitAnyPolicy int
	policyMapping    int
	maxPathLength    int

	issuer    *dossier // nil for an anchor without certificate, which has a name
	issuerDN  certparse.Name
	issuerKey certparse.PublicKey
}

// validate runs RFC 5280, Section 6.1. It goes on after a failure, so that all
// that is wrong is reported, unless a budget is used up.
func (v *validator) validate(chain []*dossier, anchor Anchor) *Result {
	r := &Result{Path: make([]*certparse.Certificate, len(chain), len(chain)+1)}
	for i, d := range chain {
		r.Path[i] = d.Certificate
	}
	if anchor.Certificate != nil {
		r.Path = append(r.Path, anchor.Certificate)
	}
	if len(chain) == 0 {
		r.Findings = []finding.Finding{finding.New("certificate-missing", finding.Where{})}
		return r
	}
	var j judgement
	s := v.start(chain, anchor, &j)
	intermediates := 0
	for i := len(chain) - 1; i >= 0; i-- {
		d := chain[i]
		selfIssued := i > 0 && d.isSelfIssued() // The target counts as any other in that.
		if i > 0 && !selfIssued {
			intermediates++
		}
		for _, f := range v.check(d, roleAt(i)) {
			j.put(f, i)
		}
		v.issued(s, d, i, &j)
		if !v.checkNames(s, d, i, selfIssued, &j) || !v.checkPolicies(s, d, i, selfIssued, &j) {
			break
		}
		if i > 0 {
			v.prepare(s, d, i, selfIssued, &j)
		} else {
			v.wrapUp(s, d.Certificate, r, &j)
		}
		s.issuer, s.issuerKey = d, inheritParameters(d.PublicKey(), s.issuerKey)
	}
	if limit := v.maxIntermediates(); intermediates > limit {
		j.add("path-too-long", len(chain)-1, finding.Int("count", intermediates), finding.Int("limit", limit))
	}
	if v.opt.Revocation != nil {
		v.revocation(r.Path[:len(chain)], anchor, &j)
	}
	r.Findings, r.Valid, r.PublicKey = j.findings, !j.refused, s.issuerKey
	return r
}

// start is RFC 5280, Section 6.1.2, with the constraints of the anchor's own
// certificate applied as if it had been processed.
func (v *validator) start(chain []*dossier, anchor Anchor, j *judgement) *state {
	n := len(chain)
	s := &v.state
	*s = state{
		n: n, explicitPolicy: n + 1, inhibitAnyPolicy: n + 1, policyMapping: n + 1, maxPathLength: n,
		issuerDN: anchor.Name, issuerKey: anchor.key(),
	}
	s.policies.start()
	if v.opt.ExplicitPolicy {
		s.explicitPolicy = 0
	}
	if v.opt.InhibitAnyPolicy {
		s.inhibitAnyPolicy = 0
	}
	if v.opt.InhibitPolicyMapping {
		s.policyMapping = 0
	}
	if set := v.initial.set; set != nil {
		s.constraints = append(s.constraints, set)
	}
	for _, f := range v.initial.findings {
		j.put(f, n)
	}
	if anchor.Certificate != nil {
		s.issuer = v.known.of(anchor.Certificate)
		for _, f := range v.check(s.issuer, roleAnchor) {
			j.put(f, n)
		}
		v.constrain(s, s.issuer, n, j)
	}
	return s
}

// issued is RFC 5280, Section 6.1.3 (a): the certificate names its issuer and
// was signed with the issuer's key. The validity period is checked with the rest
// of what concerns the certificate alone.
func (v *validator) issued(s *state, d *dossier, i int, j *judgement) {
	name, same := s.issuerDN, false
	if s.issuer != nil {
		name, same = s.issuer.Subject(), d.issuedInName(s.issuer)
	} else {
		same = d.Issuer().Equal(name)
	}
	if !same {
		j.add("issuer-mismatch", i, finding.Str("issuer", d.Issuer().String()), finding.Str("subject", name.String()))
		return
	}
	if code, data := signatureProblem(d.Certificate, s.issuerKey, v.verify(d.Certificate, s.issuerKey)); code != "" {
		j.add(code, i, data...)
	}
}

// prepare is RFC 5280, Section 6.1.4, apart from what concerns the certificate
// alone and the mapping of policies.
func (v *validator) prepare(s *state, d *dossier, i int, selfIssued bool, j *judgement) {
	if !selfIssued {
		for _, counter := range []*int{&s.explicitPolicy, &s.policyMapping, &s.inhibitAnyPolicy} {
			*counter = max(*counter-1, 0)
		}
		if s.maxPathLength <= 0 {
			j.add("path-length-exceeded", i)
		}
		s.maxPathLength--
	}
	v.constrain(s, d, i, j)
}

// constrain applies what a CA's certificate says about those after it: steps
// (g), (i), (j) and (m) of RFC 5280, Section 6.1.4.
func (v *validator) constrain(s *state, c *dossier, i int, j *judgement) {
	set, fs := c.nameConstraints()
	for _, f := range fs {
		j.put(f, i)
	}
	if set != nil {
		s.constraints = append(s.constraints, set)
	}
	pc, _ := c.PolicyConstraints() // What is not there, or damaged, is less than zero.
	if n := pc.RequireExplicitPolicy; n >= 0 {
		s.explicitPolicy = min(s.explicitPolicy, n)
	}
	if n := pc.InhibitPolicyMapping; n >= 0 {
		s.policyMapping = min(s.policyMapping, n)
	}
	if n, _ := c.InhibitAnyPolicy(); n >= 0 {
		s.inhibitAnyPolicy = min(s.inhibitAnyPolicy, n)
	}
	if b, _ := c.BasicConstraints(); b.PathLen >= 0 {
		s.maxPathLength = min(s.maxPathLength, b.PathLen)
	}
}

// wrapUp is RFC 5280, Section 6.1.5, for the target.
func (v *validator) wrapUp(s *state, c *certparse.Certificate, r *Result, j *judgement) {
	s.explicitPolicy = max(s.explicitPolicy-1, 0)
	if pc, _ := c.PolicyConstraints(); pc.RequireExplicitPolicy == 0 {
		s.explicitPolicy = 0
	}
	r.Policies = s.policies.constrained(v.opt.InitialPolicies)
	if s.explicitPolicy == 0 && len(r.Policies) == 0 && !s.policyRefused {
		j.add("path-policy-required", 0)
	}
}

// revocation asks about each certificate of a path in which nothing is wrong, from
// the anchor's end on, because an answer about a certificate counts only if its
// issuer was not revoked.
func (v *validator) revocation(chain []*certparse.Certificate, anchor Anchor, j *judgement) {
	path := slices.Clone(chain)
	if anchor.Certificate != nil {
		path = append(path, anchor.Certificate)
	}
	issuer, key := anchor.Certificate, anchor.key()
	for i := len(chain) - 1; i >= 0 && !j.refused; i-- {
		for _, f := range v.opt.Revocation(Link{chain[i], issuer, key, path, i, v.opt.Time}) {
			j.put(f, i)
		}
		issuer, key = chain[i], inheritParameters(chain[i].PublicKey(), key)
	}
}
