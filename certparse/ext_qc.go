package certparse

// QCStatement is one statement about a qualified certificate, RFC 3739, Section
// 3.2.6 and ETSI EN 319 412-5. Which of the fields after Info are set depends on
// the statement. Texts are safe to show.
type QCStatement struct {
	// ID is the statement's OID.
	ID string
	// Info is the DER of what the statement says; nil if its ID says it all.
	Info []byte
	// Types are OIDs: what the certificate is for (QcType), or the semantics of
	// the subject's identifiers.
	Types []string
	// Limit is the largest transaction that the certificate is meant for.
	Limit *QCLimit
	// RetentionYears is how long the issuer keeps its records; −1 if not stated.
	RetentionYears int
	// Disclosures are where to read about the terms of use (PDS).
	Disclosures []QCDisclosure
	// Countries are those under whose law the certificate is qualified.
	Countries []string
}

// QCLimit is an amount of money: Amount times ten to the power of Exponent.
type QCLimit struct {
	// Currency is the ISO 4217 code, by letters or by number.
	Currency         string
	Amount, Exponent int
}

// QCDisclosure is a document and its language.
type QCDisclosure struct{ URL, Language string }

// QCStatements returns the statements about a qualified certificate.
func (c *Certificate) QCStatements() ([]QCStatement, Presence) {
	return decodeList(c, extQCStatements, (*extReader).qcStatements)
}

func (r *extReader) qcStatements(into *[]QCStatement) {
	seq, ok := r.value(tagSequence)
	if !ok {
		return
	}
	m := r.members(seq)
	for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
		in := r.members(e)
		id, ok := in.need(tagOID)
		if !ok {
			continue
		}
		s := QCStatement{RetentionYears: -1}
		oid := r.oid(id)
		info, ok := in.any()
		if ok {
			r.qcInfo(oid, info, &s)
		}
		in.finish()
		if into != nil {
			s.ID = oidString(oid)
			if ok {
				s.Info = info.whole().of(r.der)
			}
			*into = append(*into, s)
		}
	}
}

// qcInfo reads what a known statement says. Qualified certificates are rare
// enough that checking one may allocate.
func (r *extReader) qcInfo(oid []byte, info element, s *QCStatement) {
	const etsi = "\x04\x00\x8e\x46\x01" // 0.4.0.1862.1
	if len(oid) != len(etsi)+1 || string(oid[:len(etsi)]) != etsi {
		switch string(oid) {
		case "\x2b\x06\x01\x05\x05\x07\x0b\x01", "\x2b\x06\x01\x05\x05\x07\x0b\x02": // 1.3.6.1.5.5.7.11.1 and .2
			r.qcSemantics(info, s)
		}
		return
	}
	number := oid[len(etsi)]
	switch number {
	case 3:
		if info.tag != tagInteger {
			r.malformed(info.start, wrongType)
			return
		}
		s.RetentionYears = r.number(info, "retention period")
		return
	case 2, 5, 6, 7:
	default:
		return
	}
	if info.tag != tagSequence {
		r.malformed(info.start, wrongType)
		return
	}
	m := r.members(info)
	switch number {
	case 2:
		r.qcLimit(m, s)
	case 5:
		for e, ok := m.next(tagSequence); ok; e, ok = m.next(tagSequence) {
			var d QCDisclosure
			in := r.members(e)
			if u, ok := in.need(tagIA5String); ok {
				r.text(u, &d.URL)
			}
			if l, ok := in.need(tagPrintableString); ok {
				r.text(l, &d.Language)
			}
			in.finish()
			s.Disclosures = append(s.Disclosures, d)
		}
	case 6:
		for e, ok := m.next(tagOID); ok; e, ok = m.next(tagOID) {
			s.Types = append(s.Types, oidString(r.oid(e)))
		}
	case 7:
		for e, ok := m.next(tagPrintableString); ok; e, ok = m.next(tagPrintableString) {
			var country string
			r.text(e, &country)
			s.Countries = append(s.Countries, country)
		}
	}
}

func (r *extReader) qcLimit(m members, s *QCStatement) {
	var limit QCLimit
	if e, ok := m.optional(tagPrintableString); ok {
		r.text(e, &limit.Currency)
	} else if e, ok := m.need(tagInteger); ok {
		limit.Currency = itoa(r.number(e, "currency"))
	}
	if e, ok := m.need(tagInteger); ok {
		limit.Amount = r.number(e, "amount")
	}
	if e, ok := m.need(tagInteger); ok {
		// The exponent may be negative, unlike every other number here.
		limit.Exponent = int(signedInteger(e.content().of(r.der)).Int64())
		if e.end-e.body != 1 {
			r.malformed(e.start, "the exponent of an amount is out of range")
		}
	}
	m.finish()
	s.Limit = &limit
}

// qcSemantics reads the SemanticsInformation of RFC 3739, Section 3.2.6.1.
func (r *extReader) qcSemantics(info element, s *QCStatement) {
	if info.tag != tagSequence {
		r.malformed(info.start, wrongType)
		return
	}
	m := r.members(info)
	if e, ok := m.optional(tagOID); ok {
		s.Types = append(s.Types, oidString(r.oid(e)))
	}
	if e, ok := m.optional(tagSequence); ok {
		r.generalNames(e, nameElsewhere, nil)
	}
	m.finish()
}
