package sm2

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

// The standards do not say in which form a private key is encrypted, and CAs
// differ: 32 bytes, with or without padding; 64 bytes of which half is zero, from
// interfaces whose fields are made for longer keys; a number in ASN.1; or a whole
// PKCS#8 structure.

const (
	// scalarSize is the size of an SM2 private key in bytes.
	scalarSize = 32
	// minScalarSize is the size of the smallest number that is taken for a private
	// key written without the zeros in front. A smaller one is no accident of chance.
	minScalarSize = 25
)

// keyIn looks for an SM2 private key in decrypted bytes. It returns the first form
// that right accepts, and what is unusual about it.
func keyIn(plain []byte, right func(*certparse.PrivateKey) bool) (key *certparse.PrivateKey, form string) {
	if key, form = formIn(plain, right); key != nil {
		return key, form
	}
	if content, ok := unpad(plain); ok {
		if key, form = formIn(content, right); key != nil {
			return key, joinForms(form, "with padding")
		}
	}
	return nil, ""
}

// formIn is keyIn without padding.
func formIn(b []byte, right func(*certparse.PrivateKey) bool) (key *certparse.PrivateKey, form string) {
	if len(b) >= minScalarSize && len(b) <= scalarSize {
		if key = scalarKey(b); key != nil && right(key) {
			if len(b) < scalarSize {
				form = "without the zeros in front"
			}
			return key, form
		}
	}
	return structuredKey(b, right)
}

// structuredKey is keyIn for the forms that are more than the bare number.
func structuredKey(b []byte, right func(*certparse.PrivateKey) bool) (*certparse.PrivateKey, string) {
	if len(b) == 2*scalarSize {
		if bytes.Count(b[:scalarSize], []byte{0}) == scalarSize {
			if key := scalarKey(b[scalarSize:]); key != nil && right(key) {
				return key, "as 64 bytes, of which the first 32 are zero"
			}
		}
		if bytes.Count(b[scalarSize:], []byte{0}) == scalarSize {
			if key := scalarKey(b[:scalarSize]); key != nil && right(key) {
				return key, "as 64 bytes, of which the last 32 are zero"
			}
		}
	}
	if len(b) < 2 {
		return nil, ""
	}
	// An element may be followed by zeros that fill up the last block.
	input := cryptobyte.String(b)
	var element cryptobyte.String
	var tag asn1.Tag
	if !input.ReadAnyASN1Element(&element, &tag) || bytes.Count(input, []byte{0}) != len(input) {
		return nil, ""
	}
	switch tag {
	case asn1.INTEGER:
		var number cryptobyte.String
		if element.ReadASN1(&number, asn1.INTEGER) {
			if key := scalarKey(number); key != nil && right(key) {
				return key, "as an ASN.1 INTEGER"
			}
		}
	case asn1.SEQUENCE:
		if key, _ := certparse.ParsePrivateKey(element, nil); key != nil && key.Public().Algorithm == certparse.SM2 && right(key) {
			return key, "as " + key.Format()
		}
	}
	return nil, ""
}

// scalarKey makes a private key of a number. It returns nil for a number that is
// no SM2 private key.
func scalarKey(number []byte) *certparse.PrivateKey {
	number = bytes.TrimLeft(number, "\x00")
	if len(number) > scalarSize {
		return nil
	}
	var scalar [scalarSize]byte
	copy(scalar[scalarSize-len(number):], number)
	// ECPrivateKey, RFC 5915, with the curve sm2p256v1.
	der := []byte{0x30, 0x31, 0x02, 0x01, 0x01, 0x04, scalarSize}
	der = append(der, scalar[:]...)
	der = append(der, 0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d)
	key, _ := certparse.ParsePrivateKey(der, nil)
	clear(scalar[:])
	clear(der)
	return key
}
