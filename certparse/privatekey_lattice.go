package certparse

import (
	"bytes"
	"crypto"
	"crypto/sha3"
	"errors"
	"slices"

	"github.com/emmansun/gmsm/mldsa"
	"github.com/emmansun/gmsm/mlkem"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file reads the post-quantum keys: ML-DSA (RFC 9881), ML-KEM (RFC 9935)
// and SLH-DSA (RFC 9909). A key of the first two is a CHOICE of the seed, of the
// key that is expanded from it, and of both; the third is a plain string of
// bytes that ends in the public key.

// latticeKind is how the keys of one parameter set are made.
type latticeKind struct {
	// seed is how many octets the seed has.
	seed int
	// expanded is how many octets the expanded key has.
	expanded int
	// expand returns the expanded and the public key of a seed.
	expand func(seed []byte) (expanded, public []byte, err error)
	// public returns the public key of an expanded key.
	public func(expanded []byte) ([]byte, error)
}

var latticeKinds = map[KeyAlgorithm]latticeKind{
	MLDSA44:   signingKind(mldsa.PrivateKeySize44, mldsa.NewKey44, mldsa.NewPrivateKey44),
	MLDSA65:   signingKind(mldsa.PrivateKeySize65, mldsa.NewKey65, mldsa.NewPrivateKey65),
	MLDSA87:   signingKind(mldsa.PrivateKeySize87, mldsa.NewKey87, mldsa.NewPrivateKey87),
	MLKEM512:  encapsulationKind(mlkem.DecapsulationKeySize512, mlkem.NewDecapsulationKeyFromSeed512, mlkem.NewDecapsulationKey512),
	MLKEM768:  encapsulationKind(mlkem.DecapsulationKeySize768, mlkem.NewDecapsulationKeyFromSeed768, mlkem.NewDecapsulationKey768),
	MLKEM1024: encapsulationKind(mlkem.DecapsulationKeySize1024, mlkem.NewDecapsulationKeyFromSeed1024, mlkem.NewDecapsulationKey1024),
}

type encoded interface{ Bytes() []byte }

// signingKind is a parameter set of ML-DSA.
func signingKind[S, K interface {
	encoded
	Public() crypto.PublicKey
}](size int, fromSeed func([]byte) (S, error), fromExpanded func([]byte) (K, error)) latticeKind {
	errSelf := errors.New("certparse: the hash of the public key differs")
	return latticeKind{
		seed:     mldsa.SeedSize,
		expanded: size,
		expand: func(seed []byte) ([]byte, []byte, error) {
			k, err := fromSeed(seed)
			if err != nil {
				return nil, nil, err
			}
			return k.Bytes(), k.Public().(encoded).Bytes(), nil
		},
		public: func(expanded []byte) ([]byte, error) {
			k, err := fromExpanded(expanded)
			if err != nil {
				return nil, err
			}
			public := k.Public().(encoded).Bytes()
			// FIPS 204, Algorithm 24: the third part is a hash of the public key.
			if !bytes.Equal(sha3.SumSHAKE256(public, 64), expanded[64:128]) {
				return nil, errSelf
			}
			return public, nil
		},
	}
}

// encapsulationKind is a parameter set of ML-KEM. Its expanded keys hold the
// public key and a hash of it, which the library compares.
func encapsulationKind[K interface {
	encoded
	EncapsulationKey() P
}, P encoded](size int, fromSeed, fromExpanded func([]byte) (K, error)) latticeKind {
	return latticeKind{
		seed:     mlkem.SeedSize,
		expanded: size,
		expand: func(seed []byte) ([]byte, []byte, error) {
			k, err := fromSeed(seed)
			if err != nil {
				return nil, nil, err
			}
			return k.Bytes(), k.EncapsulationKey().Bytes(), nil
		},
		public: func(expanded []byte) ([]byte, error) {
			k, err := fromExpanded(expanded)
			if err != nil {
				return nil, err
			}
			return k.EncapsulationKey().Bytes(), nil
		},
	}
}

func (d *keyDecoder) latticeInside(k pkcs8Key, algorithm KeyAlgorithm) (*decodedKey, *keyProblem) {
	choice, ok := d.read(k.key.body, k.key.end)
	if !ok {
		return nil, d.syntax("the key inside PKCS#8")
	}
	var seed, expanded []byte
	switch choice.tag {
	case contextTag(0):
		seed = choice.content().of(d.der)
	case tagOctetString:
		expanded = choice.content().of(d.der)
	case tagSequence:
		first, ok := d.expect(choice.body, choice.end, tagOctetString)
		if !ok {
			return nil, d.syntax("the seed")
		}
		second, ok := d.expect(first.end, choice.end, tagOctetString)
		if !ok {
			return nil, d.syntax("the expanded key")
		}
		seed, expanded = first.content().of(d.der), second.content().of(d.der)
	default:
		return nil, malformed("it is neither a seed nor an expanded key nor both").at(choice.start)
	}

	kind := latticeKinds[algorithm]
	var public []byte
	if seed != nil {
		if len(seed) != kind.seed {
			return nil, malformed("a seed of " + algorithm.String() + " has " + itoa(kind.seed) + " bytes, this one " + itoa(len(seed))).at(choice.start)
		}
		own, computed, err := kind.expand(seed)
		defer clear(own)
		if err != nil || expanded != nil && !bytes.Equal(own, expanded) {
			return nil, inconsistent("its expanded key does not follow from its seed").at(choice.start)
		}
		public = computed
	} else {
		if n := kind.expanded; len(expanded) != n {
			return nil, malformed("an expanded key of " + algorithm.String() + " has " + itoa(n) + " bytes, this one " + itoa(len(expanded))).at(choice.start)
		}
		var err error
		if public, err = kind.public(expanded); err != nil {
			return nil, inconsistent("the parts of its expanded key do not belong together").at(choice.start)
		}
	}
	private := cryptobyte.NewBuilder(make([]byte, 0, len(seed)+len(expanded)+24))
	switch {
	case expanded == nil:
		private.AddASN1(asn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(seed) })
	case seed == nil:
		private.AddASN1OctetString(expanded)
	default:
		private.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1OctetString(seed)
			b.AddASN1OctetString(expanded)
		})
	}
	return &decodedKey{algorithm: encodeAlgorithm(algorithm, nil), private: private.BytesOrPanic(), public: public}, nil
}

// slhdsaInside reads an SLH-DSA key: two secret strings and the two that are the
// public key, all of one length. That the second half belongs to the first is
// taken on trust; computing it takes as long as a signature.
func (d *keyDecoder) slhdsaInside(k pkcs8Key, algorithm KeyAlgorithm) (*decodedKey, *keyProblem) {
	value := k.key.content().of(d.der)
	public := keyAlgorithmKinds[algorithm].octets
	if len(value) != 2*public {
		return nil, malformed("a private key of " + algorithm.String() + " has " + itoa(2*public) + " bytes, this one " + itoa(len(value))).at(k.key.start)
	}
	return &decodedKey{
		algorithm: encodeAlgorithm(algorithm, nil),
		private:   slices.Clone(value),
		public:    slices.Clone(value[public:]),
	}, nil
}
