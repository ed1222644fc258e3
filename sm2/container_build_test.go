package sm2

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"

	"github.com/emmansun/gmsm/cfca"
	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs7"
	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm4"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file makes the containers that the tests open. Where gmsm can make one, it
// does; the forms that it cannot make are put together here.

// sm4Key is the key of SM4 in the containers that are put together here. TEST ONLY.
var sm4Key = []byte("sm4key/TEST/ONLY")

var testIV = []byte("TEST ONLY sm4 iv")

func pkcs7Padded(b []byte) []byte {
	n := 16 - len(b)%16
	return append(slices.Clone(b), slices.Repeat([]byte{byte(n)}, n)...)
}

func encryptECB(t testing.TB, plain []byte) []byte {
	t.Helper()
	block, err := sm4.NewCipher(sm4Key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	for i := 0; i < len(plain); i += 16 {
		block.Encrypt(out[i:i+16], plain[i:i+16])
	}
	return out
}

func encryptCBC(t testing.TB, iv, plain []byte) []byte {
	t.Helper()
	block, err := sm4.NewCipher(sm4Key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
	return out
}

// algorithm is an AlgorithmIdentifier with the given content octets and parameters.
func algorithm(oid string, parameters []byte) []byte {
	return appendElement(nil, 0x30, append(appendElement(nil, 0x06, []byte(oid)), parameters...))
}

func octets(b []byte) []byte { return appendElement(nil, 0x04, b) }

// bits is a BIT STRING; unused counts the unused bits of its last byte.
func bits(unused byte, b []byte) []byte {
	return appendElement(nil, 0x03, append([]byte{unused}, b...))
}

func sequence(parts ...[]byte) []byte { return appendElement(nil, 0x30, slices.Concat(parts...)) }

func encryptFor(t testing.TB, signing *gmsm.PrivateKey, plain []byte) []byte {
	t.Helper()
	c, err := gmsm.EncryptASN1(rand.Reader, &signing.PublicKey, plain)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// plainSM2 is a ciphertext in the plain form, the byte 4 in front.
func plainSM2(t testing.TB, signing *gmsm.PrivateKey, plain []byte, hashLast bool) []byte {
	t.Helper()
	opts := gmsm.NewPlainEncrypterOpts(gmsm.MarshalUncompressed, gmsm.C1C3C2)
	if hashLast {
		opts = gmsm.NewPlainEncrypterOpts(gmsm.MarshalUncompressed, gmsm.C1C2C3)
	}
	c, err := gmsm.Encrypt(rand.Reader, &signing.PublicKey, plain, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// asn1HashLast is an SM2Cipher with its last two elements exchanged.
func asn1HashLast(t testing.TB, signing *gmsm.PrivateKey, plain []byte) []byte {
	t.Helper()
	input := cryptobyte.String(encryptFor(t, signing, plain))
	var seq, hash, text cryptobyte.String
	x, y := new(big.Int), new(big.Int)
	if !input.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1Integer(x) || !seq.ReadASN1Integer(y) ||
		!seq.ReadASN1Element(&hash, asn1.OCTET_STRING) || !seq.ReadASN1Element(&text, asn1.OCTET_STRING) {
		t.Fatal("gmsm's own ciphertext cannot be read")
	}
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(x)
		b.AddASN1BigInt(y)
		b.AddBytes(text)
		b.AddBytes(hash)
	})
	return b.BytesOrPanic()
}

func scalarOf(key *gmsm.PrivateKey) []byte { return key.D.FillBytes(make([]byte, 32)) }

func pointOf(key *gmsm.PrivateKey) []byte {
	return slices.Concat([]byte{4}, key.X.FillBytes(make([]byte, 32)), key.Y.FillBytes(make([]byte, 32)))
}

// envelopedBy makes an SM2EnvelopedKey with the given ciphertext.
func envelopedBy(t testing.TB, signing, key *gmsm.PrivateKey, algorithm, ciphertext []byte) []byte {
	t.Helper()
	return sequence(algorithm, encryptFor(t, signing, sm4Key), bits(0, pointOf(key)), bits(0, ciphertext))
}

// envelopedBlob makes an ENVELOPEDKEYBLOB.
func envelopedBlob(t testing.TB, signing, key *gmsm.PrivateKey, algorithm uint32, ciphertext []byte) []byte {
	t.Helper()
	le := binary.LittleEndian
	wide := func(b []byte) []byte { return append(make([]byte, 32), b...) }
	c := plainSM2(t, signing, sm4Key, false)[1:]
	b := le.AppendUint32(nil, 1)
	b = le.AppendUint32(b, algorithm)
	b = le.AppendUint32(b, 256)
	b = append(b, ciphertext...)
	b = le.AppendUint32(b, 256)
	b = append(b, wide(pointOf(key)[1:33])...)
	b = append(b, wide(pointOf(key)[33:])...)
	b = append(b, wide(c[:32])...)
	b = append(b, wide(c[32:64])...)
	b = append(b, c[64:96]...)
	b = le.AppendUint32(b, 16)
	return append(b, c[96:]...)
}

// recipient is somebody for whom the key of the cipher is encrypted.
func recipient(key []byte) []byte {
	return sequence([]byte{2, 1, 1}, sequence(sequence(), []byte{2, 1, 5}), algorithm("\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x03", nil), octets(key))
}

// envelopedMessage makes an enveloped message of GB/T 35275 whose parts are given.
func envelopedMessage(contentType string, recipientKey, cipherAlgorithm, encryptedContent []byte) []byte {
	info := sequence(appendElement(nil, 0x06, []byte(oidSM2Data)), cipherAlgorithm, encryptedContent)
	data := sequence([]byte{2, 1, 1}, appendElement(nil, 0x31, recipient(recipientKey)), info)
	return sequence(appendElement(nil, 0x06, []byte(contentType)), appendElement(nil, 0xa0, data))
}

const oidEnvelopedData = "\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x03"

// indefinite rewrites an element in the indefinite form, all the way down.
func indefinite(der []byte) []byte {
	input := cryptobyte.String(der)
	var out []byte
	for !input.Empty() {
		var content cryptobyte.String
		var tag asn1.Tag
		if !input.ReadAnyASN1(&content, &tag) {
			return nil
		}
		if tag&0x20 == 0 {
			out = appendElement(out, byte(tag), content)
			continue
		}
		out = append(append(append(out, byte(tag), 0x80), indefinite(content)...), 0, 0)
	}
	return out
}

// sample is a container that a test expects to be opened.
type sample struct {
	name      string
	container Container
	data      []byte
	form      bool // Whether the private key is in an unusual form.
	password  []byte
	cert      bool // Whether the container has the key's certificate.
}

var cfcaPassword = []byte("TEST ONLY password 1234")

// samples are containers of every kind that hold key for the owner of signing, one
// for each form that is in use.
func samples(t testing.TB, signing, key *gmsm.PrivateKey, signCert, keyCert []byte) []sample {
	t.Helper()
	ok := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	smSign, err := smx509.ParseCertificate(signCert)
	if err != nil {
		t.Fatal(err)
	}
	smKey, err := smx509.ParseCertificate(keyCert)
	if err != nil {
		t.Fatal(err)
	}
	scalar := scalarOf(key)
	zeros := make([]byte, 32)
	null := []byte{5, 0}
	ecb, cbc, sm4Alone := algorithm(oidSM4ECB, null), algorithm(oidSM4CBC, octets(testIV)), algorithm(oidSM4, null)
	pkcs8DER := ok(smx509.MarshalPKCS8PrivateKey(key))
	sec1 := ok(smx509.MarshalSM2PrivateKey(key))
	enveloped := ok(gmsm.MarshalEnvelopedPrivateKey(rand.Reader, &signing.PublicKey, key))
	response := ok(smx509.MarshalCSRResponse([]*smx509.Certificate{smSign}, key, []*smx509.Certificate{smKey}))
	message := func(content []byte) []byte {
		return envelopedMessage(oidEnvelopedData, encryptFor(t, signing, sm4Key), cbc,
			appendElement(nil, 0x80, encryptCBC(t, testIV, pkcs7Padded(content))))
	}
	signedAndEnveloped := func() []byte {
		s, err := pkcs7.NewSMSignedAndEnvelopedData(pkcs8DER, pkcs.SM4CBC)
		if err == nil {
			err = s.AddSigner(smSign, signing)
		}
		if err == nil {
			err = s.AddRecipient(smSign)
		}
		if err != nil {
			t.Fatal(err)
		}
		return ok(s.Finish())
	}

	list := []sample{
		// GB/T 35276, the form of gmsm first.
		{"gmsm", EnvelopedKey, enveloped, false, nil, false},
		{"ECB padded", EnvelopedKey, envelopedBy(t, signing, key, ecb, encryptECB(t, pkcs7Padded(scalar))), true, nil, false},
		{"ECB zeros in front", EnvelopedKey, envelopedBy(t, signing, key, ecb, encryptECB(t, append(zeros, scalar...))), true, nil, false},
		{"ECB zeros behind", EnvelopedKey, envelopedBy(t, signing, key, ecb, encryptECB(t, append(scalar, zeros...))), true, nil, false},
		{"ECB zeros in front, padded", EnvelopedKey, envelopedBy(t, signing, key, ecb, encryptECB(t, pkcs7Padded(append(zeros, scalar...)))), true, nil, false},
		{"ECB plain zeros in front", EnvelopedKey, envelopedBy(t, signing, key, ecb, append(zeros, encryptECB(t, scalar)...)), true, nil, false},
		{"ECB plain zeros behind", EnvelopedKey, envelopedBy(t, signing, key, ecb, append(encryptECB(t, scalar), zeros...)), true, nil, false},
		{"ECB integer padded", EnvelopedKey, envelopedBy(t, signing, key, ecb, encryptECB(t, pkcs7Padded(integer(scalar)))), true, nil, false},
		{"ECB PKCS#8 padded", EnvelopedKey, envelopedBy(t, signing, key, ecb, encryptECB(t, pkcs7Padded(pkcs8DER))), true, nil, false},
		{"ECB SEC1 filled up with zeros", EnvelopedKey, envelopedBy(t, signing, key, ecb, encryptECB(t, filled(sec1))), true, nil, false},
		{"CBC", EnvelopedKey, envelopedBy(t, signing, key, cbc, encryptCBC(t, testIV, scalar)), false, nil, false},
		{"CBC padded", EnvelopedKey, envelopedBy(t, signing, key, cbc, encryptCBC(t, testIV, pkcs7Padded(scalar))), true, nil, false},
		{"CBC zeros in front", EnvelopedKey, envelopedBy(t, signing, key, cbc, encryptCBC(t, testIV, append(zeros, scalar...))), true, nil, false},
		{"CBC without IV", EnvelopedKey, envelopedBy(t, signing, key, algorithm(oidSM4CBC, nil), encryptCBC(t, make([]byte, 16), scalar)), false, nil, false},
		{"SM4 alone", EnvelopedKey, envelopedBy(t, signing, key, sm4Alone, encryptECB(t, scalar)), false, nil, false},
		{"SM4 alone with IV", EnvelopedKey, envelopedBy(t, signing, key, algorithm(oidSM4, octets(testIV)), encryptCBC(t, testIV, scalar)), false, nil, false},
		{"CBC stated, ECB done", EnvelopedKey, envelopedBy(t, signing, key, cbc, encryptECB(t, scalar)), true, nil, false},
		{"bare OID", EnvelopedKey, envelopedBy(t, signing, key, appendElement(nil, 0x06, []byte(oidSM4ECB)), encryptECB(t, scalar)), false, nil, false},
		{"hash last", EnvelopedKey, sequence(ecb, asn1HashLast(t, signing, sm4Key), bits(0, pointOf(key)), bits(0, encryptECB(t, scalar))), false, nil, false},
		{"plain SM2", EnvelopedKey, sequence(ecb, octets(plainSM2(t, signing, sm4Key, false)), bits(0, pointOf(key)), bits(0, encryptECB(t, scalar))), false, nil, false},
		{"plain SM2 without 04, hash last", EnvelopedKey, sequence(ecb, octets(plainSM2(t, signing, sm4Key, true)[1:]), bits(0, pointOf(key)), bits(0, encryptECB(t, scalar))), false, nil, false},
		{"point without 04", EnvelopedKey, sequence(ecb, encryptFor(t, signing, sm4Key), bits(0, pointOf(key)[1:]), bits(0, encryptECB(t, scalar))), false, nil, false},
		{"base64", EnvelopedKey, []byte(base64.StdEncoding.EncodeToString(enveloped)), false, nil, false},
		{"base64 in lines", EnvelopedKey, inLines(base64.StdEncoding.EncodeToString(enveloped)), false, nil, false},
		{"PEM", EnvelopedKey, []byte("-----BEGIN ENC KEY-----\n" + base64.StdEncoding.EncodeToString(enveloped) + "\n-----END ENC KEY-----\n"), false, nil, false},
		{"BER", EnvelopedKey, indefinite(enveloped), false, nil, false},
		// GB/T 35291.
		{"zeros in front", EnvelopedKeyBlob, envelopedBlob(t, signing, key, 0x401, encryptECB(t, append(zeros, scalar...))), true, nil, false},
		{"plain zeros in front", EnvelopedKeyBlob, envelopedBlob(t, signing, key, 0x401, append(zeros, encryptECB(t, scalar)...)), true, nil, false},
		{"zeros behind, CBC", EnvelopedKeyBlob, envelopedBlob(t, signing, key, 0x402, append(encryptCBC(t, make([]byte, 16), scalar), zeros...)), true, nil, false},
		{"base64", EnvelopedKeyBlob, []byte(base64.StdEncoding.EncodeToString(envelopedBlob(t, signing, key, 0x401, encryptECB(t, append(zeros, scalar...))))), true, nil, false},
		// GB/T 35275.
		{"gmsm PKCS#8", EnvelopedData, ok(pkcs7.EncryptSM(pkcs.SM4CBC, pkcs8DER, []*smx509.Certificate{smSign})), true, nil, false},
		{"gmsm number", EnvelopedData, ok(pkcs7.EncryptSM(pkcs.SM4CBC, scalar, []*smx509.Certificate{smSign})), false, nil, false},
		{"gmsm ECB", EnvelopedData, ok(pkcs7.EncryptSM(pkcs.SM4ECB, scalar, []*smx509.Certificate{smSign})), false, nil, false},
		{"CFCA", EnvelopedData, ok(cfca.EnvelopeMessage(pkcs.SM4CBC, sec1, []*smx509.Certificate{smSign})), true, nil, false},
		{"old CFCA", EnvelopedData, ok(cfca.EnvelopeMessageLegacy(pkcs.SM4CBC, sec1, []*smx509.Certificate{smSign})), true, nil, false},
		{"two recipients", EnvelopedData, ok(pkcs7.EncryptSM(pkcs.SM4CBC, scalar, []*smx509.Certificate{smKey, smSign})), false, nil, false},
		{"PKCS#7 identifiers", EnvelopedData, ok(pkcs7.Encrypt(pkcs.SM4CBC, scalar, []*smx509.Certificate{smSign})), false, nil, false},
		{"signed", EnvelopedData, signedAndEnveloped(), true, nil, false},
		{"zeros in front", EnvelopedData, message(append(zeros, scalar...)), true, nil, false},
		{"SM2EnvelopedKey inside", EnvelopedData, message(enveloped), false, nil, false},
		{"PEM inside", EnvelopedData, message(pemOf("PRIVATE KEY", pkcs8DER)), true, nil, false},
		{"PEM with certificate inside", EnvelopedData, message(append(pemOf("CERTIFICATE", keyCert), pemOf("PRIVATE KEY", pkcs8DER)...)), true, nil, true},
		{"not padded", EnvelopedData, envelopedMessage(oidEnvelopedData, encryptFor(t, signing, sm4Key), algorithm(oidSM4ECB, nil), appendElement(nil, 0x80, encryptECB(t, scalar))), false, nil, false},
		{"in parts", EnvelopedData, envelopedMessage(oidEnvelopedData, encryptFor(t, signing, sm4Key), ecb,
			appendElement(nil, 0xa0, append(octets(encryptECB(t, scalar)[:16]), octets(encryptECB(t, scalar)[16:])...))), false, nil, false},
		{"BER", EnvelopedData, indefinite(ok(pkcs7.EncryptSM(pkcs.SM4CBC, scalar, []*smx509.Certificate{smSign}))), false, nil, false},
		// GM/T 0092.
		{"gmsm", CSRResponse, response, false, nil, true},
		{"base64", CSRResponse, []byte(base64.StdEncoding.EncodeToString(response)), false, nil, true},
		{"tags in place of others", CSRResponse, sequence(appendElement(nil, 0x31, signCert), append([]byte{0xa0}, enveloped[1:]...), appendElement(nil, 0xa1, keyCert)), false, nil, true},
		{"tags around others", CSRResponse, sequence(appendElement(nil, 0x31, signCert), appendElement(nil, 0xa0, enveloped), appendElement(nil, 0xa1, appendElement(nil, 0x31, keyCert))), false, nil, true},
		{"key without certificate", CSRResponse, sequence(appendElement(nil, 0x31, append(slices.Clone(signCert), keyCert...)), appendElement(nil, 0xa0, enveloped)), false, nil, true},
		// CFCA.
		{"gmsm", CFCAKeyPair, ok(cfca.MarshalSM2(cfcaPassword, key, smKey)), false, cfcaPassword, true},
		{"base64", CFCAKeyPair, inLines(base64.StdEncoding.EncodeToString(ok(cfca.MarshalSM2(cfcaPassword, key, smKey)))), false, cfcaPassword, true},
		{"PEM", CFCAKeyPair, pemOf("CFCA KEY", ok(cfca.MarshalSM2(cfcaPassword, key, smKey))), false, cfcaPassword, true},
	}
	return list
}

// integer is a number as an ASN.1 INTEGER.
func integer(b []byte) []byte {
	var builder cryptobyte.Builder
	builder.AddASN1BigInt(new(big.Int).SetBytes(b))
	return builder.BytesOrPanic()
}

// inLines breaks text into lines as files have them.
func inLines(s string) []byte {
	var out []byte
	for chunk := range slices.Chunk([]byte(s), 64) {
		out = append(append(out, chunk...), "\r\n"...)
	}
	return out
}

func pemOf(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}
