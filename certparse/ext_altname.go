package certparse

// SubjectAltName returns the further names of the subject, RFC 5280, Section
// 4.2.1.6.
func (c *Certificate) SubjectAltName() (GeneralNames, Presence) {
	return decodeList(c, extSubjectAltName, (*extReader).subjectAltName)
}

// DNSNames returns the DNS names of the subject alternative name.
func (c *Certificate) DNSNames() []string {
	names, _ := c.SubjectAltName()
	return names.DNSNames()
}

// IssuerAltName returns the further names of the issuer, RFC 5280, Section 4.2.1.7.
func (c *Certificate) IssuerAltName() (GeneralNames, Presence) {
	return decodeList(c, extIssuerAltName, (*extReader).issuerAltName)
}

func (r *extReader) subjectAltName(into *[]GeneralName) {
	if seq, ok := r.value(tagSequence); ok {
		r.generalNames(seq, nameOfSubject, into)
	}
}

func (r *extReader) issuerAltName(into *[]GeneralName) {
	if seq, ok := r.value(tagSequence); ok {
		r.generalNames(seq, nameElsewhere, into)
	}
}

// DirectoryAttribute is an attribute of the subject that is not part of its name.
type DirectoryAttribute struct {
	// OID is the dotted form of the attribute's type.
	OID string
	// Values are the DER of each value.
	Values [][]byte
}

// SubjectDirectoryAttributes returns the extension of RFC 5280, Section 4.2.1.8.
func (c *Certificate) SubjectDirectoryAttributes() ([]DirectoryAttribute, Presence) {
	return decodeList(c, extSubjectDirectoryAttributes, (*extReader).directoryAttributes)
}

func (r *extReader) directoryAttributes(into *[]DirectoryAttribute) {
	m := r.list()
	for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
		in := r.members(e)
		id, ok := in.need(tagOID)
		if !ok {
			continue
		}
		a := DirectoryAttribute{}
		oid := r.oid(id)
		if set, ok := in.need(tagSet); ok {
			values := r.filled(set)
			for v, ok := values.any(); ok; v, ok = values.any() {
				if into != nil {
					a.Values = append(a.Values, v.whole().of(r.der))
				}
			}
		}
		in.finish()
		if into != nil {
			a.OID = oidString(oid)
			*into = append(*into, a)
		}
	}
}
