package client

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

// This file makes the certificates, responses and lists of the tests from the
// keys in ../../testdata/keys.

// now is the time at which the tests judge.
var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// testKey is the RSA or ECDSA key of the given name.
func testKey(name string) crypto.Signer {
	text := must(os.ReadFile("../../testdata/keys/" + name + ".pem"))
	block, _ := pem.Decode(text)
	if !bytes.HasPrefix(text, []byte("TEST ONLY")) || block == nil {
		panic(name + " is not a test key")
	}
	return must(x509.ParsePKCS8PrivateKey(block.Bytes)).(crypto.Signer)
}

// authority is a CA that issues, answers and lists.
type authority struct {
	key    crypto.Signer
	x509   *x509.Certificate
	cert   *certparse.Certificate
	leaf   crypto.Signer
	serial atomic.Int64
	// sm2 is the key of an SM2 CA, which cannot issue anything but what newSM2Authority does.
	sm2 *sm2.PrivateKey
}

func newAuthority(cn, keyName string) *authority {
	a := &authority{key: testKey(keyName), leaf: testKey("p256-server")}
	a.serial.Store(0x1000)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: cn},
		NotBefore: now.AddDate(-5, 0, 0), NotAfter: now.AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	a.x509 = must(x509.ParseCertificate(must(x509.CreateCertificate(nil, template, template, a.key.Public(), a.key))))
	a.cert = must(certparse.ParseCertificate(a.x509.Raw))
	return a
}

// newSM2Authority is a CA with an SM2 key, and a certificate of it.
func newSM2Authority(url string) (*authority, *certparse.Certificate) {
	a := &authority{sm2: must(sm2.NewPrivateKeyFromInt(big.NewInt(20251201)))}
	template := &smx509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "SM2 CA"},
		NotBefore: now.AddDate(-5, 0, 0), NotAfter: now.AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: smx509.KeyUsageCertSign}
	der := must(smx509.CreateCertificate(rand.Reader, template, template, a.sm2.Public(), a.sm2))
	a.cert = must(certparse.ParseCertificate(der))
	leaf := &smx509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "sm2.example.com"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), OCSPServer: []string{url}}
	der = must(smx509.CreateCertificate(rand.Reader, leaf, must(smx509.ParseCertificate(der)), a.sm2.Public(), a.sm2))
	return a, must(certparse.ParseCertificate(der))
}

// sign signs with the CA's key.
func (a *authority) sign(message []byte) []byte {
	if a.sm2 != nil {
		return must(a.sm2.Sign(rand.Reader, message, sm2.DefaultSM2SignerOpts))
	}
	digest := sha256.Sum256(message)
	return must(a.key.Sign(nil, digest[:], crypto.SHA256))
}

// algorithm is that of its signatures.
func (a *authority) algorithm() asn1.ObjectIdentifier {
	switch a.key.(type) {
	case nil:
		return asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}
	case *rsa.PrivateKey:
		return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	}
	return asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
}

// issue makes a certificate with a new serial number.
func (a *authority) issue(change func(*x509.Certificate)) *certparse.Certificate {
	template := &x509.Certificate{SerialNumber: big.NewInt(a.serial.Add(1)), Subject: pkix.Name{CommonName: "server.example.com"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	change(template)
	return must(certparse.ParseCertificate(must(x509.CreateCertificate(nil, template, a.x509, a.leaf.Public(), a.key))))
}

// asking is a certificate that names responders.
func (a *authority) asking(urls ...string) *certparse.Certificate {
	return a.issue(func(c *x509.Certificate) { c.OCSPServer = urls })
}

// listed is a certificate that names lists, each in a point of its own.
func (a *authority) listed(urls ...string) *certparse.Certificate {
	return a.issue(func(c *x509.Certificate) { c.CRLDistributionPoints = urls })
}

// answer is what a response says.
type answer struct {
	status     []byte
	this, next time.Time
	noNonce    bool
	// other answers about another certificate.
	other bool
	// certs are certificates that come along.
	certs [][]byte
	// rsa is a signature that is said to be of an RSA key.
	rsa []byte
}

var (
	answerGood    = answer{status: []byte{0x80, 0}}
	answerUnknown = answer{status: []byte{0x82, 0}}
	answerRevoked = answer{status: append([]byte{0xa1, 17, 0x18, 15}, "20251201000000Z"...)}
)

func (a answer) between(this, next time.Time) answer {
	a.this, a.next = this, next
	return a
}

func (a answer) withoutNonce() answer {
	a.noNonce = true
	return a
}

// readRequest takes the CertID and the nonce out of a request.
func readRequest(der []byte) (certID, nonce []byte, ok bool) {
	s := cryptobyte.String(der)
	var outer, tbs, list, request, id, wrapped, extensions, extension, value cryptobyte.String
	var there bool
	if !s.ReadASN1(&outer, casn1.SEQUENCE) || !outer.ReadASN1(&tbs, casn1.SEQUENCE) || !tbs.ReadASN1(&list, casn1.SEQUENCE) ||
		!list.ReadASN1(&request, casn1.SEQUENCE) || !request.ReadASN1Element(&id, casn1.SEQUENCE) {
		return nil, nil, false
	}
	if !tbs.ReadOptionalASN1(&wrapped, &there, casn1.Tag(2).ContextSpecific().Constructed()) {
		return nil, nil, false
	}
	if there && (!wrapped.ReadASN1(&extensions, casn1.SEQUENCE) || !extensions.ReadASN1(&extension, casn1.SEQUENCE) ||
		!extension.SkipASN1(casn1.OBJECT_IDENTIFIER) || !extension.ReadASN1(&value, casn1.OCTET_STRING)) {
		return nil, nil, false
	}
	return id, value, true
}

var nonceOID = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}

// respond makes the response to a request.
func (a *authority) respond(request []byte, says answer) []byte {
	return a.respondAs(request, says, nil)
}

// respondAs makes it in the name of a responder, but with the CA's key.
func (a *authority) respondAs(request []byte, says answer, responder []byte) []byte {
	name := a.cert.RawSubject()
	if responder != nil {
		name = must(certparse.ParseCertificate(responder)).RawSubject()
	}
	id, nonce, ok := readRequest(request)
	if !ok {
		return []byte{0x30, 3, 0x0a, 1, 1}
	}
	if says.this.IsZero() {
		says.this, says.next = now.Add(-time.Hour), now.Add(24*time.Hour)
	}
	if says.other {
		id = bytes.Clone(id)
		id[len(id)-1]++
	}
	explicit := func(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }
	sequence := func(b *cryptobyte.Builder, f func(*cryptobyte.Builder)) { b.AddASN1(casn1.SEQUENCE, f) }
	var tbs cryptobyte.Builder
	sequence(&tbs, func(b *cryptobyte.Builder) {
		b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddBytes(name) })
		b.AddASN1GeneralizedTime(says.this)
		sequence(b, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddBytes(id)
				b.AddBytes(says.status)
				b.AddASN1GeneralizedTime(says.this)
				if !says.next.IsZero() {
					b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddASN1GeneralizedTime(says.next) })
				}
			})
		})
		if nonce != nil && !says.noNonce {
			b.AddASN1(explicit(1), func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					sequence(b, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(nonceOID)
						b.AddASN1OctetString(nonce)
					})
				})
			})
		}
	})
	signed := tbs.BytesOrPanic()
	signature := a.sign(signed)
	if says.rsa != nil {
		signature = says.rsa
	}
	var out cryptobyte.Builder
	sequence(&out, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(0)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1})
				b.AddASN1(casn1.OCTET_STRING, func(b *cryptobyte.Builder) {
					sequence(b, func(b *cryptobyte.Builder) {
						b.AddBytes(signed)
						sequence(b, func(b *cryptobyte.Builder) {
							if says.rsa != nil {
								b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11})
								b.AddASN1NULL()
								return
							}
							b.AddASN1ObjectIdentifier(a.algorithm())
							if _, ok := a.key.(*rsa.PrivateKey); ok {
								b.AddASN1NULL()
							}
						})
						b.AddASN1BitString(signature)
						if says.certs != nil {
							b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
								sequence(b, func(b *cryptobyte.Builder) {
									for _, c := range says.certs {
										b.AddBytes(c)
									}
								})
							})
						}
					})
				})
			})
		})
	})
	return out.BytesOrPanic()
}

// certificateOf signs the content of a TBSCertificate.
func (a *authority) certificateOf(content []byte) []byte {
	var tbs cryptobyte.Builder
	tbs.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(content) })
	signed := tbs.BytesOrPanic()
	signature := a.sign(signed)
	var out cryptobyte.Builder
	out.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(signed)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(a.algorithm())
		})
		b.AddASN1BitString(signature)
	})
	return out.BytesOrPanic()
}

// list makes a CRL.
func (a *authority) list(number int64, change func(*x509.RevocationList), revoked ...*certparse.Certificate) []byte {
	template := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(24 * time.Hour)}
	for _, c := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: c.SerialNumber(), RevocationTime: now.AddDate(0, -1, 0), ReasonCode: int(ocsp.KeyCompromise)})
	}
	if change != nil {
		change(template)
	}
	return must(x509.CreateRevocationList(nil, template, a.x509, a.key))
}

func lasting(this, next time.Time) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = this, next }
}

// deltaOf makes a list into a delta list.
func deltaOf(base int64) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: must(asn1.Marshal(base))})
	}
}

// freshest is the extension that names a delta list, and is written like distribution points.
func freshest(url string) pkix.Extension {
	var b cryptobyte.Builder
	explicit := func(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(url)) })
				})
			})
		})
	})
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 46}, Value: b.BytesOrPanic()}
}

func theAuthority(testing.TB) *authority {
	return newAuthority("Revocation Client Test CA", "p256-root")
}
