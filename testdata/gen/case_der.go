package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha1"
	"encoding/binary"
)

// This file has the cases about DER and the outer fields of a certificate.

func (g *generator) derCases() {
	good := g.server()
	bad := func(code, says string, t template) { g.serverCase("der/"+code, says, t.pem()) }
	encoded := func(code, says string, der []byte) { g.serverCase("der/"+code, says, pemBlock("CERTIFICATE", der)) }

	t := good
	t.after = tlv(0xa4, number(1))
	bad("der-malformed", "A field with the tag [4] after the public key. TBSCertificate has no such field (RFC 5280, Section 4.1).", t)
	encoded("der-trailing-bytes", "Two zero bytes follow the certificate. An encoding is one element (ITU-T X.690, Section 8.1).",
		append(good.der(), 0, 0))
	encoded("der-length-not-minimal", "The outermost length has a superfluous zero byte. DER lengths are as short as possible (ITU-T X.690, Section 10.1).",
		longLength(good.der()))
	encoded("der-indefinite-length", "The outermost length has the indefinite form of BER. DER has none (ITU-T X.690, Section 10.1).",
		indefiniteLength(good.der()))
	encoded("der-string-in-pieces", "The signature is written in two pieces. In DER a string is in one piece (ITU-T X.690, Section 10.2).",
		signatureInPieces(good.der()))
	encoded("der-tag-long-form", "The outermost tag is written in two bytes. Tag numbers up to 30 stand in one (ITU-T X.690, Section 8.1.2).",
		append([]byte{0x3f, 0x10}, good.der()[1:]...))
	x := extendedKeyUsage(oidServerAuth)
	x.flag = boolean(0)
	bad("der-default-encoded", "A critical flag that says false. DER leaves out default values (ITU-T X.690, Section 11.5).", good.with(x))

	t = good
	t.version = version(3)
	bad("version-invalid", "Version 4. There are versions 1, 2 and 3 (RFC 5280, Section 4.1.2.1).", t)
	t.version = nil
	bad("version-too-old", "Version 1 with extensions. With extensions the version must be 3 (RFC 5280, Section 4.1.2.1).", t)

	bad("serial-zero", "The serial number 0. It must be positive (RFC 5280, Section 4.1.2.2).", good.numbered(0))
	bad("serial-negative", "The serial number -2. It must be positive (RFC 5280, Section 4.1.2.2).", good.numbered(0xfe))
	bad("serial-too-long", "A serial number of 21 octets. At most 20 are allowed (RFC 5280, Section 4.1.2.2).",
		good.numbered(bytes.Repeat([]byte{0x11}, 21)...))
	bad("integer-not-minimal", "A serial number with a superfluous zero before it. Integers are as short as possible (ITU-T X.690, Section 8.3.2).",
		good.numbered(0, 0x10, 0x01))

	t = good
	t.inner = algorithm(oidSHA384ECDSA)
	bad("signature-algorithm-mismatch", "The signed part names another algorithm than the field outside. Both must be the same (RFC 5280, Section 4.1.1.2).", t)
	t = good
	t.inner = algorithm(oidSHA256ECDSA, null())
	t.outer = t.inner
	bad("algorithm-parameters", "ECDSA with NULL parameters. They must be absent (RFC 5758, Section 3.2).", t)
	t.inner = algorithm(oidPrivateArc)
	t.outer = t.inner
	bad("signature-algorithm-unknown", "A signature algorithm from a private arc. Common ones are listed in RFC 5280, Section 4.1.1.2.", t)
	t.inner = algorithm(oidSHA1ECDSA)
	t.outer = t.inner
	t.sign = g.signSHA1
	bad("signature-weak", "An ECDSA signature with SHA-1, whose collision resistance is broken (NIST SP 800-131A, Section 9).", t)
	t = good
	t.signature = func(signature []byte) []byte { return bits(3, signature...) }
	bad("bit-string-unused-bits", "A signature that says that three of its bits are unused. It consists of whole octets (RFC 5280, Section 4.1.1.3; ITU-T X.690, Section 8.6).", t)
}

// signSHA1 signs with the root's key and SHA-1.
func (g *generator) signSHA1(message []byte) []byte {
	digest := sha1.Sum(message)
	return must(g.key("p256-root").private.(*ecdsa.PrivateKey).Sign(nil, digest[:], crypto.SHA1))
}

// longLength returns a certificate whose outermost length has one byte more than
// it needs. The signature, which is over the inner part, stays valid.
func longLength(der []byte) []byte {
	inner := content(der)
	out := []byte{0x30, 0x84, 0, 0}
	out = binary.BigEndian.AppendUint16(out, uint16(len(inner)))
	return append(out, inner...)
}

func indefiniteLength(der []byte) []byte {
	return append(append([]byte{0x30, 0x80}, content(der)...), 0, 0)
}

func (g *generator) validityCases() {
	good := g.server()
	bad := func(code, says string, t template) { g.serverCase("validity/"+code, says, t.pem()) }

	t := good
	t.validity = sequence(text(tagUTC, "250101000000Z"), text(tagUTC, "271301000000Z"))
	bad("validity-malformed", "The certificate ends in month 13. Dates are YYMMDDHHMMSSZ (RFC 5280, Section 4.1.2.5.1).", t)
	t.validity = sequence(text(tagUTC, "250101000000Z"), text(tagGeneral, "20270101000000Z"))
	bad("validity-encoding", "The end in 2027 is a GeneralizedTime. Dates through 2049 are UTCTime (RFC 5280, Section 4.1.2.5).", t)
	bad("validity-reversed", "The certificate ends before it starts. It is valid from notBefore through notAfter (RFC 5280, Section 4.1.2.5).",
		good.between("270101000000", "250101000000"))
	bad("certificate-expired", "The certificate ended yesterday. It is valid through notAfter (RFC 5280, Section 4.1.2.5).",
		good.between("250101000000", "251231000000"))
	bad("certificate-not-yet-valid", "The certificate starts tomorrow. It is valid from notBefore (RFC 5280, Section 4.1.2.5).",
		good.between("260102000000", "270101000000"))
	bad("certificate-expires-soon", "The certificate ends in two weeks, within the 30 days of warning.",
		good.between("250101000000", "260115000000"))

	apig := check("apig-ssl").also(call{"name": "cert_demo"})
	g.add(scenario{path: "validity/certificate-expires-after-2038",
		says:    "The certificate ends at the first second that 32 bits cannot count. APIG wants an earlier end (APIG.3148).",
		call:    apig,
		files:   g.upload().but("cert.pem", good.between("250101000000", "380119031407").pem()),
		healthy: files{"cert.pem": good.between("250101000000", "380119031406").pem()}})
}

func (g *generator) nameCases() {
	good := g.server()
	bad := func(code, says string, t template) { g.serverCase("name/"+code, says, t.pem()) }
	// subject is the server's subject with another organization.
	subject := func(organization []byte) template {
		t := good
		t.subject = sequence(attribute("C", text(tagPrintable, "CN")), organization, attribute("CN", text(tagUTF8, "server.example.com")))
		return t
	}

	t := good
	t.issuer = sequence()
	bad("issuer-empty", "An issuer without attributes. The issuer's name must not be empty (RFC 5280, Section 4.1.2.4).", t)
	t = good
	t.subject = sequence()
	bad("subject-empty", "A subject without attributes beside a subject alternative name that is not critical. It must be critical then (RFC 5280, Section 4.1.2.6).", t)
	bad("name-malformed", "An attribute without a value. Each has a type and a value (RFC 5280, Section 4.1.2.4).",
		subject(set(sequence(oid(attributeTypes["O"])))))
	bad("name-characters", "An ampersand in a PrintableString, which does not have that character (ITU-T X.680, Section 41.4).",
		subject(attribute("O", text(tagPrintable, "Certloupe & Tests"))))
	bad("name-string-type", "An organization as TeletexString. CAs use PrintableString or UTF8String (RFC 5280, Section 4.1.2.4).",
		subject(attribute("O", text(tagTeletex, "Certloupe Tests"))))
	bad("name-unsafe-characters", "An organization that turns the direction of writing around and back. Names are shown to people (RFC 5280, Section 8).",
		subject(attribute("O", text(tagUTF8, "Certloupe \u202estseT\u202c"))))
	bad("name-attribute-length", "An organization of 65 characters. At most 64 are allowed (RFC 5280, Appendix A.1).",
		subject(attribute("O", text(tagUTF8, "Certloupe Tests "+string(bytes.Repeat([]byte("x"), 49))))))
	bad("name-country", "The country as a word. It is a code of two letters (RFC 5280, Appendix A.1).",
		good.named("C=China", "O=Certloupe Tests", "CN=server.example.com"))
}

// signatureInPieces returns a certificate whose signature is a BIT STRING in the
// constructed form.
func signatureInPieces(der []byte) []byte {
	inner := content(der)
	tbs := tlv(inner[0], content(inner))
	rest := inner[len(tbs):]
	algorithm := tlv(rest[0], content(rest))
	signature := content(rest[len(algorithm):])[1:]
	return sequence(tbs, algorithm, tlv(0x23, bits(0, signature[:10]...), bits(0, signature[10:]...)))
}
