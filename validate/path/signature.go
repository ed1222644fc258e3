package path

import (
	"bytes"
	"crypto/rsa"
	"errors"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

const (
	// maxSignatures is how many signatures are verified in one call. A path has
	// hardly ever more than five certificates.
	maxSignatures = 100
	// maxEffort is how long they may take together, see effort.
	maxEffort = 300
)

// errBudget says that the budget on signatures is used up.
var errBudget = errors.New("path: the budget on signatures is used up")

// effort is how long one check of a signature takes, in units of about one check
// with a P-256 key. The longest keys that are used take a hundred times as long as
// those of nearly all certificates.
func effort(c *certparse.Certificate, key certparse.PublicKey) int {
	n := 1 + len(c.RawTBSCertificate())/(16<<10) // the slowest hash
	switch key.Algorithm {
	case certparse.RSA, certparse.RSAPSS:
		if key.Bits <= 3072 {
			break
		}
		size := key.Bits / 1024
		n += size * size / 3
		if k, err := key.Key(); err == nil && k.(*rsa.PublicKey).E > 1<<17 {
			n += size * size / 2 // Exponents have up to 31 bits; the usual one has 17, all but two of them zeros.
		}
	case certparse.ECDSA:
		switch key.Curve {
		case certparse.P224, certparse.P384:
			n += 7
		case certparse.P521:
			n += 40
		}
	case certparse.DSA:
		size := key.Bits / 512
		n += size * size * 3 / 2
	}
	return n
}

// verification is one check of a signature. The key is known by its encoding, so
// that certificates that share a key share the check.
type verification struct {
	certificate *certparse.Certificate
	spki        []byte
	err         error
}

// verify checks the signature of c, once in each call. There are so few checks
// that a search through all of them is the fastest way.
func (v *validator) verify(c *certparse.Certificate, key certparse.PublicKey) error {
	spki := key.SPKI()
	for i := range v.verified {
		if d := &v.verified[i]; d.certificate == c && bytes.Equal(d.spki, spki) {
			return d.err
		}
	}
	cost := effort(c, key)
	if len(v.verified) >= maxSignatures || v.effort > 0 && v.effort+cost > maxEffort {
		return errBudget
	}
	v.effort += cost
	err := c.CheckSignature(key)
	v.verified = append(v.verified, verification{c, spki, err})
	return err
}

// signatureProblem is the finding that fits the outcome of verify.
func signatureProblem(c *certparse.Certificate, key certparse.PublicKey, err error) (finding.Code, []finding.Datum) {
	switch {
	case err == nil:
		return "", nil
	case errors.Is(err, errBudget):
		return "path-budget", []finding.Datum{finding.Str("what", "signatures"), finding.Int("limit", maxSignatures)}
	case errors.Is(err, certparse.ErrUnsupported), errors.Is(err, certparse.ErrKeyTooLarge):
		return "signature-not-checked", []finding.Datum{finding.Str("algorithm", c.SignatureAlgorithmName()), finding.Str("key", key.Name())}
	}
	return "issuer-signature-invalid", nil
}

// DSA keys without parameters have an AlgorithmIdentifier with nothing or NULL.
const (
	silentDSA = "\x30\x09\x06\x07\x2a\x86\x48\xce\x38\x04\x01"
	nullDSA   = "\x30\x0b\x06\x07\x2a\x86\x48\xce\x38\x04\x01\x05\x00"
)

// inheritParameters is RFC 5280, Section 6.1.4 (d) to (f): a DSA key that states
// no parameters has those of its issuer's key.
func inheritParameters(key, issuer certparse.PublicKey) certparse.PublicKey {
	if key.Algorithm != certparse.DSA || issuer.Algorithm != certparse.DSA {
		return key
	}
	algorithm, value := splitKey(key.SPKI())
	if string(algorithm) != silentDSA && string(algorithm) != nullDSA {
		return key
	}
	algorithm, _ = splitKey(issuer.SPKI())
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(algorithm)
		b.AddBytes(value)
	})
	full, err := certparse.ParsePublicKey(b.BytesOrPanic()) // Both are from certificates: too short to panic.
	if err != nil {
		return key
	}
	return full
}

// splitKey returns the DER of the two parts of a SubjectPublicKeyInfo; what cannot
// be read is empty.
func splitKey(spki []byte) (algorithm, value cryptobyte.String) {
	in := cryptobyte.String(spki)
	var outer cryptobyte.String
	in.ReadASN1(&outer, asn1.SEQUENCE)
	outer.ReadASN1Element(&algorithm, asn1.SEQUENCE)
	outer.ReadASN1Element(&value, asn1.BIT_STRING)
	return algorithm, value
}
