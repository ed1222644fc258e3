package path_test

import (
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// Names, RFC 5280, Section 4.2.1.10 and 6.1.3 (b) and (c).
var nameRules = []rule{
	named("path-name-not-permitted", "DNS: another domain", permitted(dns("example.com")), dns("www.example.org"), dns("www.example.com")),
	named("path-name-not-permitted", "DNS: the end of a label", permitted(dns("example.com")), dns("badexample.com"), dns("EXAMPLE.com")),
	named("path-name-not-permitted", "DNS: a wildcard above the permitted name", permitted(dns("www.example.com")), dns("*.example.com"), dns("*.www.example.com")),
	named("path-name-excluded", "DNS: an excluded domain", excluded(dns("example.com")), dns("a.b.example.com"), dns("example.org")),
	named("path-name-excluded", "DNS: a wildcard that stands for an excluded name", excluded(dns("bad.example.com")), dns("*.example.com"), dns("*.example.org")),
	named("path-name-excluded", "DNS: all names", excluded(dns("")), dns("example.com"), ip(10, 0, 0, 1)),
	named("path-name-not-permitted", "IP: another network", permitted(ip(192, 0, 2, 0, 255, 255, 255, 0)), ip(192, 0, 3, 1), ip(192, 0, 2, 1)),
	named("path-name-not-permitted", "IP: the other version", permitted(ip(0, 0, 0, 0, 0, 0, 0, 0)), ip(make([]byte, 16)...), ip(1, 2, 3, 4)),
	named("path-name-excluded", "IP: an excluded network", excluded(ip(10, 0, 0, 0, 255, 0, 0, 0)), ip(10, 1, 2, 3), ip(11, 1, 2, 3)),
	named("path-name-not-permitted", "e-mail: another host", permitted(email("example.com")), email("a@sub.example.com"), email("a@EXAMPLE.com")),
	named("path-name-not-permitted", "e-mail: the domain, not the host", permitted(email(".example.com")), email("a@example.com"), email("a@sub.example.com")),
	named("path-name-not-permitted", "e-mail: another mailbox", permitted(email("a@example.com")), email("A@example.com"), email("\"a\"@Example.com")),
	named("path-name-excluded", "e-mail: an excluded host", excluded(email("example.com")), email("a@example.com"), email("a@example.org")),
	named("path-name-excluded", "e-mail: an international address", excluded(email("example.com")), utf8Mailbox("ä@example.com"), utf8Mailbox("ä@example.org")),
	named("path-name-not-permitted", "URI: a subdomain of a host", permitted(uri("example.com")), uri("http://www.example.com/"), uri("http://user@example.com:8080/x")),
	named("path-name-not-permitted", "URI: the host of a domain", permitted(uri(".example.com")), uri("http://example.com/"), uri("http://www.example.com?")),
	named("path-name-excluded", "URI: an excluded host", excluded(uri("example.com")), uri("https://EXAMPLE.com"), uri("https://example.org")),
	named("path-name-not-permitted", "DNS: international names are A-labels", permitted(dns("xn--bcher-kva.example")), dns("www.xn--bcher-kva1.example"), dns("www.XN--BCHER-KVA.example")),
	named("path-name-excluded", "DNS: an excluded name in capitals", excluded(dns("EXAMPLE.com")), dns("www.example.COM"), dns("www.example.net")),
	named("path-name-excluded", "IP: an excluded IPv6 network", excluded(ip(append(v6(0x20, 1), v6(0xff, 0xff)...)...)), ip(v6(0x20, 1, 5)...), ip(v6(0x20, 2)...)),
	named("path-name-not-permitted", "IP: all of IPv6 but no IPv4", permitted(ip(make([]byte, 32)...)), ip(1, 2, 3, 4), ip(v6(1)...)),
	named("path-name-not-permitted", "e-mail: a constraint on one mailbox permits no international address", permitted(email("a@example.com")), utf8Mailbox("ä@example.com"), email("a@example.com")),
	named("path-name-not-permitted", "e-mail: the host of an international address", permitted(email("example.com")), utf8Mailbox("ä@sub.example.com"), utf8Mailbox("ä@EXAMPLE.com")),
	named("path-name-not-comparable", "e-mail: an international address whose domain has U-labels", permitted(email(".example")), utf8Mailbox("ä@bücher.example"), utf8Mailbox("ä@xn--bcher-kva.example")),
	named("path-name-not-comparable", "e-mail: an address literal", excluded(email("example.com")), email("a@[192.0.2.1]"), email("a@example.org")),
	named("path-name-excluded", "e-mail: a quoted mailbox", excluded(email("a@example.com")), email("\"a\"@example.com"), email("\"A\"@example.com")),
	named("path-name-excluded", "e-mail: all addresses", excluded(email("")), email("a@example.com"), dns("example.com")),
	named("path-name-not-comparable", "a URI with an IPv6 address", permitted(uri("example.com")), uri("http://[2001:db8::1]/"), uri("http://example.com:443/")),
	named("path-name-excluded", "URI: user information does not hide the host", excluded(uri("example.com")), uri("http://example.org@example.com/"), uri("http://example.com@example.org/")),
	named("path-name-excluded", "URI: the port does not hide the host", excluded(uri(".example.com")), uri("ldaps://www.example.com:636/x?y"), uri("ldaps://example.com:636/x?y")),
	{"path-name-excluded", 0, "directory: another type of string does not hide a name", chain(nil, edits{excluded(directory(seq(attribute(dnO, text(printableString, "Bad  Guys")))))}, edits{subjectDN(der(dnNode(dnO, "bad guys", dnCN, "x")))}),
		chain(nil, edits{excluded(directory(seq(attribute(dnO, text(printableString, "Bad  Guys")))))}, edits{subjectDN(der(dnNode(dnO, "badguys", dnCN, "x")))})},
	{"path-name-not-permitted", 0, "directory: the order of the parts", chain(nil, edits{acme}, edits{subjectDN(dn(dnO, "Acme", dnC, "CN"))}), chain(nil, edits{acme}, edits{subjectDN(dn(dnC, "CN", dnO, "Acme"))})},
	{"path-name-not-permitted", 0, "directory: the subject and the alternative names", chain(nil, edits{acme}, edits{subjectDN(dn(dnC, "CN", dnO, "Other")), san(directory(dnNode(dnC, "CN", dnO, "Acme")))}),
		chain(nil, edits{acme}, edits{subjectDN(dn(dnC, "CN", dnO, "Acme")), san(directory(dnNode(dnC, "CN", dnO, "Acme")))})},
	{"path-name-not-permitted", 0, "directory: another organization", chain(nil, edits{acme}, edits{subjectDN(dn()), san(directory(dnNode(dnC, "CN", dnO, "Other")))}),
		chain(nil, edits{acme}, edits{subjectDN(dn()), san(directory(dnNode(dnC, "cn", dnO, " ACME ", dnCN, "x")))})},
	{"path-name-not-permitted", 0, "directory: above the permitted name", chain(nil, edits{acme}, edits{subjectDN(dn(dnC, "CN"))}),
		chain(nil, edits{acme}, edits{subjectDN(dn(dnC, "CN", dnO, "Acme"))})},
	{"path-name-excluded", 0, "directory: the subject", chain(nil, edits{excluded(directory(dnNode(dnO, "Bad")))}, edits{subjectDN(dn(dnO, "bad", dnCN, "x"))}),
		chain(nil, edits{excluded(directory(dnNode(dnO, "Bad")))}, edits{subjectDN(dn(dnO, "good", dnCN, "x"))})},
	{"path-name-not-permitted", 0, "e-mail: in the subject, if there are no alternative names", chain(nil, edits{permitted(email("example.com"))}, edits{noSAN, subjectDN(dn(dnEmail, "a@example.org"))}),
		chain(nil, edits{permitted(email("example.com"))}, edits{noSAN, subjectDN(dn(dnEmail, "a@example.com"))})},
	named("path-name-constraint-unsupported", "a constraint on other names", excluded(upn("a@example.com")), upn("b@example.com"), dns("example.com")),
	named("path-name-constraint-unsupported", "a constraint on registered IDs", permitted(implicit(8, "\x2a\x03")), implicit(8, "\x2a\x03"), dns("example.com")),
	named("path-name-not-comparable", "a URI without a host", permitted(uri("example.com")), uri("urn:a:b"), uri("http://example.com")),
	named("path-name-not-comparable", "a URI with an address", excluded(uri("example.com")), uri("http://192.0.2.1/"), uri("http://example.org/")),
	named("path-name-not-comparable", "a DNS name that is none", permitted(dns("example.com")), dns("a..example.com"), dns("a.example.com")),
	named("path-name-not-comparable", "a DNS name with a dot at its end", excluded(dns("example.com")), dns("a.example.org."), dns("a.example.org")),
	named("path-name-not-comparable", "an empty DNS name beside a wildcard", excluded(dns("example.com")), dns("*."), dns("*.example.org")),
	named("path-name-not-comparable", "an e-mail address with two dots", excluded(email("example.com")), email("a..b@example.org"), email("a.b@example.org")),
	{"extension-malformed", 0, "an international address with something behind it", chain(nil, edits{excluded(email("example.com"))}, edits{san(explicit(0, id("1.3.6.1.5.5.7.8.9"), explicit(0, text(utf8String, "a@example.org")), text(utf8String, "")))}),
		chain(nil, edits{excluded(email("example.com"))}, edits{san(utf8Mailbox("a@example.org"))})},
	named("path-name-not-comparable", "an international address that is no text", excluded(email("example.com")),
		explicit(0, id("1.3.6.1.5.5.7.8.9"), explicit(0, text(printableString, "a@example.org"))), utf8Mailbox("a@example.org")),
	named("path-name-not-comparable", "a URI without anything behind its scheme", excluded(uri("example.com")), uri("http"), uri("http://example.org")),
	named("path-name-not-comparable", "a URI whose scheme has an exclamation mark", excluded(uri("example.com")), uri("a!b://example.org"), uri("a.b://example.org")),
	named("path-name-not-comparable", "a URI without a scheme", excluded(uri("example.com")), uri("//example.org"), uri("a1://example.org")),
	named("path-name-not-comparable", "a URI whose scheme is none", excluded(uri("example.com")), uri("1a://example.org"), uri("a+://example.org")),
	named("path-name-not-comparable", "a URI whose path looks like a host", excluded(uri("example.com")), uri("http:example.org"), uri("http://example.org")),
	named("path-name-not-comparable", "a URI whose port is none", excluded(uri("example.com")), uri("http://example.org:8x"), uri("http://example.org:")),
	named("path-name-not-comparable", "a URI whose port is negative", excluded(uri("example.com")), uri("http://example.org:-8"), uri("http://example.org:8")),
	named("path-name-not-comparable", "a URI whose host is none", excluded(uri("example.com")), uri("http://-example.org"), uri("http://ex-ample.org")),
	named("path-name-not-comparable", "a wildcard inside a label", excluded(dns("bad.example.com")), dns("b*.example.com"), dns("ok.example.com")),
	{"path-name-constraint-invalid", 1, "a wildcard", chain(nil, edits{permitted(dns("*.example.com"))}, nil), chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"path-name-constraint-invalid", 1, "a dot before a DNS name", chain(nil, edits{permitted(dns(".example.com"))}, nil), chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"extension-malformed", 1, "a mask with a gap", chain(nil, edits{permitted(ip(10, 0, 0, 0, 255, 0, 255, 0))}, nil), chain(nil, edits{permitted(ip(10, 0, 0, 0, 255, 0, 0, 0))}, nil)},
	{"path-name-constraint-invalid", 1, "two @", chain(nil, edits{excluded(email("a@b@example.com"))}, nil), chain(nil, edits{excluded(email("a@example.com"))}, nil)},
	{"path-name-not-permitted", 0, "the root's constraints count", chain(edits{permitted(dns("example.org"))}, nil, nil), chain(edits{permitted(dns("example.com"))}, nil, nil)},
	{"path-name-not-permitted", 0, "each CA narrows", chain(edits{permitted(dns("example.com"))}, edits{permitted(dns("example.com"), dns("example.org"))}, edits{san(dns("example.org"))}),
		chain(edits{permitted(dns("example.com"))}, edits{permitted(dns("example.com"), dns("example.org"))}, nil)},
	{"path-name-excluded", 1, "a CA's own names count", chain(edits{excluded(dns("example.org"))}, edits{san(dns("ca.example.org"))}, nil), chain(edits{excluded(dns("example.org"))}, edits{san(dns("ca.example.com"))}, nil)},
	{"path-name-excluded", 0, "what a CA issued to itself is exempt, unless it is the target", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("CA", excluded(directory(dnNode(dnCN, "CA"))))
		b := a.again("new key")
		return ask(b.cert, r, a)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("CA", excluded(directory(dnNode(dnCN, "CA"))))
		b := a.again("new key")
		return ask(b.leaf(), r, a, b)
	}},
	named("path-name-not-permitted", "e-mail: below another domain", permitted(email(".example.com")), email("a@www.example.org"), email("a@www.example.com")),
	named("path-name-not-permitted", "URI: below another domain", permitted(uri(".example.com")), uri("http://www.example.org/"), uri("http://www.example.com/")),
	named("path-name-not-permitted", "DNS: names of other forms are not limited, supported or not", permitted(dns("example.com")), dns("example.org"), upn("a@example.org")),
	named("path-name-not-permitted", "DNS: damaged names of other forms are not compared", permitted(dns("example.com")), dns("example.org"), uri("http:")),
	named("path-name-not-permitted", "e-mail: names of another form with the octets of an address", permitted(email("example.com")), utf8Mailbox("a@example.org"),
		dns(string(der(seq(id("1.3.6.1.5.5.7.8.9"), explicit(0, text(utf8String, "a@example.org"))))[2:]))),
	named("path-name-excluded", "all DNS names, and some addresses", excluded(dns(""), ip(10, 0, 0, 0, 255, 0, 0, 0)), ip(10, 1, 2, 3), ip(11, 1, 2, 3)),
	named("path-name-excluded", "DNS: a name of one label", excluded(dns("com")), dns("*.com"), dns("*.example")),
	{"path-name-not-permitted", 0, "e-mail: in the subject, which does not count beside alternative names", chain(nil, edits{permitted(email("example.com"))}, edits{noSAN, subjectDN(dn(dnEmail, "a@example.org"))}),
		chain(nil, edits{permitted(email("example.com"))}, edits{san(dns("www.example.com")), subjectDN(dn(dnEmail, "a@example.org"))})},
	{"path-name-constraint-invalid", 2, "the caller's constraint of a form that does not exist", chain(nil, nil, nil, func(o *path.Options) {
		o.Excluded = certparse.GeneralNames{{Type: certparse.NameUnknown}}
	}), chain(nil, nil, nil, func(o *path.Options) {
		o.Excluded = certparse.GeneralNames{{Type: certparse.NameRegisteredID}}
	})},
	{"path-name-not-permitted", 0, "the caller's constraints", chain(nil, nil, nil, func(o *path.Options) {
		o.Permitted = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.org")}}
	}), chain(nil, nil, nil, func(o *path.Options) {
		o.Permitted = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.com")}}
	})},
	{"path-name-excluded", 0, "the caller's exclusions", chain(nil, nil, nil, func(o *path.Options) {
		o.Excluded = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.com")}}
	}), chain(nil, nil, nil, func(o *path.Options) {
		o.Excluded = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.org")}}
	})},
}

var acme = permitted(directory(dnNode(dnC, "CN", dnO, "Acme")))

// v6 is an IPv6 address that starts with the given octets.
func v6(b ...byte) []byte { return append(b, make([]byte, 16-len(b))...) }
