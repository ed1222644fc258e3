package ocsp

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

// maxAttributes is how many attributes one relative distinguished name may have
// to be compared other than byte for byte. One is usual.
const maxAttributes = 16

// sameName reports whether both are the same distinguished name, RFC 5280,
// Section 7.1: the types of strings, upper and lower case, and the number of
// spaces make no difference. Names that are damaged are the same only byte for byte.
func sameName(a, b certparse.Name) bool {
	if bytes.Equal(a.Raw(), b.Raw()) {
		return true
	}
	return wholeName(a.Raw()) && wholeName(b.Raw()) && slices.EqualFunc(a.RDNs(), b.RDNs(), sameRDN)
}

// sameRDN compares two sets of attributes.
func sameRDN(a, b []certparse.Attribute) bool {
	if len(a) != len(b) || len(a) > maxAttributes {
		return false
	}
	rest := slices.Clone(b)
	for _, x := range a {
		i := slices.IndexFunc(rest, func(y certparse.Attribute) bool { return sameAttribute(x, y) })
		if i < 0 {
			return false
		}
		rest = slices.Delete(rest, i, i+1)
	}
	return true
}

func sameAttribute(a, b certparse.Attribute) bool {
	if a.OID != b.OID {
		return false
	}
	if a.Type == "" || b.Type == "" {
		return bytes.Equal(a.Raw, b.Raw)
	}
	return folded(a.Value) == folded(b.Value)
}

// folded is the text in lower case with single spaces between its words.
func folded(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " "))
}

// wholeName reports whether a distinguished name can be decoded to its end.
func wholeName(der []byte) bool {
	s := cryptobyte.String(der)
	var rdns, rdn, attribute, part cryptobyte.String
	var tag asn1.Tag
	if !s.ReadASN1(&rdns, asn1.SEQUENCE) || !s.Empty() {
		return false
	}
	for !rdns.Empty() {
		if !rdns.ReadASN1(&rdn, asn1.SET) || rdn.Empty() {
			return false
		}
		for !rdn.Empty() {
			if !rdn.ReadASN1(&attribute, asn1.SEQUENCE) || !readOID(&attribute, &part) ||
				!attribute.ReadAnyASN1(&part, &tag) || !attribute.Empty() {
				return false
			}
		}
	}
	return true
}
