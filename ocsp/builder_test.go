package ocsp_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"slices"
	"sync"
	"time"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file makes the certificates and responses of the tests from the keys in
// ../testdata/keys. Every signature is deterministic.

// now is the time at which the tests judge.
var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// testKey is a key that signs.
type testKey struct {
	spki, algorithm []byte
	sign            func(message []byte) []byte
	sm2             *gmsm.PrivateKey
	rsa             *rsa.PrivateKey
}

var keys sync.Map

// key returns the key of the given name in ../testdata/keys.
func key(name string) *testKey {
	if k, ok := keys.Load(name); ok {
		return k.(*testKey)
	}
	text := must(os.ReadFile("../testdata/keys/" + name + ".pem"))
	block, _ := pem.Decode(text)
	if !bytes.HasPrefix(text, []byte("TEST ONLY")) || block == nil {
		panic(name + " is not a test key")
	}
	k := openKey(block.Bytes)
	keys.Store(name, k)
	return k
}

func openKey(pkcs8 []byte) *testKey {
	private, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return openSM2(pkcs8)
	}
	k := &testKey{spki: must(x509.MarshalPKIXPublicKey(private.(crypto.Signer).Public()))}
	switch private := private.(type) {
	case *rsa.PrivateKey:
		k.rsa = private
		k.algorithm = algorithm("1.2.840.113549.1.1.11", null())
		k.sign = func(m []byte) []byte {
			digest := sha256.Sum256(m)
			return must(rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:]))
		}
	case *ecdsa.PrivateKey:
		if private.Curve.Params().BitSize == 384 {
			k.algorithm = algorithm("1.2.840.10045.4.3.3")
			k.sign = func(m []byte) []byte {
				digest := sha512.Sum384(m)
				return must(private.Sign(nil, digest[:], crypto.SHA384))
			}
			break
		}
		k.algorithm = algorithm("1.2.840.10045.4.3.2")
		k.sign = func(m []byte) []byte {
			digest := sha256.Sum256(m)
			return must(private.Sign(nil, digest[:], crypto.SHA256))
		}
	case ed25519.PrivateKey:
		k.algorithm = algorithm("1.3.101.112")
		k.sign = func(m []byte) []byte { return ed25519.Sign(private, m) }
	}
	return k
}

const standardID = "1234567812345678"

func openSM2(pkcs8 []byte) *testKey {
	s := cryptobyte.String(pkcs8)
	var outer, private, inner, scalar cryptobyte.String
	var version int
	if !s.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1Integer(&version) || !outer.SkipASN1(asn1.SEQUENCE) ||
		!outer.ReadASN1(&private, asn1.OCTET_STRING) || !private.ReadASN1(&inner, asn1.SEQUENCE) ||
		!inner.ReadASN1Integer(&version) || !inner.ReadASN1(&scalar, asn1.OCTET_STRING) {
		panic("the key cannot be read")
	}
	d := must(gmsm.NewPrivateKey(scalar))
	point := append([]byte{4}, append(d.X.FillBytes(make([]byte, 32)), d.Y.FillBytes(make([]byte, 32))...)...)
	return &testKey{
		sm2:       d,
		spki:      sequence(algorithm("1.2.840.10045.2.1", oid("1.2.156.10197.1.301")), bits(0, point...)),
		algorithm: algorithm("1.2.156.10197.1.501"),
		sign: func(m []byte) []byte {
			return must(gmsm.SignDeterministic(d, m, gmsm.NewSM2SignerOption(true, []byte(standardID))))
		},
	}
}

// withEmptyID is the key signing as OpenSSL does unless told otherwise.
func (k *testKey) withEmptyID() *testKey {
	c := *k
	params := k.sm2.Curve.Params()
	za := sm3.New()
	za.Write([]byte{0, 0})
	for _, n := range []*big.Int{new(big.Int).Sub(params.P, big.NewInt(3)), params.B, params.Gx, params.Gy, k.sm2.X, k.sm2.Y} {
		za.Write(n.FillBytes(make([]byte, 32)))
	}
	identity := za.Sum(nil)
	c.sign = func(m []byte) []byte {
		h := sm3.New()
		h.Write(identity)
		h.Write(m)
		return must(gmsm.SignDeterministic(k.sm2, h.Sum(nil), nil))
	}
	return &c
}

// withPSS is the RSA key signing with RSASSA-PSS. The salt is all
// zeros, so that the signature is always the same.
func (k *testKey) withPSS() *testKey {
	c := *k
	hash := algorithm("2.16.840.1.101.3.4.2.1", null())
	c.algorithm = algorithm("1.2.840.113549.1.1.10", sequence(explicit(0, hash),
		explicit(1, algorithm("1.2.840.113549.1.1.8", hash)), explicit(2, integer(32))))
	c.sign = func(m []byte) []byte {
		digest := sha256.Sum256(m)
		return must(rsa.SignPSS(bytes.NewReader(make([]byte, 64)), k.rsa, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256}))
	}
	return &c
}

// public are the octets of the key's BIT STRING.
func (k *testKey) public() []byte {
	s := cryptobyte.String(k.spki)
	var inner, value cryptobyte.String
	if !s.ReadASN1(&inner, asn1.SEQUENCE) || !inner.SkipASN1(asn1.SEQUENCE) || !inner.ReadASN1(&value, asn1.BIT_STRING) {
		panic("the key cannot be read")
	}
	return value[1:]
}

// cert is a certificate before it is signed.
type cert struct {
	serial          []byte
	subject, issuer []byte
	from, to        time.Time
	key, signer     *testKey
	exts            []ext
}

func (c cert) der() []byte {
	var list []byte
	if len(c.exts) > 0 {
		list = explicit(3, extensionList(c.exts))
	}
	tbs := sequence(explicit(0, integer(2)), integer(c.serial...), c.signer.algorithm, c.issuer,
		sequence(utcTime(c.from), utcTime(c.to)), c.subject, c.key.spki, list)
	return sequence(tbs, c.signer.algorithm, bits(0, c.signer.sign(tbs)...))
}

// with returns the certificate with the extension in place of the one of its kind.
func (c cert) with(xs ...ext) cert {
	c.exts = slices.Clone(c.exts)
	for _, x := range xs {
		c = c.without(x.oid)
		c.exts = append(c.exts, x)
	}
	return c
}

func (c cert) without(oid string) cert {
	c.exts = slices.DeleteFunc(slices.Clone(c.exts), func(x ext) bool { return x.oid == oid })
	return c
}

func (c cert) between(from, to time.Time) cert {
	c.from, c.to = from, to
	return c
}

func keyUsage(first byte) ext { return ext{"2.5.29.15", true, bits(unused(first), first)} }

func unused(b byte) (n byte) {
	for ; b != 0 && b&1 == 0; b >>= 1 {
		n++
	}
	return n
}

const (
	digitalSignature = 0x80
	keyCertSign      = 0x04
	crlSign          = 0x02
	oidOCSPSigning   = "1.3.6.1.5.5.7.3.9"
	oidPrivate       = "1.3.6.1.4.1.99999.1" // Made up: nobody knows it.
)

func basicCA() ext { return ext{"2.5.29.19", true, sequence(boolean(0xff))} }

func purposes(oids ...string) ext {
	var list [][]byte
	for _, o := range oids {
		list = append(list, oid(o))
	}
	return ext{"2.5.29.37", false, sequence(list...)}
}

func noCheck() ext { return ext{"1.3.6.1.5.5.7.48.1.5", false, null()} }

func mustStaple() ext { return ext{"1.3.6.1.5.5.7.1.24", false, sequence(integer(5))} }

// ca is a CA with the given key.
func ca(k *testKey) cert {
	return cert{serial: []byte{1}, subject: commonName("Revocation Test CA"), issuer: commonName("Revocation Test CA"),
		from: now.AddDate(-5, 0, 0), to: now.AddDate(10, 0, 0), key: k, signer: k,
		exts: []ext{basicCA(), keyUsage(keyCertSign | crlSign)}}
}

// below is an end-entity certificate that the CA issued.
func below(c cert, cn string, k *testKey, serial ...byte) cert {
	return cert{serial: serial, subject: commonName(cn), issuer: c.subject, from: now.AddDate(-1, 0, 0), to: now.AddDate(1, 0, 0),
		key: k, signer: c.key, exts: []ext{keyUsage(digitalSignature)}}
}

// delegateOf is the certificate of a responder of the CA.
func delegateOf(c cert, k *testKey) cert {
	return below(c, "Revocation Test Responder", k, 0x0d).with(purposes(oidOCSPSigning), noCheck())
}

// certIDOf is the CertID of a certificate of the CA under SHA-1.
func certIDOf(c cert, serial ...byte) []byte {
	name, key := sha1.Sum(c.subject), sha1.Sum(c.key.public())
	return sequence(algorithm("1.3.14.3.2.26", null()), octets(name[:]), octets(key[:]), integer(serial...))
}

// The statuses of an answer.
func good() []byte { return implicit(0) }

func unknown() []byte { return implicit(2) }

func revoked(at time.Time, reason ...byte) []byte {
	if len(reason) == 0 {
		return explicit(1, generalizedTime(at))
	}
	return explicit(1, generalizedTime(at), explicit(0, enumerated(reason[0])))
}

// answer is a SingleResponse.
type answer struct {
	id, status []byte
	this       []byte
	next       []byte
	exts       []ext
}

func (a answer) der() []byte {
	var next, list []byte
	if a.next != nil {
		next = explicit(0, a.next)
	}
	if a.exts != nil {
		list = explicit(1, extensionList(a.exts))
	}
	return sequence(a.id, a.status, a.this, next, list)
}

// reply is an OCSP response before it is signed.
type reply struct {
	version     []byte
	responderID []byte
	produced    []byte
	answers     []answer
	exts        []ext
	signer      *testKey
	// algorithm is that of the signature; nil is the signer's own.
	algorithm []byte
	certs     [][]byte
	// after makes the signed response's bytes into others.
	after func(der []byte) []byte
}

func (r reply) tbs() []byte {
	var answers [][]byte
	for _, a := range r.answers {
		answers = append(answers, a.der())
	}
	var list []byte
	if r.exts != nil {
		list = explicit(1, extensionList(r.exts))
	}
	return sequence(r.version, r.responderID, r.produced, sequence(answers...), list)
}

func (r reply) der() []byte {
	tbs := r.tbs()
	return r.around(tbs, r.signer.sign(tbs))
}

// around is the response around the signed part.
func (r reply) around(tbs, signature []byte) []byte {
	var certs []byte
	if r.certs != nil {
		certs = explicit(0, sequence(r.certs...))
	}
	a := r.algorithm
	if a == nil {
		a = r.signer.algorithm
	}
	basic := sequence(tbs, a, bits(0, signature...), certs)
	der := sequence(enumerated(0), explicit(0, sequence(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))
	if r.after != nil {
		der = r.after(der)
	}
	return der
}

func byName(name []byte) []byte { return explicit(1, name) }

func byKey(k *testKey) []byte {
	sum := sha1.Sum(k.public())
	return explicit(2, octets(sum[:]))
}

// scene is a certificate, its issuer, and a response about it.
type scene struct {
	issuer, leaf cert
	reply        reply
}

// newScene is a healthy one, in which the CA signs itself.
func newScene(caKey, leafKey string) scene {
	c := ca(key(caKey))
	leaf := below(c, "server.example.com", key(leafKey), 0x10, 0x01)
	return scene{c, leaf, reply{
		responderID: byName(c.subject),
		produced:    generalizedTime(now.Add(-time.Hour)),
		answers: []answer{{id: certIDOf(c, leaf.serial...), status: good(),
			this: generalizedTime(now.Add(-time.Hour)), next: generalizedTime(now.Add(24 * time.Hour))}},
		signer: c.key,
	}}
}

// delegated is the scene with the given certificate as the responder's.
func (s scene) delegated(d cert) scene {
	s.reply.responderID, s.reply.signer, s.reply.certs = byName(d.subject), d.key, [][]byte{d.der()}
	return s
}

// answering is the scene with the one answer changed.
func (s scene) answering(change func(*answer)) scene {
	s.reply.answers = slices.Clone(s.reply.answers)
	change(&s.reply.answers[0])
	return s
}
