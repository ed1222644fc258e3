package validate

import (
	"slices"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// RevocationStatus is what is known about whether a certificate was revoked.
type RevocationStatus string

// The statuses. They are never folded into one another; what follows from them is
// for the [RevocationPolicy] to say.
const (
	// StatusGood and StatusRevoked are what sound evidence says.
	StatusGood    RevocationStatus = "good"
	StatusRevoked RevocationStatus = "revoked"
	// StatusUnknown means that sound evidence does not speak of the certificate.
	StatusUnknown RevocationStatus = "unknown"
	// StatusRefused means that there is evidence, but it breaks a rule.
	StatusRefused RevocationStatus = "refused"
	// StatusCouldNotAsk means that whoever knows could not be asked.
	StatusCouldNotAsk RevocationStatus = "could-not-ask"
	// StatusNothingToAsk means that the certificate names nobody who would know.
	StatusNothingToAsk RevocationStatus = "nothing-to-ask"
	// StatusNotChecked means that there was no evidence and nobody was asked.
	StatusNotChecked RevocationStatus = "not-checked"
)

// RevocationPolicy says what follows when it is not known whether a certificate
// was revoked. A certificate that is known to be revoked is refused by all of them.
type RevocationPolicy uint8

const (
	// IgnoreMissing accepts the certificate with a notice.
	IgnoreMissing RevocationPolicy = iota
	// SoftFail accepts it with a warning.
	SoftFail
	// HardFail refuses it, unless the standards say that there is nothing to know:
	// about an end entity's certificate whose issuer promises to say nothing (RFC
	// 9608), and for [path.WebPKI] a short-lived one.
	HardFail
)

// Answer is what one source says about a certificate.
type Answer struct {
	// Result is what the evidence of the source says. If it is nil there is none,
	// and Unasked says why.
	Result *ocsp.Result
	// Source says where the evidence is from, for example a URL.
	Source string
	// Unasked is StatusNothingToAsk or, whatever else it is, StatusCouldNotAsk.
	Unasked RevocationStatus
	// Problem says for a person why the source could not be asked.
	Problem string
	// Findings say more, for example what went wrong at which of several places. They
	// never decide: none weighs more than a warning.
	Findings []finding.Finding
}

// StatusFunc finds out what is known about cert, which issuer issued. It is where
// a network is plugged in: this package never asks one by itself. It is asked only
// about certificates whose issuer's signature was verified, and at most once about
// each; whatever it answers, it is held to the same policy as evidence that was
// handed in.
type StatusFunc func(cert, issuer *certparse.Certificate) Answer

// Status is what the answer comes to.
func (a Answer) Status() RevocationStatus {
	switch {
	case a.Result == nil && a.Unasked == StatusNothingToAsk:
		return StatusNothingToAsk
	case a.Result == nil:
		return StatusCouldNotAsk
	}
	switch a.Result.Status {
	case ocsp.Good:
		return StatusGood
	case ocsp.Revoked:
		return StatusRevoked
	case ocsp.Unknown:
		return StatusUnknown
	}
	return StatusRefused
}

// CertificateStatus is what is known about the revocation of one certificate of a
// report.
type CertificateStatus struct {
	// Certificate is its index in the report.
	Certificate int
	Status      RevocationStatus
	// Source says where the answer is from; empty if there is none.
	Source string
	// Code says why evidence was refused.
	Code finding.Code
	// RevokedAt and Reason are set if the certificate was revoked.
	RevokedAt time.Time
	Reason    ocsp.Reason
	// ProducedAt, ThisUpdate and NextUpdate are those of the evidence, if it has them.
	ProducedAt, ThisUpdate, NextUpdate time.Time
}

// settled is what all answers about a certificate come to, with the findings that
// follow from it under a policy.
type settled struct {
	status   CertificateStatus
	findings []finding.Finding
}

// precedence orders what sources say. That one knows of a revocation counts
// whatever the others know, and a good answer counts for more than none.
var precedence = []RevocationStatus{
	StatusNotChecked, StatusNothingToAsk, StatusCouldNotAsk, StatusUnknown, StatusRefused, StatusGood, StatusRevoked,
}

// settle weighs the answers about a certificate. excuse is why the standards excuse
// the lack of an answer; empty if they do not.
func settle(cert *certparse.Certificate, answers []Answer, policy RevocationPolicy, excuse string) settled {
	if len(answers) == 0 {
		return unanswered(cert, policy, excuse)
	}
	rank := func(a Answer) int { return slices.Index(precedence, a.Status()) }
	best := slices.MaxFunc(answers, func(a, b Answer) int { return rank(a) - rank(b) })
	s := settled{status: CertificateStatus{Status: best.Status(), Source: best.Source}}
	if r := best.Result; r != nil {
		s.status.Code, s.status.RevokedAt, s.status.Reason = r.Code, r.RevokedAt, r.Reason
		s.status.ProducedAt, s.status.ThisUpdate, s.status.NextUpdate = r.ProducedAt, r.ThisUpdate, r.NextUpdate
	}
	for _, a := range answers {
		switch status := a.Status(); {
		case status == best.Status():
			s.add(a, policy, excuse)
		case status == StatusRefused: // Another source settled it, but this one needs attention.
			for _, f := range a.Result.Findings {
				s.put(f.As(min(f.Severity, finding.Warning)))
			}
		}
	}
	s.weigh(best.Result, policy, excuse)
	return s
}

// add adds the findings of an answer that is not outweighed.
func (s *settled) add(a Answer, policy RevocationPolicy, excuse string) {
	missing := missingSeverity(policy, excuse)
	switch a.Status() {
	case StatusGood, StatusRevoked:
		for _, f := range a.Result.Findings {
			s.put(f)
		}
	case StatusRefused:
		for _, f := range a.Result.Findings {
			if f.Severity == finding.Error {
				f = f.As(max(missing, finding.Warning))
			}
			s.put(f)
		}
	case StatusUnknown:
		for _, f := range a.Result.Findings {
			if f.Code == "certificate-status-unknown" {
				f = f.As(missing)
			}
			s.put(f)
		}
	case StatusCouldNotAsk:
		var data []finding.Datum
		for _, d := range []finding.Datum{finding.Str("source", a.Source), finding.Str("problem", a.Problem)} {
			if d.Value != "" {
				data = append(data, d)
			}
		}
		s.put(finding.New("revocation-could-not-ask", finding.Where{}, data...).As(missing))
	case StatusNothingToAsk:
		s.put(nothingToAsk(policy, excuse))
	}
	for _, f := range a.Findings {
		s.put(f.As(min(f.Severity, finding.Warning)))
	}
}

// weigh makes sure that a status has the weight that it must have, whether or not
// the findings of who answered say so.
func (s *settled) weigh(result *ocsp.Result, policy RevocationPolicy, excuse string) {
	switch worst := finding.Worst(s.findings); {
	case s.status.Status == StatusRevoked && worst < finding.Error:
		s.put(finding.New("certificate-revoked", finding.Where{}, finding.Time("time", result.RevokedAt),
			finding.Str("reason", result.Reason.String())).As(finding.Error))
	case s.status.Status == StatusRefused || s.status.Status == StatusUnknown:
		if missing := missingSeverity(policy, excuse); worst < missing {
			s.put(finding.New("certificate-status-unknown", finding.Where{}).As(missing))
		}
	}
}

// put adds a finding that is not there yet: two sources may say the same.
func (s *settled) put(f finding.Finding) {
	for i, o := range s.findings {
		if o.Code == f.Code && o.Message == f.Message {
			s.findings[i].Severity = max(o.Severity, f.Severity)
			return
		}
	}
	s.findings = append(s.findings, f)
}

// unanswered is for a certificate about which there is no evidence.
func unanswered(cert *certparse.Certificate, policy RevocationPolicy, excuse string) settled {
	sources := ocsp.SourcesOf(cert)
	urls := slices.Concat(sources.OCSP, sources.CRLs)
	if len(urls) == 0 {
		s := settled{status: CertificateStatus{Status: StatusNothingToAsk}}
		if policy != IgnoreMissing {
			s.put(nothingToAsk(policy, excuse))
		}
		return s
	}
	f := finding.New("revocation-not-checked", finding.Where{}, finding.List("sources", urls))
	return settled{CertificateStatus{Status: StatusNotChecked}, []finding.Finding{f.As(missingSeverity(policy, excuse))}}
}

// nothingToAsk is milder than that somebody could not be asked: unless the policy
// demands an answer, there is nothing that anybody could do about it.
func nothingToAsk(policy RevocationPolicy, excuse string) finding.Finding {
	reason := excuse
	if reason == "" {
		reason = "it does not say where"
	}
	f := finding.New("revocation-nothing-to-ask", finding.Where{}, finding.Str("reason", reason))
	if policy == HardFail && excuse == "" {
		f = f.As(finding.Error)
	}
	return f
}

// missingSeverity is the weight of not knowing.
func missingSeverity(policy RevocationPolicy, excuse string) finding.Severity {
	switch {
	case policy == HardFail && excuse == "":
		return finding.Error
	case policy == IgnoreMissing || excuse != "":
		return finding.Notice
	}
	return finding.Warning
}

func (s CertificateStatus) writeJSON(w *jsonWriter) {
	w.BeginObject()
	w.IntField("certificate", int64(s.Certificate))
	w.StringField("status", string(s.Status))
	if s.Source != "" {
		w.StringField("source", s.Source)
	}
	if s.Code != "" {
		w.StringField("code", string(s.Code))
	}
	if s.Status == StatusRevoked {
		writeTime(w, "revoked_at", s.RevokedAt)
		w.StringField("reason", s.Reason.String())
	}
	writeTime(w, "produced_at", s.ProducedAt)
	writeTime(w, "this_update", s.ThisUpdate)
	writeTime(w, "next_update", s.NextUpdate)
	w.EndObject()
}

// writeTime writes a time that is known.
func writeTime(w *jsonWriter, key string, t time.Time) {
	if !t.IsZero() {
		w.StringField(key, t.UTC().Format(time.RFC3339))
	}
}

// statuses asks about the certificates of an upload, if somebody is to be asked: as
// many as are judged of one chain.
func (j *judge) statuses() {
	certs := j.report.Certificates
	for i, c := range certs {
		if j.opt.Status == nil || len(j.report.Revocation) == maxChain {
			return
		}
		if j.isRoot(c) || slices.ContainsFunc(certs[:i], func(o Certificate) bool { return o.Equal(c.Certificate) }) {
			continue
		}
		answer := Answer{Problem: "the certificate of its issuer was not given"}
		if k := slices.IndexFunc(certs, func(o Certificate) bool { return issued(o, c) && j.checkSignature(c, o.PublicKey()) == nil }); k >= 0 {
			answer = j.opt.Status(c.Certificate, certs[k].Certificate)
		}
		s := settle(c.Certificate, []Answer{answer}, j.opt.Revocation, excuseOf(c.Certificate, false))
		s.status.Certificate = i
		j.report.Revocation = append(j.report.Revocation, s.status)
		for _, f := range s.findings {
			f.Where = j.at(i)
			j.addTogether(f)
		}
	}
}

// excuseOf is why the standards say that nothing need be known about a certificate;
// empty if they do not.
func excuseOf(cert *certparse.Certificate, web bool) string {
	sources := ocsp.SourcesOf(cert)
	switch {
	case cert.IsCA():
		return ""
	case sources.NoRevocation:
		return "it says that its issuer never revokes it"
	case sources.ShortLived && web:
		return "it is short-lived"
	}
	return ""
}
