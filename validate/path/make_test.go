package path_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Certificates for the tests are made on the spot. Their keys are made from the
// subject's common name: TEST ONLY.

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// edit changes the template of a certificate before it is signed.
type edit func(*x509.Certificate)

// entity is a certificate with its key.
type entity struct {
	tb   testing.TB
	tmpl *x509.Certificate
	key  crypto.Signer
	cert *certparse.Certificate
}

func testKey(tb testing.TB, name string) *ecdsa.PrivateKey {
	tb.Helper()
	d := sha256.Sum256([]byte("TEST ONLY " + name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// root makes a trust anchor.
func root(tb testing.TB, name string, edits ...edit) *entity {
	tb.Helper()
	return issue(tb, nil, name, testKey(tb, name), append([]edit{isCA}, edits...))
}

// ca makes an intermediate CA below e.
func (e *entity) ca(name string, edits ...edit) *entity {
	e.tb.Helper()
	return issue(e.tb, e, name, testKey(e.tb, name), append([]edit{isCA}, edits...))
}

// again makes a certificate that e issues to itself, with a new key if key is not empty.
func (e *entity) again(key string, edits ...edit) *entity {
	e.tb.Helper()
	k := e.key
	if key != "" {
		k = testKey(e.tb, key)
	}
	return issue(e.tb, e, e.tmpl.Subject.CommonName, k, append([]edit{isCA}, edits...))
}

// leaf makes a server's certificate below e.
func (e *entity) leaf(edits ...edit) *certparse.Certificate {
	e.tb.Helper()
	return issue(e.tb, e, "www.example.com", testKey(e.tb, "leaf"), append([]edit{isServer}, edits...)).cert
}

func isCA(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
}

func isServer(c *x509.Certificate) {
	c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	c.DNSNames = []string{"www.example.com"}
	c.NotAfter = c.NotBefore.AddDate(0, 0, 90)
}

var serials int64

func issue(tb testing.TB, issuer *entity, name string, key crypto.Signer, edits []edit) *entity {
	tb.Helper()
	serials++
	id := sha256.Sum256([]byte(name))
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1000 + serials), Subject: pkix.Name{CommonName: name}, SubjectKeyId: id[:20],
		NotBefore: now.AddDate(0, 0, -10), NotAfter: now.AddDate(1, 0, 0),
	}
	for _, e := range edits {
		e(tmpl)
	}
	e := &entity{tb: tb, tmpl: tmpl, key: key}
	if issuer == nil {
		issuer = e
	}
	parent := *issuer.tmpl
	der, err := x509.CreateCertificate(rand.Reader, tmpl, &parent, key.Public(), issuer.key)
	if err != nil {
		tb.Fatal(err)
	}
	if e.cert, err = certparse.ParseCertificate(der); err != nil {
		tb.Fatal(err)
	}
	return e
}

// ext adds an extension.
func ext(id string, critical bool, value []byte) edit {
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: oid(id), Critical: critical, Value: value})
	}
}

func oid(s string) asn1.ObjectIdentifier {
	var id asn1.ObjectIdentifier
	for _, part := range strings.Split(s, ".") {
		n, _ := new(big.Int).SetString(part, 10)
		id = append(id, int(n.Int64()))
	}
	return id
}

// node is ASN.1 that is written by hand.
type node func(*cryptobyte.Builder)

func tlv(tag cbasn1.Tag, in ...node) node {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(tag, func(b *cryptobyte.Builder) {
			for _, n := range in {
				n(b)
			}
		})
	}
}

func seq(in ...node) node { return tlv(cbasn1.SEQUENCE, in...) }
func set(in ...node) node { return tlv(cbasn1.SET, in...) }
func text(tag cbasn1.Tag, s string) node {
	return tlv(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
}
func id(s string) node                  { return func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid(s)) } }
func context(n uint8) cbasn1.Tag        { return cbasn1.Tag(n).ContextSpecific() }
func implicit(n uint8, s string) node   { return text(context(n), s) }
func explicit(n uint8, in ...node) node { return tlv(context(n).Constructed(), in...) }
func number(n uint8, v int64) node {
	return func(b *cryptobyte.Builder) { b.AddASN1Int64WithTag(v, context(n)) }
}
func attribute(typ string, value node) node { return set(seq(id(typ), value)) }

func der(n node) []byte {
	var b cryptobyte.Builder
	n(&b)
	return b.BytesOrPanic()
}

const utf8String, printableString = cbasn1.UTF8String, cbasn1.PrintableString

// dn makes a distinguished name of pairs of type and value, all UTF8String.
func dn(pairs ...string) []byte { return der(dnNode(pairs...)) }

func dnNode(pairs ...string) node {
	var in []node
	for i := 0; i < len(pairs); i += 2 {
		in = append(in, attribute(pairs[i], text(utf8String, pairs[i+1])))
	}
	return seq(in...)
}

// subjectDN sets the subject.
func subjectDN(raw []byte) edit { return func(c *x509.Certificate) { c.RawSubject = raw } }

const (
	dnC, dnO, dnCN, dnEmail = "2.5.4.6", "2.5.4.10", "2.5.4.3", "1.2.840.113549.1.9.1"

	extSAN, extBasic, extConstraints, extPolicies = "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.32"
	extMappings, extLimits, extInhibit            = "2.5.29.33", "2.5.29.36", "2.5.29.54"
	extKeyUsage, extPurposes                      = "2.5.29.15", "2.5.29.37"
)

// san replaces the alternative names.
func san(names ...node) edit {
	return func(c *x509.Certificate) {
		c.DNSNames = nil
		ext(extSAN, len(c.RawSubject) == 2, der(seq(names...)))(c)
	}
}

func dns(s string) node     { return implicit(2, s) }
func email(s string) node   { return implicit(1, s) }
func uri(s string) node     { return implicit(6, s) }
func ip(b ...byte) node     { return implicit(7, string(b)) }
func directory(n node) node { return explicit(4, n) }
func upn(s string) node {
	return explicit(0, id("1.3.6.1.4.1.311.20.2.3"), explicit(0, text(utf8String, s)))
}
func utf8Mailbox(s string) node {
	return explicit(0, id("1.3.6.1.5.5.7.8.9"), explicit(0, text(utf8String, s)))
}

// permitted and excluded make name constraints of one kind.
func permitted(names ...node) edit { return constraints(0, names) }
func excluded(names ...node) edit  { return constraints(1, names) }

func constraints(tag uint8, names []node) edit {
	var list []node
	for _, n := range names {
		list = append(list, seq(n))
	}
	return ext(extConstraints, true, der(seq(explicit(tag, list...))))
}

func policies(ids ...string) edit {
	var list []node
	for _, p := range ids {
		list = append(list, seq(id(p)))
	}
	return ext(extPolicies, false, der(seq(list...)))
}

// mapped maps pairs of policies.
func mapped(ids ...string) edit {
	var list []node
	for i := 0; i < len(ids); i += 2 {
		list = append(list, seq(id(ids[i]), id(ids[i+1])))
	}
	return ext(extMappings, true, der(seq(list...)))
}

// limits makes policy constraints; −1 leaves a field out.
func limits(explicitPolicy, mapping int64) edit {
	var list []node
	if explicitPolicy >= 0 {
		list = append(list, number(0, explicitPolicy))
	}
	if mapping >= 0 {
		list = append(list, number(1, mapping))
	}
	return ext(extLimits, true, der(seq(list...)))
}

func inhibitAny(n int64) edit {
	return ext(extInhibit, true, der(func(b *cryptobyte.Builder) { b.AddASN1Int64(n) }))
}

func pathLen(n int) edit {
	return func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = n, n == 0 }
}

func usage(u x509.KeyUsage) edit { return func(c *x509.Certificate) { c.KeyUsage = u } }

func purpose(list ...x509.ExtKeyUsage) edit {
	return func(c *x509.Certificate) { c.ExtKeyUsage = list }
}

func period(from, to time.Time) edit {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, to }
}

// question is a call of Build.
type question struct {
	target *certparse.Certificate
	roots  []*entity
	pool   []*entity
	opt    path.Options
}

func ask(target *certparse.Certificate, root *entity, pool ...*entity) question {
	return question{target: target, roots: []*entity{root}, pool: pool}
}

func (q question) with(change func(*path.Options)) question { change(&q.opt); return q }

func (q question) build() *path.Result {
	if q.opt.Time.IsZero() {
		q.opt.Time = now
	}
	certs := func(list []*entity) (out []*certparse.Certificate) {
		for _, e := range list {
			out = append(out, e.cert)
		}
		return out
	}
	return path.Build(q.target, path.Anchors(certs(q.roots)), certs(q.pool), q.opt)
}

// version1 makes a self-signed certificate of version 1.
func version1(tb testing.TB, name string) *entity {
	tb.Helper()
	return byHand(tb, nil, name, testKey(tb, name), nil)
}

// version1Below makes a certificate of version 1 below another.
func version1Below(tb testing.TB, issuer *entity, name string) *entity {
	tb.Helper()
	return byHand(tb, issuer, name, testKey(tb, name), nil)
}

// byHand makes a certificate of version 1 or, with extensions, 3 without crypto/x509,
// self-signed without an issuer. The key signs only if it is an ECDSA or DSA key.
func byHand(tb testing.TB, issuer *entity, name string, key crypto.Signer, extensions []node) *entity {
	tb.Helper()
	e := &entity{tb: tb, tmpl: &x509.Certificate{RawSubject: dn(dnCN, name), SubjectKeyId: []byte{1}}, key: key}
	if issuer == nil {
		issuer = e
	}
	var spki []byte
	var err error
	if d, ok := key.(*dsaKey); ok {
		spki = d.spki()
	} else if spki, err = x509.MarshalPKIXPublicKey(key.Public()); err != nil {
		tb.Fatal(err)
	}
	raw := func(b []byte) node { return func(c *cryptobyte.Builder) { c.AddBytes(b) } }
	algorithm := seq(id("1.2.840.10045.4.3.2"))
	if _, ok := issuer.key.(*dsaKey); ok {
		algorithm = seq(id("2.16.840.1.101.3.4.3.2"))
	}
	date := func(t time.Time) node { return func(b *cryptobyte.Builder) { b.AddASN1UTCTime(t) } }
	issuerDN := dn(dnCN, issuer.tmpl.Subject.CommonName)
	if issuer.tmpl.RawSubject != nil {
		issuerDN = issuer.tmpl.RawSubject
	} else if issuer.cert != nil {
		issuerDN = issuer.cert.RawSubject()
	}
	fields := []node{func(b *cryptobyte.Builder) { b.AddASN1Int64(7) }, algorithm, raw(issuerDN),
		seq(date(now.AddDate(-1, 0, 0)), date(now.AddDate(1, 0, 0))), dnNode(dnCN, name), raw(spki)}
	if extensions != nil {
		version := explicit(0, func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		fields = append(append([]node{version}, fields...), explicit(3, seq(extensions...)))
	}
	tbs := der(seq(fields...))
	digest := sha256.Sum256(tbs)
	signature, err := issuer.key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		tb.Fatal(err)
	}
	if e.cert, err = certparse.ParseCertificate(der(seq(raw(tbs), algorithm, func(b *cryptobyte.Builder) { b.AddASN1BitString(signature) }))); err != nil {
		tb.Fatal(err)
	}
	return e
}
