package main

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// chainView shows a report on a path to a person: as a tree that has the root on
// top, each certificate below the one that issued it, with what is wrong with it.
type chainView struct {
	reportView
	chain *validate.ChainReport
	// written is the file that the chain was written to.
	written string
}

func (v *chainView) write() {
	r := v.chain
	rules := "by RFC 5280"
	if r.Profile == path.WebPKI {
		rules = "by the rules of web browsers"
	}
	v.page.verdict(r.Verdict, r.Findings, append([]string{rules}, v.terms()...))
	for _, f := range r.Findings {
		if !v.inTree(f) {
			v.page.blank()
			v.page.finding(f, v.place(f.Where))
		}
	}
	if len(r.Path) > 0 {
		v.page.blank()
		v.tree()
	}
	v.apart()
	v.tried()
	v.sent()
}

// inTree reports whether a finding is shown with its certificate in the tree.
func (v *chainView) inTree(f finding.Finding) bool {
	n, ok := f.Where.Certificate.Get()
	return ok && slices.Contains(v.chain.Path, n)
}

func (v *chainView) tree() {
	r := v.chain
	title := text("to a trusted root")
	switch {
	case !r.Anchored:
		title = piece{"that came closest; no trusted root on top", red}
	case r.Verdict == validate.Rejected:
		title = text("to a trusted root, with what speaks against it")
	}
	v.page.row(0, piece{"Path", bold}, severityColumn, title)
	v.page.blank()
	for depth := range r.Path {
		v.node(depth)
	}
	if r.Verdict == validate.Accepted && len(r.Policies) > 0 && !slices.Equal(r.Policies, []string{certparse.AnyPolicy}) {
		v.page.blank()
		v.page.row(0, piece{"Policies", bold}, severityColumn+1, text(strings.Join(r.Policies, ", ")))
	}
}

// treeWidth is the least width in columns of what is said of a certificate. Where
// the tree leaves no more, and from maxDepth on, it goes on straight down.
const treeWidth, maxDepth = 28, 8

// node writes the certificate at the given depth of the tree.
func (v *chainView) node(depth int) {
	r := v.chain
	index := r.Path[len(r.Path)-1-depth]
	last := depth == len(r.Path)-1
	deepest := min(maxDepth, (v.page.width-treeWidth)/3-1)
	level := min(depth, deepest)
	first, rest := strings.Repeat("   ", level), strings.Repeat("   ", level)
	if depth > 0 {
		first = strings.Repeat("   ", level-1) + "└─ "
	}
	if bar := "│  "; !last && level < deepest {
		rest += bar
	} else {
		rest += "   "
	}
	var b bytes.Buffer
	p := &page{w: &b, width: v.page.width - displayWidth(rest), color: v.page.color}
	v.certificateNode(p, index, depth == 0 && r.Anchored)
	if !last {
		p.blank()
	}
	for i, line := range strings.SplitAfter(strings.TrimSuffix(b.String(), "\n"), "\n") {
		prefix := rest
		if i == 0 {
			prefix = first
		}
		if line == "\n" || line == "" { // Nothing stands behind the bar.
			prefix = strings.TrimRight(prefix, " ")
		}
		io.WriteString(v.page.w, prefix+strings.TrimSuffix(line, "\n")+"\n")
	}
}

func (v *chainView) certificateNode(p *page, index int, anchor bool) {
	r := v.chain
	c := r.Certificates[index]
	p.row(0, piece{}, 0, piece{orNone(c.Subject().DN()), bold})
	detail := func(label string, pieces ...piece) { p.row(0, piece{label, faint}, severityColumn, pieces...) }
	if anchor {
		detail("trusted", v.source(c.Input, c.Block, c.Container, c.FriendlyName))
	} else {
		detail("from", v.source(c.Input, c.Block, c.Container, c.FriendlyName))
	}
	detail("key", text(keyName(c.PublicKey())))
	signed := c.SignatureAlgorithmName()
	if c.SelfIssued() {
		signed += ", in its own name"
	}
	detail("signed", text(signed))
	if from, to, ok := c.Validity(); ok {
		detail("valid", text(date(from)+" to "+date(to)))
	} else {
		detail("valid", text("unknown; its dates cannot be read"))
	}
	if index == r.Path[0] {
		if names := alternativeNames(c.Certificate); names != "" {
			detail("names", text(names))
		}
	}
	for _, s := range r.Revocation {
		if s.Certificate == index {
			detail("status", statusPieces(s)...)
		}
	}
	for _, f := range r.Findings {
		if n, ok := f.Where.Certificate.Get(); ok && n == index {
			p.finding(f, "")
		}
	}
}

// statusPieces says what is known about the revocation of a certificate.
func statusPieces(s validate.CertificateStatus) []piece {
	word := piece{string(s.Status), plain}
	switch s.Status {
	case validate.StatusGood:
		word = piece{"not revoked", green}
	case validate.StatusRevoked:
		word.style = red
	case validate.StatusNothingToAsk:
		word.text = "not known; it names no source"
	case validate.StatusCouldNotAsk:
		word = piece{"not known; nobody could be asked", yellow}
	case validate.StatusNotChecked:
		word = piece{"not checked for revocation", plain}
	case validate.StatusRefused:
		word = piece{"not known; the evidence is refused", yellow}
	case validate.StatusUnknown:
		word = piece{"not known; the evidence does not say", yellow}
	}
	pieces := []piece{word}
	if s.Source != "" {
		pieces = append(pieces, piece{"(" + s.Source + ")", faint})
	}
	if !s.NextUpdate.IsZero() {
		pieces = append(pieces, text("until "+date(s.NextUpdate)))
	}
	return pieces
}

// apart names the certificates of the upload that the path does not need.
func (v *chainView) apart() {
	first := true
	for i, c := range v.chain.Certificates {
		if _, given := v.places[c.Input]; !given || slices.Contains(v.chain.Path, i) {
			continue
		}
		if first {
			v.page.blank()
			v.page.row(0, piece{"Not part of the path", bold}, 0)
		}
		first = false
		v.page.row(2, piece{strconv.Itoa(i + 1), faint}, 5, text(orNone(c.Subject().DN())), v.source(c.Input, c.Block, c.Container, c.FriendlyName))
	}
}

// tried lists the paths that were tried.
func (v *chainView) tried() {
	r := v.chain
	for n, a := range r.Tried {
		v.page.blank()
		names := make([]string, len(a.Path))
		for i, index := range a.Path {
			c := r.Certificates[index].Subject()
			if names[i] = c.CommonName(); names[i] == "" {
				names[i] = orNone(c.DN())
			}
		}
		head := "Tried " + strconv.Itoa(n+1)
		v.page.row(0, piece{head, bold}, severityColumn+1, text(strings.Join(names, " ← ")))
		if finding.Worst(a.Findings) < finding.Error {
			v.page.row(2, piece{"valid", green}, severityColumn+1)
		}
		for _, f := range a.Findings {
			v.page.row(2, piece{f.Severity.String(), severityStyle(f.Severity)}, severityColumn+1,
				piece{string(f.Code), bold}, text(v.place(f.Where)+":"), text(f.Message))
		}
	}
	if more := r.TriedPaths - len(r.Tried); more > 0 {
		v.page.blank()
		v.page.row(0, piece{"Tried", bold}, severityColumn+1, text(strconv.Itoa(more)+" more that are not shown"))
	}
}

// sent says how the chain would better be sent.
func (v *chainView) sent() {
	if v.chain.Reassembled == nil && v.written == "" {
		return
	}
	v.page.blank()
	if v.written != "" {
		v.page.row(0, piece{"Written", bold}, severityColumn+1, text(v.written+": the chain as a server should send it"))
		return
	}
	v.page.row(0, piece{"Better", bold}, severityColumn+1,
		text("sent as certificate "+joinNumbers(v.chain.Reassembled.Certificates)+"; --output FILE writes that"))
}
