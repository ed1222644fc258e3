package certparse

import "github.com/certloupe/certloupe/finding"

// This file reads certificates that are BER. RFC 5280, Section 4.1 demands DER, but
// some tools re-encode certificates, and OpenSSL reads what they write.
//
// Such a certificate is shown as if it were DER: the fields come from a DER version
// of it. The bytes as they were given stay what is written out, hashed for the
// fingerprint and compared with the signature, as other software does; DER that
// nobody signed is never passed off as the certificate. Offsets in the DER version
// mean nothing to anybody, so findings other than those about BER have none.

// orBER reads a certificate again that was not as it should be, in case the reason
// is that it is BER. c and err are what reading it as DER gave. Lengths that are
// merely longer than they need be are read as they are and are no reason.
func orBER(c *Certificate, err error, der []byte) (*Certificate, error) {
	as := func() (*Certificate, error) {
		if err != nil {
			return nil, err
		}
		return c, nil
	}
	outer, trailing, ok := berNext(der)
	if !ok || !hasBER(outer.whole, maxBERDepth) {
		return as()
	}
	converted, ber, ok := berToDER(outer.whole)
	if !ok {
		return as()
	}
	d := &Certificate{raw: converted, odd: &oddities{ber: outer.whole}}
	p := parser{derReader: derReader{der: converted}, c: d}
	for _, departure := range []struct {
		code   finding.Code
		offset int
	}{
		{"der-indefinite-length", ber.indefinite}, {"der-string-in-pieces", ber.pieces},
		{"der-tag-long-form", ber.longTag}, {"der-length-not-minimal", ber.notMinimal},
	} {
		if departure.offset > 0 {
			p.note(departure.code, "", uint32(departure.offset-1))
		}
	}
	if len(trailing) > 0 {
		p.note("der-trailing-bytes", "", uint32(len(outer.whole)), finding.Int("count", len(trailing)), finding.Str("what", "certificate"))
	}
	if p.certificate() != nil {
		return as()
	}
	return d, nil
}

// hasBER reports whether b has an element that only BER allows, other than by a long
// length. It stops at whatever is neither, since that cannot be converted. Of
// certificates with departures from the standard very few are BER; this finds out
// without any memory.
func hasBER(b []byte, depth int) bool {
	for len(b) > 0 && depth > 0 {
		tag, body, size, ok := tagLength(b)
		if !ok {
			return false
		}
		if size < 0 || b[0]&0x1f == 0x1f || isStringInPieces(tag) {
			return true
		}
		if size > len(b)-body {
			return false
		}
		if tag&0x20 != 0 && hasBER(b[body:body+size], depth-1) {
			return true
		}
		b = b[body+size:]
	}
	return false
}

// isBERNote reports whether a note is about the encoding of the certificate as it
// was given, and so has an offset in it.
func isBERNote(code finding.Code) bool {
	switch code {
	case "der-indefinite-length", "der-string-in-pieces", "der-tag-long-form", "der-length-not-minimal":
		return true
	}
	return false
}

// berTBS is the signed part of a certificate in BER that was read.
func berTBS(ber []byte) []byte {
	outer, _, _ := berNext(ber)
	in := outer.inside()
	tbs, _ := in.any()
	return tbs.whole
}
