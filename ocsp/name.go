package ocsp

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

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
