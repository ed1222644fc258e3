// Package finding says what can be said about an upload.
//
// A [Finding] means that Certloupe did its job and something about the input
// deserves a person's attention; an error means that it could not do its job.
// The two are never mixed.
//
// Every kind of finding stands in one ordered table, [Rules]: its stable code,
// its usual severity, its message, how to mend the cause, and the standard that
// it follows from. Packages that find something call [New] with the code, the
// place and typed data; the words come from the table. [Lookup] finds a rule by
// its code.
package finding

import (
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/internal/safetext"
)

// Severity says what a finding means for the verdict.
type Severity uint8

const (
	// Notice is advice or information; it never changes a verdict.
	Notice Severity = iota + 1
	// Warning marks a broken recommendation (a SHOULD), or something that will
	// trouble some users of the certificate; it does not change a verdict.
	Warning
	// Error marks a broken requirement (a MUST) or a documented constraint that
	// is not met; one is enough to reject.
	Error
)

// String returns "notice", "warning" or "error".
func (s Severity) String() string {
	switch s {
	case Notice:
		return "notice"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "severity(" + strconv.Itoa(int(s)) + ")"
}

// Code names a kind of finding: lower-case words joined by hyphens, for example
// "key-mismatch". A code is never renamed and never used for anything else.
type Code string

// Pos is a place counted from zero that may be absent: its zero value means
// "not known". Make one with [At].
type Pos int

// At returns the Pos for n, which counts from zero.
func At(n int) Pos { return Pos(n + 1) }

// Get returns the place counted from zero, and whether it is known.
func (p Pos) Get() (n int, ok bool) { return int(p) - 1, p > 0 }

// Where is the place that a finding speaks of. Every part is optional.
type Where struct {
	// Input names the input: a file's name, or the field of a request.
	Input string
	// Field names the field within the certificate, key or request, for example
	// "subject" or "private_key_password".
	Field string
	// Certificate is the index into the report's certificates, from zero.
	Certificate Pos
	// Block counts the PEM blocks of the input, from 1; 0 is not known.
	Block int
	// Line is the line of the input, from 1; 0 is not known.
	Line int
	// Byte is the offset in the input as it was given, from zero.
	Byte Pos
	// DERByte is the offset in the decoded DER of the block, from zero.
	DERByte Pos
}

// Datum is one piece of a finding's typed data. Its value is a string, an int64,
// a time.Time or a []string.
type Datum struct {
	Key   string
	Value any
}

// Str is text data. Its value is kept as it is; it is made safe where it is shown.
func Str(key, value string) Datum { return Datum{key, value} }

// Int is a whole number.
func Int(key string, value int) Datum { return Datum{key, int64(value)} }

// Time is an instant; it is shown in UTC to the second.
func Time(key string, value time.Time) Datum { return Datum{key, value} }

// List is a list of texts.
func List(key string, value []string) Datum { return Datum{key, value} }

// Finding is one thing worth knowing about an upload.
type Finding struct {
	Code       Code
	Severity   Severity
	Message    string
	Where      Where
	Fix        string
	Ref        string
	VendorCode string
	Data       []Datum
}

// maxValue is how many characters of one piece of data a message repeats.
const maxValue = 120

// New makes the finding of the given code: severity, message, fix and reference
// are the table's, with {key} in its texts replaced by the data of that key,
// made safe to show. It panics if the table has no such code, which is a
// programming error that the tests of this package rule out.
func New(code Code, where Where, data ...Datum) Finding {
	rule, ok := Lookup(code)
	if !ok {
		panic("finding: no rule has the code " + string(code))
	}
	return Finding{
		Code:     code,
		Severity: rule.Severity,
		Message:  fill(rule.Message, data),
		Where:    where,
		Fix:      fill(rule.Fix, data),
		Ref:      rule.Ref,
		Data:     data,
	}
}

// As returns f with another severity, for rules whose weight depends on the profile.
func (f Finding) As(s Severity) Finding {
	f.Severity = s
	return f
}

// fill replaces {key} by the datum of that key. A key without a datum stays as it is.
func fill(text string, data []Datum) string {
	if len(data) == 0 || strings.IndexByte(text, '{') < 0 {
		return text
	}
	var b []byte
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(text[open:], '}')
		if end < 0 {
			break
		}
		end += open
		b = append(b, text[:open]...)
		key, found := text[open+1:end], false
		for _, d := range data {
			if d.Key == key {
				b = append(b, d.text()...)
				found = true
				break
			}
		}
		if !found {
			b = append(b, text[open:end+1]...)
		}
		text = text[end+1:]
	}
	return string(append(b, text...))
}

// text is the datum as a message shows it.
func (d Datum) text() string {
	switch v := d.Value.(type) {
	case string:
		return safetext.Short(v, maxValue)
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case []string:
		shown := v
		if len(shown) > 8 {
			shown = shown[:8]
		}
		s := safetext.Short(strings.Join(shown, ", "), 2*maxValue)
		if len(shown) < len(v) {
			s += ", …"
		}
		return s
	}
	return ""
}

// Worst returns the highest severity among the findings, or 0 when there are none.
func Worst(fs []Finding) Severity {
	var worst Severity
	for _, f := range fs {
		worst = max(worst, f.Severity)
	}
	return worst
}
