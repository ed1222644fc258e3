package text

import (
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"strconv"

	"golang.org/x/crypto/cryptobyte"

	"github.com/certloupe/certloupe/certparse"
)

// publicKey writes the public key. One that the standard library has no type
// for, that is too large or that is not valid appears as its octets.
func publicKey(b *block, k certparse.PublicKey) {
	name := k.Algorithm.String()
	if k.Algorithm == certparse.UnknownKeyAlgorithm {
		name = identifier(k.Name())
	}
	b.line(8, "Subject Public Key Info:")
	b.line(12, "Public Key Algorithm: ", name)
	if key, err := k.Key(); err == nil {
		switch key := key.(type) {
		case *rsa.PublicKey:
			if certinfoKey(b, x509.RSA, key) {
				return
			}
		case *dsa.PublicKey:
			// certinfo leaves out how long a DSA key is.
			b.line(16, "Public-Key: (", strconv.Itoa(k.Bits), " bit)")
			if certinfoKey(b, x509.DSA, key) {
				return
			}
		case *ecdsa.PublicKey:
			curveKey(b, k, key)
			return
		}
	}
	rawKey(b, k)
}

// certinfoKey writes a key as certinfo does.
func certinfoKey(b *block, a x509.PublicKeyAlgorithm, key any) bool {
	text, ok := certinfoText(&x509.Certificate{PublicKeyAlgorithm: a, PublicKey: key},
		"            Public Key Algorithm: "+a.String()+"\n")
	*b = append(*b, text...)
	return ok
}

// curveKey writes an elliptic curve key in the way of certinfo, but with both
// coordinates in full length.
func curveKey(b *block, k certparse.PublicKey, key *ecdsa.PublicKey) {
	size := (key.Curve.Params().BitSize + 7) / 8
	b.line(16, "Public-Key: (", strconv.Itoa(k.Bits), " bit)")
	b.line(16, "X:")
	b.hex(20, 15, key.X.FillBytes(make([]byte, size)))
	b.line(16, "Y:")
	b.hex(20, 15, key.Y.FillBytes(make([]byte, size)))
	b.line(16, "Curve: ", k.Curve.String())
}

func rawKey(b *block, k certparse.PublicKey) {
	if k.Bits > 0 {
		b.line(16, "Public-Key: (", strconv.Itoa(k.Bits), " bit)")
	} else {
		b.line(16, "Public-Key:")
	}
	parameters, octets, ok := splitKey(k.SPKI())
	if !ok {
		b.line(16, "Subject Public Key Info:")
		b.hex(20, 15, k.SPKI())
		return
	}
	b.line(16, "Raw Bytes:")
	b.hex(20, 15, octets)
	switch {
	case k.Curve.String() != "":
		b.line(16, "Curve: ", k.Curve.String())
	case len(parameters) > 0 && string(parameters) != asn1Null:
		b.line(16, "Parameters:")
		b.hex(20, 15, parameters)
	}
}

// splitKey returns the algorithm's parameters and the octets of the key itself.
func splitKey(spki []byte) (parameters, octets cryptobyte.String, ok bool) {
	der := cryptobyte.String(spki)
	var algorithm cryptobyte.String
	ok = der.ReadASN1(&der, tagSequence) &&
		der.ReadASN1(&algorithm, tagSequence) && algorithm.SkipASN1(tagOID) &&
		der.ReadASN1(&octets, tagBitString) && der.Empty() &&
		len(octets) > 0 && octets[0] == 0
	if !ok {
		return nil, nil, false
	}
	return algorithm, octets[1:], true
}
