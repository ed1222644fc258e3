//go:build unix

package main

import (
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOpenDescriptor(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString(password); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := openDescriptor(int(r.Fd())); err == nil {
		t.Error("a descriptor of the program itself is taken for an inherited one")
	}
	// What was inherited is not to be closed on exec.
	copied, err := unix.Dup(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := openDescriptor(copied)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(opened); err != nil || string(data) != password {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := openDescriptor(1 << 20); err == nil {
		t.Error("a descriptor that is not open was opened")
	}
}
