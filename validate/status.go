package validate

import (
	"bytes"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// maxIssuersTried is how many namesakes of an issuer are tried for one certificate.
// Each costs the verification of a signature.
const maxIssuersTried = 8

// AskStatus asks about one certificate that is judged alone. Its issuer is looked for
// among the candidates: a CA with the name that the certificate names and whose key
// verifies its signature. Nobody is asked about a certificate that signed itself, and
// about one whose issuer is not there; a finding says so then. The index in the
// status has no meaning.
func AskStatus(ask StatusFunc, cert *certparse.Certificate, candidates []*certparse.Certificate, policy RevocationPolicy) (CertificateStatus, []finding.Finding) {
	if cert.SelfIssued() && cert.CheckSignature(cert.PublicKey()) == nil {
		return CertificateStatus{Status: StatusNothingToAsk}, nil
	}
	excuse := excuseOf(cert, false)
	issuer := issuerAmong(cert, candidates)
	if issuer == nil {
		f := finding.New("revocation-issuer-missing", finding.Where{}, finding.Str("issuer", cert.Issuer().String()))
		return CertificateStatus{Status: StatusCouldNotAsk}, []finding.Finding{f.As(missingSeverity(policy, excuse))}
	}
	s := settle(cert, []Answer{ask(cert, issuer)}, policy, excuse)
	return s.status, s.findings
}

// issuerAmong returns the candidate that issued the certificate, nil if there is none.
func issuerAmong(cert *certparse.Certificate, candidates []*certparse.Certificate) *certparse.Certificate {
	tried := 0
	for _, c := range candidates {
		if !bytes.Equal(c.RawSubject(), cert.RawIssuer()) || c.Version() == 3 && !c.IsCA() {
			continue
		}
		if tried++; tried > maxIssuersTried {
			return nil
		}
		if cert.CheckSignature(c.PublicKey()) == nil {
			return c
		}
	}
	return nil
}
