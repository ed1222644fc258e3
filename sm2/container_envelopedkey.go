package sm2

import (
	"bytes"
	"encoding/binary"

	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// envelope is an SM2EnvelopedKey or ENVELOPEDKEYBLOB:
//
//	SM2EnvelopedKey ::= SEQUENCE {
//	    symAlgID                AlgorithmIdentifier,
//	    symEncryptedKey         SM2Cipher,
//	    sm2PublicKey            BIT STRING,
//	    sm2EncryptedPrivateKey  BIT STRING }
type envelope struct {
	cipher       symmetric
	encryptedKey []byte // The key of the cipher, encrypted with SM2.
	point        []byte // The public key of the private key in the envelope.
	ciphertext   []byte
}

func isEnvelopedKey(der []byte) bool {
	_, ok := readEnvelopedKey(der)
	return ok
}

func readEnvelopedKey(der []byte) (e envelope, ok bool) {
	input := cryptobyte.String(der)
	var seq, encryptedKey cryptobyte.String
	var tag asn1.Tag
	if !input.ReadASN1(&seq, asn1.SEQUENCE) {
		return e, false
	}
	if e.cipher, ok = readSymmetric(&seq); !ok || !seq.ReadAnyASN1Element(&encryptedKey, &tag) {
		return e, false
	}
	switch tag {
	case asn1.SEQUENCE:
		e.encryptedKey = encryptedKey
	case asn1.OCTET_STRING:
		var content cryptobyte.String
		encryptedKey.ReadASN1(&content, asn1.OCTET_STRING)
		e.encryptedKey = content
	default:
		return e, false
	}
	if e.point, ok = readBits(&seq); !ok {
		return e, false
	}
	e.ciphertext, ok = readBits(&seq)
	return e, ok
}

// readBits reads the bytes of a BIT STRING as they stand. Some encoders drop zeros
// at the end and count what is left of the last byte as unused bits; no bit may be
// shifted because of that.
func readBits(input *cryptobyte.String) ([]byte, bool) {
	var bits cryptobyte.String
	if !input.ReadASN1(&bits, asn1.BIT_STRING) || len(bits) == 0 {
		return nil, false
	}
	return bits[1:], true
}

// Sizes of the fields of ENVELOPEDKEYBLOB. Coordinates and keys have room for 512
// bits and are filled up with zeros in front. All numbers are little-endian.
const (
	blobField       = 64
	blobCiphertext  = 12
	blobPublic      = blobCiphertext + blobField
	blobPoint       = blobPublic + 4
	blobCipher      = blobPoint + 2*blobField
	blobHash        = blobCipher + 2*blobField
	blobLength      = blobHash + 32
	blobEncrypted   = blobLength + 4
	blobSM4ECB      = 0x401 // The identifiers of GM/T 0006.
	blobSM4CBC      = 0x402
	blobKeyBits     = 256
	blobVersion     = 1
	maxBlobTrailing = 4 // Structures are filled up to whole words.
)

func isEnvelopedKeyBlob(b []byte) bool {
	number := func(offset int) uint32 { return binary.LittleEndian.Uint32(b[offset:]) }
	if len(b) < blobEncrypted || number(0) != blobVersion || number(8) != blobKeyBits || number(blobPublic) != blobKeyBits {
		return false
	}
	n := int64(number(blobLength))
	return int64(len(b)) >= blobEncrypted+n && int64(len(b)) < blobEncrypted+n+maxBlobTrailing
}

func (o *opener) envelopedKeyBlob(b []byte) {
	coordinates := func(offset int) []byte {
		half := blobField - scalarSize
		return append(bytes.Clone(b[offset+half:offset+blobField]), b[offset+blobField+half:offset+2*blobField]...)
	}
	e := envelope{point: coordinates(blobPoint), ciphertext: b[blobCiphertext:blobPublic]}
	switch algorithm := binary.LittleEndian.Uint32(b[4:]); {
	case algorithm == blobSM4ECB:
	case algorithm == blobSM4CBC:
		e.cipher.cbc = true
	default:
		e.cipher.unsupported = "a cipher that is not SM4 in the mode ECB or CBC"
	}
	n := int(binary.LittleEndian.Uint32(b[blobLength:]))
	e.encryptedKey = append(coordinates(blobCipher), b[blobHash:blobLength]...)
	e.encryptedKey = append(e.encryptedKey, b[blobEncrypted:blobEncrypted+n]...)
	o.open(e)
}

func (o *opener) envelopedKey(der []byte) {
	e, ok := readEnvelopedKey(der)
	if !ok {
		o.malformed("it is not made up as the standard demands")
		return
	}
	o.open(e)
}

// open opens an envelope with the signing key.
func (o *opener) open(e envelope) {
	public, ok := publicKeyOf(e.point)
	switch {
	case !ok:
		o.malformed("the public key in it is not a point on the curve of SM2")
		return
	case e.cipher.unsupported != "":
		o.add("container-cipher-unsupported", finding.Str("cipher", e.cipher.unsupported))
		return
	}
	key := o.unwrap([][]byte{e.encryptedKey})
	if key == nil {
		return
	}
	defer clear(key)
	right := func(k *certparse.PrivateKey) bool { return k.Matches(public) }
	found := false
	for _, d := range e.decrypt(key) {
		if !found {
			if k, form := keyIn(d.plain, right); k != nil {
				found = true
				o.key(k, joinForms(form, d.form))
			}
		}
		clear(d.plain)
	}
	if found {
		return
	}
	plain := e.cipher.decrypt(key, filled(e.ciphertext))
	defer clear(plain)
	if k, _ := keyIn(plain, func(*certparse.PrivateKey) bool { return true }); k != nil {
		o.add("private-key-inconsistent", finding.Str("problem", "it does not belong to the public key beside it in the container"))
		return
	}
	o.malformed(noKeyInside)
}

// unwrap decrypts the key of the cipher with the signing key. One of the encrypted
// keys is for that. It returns nil, and says why, if it cannot.
func (o *opener) unwrap(encrypted [][]byte) []byte {
	if !o.hasSigning {
		o.add("container-signing-key-missing")
		return nil
	}
	if o.signing != nil {
		for _, e := range encrypted {
			if key := decryptSM2(o.signing, e); key != nil {
				return key
			}
		}
	}
	o.add("container-signing-key-wrong")
	return nil
}

// decrypted is what one way of decrypting gives, and what is unusual about the way.
type decrypted struct {
	plain []byte
	form  string
}

// decrypt decrypts the private key in every way that is in use. Which one is right
// shows when the public key is compared.
func (e envelope) decrypt(key []byte) []decrypted {
	const otherMode = "in another mode of SM4 than it states"
	whole := filled(e.ciphertext)
	tries := []decrypted{{e.cipher.decrypt(key, whole), ""}, {e.cipher.otherMode().decrypt(key, whole), otherMode}}
	if len(whole) == blobField {
		front, back := whole[:scalarSize], whole[scalarSize:]
		if bytes.Count(front, []byte{0}) == scalarSize {
			tries = append(tries, decrypted{e.cipher.decrypt(key, back), "as 64 bytes, of which the first 32 are zero and not encrypted"})
		}
		if bytes.Count(back, []byte{0}) == scalarSize {
			tries = append(tries, decrypted{e.cipher.decrypt(key, front), "as 64 bytes, of which the last 32 are zero and not encrypted"})
		}
	}
	return tries
}

// filled is b with the zeros that encoders drop at the end of a BIT STRING.
func filled(b []byte) []byte {
	if n := len(b) % sm4.BlockSize; n > 0 {
		return append(bytes.Clone(b), make([]byte, sm4.BlockSize-n)...)
	}
	return b
}

func joinForms(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// publicKeyOf makes an SM2 public key of a point: with the byte 4 in front, without
// it, compressed, or without the zeros at its end.
func publicKeyOf(point []byte) (certparse.PublicKey, bool) {
	const size = 1 + 2*scalarSize
	var tries [][]byte
	switch n := len(point); {
	case n == size || n == 1+scalarSize:
		tries = [][]byte{point}
	case n == size-1:
		tries = [][]byte{append([]byte{4}, point...), append(bytes.Clone(point), 0)}
	case n > size-sm4.BlockSize && n < size:
		tries = [][]byte{append(bytes.Clone(point), make([]byte, size-n)...)}
	}
	for _, p := range tries {
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			// id-ecPublicKey with the curve sm2p256v1.
			b.AddBytes([]byte{0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d})
			b.AddASN1BitString(p)
		})
		key, err := certparse.ParsePublicKey(b.BytesOrPanic())
		if err != nil {
			continue
		}
		if _, err := key.Key(); err == nil {
			return key, true
		}
	}
	return certparse.PublicKey{}, false
}
