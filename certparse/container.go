package certparse

import (
	"strings"

	"github.com/certloupe/certloupe/finding"
)

// This file is the outside of containers: the types, and what the formats share.
// A container is unpacked as far as the password goes; what stays closed is a
// finding that names its scheme. Everything that is derived from a password is
// paid for by the one allowance of the input, see keyOpener.

// Container is what was found in a PKCS#7 or PKCS#12 container or in a Java keystore.
type Container struct {
	// Format is "PKCS#7", "PKCS#12", "JKS" or "JCEKS".
	Format string
	// Entries are the contents that have a use here. PKCS#7 and PKCS#12 give them no
	// order, so the certificates stand as in a chain: those of the private keys
	// first, each followed by its issuer. Those of a keystore are in its order.
	Entries []Entry
	// Integrity names the digest or MAC that shows with the password that nothing was
	// changed, such as "HMAC-SHA256"; it is empty if none was verified.
	Integrity string
}

// Entry is one thing in a container.
type Entry struct {
	// Kind is KindCertificate, KindPrivateKey or KindCRL.
	Kind Kind
	// FriendlyName is the name that the owner gave it, which Java calls its alias. It
	// may hold any character. The certificates of a Java keystore's private key
	// have the key's name.
	FriendlyName string
	// LocalKeyID is the same for a private key and its certificate in PKCS#12.
	LocalKeyID []byte
	// DER is a certificate or revocation list as it stands in the container; nil for
	// private keys.
	DER []byte
	// Certificate is nil if the certificate could not be read.
	Certificate *Certificate
	// PrivateKey is nil if the key could not be opened.
	PrivateKey *PrivateKey
}

// ContainerFinding returns the finding that says that the block is a container,
// with what could be taken out of it. It is an error in the table; where a container
// is welcome, the caller lowers it.
func (b *Block) ContainerFinding(at finding.Where) (f finding.Finding, ok bool) {
	contents := finding.Str("contents", b.Container.contents())
	switch b.Kind {
	case KindPKCS7:
		return finding.New("container-pkcs7", at, contents), true
	case KindPKCS12:
		return finding.New("container-pkcs12", at, contents), true
	case KindJavaKeystore:
		format := b.keystoreFormat()
		return finding.New("container-java-keystore", at, finding.Str("format", format), contents), true
	}
	return finding.Finding{}, false
}

// keystoreFormat names the format of a Java keystore.
func (b *Block) keystoreFormat() string {
	if formOf(b.DER) == formJCEKS {
		return "JCEKS"
	}
	return "JKS"
}

// contents says in words what could be taken out.
func (c *Container) contents() string {
	var certificates, keys, lists int
	if c != nil {
		for i := range c.Entries {
			switch e := &c.Entries[i]; {
			case e.Certificate != nil:
				certificates++
			case e.PrivateKey != nil:
				keys++
			case e.Kind == KindCRL:
				lists++
			}
		}
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{certificates, "certificate"}, {keys, "private key"}, {lists, "revocation list"}} {
		switch p.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+p.what)
		default:
			parts = append(parts, itoa(p.n)+" "+p.what+"s")
		}
	}
	if len(parts) == 0 {
		return "nothing that can be read"
	}
	last := parts[len(parts)-1]
	if len(parts) == 1 {
		return last
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + last
}

// Limits on the containers of one input.
const (
	// maxContainerEntries is how many things in containers are read. The largest
	// keystores in use, those with all public CAs, have some hundred.
	maxContainerEntries = 1000
	// maxContainerDepth is how deep the contents of PKCS#12 may be nested. Nobody is
	// known to nest them at all.
	maxContainerDepth = 8
)

// PEM returns the entry in PEM form. For a private key that is its unencrypted
// PKCS#8 form; the caller should clear it after use. It is nil for a key that was
// not opened.
func (e *Entry) PEM() []byte {
	switch {
	case e.Kind == KindCertificate && len(e.DER) > 0:
		return appendPEM(nil, forms[formCertificate].label, nil, e.DER)
	case e.Kind == KindCRL && len(e.DER) > 0:
		return appendPEM(nil, forms[formCRL].label, nil, e.DER)
	case e.PrivateKey != nil:
		if der := e.PrivateKey.encoding(); der != nil {
			return appendPEM(nil, forms[formPKCS8].label, nil, der)
		}
	}
	return nil
}

// Count is how many entries of a kind there are.
func (c *Container) Count(kind Kind) int {
	n := 0
	for i := range c.Entries {
		if c.Entries[i].Kind == kind {
			n++
		}
	}
	return n
}

// unpacker unpacks one container.
type unpacker struct {
	keys      *keyOpener
	where     finding.Where
	container *Container
	findings  []finding.Finding
	// passwords are the ways in which the password may be meant, until one of them
	// is known to be right.
	passwords []passwordForm
	// wrong says that the password is known to be wrong, so that nothing more needs
	// to be tried or said.
	wrong bool
	// locked says that something needs a password, and that none was given.
	locked bool
}

// unpack unpacks the container of a block whose kind says that it is one.
func (o *keyOpener) unpack(b *Block, where finding.Where) (*Container, []finding.Finding) {
	u := &unpacker{keys: o, where: where, container: new(Container), passwords: passwordForms(o.password)}
	defer func(forms []passwordForm) {
		for _, f := range forms {
			clear(f.bmp)
		}
	}(u.passwords)
	switch b.Kind {
	case KindPKCS7:
		u.container.Format = "PKCS#7"
		u.pkcs7(b.DER)
		u.order()
	case KindPKCS12:
		u.container.Format = "PKCS#12"
		u.pkcs12(b.DER)
		u.order()
	case KindJavaKeystore:
		u.container.Format = b.keystoreFormat()
		u.javaKeystore(b.DER)
	}
	u.checkKeyIDs()
	return u.container, u.findings
}

// add adds a finding about the container, once.
func (u *unpacker) add(code finding.Code, data ...finding.Datum) {
	u.append(finding.New(code, u.where, append([]finding.Datum{finding.Str("container", u.container.Format)}, data...)...))
}

// append adds a finding unless it is there already: what is encrypted in the same
// way in many places is said once.
func (u *unpacker) append(f finding.Finding) {
	for _, old := range u.findings {
		if old.Code == f.Code && old.Message == f.Message {
			return
		}
	}
	u.findings = append(u.findings, f)
}

func (u *unpacker) malformed(problem string) {
	u.add("container-malformed", finding.Str("problem", problem))
}

// skipped says that something in the container is of no use here.
func (u *unpacker) skipped(what string) {
	u.add("container-entry-skipped", finding.Str("what", what))
}

// unchecked says why nothing vouches for the contents.
func (u *unpacker) unchecked(reason string) {
	u.add("container-integrity-unchecked", finding.Str("reason", reason))
}

// entry adds an entry, if there may be one more.
func (u *unpacker) entry(e Entry) bool {
	if u.keys.entries == maxContainerEntries {
		u.add("container-too-many-entries", finding.Int("limit", maxContainerEntries))
		return false
	}
	u.keys.entries++
	u.container.Entries = append(u.container.Entries, e)
	return true
}

// certificate adds a certificate.
func (u *unpacker) certificate(der []byte, name string, id []byte) bool {
	c, err := ParseCertificate(der)
	if e, ok := err.(*SyntaxError); ok {
		u.append(finding.New(e.Code, u.where, finding.Str("problem", "a certificate in the container: "+e.Problem)))
	} else {
		der = c.Raw()
	}
	return u.entry(Entry{Kind: KindCertificate, DER: der, Certificate: c, FriendlyName: name, LocalKeyID: id})
}
