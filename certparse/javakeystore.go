package certparse

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/certloupe/certloupe/finding"
)

// This file reads the keystores that Java had before PKCS#12: JKS, which Sun made up,
// and JCEKS, the same with a better encryption of private keys. Nothing but the
// source of Java describes them:
//
//	magic, version 1 or 2, number of entries
//	per entry: 1 = private key, 2 = certificate, 3 = secret key (JCEKS)
//	           alias, date
//	           1: encrypted key, number of certificates, certificates
//	           2: certificate
//	           3: a serialized Java object
//	a SHA-1 digest of the password and all of that
//
// A reader of our own, because the known one in Go (keystore-go, v4.5.0) makes room
// for whatever length a file announces (31 bytes are enough for 1.5 GiB), shows
// nothing without the password and knows no JCEKS.

// keystoreReader reads the numbers and strings of Java's DataInput. What was not
// there is zero or empty and sets cut.
type keystoreReader struct {
	rest []byte
	cut  bool
}

func (r *keystoreReader) bytes(n uint32) []byte {
	if r.cut || uint64(n) > uint64(len(r.rest)) {
		r.cut, r.rest = true, nil
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *keystoreReader) uint8() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *keystoreReader) uint16() uint16 {
	if b := r.bytes(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *keystoreReader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// text reads a string in Java's modified UTF-8.
func (r *keystoreReader) text() string { return javaText(r.bytes(uint32(r.uint16()))) }

// javaText decodes modified UTF-8, in which characters beyond 16 bits are two
// surrogates of three bytes each, and the zero character has two bytes. What it
// does not allow becomes a replacement character.
func javaText(b []byte) string {
	units := make([]uint16, 0, len(b))
	for len(b) > 0 {
		switch c := b[0]; {
		case c < 0x80:
			units, b = append(units, uint16(c)), b[1:]
		case c>>5 == 6 && len(b) >= 2 && b[1]>>6 == 2:
			units, b = append(units, uint16(c&0x1f)<<6|uint16(b[1]&0x3f)), b[2:]
		case c>>4 == 14 && len(b) >= 3 && b[1]>>6 == 2 && b[2]>>6 == 2:
			units, b = append(units, uint16(c)<<12|uint16(b[1]&0x3f)<<6|uint16(b[2]&0x3f)), b[3:]
		default:
			units, b = append(units, 0xfffd), b[1:]
		}
	}
	return string(utf16.Decode(units))
}

// The kinds of entries.
const (
	keystoreKey         = 1
	keystoreCertificate = 2
	keystoreSecret      = 3
)

// keystoreSalt is what the digest is salted with.
const keystoreSalt = "Mighty Aphrodite"

func (u *unpacker) javaKeystore(data []byte) {
	r := keystoreReader{rest: data}
	r.bytes(4) // The magic number.
	version, entries := r.uint32(), r.uint32()
	if !r.cut && version != 1 && version != 2 {
		u.malformed("its version is neither 1 nor 2")
		return
	}
	opened := false // The password opened a private key.
	for i := uint32(0); i < entries && !r.cut; i++ {
		kind, alias := r.uint32(), r.text()
		r.bytes(8) // The date.
		switch kind {
		case keystoreKey:
			key := r.bytes(r.uint32())
			chain := r.uint32()
			for n := uint32(0); n < chain && !r.cut; n++ {
				if !u.keystoreCertificate(&r, version, alias) {
					return
				}
			}
			if r.cut {
				break
			}
			if !u.encryptedKey(key, alias, nil) {
				return
			}
			opened = opened || u.container.Entries[len(u.container.Entries)-1].PrivateKey != nil
		case keystoreCertificate:
			if !u.keystoreCertificate(&r, version, alias) {
				return
			}
		case keystoreSecret:
			u.skipped("a secret key")
			if !skipJavaObject(&r) {
				u.malformed("a secret key in it cannot be read, so what follows it cannot either")
				return
			}
		default:
			if !r.cut {
				u.malformed("an entry is of a kind that does not exist")
				return
			}
		}
	}
	if r.cut || len(r.rest) < sha1.Size {
		u.malformed("it is cut off")
		return
	}
	if len(r.rest) > sha1.Size {
		u.malformed("something follows its last entry")
		return
	}
	u.keystoreDigest(data[:len(data)-sha1.Size], r.rest, opened)
}

// keystoreCertificate reads a certificate. Version 1 has no types of certificates.
func (u *unpacker) keystoreCertificate(r *keystoreReader, version uint32, alias string) bool {
	kind := "X.509"
	if version == 2 {
		kind = r.text()
	}
	der := r.bytes(r.uint32())
	switch {
	case r.cut:
		return true // The caller says so.
	case !strings.EqualFold(kind, "X.509") && !strings.EqualFold(kind, "X509"):
		u.skipped("a certificate of the type " + kind)
		return true
	}
	return u.certificate(der, alias, nil)
}

// keystoreDigest checks the digest that stands at the end of a keystore.
func (u *unpacker) keystoreDigest(data, digest []byte, opened bool) {
	if u.keys.password == nil {
		if !u.locked {
			u.unchecked("no password was given")
		}
		return
	}
	password := javaPassword(u.keys.password)
	defer clear(password)
	h := sha1.New()
	h.Write(password)
	h.Write([]byte(keystoreSalt))
	h.Write(data)
	switch {
	case subtle.ConstantTimeCompare(h.Sum(nil), digest) == 1:
		u.container.Integrity = "SHA-1"
	case opened:
		// A keystore and its private keys may have different passwords.
		u.unchecked("the password is that of a private key and not that of the keystore")
	default:
		u.add("container-password-wrong", finding.Str("scheme", "SHA-1 digest"))
	}
}

// javaPassword is a password as the characters of a Java string.
func javaPassword(password []byte) []byte {
	b := bmpPassword(password)
	return b[:len(b)-2]
}
