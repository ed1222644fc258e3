package forge

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Key is a key that signs. Whoever wants a signature that is wrong changes its
// fields.
type Key struct {
	// SPKI is the DER of the SubjectPublicKeyInfo, and Algorithm that of the
	// AlgorithmIdentifier of the signatures.
	SPKI, Algorithm []byte
	// Sign returns the signature of a message.
	Sign func(message []byte) []byte

	sm2 *gmsm.PrivateKey
	rsa crypto.Signer
}

// StandardID is the signer ID of GB/T 35276.
const StandardID = "1234567812345678"

// ErrKey is returned for a kind of key that nothing here signs with.
var ErrKey = errors.New("the key is not RSA, ECDSA on P-256, P-384 or P-521, Ed25519 or SM2")

// curves are the algorithms of ECDSA, by the size of the curve.
var curves = map[int]struct {
	oid  string
	hash crypto.Hash
}{256: {"1.2.840.10045.4.3.2", crypto.SHA256}, 384: {"1.2.840.10045.4.3.3", crypto.SHA384}, 521: {"1.2.840.10045.4.3.4", crypto.SHA512}}

// NewKey returns the key that signs with a private key: of RSA by PKCS #1 v1.5
// with SHA-256, of ECDSA with the hash function as wide as the curve, of SM2 with
// SM3 and the standard ID. Signatures with keys of the standard library and of
// gmsm are always the same for the same message.
func NewKey(private crypto.Signer) (*Key, error) {
	if private, ok := private.(*gmsm.PrivateKey); ok {
		return newSM2(private), nil
	}
	spki, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	k := &Key{SPKI: spki}
	sign := func(hash crypto.Hash) {
		k.Sign = func(m []byte) []byte {
			if hash != 0 {
				h := hash.New()
				h.Write(m)
				m = h.Sum(nil)
			}
			return must(private.Sign(randomness(private), m, hash))
		}
	}
	switch public := private.Public().(type) {
	case *rsa.PublicKey:
		k.rsa, k.Algorithm = private, Algorithm("1.2.840.113549.1.1.11", Null())
		sign(crypto.SHA256)
	case *ecdsa.PublicKey:
		c, ok := curves[public.Curve.Params().BitSize]
		if !ok {
			return nil, ErrKey
		}
		k.Algorithm = Algorithm(c.oid)
		sign(c.hash)
	case ed25519.PublicKey:
		k.Algorithm = Algorithm("1.3.101.112")
		sign(0)
	default:
		return nil, ErrKey
	}
	return k, nil
}

// randomness is none for the keys of the standard library: their signatures then
// are deterministic (RFC 6979).
func randomness(private crypto.Signer) io.Reader {
	switch private.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey:
		return nil
	}
	return rand.Reader
}

// Open returns the key in a PKCS #8 structure.
func Open(pkcs8 []byte) (*Key, error) {
	private, err := smx509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, err
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, ErrKey
	}
	return NewKey(signer)
}

func newSM2(private *gmsm.PrivateKey) *Key {
	point := append([]byte{4}, append(private.X.FillBytes(make([]byte, 32)), private.Y.FillBytes(make([]byte, 32))...)...)
	return &Key{
		sm2:       private,
		SPKI:      Sequence(Algorithm("1.2.840.10045.2.1", OID("1.2.156.10197.1.301")), Bits(0, point...)),
		Algorithm: Algorithm("1.2.156.10197.1.501"),
		Sign: func(m []byte) []byte {
			return must(gmsm.SignDeterministic(private, m, gmsm.NewSM2SignerOption(true, []byte(StandardID))))
		},
	}
}

// SM2 reports whether it is an SM2 key.
func (k *Key) SM2() bool { return k.sm2 != nil }

// RSA reports whether it is an RSA key.
func (k *Key) RSA() bool { return k.rsa != nil }

// WithEmptyID is the SM2 key signing as OpenSSL does unless told otherwise: with
// an empty signer ID.
func (k *Key) WithEmptyID() *Key {
	c := *k
	params := k.sm2.Curve.Params()
	za := sm3.New()
	za.Write([]byte{0, 0})
	for _, n := range []*big.Int{new(big.Int).Sub(params.P, big.NewInt(3)), params.B, params.Gx, params.Gy, k.sm2.X, k.sm2.Y} {
		za.Write(n.FillBytes(make([]byte, 32)))
	}
	identity := za.Sum(nil)
	c.Sign = func(m []byte) []byte {
		h := sm3.New()
		h.Write(identity)
		h.Write(m)
		return must(gmsm.SignDeterministic(k.sm2, h.Sum(nil), nil))
	}
	return &c
}

// WithPSS is the RSA key signing with RSASSA-PSS. The salt is all
// zeros, so that the signature is always the same.
func (k *Key) WithPSS() *Key {
	c := *k
	hash := Algorithm("2.16.840.1.101.3.4.2.1", Null())
	c.Algorithm = Algorithm("1.2.840.113549.1.1.10", Sequence(Explicit(0, hash),
		Explicit(1, Algorithm("1.2.840.113549.1.1.8", hash)), Explicit(2, Integer(32))))
	c.Sign = func(m []byte) []byte {
		digest := sha256.Sum256(m)
		zeros := bytes.NewReader(make([]byte, 64))
		return must(k.rsa.Sign(zeros, digest[:], &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256}))
	}
	return &c
}

// Public are the octets of the key's BIT STRING, of which hashes are made.
func (k *Key) Public() []byte {
	s := cryptobyte.String(k.SPKI)
	var inner, value cryptobyte.String
	if !s.ReadASN1(&inner, asn1.SEQUENCE) || !inner.SkipASN1(asn1.SEQUENCE) || !inner.ReadASN1(&value, asn1.BIT_STRING) {
		panic("the key cannot be read")
	}
	return value[1:]
}
