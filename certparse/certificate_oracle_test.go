package certparse

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/internal/safetext"
)

// TestAgainstStandardLibrary compares every field that both have, for generated
// certificates and for each one from elsewhere that crypto/x509 accepts.
func TestAgainstStandardLibrary(t *testing.T) {
	all := certificatesFromElsewhere(t)
	all["typical leaf"] = typicalLeaf(t)
	all["rich CA"] = richCA(t)
	all["rich leaf"] = richLeaf(t)
	for _, name := range []string{"typical leaf", "rich CA", "rich leaf"} {
		if _, err := x509.ParseCertificate(all[name]); err != nil {
			t.Errorf("%s: crypto/x509 refuses it: %v", name, err)
		}
	}
	accepted := 0
	for name, der := range all {
		want, err := x509.ParseCertificate(der)
		got, err2 := ParseCertificate(der)
		if err2 != nil {
			if err == nil {
				t.Errorf("%s: crypto/x509 reads it, but: %v", name, err2)
			}
			continue
		}
		if err != nil {
			continue
		}
		accepted++
		for _, difference := range differences(got, want) {
			t.Errorf("%s: %s", name, difference)
		}
	}
	t.Logf("%d certificates, %d of them compared", len(all), accepted)
	if accepted < len(all)/2 {
		t.Errorf("only %d of %d certificates could be compared", accepted, len(all))
	}
}

// richCA and richLeaf have everything that crypto/x509 can read.
func richCA(t *testing.T) []byte {
	return standardCertificate(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "TEST ONLY CA"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC),
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomains: []string{"a.example", "b.example"}, ExcludedDNSDomains: []string{"c.a.example"},
		PermittedEmailAddresses: []string{"x@a.example", "b.example"}, ExcludedEmailAddresses: []string{".c.example"},
		PermittedURIDomains: []string{"a.example"}, ExcludedURIDomains: []string{".b.example"},
		PermittedIPRanges:           []*net.IPNet{{IP: net.IP{10, 0, 0, 0}, Mask: net.CIDRMask(8, 32)}},
		ExcludedIPRanges:            []*net.IPNet{{IP: net.ParseIP("2001:db8::"), Mask: net.CIDRMask(33, 128)}},
		PermittedDNSDomainsCritical: true,
		ExtraExtensions: []pkix.Extension{
			{Id: asn1.ObjectIdentifier{2, 5, 29, 32}, Value: seq(seq(oid("1.2.3")), seq(oid(AnyPolicy)))},
			{Id: asn1.ObjectIdentifier{2, 5, 29, 33}, Critical: true, Value: seq(seq(oid("1.2.3"), oid("1.2.4")), seq(oid("1.2.3"), oid("1.2.5")))},
			{Id: asn1.ObjectIdentifier{2, 5, 29, 36}, Critical: true, Value: seq(tlv(0x80, bytesOf(0)), tlv(0x81, bytesOf(2)))},
			{Id: asn1.ObjectIdentifier{2, 5, 29, 54}, Critical: true, Value: integer(0)},
		},
	})
}

func richLeaf(t *testing.T) []byte {
	link, err := url.Parse("https://a.example/x?y=z")
	if err != nil {
		t.Fatal(err)
	}
	return standardCertificate(t, &x509.Certificate{
		SerialNumber: new(big.Int).Lsh(big.NewInt(0x7f), 150), Subject: pkix.Name{CommonName: "TEST ONLY leaf", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 5}, Value: "17"}, {Type: asn1.ObjectIdentifier{1, 2, 3}, Value: "x"}}},
		NotBefore: time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC), NotAfter: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:           x509.KeyUsageDigitalSignature | x509.KeyUsageDecipherOnly,
		ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageOCSPSigning},
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 2, 3, 4}},
		SubjectKeyId:       []byte{1, 2, 3}, AuthorityKeyId: []byte{4, 5, 6},
		DNSNames: []string{"a.example", "*.b.example"}, EmailAddresses: []string{"x@a.example"}, URIs: []*url.URL{link},
		IPAddresses: []net.IP{{192, 0, 2, 1}, net.ParseIP("2001:db8::1")},
		OCSPServer:  []string{"http://o.example", "http://p.example"}, IssuingCertificateURL: []string{"http://i.example"},
		CRLDistributionPoints: []string{"http://c.example/1", "http://c.example/2"},
		ExtraExtensions:       []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{1}}},
	})
}

func standardCertificate(t *testing.T, template *x509.Certificate) []byte {
	ec, _ := testKeys()
	der, err := x509.CreateCertificate(rand.Reader, template, template, &ec.PublicKey, ec)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// differences names the fields in which the two readings differ.
func differences(c *Certificate, x *x509.Certificate) (ds []string) {
	check := func(name string, got, want any) {
		if g, w := reflect.ValueOf(got), reflect.ValueOf(want); g.Kind() == reflect.Slice && g.Len() == 0 && w.Len() == 0 {
			return
		}
		if !reflect.DeepEqual(got, want) {
			ds = append(ds, name+": got "+show(got)+", want "+show(want))
		}
	}
	check("version", c.Version(), x.Version)
	check("serial", c.SerialNumber().String(), x.SerialNumber.String())
	check("raw", c.Raw(), x.Raw)
	check("tbs", c.RawTBSCertificate(), x.RawTBSCertificate)
	check("issuer", c.RawIssuer(), x.RawIssuer)
	check("subject", c.RawSubject(), x.RawSubject)
	check("spki", c.PublicKey().SPKI(), x.RawSubjectPublicKeyInfo)
	// crypto/x509 takes a key that something follows; here it is a finding.
	check("octets of the key", bytes.Contains(x.RawSubjectPublicKeyInfo, append([]byte{0}, c.PublicKey().Octets()...)), true)
	if bytes.HasPrefix(c.signature.content().of(c.raw), []byte{0}) { // crypto/x509 shifts signatures that do not fill whole bytes.
		check("signature", c.Signature(), x.Signature)
	}
	from, to, ok := c.Validity()
	check("validity", ok && from.Equal(x.NotBefore) && to.Equal(x.NotAfter), true)

	if c.Version() < 3 {
		return ds // crypto/x509 does not look for extensions there.
	}
	var oids []string
	for i, e := range c.Extensions() {
		oids = append(oids, e.OID)
		if i >= len(x.Extensions) {
			break
		}
		check("extension "+e.OID, e.Critical == x.Extensions[i].Critical && bytes.Equal(e.Value, x.Extensions[i].Value), true)
	}
	var want []string
	for _, e := range x.Extensions {
		want = append(want, e.Id.String())
	}
	check("extensions", oids, want)
	var critical []string
	for _, e := range c.Extensions() {
		if e.Critical && e.Name != "" {
			critical = append(critical, e.Name)
		} else if e.Critical {
			critical = append(critical, e.OID)
		}
	}
	check("critical extensions", c.CriticalExtensions(), critical)

	basic, presence := c.BasicConstraints()
	if pathLen := x.MaxPathLen; x.BasicConstraintsValid {
		if pathLen == 0 && !x.MaxPathLenZero {
			pathLen = -1
		}
		check("basicConstraints", basic, BasicConstraints{x.IsCA, pathLen})
	} else if presence == Present {
		ds = append(ds, "basicConstraints: crypto/x509 has none")
	}
	usage, _ := c.KeyUsage()
	check("keyUsage", int(usage), int(x.KeyUsage))
	check("extKeyUsage", purposesOf(c), purposesOfStandardLibrary(x))
	san, _ := c.SubjectAltName()
	check("dNSName", san.DNSNames(), safe(x.DNSNames))
	check("rfc822Name", san.EmailAddresses(), safe(x.EmailAddresses))
	check("iPAddress", netipStrings(san.IPAddresses()), ipStrings(x.IPAddresses))
	check("URI", normalized(san.URIs()), urlStrings(x.URIs))
	ski, _ := c.SubjectKeyIdentifier()
	check("subjectKeyIdentifier", ski, x.SubjectKeyId)
	aki, _ := c.AuthorityKeyIdentifier()
	check("authorityKeyIdentifier", aki.KeyID, x.AuthorityKeyId)
	check("OCSP", c.OCSPURLs(), safe(x.OCSPServer))
	check("caIssuers", c.CAIssuerURLs(), safe(x.IssuingCertificateURL))
	check("CRL", c.CRLURLs(), safe(x.CRLDistributionPoints))

	policies, presence := c.CertificatePolicies()
	var ids []string
	for _, p := range policies {
		ids = append(ids, p.ID)
	}
	want = nil
	for _, p := range x.Policies {
		want = append(want, p.String())
	}
	if presence != Malformed {
		check("certificatePolicies", ids, want)
	}
	mappings, presence := c.PolicyMappings()
	var pairs []PolicyMapping
	for _, m := range x.PolicyMappings {
		pairs = append(pairs, PolicyMapping{m.IssuerDomainPolicy.String(), m.SubjectDomainPolicy.String()})
	}
	if presence != Malformed { // Only crypto/x509 reads OIDs with arcs of any size.
		check("policyMappings", mappings, pairs)
	}
	// crypto/x509 accepts negative numbers here.
	if constraints, presence := c.PolicyConstraints(); presence != Malformed {
		check("requireExplicitPolicy", constraints.RequireExplicitPolicy, number(x.RequireExplicitPolicy, x.RequireExplicitPolicyZero))
		check("inhibitPolicyMapping", constraints.InhibitPolicyMapping, number(x.InhibitPolicyMapping, x.InhibitPolicyMappingZero))
	}
	if skip, presence := c.InhibitAnyPolicy(); presence != Malformed {
		check("inhibitAnyPolicy", skip, number(x.InhibitAnyPolicy, x.InhibitAnyPolicyZero))
	}

	names, _ := c.NameConstraints()
	check("permitted dNSName", names.Permitted.DNSNames(), safe(x.PermittedDNSDomains))
	check("excluded dNSName", names.Excluded.DNSNames(), safe(x.ExcludedDNSDomains))
	check("permitted rfc822Name", names.Permitted.EmailAddresses(), safe(x.PermittedEmailAddresses))
	check("excluded rfc822Name", names.Excluded.EmailAddresses(), safe(x.ExcludedEmailAddresses))
	check("permitted URI", names.Permitted.URIs(), safe(x.PermittedURIDomains))
	check("excluded URI", names.Excluded.URIs(), safe(x.ExcludedURIDomains))
	check("permitted iPAddress", prefixes(names.Permitted), ipNets(x.PermittedIPRanges))
	check("excluded iPAddress", prefixes(names.Excluded), ipNets(x.ExcludedIPRanges))
	return ds
}

func show(v any) string { return strings.Join(strings.Fields(reflectString(v)), " ") }

func reflectString(v any) string {
	b, err := asn1.Marshal(v)
	if s, ok := v.([]string); ok {
		return strings.Join(s, ", ")
	} else if err == nil {
		return hexLower(b)
	}
	return reflect.ValueOf(v).String()
}

// number is a field of crypto/x509 of which zero means nothing unless zero is set.
func number(n int, zero bool) int {
	if n == 0 && !zero {
		return -1
	}
	return n
}

func purposesOf(c *Certificate) []string {
	oids, _ := c.ExtendedKeyUsage()
	slices.Sort(oids)
	return oids
}

func purposesOfStandardLibrary(x *x509.Certificate) []string {
	var oids []string
	for _, u := range x.ExtKeyUsage {
		oids = append(oids, u.OID().String())
	}
	for _, u := range x.UnknownExtKeyUsage {
		oids = append(oids, u.String())
	}
	slices.Sort(oids)
	return oids
}

// safe is what the accessors make of names that would not show themselves.
func safe(names []string) (ss []string) {
	for _, s := range names {
		ss = append(ss, safetext.String(s))
	}
	return ss
}

func netipStrings(as []netip.Addr) (ss []string) {
	for _, a := range as {
		ss = append(ss, a.Unmap().String())
	}
	return ss
}

func ipStrings(ips []net.IP) (ss []string) {
	for _, ip := range ips {
		ss = append(ss, ip.String())
	}
	return ss
}

func normalized(uris []string) (ss []string) {
	for _, s := range uris {
		if u, err := url.Parse(s); err == nil {
			s = u.String()
		}
		ss = append(ss, s)
	}
	return ss
}

func urlStrings(us []*url.URL) (ss []string) {
	for _, u := range us {
		ss = append(ss, u.String())
	}
	return ss
}

func prefixes(ns GeneralNames) (ss []string) {
	for _, n := range ns {
		if p, ok := n.Prefix(); ok {
			ss = append(ss, p.String())
		}
	}
	return ss
}

func ipNets(ns []*net.IPNet) (ss []string) {
	for _, n := range ns {
		ss = append(ss, n.String())
	}
	return ss
}
