package certparse

import (
	"github.com/certloupe/certloupe/finding"
)

// algorithmIdentifier is an AlgorithmIdentifier as spans; parameters.end is 0 if there are none.
type algorithmIdentifier struct {
	whole      element
	oid        span
	parameters element
}

// algorithmIdentifier reads the AlgorithmIdentifier at pos.
func (r *derReader) algorithmIdentifier(pos, limit uint32) (id algorithmIdentifier, ok bool) {
	if id.whole, ok = r.expect(pos, limit, tagSequence); !ok {
		return id, false
	}
	oid, ok := r.expect(id.whole.body, id.whole.end, tagOID)
	if !ok {
		return id, false
	}
	id.oid = oid.content()
	if oid.end == id.whole.end {
		return id, true
	}
	if id.parameters, ok = r.read(oid.end, id.whole.end); !ok {
		return id, false
	}
	if id.parameters.end != id.whole.end {
		r.fail(id.parameters.end, "something follows an algorithm's parameters")
		return id, false
	}
	return id, true
}

// isNull reports whether the parameters are an ASN.1 NULL.
func (id algorithmIdentifier) isNull() bool {
	return id.parameters.tag == tagNull && id.parameters.body == id.parameters.end
}

func (id algorithmIdentifier) hasParameters() bool { return id.parameters.end > 0 }

// publicKey reads the SubjectPublicKeyInfo, RFC 5280, Section 4.1.2.7. It sees
// to the form only; whether a point lies on its curve is decided when the key is used.
func (p *parser) publicKey() {
	c := p.c
	id, ok := p.algorithmIdentifier(c.spki.body, c.spki.end)
	if !ok {
		p.publicKeyProblem(p.problemAt, p.problem)
		return
	}
	bits, ok := p.expect(id.whole.end, c.spki.end, tagBitString)
	if !ok {
		p.publicKeyProblem(p.problemAt, p.problem)
		return
	}
	if bits.end != c.spki.end {
		p.publicKeyProblem(bits.end, "something follows the key")
	}
	c.keyValue = p.bitString(bits, "public_key")
	oid := id.oid.of(p.der)
	c.keyAlgorithm = identifyKeyAlgorithm(oid)
	switch c.keyAlgorithm {
	case RSA:
		if !id.hasParameters() {
			p.parameterProblem(id, "RSA", "public_key", "missing (NULL is required)")
		} else if !id.isNull() {
			p.parameterProblem(id, "RSA", "public_key", "not NULL")
		}
		p.rsaPublicKey()
	case RSAPSS:
		if id.hasParameters() && id.parameters.tag != tagSequence {
			p.parameterProblem(id, "RSA-PSS", "public_key", "not a sequence")
		}
		p.rsaPublicKey()
	case ECDSA, SM2:
		p.ecPublicKey(id)
	case DSA:
		p.note("dsa-key", "public_key", c.spki.start)
		if id.parameters.tag == tagSequence {
			if e, ok := p.expect(id.parameters.body, id.parameters.end, tagInteger); ok {
				c.keyBits = uint32(bitLength(e.content().of(p.der)))
			}
		}
		if e, ok := p.expect(c.keyValue.off, c.keyValue.end(), tagInteger); !ok || e.end != c.keyValue.end() {
			p.publicKeyProblem(c.keyValue.off, "the DSA key is not one integer")
		}
	case DH:
	case UnknownKeyAlgorithm:
		p.note("public-key-algorithm-unknown", "public_key", id.whole.start, finding.Str("oid", oidString(oid)))
		c.keyBits = 8 * c.keyValue.len
	default:
		kind := &keyAlgorithmKinds[c.keyAlgorithm]
		c.keyBits = uint32(8 * kind.octets)
		if id.hasParameters() {
			p.parameterProblem(id, kind.name, "public_key", "present but must be absent")
		}
		if int(c.keyValue.len) != kind.octets {
			p.publicKeyProblem(bits.start, "a "+kind.name+" key has "+itoa(kind.octets)+" octets, this one "+itoa(int(c.keyValue.len)))
		}
	}
}

func (p *parser) publicKeyProblem(offset uint32, problem string) {
	p.note("public-key-malformed", "public_key", offset, finding.Str("problem", problem))
}

func (p *parser) parameterProblem(id algorithmIdentifier, algorithm, field, problem string) {
	p.note("algorithm-parameters", field, id.whole.start,
		finding.Str("algorithm", algorithm), finding.Str("field", field), finding.Str("problem", problem))
}

// rsaPublicKey looks at modulus and exponent, RFC 8017, Appendix A.1.1.
func (p *parser) rsaPublicKey() {
	c := p.c
	key := c.keyValue.of(p.der)
	n, e, ok := rsaIntegers(key)
	if !ok {
		p.publicKeyProblem(c.keyValue.off, "the RSA key is not a sequence of modulus and exponent")
		return
	}
	c.keyBits = uint32(bitLength(n))
	switch {
	case n[0] >= 0x80 || n[len(n)-1]&1 == 0:
		p.publicKeyProblem(c.keyValue.off, "the RSA modulus is negative or even")
	case !isIntegerMinimal(n) || !isIntegerMinimal(e):
		p.note("integer-not-minimal", "public_key", c.keyValue.off, finding.Str("field", "RSA key"))
	}
	if c.keyBits > MaxRSABits {
		p.note("rsa-key-too-large", "public_key", c.keyValue.off, finding.Int("bits", int(c.keyBits)), finding.Int("limit", MaxRSABits))
	} else if c.keyBits < 2048 {
		p.note("rsa-key-too-short", "public_key", c.keyValue.off, finding.Int("bits", int(c.keyBits)))
	}
	exponent, small := smallInteger(e)
	problem := ""
	switch {
	case e[0] >= 0x80:
		problem = "is negative"
	case !small:
		problem = "is larger than 2147483647"
	case exponent < 3:
		problem = "is " + itoa(exponent)
	case exponent%2 == 0:
		problem = "is even"
	}
	if problem != "" {
		p.note("rsa-exponent", "public_key", c.keyValue.off, finding.Str("problem", problem))
	}
}

// ecPublicKey looks at the curve and the form of the point, RFC 5480, Section 2.
func (p *parser) ecPublicKey(id algorithmIdentifier) {
	c := p.c
	switch {
	case c.keyAlgorithm == SM2:
		// The algorithm names the curve; parameters, if any, repeat it.
		c.keyCurve = SM2P256
	case id.parameters.tag == tagOID:
		if c.keyCurve = identifyCurve(id.parameters.content().of(p.der)); c.keyCurve == SM2P256 {
			c.keyAlgorithm = SM2
		}
	case id.parameters.tag == tagSequence:
		c.keyCurve = OtherCurve
		p.note("public-key-explicit-parameters", "public_key", id.parameters.start)
		return
	default:
		// Without its curve the key is of no use to anybody.
		p.publicKeyProblem(id.whole.start, "the EC key does not say on which curve it is")
		return
	}
	if c.keyCurve == OtherCurve {
		if name, bits := weakCurve(id.parameters.content().of(p.der)); name != "" {
			c.keyBits = uint32(bits)
			p.note("ec-curve-weak", "public_key", id.parameters.start, finding.Str("curve", name), finding.Int("bits", bits))
			return
		}
		p.note("public-key-curve-unknown", "public_key", id.parameters.start,
			finding.Str("curve", oidString(id.parameters.content().of(p.der))))
		return
	}
	kind := &curveKinds[c.keyCurve]
	c.keyBits = uint32(kind.bits)
	point, size := c.keyValue.of(p.der), (kind.bits+7)/8
	switch {
	case len(point) == 1+2*size && point[0] == 4:
	case len(point) == 1+size && (point[0] == 2 || point[0] == 3):
	case len(point) == 1 && point[0] == 0:
		p.note("ec-point-infinity", "public_key", c.keyValue.off)
	default:
		p.publicKeyProblem(c.keyValue.off, "the point has not the form that a point on "+kind.name+" has")
	}
}
