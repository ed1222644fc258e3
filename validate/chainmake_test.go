package validate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	encodingasn1 "encoding/asn1"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// The tests of paths make their certificates here, with keys that anyone can make
// anew: TEST ONLY.

// pathTime is when they are judged.
var pathTime = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// party is somebody with a certificate and a key.
type party struct {
	tb   testing.TB
	tmpl *x509.Certificate
	key  *ecdsa.PrivateKey
	cert *certparse.Certificate
}

type partyEdit func(*x509.Certificate)

func partyKey(tb testing.TB, name string) *ecdsa.PrivateKey {
	tb.Helper()
	d := sha256.Sum256([]byte("TEST ONLY " + name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// newRoot makes a root.
func newRoot(tb testing.TB, name string) *party {
	p := &party{tb: tb}
	return p.issue(name, name, asCA)
}

func asCA(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
}

func asServer(c *x509.Certificate) {
	c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	c.DNSNames = []string{"www.example.com"}
}

// asksAt names a source of the certificate's status.
func asksAt(c *x509.Certificate) { c.OCSPServer = []string{"http://ocsp.example.com"} }

// ca makes a CA below p, and server a server.
func (p *party) ca(name string, edits ...partyEdit) *party {
	return p.issue(name, name, append([]partyEdit{asCA}, edits...)...)
}

func (p *party) server(edits ...partyEdit) *party {
	return p.issue("www.example.com", "server", append([]partyEdit{asServer}, edits...)...)
}

// issue makes a certificate with a key of the given name. Serial numbers come from
// the names, so that they are always the same.
func (p *party) issue(name, key string, edits ...partyEdit) *party {
	p.tb.Helper()
	issuer := ""
	if p.tmpl != nil {
		issuer = p.tmpl.Subject.CommonName
	}
	id, serial := sha256.Sum256([]byte(key)), sha256.Sum256([]byte(name+key+issuer))
	tmpl := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(append([]byte{1}, serial[:8]...)), Subject: pkix.Name{CommonName: name}, SubjectKeyId: id[:20],
		NotBefore: pathTime.AddDate(-1, 0, 0), NotAfter: pathTime.AddDate(1, 0, 0),
	}
	for _, e := range edits {
		e(tmpl)
	}
	child := &party{tb: p.tb, tmpl: tmpl, key: partyKey(p.tb, key)}
	signer := p
	if p.tmpl == nil {
		signer = child
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, signer.tmpl, child.key.Public(), signer.key)
	if err != nil {
		p.tb.Fatal(err)
	}
	if child.cert, err = certparse.ParseCertificate(der); err != nil {
		p.tb.Fatal(err)
	}
	return child
}

// file is the certificate as an input.
func (p *party) file() validate.File {
	return validate.File{Name: p.tmpl.Subject.CommonName, Data: p.cert.Raw()}
}

func partyFiles(parties ...*party) (files []validate.File) {
	for _, p := range parties {
		files = append(files, p.file())
	}
	return files
}

// list is a revocation list of p with the given certificates on it.
func (p *party) list(number int64, revoked ...*party) validate.File {
	return p.scopedList(number, nil, revoked...)
}

// commentedList is a revocation list with a comment in an extension that nobody knows.
func (p *party) commentedList(number int64, comment []byte, revoked ...*party) validate.File {
	return p.extendedList(number, []pkix.Extension{{Id: encodingasn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 9}, Value: comment}}, revoked...)
}

// scopedList is a revocation list with an issuing distribution point.
func (p *party) scopedList(number int64, point []byte, revoked ...*party) validate.File {
	if point == nil {
		return p.extendedList(number, nil, revoked...)
	}
	return p.extendedList(number, []pkix.Extension{{Id: encodingasn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: point}}, revoked...)
}

func (p *party) extendedList(number int64, extensions []pkix.Extension, revoked ...*party) validate.File {
	p.tb.Helper()
	l := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: pathTime.Add(-time.Hour), NextUpdate: pathTime.Add(time.Hour), ExtraExtensions: extensions}
	for _, r := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: r.tmpl.SerialNumber, RevocationTime: pathTime.Add(-2 * time.Hour), ReasonCode: 1})
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, p.tmpl, p.key)
	if err != nil {
		p.tb.Fatal(err)
	}
	return validate.File{Name: p.tmpl.Subject.CommonName + ".crl", Data: der}
}

// The answers of OCSP.
const (
	answerGood = iota
	answerRevoked
	answerUnknown
)

// answer is an OCSP response of p about a certificate.
func (p *party) answer(about *party, status int) validate.File {
	p.tb.Helper()
	spki := struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       encodingasn1.BitString
	}{}
	if _, err := encodingasn1.Unmarshal(p.cert.PublicKey().SPKI(), &spki); err != nil {
		p.tb.Fatal(err)
	}
	name, key := sha1.Sum(p.cert.RawSubject()), sha1.Sum(spki.Key.Bytes)
	explicit := func(n int) asn1.Tag { return asn1.Tag(n).Constructed().ContextSpecific() }
	at := func(b *cryptobyte.Builder, hours int) {
		b.AddASN1GeneralizedTime(pathTime.Add(time.Duration(hours) * time.Hour))
	}
	var tbs, response cryptobyte.Builder
	tbs.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddBytes(p.cert.RawSubject()) })
		at(b, -1)
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { // CertID
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier([]int{1, 3, 14, 3, 2, 26})
						b.AddASN1NULL()
					})
					b.AddASN1OctetString(name[:])
					b.AddASN1OctetString(key[:])
					b.AddASN1BigInt(about.tmpl.SerialNumber)
				})
				switch status {
				case answerGood:
					b.AddASN1(asn1.Tag(0).ContextSpecific(), func(*cryptobyte.Builder) {})
				case answerRevoked:
					b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { at(b, -2) })
				default:
					b.AddASN1(asn1.Tag(2).ContextSpecific(), func(*cryptobyte.Builder) {})
				}
				at(b, -1)
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { at(b, 1) })
			})
		})
	})
	data := tbs.BytesOrPanic()
	hash := sha256.Sum256(data)
	signature, err := ecdsa.SignASN1(rand.Reader, p.key, hash[:])
	if err != nil {
		p.tb.Fatal(err)
	}
	response.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(0)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier([]int{1, 3, 6, 1, 5, 5, 7, 48, 1, 1})
				b.AddASN1(asn1.OCTET_STRING, func(b *cryptobyte.Builder) {
					b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddBytes(data)
						b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier([]int{1, 2, 840, 10045, 4, 3, 2}) })
						b.AddASN1BitString(signature)
					})
				})
			})
		})
	})
	return validate.File{Name: "answer.der", Data: response.BytesOrPanic()}
}

// judgeChain judges a server below the given parties at pathTime.
func judgeChain(request *validate.ChainRequest, edits ...func(*validate.ChainOptions)) *validate.ChainReport {
	opt := validate.ChainOptions{Path: path.Options{Time: pathTime}}
	for _, e := range edits {
		e(&opt)
	}
	return validate.Chain(request, opt)
}

// severityOf is the severity of a finding of a code about a certificate; 0 if there is none.
func severityOf(fs []finding.Finding, code finding.Code, certificate int) (worst finding.Severity) {
	for _, f := range fs {
		if n, ok := f.Where.Certificate.Get(); ok && n == certificate && f.Code == code {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// rawExtension is an extension with the given value.
func rawExtension(critical bool, value []byte, arcs ...int) partyEdit {
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: encodingasn1.ObjectIdentifier(arcs), Critical: critical, Value: value})
	}
}
