package certparse

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
)

// This file reads the encryption that stands in the headers of a PEM block, RFC
// 1421, Section 4.6.1, in the way that OpenSSL has used it since SSLeay. The key
// is the MD5 hash of password and salt, so the password can be guessed quickly
// whatever the cipher is.

// readDEKInfo returns how a block is encrypted if its headers say so, else nil.
func readDEKInfo(b *Block) (*encryption, *keyProblem) {
	value, encrypted, found := "", false, false
	for _, h := range b.Headers {
		switch {
		case strings.EqualFold(h.Name, "DEK-Info"):
			value, found = h.Value, true
		case strings.EqualFold(h.Name, "Proc-Type"):
			_, what, _ := strings.Cut(h.Value, ",")
			encrypted = strings.EqualFold(strings.TrimSpace(what), "ENCRYPTED")
		}
	}
	if !found {
		if encrypted {
			return nil, malformed("its headers say that it is encrypted, but the DEK-Info header is missing")
		}
		return nil, nil
	}
	name, parameters, _ := strings.Cut(value, ",")
	name = strings.ToUpper(strings.TrimSpace(name))
	c, ok := ciphersByName[name]
	if !ok || c.mode != modeCBC {
		return nil, unsupportedEncryption("DEK-Info " + name)
	}
	iv, err := hex.DecodeString(strings.TrimSpace(parameters))
	if err != nil || len(iv) != c.blockSize() {
		return nil, malformed("the DEK-Info header does not hold the initialization vector of its cipher")
	}
	e := &encryption{
		name:       "DEK-Info " + name,
		weak:       true,
		kdf:        md5KDF(iv[:8]),
		cipher:     c,
		iv:         iv,
		ciphertext: b.DER,
	}
	e.kdf.price(c.keySize)
	return e, nil
}

// md5KDF is OpenSSL's EVP_BytesToKey with MD5 and a count of one: each block is
// the hash of the block before it, the password and the salt.
func md5KDF(salt []byte) kdf {
	return kdf{
		name:       "MD5",
		salt:       len(salt),
		iterations: 1,
		block:      md5.Size,
		derive: func(password []byte, size int) []byte {
			h := md5.New()
			var key []byte
			for len(key) < size {
				h.Reset()
				h.Write(key[max(0, len(key)-md5.Size):])
				h.Write(password)
				h.Write(salt)
				key = h.Sum(key)
			}
			return key[:size]
		},
	}
}
