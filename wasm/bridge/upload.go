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
	Time time.Time
	// ExpiringDays is how many days before its end a certificate is reported as
	// expiring soon: 30 if it is 0, never if it is negative.
	ExpiringDays int
	// MaxSize is the largest input in bytes that is read, certparse.DefaultMaxSize if
	// it is 0.
	MaxSize int
}

func (o *judging) option(name string) any {
	switch name {
	case "time":
		return &o.Time
	case "expiring_days":
		return &o.ExpiringDays
	case "max_size":
		return &o.MaxSize
	}
	return nil
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
	Profile       validate.Profile
	CJKNames      bool
	VerifyCode    string
	Name          string
	Type          string
	InstanceID    string
	AlgorithmType string
	Status        string
}

func (o *checkOptions) option(name string) any {
	switch name {
	case "profile":
		return (*string)(&o.Profile)
	case "cjk_names":
		return &o.CJKNames
	case "verify_code":
		return &o.VerifyCode
	case "name":
		return &o.Name
	case "type":
		return &o.Type
	case "instance_id":
		return &o.InstanceID
	case "algorithm_type":
		return &o.AlgorithmType
	case "status":
		return &o.Status
	}
	return o.judging.option(name)
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
	Operation            validate.Operation
	CJKNames             bool
	ServerCertificateID  string
	ExistingCertificates int
	CertificateID        string
	ProjectID            string
	CreateTime           time.Time
	UpdateTime           time.Time
	Status               string
}

func (o *requestOptions) option(name string) any {
	switch name {
	case "operation":
		return (*string)(&o.Operation)
	case "cjk_names":
		return &o.CJKNames
	case "server_certificate_id":
		return &o.ServerCertificateID
	case "existing_certificates":
		return &o.ExistingCertificates
	case "certificate_id":
		return &o.CertificateID
	case "project_id":
		return &o.ProjectID
	case "create_time":
		return &o.CreateTime
	case "update_time":
		return &o.UpdateTime
	case "status":
		return &o.Status
	}
	return o.judging.option(name)
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
