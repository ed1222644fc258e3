package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/ocsp/client"
)

// revocationReport is everything that is to be said about whether certificates were
// revoked.
type revocationReport struct {
	policy client.Policy
	// word is the policy as the flag calls it.
	word      string
	time      time.Time
	timeGiven bool
	// online says that the network was asked.
	online       bool
	certificates []revocationCertificate
	// findings are about no certificate in particular.
	findings []finding.Finding
	accepted bool
}

// revocationCertificate is a certificate that is judged.
type revocationCertificate struct {
	*certparse.Certificate
	input string
	block int
	// issuer is the certificate of its issuer; nil if there is none, or if it is a
	// trust anchor.
	issuer   *certparse.Certificate
	result   *client.Result
	accepted bool
	findings []finding.Finding
}

// read reads the certificates, also those in containers, and finds out who issued
// each. One that cannot be read is an error: what is said must be true of all.
func (r *revocationReport) read(s *sources, names []string, password []byte, issuer string) error {
	var all []*certparse.Certificate
	for _, name := range names {
		d, err := s.document(name, password)
		if err != nil {
			return err
		}
		for _, f := range d.Findings {
			if f.Severity == finding.Error && strings.HasPrefix(string(f.Code), "container-") {
				return fmt.Errorf("%s: not all of the container could be read: %s", name, f.Message)
			}
		}
		for i, b := range d.Blocks {
			entries := []certparse.Entry{{Kind: b.Kind, Certificate: b.Certificate}}
			if b.Container != nil {
				entries = append(entries, b.Container.Entries...)
			}
			for _, e := range entries {
				switch {
				case e.Certificate == nil && e.Kind == certparse.KindCertificate:
					return fmt.Errorf("%s, block %d: there is a certificate that cannot be read; certloupe inspect says why", name, i+1)
				case e.Certificate != nil && !slices.ContainsFunc(all, e.Certificate.Equal):
					all = append(all, e.Certificate)
					r.certificates = append(r.certificates, revocationCertificate{Certificate: e.Certificate, input: name, block: i + 1})
				}
			}
		}
	}
	if issuer != "" {
		certs, err := s.certificates(issuer)
		if err != nil {
			return err
		}
		all = append(all, certs...)
	}
	if len(all) > maxRevocation {
		return fmt.Errorf("there are %d certificates; at most %d are taken at once", len(all), maxRevocation)
	}
	for i := range r.certificates {
		c := &r.certificates[i]
		// Whoever is asked, and whose signature counts, follows from the issuer, so its
		// name is not enough.
		k := slices.IndexFunc(all, func(o *certparse.Certificate) bool {
			return !o.Equal(c.Certificate) && o.Subject().Equal(c.Issuer()) && c.CheckSignature(o.PublicKey()) == nil
		})
		if k >= 0 && !(c.SelfIssued() && c.CheckSignature(c.PublicKey()) == nil) {
			c.issuer = all[k]
		}
	}
	return nil
}

// decide applies the policy.
func (r *revocationReport) decide() {
	r.accepted = len(r.certificates) > 0
	for i := range r.certificates {
		c := &r.certificates[i]
		c.accepted, c.findings = r.policy.Decide(c.result)
		for k := range c.findings {
			c.findings[k].Where.Certificate = finding.At(i)
		}
		r.accepted = r.accepted && c.accepted
	}
}

// kebab is a status as it is written for programs.
func kebab(s fmt.Stringer) string { return strings.ReplaceAll(s.String(), " ", "-") }

// exemptions are the words for why a certificate need not be checked.
var exemptions = map[client.Exemption]string{client.NoRevocation: "no-revocation", client.ShortLived: "short-lived", client.TrustAnchor: "trust-anchor"}

// JSON returns the report, which docs/revocation.schema.json describes.
func (r *revocationReport) JSON() []byte {
	w := jsontext.NewWriter(nil, "  ")
	w.BeginObject()
	w.StringField("schema", "certloupe.revocation/1")
	verdict := "rejected"
	if r.accepted {
		verdict = "accepted"
	}
	w.StringField("verdict", verdict)
	w.StringField("policy", r.word)
	w.StringField("time", certparse.RFC3339(r.time))
	w.BoolField("online", r.online)
	w.Key("certificates")
	w.BeginArray()
	for i := range r.certificates {
		r.certificates[i].writeJSON(w)
	}
	w.EndArray()
	writeFindings(w, r.findings)
	w.EndObject()
	return append(w.Bytes(), '\n')
}

func writeFindings(w *jsontext.Writer, fs []finding.Finding) {
	w.Key("findings")
	w.BeginArray()
	for _, f := range fs {
		f.WriteJSON(w)
	}
	w.EndArray()
}

func (c *revocationCertificate) writeJSON(w *jsontext.Writer) {
	w.BeginObject()
	w.StringField("input", c.input)
	w.IntField("block", int64(c.block))
	w.StringField("subject", c.Subject().DN())
	w.StringField("issuer", c.Issuer().DN())
	w.StringField("serial_number", c.SerialDecimal())
	w.StringField("fingerprint", c.Fingerprint())
	w.StringField("status", kebab(c.result.Status))
	w.BoolField("accepted", c.accepted)
	if word, ok := exemptions[c.result.Exempt]; ok {
		w.StringField("exempt", word)
	}
	if c.result.Evidence != nil {
		w.Key("evidence")
		c.writeEvidence(w)
	}
	w.Key("attempts")
	w.BeginArray()
	for _, a := range c.result.Attempts {
		w.BeginObject()
		w.StringField("source", strings.ToLower(a.Source.String()))
		if a.URL != "" {
			w.StringField("url", a.URL)
		}
		w.BoolField("cached", a.Cached)
		w.StringField("status", kebab(a.Status))
		if a.Code != "" {
			w.StringField("code", string(a.Code))
		}
		w.IntField("tries", int64(a.Tries))
		w.EndObject()
	}
	w.EndArray()
	writeFindings(w, c.findings)
	w.EndObject()
}

func (c *revocationCertificate) writeEvidence(w *jsontext.Writer) {
	e := c.result.Evidence
	w.BeginObject()
	w.StringField("source", strings.ToLower(c.result.Source.String()))
	if c.result.URL != "" {
		w.StringField("url", c.result.URL)
	}
	w.BoolField("cached", c.result.Cached)
	if c.result.Status == client.Revoked {
		w.StringField("revoked_at", certparse.RFC3339(e.RevokedAt))
		w.StringField("reason", e.Reason.String())
	}
	for _, d := range []struct {
		key string
		t   time.Time
	}{{"produced_at", e.ProducedAt}, {"this_update", e.ThisUpdate}, {"next_update", e.NextUpdate}} {
		if !d.t.IsZero() {
			w.StringField(d.key, certparse.RFC3339(d.t))
		}
	}
	if e.Delegate != nil {
		w.StringField("delegate", e.Delegate.Subject().DN())
	}
	w.EndObject()
}

// show writes the report for a person.
func (r *revocationReport) show(p *page) {
	verdict := piece{"Accepted", green}
	if !r.accepted {
		verdict = piece{"Rejected", red}
	}
	how := "by the evidence that was given"
	if r.online {
		how = "by asking"
	}
	line := count(len(r.certificates), "certificate") + ", " + how + ", policy " + r.word
	if r.timeGiven {
		line += " (as of " + date(r.time) + ")"
	}
	p.row(0, verdict, severityColumn+1, text(line))
	for _, f := range r.findings {
		p.blank()
		p.finding(f, f.Where.Input)
	}
	for i := range r.certificates {
		c := &r.certificates[i]
		p.blank()
		input := c.input
		if input == standardInput {
			input = "standard input"
		}
		p.row(0, piece{"Certificate " + strconv.Itoa(i+1), bold}, summaryColumn, piece{input + ", block " + strconv.Itoa(c.block), faint})
		c.show(p)
		for _, f := range c.findings {
			p.blank()
			p.finding(f, "certificate "+strconv.Itoa(i+1))
		}
	}
}

// statusStyles are how the words for statuses look.
var statusStyles = map[client.Status]style{client.Good: green, client.Revoked: red, client.NothingToAsk: cyan}

func (c *revocationCertificate) show(p *page) {
	row := func(label string, pieces ...piece) { p.row(2, piece{label, faint}, summaryColumn, pieces...) }
	row("Subject", text(orNone(c.Subject().DN())))
	row("Serial", text(c.SerialDecimal()))
	look, ok := statusStyles[c.result.Status]
	if !ok {
		look = yellow
	}
	status := []piece{{c.result.Status.String(), look}}
	if c.result.Exempt != client.NotExempt {
		status = append(status, text("("+c.result.Exempt.String()+")"))
	}
	e := c.result.Evidence
	if e != nil {
		from := "by " + c.result.Source.String()
		if c.result.URL != "" {
			from += " from " + c.result.URL
		}
		if c.result.Cached {
			from += ", remembered"
		}
		status = append(status, text(from))
	}
	row("Status", status...)
	if e == nil {
		return
	}
	if c.result.Status == client.Revoked {
		row("Revoked", text(date(e.RevokedAt)+", "+e.Reason.String()))
	}
	for _, d := range []struct {
		label string
		t     time.Time
	}{{"As of", e.ThisUpdate}, {"Next", e.NextUpdate}} {
		if !d.t.IsZero() {
			row(d.label, text(date(d.t)))
		}
	}
	if e.Delegate != nil {
		row("Signed by", text(orNone(e.Delegate.Subject().DN())))
	}
}
