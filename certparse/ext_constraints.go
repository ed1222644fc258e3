package certparse

import "github.com/certloupe/certloupe/finding"

// BasicConstraints says whether a certificate belongs to a CA, RFC 5280, Section
// 4.2.1.9.
type BasicConstraints struct {
	// CA is true for a certificate that may be used to verify others.
	CA bool
	// PathLen is how many intermediate CA certificates may follow in a path; −1
	// is no limit.
	PathLen int
}

// BasicConstraints returns the extension of RFC 5280, Section 4.2.1.9. Absent, it
// is no CA and has no limit.
func (c *Certificate) BasicConstraints() (BasicConstraints, Presence) {
	if !c.has(extBasicConstraints) {
		return BasicConstraints{PathLen: -1}, c.presence(extBasicConstraints)
	}
	return c.basic, c.presence(extBasicConstraints)
}

// IsCA reports whether the basic constraints are sound and say that the
// certificate belongs to a CA.
func (c *Certificate) IsCA() bool {
	b, presence := c.BasicConstraints()
	return presence == Present && b.CA
}

func (r *extReader) basicConstraints() BasicConstraints {
	b := BasicConstraints{PathLen: -1}
	seq, ok := r.value(tagSequence)
	if !ok {
		return b
	}
	m := r.members(seq)
	if e, ok := m.optional(tagBoolean); ok {
		if b.CA = r.boolean(e); !b.CA {
			r.note("der-default-encoded", "extensions", e.start, finding.Str("field", "cA of the basic constraints"))
		}
	}
	if e, ok := m.optional(tagInteger); ok {
		b.PathLen = r.number(e, "path length limit")
	}
	m.finish()
	return b
}

// NameConstraints limit the names in the certificates that follow, RFC 5280,
// Section 4.2.1.10. Addresses have their mask, see [GeneralName.Prefix].
type NameConstraints struct {
	Permitted, Excluded GeneralNames
}

// NameConstraints returns the extension of RFC 5280, Section 4.2.1.10.
func (c *Certificate) NameConstraints() (NameConstraints, Presence) {
	var v NameConstraints
	r, presence := c.open(extNameConstraints)
	if r.der != nil {
		r.nameConstraints(&v)
	}
	return v, presence
}

func (r *extReader) nameConstraints(into *NameConstraints) {
	m := r.list()
	var permitted, excluded *[]GeneralName
	if into != nil {
		permitted, excluded = (*[]GeneralName)(&into.Permitted), (*[]GeneralName)(&into.Excluded)
	}
	if e, ok := m.optional(contextConstructed(0)); ok {
		r.subtrees(e, permitted)
	}
	if e, ok := m.optional(contextConstructed(1)); ok {
		r.subtrees(e, excluded)
	}
	m.finish()
}

// subtrees reads GeneralSubtrees. A minimum other than 0 and any maximum are
// forbidden, and a reader that does not process them must refuse the certificate.
func (r *extReader) subtrees(list element, into *[]GeneralName) {
	m := r.filled(list)
	for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
		in := r.members(e)
		base, ok := in.any()
		if !ok {
			r.malformed(e.start, "a name constraint has no name")
			continue
		}
		r.generalName(base, nameConstraint)
		if into != nil {
			*into = append(*into, makeGeneralName(r.der, base))
		}
		if e, ok := in.optional(contextTag(0)); ok {
			if r.number(e, "minimum of a name constraint") != 0 {
				r.malformed(e.start, "a name constraint has a minimum")
			} else {
				r.note("der-default-encoded", "extensions", e.start, finding.Str("field", "minimum of a name constraint"))
			}
		}
		if e, ok := in.optional(contextTag(1)); ok {
			r.malformed(e.start, "a name constraint has a maximum")
		}
		in.finish()
	}
}

// PolicyConstraints limit the policies of a path, RFC 5280, Section 4.2.1.11.
// Each number is after how many further certificates the constraint applies; −1
// is never.
type PolicyConstraints struct {
	RequireExplicitPolicy, InhibitPolicyMapping int
}

// PolicyConstraints returns the extension of RFC 5280, Section 4.2.1.11. Absent,
// it constrains nothing.
func (c *Certificate) PolicyConstraints() (PolicyConstraints, Presence) {
	r, presence := c.open(extPolicyConstraints)
	if r.der == nil {
		return PolicyConstraints{-1, -1}, presence
	}
	return r.policyConstraints(), presence
}

func (r *extReader) policyConstraints() PolicyConstraints {
	v := PolicyConstraints{-1, -1}
	m := r.list()
	if e, ok := m.optional(contextTag(0)); ok {
		v.RequireExplicitPolicy = r.number(e, "requireExplicitPolicy")
	}
	if e, ok := m.optional(contextTag(1)); ok {
		v.InhibitPolicyMapping = r.number(e, "inhibitPolicyMapping")
	}
	m.finish()
	return v
}

// InhibitAnyPolicy returns after how many further certificates anyPolicy means
// nothing any more, RFC 5280, Section 4.2.1.14; −1 is never, as when it is absent.
func (c *Certificate) InhibitAnyPolicy() (skip int, presence Presence) {
	r, presence := c.open(extInhibitAnyPolicy)
	if r.der == nil {
		return -1, presence
	}
	return r.singleNumber("inhibitAnyPolicy"), presence
}

// singleNumber reads a value that is just an INTEGER.
func (r *extReader) singleNumber(what string) int {
	e, ok := r.value(tagInteger)
	if !ok {
		return -1
	}
	return r.number(e, what)
}
