package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate"
)

// Call is what is done in a case. Its members that name files are "cert", "key",
// "password", "key_blocklist", "sign_cert", "sign_key", "trusted_root", "verification_cert",
// "inputs", "roots", "intermediates", "crls", "ocsp", "body" and "record".
type Call struct {
	// Op is "check", "inspect", "request" or "chain".
	Op string `json:"op"`
	// At is the instant at which certificates are judged.
	At time.Time `json:"at"`
	// KeyBlocklist is a list of keys that must not be used.
	KeyBlocklist string `json:"key_blocklist,omitempty"`

	// Profile and the members after it are for "check".
	Profile          string `json:"profile,omitempty"`
	Cert             string `json:"cert,omitempty"`
	Key              string `json:"key,omitempty"`
	Password         string `json:"password,omitempty"`
	SignCert         string `json:"sign_cert,omitempty"`
	SignKey          string `json:"sign_key,omitempty"`
	TrustedRoot      string `json:"trusted_root,omitempty"`
	VerificationCert string `json:"verification_cert,omitempty"`
	VerifyCode       string `json:"verify_code,omitempty"`
	Name             string `json:"name,omitempty"`
	Type             string `json:"type,omitempty"`
	InstanceID       string `json:"instance_id,omitempty"`
	AlgorithmType    string `json:"algorithm_type,omitempty"`
	Status           string `json:"status,omitempty"`

	// Inputs are the files of "inspect", which also takes Password, and of "chain".
	Inputs []string `json:"inputs,omitempty"`

	// Roots and the members after it are for "chain", as is Profile, which is then
	// "rfc5280", the default, or "webpki".
	Roots         []string `json:"roots,omitempty"`
	Intermediates []string `json:"intermediates,omitempty"`
	CRLs          []string `json:"crls,omitempty"`
	OCSP          []string `json:"ocsp,omitempty"`
	Host          string   `json:"host,omitempty"`
	Purposes      []string `json:"purposes,omitempty"`
	Policies      []string `json:"policies,omitempty"`
	Conforming    bool     `json:"conforming,omitempty"`
	AllPaths      bool     `json:"all_paths,omitempty"`
	// Revocation is "ignore", the default, "soft-fail" or "hard-fail".
	Revocation string `json:"revocation,omitempty"`
	// Unreachable says that whoever is asked about revocation cannot be reached. The
	// command line cannot do that.
	Unreachable bool `json:"unreachable,omitempty"`

	// Operation and the members after it are for "request". An update of a CA
	// certificate also takes Cert; the query of a device certificate takes Cert,
	// TrustedRoot and Status, and has no body.
	Operation string `json:"operation,omitempty"`
	Body      string `json:"body,omitempty"`
	Record    string `json:"record,omitempty"`
	Known     Known  `json:"known,omitzero"`
	CJKNames  bool   `json:"cjk_names,omitempty"`
}

// Known is what only the service knows.
type Known struct {
	ServerCertificateID  string    `json:"server_certificate_id,omitempty"`
	ExistingCertificates int       `json:"existing_certificates,omitempty"`
	CertificateID        string    `json:"certificate_id,omitempty"`
	ProjectID            string    `json:"project_id,omitempty"`
	CreateTime           time.Time `json:"create_time,omitzero"`
	UpdateTime           time.Time `json:"update_time,omitzero"`
}

func readCall(text []byte) (Call, error) {
	var c Call
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("call.json: %w", err)
	}
	if c.At.IsZero() {
		return c, errors.New("call.json does not say at what time")
	}
	return c, nil
}

// fileNames lists the files that the call names.
func (c Call) fileNames() []string {
	var names []string
	for _, name := range slices.Concat([]string{
		c.Cert, c.Key, c.Password, c.KeyBlocklist, c.SignCert, c.SignKey, c.TrustedRoot, c.VerificationCert, c.Body, c.Record},
		c.Inputs, c.Roots, c.Intermediates, c.CRLs, c.OCSP) {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Options returns the options of a variant's call. Its error is that of its list
// of blocked keys.
func (c *Case) Options(name string) (validate.Options, error) {
	v := c.variants[name]
	opt := validate.Options{Time: v.call.At, CJKNames: v.call.CJKNames}
	if v.call.KeyBlocklist != "" {
		opt.BlockedKeys = new(certparse.KeyBlocklist)
		if err := opt.BlockedKeys.Read(v.files[v.call.KeyBlocklist]); err != nil {
			return opt, err
		}
	}
	return opt, nil
}

// Report is what a report on an upload and one on a path have in common.
type Report struct {
	Verdict      validate.Verdict
	Findings     []finding.Finding
	Certificates []validate.Certificate
	// Response is the documented response, if the operation has one.
	Response validate.Response
	// Repaired are the inputs of an upload that were repaired.
	Repaired []validate.Repaired
	json     func() []byte
}

// JSON returns the report's JSON.
func (r *Report) JSON() []byte { return r.json() }

// Run judges a variant.
func (c *Case) Run(name string) (*Report, error) {
	if v := c.variants[name]; v.call.Op == "chain" {
		r, err := v.chain()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		return &Report{Verdict: r.Verdict, Findings: r.Findings, Certificates: r.Certificates, json: r.JSON}, nil
	}
	request, err := c.Request(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	opt, err := c.Options(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	r := validate.Upload(request, opt)
	return &Report{r.Verdict, r.Findings, r.Certificates, r.Response, r.Repaired, r.JSON}, nil
}

// Request makes the request of a variant.
func (c *Case) Request(name string) (validate.Request, error) {
	v := c.variants[name]
	switch v.call.Op {
	case "check":
		return validate.NewRequest(validate.Profile(v.call.Profile), v.parts())
	case "inspect":
		r := &validate.Inspection{Password: v.password()}
		for _, name := range v.call.Inputs {
			r.Files = append(r.Files, validate.File{Name: name, Data: v.files[name]})
		}
		return r, nil
	case "request":
		return v.operation()
	}
	return nil, fmt.Errorf("the op %q is not known", v.call.Op)
}

// password is the content of the password's file, to which the line break at its
// end does not belong.
func (v *variant) password() []byte {
	if v.call.Password == "" {
		return nil
	}
	return []byte(strings.TrimSuffix(string(v.files[v.call.Password]), "\n"))
}

func (v *variant) parts() validate.Parts {
	c := v.call
	return validate.Parts{
		Certificate: v.files[c.Cert], PrivateKey: v.files[c.Key], Password: v.password(),
		SignCertificate: v.files[c.SignCert], SignPrivateKey: v.files[c.SignKey],
		TrustedRoot: v.files[c.TrustedRoot], Verification: v.files[c.VerificationCert], VerifyCode: c.VerifyCode,
		Name: c.Name, Type: c.Type, InstanceID: c.InstanceID, AlgorithmType: c.AlgorithmType, Status: c.Status,
	}
}

func (v *variant) operation() (validate.Request, error) {
	c := v.call
	if validate.Operation(c.Operation) == validate.OpQueryDeviceCertificate {
		return &validate.DeviceCertificateQuery{
			Certificate: v.files[c.Cert], CA: v.files[c.TrustedRoot], CertificateID: c.Known.CertificateID, Status: c.Status,
		}, nil
	}
	request, err := validate.ReadRequest(validate.Operation(c.Operation), v.files[c.Body])
	if err != nil {
		return nil, err
	}
	switch r := request.(type) {
	case *validate.AddServerCertificate:
		r.ServerCertificateID, r.ExistingCertificates = c.Known.ServerCertificateID, c.Known.ExistingCertificates
	case *validate.SSLCertificateForm:
		r.CertificateID, r.ProjectID = c.Known.CertificateID, c.Known.ProjectID
		r.CreateTime, r.UpdateTime = c.Known.CreateTime, c.Known.UpdateTime
	case *validate.UpdateCACertificate:
		r.Certificate = v.files[c.Cert]
		if c.Record != "" {
			r.Current = validate.ReadCACertificateRecord(v.files[c.Record])
		}
	}
	return request, nil
}
