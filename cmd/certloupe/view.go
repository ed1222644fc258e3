package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	certtext "github.com/certloupe/certloupe/certparse/text"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate"
)

// reportView shows a report to a person.
type reportView struct {
	page   *page
	report *validate.Report
	// opt are the options that the report was made with.
	opt validate.Options
	// timeGiven says that the time of the options was chosen by the caller.
	timeGiven bool
	// places say where the inputs and fields of the report are for the caller:
	// the name of a file, or of the flag to give. What is not in it is shown by
	// its own name.
	places map[string]string
	// fullText says that certificates are shown in full instead of in summary.
	fullText bool
}

// The columns in which the text beside labels starts.
const (
	severityColumn = 9
	detailColumn   = severityColumn + 5
	summaryColumn  = 15
)

func (v *reportView) write() {
	v.verdict()
	for _, f := range v.report.Findings {
		v.page.blank()
		v.page.finding(f, v.place(f.Where))
	}
	for i := range v.report.Certificates {
		v.page.blank()
		if v.fullText {
			v.fullCertificate(i)
		} else {
			v.certificate(i)
		}
	}
	for i := range v.report.Keys {
		v.page.blank()
		v.key(i)
	}
	v.pairing()
	v.response()
	v.repaired()
}

func (v *reportView) verdict() {
	var terms []string
	if v.report.Profile != validate.Generic {
		terms = append(terms, "by the rules of "+string(v.report.Profile))
	}
	v.page.verdict(v.report.Verdict, v.report.Findings, append(terms, v.terms()...))
}

// terms say under which conditions of the caller's the report holds.
func (v *reportView) terms() []string {
	if v.timeGiven {
		return []string{"as of " + date(v.opt.Time)}
	}
	return nil
}

// verdict writes the verdict and how many findings there are.
func (p *page) verdict(verdict validate.Verdict, findings []finding.Finding, terms []string) {
	label := piece{"Accepted", green}
	if verdict == validate.Rejected {
		label = piece{"Rejected", red}
	}
	var said []string
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Notice} {
		n := 0
		for _, f := range findings {
			if f.Severity == s {
				n++
			}
		}
		if n > 0 {
			said = append(said, count(n, s.String()))
		}
	}
	if len(said) == 0 {
		said = append(said, "no findings")
	}
	line := strings.Join(said, ", ")
	if len(terms) > 0 {
		line += " (" + strings.Join(terms, ", ") + ")"
	}
	p.row(0, label, severityColumn+1, text(line))
}

// severityStyle is how the word for a severity looks.
func severityStyle(s finding.Severity) style {
	switch s {
	case finding.Error:
		return red
	case finding.Warning:
		return yellow
	}
	return cyan
}

// finding writes a finding with the place it speaks of.
func (p *page) finding(f finding.Finding, place string) {
	head := []piece{{string(f.Code), bold}}
	if f.VendorCode != "" {
		head = append(head, piece{"(" + f.VendorCode + ")", faint})
	}
	p.row(0, piece{f.Severity.String(), severityStyle(f.Severity)}, severityColumn, head...)
	p.row(severityColumn, piece{}, severityColumn, text(f.Message))
	for _, detail := range []struct{ label, text string }{{"at", place}, {"fix", f.Fix}, {"ref", f.Ref}} {
		if detail.text != "" {
			p.row(severityColumn, piece{detail.label, faint}, detailColumn, text(detail.text))
		}
	}
}

// place describes a place in words.
func (v *reportView) place(w finding.Where) string {
	var parts []string
	field := w.Field
	if w.Input != "" {
		parts = append(parts, v.input(w.Input))
	} else if flag, ok := v.places[field]; ok {
		parts, field = append(parts, flag), ""
	}
	if n, ok := w.Certificate.Get(); ok {
		parts = append(parts, "certificate "+strconv.Itoa(n+1))
	} else if w.Block > 0 {
		parts = append(parts, "block "+strconv.Itoa(w.Block))
	}
	if w.Line > 0 {
		parts = append(parts, "line "+strconv.Itoa(w.Line))
	} else if n, ok := w.Byte.Get(); ok {
		parts = append(parts, "byte "+strconv.Itoa(n))
	}
	if field != "" {
		parts = append(parts, field)
	}
	if n, ok := w.DERByte.Get(); ok {
		parts = append(parts, "byte "+strconv.Itoa(n)+" of the DER")
	}
	return strings.Join(parts, ", ")
}

// input is what the caller knows an input as.
func (v *reportView) input(name string) string {
	if place, ok := v.places[name]; ok {
		name = place
	}
	if name == standardInput {
		return "standard input"
	}
	return name
}

// source is the input and block that something came from, and the container there
// with its name in it.
func (v *reportView) source(input string, block int, container, name string) piece {
	from := v.input(input) + ", block " + strconv.Itoa(block)
	if container != "" {
		from += ", " + container
	}
	if name != "" {
		from += " “" + shorten(name) + "”"
	}
	return piece{from, faint}
}

func (v *reportView) response() {
	if v.report.Response == nil {
		return
	}
	m, ok := v.report.Response.(json.Marshaler)
	if !ok {
		return
	}
	compact, err := m.MarshalJSON()
	var indented bytes.Buffer
	if err != nil || json.Indent(&indented, compact, "", "  ") != nil {
		return
	}
	v.page.blank()
	v.page.row(0, piece{"Response", bold}, summaryColumn, piece{"as the service would give it", faint})
	v.page.lines(indented.String())
}

func (v *reportView) repaired() {
	for i, r := range v.report.Repaired {
		if i == 0 {
			v.page.blank()
		}
		// A place that is no flag is a file; other inputs are fields of a body.
		how := "--json shows the repaired text"
		if file, ok := v.places[r.Input]; ok {
			how = "certloupe fix " + file + " writes the repaired text"
		} else if r.PEM == nil {
			how = "certloupe fix writes the repaired text of a key that is in a file of its own"
		}
		v.page.row(0, piece{"Repairable", bold}, summaryColumn, text(v.input(r.Input)+": "+how))
	}
	for _, r := range v.report.Reassembled {
		v.page.blank()
		v.page.row(0, piece{"Better sent", bold}, summaryColumn, text(v.input(r.Input)+": certificate "+joinNumbers(r.Certificates)+"; --json shows the text"))
	}
}

// joinNumbers counts certificates from 1, as people do.
func joinNumbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n + 1)
	}
	return strings.Join(words, ", then ")
}

// fullCertificate writes everything that is in a certificate.
func (v *reportView) fullCertificate(index int) {
	c := v.report.Certificates[index]
	v.page.row(0, piece{"Certificate " + strconv.Itoa(index+1), bold}, summaryColumn, v.source(c.Input, c.Block, c.Container, c.FriendlyName))
	v.page.lines(certtext.Certificate(c.Certificate))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
