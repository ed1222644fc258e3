package client

import (
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// Status is what is known about a certificate after asking.
type Status uint8

// The answers. They are never folded into one another.
const (
	// CouldNotAsk means that nobody answered. It is the zero value.
	CouldNotAsk Status = iota
	// Good means that sound evidence says that the certificate is not revoked.
	Good
	// Revoked means that sound evidence says that it is.
	Revoked
	// Unknown means that sound evidence does not speak of the certificate.
	Unknown
	// Refused means that there were answers, but none that could be believed.
	Refused
	// NothingToAsk means that the certificate names nobody to ask.
	NothingToAsk
)

var statusNames = [...]string{"could not ask", "good", "revoked", "unknown", "refused", "nothing to ask"}

// String returns "could not ask", "good", "revoked", "unknown", "refused" or
// "nothing to ask".
func (s Status) String() string {
	if int(s) >= len(statusNames) {
		return "invalid"
	}
	return statusNames[s]
}

// statusOf is the status that evidence gives.
func statusOf(s ocsp.Status) Status {
	switch s {
	case ocsp.Good:
		return Good
	case ocsp.Revoked:
		return Revoked
	case ocsp.Unknown:
		return Unknown
	}
	return Refused
}

// Source is a kind of evidence.
type Source uint8

// The kinds of evidence.
const (
	NoSource Source = iota
	OCSP
	CRL
)

var sourceNames = [...]string{"none", "OCSP", "CRL"}

// String returns "none", "OCSP" or "CRL".
func (s Source) String() string {
	if int(s) >= len(sourceNames) {
		return "invalid"
	}
	return sourceNames[s]
}

// Exemption says why a certificate needs no check.
type Exemption uint8

const (
	// NotExempt means that the certificate should have been checked.
	NotExempt Exemption = iota
	// NoRevocation means that the certificate says that its issuer never revokes
	// it (RFC 9608).
	NoRevocation
	// ShortLived means that the certificate is valid for so short a time that its
	// issuer need not say where to ask, and it does not.
	ShortLived
	// TrustAnchor means that the certificate is trusted by itself.
	TrustAnchor
)

var exemptionNames = [...]string{"it does not say where", "it says that its issuer never revokes it", "it is short-lived and does not say where", "it is a trust anchor"}

// String says the reason in words.
func (e Exemption) String() string {
	if int(e) >= len(exemptionNames) {
		return "invalid"
	}
	return exemptionNames[e]
}

// Attempt is one place that was asked, or that was not.
type Attempt struct {
	Source Source
	// URL is where; control characters and the like are escaped, and a user's name
	// and password are left out. It is empty if the evidence was remembered and
	// the place does not matter.
	URL string
	// Cached says that the evidence was remembered and not fetched.
	Cached bool
	// Status is what came of it.
	Status Status
	// Code says why there was no answer, or why it was refused; it is empty if
	// there was one to believe.
	Code finding.Code
	// Tries is how many requests were sent.
	Tries int
}

// Result is what is known about one certificate.
type Result struct {
	Status Status
	// Evidence is what decided; it is never nil if the status is Good or Revoked. If
	// it is Refused or Unknown, it is the first evidence of that status that could
	// be read, and nil if there was none.
	Evidence *ocsp.Result
	// Source, URL and Cached say where the evidence is from, as in [Attempt].
	Source Source
	URL    string
	Cached bool
	// Exempt says whether the certificate needs no check; only with NothingToAsk.
	Exempt Exemption
	// Attempts are all places that were asked, in their order.
	Attempts []Attempt
	// Findings say the same for a person, and what else is worth knowing.
	Findings []finding.Finding
}

func nothingToAsk(e Exemption, where finding.Where) *Result {
	return &Result{Status: NothingToAsk, Exempt: e, Findings: []finding.Finding{finding.New("revocation-nothing-to-ask", where,
		finding.Str("reason", e.String()))}}
}
