package scan

import (
	"bytes"

	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/internal/rows"
)

// This file reads and writes columns that are separated by tabs, as ClickHouse
// has them in its format TabSeparated: tabs, line breaks and backslashes in a value
// are escaped with a backslash, and \N is no value at all.

// columns writes a row as columns.
func (j *judge) columns(r *rows.Row) {
	out := j.w.Bytes()
	var w jsontext.Writer
	if j.opt.Fields == nil {
		w.Reset(j.cell[:0])
		j.rows.Write(&w, r)
		out = appendColumn(out, w.Bytes())
		j.cell = w.Bytes()
	}
	for i, name := range j.opt.Fields {
		if i > 0 {
			out = append(out, '\t')
		}
		w.Reset(j.cell[:0])
		w.BeginObject()
		j.rows.WriteField(&w, r, i)
		if before := len(`{"":`) + len(name); len(w.Bytes()) > before {
			out = appendColumn(out, w.Bytes()[before:])
		} else {
			out = append(out, `\N`...)
		}
		j.cell = w.Bytes()
	}
	j.w.Reset(out)
}

// appendColumn appends a JSON value as a column: a text without its quotation
// marks, anything else as it is. Characters of a text that are not plainly
// printable stay the \u escapes that JSON has for them.
func appendColumn(dst, value []byte) []byte {
	if value[0] != '"' {
		return append(dst, bytes.ReplaceAll(value, []byte(`\`), []byte(`\\`))...)
	}
	value = value[1 : len(value)-1]
	for {
		i := bytes.IndexByte(value, '\\')
		if i < 0 {
			return append(dst, value...)
		}
		dst = append(dst, value[:i]...)
		switch c := value[i+1]; c {
		case '"':
			dst = append(dst, c)
		case 'u':
			dst = append(dst, `\\u`...)
		default: // A backslash, a tab or a line break, which both forms escape alike.
			dst = append(dst, '\\', c)
		}
		value = value[i+2:]
	}
}

// unescapeTabs appends a column without its escapes. No value at all is an empty one.
func unescapeTabs(dst, column []byte) []byte {
	if string(column) == `\N` {
		return dst
	}
	for {
		i := bytes.IndexByte(column, '\\')
		if i < 0 || i+1 == len(column) {
			return append(dst, column...)
		}
		dst = append(dst, column[:i]...)
		c := column[i+1]
		switch c {
		case 'n':
			c = '\n'
		case 't':
			c = '\t'
		case 'r':
			c = '\r'
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case '0':
			c = 0
		}
		dst = append(dst, c)
		column = column[i+2:]
	}
}
