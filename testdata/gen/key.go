package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"hash"
	"math/big"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The object identifiers of keys and signatures.
const (
	oidRSA           = "1.2.840.113549.1.1.1"
	oidEC            = "1.2.840.10045.2.1"
	oidDSA           = "1.2.840.10040.4.1"
	oidEd25519       = "1.3.101.112"
	oidP256          = "1.2.840.10045.3.1.7"
	oidSM2           = "1.2.156.10197.1.301"
	oidSHA256RSA     = "1.2.840.113549.1.1.11"
	oidSHA1ECDSA     = "1.2.840.10045.4.1"
	oidSHA256ECDSA   = "1.2.840.10045.4.3.2"
	oidSHA384ECDSA   = "1.2.840.10045.4.3.3"
	oidSM2WithSM3    = "1.2.156.10197.1.501"
	oidPrivateArc    = "1.3.6.1.4.1.99999.1" // Made up: nobody knows it.
	signerIDStandard = "1234567812345678"
)

// key is a test key with what certificates and uploads need of it.
type key struct {
	private any
	pkcs8   []byte
	spki    []byte
	// algorithm is the AlgorithmIdentifier of the key's signatures.
	algorithm []byte
	// sign signs in a way that gives the same bytes each time.
	sign func(message []byte) []byte
}

// The files in testdata/keys were made once:
//
//	openssl genrsa 2048, 1024 and 8200
//	openssl ecparam -genkey -name prime256v1 and secp384r1
//	openssl genpkey -algorithm ed25519, SM2 and DSA (2048 bits, q of 256 bits)
//
// each through openssl pkcs8 -topk8 -nocrypt, with a line in front that says
// what they are.
func loadKey(dir, name string) (*key, error) {
	file, err := os.ReadFile(filepath.Join(dir, name+".pem"))
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(file, []byte("TEST ONLY")) {
		return nil, fmt.Errorf("the key %s does not say TEST ONLY", name)
	}
	block, _ := pem.Decode(file)
	if block == nil {
		return nil, fmt.Errorf("the key %s is not PEM", name)
	}
	k := &key{pkcs8: block.Bytes}
	return k, k.open()
}

// open decodes the PKCS#8 structure and fills in the rest.
func (k *key) open() error {
	s := cryptobyte.String(k.pkcs8)
	var outer, id, private cryptobyte.String
	var version int
	var wholeID cryptobyte.String
	if !s.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1Integer(&version) ||
		!outer.ReadASN1Element(&wholeID, asn1.SEQUENCE) || !outer.ReadASN1(&private, asn1.OCTET_STRING) {
		return fmt.Errorf("a key is not PKCS#8")
	}
	id = wholeID
	id.ReadASN1(&id, asn1.SEQUENCE)
	switch {
	case bytes.Contains(wholeID, oid(oidSM2)):
		return k.openSM2(private)
	case bytes.HasPrefix(id, oid(oidDSA)):
		return k.openDSA(wholeID, id, private)
	}
	var err error
	if k.private, err = x509.ParsePKCS8PrivateKey(k.pkcs8); err != nil {
		return err
	}
	if k.spki, err = x509.MarshalPKIXPublicKey(k.private.(crypto.Signer).Public()); err != nil {
		return err
	}
	switch private := k.private.(type) {
	case *rsa.PrivateKey:
		k.algorithm = algorithm(oidSHA256RSA, null())
		k.sign = func(m []byte) []byte {
			digest := sha256.Sum256(m)
			return must(rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:]))
		}
	case *ecdsa.PrivateKey:
		// Without a source of randomness the signature is that of RFC 6979.
		if private.Curve.Params().BitSize == 384 {
			k.algorithm = algorithm(oidSHA384ECDSA)
			k.sign = func(m []byte) []byte {
				digest := sha512.Sum384(m)
				return must(private.Sign(nil, digest[:], crypto.SHA384))
			}
			break
		}
		k.algorithm = algorithm(oidSHA256ECDSA)
		k.sign = func(m []byte) []byte {
			digest := sha256.Sum256(m)
			return must(private.Sign(nil, digest[:], crypto.SHA256))
		}
	case ed25519.PrivateKey:
		k.algorithm = algorithm(oidEd25519)
		k.sign = func(m []byte) []byte { return ed25519.Sign(private, m) }
	}
	return nil
}

func (k *key) openSM2(ecPrivateKey cryptobyte.String) error {
	var inner, scalar cryptobyte.String
	var version int
	if !ecPrivateKey.ReadASN1(&inner, asn1.SEQUENCE) || !inner.ReadASN1Integer(&version) || !inner.ReadASN1(&scalar, asn1.OCTET_STRING) {
		return fmt.Errorf("an SM2 key is not an ECPrivateKey")
	}
	private, err := sm2.NewPrivateKey(scalar)
	if err != nil {
		return err
	}
	k.private = private
	k.spki = sequence(algorithm(oidEC, oid(oidSM2)), bits(0, sm2Point(private)...))
	k.algorithm = algorithm(oidSM2WithSM3)
	k.sign = func(m []byte) []byte {
		return must(sm2.SignDeterministic(private, m, sm2.NewSM2SignerOption(true, []byte(signerIDStandard))))
	}
	return nil
}

func sm2Point(private *sm2.PrivateKey) []byte {
	point := append([]byte{4}, private.X.FillBytes(make([]byte, 32))...)
	return append(point, private.Y.FillBytes(make([]byte, 32))...)
}

// signWithEmptyID signs as OpenSSL does when no signer ID is set: with an ID of
// no characters. gmsm takes that for the standard one, so the hash of the key and
// the ID (ZA of GB/T 32918.2, Section 5.5) is computed here.
func (k *key) signWithEmptyID(message []byte) []byte { return k.signSM2(sm3.New, "", message) }

// signWithSHA256 signs with another hash function than the standard one.
func (k *key) signWithSHA256(message []byte) []byte {
	return k.signSM2(sha256.New, signerIDStandard, message)
}

func (k *key) signSM2(newHash func() hash.Hash, id string, message []byte) []byte {
	private := k.private.(*sm2.PrivateKey)
	params := private.Curve.Params()
	a := new(big.Int).Sub(params.P, big.NewInt(3))
	za := newHash()
	za.Write([]byte{byte(len(id) >> 5), byte(len(id) << 3)}) // The length of the ID in bits.
	za.Write([]byte(id))
	for _, n := range []*big.Int{a, params.B, params.Gx, params.Gy, private.X, private.Y} {
		za.Write(n.FillBytes(make([]byte, 32)))
	}
	h := newHash()
	h.Write(za.Sum(nil))
	h.Write(message)
	return must(sm2.SignDeterministic(private, h.Sum(nil), nil))
}

// openDSA computes the public half; nothing is signed with DSA here.
func (k *key) openDSA(whole, id, private cryptobyte.String) error {
	var parameters cryptobyte.String
	p, q, g, x := new(big.Int), new(big.Int), new(big.Int), new(big.Int)
	if !id.SkipASN1(asn1.OBJECT_IDENTIFIER) || !id.ReadASN1(&parameters, asn1.SEQUENCE) ||
		!parameters.ReadASN1Integer(p) || !parameters.ReadASN1Integer(q) || !parameters.ReadASN1Integer(g) || !private.ReadASN1Integer(x) {
		return fmt.Errorf("the DSA key cannot be read")
	}
	var y cryptobyte.Builder
	y.AddASN1BigInt(new(big.Int).Exp(g, x, p))
	k.spki = sequence(whole, bits(0, y.BytesOrPanic()...))
	return nil
}

// id is the key identifier of RFC 5280, Section 4.2.1.2, method 1.
func (k *key) id() []byte {
	s := cryptobyte.String(content(k.spki))
	var public cryptobyte.String
	s.SkipASN1(asn1.SEQUENCE)
	s.ReadASN1(&public, asn1.BIT_STRING)
	sum := sha1.Sum(public[1:])
	return sum[:]
}

// pem is the private key as most tools write it today.
func (k *key) pem() []byte { return pemBlock("PRIVATE KEY", k.pkcs8) }

func pemBlock(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
