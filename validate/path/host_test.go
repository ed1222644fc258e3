package path_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

func TestNames(t *testing.T) {
	c := root(t, "Root").leaf(noCN, san(dns("www.example.com"), dns("*.Example.org"), dns("*"), dns("a*.example.net"), dns("10.0.0.9"), dns("10.0.0.256"),
		ip(192, 0, 2, 1), ip(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
		email("User@Example.com"), email("\"a b\"@example.com"), utf8Mailbox("ü@xn--bcher-kva.example"),
		uri("HTTPS://Example.com/Path?q"), uri("urn:a:B")))
	for _, x := range []struct {
		kind, name string
		want       bool
	}{
		{"host", "www.example.com", true},
		{"host", "WWW.EXAMPLE.COM.", true},
		{"host", "example.com", false},
		{"host", "a.www.example.com", false},
		{"host", "a.example.org", true},
		{"host", "example.org", false},
		{"host", "a.b.example.org", false},
		{"host", ".example.org", false},
		{"host", "*.example.org", false},
		{"host", "localhost", false},
		{"host", "abc.example.net", false},
		{"host", "a*.example.net", false},
		{"host", "10.0.0.9", false},
		{"host", "10.0.0.256", false},
		{"host", "", false},
		{"host", "192.0.2.1", true},
		{"host", "[2001:db8::1]", true},
		{"host", "2001:db8::2", false},
		{"email", "User@example.COM", true},
		{"email", "user@example.com", false},
		{"email", "\"User\"@example.com", true},
		{"email", "\"a b\"@example.com", true},
		{"email", "ü@xn--bcher-kva.example", true},
		{"email", "u@xn--bcher-kva.example", false},
		{"email", "User", false},
		{"uri", "https://example.com/Path?q", true},
		{"uri", "https://example.com/path?q", false},
		{"uri", "http://example.com/Path?q", false},
		{"uri", "URN:a:B", true},
		{"uri", "urn:a:b", false},
		{"uri", "", false},
	} {
		check := map[string]func() bool{
			"host":  func() bool { return path.CheckHost(c, x.name) == nil },
			"email": func() bool { return path.CheckEmail(c, x.name) == nil },
			"uri":   func() bool { return path.CheckURI(c, x.name) == nil },
		}[x.kind]
		if got := check(); got != x.want {
			t.Errorf("%s %q: %v", x.kind, x.name, got)
		}
	}
	if path.CheckIP(c, netip.MustParseAddr("::ffff:192.0.2.1")) != nil {
		t.Error("a mapped address does not match")
	}
	fs := path.CheckHost(c, "example.edu")
	if len(fs) != 1 || fs[0].Code != "path-name-not-in-certificate" {
		t.Errorf("%v", fs)
	}
}

// TestNamesOfOneKind: a name of one kind matches no name of another with the same
// octets, and what is no name of its kind matches not even what looks the same.
func TestNamesOfOneKind(t *testing.T) {
	const empty = "\"\"@example.com" // A mailbox whose local part is empty.
	for _, x := range []struct {
		kind string
		name node
		want string
		ok   bool
	}{
		{"host", dns("www.example.com"), "www.example.com", true},
		{"host", email("www.example.com"), "www.example.com", false},
		{"host", uri("www.example.com"), "www.example.com", false},
		{"host", dns("*.com"), "example.com", true},
		{"host", dns("*.com"), "com", false},
		{"host", dns("*."), "com", false},
		{"host", dns("*"), "com", false},
		{"host", dns("*"), "", false},
		{"host", dns("*"), "*", false},
		{"host", dns(" "), ".", false},
		{"host", dns("*.*.example.com"), "a.b.example.com", false},
		{"host", dns("www.*.com"), "www.example.com", false},
		{"host", dns("a_b.example.com"), "A_b.example.com", true},
		{"host", dns("www.example.com."), "www.example.com", false},
		{"host", dns("www.example.com"), "www.example.com..", false},
		{"host", dns("www.example.com"), "www.example.com:443", false},
		{"host", dns("xn--bcher-kva.example"), "XN--Bcher-kva.example", true},
		{"host", dns("xn--bcher-kva.example"), "bücher.example", false},
		{"host", dns("bücher.example"), "bücher.example", false},
		{"host", dns("-a.example.com"), "-a.example.com", false},
		{"host", dns("a-.example.com"), "a-.example.com", false},
		{"host", dns("example.com-"), "example.com-", false},
		{"host", dns("example.-com"), "example.-com", false},
		{"host", dns("a..example.com"), "a..example.com", false},
		{"host", dns(long(63) + ".example"), long(63) + ".example", true},
		{"host", dns(long(64) + ".example"), long(64) + ".example", false},
		{"host", dns("example." + long(63)), "example." + long(63), true},
		{"host", dns("example." + long(64)), "example." + long(64), false},
		{"host", dns(strings.Repeat("a.", 126) + "a"), strings.Repeat("a.", 126) + "a", true},
		{"host", dns(strings.Repeat("a.", 126) + "ab"), strings.Repeat("a.", 126) + "ab", false},
		{"host", dns("1.example"), "1.example", true},
		{"host", dns("example.1"), "example.1", false},
		{"host", dns("example.1a"), "example.1a", true},
		{"host", dns("example.a1"), "example.a1", true},
		{"host", dns("example.1-2"), "example.1-2", true},
		{"host", dns("a:b"), "a:b", false},
		{"host", dns("a/b"), "a/b", false},
		{"host", dns("a[b"), "a[b", false},
		{"host", dns("a{b"), "a{b", false},
		{"host", dns("a`b"), "a`b", false},
		{"host", dns("a@b"), "a@b", false},
		{"host", ip(192, 0, 2, 1), "[192.0.2.1]", true},
		{"host", dns("abcd"), "97.98.99.100", false},
		{"host", uri("abcd"), "97.98.99.100", false},
		{"host", ip(192, 0, 2, 1), "::ffff:192.0.2.1", true},
		{"host", ip(v6(0xfe, 0x80)...), "fe80::%eth0", true},
		{"email", email("a@example.com"), "a@example.com", true},
		{"email", dns("a@example.com"), "a@example.com", false},
		{"email", email(empty), empty, true},
		{"email", email(empty), "a..b@example.com", false},
		{"email", email("a..b@example.com"), empty, false},
		{"email", email("a..b@example.com"), "a..b@example.com", false},
		{"email", utf8Mailbox("a..b@example.com"), "a..b@example.com", false},
		{"email", utf8Mailbox("a..b@example.com"), empty, false},
		{"email", utf8Mailbox(empty), empty, true},
		{"email", upn("a@example.com"), "a@example.com", false},
		{"email", utf8Mailbox("a@example.com"), "a@example.com", true},
		{"email", explicit(0, id("1.3.6.1.5.5.7.8.9"), explicit(0, text(printableString, "a@example.com"))), "a@example.com", false},
		{"email", explicit(0, id("1.3.6.1.5.5.7.8.9"), explicit(0, text(utf8String, "a@example.com"), text(utf8String, ""))), "a@example.com", false},
		{"email", explicit(0, id("1.3.6.1.5.5.7.8.9"), explicit(0, text(utf8String, "a@example.com")), text(utf8String, "")), "a@example.com", false},
		{"email", explicit(0, id("1.3.6.1.5.5.7.8.9"), explicit(1, text(utf8String, "a@example.com"))), "a@example.com", false},
		{"email", explicit(0, id("1.3.6.1.5.5.7.8.9"), text(utf8String, "a@example.com")), "a@example.com", false},
		{"email", explicit(0, id("1.3.6.1.5.5.7.8.10"), explicit(0, text(utf8String, "a@example.com"))), "a@example.com", false},
		{"email", email("\"a\\\"b\"@example.com"), "\"a\\\"b\"@example.com", true},
		{"email", email("\"a\"b\"@example.com"), "\"a\"b\"@example.com", false},
		{"email", email("\"a\\\"@example.com"), "\"a\\\"@example.com", false},
		{"email", email("\"a@example.com"), "\"a@example.com", false},
		{"email", email("\"@example.com"), "\"@example.com", false},
		{"email", email("\"a\x01\"@example.com"), "\"a\x01\"@example.com", false},
		{"email", email("\"a\x7f\"@example.com"), "\"a\x7f\"@example.com", false},
		{"email", email("\"\\a\"@example.com"), "a@example.com", true},
		{"email", email("\"ä\"@example.com"), "\"ä\"@example.com", false},
		{"email", utf8Mailbox("\"ä\"@example.com"), "ä@example.com", true},
		{"email", email("ä@example.com"), "ä@example.com", false},
		{"email", email(".a@example.com"), ".a@example.com", false},
		{"email", email("a.@example.com"), "a.@example.com", false},
		{"email", email("a.b@example.com"), "a.b@example.com", true},
		{"email", email("a b@example.com"), "a b@example.com", false},
		{"email", email("a\x7f@example.com"), "a\x7f@example.com", false},
		{"email", email("a,b@example.com"), "a,b@example.com", false},
		{"email", email("a<b@example.com"), "a<b@example.com", false},
		{"email", email("a@b@example.com"), "a@b@example.com", false},
		{"email", email("@example.com"), "@example.com", false},
		{"email", email("example.com"), "example.com", false},
		{"email", email("a@"), "a@", false},
		{"email", email("a@[192.0.2.1]"), "a@[192.0.2.1]", false},
		{"email", email(long(120) + "@" + strings.Repeat("a.", 99) + "a"), long(120) + "@" + strings.Repeat("a.", 99) + "a", true},
		{"email", email(long(121) + "@" + strings.Repeat("a.", 99) + "a"), long(121) + "@" + strings.Repeat("a.", 99) + "a", false},
		{"uri", uri("https://Example.com"), "https://example.com", true},
		{"uri", uri("https://example.com"), "https://example.com/", false},
		{"uri", uri("https://example.com:8443/"), "https://example.com:8443/", true},
		{"uri", uri("https://example.com:8443/"), "https://example.com/", false},
		{"uri", uri("https://User@example.com/"), "https://User@EXAMPLE.com/", true},
		{"uri", uri("https://User@example.com/"), "https://user@example.com/", false},
		{"uri", uri("https://example.com/@A"), "https://example.com/@a", false},
		{"uri", uri("https://example.com?A"), "https://example.com?a", false},
		{"uri", uri("https://example.com#A"), "https://example.com#a", false},
		{"uri", uri("https://10.0.0.1/"), "https://10.0.0.1/", true},
		{"uri", uri("urn:a"), "urn:a", true},
		{"uri", dns("urn:a"), "urn:a", false},
		{"uri", uri("example"), "example", false},
		{"uri", uri("example"), "", false},
		{"uri", uri("urn:"), "urn:", false},
		{"uri", uri("1a:b"), "1a:b", false},
		{"uri", uri(":b"), ":b", false},
		{"uri", uri("a_b:c"), "a_b:c", false},
		{"uri", uri("a!b:c"), "a!b:c", false},
		{"uri", uri("a1+-.b:c"), "A1+-.B:c", true},
	} {
		c := root(t, "Root").leaf(noCN, san(x.name))
		var fs []finding.Finding
		switch x.kind {
		case "host":
			fs = path.CheckHost(c, x.want)
		case "email":
			fs = path.CheckEmail(c, x.want)
		case "uri":
			fs = path.CheckURI(c, x.want)
		}
		if got := fs == nil; got != x.ok {
			t.Errorf("%s %q in %x: %v", x.kind, x.want, der(x.name), got)
		}
	}
	if path.CheckIP(root(t, "Root").leaf(noCN, san(dns(""))), netip.Addr{}) == nil {
		t.Error("no address matches an empty name")
	}
}

func long(n int) string { return strings.Repeat("a", n) }

// TestNamesIgnoreCommonName: the subject names no host, and damaged alternative
// names match nothing.
func TestNamesIgnoreCommonName(t *testing.T) {
	if path.CheckHost(root(t, "Root").leaf(noSAN), "www.example.com") == nil {
		t.Error("the common name counts")
	}
	damaged := root(t, "Root").leaf(noSAN, ext(extSAN, false, der(seq(dns("www.example.com"), ip(1)))))
	if path.CheckHost(damaged, "www.example.com") == nil {
		t.Error("names count that stand beside a damaged one")
	}
}
