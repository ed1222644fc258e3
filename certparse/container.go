package certparse

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

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
		return "nothing that could be taken out"
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

// passwordForm is a password in both encodings that key derivations want.
type passwordForm struct {
	octets []byte
	// bmp is the encoding of PKCS#12.
	bmp []byte
}

// passwordForms are the ways in which a password may be meant. No password in the
// encoding of PKCS#12 is either two zero bytes or nothing at all, and software
// writes both. Older versions of OpenSSL took the bytes of UTF-8 for characters.
func passwordForms(password []byte) []passwordForm {
	if len(password) == 0 {
		return []passwordForm{{bmp: bmpPassword(nil)}, {}}
	}
	forms := []passwordForm{{password, bmpPassword(password)}}
	if utf8.Valid(password) && slices.ContainsFunc(password, func(c byte) bool { return c >= utf8.RuneSelf }) {
		forms = append(forms, passwordForm{password, bmpPassword([]byte(latin1(password)))})
	}
	return forms
}

// as is the password as a key derivation wants it.
func (f passwordForm) as(k *kdf) []byte {
	if k.unicode {
		return f.bmp
	}
	return f.octets
}

// passwordsFor are the forms that are different for a key derivation.
func (u *unpacker) passwordsFor(k *kdf) []passwordForm {
	if !k.unicode {
		return u.passwords[:min(len(u.passwords), 1)]
	}
	return u.passwords
}

// settle records that the password was right in the given form.
func (u *unpacker) settle(form int, k *kdf) {
	if k.unicode {
		u.passwords = u.passwords[form : form+1]
	}
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

// order puts the certificates into the order of chains.
func (u *unpacker) order() {
	entries := u.container.Entries
	var ordered []Entry
	taken := make([]bool, len(entries))
	take := func(i int) {
		taken[i] = true
		ordered = append(ordered, entries[i])
	}
	isLeft := func(i int) bool { return !taken[i] && entries[i].Certificate != nil }
	// chain takes a certificate and then, as long as there is one, the issuer.
	chain := func(i int) {
		for i >= 0 {
			take(i)
			c := entries[i].Certificate
			i = -1
			for k := range entries {
				if isLeft(k) && !c.SelfIssued() && bytes.Equal(entries[k].Certificate.RawSubject(), c.RawIssuer()) {
					i = k
					break
				}
			}
		}
	}
	issuers := map[string]bool{}
	for i := range entries {
		if c := entries[i].Certificate; c != nil && !c.SelfIssued() {
			issuers[string(c.RawIssuer())] = true
		}
	}
	isIssuer := func(i int) bool { return issuers[string(entries[i].Certificate.RawSubject())] }
	// The certificates of the keys: those that are tied to them, and then all others.
	for _, tied := range []bool{true, false} {
		for _, e := range entries {
			for i := range entries {
				if e.PrivateKey != nil && isLeft(i) && e.PrivateKey.Matches(entries[i].Certificate.PublicKey()) &&
					(tied && len(e.LocalKeyID) > 0 && bytes.Equal(e.LocalKeyID, entries[i].LocalKeyID) || !tied && !isIssuer(i)) {
					chain(i)
				}
			}
		}
	}
	for i := range entries {
		if isLeft(i) && !isIssuer(i) {
			chain(i)
		}
	}
	for i := range entries {
		if isLeft(i) {
			chain(i)
		}
	}
	for i := range entries {
		if !taken[i] {
			take(i)
		}
	}
	u.container.Entries = ordered
}

// checkKeyIDs compares what PKCS#12 says about which certificate belongs to a
// private key with what the keys themselves say.
func (u *unpacker) checkKeyIDs() {
	entries := u.container.Entries
	for i := range entries {
		key, id := entries[i].PrivateKey, entries[i].LocalKeyID
		if key == nil || len(id) == 0 {
			continue
		}
		named, matches := false, false
		for k := range entries {
			if c := entries[k].Certificate; c != nil && bytes.Equal(entries[k].LocalKeyID, id) {
				named = true
				matches = matches || key.Matches(c.PublicKey())
			}
		}
		if named && !matches {
			u.add("container-key-id-mismatch", finding.Str("id", hexUpper(id[:min(len(id), 32)])))
		}
	}
}

// decrypt opens what a scheme of PKCS#5 or PKCS#12 has encrypted, with each form
// of the password until accept takes what came out. The algorithm is in BER, and
// the codes are those for a private key or for other contents.
func (u *unpacker) decrypt(algorithm, ciphertext []byte, codes encryptionCodes, accept func(e *encryption, plain []byte) bool) bool {
	e, problem := readScheme(algorithm, ciphertext)
	if problem != nil {
		u.problem(problem, codes)
		return false
	}
	scheme := finding.Str("scheme", e.name)
	if u.wrong {
		return false
	}
	for i, form := range u.passwordsFor(&e.kdf) {
		if problem := e.kdf.tooCostly(e.name, u.keys.work); problem != nil {
			u.problem(problem, codes)
			return false
		}
		u.keys.work += e.kdf.work
		plain, ok := e.decryptEncoded(form.as(&e.kdf))
		if ok && accept(e, plain) {
			u.settle(i, &e.kdf)
			return true
		}
		if ok {
			clear(plain)
		}
	}
	if u.keys.password == nil {
		u.locked = true
		u.add(codes.missing, scheme)
	} else {
		u.add(codes.wrong, scheme)
	}
	return false
}

// encryptionCodes are the findings about something that is encrypted.
type encryptionCodes struct{ missing, wrong, unsupported, cost, malformed finding.Code }

var (
	// Whatever is encrypted in a container needs the same advice: give the password.
	keyCodesInContainer = encryptionCodes{"container-encrypted", "private-key-password-wrong",
		"private-key-encryption-unsupported", "private-key-kdf-cost", "private-key-malformed"}
	contentCodes = encryptionCodes{"container-encrypted", "container-password-wrong",
		"container-encryption-unsupported", "container-kdf-cost", "container-malformed"}
)

// problem adds a problem of a private key, with the code that fits what it is about.
func (u *unpacker) problem(p *keyProblem, codes encryptionCodes) {
	code := p.code
	switch code {
	case keyCodesInContainer.unsupported:
		code = codes.unsupported
	case keyCodesInContainer.cost:
		code = codes.cost
	case keyCodesInContainer.malformed:
		code = codes.malformed
	}
	u.add(code, p.data...)
}

// readScheme reads how something is encrypted from an AlgorithmIdentifier in BER.
func readScheme(algorithm, ciphertext []byte) (*encryption, *keyProblem) {
	der, _, ok := berToDER(algorithm)
	if !ok || len(der) > maxPrivateKeySize {
		return nil, malformed("its encryption scheme cannot be read")
	}
	r := encryptionReader{derReader{der: der}}
	id, ok := r.algorithmIdentifier(0, uint32(len(der)))
	if !ok {
		return nil, r.syntax("the encryption scheme")
	}
	e, problem := r.scheme(id)
	if problem != nil {
		return nil, problem.hidden()
	}
	e.ciphertext = ciphertext
	return e, nil
}

// encryptedKey adds a private key that is encrypted as PKCS#8 has it.
func (u *unpacker) encryptedKey(ber []byte, name string, id []byte) bool {
	entry := Entry{Kind: KindPrivateKey, FriendlyName: name, LocalKeyID: id}
	info, _, ok := berNext(ber)
	in := info.inside()
	algorithm, ok1 := in.next(tagSequence)
	field, ok2 := in.any()
	ciphertext, ok3 := field.octets(tagOctetString)
	if !ok || info.tag != tagSequence || !ok1 || !ok2 || !ok3 || len(ciphertext) > maxPrivateKeySize {
		u.malformed("an encrypted private key in it has not the form of PKCS#8")
		return u.entry(entry)
	}
	u.decrypt(algorithm.whole, ciphertext, keyCodesInContainer, func(e *encryption, plain []byte) bool {
		defer clear(plain)
		key, fs, opened := u.openedKey(e, plain)
		if key != nil {
			key.encryption = e.name
		}
		entry.PrivateKey = key
		for _, f := range fs {
			u.append(f)
		}
		return opened
	})
	return u.entry(entry)
}

// openedKey reads a key that was decrypted; opened says that the password was
// right, even if the key is of no use.
func (u *unpacker) openedKey(e *encryption, plain []byte) (key *PrivateKey, fs []finding.Finding, opened bool) {
	key, notes, problem := decodeKeyInBER(plain)
	if problem != nil {
		// As with keys outside of containers: nonsense means a wrong password,
		// unless the cipher itself vouches for what came out.
		if problem.code == "private-key-malformed" && !e.authenticated() {
			return nil, nil, false
		}
		return nil, []finding.Finding{problem.hidden().finding(u.where)}, true
	}
	for _, n := range notes {
		fs = append(fs, n.hidden().finding(u.where))
	}
	if e.weak {
		fs = append(fs, finding.New("private-key-weak-encryption", u.where, finding.Str("scheme", e.name)))
	}
	return key, fs, true
}

// plainKey adds a private key that is not encrypted by itself.
func (u *unpacker) plainKey(ber []byte, name string, id []byte) bool {
	key, notes, problem := decodeKeyInBER(ber)
	if problem != nil {
		u.append(problem.hidden().finding(u.where))
	}
	for _, n := range notes {
		u.append(n.hidden().finding(u.where))
	}
	return u.entry(Entry{Kind: KindPrivateKey, FriendlyName: name, LocalKeyID: id, PrivateKey: key})
}

// decodeKeyInBER reads an unencrypted private key that may be BER, as containers
// may be.
func decodeKeyInBER(ber []byte) (*PrivateKey, []*keyProblem, *keyProblem) {
	if len(ber) <= maxPrivateKeySize {
		if der, c, ok := berToDER(ber); ok && (c.indefinite > 0 || c.pieces > 0) {
			defer clear(der)
			return decodePrivateKey(der, "")
		}
	}
	return decodePrivateKey(ber, "")
}
