package certparse

import "slices"

// DistributionPoint is one place where a CRL for the certificate is to be found,
// RFC 5280, Section 4.2.1.13.
type DistributionPoint struct {
	// FullName are the names of the place, each an alternative to the others.
	FullName GeneralNames
	// RelativeName is the DER of the RelativeDistinguishedName (a SET) that,
	// appended to the CRL issuer's name, names the place; nil if not given.
	RelativeName []byte
	// Reasons are those that the CRL covers; 0 is all.
	Reasons ReasonFlags
	// CRLIssuer are the names of who signs the CRL; nil is the certificate's issuer.
	CRLIssuer GeneralNames
}

// ReasonFlags are reasons for revocation, one bit for each.
type ReasonFlags uint16

// The reasons in the order of the standard; bit 0 is unused.
const (
	ReasonKeyCompromise ReasonFlags = 1 << (iota + 1)
	ReasonCACompromise
	ReasonAffiliationChanged
	ReasonSuperseded
	ReasonCessationOfOperation
	ReasonCertificateHold
	ReasonPrivilegeWithdrawn
	ReasonAACompromise
)

var reasonNames = [...]string{
	"unused", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
	"cessationOfOperation", "certificateHold", "privilegeWithdrawn", "aACompromise",
}

// Strings returns the standard's words for the reasons, in its order.
func (f ReasonFlags) Strings() []string { return flagNames(uint16(f), reasonNames[:]) }

// CRLDistributionPoints returns every distribution point, RFC 5280, Section
// 4.2.1.13.
func (c *Certificate) CRLDistributionPoints() ([]DistributionPoint, Presence) {
	return decodeList(c, extCRLDistributionPoints, (*extReader).distributionPoints)
}

// FreshestCRL returns the distribution points of delta CRLs, RFC 5280, Section
// 4.2.1.15.
func (c *Certificate) FreshestCRL() ([]DistributionPoint, Presence) {
	return decodeList(c, extFreshestCRL, (*extReader).distributionPoints)
}

// CRLURLs returns the URIs of all CRL distribution points.
func (c *Certificate) CRLURLs() []string {
	points, _ := c.CRLDistributionPoints()
	var urls []string
	for _, p := range points {
		urls = append(urls, p.FullName.URIs()...)
	}
	return urls
}

func (r *extReader) distributionPoints(into *[]DistributionPoint) {
	m := r.list()
	for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
		if into == nil {
			r.distributionPoint(e, nil)
			continue
		}
		var point DistributionPoint
		r.distributionPoint(e, &point)
		*into = append(*into, point)
	}
}

func (r *extReader) distributionPoint(e element, into *DistributionPoint) {
	var fullName, crlIssuer *[]GeneralName
	if into != nil {
		fullName, crlIssuer = (*[]GeneralName)(&into.FullName), (*[]GeneralName)(&into.CRLIssuer)
	}
	m := r.members(e)
	name, named := m.optional(contextConstructed(0))
	if named {
		in := r.members(name)
		if e, ok := in.optional(contextConstructed(0)); ok {
			r.generalNames(e, nameElsewhere, fullName)
		} else if e, ok := in.need(contextConstructed(1)); ok {
			if !r.rdn(e) {
				r.malformed(e.start, "the relative name of a distribution point cannot be decoded")
			}
			if into != nil {
				into.RelativeName = slices.Clone(e.whole().of(r.der))
				into.RelativeName[0] = tagSet // In place of the implicit tag.
			}
		}
		in.finish()
	}
	if e, ok := m.optional(contextTag(1)); ok {
		reasons := ReasonFlags(r.flags(e, "reasons of a distribution point"))
		if reasons == 0 && !r.damaged {
			r.malformed(e.start, "a distribution point covers no reason")
		}
		if into != nil {
			into.Reasons = reasons
		}
	}
	issuer, issued := m.optional(contextConstructed(2))
	if issued {
		r.generalNames(issuer, nameElsewhere, crlIssuer)
	}
	m.finish()
	if !named && !issued && !r.damaged {
		r.malformed(e.start, "a distribution point has neither a name nor an issuer")
	}
}

// AccessDescription is one service about a certificate, RFC 5280, Section 4.2.2.1.
type AccessDescription struct {
	// Method is the OID of the kind of service.
	Method string
	// Location is where it is.
	Location GeneralName
}

// InfoAccess is a list of services about a certificate.
type InfoAccess []AccessDescription

// Access methods, RFC 5280, Section 4.2.2.
const (
	AccessOCSP      = "1.3.6.1.5.5.7.48.1"
	AccessCAIssuers = "1.3.6.1.5.5.7.48.2"
)

// URLs returns the URIs of the services with the given method, such as [AccessOCSP].
func (a InfoAccess) URLs(method string) []string {
	var urls []string
	for _, d := range a {
		if d.Method == method && d.Location.Type == NameURI {
			urls = append(urls, d.Location.Value)
		}
	}
	return urls
}

// AuthorityInfoAccess returns where to ask about the certificate's issuer and its
// status, RFC 5280, Section 4.2.2.1.
func (c *Certificate) AuthorityInfoAccess() (InfoAccess, Presence) {
	return decodeList(c, extAuthorityInfoAccess, (*extReader).accessDescriptions)
}

// SubjectInfoAccess returns the services that the subject offers, RFC 5280,
// Section 4.2.2.2.
func (c *Certificate) SubjectInfoAccess() (InfoAccess, Presence) {
	return decodeList(c, extSubjectInfoAccess, (*extReader).accessDescriptions)
}

// OCSPURLs returns the URIs of the OCSP responders for the certificate.
func (c *Certificate) OCSPURLs() []string {
	access, _ := c.AuthorityInfoAccess()
	return access.URLs(AccessOCSP)
}

// CAIssuerURLs returns the URIs of the issuer's certificate.
func (c *Certificate) CAIssuerURLs() []string {
	access, _ := c.AuthorityInfoAccess()
	return access.URLs(AccessCAIssuers)
}

func (r *extReader) accessDescriptions(into *[]AccessDescription) {
	m := r.list()
	for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
		in := r.members(e)
		method, ok := in.need(tagOID)
		if !ok {
			continue
		}
		oid := r.oid(method)
		location, ok := in.any()
		if !ok {
			r.malformed(e.start, "a service has no location")
			continue
		}
		r.generalName(location, nameElsewhere)
		in.finish()
		if into != nil {
			*into = append(*into, AccessDescription{oidString(oid), makeGeneralName(r.der, location)})
		}
	}
}

// OCSPNoCheck says whether the certificate is an OCSP responder's that needs no
// revocation check, RFC 6960, Section 4.2.2.2.1.
func (c *Certificate) OCSPNoCheck() Presence { return c.presence(extOCSPNoCheck) }

// null reads a value that is just a NULL.
func (r *extReader) null() {
	if e, ok := r.value(tagNull); ok && e.body != e.end {
		r.malformed(e.start, "a null has content")
	}
}
