package validate

import (
	"errors"

	"github.com/certloupe/certloupe/finding"
)

// Operation names a documented operation.
type Operation string

// The documented operations.
const (
	OpAddServerCertificate   Operation = "add-server-certificate"
	OpModifySSLCertificate   Operation = "modify-ssl-certificate"
	OpUpdateCACertificate    Operation = "update-ca-certificate"
	OpQueryDeviceCertificate Operation = "query-device-certificate"
)

// Operations lists the documented operations.
var Operations = []Operation{OpAddServerCertificate, OpModifySSLCertificate, OpUpdateCACertificate, OpQueryDeviceCertificate}

// ErrOperation is returned for an operation that does not exist or has no body.
var ErrOperation = errors.New("validate: no such operation with a body")

// ReadRequest reads the JSON body of a documented operation as it would be sent.
// Whatever is wrong with the body becomes a finding when the request is judged;
// the error, [ErrOperation], is about the operation only. The result is an
// [*AddServerCertificate], [*SSLCertificateForm] or [*UpdateCACertificate]; set
// in it what only the service knows. The query of a device certificate has no
// body: use [DeviceCertificateQuery].
func ReadRequest(operation Operation, body []byte) (Request, error) {
	o := readObject("body", body)
	switch operation {
	case OpAddServerCertificate:
		r := &AddServerCertificate{
			CertificatePEM:     o.textField("certificate_pem"),
			PrivateKey:         o.textField("private_key"),
			PrivateKeyPassword: o.textField("private_key_password"),
		}
		r.body = o.finish()
		return r, nil
	case OpModifySSLCertificate:
		r := &SSLCertificateForm{
			Name:            o.textField("name"),
			CertContent:     o.textField("cert_content"),
			PrivateKey:      o.textField("private_key"),
			Type:            o.textField("type"),
			InstanceID:      o.textField("instance_id"),
			TrustedRootCA:   o.textField("trusted_root_ca"),
			AlgorithmType:   o.textField("algorithm_type"),
			CertContentSign: o.textField("cert_content_sign"),
			PrivateKeySign:  o.textField("private_key_sign"),
		}
		r.body = o.finish()
		return r, nil
	case OpUpdateCACertificate:
		r := &UpdateCACertificate{
			ProvisionEnable: o.boolField("provision_enable"),
			TemplateID:      o.textField("template_id"),
			OCSPEnable:      o.boolField("ocsp_enable"),
			OCSPSSLEnable:   o.boolField("ocsp_ssl_enable"),
			OCSPServerCAID:  o.textField("ocsp_server_ca_id"),
		}
		r.body = o.finish()
		return r, nil
	}
	return nil, ErrOperation
}

// bodyFindings is what was found while a request's body was read.
type bodyFindings []finding.Finding

// unreadable reports whether the body could not be read as an object at all, in
// which case its fields are not missing but unknown.
func (b bodyFindings) unreadable() bool {
	for _, f := range b {
		switch f.Code {
		case "body-malformed", "body-not-object", "input-too-large":
			return true
		}
	}
	return false
}
