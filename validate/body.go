package validate

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
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
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return malformed(max(0, int(syntax.Offset)-1), syntax.Error())
		}
		return malformed(0, err.Error())
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		o.report("body-not-object", valueOffset(text, 0), finding.Str("found", jsonType(bytes.TrimSpace(whole))))
		return o
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return malformed(int(decoder.InputOffset()), err.Error())
		}
		name := key.(string)
		offset := valueOffset(text, int(decoder.InputOffset()))
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return malformed(offset, err.Error())
		}
		if _, twice := o.members[name]; twice {
			o.report("field-duplicate", offset, finding.Str("name", name))
			continue
		}
		o.members[name] = member{raw: raw, offset: offset}
		o.order = append(o.order, name)
	}
	return o
}

// valueOffset skips white space and the colon before a value.
func valueOffset(text []byte, from int) int {
	for from < len(text) && strings.IndexByte(" \t\r\n:", text[from]) >= 0 {
		from++
	}
	return from
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
func (o *object) textField(name string) Field[string] { return takeField[string](o, name, "a text") }

// boolField takes the member with the given name, which must be true or false.
func (o *object) boolField(name string) Field[bool] { return takeField[bool](o, name, "a boolean") }

func takeField[T any](o *object, name, expected string) Field[T] {
	m, ok := o.members[name]
	if !ok {
		return Field[T]{}
	}
	m.known = true
	o.members[name] = m
	f := Field[T]{where: o.at(name, m.offset)}
	found := jsonType(m.raw)
	switch {
	case found == "null":
		f.state = fieldNull
	case found != expected || json.Unmarshal(m.raw, &f.value) != nil:
		f.state = fieldUnreadable
		o.findings = append(o.findings, finding.New("field-type", f.where,
			finding.Str("name", name), finding.Str("found", found), finding.Str("expected", expected)))
	default:
		f.state = fieldSet
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
