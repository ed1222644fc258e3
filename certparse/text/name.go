package text

import (
	"golang.org/x/crypto/cryptobyte"

	"github.com/certloupe/certloupe/certparse"
)

// incomplete announces octets of which a part has been shown decoded.
const incomplete = "Not all of it can be decoded:"

// distinguishedName writes a name on one line. If a part of it cannot be
// decoded, or all of it is too long, its DER follows.
func distinguishedName(b *block, label string, n certparse.Name) {
	raw := n.Raw()
	if len(raw) > maxValue {
		b.line(8, label)
		b.hex(12, octetsPerLine, raw)
		return
	}
	if s := nameText(n); s != "" {
		b.line(8, label, " ", s)
	} else {
		b.line(8, label)
	}
	if !decodes(raw) {
		b.line(12, incomplete)
		b.hex(16, octetsPerLine, raw)
	}
}

// nameText is a name in the order of its encoding, as certinfo and OpenSSL have it.
func nameText(n certparse.Name) string {
	var s []byte
	for i, rdn := range n.RDNs() {
		if i > 0 {
			s = append(s, ',')
		}
		for j, a := range rdn {
			if j > 0 {
				s = append(s, '+')
			}
			s = append(append(s, a.Name...), '=')
			if a.Type == "" {
				s = append(s, a.Value...) // Not text: # and hexadecimal digits.
			} else {
				s = append(s, quoted(a.Value)...)
			}
		}
	}
	return string(s)
}

// decodes reports whether a name can be decoded to its last octet. It may say no
// to a name that merely departs from DER, but never yes where something is lost.
func decodes(raw []byte) bool {
	der := cryptobyte.String(raw)
	if !der.ReadASN1(&der, tagSequence) {
		return false
	}
	for !der.Empty() {
		var set cryptobyte.String
		if !der.ReadASN1(&set, tagSet) || set.Empty() {
			return false
		}
		for !set.Empty() {
			var attribute, value cryptobyte.String
			if !set.ReadASN1(&attribute, tagSequence) || !attribute.SkipASN1(tagOID) ||
				!readAny(&attribute, &value) || !attribute.Empty() {
				return false
			}
		}
	}
	return true
}

// generalName is a general name with its label.
func generalName(n certparse.GeneralName) string {
	switch n.Type {
	case certparse.NameDNS:
		return "DNS:" + quoted(string(n.Raw))
	case certparse.NameEmail:
		return "email:" + quoted(string(n.Raw))
	case certparse.NameURI:
		return "URI:" + quoted(string(n.Raw))
	case certparse.NameIP:
		return "IP Address:" + n.Value
	case certparse.NameDirectory:
		if name, ok := n.DirectoryName(); ok {
			return "DirName:" + nameText(name)
		}
	case certparse.NameRegisteredID:
		return "Registered ID:" + n.Value
	}
	return n.Type.String() + ":" + quoted(n.Value)
}
