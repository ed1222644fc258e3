package client

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/safetext"
)

// target is a URL of a certificate that may be asked, as far as one can tell
// without looking up its host.
type target struct {
	url *url.URL
	// host is the host with its port, the same for all spellings.
	host string
	// shown is the URL for people.
	shown string
}

const (
	// maxURL is the longest URL in bytes that is asked.
	maxURL = 2048
	// maxShown is how many characters of a URL are shown.
	maxShown = 200
)

// target judges a URL. Whoever made the certificate wrote it, so it must be
// plain: what could be read in two ways is not asked.
func (c *Client) target(raw string) (target, *problem) {
	t := target{shown: showURL(raw)}
	problem := c.readURL(raw, &t)
	if problem != "" {
		return t, refuse("revocation-url-refused", finding.Str("problem", problem))
	}
	if t.url.Scheme == "https" && c.opt.ServerCAs == nil {
		return t, refuse("revocation-https-without-ca")
	}
	// A literal address is refused here, without even an attempt to connect. Those
	// of names are refused when they are known, see guard.
	if addr, err := netip.ParseAddr(t.url.Hostname()); err == nil && !c.guard.allowed(addr) {
		return t, refuse("revocation-address-refused")
	}
	return t, nil
}

func (c *Client) readURL(raw string, t *target) (problem string) {
	if len(raw) > maxURL {
		return "it is too long"
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return "it has characters that do not belong into a URL"
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "it is no URL"
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "only http and https are asked"
	}
	if u.Opaque != "" || u.Hostname() == "" {
		return "it names no host"
	}
	if u.User != nil {
		return "it has a user name"
	}
	if u.Fragment != "" || strings.Contains(raw, "#") {
		return "it has a fragment"
	}
	port := "80"
	if u.Scheme == "https" {
		port = "443"
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || strconv.FormatUint(n, 10) != p {
			return "its port is no number"
		}
		port = p
	} else if strings.HasSuffix(u.Host, ":") {
		return "its port is no number"
	}
	if n, _ := strconv.ParseUint(port, 10, 16); !c.guard.allowedPort(uint16(n)) {
		return "its port is not one that is asked"
	}
	host := strings.ToLower(u.Hostname())
	if problem := hostProblem(host, strings.HasPrefix(u.Host, "[")); problem != "" {
		return problem
	}
	t.url, t.host = u, host+":"+port
	return ""
}

// hostProblem says what is wrong with a host, empty if nothing is. Resolvers take
// "127.1", "0x7f000001" and "2130706433" for addresses as well, so a name that
// ends in a number is none.
func hostProblem(host string, brackets bool) string {
	if addr, err := netip.ParseAddr(host); err == nil {
		switch {
		case addr.Zone() != "":
			return "its address has a zone"
		case brackets != addr.Is6():
			return "its address is not written as in a URL"
		}
		return ""
	}
	if brackets || len(host) > 253 {
		return "its host is no name"
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.ContainsFunc(l, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return "its host is no name"
		}
	}
	last := labels[len(labels)-1]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == "" {
		return "its host is a number"
	}
	return ""
}

// showURL is the URL for people: without user name and password, and safe to show.
func showURL(raw string) string {
	start := 0
	if i := strings.Index(raw, "//"); i >= 0 {
		start = i + 2
	} else if i := strings.IndexByte(raw, ':'); i >= 0 {
		start = i + 1
	}
	end := len(raw)
	if i := strings.IndexAny(raw[start:], "/?#"); i >= 0 {
		end = start + i
	}
	if i := strings.LastIndexByte(raw[start:end], '@'); i >= 0 {
		raw = raw[:start] + raw[start+i+1:]
	}
	return safetext.Short(raw, maxShown)
}

// points are the URLs of CRLs by distribution point: those of one point are for
// the same list.
func points(cert *certparse.Certificate) (points [][]string) {
	distribution, _ := cert.CRLDistributionPoints()
	for _, d := range distribution {
		if urls := d.FullName.URIs(); len(urls) > 0 && !slices.ContainsFunc(points, func(o []string) bool { return slices.Equal(o, urls) }) {
			points = append(points, urls)
		}
	}
	return points
}
