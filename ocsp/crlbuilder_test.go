package ocsp_test

import (
	"slices"
	"time"
)

// list is a CRL before it is signed.
type list struct {
	version    []byte
	issuer     []byte
	this, next []byte
	entries    [][]byte
	exts       []ext
	signer     *testKey
	// algorithm is the one outside the signed part; nil is the signer's own.
	algorithm []byte
}

func (l list) tbs() []byte {
	var entries, exts []byte
	if l.entries != nil {
		entries = sequence(l.entries...)
	}
	if l.exts != nil {
		exts = explicit(0, extensionList(l.exts))
	}
	return sequence(l.version, l.signer.algorithm, l.issuer, l.this, l.next, entries, exts)
}

func (l list) der() []byte { return l.around(l.tbs()) }

func (l list) around(tbs []byte) []byte {
	a := l.algorithm
	if a == nil {
		a = l.signer.algorithm
	}
	return sequence(tbs, a, bits(0, l.signer.sign(tbs)...))
}

// listOf is an empty CRL of the CA.
func listOf(c cert) list {
	return list{version: integer(1), issuer: c.subject, this: utcTime(now.Add(-time.Hour)), next: utcTime(now.Add(24 * time.Hour)),
		signer: c.key, exts: []ext{crlNumber(5)}}
}

// with returns the list with the extension in place of the one of its kind.
func (l list) with(xs ...ext) list {
	l.exts = slices.Clone(l.exts)
	for _, x := range xs {
		l.exts = slices.DeleteFunc(l.exts, func(o ext) bool { return o.oid == x.oid })
		l.exts = append(l.exts, x)
	}
	return l
}

func (l list) revoking(entries ...[]byte) list {
	l.entries = append(slices.Clone(l.entries), entries...)
	return l
}

func (l list) between(this, next time.Time) list {
	l.this, l.next = utcTime(this), utcTime(next)
	return l
}

func (l list) signedBy(k *testKey) list {
	l.signer = k
	return l
}

func (l list) of(name []byte) list {
	l.issuer = name
	return l
}

func crlNumber(n byte) ext { return ext{"2.5.29.20", false, integer(n)} }

func deltaOf(n byte) ext { return ext{"2.5.29.27", true, integer(n)} }

// issuingPoint is an IssuingDistributionPoint with the given parts.
func issuingPoint(parts ...[]byte) ext { return ext{"2.5.29.28", true, sequence(parts...)} }

func onlyUser() []byte      { return implicit(1, 0xff) }
func onlyCA() []byte        { return implicit(2, 0xff) }
func indirect() []byte      { return implicit(4, 0xff) }
func onlyAttribute() []byte { return implicit(5, 0xff) }

// onlySome are reasons; bit 0 is the first of the two bytes' highest.
func onlySome(flags ...byte) []byte {
	return implicit(3, append([]byte{unused(flags[len(flags)-1])}, flags...)...)
}

func uri(s string) []byte { return tlv(0x86, []byte(s)) }

func directory(name []byte) []byte { return explicit(4, name) }

// fullName is a DistributionPointName in its field.
func fullName(names ...[]byte) []byte { return explicit(0, explicit(0, names...)) }

// relativeName is the part of a DistributionPointName that is appended to the issuer's name.
func relativeName(cn string) []byte {
	return explicit(0, explicit(1, sequence(oid("2.5.4.3"), tlv(0x0c, []byte(cn)))))
}

// distributionPoints is a CRLDistributionPoints; each point is its parts.
func distributionPoints(points ...[]byte) ext { return ext{"2.5.29.31", false, sequence(points...)} }

// entryOf is an entry for a serial number.
func entryOf(serial []byte, at time.Time, exts ...ext) []byte {
	if exts == nil {
		return sequence(integer(serial...), utcTime(at))
	}
	return sequence(integer(serial...), utcTime(at), extensionList(exts))
}

func reason(n byte) ext { return ext{"2.5.29.21", false, enumerated(n)} }

func certificateIssuer(names ...[]byte) ext { return ext{"2.5.29.29", true, sequence(names...)} }
