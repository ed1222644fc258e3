package certparse

import (
	"crypto"
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
)

// Errors of keys that can be read but not used for checks.
var (
	// ErrKeyTooLarge is returned for keys beyond the limits in this package.
	ErrKeyTooLarge = errors.New("certparse: the key is too large to be used")
	// ErrKeyInvalid is returned for keys that are not what their algorithm demands.
	ErrKeyInvalid = errors.New("certparse: the key is invalid")
	// ErrUnsupported is returned for algorithms that are not implemented.
	ErrUnsupported = errors.New("certparse: the algorithm is not supported")
)

// Limits on keys that are used for checks. There is one set for the whole library.
const (
	// MaxRSABits is the longest RSA modulus. The time that a check takes grows
	// with its square, and larger keys are not in use.
	MaxRSABits = 8192
	// maxDSABits is the longest DSA prime; the standard ends at 3072.
	maxDSABits = 4096
)

// Key decodes the key, checks that it is valid, and returns it as the type that
// the standard library has for it: *rsa.PublicKey, *ecdsa.PublicKey (for SM2 on
// the curve of the package sm2 of gmsm), ed25519.PublicKey, *ecdh.PublicKey for
// X25519 or *dsa.PublicKey. The error is [ErrKeyInvalid], [ErrKeyTooLarge] or
// [ErrUnsupported].
func (k PublicKey) Key() (crypto.PublicKey, error) {
	switch k.Algorithm {
	case RSA, RSAPSS:
		return k.rsaKey()
	case ECDSA:
		var curve elliptic.Curve
		switch k.Curve {
		case P224:
			curve = elliptic.P224()
		case P256:
			curve = elliptic.P256()
		case P384:
			curve = elliptic.P384()
		case P521:
			curve = elliptic.P521()
		default:
			return nil, ErrUnsupported
		}
		return k.ecKey(curve)
	case SM2:
		return k.ecKey(sm2.P256())
	case Ed25519:
		if len(k.value) != ed25519.PublicKeySize {
			return nil, ErrKeyInvalid
		}
		return ed25519.PublicKey(k.value), nil
	case X25519:
		key, err := ecdh.X25519().NewPublicKey(k.value)
		if err != nil {
			return nil, ErrKeyInvalid
		}
		return key, nil
	case DSA:
		return k.dsaKey()
	}
	return nil, ErrUnsupported
}

func (k PublicKey) rsaKey() (*rsa.PublicKey, error) {
	n, e, ok := rsaIntegers(k.value)
	if !ok {
		return nil, ErrKeyInvalid
	}
	if bitLength(n) > MaxRSABits {
		return nil, ErrKeyTooLarge
	}
	exponent, ok := smallInteger(e)
	if !ok {
		return nil, ErrKeyTooLarge
	}
	modulus := new(big.Int).SetBytes(n)
	if n[0] >= 0x80 || modulus.Bit(0) == 0 || exponent < 2 || exponent%2 == 0 {
		return nil, ErrKeyInvalid
	}
	return &rsa.PublicKey{N: modulus, E: exponent}, nil
}

// rsaIntegers returns the content octets of modulus and exponent of an RSAPublicKey.
func rsaIntegers(value []byte) (n, e []byte, ok bool) {
	r := derReader{der: value}
	seq, ok := r.expect(0, uint32(len(value)), tagSequence)
	if !ok || int(seq.end) != len(value) {
		return nil, nil, false
	}
	a, ok := r.expect(seq.body, seq.end, tagInteger)
	if !ok {
		return nil, nil, false
	}
	b, ok := r.expect(a.end, seq.end, tagInteger)
	if !ok || b.end != seq.end || a.body == a.end || b.body == b.end {
		return nil, nil, false
	}
	return a.content().of(value), b.content().of(value), true
}

func (k PublicKey) ecKey(curve elliptic.Curve) (*ecdsa.PublicKey, error) {
	size := (curve.Params().BitSize + 7) / 8
	switch {
	case len(k.value) == 1+2*size && k.value[0] == 4:
		if k.Algorithm == SM2 {
			key, err := sm2.NewPublicKey(k.value)
			if err != nil {
				return nil, ErrKeyInvalid
			}
			return key, nil
		}
		key, err := ecdsa.ParseUncompressedPublicKey(curve, k.value)
		if err != nil {
			return nil, ErrKeyInvalid
		}
		return key, nil
	case len(k.value) == 1+size && (k.value[0] == 2 || k.value[0] == 3):
		x, y := elliptic.UnmarshalCompressed(curve, k.value)
		if x == nil {
			return nil, ErrKeyInvalid
		}
		return &ecdsa.PublicKey{Curve: curve, X: x, Y: y}, nil
	}
	return nil, ErrKeyInvalid
}

func (k PublicKey) dsaKey() (*dsa.PublicKey, error) {
	var params [3]*big.Int
	_, parameters := k.identifier()
	r := derReader{der: parameters}
	seq, ok := r.expect(0, uint32(len(parameters)), tagSequence)
	pos := seq.body
	for i := range params {
		var e element
		if ok {
			e, ok = r.expect(pos, seq.end, tagInteger)
		}
		if !ok {
			return nil, ErrKeyInvalid
		}
		params[i] = signedInteger(e.content().of(parameters))
		pos = e.end
	}
	r = derReader{der: k.value}
	e, ok := r.expect(0, uint32(len(k.value)), tagInteger)
	if !ok || int(e.end) != len(k.value) {
		return nil, ErrKeyInvalid
	}
	key := &dsa.PublicKey{Parameters: dsa.Parameters{P: params[0], Q: params[1], G: params[2]}, Y: signedInteger(e.content().of(k.value))}
	one := big.NewInt(1)
	if key.P.BitLen() > maxDSABits || key.Q.BitLen() > 512 {
		return nil, ErrKeyTooLarge
	}
	if key.P.Sign() <= 0 || key.Q.Sign() <= 0 || key.P.Bit(0) == 0 ||
		key.G.Cmp(one) <= 0 || key.G.Cmp(key.P) >= 0 || key.Y.Cmp(one) <= 0 || key.Y.Cmp(key.P) >= 0 {
		return nil, ErrKeyInvalid
	}
	return key, nil
}
