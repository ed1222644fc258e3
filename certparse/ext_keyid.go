package certparse

// SubjectKeyIdentifier returns the identifier of the certificate's key, RFC 5280,
// Section 4.2.1.2.
func (c *Certificate) SubjectKeyIdentifier() ([]byte, Presence) {
	r, presence := c.open(extSubjectKeyIdentifier)
	if r.der == nil {
		return nil, presence
	}
	return r.subjectKeyIdentifier(), presence
}

func (r *extReader) subjectKeyIdentifier() []byte {
	e, ok := r.value(tagOctetString)
	if !ok {
		return nil
	}
	return e.content().of(r.der)
}

// AuthorityKeyIdentifier says which key signed the certificate, RFC 5280, Section
// 4.2.1.1.
type AuthorityKeyIdentifier struct {
	// KeyID is the subject key identifier of the issuer; nil if not given.
	KeyID []byte
	// Issuer and Serial are the issuer's own issuer and the content octets of its
	// serial number; both are nil if not given.
	Issuer GeneralNames
	Serial []byte
}

// AuthorityKeyIdentifier returns the extension of RFC 5280, Section 4.2.1.1.
func (c *Certificate) AuthorityKeyIdentifier() (AuthorityKeyIdentifier, Presence) {
	r, presence := c.open(extAuthorityKeyIdentifier)
	if r.der == nil {
		return AuthorityKeyIdentifier{}, presence
	}
	var issuer []GeneralName
	v := r.authorityKeyIdentifier(&issuer)
	v.Issuer = issuer
	return v, presence
}

// authorityKeyIdentifier reads everything but the issuer, which goes into issuer.
func (r *extReader) authorityKeyIdentifier(issuer *[]GeneralName) (v AuthorityKeyIdentifier) {
	seq, ok := r.value(tagSequence)
	if !ok {
		return v
	}
	m := r.members(seq)
	if e, ok := m.optional(contextTag(0)); ok {
		v.KeyID = e.content().of(r.der)
	}
	names, hasNames := m.optional(contextConstructed(1))
	if hasNames {
		r.generalNames(names, nameElsewhere, issuer)
	}
	serial, hasSerial := m.optional(contextTag(2))
	if hasSerial {
		v.Serial = serial.content().of(r.der)
		if len(v.Serial) == 0 {
			r.malformed(serial.start, "the serial number has no content")
		}
	}
	m.finish()
	if v.KeyID == nil && r.c != nil && !r.damaged && !r.c.SelfIssued() {
		r.note("authority-key-identifier-missing", "extensions", seq.start)
	}
	if hasNames != hasSerial && !r.damaged {
		r.malformed(seq.start, "the issuer's name and its serial number must stand there both or not at all")
	}
	return v
}
