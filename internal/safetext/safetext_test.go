package safetext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "",
		"plain text":         "plain text",
		"深圳 ünïcode":         "深圳 ünïcode",
		"a\nb\tc\x00":        `a\u{a}b\u{9}c\u{0}`,
		"\x1b[31m":           `\u{1b}[31m`,
		"a\u202eb\u200b":     `a\u{202e}b\u{200b}`,
		"a\u00a0b":           `a\u{a0}b`,
		"\xffa\xc3":          `\xffa\xc3`,
		"\U000e0041":         `\u{e0041}`,
		"\x7f":               `\u{7f}`,
		"end\ufffd":          "end\ufffd",
		"\u2028line\u2029":   `\u{2028}line\u{2029}`,
		"combining e\u0301!": "combining e\u0301!",
	} {
		if got := String(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	if got := Short("深圳深圳", 4); got != "深圳深圳" {
		t.Error(got)
	}
	if got := Short("深圳深圳!", 4); got != "深圳深圳…" {
		t.Error(got)
	}
	if got := Short(strings.Repeat("\x00", 9), 2); got != `\u{0}\u{0}…` {
		t.Error(got)
	}
}

// Whatever comes in, what goes out is UTF-8 that a terminal only shows.
func FuzzString(f *testing.F) {
	f.Add("a\x1b]0;title\x07\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		out := String(s)
		if !utf8.ValidString(out) {
			t.Fatalf("%q is not UTF-8", out)
		}
		for _, r := range out {
			if !Printable(r) && r != utf8.RuneError {
				t.Fatalf("%U in %q", r, out)
			}
		}
	})
}
