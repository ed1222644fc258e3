package certparse

import (
	"slices"
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
)

// This file opens what is encrypted in containers, and the private keys in them.

// passwordForm is a password in both encodings that key derivations want.
type passwordForm struct {
	octets []byte
	// bmp is the encoding of PKCS#12.
	bmp []byte
}

// passwordForms are the ways in which a password may be meant. No password in the
// encoding of PKCS#12 is either two zero bytes or nothing at all, and software
// writes both. Older versions of OpenSSL took the bytes of UTF-8 for characters.
func passwordForms(password []byte) []passwordForm {
	if len(password) == 0 {
		return []passwordForm{{bmp: bmpPassword(nil)}, {}}
	}
	forms := []passwordForm{{password, bmpPassword(password)}}
	if utf8.Valid(password) && slices.ContainsFunc(password, func(c byte) bool { return c >= utf8.RuneSelf }) {
		forms = append(forms, passwordForm{password, bmpPassword([]byte(latin1(password)))})
	}
	return forms
}

// as is the password as a key derivation wants it.
func (f passwordForm) as(k *kdf) []byte {
	if k.unicode {
		return f.bmp
	}
	return f.octets
}

// passwordsFor are the forms that are different for a key derivation.
func (u *unpacker) passwordsFor(k *kdf) []passwordForm {
	if !k.unicode {
		return u.passwords[:min(len(u.passwords), 1)]
	}
	return u.passwords
}

// settle records that the password was right in the given form.
func (u *unpacker) settle(form int, k *kdf) {
	if k.unicode {
		u.passwords = u.passwords[form : form+1]
	}
}

// decrypt opens what a scheme of PKCS#5 or PKCS#12 has encrypted, with each form
// of the password until accept takes what came out. The algorithm is in BER, and
// the codes are those for a private key or for other contents.
func (u *unpacker) decrypt(algorithm, ciphertext []byte, codes encryptionCodes, accept func(e *encryption, plain []byte) bool) bool {
	e, problem := readScheme(algorithm, ciphertext)
	if problem != nil {
		u.problem(problem, codes)
		return false
	}
	scheme := finding.Str("scheme", e.name)
	if u.wrong {
		return false
	}
	for i, form := range u.passwordsFor(&e.kdf) {
		if problem := e.kdf.tooCostly(e.name, u.keys.work); problem != nil {
			u.problem(problem, codes)
			return false
		}
		u.keys.work += e.kdf.work
		plain, ok := e.decryptEncoded(form.as(&e.kdf))
		if ok && accept(e, plain) {
			u.settle(i, &e.kdf)
			return true
		}
		if ok {
			clear(plain)
		}
	}
	if u.keys.password == nil {
		u.locked = true
		u.add(codes.missing, scheme)
	} else {
		u.add(codes.wrong, scheme)
	}
	return false
}

// encryptionCodes are the findings about something that is encrypted.
type encryptionCodes struct{ missing, wrong, unsupported, cost, malformed finding.Code }

var (
	// Whatever is encrypted in a container needs the same advice: give the password.
	keyCodesInContainer = encryptionCodes{"container-encrypted", "private-key-password-wrong",
		"private-key-encryption-unsupported", "private-key-kdf-cost", "private-key-malformed"}
	contentCodes = encryptionCodes{"container-encrypted", "container-password-wrong",
		"container-encryption-unsupported", "container-kdf-cost", "container-malformed"}
)

// problem adds a problem of a private key, with the code that fits what it is about.
func (u *unpacker) problem(p *keyProblem, codes encryptionCodes) {
	code := p.code
	switch code {
	case keyCodesInContainer.unsupported:
		code = codes.unsupported
	case keyCodesInContainer.cost:
		code = codes.cost
	case keyCodesInContainer.malformed:
		code = codes.malformed
	}
	u.add(code, p.data...)
}

// readScheme reads how something is encrypted from an AlgorithmIdentifier in BER.
func readScheme(algorithm, ciphertext []byte) (*encryption, *keyProblem) {
	der, _, ok := berToDER(algorithm)
	if !ok || len(der) > maxPrivateKeySize {
		return nil, malformed("its encryption scheme cannot be read")
	}
	r := encryptionReader{derReader{der: der}}
	id, ok := r.algorithmIdentifier(0, uint32(len(der)))
	if !ok {
		return nil, r.syntax("the encryption scheme")
	}
	e, problem := r.scheme(id)
	if problem != nil {
		return nil, problem.hidden()
	}
	e.ciphertext = ciphertext
	return e, nil
}

// encryptedKey adds a private key that is encrypted as PKCS#8 has it.
func (u *unpacker) encryptedKey(ber []byte, name string, id []byte) bool {
	entry := Entry{Kind: KindPrivateKey, FriendlyName: name, LocalKeyID: id}
	info, _, ok := berNext(ber)
	in := info.inside()
	algorithm, ok1 := in.next(tagSequence)
	field, ok2 := in.any()
	ciphertext, ok3 := field.octets(tagOctetString)
	if !ok || info.tag != tagSequence || !ok1 || !ok2 || !ok3 || len(ciphertext) > maxPrivateKeySize {
		u.malformed("an encrypted private key in it has not the form of PKCS#8")
		return u.entry(entry)
	}
	u.decrypt(algorithm.whole, ciphertext, keyCodesInContainer, func(e *encryption, plain []byte) bool {
		defer clear(plain)
		key, fs, opened := u.openedKey(e, plain)
		if key != nil {
			key.encryption = e.name
		}
		entry.PrivateKey = key
		for _, f := range fs {
			u.append(f)
		}
		return opened
	})
	return u.entry(entry)
}

// openedKey reads a key that was decrypted; opened says that the password was
// right, even if the key is of no use.
func (u *unpacker) openedKey(e *encryption, plain []byte) (key *PrivateKey, fs []finding.Finding, opened bool) {
	key, notes, problem := decodeKeyInBER(plain)
	if problem != nil {
		// As with keys outside of containers: nonsense means a wrong password,
		// unless the cipher itself vouches for what came out.
		if problem.code == "private-key-malformed" && !e.authenticated() {
			return nil, nil, false
		}
		return nil, []finding.Finding{problem.hidden().finding(u.where)}, true
	}
	for _, n := range notes {
		fs = append(fs, n.hidden().finding(u.where))
	}
	if e.weak {
		fs = append(fs, finding.New("private-key-weak-encryption", u.where, finding.Str("scheme", e.name)))
	}
	return key, fs, true
}

// plainKey adds a private key that is not encrypted by itself.
func (u *unpacker) plainKey(ber []byte, name string, id []byte) bool {
	key, notes, problem := decodeKeyInBER(ber)
	if problem != nil {
		u.append(problem.hidden().finding(u.where))
	}
	for _, n := range notes {
		u.append(n.hidden().finding(u.where))
	}
	return u.entry(Entry{Kind: KindPrivateKey, FriendlyName: name, LocalKeyID: id, PrivateKey: key})
}

// decodeKeyInBER reads an unencrypted private key that may be BER, as containers
// may be.
func decodeKeyInBER(ber []byte) (*PrivateKey, []*keyProblem, *keyProblem) {
	if len(ber) <= maxPrivateKeySize {
		if der, c, ok := berToDER(ber); ok && (c.indefinite > 0 || c.pieces > 0) {
			defer clear(der)
			return decodePrivateKey(der, "")
		}
	}
	return decodePrivateKey(ber, "")
}
