package certparse

// Extensions that belong to one vendor or to one community.

// NetscapeCertType is what a certificate was for before key usages were common.
type NetscapeCertType uint8

var netscapeCertTypes = [...]string{
	"sslClient", "sslServer", "smime", "objectSigning", "reserved", "sslCA", "smimeCA", "objectSigningCA",
}

// Strings returns the words for the types, in the order of their bits.
func (t NetscapeCertType) Strings() []string { return flagNames(uint16(t), netscapeCertTypes[:]) }

// NetscapeCertType returns the extension netscape-cert-type.
func (c *Certificate) NetscapeCertType() (NetscapeCertType, Presence) {
	return decode(c, extNetscapeCertType, (*extReader).netscapeCertType)
}

func (r *extReader) netscapeCertType() NetscapeCertType {
	e, ok := r.value(tagBitString)
	if !ok {
		return 0
	}
	return NetscapeCertType(r.flags(e, "Netscape certificate type"))
}

// NetscapeComment returns the extension netscape-comment, safe to show.
func (c *Certificate) NetscapeComment() (string, Presence) {
	return decode(c, extNetscapeComment, (*extReader).netscapeComment)
}

func (r *extReader) netscapeComment() (text string) {
	if e, ok := r.value(tagIA5String); ok {
		r.text(e, &text)
	}
	return text
}

// OrganizationIdentifier is the subject's registration, CA/Browser Forum EV
// Guidelines, Section 9.8.2. Its texts are safe to show.
type OrganizationIdentifier struct {
	// Scheme is VAT, NTR, PSD or the like.
	Scheme string
	// Country is an ISO 3166 code; State a subdivision of it, or empty.
	Country, State string
	Reference      string
}

// OrganizationIdentifier returns the extension cabfOrganizationIdentifier.
func (c *Certificate) OrganizationIdentifier() (OrganizationIdentifier, Presence) {
	return decode(c, extCABFOrganizationIdentifier, (*extReader).organizationIdentifier)
}

func (r *extReader) organizationIdentifier() (v OrganizationIdentifier) {
	m := r.list()
	if e, ok := m.need(tagPrintableString); ok {
		r.text(e, &v.Scheme)
	}
	if e, ok := m.need(tagPrintableString); ok {
		r.text(e, &v.Country)
	}
	if e, ok := m.optional(contextTag(0)); ok {
		e.tag = tagPrintableString // What the implicit tag stands for.
		r.text(e, &v.State)
	}
	if e, ok := m.need(tagUTF8String); ok {
		r.text(e, &v.Reference)
	}
	m.finish()
	return v
}

// MicrosoftTemplateName returns the name of the template that an Active Directory
// CA used, safe to show.
func (c *Certificate) MicrosoftTemplateName() (string, Presence) {
	return decode(c, extMicrosoftTemplateName, (*extReader).microsoftTemplateName)
}

func (r *extReader) microsoftTemplateName() (text string) {
	end := r.x.value.end()
	e, ok := r.read(r.x.value.off, end)
	switch {
	case !ok:
		r.unreadable()
		return ""
	case e.end != end:
		r.malformed(e.end, "something follows the value")
	}
	r.text(e, &text)
	return text
}

// MicrosoftTemplate is the template that an Active Directory CA used.
type MicrosoftTemplate struct {
	// ID is the template's OID.
	ID string
	// Major and Minor are its version; −1 if not given.
	Major, Minor int
}

// MicrosoftTemplate returns the extension certificateTemplate.
func (c *Certificate) MicrosoftTemplate() (MicrosoftTemplate, Presence) {
	return decode(c, extMicrosoftTemplate, (*extReader).microsoftTemplate)
}

func (r *extReader) microsoftTemplate() MicrosoftTemplate {
	v := MicrosoftTemplate{Major: -1, Minor: -1}
	m := r.list()
	if e, ok := m.need(tagOID); ok {
		v.ID = oidString(r.oid(e))
	}
	if e, ok := m.optional(tagInteger); ok {
		v.Major = r.number(e, "major version")
	}
	if e, ok := m.optional(tagInteger); ok {
		v.Minor = r.number(e, "minor version")
	}
	m.finish()
	return v
}

// MicrosoftCAVersion is how often an Active Directory CA was renewed.
type MicrosoftCAVersion struct {
	// Certificate counts the renewals, Key those with a new key.
	Certificate, Key int
}

// MicrosoftCAVersion returns the extension of that name.
func (c *Certificate) MicrosoftCAVersion() (MicrosoftCAVersion, Presence) {
	return decode(c, extMicrosoftCAVersion, (*extReader).microsoftCAVersion)
}

func (r *extReader) microsoftCAVersion() MicrosoftCAVersion {
	n := max(r.singleNumber("CA version"), 0)
	return MicrosoftCAVersion{Certificate: n & 0xffff, Key: n >> 16}
}
