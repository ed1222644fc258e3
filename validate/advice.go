package validate

import (
	"errors"
	"slices"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// This file has the rules for a chain as a server sends it, and the chain as it
// should be sent.

// Reassembled is a chain as a server should send it: the owner's certificate, then
// the issuer of each, without the root, without repetitions and without what does
// not belong to it. It has no private key.
type Reassembled struct {
	// Input names the input that it can take the place of.
	Input string
	// Certificates are the indexes of its certificates in the report.
	Certificates []int
	// PEM is the chain as text.
	PEM []byte
}

// chain judges whether the certificates of an input follow each other as a
// server sends them: each issued by the next. If the owner's certificate is not the
// first, that is reported, and the others are judged as if it were.
func (j *judge) chain(in *input) {
	certs := j.report.Certificates
	if own := j.leafOf(in); in.leaf == 0 && own > 0 && own != in.certificates[0] && !certs[own].IsCA() && !j.owned(in.certificates[0]) {
		j.addTogether(finding.New("chain-end-entity-not-first", j.at(own), number("number", own)))
		in.leaf = own
	}
	distinct := j.distinct(in)
	if len(distinct) == 0 {
		return
	}
	if in.assembled == nil { // No path is known that says what belongs together.
		in.assembled = j.assemble(distinct)
	}
	j.chains = append(j.chains, in)
	j.order(j.variants(distinct, in.assembled), in.assembled)
	if !slices.Equal(in.assembled, in.certificates) {
		j.report.Reassembled = append(j.report.Reassembled, j.reassembled(in.name, in.assembled))
	}
}

// owned reports whether a private key of the upload belongs to a certificate.
func (j *judge) owned(index int) bool {
	return slices.ContainsFunc(j.report.Keys, func(k Key) bool { n, ok := k.Certificate.Get(); return ok && n == index })
}

// order judges whether each certificate was issued by the next.
func (j *judge) order(list, right []int) {
	certs := j.report.Certificates
	for n := 1; n < len(list); n++ {
		above, below := certs[list[n]], certs[list[n-1]]
		at := j.at(list[n])
		subject := finding.Str("subject", above.Subject().String())
		switch {
		case issued(above, below):
			j.signature(list[n-1], above.PublicKey(),
				finding.New("chain-signature-invalid", j.at(list[n-1]), number("number", list[n-1]), subject))
			if n == len(list)-1 && above.SelfIssued() {
				j.addTogether(finding.New("chain-root-included", at, subject))
			}
		case related(certs, list, list[n]):
			j.addTogether(finding.New("chain-order", at, number("number", list[n]), finding.Str("order", numbers(right))))
		default:
			j.addTogether(finding.New("chain-unrelated", at, number("number", list[n]), subject))
		}
	}
}

// assemble is the chain as it should be sent, of certificates of which the first is
// the owner's. Of several certificates of one issuer a valid one is taken.
func (j *judge) assemble(distinct []int) []int {
	certs := j.report.Certificates
	chain := distinct[:1:1]
	for !j.isRoot(certs[chain[len(chain)-1]]) {
		below, next := certs[chain[len(chain)-1]], -1
		for _, i := range distinct {
			if !slices.Contains(chain, i) && issued(certs[i], below) && (next < 0 || !j.current(next) && j.current(i)) && j.signs(certs[i], below) {
				next = i
			}
		}
		if next < 0 || j.isRoot(certs[next]) {
			break
		}
		chain = append(chain, next)
	}
	return chain
}

// signatureCheck is a certificate and a key that may have signed it.
type signatureCheck struct {
	certificate *certparse.Certificate
	key         string
}

// checkSignature checks a certificate's signature, each with each key only once.
func (j *judge) checkSignature(c Certificate, key certparse.PublicKey) error {
	check := signatureCheck{c.Certificate, string(key.SPKI())}
	err, ok := j.signatures[check]
	if !ok {
		err = c.CheckSignature(key)
		if j.signatures == nil {
			j.signatures = map[signatureCheck]error{}
		}
		j.signatures[check] = err
	}
	return err
}

// signs reports whether the key of issuer verifies the signature of c, or nobody
// can tell.
func (j *judge) signs(issuer, c Certificate) bool {
	return !errors.Is(j.checkSignature(c, issuer.PublicKey()), certparse.ErrSignature)
}

// isRoot reports whether a certificate was issued by itself.
func (j *judge) isRoot(c Certificate) bool { return c.SelfIssued() && j.signs(c, c) }

// current reports whether a certificate is valid at the time of the options.
func (j *judge) current(index int) bool {
	from, to, ok := j.report.Certificates[index].Validity()
	return ok && !j.opt.Time.Before(from) && !j.opt.Time.After(to)
}

// variants reports the certificates beside the chain that are for a CA of the chain
// and its key, issued by somebody else or at another time, and returns the list
// without them.
func (j *judge) variants(distinct, chain []int) (list []int) {
	certs := j.report.Certificates
	for _, i := range distinct {
		same := slices.IndexFunc(chain, func(k int) bool {
			return k != i && certs[k].IsCA() && certs[k].Subject().Equal(certs[i].Subject()) && certs[k].PublicKey().Equal(certs[i].PublicKey())
		})
		if same < 0 || slices.Contains(chain, i) {
			list = append(list, i)
			continue
		}
		other, subject := chain[same], finding.Str("subject", certs[i].Subject().String())
		switch {
		case j.isRoot(certs[i]):
			j.addTogether(finding.New("chain-root-included", j.at(i), subject))
		case !j.current(i) && j.current(other):
			j.addTogether(finding.New("chain-expired-variant", j.at(i), number("number", i), number("other", other), subject))
		default:
			j.addTogether(finding.New("chain-cross-signed", j.at(i), number("number", i), number("first", other), subject,
				finding.Str("issuer", certs[i].Issuer().String())))
		}
	}
	return list
}

// incomplete reports chains that end with an end entity's certificate although it
// says where its issuer's is to be had. Whether more is missing above a CA's
// certificate cannot be told without roots.
func (j *judge) incomplete() {
	certs := j.report.Certificates
	for _, in := range j.chains {
		top := in.assembled[len(in.assembled)-1]
		c := certs[top]
		if !c.IsCA() && !c.SelfIssued() && len(c.CAIssuerURLs()) > 0 && !slices.ContainsFunc(certs, func(o Certificate) bool { return issued(o, c) }) {
			j.intermediateMissing(top)
		}
	}
}

// intermediateMissing reports that the issuer of a certificate is not in the upload.
func (j *judge) intermediateMissing(index int) {
	c := j.report.Certificates[index]
	urls := strings.Join(c.CAIssuerURLs(), ", ")
	if urls == "" {
		urls = "nowhere"
	}
	j.addTogether(finding.New("chain-intermediate-missing", j.at(index), finding.Str("issuer", c.Issuer().String()), finding.Str("urls", urls)))
}

func (j *judge) reassembled(input string, chain []int) Reassembled {
	r := Reassembled{Input: input, Certificates: chain}
	for _, i := range chain {
		r.PEM = append(r.PEM, certparse.EncodePEM("CERTIFICATE", j.report.Certificates[i].Raw())...)
	}
	return r
}

func (r Reassembled) writeJSON(w *jsonWriter) {
	w.BeginObject()
	w.StringField("input", r.Input)
	w.Key("certificates")
	writeIndexes(w, r.Certificates)
	w.TextField("pem", r.PEM)
	w.EndObject()
}

func writeIndexes(w *jsonWriter, list []int) {
	w.BeginArray()
	for _, i := range list {
		w.Int(int64(i))
	}
	w.EndArray()
}

// numbers counts certificates among those of the report from 1, as people do.
func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = itoa(n + 1)
	}
	return strings.Join(words, ", ")
}

// related reports whether the certificate issued or was issued by another one of the list.
func related(certs []Certificate, list []int, index int) bool {
	for _, i := range list {
		if i != index && (issued(certs[i], certs[index]) || issued(certs[index], certs[i])) {
			return true
		}
	}
	return false
}
