package validate

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
)

// Field is one member of a request. It tells apart what JSON tells apart: a
// member that is absent (the zero value), one that is null, and one with a
// value.
type Field[T any] struct {
	value T
	state fieldState
	where finding.Where
}

type fieldState uint8

const (
	fieldAbsent fieldState = iota
	fieldNull
	fieldSet
	// fieldUnreadable has a value of another type, which was reported when the
	// body was read.
	fieldUnreadable
)

// Set returns a field with the given value.
func Set[T any](value T) Field[T] { return Field[T]{value: value, state: fieldSet} }

// Null returns a field that is null.
func Null[T any]() Field[T] { return Field[T]{state: fieldNull} }

// Get returns the field's value, and whether it has one.
func (f Field[T]) Get() (value T, ok bool) { return f.value, f.state == fieldSet }

// IsNull reports whether the field is null.
func (f Field[T]) IsNull() bool { return f.state == fieldNull }

// IsAbsent reports whether the field is absent.
func (f Field[T]) IsAbsent() bool { return f.state == fieldAbsent }

// textRule is what is documented about a field with a text value.
type textRule struct {
	name     string
	required bool
	// nullable says that null is a request of its own.
	nullable bool
	// min and max bound the length in characters (Unicode code points); 0 is no bound.
	min, max int
	// allowed lists the only values, if there is such a list.
	allowed []string
	// pattern checks the form, which expected describes.
	pattern  func(string) bool
	expected string
}

// text checks a field against its rule and returns its value, and whether it has
// one that obeys the rule.
func (j *judge) text(f Field[string], rule textRule) (string, bool) {
	if !j.present(f.state, f.where, rule.name, rule.required, rule.nullable, "a text") {
		return "", false
	}
	at := f.at(rule.name)
	length := utf8.RuneCountInString(f.value)
	name := finding.Str("name", rule.name)
	switch {
	case length < rule.min:
		j.add(finding.New("field-too-short", at, name, finding.Int("length", length), finding.Int("minimum", rule.min)))
	case rule.max > 0 && length > rule.max:
		j.add(finding.New("field-too-long", at, name, finding.Int("length", length), finding.Int("maximum", rule.max)))
	case len(rule.allowed) > 0 && !slices.Contains(rule.allowed, f.value):
		j.add(finding.New("field-value", at, name, finding.Str("found", f.value), finding.List("allowed", rule.allowed)))
	case rule.pattern != nil && !rule.pattern(f.value):
		j.add(finding.New("field-pattern", at, name, finding.Str("expected", rule.expected)))
	default:
		return f.value, true
	}
	return f.value, false
}

// boolean checks a field that is true or false.
func (j *judge) boolean(f Field[bool], name string) (value, ok bool) {
	if !j.present(f.state, f.where, name, false, false, "a boolean") {
		return false, false
	}
	return f.value, true
}

// present reports whether the field has a value, and reports its absence or
// null where a value is needed.
func (j *judge) present(state fieldState, where finding.Where, name string, required, nullable bool, expected string) bool {
	where.Field = name
	switch {
	case state == fieldAbsent && required:
		j.missing(name, "")
	case state == fieldNull && !nullable:
		j.add(finding.New("field-null", where, finding.Str("name", name), finding.Str("expected", expected)))
	}
	return state == fieldSet
}

// missing reports a mandatory field that is absent; condition says when it is mandatory.
func (j *judge) missing(name, condition string) {
	j.add(finding.New("field-missing", finding.Where{Field: name}, finding.Str("name", name), finding.Str("condition", condition)))
}

// unused reports a field that has a value but no effect.
func (j *judge) unused(f Field[string], name, reason string) {
	if f.state == fieldSet {
		j.add(finding.New("field-unused", f.at(name), finding.Str("name", name), finding.Str("reason", reason)))
	}
}

// at is the place of the field.
func (f Field[T]) at(name string) finding.Where {
	at := f.where
	at.Field = name
	return at
}

func isLetter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isDigit(c rune) bool { return '0' <= c && c <= '9' }

// isCJK reports whether c is in the range that the Chinese edition of the
// document allows in names.
func isCJK(c rune) bool { return '\u4e00' <= c && c <= '\u9fa5' }

// onlyLetters is the form of a key's password.
func onlyLetters(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return !isLetter(c) }) < 0
}

// isHex24 is the form of a template's ID.
func isHex24(s string) bool {
	return len(s) == 24 && strings.IndexFunc(s, func(c rune) bool {
		return !isDigit(c) && !('a' <= c && c <= 'f' || 'A' <= c && c <= 'F')
	}) < 0
}

// isServerCAID is the form of the ID of an OCSP server's CA certificate.
func isServerCAID(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool {
		return !isDigit(c) && !('a' <= c && c <= 'f') && c != '-'
	}) < 0
}

// isCertificateName is the form of the name of an APIG certificate; cjk allows
// the characters of the Chinese edition as well.
func isCertificateName(s string, cjk bool) bool {
	for i, c := range s {
		if !isLetter(c) && !(cjk && isCJK(c)) && !(i > 0 && (isDigit(c) || c == '_')) {
			return false
		}
	}
	return true
}
