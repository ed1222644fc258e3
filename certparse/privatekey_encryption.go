package certparse

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/binary"
	"hash"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
)

// This file reads how a PKCS#8 key is encrypted: EncryptedPrivateKeyInfo, RFC
// 5958, Section 3, with the schemes of PKCS#5 (PBES1 and PBES2, RFC 8018) and of
// PKCS#12 (RFC 7292, Appendix B and C). Reading a scheme costs nothing; whether
// its price may be paid is decided between reading it and applying it.

// encryption is how a private key is encrypted.
type encryption struct {
	// name is what [PrivateKey.Encryption] returns.
	name string
	// weak says that the password of such a key can be guessed quickly.
	weak bool
	// notes are problems that do not keep the key from being opened.
	notes []*keyProblem

	kdf kdf
	// cipher, iv and ciphertext are what the derived key is for. If ivDerived is
	// set, the initialization vector is the end of the derived key.
	cipher     symmetricCipher
	iv         []byte
	ivDerived  bool
	tagSize    int
	ciphertext []byte

	// open, if set, does everything: some schemes are not made of a key derivation
	// and a cipher.
	open func(password, ciphertext []byte) ([]byte, bool)
}

// authenticated reports whether the scheme itself vouches for what comes out.
func (e *encryption) authenticated() bool { return e.cipher.mode == modeGCM || e.open != nil }

// decrypt opens the ciphertext. It returns false if that does not come out as
// the scheme demands.
func (e *encryption) decrypt(password []byte) ([]byte, bool) {
	if e.kdf.unicode {
		password = bmpPassword(password)
		defer clear(password)
	}
	return e.decryptEncoded(password)
}

// decryptEncoded is decrypt with a password that is encoded as the key derivation
// wants it.
func (e *encryption) decryptEncoded(password []byte) ([]byte, bool) {
	if e.open != nil {
		return e.open(password, e.ciphertext)
	}
	size := e.cipher.keySize
	if e.ivDerived {
		size += e.cipher.blockSize()
	}
	key := e.kdf.derive(password, size)
	defer clear(key)
	if len(key) != size {
		return nil, false
	}
	iv := e.iv
	if e.ivDerived {
		iv = key[e.cipher.keySize:]
	}
	return e.cipher.decrypt(key[:e.cipher.keySize], iv, e.tagSize, e.ciphertext)
}

// unsupportedEncryption is the problem of a scheme that is not implemented.
func unsupportedEncryption(scheme string) *keyProblem {
	return &keyProblem{code: "private-key-encryption-unsupported", data: []finding.Datum{finding.Str("scheme", scheme)}}
}

// readEncryption returns how the private key of a block is encrypted; nil if it is not.
func readEncryption(b *Block) (*encryption, *keyProblem) {
	if e, problem := readDEKInfo(b); e != nil || problem != nil {
		return e, problem
	}
	if len(b.DER) > maxPrivateKeySize {
		return nil, nil // The decoder says so.
	}
	r := encryptionReader{derReader{der: b.DER}}
	outer, ok := r.expect(0, uint32(len(b.DER)), tagSequence)
	if !ok {
		return nil, nil
	}
	scheme, ok := r.algorithmIdentifier(outer.body, outer.end)
	if !ok {
		return nil, nil
	}
	ciphertext, ok := r.expect(scheme.whole.end, outer.end, tagOctetString)
	if !ok {
		return nil, nil
	}
	e, problem := r.scheme(scheme)
	if problem != nil {
		return nil, problem
	}
	e.ciphertext = ciphertext.content().of(b.DER)
	if trailing := len(b.DER) - int(outer.end); trailing > 0 {
		e.notes = append(e.notes, (&keyProblem{code: "der-trailing-bytes", data: []finding.Datum{
			finding.Int("count", trailing), finding.Str("what", "private key")}}).at(outer.end))
	}
	return e, nil
}

// encryptionReader reads the parameters of an encryption scheme.
type encryptionReader struct{ derReader }

func (r *encryptionReader) syntax(what string) *keyProblem {
	return malformed(what + ": " + r.problem).at(r.problemAt)
}

func (r *encryptionReader) scheme(id algorithmIdentifier) (*encryption, *keyProblem) {
	switch oid := oidString(id.oid.of(r.der)); oid {
	case "1.2.840.113549.1.5.13":
		return r.pbes2(id, "PBES2")
	case "1.2.156.10197.6.1.4.1.5.2", "1.2.156.10197.6.4.1.5.2":
		// GM/T 0091. Its PBES is PBES2 under another name; the second identifier is
		// what some software writes instead of the one that is printed there.
		return r.pbes2(id, "SM-PBES")
	case "1.2.840.113549.1.5.1":
		return nil, unsupportedEncryption("PBES1 (MD2, DES-CBC)")
	case "1.2.840.113549.1.5.4":
		return nil, unsupportedEncryption("PBES1 (MD2, RC2-64-CBC)")
	case "1.2.840.113549.1.5.3":
		return r.pbes1(id, "MD5", md5.New, ciphersByName["DES-CBC"])
	case "1.2.840.113549.1.5.6":
		return r.pbes1(id, "MD5", md5.New, ciphersByName["RC2-64-CBC"])
	case "1.2.840.113549.1.5.10":
		return r.pbes1(id, "SHA-1", sha1.New, ciphersByName["DES-CBC"])
	case "1.2.840.113549.1.5.11":
		return r.pbes1(id, "SHA-1", sha1.New, ciphersByName["RC2-64-CBC"])
	case "1.2.840.113549.1.12.1.1":
		return r.pkcs12(id, newRC4(128))
	case "1.2.840.113549.1.12.1.2":
		return r.pkcs12(id, newRC4(40))
	case "1.2.840.113549.1.12.1.3":
		return r.pkcs12(id, ciphersByName["DES-EDE3-CBC"])
	case "1.2.840.113549.1.12.1.4":
		return r.pkcs12(id, ciphersByName["DES-EDE-CBC"])
	case "1.2.840.113549.1.12.1.5":
		return r.pkcs12(id, ciphersByName["RC2-CBC"])
	case "1.2.840.113549.1.12.1.6":
		return r.pkcs12(id, ciphersByName["RC2-40-CBC"])
	case oidJKSProtection:
		return jksProtection(), nil
	case oidJCEKSProtection:
		return r.jceksProtection(id)
	default:
		return nil, unsupportedEncryption(oid)
	}
}

// pbes2 reads PBES2-params, RFC 8018, Appendix A.4.
func (r *encryptionReader) pbes2(id algorithmIdentifier, name string) (*encryption, *keyProblem) {
	if id.parameters.tag != tagSequence {
		return nil, malformed("the parameters of its encryption are missing").at(id.whole.start)
	}
	kdfID, ok := r.algorithmIdentifier(id.parameters.body, id.parameters.end)
	if !ok {
		return nil, r.syntax("the key derivation function")
	}
	cipherID, ok := r.algorithmIdentifier(kdfID.whole.end, id.parameters.end)
	if !ok {
		return nil, r.syntax("the cipher")
	}
	e := new(encryption)
	cipherName, cipherKnown, problem := r.cipher(cipherID, e)
	if problem != nil {
		return nil, problem
	}
	kdfKnown, problem := r.kdf(kdfID, e)
	if problem != nil {
		return nil, problem
	}
	e.name = name + " (" + e.kdf.name + ", " + cipherName + ")"
	if !cipherKnown || !kdfKnown {
		return nil, unsupportedEncryption(e.name)
	}
	if stated := e.kdf.keySize; stated > 0 && e.cipher.variableKey {
		e.cipher.keySize = stated
	} else if stated > 0 && stated != e.cipher.keySize {
		return nil, malformed("its key derivation states another key length than its cipher has").at(kdfID.whole.start)
	}
	e.weak = e.cipher.weak
	e.kdf.price(e.cipher.keySize)
	return e, nil
}

// pbes1 reads the parameters of PBES1, RFC 8018, Appendix A.3.
func (r *encryptionReader) pbes1(id algorithmIdentifier, hashName string, newHash func() hash.Hash, c symmetricCipher) (*encryption, *keyProblem) {
	salt, iterations, problem := r.saltAndCount(id)
	if problem != nil {
		return nil, problem
	}
	e := &encryption{
		name:      "PBES1 (" + hashName + ", " + c.name + ")",
		weak:      true,
		kdf:       pbkdf1(newHash, salt, iterations),
		cipher:    c,
		ivDerived: true,
	}
	e.kdf.price(c.keySize + c.blockSize())
	return e, nil
}

// pkcs12 reads the parameters of the schemes of RFC 7292, Appendix C.
func (r *encryptionReader) pkcs12(id algorithmIdentifier, c symmetricCipher) (*encryption, *keyProblem) {
	salt, iterations, problem := r.saltAndCount(id)
	if problem != nil {
		return nil, problem
	}
	e := &encryption{
		name:      "PKCS#12 PBE (SHA-1, " + c.name + ")",
		weak:      true,
		kdf:       pkcs12KDF(salt, iterations, c.keySize),
		cipher:    c,
		ivDerived: true,
	}
	e.kdf.price(c.keySize + c.blockSize())
	return e, nil
}

// saltAndCount reads the parameters that PBES1 and PKCS#12 share.
func (r *encryptionReader) saltAndCount(id algorithmIdentifier) ([]byte, uint64, *keyProblem) {
	if id.parameters.tag != tagSequence {
		return nil, 0, malformed("the parameters of its encryption are missing").at(id.whole.start)
	}
	salt, ok := r.expect(id.parameters.body, id.parameters.end, tagOctetString)
	if !ok {
		return nil, 0, r.syntax("the salt")
	}
	count, _, problem := r.count(salt.end, id.parameters.end)
	return salt.content().of(r.der), count, problem
}

// count reads a positive INTEGER; one that is absurdly large comes out as the
// largest number there is.
func (r *encryptionReader) count(pos, limit uint32) (uint64, uint32, *keyProblem) {
	e, ok := r.expect(pos, limit, tagInteger)
	if !ok {
		return 0, 0, r.syntax("a number among the parameters of its encryption")
	}
	b := e.content().of(r.der)
	value := trimZeros(b)
	if len(value) == 0 || b[0] >= 0x80 {
		return 0, 0, malformed("a number among the parameters of its encryption is zero or negative").at(e.start)
	}
	if len(value) > 8 {
		return ^uint64(0), e.end, nil
	}
	var octets [8]byte
	copy(octets[8-len(value):], value)
	return binary.BigEndian.Uint64(octets[:]), e.end, nil
}

// bmpPassword is a password as PKCS#12 wants it: in UTF-16 with the high byte
// first, and with two zero bytes at its end. Bytes that are not UTF-8 are taken
// for Latin-1.
func bmpPassword(password []byte) []byte {
	out := make([]byte, 0, 2*len(password)+2)
	if !utf8.Valid(password) {
		for _, c := range password {
			out = append(out, 0, c)
		}
		return append(out, 0, 0)
	}
	for len(password) > 0 {
		r, n := utf8.DecodeRune(password)
		password = password[n:]
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			out = binary.BigEndian.AppendUint16(out, uint16(high))
			r = low
		}
		out = binary.BigEndian.AppendUint16(out, uint16(r))
	}
	return append(out, 0, 0)
}
