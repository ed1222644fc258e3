package main

import (
	"embed"
	"encoding/json"
	"strings"
)

// This file has the cases with the documents' own examples, byte for byte.

//go:embed documents
var documents embed.FS

func document(name string) []byte { return must(documents.ReadFile("documents/" + name)) }

// documentField is one member of an example.
func documentField(name, field string) string {
	var members map[string]any
	if err := json.Unmarshal(document(name), &members); err != nil {
		panic(err)
	}
	return members[field].(string)
}

func (g *generator) documentCases() {
	g.addServerExample()
	g.add(scenario{path: "documents/001-request",
		says:  "The example of modifying an SSL certificate: placeholders, in quotation marks, with a backslash and an n at the end (Modifying an SSL Certificate, Example Requests).",
		notes: []string{"# finds: pem-placeholder, text-quoted, pem-one-line, text-escaped-newlines"},
		call:  requestCall(modifySSL), files: files{"body.json": document("modify-ssl-certificate.json")},
		healthy: files{"body.json": body(g.formMembers()...)}})
	g.sslExample()

	update := requestCall(updateCA)
	request := document("update-ca-certificate.json")
	g.add(scenario{path: "documents/000-request",
		says:  "The example of updating a CA certificate, without and with the record that it changes (Update a CA Certificate, Example Requests).",
		notes: []string{"# finds: record-missing"},
		call:  update, files: files{"body.json": request},
		healthyCall: update.also(call{"record": "record.json"}), healthy: files{"record.json": g.record()},
		healthyResponse: g.record(member{"provision_enable", true}, member{"template_id", templateID})})
	g.add(scenario{path: "documents/000-response",
		says:  `The example response as the record: its ocsp_enable is the text "false," (Update a CA Certificate, Example Responses).`,
		notes: []string{"# finds: field-type"},
		call:  update.also(call{"record": "record.json"}),
		files: files{"body.json": request, "record.json": document("ca-certificate-response.json")},
		healthy: files{"record.json": []byte(strings.Replace(string(document("ca-certificate-response.json")),
			`"false,"`, `false`, 1))},
		healthyResponse: []byte(strings.Replace(string(document("ca-certificate-response.json")), `"false,"`, `false`, 1))})

	g.add(scenario{path: "documents/002-response",
		says:    "The masked certificate of the example response (Query a Device Certificate, Example Responses).",
		notes:   []string{"# finds: pem-placeholder, pem-one-line"},
		call:    checkAlone("iotda-device"),
		files:   files{"cert.pem": []byte(documentField("device-certificate-response.json", "certificate_pem"))},
		healthy: files{"cert.pem": g.device().pem()}})
}

// addServerExample are the cases about the example of adding a server certificate.
func (g *generator) addServerExample() {
	at := call{"at": "2020-01-01T00:00:00Z"}
	request := requestCall(addServer)
	known := call{"known": call{"server_certificate_id": "60f8c49169d4840337930a4b"}}
	own := g.lookAlike()
	owner := "EMAILADDRESS=djka@qq.com, CN=123456789, OU=iot, O=Huawei, L=Shenzhen, ST=Guandong, C=CN"
	g.add(scenario{path: "documents/003-request",
		says: "The example of adding a server certificate; its twin is a server's certificate of the same name and time, in that time (Add a Server Certificate, Example Requests).",
		notes: []string{
			"# finds: pem-boundary-damaged, key-mismatch, certificate-expired, ca-as-server, subject-alt-name-missing"},
		call: request, files: files{"body.json": document("add-server-certificate.json")},
		healthyCall: request.also(at).also(known),
		healthy: files{"body.json": body(
			member{"certificate_pem", string(own.pem())},
			member{"private_key", string(g.key("rsa-server").pem())})},
		healthyResponse: body(
			member{"server_certificate_id", "60f8c49169d4840337930a4b"},
			member{"common_name", "123456789"},
			member{"effective_date", "20191219T131526Z"},
			member{"expiry_date", "20221008T131526Z"},
			member{"certificate_owner", owner},
			member{"certificate_issuer", owner})})
	repaired := strings.Replace(documentField("add-server-certificate.json", "certificate_pem"), "BEGINCERT", "BEGIN CERT", 1) + "\n"
	g.add(scenario{path: "documents/003-certificate",
		says:  "The certificate of the example with its BEGIN line mended, looked at while it was valid (Add a Server Certificate, Example Requests).",
		call:  call{"op": "inspect", "inputs": []string{"cert.pem"}}.also(at),
		files: files{"cert.pem": []byte(repaired)}})
}

// lookAlike is a server's certificate with the subject, the issuer and the
// validity of the example's.
func (g *generator) lookAlike() template {
	k := g.key("rsa-server")
	return g.server().numbered(0x10, 0x04).
		named("C=CN", "ST=Guandong", "L=Shenzhen", "O=Huawei", "OU=iot", "CN=123456789", "emailAddress=djka@qq.com").
		between("191219131526", "221008131526").
		with(keyUsage(digitalSignature, keyEncipherment)).holding(k).selfSigned(k)
}

// sslExample is a form whose response is the example's, with the members that
// the example leaves out.
func (g *generator) sslExample() {
	k := g.key("rsa-server")
	issuer := g.root().named("O=XXSSL Inc", "CN=XXSSL CA")
	t := g.server().numbered(0x32, 0xd2).
		named("C=XX", "ST=XX", "L=XX", "O=XX", "OU=IT", "CN=apigtest.example.com").
		between("190601000000", "310816063613").
		with(hosts("apigtest.example.com", "*.san.com")).
		with(keyUsage(digitalSignature, keyEncipherment)).holding(k).issuedBy(issuer, g.key("rsa-ca"))
	g.add(scenario{path: "documents/001-response",
		says: "A certificate for which the response is that of the example (Modifying an SSL Certificate, Example Responses).",
		call: requestCall(modifySSL).also(call{"known": call{
			"certificate_id": "a27be832f2e9441c8127fe48e3b5ac67", "create_time": "2021-08-20T02:03:53Z", "update_time": "2021-08-20T02:03:53Z"}}),
		files: files{"body.json": body(member{"name", "cert_demo"}, member{"cert_content", string(t.pem())}, member{"private_key", string(k.pem())})},
		response: []byte(strings.Replace(string(document("ssl-certificate-response.json")), `"common_name"`,
			"\"type\" : \"global\",\n  \"instance_id\" : \"common\",\n  \"is_has_trusted_root_ca\" : false,\n  \"common_name\"", 1))})
}
