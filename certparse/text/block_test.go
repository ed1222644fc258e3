package text

import "testing"

// TestSafe tests what nothing should ever come to need.
func TestSafe(t *testing.T) {
	if got, want := safe([]byte("a\n\x1b[1m ü\u202e\xff\r\n")), "a\n\\u{1b}[1m ü\\u{202e}\\xff\\u{d}\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
