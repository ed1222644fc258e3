package certparse

import (
	"slices"

	"github.com/certloupe/certloupe/internal/jsontext"
)

// Member is one member of a certificate's report that stands for itself, so that a
// row of a table can have it. [MemberNamed] finds it by its name.
type Member uint8

const (
	memberCommonName Member = iota
	memberSubject
	memberOwner
	memberIssuer
	memberVersion
	memberSerialNumber
	memberSerialHex
	memberEffectiveDate
	memberExpiryDate
	memberNotBefore
	memberNotAfter
	memberFingerprint
	memberSignatureAlgorithm
	memberKeyAlgorithm
	memberKeyCurve
	memberKeyBits
	memberIsCA
	memberPathLen
	memberSelfIssued
	memberSAN
	memberDNSNames

	memberCount // how many there are
)

var memberNames = [memberCount]string{
	memberCommonName: "common_name", memberSubject: "subject", memberOwner: "owner", memberIssuer: "issuer",
	memberVersion: "version", memberSerialNumber: "serial_number", memberSerialHex: "serial_hex",
	memberEffectiveDate: "effective_date", memberExpiryDate: "expiry_date", memberNotBefore: "not_before", memberNotAfter: "not_after",
	memberFingerprint: "fingerprint", memberSignatureAlgorithm: "signature_algorithm",
	memberKeyAlgorithm: "key_algorithm", memberKeyCurve: "key_curve", memberKeyBits: "key_bits",
	memberIsCA: "is_ca", memberPathLen: "path_len", memberSelfIssued: "self_issued", memberSAN: "san", memberDNSNames: "dns_names",
}

// Members returns the names of all members that [Certificate.WriteMember] writes.
func Members() []string { return slices.Clone(memberNames[:]) }

// MemberNamed returns the member of that name.
func MemberNamed(name string) (m Member, ok bool) {
	i := slices.Index(memberNames[:], name)
	return Member(max(i, 0)), i >= 0
}

// WriteMember writes one member. Where [Certificate.WriteJSON] has a member of that
// name, it is the same; key_algorithm, key_curve and key_bits are those of its
// public_key. What the certificate does not have is left out.
//
// It is for rows of a table with very many certificates, and builds no strings
// where that can be avoided.
func (c *Certificate) WriteMember(w *jsontext.Writer, m Member) {
	switch name := memberNames[m]; m {
	case memberCommonName:
		c.writeCommonName(w)
	case memberSubject:
		writeName(w, name, c.Subject(), true)
	case memberOwner:
		writeName(w, name, c.Subject(), false)
	case memberIssuer:
		writeName(w, name, c.Issuer(), false)
	case memberVersion:
		w.IntField(name, int64(c.version))
	case memberSerialNumber:
		c.writeSerialNumber(w)
	case memberSerialHex:
		var room [64]byte
		w.TextField(name, appendSerialHex(room[:0], c.RawSerialNumber()))
	case memberEffectiveDate:
		c.writeDate(w, name, c.notBefore, false)
	case memberExpiryDate:
		c.writeDate(w, name, c.notAfter, false)
	case memberNotBefore:
		c.writeDate(w, name, c.notBefore, true)
	case memberNotAfter:
		c.writeDate(w, name, c.notAfter, true)
	case memberFingerprint:
		c.writeFingerprint(w)
	case memberSignatureAlgorithm:
		w.StringField(name, c.SignatureAlgorithmName())
	case memberKeyAlgorithm:
		if c.keyAlgorithm != UnknownKeyAlgorithm {
			w.StringField(name, c.keyAlgorithm.String())
		} else {
			w.StringField(name, c.PublicKey().Name())
		}
	case memberKeyCurve:
		if curve := c.keyCurve.String(); curve != "" {
			w.StringField(name, curve)
		}
	case memberKeyBits:
		if c.keyBits > 0 {
			w.IntField(name, int64(c.keyBits))
		}
	case memberIsCA:
		w.BoolField(name, c.IsCA())
	case memberPathLen:
		if b, presence := c.BasicConstraints(); presence == Present && b.PathLen >= 0 {
			w.IntField(name, int64(b.PathLen))
		}
	case memberSelfIssued:
		w.BoolField(name, c.SelfIssued())
	case memberSAN:
		c.writeSAN(w)
	case memberDNSNames:
		writeStrings(w, name, c.DNSNames())
	}
}

// writeName writes a name in one of its two forms of text.
func writeName(w *jsontext.Writer, key string, n Name, rfc4514 bool) {
	var room [512]byte
	w.TextField(key, n.appendText(room[:0], rfc4514))
}

func (c *Certificate) writeDate(w *jsontext.Writer, key string, unix int64, extended bool) {
	if c.validityForm != timeUnreadable {
		var room [32]byte
		w.TextField(key, appendTime(room[:0], unix, extended))
	}
}
