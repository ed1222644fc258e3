package certparse

import (
	"bytes"

	"github.com/certloupe/certloupe/finding"
)

// This file is the outside of private keys: the type, and the way from a block
// to an opened key. What a block holds is judged by its content; its label is
// asked only where the content leaves the curve open.
//
// A private key is kept in one form, its unencrypted PKCS#8 encoding in one
// buffer of its own. Signing, writing it out and wiping it all start from
// there, so there is one place where the secret is.

// maxPrivateKeySize is the largest private key in bytes that is read. The
// largest ones in use, RSA and post-quantum keys, have some ten thousand.
const maxPrivateKeySize = 1 << 20

// redacted is all that a private key ever shows of itself.
const redacted = "PRIVATE KEY (redacted)"

// PrivateKey is a private key that was opened and found consistent. It never
// shows what it holds: printed, logged or encoded it appears as a fixed text.
type PrivateKey struct {
	public     PublicKey
	format     string
	encryption string
	// secret returns the key material. It is a function because package fmt
	// follows a pointer when it meets a verb that does not fit it, asking no
	// method, but never calls a function.
	secret func() *material
}

// material is what must not be seen of a private key.
type material struct {
	pkcs8 []byte
}

// newSecret hides the encoding of a key.
func newSecret(pkcs8 []byte) func() *material {
	m := &material{pkcs8}
	return func() *material { return m }
}

// encoding is the key in PKCS#8; nil after it was wiped and for the zero value.
func (k *PrivateKey) encoding() []byte {
	if k.secret == nil {
		return nil
	}
	return k.secret().pkcs8
}

// Public returns the public key that belongs to the private key. It was computed
// from the private values, except for SLH-DSA, where it is part of them.
func (k *PrivateKey) Public() PublicKey { return k.public }

// Format returns the form in which the key was written: "PKCS#1", "SEC1",
// "PKCS#8" or "DSA", the traditional form of DSA keys, which has no other name.
func (k *PrivateKey) Format() string { return k.format }

// Encryption names the scheme that the key was encrypted with, for example
// "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)" or "DEK-Info AES-128-CBC". It is
// empty if the key was not encrypted.
func (k *PrivateKey) Encryption() string { return k.encryption }

// PKCS8 returns the key as unencrypted PKCS#8 in DER (RFC 5958, version 1),
// without attributes. The same key gives the same bytes in whichever form it was
// written and encrypted, except that ML-DSA and ML-KEM keys stay a seed, an
// expanded key or both. The caller should clear them after use. It fails only
// after [PrivateKey.Wipe].
func (k *PrivateKey) PKCS8() ([]byte, error) {
	der := k.encoding()
	if der == nil {
		return nil, errWiped
	}
	return bytes.Clone(der), nil
}

// Wipe overwrites the key material with zeros. The public key stays. Copies that
// the runtime or a [crypto.Signer] made, and the block that the key was read
// from, are beyond its reach. No other goroutine may use the key meanwhile.
func (k *PrivateKey) Wipe() {
	if k.secret != nil {
		m := k.secret()
		clear(m.pkcs8)
		m.pkcs8 = nil
	}
}

// String returns a fixed text that holds nothing of the key.
func (k PrivateKey) String() string { return redacted }

// GoString is String.
func (k PrivateKey) GoString() string { return redacted }

// MarshalText is String.
func (k PrivateKey) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON is String as a JSON string.
func (k PrivateKey) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// ParsePrivateKey reads a private key in DER: PKCS#1, SEC1, PKCS#8, encrypted
// PKCS#8, or the traditional form of DSA. The password opens an encrypted one;
// nil means that there is none. The key is nil if it could not be opened or
// contradicts itself; the findings then say why.
func ParsePrivateKey(der, password []byte) (*PrivateKey, []finding.Finding) {
	return openPrivateKey(&Block{Kind: KindPrivateKey, DER: der}, password, finding.Where{})
}

// openPrivateKey opens the private key of one block. See keyOpener for several.
func openPrivateKey(b *Block, password []byte, where finding.Where) (*PrivateKey, []finding.Finding) {
	o := keyOpener{password: password}
	return o.open(b, where)
}

// keyOpener opens the private keys and the containers of one input. All of them
// share one allowance of work for deriving keys from the password, so that many
// costly keys take no more time than one.
type keyOpener struct {
	password []byte
	// work is what was done so far; see maxKDFWork.
	work uint64
	// entries counts what was found in containers; see container.go.
	entries int
}

func (o *keyOpener) open(b *Block, where finding.Where) (*PrivateKey, []finding.Finding) {
	e, problem := readEncryption(b)
	if problem != nil {
		return nil, []finding.Finding{problem.finding(where)}
	}
	if e == nil {
		return o.openPlain(b, where)
	}
	scheme := finding.Str("scheme", e.name)
	if problem := e.kdf.tooCostly(e.name, o.work); problem != nil {
		return nil, []finding.Finding{problem.finding(where)}
	}
	if o.password == nil {
		return nil, []finding.Finding{finding.New("private-key-encrypted", where, scheme)}
	}
	o.work += e.kdf.work
	plain, ok := e.decrypt(o.password)
	defer clear(plain)
	if !ok {
		return nil, []finding.Finding{finding.New("private-key-password-wrong", where, scheme)}
	}
	key, notes, problem := decodePrivateKey(plain, b.Label)
	if problem != nil {
		// A wrong password can leave padding that looks right. What comes out is
		// then no key, unless the cipher itself vouches for it.
		if problem.code == "private-key-malformed" && !e.authenticated() {
			return nil, []finding.Finding{finding.New("private-key-password-wrong", where, scheme)}
		}
		return nil, []finding.Finding{problem.hidden().finding(where)}
	}
	key.encryption = e.name
	var fs []finding.Finding
	for _, n := range e.notes {
		fs = append(fs, n.finding(where))
	}
	for _, n := range notes {
		fs = append(fs, n.hidden().finding(where))
	}
	if e.weak {
		fs = append(fs, finding.New("private-key-weak-encryption", where, scheme))
	}
	return key, fs
}

func (o *keyOpener) openPlain(b *Block, where finding.Where) (*PrivateKey, []finding.Finding) {
	key, notes, problem := decodePrivateKey(b.DER, b.Label)
	if problem != nil {
		return nil, []finding.Finding{problem.finding(where)}
	}
	var fs []finding.Finding
	for _, n := range notes {
		fs = append(fs, n.finding(where))
	}
	if o.password != nil {
		fs = append(fs, finding.New("private-key-password-unused", where))
	}
	return key, fs
}

// keyProblem is a finding about a private key that does not know its place in
// the input yet. Its texts name fields and relations, never values.
type keyProblem struct {
	code finding.Code
	// offset is the offset in the DER, plus one; 0 is not known.
	offset finding.Pos
	data   []finding.Datum
}

func (p *keyProblem) finding(where finding.Where) finding.Finding {
	where.DERByte = p.offset
	return finding.New(p.code, where, p.data...)
}

// hidden is the problem without its offset, for DER that was encrypted in the
// input and has no place there.
func (p *keyProblem) hidden() *keyProblem { return &keyProblem{code: p.code, data: p.data} }

func malformed(problem string) *keyProblem {
	return &keyProblem{code: "private-key-malformed", data: []finding.Datum{finding.Str("problem", problem)}}
}

func inconsistent(problem string) *keyProblem {
	return &keyProblem{code: "private-key-inconsistent", data: []finding.Datum{finding.Str("problem", problem)}}
}

// at sets the offset in the DER.
func (p *keyProblem) at(offset uint32) *keyProblem {
	p.offset = finding.At(int(offset))
	return p
}
