package validate

import (
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// This file has the operations of the IoT device access service.

// serverCertificateQuota is how many server certificates the service keeps.
const serverCertificateQuota = 2

// AddServerCertificate is the request to add a server certificate:
// POST /v5/iot/{project_id}/server-certificates.
type AddServerCertificate struct {
	// CertificatePEM is the certificate with its chain, 1 to 65,535 characters.
	CertificatePEM Field[string]
	// PrivateKey is its private key, 1 to 10,240 characters.
	PrivateKey Field[string]
	// PrivateKeyPassword opens the private key: 1 to 64 letters.
	PrivateKeyPassword Field[string]

	// ServerCertificateID is the ID that the response shall have, if known.
	ServerCertificateID string
	// ExistingCertificates is how many server certificates there are already.
	ExistingCertificates int

	body bodyFindings
}

// The documented constraints of the fields of AddServerCertificate.
var (
	ruleCertificatePEM     = textRule{name: "certificate_pem", required: true, min: 1, max: 65535}
	rulePrivateKey         = textRule{name: "private_key", required: true, min: 1, max: 10240}
	rulePrivateKeyPassword = textRule{name: "private_key_password", min: 1, max: 64,
		pattern: onlyLetters, expected: "letters (a-z, A-Z) only"}
)

// Profile returns IoTDAServer.
func (r *AddServerCertificate) Profile() Profile { return IoTDAServer }

func (r *AddServerCertificate) judge(j *judge) Response {
	if j.body(r.body) {
		return nil
	}
	certificate, certificateOK := j.text(r.CertificatePEM, ruleCertificatePEM)
	key, keyOK := j.text(r.PrivateKey, rulePrivateKey)
	// A password that breaks its pattern may still be the right one: it is tried.
	password, _ := j.text(r.PrivateKeyPassword, rulePrivateKeyPassword)
	if r.ExistingCertificates >= serverCertificateQuota {
		j.add(finding.New("quota-exceeded", finding.Where{},
			finding.Int("count", r.ExistingCertificates), finding.Int("quota", serverCertificateQuota)))
	}
	var in, keyIn *input
	if certificateOK {
		in = j.server(ruleCertificatePEM.name, certificate)
	}
	if keyOK {
		var opens []byte
		if !r.PrivateKeyPassword.IsAbsent() && !r.PrivateKeyPassword.IsNull() {
			opens = []byte(password)
		}
		keyIn = j.read(rulePrivateKey.name, []byte(key), opens)
		private := j.wantKey(keyIn, contentRules{pemOnly: true})
		if in != nil {
			j.keyPair(in, keyIn, private)
		}
	}
	if in == nil {
		return nil
	}
	j.chain(in)
	if len(in.certificates) == 0 {
		return nil
	}
	return newServerCertificate(j.report.Certificates[in.certificates[0]].Certificate, r.ServerCertificateID)
}

// server reads and judges the certificates of a TLS server.
func (j *judge) server(name, text string) *input {
	in := j.read(name, []byte(text), nil)
	j.wantCertificates(in, contentRules{pemOnly: true})
	j.purposes(in, j.serverPurpose)
	return in
}

// UpdateCACertificate is the request to change a CA certificate's settings:
// PUT /v5/iot/{project_id}/certificates/{certificate_id}.
type UpdateCACertificate struct {
	ProvisionEnable Field[bool]
	// TemplateID binds a template: 24 hexadecimal digits; null unbinds it.
	TemplateID    Field[string]
	OCSPEnable    Field[bool]
	OCSPSSLEnable Field[bool]
	// OCSPServerCAID is mandatory when OCSPSSLEnable is true.
	OCSPServerCAID Field[string]

	// Current is the record as it is before the request, if known; see
	// [ReadCACertificateRecord]. The response is the record after the request.
	Current *CACertificateRecord
	// Certificate is the CA certificate itself, if known, as PEM or DER. Its
	// names and dates go into the response, and the record is compared with it.
	Certificate []byte

	body bodyFindings
}

// The documented constraints of the fields of UpdateCACertificate.
var (
	ruleTemplateID = textRule{name: "template_id", nullable: true,
		pattern: isHex24, expected: "24 hexadecimal digits, or null to cancel the binding"}
	ruleOCSPServerCAID = textRule{name: "ocsp_server_ca_id", min: 1, max: 36,
		pattern: isServerCAID, expected: "1 to 36 characters of a-f, 0-9 and -"}
)

// Profile returns IoTDACA.
func (r *UpdateCACertificate) Profile() Profile { return IoTDACA }

func (r *UpdateCACertificate) judge(j *judge) Response {
	if j.body(r.body) {
		return nil
	}
	var after CACertificate
	if r.Current != nil {
		for _, f := range r.Current.findings {
			j.add(f)
		}
		after = r.Current.CACertificate
	}
	if v, ok := j.boolean(r.ProvisionEnable, "provision_enable"); ok {
		after.ProvisionEnable = &v
	}
	if v, ok := j.text(r.TemplateID, ruleTemplateID); ok {
		after.TemplateID = v
	} else if r.TemplateID.IsNull() {
		after.TemplateID = ""
	}
	if v, ok := j.boolean(r.OCSPEnable, "ocsp_enable"); ok {
		after.OCSPEnable = &v
	}
	if v, ok := j.boolean(r.OCSPSSLEnable, "ocsp_ssl_enable"); ok {
		after.OCSPSSLEnable = &v
	}
	if v, ok := j.text(r.OCSPServerCAID, ruleOCSPServerCAID); ok {
		after.OCSPServerCAID = v
	}
	// What is mandatory when: judged on the record as it would be afterwards, and
	// only if the request itself could be read that far.
	if isTrue(after.ProvisionEnable) && after.TemplateID == "" && r.TemplateID.state != fieldUnreadable && r.TemplateID.state != fieldSet {
		j.add(finding.New("template-required", finding.Where{Field: "template_id"}))
	}
	if isTrue(after.OCSPSSLEnable) && after.OCSPServerCAID == "" && r.OCSPServerCAID.state != fieldUnreadable && r.OCSPServerCAID.state != fieldSet {
		j.add(finding.New("ocsp-server-ca-required", finding.Where{Field: "ocsp_server_ca_id"}))
	}
	if r.Certificate != nil {
		if in := j.caCertificate("certificate", r.Certificate); in != nil {
			r.compare(j, &after, in.certificates[0])
		}
	}
	if r.Current == nil {
		j.add(finding.New("record-missing", finding.Where{}))
		return nil
	}
	return &after
}

// compare takes the names and dates from the certificate, and reports where the
// record says something else.
func (r *UpdateCACertificate) compare(j *judge, after *CACertificate, index int) {
	actual := newCACertificate(j.report.Certificates[index].Certificate)
	for _, f := range []struct {
		name     string
		recorded *string
		actual   string
	}{
		{"cn_name", &after.CNName, actual.CNName},
		{"owner", &after.Owner, actual.Owner},
		{"effective_date", &after.EffectiveDate, actual.EffectiveDate},
		{"expiry_date", &after.ExpiryDate, actual.ExpiryDate},
	} {
		if *f.recorded != "" && *f.recorded != f.actual {
			j.addTogether(finding.New("record-mismatch", finding.Where{Input: "record", Field: f.name},
				finding.Str("field", f.name), finding.Str("recorded", *f.recorded), finding.Str("actual", f.actual)))
		}
		*f.recorded = f.actual
	}
}

func isTrue(b *bool) bool { return b != nil && *b }

// caCertificate reads and judges one CA certificate; it returns nil if there is none.
func (j *judge) caCertificate(name string, data []byte) *input {
	in := j.read(name, data, nil)
	j.wantCertificates(in, contentRules{single: true})
	if len(in.certificates) == 0 {
		return nil
	}
	index := in.certificates[0]
	j.inTime(index)
	j.caPurpose(index)
	j.selfSignature(index)
	return in
}

// CACertificateUpload is a CA certificate with the proof that its owner has its
// key: a verification certificate, signed with that key, whose common name is the
// code that the service gave out.
type CACertificateUpload struct {
	// Certificate is the CA certificate as PEM.
	Certificate []byte
	// Verification is the verification certificate as PEM; nil if there is none yet.
	Verification []byte
	// VerifyCode is the service's verification code, if known.
	VerifyCode string

	// CertificateID and CreateTime go into the response, if known.
	CertificateID string
	CreateTime    time.Time
}

// Profile returns IoTDACA.
func (r *CACertificateUpload) Profile() Profile { return IoTDACA }

func (r *CACertificateUpload) judge(j *judge) Response {
	in := j.caCertificate("certificate", r.Certificate)
	proven := false
	if r.Verification != nil {
		proven = r.possession(j, in)
	}
	if in == nil {
		return nil
	}
	response := newCACertificate(j.report.Certificates[in.certificates[0]].Certificate)
	response.CertificateID, response.VerifyCode, response.Status = r.CertificateID, r.VerifyCode, &proven
	if !r.CreateTime.IsZero() {
		response.CreateDate = certparse.CompactTime(r.CreateTime)
	}
	return response
}

// possession judges the proof. Real verification certificates are often of
// version 1, so neither version nor extensions are looked at.
func (r *CACertificateUpload) possession(j *judge, ca *input) bool {
	in := j.read("verification_certificate", r.Verification, nil)
	j.wantCertificates(in, contentRules{single: true})
	if len(in.certificates) == 0 {
		return false
	}
	index := in.certificates[0]
	c := j.report.Certificates[index]
	j.inTime(index)
	proven := true
	if r.VerifyCode == "" {
		j.add(finding.New("verify-code-missing", j.at(index)))
		proven = false
	} else if c.Subject().CommonName() != r.VerifyCode {
		at := j.at(index)
		at.Field = "subject"
		j.addTogether(finding.New("verify-code-mismatch", at))
		proven = false
	}
	if ca == nil {
		return false
	}
	issuer := j.report.Certificates[ca.certificates[0]]
	if !issued(issuer, c) {
		j.addTogether(finding.New("verification-issuer-mismatch", j.at(index),
			finding.Str("issuer", c.Issuer().String()), finding.Str("subject", issuer.Subject().String())))
		proven = false
	}
	return j.signature(index, issuer.PublicKey(), finding.New("verification-signature-invalid", j.at(index))) && proven
}

// DeviceCertificateQuery is the query of a device certificate:
// GET /v5/iot/{project_id}/device-certificates/{certificate_id}. It has no body;
// judged is the device certificate that the service would return.
type DeviceCertificateQuery struct {
	// Certificate is the device certificate as PEM.
	Certificate []byte
	// CertificateID is its ID, if known.
	CertificateID string
	// Status is ACTIVE or INACTIVE; empty means ACTIVE.
	Status string
	// CA is the CA certificate that should have issued it; nil if not known.
	CA []byte
}

// ruleDeviceStatus is the documented constraint of a device certificate's status.
var ruleDeviceStatus = textRule{name: "status", allowed: []string{"ACTIVE", "INACTIVE"}}

// Profile returns IoTDADevice.
func (r *DeviceCertificateQuery) Profile() Profile { return IoTDADevice }

func (r *DeviceCertificateQuery) judge(j *judge) Response {
	status := "ACTIVE"
	if r.Status != "" {
		status, _ = j.text(Set(r.Status), ruleDeviceStatus)
	}
	in := j.read("certificate", r.Certificate, nil)
	j.wantCertificates(in, contentRules{pemOnly: true, single: true})
	var ca *input
	if r.CA != nil {
		ca = j.caCertificate("ca", r.CA)
	}
	if len(in.certificates) == 0 {
		return nil
	}
	index := in.certificates[0]
	j.inTime(index)
	j.devicePurpose(index)
	j.selfSignature(index)
	c := j.report.Certificates[index]
	if ca != nil {
		issuer := j.report.Certificates[ca.certificates[0]]
		if !issued(issuer, c) {
			j.addTogether(finding.New("issuer-mismatch", j.at(index),
				finding.Str("issuer", c.Issuer().String()), finding.Str("subject", issuer.Subject().String())))
		} else {
			j.signature(index, issuer.PublicKey(), finding.New("issuer-signature-invalid", j.at(index)))
		}
	}
	return newDeviceCertificate(c.Certificate, r.CertificateID, status)
}

// body adds the findings of reading a request's body; it reports whether the
// body could not be read at all.
func (j *judge) body(b bodyFindings) (unreadable bool) {
	for _, f := range b {
		j.add(f)
	}
	return b.unreadable()
}
