package ocsp

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// Who may sign a response, RFC 6960, Section 4.2.2.2: the issuer of the
// certificate, or a responder to which the same key of the issuer delegated it.
// The responder's certificate comes with the response, so it is as hostile as the
// rest until the issuer's signature on it was checked. Only then its key is used.

// Checking signatures is what costs time, above all with keys that the response
// brings along.
const (
	// maxCandidates is how many certificates are checked with the issuer's key.
	maxCandidates = 8
	// maxKeyBits is how many bits all the keys of the response may have together
	// with which its signature is checked: six of 2048 bits, but only one of 8192.
	maxKeyBits = 6 * 2048
)

// attempt is why a candidate is not the signer, and how far it got. Of several,
// the one that got furthest says most.
type attempt struct {
	refusal *refusal
	stage   int
	// key is set if the response's signature does not verify with it.
	key *certparse.PublicKey
}

// signer checks the response's signature.
func (v *verifier) signer() *refusal {
	best := attempt{refusal: refuse("ocsp-responder-unknown")}
	try := func(a attempt) bool {
		if a.stage > best.stage {
			best = a
		}
		return a.refusal == nil
	}
	if v.isResponder(v.issuer) && try(v.signedBy(v.opt.issuerKey(v.issuer))) {
		return nil
	}
	candidates, delegates, bits := 0, 0, 0
	for i, c := range v.response.certs {
		if !v.isResponder(c) || slices.ContainsFunc(v.response.certs[:i], c.Equal) {
			continue
		}
		a := v.delegate(c)
		if a.refusal == nil {
			if candidates++; candidates > maxCandidates {
				return refuse("ocsp-too-many-certificates", finding.Int("limit", maxCandidates))
			}
			a = v.vouchedFor(c)
		}
		if a.refusal == nil {
			if bits += max(c.PublicKey().Bits, 2048); bits > maxKeyBits && delegates > 0 {
				return refuse("ocsp-too-many-certificates", finding.Int("limit", delegates))
			}
			delegates++
			a = v.signedBy(c.PublicKey())
		}
		if try(a) {
			v.result.Delegate = c
			if c.OCSPNoCheck() != certparse.Present {
				v.note("ocsp-delegate-not-checked", finding.Str("subject", c.Subject().String()))
			}
			return nil
		}
	}
	if best.key != nil {
		return explained(best.refusal, *best.key, v.response.tbs, v.response.signature)
	}
	return best.refusal
}

// isResponder reports whether the certificate is the one that the ResponderID
// means. The hash is SHA-1 for every kind of key.
func (v *verifier) isResponder(c *certparse.Certificate) bool {
	if v.response.responderName != nil {
		return bytes.Equal(c.RawSubject(), v.response.responderName)
	}
	sum := sha1.Sum(c.PublicKey().Octets())
	return bytes.Equal(sum[:], v.response.responderKey)
}

// delegate checks what can be read in a delegate's certificate.
func (v *verifier) delegate(c *certparse.Certificate) attempt {
	if !c.Issuer().Equal(v.issuer.Subject()) {
		return attempt{refusal: refuse("ocsp-delegate-issuer"), stage: 1}
	}
	for _, rule := range delegateRules {
		if r := rule(v, c); r != nil {
			return attempt{refusal: r, stage: 2}
		}
	}
	return attempt{}
}

// vouchedFor checks the issuer's signature on the delegate's certificate.
func (v *verifier) vouchedFor(c *certparse.Certificate) attempt {
	if err := c.CheckSignature(v.opt.issuerKey(v.issuer)); err != nil {
		return attempt{refusal: refuse("ocsp-delegate-issuer"), stage: 3}
	}
	return attempt{}
}

// delegateRules are the rules for a delegate's certificate.
var delegateRules = [...]func(*verifier, *certparse.Certificate) *refusal{
	delegateDamage, delegatePurpose, delegateNotCA, delegateKeyUsage, delegateExtensions, (*verifier).delegateValidity,
}

// delegateDamage refuses a certificate of which nobody can tell what it allows:
// an extension that counts here is damaged or is there twice.
func delegateDamage(_ *verifier, c *certparse.Certificate) *refusal {
	_, basic := c.BasicConstraints()
	_, usage := c.KeyUsage()
	_, purpose := c.ExtendedKeyUsage()
	for _, x := range [...]struct {
		presence certparse.Presence
		name     string
	}{{basic, "basicConstraints"}, {usage, "keyUsage"}, {purpose, "extKeyUsage"}} {
		if x.presence == certparse.Malformed {
			return refuse("ocsp-delegate-damaged", finding.Str("extension", x.name))
		}
	}
	return nil
}

// delegatePurpose is what makes a certificate a delegate's: without it every
// certificate of the CA could vouch for every other one. That a certificate is for
// any purpose does not count.
func delegatePurpose(_ *verifier, c *certparse.Certificate) *refusal {
	if !c.HasExtendedKeyUsage(certparse.EKUOCSPSigning) {
		return refuse("ocsp-delegate-purpose")
	}
	return nil
}

func delegateNotCA(_ *verifier, c *certparse.Certificate) *refusal {
	if basic, _ := c.BasicConstraints(); basic.CA {
		return refuse("ocsp-delegate-ca")
	}
	return nil
}

func delegateKeyUsage(_ *verifier, c *certparse.Certificate) *refusal {
	if usage, presence := c.KeyUsage(); presence == certparse.Present && !usage.Has(certparse.DigitalSignature) {
		return refuse("ocsp-delegate-key-usage", finding.List("usage", usage.Strings()))
	}
	return nil
}

// delegateExtensions refuses critical extensions that this package does not heed,
// even if other parts of the library know their names.
func delegateExtensions(_ *verifier, c *certparse.Certificate) *refusal {
	for _, x := range c.Extensions() {
		if !x.Critical {
			continue
		}
		switch x.OID {
		case "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.18", "2.5.29.19", "2.5.29.31", "2.5.29.32", "2.5.29.35", "2.5.29.37",
			"2.5.29.46", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11", "1.3.6.1.5.5.7.48.1.5":
		default:
			return refuse("ocsp-delegate-extension", finding.Str("oid", x.OID))
		}
	}
	return nil
}

// delegateValidity wants the certificate valid when it was used and still now: an
// old key may be in anybody's hands.
func (v *verifier) delegateValidity(c *certparse.Certificate) *refusal {
	from, to, ok := c.Validity()
	produced, now := v.response.producedAt, v.opt.Time
	if !ok || produced.Before(from) || produced.After(to) || now.Before(from) || now.After(to) {
		return refuse("ocsp-delegate-validity", finding.Time("not_before", from), finding.Time("not_after", to))
	}
	return nil
}

// signedBy checks the response's signature with one key.
func (v *verifier) signedBy(key certparse.PublicKey) attempt {
	if err := certparse.VerifySignature(key, v.response.algorithm, v.response.tbs, v.response.signature); err != nil {
		return attempt{refusal: signatureRefusal(key, err), stage: 4, key: &key}
	}
	return attempt{}
}

// signatureRefusal says what the error of a signature check means.
func signatureRefusal(key certparse.PublicKey, err error) *refusal {
	switch {
	case errors.Is(err, certparse.ErrKeyTooLarge), errors.Is(err, certparse.ErrKeyInvalid):
		return refuse("revocation-key-unusable", finding.Str("key", key.Name()), finding.Int("bits", key.Bits))
	case errors.Is(err, certparse.ErrUnsupported):
		return refuse("revocation-signature-unsupported", finding.Str("key", key.Name()))
	}
	return refuse("revocation-signature-invalid", finding.Str("key", key.Name()))
}

// maxExplained is how many bytes are hashed again and again to explain why an SM2
// signature over them does not verify. Whoever sends more wants to keep us busy, or
// has a list that is too large for it.
const maxExplained = 8 << 10

// explained names, for an SM2 signature, what it was made with instead of what
// the standard demands. It stays refused.
func explained(r *refusal, key certparse.PublicKey, tbs, signature []byte) *refusal {
	if len(tbs) > maxExplained {
		return r
	}
	if d, err := sm2.DiagnoseSignerID(key, tbs, signature); err == nil {
		if f, ok := d.Finding(finding.Where{}); ok {
			return &refusal{f.Code, f.Data}
		}
	}
	return r
}
