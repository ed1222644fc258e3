// Package forge makes certificates, OCSP responses and revocation lists for tests:
// sound ones, and such that no honest authority would make. Every part of them is
// DER that the caller may replace. It panics where it is used wrongly.
package forge

import (
	"slices"
	"time"
)

// Certificate is a certificate before it is signed.
type Certificate struct {
	Serial          []byte
	Subject, Issuer []byte
	From, To        time.Time
	Key, Signer     *Key
	Exts            []Extension
}

// DER is the signed certificate.
func (c Certificate) DER() []byte {
	var list []byte
	if len(c.Exts) > 0 {
		list = Explicit(3, Extensions(c.Exts))
	}
	tbs := Sequence(Explicit(0, Integer(2)), Integer(c.Serial...), c.Signer.Algorithm, c.Issuer,
		Sequence(UTCTime(c.From), UTCTime(c.To)), c.Subject, c.Key.SPKI, list)
	return Sequence(tbs, c.Signer.Algorithm, Bits(0, c.Signer.Sign(tbs)...))
}

// With returns the certificate with the extension in place of the one of its kind.
func (c Certificate) With(xs ...Extension) Certificate {
	c.Exts = slices.Clone(c.Exts)
	for _, x := range xs {
		c = c.Without(x.OID)
		c.Exts = append(c.Exts, x)
	}
	return c
}

// Without returns the certificate without an extension.
func (c Certificate) Without(oid string) Certificate {
	c.Exts = slices.DeleteFunc(slices.Clone(c.Exts), func(x Extension) bool { return x.OID == oid })
	return c
}

// Between returns the certificate with another validity.
func (c Certificate) Between(from, to time.Time) Certificate {
	c.From, c.To = from, to
	return c
}

// KeyUsage is the extension with the first byte of its bits.
func KeyUsage(first byte) Extension { return Extension{"2.5.29.15", true, Bits(unused(first), first)} }

func unused(b byte) (n byte) {
	for ; b != 0 && b&1 == 0; b >>= 1 {
		n++
	}
	return n
}

// Bits of key usages, and identifiers.
const (
	DigitalSignature = 0x80
	KeyCertSign      = 0x04
	CRLSign          = 0x02
	OIDOCSPSigning   = "1.3.6.1.5.5.7.3.9"
	OIDPrivate       = "1.3.6.1.4.1.99999.1" // Made up: nobody knows it.
)

// BasicCA is the basicConstraints of a CA.
func BasicCA() Extension { return Extension{"2.5.29.19", true, Sequence(Boolean(0xff))} }

// Purposes is the extension extKeyUsage.
func Purposes(oids ...string) Extension {
	var list [][]byte
	for _, o := range oids {
		list = append(list, OID(o))
	}
	return Extension{"2.5.29.37", false, Sequence(list...)}
}

// NoCheck is the extension that frees a responder from being checked itself.
func NoCheck() Extension { return Extension{"1.3.6.1.5.5.7.48.1.5", false, Null()} }

// MustStaple is the extension that demands stapling (RFC 7633).
func MustStaple() Extension { return Extension{"1.3.6.1.5.5.7.1.24", false, Sequence(Integer(5))} }
