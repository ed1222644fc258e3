package validate

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// This file has the documented response bodies. A member that is not known is
// absent; the order of the members is that of the documents' examples.

type jsonWriter = jsontext.Writer

// ServerCertificate is the response of adding a server certificate.
type ServerCertificate struct {
	ServerCertificateID string
	// CommonName is the subject's common name.
	CommonName string
	// EffectiveDate and ExpiryDate have the form yyyyMMdd'T'HHmmss'Z', in UTC.
	EffectiveDate, ExpiryDate string
	// CertificateOwner and CertificateIssuer are the full names of subject and issuer.
	CertificateOwner, CertificateIssuer string
}

func newServerCertificate(c *certparse.Certificate, id string) *ServerCertificate {
	from, to := compactDates(c)
	return &ServerCertificate{
		ServerCertificateID: id,
		CommonName:          c.Subject().CommonName(),
		EffectiveDate:       from,
		ExpiryDate:          to,
		CertificateOwner:    c.Subject().DN(),
		CertificateIssuer:   c.Issuer().DN(),
	}
}

func (r *ServerCertificate) writeJSON(w *jsonWriter) {
	w.BeginObject()
	optional(w, "server_certificate_id", r.ServerCertificateID)
	optional(w, "common_name", r.CommonName)
	optional(w, "effective_date", r.EffectiveDate)
	optional(w, "expiry_date", r.ExpiryDate)
	optional(w, "certificate_owner", r.CertificateOwner)
	optional(w, "certificate_issuer", r.CertificateIssuer)
	w.EndObject()
}

// CACertificate is the record of a CA certificate, the response of updating it.
type CACertificate struct {
	CertificateID string
	// CNName is the subject's common name, Owner its full name.
	CNName, Owner string
	// Status is whether possession of the CA's key was proven; nil is not known.
	Status     *bool
	VerifyCode string
	// ProvisionEnable is whether devices may register themselves; nil is not known.
	ProvisionEnable *bool
	// TemplateID is empty if no template is bound.
	TemplateID string
	// CreateDate, EffectiveDate and ExpiryDate have the form yyyyMMdd'T'HHmmss'Z', in UTC.
	CreateDate, EffectiveDate, ExpiryDate string
	OCSPEnable                            *bool
	OCSPServerCAID                        string
	OCSPSSLEnable                         *bool
}

func newCACertificate(c *certparse.Certificate) *CACertificate {
	from, to := compactDates(c)
	return &CACertificate{
		CNName:        c.Subject().CommonName(),
		Owner:         c.Subject().DN(),
		EffectiveDate: from,
		ExpiryDate:    to,
	}
}

func (r *CACertificate) writeJSON(w *jsonWriter) {
	w.BeginObject()
	optional(w, "certificate_id", r.CertificateID)
	optional(w, "cn_name", r.CNName)
	optional(w, "owner", r.Owner)
	optionalBool(w, "status", r.Status)
	optional(w, "verify_code", r.VerifyCode)
	optionalBool(w, "provision_enable", r.ProvisionEnable)
	optional(w, "template_id", r.TemplateID)
	optional(w, "create_date", r.CreateDate)
	optional(w, "effective_date", r.EffectiveDate)
	optional(w, "expiry_date", r.ExpiryDate)
	optionalBool(w, "ocsp_enable", r.OCSPEnable)
	optional(w, "ocsp_server_ca_id", r.OCSPServerCAID)
	optionalBool(w, "ocsp_ssl_enable", r.OCSPSSLEnable)
	w.EndObject()
}

// CACertificateRecord is the record of a CA certificate as the service returned it.
type CACertificateRecord struct {
	CACertificate
	findings []finding.Finding
}

// ReadCACertificateRecord reads the JSON of a record. What is wrong with it
// becomes a finding when the request that it is given to is judged.
func ReadCACertificateRecord(text []byte) *CACertificateRecord {
	o := readObject("record", text)
	str := func(name string) string {
		v, _ := o.textField(name).Get()
		return v
	}
	boolean := func(name string) *bool {
		if v, ok := o.boolField(name).Get(); ok {
			return &v
		}
		return nil
	}
	r := &CACertificateRecord{CACertificate: CACertificate{
		CertificateID:   str("certificate_id"),
		CNName:          str("cn_name"),
		Owner:           str("owner"),
		Status:          boolean("status"),
		VerifyCode:      str("verify_code"),
		ProvisionEnable: boolean("provision_enable"),
		TemplateID:      str("template_id"),
		CreateDate:      str("create_date"),
		EffectiveDate:   str("effective_date"),
		ExpiryDate:      str("expiry_date"),
		OCSPEnable:      boolean("ocsp_enable"),
		OCSPServerCAID:  str("ocsp_server_ca_id"),
		OCSPSSLEnable:   boolean("ocsp_ssl_enable"),
	}}
	r.findings = o.finish()
	return r
}

// Findings says what is wrong with the record's JSON.
func (r *CACertificateRecord) Findings() []finding.Finding { return r.findings }

// DeviceCertificate is the response of querying a device certificate.
type DeviceCertificate struct {
	CertificateID string
	CommonName    string
	// ExpiryDate has the form yyyyMMdd'T'HHmmss'Z', in UTC.
	ExpiryDate string
	// Fingerprint is the SHA-256 digest in upper-case hexadecimal.
	Fingerprint string
	// Status is ACTIVE or INACTIVE.
	Status         string
	CertificatePEM string
}

func newDeviceCertificate(c *certparse.Certificate, id, status string) *DeviceCertificate {
	_, to := compactDates(c)
	return &DeviceCertificate{
		CertificateID:  id,
		CommonName:     c.Subject().CommonName(),
		ExpiryDate:     to,
		Fingerprint:    c.Fingerprint(),
		Status:         status,
		CertificatePEM: string(certparse.EncodePEM("CERTIFICATE", c.Raw())),
	}
}

func (r *DeviceCertificate) writeJSON(w *jsonWriter) {
	w.BeginObject()
	optional(w, "certificate_id", r.CertificateID)
	optional(w, "common_name", r.CommonName)
	optional(w, "expiry_date", r.ExpiryDate)
	optional(w, "fingerprint", r.Fingerprint)
	optional(w, "status", r.Status)
	optional(w, "certificate_pem", r.CertificatePEM)
	w.EndObject()
}

// SSLCertificate is the response of modifying an SSL certificate.
type SSLCertificate struct {
	ID, Name string
	// Type is "global" or "instance"; InstanceID is "common" for the former.
	Type, InstanceID, ProjectID string
	// CommonName is the subject's common name.
	CommonName string
	// SAN has the DNS names and IP addresses in the order of the certificate.
	SAN     []string
	Version int
	// These are the subject's values.
	Organization, OrganizationalUnit, Locality, State, Country []string
	// NotBefore, NotAfter, CreateTime and UpdateTime are as RFC 3339 has them, in UTC.
	NotBefore, NotAfter string
	// SerialNumber is in decimal.
	SerialNumber string
	// Issuer has the issuer's organizations.
	Issuer                 []string
	SignatureAlgorithm     string
	CreateTime, UpdateTime string
	// HasTrustedRootCA is whether a CA certificate for client certificates is
	// bound; nil is not known.
	HasTrustedRootCA *bool
	// AlgorithmType is "RSA", "ECC" or "SM2".
	AlgorithmType string
}

func newSSLCertificate(c *certparse.Certificate) *SSLCertificate {
	subject := c.Subject()
	names, _ := c.SubjectAltName()
	r := &SSLCertificate{
		CommonName:         subject.CommonName(),
		SAN:                hostNames(names),
		Version:            c.Version(),
		Organization:       subject.Values("O"),
		OrganizationalUnit: subject.Values("OU"),
		Locality:           subject.Values("L"),
		State:              subject.Values("ST"),
		Country:            subject.Values("C"),
		SerialNumber:       c.SerialDecimal(),
		Issuer:             c.Issuer().Values("O"),
		SignatureAlgorithm: c.SignatureAlgorithmName(),
		AlgorithmType:      c.PublicKey().Type(),
	}
	if from, to, ok := c.Validity(); ok {
		r.NotBefore, r.NotAfter = certparse.RFC3339(from), certparse.RFC3339(to)
	}
	return r
}

func (r *SSLCertificate) writeJSON(w *jsonWriter) {
	w.BeginObject()
	optional(w, "id", r.ID)
	optional(w, "name", r.Name)
	optional(w, "type", r.Type)
	optional(w, "instance_id", r.InstanceID)
	optional(w, "project_id", r.ProjectID)
	optional(w, "common_name", r.CommonName)
	optionalList(w, "san", r.SAN)
	if r.Version > 0 {
		w.IntField("version", int64(r.Version))
	}
	optionalList(w, "organization", r.Organization)
	optionalList(w, "organizational_unit", r.OrganizationalUnit)
	optionalList(w, "locality", r.Locality)
	optionalList(w, "state", r.State)
	optionalList(w, "country", r.Country)
	optional(w, "not_before", r.NotBefore)
	optional(w, "not_after", r.NotAfter)
	optional(w, "serial_number", r.SerialNumber)
	optionalList(w, "issuer", r.Issuer)
	optional(w, "signature_algorithm", r.SignatureAlgorithm)
	optional(w, "create_time", r.CreateTime)
	optional(w, "update_time", r.UpdateTime)
	optionalBool(w, "is_has_trusted_root_ca", r.HasTrustedRootCA)
	optional(w, "algorithm_type", r.AlgorithmType)
	w.EndObject()
}

// compactDates are the two ends of the validity in the form of the IoTDA
// interface, or empty if they cannot be read.
func compactDates(c *certparse.Certificate) (from, to string) {
	notBefore, notAfter, ok := c.Validity()
	if !ok {
		return "", ""
	}
	return certparse.CompactTime(notBefore), certparse.CompactTime(notAfter)
}

func optional(w *jsonWriter, key, value string) {
	if value != "" {
		w.StringField(key, value)
	}
}

func optionalBool(w *jsonWriter, key string, value *bool) {
	if value != nil {
		w.BoolField(key, *value)
	}
}

func optionalList(w *jsonWriter, key string, values []string) {
	if len(values) > 0 {
		w.StringsField(key, values)
	}
}

func marshal(r Response) ([]byte, error) {
	var w jsonWriter
	r.writeJSON(&w)
	return w.Bytes(), nil
}

// MarshalJSON returns the documented body.
func (r *ServerCertificate) MarshalJSON() ([]byte, error) { return marshal(r) }

// MarshalJSON returns the documented body.
func (r *CACertificate) MarshalJSON() ([]byte, error) { return marshal(r) }

// MarshalJSON returns the documented body.
func (r *DeviceCertificate) MarshalJSON() ([]byte, error) { return marshal(r) }

// MarshalJSON returns the documented body.
func (r *SSLCertificate) MarshalJSON() ([]byte, error) { return marshal(r) }
