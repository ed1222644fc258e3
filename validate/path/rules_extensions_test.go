package path_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

// Extensions, RFC 5280, Section 6.1.4 (o) and 6.1.5 (f), and purposes, Section
// 4.2.1.12.
var extensionRules = []rule{
	{"path-critical-extension", 0, "unknown in the leaf", chain(nil, nil, edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0})}),
		chain(nil, nil, edits{ext("1.3.6.1.4.1.99999.9", false, []byte{5, 0})})},
	{"path-critical-extension", 1, "unknown in the CA", chain(nil, edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0})}, nil),
		chain(nil, edits{ext("1.3.6.1.4.1.99999.9", false, []byte{5, 0})}, nil)},
	{"path-critical-extension", 2, "unknown in the root", chain(edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0})}, nil, nil),
		chain(edits{ext("1.3.6.1.4.1.99999.9", false, []byte{5, 0})}, nil, nil)},
	{"path-critical-extension", 0, "known but not processed: a precertificate", chain(nil, nil, edits{ext("1.3.6.1.4.1.11129.2.4.3", true, []byte{5, 0})}), healthy},
	{"extension-malformed", 0, "damaged alternative names", chain(nil, nil, edits{func(c *x509.Certificate) { c.DNSNames = nil }, ext(extSAN, false, []byte{0x30, 3, 0x87, 1, 1})}), healthy},
	{"extension-malformed", 0, "damaged alternative names, on the web", chain(nil, nil, edits{noCN, func(c *x509.Certificate) { c.DNSNames = nil }, ext(extSAN, false, []byte{0x30, 6, 0x82, 1, 'a', 0x87, 1, 1})}), healthy},
	{"extension-malformed", 1, "damaged name constraints", chain(nil, edits{ext(extConstraints, false, []byte{0x30, 0})}, nil), healthy},
	{"extension-duplicate", 0, "alternative names twice", chain(nil, nil, edits{san(dns("www.example.com")), ext(extSAN, false, der(seq(dns("a.example.com"))))}), healthy},
	{"extension-duplicate", 1, "name constraints twice", chain(nil, edits{permitted(dns("example.com")), permitted(dns("example.org"))}, nil), chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"extension-malformed", 1, "name constraints with a maximum", chain(nil, edits{ext(extConstraints, true, der(seq(explicit(0, seq(dns("example.com"), number(1, 5))))))}, nil),
		chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"extension-malformed", 1, "name constraints with a minimum", chain(nil, edits{ext(extConstraints, true, der(seq(explicit(0, seq(dns("example.com"), number(0, 1))))))}, nil),
		chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"extension-malformed", 1, "what can be read of damaged name constraints does not count", chain(nil, edits{ext(extConstraints, true, der(seq(explicit(0, seq(dns("example.org"), number(1, 5))))))}, nil),
		chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"path-critical-extension", 0, "where to find a delta list, if nobody asks about revocation", chain(nil, nil, edits{criticalFreshest}), chain(nil, nil, edits{criticalFreshest}, asking)},
	{"path-critical-extension", 0, "another extension about revocation", chain(nil, nil, edits{ext("1.3.6.1.5.5.7.1.24", true, []byte{0x30, 3, 2, 1, 5})}, asking), chain(nil, nil, edits{ext("1.3.6.1.5.5.7.1.24", false, []byte{0x30, 3, 2, 1, 5})}, asking)},
	{"extension-malformed", 0, "an empty extended key usage", chain(nil, nil, edits{purpose(), ext(extPurposes, false, []byte{0x30, 0})}), healthy},

	// Purposes.
	{"extended-key-usage-unsuitable", 0, "the leaf is for clients", chain(nil, nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, forServers),
		chain(nil, nil, nil, forServers)},
	{"extended-key-usage-unsuitable", 1, "the CA is for clients", chain(nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, nil, forServers),
		chain(nil, edits{purpose(x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth)}, nil, forServers)},
	{"extended-key-usage-unsuitable", 2, "the root is for clients", chain(edits{purpose(x509.ExtKeyUsageClientAuth)}, nil, nil, forServers),
		chain(edits{purpose(x509.ExtKeyUsageServerAuth)}, nil, nil, forServers)},
	{"extended-key-usage-unsuitable", 2, "each CA narrows", with(below(edits{purpose(x509.ExtKeyUsageClientAuth)}, edits{purpose(x509.ExtKeyUsageServerAuth)}, nil), forServers),
		with(below(edits{purpose(x509.ExtKeyUsageAny)}, edits{purpose(x509.ExtKeyUsageServerAuth)}, nil), forServers)},
	{"extended-key-usage-unsuitable", 0, "any purpose will do", chain(nil, nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, forAnything, forServers), chain(nil, nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, forAnything)},
	{"extended-key-usage-unsuitable", 0, "one of two purposes", chain(nil, nil, nil, forServers, forClients),
		chain(nil, nil, edits{purpose(x509.ExtKeyUsageAny)}, forServers, forClients)},
}

var criticalFreshest = ext("2.5.29.46", true, der(seq(seq(explicit(0, explicit(0, uri("http://example.com/delta")))))))

// asking asks about revocation, about which there is nothing to say.
func asking(o *path.Options) {
	o.Revocation = func(path.Link) []finding.Finding { return nil }
}

// TestDamageIsSaidOnce: an extension that cannot be relied on is one finding.
func TestDamageIsSaidOnce(t *testing.T) {
	for what, damage := range map[string]edit{
		"a malformed one": ext(extConstraints, true, der(seq(explicit(0, seq(dns("example.com"), number(1, 5)))))),
		"one twice":       func(c *x509.Certificate) { permitted(dns("example.com"))(c); permitted(dns("example.com"))(c) },
	} {
		if res := chain(nil, edits{damage}, nil)(t).build(); res.Valid || len(res.Findings) != 1 {
			t.Errorf("%s: %v", what, codes(res))
		}
	}
}

// TestPurposesShown: purposes are shown by name, and not more than fit.
func TestPurposesShown(t *testing.T) {
	shown := func(n int) (usage []string, wanted string) {
		list := []node{id(certparse.EKUClientAuth)}
		for _, p := range numbered(n) {
			list = append(list, id(p))
		}
		res := chain(nil, nil, edits{purpose(), ext(extPurposes, false, der(seq(list...)))}, forServers)(t).build()
		if len(res.Findings) != 1 {
			t.Fatalf("%v", codes(res))
		}
		for _, d := range res.Findings[0].Data {
			switch s, _ := d.Value.(string); d.Key {
			case "usage":
				usage = strings.Split(s, ", ")
			case "purpose":
				wanted = s
			}
		}
		return usage, wanted
	}
	if usage, wanted := shown(19); len(usage) != 20 || usage[0] != "clientAuth" || usage[19] != numbered(19)[18] || wanted != "serverAuth" {
		t.Errorf("%q for %q", usage, wanted)
	}
	if usage, _ := shown(20); len(usage) != 21 || usage[20] == numbered(20)[19] || slices.Contains(usage, numbered(20)[19]) {
		t.Errorf("%q", usage)
	}
}
