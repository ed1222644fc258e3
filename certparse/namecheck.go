package certparse

// The syntax of the names that clients compare: host names, e-mail addresses and
// URIs. Each check returns what is wrong, or nothing.

// byteClass says where a byte may stand.
type byteClass uint8

const (
	inHost   byteClass = 1 << iota // letter, digit, hyphen or dot
	inURI                          // RFC 3986
	inAtom                         // RFC 5322, Section 3.2.3, and the dot
	isDigit                        //
	inScheme                       // RFC 3986, Section 3.1
)

var byteClasses = func() (t [256]byteClass) {
	add := func(chars string, class byteClass) {
		for i := range len(chars) {
			t[chars[i]] |= class
		}
	}
	const digits = "0123456789"
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	add(digits, isDigit)
	add(letters+digits, inHost|inURI|inAtom|inScheme)
	add("-.", inHost|inURI|inAtom|inScheme)
	add("+", inScheme)
	add(":/?#[]@!$&'()*+,;=_~%", inURI)
	add("!#$%&'*+/=?^_`{|}~", inAtom)
	return t
}()

// dnsProblem checks a host name against the preferred name syntax of RFC 1034,
// Section 3.5, in the version of RFC 1123, which RFC 5280 requires. Underscores
// break it too but are told apart, because clients accept them. A subject's name
// may have a wildcard as its whole first label; a constraint may be empty.
func dnsProblem(b []byte, use nameUse) (problem string, underscore bool) {
	switch {
	case len(b) == 0:
		if use == nameConstraint {
			return "", false
		}
		return "it is empty", false
	case len(b) > 253:
		return "it is longer than 253 characters", false
	case use == nameConstraint && b[0] == '.':
		return "a constraint does not start with a dot", false
	case use == nameConstraint && b[0] == '*':
		return "a constraint has no wildcard; it covers all names below it anyway", false
	}
	label, rest := 0, b
	if b[0] == '*' {
		if len(b) < 3 || b[1] != '.' {
			return "a wildcard must be the whole first label of a longer name", false
		}
		label, rest = 2, b[2:]
	}
	all := inHost
	for i, c := range rest {
		all &= byteClasses[c]
		if c == '.' {
			dot := len(b) - len(rest) + i
			if problem := labelProblem(b[label:dot]); problem != "" {
				return problem, false
			}
			label = dot + 1
		}
	}
	if all != inHost {
		for _, c := range rest {
			if byteClasses[c]&inHost == 0 && c != '_' {
				return hostCharacter(c), true
			}
		}
		underscore = true
	}
	if label == len(b) {
		return "it ends with a dot", underscore
	}
	if isNumber(b[label:]) {
		return "its last label is a number; an address must be of the type iPAddress", underscore
	}
	return labelProblem(b[label:]), underscore
}

func isNumber(b []byte) bool {
	for _, c := range b {
		if byteClasses[c]&isDigit == 0 {
			return false
		}
	}
	return true
}

func labelProblem(label []byte) string {
	switch {
	case len(label) == 0:
		return "a label is empty"
	case len(label) > 63:
		return "a label is longer than 63 characters"
	case label[0] == '-' || label[len(label)-1] == '-':
		return "a label starts or ends with a hyphen"
	}
	return ""
}

// hostCharacter says why c may not stand in a host name.
func hostCharacter(c byte) string {
	switch {
	case c == 0:
		return "it has a NUL character, at which some software stops reading"
	case c >= 0x80:
		return "it has characters beyond ASCII; an international name must be written with xn--"
	case c <= ' ' || c == 0x7f:
		return "it has a blank or a control character"
	case c == '*':
		return "a wildcard must be the whole first label"
	case c == ':' || c == '/':
		return "it is a URL or has a port; only the host name may stand here"
	case c == '@':
		return "it is an e-mail address; only a host name may stand here"
	}
	return "it has a character that host names do not have"
}

// emailProblem checks the Mailbox of RFC 2821, Section 4.1.2. A constraint may
// also be a host, or a domain with a dot before it (RFC 5280, Section 4.2.1.10).
func emailProblem(b []byte, use nameUse) string {
	at := -1
	for i, c := range b {
		switch {
		case c >= 0x80:
			return "it has characters beyond ASCII; such an address must be a SmtpUTF8Mailbox"
		case c < ' ' || c == 0x7f:
			return "it has a control character"
		case c == '@':
			at = i
		}
	}
	local, domain := b[:max(at, 0)], b[at+1:]
	if at < 0 && use == nameConstraint {
		if len(domain) > 1 && domain[0] == '.' {
			domain = domain[1:]
		}
	} else {
		switch {
		case at < 0:
			return "it has no @"
		case at == 0:
			return "nothing stands before the @"
		case local[0] == '"' && len(local) > 1 && local[at-1] == '"':
			// A quoted local part may have any printable character.
		case local[0] == '.' || local[at-1] == '.':
			return "a dot stands at an end of the part before the @"
		default:
			for _, c := range local {
				if byteClasses[c]&inAtom == 0 {
					return "the part before the @ has a character that must be quoted"
				}
			}
		}
		if len(domain) > 2 && domain[0] == '[' && domain[len(domain)-1] == ']' {
			return "" // An address literal.
		}
	}
	if problem, _ := dnsProblem(domain, nameElsewhere); problem != "" || domain[0] == '*' {
		return "what stands after the @ is not a host name"
	}
	return ""
}

// uriProblem checks a URI: RFC 5280, Section 4.2.1.6 wants it absolute, with a
// scheme and something behind it, and with a host if it has an authority. The
// last is left alone elsewhere, because RFC 5280 itself allows ldap:/// there. A
// constraint is a host, or a domain with a dot before it.
func uriProblem(b []byte, use nameUse) string {
	if use == nameConstraint {
		if len(b) > 1 && b[0] == '.' {
			b = b[1:]
		}
		if problem, _ := dnsProblem(b, nameElsewhere); problem != "" || b[0] == '*' {
			return "a constraint on URIs must be a host name, or a domain with a dot before it"
		}
		return ""
	}
	scheme := 0
	for scheme < len(b) && byteClasses[b[scheme]]&inScheme != 0 {
		scheme++
	}
	switch {
	case scheme == 0 || scheme == len(b) || b[scheme] != ':' || b[0]|0x20 < 'a' || b[0]|0x20 > 'z':
		return "it does not start with a scheme such as https:"
	case scheme+1 == len(b):
		return "nothing follows its scheme"
	}
	rest, all := b[scheme+1:], inURI
	for _, c := range rest {
		all &= byteClasses[c]
	}
	if all != inURI {
		return "it has a character that URIs do not have"
	}
	if use == nameOfSubject && len(rest) >= 2 && rest[0] == '/' && rest[1] == '/' && (len(rest) == 2 || rest[2] == '/') {
		return "it has no host"
	}
	return ""
}
