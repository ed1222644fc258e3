package main

import "slices"

// This file has the cases about what a certificate is for, and about
// certificates that must fit each other.

func (g *generator) purposeCases() {
	good := g.server()
	bad := func(code, says string, t template) { g.serverCase("purpose/"+code, says, t.pem()) }

	g.caCase("purpose/not-a-ca", "A server certificate as a CA certificate. Only certificates with the cA flag may vouch for others (RFC 5280, Section 4.2.1.9).", good)
	bad("ca-as-server", "A CA certificate as a server's own. The cA flag says that the key signs certificates (RFC 5280, Section 4.2.1.9).",
		good.with(caConstraints(), keyUsage(digitalSignature, keyCertSign)))
	bad("subject-alt-name-missing", "The host name stands in the common name only, where clients no longer look (RFC 9525, Section 2).",
		good.without(oidSubjectAltName))
	bad("common-name-not-in-san", "A common name that is not among the alternative names, which are all that counts (RFC 9525, Section 2).",
		good.with(hosts("www.example.com")))
	bad("key-usage-unsuitable", "A server whose key is for encrypting data. TLS servers sign or agree on keys (RFC 5280, Section 4.2.1.3).",
		good.with(keyUsage(dataEncipherment)))
	bad("extended-key-usage-unsuitable", "A server certificate for clients. TLS servers need serverAuth (RFC 5280, Section 4.2.1.12).",
		good.with(extendedKeyUsage(oidClientAuth)))

	k := g.key("p256-server")
	own := good.selfSigned(k)
	self := func(code, says string, t template) {
		g.add(scenario{path: "purpose/" + code, says: says, call: check("iotda-server"),
			files: g.upload().but("cert.pem", t.pem()), healthy: files{"cert.pem": own.pem()}})
	}
	t := own
	t.sign = g.key("p256-other").sign
	self("self-signature-invalid", "A self-signed certificate signed with another key. Its own key must verify it (RFC 5280, Sections 3.2 and 6.1.3).", t)
	t = own
	t.inner = algorithm(oidPrivateArc)
	t.outer = t.inner
	self("signature-not-checked", "A self-signed certificate with an algorithm from a private arc. Nobody can verify it (RFC 5280, Section 6.1.3).", t)

	ed := g.key("ed25519")
	apig := check("apig-ssl").also(call{"name": "cert_demo"})
	g.add(scenario{path: "purpose/key-type-not-accepted",
		says:    "An Ed25519 key (RFC 8410). The service takes RSA, ECC and SM2 (APIG, algorithm_type).",
		call:    apig,
		files:   files{"cert.pem": good.holding(ed).pem(), "key.pem": ed.pem()},
		healthy: g.upload()})
}

// pems joins the certificates of a chain.
func pems(chain ...template) []byte {
	var b []byte
	for _, t := range chain {
		b = append(b, t.pem()...)
	}
	return b
}

func (g *generator) chainCases() {
	leaf, ca, root := g.serverBelow(), g.intermediate(), g.root()
	chain := func(code, says string, certificates ...template) {
		g.add(scenario{path: "chain/" + code, says: says, call: check("iotda-server"),
			files: g.upload().but("cert.pem", pems(certificates...)), healthy: files{"cert.pem": pems(leaf, ca)}})
	}
	chain("chain-leaf-not-first", "The issuing CA stands before the server's certificate. The sender's own comes first (RFC 8446, Section 4.4.2).", ca, leaf)
	chain("chain-order", "The root stands before the issuing CA. Each certificate certifies the one before it (RFC 8446, Section 4.4.2).", leaf, root, ca)
	chain("chain-unrelated", "A CA that has nothing to do with the server follows it. Each certificate certifies the one before it (RFC 8446, Section 4.4.2).", leaf, g.sm2CA())
	chain("chain-duplicate", "The server's certificate stands there twice. Each certificate certifies the one before it (RFC 8446, Section 4.4.2).", leaf, leaf, ca)
	chain("chain-root-included", "The chain includes the root, which may be left out (RFC 8446, Section 4.4.2).", leaf, ca, root)
	// The same CA after it got a new key.
	renewed := ca.numbered(0x05).holding(g.key("p256-other"))
	chain("chain-signature-invalid", "The issuing CA's certificate is for its new key, the server's was signed with the old one. The issuer's key verifies the signature (RFC 5280, Section 6.1.3).", leaf, renewed)

	apig := check("apig-ssl").also(call{"name": "cert_demo", "type": "instance", "instance_id": "0123456789abcdef0123456789abcdef", "trusted_root": "root.pem"})
	f := g.upload()
	f["root.pem"] = g.sm2CA().pem()
	g.add(scenario{path: "chain/trusted-root-mismatch",
		says: "A trusted root that did not issue the certificate. It vouches for the gateway's clients (APIG, trusted_root_ca).",
		call: apig, files: f, healthy: files{"root.pem": root.pem()}})

	device := func(code, says string, issuer template) {
		g.add(scenario{path: "chain/" + code, says: says,
			call:  checkAlone("iotda-device").also(call{"trusted_root": "ca.pem"}),
			files: files{"cert.pem": g.device().pem(), "ca.pem": issuer.pem()}, healthy: files{"ca.pem": root.pem()}})
	}
	device("issuer-mismatch", "A device certificate with a CA that is not its issuer. The names must be the same (RFC 5280, Section 6.1.3).", ca)
	other := g.key("p256-other")
	device("issuer-signature-invalid", "A device certificate with a CA of the right name and another key. The issuer's key verifies the signature (RFC 5280, Section 6.1.3).",
		root.holding(other).selfSigned(other))
}

func (g *generator) proofCases() {
	const code = "d1c0ffee5eed4ab1e0ddba11f00dfeed"
	root, k := g.root(), g.key("p256-root")
	proof := template{serial: []byte{0x40, 0x01}, subject: name("CN=" + code), issuer: root.subject,
		spki: g.key("p256-other").spki, signer: k}.between("251201000000", "260601000000")
	good := proof.pem()
	c := checkAlone("iotda-ca").also(call{"verification_cert": "verify.pem", "verify_code": code})
	bad := func(name, says string, t template) {
		g.add(scenario{path: "request/" + name, says: says, call: c,
			files: files{"cert.pem": root.pem(), "verify.pem": t.pem()}, healthy: files{"verify.pem": good}})
	}
	bad("verify-code-mismatch", "A verification certificate with another common name. It must be the verification code (IoTDA, verify_code).",
		proof.named("CN="+reversed(code)))
	t := proof
	t.sign = g.key("p256-other").sign
	bad("verification-signature-invalid", "A verification certificate that was signed with another key. It must be the CA's (IoTDA, verify_code; RFC 5280, Section 6.1.3).", t)
	t = proof
	t.issuer = g.intermediate().subject
	bad("verification-issuer-mismatch", "A verification certificate that names another CA as its issuer. It must be the one that is uploaded (IoTDA, verify_code; RFC 5280, Section 6.1.3).", t)
	without := checkAlone("iotda-ca").also(call{"verification_cert": "verify.pem"})
	g.add(scenario{path: "request/verify-code-missing",
		says:  "A verification certificate without the code that it should name. The two are compared (IoTDA, verify_code).",
		call:  without,
		files: files{"cert.pem": root.pem(), "verify.pem": good}, healthyCall: c})
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
