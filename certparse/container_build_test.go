package certparse

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"hash"
	"slices"
	"unicode/utf16"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/scrypt"
)

// This file writes containers that no tool would, and those that a tool might be
// missing for.

// safeBag is what stands in one bag of PKCS#12.
type safeBag struct {
	kind  string // The last arc of its type.
	value []byte
	name  string
	id    []byte
}

func (b safeBag) der() []byte {
	parts := [][]byte{oid("1.2.840.113549.1.12.10.1." + b.kind), tlv(0xa0, b.value)}
	var attributes [][]byte
	if b.name != "" {
		attributes = append(attributes, seq(oid("1.2.840.113549.1.9.20"), set(tlv(tagBMPString, bmp(b.name)))))
	}
	if b.id != nil {
		attributes = append(attributes, seq(oid("1.2.840.113549.1.9.21"), set(tlv(tagOctetString, b.id))))
	}
	if attributes != nil {
		parts = append(parts, set(attributes...))
	}
	return seq(parts...)
}

func bmp(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b
}

func certBag(der []byte) []byte {
	return seq(oid("1.2.840.113549.1.9.22.1"), tlv(0xa0, tlv(tagOctetString, der)))
}

func crlBag(der []byte) []byte {
	return seq(oid("1.2.840.113549.1.9.23.1"), tlv(0xa0, tlv(tagOctetString, der)))
}

const (
	oidOfData      = "1.2.840.113549.1.7.1"
	oidOfSigned    = "1.2.840.113549.1.7.2"
	oidOfEncrypted = "1.2.840.113549.1.7.6"
)

func dataContent(octets []byte) []byte {
	return seq(oid(oidOfData), tlv(0xa0, tlv(tagOctetString, octets)))
}

func safeOf(bags ...[]byte) []byte { return dataContent(seq(bags...)) }

// encryptedSafe is an encrypted content; info is an EncryptedPrivateKeyInfo.
func encryptedSafe(info []byte) []byte {
	in := (berElement{content: info[len(info)-len(contentOf(info)):]}).inside()
	algorithm, _ := in.any()
	ciphertext, _ := in.any()
	return seq(oid(oidOfEncrypted), tlv(0xa0, seq(integer(0), seq(oid(oidOfData), algorithm.whole, tlv(0x80, ciphertext.content)))))
}

func contentOf(der []byte) []byte {
	e, _, _ := berNext(der)
	return e.content
}

// pfxOf is a PFX with the given MAC, if any.
func pfxOf(mac []byte, contents ...[]byte) []byte {
	return seq(integer(3), dataContent(seq(contents...)), mac)
}

// uintOf is an INTEGER.
func uintOf(n uint64) []byte {
	b := binary.BigEndian.AppendUint64([]byte{0}, n)
	for len(b) > 1 && b[0] == 0 && b[1] < 0x80 {
		b = b[1:]
	}
	return integer(b...)
}

// macOf is the MacData for the contents.
func macOf(digest string, newHash func() hash.Hash, bmpPassword []byte, iterations uint64, contents ...[]byte) []byte {
	salt := []byte("TEST ONLY")
	key := pkcs12Derive(newHash, 3, bmpPassword, salt, min(iterations, 4096), newHash().Size())
	h := hmac.New(newHash, key)
	h.Write(seq(contents...))
	return seq(seq(seq(oid(digest), tlv(tagNull)), tlv(tagOctetString, h.Sum(nil))), tlv(tagOctetString, salt), uintOf(iterations))
}

// pbmac1Of is the MacData of RFC 9579 with the parameters of the key derivation
// after the salt.
func pbmac1Of(prf string, newHash func() hash.Hash, password []byte, size int, parameters []byte, contents ...[]byte) []byte {
	salt := []byte("TEST ONLY salt")
	key, err := pbkdf2.Key(newHash, string(password), salt, 2048, size)
	if err != nil {
		panic(err)
	}
	h := hmac.New(newHash, key)
	h.Write(seq(contents...))
	kdf := seq(oid("1.2.840.113549.1.5.12"), seq(tlv(tagOctetString, salt), parameters))
	return seq(seq(seq(oid(oidPBMAC1), seq(kdf, seq(oid(prf)))), tlv(tagOctetString, h.Sum(nil))), tlv(tagOctetString, []byte("unused")), integer(1))
}

// padded adds the padding of RFC 8018, Section 6.1.1.
func padded(plain []byte, size int) []byte {
	n := size - len(plain)%size
	return append(slices.Clone(plain), bytes.Repeat([]byte{byte(n)}, n)...)
}

func encryptCBC(block cipher.Block, iv, plain []byte) []byte {
	out := padded(plain, block.BlockSize())
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	return out
}

// encryptSM is PBES2 with SM4-CBC and PBKDF2 with HMAC-SM3.
func encryptSM(password, plain []byte) []byte {
	salt, iv := []byte("TEST ONLY salt"), []byte("TEST ONLY iv....")
	key, err := pbkdf2.Key(sm3.New, string(password), salt, 2048, 16)
	if err != nil {
		panic(err)
	}
	block, err := sm4.NewCipher(key)
	if err != nil {
		panic(err)
	}
	kdf := seq(oid("1.2.840.113549.1.5.12"), seq(tlv(tagOctetString, salt), uintOf(2048), seq(oid("1.2.156.10197.1.401.2"))))
	scheme := seq(oid("1.2.156.10197.1.104.2"), tlv(tagOctetString, iv))
	return seq(seq(oid("1.2.840.113549.1.5.13"), seq(kdf, scheme)), tlv(tagOctetString, encryptCBC(block, iv, plain)))
}

// encryptScrypt is PBES2 with AES-256-CBC and scrypt.
func encryptScrypt(password, plain []byte) []byte {
	salt, iv := []byte("TEST ONLY salt"), []byte("TEST ONLY iv....")
	key, err := scrypt.Key(password, salt, 1024, 8, 1, 32)
	if err != nil {
		panic(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	kdf := seq(oid("1.3.6.1.4.1.11591.4.11"), seq(tlv(tagOctetString, salt), uintOf(1024), uintOf(8), uintOf(1)))
	scheme := seq(oid("2.16.840.1.101.3.4.1.42"), tlv(tagOctetString, iv))
	return seq(seq(oid("1.2.840.113549.1.5.13"), seq(kdf, scheme)), tlv(tagOctetString, encryptCBC(block, iv, plain)))
}

// encrypt3DES is the scheme of PKCS#12 with Triple DES, for a password in its
// encoding. What nobody would wait for is written down and not done.
func encrypt3DES(bmpPassword, plain []byte, iterations uint64) []byte {
	salt := []byte("TESTONLY")
	n := min(iterations, 4096)
	block, err := des.NewTripleDESCipher(pkcs12Derive(sha1.New, 1, bmpPassword, salt, n, 24))
	if err != nil {
		panic(err)
	}
	iv := pkcs12Derive(sha1.New, 2, bmpPassword, salt, n, 8)
	return seq(seq(oid("1.2.840.113549.1.12.1.3"), seq(tlv(tagOctetString, salt), uintOf(iterations))),
		tlv(tagOctetString, encryptCBC(block, iv, plain)))
}

// inPieces makes BER of DER, as writers do that do not know lengths in advance: every
// constructed element has the indefinite form, and octet strings are in two pieces.
// choose says for each element whether. An implicit tag does not say whether it
// stands for an octet string; those in more do.
func inPieces(der []byte, choose func() bool, more ...byte) []byte {
	var out []byte
	for r := (berReader{der}); len(r.rest) > 0; {
		e, ok := r.any()
		if !ok {
			panic("this is not DER")
		}
		switch {
		case e.tag&0x20 != 0:
			inside := inPieces(e.content, choose, more...)
			if choose() {
				out = append(append(append(out, e.tag, 0x80), inside...), 0, 0)
			} else {
				out = append(out, tlv(e.tag, inside)...)
			}
		case (e.tag == tagOctetString || e.tag == tagUTF8String || slices.Contains(more, e.tag)) && choose():
			half := len(e.content) / 2
			out = append(out, e.tag|0x20, 0x80)
			out = append(out, tlv(tagOctetString, e.content[:half])...)
			out = append(out, tlv(tagOctetString|0x20, tlv(tagOctetString, e.content[half:]))...)
			out = append(out, 0, 0)
		case choose() && len(e.content) < 0x80:
			out = append(append(out, e.tag, 0x82, 0, byte(len(e.content))), e.content...)
		default:
			out = append(out, e.whole...)
		}
	}
	return out
}

func always() bool { return true }

// The following functions write Java keystores.

type javaBuilder struct{ bytes.Buffer }

func (b *javaBuilder) numbers(values ...any) {
	for _, v := range values {
		if err := binary.Write(b, binary.BigEndian, v); err != nil {
			panic(err)
		}
	}
}

func (b *javaBuilder) text(s string) {
	b.numbers(uint16(len(s)))
	b.WriteString(s)
}

func (b *javaBuilder) blob(data []byte) {
	b.numbers(uint32(len(data)))
	b.Write(data)
}

func (b *javaBuilder) certificate(kind string, der []byte) {
	b.text(kind)
	b.blob(der)
}

// keystoreOf is a keystore of version 2 with the given entries.
func keystoreOf(magic string, password []byte, entries ...func(b *javaBuilder)) []byte {
	var b javaBuilder
	b.WriteString(magic)
	b.numbers(uint32(2), uint32(len(entries)))
	for _, e := range entries {
		e(&b)
	}
	h := sha1.New()
	h.Write(javaPassword(password))
	h.Write([]byte(keystoreSalt))
	h.Write(b.Bytes())
	return h.Sum(b.Bytes())
}

func trusted(alias string, der []byte) func(b *javaBuilder) {
	return func(b *javaBuilder) {
		b.numbers(uint32(keystoreCertificate))
		b.text(alias)
		b.numbers(uint64(1))
		b.certificate("X.509", der)
	}
}

func keyAndChain(alias string, info []byte, chain ...[]byte) func(b *javaBuilder) {
	return func(b *javaBuilder) {
		b.numbers(uint32(keystoreKey))
		b.text(alias)
		b.numbers(uint64(1))
		b.blob(info)
		b.numbers(uint32(len(chain)))
		for _, der := range chain {
			b.certificate("X.509", der)
		}
	}
}

// secret is an entry with a secret key as Java writes it: a SealedObject.
func secret(alias string) func(b *javaBuilder) {
	return func(b *javaBuilder) {
		b.numbers(uint32(keystoreSecret))
		b.text(alias)
		b.numbers(uint64(1))
		sealedObject(b)
	}
}

// sealedObject writes the object that a secret key is kept in.
func sealedObject(b *javaBuilder) {
	b.numbers(uint32(0xaced0005), byte(javaObject), byte(javaClass))
	b.text("com.sun.crypto.provider.SealedObjectForKeyProtector")
	b.numbers(uint64(0xcd57ca59e730bb53), byte(javaSerializable), uint16(0), byte(javaEndBlock))
	b.numbers(byte(javaClass))
	b.text("javax.crypto.SealedObject")
	b.numbers(uint64(0x3e363da6c3b75470), byte(javaSerializable), uint16(4))
	for _, field := range [][3]string{{"[", "encodedParams", "[B"}, {"[", "encryptedContent", ""}, {"L", "paramsAlg", "Ljava/lang/String;"}, {"L", "sealAlg", ""}} {
		b.WriteString(field[0])
		b.text(field[1])
		switch {
		case field[2] != "":
			b.numbers(byte(javaString))
			b.text(field[2])
		case field[0] == "[":
			b.numbers(byte(javaReference), uint32(0x7e0002))
		default:
			b.numbers(byte(javaReference), uint32(0x7e0003))
		}
	}
	b.numbers(byte(javaEndBlock), byte(javaNull)) // No superclass.
	// The handles so far: two classes, two strings, and now the object is the fifth.
	b.numbers(byte(javaArray), byte(javaClass))
	b.text("[B")
	b.numbers(uint64(0xacf317f8060854e0), byte(javaSerializable), uint16(0), byte(javaEndBlock), byte(javaNull))
	b.numbers(uint32(15))
	b.Write(make([]byte, 15))
	b.numbers(byte(javaArray), byte(javaReference), uint32(0x7e0005), uint32(32))
	b.Write(make([]byte, 32))
	b.numbers(byte(javaString))
	b.text("PBEWithMD5AndTripleDES")
	b.numbers(byte(javaReference), uint32(0x7e0008))
}
