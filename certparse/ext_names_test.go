package certparse

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func invalidAt(offset int) []found { return []found{{"subject-alt-name-invalid", offset}} }

func TestSubjectAltName(t *testing.T) {
	other := func(parts ...[]byte) []byte { return tlv(0xa0, parts...) }
	testExtension(t, "2.5.29.17", false, second((*Certificate).SubjectAltName), []extensionTest{
		{"every form", seq(
			other(oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xa0, utf8s("me@corp"))),
			tlv(0x81, []byte("me@example.com")), dns("*.example.com"), tlv(0xa3, integer(1)), tlv(0xa4, cn("X")), tlv(0xa5, integer(1)),
			uri("spiffe://trust/service"), tlv(0x87, bytesOf(192, 0, 2, 1)), tlv(0x87, append([]byte{0x20, 1, 0xd, 0xb8}, make([]byte, 12)...)),
			tlv(0x88, bytesOf(0x2a, 3))),
			`[{"type":"otherName","value":"UPN:me@corp"},{"type":"rfc822Name","value":"me@example.com"},` +
				`{"type":"dNSName","value":"*.example.com"},{"type":"x400Address","value":"#020101"},` +
				`{"type":"directoryName","value":"CN=X"},{"type":"ediPartyName","value":"#020101"},` +
				`{"type":"uniformResourceIdentifier","value":"spiffe://trust/service"},{"type":"iPAddress","value":"192.0.2.1"},` +
				`{"type":"iPAddress","value":"2001:db8::"},{"type":"registeredID","value":"1.2.3"}]`, nil},
		{"unknown other name", seq(other(oid("1.2.3"), tlv(0xa0, integer(7)))), `[{"type":"otherName","value":"1.2.3:#020107"}]`, nil},
		{"underscore", seq(dns("a"), dns("_x.example")), `[{"type":"dNSName","value":"a"},{"type":"dNSName","value":"_x.example"}]`,
			[]found{{"subject-alt-name-underscore", 5}}},
		{"NUL", seq(dns("a.example\x00.b.example")), `[{"type":"dNSName","value":"a.example\\u{0}.b.example"}]`, invalidAt(2)},
		{"two invalid ones", seq(dns(""), dns("ok.example"), uri("nowhere")),
			`[{"type":"dNSName","value":""},{"type":"dNSName","value":"ok.example"},{"type":"uniformResourceIdentifier","value":"nowhere"}]`,
			append(invalidAt(2), invalidAt(16)...)},
		{"empty list", seq(), "", malformedAt(0)},
		{"address of five bytes", seq(tlv(0x87, make([]byte, 5))), "", invalidAt(2)},
		{"address with mask", seq(tlv(0x87, make([]byte, 8))), "", invalidAt(2)},
		{"no such form", seq(tlv(0x89, bytesOf(1))), "", invalidAt(2)},
		{"constructed", seq(tlv(0xa2, []byte("a"))), "", invalidAt(2)},
		{"primitive", seq(tlv(0x84, cn("X"))), "", invalidAt(2)},
		{"universal tag", seq(ia5("a.example")), "", invalidAt(2)},
		{"directory name is no name", seq(tlv(0xa4, set())), "", invalidAt(2)},
		{"empty RDN", seq(tlv(0xa4, seq(set()))), "", invalidAt(2)},
		{"other name without value", seq(other(oid("1.2.3"))), "", invalidAt(2)},
		{"other name with empty value", seq(other(oid("1.2.3"), tlv(0xa0))), "", invalidAt(2)},
		{"registered ID", seq(tlv(0x88, bytesOf(0x80))), "", invalidAt(2)},
		{"cut off", seq(bytesOf(0x82, 9, 'a')), "", malformedAt(2)},
	})
	c := mustParse(t, handmade{extensions: [][]byte{ext("2.5.29.17", false, seq(
		dns("a.example"), tlv(0xa2, []byte("b.example")), tlv(0x87, bytesOf(192, 0, 2, 1)), tlv(0x87, bytesOf(1)), tlv(0x81, []byte("a@b.example")), uri("https://c.example/")))}}.der())
	san, p := c.SubjectAltName()
	if p != Malformed {
		t.Errorf("presence %v", p)
	}
	if got := c.DNSNames(); !slices.Equal(got, []string{"a.example"}) {
		t.Errorf("DNS names %v", got)
	}
	if got := san.IPAddresses(); !slices.Equal(got, []netip.Addr{netip.MustParseAddr("192.0.2.1")}) {
		t.Errorf("IP addresses %v", got)
	}
	if got := san.EmailAddresses(); !slices.Equal(got, []string{"a@b.example"}) {
		t.Errorf("e-mail addresses %v", got)
	}
	if got := san.URIs(); !slices.Equal(got, []string{"https://c.example/"}) {
		t.Errorf("URIs %v", got)
	}
}

func TestIssuerAltName(t *testing.T) {
	testExtension(t, "2.5.29.18", false, second((*Certificate).IssuerAltName), []extensionTest{
		{"sound", seq(dns("ca.example")), `[{"type":"dNSName","value":"ca.example"}]`, nil},
		{"invalid name", seq(dns("a b")), `[{"type":"dNSName","value":"a b"}]`, []found{{"general-name-invalid", 2}}},
		{"broken name", seq(tlv(0x87, bytesOf(1))), "", malformedAt(2)},
	})
}

func TestNameConstraints(t *testing.T) {
	permitted := func(parts ...[]byte) []byte { return tlv(0xa0, parts...) }
	excluded := func(parts ...[]byte) []byte { return tlv(0xa1, parts...) }
	tests := []extensionTest{
		{"both", seq(permitted(seq(dns("example.com")), seq(tlv(0x87, bytesOf(10, 1, 0, 0, 255, 255, 0, 0)))), excluded(seq(dns("")), seq(tlv(0xa4, cn("X"))))),
			`{"permitted":[{"type":"dNSName","value":"example.com"},{"type":"iPAddress","value":"10.1.0.0/16"}],` +
				`"excluded":[{"type":"dNSName","value":""},{"type":"directoryName","value":"CN=X"}]}`, nil},
		{"e-mail and URI", seq(permitted(seq(tlv(0x81, []byte("a@example.com"))), seq(tlv(0x81, []byte(".example.com"))), seq(tlv(0x81, []byte("example.com"))), seq(uri(".example.com")), seq(uri("h.example")))),
			`{"permitted":[{"type":"rfc822Name","value":"a@example.com"},{"type":"rfc822Name","value":".example.com"},{"type":"rfc822Name","value":"example.com"},` +
				`{"type":"uniformResourceIdentifier","value":".example.com"},{"type":"uniformResourceIdentifier","value":"h.example"}]}`, nil},
		{"leading dot", seq(permitted(seq(dns(".a.b")))), `{"permitted":[{"type":"dNSName","value":".a.b"}]}`, []found{{"general-name-invalid", 6}}},
		{"wildcard", seq(permitted(seq(dns("*.a.b")))), `{"permitted":[{"type":"dNSName","value":"*.a.b"}]}`, []found{{"general-name-invalid", 6}}},
		{"URI instead of host", seq(excluded(seq(uri("http://a.b")))), `{"excluded":[{"type":"uniformResourceIdentifier","value":"http://a.b"}]}`, []found{{"general-name-invalid", 6}}},
		{"minimum zero", seq(permitted(seq(dns("a"), tlv(0x80, bytesOf(0))))), `{"permitted":[{"type":"dNSName","value":"a"}]}`, []found{{"der-default-encoded", 9}}},
		{"minimum", seq(permitted(seq(dns("a"), tlv(0x80, bytesOf(1))))), "", malformedAt(9)},
		{"maximum", seq(permitted(seq(dns("a"), tlv(0x81, bytesOf(1))))), "", malformedAt(9)},
		{"nothing", seq(), "", malformedAt(0)},
		{"empty list", seq(permitted()), "", malformedAt(2)},
		{"no base", seq(permitted(seq())), "", malformedAt(4)},
		{"address without mask", seq(permitted(seq(tlv(0x87, bytesOf(10, 1, 0, 0))))), "", malformedAt(6)},
		{"mask with a gap", seq(permitted(seq(tlv(0x87, bytesOf(10, 1, 0, 0, 255, 0, 255, 0))))), "", malformedAt(6)},
		{"unknown member", seq(tlv(0xa2)), "", malformedAt(2)},
	}
	for i := range tests { // The test's certificate is a leaf.
		tests[i].want = append([]found{{"name-constraints-not-ca", -12}}, tests[i].want...)
	}
	testExtension(t, "2.5.29.30", true, second((*Certificate).NameConstraints), tests)
}

func TestPrefix(t *testing.T) {
	ip := func(b ...byte) GeneralName { return GeneralName{Type: NameIP, Raw: b} }
	for _, test := range []struct {
		name GeneralName
		want string
	}{
		{ip(10, 1, 2, 3, 255, 255, 0, 0), "10.1.2.3/16"},
		{ip(0, 0, 0, 0, 0, 0, 0, 0), "0.0.0.0/0"},
		{ip(1, 2, 3, 4, 255, 255, 255, 255), "1.2.3.4/32"},
		{ip(1, 2, 3, 4, 255, 254, 0, 0), "1.2.3.4/15"},
		{ip(1, 2, 3, 4, 255, 253, 0, 0), "invalid Prefix"},
		{ip(1, 2, 3, 4), "invalid Prefix"},
		{GeneralName{Type: NameDNS, Raw: make([]byte, 8)}, "invalid Prefix"},
	} {
		p, ok := test.name.Prefix()
		if p.String() != test.want || ok != (test.want != "invalid Prefix") {
			t.Errorf("%v: got %v, %v, want %v", test.name.Raw, p, ok, test.want)
		}
	}
}

func TestNameSyntax(t *testing.T) {
	label63 := strings.Repeat("a", 63)
	type check func([]byte, nameUse) string
	host := check(func(b []byte, use nameUse) string { problem, _ := dnsProblem(b, use); return problem })
	for _, test := range []struct {
		kind  string
		check check
		use   nameUse
		good  []string
		bad   []string
	}{
		{"host", host, nameOfSubject,
			[]string{"a", "example.com", "EXAMPLE.com", "1.example", "1a", "a-b.c", "xn--a.b", "*.a", "_a.b", "3com.4a", label63 + ".b",
				strings.Repeat("abcdefg.", 31) + "abcde"},
			[]string{"", " ", ".", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a-.b", "a b", "a\x00", "ä.b", "*", "*.", "a.*", "*a.b", "a*.b", "**.b", "*.*.b",
				"192.0.2.1", "a.1", "::1", "http://a.b", "a:80", "a@b", "a/b", "a,b", "\x7f", label63 + "a", strings.Repeat("abcdefg.", 31) + "abcdef"}},
		{"host constraint", host, nameConstraint,
			[]string{"", "a", "example.com"}, []string{".a", "*.a", "a b", "a."}},
		{"e-mail", emailProblem, nameOfSubject,
			[]string{"a@b", "a.b+c@example.com", `"a b"@example.com`, `"a@b"@example.com`, "a@[192.0.2.1]", "!#$%&'*/=?^_`{|}~-@a"},
			[]string{"", "a", "@b", "a@", "a b@c", ".a@b", "a.@b", "a@b@c", "A <a@b>", "ä@b", "a@ä", "a\x00@b", "a@*.b", "a@b c", `"@b`, "a@.b"}},
		{"e-mail constraint", emailProblem, nameConstraint,
			[]string{"a@b", "b", ".b"}, []string{"", "@b", "a@.b", "a@", ".", "*.b", "a b"}},
		{"URI", uriProblem, nameOfSubject,
			[]string{"http://a", "urn:uuid:1", "spiffe://a/b", "a+b-c.1:x", "http://[::1]/?q#f", "https://a/%20~_", "mailto:a@b"},
			[]string{"", "a", "/a", "//a", "http:", ":a", "1a:b", "+a:b", "http:// a", "http://ä", "http://a\x00", "http:///a", "http://", "h ttp://a", "http://a/<b>"}},
		{"URI elsewhere", uriProblem, nameElsewhere, []string{"ldap:///CN=a"}, []string{"ldap", "file.crl"}},
		{"URI constraint", uriProblem, nameConstraint, []string{"a.b", ".a.b"}, []string{"", ".", "*.a", "http://a", "a..b"}},
	} {
		for _, s := range test.good {
			if problem := test.check([]byte(s), test.use); problem != "" {
				t.Errorf("%s %q: %s", test.kind, s, problem)
			}
		}
		for _, s := range test.bad {
			if problem := test.check([]byte(s), test.use); problem == "" {
				t.Errorf("%s %q passes", test.kind, s)
			}
		}
	}
}

func TestDirectoryAttributes(t *testing.T) {
	testExtension(t, "2.5.29.9", false, second((*Certificate).SubjectDirectoryAttributes), []extensionTest{
		{"one", seq(seq(oid("1.3.6.1.5.5.7.9.4"), set(printable("DE")))), `[{"oid":"1.3.6.1.5.5.7.9.4","values":["13024445"]}]`, nil},
		{"empty", seq(), "", malformedAt(0)},
		{"no values", seq(seq(oid("1.2.3"), set())), "", malformedAt(8)},
		{"no set", seq(seq(oid("1.2.3"))), "", malformedAt(8)},
		{"no type", seq(seq(set())), "", malformedAt(4)},
	})
}
