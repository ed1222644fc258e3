package forge

import (
	"crypto/sha1"
	"time"
)

// Good is the status of a certificate that is not revoked.
func Good() []byte { return Implicit(0) }

// Unknown is the status of a certificate that the responder does not know.
func Unknown() []byte { return Implicit(2) }

// Revoked is the status of a revoked certificate, with a reason or without.
func Revoked(at time.Time, reason ...byte) []byte {
	if len(reason) == 0 {
		return Explicit(1, GeneralizedTime(at))
	}
	return Explicit(1, GeneralizedTime(at), Explicit(0, Enumerated(reason[0])))
}

// CertID is the CertID of a certificate, under the hash function of the given
// identifier and with the given parameters of it.
func CertID(hash string, sum func([]byte) []byte, issuer []byte, key *Key, serial []byte, parameters ...[]byte) []byte {
	return Sequence(Algorithm(hash, parameters...), Octets(sum(issuer)), Octets(sum(key.Public())), Integer(serial...))
}

// Answer is a SingleResponse.
type Answer struct {
	ID, Status []byte
	This       []byte
	Next       []byte
	Exts       []Extension
}

// DER is the SingleResponse.
func (a Answer) DER() []byte {
	var next, list []byte
	if a.Next != nil {
		next = Explicit(0, a.Next)
	}
	if a.Exts != nil {
		list = Explicit(1, Extensions(a.Exts))
	}
	return Sequence(a.ID, a.Status, a.This, next, list)
}

// Reply is an OCSP response before it is signed.
type Reply struct {
	Version     []byte
	ResponderID []byte
	Produced    []byte
	Answers     []Answer
	Exts        []Extension
	Signer      *Key
	// Algorithm is that of the signature; nil is the signer's own.
	Algorithm []byte
	Certs     [][]byte
	// After makes the signed response's bytes into others.
	After func(der []byte) []byte
}

// TBS is the ResponseData.
func (r Reply) TBS() []byte {
	var answers [][]byte
	for _, a := range r.Answers {
		answers = append(answers, a.DER())
	}
	var list []byte
	if r.Exts != nil {
		list = Explicit(1, Extensions(r.Exts))
	}
	return Sequence(r.Version, r.ResponderID, r.Produced, Sequence(answers...), list)
}

// DER is the signed OCSPResponse.
func (r Reply) DER() []byte {
	tbs := r.TBS()
	return r.Around(tbs, r.Signer.Sign(tbs))
}

// Around is the response around the signed part.
func (r Reply) Around(tbs, signature []byte) []byte {
	var certs []byte
	if r.Certs != nil {
		certs = Explicit(0, Sequence(r.Certs...))
	}
	a := r.Algorithm
	if a == nil {
		a = r.Signer.Algorithm
	}
	basic := Sequence(tbs, a, Bits(0, signature...), certs)
	der := Sequence(Enumerated(0), Explicit(0, Sequence(OID("1.3.6.1.5.5.7.48.1.1"), Octets(basic))))
	if r.After != nil {
		der = r.After(der)
	}
	return der
}

// ByName is a ResponderID.
func ByName(name []byte) []byte { return Explicit(1, name) }

// ByKey is a ResponderID. Its hash is SHA-1 whatever the key is.
func ByKey(k *Key) []byte {
	sum := sha1.Sum(k.Public())
	return Explicit(2, Octets(sum[:]))
}
