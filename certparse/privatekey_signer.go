package certparse

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"math/big"
	"slices"

	"github.com/emmansun/gmsm/sm2"
)

var (
	errWiped    = errors.New("certparse: the private key was wiped")
	errNoSigner = errors.New("certparse: there is no signer for keys of this algorithm or curve")
)

// Matches reports whether the private key belongs to the public key.
func (k *PrivateKey) Matches(pub PublicKey) bool {
	if k.public.Equal(pub) {
		return true
	}
	// Equal needs the curve's arithmetic to compare a compressed point.
	return k.public.Algorithm == ECDSA && pub.Algorithm == ECDSA && k.public.Curve == pub.Curve &&
		samePublic(pub.value, k.public.value)
}

// Signer returns the key in a form that can sign: *[rsa.PrivateKey],
// *[ecdsa.PrivateKey], [ed25519.PrivateKey], or for SM2 *sm2.PrivateKey of gmsm.
// A key that is restricted to RSA-PSS comes as *rsa.PrivateKey; the caller gives
// *rsa.PSSOptions when signing. There is no signer for other algorithms and
// curves, for RSA keys that the standard library thinks unsafe, and after
// [PrivateKey.Wipe].
func (k *PrivateKey) Signer() (crypto.Signer, error) {
	der := k.encoding()
	if der == nil {
		return nil, errWiped
	}
	// The encoding is this package's own, so it holds what is looked for.
	r := derReader{der: der}
	outer, _ := r.expect(0, uint32(len(r.der)), tagSequence)
	version, _ := r.expect(outer.body, outer.end, tagInteger)
	algorithm, _ := r.expect(version.end, outer.end, tagSequence)
	private, _ := r.expect(algorithm.end, outer.end, tagOctetString)
	inner, ok := r.read(private.body, private.end)
	if !ok {
		return nil, errNoSigner
	}
	switch k.public.Algorithm {
	case RSA, RSAPSS:
		return rsaSigner(&r, inner)
	case ECDSA:
		if curve := standardCurve(k.public.Curve); curve != nil {
			return ecdsa.ParseRawPrivateKey(curve, sec1Scalar(&r, inner))
		}
	case SM2:
		return sm2.NewPrivateKey(sec1Scalar(&r, inner))
	case Ed25519:
		return ed25519.NewKeyFromSeed(inner.content().of(r.der)), nil
	}
	return nil, errNoSigner
}

// sec1Scalar is the private value of an ECPrivateKey.
func sec1Scalar(r *derReader, seq element) []byte {
	version, _ := r.expect(seq.body, seq.end, tagInteger)
	scalar, _ := r.expect(version.end, seq.end, tagOctetString)
	return scalar.content().of(r.der)
}

// rsaSigner makes the standard library's key from an RSAPrivateKey.
func rsaSigner(r *derReader, seq element) (crypto.Signer, error) {
	var values []*big.Int
	pos := seq.body
	for range 9 {
		e, _ := r.expect(pos, seq.end, tagInteger)
		values = append(values, new(big.Int).SetBytes(e.content().of(r.der)))
		pos = e.end
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: values[1], E: int(values[2].Int64())},
		D:         values[3],
		Primes:    slices.Clone(values[4:6]),
	}
	if pos < seq.end {
		list, _ := r.expect(pos, seq.end, tagSequence)
		for at := list.body; at < list.end; {
			info, _ := r.expect(at, list.end, tagSequence)
			prime, _ := r.expect(info.body, info.end, tagInteger)
			key.Primes = append(key.Primes, new(big.Int).SetBytes(prime.content().of(r.der)))
			at = info.end
		}
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		return nil, errNoSigner
	}
	return key, nil
}
