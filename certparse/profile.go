package certparse

import "github.com/certloupe/certloupe/finding"

// profile checks what fields say together, once all of them have been read. It
// asks for extensions only of version 3 certificates, because the others cannot
// have any.
func (p *parser) profile() {
	c := p.c
	basic, basicPresence := c.BasicConstraints()
	usage, usagePresence := c.KeyUsage()
	san := c.find(extSubjectAltName)
	isCA := basicPresence == Present && basic.CA

	if c.subject.body == c.subject.end {
		switch {
		case isCA:
			p.note("subject-empty", "subject", c.subject.start, finding.Str("problem", "the certificate is a CA"))
		case san == nil:
			p.note("subject-empty", "subject", c.subject.start, finding.Str("problem", "there is no subject alternative name"))
		case !san.critical:
			p.note("subject-empty", "subject", c.subject.start, finding.Str("problem", "the subject alternative name is not critical"))
		}
	} else if san != nil && san.critical {
		p.note("extension-should-not-be-critical", "san", san.start, finding.Str("extension", "subjectAltName"))
	}
	if c.version < 3 {
		return
	}

	mayBeCA := isCA || basicPresence == Malformed // If nobody knows, nothing is held against it.
	signs := usagePresence == Present && usage.Has(KeyCertSign)
	if x := c.find(extBasicConstraints); x != nil {
		if basicPresence == Present && basic.PathLen >= 0 && (!isCA || usagePresence == Present && !signs) {
			p.note("basic-constraints-path-length", "extensions", x.start)
		}
		if isCA && !x.critical {
			p.note("extension-should-be-critical", "extensions", x.start, finding.Str("extension", "basicConstraints"))
		}
	}
	if x := c.find(extKeyUsage); x != nil && signs && !mayBeCA {
		p.note("key-usage-without-ca", "key_usage", x.start)
	}
	if x := c.find(extNameConstraints); x != nil && !mayBeCA {
		p.note("name-constraints-not-ca", "extensions", x.start)
	}
	list := c.extensionsField.start
	if list == 0 {
		list = c.tbs.end // Where the extensions would stand.
	}
	if isCA && !signs && usagePresence != Malformed {
		p.note("ca-without-key-usage", "key_usage", list)
	}
	if isCA && c.presence(extSubjectKeyIdentifier) == Absent {
		p.note("subject-key-identifier-missing", "extensions", list)
	}
	if !c.SelfIssued() && c.presence(extAuthorityKeyIdentifier) == Absent {
		p.note("authority-key-identifier-missing", "extensions", list)
	}
}
