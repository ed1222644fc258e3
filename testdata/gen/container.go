package main

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"unicode/utf16"
)

// This file writes containers: PKCS#7 (RFC 2315), PKCS#12 (RFC 7292) and Java
// keystores.

// The object identifiers of containers.
const (
	oidData            = "1.2.840.113549.1.7.1"
	oidSignedData      = "1.2.840.113549.1.7.2"
	oidDigestedData    = "1.2.840.113549.1.7.5"
	oidEncryptedData   = "1.2.840.113549.1.7.6"
	oidKeyBag          = "1.2.840.113549.1.12.10.1.1"
	oidEncryptedKeyBag = "1.2.840.113549.1.12.10.1.2"
	oidCertBag         = "1.2.840.113549.1.12.10.1.3"
	oidSecretBag       = "1.2.840.113549.1.12.10.1.5"
	oidX509Certificate = "1.2.840.113549.1.9.22.1"
	oidFriendlyName    = "1.2.840.113549.1.9.20"
	oidLocalKeyID      = "1.2.840.113549.1.9.21"
	oidSHA256          = "2.16.840.1.101.3.4.2.1"
	oidPBERC4          = "1.2.840.113549.1.12.1.1"
)

// pkcs7 is a container that holds certificates only.
func pkcs7(certificates ...[]byte) []byte {
	return sequence(oid(oidSignedData), explicit(0, sequence(
		number(1), set(), sequence(oid(oidData)), explicit(0, certificates...), set())))
}

// digested is a PKCS#7 container with data and its digest.
func digested() []byte {
	sum := sha256.Sum256([]byte("TEST ONLY"))
	return sequence(oid(oidDigestedData), explicit(0, sequence(number(0), algorithm(oidSHA256),
		sequence(oid(oidData), explicit(0, octets([]byte("TEST ONLY")))), octets(sum[:]))))
}

// utf16Text is a text in UTF-16, the high byte first.
func utf16Text(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b
}

// bag is a SafeBag with a name and a localKeyID, each unless it is empty.
func bag(kind string, value []byte, name, id string) []byte {
	var attributes [][]byte
	if name != "" {
		attributes = append(attributes, sequence(oid(oidFriendlyName), set(tlv(0x1e, utf16Text(name)))))
	}
	if id != "" {
		attributes = append(attributes, sequence(oid(oidLocalKeyID), set(octets([]byte(id)))))
	}
	parts := [][]byte{oid(kind), explicit(0, value)}
	if attributes != nil {
		parts = append(parts, set(attributes...))
	}
	return sequence(parts...)
}

func certificateBag(der []byte, name, id string) []byte {
	return bag(oidCertBag, sequence(oid(oidX509Certificate), explicit(0, octets(der))), name, id)
}

// plainContent is a content of bags that is not encrypted.
func plainContent(bags ...[]byte) []byte {
	return sequence(oid(oidData), explicit(0, octets(sequence(bags...))))
}

// encryptedContent is a content of bags; encryptedInfo is as in PKCS#8, an algorithm
// and an octet string.
func encryptedContent(encryptedInfo []byte) []byte {
	scheme, ciphertext := elements(encryptedInfo)
	info := sequence(oid(oidData), scheme, implicit(0, content(ciphertext)...))
	return sequence(oid(oidEncryptedData), explicit(0, sequence(number(0), info)))
}

// elements are the two elements inside a sequence.
func elements(der []byte) (first, second []byte) {
	inside := content(der)
	size := len(tlv(inside[0], content(inside)))
	return inside[:size], inside[size:]
}

// encryptRC4 is an encrypted content under RC4 with the key derivation of RFC 7292,
// Appendix B, once.
func encryptRC4(plain []byte) []byte {
	salt := []byte("TESTONLY")
	key := pkcs12Key(sha1.New, 1, salt, 1, 16)
	out := make([]byte, len(plain))
	must(rc4.NewCipher(key)).XORKeyStream(out, plain)
	return sequence(algorithm(oidPBERC4, sequence(octets(salt), number(1))), octets(out))
}

// pkcs12Key is the key derivation of RFC 7292, Appendix B.2 for the password, as far
// as one block of output goes.
func pkcs12Key(newHash func() hash.Hash, id byte, salt []byte, iterations, size int) []byte {
	v := newHash().BlockSize()
	fill := func(b []byte) []byte {
		return slices.Repeat(b, (len(b)+v-1)/v*v/len(b)+1)[:(len(b)+v-1)/v*v]
	}
	h := newHash()
	h.Write(slices.Repeat([]byte{id}, v))
	h.Write(fill(salt))
	h.Write(fill(append(utf16Text(password), 0, 0)))
	key := h.Sum(nil)
	for range iterations - 1 {
		h.Reset()
		h.Write(key)
		key = h.Sum(nil)
	}
	return key[:size]
}

// pfx is a PKCS#12 container without a MAC.
func pfx(contents ...[]byte) []byte {
	return sequence(number(3), sequence(oid(oidData), explicit(0, octets(sequence(contents...)))))
}

// pfxMAC is a PKCS#12 container with a MAC. A number of iterations that nobody would
// wait for is written down but not done.
func pfxMAC(iterations int64, contents ...[]byte) []byte {
	safe := sequence(contents...)
	salt := []byte("TESTONLY")
	h := hmac.New(sha256.New, pkcs12Key(sha256.New, 3, salt, int(min(iterations, 2048)), sha256.Size))
	h.Write(safe)
	mac := sequence(sequence(algorithm(oidSHA256, null()), octets(h.Sum(nil))), octets(salt), number(iterations))
	return sequence(number(3), sequence(oid(oidData), explicit(0, octets(safe))), mac)
}

// pbmac1 is the same with the MAC of RFC 9579.
func pbmac1(contents ...[]byte) []byte {
	safe := sequence(contents...)
	salt := []byte("TEST ONLY salt..")
	h := hmac.New(sha256.New, must(pbkdf2.Key(sha256.New, password, salt, 2048, 32)))
	h.Write(safe)
	hmacSHA256 := algorithm("1.2.840.113549.2.9", null())
	kdf := algorithm("1.2.840.113549.1.5.12", sequence(octets(salt), number(2048), number(32), hmacSHA256))
	mac := sequence(sequence(algorithm("1.2.840.113549.1.5.14", sequence(kdf, hmacSHA256)), octets(h.Sum(nil))), octets(salt), number(1))
	return sequence(number(3), sequence(oid(oidData), explicit(0, octets(safe))), mac)
}

// javaKeystore is a JKS keystore of version 2 under the password.
func javaKeystore(entries ...[]byte) []byte {
	store := binary.BigEndian.AppendUint32(nil, 0xfeedfeed)
	store = binary.BigEndian.AppendUint32(store, 2)
	store = binary.BigEndian.AppendUint32(store, uint32(len(entries)))
	for _, e := range entries {
		store = append(store, e...)
	}
	h := sha1.New()
	h.Write(utf16Text(password))
	h.Write([]byte("Mighty Aphrodite")) // What the format salts its digest with.
	h.Write(store)
	return h.Sum(store)
}

// trustedEntry is an entry with a certificate.
func trustedEntry(alias string, der []byte) []byte {
	e := javaText(binary.BigEndian.AppendUint32(nil, 2), alias)
	e = binary.BigEndian.AppendUint64(e, 1767225600000) // 2026-01-01
	return javaCertificate(e, der)
}

// keyEntry is an entry with a private key under Sun's protection, and its chain.
func keyEntry(alias string, pkcs8 []byte, chain ...[]byte) []byte {
	e := javaText(binary.BigEndian.AppendUint32(nil, 1), alias)
	e = binary.BigEndian.AppendUint64(e, 1767225600000)
	digest := []byte("TEST ONLY twenty....")
	protected := slices.Clone(digest)
	for at := 0; at < len(pkcs8); at += sha1.Size {
		sum := sha1.Sum(append(utf16Text(password), digest...))
		digest = sum[:]
		for i, c := range pkcs8[at:min(at+sha1.Size, len(pkcs8))] {
			protected = append(protected, c^digest[i])
		}
	}
	check := sha1.Sum(append(utf16Text(password), pkcs8...))
	info := sequence(algorithm("1.3.6.1.4.1.42.2.17.1.1", null()), octets(protected, check[:]))
	e = append(binary.BigEndian.AppendUint32(e, uint32(len(info))), info...)
	e = binary.BigEndian.AppendUint32(e, uint32(len(chain)))
	for _, c := range chain {
		e = javaCertificate(e, c)
	}
	return e
}

func javaText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

func javaCertificate(b, der []byte) []byte {
	return append(binary.BigEndian.AppendUint32(javaText(b, "X.509"), uint32(len(der))), der...)
}
