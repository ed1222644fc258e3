// Package ocsp judges revocation: OCSP responses and certificate revocation
// lists. It only judges. What it is given was fetched by somebody else, and
// nothing in it asks a network, so it can be used offline and in a browser.
//
// [Verify] judges one OCSP response for one certificate by RFC 6960 and RFC
// 9919, for SM2 also by GB/T 19713. [ParseCRL] reads a revocation list, and
// [Judge] decides about a certificate with one or more of them by RFC 5280,
// Section 6.3. Both give a [Result], which is never good without evidence.
//
// [Request] makes the request that a response answers, [Staple] judges what a
// server brought along, and [SourcesOf] says where a certificate's status is to be
// found.
package ocsp

import (
	"errors"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// Status is what is known about a certificate.
type Status uint8

// The answers. They are never folded into one another.
const (
	// Refused means that the evidence breaks a rule, so that it says nothing. It
	// is the zero value.
	Refused Status = iota
	// Good means that the evidence says that the certificate is not revoked.
	Good
	// Revoked means that it says that the certificate is revoked.
	Revoked
	// Unknown means that the evidence is sound but does not speak of the certificate.
	Unknown
)

var statusNames = [...]string{"refused", "good", "revoked", "unknown"}

// String returns "refused", "good", "revoked" or "unknown".
func (s Status) String() string { return statusNames[min(int(s), len(statusNames)-1)] }

// Reason says why a certificate was revoked, RFC 5280, Section 5.3.1. The numbers
// are those of the standard.
type Reason uint8

// The reasons. There is no number 7.
const (
	Unspecified          Reason = 0
	KeyCompromise        Reason = 1
	CACompromise         Reason = 2
	AffiliationChanged   Reason = 3
	Superseded           Reason = 4
	CessationOfOperation Reason = 5
	CertificateHold      Reason = 6
	RemoveFromCRL        Reason = 8
	PrivilegeWithdrawn   Reason = 9
	AACompromise         Reason = 10
)

var reasonNames = [...]string{
	"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
	"certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise",
}

// String returns the standard's word for the reason, such as "keyCompromise".
func (r Reason) String() string {
	if !r.valid() {
		return "invalid"
	}
	return reasonNames[r]
}

func (r Reason) valid() bool { return int(r) < len(reasonNames) && reasonNames[r] != "" }

// Result is what a piece of evidence says about a certificate.
type Result struct {
	Status Status
	// Code says why the evidence was refused; it is empty for every other status.
	// The finding of this code is among the findings.
	Code finding.Code
	// RevokedAt and Reason are set if the certificate is revoked.
	RevokedAt time.Time
	Reason    Reason
	// ProducedAt is when the response was signed; it is zero for a CRL.
	ProducedAt time.Time
	// ThisUpdate is when the status was known to be right, and NextUpdate when
	// newer information is due. NextUpdate is zero if the responder did not say.
	ThisUpdate, NextUpdate time.Time
	// Delegate is the certificate of the responder that signed in the issuer's
	// place; nil if the issuer signed itself.
	Delegate *certparse.Certificate
	// Findings say the same for a person, and what else is worth knowing.
	Findings []finding.Finding
}

// The defaults of Options.
const (
	// DefaultSkew is how far clocks may be apart.
	DefaultSkew = 5 * time.Minute
	// DefaultMaxAge is how old a response may be that does not say when newer
	// information is due.
	DefaultMaxAge = 24 * time.Hour
	// DefaultMaxSize is the largest response in bytes that is read.
	DefaultMaxSize = 64 << 10
)

// Options say how to judge. All but Time may be left zero.
type Options struct {
	// Time is the time of the judgement. It must be given.
	Time time.Time
	// Skew is how far the responder's clock and ours may be apart; 0 means
	// DefaultSkew, and a negative one none.
	Skew time.Duration
	// MaxAge is how old the information may be if it does not say when newer one
	// is due; 0 means DefaultMaxAge.
	MaxAge time.Duration
	// MaxSize is the largest response in bytes that is read; 0 means
	// DefaultMaxSize. It does not apply to CRLs.
	MaxSize int
	// Nonce is the one that was sent with the request; nil if none was. A stapled
	// response answers somebody else's request, so there is none to compare.
	Nonce []byte
	// StrictNonce refuses a response without a nonce if one was sent. Responders
	// that sign in advance cannot repeat it.
	StrictNonce bool
	// CRLIssuers returns certificates that may have signed a CRL, apart from the
	// issuer of the certificate in question: of the issuer of an indirect CRL, or
	// of the issuer with another key. The caller answers for it that each has a
	// valid path to the same trust anchor. Nil is none.
	CRLIssuers func(*CRL) []*certparse.Certificate
	// IssuerKey is the key of the issuer's certificate with the parameters that a
	// DSA key may inherit from the certificate above it (RFC 5280, Section 6.1.4),
	// as the validation of the path found it. The zero value is the key as the
	// certificate has it.
	IssuerKey certparse.PublicKey
	// Where is the place that is named in findings.
	Where finding.Where
}

// issuerKey is the key that the issuer's certificate stands for.
func (o Options) issuerKey(issuer *certparse.Certificate) certparse.PublicKey {
	if o.IssuerKey.SPKI() != nil {
		return o.IssuerKey
	}
	return issuer.PublicKey()
}

func (o Options) skew() time.Duration {
	if o.Skew == 0 {
		return DefaultSkew
	}
	return max(o.Skew, 0)
}

func (o Options) maxAge() time.Duration {
	if o.MaxAge == 0 {
		return DefaultMaxAge
	}
	return o.MaxAge
}

func (o Options) maxSize() int {
	if o.MaxSize == 0 {
		return DefaultMaxSize
	}
	return o.MaxSize
}

// ErrIncomplete is returned if the time or a certificate was not given.
var ErrIncomplete = errors.New("ocsp: a time, a certificate and its issuer are needed")

// Verify judges the DER of an OCSP response about cert. issuer must be the
// certificate of the issuer of cert, as the validation of the path found it;
// that it signed cert is not checked again here. The error is [ErrIncomplete] or
// nil; whatever is wrong with the response is in the result.
func Verify(response []byte, cert, issuer *certparse.Certificate, opt Options) (*Result, error) {
	if cert == nil || issuer == nil || opt.Time.IsZero() {
		return nil, ErrIncomplete
	}
	v := &verifier{der: response, cert: cert, issuer: issuer, opt: opt, result: &Result{}}
	for _, rule := range rules {
		if r := rule(v); r != nil {
			return refused(v.result, r, opt.Where), nil
		}
	}
	return v.result, nil
}

// verifier judges one response.
type verifier struct {
	der          []byte
	cert, issuer *certparse.Certificate
	opt          Options
	result       *Result

	response response
	answers  []*single
}

// rules are the rules in the order in which they are applied. Before the
// signature is checked nothing in the response is believed, and no key of the
// response is used before the issuer has vouched for it.
var rules = [...]func(*verifier) *refusal{
	(*verifier).size,
	(*verifier).read,
	(*verifier).issuerFits,
	(*verifier).signer,
	(*verifier).extensions,
	(*verifier).nonce,
	(*verifier).certID,
	(*verifier).agreement,
	(*verifier).dates,
	(*verifier).status,
}

// refusal is a rule that is broken.
type refusal struct {
	code finding.Code
	data []finding.Datum
}

func refuse(code finding.Code, data ...finding.Datum) *refusal { return &refusal{code, data} }

// refused turns the result into one that says nothing but why.
func refused(result *Result, r *refusal, where finding.Where) *Result {
	f := finding.New(r.code, where, r.data...).As(finding.Error)
	return &Result{Code: r.code, Findings: append(result.Findings, f)}
}

// unknown turns the result into one that says that nothing is known.
func unknown(result *Result, where finding.Where) *Result {
	result.Status = Unknown
	result.Findings = append(result.Findings, finding.New("certificate-status-unknown", where))
	return result
}

// note adds a finding that does not decide.
func (v *verifier) note(code finding.Code, data ...finding.Datum) {
	v.result.Findings = append(v.result.Findings, finding.New(code, v.opt.Where, data...))
}

// size keeps a hostile response from being read at all.
func (v *verifier) size() *refusal {
	if limit := v.opt.maxSize(); len(v.der) > limit {
		return refuse("ocsp-too-large", finding.Int("limit", limit))
	}
	return nil
}

// issuerFits checks what the caller says: a response that speaks of another CA's
// certificate of the same number must not be taken for an answer.
func (v *verifier) issuerFits() *refusal {
	if !v.cert.Issuer().Equal(v.issuer.Subject()) {
		return refuse("issuer-mismatch", finding.Str("issuer", v.cert.Issuer().String()), finding.Str("subject", v.issuer.Subject().String()))
	}
	return nil
}

// extensions refuses a response that says something critical that is not
// understood, RFC 6960, Section 4.4 and RFC 5280, Section 4.2.
func (v *verifier) extensions() *refusal {
	if oid := v.response.unknownCritical; oid != "" {
		return refuse("ocsp-extension-unknown", finding.Str("oid", oid))
	}
	return nil
}

// status turns the answer, which by now is to be believed, into the result.
func (v *verifier) status() *refusal {
	a := v.answers[0]
	v.result.Status, v.result.ProducedAt = a.status, v.response.producedAt
	if v.response.versionWritten {
		v.note("ocsp-version-written")
	}
	switch a.status {
	case Revoked:
		v.result.RevokedAt, v.result.Reason = a.revokedAt, a.reason
		v.note("certificate-revoked", finding.Time("time", a.revokedAt), finding.Str("reason", a.reason.String()))
	case Unknown:
		v.note("certificate-status-unknown")
	}
	return nil
}
