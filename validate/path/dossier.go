package path

import (
	"bytes"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// dossier is what one call has found out about a certificate. A search comes back
// to the same certificates on many paths, so everything is worked out once, when
// it is first asked for.
type dossier struct {
	*certparse.Certificate

	// checks is what was said about the certificate in each role.
	checks  [roles][]finding.Finding
	checked [roles]bool

	selfIssued struct{ known, is bool }
	// subjectKey and issuerKey are the canonical forms of the names.
	subjectKey, issuerKey string

	// issuers are the certificates in the pool that may have issued this one, the
	// likeliest first.
	issuers      []*dossier
	room         [1]*dossier // where issuers stand if there is only one
	issuersKnown bool
	// entity numbers pairs of subject and key, from 1.
	entity int

	constraints struct {
		known    bool
		set      *constraintSet
		findings []finding.Finding
	}
	// names are those that constraints may concern.
	names struct {
		known bool
		list  []subject
	}
	policies struct {
		known    bool
		listed   []certparse.PolicyInformation
		mappings []certparse.PolicyMapping
	}
}

// dossiers has one for each certificate. The first ones are found by looking
// through them, which is the fastest for so few; only a long search has others.
type dossiers struct {
	few    [3]dossier
	count  int
	others map[*certparse.Certificate]*dossier
}

func (s *dossiers) of(c *certparse.Certificate) *dossier {
	for i := range s.count {
		if s.few[i].Certificate == c {
			return &s.few[i]
		}
	}
	if s.count < len(s.few) {
		d := &s.few[s.count]
		d.Certificate = c
		s.count++
		return d
	}
	d := s.others[c]
	if d == nil {
		d = &dossier{Certificate: c}
		if s.others == nil {
			s.others = map[*certparse.Certificate]*dossier{}
		}
		s.others[c] = d
	}
	return d
}

// longName is the length in bytes from which on a name is not prepared for
// comparison again and again.
const longName = 256

// issuedInName reports whether the certificate names the other as its issuer.
func (d *dossier) issuedInName(issuer *dossier) bool {
	own, its := d.Issuer(), issuer.Subject()
	if bytes.Equal(own.Raw(), its.Raw()) {
		return true
	}
	if len(own.Raw()) < longName {
		return own.Equal(its)
	}
	return d.issuerCanonical() == issuer.subjectCanonical()
}

func (d *dossier) issuerCanonical() string {
	if d.issuerKey == "" {
		d.issuerKey = d.Issuer().Canonical()
	}
	return d.issuerKey
}

func (d *dossier) subjectCanonical() string {
	if d.subjectKey == "" {
		d.subjectKey = d.Subject().Canonical()
	}
	return d.subjectKey
}

// isSelfIssued reports whether the certificate was issued by a CA to itself.
func (d *dossier) isSelfIssued() bool {
	if !d.selfIssued.known {
		d.selfIssued.known, d.selfIssued.is = true, d.issuedInName(d)
	}
	return d.selfIssued.is
}

// nameConstraints returns the name constraints of a CA; nil if it has none.
func (d *dossier) nameConstraints() (*constraintSet, []finding.Finding) {
	if k := &d.constraints; !k.known {
		k.known = true
		k.set, k.findings = readConstraints(d.Certificate)
	}
	return d.constraints.set, d.constraints.findings
}

// constrainedNames returns the names that constraints may concern.
func (d *dossier) constrainedNames() []subject {
	if n := &d.names; !n.known {
		n.known, n.list = true, subjects(d.Certificate)
	}
	return d.names.list
}

// policyLists returns the policies and, of a CA, their mappings. Damaged ones
// refuse the path by themselves.
func (d *dossier) policyLists() ([]certparse.PolicyInformation, []certparse.PolicyMapping) {
	if p := &d.policies; !p.known {
		p.known = true
		p.listed, _ = d.CertificatePolicies()
		if m, presence := d.PolicyMappings(); presence == certparse.Present {
			p.mappings = m
		}
	}
	return d.policies.listed, d.policies.mappings
}
