package sm2

import (
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A CSR response of GM/T 0092:
//
//	CSRResponse ::= SEQUENCE {
//	    signCertificate      SET OF Certificate,
//	    encryptedPrivateKey  [0] SM2EnvelopedKey OPTIONAL,
//	    encryptCertificate   [1] SET OF Certificate OPTIONAL }
//
// Whether the tags replace those of what they mark or stand around it is read
// both ways, because both are found.

func isResponse(der []byte) bool {
	input := cryptobyte.String(der)
	var seq, set, cert, tbs cryptobyte.String
	if !input.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1(&set, asn1.SET) {
		return false
	}
	if set.Empty() {
		// A response without signing certificates is broken but can be told by the rest.
		return seq.PeekASN1Tag(responseKey) || seq.PeekASN1Tag(responseCertificates)
	}
	return set.ReadASN1(&cert, asn1.SEQUENCE) && cert.ReadASN1(&tbs, asn1.SEQUENCE) && cert.PeekASN1Tag(asn1.SEQUENCE)
}

const (
	responseKey          = asn1.Tag(0x80 | 0x20)
	responseCertificates = asn1.Tag(0x80 | 0x20 | 1)
)

func (o *opener) response(der []byte) {
	input := cryptobyte.String(der)
	var seq, signing cryptobyte.String
	input.ReadASN1(&seq, asn1.SEQUENCE)
	seq.ReadASN1(&signing, asn1.SET)
	if signing.Empty() {
		o.malformed("it holds no signing certificate")
	}
	if !o.certificates(signing) {
		return
	}
	var envelope cryptobyte.String
	if seq.PeekASN1Tag(responseKey) {
		var element cryptobyte.String
		if !seq.ReadASN1Element(&element, responseKey) {
			o.malformed("the encrypted private key is cut off")
			return
		}
		inside := element
		inside.ReadASN1(&envelope, responseKey)
		if !isEnvelopedKey(envelope) {
			// The tag replaces that of the SEQUENCE.
			envelope = slices.Clone(element)
			envelope[0] = byte(asn1.SEQUENCE)
		}
	}
	if !seq.Empty() {
		var certs, inner cryptobyte.String
		var tag asn1.Tag
		if !seq.ReadAnyASN1(&certs, &tag) || tag != responseCertificates && tag != responseKey {
			o.malformed("something stands where the encryption certificates belong")
			return
		}
		// The tag may stand around the set, and as one library writes it, around
		// another tag.
		for _, around := range []asn1.Tag{responseKey, asn1.SET} {
			if certs.PeekASN1Tag(around) && certs.ReadASN1(&inner, around) {
				certs = inner
			}
		}
		if !o.certificates(certs) {
			return
		}
	}
	if envelope != nil {
		o.envelopedKey(envelope)
	}
}

// certificates adds the certificates that stand one after the other in b.
func (o *opener) certificates(b cryptobyte.String) bool {
	for !b.Empty() {
		var cert cryptobyte.String
		if !b.ReadASN1Element(&cert, asn1.SEQUENCE) {
			o.malformed("a certificate in it cannot be read")
			return false
		}
		if !o.certificate(cert) {
			return false
		}
	}
	return true
}
