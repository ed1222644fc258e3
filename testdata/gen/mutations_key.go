package main

import (
	"strings"
)

// keyMutations are mistakes with the private key.
func keyMutations() []mutation {
	encrypt := func(u *upload, iterations int64, cipher string) {
		u.set("key.pem", pemBlock("ENCRYPTED PRIVATE KEY", encryptPBES2(u.key.pkcs8, iterations, cipher)))
	}
	withPassword := func(u *upload, word string) {
		u.call = u.call.also(call{"password": "password.txt"})
		u.set("password.txt", []byte(word+"\n"))
	}
	return []mutation{
		{row: 1, name: "other-key", says: "The private key of another certificate of the same kind.", finds: []string{"key-mismatch"},
			damage: func(u *upload) { u.set("key.pem", u.other().pem()) }},
		{row: 1, name: "foreign-key", says: "A private key of another kind than the certificate's.", finds: []string{"key-mismatch"},
			damage: func(u *upload) { u.set("key.pem", u.foreign().pem()) }},
		{row: 1, name: "ca-key", says: "The private key of the CA.", finds: []string{"key-mismatch"},
			damage: func(u *upload) { u.set("key.pem", u.caKey.pem()) }},

		{row: 2, name: "certificate-twice", says: "The certificate stands in the key's field too.", finds: []string{"certificate-in-key-field"},
			damage: func(u *upload) { u.set("key.pem", u.leaf.pem()) }},
		{row: 2, name: "key-twice", says: "The key stands in the certificate's field too.", finds: []string{"key-in-certificate-field"},
			damage: func(u *upload) { u.set("cert.pem", u.key.pem()) }},
		{row: 2, name: "exchanged", says: "Certificate and key stand in each other's field.", finds: []string{"certificate-in-key-field", "key-in-certificate-field"},
			damage: func(u *upload) { u.files["cert.pem"], u.files["key.pem"] = u.files["key.pem"], u.files["cert.pem"] }},

		{row: 7, name: "no-password", says: "An encrypted key without its password.", finds: []string{"private-key-encrypted"},
			damage: func(u *upload) { encrypt(u, 2048, aes256CBC) }},
		{row: 7, name: "wrong-password", says: "An encrypted key with a password in other letter case.", finds: []string{"private-key-password-wrong"},
			damage: func(u *upload) { encrypt(u, 2048, aes256CBC); withPassword(u, strings.ToUpper(password)) }},
		{row: 7, name: "unknown-cipher", says: "A key under Camellia, which hardly any software opens.", finds: []string{"private-key-encryption-unsupported"},
			damage: func(u *upload) { encrypt(u, 2048, "1.2.392.200011.61.1.1.1.4"); withPassword(u, password) }},

		{row: 8, name: "pkcs8-called-traditional", says: "A PKCS#8 key under the label of its algorithm's own format.", finds: []string{"pem-label-wrong"}, repairable: true,
			damage: func(u *upload) { label, _ := u.traditional(); u.set("key.pem", pemBlock(label, u.key.pkcs8)) }},
		{row: 8, name: "traditional-called-pkcs8", says: "A key in its algorithm's own format under the label of PKCS#8.", finds: []string{"pem-label-wrong"},
			damage: func(u *upload) { _, der := u.traditional(); u.set("key.pem", pemBlock("PRIVATE KEY", der)) }},
		{row: 8, name: "encrypted-called-plain", says: "An encrypted key under the label of one that is not.", finds: []string{"pem-label-wrong"},
			damage: func(u *upload) {
				u.set("key.pem", pemBlock("PRIVATE KEY", encryptPBES2(u.key.pkcs8, 2048, aes256CBC)))
				withPassword(u, password)
			}},
		{row: 8, name: "parameters-first", says: "The block with the curve's name before the key.", finds: []string{"key-parameters-block"}, kinds: []string{"ECC", "SM2"},
			damage: func(u *upload) {
				id, _ := u.curve()
				label, der := u.traditional()
				parameters := map[string]string{"ECC": "EC PARAMETERS", "SM2": "SM2 PARAMETERS"}[u.kind]
				u.set("key.pem", append(pemBlock(parameters, oid(id)), pemBlock(label, der)...))
			}},

		{row: 9, name: "certificate", says: "The certificate's curve is written out instead of named.", finds: []string{"public-key-explicit-parameters"}, kinds: []string{"ECC", "SM2"},
			damage: func(u *upload) {
				_, point := u.curve()
				u.withSPKI(sequence(algorithm(oidEC, u.explicitCurve()), bits(0, point...)))
			}},
		{row: 9, name: "certificate-of-ca", says: "The curve of the CA's certificate is written out instead of named.", finds: []string{"public-key-explicit-parameters"}, kinds: []string{"ECC", "SM2"}, base: "ca",
			damage: func(u *upload) {
				ca := *u
				ca.key = u.rootKey
				_, point := ca.curve()
				t := u.root
				t.spki = sequence(algorithm(oidEC, ca.explicitCurve()), bits(0, point...))
				u.set("cert.pem", t.pem())
			}},

		{row: 27, name: "kdf-cost", says: "A key that takes a thousand million iterations to open.", finds: []string{"private-key-kdf-cost"},
			damage: func(u *upload) { encrypt(u, 1_000_000_000, aes256CBC); withPassword(u, password) }},
		{row: 27, name: "too-many-certificates", says: "The server's certificate 21 times.", finds: []string{"too-many-certificates"},
			damage: func(u *upload) {
				delete(u.files, "cert.pem")
				u.set("cert.pem"+repeated, repeat(21, u.leaf.pem()))
			}},
		{row: 27, name: "too-many-blocks", says: "A thousand and one blocks before the certificate.", finds: []string{"too-many-blocks"},
			damage: func(u *upload) {
				delete(u.files, "cert.pem")
				u.set("cert.pem"+repeated, repeat(1001, pemBlock("EC PARAMETERS", oid(oidP256))))
			}},

		{row: 29, name: "name-first-character", says: "A name that starts with a digit.", finds: []string{"field-pattern"}, base: "form",
			damage: func(u *upload) { u.call = u.call.also(call{"name": "1cert"}) }},
		{row: 29, name: "name-too-short", says: "A name of three characters.", finds: []string{"field-too-short"}, base: "form",
			damage: func(u *upload) { u.call = u.call.also(call{"name": "api"}) }},
		{row: 29, name: "name-blank", says: "A name with a blank in it.", finds: []string{"field-pattern"}, base: "form",
			damage: func(u *upload) { u.call = u.call.also(call{"name": "my cert"}) }},
	}
}
