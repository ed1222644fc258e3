package ocsptest

import (
	"bytes"
	"crypto/sha1"
	"slices"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// Fault is one thing that is wrong with a response, a list or its transport. The
// zero value is none.
type Fault uint8

// No fault.
const None Fault = 0

// Faults of the answer that is given in place of a response, RFC 6960, Section 4.2.1.
const (
	// MalformedRequest, InternalError, TryLater, SignatureRequired and Unauthorized
	// are the error statuses of the standard.
	MalformedRequest Fault = iota + 1
	InternalError
	TryLater
	SignatureRequired
	Unauthorized
	// InvalidStatus is a status that the standard does not have.
	InvalidStatus
)

// Faults of who signed.
const (
	// WrongResponderName and WrongResponderKey name a responder that nobody is.
	WrongResponderName Fault = iota + InvalidStatus + 1
	WrongResponderKey
	// DelegateForged has a delegate whose certificate another key signed in the
	// CA's name. If the CA signs itself, this and the following faults bring along
	// a delegate.
	DelegateForged
	// DelegateWithoutPurpose has one that the CA certified for something else.
	DelegateWithoutPurpose
	// DelegateExpired and DelegateNotYetValid have one at the wrong time.
	DelegateExpired
	DelegateNotYetValid
	// DelegateIsCA has one that is a CA.
	DelegateIsCA
	// DelegateKeyUsage has one whose key is for encryption.
	DelegateKeyUsage
	// DelegateCriticalExtension has one with a critical extension of no meaning.
	DelegateCriticalExtension
	// DelegateWithoutNoCheck has one that ought to be checked itself.
	DelegateWithoutNoCheck
	// DelegateMissing has one whose certificate is not in the response.
	DelegateMissing
	// DelegateHugeKey has one whose RSA key of 16384 bits takes long to compute with.
	DelegateHugeKey
	// TooManyCertificates has many copies of the delegate's certificate.
	TooManyCertificates
	// BadSignature has a signature of other bytes.
	BadSignature
	// SignedByStranger has a signature with another key.
	SignedByStranger
	// UnknownAlgorithm names a signature algorithm that nobody knows.
	UnknownAlgorithm
	// EmptySignerID has an SM2 signature with the empty signer ID. If the key is not
	// of SM2, an SM2 delegate signs.
	EmptySignerID
)

// Faults of what is said.
const (
	// WrongIssuerName, WrongIssuerKey, WrongSerial and UnknownHash are answers about
	// another certificate.
	WrongIssuerName Fault = iota + EmptySignerID + 1
	WrongIssuerKey
	WrongSerial
	UnknownHash
	// NoAnswer is a response that says nothing.
	NoAnswer
	// Contradiction has a second answer for each certificate that says otherwise.
	Contradiction
	// Stale, NotYetValid and TooOld are true at another time; TooOld does not say
	// until when.
	Stale
	NotYetValid
	TooOld
	// DatesReversed ends before it begins.
	DatesReversed
	// NoNextUpdate does not say when there will be newer information, which is allowed.
	NoNextUpdate
	// ProducedInFuture was made tomorrow.
	ProducedInFuture
	// WrongNonce repeats another nonce, and NoNonce none.
	WrongNonce
	NoNonce
	// CriticalExtension and CriticalAnswerExtension have an extension of no meaning
	// that must be understood.
	CriticalExtension
	CriticalAnswerExtension
)

// Faults of form.
const (
	// TrailingData is followed by a byte.
	TrailingData Fault = iota + CriticalAnswerExtension + 1
	// BER has a length that DER does not allow.
	BER
	// CutOff lacks its last byte.
	CutOff
	// Version2 is of a version that there is not.
	Version2
	// OtherType is of a type of response that is not the basic one.
	OtherType
	// Oversized is sound but has 128 KiB of padding.
	Oversized

	derFaults
)

// kind is what there is to know about a fault.
type kind struct {
	name string
	// code and listCode are the findings of a strict judge about a response and
	// about a list.
	code, listCode finding.Code
	// status is the status that takes the place of a response.
	status byte
	// reply makes the response wrong, and list the list.
	reply func(*making)
	list  func(*making, *forge.List)
	// transport makes the transport wrong; see transport.go.
	transport transport
}

// String returns the fault's name, such as "bad-signature".
func (f Fault) String() string {
	if int(f) >= len(kinds) {
		return "invalid"
	}
	return kinds[f].name
}

// Code returns the finding that a strict judge makes of a response with the fault.
// It is empty if there is nothing to find, as for a fault of HTTP.
func (f Fault) Code() finding.Code { return kinds[f].code }

// ListCode is [Fault.Code] for a revocation list.
func (f Fault) ListCode() finding.Code { return kinds[f].listCode }

// OfHTTP reports whether it is a fault of the transport and not of what is
// transported.
func (f Fault) OfHTTP() bool { return kinds[f].transport != nil }

// OfList reports whether a revocation list can have the fault.
func (f Fault) OfList() bool { return kinds[f].list != nil }

// Faults returns all faults.
func Faults() []Fault {
	all := make([]Fault, 0, len(kinds)-1)
	for f := range kinds[1:] {
		all = append(all, Fault(f+1))
	}
	return all
}

// delegate is a fault of the delegate's certificate.
func delegate(change func(*forge.Certificate)) func(*making) {
	return func(m *making) { change(m.delegate()) }
}

// answers is a fault of every answer.
func answers(change func(*making, *forge.Answer)) func(*making) {
	return func(m *making) { m.eachAnswer(func(a *forge.Answer) { change(m, a) }) }
}

// after is a fault of the finished bytes.
func after(change func([]byte) []byte) func(*making) {
	return func(m *making) { m.After = change }
}

// dated is a fault of the dates, as distances from the time of the response.
func dated(this, next time.Duration) func(*making) {
	return answers(func(m *making, a *forge.Answer) {
		a.This, a.Next = forge.GeneralizedTime(m.at.Add(this)), nil
		if next != 0 {
			a.Next = forge.GeneralizedTime(m.at.Add(next))
		}
	})
}

// identified is a fault of the answers' CertIDs. They are read from the answers, so
// that each keeps its hash function.
func identified(change func(m *making, id *parsedID) []byte) func(*making) {
	return answers(func(m *making, a *forge.Answer) {
		id, err := readCertID(a.ID)
		if err != nil {
			panic(err)
		}
		a.ID = change(m, id)
	})
}

// stranger is the key of nobody.
func stranger() *forge.Key { return newKey(knownKey("stranger")) }

const day = 24 * time.Hour

func trailing(der []byte) []byte { return append(slices.Clone(der), 0) }

func cut(der []byte) []byte { return der[:len(der)-1] }

// indefinite gives the outermost element an indefinite length.
func indefinite(der []byte) []byte {
	header := 2
	if der[1] >= 0x80 {
		header += int(der[1] & 0x7f)
	}
	return slices.Concat([]byte{der[0], 0x80}, der[header:], []byte{0, 0})
}

// otherBytes has a key sign something else.
func otherBytes(k *forge.Key) *forge.Key {
	c := *k
	c.Sign = func(m []byte) []byte { return k.Sign(append(slices.Clone(m), 0)) }
	return &c
}

func hugeKey() *forge.Key {
	return &forge.Key{
		SPKI: forge.Sequence(forge.Algorithm("1.2.840.113549.1.1.1", forge.Null()), forge.Bits(0,
			forge.Sequence(forge.Integer(append([]byte{0}, bytes.Repeat([]byte{0xc1}, 16384/8)...)...), forge.Integer(1, 0, 1))...)),
		Algorithm: forge.Algorithm("1.2.840.113549.1.1.11", forge.Null()),
		Sign:      func([]byte) []byte { return bytes.Repeat([]byte{0x55}, 16384/8) },
	}
}

// nobody is an extension that must be understood and that nobody does.
func nobody() forge.Extension { return forge.Ext(forge.OIDPrivate, true, forge.Null()) }

// contradict adds the opposite of every answer.
func contradict(m *making) {
	m.Answers = slices.Clone(m.Answers)
	for _, a := range slices.Clone(m.Answers) {
		if bytes.Equal(a.Status, forge.Good()) {
			a.Status = forge.Revoked(m.at.Add(-day))
		} else {
			a.Status = forge.Good()
		}
		m.Answers = append(m.Answers, a)
	}
}

// noNonce takes the nonce away, and wrongNonce puts another one in its place.
func noNonce(m *making) {
	m.Exts = slices.DeleteFunc(slices.Clone(m.Exts), func(x forge.Extension) bool { return x.OID == nonce(nil).OID })
	if len(m.Exts) == 0 {
		m.Exts = nil
	}
}

func wrongNonce(m *making) {
	noNonce(m)
	m.Exts = append(m.Exts, nonce(bytes.Repeat([]byte{0xee}, 32)))
}

func emptySignerID(m *making) {
	if !m.Signer.SM2() {
		m.delegateTo(newKey(knownSM2Key("SM2 responder")))
	}
	m.Signer = m.Signer.WithEmptyID()
}

func wrongResponderKey(m *making) {
	hash := sha1.Sum([]byte("nobody"))
	m.ResponderID = forge.Explicit(2, forge.Octets(hash[:]))
}
