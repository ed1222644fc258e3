package sm2

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// Half is one certificate of a pair with its private key, as it was uploaded.
type Half struct {
	// Certificate is nil if it was not given.
	Certificate *certparse.Certificate
	// Key is nil if it was not given or could not be opened.
	Key *certparse.PrivateKey
	// At and KeyAt are where findings about the certificate and about the key are
	// placed. At.Input names the field that the certificate arrived in.
	At, KeyAt finding.Where
}

// Pairing is what was learned of a pair.
type Pairing struct {
	// Signing and Encryption are the two halves sorted by what the certificates
	// are for, whatever field they arrived in. The key of a half is the one that
	// belongs to its certificate, again from whatever field; it is nil if neither
	// does.
	Signing, Encryption Half
	// Swapped says that each certificate arrived in the field of the other.
	Swapped bool
	// KeysSwapped says that each key arrived beside the certificate of the other,
	// while the certificates are in their places.
	KeysSwapped bool
	// Algorithm is the type of both keys, "RSA", "ECC" or "SM2". It is empty if
	// they differ or are of another kind.
	Algorithm string
	// SigningUsage and EncryptionUsage are the key usages of the two certificates
	// in the words of the standard.
	SigningUsage, EncryptionUsage []string
}

// What a certificate of a pair is for.
const (
	roleSigning    = 0
	roleEncryption = 1
)

var roleNames = [2]string{"signing", "encryption"}

// The key usages of each role; one of them is enough. GB/T 38636 and GM/T 0015.
var roleUsage = [2]certparse.KeyUsage{
	roleSigning:    certparse.DigitalSignature | certparse.NonRepudiation,
	roleEncryption: certparse.KeyEncipherment | certparse.DataEncipherment | certparse.KeyAgreement,
}

const caUsage = certparse.KeyCertSign | certparse.CRLSign

// CheckPair judges a signing and an encryption certificate with their keys. The
// arguments are named by the field in which each arrived; what a certificate is
// for is decided by its key usage alone. A half without certificate is reported
// as missing. What is wrong with a certificate by itself is not repeated here: it
// is in the certificate's own findings.
//
// Findings that name both certificates are placed at the encryption certificate.
func CheckPair(signing, encryption Half) (*Pairing, []finding.Finding) {
	c := &pairCheck{field: [2]Half{signing, encryption}}
	c.arrange()
	c.keys()
	for role := range c.role {
		c.usage(role)
	}
	c.compare()
	return c.pairing, c.findings
}

// pairCheck judges one pair. Its arrays are indexed by the field for a role (what
// the uploader said) or by the role itself (what the certificate says).
type pairCheck struct {
	field, role [2]Half
	// same says that both fields hold the same certificate.
	same bool
	// misplaced says that the only certificate stands in the other one's field.
	misplaced bool
	pairing   *Pairing
	findings  []finding.Finding
}

func (c *pairCheck) add(code finding.Code, at finding.Where, data ...finding.Datum) {
	c.findings = append(c.findings, finding.New(code, at, data...))
}

// fieldName is the name of the field that is meant for a role.
func (c *pairCheck) fieldName(role int) string {
	if name := c.field[role].At.Input; name != "" {
		return name
	}
	return "the field for " + roleNames[role]
}

// fits reports whether the certificate may play the role. One whose key usage is
// absent or damaged may play any.
func fits(cert *certparse.Certificate, role int) bool {
	u, presence := cert.KeyUsage()
	return presence != certparse.Present || u&roleUsage[role] != 0
}

// arrange decides which certificate plays which role. The certificates change
// places only if both then fit and did not before: one that fits nowhere does not
// become right in the other field.
func (c *pairCheck) arrange() {
	c.pairing = &Pairing{}
	a, b := c.field[0].Certificate, c.field[1].Certificate
	cross := false
	switch {
	case a != nil && b != nil:
		c.same = a.Equal(b)
		straight := fits(a, roleSigning) && fits(b, roleEncryption)
		cross = !straight && fits(b, roleSigning) && fits(a, roleEncryption)
		c.pairing.Swapped = cross
	case a != nil:
		c.misplaced = !fits(a, roleSigning) && fits(a, roleEncryption)
		cross = c.misplaced
	case b != nil:
		c.misplaced = !fits(b, roleEncryption) && fits(b, roleSigning)
		cross = c.misplaced
	}
	c.role = c.field
	if cross {
		c.role[0], c.role[1] = c.field[1], c.field[0]
	}
	for role, half := range c.role {
		if half.Certificate == nil {
			c.add("pair-incomplete", c.field[role].At, finding.Str("role", roleNames[role]))
		} else if c.misplaced {
			c.add("pair-wrong-field", half.At, finding.Str("role", roleNames[role]),
				finding.Str("field", c.fieldName(1-role)), finding.Str("expected", c.fieldName(role)), adviceData())
		}
	}
	if c.same {
		c.add("pair-same-certificate", c.field[roleEncryption].At)
	}
}

// keys finds out which certificate each key belongs to, and says what follows
// from that for the places of certificates and keys.
func (c *pairCheck) keys() {
	var own, other [2]bool // Whether the key belongs to the certificate beside it, or to the other one.
	for i, half := range c.field {
		own[i] = belongs(half.Key, half.Certificate)
		other[i] = belongs(half.Key, c.field[1-i].Certificate)
	}
	given := [2]bool{c.field[0].Key != nil, c.field[1].Key != nil}
	crossed := (other[0] || other[1]) && !own[0] && !own[1]

	switch {
	case c.same:
		// One of the keys is probably that of the certificate that was forgotten.
		if given[0] && given[1] && !own[0] && !own[1] {
			c.add("key-mismatch", c.field[roleSigning].KeyAt)
		}
	case crossed && (c.pairing.Swapped || c.misplaced):
		// Only the certificates are in the wrong places; the keys are in the right ones.
		for i := range c.field {
			if given[i] && !other[i] && c.field[1-i].Certificate != nil {
				c.add("key-mismatch", c.field[i].KeyAt)
			}
		}
	case crossed && c.onlyCrossed(given, other):
		c.pairing.KeysSwapped = true
		c.add("pair-keys-swapped", c.field[roleEncryption].KeyAt)
	case own[0] && other[1] && !own[1]:
		c.add("pair-same-private-key", c.field[1].KeyAt)
	case own[1] && other[0] && !own[0]:
		c.add("pair-same-private-key", c.field[0].KeyAt)
	default:
		for i, half := range c.field {
			if given[i] && !own[i] && half.Certificate != nil {
				c.add("key-mismatch", half.KeyAt)
			}
		}
	}

	if c.pairing.Swapped {
		what := "the two certificates and their keys"
		if crossed {
			what = "the two certificates; their keys are in the right fields"
		}
		c.add("pair-swapped", c.field[roleEncryption].At,
			finding.Str("signing_field", c.fieldName(roleSigning)), finding.Str("encryption_field", c.fieldName(roleEncryption)),
			finding.Str("exchange", what), adviceData())
	}
	c.result()
}

// onlyCrossed reports whether every key that can be judged belongs to the other certificate.
func (c *pairCheck) onlyCrossed(given, other [2]bool) bool {
	for i := range given {
		if given[i] && !other[i] && c.field[1-i].Certificate != nil {
			return false
		}
	}
	return true
}

func belongs(key *certparse.PrivateKey, cert *certparse.Certificate) bool {
	return key != nil && cert != nil && key.Matches(cert.PublicKey())
}

// result fills in the sorted halves and what is to be said of them.
func (c *pairCheck) result() {
	p := c.pairing
	sorted := c.role
	for role := range sorted {
		h := &sorted[role]
		h.Key, h.KeyAt = nil, finding.Where{}
		for _, from := range [2]Half{c.role[role], c.role[1-role]} {
			if h.Key == nil && belongs(from.Key, h.Certificate) {
				h.Key, h.KeyAt = from.Key, from.KeyAt
			}
		}
	}
	p.Signing, p.Encryption = sorted[roleSigning], sorted[roleEncryption]
	p.SigningUsage, p.EncryptionUsage = usageOf(p.Signing.Certificate), usageOf(p.Encryption.Certificate)
	for i, cert := range []*certparse.Certificate{p.Signing.Certificate, p.Encryption.Certificate} {
		if cert == nil {
			continue
		}
		if t := cert.PublicKey().Type(); i == 0 || p.Signing.Certificate == nil || p.Algorithm == t {
			p.Algorithm = t
		} else {
			p.Algorithm = ""
		}
	}
}

func usageOf(cert *certparse.Certificate) []string {
	if cert == nil {
		return nil
	}
	u, _ := cert.KeyUsage()
	return u.Strings()
}

// usage judges the key usage of the certificate that plays the role.
func (c *pairCheck) usage(role int) {
	half := c.role[role]
	cert := half.Certificate
	if cert == nil || c.same && role == roleEncryption {
		return
	}
	u, presence := cert.KeyUsage()
	at := half.At
	name := finding.Str("role", roleNames[role])
	ca := cert.IsCA() || presence == certparse.Present && u&caUsage != 0
	if ca {
		at.Field = "basic_constraints"
		c.add("pair-ca", at, name)
	}
	if c.same {
		return // It is in the wrong place at least once, whatever it is for.
	}
	at.Field = "key_usage"
	shown := finding.List("usage", u.Strings())
	switch {
	case presence == certparse.Absent:
		c.add("pair-usage-missing", at, name)
	case presence != certparse.Present:
		// The certificate's own findings say that the extension is damaged.
	case u&roleUsage[0] != 0 && u&roleUsage[1] != 0:
		c.add("pair-usage-both", at, name, shown)
	case u&roleUsage[role] != 0:
	case ca && u&(roleUsage[0]|roleUsage[1]) == 0:
		// A CA certificate says by its nature that it is for neither.
	default:
		if len(u.Strings()) == 0 {
			shown = finding.Str("usage", "none")
		}
		c.add("pair-usage", at, name, shown)
	}
}
