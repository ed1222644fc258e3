package sm2

import (
	"crypto/cipher"
	"math/big"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file has the two ciphers that containers are made of: SM2 for the key of
// the other one, and SM4 for the content. Everything is measured before it is
// handed to the library: its block modes panic on partial blocks.

// decryptSM2 opens what was encrypted for the signing key. It takes the ASN.1 form
// of GM/T 0009 and the two orders of the plain form, with and without the byte
// that marks a point. SM2 vouches for what it decrypts, so trying is safe.
func decryptSM2(key *gmsm.PrivateKey, ciphertext []byte) []byte {
	const point, hash = 64, 32
	type parts struct{ c1, c3, c2 []byte }
	var tries []parts
	if c1, a, b, ok := splitSM2Cipher(ciphertext); ok {
		if len(a) == hash {
			tries = append(tries, parts{c1, a, b})
		}
		if len(b) == hash {
			tries = append(tries, parts{c1, b, a}) // Older software writes the hash last.
		}
	} else {
		plain := ciphertext
		if len(plain)%2 == 1 && plain[0] == 4 {
			plain = plain[1:]
		}
		if len(plain) <= point+hash {
			return nil
		}
		c1, rest := plain[:point], plain[point:]
		tries = []parts{{c1, rest[:hash], rest[hash:]}, {c1, rest[len(rest)-hash:], rest[:len(rest)-hash]}}
	}
	for _, t := range tries {
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1BigInt(new(big.Int).SetBytes(t.c1[:point/2]))
			b.AddASN1BigInt(new(big.Int).SetBytes(t.c1[point/2:]))
			b.AddASN1OctetString(t.c3)
			b.AddASN1OctetString(t.c2)
		})
		if plain, err := gmsm.Decrypt(key, b.BytesOrPanic()); err == nil {
			return plain
		}
	}
	return nil
}

// splitSM2Cipher reads an SM2Cipher: the two coordinates of a point, as 64 bytes,
// and two octet strings.
func splitSM2Cipher(der []byte) (c1, a, b []byte, ok bool) {
	input := cryptobyte.String(der)
	var seq, first, second cryptobyte.String
	x, y := new(big.Int), new(big.Int)
	if !input.ReadASN1(&seq, asn1.SEQUENCE) || !input.Empty() || !seq.ReadASN1Integer(x) || !seq.ReadASN1Integer(y) ||
		!seq.ReadASN1(&first, asn1.OCTET_STRING) || !seq.ReadASN1(&second, asn1.OCTET_STRING) || !seq.Empty() {
		return nil, nil, nil, false
	}
	if x.BitLen() > 256 || y.BitLen() > 256 {
		return nil, nil, nil, false
	}
	c1 = make([]byte, 64)
	x.FillBytes(c1[:32])
	y.FillBytes(c1[32:])
	return c1, first, second, true
}

// The content octets of the OIDs of ciphers.
const (
	oidSM4    = "\x2a\x81\x1c\xcf\x55\x01\x68"     // 1.2.156.10197.1.104
	oidSM4ECB = "\x2a\x81\x1c\xcf\x55\x01\x68\x01" // 1.2.156.10197.1.104.1
	oidSM4CBC = "\x2a\x81\x1c\xcf\x55\x01\x68\x02" // 1.2.156.10197.1.104.2
	oidSM1    = "\x2a\x81\x1c\xcf\x55\x01\x66"     // 1.2.156.10197.1.102
	oidSSF33  = "\x2a\x81\x1c\xcf\x55\x01\x67"     // 1.2.156.10197.1.103
)

// symmetric is the cipher of a container's content.
type symmetric struct {
	// unsupported names the cipher if it cannot be decrypted.
	unsupported string
	// cbc says that the mode is CBC, with iv, and not ECB.
	cbc bool
	iv  [sm4.BlockSize]byte
}

// readSymmetric reads an AlgorithmIdentifier, or, as some software writes it, the
// bare OID. The OID of SM4 without a mode means CBC if there is an IV.
func readSymmetric(input *cryptobyte.String) (c symmetric, ok bool) {
	var seq, oid cryptobyte.String
	if input.PeekASN1Tag(asn1.OBJECT_IDENTIFIER) {
		if !input.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
			return c, false
		}
	} else if !input.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) {
		return c, false
	}
	var iv cryptobyte.String
	hasIV := seq.ReadASN1(&iv, asn1.OCTET_STRING) && len(iv) == len(c.iv)
	copy(c.iv[:], iv)
	switch id := string(oid); {
	case id == oidSM4:
		c.cbc = hasIV
	case id == oidSM4ECB:
	case id == oidSM4CBC:
		c.cbc = true
	case len(id) >= len(oidSM1) && id[:len(oidSM1)] == oidSM1:
		c.unsupported = "SM1, which is not published"
	case len(id) >= len(oidSSF33) && id[:len(oidSSF33)] == oidSSF33:
		c.unsupported = "SSF33, which is not published"
	default:
		c.unsupported = "a cipher that is not SM4"
	}
	return c, true
}

// decrypt decrypts whole blocks. It returns nil if there is nothing to decrypt, the
// key has the wrong size, or the last block is not whole.
func (c symmetric) decrypt(key, ciphertext []byte) []byte {
	block, err := sm4.NewCipher(key)
	if err != nil || len(ciphertext) == 0 || len(ciphertext)%sm4.BlockSize != 0 {
		return nil
	}
	plain := make([]byte, len(ciphertext))
	if c.cbc {
		cipher.NewCBCDecrypter(block, c.iv[:]).CryptBlocks(plain, ciphertext)
		return plain
	}
	for i := 0; i < len(plain); i += sm4.BlockSize {
		block.Decrypt(plain[i:], ciphertext[i:])
	}
	return plain
}

// otherMode is the cipher with the mode that was not stated.
func (c symmetric) otherMode() symmetric {
	c.cbc = !c.cbc
	return c
}

// unpad takes off the padding of PKCS#7.
func unpad(plain []byte) ([]byte, bool) {
	if len(plain) == 0 {
		return nil, false
	}
	n := int(plain[len(plain)-1])
	if n == 0 || n > sm4.BlockSize || n > len(plain) {
		return nil, false
	}
	for _, c := range plain[len(plain)-n:] {
		if int(c) != n {
			return nil, false
		}
	}
	return plain[:len(plain)-n], true
}
