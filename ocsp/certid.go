package ocsp

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

// Hash is the hash function of a CertID. It finds the issuer and proves nothing,
// so SHA-1 does no harm here, and every responder answers it.
type Hash uint8

// The hash functions that are used in CertIDs.
const (
	SHA1 Hash = iota
	SHA256
	SHA384
	SHA512
	SM3

	hashes // how many there are
)

var hashKinds = [hashes]struct {
	name, oid string
	sum       func([]byte) []byte
}{
	SHA1:   {"SHA-1", "\x2b\x0e\x03\x02\x1a", func(b []byte) []byte { h := sha1.Sum(b); return h[:] }},
	SHA256: {"SHA-256", "\x60\x86\x48\x01\x65\x03\x04\x02\x01", func(b []byte) []byte { h := sha256.Sum256(b); return h[:] }},
	SHA384: {"SHA-384", "\x60\x86\x48\x01\x65\x03\x04\x02\x02", func(b []byte) []byte { h := sha512.Sum384(b); return h[:] }},
	SHA512: {"SHA-512", "\x60\x86\x48\x01\x65\x03\x04\x02\x03", func(b []byte) []byte { h := sha512.Sum512(b); return h[:] }},
	SM3:    {"SM3", "\x2a\x81\x1c\xcf\x55\x01\x83\x11", func(b []byte) []byte { h := sm3.Sum(b); return h[:] }},
}

// String returns the function's name, such as "SHA-256".
func (h Hash) String() string {
	if h >= hashes {
		return "unknown"
	}
	return hashKinds[h].name
}

// certID is a CertID, RFC 6960, Section 4.1.1: which certificate an answer is for.
type certID struct {
	hash                      Hash // hashes if it is not known.
	nameHash, keyHash, serial []byte
}

func (id *certID) read(s *cryptobyte.String) bool {
	var content, name, key cryptobyte.String
	if !s.ReadASN1(&content, asn1.SEQUENCE) {
		return false
	}
	_, oid, plain, ok := readAlgorithm(&content)
	if !ok || !content.ReadASN1(&name, asn1.OCTET_STRING) || !content.ReadASN1(&key, asn1.OCTET_STRING) ||
		!readInteger(&content, &id.serial) || !content.Empty() {
		return false
	}
	id.nameHash, id.keyHash = name, key
	for id.hash = 0; id.hash < hashes; id.hash++ {
		if hashKinds[id.hash].oid == string(oid) {
			return plain
		}
	}
	return true
}

// certID finds the answers that are for the certificate: issuer's name, issuer's
// key and serial number must all be the same, whatever hash was used.
func (v *verifier) certID() *refusal {
	type issuerHashes struct{ name, key []byte }
	var cache [hashes]issuerHashes
	name, key, serial := v.cert.RawIssuer(), v.issuer.PublicKey().Octets(), v.cert.RawSerialNumber()
	for i := range v.response.singles {
		s := &v.response.singles[i]
		if s.id.hash == hashes || !sameNumber(s.id.serial, serial) {
			continue
		}
		want := &cache[s.id.hash]
		if want.name == nil {
			sum := hashKinds[s.id.hash].sum
			want.name, want.key = sum(name), sum(key)
		}
		if bytes.Equal(s.id.nameHash, want.name) && bytes.Equal(s.id.keyHash, want.key) {
			v.answers = append(v.answers, s)
		}
	}
	if len(v.answers) == 0 {
		return refuse("ocsp-other-certificate")
	}
	return nil
}

// agreement refuses a response that says two things about the certificate. To
// take the first, or the better one, would let whoever adds an answer choose.
func (v *verifier) agreement() *refusal {
	first := v.answers[0]
	for _, a := range v.answers[1:] {
		if a.status != first.status || !a.revokedAt.Equal(first.revokedAt) || a.reason != first.reason {
			return refuse("ocsp-contradiction")
		}
	}
	return nil
}

// Concerns reports whether an OCSP response has an answer for cert, which issuer
// issued. It does not say that the answer is to be believed; [Verify] does. With
// it the responses that are worth judging are picked out of several.
func Concerns(response []byte, cert, issuer *certparse.Certificate) bool {
	if cert == nil || issuer == nil {
		return false
	}
	v := &verifier{der: response, cert: cert, issuer: issuer, result: &Result{}}
	return v.size() == nil && v.read() == nil && v.certID() == nil
}
