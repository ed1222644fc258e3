package ocsptest

import (
	"math/big"
	"time"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// CRL describes a certificate revocation list.
type CRL struct {
	// CA is who signs it. It must be given.
	CA *CA
	// Time is thisUpdate. It must be given. NextUpdate is zero for a day later.
	Time, NextUpdate time.Time
	// Number is the list's number; 0 is 1.
	Number int64
	// Base makes it a delta list on top of the list with this number.
	Base int64
	// Entries are the revoked certificates.
	Entries []Entry
	// Point is the URL of the distribution point whose part of the certificates the
	// list has; empty is all of them.
	Point string
	// OnlyUser, OnlyCA and OnlyAttribute say of which certificates it is.
	OnlyUser, OnlyCA, OnlyAttribute bool
	// OnlySome are the reasons that it is for; nil is all.
	OnlySome []ocsp.Reason
	// Indirect says that it has certificates of other issuers.
	Indirect bool
	// Deltas are the URLs of delta lists for it.
	Deltas []string
	// Fault is what is wrong with it; see [Fault.OfList].
	Fault Fault
}

// Entry is a revoked certificate.
type Entry struct {
	Serial    *big.Int
	RevokedAt time.Time
	// Reason is why. ocsp.RemoveFromCRL takes the certificate from the list again
	// and is for delta lists.
	Reason ocsp.Reason
	// Issuer is who issued the certificate, in an indirect list; nil is that of the
	// entry before it.
	Issuer *CA
}

// List returns the DER of a revocation list.
func List(c CRL) []byte {
	if c.CA == nil || c.Time.IsZero() {
		panic("ocsptest: a list needs a CA and a time")
	}
	if c.NextUpdate.IsZero() {
		c.NextUpdate = c.Time.Add(day)
	}
	l := forge.List{Version: forge.Integer(1), Issuer: c.CA.name, This: forge.UTCTime(c.Time), Next: forge.UTCTime(c.NextUpdate), Signer: c.CA.key,
		Exts: []forge.Extension{forge.Ext("2.5.29.20", false, forge.Integer(octetsOf(big.NewInt(max(c.Number, 1)))...))}}
	if c.Base > 0 {
		l = l.With(forge.Ext("2.5.29.27", true, forge.Integer(octetsOf(big.NewInt(c.Base))...)))
	}
	if parts := c.point(); parts != nil {
		l = l.With(forge.IssuingPoint(parts...))
	}
	if len(c.Deltas) > 0 {
		l = l.With(points("2.5.29.46", c.Deltas, nil))
	}
	for _, e := range c.Entries {
		l = l.Revoking(e.forge())
	}
	m := &making{ca: c.CA, at: c.Time}
	if c.Fault != None {
		if !c.Fault.OfList() {
			panic("ocsptest: a list cannot have the fault " + c.Fault.String())
		}
		kinds[c.Fault].list(m, &l)
	}
	der := l.DER()
	if m.After != nil {
		der = m.After(der)
	}
	return der
}

// point are the parts of the issuing distribution point; nil if there is none.
func (c *CRL) point() (parts [][]byte) {
	if c.Point != "" {
		parts = append(parts, forge.FullName(forge.URI(c.Point)))
	}
	for _, p := range []struct {
		said bool
		part []byte
	}{{c.OnlyUser, forge.OnlyUser()}, {c.OnlyCA, forge.OnlyCA()}, {len(c.OnlySome) > 0, onlySome(c.OnlySome)},
		{c.Indirect, forge.Indirect()}, {c.OnlyAttribute, forge.OnlyAttribute()}} {
		if p.said {
			parts = append(parts, p.part)
		}
	}
	return parts
}

// reasonBits are the bits of ReasonFlags, RFC 5280, Section 4.2.1.13. They are not
// the numbers of the reasons.
var reasonBits = map[ocsp.Reason]uint{
	ocsp.KeyCompromise: 1, ocsp.CACompromise: 2, ocsp.AffiliationChanged: 3, ocsp.Superseded: 4,
	ocsp.CessationOfOperation: 5, ocsp.CertificateHold: 6, ocsp.PrivilegeWithdrawn: 7, ocsp.AACompromise: 8,
}

func onlySome(reasons []ocsp.Reason) []byte {
	var flags [2]byte
	for _, r := range reasons {
		bit, ok := reasonBits[r]
		if !ok {
			panic("ocsptest: lists are not divided by the reason " + r.String())
		}
		flags[bit/8] |= 0x80 >> (bit % 8)
	}
	if flags[1] == 0 {
		return forge.OnlySome(flags[0])
	}
	return forge.OnlySome(flags[:]...)
}

func (e Entry) forge() []byte {
	if e.Serial == nil || e.RevokedAt.IsZero() {
		panic("ocsptest: an entry needs a serial number and a time")
	}
	var exts []forge.Extension
	if e.Reason != ocsp.Unspecified {
		exts = append(exts, forge.Reason(byte(e.Reason)))
	}
	if e.Issuer != nil {
		exts = append(exts, forge.CertificateIssuer(forge.Directory(e.Issuer.name)))
	}
	return forge.Entry(octetsOf(e.Serial), e.RevokedAt, exts...)
}
