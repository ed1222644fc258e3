package sm2

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// The content octets of the OIDs of enveloped messages, of GB/T 35275 and of PKCS#7.
var envelopedDataOIDs = map[string]bool{
	"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x03": true, // 1.2.156.10197.6.1.4.2.3, enveloped
	"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x04": true, // 1.2.156.10197.6.1.4.2.4, signed and enveloped
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03":     true, // 1.2.840.113549.1.7.3
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x04":     true, // 1.2.840.113549.1.7.4
}

func isEnvelopedData(der []byte) bool {
	_, ok := readContentInfo(der)
	return ok
}

// readContentInfo returns the content of an enveloped message.
func readContentInfo(der []byte) (content cryptobyte.String, ok bool) {
	input := cryptobyte.String(der)
	var seq, oid, wrapper cryptobyte.String
	ok = input.ReadASN1(&seq, asn1.SEQUENCE) && seq.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) && envelopedDataOIDs[string(oid)] &&
		seq.ReadASN1(&wrapper, asn1.Tag(0).Constructed().ContextSpecific()) && wrapper.ReadASN1(&content, asn1.SEQUENCE)
	return content, ok
}

// envelopedData opens an enveloped message and looks for a private key in it. Who
// signed it does not matter here: the key proves itself against its certificate.
func (o *opener) envelopedData(der []byte) {
	data, _ := readContentInfo(der)
	var version, recipients, info, oid cryptobyte.String
	if !data.ReadASN1(&version, asn1.INTEGER) || !data.ReadASN1(&recipients, asn1.SET) ||
		!data.SkipOptionalASN1(asn1.SET) || // Digest algorithms, if it is signed.
		!data.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
		o.malformed("it is not made up as the standard demands")
		return
	}
	cipher, ok := readSymmetric(&info)
	if !ok {
		o.malformed("it does not say which cipher it uses")
		return
	}
	ciphertext, ok := readEncryptedContent(&info)
	if !ok || len(ciphertext) == 0 {
		o.malformed("it has no encrypted content")
		return
	}
	keys, ok := readRecipients(recipients)
	if !ok {
		o.malformed("its list of recipients cannot be read")
		return
	}
	if cipher.unsupported != "" {
		o.add("container-cipher-unsupported", finding.Str("cipher", cipher.unsupported))
		return
	}
	key := o.unwrap(keys)
	if key == nil {
		return
	}
	defer clear(key)
	plain := cipher.decrypt(key, ciphertext)
	if plain == nil {
		o.malformed("the encrypted content, or the key of its cipher, has an impossible size")
		return
	}
	defer clear(plain)
	o.content(plain)
}

// content looks for a private key in the content of an enveloped message.
func (o *opener) content(plain []byte) {
	content, padded := unpad(plain)
	if !padded {
		content = plain
	}
	if e, ok := readEnvelopedKey(content); ok {
		o.open(e)
		return
	}
	if bytes.Contains(content, []byte("-----BEGIN ")) {
		o.pem(content)
		return
	}
	// Nothing here proves which reading is right. Without padding comes first: a
	// number of 32 bytes may end as if it were padded, and must not be cut then.
	anyKey := func(*certparse.PrivateKey) bool { return true }
	key, form := formIn(plain, anyKey)
	if key == nil {
		key, form = keyIn(content, anyKey)
	}
	if key == nil {
		o.malformed(noKeyInside)
		return
	}
	o.key(key, form)
}

const noKeyInside = "what was encrypted is not an SM2 private key in a known form"

// pem looks for a private key, and for certificates, in PEM text.
func (o *opener) pem(text []byte) {
	doc := certparse.Parse(text, certparse.Options{})
	for _, b := range doc.Blocks {
		if b.Certificate == nil {
			clear(b.DER)
		} else {
			o.opened.Certificates = append(o.opened.Certificates, b.Certificate)
		}
	}
	clear(doc.Repaired)
	if keys := doc.PrivateKeys(); len(keys) > 0 {
		o.key(keys[0], "as PEM")
		return
	}
	o.malformed(noKeyInside)
}

// readEncryptedContent reads the encrypted content: one string, or several that
// belong together.
func readEncryptedContent(info *cryptobyte.String) ([]byte, bool) {
	var content cryptobyte.String
	if info.PeekASN1Tag(asn1.Tag(0).ContextSpecific()) {
		return content, info.ReadASN1(&content, asn1.Tag(0).ContextSpecific())
	}
	if !info.ReadASN1(&content, asn1.Tag(0).Constructed().ContextSpecific()) {
		return nil, false
	}
	var whole []byte
	for !content.Empty() {
		var part cryptobyte.String
		if !content.ReadASN1(&part, asn1.OCTET_STRING) {
			return nil, false
		}
		whole = append(whole, part...)
	}
	return whole, true
}

// readRecipients returns the key of the cipher as it was encrypted for each
// recipient, of whom there may be one for each key that can open the message.
func readRecipients(set cryptobyte.String) (keys [][]byte, ok bool) {
	for !set.Empty() && len(keys) < maxRecipients {
		var recipient, version, who, algorithm, encrypted cryptobyte.String
		var tag asn1.Tag
		if !set.ReadASN1(&recipient, asn1.SEQUENCE) || !recipient.ReadASN1(&version, asn1.INTEGER) ||
			!recipient.ReadAnyASN1(&who, &tag) || !recipient.ReadASN1(&algorithm, asn1.SEQUENCE) ||
			!recipient.ReadASN1(&encrypted, asn1.OCTET_STRING) {
			return nil, false
		}
		keys = append(keys, encrypted)
	}
	return keys, len(keys) > 0
}
