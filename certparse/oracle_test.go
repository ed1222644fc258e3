package certparse

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"maps"
	"math/big"
	"net"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// nameDifferences names the attributes that crypto/x509 reads otherwise.
func nameDifferences(c *Certificate, x *x509.Certificate) (ds []string) {
	compare := func(what string, got, want []string) {
		if !slices.Equal(got, want) {
			ds = append(ds, what+": got "+strings.Join(got, "|")+", want "+strings.Join(want, "|"))
		}
	}
	for i, n := range []Name{c.Subject(), c.Issuer()} {
		want := x.Subject
		if i == 1 {
			want = x.Issuer
		}
		compare("CN", []string{n.CommonName()}, []string{want.CommonName})
		compare("O", n.Values("O"), want.Organization)
		compare("OU", n.Values("OU"), want.OrganizationalUnit)
		compare("L", n.Values("L"), want.Locality)
		compare("ST", n.Values("ST"), want.Province)
		compare("C", n.Values("C"), want.Country)
		compare("STREET", n.Values("STREET"), want.StreetAddress)
		compare("postalCode", n.Values("postalCode"), want.PostalCode)
	}
	return ds
}

func TestNamesAgainstStandardLibrary(t *testing.T) {
	compared := 0
	for name, der := range realCertificates(t) {
		x, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		c, err := ParseCertificate(der)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		compared++
		for _, d := range nameDifferences(c, x) {
			t.Errorf("%s: %s", name, d)
		}
		if got := c.SignatureAlgorithm().String(); x.SignatureAlgorithm != 0 && got != x.SignatureAlgorithm.String() {
			t.Errorf("%s: signature algorithm %s, want %s", name, got, x.SignatureAlgorithm)
		}
	}
	t.Logf("%d certificates compared", compared)
}

// standardForm copies what smx509 read into the type of crypto/x509, field by field.
func standardForm(s *smx509.Certificate) *x509.Certificate {
	x := new(x509.Certificate)
	from, to := reflect.ValueOf(s).Elem(), reflect.ValueOf(x).Elem()
	for i := range to.NumField() {
		name := to.Type().Field(i).Name
		if f := from.FieldByName(name); f.IsValid() && to.Field(i).CanSet() && f.Type().ConvertibleTo(to.Field(i).Type()) {
			to.Field(i).Set(f.Convert(to.Field(i).Type()))
		} else if f.IsValid() && f.Kind() == reflect.Slice && f.Type().Elem().ConvertibleTo(to.Field(i).Type().Elem()) {
			for k := range f.Len() {
				to.Field(i).Set(reflect.Append(to.Field(i), f.Index(k).Convert(to.Field(i).Type().Elem())))
			}
		}
	}
	oid := func(o smx509.OID) x509.OID { parsed, _ := x509.ParseOID(o.String()); return parsed }
	x.Policies, x.PolicyMappings = nil, nil
	for _, policy := range s.Policies {
		x.Policies = append(x.Policies, oid(policy))
	}
	for _, m := range s.PolicyMappings {
		x.PolicyMappings = append(x.PolicyMappings, x509.PolicyMapping{
			IssuerDomainPolicy: oid(m.IssuerDomainPolicy), SubjectDomainPolicy: oid(m.SubjectDomainPolicy)})
	}
	return x
}

// Where smx509 accepts a certificate, SM2 ones among them, it reads the same.
func TestAgainstSMX509(t *testing.T) {
	compared, sm2 := 0, 0
	all := certificatesFromElsewhere(t)
	all["SM2 CA"], all["SM2 server"] = sm2Certificates(t)
	for name, der := range all {
		s, err := smx509.ParseCertificate(der)
		if err != nil {
			continue
		}
		c, err := ParseCertificate(der)
		if err != nil {
			t.Errorf("%s: smx509 reads it, but: %v", name, err)
			continue
		}
		compared++
		if c.PublicKey().Algorithm == SM2 {
			sm2++
		}
		x := standardForm(s)
		for _, d := range append(differences(c, x), nameDifferences(c, x)...) {
			t.Errorf("%s: %s", name, d)
		}
	}
	t.Logf("%d certificates compared, %d of them SM2", compared, sm2)
	if sm2 < 2 {
		t.Errorf("only %d SM2 certificates were compared", sm2)
	}
}

// sm2Certificates makes a CA and a server certificate with SM2 keys.
func sm2Certificates(t *testing.T) (ca, server []byte) {
	t.Helper()
	key, err := gmsm.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &smx509.Certificate{
		SerialNumber:          big.NewInt(77),
		Subject:               pkix.Name{CommonName: "根 TEST ONLY", Organization: []string{"甲", "乙"}, Country: []string{"CN"}},
		NotBefore:             time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		NotAfter:              time.Date(2056, 1, 2, 3, 4, 5, 0, time.UTC),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              smx509.KeyUsageCertSign | smx509.KeyUsageCRLSign,
		SignatureAlgorithm:    smx509.SM2WithSM3,
	}
	if ca, err = smx509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	leaf := *template
	leaf.Subject.CommonName, leaf.IsCA, leaf.MaxPathLenZero, leaf.MaxPathLen = "server", false, false, -1
	leaf.KeyUsage = smx509.KeyUsageDigitalSignature
	leaf.DNSNames, leaf.IPAddresses = []string{"a.example", "*.b.example"}, []net.IP{net.IPv4(10, 0, 0, 1), net.IPv6loopback}
	leaf.OCSPServer, leaf.CRLDistributionPoints = []string{"http://ocsp.example/"}, []string{"http://crl.example/"}
	if server, err = smx509.CreateCertificate(rand.Reader, &leaf, template, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	return ca, server
}

// What the openssl command prints of a certificate is what we read.
func TestAgainstOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("SKIPPED: the openssl command is not installed; the comparison with it did not run")
	}
	compared := 0
	all := realCertificates(t)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if i%37 != 0 { // Starting a process for each takes time; a sample will do.
			continue
		}
		c, err := ParseCertificate(all[name])
		if err != nil {
			continue
		}
		cmd := exec.Command(openssl, "x509", "-inform", "DER", "-noout", "-serial", "-startdate", "-enddate", "-fingerprint", "-sha256", "-dateopt", "iso_8601")
		cmd.Stdin = strings.NewReader(string(all[name]))
		out, err := cmd.Output()
		if err != nil {
			continue
		}
		from, to, _ := c.Validity()
		sum := c.Fingerprint()
		var colons []string
		for k := 0; k < len(sum); k += 2 {
			colons = append(colons, sum[k:k+2])
		}
		iso := func(s string) string { return strings.Replace(s, "T", " ", 1) }
		serial := strings.ToUpper(c.SerialNumber().Text(16))
		if len(strings.TrimPrefix(serial, "-"))%2 == 1 {
			serial = strings.Replace("0"+serial, "0-", "-0", 1)
		}
		want := []string{
			"serial=" + serial, "notBefore=" + iso(RFC3339(from)), "notAfter=" + iso(RFC3339(to)),
			"sha256 Fingerprint=" + strings.Join(colons, ":"),
		}
		got := strings.Split(strings.TrimSpace(string(out)), "\n")
		if !slices.EqualFunc(got, want, strings.EqualFold) {
			t.Errorf("%s: openssl prints %q, we read %q", name, got, want)
		}
		compared++
	}
	t.Logf("%d certificates compared", compared)
	if compared == 0 {
		t.Error("openssl read no certificate")
	}
}
