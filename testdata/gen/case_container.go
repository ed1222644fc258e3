package main

import (
	"crypto/ed25519"
	"crypto/sha1"
	"encoding/binary"
)

// This file has the cases about containers, and about content that does not
// belong where it stands.

// The object identifiers of containers.
const (
	oidData            = "1.2.840.113549.1.7.1"
	oidSignedData      = "1.2.840.113549.1.7.2"
	oidCertBag         = "1.2.840.113549.1.12.10.1.3"
	oidX509Certificate = "1.2.840.113549.1.9.22.1"
)

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
	certificate("container-pkcs12", "A PKCS#12 container with the certificate in it, as Windows exports it (RFC 7292, Section 4).", pkcs12(good))
	certificate("container-java-keystore", "A Java keystore, which only Java reads. A PEM certificate is expected (RFC 7468, Section 5).", javaKeystore())
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

// small is about the smallest certificate there can be.
func (g *generator) small() template {
	k := g.key("ed25519")
	t := template{serial: []byte{0x04}, subject: name("CN=small"), spki: k.spki, signer: k}.between("250101000000", "270101000000")
	t.issuer = t.subject
	return t
}

// pkcs7 is a container that holds certificates only.
func pkcs7(certificates ...[]byte) []byte {
	return sequence(oid(oidSignedData), explicit(0, sequence(
		number(1), set(), sequence(oid(oidData)), explicit(0, certificates...), set())))
}

// pkcs12 is a container with one certificate, neither encrypted nor protected.
func pkcs12(certificate []byte) []byte {
	data := func(content []byte) []byte { return sequence(oid(oidData), explicit(0, octets(content))) }
	bag := sequence(oid(oidCertBag), explicit(0, sequence(oid(oidX509Certificate), explicit(0, octets(certificate)))))
	return sequence(number(3), data(sequence(data(sequence(bag)))))
}

// javaKeystore is an empty keystore of version 2 under the password "changeit".
func javaKeystore() []byte {
	store := binary.BigEndian.AppendUint32(nil, 0xfeedfeed)
	store = binary.BigEndian.AppendUint32(store, 2)
	store = binary.BigEndian.AppendUint32(store, 0)
	h := sha1.New()
	for _, c := range "changeit" {
		h.Write([]byte{0, byte(c)})
	}
	h.Write([]byte("Mighty Aphrodite")) // What the format salts its digest with.
	h.Write(store)
	return h.Sum(store)
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
