package certparse

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file reads elliptic curve keys, RFC 5915 (ECPrivateKey), on the curves
// with names, SM2's among them. The public point is always computed from the
// private value; one that stands in the key is compared with it.

// ecInside reads the ECPrivateKey inside PKCS#8. The curve stands with the
// algorithm, except that SM2 has an identifier that implies it.
func (d *keyDecoder) ecInside(k pkcs8Key, algorithm KeyAlgorithm) (*decodedKey, *keyProblem) {
	curve, curveProblem := SM2P256, (*keyProblem)(nil)
	if algorithm != SM2 {
		curve, curveProblem = d.namedCurve(k.parameters)
	}
	seq, ok := d.expect(k.key.body, k.key.end, tagSequence)
	if !ok {
		return nil, d.syntax("the elliptic curve key")
	}
	return d.sec1(seq, curve, curveProblem)
}

// sec1 reads an ECPrivateKey. The curve and what is wrong with it are what stands
// outside the key: NoCurve and nil if nothing does.
func (d *keyDecoder) sec1(seq element, curve Curve, curveProblem *keyProblem) (*decodedKey, *keyProblem) {
	version, ok := d.expect(seq.body, seq.end, tagInteger)
	if !ok {
		return nil, d.syntax("the version")
	}
	if n, ok := smallInteger(version.content().of(d.der)); !ok || n != 1 {
		return nil, malformed("its version is not known").at(version.start)
	}
	private, ok := d.expect(version.end, seq.end, tagOctetString)
	if !ok {
		return nil, d.syntax("the private value")
	}
	var public element
	for pos := private.end; pos < seq.end; {
		field, ok := d.read(pos, seq.end)
		if !ok {
			d.noteTail()
			break
		}
		pos = field.end
		switch field.tag {
		case contextConstructed(0):
			parameters, ok := d.read(field.body, field.end)
			if !ok {
				d.noteTail()
				continue
			}
			own, problem := d.namedCurve(parameters)
			outside := curve != NoCurve || curveProblem != nil
			if outside && (problem != nil || own != NoCurve && own != curve) {
				return nil, inconsistent("it describes its curve twice, and differently").at(field.start)
			}
			if !outside {
				curve, curveProblem = own, problem
			}
		case contextConstructed(1):
			if public, ok = d.expect(field.body, field.end, tagBitString); !ok {
				d.noteTail()
			}
		}
	}
	if curveProblem != nil {
		return nil, curveProblem
	}
	if curve == NoCurve && d.label == "SM2 PRIVATE KEY" {
		curve = SM2P256
	}
	if curve == NoCurve {
		return nil, malformed("it does not name its curve").at(seq.start)
	}
	return d.ecKey(curve, private, public)
}

// ecKey computes the public point of a private value, and compares it with the
// one that stands in the key, if public has a tag.
func (d *keyDecoder) ecKey(curve Curve, private, public element) (*decodedKey, *keyProblem) {
	outside := inconsistent("its private value is outside the range of the curve").at(private.start)
	// Some tools leave out leading zeros and others add some; the value is the same.
	value := trimZeros(private.content().of(d.der))
	scalar := make([]byte, (curveKinds[curve].bits+7)/8)
	if len(value) > len(scalar) {
		return nil, outside
	}
	copy(scalar[len(scalar)-len(value):], value)
	defer clear(scalar)
	point, ok := publicPoint(curve, scalar)
	if !ok {
		return nil, outside
	}
	if public.tag != 0 && !samePublic(d.publicBits(public), point) {
		return nil, inconsistent("its public point does not follow from its private value").at(public.start)
	}
	return encodeEC(curve, scalar, point), nil
}

// namedCurve is the curve that parameters name; NoCurve if there are none or
// they are NULL (implicitCurve).
func (d *keyDecoder) namedCurve(parameters element) (Curve, *keyProblem) {
	switch parameters.tag {
	case 0, tagNull:
		return NoCurve, nil
	case tagOID:
		oid := parameters.content().of(d.der)
		if curve := identifyCurve(oid); curve != OtherCurve {
			return curve, nil
		}
		return NoCurve, (&keyProblem{code: "public-key-curve-unknown", data: []finding.Datum{
			finding.Str("curve", oidString(oid))}}).at(parameters.start)
	case tagSequence:
		return NoCurve, (&keyProblem{code: "public-key-explicit-parameters"}).at(parameters.start)
	}
	return NoCurve, malformed("its curve is written in a form that does not exist").at(parameters.start)
}

// publicPoint multiplies the curve's base point by the private value, and
// returns the point in its uncompressed form. It returns false if the value is
// not in the range that the curve's standard gives: from 1 to n-1, for SM2 to
// n-2, where n is the order of the base point.
func publicPoint(curve Curve, scalar []byte) ([]byte, bool) {
	switch curve {
	case P224, P256, P384, P521:
		key, err := ecdsa.ParseRawPrivateKey(standardCurve(curve), scalar)
		if err != nil {
			return nil, false
		}
		point, err := key.PublicKey.Bytes()
		return point, err == nil
	case SM2P256:
		key, err := sm2.NewPrivateKey(scalar)
		if err != nil {
			return nil, false
		}
		return uncompressed(key.X, key.Y, len(scalar)), true
	}
	return weierstrassCurves[curve]().publicPoint(scalar)
}

// standardCurve is the standard library's implementation of a curve, or nil.
func standardCurve(curve Curve) elliptic.Curve {
	switch curve {
	case P224:
		return elliptic.P224()
	case P256:
		return elliptic.P256()
	case P384:
		return elliptic.P384()
	case P521:
		return elliptic.P521()
	}
	return nil
}

// encodeEC encodes a key. Where both were allowed to name the curve, the algorithm
// does; SM2 keys get the identifier that all curves share, which more readers know.
func encodeEC(curve Curve, scalar, point []byte) *decodedKey {
	var parameters cryptobyte.Builder
	parameters.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes([]byte(curveKinds[curve].oid)) })
	private := cryptobyte.NewBuilder(make([]byte, 0, len(scalar)+len(point)+32))
	private.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Uint64(1)
		b.AddASN1OctetString(scalar)
		b.AddASN1(asn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1BitString(point) })
	})
	return &decodedKey{
		algorithm: encodeAlgorithm(ECDSA, parameters.BytesOrPanic()),
		private:   private.BytesOrPanic(),
		public:    point,
	}
}

// samePublic reports whether a public key that was written equals the one that
// was computed. A point of a curve may be written in its compressed form.
func samePublic(written, computed []byte) bool {
	if len(computed)%2 == 1 && computed[0] == 4 && len(written) == 1+len(computed)/2 {
		return written[0] == 2|computed[len(computed)-1]&1 && bytes.Equal(written[1:], computed[1:1+len(computed)/2])
	}
	return bytes.Equal(written, computed)
}
