package bridge

import (
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
)

// judging are the options of every operation that judges.
type judging struct {
	// Time is the instant at which certificates are judged, as RFC 3339 has it; now
	// if it is absent.
	Time time.Time `json:"time"`
	// ExpiringDays is how many days before its end a certificate is reported as
	// expiring soon: 30 if it is 0, never if it is negative.
	ExpiringDays int `json:"expiring_days"`
	// MaxSize is the largest input in bytes that is read, certparse.DefaultMaxSize if
	// it is 0.
	MaxSize int `json:"max_size"`
}

// maxDays keeps a number of days within a time.Duration.
const maxDays = 100 * 365

func (j *judging) expiringWithin() time.Duration {
	return time.Duration(max(-1, min(j.ExpiringDays, maxDays))) * 24 * time.Hour
}

func (j *judging) options(blocked []byte) (validate.Options, *failure) {
	list, failed := blocklist(blocked)
	return validate.Options{Time: j.Time, ExpiringWithin: j.expiringWithin(), MaxSize: j.MaxSize, BlockedKeys: list}, failed
}

// files are the parts as the library takes them.
func files(parts []Part) []validate.File {
	var list []validate.File
	for _, p := range parts {
		list = append(list, validate.File{Name: p.Name, Data: p.Data})
	}
	return list
}

// inspectOptions are the options of inspect.
type inspectOptions struct{ judging }

func inspect(c *call) ([]byte, *failure) {
	var opt inspectOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	var list []Part
	var password, blocked []byte
	if failed := c.roles(map[string]*[]byte{"password": &password, "key_blocklist": &blocked}, map[string]*[]Part{"file": &list}); failed != nil {
		return nil, failed
	}
	return upload(&validate.Inspection{Files: files(list), Password: password}, &opt.judging, blocked, false)
}

func upload(request validate.Request, j *judging, blocked []byte, cjkNames bool) ([]byte, *failure) {
	opt, failed := j.options(blocked)
	if failed != nil {
		return nil, failed
	}
	opt.CJKNames = cjkNames
	return validate.Upload(request, opt).JSON(), nil
}

// checkOptions are the options of check: the profile, and what validate.Parts has
// that is no file.
type checkOptions struct {
	judging
	Profile       validate.Profile `json:"profile"`
	CJKNames      bool             `json:"cjk_names"`
	VerifyCode    string           `json:"verify_code"`
	Name          string           `json:"name"`
	Type          string           `json:"type"`
	InstanceID    string           `json:"instance_id"`
	AlgorithmType string           `json:"algorithm_type"`
	Status        string           `json:"status"`
}

func check(c *call) ([]byte, *failure) {
	opt := checkOptions{Profile: validate.Generic}
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	parts := validate.Parts{
		VerifyCode: opt.VerifyCode, Name: opt.Name, Type: opt.Type, InstanceID: opt.InstanceID,
		AlgorithmType: opt.AlgorithmType, Status: opt.Status,
	}
	var blocked []byte
	if failed := c.roles(map[string]*[]byte{
		"certificate": &parts.Certificate, "private_key": &parts.PrivateKey, "password": &parts.Password,
		"sign_certificate": &parts.SignCertificate, "sign_private_key": &parts.SignPrivateKey,
		"trusted_root": &parts.TrustedRoot, "verification": &parts.Verification, "key_blocklist": &blocked,
	}, nil); failed != nil {
		return nil, failed
	}
	request, err := validate.NewRequest(opt.Profile, parts)
	switch err {
	case nil:
	case validate.ErrPart:
		return nil, &failure{CodePart, "the profile has no place for one of the parts"}
	default:
		return nil, &failure{CodeOption, "there is no such profile"}
	}
	return upload(request, &opt.judging, blocked, opt.CJKNames)
}

// requestOptions are the options of request: the operation, and what only the
// service knows.
type requestOptions struct {
	judging
	Operation            validate.Operation `json:"operation"`
	CJKNames             bool               `json:"cjk_names"`
	ServerCertificateID  string             `json:"server_certificate_id"`
	ExistingCertificates int                `json:"existing_certificates"`
	CertificateID        string             `json:"certificate_id"`
	ProjectID            string             `json:"project_id"`
	CreateTime           time.Time          `json:"create_time"`
	UpdateTime           time.Time          `json:"update_time"`
	Status               string             `json:"status"`
}

func request(c *call) ([]byte, *failure) {
	var opt requestOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	var body, record, certificate, root, blocked []byte
	if failed := c.roles(map[string]*[]byte{
		"body": &body, "record": &record, "certificate": &certificate, "trusted_root": &root, "key_blocklist": &blocked,
	}, nil); failed != nil {
		return nil, failed
	}
	made, failed := opt.request(body, record, certificate, root)
	if failed != nil {
		return nil, failed
	}
	return upload(made, &opt.judging, blocked, opt.CJKNames)
}

// request makes the request of an operation. What the operation has no use for is
// refused.
func (o *requestOptions) request(body, record, certificate, root []byte) (validate.Request, *failure) {
	add := o.ServerCertificateID != "" || o.ExistingCertificates != 0
	form := o.ProjectID != "" || !o.CreateTime.IsZero() || !o.UpdateTime.IsZero() || o.CJKNames
	id, status := o.CertificateID != "", o.Status != ""
	wrong := func(option, part bool) *failure {
		switch {
		case option:
			return &failure{CodeOption, "the operation has no place for one of the options"}
		case part:
			return &failure{CodePart, "the operation has no place for one of the parts"}
		}
		return nil
	}
	if o.Operation == validate.OpQueryDeviceCertificate {
		return &validate.DeviceCertificateQuery{Certificate: certificate, CA: root, CertificateID: o.CertificateID, Status: o.Status},
			wrong(add || form, body != nil || record != nil)
	}
	read, err := validate.ReadRequest(o.Operation, body)
	if err != nil {
		return nil, &failure{CodeOption, "there is no such operation"}
	}
	switch r := read.(type) {
	case *validate.AddServerCertificate:
		r.ServerCertificateID, r.ExistingCertificates = o.ServerCertificateID, o.ExistingCertificates
		return r, wrong(form || id || status, record != nil || certificate != nil || root != nil)
	case *validate.SSLCertificateForm:
		r.CertificateID, r.ProjectID, r.CreateTime, r.UpdateTime = o.CertificateID, o.ProjectID, o.CreateTime, o.UpdateTime
		return r, wrong(add || status, record != nil || certificate != nil || root != nil)
	case *validate.UpdateCACertificate:
		r.Certificate = certificate
		if record != nil {
			r.Current = validate.ReadCACertificateRecord(record)
		}
		return r, wrong(add || form || id || status, root != nil)
	}
	return nil, &failure{CodeOption, "there is no such operation"}
}

// maxSize is the largest input that is read.
func (j *judging) maxSize() int {
	if j.MaxSize > 0 {
		return j.MaxSize
	}
	return certparse.DefaultMaxSize
}
