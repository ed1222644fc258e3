// Package ocsptest is a responder for tests of programs that ask whether
// certificates are revoked, as net/http/httptest is a server for tests of programs
// that speak HTTP.
//
// A [Server] answers on the loopback interface: it signs with RSA, ECDSA, Ed25519 or
// SM2, as the CA itself or as its delegate, knows good, revoked and unknown
// certificates, and publishes revocation lists. On demand it makes one [Fault] at a
// time, from a signature that does not verify to a reply without end, so that a test
// can see what its client does about it. [Response] and [List] make the same bytes
// without any network.
//
// Everything is for tests. Keys that the caller does not bring are known to
// everybody, and functions panic where they are called wrongly.
package ocsptest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"math/big"
	"net"
	"time"

	gmsm "github.com/emmansun/gmsm/sm2"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// The validity of certificates that say nothing else. It is long, so that a test may
// judge at any time.
var (
	validFrom = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	validTo   = time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)
)

// CA is a certificate authority of a test.
type CA struct {
	// Certificate is the DER of its certificate.
	Certificate []byte

	name []byte
	key  *forge.Key
}

// NewCA returns a CA with the given common name and a certificate that it signed
// itself. key is of RSA, ECDSA, Ed25519 or, by gmsm, SM2; nil is a key on P-256 that
// is always the same.
func NewCA(name string, key crypto.Signer) *CA {
	if key == nil {
		key = knownKey("CA")
	}
	ca := &CA{name: forge.CommonName(name), key: newKey(key)}
	ca.Certificate = forge.Certificate{
		Serial: []byte{1}, Subject: ca.name, Issuer: ca.name, From: validFrom, To: validTo, Key: ca.key, Signer: ca.key, Exts: caExtensions(),
	}.DER()
	return ca
}

// OpenCA returns the CA with an existing certificate, in DER, and its key. It is an
// error if they do not belong together.
func OpenCA(certificate []byte, key crypto.Signer) (*CA, error) {
	cert, err := certparse.ParseCertificate(certificate)
	if err != nil {
		return nil, err
	}
	k, err := forge.NewKey(key)
	if err != nil {
		return nil, err
	}
	public := &forge.Key{SPKI: cert.PublicKey().SPKI()}
	if !bytes.Equal(public.Public(), k.Public()) {
		return nil, errors.New("ocsptest: the key does not belong to the certificate")
	}
	return &CA{Certificate: certificate, name: cert.RawSubject(), key: k}, nil
}

func caExtensions() []forge.Extension {
	return []forge.Extension{forge.BasicCA(), forge.KeyUsage(forge.KeyCertSign | forge.CRLSign)}
}

// Leaf describes a certificate that a CA issues. Its zero value is one that names no
// source of its status.
type Leaf struct {
	// Name is the common name; empty is "leaf".
	Name string
	// Serial is the serial number; nil is 4097.
	Serial *big.Int
	// Hosts are the DNS names and IP addresses that the certificate is for.
	Hosts []string
	// Key is the certificate's key, of which only the public half is used; nil is a
	// key on P-256 that is always the same, [LeafKey].
	Key crypto.Signer
	// NotBefore and NotAfter are the validity; zero is 2000 and 2049.
	NotBefore, NotAfter time.Time
	// OCSP are the URLs of responders.
	OCSP []string
	// CRLs are the URLs of revocation lists, each a distribution point of its own,
	// and Deltas those of delta lists.
	CRLs, Deltas []string
	// CRLIssuer is who signs the lists; nil is the CA.
	CRLIssuer *CA
	// MustStaple demands that a server brings an OCSP response along (RFC 7633).
	MustStaple bool
}

// DefaultSerial is the serial number of a [Leaf] that states none.
const DefaultSerial = 0x1001

// LeafKey returns the key of a [Leaf] that has none of its own. Everybody knows it.
func LeafKey() crypto.Signer { return knownKey("leaf") }

// Issue returns the DER of a certificate that the CA issued.
func (ca *CA) Issue(l Leaf) []byte { return ca.certificate(l).DER() }

// IssueCA returns a CA below this one. l says everything but that it is a CA; the
// name must be given.
func (ca *CA) IssueCA(l Leaf) *CA {
	if l.Name == "" {
		panic("ocsptest: a CA needs a name")
	}
	if l.Key == nil {
		l.Key = knownKey("CA " + l.Name)
	}
	c := ca.certificate(l).With(caExtensions()...)
	return &CA{Certificate: c.DER(), name: c.Subject, key: newKey(l.Key)}
}

// IssueResponder returns the DER of the certificate of a responder to which the CA
// delegates. A [Responder] with a delegate has one like it; this is for responders
// of other makers.
func (ca *CA) IssueResponder(key crypto.Signer) []byte { return ca.responder(newKey(key)).DER() }

func (ca *CA) responder(key *forge.Key) forge.Certificate {
	return forge.Certificate{
		Serial: []byte{0x0d}, Subject: forge.CommonName("Test Responder"), Issuer: ca.name, From: validFrom, To: validTo, Key: key, Signer: ca.key,
		Exts: []forge.Extension{forge.KeyUsage(forge.DigitalSignature), forge.Purposes(forge.OIDOCSPSigning), forge.NoCheck()},
	}
}

func (ca *CA) certificate(l Leaf) forge.Certificate {
	if l.Name == "" {
		l.Name = "leaf"
	}
	if l.Serial == nil {
		l.Serial = big.NewInt(DefaultSerial)
	}
	if l.Key == nil {
		l.Key = LeafKey()
	}
	if l.NotBefore.IsZero() {
		l.NotBefore = validFrom
	}
	if l.NotAfter.IsZero() {
		l.NotAfter = validTo
	}
	c := forge.Certificate{Serial: octetsOf(l.Serial), Subject: forge.CommonName(l.Name), Issuer: ca.name, From: l.NotBefore, To: l.NotAfter,
		Key: newKey(l.Key), Signer: ca.key, Exts: []forge.Extension{forge.KeyUsage(forge.DigitalSignature)}}
	if len(l.Hosts) > 0 {
		c = c.With(hostNames(l.Hosts))
	}
	if len(l.OCSP) > 0 {
		c = c.With(responders(l.OCSP))
	}
	if len(l.CRLs) > 0 {
		c = c.With(points("2.5.29.31", l.CRLs, l.CRLIssuer))
	}
	if len(l.Deltas) > 0 {
		c = c.With(points("2.5.29.46", l.Deltas, l.CRLIssuer))
	}
	if l.MustStaple {
		c = c.With(forge.MustStaple())
	}
	return c
}

// hostNames is a subjectAltName.
func hostNames(hosts []string) forge.Extension {
	var names [][]byte
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip == nil {
			names = append(names, forge.TLV(0x82, []byte(h)))
		} else if four := ip.To4(); four != nil {
			names = append(names, forge.TLV(0x87, four))
		} else {
			names = append(names, forge.TLV(0x87, ip))
		}
	}
	return forge.Ext("2.5.29.17", false, forge.Sequence(names...))
}

// responders is an authorityInfoAccess.
func responders(urls []string) forge.Extension {
	var list [][]byte
	for _, u := range urls {
		list = append(list, forge.Sequence(forge.OID("1.3.6.1.5.5.7.48.1"), forge.URI(u)))
	}
	return forge.Ext("1.3.6.1.5.5.7.1.1", false, forge.Sequence(list...))
}

// points is a list of distribution points.
func points(oid string, urls []string, issuer *CA) forge.Extension {
	var list [][]byte
	for _, u := range urls {
		parts := [][]byte{forge.FullName(forge.URI(u))}
		if issuer != nil {
			parts = append(parts, forge.Explicit(2, forge.Directory(issuer.name)))
		}
		list = append(list, forge.Sequence(parts...))
	}
	return forge.Ext(oid, false, forge.Sequence(list...))
}

// octetsOf is the content of an INTEGER.
func octetsOf(n *big.Int) []byte {
	if n.Sign() < 0 {
		panic("ocsptest: the number is negative")
	}
	b := n.Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return b
}

func newKey(key crypto.Signer) *forge.Key {
	k, err := forge.NewKey(key)
	if err != nil {
		panic("ocsptest: " + err.Error())
	}
	return k
}

// knownKey is a key that follows from its name.
func knownKey(name string) *ecdsa.PrivateKey {
	scalar := sha256.Sum256([]byte("ocsptest " + name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		panic(err)
	}
	return key
}

// knownSM2Key is an SM2 key that follows from its name.
func knownSM2Key(name string) *gmsm.PrivateKey {
	scalar := sha256.Sum256([]byte("ocsptest " + name))
	key, err := gmsm.NewPrivateKey(scalar[:])
	if err != nil {
		panic(err)
	}
	return key
}
