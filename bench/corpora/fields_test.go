package corpora

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/safetext"
)

// reading is what a library reads out of a certificate: the fields by their names,
// each in one canonical form. A field that is missing cannot be compared.
type reading map[string]string

// differences names the fields that both have and in which they differ.
func (r reading) differences(o reading) []string {
	var fields []string
	for field, value := range r {
		if other, ok := o[field]; ok && other != value {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return fields
}

func list(items []string) string { return strings.Join(items, " | ") }

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func ours(c *certparse.Certificate) reading {
	from, to, _ := c.Validity()
	r := reading{
		"version":               strconv.Itoa(c.Version()),
		"serial":                c.SerialNumber().String(),
		"serial in hexadecimal": c.SerialNumber().Text(16),
		"raw":                   hexOf(c.Raw()),
		"fingerprint":           strings.ToLower(c.Fingerprint()),
		"tbsCertificate":        hexOf(c.RawTBSCertificate()),
		"issuer":                hexOf(c.RawIssuer()),
		"subject":               hexOf(c.RawSubject()),
		"issuer attributes":     attributes(c.Issuer()),
		"subject attributes":    attributes(c.Subject()),
		"spki":                  hexOf(c.PublicKey().SPKI()),
		"validity":              interval(from, to),
		"signature":             hexOf(c.Signature()),
		"signature algorithm":   c.SignatureAlgorithm().String(),
	}
	if key, err := c.PublicKey().Key(); err == nil {
		r["public key"] = publicKey(key)
	}
	if c.Version() < 3 {
		return r // The others do not look for extensions there.
	}
	var extensions []string
	for _, e := range c.Extensions() {
		extensions = append(extensions, fmt.Sprintf("%s %t %s", e.OID, e.Critical, hexOf(e.Value)))
	}
	r["extensions"] = list(extensions)

	// What cannot be relied on has no value to compare.
	set := func(field string, presence certparse.Presence, value string) {
		if presence != certparse.Malformed {
			r[field] = value
		}
	}
	basic, presence := c.BasicConstraints()
	set("basicConstraints", presence, fmt.Sprint(presence == certparse.Present, basic.CA, basic.PathLen))
	usage, presence := c.KeyUsage()
	set("keyUsage", presence, strconv.Itoa(int(usage)))
	purposes, presence := c.ExtendedKeyUsage()
	slices.Sort(purposes)
	set("extKeyUsage", presence, list(purposes))
	san, presence := c.SubjectAltName()
	set("dNSName", presence, list(san.DNSNames()))
	set("rfc822Name", presence, list(san.EmailAddresses()))
	set("URI", presence, list(sameURIs(san.URIs())))
	set("iPAddress", presence, list(addresses(san.IPAddresses())))
	ski, presence := c.SubjectKeyIdentifier()
	set("subjectKeyIdentifier", presence, hexOf(ski))
	aki, presence := c.AuthorityKeyIdentifier()
	set("authorityKeyIdentifier", presence, hexOf(aki.KeyID))
	_, presence = c.AuthorityInfoAccess()
	set("OCSP", presence, list(c.OCSPURLs()))
	set("caIssuers", presence, list(c.CAIssuerURLs()))
	_, presence = c.CRLDistributionPoints()
	set("CRL", presence, list(c.CRLURLs()))
	policies, presence := c.CertificatePolicies()
	var ids []string
	for _, p := range policies {
		ids = append(ids, p.ID)
	}
	set("certificatePolicies", presence, list(ids))
	mappings, presence := c.PolicyMappings()
	set("policyMappings", presence, fmt.Sprint(mappings))
	constraints, presence := c.PolicyConstraints()
	set("policyConstraints", presence, fmt.Sprint(constraints.RequireExplicitPolicy, constraints.InhibitPolicyMapping))
	skip, presence := c.InhibitAnyPolicy()
	set("inhibitAnyPolicy", presence, strconv.Itoa(skip))
	names, presence := c.NameConstraints()
	for kind, trees := range map[string]certparse.GeneralNames{"permitted ": names.Permitted, "excluded ": names.Excluded} {
		set(kind+"dNSName", presence, list(trees.DNSNames()))
		set(kind+"rfc822Name", presence, list(trees.EmailAddresses()))
		set(kind+"URI", presence, list(trees.URIs()))
		set(kind+"iPAddress", presence, list(prefixes(trees)))
	}
	return r
}

// standard is what crypto/x509 reads.
func standard(x *x509.Certificate) reading {
	sum := sha256.Sum256(x.Raw)
	r := reading{
		"version":            strconv.Itoa(x.Version),
		"serial":             x.SerialNumber.String(),
		"raw":                hexOf(x.Raw),
		"fingerprint":        hexOf(sum[:]),
		"tbsCertificate":     hexOf(x.RawTBSCertificate),
		"issuer":             hexOf(x.RawIssuer),
		"subject":            hexOf(x.RawSubject),
		"issuer attributes":  standardAttributes(x.Issuer),
		"subject attributes": standardAttributes(x.Subject),
		"spki":               hexOf(x.RawSubjectPublicKeyInfo),
		"validity":           interval(x.NotBefore, x.NotAfter),
		"signature":          hexOf(x.Signature),
	}
	if x.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
		r["signature algorithm"] = x.SignatureAlgorithm.String()
	}
	if key := publicKey(x.PublicKey); key != "" {
		r["public key"] = key
	}
	if x.Version < 3 {
		return r
	}
	var extensions []string
	for _, e := range x.Extensions {
		extensions = append(extensions, fmt.Sprintf("%s %t %s", e.Id, e.Critical, hexOf(e.Value)))
	}
	r["extensions"] = list(extensions)
	pathLen := -1
	if x.MaxPathLen > 0 || x.MaxPathLenZero {
		pathLen = x.MaxPathLen
	}
	r["basicConstraints"] = fmt.Sprint(x.BasicConstraintsValid, x.IsCA, pathLen)
	r["keyUsage"] = strconv.Itoa(int(x.KeyUsage))
	var purposes []string
	for _, u := range x.ExtKeyUsage {
		purposes = append(purposes, u.OID().String())
	}
	for _, u := range x.UnknownExtKeyUsage {
		purposes = append(purposes, u.String())
	}
	slices.Sort(purposes)
	r["extKeyUsage"] = list(purposes)
	r["dNSName"], r["rfc822Name"] = list(safe(x.DNSNames)), list(safe(x.EmailAddresses))
	var uris, ips []string
	for _, u := range x.URIs {
		uris = append(uris, u.String())
	}
	for _, ip := range x.IPAddresses {
		ips = append(ips, ip.String())
	}
	r["URI"], r["iPAddress"] = list(uris), list(ips)
	r["subjectKeyIdentifier"], r["authorityKeyIdentifier"] = hexOf(x.SubjectKeyId), hexOf(x.AuthorityKeyId)
	r["OCSP"], r["caIssuers"] = list(safe(x.OCSPServer)), list(safe(x.IssuingCertificateURL))
	r["CRL"] = list(safe(x.CRLDistributionPoints))
	var policies []string
	for _, p := range x.Policies {
		policies = append(policies, p.String())
	}
	r["certificatePolicies"] = list(policies)
	var mappings []certparse.PolicyMapping
	for _, m := range x.PolicyMappings {
		mappings = append(mappings, certparse.PolicyMapping{IssuerDomainPolicy: m.IssuerDomainPolicy.String(), SubjectDomainPolicy: m.SubjectDomainPolicy.String()})
	}
	r["policyMappings"] = fmt.Sprint(mappings)
	r["policyConstraints"] = fmt.Sprint(orNone(x.RequireExplicitPolicy, x.RequireExplicitPolicyZero), orNone(x.InhibitPolicyMapping, x.InhibitPolicyMappingZero))
	r["inhibitAnyPolicy"] = strconv.Itoa(orNone(x.InhibitAnyPolicy, x.InhibitAnyPolicyZero))
	r["permitted dNSName"], r["excluded dNSName"] = list(safe(x.PermittedDNSDomains)), list(safe(x.ExcludedDNSDomains))
	r["permitted rfc822Name"], r["excluded rfc822Name"] = list(safe(x.PermittedEmailAddresses)), list(safe(x.ExcludedEmailAddresses))
	r["permitted URI"], r["excluded URI"] = list(safe(x.PermittedURIDomains)), list(safe(x.ExcludedURIDomains))
	r["permitted iPAddress"], r["excluded iPAddress"] = list(networks(x.PermittedIPRanges)), list(networks(x.ExcludedIPRanges))
	return r
}

// orNone is a field of crypto/x509 of which zero means nothing unless zero is set.
func orNone(n int, zero bool) int {
	if n == 0 && !zero {
		return -1
	}
	return n
}

func interval(from, to time.Time) string {
	return from.UTC().Format(time.RFC3339) + " " + to.UTC().Format(time.RFC3339)
}

func attributes(n certparse.Name) string {
	var all []string
	for _, rdn := range n.RDNs() {
		for _, a := range rdn {
			all = append(all, a.OID+"="+a.Value)
		}
	}
	return list(all)
}

func standardAttributes(n pkix.Name) string {
	var all []string
	for _, a := range n.Names {
		all = append(all, a.Type.String()+"="+fmt.Sprint(a.Value))
	}
	return list(all)
}

// publicKey is a key in numbers; empty for kinds that are not compared.
func publicKey(key any) string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprint("RSA ", key.N, key.E)
	case *ecdsa.PublicKey:
		return fmt.Sprint("EC ", key.Params().BitSize, key.X, key.Y)
	case ed25519.PublicKey:
		return "Ed25519 " + hexOf(key)
	}
	return ""
}

// safe is what the accessors make of names that would not show themselves.
func safe(names []string) []string {
	var all []string
	for _, s := range names {
		all = append(all, safetext.String(s))
	}
	return all
}

// sameURIs writes URIs as net/url does, which is how crypto/x509 keeps them.
func sameURIs(uris []string) []string {
	var all []string
	for _, s := range uris {
		if u, err := url.Parse(s); err == nil {
			s = u.String()
		}
		all = append(all, s)
	}
	return all
}

func addresses(as []netip.Addr) []string {
	var all []string
	for _, a := range as {
		all = append(all, a.Unmap().String())
	}
	return all
}

func prefixes(names certparse.GeneralNames) []string {
	var all []string
	for _, n := range names {
		if p, ok := n.Prefix(); ok {
			all = append(all, p.String())
		}
	}
	return all
}

func networks(ns []*net.IPNet) []string {
	var all []string
	for _, n := range ns {
		all = append(all, n.String())
	}
	return all
}
