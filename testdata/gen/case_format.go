package main

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
)

// This file has a case for each documented format of a response field. The
// expected responses are written down here, not computed by what is tested.

// formResponse is the documented response for the healthy form, with some members changed.
func formResponse(changed ...member) []byte {
	members := []member{
		{"name", "cert_demo"},
		{"type", "global"},
		{"instance_id", "common"},
		{"common_name", "server.example.com"},
		{"san", []string{"server.example.com", "www.example.com"}},
		{"version", 3},
		{"organization", []string{"Certloupe Tests"}},
		{"country", []string{"CN"}},
		{"not_before", "2025-01-01T00:00:00Z"},
		{"not_after", "2027-01-01T00:00:00Z"},
		{"serial_number", "4097"},
		{"issuer", []string{"Certloupe Tests"}},
		{"signature_algorithm", "ECDSA-SHA256"},
		{"is_has_trusted_root_ca", false},
		{"algorithm_type", "ECC"},
	}
	for _, m := range changed {
		if m.value == nil {
			members = leaving(members, m.name)
		} else {
			members = setting(members, m.name, m.value)
		}
	}
	return body(members...)
}

// formCase adds a case about the response for a certificate in a form of APIG.
func (g *generator) formCase(name, says string, chain []template, private *key, changed ...member) {
	g.add(scenario{path: "formats/" + name, says: says, call: requestCall(modifySSL),
		files: files{"body.json": body(member{"name", "cert_demo"},
			member{"cert_content", string(pems(chain...))}, member{"private_key", string(private.pem())})},
		response: formResponse(changed...)})
}

func (g *generator) formatCases() {
	g.deviceFormats()
	k, good := g.key("p256-server"), g.server()

	c := requestCall(modifySSL).also(call{"known": call{"project_id": "5adb3ae72df94ac8a8ce80c7a3ec8cdf",
		"create_time": "2026-01-02T11:04:05+08:00", "update_time": "2026-01-02T03:04:05.678Z"}})
	g.add(scenario{path: "formats/apig-dates",
		says:  "The dates of APIG are those of RFC 3339, in UTC, to the second (Modifying an SSL Certificate, Example Responses).",
		call:  c,
		files: files{"body.json": body(g.formMembers()...)},
		response: formResponse(member{"project_id", "5adb3ae72df94ac8a8ce80c7a3ec8cdf"},
			member{"create_time", "2026-01-02T03:04:05Z"}, member{"update_time", "2026-01-02T03:04:05Z"})})

	serial := must(hex.DecodeString("7f00112233445566778899aabbccddeeff001122"))
	g.formCase("apig-serial-number", "serial_number is decimal, however long it is (Modifying an SSL Certificate, Example Responses).",
		[]template{good.numbered(serial...)}, k, member{"serial_number", new(big.Int).SetBytes(serial).String()})

	issuer := g.root().named("O=XXSSL Inc", "O=XXSSL Ltd", "CN=XXSSL CA")
	g.formCase("apig-issuer", "issuer has the issuer's organizations (Modifying an SSL Certificate, Example Responses).",
		[]template{good.issuedBy(issuer, g.key("p256-root"))}, k, member{"issuer", []string{"XXSSL Inc", "XXSSL Ltd"}})
	g.formCase("apig-subject-arrays", "organization and the like have all values of the subject (Modifying an SSL Certificate, Table 4).",
		[]template{good.named("C=CN", "ST=Guangdong", "L=Shenzhen", "O=Certloupe", "O=Tests", "OU=IoT", "OU=Cloud", "CN=server.example.com")}, k,
		member{"organization", []string{"Certloupe", "Tests"}}, member{"organizational_unit", []string{"IoT", "Cloud"}},
		member{"locality", []string{"Shenzhen"}}, member{"state", []string{"Guangdong"}})
	g.formCase("apig-subject-absent", "organization and the like are absent when the subject has none (Modifying an SSL Certificate, Table 4).",
		[]template{good.named("CN=server.example.com")}, k, member{"organization", nil}, member{"country", nil})
	g.formCase("apig-san", "san has host names and addresses in the order of the certificate (Modifying an SSL Certificate, Table 4).",
		[]template{good.with(subjectAltName(dnsName("*.example.com"), implicit(7, 192, 0, 2, 1), dnsName("server.example.com"),
			implicit(7, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)))}, k,
		member{"san", []string{"*.example.com", "192.0.2.1", "server.example.com", "2001:db8::1"}})
	g.formCase("apig-common-name", "common_name is the subject's CN (Modifying an SSL Certificate, Table 4).",
		[]template{good.named("CN=www.example.com", "O=Certloupe Tests", "C=CN")}, k, member{"common_name", "www.example.com"})
	g.formCase("apig-version", "version is that of the certificate, a number (Modifying an SSL Certificate, Table 4).",
		[]template{good}, k, member{"version", 3})
	g.algorithmFormats()
}

// algorithmFormats are the cases about signature_algorithm and algorithm_type.
// The CA comes with the certificate, so that the signature is verified.
func (g *generator) algorithmFormats() {
	ca, caKey := g.root().numbered(0x06), g.key("rsa-ca")
	ca = ca.named("C=CN", "O=Certloupe Tests", "CN=Certloupe Test RSA CA").holding(caKey).selfSigned(caKey)
	leaf, k := g.rsaServer().issuedBy(ca, caKey), g.key("rsa-server")
	rsaMembers := []member{{"serial_number", "4098"}, {"algorithm_type", "RSA"}}
	g.formCase("apig-algorithm-rsa", "signature_algorithm is SHA256-RSA, algorithm_type RSA (Modifying an SSL Certificate, Example Responses).",
		[]template{leaf, ca}, k, append(rsaMembers, member{"signature_algorithm", "SHA256-RSA"})...)
	sha256ID := algorithm("2.16.840.1.101.3.4.2.1", null())
	leaf.inner = algorithm("1.2.840.113549.1.1.10", sequence(explicit(0, sha256ID),
		explicit(1, algorithm("1.2.840.113549.1.1.8", sha256ID)), explicit(2, number(32))))
	leaf.outer = leaf.inner
	leaf.sign = func(m []byte) []byte { return signPSS(caKey.private.(*rsa.PrivateKey), m) }
	g.formCase("apig-algorithm-pss", "signature_algorithm is SHA256-RSAPSS as Go prints it; algorithm_type is that of the key (Modifying an SSL Certificate, Table 4).",
		[]template{leaf, ca}, k, append(rsaMembers, member{"signature_algorithm", "SHA256-RSAPSS"})...)
	g.formCase("apig-algorithm-ecc", "signature_algorithm is ECDSA-SHA256 as Go prints it, algorithm_type ECC (Modifying an SSL Certificate, Table 4).",
		[]template{g.serverBelow(), g.intermediate()}, g.key("p256-server"))
	g.add(scenario{path: "formats/apig-algorithm-sm2",
		says:  "signature_algorithm is SM2-SM3, algorithm_type SM2, which the curve says and not the identifier (Modifying an SSL Certificate, Table 4).",
		call:  requestCall(modifySSL),
		files: files{"body.json": body(g.pairMembers()...)},
		response: formResponse(member{"name", "tlcp_demo"}, member{"common_name", "tlcp.example.com"}, member{"san", []string{"tlcp.example.com"}},
			member{"serial_number", "12290"}, member{"signature_algorithm", "SM2-SM3"}, member{"algorithm_type", "SM2"})})
}

// signPSS signs with SHA-256 and a salt of 32 bytes that is always the same (RFC
// 8017, Section 9.1.1), which no library does.
func signPSS(k *rsa.PrivateKey, message []byte) []byte {
	salt := []byte("TEST ONLY TEST ONLY TEST ONLY...")
	digest := sha256.Sum256(message)
	h := sha256.Sum256(append(append(make([]byte, 8), digest[:]...), salt...))
	size := (k.N.BitLen() + 7) / 8
	db := make([]byte, size-len(h)-1)
	copy(db[len(db)-len(salt):], salt)
	db[len(db)-len(salt)-1] = 1
	for i := range db { // MGF1
		block := sha256.Sum256(append(append([]byte{}, h[:]...), 0, 0, 0, byte(i/sha256.Size)))
		db[i] ^= block[i%sha256.Size]
	}
	db[0] &= 0x7f // The encoding has one bit less than the modulus.
	em := append(append(db, h[:]...), 0xbc)
	return new(big.Int).Exp(new(big.Int).SetBytes(em), k.D, k.N).FillBytes(make([]byte, size))
}

// deviceFormats are the cases about the fields of IoTDA.
func (g *generator) deviceFormats() {
	ca := g.root()
	ca.validity = sequence(text(tagUTC, "491231235959Z"), text(tagGeneral, "20500102030405Z"))
	ca = ca.selfSigned(g.key("p256-root"))
	g.add(scenario{path: "formats/iotda-dates",
		says: "The dates of IoTDA have the form yyyyMMdd'T'HHmmss'Z', in UTC, on either side of 2050 (Update a CA Certificate, Table 4).",
		call: requestCall(updateCA).also(call{"record": "record.json", "cert": "ca.pem", "at": "2050-01-01T00:00:00Z"}),
		files: files{"ca.pem": ca.pem(), "body.json": body(member{"ocsp_enable", true}),
			"record.json": body(member{"certificate_id", "6007bdd29c9c3102db1e2a4f"}, member{"create_date", "20200102T030405Z"})},
		response: body(member{"certificate_id", "6007bdd29c9c3102db1e2a4f"}, member{"cn_name", "Certloupe Test Root CA"},
			member{"owner", "CN=Certloupe Test Root CA, O=Certloupe Tests, C=CN"}, member{"create_date", "20200102T030405Z"},
			member{"effective_date", "20491231T235959Z"}, member{"expiry_date", "20500102T030405Z"}, member{"ocsp_enable", true})})

	device := g.device().named("O=Certloupe Tests", "CN=物联网设备")
	query := call{"op": "request", "operation": "query-device-certificate", "cert": "cert.pem",
		"known": call{"certificate_id": "75a0c144-7c3c-4dac-9fd6-8c63dd9e969d"}}
	g.add(scenario{path: "formats/iotda-device",
		says:  "fingerprint is the SHA-256 digest of the DER in upper-case hexadecimal, common_name the subject's CN (Query a Device Certificate, Table 3).",
		call:  query,
		files: files{"cert.pem": device.pem()},
		response: body(member{"certificate_id", "75a0c144-7c3c-4dac-9fd6-8c63dd9e969d"}, member{"common_name", "物联网设备"},
			member{"expiry_date", "20270101T000000Z"}, member{"fingerprint", strings.ToUpper(fmt.Sprintf("%x", sha256.Sum256(device.der())))},
			member{"status", "ACTIVE"}, member{"certificate_pem", string(device.pem())})})

	t := g.server()
	t.subject = sequence(
		attribute("C", text(tagPrintable, "CN")),
		attribute("O", text(tagUTF8, "Certloupe, Tests")),
		set(sequence(oid(attributeTypes["OU"]), text(tagUTF8, "IoT")), sequence(oid(attributeTypes["CN"]), text(tagUTF8, "server.example.com"))),
		attribute("emailAddress", text(tagIA5, "admin@example.com")),
		set(sequence(oid("2.5.4.15"), text(tagUTF8, "Private Organization"))))
	g.add(scenario{path: "formats/iotda-names",
		says: "certificate_owner and certificate_issuer are whole names as Java prints them, the most specific part first (Add a Server Certificate, Example Responses).",
		call: requestCall(addServer),
		files: files{"body.json": body(member{"certificate_pem", string(t.pem())},
			member{"private_key", string(g.key("p256-server").pem())})},
		response: body(member{"common_name", "server.example.com"}, member{"effective_date", "20250101T000000Z"}, member{"expiry_date", "20270101T000000Z"},
			member{"certificate_owner", `OID.2.5.4.15=Private Organization, EMAILADDRESS=admin@example.com, OU=IoT+CN=server.example.com, O="Certloupe, Tests", C=CN`},
			member{"certificate_issuer", "CN=Certloupe Test Root CA, O=Certloupe Tests, C=CN"})})
}
