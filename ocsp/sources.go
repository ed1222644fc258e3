package ocsp

import (
	"slices"
	"time"

	"github.com/certloupe/certloupe/certparse"
)

// ShortLived is how long a certificate may be valid for its CA to owe nobody a
// word about its revocation (CA/Browser Forum, Baseline Requirements, Section 1.6.1).
const ShortLived = 7 * 24 * time.Hour

// Sources says where a certificate's status is to be found. The URLs are from the
// certificate and no more to be trusted than it is.
type Sources struct {
	// OCSP are the URLs of responders.
	OCSP []string
	// CRLs are the URLs of CRLs, of all distribution points, and Deltas those of
	// delta CRLs.
	CRLs, Deltas []string
	// MustStaple says that the server must bring an OCSP response along (RFC 7633).
	MustStaple bool
	// NoRevocation says that the issuer never gives information about the
	// certificate (RFC 9608).
	NoRevocation bool
	// ShortLived says that the certificate is valid for no longer than [ShortLived].
	ShortLived bool
}

// SourcesOf returns the sources that the certificate names.
func SourcesOf(cert *certparse.Certificate) Sources {
	from, to, ok := cert.Validity()
	freshest, _ := cert.FreshestCRL()
	s := Sources{
		OCSP:       cert.OCSPURLs(),
		CRLs:       cert.CRLURLs(),
		MustStaple: cert.MustStaple(),
		NoRevocation: slices.ContainsFunc(cert.Extensions(), func(x certparse.Extension) bool {
			return x.OID == "2.5.29.56"
		}),
		// The last second belongs to the validity.
		ShortLived: ok && to.Sub(from)+time.Second <= ShortLived,
	}
	for _, p := range freshest {
		s.Deltas = append(s.Deltas, p.FullName.URIs()...)
	}
	return s
}

// Staple judges the OCSP response that a server brought along for its
// certificate; nil is none. Without one the status is unknown, and the result is
// refused if the certificate demands one. The error is that of [Verify].
func Staple(response []byte, cert, issuer *certparse.Certificate, opt Options) (*Result, error) {
	if cert == nil || issuer == nil || opt.Time.IsZero() {
		return nil, ErrIncomplete
	}
	switch {
	case len(response) > 0:
		opt.Nonce = nil // It answered the server's request, not ours.
		return Verify(response, cert, issuer, opt)
	case cert.MustStaple():
		return refused(&Result{}, refuse("ocsp-staple-missing"), opt.Where), nil
	}
	return unknown(&Result{}, opt.Where), nil
}
