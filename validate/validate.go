// Package validate judges uploads.
//
// [Upload] is the way in: it takes a [Request], which says what is to be
// uploaded and where to, and returns a [Report] with a verdict, every finding,
// the certificates, and the response that the documented operation would give.
// The same request with the same options gives the same report, byte for byte,
// wherever it is judged.
//
// The requests are the documented operations, [AddServerCertificate],
// [SSLCertificateForm], [UpdateCACertificate] and [DeviceCertificateQuery];
// [CACertificateUpload] for a CA certificate with its proof of possession;
// [Bundle] for a certificate with its key and chain that goes nowhere in
// particular; and [Inspection] for looking at files of any kind.
//
// [Chain] answers another question: whether a path leads from an uploaded
// certificate to a trusted root, and if not, what is wrong with it.
package validate

import (
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// Options say how to judge. The zero value is right for most.
type Options struct {
	// Time is the instant at which certificates are judged; zero means now.
	Time time.Time
	// ExpiringWithin is how long before its end a certificate is reported as
	// expiring soon; zero means 30 days, a negative value means never.
	ExpiringWithin time.Duration
	// CJKNames allows Chinese characters in the name of an APIG certificate, as
	// the Chinese edition of the document does. The default allows only the
	// characters of the international edition.
	CJKNames bool
	// MaxSize is the largest certificate or key input in bytes that is read; zero
	// means certparse.DefaultMaxSize.
	MaxSize int
	// BlockedKeys are public keys that must not be used; nil means none. A
	// certificate with one of them is rejected.
	BlockedKeys *certparse.KeyBlocklist
	// Status finds out whether certificates were revoked. Nil asks nobody, as a
	// service that takes an upload does.
	Status StatusFunc
	// Revocation says what follows if Status cannot find it out.
	Revocation RevocationPolicy
}

// Profile says by whose rules an upload is judged.
type Profile string

// The profiles.
const (
	Generic     Profile = "generic"
	IoTDAServer Profile = "iotda-server"
	IoTDACA     Profile = "iotda-ca"
	IoTDADevice Profile = "iotda-device"
	APIGSSL     Profile = "apig-ssl"
)

// Verdict is the result of judging an upload.
type Verdict string

// The verdicts. An upload is rejected if there is at least one finding of
// severity error, and accepted otherwise.
const (
	Accepted Verdict = "accepted"
	Rejected Verdict = "rejected"
)

// Request is something that can be judged. The types of this package that
// implement it are listed in the package's description.
type Request interface {
	// Profile says by whose rules the request is judged.
	Profile() Profile
	// judge adds the findings, certificates and keys of the request to j, and
	// returns the documented response if there is one.
	judge(j *judge) Response
}

// Response is the documented response of an operation: [*ServerCertificate],
// [*SSLCertificate], [*CACertificate] or [*DeviceCertificate].
type Response interface {
	writeJSON(w *jsonWriter)
}

// Report is everything that is to be said about an upload.
type Report struct {
	Profile Profile
	Verdict Verdict
	// Findings are in the order in which the upload is read: the request's own
	// fields first, then each input with its certificates and keys, then what
	// concerns several of them.
	Findings []finding.Finding
	// Certificates are the certificates of all inputs, in their order. Findings
	// refer to them by their index.
	Certificates []Certificate
	// Keys are the private keys that could be opened. They hold no key material
	// in any of their exported parts.
	Keys []Key
	// Pairing says what was learned of a signing and an encryption certificate;
	// nil if the upload has no pair.
	Pairing *sm2.Pairing
	// Response is the documented response, when the verdict is Accepted and the
	// operation has one.
	Response Response
	// Repaired are the inputs that were readable only after a repair.
	Repaired []Repaired
	// Reassembled are the chains that are better sent otherwise than they are.
	Reassembled []Reassembled
	// Revocation is what is known about the revocation of the certificates, if
	// Options.Status was set.
	Revocation []CertificateStatus
}

// Certificate is a certificate of a report.
type Certificate struct {
	*certparse.Certificate
	// Input names the input that the certificate came from.
	Input string
	// Block counts the blocks of that input, from 1.
	Block int
	// Container is the format of the container in that block that the certificate
	// came from, as certparse.Container has it; empty if there was none.
	Container string
	// FriendlyName is its name in the container. It may hold any character.
	FriendlyName string
}

// Key is a private key of a report.
type Key struct {
	// Input names the input that the key came from.
	Input string
	// Block counts the blocks of that input, from 1.
	Block int
	// Container and FriendlyName are as in [Certificate].
	Container, FriendlyName string
	// Public is the public half of the key.
	Public certparse.PublicKey
	// Format and Encryption say how the key was stored, as
	// certparse.PrivateKey says it.
	Format, Encryption string
	// Certificate is the index of the certificate that the key belongs to.
	Certificate finding.Pos
}

// Repaired is an input after its repair.
type Repaired struct {
	// Input names the input.
	Input string
	// PEM is the repaired text. It is nil if the text has a private key: a report
	// is shown and stored, and must not hold one. The repaired text of such an
	// input is in certparse.Document.Repaired.
	PEM []byte
}

// Upload judges a request.
func Upload(request Request, opt Options) *Report {
	if opt.Time.IsZero() {
		opt.Time = time.Now()
	}
	if opt.ExpiringWithin == 0 {
		opt.ExpiringWithin = 30 * 24 * time.Hour
	}
	j := &judge{opt: opt, report: &Report{Profile: request.Profile(), Verdict: Accepted}}
	j.vendor = vendorOf(j.report.Profile)
	response := request.judge(j)
	j.incomplete()
	j.statuses()
	r := j.report
	r.Findings = append(r.Findings, j.together...)
	if finding.Worst(r.Findings) == finding.Error {
		r.Verdict = Rejected
	} else {
		r.Response = response
	}
	return r
}
