package main

import (
	"bytes"
)

// malformations are what the test data of other projects hold: certificates that
// OpenSSL reads or nearly reads, and that strict readers refuse. Each must be
// shown as far as it can be, with a finding that says where it departs from which
// standard.
func malformations() []mutation {
	var all []mutation
	leaf := func(name, says, code string, change func(t template) template) {
		all = append(all, mutation{row: 99, name: name, says: says, finds: []string{code}, base: "leaf",
			damage: func(u *upload) { u.set("cert.pem", change(u.leaf).pem()) }})
	}
	with := func(name, says, code string, x extension) {
		leaf(name, says, code, func(t template) template { return t.with(x) })
	}
	dates := func(name, says, code string, from, to []byte) {
		leaf(name, says, code, func(t template) template { t.validity = sequence(from, to); return t })
	}
	subject := func(name, says, code string, rdns ...[]byte) {
		leaf(name, says, code, func(t template) template {
			t.subject = sequence(append(rdns, attribute("CN", text(tagUTF8, "server.example.com")))...)
			return t
		})
	}
	labelled := func(name, says, code, label string, after []byte) {
		all = append(all, mutation{row: 99, name: name, says: says, finds: []string{code}, base: "leaf", repairable: true,
			damage: func(u *upload) { u.set("cert.pem", pemBlock(label, append(u.leaf.der(), after...))) }})
	}
	utc := func(s string) []byte { return text(tagUTC, s) }
	general := func(s string) []byte { return text(tagGeneral, s) }
	from, to := utc("250101000000Z"), utc("270101000000Z")

	labelled("label-x509", "The label X509 CERTIFICATE, which OpenSSL reads too.", "pem-label-wrong", "X509 CERTIFICATE", nil)
	labelled("label-trusted", "OpenSSL's own TRUSTED CERTIFICATE with its settings behind the certificate.", "pem-label-wrong", "TRUSTED CERTIFICATE",
		sequence(sequence(oid(oidServerAuth)), text(tagUTF8, "alias")))

	versioned := func(name, says, code string, field []byte, change func(t template) template) {
		leaf(name, says, code, func(t template) template { t.version = field; return change(t) })
	}
	same := func(t template) template { return t }
	versioned("version-1-extensions", "Version 1 with extensions.", "version-too-old", nil, same)
	versioned("version-2-extensions", "Version 2 with extensions.", "version-too-old", version(1), same)
	versioned("version-1-unique-id", "Version 1 with a unique identifier.", "version-too-old", nil, func(t template) template {
		t.extensions, t.after = nil, tlv(0x81, []byte{0, 0xaa})
		return t
	})
	versioned("version-4", "Version 4.", "version-invalid", version(3), same)
	versioned("version-huge", "A version of five octets.", "version-invalid", explicit(0, integer(0x7f, 1, 2, 3, 4)), same)
	versioned("version-negative", "A negative version.", "version-invalid", explicit(0, integer(0xff)), same)
	versioned("version-1-written", "Version 1 written out, without extensions.", "der-default-encoded", version(0), func(t template) template {
		t.extensions = nil
		return t
	})

	dates("utc-no-seconds", "A UTCTime without seconds.", "validity-encoding", utc("2501010000Z"), to)
	dates("utc-offset", "A UTCTime with an offset instead of Z.", "validity-encoding", utc("250101000000+0800"), to)
	dates("general-early", "A GeneralizedTime for a year before 2050.", "validity-encoding", from, general("20270101000000Z"))
	dates("general-fraction", "A GeneralizedTime with a fraction of a second.", "validity-encoding", from, general("20270101000000.5Z"))
	dates("general-local", "A GeneralizedTime without a zone.", "validity-encoding", from, general("20270101000000"))
	dates("february-30", "The 30th of February.", "validity-malformed", from, utc("270230000000Z"))
	dates("hour-24", "The hour 24.", "validity-malformed", from, utc("270101240000Z"))
	dates("not-a-date", "A word instead of a date.", "validity-malformed", from, utc("never"))
	dates("date-empty", "A date without content.", "validity-malformed", from, utc(""))
	dates("date-as-string", "A date of a string type.", "validity-malformed", from, text(tagPrintable, "270101000000Z"))
	dates("reversed", "The end before the start.", "validity-reversed", utc("260601000000Z"), utc("250101000000Z"))

	subject("name-empty-rdn", "A relative name without attributes.", "name-malformed", set())
	subject("name-no-value", "An attribute without a value.", "name-malformed", set(sequence(oid(attributeTypes["O"]))))
	subject("name-three-parts", "An attribute with something behind its value.", "name-malformed",
		set(sequence(oid(attributeTypes["O"]), text(tagUTF8, "a"), text(tagUTF8, "b"))))
	subject("name-bad-utf8", "A UTF8String that is Latin-1.", "name-characters", attribute("O", text(tagUTF8, "M\xfcller")))
	subject("name-bmp-odd", "A BMPString with half a character.", "name-characters", attribute("O", text(0x1e, "\x00A\x00")))
	subject("name-bmp", "A BMPString.", "name-string-type", attribute("O", text(0x1e, "\x00A\x4e\x2d")))
	subject("name-teletex", "A TeletexString.", "name-string-type", attribute("O", text(tagTeletex, "M\xfcller")))
	subject("name-integer", "A number where a text belongs.", "name-malformed", attribute("O", number(17)))
	subject("name-country-long", "A country of three letters.", "name-country", attribute("C", text(tagPrintable, "CHN")))
	subject("name-too-long", "An organization of 65 characters.", "name-attribute-length", attribute("O", text(tagUTF8, string(bytes.Repeat([]byte("o"), 65)))))

	extensionOf := func(value []byte) extension { return extension{oid: oidBasicConstraints, critical: true, value: value} }
	with("basic-trailing", "Basic constraints with something behind them.", "extension-malformed", extensionOf(append(sequence(), 5, 0)))
	with("basic-negative", "A negative path length.", "extension-malformed", extensionOf(sequence(boolean(0xff), integer(0xff))))
	with("basic-false", "cA is written although it is false.", "der-default-encoded", extensionOf(sequence(boolean(0))))
	with("basic-boolean-1", "A boolean that is 1 instead of 255.", "extension-malformed", extensionOf(sequence(boolean(1))))
	with("usage-empty", "A key usage without bits.", "key-usage-empty", extension{oid: oidKeyUsage, critical: true, value: bits(0)})
	with("usage-unused-8", "A key usage that says that eight bits are unused.", "extension-malformed", extension{oid: oidKeyUsage, critical: true, value: bits(8, 0x80)})
	with("purposes-empty", "An extended key usage without purposes.", "extension-malformed", extendedKeyUsage())
	with("names-empty", "A subject alternative name without names.", "extension-malformed", subjectAltName())
	with("address-5", "An IP address of five octets.", "subject-alt-name-invalid", subjectAltName(dnsName("server.example.com"), implicit(7, 1, 2, 3, 4, 5)))
	with("name-not-ascii", "A host name that is not ASCII.", "subject-alt-name-invalid", subjectAltName(dnsName("server.example.com"), dnsName("bücher.example")))
	with("name-dot", "A host name that ends in a dot.", "subject-alt-name-invalid", hosts("server.example.com."))
	with("uri-relative", "A URI without a scheme.", "subject-alt-name-invalid", subjectAltName(dnsName("server.example.com"), uri("/index.html")))
	with("unknown-critical", "A critical extension that nobody knows.", "extension-unknown-critical", extension{oid: oidPrivateArc, critical: true, value: null()})
	with("policy-twice", "A policy that stands there twice.", "policy-duplicate", policies(oidDomainValidated, oidDomainValidated))
	leaf("extension-twice", "An extension that stands there twice.", "extension-duplicate", func(t template) template { return t.again(keyUsage(digitalSignature)) })
	leaf("extensions-empty", "An extensions field without extensions.", "der-malformed", func(t template) template {
		t.extensions = nil
		t.after = explicit(3, sequence())
		return t
	})
	leaf("field-unknown", "A field behind the extensions that the standard does not have.", "der-malformed", func(t template) template {
		t.after = explicit(5, number(1))
		return t
	})

	leaf("algorithms-differ", "Two different signature algorithms.", "signature-algorithm-mismatch", func(t template) template { t.inner = algorithm(oidPrivateArc); return t })
	leaf("algorithm-unknown", "A signature algorithm that nobody knows.", "signature-algorithm-unknown", func(t template) template {
		t.inner = algorithm(oidPrivateArc)
		t.outer = t.inner
		return t
	})
	leaf("signature-bits", "A signature that does not fill whole bytes.", "bit-string-unused-bits", func(t template) template {
		t.signature = func(s []byte) []byte { return bits(3, s...) }
		return t
	})
	leaf("signature-empty", "A signature without content.", "der-malformed", func(t template) template {
		t.signature = func([]byte) []byte { return tlv(0x03) }
		return t
	})

	key := func(name, says, code string, spki ...[]byte) {
		leaf(name, says, code, func(t template) template { t.spki = sequence(spki...); return t })
	}
	const mlDSA65 = "2.16.840.1.101.3.4.3.18"
	noise := bytes.Repeat([]byte{0x5a}, 64)
	key("key-unknown", "A key of an algorithm that nobody knows.", "public-key-algorithm-unknown", algorithm(oidPrivateArc), bits(0, noise...))
	key("key-ml-dsa-short", "An ML-DSA key of 64 octets.", "public-key-malformed", algorithm(mlDSA65), bits(0, noise...))
	key("key-ml-dsa-null", "An ML-DSA key with NULL parameters.", "algorithm-parameters", algorithm(mlDSA65, null()), bits(0, bytes.Repeat(noise, 31)[:1952]...))
	key("key-slh-dsa-short", "An SLH-DSA key of 31 octets.", "public-key-malformed", algorithm("2.16.840.1.101.3.4.3.20"), bits(0, noise[:31]...))
	key("key-bits", "A key that does not fill whole bytes.", "bit-string-unused-bits", algorithm(oidEC, oid(oidP256)), bits(1, noise...))
	key("key-rsa-no-null", "An RSA key without parameters, and with a word instead of numbers.", "public-key-malformed", algorithm(oidRSA), bits(0, noise...))
	key("key-ec-no-curve", "An EC key without a curve.", "public-key-malformed", algorithm(oidEC), bits(0, noise...))
	key("key-ec-hybrid", "A point in the hybrid form.", "public-key-malformed", algorithm(oidEC, oid(oidP256)), bits(0, append([]byte{6}, noise...)...))
	return all
}
