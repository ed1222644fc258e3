package certparse

import "bytes"

// What a file holds is judged by the tags of its first elements. The structures
// that people upload all differ within the first few of them, so nothing needs to
// be decoded, and an encoding that is cut off further down is still recognized.

// form is the exact structure of some content: a [Kind], and for keys also which
// of the formats of that kind.
type form uint8

const (
	formUnknown form = iota
	formCertificate
	formPKCS8
	formEncryptedPKCS8
	formPKCS1
	formSEC1
	formDSA
	formSPKI
	formPKCS1Public
	formCSR
	formCRL
	formPKCS7
	formPKCS12
	formJKS
	formJCEKS
	formOpenSSH
	formECParameters
)

// forms gives for each form its kind, its label in PEM, and what a person calls it.
var forms = [...]struct {
	kind  Kind
	label string
	what  string
}{
	formUnknown:        {KindUnknown, "", "something unknown"},
	formCertificate:    {KindCertificate, "CERTIFICATE", "a certificate"},
	formPKCS8:          {KindPrivateKey, "PRIVATE KEY", "a private key in PKCS#8 format"},
	formEncryptedPKCS8: {KindPrivateKey, "ENCRYPTED PRIVATE KEY", "an encrypted private key in PKCS#8 format"},
	formPKCS1:          {KindPrivateKey, "RSA PRIVATE KEY", "an RSA private key in PKCS#1 format"},
	formSEC1:           {KindPrivateKey, "EC PRIVATE KEY", "an EC private key in SEC 1 format"},
	formDSA:            {KindPrivateKey, "DSA PRIVATE KEY", "a DSA private key"},
	formSPKI:           {KindPublicKey, "PUBLIC KEY", "a public key"},
	formPKCS1Public:    {KindPublicKey, "RSA PUBLIC KEY", "an RSA public key in PKCS#1 format"},
	formCSR:            {KindCertificateRequest, "CERTIFICATE REQUEST", "a certificate signing request"},
	formCRL:            {KindCRL, "X509 CRL", "a certificate revocation list"},
	formPKCS7:          {KindPKCS7, "PKCS7", "a PKCS#7 container"},
	formPKCS12:         {KindPKCS12, "PKCS12", "a PKCS#12 container"},
	formJKS:            {KindJavaKeystore, "", "a Java keystore (JKS)"},
	formJCEKS:          {KindJavaKeystore, "", "a Java keystore (JCEKS)"},
	formOpenSSH:        {KindOpenSSHKey, "OPENSSH PRIVATE KEY", "a private key in OpenSSH's own format"},
	formECParameters:   {KindParameters, "EC PARAMETERS", "elliptic curve parameters"},
}

// recognize says what der holds.
func recognize(der []byte) Kind { return forms[formOf(der)].kind }

const (
	magicOpenSSH = "openssh-key-v1\x00"
	magicJKS     = "\xfe\xed\xfe\xed"
	magicJCEKS   = "\xce\xce\xce\xce"
)

// The content octets of the object identifiers that tell structures apart.
const (
	// oidPKCS7 is 1.2.840.113549.1.7, the content types of PKCS#7.
	oidPKCS7 = "\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	// oidGMPKCS7 is 1.2.156.10197.6.1.4.2, those of GM/T 0010.
	oidGMPKCS7 = "\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02"
	// oidFieldType is 1.2.840.10045.1, the finite fields of X9.62.
	oidFieldType = "\x2a\x86\x48\xce\x3d\x01"
)

func isContentType(oid []byte) bool {
	return len(oid) == len(oidPKCS7)+1 && string(oid[:len(oidPKCS7)]) == oidPKCS7 ||
		len(oid) == len(oidGMPKCS7)+1 && string(oid[:len(oidGMPKCS7)]) == oidGMPKCS7
}

// formOf says which structure der has. It looks at the first elements only and
// reads BER as well as DER.
func formOf(der []byte) form {
	if len(der) >= 4 && shortTag(der) != tagSequence {
		switch {
		case string(der[:4]) == magicJKS:
			return formJKS
		case string(der[:4]) == magicJCEKS:
			return formJCEKS
		case bytes.HasPrefix(der, []byte(magicOpenSSH)):
			return formOpenSSH
		case der[0] == tagOID && int(der[1]) == len(der)-2 && oidValid(der[2:]):
			return formECParameters
		}
		return formUnknown
	}
	outer := elements{rest: der}
	tag, content := outer.next()
	if tag != tagSequence {
		return formUnknown
	}
	in := elements{rest: content}
	switch tag, first := in.next(); tag {
	case tagOID:
		if isContentType(first) {
			return formPKCS7
		}
	case tagInteger:
		return formAfterInteger(first, in, !outer.cut)
	case tagSequence:
		if begin := (elements{rest: first}); begin.tag() != tagOID {
			return formOfSigned(first)
		}
		switch tag, _ := in.next(); tag {
		case tagBitString:
			return formSPKI
		case tagOctetString:
			return formEncryptedPKCS8
		}
	}
	return formUnknown
}

// formAfterInteger tells apart what starts with a number: the private keys,
// PKCS#12, the PKCS#1 public key and explicit curve parameters. Whole says that
// the encoding is not cut off.
func formAfterInteger(number []byte, in elements, whole bool) form {
	version := -1
	if len(number) == 1 {
		version = int(number[0])
	}
	tag, second := in.next()
	switch {
	case tag == tagOctetString && version == 1:
		return formSEC1
	case tag == tagInteger && version >= 0 && version <= 1:
		return formOfNumbers(in, whole)
	case tag == tagInteger:
		// A modulus and a small odd exponent, and nothing after them. The
		// parameters of Diffie-Hellman have the same shape; only a label tells them apart.
		if whole && len(in.rest) == 0 && len(number) >= 32 && len(second) <= 8 && len(second) > 0 && second[len(second)-1]&1 == 1 {
			return formPKCS1Public
		}
	case tag == tagSequence:
		begin := elements{rest: second}
		tag, oid := begin.next()
		if tag != tagOID {
			return formUnknown
		}
		third, _ := in.next()
		switch {
		case version == 3 && isContentType(oid):
			return formPKCS12
		case third == tagSequence && bytes.HasPrefix(oid, []byte(oidFieldType)):
			return formECParameters
		case third == tagOctetString && (version == 0 || version == 1):
			return formPKCS8
		}
	}
	return formUnknown
}

// formOfNumbers tells RSA from DSA by how many numbers there are; where the
// encoding is cut off, by the size of the third, which is the public exponent of
// RSA and the much longer q of DSA.
func formOfNumbers(in elements, whole bool) form {
	if tag, _ := in.next(); tag != tagInteger {
		return formUnknown
	}
	third, count := in.size, 3
	for count < 9 && in.tag() == tagInteger {
		in.next()
		count++
	}
	switch {
	case whole && count == 9, !whole && third <= 8:
		return formPKCS1
	case whole && count == 6 && len(in.rest) == 0, !whole && third >= 20:
		return formDSA
	}
	return formUnknown
}

// formOfSigned tells apart what is signed: tbs is the content of its first element.
func formOfSigned(tbs []byte) form {
	in := elements{rest: tbs}
	tag, first := in.next()
	switch tag {
	case contextConstructed(0):
		version := elements{rest: first}
		if tag, _ := version.next(); tag != tagInteger {
			return formUnknown
		}
		if tag, _ := in.next(); tag == tagInteger {
			return formCertificate
		}
		return formUnknown
	case tagInteger:
		if tag, first = in.next(); tag != tagSequence {
			return formUnknown
		}
		// A request has its subject here, a certificate of version 1 and a
		// revocation list of version 2 an algorithm.
		if begin := (elements{rest: first}); len(first) == 0 || begin.tag() == tagSet {
			tag, key := in.next()
			if begin := (elements{rest: key}); tag == tagSequence && begin.tag() == tagSequence {
				return formCSR
			}
			return formUnknown
		}
		fallthrough
	case tagSequence:
		begin := elements{rest: first}
		if tag != tagSequence || begin.tag() != tagOID {
			return formUnknown
		}
		if tag, _ := in.next(); tag != tagSequence { // the issuer
			return formUnknown
		}
		switch tag, content := in.next(); tag {
		case tagUTCTime, tagGeneralizedTime:
			return formCRL
		case tagSequence:
			begin := elements{rest: content}
			if t := begin.tag(); t == tagUTCTime || t == tagGeneralizedTime {
				return formCertificate
			}
		}
	}
	return formUnknown
}

// elements walks over the elements of an encoding that may be cut off.
type elements struct {
	rest []byte
	// cut says that the last element goes on past the end.
	cut bool
	// size is the length that the last element announced.
	size int
}

// tag is the next element's tag, or 0 at the end.
func (e elements) tag() byte { return shortTag(e.rest) }

// next returns the next element's tag and content, or 0 when there is none. The
// content ends early when the encoding does; then cut is set and nothing follows.
func (e *elements) next() (tag byte, content []byte) {
	if len(e.rest) == 0 {
		return 0, nil
	}
	tag, body, size, ok := tagLength(e.rest)
	if !ok {
		e.rest, e.cut = nil, true
		return 0, nil
	}
	content, e.size = e.rest[body:], size
	if size < 0 {
		if end := berEnd(e.rest, body, maxBERDepth); end >= 0 {
			content, e.rest = e.rest[body:end], e.rest[end+2:]
			return tag, content
		}
	}
	if size < 0 || size > len(content) {
		e.rest, e.cut = nil, true
		return tag, content
	}
	e.rest = content[size:]
	return tag, content[:size]
}

// shortTag is the tag of the element that b starts with as it stands in one byte,
// or 0 if there is none. BER may spread a tag over several bytes where one would
// do; a tag number above 30, which needs them, stands nowhere in what is read.
func shortTag(b []byte) byte {
	tag, _ := readTag(b)
	return tag
}

// readTag is shortTag, and where the length stands.
func readTag(b []byte) (tag byte, pos int) {
	if len(b) == 0 {
		return 0, 0
	}
	if b[0]&0x1f != 0x1f {
		return b[0], 1
	}
	for i, c := range b[1:min(len(b), maxTagOctets)] {
		if c < 0x1f {
			return b[0]&^0x1f | c, i + 2
		}
		if c != 0x80 { // A leading zero is not how a number should begin, and is read all the same.
			break
		}
	}
	return 0, 0
}

// maxTagOctets is how many bytes a tag may have.
const maxTagOctets = 6

// tagLength reads the tag and the length that b starts with: the tag in one byte,
// where the content begins and how long it says it is; -1 is the indefinite form.
func tagLength(b []byte) (tag byte, body, size int, ok bool) {
	tag, pos := readTag(b)
	if pos == 0 || pos >= len(b) {
		return 0, 0, 0, false
	}
	n := int(b[pos])
	body = pos + 1
	if n < 0x80 {
		return tag, body, n, true
	}
	if n == 0x80 {
		return tag, body, -1, true
	}
	from := body
	body += n & 0x7f
	if len(b) < body {
		return 0, 0, 0, false
	}
	for _, c := range b[from:body] {
		if size >= 1<<22 {
			return 0, 0, 0, false
		}
		size = size<<8 | int(c)
	}
	return tag, body, size, true
}

// announced is how many bytes the outermost element of der says it has.
func announced(der []byte) (n int, ok bool) {
	_, body, size, ok := tagLength(der)
	if !ok || size < 0 {
		return 0, false
	}
	return body + size, true
}

// complete reports whether der is one whole element and nothing else, or a
// recognized format that is not DER. Text that decodes to it was read as it was
// meant: any lost or added character would change the length.
func complete(der []byte) bool {
	if n, ok := announced(der); ok && (der[0] == tagSequence || der[0] == tagOID) {
		return n == len(der)
	}
	return len(der) > len(magicOpenSSH) && formOf(der) == formOpenSSH
}
