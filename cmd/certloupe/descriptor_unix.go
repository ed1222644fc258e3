//go:build unix

package main

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// openDescriptor opens a descriptor that was inherited. The program has open
// descriptors of its own, which Go's runtime reads settings from, and one of them
// may have the number that was asked for. They are told apart by their flag to be
// closed on exec: what was inherited cannot have it.
func openDescriptor(n int) (io.Reader, error) {
	flags, err := unix.FcntlInt(uintptr(n), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 {
		return nil, errors.New("it is not open")
	}
	return os.NewFile(uintptr(n), "password"), nil
}
