package certparse

import (
	"strings"

	"github.com/certloupe/certloupe/finding"
)

// This file unpacks PKCS#12, RFC 7292. It is an onion: a PFX has an
// AuthenticatedSafe, a list of contents that are plain or encrypted; each content is
// a list of bags; a bag has a certificate, a key or a list of bags again. Anything
// may be BER, and octet strings in pieces are usual.

// The object identifiers of PKCS#12, in their content octets.
const (
	// oidBagTypes is 1.2.840.113549.1.12.10.1; the types of bags are below it.
	oidBagTypes = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"
	// oidPKCS9 is 1.2.840.113549.1.9.
	oidPKCS9           = "\x2a\x86\x48\x86\xf7\x0d\x01\x09"
	oidFriendlyName    = oidPKCS9 + "\x14"
	oidLocalKeyID      = oidPKCS9 + "\x15"
	oidX509Certificate = oidPKCS9 + "\x16\x01"
	oidSDSICertificate = oidPKCS9 + "\x16\x02"
	oidX509CRL         = oidPKCS9 + "\x17\x01"
)

// The types of bags, RFC 7292, Section 4.2.
const (
	bagKey = iota + 1
	bagEncryptedKey
	bagCertificate
	bagCRL
	bagSecret
	bagSafeContents
)

func (u *unpacker) pkcs12(ber []byte) {
	outer, _, ok := berNext(ber)
	if !ok {
		u.malformed("its outermost element is cut off")
		return
	}
	in := outer.inside()
	_, ok1 := in.next(tagInteger)
	first, ok2 := in.next(tagSequence)
	info, ok3 := readContentInfo(first)
	if !ok1 || !ok2 || !ok3 {
		u.malformed("it has not the form of PFX")
		return
	}
	var safe []byte
	switch info.kind {
	case contentData:
		if safe, ok = info.data(); ok {
			u.checkMAC(in, safe)
		}
	case contentSigned:
		// Public-key integrity mode, RFC 7292, Section 3.1.
		var signed signedData
		if signed, ok = readSignedData(info.content); ok {
			if safe, ok = signed.info.data(); ok {
				u.unchecked("it is signed, and the signature is not looked at")
			}
		}
	default:
		u.otherContent(info.name)
		return
	}
	if !ok {
		u.malformed("its contents (authSafe) cannot be read")
		return
	}
	u.authenticatedSafe(safe)
	if u.passwords == nil && !u.locked {
		u.unchecked("no password was given")
	}
}

// authenticatedSafe reads the AuthenticatedSafe, RFC 7292, Section 4.1.
func (u *unpacker) authenticatedSafe(ber []byte) {
	list, _, ok := berNext(ber)
	if !ok || list.tag != tagSequence {
		u.malformed("its list of contents (AuthenticatedSafe) cannot be read")
		return
	}
	for r := list.inside(); len(r.rest) > 0; {
		e, ok := r.any()
		info, isInfo := readContentInfo(e)
		if !ok || !isInfo {
			u.malformed("one of its contents has not the form of ContentInfo")
			return
		}
		switch info.kind {
		case contentData:
			contents, ok := info.data()
			if !ok {
				u.malformed("one of its contents is no octet string")
			} else if !u.safeContents(contents, maxContainerDepth) {
				return
			}
		case contentEncrypted:
			if !u.encryptedData(info.content) {
				return
			}
		default:
			u.skipped(info.name)
		}
	}
}

// encryptedData opens an EncryptedData, RFC 5652, Section 8.
func (u *unpacker) encryptedData(content berReader) bool {
	const problem = "encrypted contents cannot be read"
	e, ok := content.next(tagSequence)
	in := e.inside()
	_, ok1 := in.next(tagInteger)
	info, ok2 := in.next(tagSequence)
	in = info.inside()
	_, ok3 := in.next(tagOID)
	algorithm, ok4 := in.next(tagSequence)
	field, ok5 := in.any()
	ciphertext, ok6 := field.octets(contextTag(0))
	if !ok || !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 {
		u.malformed(problem)
		return true
	}
	more := true
	u.decrypt(algorithm.whole, ciphertext, contentCodes, func(e *encryption, plain []byte) bool {
		// The padding of a wrong password can look right; a list of bags can not.
		list, rest, ok := berNext(plain)
		if !ok || len(rest) > 0 || list.tag != tagSequence {
			return false
		}
		if e.weak {
			u.add("container-weak-encryption", finding.Str("scheme", e.name))
		}
		more = u.safeContents(plain, maxContainerDepth)
		return true
	})
	return more
}

// safeContents reads a list of bags, RFC 7292, Section 4.2. It returns false if
// nothing more is to be read.
func (u *unpacker) safeContents(ber []byte, depth int) bool {
	list, _, ok := berNext(ber)
	if !ok || list.tag != tagSequence {
		u.malformed("a list of bags (SafeContents) cannot be read")
		return true
	}
	for r := list.inside(); len(r.rest) > 0; {
		e, ok := r.next(tagSequence)
		in := e.inside()
		id, ok1 := in.next(tagOID)
		field, ok2 := in.next(contextConstructed(0))
		value, _, ok3 := berNext(field.content)
		if !ok || !ok1 || !ok2 || !ok3 {
			u.malformed("a bag in it cannot be read")
			return true
		}
		name, keyID := bagAttributes(in)
		if !u.bag(id.content, value, name, keyID, depth) {
			return false
		}
	}
	return true
}

// bag adds what is in one bag.
func (u *unpacker) bag(id []byte, value berElement, name string, keyID []byte, depth int) bool {
	kind := 0
	if len(id) == len(oidBagTypes)+1 && string(id[:len(oidBagTypes)]) == oidBagTypes {
		kind = int(id[len(oidBagTypes)])
	}
	switch kind {
	case bagKey:
		return u.plainKey(value.whole, name, keyID)
	case bagEncryptedKey:
		return u.encryptedKey(value.whole, name, keyID)
	case bagCertificate, bagCRL:
		return u.valueBag(value, name, keyID)
	case bagSecret:
		// Whatever it is, it is never shown.
		u.skipped("a secret, such as a password or a symmetric key")
	case bagSafeContents:
		if depth == 1 {
			u.malformed("its contents are nested deeper than anybody nests them")
			return true
		}
		return u.safeContents(value.whole, depth-1)
	default:
		u.skipped("a bag of the type " + oidString(id))
	}
	return true
}

// valueBag adds what is in a CertBag or a CRLBag, RFC 7292, Sections 4.2.3 and
// 4.2.4: an identifier of the kind, and an octet string.
func (u *unpacker) valueBag(bag berElement, name string, keyID []byte) bool {
	in := bag.inside()
	id, ok1 := in.next(tagOID)
	field, ok2 := in.next(contextConstructed(0))
	inside := field.inside()
	e, ok3 := inside.any()
	if bag.tag != tagSequence || !ok1 || !ok2 || !ok3 {
		u.malformed("a bag with a certificate or a revocation list cannot be read")
		return true
	}
	if string(id.content) == oidSDSICertificate {
		u.skipped("an SDSI certificate")
		return true
	}
	value, ok := e.octets(tagOctetString)
	switch string(id.content) {
	case oidX509Certificate:
		if ok {
			return u.certificate(value, name, keyID)
		}
	case oidX509CRL:
		if ok {
			return u.crl(value, name)
		}
	default:
		u.skipped("a certificate or revocation list of the kind " + oidString(id.content))
		return true
	}
	u.malformed("a certificate or revocation list in it is no octet string")
	return true
}

// bagAttributes returns the two attributes of RFC 7292, Section 4.2 that mean
// something here. Others, such as Microsoft's name of a key provider and Java's
// list of what a certificate is trusted for, are passed over.
func bagAttributes(in berReader) (name string, keyID []byte) {
	set, ok := in.next(tagSet)
	if !ok {
		return "", nil
	}
	for r := set.inside(); len(r.rest) > 0; {
		e, ok := r.next(tagSequence)
		if !ok {
			break
		}
		attribute := e.inside()
		id, ok1 := attribute.next(tagOID)
		values, ok2 := attribute.next(tagSet)
		inside := values.inside()
		value, ok3 := inside.any()
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		switch string(id.content) {
		case oidFriendlyName:
			// It should be a BMPString; some writers take other types, or put a zero
			// character at its end.
			if isText(value.tag, value.content) {
				name = strings.TrimRight(decodeString(value.tag, value.content, nil), "\x00")
			}
		case oidLocalKeyID:
			if octets, ok := value.octets(tagOctetString); ok {
				keyID = octets
			}
		}
	}
	return name, keyID
}
