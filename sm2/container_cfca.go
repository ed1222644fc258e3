package sm2

import (
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// A .sm2 file of the CA CFCA, as its toolkit SADK writes it:
//
//	SEQUENCE {
//	    version      INTEGER (1),
//	    key          SEQUENCE { type OID, cipher OID, OCTET STRING },
//	    certificate  SEQUENCE { type OID, OCTET STRING } }
//
// Both types are the data of GB/T 35275. Key and IV of the cipher are derived from
// the password by a single pass of the SM2 key derivation function, so guessing
// passwords is cheap.

const (
	oidSM2Data = "\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x01" // 1.2.156.10197.6.1.4.2.1
	cfcaScheme = "CFCA .sm2 (SM3, SM4-CBC)"
)

// cfcaKeyPair is what stands in such a file.
type cfcaKeyPair struct{ cipher, ciphertext, certificate cryptobyte.String }

func isCFCA(der []byte) bool {
	_, ok := readCFCA(der)
	return ok
}

func readCFCA(der []byte) (p cfcaKeyPair, ok bool) {
	input := cryptobyte.String(der)
	var seq, version, key, cert, oid cryptobyte.String
	ok = input.ReadASN1(&seq, asn1.SEQUENCE) && seq.ReadASN1(&version, asn1.INTEGER) &&
		seq.ReadASN1(&key, asn1.SEQUENCE) && key.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) && string(oid) == oidSM2Data &&
		key.ReadASN1(&p.cipher, asn1.OBJECT_IDENTIFIER) && key.ReadASN1(&p.ciphertext, asn1.OCTET_STRING) &&
		seq.ReadASN1(&cert, asn1.SEQUENCE) && cert.ReadASN1(&oid, asn1.OBJECT_IDENTIFIER) && string(oid) == oidSM2Data &&
		cert.ReadASN1(&p.certificate, asn1.OCTET_STRING)
	return p, ok
}

func (o *opener) cfca(der []byte) {
	p, _ := readCFCA(der)
	if !o.certificate(p.certificate) {
		return
	}
	switch {
	case string(p.cipher) != oidSM4 && string(p.cipher) != oidSM4CBC:
		o.add("container-cipher-unsupported", finding.Str("cipher", "a cipher that is not SM4"))
		return
	case len(p.ciphertext) == 0 || len(p.ciphertext)%sm4.BlockSize != 0:
		o.malformed("the encrypted private key has an impossible size")
		return
	case o.password == nil:
		o.add("private-key-encrypted", finding.Str("scheme", cfcaScheme))
		return
	}
	material := sm3.Kdf(o.password, 2*sm4.BlockSize)
	defer clear(material)
	c := symmetric{cbc: true}
	copy(c.iv[:], material)
	plain := c.decrypt(material[sm4.BlockSize:], p.ciphertext)
	defer clear(plain)
	content, padded := unpad(plain)
	public := o.opened.Certificates[0].PublicKey()
	key, form := keyIn(content, func(k *certparse.PrivateKey) bool { return k.Matches(public) })
	switch {
	case key != nil:
		if len(content) < scalarSize {
			form = "" // The number without leading zeros is what this format has.
		}
		o.key(key, form)
	case padded && len(content) == scalarSize && len(plain) == scalarSize+sm4.BlockSize:
		// A whole block of padding does not come about by chance, so the password is right.
		o.opened.Key = scalarKey(content)
		if o.opened.Key == nil {
			o.malformed(noKeyInside)
		}
	default:
		o.add("private-key-password-wrong", finding.Str("scheme", cfcaScheme))
	}
}
