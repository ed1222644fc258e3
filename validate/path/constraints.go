package path

import (
	"net/netip"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// maxComparisons is how many comparisons of names with name constraints one call
// makes. Real certificates need a few hundred.
const maxComparisons = 250_000

// maxNameProblems is how many names of one certificate are reported as refused.
// Beyond that, one more says nothing new.
const maxNameProblems = 100

// constraint is one subtree of names, ready for comparison.
type constraint struct {
	form certparse.GeneralNameType
	// text is a domain in lower case: a DNS constraint, or the host of a constraint
	// on e-mail addresses or URIs. Empty is every name of the form.
	text string
	// subdomains is for constraints on e-mail addresses and URIs that start with a
	// dot: every host below text, but not text itself.
	subdomains bool
	mailbox    mailbox // of a constraint on one e-mail address
	prefix     netip.Prefix
	name       certparse.Name
	shown      string
}

// constraintSet is the name constraints of one certificate. A name must satisfy
// every set, so that sets never have to be intersected.
type constraintSet struct {
	permitted, excluded []constraint
	// forms has a bit for each form that is permitted in part or excluded.
	forms uint16
}

// supported are the forms whose constraints are understood.
const supported = 1<<certparse.NameDNS | 1<<certparse.NameEmail | 1<<certparse.NameURI | 1<<certparse.NameIP | 1<<certparse.NameDirectory

// initialConstraints are those of Options.
type initialConstraints struct {
	set      *constraintSet
	findings []finding.Finding
}

func prepareInitial(opt Options) (in initialConstraints) {
	if len(opt.Permitted)+len(opt.Excluded) > 0 {
		in.set, in.findings = newConstraintSet(certparse.NameConstraints{Permitted: opt.Permitted, Excluded: opt.Excluded})
	}
	return in
}

// readConstraints returns the name constraints of a CA's certificate; nil if it has none.
func readConstraints(c *certparse.Certificate) (*constraintSet, []finding.Finding) {
	nc, presence := c.NameConstraints()
	if presence != certparse.Present {
		return nil, nil // Malformed ones are refused with what concerns the certificate alone.
	}
	return newConstraintSet(nc)
}

func newConstraintSet(nc certparse.NameConstraints) (*constraintSet, []finding.Finding) {
	set := &constraintSet{}
	var fs []finding.Finding
	read := func(names certparse.GeneralNames) (list []constraint) {
		for _, n := range names {
			c, ok := newConstraint(n)
			if !ok {
				fs = append(fs, finding.New("path-name-constraint-invalid", finding.Where{},
					finding.Str("type", n.Type.String()), finding.Str("value", n.Value)).As(finding.Error))
				continue
			}
			set.forms |= 1 << n.Type
			list = append(list, c)
		}
		return list
	}
	set.permitted, set.excluded = read(nc.Permitted), read(nc.Excluded)
	return set, fs
}

// newConstraint reads one subtree, RFC 5280, Section 4.2.1.10. A constraint of a
// form that is not supported is kept for its form.
func newConstraint(n certparse.GeneralName) (c constraint, ok bool) {
	c = constraint{form: n.Type, shown: n.Value}
	raw := string(n.Raw)
	switch n.Type {
	case certparse.NameDNS:
		if raw == "" {
			return c, true
		}
		c.text, ok = domain(raw)
	case certparse.NameEmail:
		if strings.Contains(raw, "@") {
			c.mailbox, ok = parseMailbox(raw, false)
			return c, ok
		}
		c.text, c.subdomains, ok = hostConstraint(raw)
	case certparse.NameURI:
		c.text, c.subdomains, ok = hostConstraint(raw)
	case certparse.NameIP:
		c.prefix, ok = n.Prefix()
	case certparse.NameDirectory:
		c.name, ok = certparse.NameFromDER(n.Raw), true
	default:
		return c, n.Type < certparse.NameUnknown
	}
	return c, ok
}

// hostConstraint reads a constraint that is a host, or a dot and a domain.
func hostConstraint(s string) (host string, subdomains, ok bool) {
	if s == "" {
		return "", false, true
	}
	rest, subdomains := strings.CutPrefix(s, ".")
	host, ok = domain(rest)
	return host, subdomains, ok
}

// host reports whether a host satisfies a constraint on e-mail addresses or URIs.
func (c *constraint) host(host string) bool {
	switch {
	case c.text == "":
		return true
	case c.subdomains:
		return host != c.text && below(host, c.text)
	}
	return host == c.text
}

// subject is one name of a certificate, ready for comparison.
type subject struct {
	form  certparse.GeneralNameType
	shown string
	// ok is false for a name that does not have the form it should have. It
	// satisfies no constraint on that form.
	ok       bool
	text     string // a domain: of a dNSName, a mailbox or a URI
	wildcard bool   // of a dNSName, whose text then lacks the wildcard
	mailbox  mailbox
	addr     netip.Addr
	name     certparse.Name
}

// permits reports whether every name that s stands for is in the subtree.
func (c *constraint) permits(s *subject) bool {
	switch c.form {
	case certparse.NameDNS:
		return c.text == "" || below(s.text, c.text)
	case certparse.NameEmail:
		if c.mailbox.domain != "" {
			return s.mailbox == c.mailbox
		}
		return c.host(s.mailbox.domain)
	case certparse.NameURI:
		return c.host(s.text)
	case certparse.NameIP:
		return c.prefix.Contains(s.addr)
	case certparse.NameDirectory:
		return s.name.Within(c.name)
	}
	return false
}

// excludes reports whether any name that s stands for is in the subtree. A
// wildcard stands for every label, and so for a name that is excluded itself.
func (c *constraint) excludes(s *subject) bool {
	if s.wildcard {
		if _, parent, _ := strings.Cut(c.text, "."); parent == s.text {
			return true
		}
	}
	return c.permits(s)
}

// subjects returns all names of a certificate that constraints may concern.
func subjects(c *certparse.Certificate) []subject {
	var list []subject
	if !c.Subject().Empty() {
		list = append(list, subject{form: certparse.NameDirectory, shown: c.Subject().String(), ok: true, name: c.Subject()})
	}
	names, presence := c.SubjectAltName()
	for _, n := range names {
		s := subject{form: n.Type, shown: n.Value}
		switch n.Type {
		case certparse.NameDNS:
			s.text, s.wildcard, s.ok = pattern(string(n.Raw))
		case certparse.NameEmail:
			s.mailbox, s.ok = parseMailbox(string(n.Raw), false)
		case certparse.NameURI:
			s.text, s.ok = uriHost(string(n.Raw))
		case certparse.NameIP:
			s.addr, s.ok = address(n.Raw)
		case certparse.NameDirectory:
			s.name, s.ok = certparse.NameFromDER(n.Raw), true
		case certparse.NameOther: // Constraints on e-mail addresses hold for international ones too.
			if a, is := smtpUTF8Mailbox(n.Raw); is {
				e := subject{form: certparse.NameEmail, shown: n.Value}
				e.mailbox, e.ok = parseMailbox(a, true)
				list = append(list, e)
			}
		}
		list = append(list, s)
	}
	if presence == certparse.Absent {
		// RFC 5280, Section 4.2.1.10: addresses in the subject count if there are no
		// alternative names.
		for _, rdn := range c.Subject().RDNs() {
			for _, a := range rdn {
				if a.OID == "1.2.840.113549.1.9.1" {
					s := subject{form: certparse.NameEmail, shown: a.Value}
					s.mailbox, s.ok = parseMailbox(a.Value, false)
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// names is RFC 5280, Section 6.1.3 (b) and (c). A certificate of a CA for itself
// is exempt unless it is the last. It returns false when the budget is used up.
func (v *validator) checkNames(s *state, d *dossier, i int, exempt bool, j *judgement) bool {
	if exempt || len(s.constraints) == 0 {
		return true
	}
	list, problems := d.constrainedNames(), 0
	for k := range list {
		name := &list[k]
		v.comparisons++
		for _, set := range s.constraints {
			if set.forms>>name.form&1 == 0 {
				continue
			}
			// A long distinguished name takes as long as many short names.
			if v.comparisons += (len(set.permitted) + len(set.excluded)) * (1 + len(name.name.Raw())/4); v.comparisons > maxComparisons {
				j.add("path-budget", i, finding.Str("what", "comparisons with name constraints"), finding.Int("limit", maxComparisons))
				return false
			}
			if !set.admit(name, i, j) {
				if problems++; problems == maxNameProblems {
					return true
				}
				break
			}
		}
	}
	return true
}

// admit checks one name against one set.
func (set *constraintSet) admit(s *subject, i int, j *judgement) bool {
	typ, name := finding.Str("type", s.form.String()), finding.Str("name", s.shown)
	switch {
	case supported>>s.form&1 == 0:
		j.add("path-name-constraint-unsupported", i, typ, name)
		return false
	case !s.ok:
		j.add("path-name-not-comparable", i, typ, name)
		return false
	}
	limited, permitted := false, false
	for k := range set.permitted {
		if c := &set.permitted[k]; c.form == s.form {
			limited = true
			if permitted = c.permits(s); permitted {
				break
			}
		}
	}
	if limited && !permitted {
		j.add("path-name-not-permitted", i, typ, name)
		return false
	}
	for k := range set.excluded {
		if c := &set.excluded[k]; c.form == s.form && c.excludes(s) {
			j.add("path-name-excluded", i, typ, name, finding.Str("constraint", c.shown))
			return false
		}
	}
	return true
}
