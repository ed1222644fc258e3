package bridge

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/validate"
)

// caseCall returns the call that does what a case says. ok is false for what only a
// Go program can do: be asked about revocation.
func caseCall(c *golden.Case, variant string) (call []byte, ok bool) {
	said, files := c.Call(variant), c.Files(variant)
	if said.Unreachable {
		return nil, false
	}
	options := map[string]any{"time": said.At}
	set := func(key, value string) {
		if value != "" {
			options[key] = value
		}
	}
	list := func(key string, values []string) {
		if values != nil {
			options[key] = values
		}
	}
	var parts []Part
	add := func(role string, names ...string) {
		for _, name := range names {
			if name != "" {
				parts = append(parts, Part{role, name, files[name]})
			}
		}
	}
	add("key_blocklist", said.KeyBlocklist)
	if said.Password != "" {
		parts = append(parts, Part{Role: "password", Data: []byte(strings.TrimSuffix(string(files[said.Password]), "\n"))})
	}
	if said.CJKNames {
		options["cjk_names"] = true
	}
	switch said.Op {
	case "inspect":
		add("file", said.Inputs...)
	case "check":
		set("profile", said.Profile)
		set("verify_code", said.VerifyCode)
		set("name", said.Name)
		set("type", said.Type)
		set("instance_id", said.InstanceID)
		set("algorithm_type", said.AlgorithmType)
		set("status", said.Status)
		add("certificate", said.Cert)
		add("private_key", said.Key)
		add("sign_certificate", said.SignCert)
		add("sign_private_key", said.SignKey)
		add("trusted_root", said.TrustedRoot)
		add("verification", said.VerificationCert)
	case "chain":
		set("profile", said.Profile)
		set("host", said.Host)
		set("revocation", said.Revocation)
		list("purposes", said.Purposes)
		list("policies", said.Policies)
		options["conforming"], options["all_paths"] = said.Conforming, said.AllPaths
		add("file", said.Inputs...)
		add("root", said.Roots...)
		add("intermediate", said.Intermediates...)
		add("crl", said.CRLs...)
		add("ocsp_response", said.OCSP...)
	case "request":
		set("operation", said.Operation)
		set("certificate_id", said.Known.CertificateID)
		set("project_id", said.Known.ProjectID)
		set("server_certificate_id", said.Known.ServerCertificateID)
		if said.Known.ExistingCertificates != 0 {
			options["existing_certificates"] = said.Known.ExistingCertificates
		}
		for key, at := range map[string]time.Time{"create_time": said.Known.CreateTime, "update_time": said.Known.UpdateTime} {
			if !at.IsZero() {
				options[key] = at
			}
		}
		add("certificate", said.Cert)
		add("record", said.Record)
		add("body", said.Body)
		if validate.Operation(said.Operation) == validate.OpQueryDeviceCertificate {
			set("status", said.Status)
			add("trusted_root", said.TrustedRoot)
		}
	}
	header, err := json.Marshal(map[string]any{"op": said.Op, "options": options})
	if err != nil {
		panic(err)
	}
	return (&Call{Header: header, Parts: parts}).Append(nil), true
}
