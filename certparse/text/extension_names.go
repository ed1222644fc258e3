package text

import (
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

// Extensions that consist of names and places.

func subjectAltName(b *block, c *certparse.Certificate) certparse.Presence {
	names, presence := c.SubjectAltName()
	b.names(16, names)
	return presence
}

func issuerAltName(b *block, c *certparse.Certificate) certparse.Presence {
	names, presence := c.IssuerAltName()
	b.names(16, names)
	return presence
}

// names adds general names on one line, in their order.
func (b *block) names(indent int, names certparse.GeneralNames) {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = generalName(n)
	}
	b.line(indent, strings.Join(texts, ", "))
}

func nameConstraints(b *block, c *certparse.Certificate) certparse.Presence {
	v, presence := c.NameConstraints()
	b.subtrees("Permitted:", v.Permitted)
	b.subtrees("Excluded:", v.Excluded)
	return presence
}

func (b *block) subtrees(label string, names certparse.GeneralNames) {
	if len(names) == 0 {
		return
	}
	b.line(16, label)
	for _, n := range names {
		b.line(18, generalName(n))
	}
}

func crlDistributionPoints(b *block, c *certparse.Certificate) certparse.Presence {
	points, presence := c.CRLDistributionPoints()
	b.points(points)
	return presence
}

func freshestCRL(b *block, c *certparse.Certificate) certparse.Presence {
	points, presence := c.FreshestCRL()
	b.points(points)
	return presence
}

func (b *block) points(points []certparse.DistributionPoint) {
	for _, p := range points {
		if p.FullName != nil {
			b.line(16, "Full Name:")
			b.names(18, p.FullName)
		}
		if p.RelativeName != nil {
			b.line(16, "Relative Name:")
			b.line(18, relativeName(p.RelativeName))
		}
		if p.Reasons != 0 {
			b.line(16, "Reasons:")
			b.line(18, strings.Join(p.Reasons.Strings(), ", "))
		}
		if p.CRLIssuer != nil {
			b.line(16, "CRL Issuer:")
			b.names(18, p.CRLIssuer)
		}
	}
}

// relativeName is an RDN as a name that consists of it alone.
func relativeName(set []byte) string {
	var name cryptobyte.Builder
	name.AddASN1(asn1.SEQUENCE, func(name *cryptobyte.Builder) { name.AddBytes(set) })
	der, _ := name.Bytes() // Fails beyond 4 GiB only.
	n, _ := certparse.GeneralName{Type: certparse.NameDirectory, Raw: der}.DirectoryName()
	return nameText(n)
}

// accessMethods are OpenSSL's words for the kinds of services.
var accessMethods = map[string]string{
	certparse.AccessOCSP:      "OCSP",
	certparse.AccessCAIssuers: "CA Issuers",
	"1.3.6.1.5.5.7.48.3":      "AD Time Stamping",
	"1.3.6.1.5.5.7.48.5":      "CA Repository",
}

func authorityInfoAccess(b *block, c *certparse.Certificate) certparse.Presence {
	services, presence := c.AuthorityInfoAccess()
	b.services(services)
	return presence
}

func subjectInfoAccess(b *block, c *certparse.Certificate) certparse.Presence {
	services, presence := c.SubjectInfoAccess()
	b.services(services)
	return presence
}

func (b *block) services(services certparse.InfoAccess) {
	for _, s := range services {
		method := accessMethods[s.Method]
		if method == "" {
			method = s.Method
		}
		b.line(16, method, " - ", generalName(s.Location))
	}
}

func authorityKeyIdentifier(b *block, c *certparse.Certificate) certparse.Presence {
	v, presence := c.AuthorityKeyIdentifier()
	label := ""
	if v.Issuer != nil || v.Serial != nil {
		label = "keyid:"
	}
	if v.KeyID != nil {
		b.line(16, label, colons(v.KeyID))
	}
	for _, n := range v.Issuer {
		b.line(16, generalName(n))
	}
	if v.Serial != nil {
		b.line(16, "serial:", colons(v.Serial))
	}
	if v.KeyID == nil && v.Serial == nil {
		b.line(16, "(empty)")
	}
	return presence
}

// colons is upper-case hexadecimal with a colon between octets, as key
// identifiers and serial numbers are shown.
func colons(octets []byte) string {
	var s []byte
	for i, c := range octets {
		if i > 0 {
			s = append(s, ':')
		}
		s = append(s, strings.ToUpper(hex.EncodeToString([]byte{c}))...)
	}
	return string(s)
}
