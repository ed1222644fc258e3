package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha512"
)

// This file has the cases about pairs of a signing and an encryption certificate.

// pairCall judges a pair as an APIG form with algorithm_type SM2.
var pairCall = call{"op": "check", "profile": "apig-ssl", "name": "tlcp_demo", "algorithm_type": "SM2",
	"cert": "encrypt.pem", "key": "encrypt.key.pem", "sign_cert": "sign.pem", "sign_key": "sign.key.pem"}

// pairFiles are the files of a pair.
func pairFiles(sign template, signKey *key, encrypt template, encryptKey *key) files {
	return files{"sign.pem": sign.pem(), "sign.key.pem": signKey.pem(), "encrypt.pem": encrypt.pem(), "encrypt.key.pem": encryptKey.pem()}
}

func (g *generator) pairCases() {
	sign, encrypt := g.sm2Sign(), g.sm2Encrypt()
	signKey, encryptKey := g.key("sm2-sign"), g.key("sm2-encrypt")
	good := pairFiles(sign, signKey, encrypt, encryptKey)
	bad := func(code, says string, f files) {
		changed := files{}
		for name, data := range f {
			if string(data) != string(good[name]) {
				changed[name] = good[name]
			}
		}
		g.add(scenario{path: "pair/" + code, says: says, call: pairCall, files: f, healthy: changed})
	}
	// other is the pair with another encryption certificate.
	other := func(code, says string, t template) { bad(code, says, pairFiles(sign, signKey, t, encryptKey)) }

	bad("pair-swapped", "Certificates and keys stand in each other's fields. *_sign is the signing half (APIG, cert_content_sign; GB/T 38636).",
		pairFiles(encrypt, encryptKey, sign, signKey))
	bad("pair-keys-swapped", "The keys stand in each other's fields. Each belongs to the certificate beside it (GB/T 38636).",
		pairFiles(sign, encryptKey, encrypt, signKey))
	bad("pair-same-certificate", "The signing certificate in both fields. There is one certificate for each purpose (GB/T 38636).",
		pairFiles(sign, signKey, sign, signKey))
	bad("pair-same-private-key", "The signing key in both fields. Each certificate has a key of its own (GB/T 38636).",
		pairFiles(sign, signKey, encrypt, signKey))
	bad("pair-same-public-key", "Two certificates for one key. The encryption key is known to the CA and must not sign (GB/T 38636).",
		pairFiles(sign, signKey, encrypt.holding(signKey), signKey))

	other("pair-usage", "An encryption certificate that may only sign. It needs keyEncipherment, dataEncipherment or keyAgreement (GB/T 38636; GM/T 0024).",
		encrypt.with(keyUsage(digitalSignature)))
	other("pair-usage-both", "An encryption certificate that may sign as well. The two uses are kept apart (GB/T 38636; GM/T 0024).",
		encrypt.with(keyUsage(digitalSignature, keyEncipherment)))
	other("pair-usage-missing", "An encryption certificate without key usage, which tells the two apart (GB/T 38636; GM/T 0015).",
		encrypt.without(oidKeyUsage))
	other("pair-ca", "A CA's certificate in the place of the server's. A pair is of end-entity certificates (GB/T 38636).",
		encrypt.with(caConstraints(), keyUsage(keyEncipherment, keyCertSign)))
	other("pair-subject", "An encryption certificate of another server. Both name the same subject (GB/T 38636).",
		encrypt.named("C=CN", "O=Certloupe Tests", "CN=other.example.com"))
	otherCA := g.key("sm2-other")
	other("pair-issuer", "An encryption certificate of another CA. One CA issues both (GB/T 38636).",
		encrypt.issuedBy(g.sm2CA().named("C=CN", "O=Certloupe Tests", "CN=Certloupe Test Other SM2 CA"), otherCA))
	other("pair-serial", "Both certificates have the same serial number. It is unique for each issuer (RFC 5280, Section 4.1.2.2).",
		encrypt.numbered(0x30, 0x01))
	other("pair-validity", "The encryption certificate ends half a year earlier. A server needs both (GB/T 38636).",
		encrypt.between("250101000000", "260701000000"))
	other("pair-validity-disjoint", "The encryption certificate starts when the signing certificate ends. A server needs both at once (GB/T 38636).",
		encrypt.between("270102000000", "290101000000"))
	other("pair-san", "The certificates name different hosts. Clients look into either (GB/T 38636; RFC 9525, Section 2).",
		encrypt.with(hosts("other.example.com", "tlcp.example.com")))
	other("pair-san-critical", "The alternative name is critical in one certificate only. It should not be (RFC 5280, Section 4.2.1.6).",
		encrypt.with(hosts("tlcp.example.com").marked(true)))

	ca := g.sm2CA()
	broken := ca
	broken.sign = g.key("sm2-ca").signWithEmptyID
	g.add(scenario{path: "pair/sm2-signer-id",
		says: "A CA certificate signed with an empty signer ID, as OpenSSL does by default. The ID is 1234567812345678 (GM/T 0009, Section 10).",
		call: checkAlone("iotda-ca"), files: files{"cert.pem": broken.pem()}, healthy: files{"cert.pem": ca.pem()}})
	variant := ca
	variant.sign = g.key("sm2-ca").signWithSHA256
	g.add(scenario{path: "pair/sm2-signature-variant",
		says: "A CA certificate signed with SHA-256 in the place of SM3. The algorithm identifier means SM2 with SM3 (GM/T 0006; GM/T 0015).",
		call: checkAlone("iotda-ca"), files: files{"cert.pem": variant.pem()}, healthy: files{"cert.pem": ca.pem()}})
	g.mixedPairCases()
	g.halfPairCases()
}

// mixedPairCases are the pairs whose keys are not both SM2 keys. APIG takes none
// of them; they are judged by no profile in particular.
func (g *generator) mixedPairCases() {
	signKey, encryptKey := g.key("p256-server"), g.key("p256-other")
	sign := g.server()
	encrypt := sign.numbered(0x10, 0x03).with(keyUsage(keyEncipherment)).holding(encryptKey)
	good := pairFiles(sign, signKey, encrypt, encryptKey)
	c := pairCall.also(call{"profile": "generic"})
	delete(c, "name")
	delete(c, "algorithm_type")
	bad := func(code, says string, t template, k *key) {
		healthy := files{"encrypt.pem": good["encrypt.pem"]}
		if k != encryptKey {
			healthy["encrypt.key.pem"] = good["encrypt.key.pem"]
		}
		g.add(scenario{path: "pair/" + code, says: says, call: c, files: pairFiles(sign, signKey, t, k), healthy: healthy})
	}
	bad("pair-algorithm", "An ECC signing and an SM2 encryption certificate. Both use one algorithm (GB/T 38636).",
		encrypt.holding(g.key("sm2-encrypt")), g.key("sm2-encrypt"))
	bad("pair-key-size", "A signing certificate on P-256 and an encryption certificate on P-384. One template makes both (GB/T 38636).",
		encrypt.holding(g.key("p384")), g.key("p384"))
	t := encrypt
	t.inner = algorithm(oidSHA384ECDSA)
	t.outer = t.inner
	t.sign = func(m []byte) []byte {
		digest := sha512.Sum384(m)
		return must(g.key("p256-root").private.(*ecdsa.PrivateKey).Sign(nil, digest[:], crypto.SHA384))
	}
	bad("pair-signature-algorithm", "One certificate is signed with SHA-256, the other with SHA-384. One CA signs both alike (GB/T 38636).", t, encryptKey)
}

// halfPairCases are the uploads of one certificate of a pair.
func (g *generator) halfPairCases() {
	sign, encrypt := g.sm2Sign(), g.sm2Encrypt()
	signKey, encryptKey := g.key("sm2-sign"), g.key("sm2-encrypt")
	whole := pairFiles(sign, signKey, encrypt, encryptKey)
	half := pairCall.also(nil)
	delete(half, "sign_cert")
	delete(half, "sign_key")
	g.add(scenario{path: "pair/pair-incomplete",
		says:        "The encryption certificate alone. The server has one certificate for each purpose (APIG, cert_content_sign; GB/T 38636).",
		call:        half,
		files:       files{"encrypt.pem": encrypt.pem(), "encrypt.key.pem": encryptKey.pem()},
		healthyCall: pairCall, healthy: files{"sign.pem": whole["sign.pem"], "sign.key.pem": whole["sign.key.pem"]}})
	g.add(scenario{path: "pair/pair-wrong-field",
		says:        "The signing certificate alone, in the field of the other one. *_sign is the signing half (APIG, cert_content_sign; GB/T 38636).",
		call:        half,
		files:       files{"encrypt.pem": sign.pem(), "encrypt.key.pem": signKey.pem()},
		healthyCall: pairCall, healthy: whole})
}
