package certparse

import (
	"github.com/certloupe/certloupe/finding"
)

// This file unpacks PKCS#7: SignedData of RFC 2315, Section 9, of RFC 5652, Section
// 5, and of GM/T 0010, which has the same structure under another identifier. CAs
// send certificates in it, with nothing signed ("degenerate") or with a signature.
// The signature is left alone: what is judged are the certificates.

// pkcs7Names are the contents of PKCS#7 by the last arc of their identifier, and
// gmPKCS7Names those of GM/T 0010, Section 6.
var (
	pkcs7Names = [...]string{"", "data", "signed data", "enveloped data, which only its recipient can open",
		"signed and enveloped data, which only its recipient can open", "digested data", "encrypted data"}
	gmPKCS7Names = [...]string{"", "data", "signed data", "enveloped data, which only its recipient can open",
		"signed and enveloped data, which only its recipient can open", "encrypted data", "key agreement data"}
)

// The content types that are looked into, as RFC 2315, Section 14 numbers them.
const (
	contentData      = 1
	contentSigned    = 2
	contentEncrypted = 6
)

// contentType returns the content type that an object identifier stands for, and
// its name; the type is 0 if it is of no use here.
func contentType(oid []byte) (n int, name string) {
	if !isContentType(oid) {
		return 0, oidString(oid)
	}
	n = int(oid[len(oid)-1])
	names := pkcs7Names[:]
	isGM := len(oid) == len(oidGMPKCS7)+1
	if isGM {
		names = gmPKCS7Names[:]
	}
	if n >= len(names) || n == 0 {
		return 0, oidString(oid)
	}
	name = names[n]
	if isGM && n >= 5 { // Up to here both number them alike.
		if n = 0; name == pkcs7Names[contentEncrypted] {
			n = contentEncrypted
		}
	}
	return n, name
}

// contentInfo is a ContentInfo: a type and what is inside its content field.
type contentInfo struct {
	kind    int
	name    string
	content berReader
}

// readContentInfo reads a ContentInfo, RFC 2315, Section 7.
func readContentInfo(e berElement) (c contentInfo, ok bool) {
	in := e.inside()
	oid, ok := in.next(tagOID)
	if e.tag != tagSequence || !ok {
		return c, false
	}
	c.kind, c.name = contentType(oid.content)
	if field, ok := in.next(contextConstructed(0)); ok {
		c.content = field.inside()
	} else if len(in.rest) > 0 {
		return c, false
	}
	return c, true
}

// data returns the octets of the content Data.
func (c contentInfo) data() ([]byte, bool) {
	e, ok := c.content.any()
	if !ok {
		return nil, false
	}
	return e.octets(tagOctetString)
}

// otherContent says that a container holds something that is not unpacked.
func (u *unpacker) otherContent(name string) {
	u.add("container-content-other", finding.Str("content", name))
}

func (u *unpacker) pkcs7(ber []byte) {
	outer, _, ok := berNext(ber)
	if !ok {
		u.malformed("its outermost element is cut off")
		return
	}
	info, ok := readContentInfo(outer)
	if !ok {
		u.malformed("it has not the form of ContentInfo")
		return
	}
	if info.kind != contentSigned {
		u.otherContent(info.name)
		return
	}
	signed, ok := readSignedData(info.content)
	if !ok {
		u.malformed("its signed data cannot be read")
		return
	}
	if !u.signedCertificates(signed.certificates) || !u.signedCRLs(signed.crls) {
		return
	}
	if len(u.container.Entries) == 0 && len(u.findings) == 0 {
		u.otherContent("signed data without certificates")
	}
}

// signedData is a SignedData, RFC 5652, Section 5.1.
type signedData struct {
	info contentInfo
	// certificates and crls are what is inside the two optional fields.
	certificates, crls berReader
}

func readSignedData(content berReader) (s signedData, ok bool) {
	e, ok := content.next(tagSequence)
	if !ok {
		return s, false
	}
	in := e.inside()
	_, ok1 := in.next(tagInteger)
	_, ok2 := in.next(tagSet)
	info, ok3 := in.next(tagSequence)
	if !ok1 || !ok2 || !ok3 {
		return s, false
	}
	if s.info, ok = readContentInfo(info); !ok {
		return s, false
	}
	if field, ok := in.next(contextConstructed(0)); ok {
		s.certificates = field.inside()
	}
	if field, ok := in.next(contextConstructed(1)); ok {
		s.crls = field.inside()
	}
	// The signers follow. They are not looked at, so it does not matter that some
	// writers leave out even the empty set of a container that nobody signed.
	return s, true
}

// signedCertificates adds the certificates of a CertificateSet, RFC 5652, Section 10.2.3.
func (u *unpacker) signedCertificates(set berReader) bool {
	for len(set.rest) > 0 {
		e, ok := set.any()
		switch {
		case !ok:
			u.malformed("its list of certificates is cut off")
			return false
		case e.tag == tagSequence:
			if !u.certificate(e.whole, "", nil) {
				return false
			}
		default:
			u.skipped("an attribute certificate or a certificate of another kind")
		}
	}
	return true
}

// signedCRLs adds the lists of RevocationInfoChoices, RFC 5652, Section 10.2.1.
func (u *unpacker) signedCRLs(set berReader) bool {
	for len(set.rest) > 0 {
		e, ok := set.any()
		switch {
		case !ok:
			u.malformed("its list of revocation lists is cut off")
			return false
		case e.tag == tagSequence:
			if !u.crl(e.whole, "") {
				return false
			}
		default:
			u.skipped("revocation information that is no list")
		}
	}
	return true
}

// crl adds a certificate revocation list.
func (u *unpacker) crl(der []byte, name string) bool {
	if formOf(der) != formCRL {
		u.malformed("a revocation list in it has not the form of one")
		return true
	}
	return u.entry(Entry{Kind: KindCRL, DER: der, FriendlyName: name})
}
