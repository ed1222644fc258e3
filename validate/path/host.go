package path

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// The entries here compare a certificate with the name of a peer (RFC 9525, and
// RFC 5280, Section 7.5 for addresses). They look only at alternative names: the
// common name of the subject says nothing about a host. An extension that cannot
// be read completely matches nothing. Each returns nil for a match.

// CheckHost checks that the certificate is for the given DNS name, or for the IP
// address if host is one in text, in brackets or not. International names are
// given as A-labels (xn--…). A wildcard in the certificate stands for exactly one
// label, the first one.
func CheckHost(c *certparse.Certificate, host string) []finding.Finding {
	if a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")); err == nil {
		return CheckIP(c, a)
	}
	want, _ := domain(strings.TrimSuffix(host, ".")) // What is none is empty, and matches none.
	if isNumeric(want) {
		return mismatch("dNSName", host)
	}
	return check(c, "dNSName", host, func(n certparse.GeneralName) bool {
		if n.Type != certparse.NameDNS {
			return false
		}
		name, wildcard, ok := pattern(string(n.Raw))
		if !ok {
			return false
		}
		if wildcard {
			_, parent, _ := strings.Cut(want, ".")
			return parent == name
		}
		return want == name
	})
}

// CheckIP checks that the certificate is for the given IP address.
func CheckIP(c *certparse.Certificate, a netip.Addr) []finding.Finding {
	a = a.WithZone("").Unmap()
	return check(c, "iPAddress", a.String(), func(n certparse.GeneralName) bool {
		return n.Type == certparse.NameIP && bytes.Equal(n.Raw, a.AsSlice())
	})
}

// CheckEmail checks that the certificate is for the given e-mail address. The part
// before the @ is compared exactly, the domain, given as A-labels, without regard
// to case.
func CheckEmail(c *certparse.Certificate, email string) []finding.Finding {
	want, ok := parseMailbox(email, true)
	if !ok {
		return mismatch("rfc822Name", email)
	}
	return check(c, "rfc822Name", email, func(n certparse.GeneralName) bool {
		switch n.Type {
		case certparse.NameEmail:
			m, ok := parseMailbox(string(n.Raw), false)
			return ok && m == want
		case certparse.NameOther:
			text, _ := smtpUTF8Mailbox(n.Raw)
			m, ok := parseMailbox(text, true)
			return ok && m == want
		}
		return false
	})
}

// CheckURI checks that the certificate is for the given URI. Scheme and host are
// compared without regard to case, the rest exactly.
func CheckURI(c *certparse.Certificate, uri string) []finding.Finding {
	want, _ := comparableURI(uri) // What is none is empty, and matches none.
	return check(c, "uniformResourceIdentifier", uri, func(n certparse.GeneralName) bool {
		have, ok := comparableURI(string(n.Raw))
		return n.Type == certparse.NameURI && ok && have == want
	})
}

// comparableURI puts scheme and authority into lower case, RFC 5280, Section 7.4.
func comparableURI(uri string) (string, bool) {
	scheme, rest, _ := strings.Cut(uri, ":")
	if rest == "" || !isScheme(scheme) {
		return "", false
	}
	scheme = strings.ToLower(scheme) + ":"
	authority, ok := strings.CutPrefix(rest, "//")
	if !ok {
		return scheme + rest, true
	}
	end := strings.IndexAny(authority, "/?#")
	if end < 0 {
		end = len(authority)
	}
	host := strings.LastIndexByte(authority[:end], '@') + 1
	return scheme + "//" + authority[:host] + strings.ToLower(authority[host:end]) + authority[end:], true
}

func check(c *certparse.Certificate, typ, name string, match func(certparse.GeneralName) bool) []finding.Finding {
	names, presence := c.SubjectAltName()
	if presence == certparse.Present {
		for _, n := range names {
			if match(n) {
				return nil
			}
		}
	}
	return mismatch(typ, name)
}

func mismatch(typ, name string) []finding.Finding {
	return []finding.Finding{finding.New("path-name-not-in-certificate", finding.Where{Certificate: finding.At(0)},
		finding.Str("type", typ), finding.Str("name", name))}
}
