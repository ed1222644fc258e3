package main

import (
	"io"
	"os"

	"github.com/certloupe/certloupe/certparse"
)

// standardInput is the name that stands for standard input.
const standardInput = "-"

// sources reads inputs: files, and once standard input.
type sources struct {
	stdin io.Reader
	env   environment
	taken bool
}

// read reads a file, or standard input for "-". It reads one byte more than
// limit and no more, so that an input that is too large is seen to be so, and one
// without end has an end.
func (s *sources) read(name string, limit int) ([]byte, error) {
	if name == "" {
		return nil, usagef("the name of a file is empty")
	}
	if name == standardInput {
		if err := s.takeStandardInput(); err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(s.stdin, int64(limit)+1))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(limit)+1))
}

func (s *sources) takeStandardInput() error {
	if s.taken {
		return usagef("standard input can be read only once")
	}
	s.taken = true
	return nil
}

// readOptional reads the file if there is a name; without one the content is nil.
func (s *sources) readOptional(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	return s.read(name, certparse.DefaultMaxSize)
}
