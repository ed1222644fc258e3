package certparse

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/subtle"
)

// This file has the two ways in which Java's own keystores encrypt private keys.

const (
	oidJKSProtection   = "1.3.6.1.4.1.42.2.17.1.1"
	oidJCEKSProtection = "1.3.6.1.4.1.42.2.19.1"
)

// jksProtection is Sun's protection of keys in JKS: the key is XORed with a stream
// of SHA-1 digests, each of the password and the one before it, from a salt of 20
// bytes in front of the key on. Behind the key stands a digest of the password and
// the key.
func jksProtection() *encryption {
	// All of it costs about as much as reading the key.
	return &encryption{name: "JKS key protection (SHA-1)", weak: true, open: openJKS}
}

// openJKS opens such a key.
func openJKS(password, protected []byte) ([]byte, bool) {
	password = javaPassword(password)
	defer clear(password)
	if len(protected) < 2*sha1.Size {
		return nil, false
	}
	digest := protected[:sha1.Size]
	body, check := protected[sha1.Size:len(protected)-sha1.Size], protected[len(protected)-sha1.Size:]
	plain := make([]byte, len(body))
	h := sha1.New()
	for at := 0; at < len(body); at += sha1.Size {
		h.Reset()
		h.Write(password)
		h.Write(digest)
		digest = h.Sum(nil)
		subtle.XORBytes(plain[at:], body[at:], digest)
	}
	h.Reset()
	h.Write(password)
	h.Write(plain)
	if subtle.ConstantTimeCompare(h.Sum(nil), check) != 1 {
		clear(plain)
		return nil, false
	}
	return plain, true
}

// jceksProtection reads the parameters of JCEKS, those of PBES1. The scheme is Triple
// DES under a key that MD5 makes of the password.
func (r *encryptionReader) jceksProtection(id algorithmIdentifier) (*encryption, *keyProblem) {
	salt, iterations, problem := r.saltAndCount(id)
	if problem != nil {
		return nil, problem
	}
	if len(salt) != 8 {
		return nil, malformed("its salt has the wrong length").at(id.whole.start)
	}
	c := ciphersByName["DES-EDE3-CBC"]
	e := &encryption{
		name: "PBEWithMD5AndTripleDES",
		weak: true,
		kdf: kdf{
			name: "MD5", salt: len(salt), iterations: iterations, block: md5.Size,
			derive: func(password []byte, size int) []byte { return jceksDerive(password, salt, iterations)[:size] },
		},
		cipher:    c,
		ivDerived: true,
	}
	e.kdf.price(c.keySize + c.blockSize())
	return e, nil
}

// jceksDerive makes a key and an initialization vector, two digests together: each
// half of the salt is hashed with the password as often as the iterations say.
func jceksDerive(password, salt []byte, iterations uint64) []byte {
	salt = bytes.Clone(salt)
	if bytes.Equal(salt[:4], salt[4:]) {
		// Java means to reverse the first half then, and gets it wrong in this way.
		salt[0], salt[1], salt[2] = salt[3], salt[0], salt[1]
	}
	var key []byte
	h := md5.New()
	for _, half := range [][]byte{salt[:4], salt[4:]} {
		digest := half
		for range iterations {
			h.Reset()
			h.Write(digest)
			h.Write(password)
			digest = h.Sum(nil)
		}
		key = append(key, digest...)
	}
	return key
}
