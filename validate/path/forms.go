package path

import (
	"net/netip"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The forms of names that clients compare, taken apart for comparison. International
// domain names appear as A-labels (xn--…) in certificates, RFC 9549, so
// domains are ASCII and compared without regard to case.

// domain returns a host name in lower case, or false if it is none: labels of
// letters, digits, hyphens and underscores, without a dot at the end.
func domain(s string) (string, bool) {
	if len(s) > 253 {
		return "", false
	}
	label := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			if i == label || i-label > 63 || s[i-1] == '-' {
				return "", false
			}
			label = i + 1
		case c == '-':
			if i == label {
				return "", false
			}
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', c == '_':
		default:
			return "", false
		}
	}
	if label == len(s) || len(s)-label > 63 || s[len(s)-1] == '-' {
		return "", false
	}
	return strings.ToLower(s), true
}

// pattern returns a dNSName in lower case and whether its first label is a
// wildcard, which then is not part of the name.
func pattern(s string) (name string, wildcard, ok bool) {
	rest, wildcard := strings.CutPrefix(s, "*.")
	name, ok = domain(rest)
	return name, wildcard, ok
}

// below reports whether name is base or has more labels before it.
func below(name, base string) bool {
	return name == base || strings.HasSuffix(name, base) && name[len(name)-len(base)-1] == '.'
}

// mailbox is an e-mail address. The part before the @ is compared exactly, RFC
// 5280, Section 7.5.
type mailbox struct{ local, domain string }

// maxMailbox is the length of the longest address: 64 octets, the @ and a domain.
const maxMailbox = 64 + 1 + 255

// parseMailbox reads the Mailbox of RFC 5321, Section 4.1.2. In an international
// address (RFC 9598) the part before the @ may have any characters. Address
// literals in place of a domain are not supported.
func parseMailbox(s string, international bool) (m mailbox, ok bool) {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || len(s) > maxMailbox {
		return m, false
	}
	if m.domain, ok = domain(s[at+1:]); !ok {
		return m, false
	}
	local := s[:at]
	if local[0] != '"' {
		if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
			return m, false
		}
		for i := range len(local) {
			if c := local[i]; c <= ' ' || c == 0x7f || strings.IndexByte(`"(),:;<>@[\]`, c) >= 0 || c >= 0x80 && !international {
				return m, false
			}
		}
		m.local = local
		return m, true
	}
	if len(local) < 2 || local[len(local)-1] != '"' {
		return m, false
	}
	var b strings.Builder
	inner := local[1 : len(local)-1]
	for i := 0; i < len(inner); i++ {
		c := inner[i]
		if c == '\\' {
			if i++; i == len(inner) {
				return m, false
			}
			c = inner[i]
		} else if c == '"' {
			return m, false
		}
		if c < ' ' || c == 0x7f || c >= 0x80 && !international {
			return m, false
		}
		b.WriteByte(c)
	}
	m.local = b.String()
	return m, true
}

// uriHost returns the host of a URI if it is a domain name, RFC 3986, Section 3.2.
func uriHost(uri string) (host string, ok bool) {
	scheme, rest, _ := strings.Cut(uri, ":")
	if !isScheme(scheme) {
		return "", false
	}
	rest, ok = strings.CutPrefix(rest, "//")
	if !ok {
		return "", false
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		for _, c := range []byte(rest[i+1:]) {
			if c < '0' || c > '9' {
				return "", false
			}
		}
		rest = rest[:i]
	}
	host, _ = domain(rest) // What is none is empty.
	return host, !isNumeric(host)
}

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

// isNumeric reports whether the last label is a number or empty, so that the name
// may be taken for an IPv4 address, or is none.
func isNumeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	for _, c := range []byte(last) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// idSmtpUTF8Mailbox is the DER of id-on-SmtpUTF8Mailbox, RFC 9598.
const idSmtpUTF8Mailbox = "\x06\x08\x2b\x06\x01\x05\x05\x07\x08\x09"

// smtpUTF8Mailbox returns the address in the content of an otherName, and whether
// it is one of that kind.
func smtpUTF8Mailbox(raw []byte) (address string, is bool) {
	rest, is := strings.CutPrefix(string(raw), idSmtpUTF8Mailbox)
	if !is {
		return "", false
	}
	in := cryptobyte.String(rest)
	var wrap, value cryptobyte.String
	// What is none of these is empty. Nothing follows: other names are two elements.
	in.ReadASN1(&wrap, asn1.Tag(0).ContextSpecific().Constructed())
	if !wrap.ReadASN1(&value, asn1.UTF8String) || !wrap.Empty() {
		return "", true
	}
	return string(value), true
}

// address reads an iPAddress.
func address(raw []byte) (netip.Addr, bool) { return netip.AddrFromSlice(raw) }
