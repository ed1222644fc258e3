package certparse

import (
	"strings"
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/safetext"
)

// Name is a distinguished name, RFC 5280, Section 4.1.2.4, kept as its DER.
type Name struct{ raw []byte }

// Attribute is one type and value of a distinguished name.
type Attribute struct {
	// OID is the dotted form of the attribute's type.
	OID string
	// Name is the attribute type's short name, such as "CN"; the OID where there is none.
	Name string
	// Type is the ASN.1 type of the value, such as "UTF8String".
	Type string
	// Value is the decoded text, as it stands, which may hold any character. For
	// values that cannot be decoded as text it is # and the value's DER in hexadecimal.
	Value string
	// Raw is the DER of the value with its tag.
	Raw []byte

	oid  []byte
	text bool // Value is text, not hexadecimal digits.
}

// Raw returns the name's DER.
func (n Name) Raw() []byte { return n.raw }

// Empty reports whether the name has no attributes.
func (n Name) Empty() bool { return len(n.RDNs()) == 0 }

// RDNs returns the relative distinguished names in the order of the encoding
// (the most general first), each with all its attributes. Of a name that cannot
// be decoded it returns what stands before the damage.
func (n Name) RDNs() [][]Attribute {
	r := derReader{der: n.raw}
	limit := uint32(len(n.raw))
	seq, ok := r.expect(0, limit, tagSequence)
	if !ok {
		return nil
	}
	var rdns [][]Attribute
	for pos := seq.body; pos < seq.end; {
		set, ok := r.expect(pos, seq.end, tagSet)
		if !ok {
			break
		}
		pos = set.end
		var rdn []Attribute
		for at := set.body; at < set.end; {
			a, next, ok := r.attribute(at, set.end)
			if !ok {
				break
			}
			at = next
			rdn = append(rdn, a.decode(n.raw))
		}
		rdns = append(rdns, rdn)
	}
	return rdns
}

// rawAttribute is one AttributeTypeAndValue as spans.
type rawAttribute struct {
	oid   span
	value element
}

func (a rawAttribute) decode(der []byte) Attribute {
	oid := a.oid.of(der)
	return Attribute{
		OID:   oidString(oid),
		Name:  attributeName(oid),
		Type:  stringTypeName(a.value.tag),
		Value: decodeString(a.value.tag, a.value.content().of(der), a.value.whole().of(der)),
		Raw:   a.value.whole().of(der),
		oid:   oid,
		text:  isText(a.value.tag, a.value.content().of(der)),
	}
}

// attribute reads one AttributeTypeAndValue at pos and returns where the next one starts.
func (r *derReader) attribute(pos, limit uint32) (a rawAttribute, next uint32, ok bool) {
	seq, ok := r.expect(pos, limit, tagSequence)
	if !ok {
		return a, 0, false
	}
	oid, ok := r.expect(seq.body, seq.end, tagOID)
	if !ok {
		return a, 0, false
	}
	value, ok := r.read(oid.end, seq.end)
	if !ok {
		return a, 0, false
	}
	if value.end != seq.end {
		r.fail(value.end, "something follows an attribute's value")
		return a, 0, false
	}
	return rawAttribute{oid.content(), value}, seq.end, true
}

// Values returns the values of all attributes with the given short name, such as
// "O", in the order of the encoding.
func (n Name) Values(name string) []string {
	var values []string
	for _, rdn := range n.RDNs() {
		for _, a := range rdn {
			if a.Name == name {
				values = append(values, a.Value)
			}
		}
	}
	return values
}

// CommonName returns the common name (CN); of several the most specific one,
// which stands last. It is empty if there is none.
func (n Name) CommonName() string {
	e, ok := n.last(oidCommonName)
	if !ok {
		return ""
	}
	return decodeString(e.tag, e.content().of(n.raw), e.whole().of(n.raw))
}

// oidCommonName is 2.5.4.3.
const oidCommonName = "\x55\x04\x03"

// last returns the value of the last attribute of the given type.
func (n Name) last(oid string) (found element, ok bool) {
	r := derReader{der: n.raw}
	seq, ok := r.expect(0, uint32(len(n.raw)), tagSequence)
	if !ok {
		return found, false
	}
	for pos := seq.body; pos < seq.end; {
		set, ok := r.expect(pos, seq.end, tagSet)
		if !ok {
			break
		}
		pos = set.end
		for at := set.body; at < set.end; {
			a, next, ok := r.attribute(at, set.end)
			if !ok {
				break
			}
			at = next
			if string(a.oid.of(n.raw)) == oid {
				found = a.value
			}
		}
	}
	return found, found.end > 0
}

// String returns the name as RFC 4514 writes it: the most specific part first,
// values escaped so that the text is safe to print and has one reading.
func (n Name) String() string { return string(n.appendRFC4514(nil)) }

func (n Name) appendRFC4514(dst []byte) []byte {
	return n.appendText(dst, true)
}

// appendRFC4514 appends the attribute's name and its value; of an attribute
// without a name the OID and the value's DER.
func (a rawAttribute) appendRFC4514(dst, der []byte) []byte {
	t := findAttributeType(a.oid.of(der))
	if t == nil {
		dst = append(dst, oidString(a.oid.of(der))...)
		return append(append(dst, "=#"...), hexLower(a.value.whole().of(der))...)
	}
	dst = append(append(dst, t.name...), '=')
	if value := a.value.content().of(der); plain(a.value.tag, value) && !needsEscapes(value) {
		return append(dst, value...)
	}
	return appendEscapedRFC4514(dst, a.decode(der))
}

// needsEscapes reports whether a value has characters that RFC 4514, Section 2.4
// escapes, somewhere or in its place.
func needsEscapes(v []byte) bool {
	for _, c := range v {
		switch c {
		case '"', '+', ',', ';', '<', '>', '\\':
			return true
		}
	}
	return len(v) > 0 && (v[0] == '#' || v[0] == ' ' || v[len(v)-1] == ' ')
}

func appendEscapedRFC4514(dst []byte, a Attribute) []byte {
	if !a.text {
		return append(dst, a.Value...)
	}
	last := len(a.Value) - 1
	for i, r := range a.Value {
		switch {
		case strings.ContainsRune(`"+,;<>\`, r), i == 0 && (r == '#' || r == ' '), i == last && r == ' ':
			dst = append(dst, '\\', byte(r))
		default:
			dst = appendSafe(dst, a.Value, i, r)
		}
	}
	return dst
}

// appendSafe appends the character r that stands at s[i:], as \XX for each of
// its bytes if it is not plainly printable.
func appendSafe(dst []byte, s string, i int, r rune) []byte {
	n := 1
	if r != utf8.RuneError || strings.HasPrefix(s[i:], "\uFFFD") {
		n = utf8.RuneLen(r)
		if safetext.Printable(r) {
			return utf8.AppendRune(dst, r)
		}
	}
	for _, c := range []byte(s[i : i+n]) {
		dst = append(dst, '\\', upperHexDigits[c>>4], upperHexDigits[c&15])
	}
	return dst
}

// name notes the departures from the standard in a name.
func (p *parser) name(e element, field string) {
	for pos := e.body; pos < e.end; {
		set, ok := p.expect(pos, e.end, tagSet)
		if !ok {
			p.note("name-malformed", field, p.problemAt, finding.Str("field", field), finding.Str("problem", p.problem))
			return
		}
		pos = set.end
		if set.body == set.end {
			p.note("name-malformed", field, set.start, finding.Str("field", field), finding.Str("problem", "a relative distinguished name is empty"))
		}
		for at := set.body; at < set.end; {
			a, next, ok := p.attribute(at, set.end)
			if !ok {
				p.note("name-malformed", field, p.problemAt, finding.Str("field", field), finding.Str("problem", p.problem))
				break
			}
			at = next
			p.attributeValue(a, field)
		}
	}
}

// attributeValue checks one value: its string type, its characters, its length.
func (p *parser) attributeValue(a rawAttribute, field string) {
	b := a.value.content().of(p.der)
	fine := plain(a.value.tag, b)
	t := findAttributeType(a.oid.of(p.der))
	if fine && (t == nil || t.limit == 0 || len(b) <= t.limit && (t.limit != 2 || isCountry(b))) {
		return
	}
	attribute := finding.Str("attribute", attributeName(a.oid.of(p.der)))
	at := a.value.start
	text := decodeString(a.value.tag, b, b)
	if !fine {
		switch kind := stringTypeName(a.value.tag); {
		case kind == "":
			// Not a string: allowed for some attribute types (a bit string, a time).
			if t != nil && t.limit > 0 {
				p.note("name-malformed", field, at, finding.Str("field", field), finding.Str("problem", "the "+t.name+" is not text"))
			}
			return
		case !wellEncoded(a.value.tag, b):
			p.note("name-characters", field, at, attribute, finding.Str("field", field), finding.Str("type", kind))
		case a.value.tag != tagUTF8String && a.value.tag != tagPrintableString && a.value.tag != tagIA5String:
			p.note("name-string-type", field, at, attribute, finding.Str("field", field), finding.Str("type", kind))
		}
		for _, r := range text {
			if !safetext.Printable(r) && r != utf8.RuneError {
				p.note("name-unsafe-characters", field, at, attribute, finding.Str("field", field))
				break
			}
		}
	}
	if t == nil || t.limit == 0 {
		return
	}
	if t.limit == 2 {
		if !isCountry([]byte(text)) {
			p.note("name-country", field, at, finding.Str("field", field), finding.Str("value", text))
		}
	} else if n := utf8.RuneCountInString(text); n > t.limit {
		p.note("name-attribute-length", field, at, attribute, finding.Str("field", field), finding.Int("length", n), finding.Int("limit", t.limit))
	}
}

func isCountry(b []byte) bool {
	return len(b) == 2 && 'A' <= b[0] && b[0] <= 'Z' && 'A' <= b[1] && b[1] <= 'Z'
}
