// Package safetext makes text that came from outside safe to show.
//
// A name in a certificate is chosen by whoever made the certificate. Shown as it
// stands it can move a terminal's cursor, reverse the order of a line, or hide
// letters. Everything Certloupe shows passes through here once: what is not
// plainly printable appears as an escape, and what is endless is cut.
package safetext

import (
	"strconv"
	"unicode/utf8"
)

const lowerHex = "0123456789abcdef"

// Printable reports whether r shows itself and nothing else: letters, marks,
// digits, punctuation, symbols and the plain space. Control and format
// characters (bidirectional overrides and zero-width characters among them),
// private-use characters and every other kind of space are not printable.
func Printable(r rune) bool {
	if r < 0x7f {
		return r >= 0x20
	}
	return strconv.IsPrint(r)
}

// Append appends s to dst with every unprintable character written as
// \u{XXXX} and every byte that is not UTF-8 as \xXX.
func Append(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		if c := s[i]; c >= 0x20 && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, '\\', 'x', lowerHex[s[i]>>4], lowerHex[s[i]&15])
			i++
			start = i
			continue
		}
		if !strconv.IsPrint(r) {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u{`...)
			dst = strconv.AppendInt(dst, int64(r), 16)
			dst = append(dst, '}')
			start = i + n
		}
		i += n
	}
	return append(dst, s[start:]...)
}

// String returns s as [Append] writes it.
func String(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return string(Append(nil, s))
		}
	}
	return s
}

// Short is [String] cut after limit characters of s, with an ellipsis where
// something was cut.
func Short(s string, limit int) string {
	n := 0
	for i := range s {
		if n == limit {
			return String(s[:i]) + "…"
		}
		n++
	}
	return String(s)
}
