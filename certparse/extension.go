package certparse

import (
	"slices"

	"github.com/certloupe/certloupe/finding"
)

// extensionID numbers the extensions that are known by name.
type extensionID uint8

const (
	extUnknown extensionID = iota
	extSubjectDirectoryAttributes
	extSubjectKeyIdentifier
	extKeyUsage
	extPrivateKeyUsagePeriod
	extSubjectAltName
	extIssuerAltName
	extBasicConstraints
	extNameConstraints
	extCRLDistributionPoints
	extCertificatePolicies
	extPolicyMappings
	extAuthorityKeyIdentifier
	extPolicyConstraints
	extExtendedKeyUsage
	extFreshestCRL
	extInhibitAnyPolicy
	extAuthorityInfoAccess
	extSubjectInfoAccess
	extTLSFeature
	extQCStatements
	extOCSPNoCheck
	extSCTList
	extCTPoison
	extNetscapeCertType
	extNetscapeComment
	extCABFOrganizationIdentifier
	extMicrosoftTemplateName
	extMicrosoftTemplate
	extMicrosoftCAVersion

	extensionIDs // how many there are
)

// criticality is what the standard says of an extension's critical flag.
type criticality uint8

const (
	criticalEither criticality = iota
	criticalNever
	// criticalDiscouraged is for extensions that should not be critical.
	criticalDiscouraged
	// criticalExpected is for extensions that are critical in a conforming certificate.
	criticalExpected
)

// extensionKind is what is fixed about a known extension, apart from its syntax,
// for which see [extReader.check].
type extensionKind struct {
	name     string
	critical criticality
}

// extension is one extension of a certificate.
type extension struct {
	id       extensionID
	critical bool
	start    uint32
	oid      span
	value    span
}

// Extension is one extension of a certificate.
type Extension struct {
	// OID is the dotted form of the extension's identifier.
	OID string
	// Name is the extension's name in the standard that defines it; empty if unknown.
	Name string
	// Critical is the extension's critical flag.
	Critical bool
	// Value is the DER inside the extension's OCTET STRING.
	Value []byte
}

// Extensions returns all extensions in their order.
func (c *Certificate) Extensions() []Extension {
	xs := make([]Extension, 0, c.extensionCount)
	for i := range int(c.extensionCount) {
		x := c.extensionAt(i)
		xs = append(xs, Extension{
			OID:      oidString(x.oid.of(c.raw)),
			Name:     extensionKinds[x.id].name,
			Critical: x.critical,
			Value:    x.value.of(c.raw),
		})
	}
	return xs
}

// CriticalExtensions returns the critical extensions in their order: the name of
// each, or the dotted OID of one that has none.
func (c *Certificate) CriticalExtensions() []string { return c.CriticalExtensionsExcept(nil) }

// CriticalExtensionsExcept is [Certificate.CriticalExtensions] without those of
// the given names.
func (c *Certificate) CriticalExtensionsExcept(known []string) []string {
	var names []string
	for i := range int(c.extensionCount) {
		x := c.extensionAt(i)
		if !x.critical {
			continue
		}
		name := extensionKinds[x.id].name
		if name == "" {
			name = oidString(x.oid.of(c.raw))
		}
		if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	return names
}

func (c *Certificate) extensionAt(i int) *extension {
	if i < len(c.few) {
		return &c.few[i]
	}
	return &c.more[i-len(c.few)]
}

// find returns the first extension of the given kind, or nil.
func (c *Certificate) find(id extensionID) *extension {
	if !c.has(id) {
		return nil
	}
	for i := range int(c.extensionCount) {
		if x := c.extensionAt(i); x.id == id {
			return x
		}
	}
	return nil
}

func (c *Certificate) has(id extensionID) bool { return c.known>>id&1 != 0 }

// identifyExtension returns the extension that the content octets of an OID name.
func identifyExtension(oid []byte) extensionID {
	if len(oid) == 3 && oid[0] == 0x55 && oid[1] == 0x1d { // 2.5.29
		switch oid[2] {
		case 9:
			return extSubjectDirectoryAttributes
		case 14:
			return extSubjectKeyIdentifier
		case 15:
			return extKeyUsage
		case 16:
			return extPrivateKeyUsagePeriod
		case 17:
			return extSubjectAltName
		case 18:
			return extIssuerAltName
		case 19:
			return extBasicConstraints
		case 30:
			return extNameConstraints
		case 31:
			return extCRLDistributionPoints
		case 32:
			return extCertificatePolicies
		case 33:
			return extPolicyMappings
		case 35:
			return extAuthorityKeyIdentifier
		case 36:
			return extPolicyConstraints
		case 37:
			return extExtendedKeyUsage
		case 46:
			return extFreshestCRL
		case 54:
			return extInhibitAnyPolicy
		}
		return extUnknown
	}
	switch string(oid) {
	case "\x2b\x06\x01\x05\x05\x07\x01\x01": // 1.3.6.1.5.5.7.1.1
		return extAuthorityInfoAccess
	case "\x2b\x06\x01\x05\x05\x07\x01\x03": // 1.3.6.1.5.5.7.1.3
		return extQCStatements
	case "\x2b\x06\x01\x05\x05\x07\x01\x0b": // 1.3.6.1.5.5.7.1.11
		return extSubjectInfoAccess
	case "\x2b\x06\x01\x05\x05\x07\x01\x18": // 1.3.6.1.5.5.7.1.24
		return extTLSFeature
	case "\x2b\x06\x01\x05\x05\x07\x30\x01\x05": // 1.3.6.1.5.5.7.48.1.5
		return extOCSPNoCheck
	case "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02": // 1.3.6.1.4.1.11129.2.4.2
		return extSCTList
	case "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03": // 1.3.6.1.4.1.11129.2.4.3
		return extCTPoison
	case "\x60\x86\x48\x01\x86\xf8\x42\x01\x01": // 2.16.840.1.113730.1.1
		return extNetscapeCertType
	case "\x60\x86\x48\x01\x86\xf8\x42\x01\x0d": // 2.16.840.1.113730.1.13
		return extNetscapeComment
	case "\x67\x81\x0c\x03\x01": // 2.23.140.3.1
		return extCABFOrganizationIdentifier
	case "\x2b\x06\x01\x04\x01\x82\x37\x14\x02": // 1.3.6.1.4.1.311.20.2
		return extMicrosoftTemplateName
	case "\x2b\x06\x01\x04\x01\x82\x37\x15\x07": // 1.3.6.1.4.1.311.21.7
		return extMicrosoftTemplate
	case "\x2b\x06\x01\x04\x01\x82\x37\x15\x01": // 1.3.6.1.4.1.311.21.1
		return extMicrosoftCAVersion
	}
	return extUnknown
}

// extensions reads the extensions field, RFC 5280, Section 4.2.
func (p *parser) extensions(field element) {
	c := p.c
	list, ok := p.expect(field.body, field.end, tagSequence)
	if !ok || list.end != field.end {
		p.note("der-malformed", "extensions", field.start, finding.Str("problem", "the extensions are not one sequence"))
		if !ok {
			c.damaged = ^uint32(0)
			return
		}
	}
	if list.body == list.end {
		p.note("der-malformed", "extensions", list.start, finding.Str("problem", "the list of extensions is empty"))
	}
	var unknown seenOIDs
	r := extReader{derReader: derReader{der: p.der}, c: c, memory: p.memory}
	for pos := list.body; pos < list.end; {
		e, ok := p.expect(pos, list.end, tagSequence)
		if !ok {
			p.note("der-malformed", "extensions", p.problemAt, finding.Str("problem", p.problem))
			c.damaged = ^uint32(0) // Nobody knows what else was to come.
			break
		}
		pos = e.end
		if c.extensionCount == maxExtensions {
			c.damaged = ^uint32(0)
			p.note("der-malformed", "extensions", e.start, finding.Str("problem", "there are more than 1000 extensions; the rest was not read"))
			break
		}
		if int(c.extensionCount) >= len(c.few) {
			c.more = append(c.more, extension{})
		}
		// It is filled where it stays; copying it about costs more than reading it.
		x := c.extensionAt(int(c.extensionCount))
		if !p.extension(e, x) {
			c.more = c.more[:max(0, int(c.extensionCount)-len(c.few))]
			continue
		}
		x.id = identifyExtension(x.oid.of(p.der))
		duplicate := false
		if x.id == extUnknown {
			duplicate = unknown.again(p.der, x.oid)
		} else if duplicate = c.has(x.id); duplicate {
			c.damaged |= 1 << x.id
		}
		c.extensionCount++
		kind := &extensionKinds[x.id]
		if duplicate {
			p.note("extension-duplicate", "extensions", x.start, finding.Str("extension", p.extensionName(x)))
		} else if x.id != extUnknown {
			c.known |= 1 << x.id
		}
		switch {
		case x.id == extUnknown && x.critical:
			p.note("extension-unknown-critical", "extensions", x.start, finding.Str("oid", oidString(x.oid.of(p.der))))
		case x.critical && kind.critical == criticalNever:
			p.note("extension-must-not-be-critical", "extensions", x.start, finding.Str("extension", kind.name))
		case x.critical && kind.critical == criticalDiscouraged:
			p.note("extension-should-not-be-critical", "extensions", x.start, finding.Str("extension", kind.name))
		case !x.critical && kind.critical == criticalExpected:
			p.note("extension-should-be-critical", "extensions", x.start, finding.Str("extension", kind.name))
		}
		if x.id != extUnknown && !duplicate {
			r.x, r.damaged = x, false
			r.check()
			if r.damaged {
				c.damaged |= 1 << x.id
			}
		}
	}
	if p.longLength == 0 {
		p.longLength = r.longLength
	}
}

// extension reads one Extension into x: OID, critical flag, and the octets of the value.
func (p *parser) extension(e element, x *extension) bool {
	oid, ok := p.expect(e.body, e.end, tagOID)
	if !ok || !oidValid(oid.content().of(p.der)) {
		p.note("der-malformed", "extensions", e.start, finding.Str("problem", "an extension has no valid object identifier"))
		if !ok {
			p.c.damaged = ^uint32(0)
			return false
		}
	}
	*x = extension{start: e.start, oid: oid.content()}
	next, ok := p.read(oid.end, e.end)
	if ok && next.tag == tagBoolean {
		b := next.content().of(p.der)
		x.critical = len(b) > 0 && b[len(b)-1] != 0
		switch {
		case len(b) != 1 || b[0] != 0 && b[0] != 0xff:
			p.malformed(x, next.start, "its critical flag is not a valid boolean")
		case b[0] == 0:
			p.note("der-default-encoded", "extensions", next.start, finding.Str("field", "critical flag of "+p.extensionName(x)))
		}
		next, ok = p.read(next.end, e.end)
	}
	if !ok || next.tag != tagOctetString {
		p.malformed(x, e.start, "it has no value")
		return false
	}
	if next.end != e.end {
		p.malformed(x, next.end, "something follows its value")
	}
	x.value = next.content()
	return true
}

// extensionName is the name of an extension, or its OID if it has none here.
func (p *parser) extensionName(x *extension) string {
	id := x.id
	if id == extUnknown {
		id = identifyExtension(x.oid.of(p.der))
	}
	if name := extensionKinds[id].name; name != "" {
		return name
	}
	return oidString(x.oid.of(p.der))
}

// malformed notes that an extension cannot be relied on, and why.
func (p *parser) malformed(x *extension, offset uint32, problem string) {
	p.c.damaged |= 1 << identifyExtension(x.oid.of(p.der))
	p.note("extension-malformed", "extensions", offset,
		finding.Str("extension", p.extensionName(x)), finding.Str("problem", problem))
}
