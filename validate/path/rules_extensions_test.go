package path_test

import (
	"crypto/x509"
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
