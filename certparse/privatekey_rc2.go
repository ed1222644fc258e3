package certparse

import (
	"crypto/cipher"
	"encoding/binary"
	"math/bits"
)

// This file has RC2, RFC 2268, as far as it takes to decrypt. Nobody should use
// it, but old exports from Windows and Java did, and their owners still have them.

// newRC2 is RC2 in CBC mode. The number of bits is the length of the key and the
// effective length that its expansion is limited to.
func newRC2(name string, effectiveBits int) symmetricCipher {
	return symmetricCipher{
		name:        name,
		keySize:     effectiveBits / 8,
		variableKey: true,
		weak:        true,
		new:         func(key []byte) (cipher.Block, error) { return expandRC2(key, effectiveBits), nil },
	}
}

// rc2Cipher reads the parameters of RC2-CBC, RFC 8018, Appendix B.2.3.
func (r *encryptionReader) rc2Cipher(id algorithmIdentifier, e *encryption) (string, bool, *keyProblem) {
	iv := id.parameters
	effectiveBits := uint64(32)
	if iv.tag == tagSequence {
		version, pos, problem := r.count(iv.body, iv.end)
		if problem != nil {
			return "", false, problem
		}
		switch version {
		case 160:
			effectiveBits = 40
		case 120:
			effectiveBits = 64
		case 58:
			effectiveBits = 128
		default:
			effectiveBits = version
		}
		var ok bool
		if iv, ok = r.expect(pos, iv.end, tagOctetString); !ok {
			return "", false, r.syntax("the initialization vector")
		}
	}
	if iv.tag != tagOctetString || iv.end-iv.body != rc2BlockSize || effectiveBits > 1024 {
		return "", false, malformed("the parameters of RC2 are not valid").at(id.whole.start)
	}
	e.cipher = newRC2("RC2-CBC, "+itoa(int(effectiveBits))+" bits", int(effectiveBits))
	e.cipher.keySize = max(e.cipher.keySize, 1)
	e.iv = iv.content().of(r.der)
	return e.cipher.name, true, nil
}

const rc2BlockSize = 8

// rc2Pi is the table of RFC 2268, Section 2: a permutation of all bytes made from
// the digits of π.
const rc2Pi = "" +
	"\xd9\x78\xf9\xc4\x19\xdd\xb5\xed\x28\xe9\xfd\x79\x4a\xa0\xd8\x9d" +
	"\xc6\x7e\x37\x83\x2b\x76\x53\x8e\x62\x4c\x64\x88\x44\x8b\xfb\xa2" +
	"\x17\x9a\x59\xf5\x87\xb3\x4f\x13\x61\x45\x6d\x8d\x09\x81\x7d\x32" +
	"\xbd\x8f\x40\xeb\x86\xb7\x7b\x0b\xf0\x95\x21\x22\x5c\x6b\x4e\x82" +
	"\x54\xd6\x65\x93\xce\x60\xb2\x1c\x73\x56\xc0\x14\xa7\x8c\xf1\xdc" +
	"\x12\x75\xca\x1f\x3b\xbe\xe4\xd1\x42\x3d\xd4\x30\xa3\x3c\xb6\x26" +
	"\x6f\xbf\x0e\xda\x46\x69\x07\x57\x27\xf2\x1d\x9b\xbc\x94\x43\x03" +
	"\xf8\x11\xc7\xf6\x90\xef\x3e\xe7\x06\xc3\xd5\x2f\xc8\x66\x1e\xd7" +
	"\x08\xe8\xea\xde\x80\x52\xee\xf7\x84\xaa\x72\xac\x35\x4d\x6a\x2a" +
	"\x96\x1a\xd2\x71\x5a\x15\x49\x74\x4b\x9f\xd0\x5e\x04\x18\xa4\xec" +
	"\xc2\xe0\x41\x6e\x0f\x51\xcb\xcc\x24\x91\xaf\x50\xa1\xf4\x70\x39" +
	"\x99\x7c\x3a\x85\x23\xb8\xb4\x7a\xfc\x02\x36\x5b\x25\x55\x97\x31" +
	"\x2d\x5d\xfa\x98\xe3\x8a\x92\xae\x05\xdf\x29\x10\x67\x6c\xba\xc9" +
	"\xd3\x00\xe6\xcf\xe1\x9e\xa8\x2c\x63\x16\x01\x3f\x58\xe2\x89\xa9" +
	"\x0d\x38\x34\x1b\xab\x33\xff\xb0\xbb\x48\x0c\x5f\xb9\xb1\xcd\x2e" +
	"\xc5\xf3\xdb\x47\xe5\xa5\x9c\x77\x0a\xa6\x20\x68\xfe\x7f\xc1\xad"

// rc2Shifts are by how many bits the words are rotated.
var rc2Shifts = [4]int{1, 2, 3, 5}

// rc2Key is an expanded key.
type rc2Key [64]uint16

// expandRC2 is the key expansion of RFC 2268, Section 2. The key has 1 to 128
// bytes, and the number of effective bits is from 1 to 1024.
func expandRC2(key []byte, effectiveBits int) *rc2Key {
	var l [128]byte
	n := copy(l[:], key)
	for i := n; i < len(l); i++ {
		l[i] = rc2Pi[l[i-1]+l[i-n]]
	}
	effective := (effectiveBits + 7) / 8
	mask := byte(0xff >> (8*effective - effectiveBits))
	l[128-effective] = rc2Pi[l[128-effective]&mask]
	for i := 127 - effective; i >= 0; i-- {
		l[i] = rc2Pi[l[i+1]^l[i+effective]]
	}
	k := new(rc2Key)
	for i := range k {
		k[i] = binary.LittleEndian.Uint16(l[2*i:])
	}
	return k
}

func (k *rc2Key) BlockSize() int { return rc2BlockSize }

// Encrypt follows RFC 2268, Section 3: sixteen rounds that mix, with one that
// mashes after the fifth and after the eleventh.
func (k *rc2Key) Encrypt(dst, src []byte) {
	r := rc2Words(src)
	for round := range 16 {
		for i := range 4 {
			a, b, c := r[(i+3)&3], r[(i+2)&3], r[(i+1)&3]
			r[i] = bits.RotateLeft16(r[i]+k[4*round+i]+(a&b)+(^a&c), rc2Shifts[i])
		}
		if round == 4 || round == 10 {
			for i := range 4 {
				r[i] += k[r[(i+3)&3]&63]
			}
		}
	}
	r.put(dst)
}

// Decrypt undoes Encrypt, RFC 2268, Section 4.
func (k *rc2Key) Decrypt(dst, src []byte) {
	r := rc2Words(src)
	for round := 15; round >= 0; round-- {
		if round == 4 || round == 10 {
			for i := 3; i >= 0; i-- {
				r[i] -= k[r[(i+3)&3]&63]
			}
		}
		for i := 3; i >= 0; i-- {
			a, b, c := r[(i+3)&3], r[(i+2)&3], r[(i+1)&3]
			r[i] = bits.RotateLeft16(r[i], -rc2Shifts[i]) - k[4*round+i] - (a & b) - (^a & c)
		}
	}
	r.put(dst)
}

// rc2Block is a block as four words.
type rc2Block [4]uint16

func rc2Words(src []byte) (r rc2Block) {
	for i := range r {
		r[i] = binary.LittleEndian.Uint16(src[2*i:])
	}
	return r
}

func (r *rc2Block) put(dst []byte) {
	for i, w := range r {
		binary.LittleEndian.PutUint16(dst[2*i:], w)
	}
}
