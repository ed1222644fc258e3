package certparse

import (
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
)

// AnyPolicy is the OID of the policy that stands for all, RFC 5280, Section 4.2.1.4.
const AnyPolicy = "2.5.29.32.0"

// Kinds of policy qualifiers, RFC 5280, Section 4.2.1.4.
const (
	qualifierCPS        = "1.3.6.1.5.5.7.2.1"
	qualifierUserNotice = "1.3.6.1.5.5.7.2.2"
)

// The same as content octets.
const (
	oidAnyPolicy  = "\x55\x1d\x20\x00"
	oidCPS        = "\x2b\x06\x01\x05\x05\x07\x02\x01"
	oidUserNotice = "\x2b\x06\x01\x05\x05\x07\x02\x02"
)

// PolicyInformation is one policy under which a certificate was issued.
type PolicyInformation struct {
	// ID is the policy's OID.
	ID string
	// Qualifiers say more about it.
	Qualifiers []PolicyQualifier
}

// PolicyQualifier says more about a policy, RFC 5280, Section 4.2.1.4. Its texts
// are safe to show.
type PolicyQualifier struct {
	// ID is the OID of the kind of qualifier.
	ID string
	// CPS is the URI of the practice statement, in a qualifier of that kind.
	CPS string
	// Text, Organization and NoticeNumbers are of a user notice; each is optional.
	Text          string
	Organization  string
	NoticeNumbers []int
	// Raw is the DER of the qualifier's value.
	Raw []byte
}

// CertificatePolicies returns the extension of RFC 5280, Section 4.2.1.4.
func (c *Certificate) CertificatePolicies() ([]PolicyInformation, Presence) {
	if !c.has(extCertificatePolicies) {
		return nil, c.presence(extCertificatePolicies)
	}
	// Every path asks for it: called like this the reader takes no memory.
	r, presence := c.open(extCertificatePolicies)
	list := make([]PolicyInformation, 0, 2)
	r.certificatePolicies(&list)
	return list, presence
}

func (r *extReader) certificatePolicies(into *[]PolicyInformation) {
	m := r.list()
	var seen seenOIDs
	for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
		in := r.members(e)
		id, ok := in.need(tagOID)
		if !ok {
			continue
		}
		oid := r.oid(id)
		if r.c != nil && seen.again(r.der, id.content()) {
			r.note("policy-duplicate", "extensions", id.start, finding.Str("policy", oidString(oid)))
		}
		var qualifiers *[]PolicyQualifier
		if into != nil {
			*into = append(*into, PolicyInformation{ID: oidString(oid)})
			qualifiers = &(*into)[len(*into)-1].Qualifiers
		}
		if list, ok := in.optional(tagSequence); ok {
			qs := r.filled(list)
			for q, ok := qs.next(tagSequence); ok; q, ok = qs.next(tagSequence) {
				r.policyQualifier(q, qualifiers)
			}
		}
		in.finish()
	}
}

// seenOIDs tells OIDs that were there before; the first few cost no allocation.
type seenOIDs struct {
	few  [8]span
	n    int
	more map[string]bool
}

func (s *seenOIDs) again(der []byte, oid span) bool {
	b := oid.of(der)
	for i := range min(s.n, len(s.few)) {
		if string(s.few[i].of(der)) == string(b) {
			return true
		}
	}
	if s.n < len(s.few) {
		s.few[s.n] = oid
		s.n++
		return false
	}
	if s.more[string(b)] {
		return true
	}
	if s.more == nil {
		s.more = map[string]bool{}
	}
	s.more[string(b)] = true
	return false
}

func (r *extReader) policyQualifier(e element, into *[]PolicyQualifier) {
	m := r.members(e)
	id, ok := m.need(tagOID)
	if !ok {
		return
	}
	oid := r.oid(id)
	value, ok := m.any()
	if !ok {
		r.malformed(e.start, "a policy qualifier has no value")
		return
	}
	m.finish()
	var q *PolicyQualifier
	if into != nil {
		*into = append(*into, PolicyQualifier{ID: oidString(oid), Raw: value.whole().of(r.der)})
		q = &(*into)[len(*into)-1]
	}
	switch string(oid) {
	case oidCPS:
		if value.tag != tagIA5String {
			r.malformed(value.start, "the URI of a practice statement is not an IA5String")
			return
		}
		if q != nil {
			r.text(value, &q.CPS)
		} else {
			r.text(value, nil)
		}
	case oidUserNotice:
		if value.tag != tagSequence {
			r.malformed(value.start, wrongType)
			return
		}
		r.userNotice(value, q)
	}
}

// maxExplicitText is the upper bound on the text of a user notice.
const maxExplicitText = 200

func (r *extReader) userNotice(e element, into *PolicyQualifier) {
	m := r.members(e)
	if ref, ok := m.optional(tagSequence); ok {
		in := r.members(ref)
		if e, ok := in.any(); ok {
			if into != nil {
				r.text(e, &into.Organization)
			} else {
				r.text(e, nil)
			}
		}
		if list, ok := in.need(tagSequence); ok {
			numbers := r.members(list)
			for n, ok := numbers.next(tagInteger); ok; n, ok = numbers.next(tagInteger) {
				if v := r.number(n, "number of a user notice"); into != nil {
					into.NoticeNumbers = append(into.NoticeNumbers, v)
				}
			}
		}
		in.finish()
	}
	if e, ok := m.any(); ok {
		if into != nil {
			r.text(e, &into.Text)
		} else {
			r.text(e, nil)
			r.explicitText(e)
		}
	}
	m.finish()
}

// explicitText checks the length of the text of a user notice.
func (r *extReader) explicitText(e element) {
	b := e.content().of(r.der)
	if len(b) <= maxExplicitText {
		return
	}
	if n := utf8.RuneCountInString(decodeString(e.tag, b, nil)); n > maxExplicitText {
		r.note("name-attribute-length", "extensions", e.start, finding.Str("attribute", "explicit text"),
			finding.Str("field", "certificate policies"), finding.Int("length", n), finding.Int("limit", maxExplicitText))
	}
}

// PolicyMapping says that two policies are the same for the CA that issued the
// certificate. Both are OIDs.
type PolicyMapping struct {
	IssuerDomainPolicy, SubjectDomainPolicy string
}

// PolicyMappings returns the extension of RFC 5280, Section 4.2.1.5.
func (c *Certificate) PolicyMappings() ([]PolicyMapping, Presence) {
	return decodeList(c, extPolicyMappings, (*extReader).policyMappings)
}

func (r *extReader) policyMappings(into *[]PolicyMapping) {
	m := r.list()
	for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
		in := r.members(e)
		from, ok := in.need(tagOID)
		if !ok {
			continue
		}
		to, ok := in.need(tagOID)
		if !ok {
			continue
		}
		in.finish()
		a, b := r.oid(from), r.oid(to)
		if string(a) == oidAnyPolicy || string(b) == oidAnyPolicy {
			r.note("policy-mapping-any-policy", "extensions", e.start)
		}
		if into != nil {
			*into = append(*into, PolicyMapping{oidString(a), oidString(b)})
		}
	}
}
