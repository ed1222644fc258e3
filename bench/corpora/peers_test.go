package corpora

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/smx509"
	zx509 "github.com/zmap/zcrypto/x509"
)

// peers are the libraries that ours is compared with. Each returns nil for what it
// does not accept.
var peers = []struct {
	name string
	read func(der []byte) reading
}{
	{"crypto/x509", func(der []byte) reading {
		x, err := x509.ParseCertificate(der)
		if err != nil {
			return nil
		}
		return standard(x)
	}},
	{"smx509", func(der []byte) reading {
		s, err := smx509.ParseCertificate(der)
		if err != nil {
			return nil
		}
		r := standard(standardForm(s))
		// The two number SM2's algorithm and crypto/x509's next ones alike.
		delete(r, "signature algorithm")
		return r
	}},
	{"zcrypto", func(der []byte) reading {
		z, err := zx509.ParseCertificate(der)
		if err != nil {
			return nil
		}
		return zcrypto(z)
	}},
	{"openssl", opensslReading},
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

// zcrypto is what zcrypto reads, which accepts more than crypto/x509 does.
func zcrypto(z *zx509.Certificate) reading {
	sum := sha256.Sum256(z.Raw)
	r := reading{
		"version":        strconv.Itoa(z.Version),
		"serial":         z.SerialNumber.String(),
		"raw":            hexOf(z.Raw),
		"fingerprint":    hexOf(sum[:]),
		"tbsCertificate": hexOf(z.RawTBSCertificate),
		"issuer":         hexOf(z.RawIssuer),
		"subject":        hexOf(z.RawSubject),
		"spki":           hexOf(z.RawSubjectPublicKeyInfo),
		"validity":       interval(z.NotBefore, z.NotAfter),
		"signature":      hexOf(z.Signature),
	}
	if z.Version < 3 {
		return r
	}
	var extensions []string
	for _, e := range z.Extensions {
		extensions = append(extensions, fmt.Sprintf("%s %t %s", e.Id, e.Critical, hexOf(e.Value)))
	}
	r["extensions"] = list(extensions)
	r["keyUsage"] = strconv.Itoa(int(z.KeyUsage))
	r["dNSName"], r["rfc822Name"] = list(safe(z.DNSNames)), list(safe(z.EmailAddresses))
	var ips, policies []string
	for _, ip := range z.IPAddresses {
		ips = append(ips, ip.String())
	}
	r["iPAddress"] = list(ips)
	r["URI"] = list(sameURIs(safe(z.URIs)))
	r["subjectKeyIdentifier"], r["authorityKeyIdentifier"] = hexOf(z.SubjectKeyId), hexOf(z.AuthorityKeyId)
	r["OCSP"], r["caIssuers"] = list(safe(z.OCSPServer)), list(safe(z.IssuingCertificateURL))
	r["CRL"] = list(safe(z.CRLDistributionPoints))
	for _, p := range z.PolicyIdentifiers {
		policies = append(policies, p.String())
	}
	r["certificatePolicies"] = list(policies)
	return r
}

// opensslDate is the form of dates that the command line of OpenSSL prints.
const opensslDate = "Jan _2 15:04:05 2006 MST"

// opensslReading is what the command line of OpenSSL prints of a certificate: a
// few fields, but of nearly every certificate.
func opensslReading(der []byte) reading {
	a := openssl(der, "x509", "-inform", "DER", "-noout", "-serial", "-startdate", "-enddate", "-fingerprint", "-sha256")
	if !a.ok {
		return nil
	}
	r := reading{}
	var dates []time.Time
	for line := range bytes.Lines(a.stdout) {
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), "=")
		switch strings.ToLower(name) {
		case "serial":
			negative := strings.HasPrefix(value, "-")
			value = strings.TrimLeft(strings.ToLower(strings.TrimPrefix(value, "-")), "0")
			if value == "" {
				value = "0"
			}
			if negative {
				value = "-" + value
			}
			r["serial in hexadecimal"] = value
		case "notbefore", "notafter":
			if date, err := time.Parse(opensslDate, value); err == nil {
				dates = append(dates, date)
			}
		case "sha256 fingerprint":
			r["fingerprint"] = strings.ToLower(strings.ReplaceAll(value, ":", ""))
		}
	}
	if len(dates) == 2 {
		r["validity"] = interval(dates[0], dates[1])
	}
	return r
}
