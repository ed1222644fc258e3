package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"strings"
)

// This file has the cases about containers, and about content that does not
// belong where it stands.

func (g *generator) containerCases() {
	good, key := g.server().der(), g.key("p256-server")
	ca := g.root().pem()
	certificate := func(code, says string, content []byte) { g.serverCase("container/"+code, says, content) }
	privateKey := func(code, says string, content []byte) {
		g.add(scenario{path: "container/" + code, says: says, call: check("iotda-server"),
			files: g.upload().but("key.pem", content), healthy: files{"key.pem": key.pem()}})
	}

	certificate("der-instead-of-pem", "The certificate in DER where text is expected. PEM is DER in base64 between two lines (RFC 7468, Section 5).", good)
	certificate("container-pkcs7", "A PKCS#7 container with the certificate in it, as CAs send them (RFC 2315, Section 9.1).",
		pemBlock("PKCS7", pkcs7(good)))
	certificate("container-pkcs12", "A PKCS#12 container with the certificate in it, as Windows exports it (RFC 7292, Section 4).", pfx(plainContent(certificateBag(good, "server", ""))))
	certificate("container-java-keystore", "A Java keystore, which only Java reads. A PEM certificate is expected (RFC 7468, Section 5).", javaKeystore(trustedEntry("server", good)))
	certificate("csr-not-certificate", "The request that was sent to the CA instead of the certificate that came back (RFC 2986, Section 4).",
		pemBlock("CERTIFICATE REQUEST", request(key)))
	certificate("crl-not-certificate", "The CA's revocation list instead of the certificate (RFC 5280, Section 5.1).",
		pemBlock("X509 CRL", g.crl()))
	certificate("public-key-not-certificate", "The public key without the certificate around it (RFC 7468, Section 13).",
		pemBlock("PUBLIC KEY", key.spki))
	certificate("key-in-certificate-field", "The private key stands in the certificate's field too. A certificate is expected there (RFC 7468, Section 5).", key.pem())
	certificate("certificate-missing", "Curve parameters and no certificate. The field must hold a certificate (RFC 7468, Section 5).",
		pemBlock("EC PARAMETERS", oid(oidP256)))

	privateKey("openssh-key", "A key in OpenSSH's own format. A PKCS#8, PKCS#1 or SEC 1 key is expected (RFC 7468, Section 10).",
		pemBlock("OPENSSH PRIVATE KEY", g.opensshKey()))
	privateKey("certificate-in-key-field", "The certificate stands in the private key's field too. A private key is expected there (RFC 7468, Section 10).", g.server().pem())
	privateKey("private-key-missing", "Curve parameters and no key. The field must hold a private key (RFC 7468, Section 10).",
		pemBlock("EC PARAMETERS", oid(oidP256)))
	privateKey("public-key-in-key-field", "The public half of the key. Only the private one proves possession (RFC 7468, Section 10).",
		pemBlock("PUBLIC KEY", key.spki))
	privateKey("several-private-keys", "Two private keys in one field. Nobody can tell which one is meant (RFC 7468, Section 10).",
		append(key.pem(), g.key("p256-other").pem()...))

	g.add(scenario{path: "container/several-certificates",
		says: "Two CA certificates where one is expected. The upload is of one CA certificate.",
		call: checkAlone("iotda-ca"), files: files{"cert.pem": append(g.intermediate().pem(), ca...)}, healthy: files{"cert.pem": ca}})
	g.add(scenario{path: "container/too-many-certificates",
		says: "One small certificate 21 times. No chain is that long; 20 certificates are judged as one.",
		call: checkAlone("generic"), files: files{"cert.pem" + repeated: repeat(21, g.small().pem())},
		healthyCall: checkAlone("generic"), healthy: files{"cert.pem" + repeated: repeat(1, g.small().pem())}})
}

// unpackCases are the cases about what is found when a container is unpacked.
func (g *generator) unpackCases() {
	good, key, other := g.server().der(), g.key("p256-server"), g.key("p256-other")
	inspect := func(code, says string, content, healthy []byte, word string) {
		name := "server.p12"
		c := call{"op": "inspect", "inputs": []string{name}}
		f, h := files{name: content}, files{name: healthy}
		if word != "" {
			c["password"], f["password.txt"], h["password.txt"] = "password.txt", []byte(word+"\n"), []byte(password+"\n")
		}
		g.add(scenario{path: "container/" + code, says: says, call: c, files: f, healthy: h})
	}
	certificates := certificateBag(good, "server", "1")
	encryptedKey := bag(oidEncryptedKeyBag, encryptPBES2(key.pkcs8, 2048, aes256CBC), "server", "1")
	usual := encryptedContent(encryptPBES2(sequence(certificates), 2048, aes256CBC))
	sound := pfxMAC(2048, usual, plainContent(encryptedKey))
	inspect("container-content-other", "A PKCS#7 container with data and its digest. There are no certificates in it (RFC 2315, Section 12).",
		pemBlock("PKCS7", digested()), pemBlock("PKCS7", pkcs7(good)), "")
	g.add(scenario{path: "container/container-encrypted",
		says: "A PKCS#12 container whose certificates are encrypted, without its password. It must be decrypted first (RFC 7292, Section 5.2).",
		call: call{"op": "inspect", "inputs": []string{"server.p12"}}, files: files{"server.p12": sound},
		healthyCall: call{"op": "inspect", "inputs": []string{"server.p12"}, "password": "password.txt"},
		healthy:     files{"server.p12": sound, "password.txt": []byte(password + "\n")}})
	inspect("container-password-wrong", "A PKCS#12 container with a password of another letter case. Its MAC fits the right one only (RFC 7292, Section 5.2).",
		sound, sound, strings.ToLower(password))
	inspect("container-encryption-unsupported", "A PKCS#12 container with certificates under Camellia, which hardly anybody uses. PBES2 may name any cipher (RFC 8018, Section 6.2).",
		pfxMAC(2048, encryptedContent(encryptPBES2(sequence(certificates), 2048, "1.2.392.200011.61.1.1.1.4"))), sound, password)
	inspect("container-kdf-cost", "A PKCS#12 container whose MAC costs a thousand million iterations. The count serves to slow down guessing (RFC 7292, Appendix B).",
		pfxMAC(1_000_000_000, plainContent(certificates)), pfxMAC(2048, plainContent(certificates)), password)
	inspect("container-key-id-mismatch", "A private key that has the localKeyID of another key's certificate. The two belong together (RFC 7292, Section 4.2).",
		pfxMAC(2048, plainContent(certificates, bag(oidKeyBag, other.pkcs8, "server", "1"))),
		pfxMAC(2048, plainContent(certificates, bag(oidKeyBag, key.pkcs8, "server", "1"))), password)
	inspect("container-integrity-unchecked", "A PKCS#12 container without a MAC, so whoever could write to it could exchange its contents (RFC 7292, Section 4).",
		pfx(usual, plainContent(encryptedKey)), pbmac1(usual, plainContent(encryptedKey)), password)
	inspect("container-entry-skipped", "A PKCS#12 container with a secret beside the certificate. It is named and not shown (RFC 7292, Section 4.2.5).",
		pfxMAC(2048, plainContent(certificates, bag(oidSecretBag, sequence(oid(oidData), explicit(0, octets([]byte("TEST ONLY secret")))), "", ""))),
		pfxMAC(2048, plainContent(certificates)), password)
	inspect("container-weak-encryption", "Certificates under RC4 and a key that was derived in one step, as old exports have them (RFC 7292, Appendix C).",
		pfxMAC(2048, encryptedContent(encryptRC4(sequence(certificates)))), sound, password)

	// A list of many small revocation lists; certificates would take more room.
	list := pkcs7Lists(g.crl())
	g.add(scenario{path: "container/container-too-many-entries",
		says: "A PKCS#7 container twenty times over with fifty and one revocation lists. An upload needs one certificate (RFC 5652, Section 10.2.1).",
		call: checkAlone("generic"), files: files{"cert.pem" + repeated: repeat(20, pemBlock("PKCS7", list(51)))},
		healthyCall: checkAlone("generic"), healthy: files{"cert.pem" + repeated: repeat(1, g.small().pem())}})

	keystore := javaKeystore(keyEntry("server", key.pkcs8, good), trustedEntry("root", g.root().der()))
	g.add(scenario{path: "formats/java-keystore", says: "A JKS keystore with a private key, its certificate and a trusted root, opened with its password. All of it is shown.",
		call:  call{"op": "inspect", "inputs": []string{"store.jks"}, "password": "password.txt"},
		files: files{"store.jks": keystore, "password.txt": []byte(password + "\n")}})
	g.add(scenario{path: "formats/pkcs12-of-server", says: "A PKCS#12 container in the field for the certificate. Services want PEM, and the pair inside is judged all the same (RFC 7292, Section 4).",
		call:  checkAlone("generic").also(call{"password": "password.txt"}),
		files: files{"cert.pem": sound, "password.txt": []byte(password + "\n")}})
	g.add(scenario{path: "formats/pkcs12-in-key-field", says: "The same PKCS#12 container in both fields. Both are errors, and so is sending the private key where a certificate is expected (RFC 7292, Section 4).",
		call:  check("generic").also(call{"password": "password.txt"}),
		files: files{"cert.pem": sound, "key.pem": sound, "password.txt": []byte(password + "\n")}})
}

// pkcs7Lists returns what makes a container with so many copies of a list.
func pkcs7Lists(crl []byte) func(n int) []byte {
	return func(n int) []byte {
		return sequence(oid(oidSignedData), explicit(0, sequence(
			number(1), set(), sequence(oid(oidData)), explicit(1, bytes.Repeat(crl, n)), set())))
	}
}

// small is about the smallest certificate there can be.
func (g *generator) small() template {
	k := g.key("ed25519")
	t := template{serial: []byte{0x04}, subject: name("CN=small"), spki: k.spki, signer: k}.between("250101000000", "270101000000")
	t.issuer = t.subject
	return t
}

// request is a certificate signing request.
func request(k *key) []byte {
	info := sequence(number(0), name("C=CN", "O=Certloupe Tests", "CN=server.example.com"), k.spki, explicit(0))
	return sequence(info, k.algorithm, bits(0, k.sign(info)...))
}

// crl is a revocation list of the root.
func (g *generator) crl() []byte {
	k := g.key("p256-root")
	list := sequence(number(1), k.algorithm, g.root().subject,
		text(tagUTC, "251201000000Z"), text(tagUTC, "260201000000Z"),
		sequence(sequence(number(0x1009), text(tagUTC, "251115000000Z"))))
	return sequence(list, k.algorithm, bits(0, k.sign(list)...))
}

// opensshKey is the Ed25519 key as ssh-keygen writes it.
func (g *generator) opensshKey() []byte {
	private := g.key("ed25519").private.(ed25519.PrivateKey)
	public := private.Public().(ed25519.PublicKey)
	str := func(b []byte, s string) []byte {
		return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	blob := str(str(nil, "ssh-ed25519"), string(public))
	secret := binary.BigEndian.AppendUint64(nil, 0x0102030401020304) // Twice the same number.
	secret = str(str(str(str(secret, "ssh-ed25519"), string(public)), string(private)), "TEST ONLY")
	for i := byte(1); len(secret)%8 != 0; i++ {
		secret = append(secret, i)
	}
	b := str(str(str([]byte("openssh-key-v1\x00"), "none"), "none"), "")
	b = binary.BigEndian.AppendUint32(b, 1)
	return str(str(b, string(blob)), string(secret))
}
