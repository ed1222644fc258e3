package certparse

import (
	"slices"

	"github.com/certloupe/certloupe/internal/jsontext"
)

// memberNames are the members that [Certificate.WriteMember] knows.
var memberNames = []string{
	"common_name", "subject", "owner", "issuer", "version", "serial_number", "serial_hex", "effective_date", "expiry_date",
	"not_before", "not_after", "fingerprint", "signature_algorithm", "key_algorithm", "key_curve", "key_bits",
	"is_ca", "path_len", "self_issued", "san", "dns_names",
}

// Members returns the names of the members that [Certificate.WriteMember] writes.
func Members() []string { return slices.Clone(memberNames) }

// WriteMember writes one member of those that [Members] lists. Where
// [Certificate.WriteJSON] has a member of that name, it is the same; key_algorithm,
// key_curve and key_bits are those of its public_key. What the certificate does
// not have is left out.
//
// It is for rows of a table with very many certificates, and builds no strings
// where that can be avoided.
func (c *Certificate) WriteMember(w *jsontext.Writer, name string) {
	var room [512]byte
	switch name {
	case "common_name":
		c.writeCommonName(w)
	case "subject":
		w.TextField(name, c.Subject().appendRFC4514(room[:0]))
	case "owner":
		w.TextField(name, c.Subject().appendDN(room[:0]))
	case "issuer":
		w.TextField(name, c.Issuer().appendDN(room[:0]))
	case "version":
		w.IntField(name, int64(c.version))
	case "serial_number":
		w.TextField(name, appendDecimal(room[:0], c.RawSerialNumber()))
	case "serial_hex":
		w.TextField(name, appendSerialHex(room[:0], c.RawSerialNumber()))
	case "effective_date":
		c.writeDate(w, name, c.notBefore, false)
	case "expiry_date":
		c.writeDate(w, name, c.notAfter, false)
	case "not_before":
		c.writeDate(w, name, c.notBefore, true)
	case "not_after":
		c.writeDate(w, name, c.notAfter, true)
	case "fingerprint":
		c.writeFingerprint(w)
	case "signature_algorithm":
		w.StringField(name, c.SignatureAlgorithmName())
	case "key_algorithm":
		if c.keyAlgorithm != UnknownKeyAlgorithm {
			w.StringField(name, c.keyAlgorithm.String())
		} else {
			w.StringField(name, c.PublicKey().Name())
		}
	case "key_curve":
		if curve := c.keyCurve.String(); curve != "" {
			w.StringField(name, curve)
		}
	case "key_bits":
		if c.keyBits > 0 {
			w.IntField(name, int64(c.keyBits))
		}
	case "is_ca":
		w.BoolField(name, c.IsCA())
	case "path_len":
		if b, presence := c.BasicConstraints(); presence == Present && b.PathLen >= 0 {
			w.IntField(name, int64(b.PathLen))
		}
	case "self_issued":
		w.BoolField(name, c.SelfIssued())
	case "san":
		c.writeSAN(w)
	case "dns_names":
		writeStrings(w, name, c.DNSNames())
	}
}

func (c *Certificate) writeDate(w *jsontext.Writer, key string, unix int64, extended bool) {
	if c.validityForm != timeUnreadable {
		var room [32]byte
		w.TextField(key, appendTime(room[:0], unix, extended))
	}
}
