package sm2

import (
	"crypto/ecdsa"
	"crypto/sha1"
	"crypto/sha256"
	"slices"
	"strconv"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// An SM2 signature is made over SM3(ZA ‖ message), where ZA is the hash of the
// signer's ID, the curve and the signer's public key (GB/T 32918.2, Section 5.5).
// The ID is not in the certificate; for certificates GM/T 0009 and GM/T 0015 fix
// it to StandardSignerID. Software that takes another one, or none, makes
// signatures that nobody else can verify, and all that others see is "signature
// failure". This file finds out what was done instead, by trying.

// StandardSignerID is the signer ID of all SM2 certificates, GM/T 0009, Section 10.
const StandardSignerID = "1234567812345678"

// Limits on what is tried. The length of an ID is counted in bits in two bytes.
const (
	maxSignerIDs      = 100
	maxSignerIDLength = 0xffff / 8
)

// foundIDs are IDs that are found in the field where the standard one belongs:
// the empty ID of OpenSSL's default, the ID of the examples in GB/T 32918, the
// hexadecimal form of the standard ID taken for text, and the ID of TLS 1.3 (RFC
// 8998, Section 3.2.1).
var foundIDs = []string{"", "ALICE123@YAHOO.COM", "31323334353637383132333435363738", "TLSv1.3+GM+Cipher+Suite"}

// Cause says what a signature was made with.
type Cause uint8

// What a signature can have been made with.
const (
	// CauseUnknown means that nothing that was tried makes the signature verify:
	// it was made with another key, or over something else.
	CauseUnknown Cause = iota
	// CauseNone means that the signature is as the standard demands.
	CauseNone
	// CauseSignerID means another signer ID than the standard one.
	CauseSignerID
	// CauseNoSignerID means that ZA was left out.
	CauseNoSignerID
	// CauseByteOrder means that some bytes were taken in the wrong order.
	CauseByteOrder
	// CauseHash means another hash function than SM3.
	CauseHash
	// CauseECDSA means that the signature is not SM2 but ECDSA on the curve of SM2.
	CauseECDSA
	// CauseEncoding means that the two numbers of the signature are not encoded as
	// the standard demands.
	CauseEncoding
)

// Diagnosis says why a signature does not verify.
type Diagnosis struct {
	Cause Cause
	// SignerID is the ID with which the signature verifies. It may be empty.
	SignerID string
	// Detail says in words what was done instead of what the standard demands. It
	// is empty for CauseUnknown and CauseNone.
	Detail string
}

// Finding returns the finding that says the same. It returns false if there is
// nothing to add to the bare fact that the signature does or does not verify.
func (d Diagnosis) Finding(where finding.Where) (f finding.Finding, ok bool) {
	switch d.Cause {
	case CauseUnknown, CauseNone:
		return finding.Finding{}, false
	case CauseSignerID, CauseNoSignerID:
		return finding.New("sm2-signer-id", where, finding.Str("signer_id", d.Detail)), true
	}
	return finding.New("sm2-signature-variant", where, finding.Str("variant", d.Detail)), true
}

// DiagnoseSignerID says with what an SM2 signature over tbs was made. It tries
// the standard ID, then the IDs of the caller (at most 100, none longer than 8191
// bytes), then what is known to be done wrong. A signature that needs anything
// but the standard ID remains invalid: the diagnosis serves to tell people why.
//
// The error is certparse.ErrUnsupported if the key is not an SM2 key, or
// certparse.ErrKeyInvalid. Otherwise it takes the time of some forty
// verifications at most.
func DiagnoseSignerID(key certparse.PublicKey, tbs, signature []byte, ids ...string) (Diagnosis, error) {
	if key.Algorithm != certparse.SM2 {
		return Diagnosis{}, certparse.ErrUnsupported
	}
	public, err := key.Key()
	if err != nil {
		return Diagnosis{}, err
	}
	pub := public.(*ecdsa.PublicKey) // Key promises it.
	d := &diagnosis{pub: pub, za: newIdentity(pub), tbs: tbs, signature: signature}
	if d.verify(d.digest(StandardSignerID)) {
		return Diagnosis{Cause: CauseNone, SignerID: StandardSignerID}, nil
	}
	for _, try := range []func([]string) (Diagnosis, bool){d.signerIDs, d.noSignerID, d.encodings, d.byteOrders, d.hashes} {
		if found, ok := try(ids); ok {
			return found, nil
		}
	}
	return Diagnosis{}, nil
}

// diagnosis tries one signature.
type diagnosis struct {
	pub            *ecdsa.PublicKey
	za             identity
	tbs, signature []byte
}

func (d *diagnosis) verify(digest []byte) bool { return gmsm.VerifyASN1(d.pub, digest, d.signature) }

// digest is what is signed with the given ID.
func (d *diagnosis) digest(id string) []byte {
	za := sm3.Sum(d.za.input(bitLength(id), id))
	return d.over(za[:])
}

// over is the hash of ZA and the message.
func (d *diagnosis) over(za []byte) []byte {
	h := sm3.New()
	h.Write(za)
	h.Write(d.tbs)
	return h.Sum(nil)
}

func (d *diagnosis) signerIDs(ids []string) (Diagnosis, bool) {
	for _, id := range append(slices.Clone(ids[:min(len(ids), maxSignerIDs)]), foundIDs...) {
		if len(id) > maxSignerIDLength {
			continue
		}
		if d.verify(d.digest(id)) {
			detail := "the ID " + strconv.Quote(id)
			if id == "" {
				detail = "an empty ID"
			}
			return Diagnosis{CauseSignerID, id, detail}, true
		}
	}
	return Diagnosis{}, false
}

func (d *diagnosis) noSignerID([]string) (Diagnosis, bool) {
	return Diagnosis{CauseNoSignerID, "", "no ID at all: the bare message was hashed, without ZA"}, d.verify(d.over(nil))
}

// encodings tries signatures whose two numbers are not a DER sequence of
// integers, or stand in the wrong order in it.
func (d *diagnosis) encodings([]string) (Diagnosis, bool) {
	r, s, problem := splitSignature(d.signature)
	if r == nil {
		return Diagnosis{}, false
	}
	type attempt struct {
		r, s   []byte
		detail string
	}
	attempts := []attempt{
		{s, r, "the two numbers of the signature are exchanged"},
		{reversed(r), reversed(s), "the two numbers of the signature have their bytes in reversed order"},
	}
	if problem != "" {
		attempts = append([]attempt{{r, s, problem}}, attempts...)
	}
	for _, id := range []string{StandardSignerID, ""} {
		digest := d.digest(id)
		for _, a := range attempts {
			if gmsm.VerifyASN1(d.pub, digest, joinSignature(a.r, a.s)) {
				return Diagnosis{CauseEncoding, id, a.detail + withID(id)}, true
			}
		}
	}
	return Diagnosis{}, false
}

// byteOrders tries hashes whose input or output has bytes in the wrong order.
func (d *diagnosis) byteOrders([]string) (Diagnosis, bool) {
	for _, id := range []string{StandardSignerID, ""} {
		digest := d.digest(id)
		za := sm3.Sum(d.za.input(bitLength(id), id))
		bits := bitLength(id)
		zaOf := func(z identity, length uint16) []byte {
			sum := sm3.Sum(z.input(length, id))
			return d.over(sum[:])
		}
		for _, a := range []struct {
			digest []byte
			detail string
		}{
			{reversed(digest), "the hash has its bytes in reversed order"},
			{wordsReversed(digest), "the hash has the bytes of each 32-bit word in reversed order"},
			{d.over(reversed(za[:])), "ZA has its bytes in reversed order"},
			{d.over(wordsReversed(za[:])), "ZA has the bytes of each 32-bit word in reversed order"},
			{zaOf(d.za.keyReversed(), bits), "ZA was computed with the bytes of the public key's coordinates in reversed order"},
			{zaOf(d.za.allReversed(), bits), "ZA was computed with the bytes of all curve numbers in reversed order"},
			{zaOf(d.za, bits>>8|bits<<8), "ZA was computed with the two bytes of the ID's length exchanged"},
			{zaOf(d.za, bits/8), "ZA was computed with the ID's length in bytes instead of bits"},
		} {
			if d.verify(a.digest) {
				return Diagnosis{CauseByteOrder, id, a.detail + withID(id)}, true
			}
		}
	}
	return Diagnosis{}, false
}

// hashes tries other hash functions, and ECDSA.
func (d *diagnosis) hashes([]string) (Diagnosis, bool) {
	bare256 := sha256.Sum256(d.tbs)
	bareSM3 := d.over(nil)
	for _, id := range []string{StandardSignerID, ""} {
		input := d.za.input(bitLength(id), id)
		za3, za256 := sm3.Sum(input), sha256.Sum256(input)
		over256 := func(za [32]byte) []byte {
			h := sha256.New()
			h.Write(za[:])
			h.Write(d.tbs)
			return h.Sum(nil)
		}
		for _, a := range []struct {
			digest []byte
			detail string
		}{
			{over256(za3), "SHA-256 was used in place of SM3 for the message"},
			{over256(za256), "SHA-256 was used in place of SM3"},
			{d.over(za256[:]), "SHA-256 was used in place of SM3 for ZA"},
		} {
			if d.verify(a.digest) {
				return Diagnosis{CauseHash, id, a.detail + withID(id)}, true
			}
		}
	}
	bareSHA1 := sha1.Sum(d.tbs)
	for _, a := range []struct {
		digest []byte
		name   string
	}{{bareSM3, "SM3"}, {bare256[:], "SHA-256"}, {bareSHA1[:], "SHA-1"}} {
		if d.verify(a.digest) {
			return Diagnosis{CauseHash, "", a.name + " was used in place of SM3, and no ID at all"}, true
		}
		if ecdsa.VerifyASN1(d.pub, a.digest, d.signature) {
			return Diagnosis{CauseECDSA, "", "it is an ECDSA signature with " + a.name + " on the curve of SM2, not an SM2 signature"}, true
		}
	}
	return Diagnosis{}, false
}

func withID(id string) string {
	if id == "" {
		return ", and the ID is empty"
	}
	return ""
}
