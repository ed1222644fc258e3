package main

import (
	"encoding/json"
	"strings"
)

// This file has the cases about request bodies and records.

// requestCase adds a case about the body of an operation.
func (g *generator) requestCase(code, says, operation string, bad, good []byte) {
	g.add(scenario{path: "request/" + code, says: says, call: requestCall(operation),
		files: files{"body.json": bad}, healthy: files{"body.json": good}})
}

func (g *generator) bodyCases() {
	server := g.serverMembers()
	good := body(server...)
	bad := func(code, says string, text []byte) { g.requestCase(code, says, addServer, text, good) }

	bad("body-malformed", "The certificate was pasted into the JSON with its line breaks. Strings have no unescaped control characters (RFC 8259, Section 7).",
		[]byte(strings.ReplaceAll(string(good), `\n`, "\n")))
	bad("body-not-object", "The object stands in an array. The operation takes an object (RFC 8259, Section 4).",
		[]byte("["+strings.TrimSpace(string(good))+"]\n"))
	bad("field-unknown", "A password in a field whose name is misspelt. The document has private_key_password (Add a Server Certificate, Table 3).",
		body(append(server, member{"private_key_pasword", password})...))
	bad("field-duplicate", "The private key stands there twice. Names should be unique (RFC 8259, Section 4).",
		body(append(server, server[1])...))
	bad("field-missing", "The private key is missing. It is mandatory (Add a Server Certificate, Table 3).",
		body(server[0]))
	bad("field-null", "The password is null, which is not the same as none. It is a string (Add a Server Certificate, Table 3; RFC 8259, Section 3).",
		body(append(server, member{"private_key_password", json.RawMessage("null")})...))
	bad("field-too-short", "The certificate is an empty text. A certificate has at least one character (Add a Server Certificate, Table 3).",
		body(setting(server, "certificate_pem", "")...))
}

func (g *generator) fieldCases() {
	form := g.formMembers()
	good := body(form...)
	bad := func(code, says, name string, value any) {
		g.requestCase(code, says, modifySSL, body(setting(form, name, value)...), good)
	}
	bad("field-too-long", "A name of 51 characters. It has 4 to 50 (Modifying an SSL Certificate, Table 3).", "name", strings.Repeat("name_", 10)+"s")
	bad("field-pattern", "A name with a hyphen. It has letters, digits and underscores (Modifying an SSL Certificate, Table 3).", "name", "cert-demo")
	bad("field-value", "A type that does not exist. There are instance and global (Modifying an SSL Certificate, Table 3).", "type", "gateway")
	bad("field-unused", "A gateway's ID for a global certificate. It belongs to the type instance (Modifying an SSL Certificate, Table 3).", "instance_id", "0123456789abcdef0123456789abcdef")
	bad("algorithm-type-mismatch", "RSA is stated, the key is ECC. The field says which algorithm the certificate has (Modifying an SSL Certificate, Table 3).", "algorithm_type", "RSA")

	g.add(scenario{path: "request/name-outside-ascii",
		says:    "A Chinese name, judged by the Chinese edition. The international edition has letters, digits and underscores (Modifying an SSL Certificate, Table 3).",
		call:    requestCall(modifySSL).also(call{"cjk_names": true}),
		files:   files{"body.json": body(setting(form, "name", "测试证书")...)},
		healthy: files{"body.json": good}})
	quota := func(n int) call {
		return requestCall(addServer).also(call{"known": call{"existing_certificates": n}})
	}
	g.add(scenario{path: "request/quota-exceeded",
		says: "A third server certificate. The quota is 2 (Add a Server Certificate, Function).",
		call: quota(2), files: files{"body.json": body(g.serverMembers()...)}, healthyCall: quota(1)})
}

// record is the record of the root as the service would return it.
func (g *generator) record(more ...member) []byte {
	members := []member{
		{"certificate_id", "6007bdd29c9c3102db1e2a4f"},
		{"cn_name", "Certloupe Test Root CA"},
		{"owner", "CN=Certloupe Test Root CA, O=Certloupe Tests, C=CN"},
		{"status", true},
		{"verify_code", "d1c0ffee5eed4ab1e0ddba11f00dfeed"},
		{"provision_enable", false},
		{"create_date", "20200102T030405Z"},
		{"effective_date", "20200101T000000Z"},
		{"expiry_date", "20370101T000000Z"},
		{"ocsp_enable", false},
		{"ocsp_ssl_enable", false},
	}
	for _, m := range more {
		members = setting(members, m.name, m.value)
	}
	return body(members...)
}

func (g *generator) recordCases() {
	c := requestCall(updateCA).also(call{"record": "record.json"})
	update := func(code, says string, bad, good []byte) {
		g.add(scenario{path: "request/" + code, says: says, call: c,
			files: files{"body.json": bad, "record.json": g.record()}, healthy: files{"body.json": good}})
	}
	update("field-type", "A boolean in quotation marks. It is true or false (Update a CA Certificate, Table 3; RFC 8259, Section 3).",
		body(member{"ocsp_enable", "true"}), body(member{"ocsp_enable", true}))
	update("template-required", "Self-registration without a template. The two are used together (Update a CA Certificate, Table 3).",
		body(member{"provision_enable", true}), body(member{"template_id", templateID}, member{"provision_enable", true}))
	update("ocsp-server-ca-required", "SSL to the OCSP server without its CA certificate, which is mandatory then (Update a CA Certificate, Table 3).",
		body(member{"ocsp_ssl_enable", true}), body(member{"ocsp_ssl_enable", true}, member{"ocsp_server_ca_id", serverCAID}))

	enable := body(member{"ocsp_enable", true})
	g.add(scenario{path: "request/record-missing",
		says: "An update without the record that it changes. The response repeats what only the record says (Update a CA Certificate, Table 4).",
		call: requestCall(updateCA), files: files{"body.json": enable},
		healthyCall: c, healthy: files{"record.json": g.record()}})
	g.add(scenario{path: "request/record-mismatch",
		says:    "A record with another CA's name beside the CA certificate. cn_name is the certificate's CN (Update a CA Certificate, Table 4).",
		call:    c.also(call{"cert": "ca.pem"}),
		files:   files{"body.json": enable, "ca.pem": g.root().pem(), "record.json": g.record(member{"cn_name", "Certloupe Test Issuing CA"})},
		healthy: files{"record.json": g.record()}})
}
