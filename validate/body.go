package validate

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// object is a JSON object read member by member, so that what is absent, null,
// of a wrong type, unknown or repeated can be told apart, each with its place.
type object struct {
	input    string
	text     []byte
	members  map[string]member
	order    []string
	findings []finding.Finding
}

// member is a member's value as it stands in the text.
type member struct {
	raw    []byte
	offset int
	known  bool
}

// readObject reads a JSON text that must be an object. What is wrong with it as
// a whole is in its findings; then it has no members.
func readObject(input string, text []byte) *object {
	o := &object{input: input, text: text, members: map[string]member{}}
	malformed := func(offset int, problem string) *object {
		o.report("body-malformed", offset, finding.Str("problem", problem))
		return o
	}
	switch {
	case len(text) > certparse.DefaultMaxSize:
		o.findings = append(o.findings, finding.New("input-too-large", finding.Where{Input: input},
			finding.Int("limit", certparse.DefaultMaxSize)))
		return o
	case len(bytes.TrimSpace(text)) == 0:
		return malformed(0, "it is empty")
	case !utf8.Valid(text):
		return malformed(invalidUTF8(text), "it is not UTF-8")
	}
	if err := jsontext.Check(text); err != nil {
		var syntax *jsontext.SyntaxError
		if errors.As(err, &syntax) {
			return malformed(max(0, syntax.Offset-1), syntax.Error())
		}
		return malformed(0, err.Error())
	}
	if trimmed := bytes.TrimSpace(text); trimmed[0] != '{' {
		o.report("body-not-object", bytes.IndexByte(text, trimmed[0]), finding.Str("found", jsonType(trimmed)))
		return o
	}
	for m := range jsontext.Members(text) {
		if _, twice := o.members[m.Name]; twice {
			o.report("field-duplicate", m.Offset, finding.Str("name", m.Name))
			continue
		}
		o.members[m.Name] = member{raw: m.Value, offset: m.Offset}
		o.order = append(o.order, m.Name)
	}
	return o
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return 0
}

// report adds a finding at an offset of the text.
func (o *object) report(code finding.Code, offset int, data ...finding.Datum) {
	o.findings = append(o.findings, finding.New(code, o.at("", offset), data...))
}

func (o *object) at(field string, offset int) finding.Where {
	return finding.Where{
		Input: o.input,
		Field: field,
		Line:  1 + bytes.Count(o.text[:min(offset, len(o.text))], []byte{'\n'}),
		Byte:  finding.At(offset),
	}
}

// jsonType describes the type of a JSON value for a person.
func jsonType(raw []byte) string {
	switch raw[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// textField takes the member with the given name, which must be a text.
func (o *object) textField(name string) Field[string] {
	return takeField(o, name, "a text", jsontext.Text)
}

// boolField takes the member with the given name, which must be true or false.
func (o *object) boolField(name string) Field[bool] {
	return takeField(o, name, "a boolean", func(raw []byte) bool { return raw[0] == 't' })
}

func takeField[T any](o *object, name, expected string, read func(raw []byte) T) Field[T] {
	m, ok := o.members[name]
	if !ok {
		return Field[T]{}
	}
	m.known = true
	o.members[name] = m
	f := Field[T]{where: o.at(name, m.offset)}
	switch found := jsonType(m.raw); found {
	case "null":
		f.state = fieldNull
	case expected:
		f.state, f.value = fieldSet, read(m.raw)
	default:
		f.state = fieldUnreadable
		o.findings = append(o.findings, finding.New("field-type", f.where,
			finding.Str("name", name), finding.Str("found", found), finding.Str("expected", expected)))
	}
	return f
}

// finish reports the members that nothing took, and returns all findings.
func (o *object) finish() []finding.Finding {
	for _, name := range o.order {
		if m := o.members[name]; !m.known {
			f := finding.New("field-unknown", o.at("", m.offset), finding.Str("name", name))
			o.findings = append(o.findings, f)
		}
	}
	return o.findings
}
