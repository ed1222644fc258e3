package path

import (
	"bytes"
	"hash/maphash"

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
	// known says what else was worked out.
	known struct{ selfIssued, issuers, constraints, names, policies bool }

	selfIssued bool
	// subjectKey and issuerKey are the canonical forms of the names.
	subjectKey, issuerKey string

	// issuers are the certificates in the pool that may have issued this one, the
	// likeliest first.
	issuers []*dossier
	room    [1]*dossier // where issuers stand if there is only one
	// entityHash is a hash of subject and key, see sameEntity.
	entityHash uint64

	// constraints are the name constraints of a CA; nil if it has none.
	constraints        *constraintSet
	constraintProblems []finding.Finding
	// names are those that constraints may concern.
	names []subject
	// policies and, of a CA, their mappings.
	policies []certparse.PolicyInformation
	mappings []certparse.PolicyMapping
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
	if !d.known.selfIssued {
		d.known.selfIssued, d.selfIssued = true, d.issuedInName(d)
	}
	return d.selfIssued
}

var entitySeed = maphash.MakeSeed()

func (d *dossier) entity() uint64 {
	if d.entityHash == 0 {
		d.entityHash = maphash.Bytes(entitySeed, d.RawSubject()) ^ maphash.Bytes(entitySeed, d.PublicKey().SPKI())
	}
	return d.entityHash
}

// sameEntity reports whether both certificates are for the same name and key. A
// search compares many long names with each other, so their lengths and hashes go
// first.
func (d *dossier) sameEntity(o *dossier) bool {
	return len(d.RawSubject()) == len(o.RawSubject()) && d.entity() == o.entity() && bytes.Equal(d.RawSubject(), o.RawSubject()) && bytes.Equal(d.PublicKey().SPKI(), o.PublicKey().SPKI())
}

// nameConstraints returns the name constraints of a CA; nil if it has none.
func (d *dossier) nameConstraints() (*constraintSet, []finding.Finding) {
	if !d.known.constraints {
		d.known.constraints = true
		d.constraints, d.constraintProblems = readConstraints(d.Certificate)
	}
	return d.constraints, d.constraintProblems
}

// constrainedNames returns the names that constraints may concern.
func (d *dossier) constrainedNames() []subject {
	if !d.known.names {
		d.known.names, d.names = true, subjects(d.Certificate)
	}
	return d.names
}

// policyLists returns the policies and, of a CA, their mappings. Damaged ones
// refuse the path by themselves.
func (d *dossier) policyLists() ([]certparse.PolicyInformation, []certparse.PolicyMapping) {
	if !d.known.policies {
		d.known.policies = true
		d.policies, _ = d.CertificatePolicies()
		d.mappings, _ = d.PolicyMappings()
	}
	return d.policies, d.mappings
}
