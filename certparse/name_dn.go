package certparse

// DN returns the name as the documented response fields have it: the most
// specific part first, ", " between parts and "+" within one, with the attribute
// keywords and the quoting of Java's X500Principal. Characters that are not
// plainly printable appear as \XX for each byte of their UTF-8 form.
func (n Name) DN() string { return string(n.appendDN(nil)) }

func (n Name) appendDN(dst []byte) []byte { return n.appendText(dst, false) }

// appendText appends the attributes of the name, the most specific part first, as
// RFC 4514 or the documented fields have it. It takes no function for the
// attributes, because then dst could not stay on the stack.
func (n Name) appendText(dst []byte, rfc4514 bool) []byte {
	r := derReader{der: n.raw}
	seq, ok := r.expect(0, uint32(len(n.raw)), tagSequence)
	if !ok {
		return dst
	}
	var few [16]element
	sets := few[:0]
	for pos := seq.body; pos < seq.end; {
		set, ok := r.expect(pos, seq.end, tagSet)
		if !ok {
			break
		}
		sets = append(sets, set)
		pos = set.end
	}
	start := len(dst)
	for i := len(sets) - 1; i >= 0; i-- {
		if len(dst) > start {
			if dst = append(dst, ','); !rfc4514 {
				dst = append(dst, ' ')
			}
		}
		for at, set := sets[i].body, sets[i]; at < set.end; {
			a, next, ok := r.attribute(at, set.end)
			if !ok {
				break
			}
			if at > set.body {
				dst = append(dst, '+')
			}
			if rfc4514 {
				dst = a.appendRFC4514(dst, n.raw)
			} else {
				dst = a.appendDN(dst, n.raw)
			}
			at = next
		}
	}
	return dst
}

// appendDN appends keyword and value.
func (a rawAttribute) appendDN(dst, der []byte) []byte {
	oid, value := a.oid.of(der), a.value.content().of(der)
	if t := findAttributeType(oid); t != nil && t.java != "" {
		dst = append(dst, t.java...)
	} else {
		dst = append(dst, "OID."...)
		dst = append(dst, oidString(oid)...)
	}
	dst = append(dst, '=')
	if plain(a.value.tag, value) && !needsQuotes(value) {
		return append(dst, value...)
	}
	decoded := a.decode(der)
	if !decoded.text {
		return append(dst, decoded.Value...)
	}
	quote := needsQuotes([]byte(decoded.Value))
	if quote {
		dst = append(dst, '"')
	}
	for i, r := range decoded.Value {
		if r == '"' || r == '\\' {
			dst = append(dst, '\\', byte(r))
			continue
		}
		dst = appendSafe(dst, decoded.Value, i, r)
	}
	if quote {
		dst = append(dst, '"')
	}
	return dst
}

// needsQuotes reports whether a value has characters that mean something in a DN,
// blanks at its ends, or several blanks in a row.
func needsQuotes(v []byte) bool {
	before := byte(' ')
	for _, c := range v {
		if quotedChars[c] && (c != ' ' || before == ' ') {
			return true
		}
		before = c
	}
	return before == ' ' && len(v) > 0
}

// quotedChars are the characters that call for quotation marks, the blank only in
// some places.
var quotedChars = func() (set [256]bool) {
	for _, c := range []byte(",+=\n<>#;\\\" ") {
		set[c] = true
	}
	return set
}()
