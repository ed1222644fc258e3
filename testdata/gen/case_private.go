package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
)

// This file has the cases about private keys.

// privateKeyCase adds a case about the private key beside the server's certificate.
func (g *generator) privateKeyCase(code, says string, private []byte) {
	g.add(scenario{path: "private-key/" + code, says: says, call: check("iotda-server"),
		files: g.upload().but("key.pem", private), healthy: files{"key.pem": g.key("p256-server").pem()}})
}

func (g *generator) privateKeyCases() {
	g.privateKeyCase("private-key-malformed", "A PKCS#8 key with a word where the key should be. ECPrivateKey is a sequence (RFC 5915, Section 3).",
		pemBlock("PRIVATE KEY", sequence(number(0), algorithm(oidEC, oid(oidP256)), octets([]byte("TEST ONLY")))))
	g.privateKeyCase("private-key-algorithm-unknown", "A Diffie-Hellman key, with which nothing can be signed (PKCS#3; RFC 5958, Section 2).",
		pemBlock("PRIVATE KEY", sequence(number(0), algorithm("1.2.840.113549.1.3.1", sequence(number(23), number(5))), octets(number(6)))))
	g.privateKeyCase("private-key-too-large", "A private RSA key of 8200 bits. Work with it costs so much that it serves to block a service.",
		g.key("rsa-8200").pem())
	g.privateKeyCase("key-mismatch", "The private key of another certificate. It must belong to the public key in the certificate (RFC 5280, Section 4.1.2.7).",
		g.key("p256-other").pem())

	sec1 := must(x509.MarshalECPrivateKey(g.key("p256-server").private.(*ecdsa.PrivateKey)))
	g.privateKeyCase("key-parameters-block", "The block with the curve that openssl ecparam -genkey writes before the key, which names its curve itself (RFC 5915, Section 3).",
		append(pemBlock("EC PARAMETERS", oid(oidP256)), pemBlock("EC PRIVATE KEY", sec1)...))

	certificate := g.rsaServer().pem()
	g.add(scenario{path: "private-key/private-key-inconsistent",
		says:    "A private exponent that was changed by two. It is the inverse of the public one (RFC 8017, Section 3.2).",
		call:    check("iotda-server"),
		files:   files{"cert.pem": certificate, "key.pem": pemBlock("RSA PRIVATE KEY", g.changedRSA())},
		healthy: files{"key.pem": pemBlock("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(g.key("rsa-server").private.(*rsa.PrivateKey)))}})
}

// changedRSA is the server's RSA key with another private exponent.
func (g *generator) changedRSA() []byte {
	k := g.key("rsa-server").private.(*rsa.PrivateKey)
	k.Precompute()
	d := new(big.Int).Add(k.D, big.NewInt(2))
	return sequence(number(0), bigInteger(k.N), number(int64(k.E)), bigInteger(d), bigInteger(k.Primes[0]), bigInteger(k.Primes[1]),
		bigInteger(k.Precomputed.Dp), bigInteger(k.Precomputed.Dq), bigInteger(k.Precomputed.Qinv))
}

// password opens the encrypted keys.
const password = "OnlyForTests"

func (g *generator) encryptedKeyCases() {
	k := g.key("p256-server")
	with := func(code, says string, private []byte, word string, healthy files) {
		c := check("iotda-server")
		f := g.upload().but("key.pem", private)
		if word != "" {
			c["password"] = "password.txt"
			f["password.txt"] = []byte(word + "\n")
		}
		g.add(scenario{path: "private-key/" + code, says: says, call: c, files: f, healthy: healthy})
	}
	encrypted := encryptPBES2(k.pkcs8, 2048, aes256CBC)
	usual := pemBlock("ENCRYPTED PRIVATE KEY", encrypted)

	with("private-key-encrypted", "An encrypted key without its password. It must be decrypted before use (RFC 5958, Section 3).",
		usual, "", files{"key.pem": k.pem()})
	with("private-key-password-wrong", "An encrypted key with a password of another letter case. Only the right one opens it (RFC 8018, Section 6.2).",
		usual, strings.ToLower(password), files{"password.txt": []byte(password + "\n")})
	with("private-key-password-unused", "A password for a key that is not encrypted (RFC 5958, Section 2).",
		k.pem(), password, files{"key.pem": usual})
	with("private-key-encryption-unsupported", "A key under Camellia, which hardly anybody uses. PBES2 may name any cipher (RFC 8018, Section 6.2).",
		pemBlock("ENCRYPTED PRIVATE KEY", encryptPBES2(k.pkcs8, 2048, "1.2.392.200011.61.1.1.1.4")), password, files{"key.pem": usual})
	with("private-key-kdf-cost", "A key that costs a thousand million iterations to open. The count serves to slow down guessing (RFC 8018, Section 4.2).",
		pemBlock("ENCRYPTED PRIVATE KEY", encryptPBES2(k.pkcs8, 1_000_000_000, aes256CBC)), password, files{"key.pem": usual})
	with("private-key-weak-encryption", "A key under a password that was hashed once with MD5, as OpenSSL did before version 1.0. Many iterations are needed (RFC 8018, Section 4.2).",
		g.dekInfo(), password, files{"key.pem": usual})
}

const aes256CBC = "2.16.840.1.101.3.4.1.42"

// encryptPBES2 is an EncryptedPrivateKeyInfo with PBKDF2 and a cipher in CBC mode
// with 32 bytes of key and 16 of block. What is said to cost too much or to be
// another cipher is encrypted cheaply and with AES all the same: nobody gets as
// far as to find out.
func encryptPBES2(plain []byte, iterations int64, cipherOID string) []byte {
	salt, iv := []byte("TEST ONLY salt.."), []byte("TEST ONLY iv....")
	key := must(pbkdf2.Key(sha256.New, password, salt, int(min(iterations, 2048)), 32))
	kdf := algorithm("1.2.840.113549.1.5.12", sequence(octets(salt), number(iterations), algorithm("1.2.840.113549.2.9", null())))
	scheme := algorithm("1.2.840.113549.1.5.13", sequence(kdf, algorithm(cipherOID, octets(iv))))
	return sequence(scheme, octets(encryptCBC(key, iv, plain)))
}

// encryptCBC encrypts with AES and the padding of RFC 8018, Section 6.1.1.
func encryptCBC(key, iv, plain []byte) []byte {
	n := aes.BlockSize - len(plain)%aes.BlockSize
	padded := append([]byte{}, plain...)
	for range n {
		padded = append(padded, byte(n))
	}
	cipher.NewCBCEncrypter(must(aes.NewCipher(key)), iv).CryptBlocks(padded, padded)
	return padded
}

// dekInfo is the server's key in the encryption of old PEM files (RFC 1421), in
// OpenSSL's way: the key is the MD5 hash of the password and half of the IV.
func (g *generator) dekInfo() []byte {
	iv := []byte("TEST ONLY iv....")
	key := md5.Sum(append([]byte(password), iv[:8]...))
	plain := must(x509.MarshalECPrivateKey(g.key("p256-server").private.(*ecdsa.PrivateKey)))
	return pem.EncodeToMemory(&pem.Block{
		Type: "EC PRIVATE KEY",
		Headers: map[string]string{
			"Proc-Type": "4,ENCRYPTED",
			"DEK-Info":  "AES-128-CBC," + strings.ToUpper(hex.EncodeToString(iv)),
		},
		Bytes: encryptCBC(key[:], iv, plain),
	})
}
