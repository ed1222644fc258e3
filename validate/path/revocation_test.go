package path_test

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/validate/path"
)

// Paths and revocation lists need each other: a list counts only if who signed it
// has a path, and a path counts only if no list speaks against its certificates.
// The two rooms do not know each other; here they are tied together as a caller
// does it.

// lists judges the certificates of paths with revocation lists.
type lists struct {
	crls []*ocsp.CRL
	// others are the certificates that may have signed lists.
	others  []*certparse.Certificate
	anchors []path.Anchor
	// depth bounds how often the question for who signed a list leads to the next one.
	depth int
}

// parseLists reads the lists that can be read; others are as if they were not there.
func parseLists(ders [][]byte) (crls []*ocsp.CRL) {
	for _, der := range ders {
		if l, err := ocsp.ParseCRL(der); err == nil {
			crls = append(crls, l)
		}
	}
	return crls
}

// judge is what Options.Revocation asks. What cannot be judged at all ends up in failed.
func (l lists) judge(failed *error, opt path.Options) func(path.Link) []finding.Finding {
	return func(link path.Link) []finding.Finding {
		if link.Issuer == nil {
			return nil
		}
		r, err := ocsp.Judge(l.crls, link.Certificate, link.Issuer, ocsp.Options{
			Time:       link.Time,
			IssuerKey:  link.IssuerKey,
			CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate { return l.signers(failed, link, opt) },
		})
		if err != nil {
			*failed = err
			return []finding.Finding{finding.New("certificate-status-unknown", finding.Where{}).As(finding.Error)}
		}
		if r.Status != ocsp.Good && finding.Worst(r.Findings) != finding.Error {
			return append(r.Findings, finding.New("certificate-status-unknown", finding.Where{}).As(finding.Error))
		}
		return r.Findings
	}
}

// signers are the certificates with a valid path of their own, and those of the
// path in question, which is being judged.
func (l lists) signers(failed *error, link path.Link, opt path.Options) []*certparse.Certificate {
	signers := append([]*certparse.Certificate(nil), link.Path[link.Index:]...)
	for _, a := range l.anchors {
		signers = append(signers, a.Certificate)
	}
	if l.depth == 0 {
		return signers
	}
	l.depth--
	opt = path.Options{Time: opt.Time}
	opt.Revocation = l.judge(failed, opt)
	for _, c := range l.others {
		if !c.Equal(link.Certificate) && path.Build(c, l.anchors, l.others, opt).Valid {
			signers = append(signers, c)
		}
	}
	return signers
}
