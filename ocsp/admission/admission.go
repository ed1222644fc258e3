// Package admission decides whether a device may connect, as a platform does that
// has the status of device certificates checked by OCSP when a device connects.
//
// [New] makes a [Gate] from the record of a CA certificate, which says whether and
// how responders are asked, and [Gate.Admit] decides about one device. Where the
// documentation of the platform says what happens, that happens; where it is silent,
// the device is rejected unless [Config] says otherwise.
//
// What is documented:
//
//   - ocsp_enable switches the check on. Then, if the device certificate names a
//     responder, the certificate's status is asked for, and a revoked one is
//     rejected. A certificate that names none is admitted.
//   - ocsp_ssl_enable has the responder asked by TLS. Its certificate must be from
//     the CA that ocsp_server_ca_id means; without one, authentication fails. The CAs
//     of the system never take its place.
//   - Only a CA certificate that passed its verification (status) admits devices.
//
// What is not documented, and decided here:
//
//   - A device whose certificate is unknown to the responder, or about which nobody
//     could be asked, is rejected; see Config.AdmitUnknown and
//     Config.AdmitUnreachable.
//   - A device is rejected if there were answers but none to believe. Whoever can
//     forge answers must not be better off than who can only prevent them.
//   - With ocsp_ssl_enable, a certificate that names a responder without TLS is
//     rejected, and none of its responders is asked.
//   - Only the status of the device certificate is asked for, not that of
//     certificates between it and the CA.
package admission

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// DefaultMaxResponse is the largest OCSP response in bytes that a gate reads, the
// limit that is published for platforms of this kind.
const DefaultMaxResponse = 4 << 10

// Config says what a gate goes by. Record and CA must be given.
type Config struct {
	// Record is the record of the CA certificate. What it does not say is switched off.
	Record *validate.CACertificateRecord
	// CA is the CA certificate.
	CA *certparse.Certificate
	// ServerCA is the certificate that the record's ocsp_server_ca_id means; nil is
	// none. If the record has no such ID, it is not used.
	ServerCA *certparse.Certificate
	// AdmitUnknown admits devices whose certificates the responder does not know.
	AdmitUnknown bool
	// AdmitUnreachable admits devices about which nobody could be asked. Whoever
	// controls the network between the platform and the responder can bring that
	// about.
	AdmitUnreachable bool
	// Client says how to ask. Order and ServerCAs are the gate's own business; a
	// MaxResponse of 0 is DefaultMaxResponse.
	Client client.Options
	// Ask asks about a certificate instead of a client of the gate's own, which then
	// is responsible for authenticating the responder; nil is the gate's client.
	Ask func(ctx context.Context, cert, issuer *certparse.Certificate) (*client.Result, error)
}

// The errors of New and Admit.
var (
	// ErrIncomplete means that the record, the CA or the device's certificate is missing.
	ErrIncomplete = errors.New("admission: a record, a CA and a device certificate are needed")
	// ErrRecord means that the record cannot be relied on; its findings say why.
	ErrRecord = errors.New("admission: the record of the CA certificate is damaged")
	// ErrServerCA means that TLS cannot be verified with the CA of the responder.
	ErrServerCA = errors.New("admission: the CA certificate of the responder cannot be used for TLS")
)

// Gate decides about the devices of one CA. It may be used by several goroutines at
// once.
type Gate struct {
	config Config
	client *client.Client
}

// New returns a gate. The error is one of this package's or that of [client.New].
func New(c Config) (*Gate, error) {
	if c.Record == nil || c.CA == nil {
		return nil, ErrIncomplete
	}
	for _, f := range c.Record.Findings() {
		if f.Severity == finding.Error {
			return nil, fmt.Errorf("%w: %s", ErrRecord, f.Code)
		}
	}
	if c.Record.OCSPServerCAID == "" {
		c.ServerCA = nil
	}
	opt := c.Client
	opt.Order, opt.ServerCAs = client.OCSPOnly, nil
	if opt.MaxResponse == 0 {
		opt.MaxResponse = DefaultMaxResponse
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	c.Client = opt
	if c.ServerCA != nil {
		root, err := x509.ParseCertificate(c.ServerCA.Raw())
		if err != nil || root.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
			return nil, ErrServerCA
		}
		opt.ServerCAs = x509.NewCertPool()
		opt.ServerCAs.AddCert(root)
	}
	g := &Gate{config: c}
	if c.Ask == nil {
		var err error
		if g.client, err = client.New(opt); err != nil {
			return nil, err
		}
		g.config.Ask = g.client.Check
	}
	return g, nil
}

// Close frees what the gate's client holds.
func (g *Gate) Close() error {
	if g.client == nil {
		return nil
	}
	return g.client.Close()
}

// Reason says what decided.
type Reason string

// The reasons. The comment says whether the device is admitted.
const (
	NotEnabled       Reason = "not-enabled"       // Admitted: the check is switched off.
	NothingToAsk     Reason = "nothing-to-ask"    // Admitted if the certificate names no responder.
	Good             Reason = "good"              // Admitted.
	Revoked          Reason = "revoked"           // Rejected.
	Unknown          Reason = "unknown"           // Rejected, or admitted by Config.AdmitUnknown.
	Unreachable      Reason = "unreachable"       // Rejected, or admitted by Config.AdmitUnreachable.
	Refused          Reason = "refused"           // Rejected: no answer could be believed.
	NotAuthenticated Reason = "not-authenticated" // Rejected: TLS with a responder failed, or could not be.
	NotSecure        Reason = "not-secure"        // Rejected: TLS is demanded, and a responder is without.
	NotTrusted       Reason = "not-trusted"       // Rejected: no valid path leads to the CA.
	NotVerified      Reason = "not-verified"      // Rejected: the CA did not pass its verification.
)

// Decision is what was decided about a device.
type Decision struct {
	Admitted bool
	Reason   Reason
	// Result is what was learned about the certificate's status; nil if nobody was
	// asked.
	Result *client.Result
	// Findings say the same for a person. Certificates count in the path from the
	// device certificate to the CA.
	Findings []finding.Finding
}

// Admit decides about a device with the given certificates, its own first. Others
// may be part of the path to the CA, in any order; the CA need not be among them. The
// error is [ErrIncomplete] or that of Config.Ask, and then nothing was decided: the
// device must not be admitted.
func (g *Gate) Admit(ctx context.Context, certs []*certparse.Certificate) (*Decision, error) {
	if len(certs) == 0 {
		return nil, ErrIncomplete
	}
	for _, c := range certs {
		if c == nil {
			return nil, ErrIncomplete
		}
	}
	d := &Decision{}
	if verified := g.config.Record.Status; verified != nil && !*verified {
		return d.reject(NotVerified, finding.New("admission-ca-not-verified", finding.Where{})), nil
	}
	device, issuer := d.trusted(certs, g.config)
	if device == nil {
		return d, nil
	}
	if on := g.config.Record.OCSPEnable; on == nil || !*on {
		return d.admit(NotEnabled, finding.New("admission-not-checked", atDevice)), nil
	}
	sources := ocsp.SourcesOf(device)
	if url := g.withoutTLS(sources); url != "" {
		return d.reject(NotSecure, finding.New("admission-tls-required", atDevice, finding.Str("url", url))), nil
	}
	result, err := g.config.Ask(ctx, device, issuer)
	if err != nil {
		return nil, err
	}
	d.Result = result
	d.Findings = append(d.Findings, result.Findings...)
	return d.follow(g.config, len(sources.OCSP) > 0), nil
}

// atDevice is the place of the device certificate.
var atDevice = finding.Where{Certificate: finding.At(0)}

// trusted finds the path from the device certificate to the CA, and returns the
// certificate and that of its issuer. Both are nil if there is none.
func (d *Decision) trusted(certs []*certparse.Certificate, c Config) (device, issuer *certparse.Certificate) {
	r := path.Build(certs[0], path.Anchors([]*certparse.Certificate{c.CA}), certs[1:], path.Options{Time: c.Client.Now()})
	d.Findings = append(d.Findings, r.Findings...)
	// The CA itself is trusted, but it is no device.
	if !r.Valid || len(r.Path) < 2 {
		d.reject(NotTrusted, finding.New("admission-not-trusted", atDevice, finding.Str("ca", c.CA.Subject().String())))
		return nil, nil
	}
	return r.Path[0], r.Path[1]
}

// withoutTLS is the first responder without TLS, if TLS is demanded.
func (g *Gate) withoutTLS(s ocsp.Sources) string {
	if on := g.config.Record.OCSPSSLEnable; on == nil || !*on {
		return ""
	}
	for _, url := range s.OCSP {
		if len(url) < len("https:") || !strings.EqualFold(url[:len("https:")], "https:") {
			return url
		}
	}
	return ""
}

// follow decides by what was learned about the status. named says that the
// certificate names a responder: then it must be asked, even if the certificate also
// says that there is nothing to know (RFC 9608).
func (d *Decision) follow(c Config, named bool) *Decision {
	switch d.Result.Status {
	case client.Good:
		return d.admit(Good)
	case client.Revoked:
		return d.reject(Revoked)
	case client.NothingToAsk:
		if named {
			return d.open(NothingToAsk, false)
		}
		return d.admit(NothingToAsk)
	case client.Unknown:
		return d.open(Unknown, c.AdmitUnknown)
	case client.Refused:
		return d.open(Refused, false)
	}
	for _, a := range d.Result.Attempts {
		if a.Code == "revocation-https-without-ca" || a.Code == "revocation-tls-failed" {
			return d.reject(NotAuthenticated, finding.New("admission-not-authenticated", atDevice, finding.Str("url", a.URL)))
		}
	}
	return d.open(Unreachable, c.AdmitUnreachable)
}

// open decides where the status is not known.
func (d *Decision) open(reason Reason, admit bool) *Decision {
	f := finding.New("admission-status-open", atDevice, finding.Str("status", d.Result.Status.String()))
	if admit {
		return d.admit(reason, f.As(finding.Warning))
	}
	return d.reject(reason, f)
}

func (d *Decision) admit(reason Reason, fs ...finding.Finding) *Decision {
	d.Admitted, d.Reason, d.Findings = true, reason, append(d.Findings, fs...)
	return d
}

func (d *Decision) reject(reason Reason, fs ...finding.Finding) *Decision {
	d.Admitted, d.Reason, d.Findings = false, reason, append(d.Findings, fs...)
	return d
}
