//go:build unix

package scan

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPipes shows that a pipe is read if it is named, and not waited for if it
// stands in a folder.
func TestPipes(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Skip("NOT CHECKED: no pipe can be made here:", err)
	}
	if r := run(t, Paths(dir), Options{}); r.describe() != "unread" {
		t.Error(r.describe())
	}
	go func() {
		if f, err := os.OpenFile(name, os.O_WRONLY, 0); err == nil {
			f.Write(bundle(3))
			f.Close()
		}
	}()
	if r := run(t, Paths(name), Options{}); r.describe() != "certificate; certificate; certificate" {
		t.Error(r.describe())
	}
}
