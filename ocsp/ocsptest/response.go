package ocsptest

import (
	"crypto"
	"math/big"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// Responder is who signs responses.
type Responder struct {
	// CA is the issuer of the certificates that are asked about. It must be given.
	CA *CA
	// Delegate is the key to which the CA delegated; nil means that the CA signs
	// itself. The delegate's certificate is made for the purpose.
	Delegate crypto.Signer
	// PSS signs with RSASSA-PSS instead of PKCS #1 v1.5. The key must be of RSA.
	PSS bool
	// ByKey names the responder by the hash of its key instead of by its name.
	ByKey bool
}

// Answer is what a response says about one certificate.
type Answer struct {
	// Serial is the certificate's serial number, and Hash the hash function with
	// which its issuer is named.
	Serial *big.Int
	Hash   ocsp.Hash
	// Status is ocsp.Good, ocsp.Revoked or ocsp.Unknown; zero is ocsp.Good.
	Status ocsp.Status
	// RevokedAt and Reason are used if the certificate is revoked. A reason of
	// ocsp.Unspecified is not written, as RFC 5280 wants it.
	RevokedAt time.Time
	Reason    ocsp.Reason
	// ThisUpdate is zero for the time of the response, and NextUpdate for a day later.
	ThisUpdate, NextUpdate time.Time
}

// Reply describes an OCSP response.
type Reply struct {
	Responder
	// Time is when the response is made. It must be given.
	Time time.Time
	// Answers are what it says.
	Answers []Answer
	// Nonce is the nonce that is repeated; nil is none.
	Nonce []byte
	// Fault is what is wrong with the response. Those of HTTP change nothing here.
	Fault Fault
}

// Response returns the DER of an OCSP response.
func Response(r Reply) []byte {
	m := r.healthy()
	kind := kinds[r.Fault]
	if kind.status != 0 {
		return forge.Sequence(forge.Enumerated(kind.status))
	}
	if kind.reply != nil {
		kind.reply(m)
	}
	if m.responder != nil {
		// The delegate's certificate is signed only now that nothing changes it any more.
		m.Certs = append([][]byte{m.responder.DER()}, m.Certs...)
	}
	return m.DER()
}

// making is a response while it is made.
type making struct {
	forge.Reply
	ca *CA
	at time.Time
	// responder is the delegate's certificate; nil if the CA signs itself.
	responder *forge.Certificate
	byKey     bool
}

// healthy is the response without any fault.
func (r Reply) healthy() *making {
	if r.CA == nil || r.Time.IsZero() {
		panic("ocsptest: a response needs a CA and a time")
	}
	m := &making{ca: r.CA, at: r.Time, byKey: r.ByKey}
	m.Produced = forge.GeneralizedTime(r.Time)
	if r.Nonce != nil {
		m.Exts = []forge.Extension{nonce(r.Nonce)}
	}
	for _, a := range r.Answers {
		m.Answers = append(m.Answers, a.forge(r.CA, r.Time))
	}
	if r.Delegate != nil {
		m.delegateTo(newKey(r.Delegate))
	} else {
		m.sign(r.CA.key, r.CA.name)
	}
	if r.PSS {
		if !m.Signer.RSA() {
			panic("ocsptest: only RSA keys sign with PSS")
		}
		m.Signer = m.Signer.WithPSS()
	}
	return m
}

// sign makes the key the one that signs.
func (m *making) sign(key *forge.Key, name []byte) {
	m.Signer, m.ResponderID = key, forge.ByName(name)
	if m.byKey {
		m.ResponderID = forge.ByKey(key)
	}
}

// delegateTo makes the key that of a delegate of the CA.
func (m *making) delegateTo(key *forge.Key) {
	c := m.ca.responder(key)
	m.responder = &c
	m.sign(key, c.Subject)
}

// delegate returns the delegate's certificate, of one with a known key if the CA
// would have signed itself.
func (m *making) delegate() *forge.Certificate {
	if m.responder == nil {
		m.delegateTo(newKey(knownKey("responder")))
	}
	return m.responder
}

func nonce(value []byte) forge.Extension {
	return forge.Ext("1.3.6.1.5.5.7.48.1.2", false, forge.Octets(value))
}

// hashes are the identifiers of hash functions and what they compute.
var hashes = map[ocsp.Hash]struct {
	oid string
	sum func([]byte) []byte
}{
	ocsp.SHA1:   {"1.3.14.3.2.26", sum(crypto.SHA1)},
	ocsp.SHA256: {"2.16.840.1.101.3.4.2.1", sum(crypto.SHA256)},
	ocsp.SHA384: {"2.16.840.1.101.3.4.2.2", sum(crypto.SHA384)},
	ocsp.SHA512: {"2.16.840.1.101.3.4.2.3", sum(crypto.SHA512)},
	ocsp.SM3:    {"1.2.156.10197.1.401", func(b []byte) []byte { h := sm3.Sum(b); return h[:] }},
}

func sum(h crypto.Hash) func([]byte) []byte {
	return func(b []byte) []byte {
		f := h.New()
		f.Write(b)
		return f.Sum(nil)
	}
}

func certID(hash ocsp.Hash, name []byte, key *forge.Key, serial *big.Int) []byte {
	h, ok := hashes[hash]
	if !ok {
		panic("ocsptest: there is no such hash function")
	}
	return forge.CertID(h.oid, h.sum, name, key, octetsOf(serial), forge.Null())
}

func (a Answer) forge(ca *CA, at time.Time) forge.Answer {
	if a.Serial == nil {
		panic("ocsptest: an answer needs a serial number")
	}
	if a.ThisUpdate.IsZero() {
		a.ThisUpdate = at
	}
	if a.NextUpdate.IsZero() {
		a.NextUpdate = a.ThisUpdate.Add(24 * time.Hour)
	}
	f := forge.Answer{ID: certID(a.Hash, ca.name, ca.key, a.Serial), This: forge.GeneralizedTime(a.ThisUpdate), Next: forge.GeneralizedTime(a.NextUpdate)}
	switch a.Status {
	case ocsp.Revoked:
		f.Status = forge.Revoked(a.RevokedAt)
		if a.Reason != ocsp.Unspecified {
			f.Status = forge.Revoked(a.RevokedAt, byte(a.Reason))
		}
	case ocsp.Unknown:
		f.Status = forge.Unknown()
	default:
		f.Status = forge.Good()
	}
	return f
}

// eachAnswer changes all answers.
func (m *making) eachAnswer(change func(*forge.Answer)) {
	m.Answers = slices.Clone(m.Answers)
	for i := range m.Answers {
		change(&m.Answers[i])
	}
}
