package main

import "bytes"

// contentMutations are content that does not belong where it stands, and
// certificates whose content is damaged.
func contentMutations() []mutation {
	var all []mutation
	input := func(row int, name, says, code string, make func(u *upload) []byte) {
		all = append(all, mutation{row: row, name: name, says: says, finds: []string{code}, base: "service",
			damage: func(u *upload) { u.set("cert.pem", make(u)) }})
	}
	input(10, "der", "The certificate in DER.", "der-instead-of-pem", func(u *upload) []byte { return u.leaf.der() })
	input(10, "pkcs7", "The chain in a PKCS#7 container.", "container-pkcs7", func(u *upload) []byte {
		return pemBlock("PKCS7", pkcs7(u.leaf.der(), u.ca.der()))
	})
	input(10, "pkcs12", "The certificate in a PKCS#12 container.", "container-pkcs12", func(u *upload) []byte { return pfx(plainContent(certificateBag(u.leaf.der(), "server", ""))) })
	input(10, "request", "The certificate signing request.", "csr-not-certificate", func(u *upload) []byte {
		return pemBlock("CERTIFICATE REQUEST", request(u.key))
	})
	input(10, "public-key", "The public key alone.", "public-key-not-certificate", func(u *upload) []byte { return pemBlock("PUBLIC KEY", u.key.spki) })

	der := func(row int, name, says, code string, change func(der []byte) []byte) {
		all = append(all, mutation{row: row, name: name, says: says, finds: []string{code},
			damage: func(u *upload) {
				u.set("cert.pem", append(pemBlock("CERTIFICATE", change(u.leaf.der())), u.ca.pem()...))
			}})
	}
	der(17, "trailing-bytes", "Two zero bytes follow the certificate.", "der-trailing-bytes", func(b []byte) []byte { return append(b, 0, 0) })
	der(17, "trailing-certificate", "The certificate stands twice in one block.", "der-trailing-bytes", func(b []byte) []byte { return append(bytes.Clone(b), b...) })
	der(17, "trust-settings", "What OpenSSL trusts the certificate for follows it (TRUSTED CERTIFICATE).", "der-trailing-bytes", func(b []byte) []byte {
		return append(b, sequence(sequence(oid(oidServerAuth)), text(tagUTF8, "alias"))...)
	})
	der(17, "long-length", "A length is written with more bytes than it needs.", "der-length-not-minimal", longLength)

	leaf := func(row int, name, says, code string, change func(t template) template) {
		all = append(all, mutation{row: row, name: name, says: says, finds: []string{code},
			damage: func(u *upload) { u.reissue(change) }})
	}
	leaf(20, "zero", "The serial number 0.", "serial-zero", func(t template) template { return t.numbered(0) })
	leaf(20, "negative", "The serial number -1.", "serial-negative", func(t template) template { return t.numbered(0xff) })
	leaf(20, "negative-long", "A random serial number whose first bit was left as it was.", "serial-negative", func(t template) template {
		return t.numbered(append([]byte{0x9c}, bytes.Repeat([]byte{0x3d}, 15)...)...)
	})
	leaf(20, "too-long", "A serial number of 21 octets.", "serial-too-long", func(t template) template { return t.numbered(bytes.Repeat([]byte{0x11}, 21)...) })
	leaf(20, "leading-zero", "A serial number with a superfluous zero before it.", "integer-not-minimal", func(t template) template { return t.numbered(0, 0x11) })

	organization := func(value []byte) func(t template) template {
		return func(t template) template {
			t.subject = sequence(attribute("O", value), attribute("CN", text(tagUTF8, "server.example.com")))
			return t
		}
	}
	const unsafe = "name-unsafe-characters"
	leaf(30, "escape", "A name that clears the terminal.", unsafe, organization(text(tagUTF8, "Certloupe\x1b[2J")))
	leaf(30, "line-break", "A name with a line break, to forge a line of a log.", unsafe, organization(text(tagUTF8, "Certloupe\nCN=bank.example")))
	leaf(30, "bidi", "A name that turns the direction of writing around.", unsafe, organization(text(tagUTF8, "Certloupe\u202etnemyap")))
	leaf(30, "nul", "A name with a NUL, at which some software ends it.", unsafe, organization(text(tagUTF8, "Certloupe\x00.example")))
	leaf(30, "zero-width", "A name with a zero-width joiner that nobody sees.", unsafe, organization(text(tagUTF8, "Cert\u200dloupe")))
	leaf(30, "host-nul", "A host name with a NUL, as in CVE-2009-2408.", "subject-alt-name-invalid", func(t template) template {
		return t.with(subjectAltName(dnsName("server.example.com"), dnsName("www.bank.example\x00.example.com")))
	})
	leaf(30, "ampersand", "A PrintableString with a character that it does not have.", "name-characters", organization(text(tagPrintable, "A & B")))
	return all
}
