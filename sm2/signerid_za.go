package sm2

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/binary"
	"math/big"
	"slices"

	gmsm "github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// identity is what goes into ZA besides the ID: the numbers a and b of the curve,
// its generator, and the public key, 32 bytes each. The library's own function
// does not serve here because it takes an empty ID for the standard one.
type identity [6][32]byte

func newIdentity(pub *ecdsa.PublicKey) identity {
	p := gmsm.P256().Params()
	var z identity
	for i, n := range []*big.Int{new(big.Int).Sub(p.P, big.NewInt(3)), p.B, p.Gx, p.Gy, pub.X, pub.Y} {
		n.FillBytes(z[i][:])
	}
	return z
}

// input is what is hashed to get ZA: the ID's length, the ID, and the numbers.
func (z identity) input(length uint16, id string) []byte {
	b := binary.BigEndian.AppendUint16(nil, length)
	b = append(b, id...)
	for _, n := range z {
		b = append(b, n[:]...)
	}
	return b
}

func (z identity) keyReversed() identity {
	slices.Reverse(z[4][:])
	slices.Reverse(z[5][:])
	return z
}

func (z identity) allReversed() identity {
	for i := range z {
		slices.Reverse(z[i][:])
	}
	return z
}

// bitLength is the length of an ID as ZA counts it.
func bitLength(id string) uint16 { return uint16(8 * len(id)) }

func reversed(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}

// wordsReversed reverses the bytes of each group of four.
func wordsReversed(b []byte) []byte {
	b = slices.Clone(b)
	for i := 0; i+4 <= len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	return b
}

// splitSignature returns the two numbers of a signature, 32 bytes each, from a
// sequence of integers or from 64 bytes side by side. They are nil if it is
// neither. problem says what is wrong with the encoding.
func splitSignature(signature []byte) (r, s []byte, problem string) {
	input := cryptobyte.String(signature)
	var seq, x, y cryptobyte.String
	if input.ReadASN1(&seq, asn1.SEQUENCE) && input.Empty() && seq.ReadASN1(&x, asn1.INTEGER) && seq.ReadASN1(&y, asn1.INTEGER) && seq.Empty() {
		r, s = new(big.Int).SetBytes(x).Bytes(), new(big.Int).SetBytes(y).Bytes()
		if len(r) > 32 || len(s) > 32 {
			return nil, nil, ""
		}
		if !bytes.Equal(joinSignature(r, s), signature) {
			problem = "the two numbers of the signature are not written as DER writes integers"
		}
		return filledInFront(r), filledInFront(s), problem
	}
	if len(signature) != 64 {
		return nil, nil, ""
	}
	return signature[:32], signature[32:], "the two numbers of the signature stand side by side, not in a DER sequence"
}

// filledInFront is a number of at most 32 bytes as 32 bytes.
func filledInFront(b []byte) []byte { return append(make([]byte, 32-len(b)), b...) }

// joinSignature is the DER sequence of the two numbers.
func joinSignature(r, s []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(r))
		b.AddASN1BigInt(new(big.Int).SetBytes(s))
	})
	return b.BytesOrPanic()
}
