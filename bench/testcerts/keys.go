// Package testcerts makes the certificates that the benchmarks and the
// conformance tests use. Each run makes the same ones, byte for byte: keys and
// signatures come from fixed seeds. The keys are TEST ONLY.
package testcerts

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
)

// Kind is the kind of key that a set of certificates has.
type Kind string

// The kinds of keys.
const (
	RSA   Kind = "RSA"
	ECDSA Kind = "ECDSA"
	SM2   Kind = "SM2"
)

// Kinds lists the kinds of keys.
var Kinds = []Kind{RSA, ECDSA, SM2}

// signer signs without randomness.
type signer struct{ key crypto.Signer }

func newSigner(kind Kind, seed string) (signer, error) {
	var key crypto.Signer
	var err error
	switch kind {
	case RSA:
		key, err = rsaKey(seed)
	case ECDSA:
		key, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), block(seed, 0))
	case SM2:
		key, err = sm2.NewPrivateKey(block(seed, 0))
	default:
		err = errors.New("testcerts: no such kind of key")
	}
	return signer{key}, err
}

// Public returns the public half of the key.
func (s signer) Public() crypto.PublicKey { return s.key.Public() }

// Sign signs a digest.
func (s signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.key.Sign(nil, digest, opts)
}

// SignMessage signs a message.
func (s signer) SignMessage(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if key, ok := s.key.(*sm2.PrivateKey); ok {
		return sm2.SignDeterministic(key, message, opts)
	}
	h := opts.HashFunc().New()
	h.Write(message)
	return s.Sign(nil, h.Sum(nil), opts)
}

// block is block n of an endless string of bytes that depends on the seed only.
func block(seed string, n uint32) []byte {
	b := sha256.Sum256(binary.BigEndian.AppendUint32([]byte("TEST ONLY "+seed), n))
	return b[:]
}

// rsaKey makes a 2048-bit key. The standard library no longer lets the caller
// choose the randomness, so the primes are searched for here.
func rsaKey(seed string) (*rsa.PrivateKey, error) {
	one, e := big.NewInt(1), big.NewInt(65537)
	p, q := prime(seed+" p"), prime(seed+" q")
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	d := new(big.Int).ModInverse(e, phi)
	if d == nil {
		return nil, errors.New("testcerts: this seed makes no RSA key")
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: int(e.Int64())},
		D:         d,
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key, key.Validate()
}

// prime is the first prime of 1024 bits from where the seed points.
func prime(seed string) *big.Int {
	var b []byte
	for n := range uint32(4) {
		b = append(b, block(seed, n)...)
	}
	b[0] |= 0xc0 // The product of two such primes has 2048 bits.
	b[len(b)-1] |= 1
	n, two := new(big.Int).SetBytes(b), big.NewInt(2)
	for !n.ProbablyPrime(10) {
		n.Add(n, two)
	}
	return n
}
