package main

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"slices"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// hostileReply is a response that is made to cost much.
type hostileReply struct {
	name  string
	about subject
	der   []byte
}

// keyOnly is an RSA key of which there is only the public half. It signs with
// bytes that are no signature.
type keyOnly struct{ bits, exponent int }

func (k keyOnly) Public() crypto.PublicKey {
	octets := bytes.Repeat([]byte{0xc1}, k.bits/8)
	return &rsa.PublicKey{N: new(big.Int).SetBytes(octets), E: k.exponent}
}

func (k keyOnly) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return bytes.Repeat([]byte{0x55}, min(k.bits/8, 16<<10)), nil
}

// hostileReplies are responses that would cost a careless reader much: keys that
// are slow to use, parts by the thousand, nesting, and what is no response at all.
func hostileReplies(certs map[testcerts.Kind]*testcerts.Set) ([]hostileReply, error) {
	u, err := subjectOf(certs[testcerts.ECDSA])
	if err != nil {
		return nil, err
	}
	sm2, err := subjectOf(certs[testcerts.SM2])
	if err != nil {
		return nil, err
	}
	reply := ocsptest.Reply{Responder: ocsptest.Responder{CA: u.ca}, Time: pathTime, Answers: []ocsptest.Answer{u.answer()}}
	signedBy := func(k crypto.Signer) []byte {
		r := reply
		r.Delegate = k
		return ocsptest.Response(r)
	}
	many := reply
	many.Answers = slices.Repeat(reply.Answers, 550)
	padded := reply
	padded.Nonce = make([]byte, 64<<10-1024)
	// The SM2 key is there, but the signature is not its own: that may be explained.
	unexplained := func(answers int) []byte {
		return ocsptest.Response(ocsptest.Reply{Responder: ocsptest.Responder{CA: sm2.ca}, Time: pathTime,
			Answers: slices.Repeat([]ocsptest.Answer{sm2.answer()}, answers), Fault: ocsptest.BadSignature})
	}
	list := []hostileReply{
		{"an RSA key of 262,144 bits", u, signedBy(keyOnly{262_144, 65537})},
		{"an RSA key of 8192 bits, large exponent", u, signedBy(keyOnly{8192, 1<<31 - 1})},
		{"550 answers about the certificate", u, ocsptest.Response(many)},
		{"a nonce of 63 KiB", u, ocsptest.Response(padded)},
		{"70 answers, bad SM2 signature", sm2, unexplained(70)},
		{"550 answers, bad SM2 signature", sm2, unexplained(550)},
		{"zeros", u, make([]byte, ocsp.DefaultMaxSize)},
		{"nested lengths", u, bytes.Repeat([]byte{0x30, 0x80}, ocsp.DefaultMaxSize/2)},
		{"text", u, bytes.Repeat([]byte("certificate "), ocsp.DefaultMaxSize/12)},
	}
	// Delegates that the issuer vouched for, none of which signed.
	for _, d := range []struct {
		name string
		keys []crypto.Signer
	}{
		{"16 delegates, RSA keys up to 8192 bits", manyKeys(16, 8192)},
		{"16 delegates, RSA keys up to 2048 bits", manyKeys(16, 2048)},
	} {
		p, err := takeApart(signedBy(d.keys[0]))
		if err != nil {
			return nil, err
		}
		p.certs = nil
		for _, k := range d.keys {
			p.certs = append(p.certs, u.ca.IssueResponder(k)...)
		}
		list = append(list, hostileReply{d.name, u, p.assemble()})
	}
	p, err := takeApart(u.response())
	if err != nil {
		return nil, err
	}
	for name, tbs := range map[string][]byte{
		"a responder's name of 4000 parts":     responseData(longName(4000), nil),
		"an extension of 10,000 nested levels": responseData(nameOf("x"), nested(10_000)),
	} {
		broken := p
		broken.tbs = tbs
		list = append(list, hostileReply{name, u, broken.assemble()})
	}
	slices.SortFunc(list, func(a, b hostileReply) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
	return list, nil
}

// manyKeys are n keys of at most so many bits, each another one.
func manyKeys(n, bits int) (keys []crypto.Signer) {
	for i := range n {
		keys = append(keys, keyOnly{bits - 8*i, 1<<31 - 1})
	}
	return keys
}

// parts are the parts of a BasicOCSPResponse, each with its header, but the
// signature without; certs are the certificates one after the other.
type parts struct{ tbs, algorithm, signature, certs []byte }

var errParts = errors.New("the response is not as expected")

// takeApart reads a response that is sound.
func takeApart(der []byte) (p parts, err error) {
	s := cryptobyte.String(der)
	var outer, wrapped, typed, basic, content, tbs, algorithm, certs cryptobyte.String
	context := asn1.Tag(0).ContextSpecific().Constructed()
	if !s.ReadASN1(&outer, asn1.SEQUENCE) || !outer.SkipASN1(asn1.ENUM) || !outer.ReadASN1(&wrapped, context) ||
		!wrapped.ReadASN1(&typed, asn1.SEQUENCE) || !typed.SkipASN1(asn1.OBJECT_IDENTIFIER) || !typed.ReadASN1(&basic, asn1.OCTET_STRING) ||
		!basic.ReadASN1(&content, asn1.SEQUENCE) || !content.ReadASN1Element(&tbs, asn1.SEQUENCE) || !content.ReadASN1Element(&algorithm, asn1.SEQUENCE) ||
		!content.ReadASN1BitStringAsBytes(&p.signature) || !content.ReadOptionalASN1(&certs, nil, context) {
		return p, errParts
	}
	if !certs.Empty() && !certs.ReadASN1((*cryptobyte.String)(&p.certs), asn1.SEQUENCE) {
		return p, errParts
	}
	p.tbs, p.algorithm = tbs, algorithm
	return p, nil
}

// assemble is the response with the parts.
func (p parts) assemble() []byte {
	context := asn1.Tag(0).ContextSpecific().Constructed()
	content := [][]byte{p.tbs, p.algorithm, element(asn1.BIT_STRING, []byte{0}, p.signature)}
	if p.certs != nil {
		content = append(content, element(context, element(asn1.SEQUENCE, p.certs)))
	}
	basicType := []byte{0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01} // 1.3.6.1.5.5.7.48.1.1
	return element(asn1.SEQUENCE, element(asn1.ENUM, []byte{0}), element(context, element(asn1.SEQUENCE,
		element(asn1.OBJECT_IDENTIFIER, basicType), element(asn1.OCTET_STRING, element(asn1.SEQUENCE, content...)))))
}

// element is one of DER with the given content.
func element(tag asn1.Tag, content ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		for _, c := range content {
			b.AddBytes(c)
		}
	})
	return b.BytesOrPanic()
}

// responseData is a ResponseData without answers. extension is the value of an
// extension, nil for none.
func responseData(responder, extension []byte) []byte {
	context := asn1.Tag(1).ContextSpecific().Constructed()
	content := [][]byte{element(context, responder), element(asn1.GeneralizedTime, []byte(pathTime.UTC().Format("20060102150405Z"))), element(asn1.SEQUENCE)}
	if extension != nil {
		content = append(content, element(context, element(asn1.SEQUENCE, element(asn1.SEQUENCE,
			element(asn1.OBJECT_IDENTIFIER, []byte{0x2a, 0x03, 0x04}), element(asn1.OCTET_STRING, extension)))))
	}
	return element(asn1.SEQUENCE, content...)
}

// nameOf is a name with one part.
func nameOf(cn string) []byte { return element(asn1.SEQUENCE, namePart(cn)) }

func namePart(cn string) []byte {
	return element(asn1.SET, element(asn1.SEQUENCE, element(asn1.OBJECT_IDENTIFIER, []byte{0x55, 0x04, 0x03}), element(asn1.UTF8String, []byte(cn))))
}

func longName(n int) []byte { return element(asn1.SEQUENCE, bytes.Repeat(namePart("x"), n)) }

// nested is so many sequences in each other.
func nested(levels int) []byte {
	der := element(asn1.NULL)
	for range levels {
		der = element(asn1.SEQUENCE, der)
	}
	return der
}
