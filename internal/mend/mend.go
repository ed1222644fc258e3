// Package mend makes sound PEM of what is damaged, of DER and of containers. [Mend]
// is the way in. What it does is said in findings; writing the result somewhere is
// for the caller.
package mend

import (
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// Result is the result of mending.
type Result struct {
	Name string
	// Text is the mended PEM; nil if the damage cannot be repaired. It may be the
	// input itself.
	Text []byte
	// Converted says that the input was DER.
	Converted bool
	// Unpacked says that the input has a container, Withheld how many private keys
	// in it were left out because they were not asked for.
	Unpacked bool
	Withheld int
	// Secret says that Text holds a private key, or may hold one.
	Secret bool
	// Done are the findings that the repair disposed of, Left the damage that
	// remains.
	Done, Left []finding.Finding
}

// Damaged reports whether damage remains.
func (r *Result) Damaged() bool { return r.Text == nil || len(r.Left) > 0 }

// Mend repairs data as far as that can be done in one way only. The password opens
// containers, limit is the largest input that is read, and keys asks for the private
// keys of containers, which come out without encryption.
func Mend(name string, data, password []byte, limit int, keys bool) *Result {
	doc := certparse.Parse(data, certparse.Options{Name: name, Password: password, MaxSize: limit})
	r := &Result{Name: name, Text: doc.Repaired}
	for i := range doc.Blocks {
		switch doc.Blocks[i].Kind {
		case certparse.KindCertificate, certparse.KindPublicKey, certparse.KindCertificateRequest, certparse.KindCRL, certparse.KindParameters:
		default:
			r.Secret = true
		}
	}
	if packed := containers(doc); len(packed) > 0 {
		after := doc
		if r.Text != nil {
			after = certparse.Parse(r.Text, certparse.Options{Name: name, Password: password, MaxSize: 2 * max(limit, len(r.Text))})
		}
		r.unpack(after, packed, keys)
		for _, f := range doc.Findings {
			if !hasCode(after.Findings, f.Code) {
				r.Done = append(r.Done, f)
			}
		}
		return r
	}
	if r.Text == nil && !doc.Text {
		for i := range doc.Blocks {
			r.Text = append(r.Text, doc.Blocks[i].PEM()...)
		}
		r.Converted = r.Text != nil
	}
	before := damage(doc)
	switch {
	case r.Text != nil:
		r.Left = damage(certparse.Parse(r.Text, certparse.Options{Name: name, MaxSize: 2 * max(limit, len(r.Text))}))
		for _, f := range doc.Findings {
			if !hasCode(r.Left, f.Code) && f.Severity > finding.Notice && !opensOnly[f.Code] {
				r.Done = append(r.Done, f)
			}
		}
	case len(before) == 0 && len(doc.Blocks) > 0 && doc.Text:
		r.Text = data
	default:
		r.Left = before
	}
	return r
}

// unpack writes the blocks of an input that has containers, with what is in those.
func (r *Result) unpack(doc *certparse.Document, packed []finding.Finding, keys bool) {
	r.Text, r.Secret, r.Unpacked = nil, false, true
	whole := true // Nothing was dropped, so that what was wrong with the old text is past.
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if b.Container == nil {
			r.Secret = r.Secret || b.Kind == certparse.KindPrivateKey || b.Kind == certparse.KindOpenSSHKey
			text := b.PEM()
			whole = whole && text != nil
			r.Text = append(r.Text, text...)
			continue
		}
		for k := range b.Container.Entries {
			e := &b.Container.Entries[k]
			if e.PrivateKey != nil && !keys {
				r.Withheld++
				continue
			}
			text := e.PEM()
			r.Secret = r.Secret || e.PrivateKey != nil
			r.Text = append(r.Text, text...)
			clear(text)
		}
	}
	whole = whole && r.Text != nil
	again := certparse.Parse(r.Text, certparse.Options{Name: r.Name, MaxSize: max(certparse.DefaultMaxSize, len(r.Text))})
	for _, f := range doc.Findings {
		aboutText := strings.HasPrefix(string(f.Code), "pem-") || strings.HasPrefix(string(f.Code), "text-")
		switch {
		case f.Severity != finding.Error:
		case aboutText && whole && !hasCode(again.Findings, f.Code):
			r.Done = append(r.Done, f)
		default:
			r.Left = append(r.Left, f)
		}
	}
	if r.Text == nil && r.Withheld == 0 && len(r.Left) == 0 {
		r.Left = packed
	}
}

// containers are the findings about the containers of an input that are to be
// unpacked: all but PKCS#7 without anything for that, which is passed on as PEM.
func containers(doc *certparse.Document) []finding.Finding {
	var found []finding.Finding
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if b.Kind == certparse.KindPKCS7 && (b.Container == nil || len(b.Container.Entries) == 0) {
			continue
		}
		if f, ok := b.ContainerFinding(finding.Where{Input: doc.Name}); ok {
			found = append(found, f)
		}
	}
	return found
}

// opensOnly are findings about keys and containers that cannot be opened here but
// are not damaged for all that.
var opensOnly = map[finding.Code]bool{
	"container-content-other":            true,
	"private-key-encrypted":              true,
	"private-key-encryption-unsupported": true,
	"private-key-kdf-cost":               true,
	"private-key-algorithm-unknown":      true,
	"private-key-too-large":              true,
}

// damage are the findings that stand for damage.
func damage(doc *certparse.Document) []finding.Finding {
	var found []finding.Finding
	for _, f := range doc.Findings {
		if f.Severity == finding.Error && !opensOnly[f.Code] {
			found = append(found, f)
		}
	}
	return found
}

func hasCode(list []finding.Finding, code finding.Code) bool {
	for _, f := range list {
		if f.Code == code {
			return true
		}
	}
	return false
}
