package certparse

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/rc4"
	"slices"

	"github.com/emmansun/gmsm/sm4"
)

// This file has the ciphers that private keys and containers are encrypted with.

type cipherMode uint8

const (
	modeCBC cipherMode = iota
	modeECB
	modeGCM
	modeRC4
)

// symmetricCipher is a block cipher in one mode.
type symmetricCipher struct {
	name string
	// keySize is the length of the key in bytes. If variableKey is set it is the
	// usual one, and the key derivation may state another.
	keySize     int
	variableKey bool
	mode        cipherMode
	// weak says that keys of this cipher can be found by trying.
	weak bool
	new  func(key []byte) (cipher.Block, error)
}

// ciphersByName are the ciphers under the names that OpenSSL writes into DEK-Info headers.
var ciphersByName = func() map[string]symmetricCipher {
	m := map[string]symmetricCipher{}
	for _, c := range []symmetricCipher{
		{name: "DES-CBC", keySize: 8, weak: true, new: des.NewCipher},
		{name: "DES-EDE-CBC", keySize: 16, weak: true, new: newTwoKeyTripleDES},
		{name: "DES-EDE3-CBC", keySize: 24, new: des.NewTripleDESCipher},
		{name: "AES-128-CBC", keySize: 16, new: aes.NewCipher},
		{name: "AES-192-CBC", keySize: 24, new: aes.NewCipher},
		{name: "AES-256-CBC", keySize: 32, new: aes.NewCipher},
		{name: "AES-128-GCM", keySize: 16, mode: modeGCM, new: aes.NewCipher},
		{name: "AES-192-GCM", keySize: 24, mode: modeGCM, new: aes.NewCipher},
		{name: "AES-256-GCM", keySize: 32, mode: modeGCM, new: aes.NewCipher},
		{name: "SM4-CBC", keySize: 16, new: sm4.NewCipher},
		{name: "SM4-ECB", keySize: 16, mode: modeECB, new: sm4.NewCipher},
		{name: "SM4-GCM", keySize: 16, mode: modeGCM, new: sm4.NewCipher},
		newRC2("RC2-CBC", 128),
		newRC2("RC2-64-CBC", 64),
		newRC2("RC2-40-CBC", 40),
	} {
		m[c.name] = c
	}
	return m
}()

// cipherNames are the names of ciphers by OID. Those that ciphersByName lacks
// are named only to be told that they are not supported.
var cipherNames = map[string]string{
	"1.3.14.3.2.7":              "DES-CBC",
	"1.2.840.113549.3.7":        "DES-EDE3-CBC",
	"2.16.840.1.101.3.4.1.2":    "AES-128-CBC",
	"2.16.840.1.101.3.4.1.22":   "AES-192-CBC",
	"2.16.840.1.101.3.4.1.42":   "AES-256-CBC",
	"2.16.840.1.101.3.4.1.6":    "AES-128-GCM",
	"2.16.840.1.101.3.4.1.26":   "AES-192-GCM",
	"2.16.840.1.101.3.4.1.46":   "AES-256-GCM",
	"1.2.156.10197.1.104.1":     "SM4-ECB",
	"1.2.156.10197.1.104.2":     "SM4-CBC",
	"1.2.156.10197.1.104.8":     "SM4-GCM",
	"1.2.392.200011.61.1.1.1.2": "Camellia-128-CBC",
	"1.2.392.200011.61.1.1.1.3": "Camellia-192-CBC",
	"1.2.392.200011.61.1.1.1.4": "Camellia-256-CBC",
	"1.2.410.200046.1.1.2":      "ARIA-128-CBC",
	"1.2.410.200046.1.1.7":      "ARIA-192-CBC",
	"1.2.410.200046.1.1.12":     "ARIA-256-CBC",
	"1.2.410.200004.1.4":        "SEED-CBC",
	"1.2.643.2.2.21":            "GOST 28147-89",
}

const (
	oidRC2CBC = "1.2.840.113549.3.2"
	// oidSM4 names SM4 without a mode. CFCA's tools write it: with an
	// initialization vector it is CBC, without one ECB.
	oidSM4 = "1.2.156.10197.1.104"
)

// cipher reads the cipher of PBES2 and its parameters into e. It returns the
// name, and false if the cipher is not implemented.
func (r *encryptionReader) cipher(id algorithmIdentifier, e *encryption) (string, bool, *keyProblem) {
	oid := oidString(id.oid.of(r.der))
	name := cipherNames[oid]
	switch {
	case oid == oidRC2CBC:
		return r.rc2Cipher(id, e)
	case oid == oidSM4 && id.parameters.tag == tagOctetString:
		name = "SM4-CBC"
	case oid == oidSM4:
		name = "SM4-ECB"
	case name == "":
		name = oid
	}
	c, ok := ciphersByName[name]
	if !ok {
		return name, false, nil
	}
	e.cipher = c
	switch c.mode {
	case modeCBC:
		if id.parameters.tag != tagOctetString {
			return "", false, malformed("its initialization vector is missing").at(id.whole.start)
		}
		e.iv = id.parameters.content().of(r.der)
		if len(e.iv) != c.blockSize() {
			return "", false, malformed("its initialization vector has the wrong length").at(id.parameters.start)
		}
	case modeGCM:
		return name, true, r.gcmParameters(id, e)
	}
	return name, true, nil
}

// gcmParameters reads GCMParameters, RFC 5084, Section 3.2.
func (r *encryptionReader) gcmParameters(id algorithmIdentifier, e *encryption) *keyProblem {
	if id.parameters.tag != tagSequence {
		return malformed("the parameters of GCM are missing").at(id.whole.start)
	}
	nonce, ok := r.expect(id.parameters.body, id.parameters.end, tagOctetString)
	if !ok {
		return r.syntax("the nonce")
	}
	e.iv, e.tagSize = nonce.content().of(r.der), 12
	if nonce.end < id.parameters.end {
		n, _, problem := r.count(nonce.end, id.parameters.end)
		if problem != nil {
			return problem
		}
		e.tagSize = int(min(n, 99))
	}
	if len(e.iv) != 12 || e.tagSize < 12 || e.tagSize > 16 {
		return malformed("its nonce or its tag has a length that GCM is not used with").at(id.parameters.start)
	}
	return nil
}

// newRC4 is RC4, which is no block cipher: it has no initialization vector, and no
// padding by which a wrong password would show.
func newRC4(bits int) symmetricCipher {
	return symmetricCipher{name: "RC4-" + itoa(bits), keySize: bits / 8, mode: modeRC4, weak: true}
}

// blockSize is the size of a block; 0 for RC4.
func (c *symmetricCipher) blockSize() int {
	if c.mode == modeRC4 {
		return 0
	}
	block, err := c.new(make([]byte, c.keySize))
	if err != nil {
		return 0
	}
	return block.BlockSize()
}

// decrypt returns the plaintext in memory of its own, or false if the padding or
// the tag is wrong.
func (c *symmetricCipher) decrypt(key, iv []byte, tagSize int, ciphertext []byte) ([]byte, bool) {
	if c.mode == modeRC4 {
		stream, err := rc4.NewCipher(key)
		if err != nil {
			return nil, false
		}
		plain := make([]byte, len(ciphertext))
		stream.XORKeyStream(plain, ciphertext)
		return plain, true
	}
	block, err := c.new(key)
	if err != nil {
		return nil, false
	}
	if c.mode == modeGCM {
		gcm, err := cipher.NewGCMWithTagSize(block, tagSize)
		if err != nil {
			return nil, false
		}
		plain, err := gcm.Open(nil, iv, ciphertext, nil)
		return plain, err == nil
	}
	size := block.BlockSize()
	if len(ciphertext) == 0 || len(ciphertext)%size != 0 {
		return nil, false
	}
	plain := make([]byte, len(ciphertext))
	if c.mode == modeCBC {
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, ciphertext)
	} else {
		for i := 0; i < len(plain); i += size {
			block.Decrypt(plain[i:], ciphertext[i:])
		}
	}
	// RFC 8018, Section 6.1.1: the last byte says how many bytes were added, and
	// all of those say the same.
	n := int(plain[len(plain)-1])
	if n == 0 || n > size || slices.ContainsFunc(plain[len(plain)-n:], func(b byte) bool { return int(b) != n }) {
		clear(plain)
		return nil, false
	}
	return plain[:len(plain)-n], true
}

// newTwoKeyTripleDES is Triple DES whose third key is its first.
func newTwoKeyTripleDES(key []byte) (cipher.Block, error) {
	return des.NewTripleDESCipher(slices.Concat(key, key[:8]))
}
