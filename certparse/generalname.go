package certparse

import (
	"net/netip"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/safetext"
)

// GeneralNameType is the form of a general name, RFC 5280, Section 4.2.1.6. Its
// values are the standard's tag numbers.
type GeneralNameType uint8

// The forms of general names.
const (
	NameOther GeneralNameType = iota
	NameEmail
	NameDNS
	NameX400
	NameDirectory
	NameEDIParty
	NameURI
	NameIP
	NameRegisteredID
	// NameUnknown is a form that the standard does not have.
	NameUnknown
)

var generalNameTypes = [...]string{
	"otherName", "rfc822Name", "dNSName", "x400Address", "directoryName", "ediPartyName",
	"uniformResourceIdentifier", "iPAddress", "registeredID", "unknown",
}

// String returns the standard's word for the form, such as "dNSName".
func (t GeneralNameType) String() string { return generalNameTypes[min(t, NameUnknown)] }

// GeneralName is one name of an alternative name, a distribution point, a name
// constraint or the like.
type GeneralName struct {
	Type GeneralNameType
	// Value is the name as text that is safe to show: unprintable characters are
	// escaped. A directory name is as RFC 4514 writes it, an IP address without
	// its mask or with the prefix length of the mask, a registered ID dotted, an
	// other name is its type, a colon and its value. What cannot be decoded is
	// # and hexadecimal digits.
	Value string
	// Raw is the name as it stands: the content octets below the form's tag. For
	// a directory name it is the DER of the distinguished name.
	Raw []byte
}

// GeneralNames is a list of general names in the order of the certificate.
type GeneralNames []GeneralName

// DNSNames returns the DNS names.
func (ns GeneralNames) DNSNames() []string { return ns.values(NameDNS) }

// EmailAddresses returns the e-mail addresses (rfc822Name).
func (ns GeneralNames) EmailAddresses() []string { return ns.values(NameEmail) }

// URIs returns the uniform resource identifiers.
func (ns GeneralNames) URIs() []string { return ns.values(NameURI) }

func (ns GeneralNames) values(t GeneralNameType) []string {
	var vs []string
	for _, n := range ns {
		if n.Type == t {
			vs = append(vs, n.Value)
		}
	}
	return vs
}

// IPAddresses returns the IP addresses; those of an impossible length are left out.
func (ns GeneralNames) IPAddresses() []netip.Addr {
	var as []netip.Addr
	for _, n := range ns {
		if a, ok := netip.AddrFromSlice(n.Raw); ok && n.Type == NameIP {
			as = append(as, a)
		}
	}
	return as
}

// DirectoryName returns the distinguished name of a directory name.
func (n GeneralName) DirectoryName() (Name, bool) { return Name{n.Raw}, n.Type == NameDirectory }

// Prefix returns the range of addresses that an IP address with a mask stands
// for, as name constraints have it (RFC 5280, Section 4.2.1.10).
func (n GeneralName) Prefix() (netip.Prefix, bool) {
	if n.Type != NameIP {
		return netip.Prefix{}, false
	}
	return maskedPrefix(n.Raw)
}

// maskedPrefix reads an address followed by a mask of the same length.
func maskedPrefix(b []byte) (netip.Prefix, bool) {
	if len(b) != 8 && len(b) != 32 {
		return netip.Prefix{}, false
	}
	addr, _ := netip.AddrFromSlice(b[:len(b)/2])
	mask := b[len(b)/2:]
	ones := 0
	for ones < 8*len(mask) && mask[ones/8]<<(ones%8)&0x80 != 0 {
		ones++
	}
	for i := ones; i < 8*len(mask); i++ {
		if mask[i/8]<<(i%8)&0x80 != 0 {
			return netip.Prefix{}, false
		}
	}
	return netip.PrefixFrom(addr, ones), true
}

// nameUse is what a general name serves for; the rules differ.
type nameUse uint8

const (
	nameElsewhere nameUse = iota
	nameOfSubject
	nameConstraint
)

// generalNames reads the names inside list, of which there must be one.
func (r *extReader) generalNames(list element, use nameUse, into *[]GeneralName) {
	m := r.filled(list)
	for e, ok := m.any(); ok; e, ok = m.any() {
		r.generalName(e, use)
		if into != nil {
			*into = append(*into, makeGeneralName(r.der, e))
		}
	}
}

// generalName checks one name.
func (r *extReader) generalName(e element, use nameUse) {
	b := e.content().of(r.der)
	problem := ""
	switch e.tag {
	case contextTag(2):
		var underscore bool
		if problem, underscore = dnsProblem(b, use); problem == "" && underscore && use == nameOfSubject {
			r.note("subject-alt-name-underscore", "san", e.start, finding.Str("value", excerpt(b)))
		}
	case contextTag(6):
		problem = uriProblem(b, use)
	case contextTag(1):
		problem = emailProblem(b, use)
	case contextTag(7):
		r.ipAddress(e, b, use)
	case contextConstructed(4):
		name, ok := r.expect(e.body, e.end, tagSequence)
		if !ok || name.end != e.end || !r.rdns(name) {
			r.brokenName(e, use, "it is not a distinguished name")
		}
	case contextConstructed(0):
		id, ok := r.expect(e.body, e.end, tagOID)
		if ok && oidValid(id.content().of(r.der)) {
			value, there := r.expect(id.end, e.end, contextConstructed(0))
			if ok = there && value.end == e.end; ok {
				_, ok = r.read(value.body, value.end)
			}
		}
		if !ok {
			r.brokenName(e, use, "it does not consist of an object identifier and a value")
		}
	case contextTag(8):
		if !oidValid(b) {
			r.brokenName(e, use, "it is not a valid object identifier")
		}
	case contextConstructed(3), contextConstructed(5):
		// Never seen in the wild; kept as they are.
	default:
		r.brokenName(e, use, "the standard has no such form of names")
	}
	if problem != "" {
		r.oddName(e, use, problem)
	}
}

func (r *extReader) ipAddress(e element, b []byte, use nameUse) {
	switch {
	case use == nameConstraint:
		if _, ok := maskedPrefix(b); !ok {
			r.brokenName(e, use, "it is not an address with a mask whose ones all stand first")
		}
	case len(b) != 4 && len(b) != 16:
		r.brokenName(e, use, "an address has 4 or 16 bytes")
	}
}

// rdns reports whether the content of a distinguished name can be decoded.
func (r *extReader) rdns(name element) bool {
	for pos := name.body; pos < name.end; {
		set, ok := r.expect(pos, name.end, tagSet)
		if !ok || !r.rdn(set) {
			return false
		}
		pos = set.end
	}
	return true
}

// rdn reports whether the content of a relative distinguished name can be decoded.
func (r *extReader) rdn(set element) bool {
	for at := set.body; at < set.end; {
		_, next, ok := r.attribute(at, set.end)
		if !ok {
			return false
		}
		at = next
	}
	return set.body < set.end
}

// brokenName notes a name that cannot be decoded, so that nothing that depends
// on all names may rely on the list.
func (r *extReader) brokenName(e element, use nameUse, problem string) {
	if use != nameOfSubject {
		r.malformed(e.start, "a name of type "+generalNameType(e.tag).String()+" is broken: "+problem)
		return
	}
	r.damaged = true
	r.oddName(e, use, problem)
}

// oddName notes a name that breaks the rules of its form but can be read.
func (r *extReader) oddName(e element, use nameUse, problem string) {
	if r.c == nil {
		return
	}
	value := excerpt(e.content().of(r.der))
	if e.tag != contextTag(1) && e.tag != contextTag(2) && e.tag != contextTag(6) {
		value = "#" + hexUpper([]byte(value))
	}
	typ, value2 := finding.Str("type", generalNameType(e.tag).String()), finding.Str("value", value)
	if use == nameOfSubject {
		r.note("subject-alt-name-invalid", "san", e.start, typ, value2, finding.Str("problem", problem))
		return
	}
	r.note("general-name-invalid", "extensions", e.start, typ, value2, finding.Str("problem", problem),
		finding.Str("extension", extensionKinds[r.x.id].name))
}

// excerpt is as much of b as is of use in a finding.
func excerpt(b []byte) string { return string(b[:min(len(b), 256)]) }

// generalNameType is the form that a tag stands for. Four of them are constructed.
func generalNameType(tag byte) GeneralNameType {
	t := GeneralNameType(tag & 0x1f)
	switch t {
	case NameOther, NameX400, NameDirectory, NameEDIParty:
		if tag == contextConstructed(byte(t)) {
			return t
		}
	case NameEmail, NameDNS, NameURI, NameIP, NameRegisteredID:
		if tag == contextTag(byte(t)) {
			return t
		}
	}
	return NameUnknown
}

// makeGeneralName returns the name in e.
func makeGeneralName(der []byte, e element) GeneralName {
	n := GeneralName{Type: generalNameType(e.tag), Raw: e.content().of(der)}
	n.Value = generalNameText(n)
	return n
}

func generalNameText(n GeneralName) string {
	switch n.Type {
	case NameDNS, NameURI, NameEmail:
		return safetext.String(string(n.Raw))
	case NameIP:
		if a, ok := netip.AddrFromSlice(n.Raw); ok {
			return a.String()
		}
		if p, ok := maskedPrefix(n.Raw); ok {
			return p.String()
		}
	case NameDirectory:
		return Name{n.Raw}.String()
	case NameRegisteredID:
		return oidString(n.Raw)
	case NameOther:
		r := derReader{der: n.Raw}
		if id, ok := r.expect(0, uint32(len(n.Raw)), tagOID); ok {
			if wrap, ok := r.expect(id.end, uint32(len(n.Raw)), contextConstructed(0)); ok {
				if v, ok := r.read(wrap.body, wrap.end); ok {
					return otherNameType(id.content().of(n.Raw)) + ":" +
						safetext.String(decodeString(v.tag, v.content().of(n.Raw), v.whole().of(n.Raw)))
				}
			}
		}
	}
	return "#" + hexUpper(n.Raw)
}

// otherNameType names the kind of an other name.
func otherNameType(oid []byte) string {
	switch string(oid) {
	case "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03": // 1.3.6.1.4.1.311.20.2.3
		return "UPN"
	case "\x2b\x06\x01\x05\x05\x07\x08\x05": // 1.3.6.1.5.5.7.8.5
		return "xmppAddr"
	case "\x2b\x06\x01\x05\x05\x07\x08\x07": // 1.3.6.1.5.5.7.8.7
		return "SRVName"
	case "\x2b\x06\x01\x05\x05\x07\x08\x09": // 1.3.6.1.5.5.7.8.9
		return "SmtpUTF8Mailbox"
	}
	return oidString(oid)
}
