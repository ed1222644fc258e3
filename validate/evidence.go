package validate

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/validate/path"
)

// Paths and revocation lists need each other: a list counts only if who signed it
// has a path, and a path counts only if no list speaks against its certificates.
// The rooms ocsp and validate/path do not know each other; here they are tied
// together.

// Revocation says how to find out whether the certificates of a path were revoked,
// and what follows from it. The zero value has no evidence, asks nobody and
// demands nothing.
type Revocation struct {
	// Policy says what follows when it cannot be found out.
	Policy RevocationPolicy
	// CRLs are revocation lists, DER or PEM with any number of them.
	CRLs []File
	// Responses are OCSP responses in DER, stapled or not, about any certificate.
	Responses []File
	// Status asks somebody about certificates whose status the evidence leaves open.
	// Nil is nobody.
	Status StatusFunc
}

// Budgets of one call. Revocation lists and their signers are as hostile as the
// certificates, and each judgement may have to read every list.
const (
	// maxEvidence is how many lists and responses are read, and maxEvidenceBytes how
	// many bytes they may have together.
	maxEvidence      = 100
	maxEvidenceBytes = ocsp.MaxCRLSize
	// maxJudgements is how many certificates are judged, and maxListBytes how many
	// bytes of lists are gone through for that.
	maxJudgements = 200
	maxListBytes  = 1 << 30
	// maxSigners is how many certificates are judged as who signed a list.
	maxSigners = 50
	// signerDepth is how often the question for who signed a list may lead to the
	// next one.
	signerDepth = 2
)

// Hook returns the function for [path.Options.Revocation]. others are certificates
// that may have signed lists, such as those from which the path is built. The
// function keeps what it found out, so that it is for one call of [path.Build].
// Evidence that cannot be read is as if it were not there.
func (r Revocation) Hook(others []*certparse.Certificate, opt path.Options) func(path.Link) []finding.Finding {
	j, _ := newRevocationJudge(r, others, opt)
	return j.link(signerDepth)
}

// revocationJudge judges the certificates of the paths of one call.
type revocationJudge struct {
	Revocation
	opt    path.Options
	crls   []*ocsp.CRL
	names  []string // of the inputs that the lists are from
	others []*certparse.Certificate
	known  map[judgement]settled
	// found is what is known about the certificates of paths, by certificate and issuer.
	found map[[2]*certparse.Certificate]CertificateStatus
	// trusted says of certificates that may have signed lists whether they have a path.
	trusted map[judgement]bool

	listBytes, judgements, gone int
}

// judgement is the question about a certificate: the same answer holds for every
// path in which it was issued by the same issuer.
type judgement struct {
	cert, issuer *certparse.Certificate
	key          string
	depth        int
}

// newRevocationJudge reads the evidence. The findings say what cannot be read.
func newRevocationJudge(r Revocation, others []*certparse.Certificate, opt path.Options) (*revocationJudge, []finding.Finding) {
	j := &revocationJudge{Revocation: r, opt: opt, others: others, known: map[judgement]settled{},
		found: map[[2]*certparse.Certificate]CertificateStatus{}, trusted: map[judgement]bool{}}
	var fs []finding.Finding
	count, size := 0, 0
	admit := func(name string, n int) bool {
		count++
		size += n
		if count > maxEvidence || size > maxEvidenceBytes {
			what, limit := "pieces of evidence", maxEvidence
			if count <= maxEvidence {
				what, limit = "bytes of evidence", maxEvidenceBytes
			}
			fs = append(fs, finding.New("path-budget", finding.Where{Input: name},
				finding.Str("what", what), finding.Int("limit", limit)).As(finding.Warning))
			return false
		}
		return true
	}
	for _, f := range r.CRLs {
		for _, der := range listsIn(f.Data) {
			if !admit(f.Name, len(der)) {
				break
			}
			list, err := ocsp.ParseCRL(der)
			if syntax := (*ocsp.SyntaxError)(nil); errors.As(err, &syntax) {
				fs = append(fs, syntax.Finding(finding.Where{Input: f.Name}).As(finding.Warning))
				continue
			}
			j.crls, j.names = append(j.crls, list), append(j.names, f.Name)
			j.listBytes += len(der)
		}
	}
	j.Responses = slices.DeleteFunc(slices.Clone(r.Responses), func(f File) bool { return !admit(f.Name, len(f.Data)) })
	return j, fs
}

// listsIn is the DER of each list of an input. Input that is no PEM is taken for
// the DER of one, so that the reader of lists says what is wrong with it.
func listsIn(data []byte) (ders [][]byte) {
	if bytes.HasPrefix(data, []byte{0x30}) {
		return [][]byte{data}
	}
	doc := certparse.Parse(data, certparse.Options{MaxSize: 2 * maxEvidenceBytes})
	for i := range doc.Blocks {
		if b := &doc.Blocks[i]; b.Kind == certparse.KindCRL || strings.HasSuffix(b.Label, "CRL") {
			ders = append(ders, b.DER)
		}
	}
	if ders == nil {
		return [][]byte{data}
	}
	return ders
}

// evident reports whether there is any way of finding something out.
func (j *revocationJudge) evident() bool {
	return len(j.crls)+len(j.Responses) > 0 || j.Status != nil
}

// link is what path.Options.Revocation asks.
func (j *revocationJudge) link(depth int) func(path.Link) []finding.Finding {
	return func(link path.Link) []finding.Finding {
		key := judgement{link.Certificate, link.Issuer, string(link.IssuerKey.SPKI()), depth}
		s, ok := j.known[key]
		if !ok {
			j.judgements++
			j.gone += j.listBytes
			if j.judgements > maxJudgements || j.gone > maxListBytes && j.judgements > 1 {
				return []finding.Finding{finding.New("path-budget", finding.Where{},
					finding.Str("what", "judgements about revocation"), finding.Int("limit", maxJudgements))}
			}
			s = settle(link.Certificate, j.answers(link, depth), j.Policy, excuseOf(link.Certificate, j.opt.Profile == path.WebPKI))
			j.known[key] = s
			if pair := [2]*certparse.Certificate{link.Certificate, link.Issuer}; depth == signerDepth {
				j.found[pair] = s.status
			}
		}
		return slices.Clone(s.findings)
	}
}

// answers are those of the evidence and, if it leaves the question open, of
// whoever can be asked.
func (j *revocationJudge) answers(link path.Link, depth int) (answers []Answer) {
	if link.Issuer == nil { // The anchor is a name and a key; evidence is about issuers' certificates.
		return []Answer{{Problem: "the trust anchor has no certificate"}}
	}
	opt := ocsp.Options{Time: link.Time, IssuerKey: link.IssuerKey}
	open := true
	weigh := func(a Answer) {
		answers = append(answers, a)
		open = open && a.Status() != StatusGood && a.Status() != StatusRevoked
	}
	if len(j.crls) > 0 {
		opt.CRLIssuers = func(list *ocsp.CRL) []*certparse.Certificate { return j.signers(list, link, depth) }
		if r, err := ocsp.Judge(j.crls, link.Certificate, link.Issuer, opt); err == nil {
			weigh(Answer{Result: r, Source: j.consulted(link.Certificate)})
		}
	}
	for _, f := range j.Responses {
		// What concerns no certificate of the path, or cannot be read, is held against
		// the target, so that it is not passed over in silence.
		if !ocsp.Concerns(f.Data, link.Certificate, link.Issuer) && (link.Index > 0 || concernsPath(f.Data, link.Path)) {
			continue
		}
		if r, err := ocsp.Verify(f.Data, link.Certificate, link.Issuer, opt); err == nil {
			weigh(Answer{Result: r, Source: f.Name})
		}
	}
	if open && j.Status != nil {
		weigh(j.Status(link.Certificate, link.Issuer))
	}
	return answers
}

// concernsPath reports whether an OCSP response is about a certificate of the path.
func concernsPath(response []byte, path []*certparse.Certificate) bool {
	for i := range len(path) - 1 {
		if ocsp.Concerns(response, path[i], path[i+1]) {
			return true
		}
	}
	return false
}

// consulted names the inputs with lists that the certificate's issuer signed or, if
// there are none, all of them.
func (j *revocationJudge) consulted(cert *certparse.Certificate) string {
	var own []string
	for i, list := range j.crls {
		if list.Issuer.Equal(cert.Issuer()) {
			own = append(own, j.names[i])
		}
	}
	if own == nil {
		own = slices.Clone(j.names)
	}
	return strings.Join(slices.Compact(own), ", ")
}

// signers are the certificates that may have signed a list: those of the path in
// question, which is being judged, and others that have a valid path of their own
// to the same anchor (RFC 5280, Section 6.3.3 (f)).
func (j *revocationJudge) signers(list *ocsp.CRL, link path.Link, depth int) []*certparse.Certificate {
	signers := slices.Clone(link.Path[link.Index:])
	anchor := link.Path[len(link.Path)-1]
	if depth == 0 {
		return signers
	}
	for _, c := range j.others {
		if c.Subject().Equal(list.Issuer) && !slices.ContainsFunc(signers, c.Equal) && j.trusts(c, anchor, depth-1) {
			signers = append(signers, c)
		}
	}
	return signers
}

// trusts reports whether a certificate that may have signed a list has a valid path
// to the anchor, with its own revocation judged.
func (j *revocationJudge) trusts(c, anchor *certparse.Certificate, depth int) bool {
	key := judgement{cert: c, issuer: anchor, depth: depth}
	valid, ok := j.trusted[key]
	if !ok && len(j.trusted) < maxSigners {
		opt := path.Options{Time: j.opt.Time, MaxIntermediates: j.opt.MaxIntermediates, AllowWeak: j.opt.AllowWeak, Revocation: j.link(depth)}
		valid = path.Build(c, path.Anchors([]*certparse.Certificate{anchor}), j.others, opt).Valid
		j.trusted[key] = valid
	}
	return valid
}
