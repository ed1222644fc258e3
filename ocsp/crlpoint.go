package ocsp

import (
	"bytes"
	"math/bits"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

// Which certificates a list covers: what its issuing distribution point says
// (RFC 5280, Section 5.2.5) against what the certificate's distribution points
// say (Section 4.2.1.13).

// allReasons are the reasons that all lists together must cover.
const allReasons = certparse.ReasonFlags(0x1fe)

// issuingPoint is an IssuingDistributionPoint.
type issuingPoint struct {
	names                                     []generalName
	onlyUser, onlyCA, onlyAttribute, indirect bool
	// reasons are those that the list covers; 0 is all.
	reasons certparse.ReasonFlags
}

// generalName is a GeneralName to be compared. Of a directory name the value is
// the DER of the name.
type generalName struct {
	kind  certparse.GeneralNameType
	value []byte
}

func (p *issuingPoint) read(s cryptobyte.String, issuer certparse.Name) bool {
	var content cryptobyte.String
	if !s.ReadASN1(&content, asn1.SEQUENCE) || !s.Empty() || content.Empty() {
		return false
	}
	if wrapped, there := readOptional(&content, explicit0); there {
		var ok bool
		if p.names, ok = readPointName(wrapped, issuer); !ok {
			return false
		}
	}
	if !readTrue(&content, tag1, &p.onlyUser) || !readTrue(&content, tag2, &p.onlyCA) {
		return false
	}
	if flags, there := readOptional(&content, tag3); there && !readReasons(flags, &p.reasons) {
		return false
	}
	if !readTrue(&content, tag4, &p.indirect) || !readTrue(&content, tag5, &p.onlyAttribute) || !content.Empty() {
		return false
	}
	// At most one of the three: together they would cover nothing.
	return !(p.onlyUser && p.onlyCA || p.onlyUser && p.onlyAttribute || p.onlyCA && p.onlyAttribute)
}

// readTrue reads a BOOLEAN under the given tag, which DER writes only if it is true.
func readTrue(s *cryptobyte.String, tag asn1.Tag, value *bool) bool {
	var b cryptobyte.String
	b, *value = readOptional(s, tag)
	return !*value || len(b) == 1 && b[0] == 0xff
}

// readReasons reads the content of a ReasonFlags of which at least one is set.
func readReasons(b cryptobyte.String, reasons *certparse.ReasonFlags) bool {
	if len(b) < 2 || len(b) > 3 || b[0] > 7 || b[len(b)-1]&(1<<b[0]-1) != 0 {
		return false
	}
	set := uint16(bits.Reverse8(b[1]))
	if len(b) == 3 {
		set |= uint16(bits.Reverse8(b[2])) << 8
	}
	*reasons = certparse.ReasonFlags(set) & allReasons
	return *reasons != 0
}

// readPointName reads a DistributionPointName. A name relative to the issuer
// becomes the whole directory name.
func readPointName(s cryptobyte.String, issuer certparse.Name) (names []generalName, ok bool) {
	var content cryptobyte.String
	var tag asn1.Tag
	s.ReadAnyASN1(&content, &tag) // What cannot be read has no tag.
	if !s.Empty() {
		return nil, false
	}
	switch tag {
	case explicit0:
		return readGeneralNames(content)
	case explicit1:
		var set cryptobyte.Builder
		set.AddASN1(asn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(content) })
		if name, ok := appendRDN(issuer, set.BytesOrPanic()); ok {
			return []generalName{{certparse.NameDirectory, name}}, true
		}
	}
	return nil, false
}

// maxNames is how many names one list of names may have, and maxPoints how many
// distribution points of a certificate are compared: each is compared with each.
const (
	maxNames  = 64
	maxPoints = 64
)

// eachGeneralName calls visit for each name inside a GeneralNames. It returns
// false if one cannot be read, or if there is none or too many.
func eachGeneralName(s cryptobyte.String, visit func(generalName)) bool {
	n := 0
	for ; !s.Empty(); n++ {
		var value cryptobyte.String
		var tag asn1.Tag
		s.ReadAnyASN1(&value, &tag) // What cannot be read has no tag.
		if n == maxNames || tag&0xc0 != 0x80 || tag&0x1f > 8 {
			return false
		}
		kind := certparse.GeneralNameType(tag & 0x1f)
		if kind == certparse.NameDirectory && !wholeName(value) {
			return false
		}
		visit(generalName{kind, value})
	}
	return n > 0
}

// readGeneralNames reads the content of a GeneralNames.
func readGeneralNames(s cryptobyte.String) (names []generalName, ok bool) {
	ok = eachGeneralName(s, func(n generalName) { names = append(names, n) })
	return names, ok
}

// appendRDN is the distinguished name with one more relative distinguished name,
// given as the DER of a SET.
func appendRDN(name certparse.Name, rdn []byte) (der []byte, ok bool) {
	s := cryptobyte.String(name.Raw())
	var content cryptobyte.String
	s.ReadASN1(&content, asn1.SEQUENCE) // Names that cannot be read are those of no list's issuer.
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(content)
		b.AddBytes(rdn)
	})
	der, _ = b.Bytes() // Nil, which is no name, if it is too long.
	return der, wholeName(der)
}

func (n generalName) same(o generalName) bool {
	if n.kind != o.kind {
		return false
	}
	if n.kind == certparse.NameDirectory {
		return certparse.NameFromDER(n.value).Equal(certparse.NameFromDER(o.value))
	}
	return bytes.Equal(n.value, o.value)
}

// anySame reports whether the two lists have a name in common.
func anySame(a, b []generalName) bool {
	return slices.ContainsFunc(a, func(n generalName) bool { return slices.ContainsFunc(b, n.same) })
}

// point is a distribution point of the certificate.
type point struct {
	// names are those of the place; nil if it is not named.
	names []generalName
	// issuers are the names of who signs the lists; nil is the certificate's issuer.
	issuers []generalName
	reasons certparse.ReasonFlags
}

func generalNames(names certparse.GeneralNames) (list []generalName) {
	for _, n := range names[:min(len(names), maxNames)] {
		list = append(list, generalName{n.Type, n.Raw})
	}
	return list
}

// pointsOf are all distribution points of the certificate, and at the end the one
// that every certificate has: the issuer's own lists (RFC 5280, Section 6.3.3).
func pointsOf(cert *certparse.Certificate) (points []point) {
	distribution, presence := cert.CRLDistributionPoints()
	if presence == certparse.Present {
		for _, d := range distribution[:min(len(distribution), maxPoints)] {
			p := point{names: generalNames(d.FullName), issuers: generalNames(d.CRLIssuer), reasons: d.Reasons}
			if d.RelativeName != nil {
				base := cert.Issuer()
				if len(d.CRLIssuer) == 1 {
					base, _ = d.CRLIssuer[0].DirectoryName()
				}
				p.names = []generalName{} // Named, but so far like nothing.
				if name, ok := appendRDN(base, d.RelativeName); ok {
					p.names = append(p.names, generalName{certparse.NameDirectory, name})
				}
			}
			points = append(points, p)
		}
	}
	return append(points, point{names: []generalName{{certparse.NameDirectory, cert.RawIssuer()}}})
}

// covers reports whether the list is the one that the point of the certificate
// means, RFC 5280, Section 6.3.3, step (b). If not, it says why.
func (c *CRL) covers(cert *certparse.Certificate, p point) (reason string, ok bool) {
	i := &c.point
	if p.issuers == nil {
		if !c.Issuer.Equal(cert.Issuer()) {
			return "it is of another issuer", false
		}
	} else if !anySame(p.issuers, []generalName{{certparse.NameDirectory, c.Issuer.Raw()}}) || !i.indirect {
		return "it is of another issuer, or not indirect", false
	}
	if i.names != nil {
		names := p.names
		if names == nil {
			names = p.issuers
		}
		if !anySame(i.names, names) {
			return "it is of another distribution point", false
		}
	}
	basic, presence := cert.BasicConstraints()
	switch {
	case i.onlyAttribute:
		return "it is for attribute certificates", false
	case presence == certparse.Malformed && (i.onlyUser || i.onlyCA):
		return "nobody can tell whether the certificate is a CA's", false
	case i.onlyUser && basic.CA:
		return "it is for end entities", false
	case i.onlyCA && !basic.CA:
		return "it is for CAs", false
	}
	return "", true
}

// reasonsFor are the reasons that the list covers at the point.
func (c *CRL) reasonsFor(p point) certparse.ReasonFlags {
	reasons := allReasons
	if p.reasons != 0 {
		reasons &= p.reasons
	}
	if c.point.reasons != 0 {
		reasons &= c.point.reasons
	}
	return reasons
}
