package main

import (
	"encoding/json"
	"strings"
)

// This file has a case for each documented constraint on a request field, with
// one value that breaks it and one that keeps it.

// constraint adds a case about a constraint.
func (g *generator) constraint(field, says, finds, operation string, bad, good []member) {
	g.add(scenario{path: "constraints/" + field, says: says, notes: []string{"# finds: " + finds},
		call: requestCall(operation), files: files{"body.json": body(bad...)}, healthy: files{"body.json": body(good...)}})
}

func (g *generator) constraintCases() {
	g.formConstraints()
	g.serverConstraints()
	g.updateConstraints()
	g.add(scenario{path: "constraints/iotda-status",
		says:  "status is ACTIVE or INACTIVE (Query a Device Certificate, Table 3).",
		notes: []string{"# finds: field-value"},
		call:  checkAlone("iotda-device").also(call{"status": "active"}), files: files{"cert.pem": g.device().pem()},
		healthyCall: checkAlone("iotda-device").also(call{"status": "INACTIVE"})})
}

func (g *generator) formConstraints() {
	form, pair := g.formMembers(), g.pairMembers()
	const table = " (Modifying an SSL Certificate, Table 3)."
	one := func(field, says, finds, name string, bad, good any) {
		g.constraint(field, says+table, finds, modifySSL, setting(form, name, bad), setting(form, name, good))
	}
	one("apig-name", "name starts with a letter", "field-pattern", "name", "1cert", "cert1")
	one("apig-name-short", "name has 4 characters or more", "field-too-short", "name", "api", "apis")
	g.add(scenario{path: "constraints/apig-name-chinese",
		says:  "The Chinese edition allows Chinese characters in name, this one does not" + table,
		notes: []string{"# finds: field-pattern"},
		call:  requestCall(modifySSL), files: files{"body.json": body(setting(form, "name", "网关证书")...)},
		healthyCall: requestCall(modifySSL).also(call{"cjk_names": true})})
	g.constraint("apig-cert-content", "cert_content is mandatory"+table, "field-missing", modifySSL, leaving(form, "cert_content"), form)
	g.constraint("apig-private-key", "private_key is mandatory"+table, "field-missing", modifySSL, leaving(form, "private_key"), form)
	one("apig-type", "type is instance or global", "field-value", "type", "Global", "global")
	instance := setting(form, "type", "instance")
	withID := setting(instance, "instance_id", "0123456789abcdef0123456789abcdef")
	g.constraint("apig-instance-id", "instance_id is mandatory when type is instance"+table, "field-missing", modifySSL, instance, withID)
	root := string(g.root().pem())
	g.constraint("apig-trusted-root-ca", "trusted_root_ca has a meaning for type instance only"+table, "field-unused", modifySSL,
		setting(form, "trusted_root_ca", root), setting(withID, "trusted_root_ca", root))
	one("apig-algorithm-type", "algorithm_type agrees with the certificate's key", "algorithm-type-mismatch", "algorithm_type", "SM2", "ECC")
	g.constraint("apig-cert-content-sign", "cert_content_sign is mandatory when algorithm_type is SM2"+table, "field-missing", modifySSL,
		leaving(pair, "cert_content_sign"), pair)
	g.constraint("apig-private-key-sign", "private_key_sign is mandatory when algorithm_type is SM2"+table, "field-missing", modifySSL,
		leaving(pair, "private_key_sign"), pair)
	g.constraint("apig-host-names", "cert_content names its hosts as alternative names, or is refused (APIG.2109).", "subject-alt-name-missing", modifySSL,
		setting(form, "cert_content", string(g.server().without(oidSubjectAltName).pem())), form)
	g.constraint("apig-private-key-encrypted", "private_key is not encrypted, or is refused (APIG.2105).", "private-key-encrypted", modifySSL,
		setting(form, "private_key", string(pemBlock("ENCRYPTED PRIVATE KEY", encryptPBES2(g.key("p256-server").pkcs8, 2048, aes256CBC)))), form)
	// Text around PEM is ignored, but counts.
	notes := strings.Repeat("# more than 8092 characters\n", 300)
	g.constraint("apig-cert-content-sign-long", "cert_content_sign has at most 8092 characters"+table, "field-too-long", modifySSL,
		setting(pair, "cert_content_sign", string(g.sm2Sign().pem())+notes), pair)
	g.constraint("apig-private-key-sign-long", "private_key_sign has at most 8092 characters"+table, "field-too-long", modifySSL,
		setting(pair, "private_key_sign", string(g.key("sm2-sign").pem())+notes), pair)
	one("apig-name-long", "name has at most 50 characters", "field-too-long", "name", strings.Repeat("n", 51), strings.Repeat("n", 50))
}

func (g *generator) serverConstraints() {
	server := g.serverMembers()
	const table = " (Add a Server Certificate, Table 3)."
	one := func(field, says, finds, name string, bad, good any) {
		g.constraint(field, says+table, finds, addServer, setting(server, name, bad), setting(server, name, good))
	}
	one("iotda-certificate-pem", "certificate_pem is not empty", "field-too-short", "certificate_pem", "", server[0].value)
	one("iotda-private-key", "private_key is not empty", "field-too-short", "private_key", "", server[1].value)
	encrypted := setting(server, "private_key", string(pemBlock("ENCRYPTED PRIVATE KEY", encryptPBES2(g.key("p256-server").pkcs8, 2048, aes256CBC))))
	g.constraint("iotda-private-key-password", "private_key_password consists of letters"+table, "field-pattern", addServer,
		setting(encrypted, "private_key_password", password+"1"), setting(encrypted, "private_key_password", password))
	g.add(scenario{path: "constraints/iotda-quota",
		says:  "There are at most two server certificates (Add a Server Certificate, Function).",
		notes: []string{"# finds: quota-exceeded"},
		call:  requestCall(addServer).also(call{"known": call{"existing_certificates": 2}}), files: files{"body.json": body(server...)},
		healthyCall: requestCall(addServer).also(call{"known": call{"existing_certificates": 1}})})
}

func (g *generator) updateConstraints() {
	const table = " (Update a CA Certificate, Table 3)."
	one := func(field, says, finds string, bad, good []member) {
		g.add(scenario{path: "constraints/" + field, says: says + table, notes: []string{"# finds: " + finds},
			call:  requestCall(updateCA).also(call{"record": "record.json"}),
			files: files{"body.json": body(bad...), "record.json": g.record()}, healthy: files{"body.json": body(good...)}})
	}
	null := json.RawMessage("null")
	one("iotda-template-id", "template_id has 24 hexadecimal digits; null, which is not the same as none, cancels the binding", "field-pattern",
		[]member{{"template_id", "61c970ce-2d63-eb6e-e655-dbf0"}}, []member{{"template_id", null}})
	one("iotda-provision-enable", "provision_enable needs a template", "template-required",
		[]member{{"provision_enable", true}, {"template_id", null}}, []member{{"provision_enable", true}, {"template_id", templateID}})
	one("iotda-ocsp-enable", "ocsp_enable is a boolean", "field-type",
		[]member{{"ocsp_enable", "false,"}}, []member{{"ocsp_enable", false}})
	one("iotda-ocsp-ssl-enable", "ocsp_ssl_enable is a boolean", "field-type",
		[]member{{"ocsp_ssl_enable", 0}}, []member{{"ocsp_ssl_enable", false}})
	one("iotda-ocsp-server-ca-id", "ocsp_server_ca_id has 1 to 36 characters of a-f, 0-9 and the hyphen", "field-pattern",
		[]member{{"ocsp_server_ca_id", strings.ToUpper(serverCAID)}}, []member{{"ocsp_server_ca_id", serverCAID}})
	one("iotda-ocsp-server-ca-id-needed", "ocsp_server_ca_id is mandatory when ocsp_ssl_enable is true", "ocsp-server-ca-required",
		[]member{{"ocsp_ssl_enable", true}}, []member{{"ocsp_ssl_enable", true}, {"ocsp_server_ca_id", serverCAID}})
}
