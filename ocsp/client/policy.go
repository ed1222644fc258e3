package client

import "github.com/certloupe/certloupe/finding"

// Policy says which results are accepted. There is no default: the zero Policy
// accepts nothing.
type Policy uint8

const (
	// HardFail accepts a certificate only if it is known to be good, or exempt.
	HardFail Policy = iota + 1
	// SoftFail accepts a certificate unless it is known to be revoked. Whoever
	// controls the network can keep the answer away, so this protects only against
	// accidents.
	SoftFail
)

var policyNames = [...]string{"none", "hard fail", "soft fail"}

// String returns "none", "hard fail" or "soft fail".
func (p Policy) String() string {
	if int(p) >= len(policyNames) {
		return "invalid"
	}
	return policyNames[p]
}

// Decide says whether the certificate that r is about is accepted. The findings
// are those of r, with one more if the policy mattered: a certificate that is not
// good was accepted, or one that is not revoked was not.
func (p Policy) Decide(r *Result) (accept bool, findings []finding.Finding) {
	findings = append(findings, r.Findings...)
	var where finding.Where
	if len(findings) > 0 {
		where = findings[0].Where
	}
	sure := r.Status == Good || r.Status == NothingToAsk && r.Exempt != NotExempt
	switch {
	case r.Status == Revoked:
		return false, findings
	case sure && (p == HardFail || p == SoftFail):
		return true, findings
	case p == SoftFail:
		return true, append(findings, finding.New("revocation-soft-fail", where, finding.Str("status", r.Status.String())))
	}
	return false, append(findings, finding.New("revocation-hard-fail", where, finding.Str("status", r.Status.String()),
		finding.Str("policy", p.String())))
}
