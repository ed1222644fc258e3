package text

import (
	"bytes"
	"strconv"

	"github.com/certloupe/certloupe/certparse"
)

// decoder writes the lines below an extension's title. It returns false if it
// cannot show all of what the value says.
type decoder func(c *certparse.Certificate, x certparse.Extension) (string, bool)

// extensionKind is the title of an extension, in OpenSSL's or certinfo's words,
// and what writes the lines below it.
type extensionKind struct {
	title  string
	decode decoder
}

// extensionKinds are the extensions that are known, by OID.
var extensionKinds = map[string]extensionKind{
	"2.5.29.9":  {"X509v3 Subject Directory Attributes", list(directoryAttributes)},
	"2.5.29.14": {"X509v3 Subject Key Identifier", subjectKeyIdentifier},
	"2.5.29.15": {"X509v3 Key Usage", keyUsage},
	"2.5.29.16": {"X509v3 Private Key Usage Period", ours(privateKeyUsagePeriod)},
	"2.5.29.17": {"X509v3 Subject Alternative Name", list(subjectAltName)},
	"2.5.29.18": {"X509v3 Issuer Alternative Name", list(issuerAltName)},
	"2.5.29.19": {"X509v3 Basic Constraints", basicConstraints},
	"2.5.29.30": {"X509v3 Name Constraints", list(nameConstraints)},
	"2.5.29.31": {"X509v3 CRL Distribution Points", list(crlDistributionPoints)},
	"2.5.29.32": {"X509v3 Certificate Policies", list(certificatePolicies)},
	"2.5.29.33": {"X509v3 Policy Mappings", list(policyMappings)},
	"2.5.29.35": {"X509v3 Authority Key Identifier", ours(authorityKeyIdentifier)},
	"2.5.29.36": {"X509v3 Policy Constraints", ours(policyConstraints)},
	"2.5.29.37": {"X509v3 Extended Key Usage", extendedKeyUsage},
	"2.5.29.46": {"X509v3 Freshest CRL", list(freshestCRL)},
	"2.5.29.54": {"X509v3 Inhibit Any Policy", ours(inhibitAnyPolicy)},

	"1.3.6.1.5.5.7.1.1":       {"Authority Information Access", list(authorityInfoAccess)},
	"1.3.6.1.5.5.7.1.3":       {"Qualified Certificate Statements", list(qcStatements)},
	"1.3.6.1.5.5.7.1.11":      {"Subject Information Access", list(subjectInfoAccess)},
	"1.3.6.1.5.5.7.1.24":      {"TLS Feature", ours(tlsFeatures)},
	"1.3.6.1.5.5.7.48.1.5":    {"OCSP No Check", ours(ocspNoCheck)},
	"1.3.6.1.4.1.11129.2.4.2": {"RFC6962 Certificate Transparency SCT", timestamps},
	"1.3.6.1.4.1.11129.2.4.3": {"CT Precertificate Poison", ours(ctPoison)},
	"2.16.840.1.113730.1.1":   {"Netscape Cert Type", ours(netscapeCertType)},
	"2.16.840.1.113730.1.13":  {"Netscape Comment", ours(netscapeComment)},
	"2.23.140.3.1":            {"CA/Browser Forum Organization Identifier", ours(organizationIdentifier)},
	"1.3.6.1.4.1.311.20.2":    {"Microsoft Certificate Template Name", ours(microsoftTemplateName)},
	"1.3.6.1.4.1.311.21.7":    {"Microsoft Certificate Template", ours(microsoftTemplate)},
	"1.3.6.1.4.1.311.21.1":    {"Microsoft CA Version", ours(microsoftCAVersion)},

	"1.3.6.1.4.1.37476.9000.64.1": {"X509v3 Step Provisioner", derText},
	"1.3.6.1.4.1.37476.9000.64.2": {"X509v3 Step Registration Authority", derText},
	"1.3.6.1.4.1.37476.9000.64.3": {"X509v3 Step Managed Endpoint", derText},
	"1.3.6.1.4.1.37476.9000.64.4": {"X509v3 Step Managed Device", derText},

	"1.3.6.1.4.1.41482.3.3": {"X509v3 YubiKey Firmware Version", asItStands(16)},
	"1.3.6.1.4.1.41482.3.7": {"X509v3 YubiKey Serial Number", asItStands(10)},
	"1.3.6.1.4.1.41482.3.8": {"X509v3 YubiKey Policy", asItStands(2)},
	"1.3.6.1.4.1.41482.3.9": {"X509v3 YubiKey Formfactor", asItStands(1)},

	"1.3.6.1.4.1.57264.1.1": {"Sigstore OIDC Issuer", plainText},
	"1.3.6.1.4.1.57264.1.2": {"Sigstore GitHub Workflow Trigger", plainText},
	"1.3.6.1.4.1.57264.1.3": {"Sigstore GitHub Workflow SHA Hash", plainText},
	"1.3.6.1.4.1.57264.1.4": {"Sigstore GitHub Workflow Name", plainText},
	"1.3.6.1.4.1.57264.1.5": {"Sigstore GitHub Workflow Repository", plainText},
	"1.3.6.1.4.1.57264.1.6": {"Sigstore GitHub Workflow Ref", plainText},
}

// extensions writes every extension, and at the end what stands among them but is none.
func extensions(b *block, c *certparse.Certificate) {
	xs, unread := c.Extensions(), c.UnreadExtensions()
	if len(xs) == 0 && len(unread) == 0 {
		return
	}
	b.line(8, "X509v3 extensions:")
	// An extension that is there twice is not decoded: certparse decodes the first only.
	times := make(map[string]int, len(xs))
	for _, x := range xs {
		times[x.OID]++
	}
	left := maxExtensionText
	for _, x := range xs {
		kind := extensionKinds[x.OID]
		if times[x.OID] > 1 {
			kind.decode = nil
		}
		title, critical := kind.title, ""
		if title == "" {
			title = identifier(x.OID)
		}
		if x.Critical {
			critical = " critical"
		}
		b.line(12, title, ":", critical)
		b.limited(&left, extensionText(c, x, kind.decode), len(x.Value))
	}
	for _, octets := range unread {
		var value block
		value.hex(16, octetsPerLine, octets)
		b.line(12, "Unreadable:")
		b.limited(&left, string(value), len(octets))
	}
}

// extensionText returns the lines below an extension's title.
func extensionText(c *certparse.Certificate, x certparse.Extension, decode decoder) string {
	if decode != nil && len(x.Value) <= maxValue {
		if text, ok := decode(c, x); ok {
			return text
		}
	}
	var b block
	b.hex(16, octetsPerLine, x.Value)
	return string(b)
}

// limited adds the text of a value if it is not longer than what is left.
func (b *block) limited(left *int, text string, octets int) {
	if len(text) > *left {
		b.line(16, "... (", strconv.Itoa(octets), " octets)")
		return
	}
	*left -= len(text)
	*b = append(*b, text...)
}

// ours makes a decoder of a function that adds the lines of one extension and
// returns whether that was there, once, and decoded completely.
func ours(write func(*block, *certparse.Certificate) certparse.Presence) decoder {
	return func(c *certparse.Certificate, _ certparse.Extension) (string, bool) {
		var b block
		presence := write(&b, c)
		return string(b), presence == certparse.Present
	}
}

// list is ours for extensions of several items: if some of them can be decoded,
// those are shown, and the whole value after them.
func list(write func(*block, *certparse.Certificate) certparse.Presence) decoder {
	return func(c *certparse.Certificate, x certparse.Extension) (string, bool) {
		var b block
		presence := write(&b, c)
		if presence != certparse.Present {
			if len(bytes.TrimSpace(b)) == 0 {
				return "", false
			}
			b.line(16, incomplete)
			b.hex(18, octetsPerLine, x.Value)
		}
		return string(b), true
	}
}
