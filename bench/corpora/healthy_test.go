package corpora

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// systemRoots are the files in which systems keep the roots that Mozilla trusts.
var systemRoots = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}

// TestNoFalseAlarms reads healthy certificates: the roots of this machine and a
// set that has every kind of key and every common form of a certificate. None
// may have an error, and those made here nothing at all but what their template
// says.
func TestNoFalseAlarms(t *testing.T) {
	counts := map[string]int{}
	read := func(name string, der []byte, want ...finding.Code) {
		t.Helper()
		c, err := certparse.ParseCertificate(der)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		for _, f := range append(c.Findings(finding.Where{}), c.KeyFindings(finding.Where{})...) {
			counts[f.Severity.String()+" "+string(f.Code)]++
			if f.Severity == finding.Error || want != nil && !slices.Contains(want, f.Code) {
				t.Errorf("%s: %s %s: %s", name, f.Severity, f.Code, f.Message)
			}
		}
	}
	roots := 0
	for _, file := range systemRoots {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			roots++
			read(fmt.Sprintf("root %d", roots), block.Bytes)
		}
		break
	}
	if roots == 0 {
		t.Log("NOT READ: the roots of this machine, which has none where they are looked for")
	}
	made := 0
	for name, der := range healthy(t) {
		made++
		read(name, der, "name-string-type")
	}
	t.Logf("%d roots of this machine, %d certificates made", roots, made)
	if made < 300 {
		t.Errorf("only %d certificates were made", made)
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%4d %s", counts[kind], kind)
	}
}

// healthy makes certificates of all kinds: each form with each kind of key.
func healthy(t *testing.T) map[string][]byte {
	rsaKey := func(bits int) crypto.Signer {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	ecKey := func(curve elliptic.Curve) crypto.Signer {
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	sm2Key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]crypto.Signer{
		"RSA-2048": rsaKey(2048), "RSA-3072": rsaKey(3072), "P-224": ecKey(elliptic.P224()), "P-256": ecKey(elliptic.P256()),
		"P-384": ecKey(elliptic.P384()), "P-521": ecKey(elliptic.P521()), "SM2": sm2Key, "Ed25519": edwards,
	}
	all := map[string][]byte{}
	for kind, key := range keys {
		ca := template(pkix.Name{Country: []string{"CN"}, Organization: []string{"Example Trust"}, CommonName: "Example CA " + kind})
		ca.IsCA, ca.BasicConstraintsValid = true, true
		ca.KeyUsage = smx509.KeyUsageCertSign | smx509.KeyUsageCRLSign
		ca.SubjectKeyId = []byte{1, 2, 3, 4, 5, 6, 7, 8}
		for name, form := range forms(t) {
			parent := ca
			if strings.HasPrefix(name, "root") {
				parent = form
			} else {
				form.AuthorityKeyId = ca.SubjectKeyId
			}
			der, err := smx509.CreateCertificate(rand.Reader, form, parent, key.Public(), key)
			if err != nil {
				t.Fatalf("%s, %s: %v", kind, name, err)
			}
			all[kind+" "+name] = der
		}
	}
	return all
}

func template(subject pkix.Name) *smx509.Certificate {
	return &smx509.Certificate{
		SerialNumber: new(big.Int).Lsh(big.NewInt(0x5a5a5a5a), 96), Subject: subject,
		NotBefore: time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC), NotAfter: time.Date(2035, 3, 4, 5, 6, 7, 0, time.UTC),
	}
}

// forms are the templates by name.
func forms(t *testing.T) map[string]*smx509.Certificate {
	link, err := url.Parse("https://www.example.com:8443/a%20path?q=1#part")
	if err != nil {
		t.Fatal(err)
	}
	spiffe, err := url.Parse("spiffe://example.com/ns/default/sa/web")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*smx509.Certificate{}
	server := func(name string, change func(*smx509.Certificate)) {
		c := template(pkix.Name{CommonName: "www.example.com"})
		c.KeyUsage = smx509.KeyUsageDigitalSignature
		c.ExtKeyUsage = []smx509.ExtKeyUsage{smx509.ExtKeyUsageServerAuth}
		c.DNSNames = []string{"www.example.com"}
		c.BasicConstraintsValid = true
		change(c)
		all["server "+name] = c
	}
	subject := func(name string, subject pkix.Name) {
		server("of "+name, func(c *smx509.Certificate) { c.Subject = subject })
	}
	names := func(name string, dns ...string) {
		server("for "+name, func(c *smx509.Certificate) { c.DNSNames = dns })
	}
	authority := func(name string, change func(*smx509.Certificate)) {
		c := template(pkix.Name{Country: []string{"CN"}, Organization: []string{"Example Trust"}, CommonName: "Example " + name})
		c.KeyUsage = smx509.KeyUsageCertSign | smx509.KeyUsageCRLSign
		c.IsCA, c.BasicConstraintsValid = true, true
		c.SubjectKeyId = []byte{8, 7, 6, 5}
		change(c)
		all[name] = c
	}
	none := func(*smx509.Certificate) {}

	server("", none)
	names("many names", manyNames(200)...)
	names("a wildcard", "*.example.com", "example.com")
	names("an international name", "xn--fiqs8s.example", "xn--bcher-kva.example", "www.xn--fiq228c")
	names("digits and hyphens", "3com.example", "a-b--c.example", "0.example", "xn--p1ai")
	names("a single label", "localhost")
	names("the longest label", strings.Repeat("a", 63)+".example")
	names("the longest name", strings.Repeat("abcdefghi.", 25)+"com")
	names("upper case", "WWW.Example.COM")
	server("for addresses", func(c *smx509.Certificate) {
		c.DNSNames, c.IPAddresses = nil, []net.IP{net.IPv4(192, 0, 2, 1).To4(), net.ParseIP("2001:db8::1"), net.ParseIP("::1")}
	})
	server("for URIs", func(c *smx509.Certificate) { c.URIs = []*url.URL{link, spiffe} })
	server("for e-mail", func(c *smx509.Certificate) {
		c.EmailAddresses = []string{"a.b+c@example.com", "x_y@sub.example.com", "o'neil@example.com"}
		c.ExtKeyUsage = []smx509.ExtKeyUsage{smx509.ExtKeyUsageEmailProtection}
	})
	server("without a subject", func(c *smx509.Certificate) { c.Subject = pkix.Name{} })

	subject("Chinese characters", pkix.Name{Country: []string{"CN"}, Province: []string{"广东省"}, Locality: []string{"深圳市"}, Organization: []string{"示例有限公司"}, CommonName: "服务器"})
	subject("accents", pkix.Name{Country: []string{"DE"}, Organization: []string{"Müller & Söhne GmbH"}, CommonName: "www.example.com"})
	subject("Arabic and Hebrew", pkix.Name{Organization: []string{"شركة مثال"}, OrganizationalUnit: []string{"דוגמה"}, CommonName: "www.example.com"})
	subject("punctuation", pkix.Name{Organization: []string{`Example, "Inc." <x> #1; a=b + c`}, CommonName: "www.example.com"})
	subject("everything", pkix.Name{Country: []string{"US"}, Province: []string{"Texas"}, Locality: []string{"Austin"}, StreetAddress: []string{"1 Main St."},
		PostalCode: []string{"78701"}, Organization: []string{"Example Inc."}, OrganizationalUnit: []string{"A", "B"}, SerialNumber: "12345", CommonName: "www.example.com"})
	subject("the longest values", pkix.Name{Organization: []string{strings.Repeat("o", 64)}, CommonName: strings.Repeat("c", 64)})
	subject("extended validation", pkix.Name{Country: []string{"US"}, Organization: []string{"Example Inc."}, SerialNumber: "5157550", CommonName: "www.example.com",
		ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3}, Value: "US"},
			{Type: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 2}, Value: "Delaware"},
			{Type: asn1.ObjectIdentifier{2, 5, 4, 15}, Value: "Private Organization"}}})
	subject("a device", pkix.Name{Organization: []string{"Example Devices"}, CommonName: "device_4711:AA-BB"})
	subject("a user", pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
		{Type: asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}, Value: "uid17"},
		{Type: asn1.ObjectIdentifier{2, 5, 4, 42}, Value: "Ann"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 4}, Value: "O'Hara"}}})

	server("with every extension", func(c *smx509.Certificate) {
		c.OCSPServer, c.IssuingCertificateURL = []string{"http://ocsp.example.com"}, []string{"http://crt.example.com/ca.crt"}
		c.CRLDistributionPoints = []string{"http://crl.example.com/ca.crl", "ldap://ldap.example.com/cn=ca,dc=example?certificateRevocationList"}
		c.SubjectKeyId = []byte{9, 9, 9}
		c.ExtraExtensions = []pkix.Extension{
			{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}},
			{Id: asn1.ObjectIdentifier{2, 5, 29, 32}, Value: marshal(t, []struct{ ID asn1.ObjectIdentifier }{
				{asn1.ObjectIdentifier{2, 23, 140, 1, 2, 2}}, {asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 44947, 1, 1, 1}}})},
			{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 7}, Value: []byte{5, 0}},
		}
	})
	server("for clients", func(c *smx509.Certificate) {
		c.DNSNames, c.ExtKeyUsage = nil, []smx509.ExtKeyUsage{smx509.ExtKeyUsageClientAuth}
	})
	server("for servers and clients", func(c *smx509.Certificate) {
		c.ExtKeyUsage = append(c.ExtKeyUsage, smx509.ExtKeyUsageClientAuth)
		c.KeyUsage |= smx509.KeyUsageKeyAgreement
	})
	server("for code", func(c *smx509.Certificate) {
		c.DNSNames, c.ExtKeyUsage = nil, []smx509.ExtKeyUsage{smx509.ExtKeyUsageCodeSigning}
	})
	server("for time stamps", func(c *smx509.Certificate) {
		c.DNSNames, c.ExtKeyUsage = nil, nil
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
			Value: marshal(t, []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})}}
	})
	server("for OCSP", func(c *smx509.Certificate) {
		c.DNSNames, c.ExtKeyUsage = nil, []smx509.ExtKeyUsage{smx509.ExtKeyUsageOCSPSigning}
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}, Value: []byte{5, 0}}}
	})
	server("for encryption", func(c *smx509.Certificate) {
		c.KeyUsage = smx509.KeyUsageKeyEncipherment | smx509.KeyUsageDataEncipherment | smx509.KeyUsageKeyAgreement
	})
	server("for signing", func(c *smx509.Certificate) {
		c.KeyUsage = smx509.KeyUsageDigitalSignature | smx509.KeyUsageContentCommitment
	})
	server("with all of nine usages' bits", func(c *smx509.Certificate) {
		c.KeyUsage = smx509.KeyUsageKeyAgreement | smx509.KeyUsageDecipherOnly
	})
	server("without usages", func(c *smx509.Certificate) { c.KeyUsage, c.ExtKeyUsage = 0, nil })
	server("without basic constraints", func(c *smx509.Certificate) { c.BasicConstraintsValid = false })
	server("with the smallest serial number", func(c *smx509.Certificate) { c.SerialNumber = big.NewInt(1) })
	server("with the longest serial number", func(c *smx509.Certificate) {
		c.SerialNumber = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 159), big.NewInt(1))
	})
	server("for ever", func(c *smx509.Certificate) { c.NotAfter = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) })
	server("until 2049", func(c *smx509.Certificate) { c.NotAfter = time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC) })
	server("from 1950", func(c *smx509.Certificate) { c.NotBefore = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC) })
	server("on a leap day", func(c *smx509.Certificate) { c.NotAfter = time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC) })

	authority("root", none)
	authority("root for 30 years", func(c *smx509.Certificate) { c.NotAfter = time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC) })
	authority("intermediate", none)
	authority("intermediate with a limit", func(c *smx509.Certificate) { c.MaxPathLenZero = true })
	authority("intermediate with purposes", func(c *smx509.Certificate) {
		c.ExtKeyUsage = []smx509.ExtKeyUsage{smx509.ExtKeyUsageServerAuth, smx509.ExtKeyUsageClientAuth}
		c.KeyUsage |= smx509.KeyUsageDigitalSignature
	})
	authority("intermediate with constraints", func(c *smx509.Certificate) {
		c.PermittedDNSDomainsCritical = true
		c.PermittedDNSDomains, c.ExcludedDNSDomains = []string{"example.com", "example.org"}, []string{"secret.example.com"}
		c.PermittedEmailAddresses, c.PermittedURIDomains = []string{"example.com", "x@example.org", ".sub.example"}, []string{".example.com"}
		c.PermittedIPRanges = []*net.IPNet{{IP: net.IP{10, 0, 0, 0}, Mask: net.CIDRMask(8, 32)}}
		c.ExcludedIPRanges = []*net.IPNet{{IP: net.ParseIP("::"), Mask: net.CIDRMask(0, 128)}}
	})
	return all
}

func manyNames(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("host-%d.example.com", i))
	}
	return all
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	der, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
