package path_test

import (
	"net/netip"
	"testing"

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

// TestNamesIgnoreCommonName: the subject names no host, and damaged alternative
// names match nothing.
func TestNamesIgnoreCommonName(t *testing.T) {
	if path.CheckHost(root(t, "Root").leaf(noSAN), "www.example.com") == nil {
		t.Error("the common name counts")
	}
	damaged := root(t, "Root").leaf(noSAN, ext(extSAN, false, append(der(seq(dns("www.example.com"), ip(1)))[:0], der(seq(dns("www.example.com"), ip(1)))...)))
	if path.CheckHost(damaged, "www.example.com") == nil {
		t.Error("names count that stand beside a damaged one")
	}
}
