//go:build !unix

package main

import (
	"errors"
	"io"
)

// openDescriptor fails: this system does not hand descriptors to programs.
func openDescriptor(int) (io.Reader, error) {
	return nil, errors.New("this system has no inherited descriptors; use --password-file")
}
