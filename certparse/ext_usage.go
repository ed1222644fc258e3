package certparse

import (
	"slices"
	"time"
)

// KeyUsage is what a key may be used for, RFC 5280, Section 4.2.1.3, one bit for
// each usage.
type KeyUsage uint16

// The key usages in the order of the standard. NonRepudiation is called
// contentCommitment in newer editions of X.509.
const (
	DigitalSignature KeyUsage = 1 << iota
	NonRepudiation
	KeyEncipherment
	DataEncipherment
	KeyAgreement
	KeyCertSign
	CRLSign
	EncipherOnly
	DecipherOnly
)

var keyUsageNames = [...]string{
	"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
	"keyCertSign", "cRLSign", "encipherOnly", "decipherOnly",
}

// Has reports whether all the given usages are allowed.
func (u KeyUsage) Has(all KeyUsage) bool { return u&all == all }

// Strings returns the standard's words for the usages, in its order.
func (u KeyUsage) Strings() []string { return flagNames(uint16(u), keyUsageNames[:]) }

// flagNames returns the names of the bits that are set.
func flagNames(set uint16, names []string) []string {
	var on []string
	for i, name := range names {
		if set>>i&1 != 0 {
			on = append(on, name)
		}
	}
	return on
}

// KeyUsage returns the extension of RFC 5280, Section 4.2.1.3. Absent, it
// restricts nothing.
func (c *Certificate) KeyUsage() (KeyUsage, Presence) {
	return c.usage, c.presence(extKeyUsage)
}

func (r *extReader) keyUsage() KeyUsage {
	e, ok := r.value(tagBitString)
	if !ok {
		return 0
	}
	u := KeyUsage(r.flags(e, "key usage")) & (1<<len(keyUsageNames) - 1)
	if u == 0 && !r.damaged {
		r.note("key-usage-empty", "key_usage", e.start)
	}
	return u
}

// Extended key usages that the packages of this module ask for.
const (
	EKUServerAuth  = "1.3.6.1.5.5.7.3.1"
	EKUClientAuth  = "1.3.6.1.5.5.7.3.2"
	EKUOCSPSigning = "1.3.6.1.5.5.7.3.9"
	EKUAny         = "2.5.29.37.0"
)

// ExtendedKeyUsage returns the OIDs of the purposes that the certificate is for,
// RFC 5280, Section 4.2.1.12. Absent, it restricts nothing.
func (c *Certificate) ExtendedKeyUsage() ([]string, Presence) {
	if !c.has(extExtendedKeyUsage) {
		return nil, c.presence(extExtendedKeyUsage)
	}
	// Every path asks for it: called like this the reader takes no memory.
	r, presence := c.open(extExtendedKeyUsage)
	list := make([]string, 0, 2)
	r.extendedKeyUsage(&list)
	return list, presence
}

// ExtendedKeyUsageNames returns the purposes by name, such as "serverAuth", or by
// OID where there is no name.
func (c *Certificate) ExtendedKeyUsageNames() ([]string, Presence) {
	oids, presence := c.ExtendedKeyUsage()
	for i, oid := range oids {
		if name := purposeName(oid); name != "" {
			oids[i] = name
		}
	}
	return oids, presence
}

// PurposeName returns the name of the purpose with the given OID, such as
// "serverAuth"; it is empty if it has none here.
func PurposeName(oid string) string { return purposeName(oid) }

// HasExtendedKeyUsage reports whether the extension lists the purpose with the
// given OID. It does not count anyExtendedKeyUsage as every purpose.
func (c *Certificate) HasExtendedKeyUsage(oid string) bool {
	oids, presence := c.ExtendedKeyUsage()
	return presence == Present && slices.Contains(oids, oid)
}

func (r *extReader) extendedKeyUsage(into *[]string) {
	m := r.list()
	for e, ok := m.next(tagOID); ok; e, ok = m.next(tagOID) {
		oid := r.oid(e)
		if into != nil {
			*into = append(*into, oidString(oid))
		} else if r.x.critical && string(oid) == "\x55\x1d\x25\x00" {
			r.shouldNotBeCritical()
		}
	}
}

// PrivateKeyUsagePeriod is how long the private key may be used, RFC 3280,
// Section 4.2.1.4. A zero time is no limit.
type PrivateKeyUsagePeriod struct {
	NotBefore, NotAfter time.Time
}

// PrivateKeyUsagePeriod returns the extension of RFC 3280, Section 4.2.1.4, which
// RFC 5280 no longer describes.
func (c *Certificate) PrivateKeyUsagePeriod() (PrivateKeyUsagePeriod, Presence) {
	return decode(c, extPrivateKeyUsagePeriod, (*extReader).privateKeyUsagePeriod)
}

func (r *extReader) privateKeyUsagePeriod() PrivateKeyUsagePeriod {
	var v PrivateKeyUsagePeriod
	m := r.list()
	if e, ok := m.optional(contextTag(0)); ok {
		v.NotBefore = r.generalizedTime(e)
	}
	if e, ok := m.optional(contextTag(1)); ok {
		v.NotAfter = r.generalizedTime(e)
	}
	m.finish()
	return v
}

// generalizedTime reads a time that is GeneralizedTime in every year.
func (r *extReader) generalizedTime(e element) time.Time {
	unix, form := parseTime(tagGeneralizedTime, e.content().of(r.der))
	if form == timeUnreadable {
		r.malformed(e.start, "a time cannot be read")
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

// TLSFeatures returns the numbers of the TLS extensions that a server with this
// certificate must support, RFC 7633, Section 4.2.
func (c *Certificate) TLSFeatures() ([]uint16, Presence) {
	return decodeList(c, extTLSFeature, (*extReader).tlsFeatures)
}

// MustStaple reports whether the server must staple an OCSP response: TLS
// features with status_request.
func (c *Certificate) MustStaple() bool {
	features, _ := c.TLSFeatures()
	return slices.Contains(features, featureStatusRequest) || slices.Contains(features, featureStatusRequestV2)
}

const (
	featureStatusRequest   = 5
	featureStatusRequestV2 = 17
)

func (r *extReader) tlsFeatures(into *[]uint16) {
	seq, ok := r.value(tagSequence)
	if !ok {
		return
	}
	m := r.members(seq)
	for e, ok := m.next(tagInteger); ok; e, ok = m.next(tagInteger) {
		n := r.number(e, "TLS feature")
		if n > 0xffff {
			r.malformed(e.start, "a TLS feature is larger than 65535")
		} else if into != nil {
			*into = append(*into, uint16(n))
		}
	}
}
