package scan

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/certloupe/certloupe/finding"
)

// This file finds the certificate in a record that is a JSON object. A record has
// one field of interest among others that may be long, so the way to it is walked
// without decoding anything; wherever the walk is not certain, encoding/json
// decides.

// fieldPath is the way to a field.
type fieldPath struct {
	name  string
	parts []string
}

func newFieldPath(name string) fieldPath { return fieldPath{name, strings.Split(name, ".")} }

// jsonValue returns the text of the field, or what is wrong with the record.
func (j *judge) jsonValue(p *piece, line []byte) ([]byte, *finding.Finding) {
	raw, sure := j.path.find(line)
	if sure && len(raw) > 0 && raw[0] == '"' {
		if text, ok := unquote(j.value[:0], raw[1:len(raw)-1]); ok {
			j.value = text
			return text, nil
		}
	}
	where := finding.Where{Input: p.Source, Line: int(p.Line)}
	text, found, err := j.path.decode(line)
	switch {
	case err != nil:
		f := finding.New("scan-record-malformed", where, finding.Str("problem", err.Error()))
		return nil, &f
	case found != "":
		f := finding.New("scan-field-missing", where, finding.Str("field", j.path.name), finding.Str("found", found))
		return nil, &f
	}
	j.value = append(j.value[:0], text...)
	return j.value, nil
}

// decode finds the field with encoding/json. found says what there is in the place
// of a text.
func (f fieldPath) decode(line []byte) (text, found string, err error) {
	var value any
	var object map[string]any
	if err := json.Unmarshal(line, &object); err != nil {
		return "", "", err
	}
	value = object
	for _, part := range f.parts {
		object, ok := value.(map[string]any)
		if !ok {
			return "", "there is no object on the way to it", nil
		}
		if value, ok = object[part]; !ok {
			return "", "there is no such field", nil
		}
	}
	switch value := value.(type) {
	case string:
		return value, "", nil
	case nil:
		return "", "it is null", nil
	case map[string]any:
		return "", "it is an object", nil
	case []any:
		return "", "it is an array", nil
	case bool:
		return "", "it is true or false", nil
	default:
		return "", "it is a number", nil
	}
}

// find returns the JSON text of the field's value. It is empty if there is none,
// and sure is false where the walk cannot tell.
func (f fieldPath) find(line []byte) (raw []byte, sure bool) {
	w := jsonWalker{text: line}
	w.blank()
	raw, sure = w.object(f.parts, 0)
	w.blank()
	return raw, sure && w.pos == len(line)
}

// jsonWalker walks over a JSON text. It is no validator.
type jsonWalker struct {
	text []byte
	pos  int
}

// maxDepth is how deep values may be nested that are walked over.
const maxDepth = 64

func (w *jsonWalker) blank() {
	for w.pos < len(w.text) {
		switch w.text[w.pos] {
		case ' ', '\t', '\r', '\n':
			w.pos++
		default:
			return
		}
	}
}

// take moves over c if it is next.
func (w *jsonWalker) take(c byte) bool {
	if w.pos < len(w.text) && w.text[w.pos] == c {
		w.pos++
		return true
	}
	return false
}

// object walks over an object and returns what is at path in it; of several
// members of one name the last one, as encoding/json does.
func (w *jsonWalker) object(path []string, depth int) (raw []byte, ok bool) {
	if depth > maxDepth || !w.take('{') {
		return nil, false
	}
	if w.blank(); w.take('}') {
		return nil, true
	}
	for {
		w.blank()
		key, ok := w.string()
		if !ok || bytes.IndexByte(key, '\\') >= 0 {
			return nil, false
		}
		w.blank()
		if !w.take(':') {
			return nil, false
		}
		w.blank()
		start := w.pos
		switch {
		case len(path) == 0 || string(key[1:len(key)-1]) != path[0]:
			ok = w.value(depth)
		case len(path) > 1 && w.pos < len(w.text) && w.text[w.pos] == '{':
			raw, ok = w.object(path[1:], depth+1)
		default:
			ok = w.value(depth)
			if raw = nil; len(path) == 1 {
				raw = w.text[start:w.pos]
			}
		}
		if !ok {
			return nil, false
		}
		w.blank()
		if w.take('}') {
			return raw, true
		}
		if !w.take(',') {
			return nil, false
		}
	}
}

// value walks over a value of any kind.
func (w *jsonWalker) value(depth int) bool {
	if w.pos == len(w.text) || depth > maxDepth {
		return false
	}
	switch w.text[w.pos] {
	case '"':
		_, ok := w.string()
		return ok
	case '{':
		_, ok := w.object(nil, depth+1)
		return ok
	case '[':
		w.pos++
		if w.blank(); w.take(']') {
			return true
		}
		for {
			w.blank()
			if !w.value(depth + 1) {
				return false
			}
			w.blank()
			if w.take(']') {
				return true
			}
			if !w.take(',') {
				return false
			}
		}
	}
	start := w.pos
	for w.pos < len(w.text) && bytes.IndexByte([]byte(" \t\r\n,]}\"{[:"), w.text[w.pos]) < 0 {
		w.pos++
	}
	return w.pos > start && json.Valid(w.text[start:w.pos])
}

// string walks over a string and returns it with its quotation marks.
func (w *jsonWalker) string() (raw []byte, ok bool) {
	start := w.pos
	if !w.take('"') {
		return nil, false
	}
	for {
		i := bytes.IndexByte(w.text[w.pos:], '"')
		if i < 0 {
			return nil, false
		}
		end := w.pos + i
		slashes := end
		for slashes > w.pos && w.text[slashes-1] == '\\' {
			slashes--
		}
		w.pos = end + 1
		if (end-slashes)%2 == 0 {
			return w.text[start:w.pos], true
		}
	}
}

// unquote appends the text of a JSON string without its quotation marks. It
// returns false for what it leaves to encoding/json.
func unquote(dst, raw []byte) ([]byte, bool) {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			i = len(raw)
		}
		for _, c := range raw[:i] {
			if c < ' ' || c >= 0x80 {
				return dst, false
			}
		}
		dst = append(dst, raw[:i]...)
		if i == len(raw) {
			return dst, true
		}
		if i+1 == len(raw) {
			return dst, false
		}
		switch c := raw[i+1]; c {
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case '"', '\\', '/':
			dst = append(dst, c)
		default:
			return dst, false
		}
		raw = raw[i+2:]
	}
}
