package certparse

import (
	"bytes"
	"math/big"
	"slices"
	"time"

	"github.com/certloupe/certloupe/finding"
)

// MaxCertificateSize is the largest certificate in bytes that is read. Real ones
// have a few thousand, those with post-quantum signatures or very many names some
// hundred thousand. What is shown of a certificate can be fifteen times as long.
const MaxCertificateSize = 1 << 20

// maxNotes is how many departures from the standard are kept for one
// certificate. Beyond that, one more says nothing new.
const maxNotes = 100

// maxExtensions is how many extensions of one certificate are read.
const maxExtensions = 1000

// Certificate is an X.509 certificate, read leniently. Its methods decode what
// they return when they are called; none of them changes the certificate, so it
// may be used by several goroutines at once.
type Certificate struct {
	// The struct has 512 bytes; beyond that, allocating it costs more. Fields that
	// are hardly ever asked for are found again from those beside them.

	raw []byte

	tbs, serial, issuer, subject, spki element
	outerAlgorithm, signature          element

	notBefore, notAfter int64
	validityForm        timeForm
	version             uint8

	// The public key, see publickey.go.
	keyAlgorithm KeyAlgorithm
	keyCurve     Curve
	keyBits      uint32
	keyValue     span

	// The extensions in their order; most certificates have at most ten.
	extensionsField element
	few             [10]extension
	more            []extension
	// known has a bit for each known extension that is there, damaged one for each
	// that cannot be relied on.
	known, damaged uint32
	extensionCount uint16
	// What every path asks for is decoded once.
	usage KeyUsage
	basic BasicConstraints

	signatureAlgorithm SignatureAlgorithm

	// odd is nil for a certificate without departures from the standard.
	odd *oddities
}

// oddities are what there is to say about a certificate that is not as it should be.
type oddities struct {
	notes []note
	// ber is the certificate as it was given, if that is BER; Certificate.raw is
	// its DER then.
	ber []byte
}

// notes are the departures from the standard in the order in which they were noticed.
func (c *Certificate) notes() []note {
	if c.odd == nil {
		return nil
	}
	return c.odd.notes
}

// note is a departure from the standard, kept small until somebody asks for it.
type note struct {
	code   finding.Code
	field  string
	offset uint32
	data   []finding.Datum
}

// ParseCertificate reads the DER of one certificate. It returns an error, a
// *[SyntaxError], only if the bytes have not the outer shape of a certificate up
// to its public key; every other departure from the standard is in
// [Certificate.Findings], and BER in place of DER is one of them. The certificate
// keeps der, which must not be changed afterwards.
func ParseCertificate(der []byte) (*Certificate, error) { return parseCertificate(der, nil) }

func parseCertificate(der []byte, m *memory) (*Certificate, error) {
	if len(der) > MaxCertificateSize {
		return nil, &SyntaxError{Code: "der-malformed", Problem: "the certificate has more than 1 MiB"}
	}
	c := m.certificate(der)
	p := parser{derReader: derReader{der: der}, c: c, memory: m}
	if err := p.certificate(); err != nil || c.odd != nil {
		return orBER(c, err, der)
	}
	return c, nil
}

// parser reads one certificate.
type parser struct {
	derReader
	c *Certificate
	// memory is where the certificate comes from, nil if it is made anew.
	memory *memory
}

// note records a departure from the standard.
func (p *parser) note(code finding.Code, field string, offset uint32, data ...finding.Datum) {
	if p.c.odd == nil {
		p.c.odd = p.memory.oddities(p.c)
	}
	if odd := p.c.odd; len(odd.notes) < maxNotes {
		odd.notes = append(odd.notes, note{code, field, offset, data})
	}
}

func (p *parser) certificate() error {
	c := p.c
	outer, ok := p.expect(0, uint32(len(p.der)), tagSequence)
	if !ok {
		return p.syntaxError("this is not a certificate")
	}
	if c.tbs, ok = p.expect(outer.body, outer.end, tagSequence); !ok {
		return p.syntaxError("the signed part of the certificate (tbsCertificate) cannot be read")
	}
	if err := p.tbsCertificate(); err != nil {
		return err
	}
	if c.outerAlgorithm, ok = p.expect(c.tbs.end, outer.end, tagSequence); !ok {
		return p.syntaxError("the signature algorithm cannot be read")
	}
	if c.signature, ok = p.expect(c.outerAlgorithm.end, outer.end, tagBitString); !ok {
		return p.syntaxError("the signature cannot be read")
	}
	p.bitString(c.signature, "signature")
	p.signatureAlgorithms()
	if c.signature.end != outer.end {
		p.note("der-trailing-bytes", "", c.signature.end,
			finding.Int("count", int(outer.end-c.signature.end)), finding.Str("what", "certificate's last field"))
	}
	if trailing := len(p.der) - int(outer.end); trailing > 0 {
		p.note("der-trailing-bytes", "", outer.end, finding.Int("count", trailing), finding.Str("what", "certificate"))
		c.raw = p.der[:outer.end:outer.end]
	}
	if p.longLength > 0 {
		p.note("der-length-not-minimal", "", p.longLength-1)
	}
	return nil
}

// tbsCertificate reads the signed part, RFC 5280, Section 4.1.
func (p *parser) tbsCertificate() error {
	c := p.c
	pos, end := c.tbs.body, c.tbs.end
	e, ok := p.read(pos, end)
	if !ok {
		return p.syntaxError("the signed part of the certificate is empty")
	}
	c.version = 1
	if e.tag == contextConstructed(0) {
		p.versionNumber(e)
		pos = e.end
	}
	if c.serial, ok = p.expect(pos, end, tagInteger); !ok {
		return p.syntaxError("the serial number cannot be read")
	}
	p.serialNumber()
	inner, ok := p.expect(c.serial.end, end, tagSequence)
	if !ok {
		return p.syntaxError("the signature algorithm of the signed part cannot be read")
	}
	if c.issuer, ok = p.expect(inner.end, end, tagSequence); !ok {
		return p.syntaxError("the issuer cannot be read")
	}
	validity, ok := p.expect(c.issuer.end, end, tagSequence)
	if !ok {
		return p.syntaxError("the validity cannot be read")
	}
	if c.subject, ok = p.expect(validity.end, end, tagSequence); !ok {
		return p.syntaxError("the subject cannot be read")
	}
	if c.spki, ok = p.expect(c.subject.end, end, tagSequence); !ok {
		return p.syntaxError("the public key cannot be read")
	}
	p.readValidity(validity)
	p.name(c.issuer, "issuer")
	p.name(c.subject, "subject")
	p.publicKey()
	if c.issuer.body == c.issuer.end {
		p.note("issuer-empty", "issuer", c.issuer.start)
	}

	for pos = c.spki.end; pos < end; pos = e.end {
		if e, ok = p.read(pos, end); !ok {
			p.note("der-malformed", "", p.problemAt, finding.Str("problem", p.problem))
			c.damaged = ^uint32(0) // The extensions may have been in there.
			break
		}
		switch e.tag {
		case contextTag(1), contextTag(2), contextConstructed(1), contextConstructed(2):
			if c.version == 1 {
				p.note("version-too-old", "version", c.tbs.body, finding.Int("version", 1), finding.Str("field", "unique identifiers"))
			}
		case contextConstructed(3):
			if c.extensionsField.start > 0 {
				p.note("der-malformed", "extensions", e.start, finding.Str("problem", "the extensions stand there twice"))
				continue
			}
			c.extensionsField = e
			if c.version < 3 {
				p.note("version-too-old", "version", c.tbs.body, finding.Int("version", int(c.version)), finding.Str("field", "extensions"))
			}
			p.extensions(e)
		default:
			p.note("der-malformed", "", e.start, finding.Str("problem", "an unknown field stands after the public key"))
		}
	}
	p.profile()
	return nil
}

func (p *parser) versionNumber(e element) {
	v, ok := p.expect(e.body, e.end, tagInteger)
	if !ok || v.end != e.end {
		p.note("der-malformed", "version", e.start, finding.Str("problem", "the version is not a number"))
		return
	}
	n, ok := smallInteger(v.content().of(p.der))
	switch {
	case !ok || n > 2:
		shown := "0x" + hexLower(v.content().of(p.der))
		if ok {
			shown = itoa(n + 1)
		}
		p.note("version-invalid", "version", v.start, finding.Str("version", shown))
		p.c.version = 3 // Whatever it is, it is newer than 1 and 2.
	case n == 0:
		p.note("der-default-encoded", "version", e.start, finding.Str("field", "version"))
	default:
		p.c.version = uint8(n + 1)
	}
}

func (p *parser) serialNumber() {
	s := p.c.serial
	b := s.content().of(p.der)
	switch {
	case len(b) == 0:
		p.note("der-malformed", "serial_number", s.start, finding.Str("problem", "the serial number has no content"))
		return
	case b[0] >= 0x80:
		p.note("serial-negative", "serial_number", s.start)
	case len(b) == 1 && b[0] == 0:
		p.note("serial-zero", "serial_number", s.start)
	}
	if !isIntegerMinimal(b) {
		p.note("integer-not-minimal", "serial_number", s.start, finding.Str("field", "serial number"))
	}
	if len(b) > 20 {
		p.note("serial-too-long", "serial_number", s.start, finding.Int("octets", len(b)))
	}
}

func (p *parser) readValidity(validity element) {
	c := p.c
	from, ok1 := p.read(validity.body, validity.end)
	var to element
	ok2 := false
	if ok1 {
		to, ok2 = p.read(from.end, validity.end)
	}
	if !ok2 || to.end != validity.end {
		p.note("validity-malformed", "validity", validity.start,
			finding.Str("field", "validity's"), finding.Str("found", "it does not consist of two dates"))
		if !ok2 {
			c.validityForm = timeUnreadable
			return
		}
	}
	var forms [2]timeForm
	c.notBefore, forms[0] = parseTime(from.tag, from.content().of(p.der))
	c.notAfter, forms[1] = parseTime(to.tag, to.content().of(p.der))
	for i, e := range [2]element{from, to} {
		field, key := "notBefore", "not_before"
		if i == 1 {
			field, key = "notAfter", "not_after"
		}
		switch forms[i] {
		case timeOdd:
			p.note("validity-encoding", key, e.start, finding.Str("field", field), finding.Str("found", string(e.content().of(p.der))))
		case timeUnreadable:
			p.note("validity-malformed", key, e.start, finding.Str("field", field), finding.Str("found", string(e.content().of(p.der))))
		}
	}
	c.validityForm = max(forms[0], forms[1])
	if c.validityForm != timeUnreadable && c.notAfter < c.notBefore {
		p.note("validity-reversed", "validity", validity.start,
			finding.Time("not_before", time.Unix(c.notBefore, 0)), finding.Time("not_after", time.Unix(c.notAfter, 0)))
	}
}

// bitString checks that a BIT STRING holds whole bytes and returns them.
func (p *parser) bitString(e element, field string) span {
	if e.body == e.end {
		p.note("der-malformed", field, e.start, finding.Str("problem", "a bit string has no content"))
		return span{e.end, 0}
	}
	if p.der[e.body] != 0 {
		p.note("bit-string-unused-bits", field, e.start, finding.Str("field", field))
	}
	return span{e.body + 1, e.end - e.body - 1}
}

// Findings returns every departure from the standard that was noticed, in the
// order of their place in the DER. Each is placed at where, to which the offset
// and the field are added.
func (c *Certificate) Findings(where finding.Where) []finding.Finding {
	notes := c.notes()
	if len(notes) == 0 {
		return nil
	}
	fs := make([]finding.Finding, 0, len(notes))
	for _, n := range notes {
		at := where
		at.DERByte = c.placeOf(n)
		if n.field != "" {
			at.Field = n.field
		}
		fs = append(fs, finding.New(n.code, at, n.data...))
	}
	sortByOffset(fs)
	return fs
}

// placeOf is where a note is about. Of what was converted from BER the place in
// the bytes as they were given is not known.
func (c *Certificate) placeOf(n note) finding.Pos {
	if c.odd.ber != nil && !isBERNote(n.code) {
		return 0
	}
	return finding.At(int(n.offset))
}

// AppendCodes appends the codes of what [Certificate.Findings] returns, in the same
// order. It is for those who look at very many certificates and want no texts.
func (c *Certificate) AppendCodes(dst []finding.Code) []finding.Code {
	if len(c.notes()) == 0 {
		return dst
	}
	var few [8]note
	notes := append(few[:0], c.notes()...)
	slices.SortStableFunc(notes, func(a, b note) int { return int(c.placeOf(a) - c.placeOf(b)) })
	for _, n := range notes {
		dst = append(dst, n.code)
	}
	return dst
}

// Raw returns the certificate as it was given, without anything that followed it.
// That is DER, unless a finding says otherwise.
func (c *Certificate) Raw() []byte {
	if c.odd != nil && c.odd.ber != nil {
		return c.odd.ber
	}
	return c.raw
}

// RawTBSCertificate returns the signed part as it was given: the bytes that the
// signature is checked against.
func (c *Certificate) RawTBSCertificate() []byte {
	if c.odd != nil && c.odd.ber != nil {
		return berTBS(c.odd.ber)
	}
	return c.tbs.whole().of(c.raw)
}

// RawIssuer returns the DER of the issuer's name.
func (c *Certificate) RawIssuer() []byte { return c.issuer.whole().of(c.raw) }

// RawSubject returns the DER of the subject's name.
func (c *Certificate) RawSubject() []byte { return c.subject.whole().of(c.raw) }

// Version returns the certificate's version: 1, 2 or 3.
func (c *Certificate) Version() int { return int(c.version) }

// SerialNumber returns the serial number.
func (c *Certificate) SerialNumber() *big.Int { return signedInteger(c.RawSerialNumber()) }

// RawSerialNumber returns the content octets of the serial number, two's
// complement, most significant first.
func (c *Certificate) RawSerialNumber() []byte { return c.serial.content().of(c.raw) }

// SerialDecimal returns the serial number in decimal digits, or in hexadecimal
// after 0x if it is absurdly long.
func (c *Certificate) SerialDecimal() string { return decimal(c.RawSerialNumber()) }

// Issuer returns the issuer's name.
func (c *Certificate) Issuer() Name { return Name{c.RawIssuer()} }

// Subject returns the subject's name.
func (c *Certificate) Subject() Name { return Name{c.RawSubject()} }

// Validity returns the first and the last instant at which the certificate is
// valid, in UTC, and whether both could be read.
func (c *Certificate) Validity() (notBefore, notAfter time.Time, ok bool) {
	return time.Unix(c.notBefore, 0).UTC(), time.Unix(c.notAfter, 0).UTC(), c.validityForm != timeUnreadable
}

// SelfIssued reports whether subject and issuer are the same name, byte for byte.
func (c *Certificate) SelfIssued() bool { return bytes.Equal(c.RawIssuer(), c.RawSubject()) }

// Equal reports whether both are the same certificate, byte for byte.
func (c *Certificate) Equal(o *Certificate) bool { return o != nil && bytes.Equal(c.Raw(), o.Raw()) }
