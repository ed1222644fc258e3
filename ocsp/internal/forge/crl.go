package forge

import (
	"slices"
	"time"
)

// List is a CRL before it is signed.
type List struct {
	Version    []byte
	Issuer     []byte
	This, Next []byte
	Entries    [][]byte
	Exts       []Extension
	Signer     *Key
	// Algorithm is the one outside the signed part; nil is the signer's own.
	Algorithm []byte
}

// TBS is the TBSCertList.
func (l List) TBS() []byte {
	var entries, exts []byte
	if l.Entries != nil {
		entries = Sequence(l.Entries...)
	}
	if l.Exts != nil {
		exts = Explicit(0, Extensions(l.Exts))
	}
	return Sequence(l.Version, l.Signer.Algorithm, l.Issuer, l.This, l.Next, entries, exts)
}

// DER is the signed list.
func (l List) DER() []byte { return l.Around(l.TBS()) }

// Around is the list around the given signed part.
func (l List) Around(tbs []byte) []byte {
	a := l.Algorithm
	if a == nil {
		a = l.Signer.Algorithm
	}
	return Sequence(tbs, a, Bits(0, l.Signer.Sign(tbs)...))
}

// With returns the list with the extension in place of the one of its kind.
func (l List) With(xs ...Extension) List {
	l.Exts = slices.Clone(l.Exts)
	for _, x := range xs {
		l.Exts = slices.DeleteFunc(l.Exts, func(o Extension) bool { return o.OID == x.OID })
		l.Exts = append(l.Exts, x)
	}
	return l
}

// Revoking returns the list with more entries.
func (l List) Revoking(entries ...[]byte) List {
	l.Entries = append(slices.Clone(l.Entries), entries...)
	return l
}

// Between returns the list with other dates.
func (l List) Between(this, next time.Time) List {
	l.This, l.Next = UTCTime(this), UTCTime(next)
	return l
}

// SignedBy returns the list with another key.
func (l List) SignedBy(k *Key) List {
	l.Signer = k
	return l
}

// Of returns the list with another issuer.
func (l List) Of(name []byte) List {
	l.Issuer = name
	return l
}

// CRLNumber is the extension cRLNumber.
func CRLNumber(n byte) Extension { return Extension{"2.5.29.20", false, Integer(n)} }

// DeltaOf is the extension deltaCRLIndicator.
func DeltaOf(n byte) Extension { return Extension{"2.5.29.27", true, Integer(n)} }

// IssuingPoint is an IssuingDistributionPoint with the given parts.
func IssuingPoint(parts ...[]byte) Extension { return Extension{"2.5.29.28", true, Sequence(parts...)} }

// OnlyUser, OnlyCA, Indirect and OnlyAttribute are parts of an
// IssuingDistributionPoint.
func OnlyUser() []byte { return Implicit(1, 0xff) }

// OnlyCA is like OnlyUser.
func OnlyCA() []byte { return Implicit(2, 0xff) }

// Indirect is like OnlyUser.
func Indirect() []byte { return Implicit(4, 0xff) }

// OnlyAttribute is like OnlyUser.
func OnlyAttribute() []byte { return Implicit(5, 0xff) }

// OnlySome are reasons; bit 0 is the first of the two bytes' highest.
func OnlySome(flags ...byte) []byte {
	return Implicit(3, append([]byte{unused(flags[len(flags)-1])}, flags...)...)
}

// URI is the GeneralName of a URI.
func URI(s string) []byte { return TLV(0x86, []byte(s)) }

// Directory is the GeneralName of a directory name.
func Directory(name []byte) []byte { return Explicit(4, name) }

// FullName is a DistributionPointName in its field.
func FullName(names ...[]byte) []byte { return Explicit(0, Explicit(0, names...)) }

// RelativeName is the part of a DistributionPointName that is appended to the issuer's name.
func RelativeName(cn string) []byte {
	return Explicit(0, Explicit(1, Sequence(OID("2.5.4.3"), TLV(0x0c, []byte(cn)))))
}

// DistributionPoints is a CRLDistributionPoints; each point is its parts.
func DistributionPoints(points ...[]byte) Extension {
	return Extension{"2.5.29.31", false, Sequence(points...)}
}

// Entry is an entry for a serial number.
func Entry(serial []byte, at time.Time, exts ...Extension) []byte {
	if exts == nil {
		return Sequence(Integer(serial...), UTCTime(at))
	}
	return Sequence(Integer(serial...), UTCTime(at), Extensions(exts))
}

// Reason is the extension reasonCode.
func Reason(n byte) Extension { return Extension{"2.5.29.21", false, Enumerated(n)} }

// CertificateIssuer is the extension of an entry of an indirect list.
func CertificateIssuer(names ...[]byte) Extension {
	return Extension{"2.5.29.29", true, Sequence(names...)}
}
