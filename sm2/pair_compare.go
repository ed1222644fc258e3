package sm2

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// sameTime is how far apart the dates of two certificates may be that were issued
// together. A CA signs the two one after the other, and some count the validity
// from that moment.
const sameTime = 24 * time.Hour

// compare looks for what should be the same in both certificates.
func (c *pairCheck) compare() {
	s, e := c.role[roleSigning].Certificate, c.role[roleEncryption].Certificate
	if s == nil || e == nil || c.same {
		return
	}
	at := func(field string) finding.Where {
		w := c.role[roleEncryption].At
		w.Field = field
		return w
	}
	sKey, eKey := s.PublicKey(), e.PublicKey()
	algorithms := []finding.Datum{finding.Str("signing", keyName(sKey)), finding.Str("encryption", keyName(eKey))}
	switch {
	case sKey.Type() != eKey.Type() || sKey.Type() == "" && sKey.Algorithm != eKey.Algorithm:
		c.add("pair-algorithm", at("public_key"), algorithms...)
	case keyName(sKey) != keyName(eKey):
		c.add("pair-key-size", at("public_key"), algorithms...)
	case sKey.Equal(eKey):
		c.add("pair-same-public-key", at("public_key"))
	}
	if a, b := s.SignatureAlgorithmName(), e.SignatureAlgorithmName(); a != b {
		c.add("pair-signature-algorithm", at("signature_algorithm"), finding.Str("signing", a), finding.Str("encryption", b))
	}
	if !s.Subject().Equal(e.Subject()) {
		c.add("pair-subject", at("subject"), finding.Str("signing", s.Subject().String()), finding.Str("encryption", e.Subject().String()))
	}
	if !s.Issuer().Equal(e.Issuer()) {
		c.add("pair-issuer", at("issuer"), finding.Str("signing", s.Issuer().String()), finding.Str("encryption", e.Issuer().String()))
	} else if bytes.Equal(s.RawSerialNumber(), e.RawSerialNumber()) {
		c.add("pair-serial", at("serial_number"))
	}
	c.compareValidity(s, e, at("validity"))
	c.compareAltNames(s, e, at("san"))
}

// keyName is what tells two keys of a pair apart: algorithm, curve and size.
func keyName(k certparse.PublicKey) string {
	if k.Algorithm == certparse.RSA || k.Algorithm == certparse.RSAPSS {
		return k.Name() + " " + itoa(k.Bits)
	}
	return k.Name()
}

func (c *pairCheck) compareValidity(s, e *certparse.Certificate, at finding.Where) {
	sFrom, sTo, ok1 := s.Validity()
	eFrom, eTo, ok2 := e.Validity()
	if !ok1 || !ok2 || sFrom.Sub(eFrom).Abs() <= sameTime && sTo.Sub(eTo).Abs() <= sameTime {
		return
	}
	from, to := sFrom, sTo
	if eFrom.After(from) {
		from = eFrom
	}
	if eTo.Before(to) {
		to = eTo
	}
	data := []finding.Datum{
		finding.Time("signing_not_before", sFrom), finding.Time("signing_not_after", sTo),
		finding.Time("encryption_not_before", eFrom), finding.Time("encryption_not_after", eTo),
	}
	if to.Before(from) {
		c.add("pair-validity-disjoint", at, data...)
		return
	}
	c.add("pair-validity", at, append(data, finding.Time("from", from), finding.Time("to", to))...)
}

// compareAltNames compares the subject alternative names. Their order does not
// matter; whether they are critical does.
func (c *pairCheck) compareAltNames(s, e *certparse.Certificate, at finding.Where) {
	sNames, _ := s.SubjectAltName()
	eNames, _ := e.SubjectAltName()
	sOnly, eOnly := missingFrom(sNames, eNames), missingFrom(eNames, sNames)
	if len(sOnly)+len(eOnly) > 0 {
		c.add("pair-san", at, finding.List("only_signing", sOnly), finding.List("only_encryption", eOnly))
		return
	}
	if a, b := altNameCritical(s), altNameCritical(e); a != b {
		role := roleEncryption
		if a {
			role = roleSigning
		}
		c.add("pair-san-critical", at, finding.Str("role", roleNames[role]))
	}
}

// missingFrom returns the names that stand in a and not in b.
func missingFrom(a, b certparse.GeneralNames) []string {
	present := make(map[string]bool, len(b))
	for _, n := range b {
		present[altNameKey(n)] = true
	}
	var missing []string
	for _, n := range a {
		if k := altNameKey(n); !present[k] {
			present[k] = true // Once is enough.
			missing = append(missing, n.Type.String()+":"+n.Value)
		}
	}
	return missing
}

// altNameKey is equal for names that are the same. Host names do not depend on
// letter case.
func altNameKey(n certparse.GeneralName) string {
	raw := string(n.Raw)
	if n.Type == certparse.NameDNS {
		raw = strings.ToLower(raw)
	}
	return n.Type.String() + ":" + raw
}

func altNameCritical(c *certparse.Certificate) bool {
	return slices.Contains(c.CriticalExtensions(), "subjectAltName")
}
