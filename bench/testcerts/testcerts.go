package testcerts

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// Certificate is a certificate with its private key.
type Certificate struct {
	// Name says what the certificate is for.
	Name string
	Kind Kind
	DER  []byte

	key    signer
	parsed *smx509.Certificate
}

// PEM returns the certificate as PEM.
func (c *Certificate) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.DER})
}

// KeyPEM returns the private key as PKCS #8 in PEM.
func (c *Certificate) KeyPEM() ([]byte, error) {
	der, err := smx509.MarshalPKCS8PrivateKey(c.key.key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// PublicKey returns the public key as the standard library or gmsm has it.
func (c *Certificate) PublicKey() crypto.PublicKey { return c.key.Public() }

// PrivateKey returns the private key.
func (c *Certificate) PrivateKey() crypto.Signer { return c.key.key }

// Set is the certificates of one kind of key.
type Set struct {
	Root, Intermediate, Server, Device *Certificate
	// Signing and Encryption are an SM2 pair; other kinds have none.
	Signing, Encryption *Certificate
}

// Mixed returns the certificates that each set has.
func (s *Set) Mixed() []*Certificate {
	return []*Certificate{s.Server, s.Device, s.Intermediate, s.Root}
}

// The certificates are valid from NotBefore to NotAfter.
var (
	NotBefore = time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	NotAfter  = time.Date(2035, 3, 4, 5, 6, 7, 0, time.UTC)
)

// New makes the certificates of one kind.
func New(kind Kind) (*Set, error) {
	m := maker{kind: kind}
	var s Set
	s.Root = m.issue("root", nil, &smx509.Certificate{
		Subject:               pkix.Name{Country: []string{"CN"}, Organization: []string{"Example Trust"}, CommonName: "Example Root " + string(kind)},
		KeyUsage:              smx509.KeyUsage(x509.KeyUsageCertSign | x509.KeyUsageCRLSign),
		BasicConstraintsValid: true,
		IsCA:                  true,
	})
	s.Intermediate = m.issue("intermediate", s.Root, &smx509.Certificate{
		Subject:               pkix.Name{Country: []string{"CN"}, Organization: []string{"Example Trust"}, CommonName: "Example TLS " + string(kind) + " CA 1"},
		KeyUsage:              smx509.KeyUsage(x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign),
		ExtKeyUsage:           []smx509.ExtKeyUsage{smx509.ExtKeyUsageServerAuth, smx509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
		OCSPServer:            []string{"http://ocsp.root.example.com"},
		IssuingCertificateURL: []string{"http://crt.root.example.com/root.crt"},
		CRLDistributionPoints: []string{"http://crl.root.example.com/root.crl"},
		Policies:              m.policies("2.23.140.1.2.1", "2.23.140.1.2.2"),
	})
	s.Server = m.issue("server", s.Intermediate, m.server(smx509.KeyUsage(x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment)))
	s.Device = m.issue("device", s.Intermediate, &smx509.Certificate{
		Subject:     pkix.Name{Country: []string{"CN"}, Organization: []string{"Example Devices"}, CommonName: "device-4711"},
		KeyUsage:    smx509.KeyUsage(x509.KeyUsageDigitalSignature),
		ExtKeyUsage: []smx509.ExtKeyUsage{smx509.ExtKeyUsageClientAuth},
		OCSPServer:  []string{"http://ocsp.example.com"},
	})
	if kind == SM2 {
		s.Signing = m.issue("signing", s.Intermediate, m.server(smx509.KeyUsage(x509.KeyUsageDigitalSignature)))
		s.Encryption = m.issue("encryption", s.Intermediate, m.server(
			smx509.KeyUsage(x509.KeyUsageKeyEncipherment|x509.KeyUsageDataEncipherment|x509.KeyUsageKeyAgreement)))
	}
	return &s, m.err
}

// maker issues certificates until one fails.
type maker struct {
	kind   Kind
	serial uint32
	err    error
}

// server is a TLS server's certificate as public CAs issue them.
func (m *maker) server(usage smx509.KeyUsage) *smx509.Certificate {
	return &smx509.Certificate{
		Subject: pkix.Name{
			Country: []string{"CN"}, Province: []string{"Guangdong"}, Locality: []string{"Shenzhen"},
			Organization: []string{"Example Ltd"}, OrganizationalUnit: []string{"Gateway"}, CommonName: "www.example.com",
		},
		KeyUsage:              usage,
		ExtKeyUsage:           []smx509.ExtKeyUsage{smx509.ExtKeyUsageServerAuth, smx509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{"www.example.com", "example.com", "*.api.example.com"},
		IPAddresses:           []net.IP{net.IPv4(192, 0, 2, 7)},
		URIs:                  []*url.URL{{Scheme: "https", Host: "www.example.com", Path: "/id"}},
		OCSPServer:            []string{"http://ocsp.example.com"},
		IssuingCertificateURL: []string{"http://crt.example.com/ca1.crt"},
		CRLDistributionPoints: []string{"http://crl.example.com/ca1.crl"},
		Policies:              m.policies("2.23.140.1.2.2", "1.3.6.1.4.1.99999.1.2"),
		ExtraExtensions:       []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: sctList(2)}},
	}
}

func (m *maker) policies(dotted ...string) []smx509.OID {
	var oids []smx509.OID
	for _, s := range dotted {
		oid, err := smx509.ParseOID(s)
		if err != nil {
			m.err = err
		}
		oids = append(oids, oid)
	}
	return oids
}

func (m *maker) issue(name string, issuer *Certificate, template *smx509.Certificate) *Certificate {
	if m.err != nil {
		return nil
	}
	key, err := newSigner(m.kind, string(m.kind)+" "+name)
	if err != nil {
		m.err = err
		return nil
	}
	m.serial++
	serial := block(string(m.kind)+" serial", m.serial)[:16]
	serial[0] = serial[0]&0x7f | 0x40
	template.SerialNumber = new(big.Int).SetBytes(serial)
	template.NotBefore, template.NotAfter = NotBefore, NotAfter
	template.SubjectKeyId = block(string(m.kind)+" key "+name, 0)[:20]
	c := &Certificate{Name: name, Kind: m.kind, key: key}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.parsed, issuer.key
	}
	if c.DER, m.err = smx509.CreateCertificate(nil, template, parent, key.Public(), signer); m.err != nil {
		return nil
	}
	c.parsed, m.err = smx509.ParseCertificate(c.DER)
	return c
}

// sctList is a list of timestamps of the usual size, whose signatures are noise.
func sctList(n int) []byte {
	var list []byte
	for i := range uint32(n) {
		sct := append([]byte{0}, block("log", i)...)
		sct = binary.BigEndian.AppendUint64(sct, uint64(NotBefore.UnixMilli())+uint64(i))
		sct = append(sct, 0, 0, 4, 3, 0, 70, 0x30, 68, 2, 32)
		sct = append(sct, block("r", i)...)
		sct = append(sct, 2, 32)
		sct = append(sct, block("s", i)...)
		list = binary.BigEndian.AppendUint16(list, uint16(len(sct)))
		list = append(list, sct...)
	}
	value, err := asn1.Marshal(append(binary.BigEndian.AppendUint16(nil, uint16(len(list))), list...))
	if err != nil {
		panic(err) // Bytes can always be marshaled.
	}
	return value
}
