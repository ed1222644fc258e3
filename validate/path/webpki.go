package path

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// The profile WebPKI: what the Baseline Requirements of the CA/Browser Forum for
// TLS server certificates (BR) and the root programs demand beyond RFC 5280, as
// far as a reader can see it in the certificate.

// web checks one certificate by itself.
func (k *checker) web() {
	c := k.c
	if c.Version() != 3 {
		k.add("path-web-version", finding.Int("version", c.Version()))
	}
	if problem := webKeyProblem(c.PublicKey()); problem != "" {
		k.add("path-web-key", finding.Str("key", c.PublicKey().Name()), finding.Str("problem", problem))
	}
	k.webKeyIdentifiers()
	if k.role == roleTarget {
		k.webTarget()
	} else if _, presence := k.statedPurposes(); presence != certparse.Absent && k.role == roleAnchor {
		k.add("path-web-purpose", finding.Str("problem", "a root has no extended key usage"))
	}
}

// webKeyProblem is BR, Section 6.1.5 and 6.1.6.
func webKeyProblem(key certparse.PublicKey) string {
	switch key.Algorithm {
	case certparse.RSA:
		switch {
		case key.Bits < 2048:
			return "RSA keys have at least 2048 bits"
		case key.Bits%8 != 0:
			return "the length of an RSA key is a multiple of 8 bits"
		}
		return ""
	case certparse.ECDSA:
		if key.Curve == certparse.P256 || key.Curve == certparse.P384 || key.Curve == certparse.P521 {
			return ""
		}
		return "the curve is not P-256, P-384 or P-521"
	}
	return "the algorithm is not RSA or ECDSA"
}

// webKeyIdentifiers is BR, Section 7.1.2.11.1.
func (k *checker) webKeyIdentifiers() {
	aki, presence := k.c.AuthorityKeyIdentifier()
	if presence != certparse.Present {
		return // Where it must be there, its absence was noticed already.
	}
	problem := ""
	switch {
	case aki.Serial != nil: // Both or neither are there.
		problem = "it names the issuer's issuer and serial number"
	case k.role == roleAnchor && k.c.SelfIssued():
		if ski, presence := k.c.SubjectKeyIdentifier(); presence == certparse.Present && !bytes.Equal(ski, aki.KeyID) {
			problem = "a root's is not the same as its subject key identifier"
		}
	}
	if problem != "" {
		k.add("path-web-authority-key-identifier", finding.Str("problem", problem))
	}
}

// webTarget checks what is asked of a server's certificate, BR, Section 7.1.2.7.
func (k *checker) webTarget() {
	c := k.c
	if b, _ := c.BasicConstraints(); b.CA {
		k.add("ca-as-server")
	}
	k.webPurposes()
	names, presence := c.SubjectAltName()
	if presence != certparse.Present {
		k.add("subject-alt-name-missing")
	}
	for _, n := range names.DNSNames() {
		k.webWildcard(n)
	}
	if common := c.Subject().Values("CN"); len(common) > 0 {
		listed := spellings(names)
		for _, cn := range common {
			if !listed.repeat(cn) {
				k.add("common-name-not-in-san", finding.Str("common_name", cn))
			}
		}
	}
	k.webPeriod()
}

// spelledNames are the alternative names as a common name must repeat them, BR,
// Section 7.1.4.3: a DNS name letter by letter, an address in its usual form (RFC
// 5952).
type spelledNames struct {
	dns, addresses map[string]bool
}

func spellings(names certparse.GeneralNames) spelledNames {
	s := spelledNames{map[string]bool{}, map[string]bool{}}
	for _, n := range names {
		switch n.Type {
		case certparse.NameDNS:
			s.dns[string(n.Raw)] = true
		case certparse.NameIP:
			if a, ok := netip.AddrFromSlice(n.Raw); ok {
				s.addresses[a.String()] = true
			}
		}
	}
	return s
}

// repeat reports whether a common name says nothing that the alternative names
// do not say. It must be one of them; two habits of CAs that contradict no name
// are let pass: the domain below which all names of a wildcard stand, and a host
// name beside addresses only.
func (s spelledNames) repeat(cn string) bool {
	if s.dns[cn] || s.addresses[cn] {
		return true
	}
	host, _ := domain(cn)
	if host != cn || isNumeric(cn) || strings.HasPrefix(cn, "0x") {
		return false
	}
	return len(s.dns) == 0 || s.dns["*."+cn]
}

// webPurposes is BR, Section 7.1.2.7.10.
func (k *checker) webPurposes() {
	purposes, presence := k.statedPurposes()
	problem := ""
	switch {
	case presence == certparse.Absent:
		problem = "a server's certificate states its purpose"
	case slices.Contains(purposes, certparse.EKUAny):
		problem = "anyExtendedKeyUsage is not a purpose"
	case slices.Contains(k.c.CriticalExtensions(), "extKeyUsage"):
		problem = "the extension is not critical in a server's certificate"
	}
	if problem != "" {
		k.add("path-web-purpose", finding.Str("problem", problem))
	}
}

// webWildcard is BR, Section 3.2.2.6: a wildcard is a whole label in front of a
// name below a public suffix.
func (k *checker) webWildcard(name string) {
	base, wildcard, ok := pattern(name)
	if !wildcard || !ok {
		return // A wildcard elsewhere was noticed when the name was read.
	}
	suffix := base[strings.LastIndexByte(base, '.')+1:]
	if k.v.opt.PublicSuffix != nil {
		suffix = k.v.opt.PublicSuffix(base)
	}
	if base != suffix && below(base, suffix) {
		return
	}
	k.add("path-web-wildcard", finding.Str("name", name))
}

// webPeriods are the longest periods of validity, BR, Section 6.3.2 in its
// successive versions, by the day from which on they hold. A period counts both
// of its ends.
var webPeriods = []struct {
	since time.Time
	days  int
}{
	{time.Date(2029, 3, 15, 0, 0, 0, 0, time.UTC), 47},
	{time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC), 100},
	{time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC), 200},
	{time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC), 398},
	{time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC), 825},
	{time.Date(2015, 4, 1, 0, 0, 0, 0, time.UTC), 39 * 31},
	{time.Date(2012, 7, 1, 0, 0, 0, 0, time.UTC), 60 * 31},
}

func (k *checker) webPeriod() {
	from, to, _ := k.c.Validity() // Damaged ones are refused with the rest, and long ago.
	for _, p := range webPeriods {
		if from.Before(p.since) {
			continue
		}
		if !to.Before(from.AddDate(0, 0, p.days)) {
			k.add("path-web-validity", finding.Time("not_before", from), finding.Time("not_after", to), finding.Int("days", p.days))
		}
		return
	}
}
