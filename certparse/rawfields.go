package certparse

// Fields that no decision needs. They serve those who show a certificate and
// want to show all of it, however odd.

// RawVersion returns the content octets of the version, which counts from zero;
// nil if the certificate does not state one.
func (c *Certificate) RawVersion() []byte {
	r := derReader{der: c.raw}
	field, ok := r.expect(c.tbs.body, c.tbs.end, contextConstructed(0))
	if !ok {
		return nil
	}
	v, ok := r.expect(field.body, field.end, tagInteger)
	if !ok {
		return field.content().of(c.raw)
	}
	return v.content().of(c.raw)
}

// RawValidity returns the DER of the validity: a SEQUENCE of two dates.
func (c *Certificate) RawValidity() []byte {
	return c.raw[c.issuer.end:c.subject.start:c.subject.start]
}

// RawTBSSignatureAlgorithm returns the DER of the AlgorithmIdentifier inside the
// signed part, which must be the same as [Certificate.RawSignatureAlgorithm].
func (c *Certificate) RawTBSSignatureAlgorithm() []byte {
	return c.innerAlgorithm().of(c.raw)
}

// TBSSignatureAlgorithmName is [Certificate.SignatureAlgorithmName] for the field
// inside the signed part.
func (c *Certificate) TBSSignatureAlgorithmName() string {
	r := derReader{der: c.raw}
	field, a := c.innerAlgorithm(), UnknownSignatureAlgorithm
	if id, ok := r.algorithmIdentifier(field.off, field.end()); ok {
		a = identifySignatureAlgorithm(c.raw, id)
	}
	return signatureName(c.raw, field, a)
}

// innerAlgorithm is where the AlgorithmIdentifier inside the signed part stands:
// between the serial number and the issuer.
func (c *Certificate) innerAlgorithm() span {
	return span{c.serial.end, c.issuer.start - c.serial.end}
}

// UniqueIDs returns the content octets of the issuer's and the subject's unique
// identifier, RFC 5280, Section 4.1.2.8: BIT STRINGs that number of unused bits
// included. Each is nil if there is none, and there hardly ever is one.
func (c *Certificate) UniqueIDs() (issuer, subject []byte) {
	r := derReader{der: c.raw}
	for pos := c.spki.end; pos < c.tbs.end; {
		e, ok := r.read(pos, c.tbs.end)
		if !ok {
			break
		}
		switch e.tag {
		case contextTag(1), contextConstructed(1):
			issuer = e.content().of(c.raw)
		case contextTag(2), contextConstructed(2):
			subject = e.content().of(c.raw)
		}
		pos = e.end
	}
	return issuer, subject
}

// UnreadExtensions returns the bytes of whatever stands among the extensions and
// is not in [Certificate.Extensions], because it cannot be read as an extension
// or is beyond the limit on their number.
func (c *Certificate) UnreadExtensions() [][]byte {
	field := c.extensionsField
	r := derReader{der: c.raw}
	list, ok := r.expect(field.body, field.end, tagSequence)
	if !ok {
		if field.body == field.end {
			return nil
		}
		return [][]byte{field.content().of(c.raw)}
	}
	var unread [][]byte
	next := 0
	for pos := list.body; pos < list.end; {
		e, ok := r.read(pos, list.end)
		if !ok || len(unread)+next >= 2*maxExtensions {
			unread = append(unread, c.raw[pos:list.end])
			break
		}
		if next < int(c.extensionCount) && c.extensionAt(next).start == e.start {
			next++
		} else {
			unread = append(unread, e.whole().of(c.raw))
		}
		pos = e.end
	}
	if list.end != field.end {
		unread = append(unread, c.raw[list.end:field.end])
	}
	return unread
}
