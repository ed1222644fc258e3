package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// maxPassword is the longest password in bytes that is read.
const maxPassword = 1 << 16

// passwordFlags say where a password comes from. It is never the value of a
// flag: other users of the machine can read those, and shells write them down.
type passwordFlags struct {
	file       string
	descriptor number
	ask        bool
}

func (p *passwordFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&p.file, "password-file", "", "`file` with the password of encrypted private keys; a line break at its end does not count")
	c.Flags().Var(&p.descriptor, "password-fd", "file `descriptor` to read the password from: 3 goes with 3<FILE")
	c.Flags().BoolVar(&p.ask, "ask-password", false, "ask for the password on the terminal")
}

// read returns the password, or nil if no flag says where it is.
func (p *passwordFlags) read(c *cobra.Command, s *sources) ([]byte, error) {
	if err := exclusive(c, "password-file", "password-fd", "ask-password"); err != nil {
		return nil, err
	}
	switch {
	case p.ask:
		return s.env.askPassword("Password of the private key: ")
	case c.Flags().Changed("password-fd"):
		return p.readDescriptor(s)
	case c.Flags().Changed("password-file"):
		data, err := s.read(p.file, maxPassword)
		if err != nil {
			return nil, err
		}
		return trimPassword(data, p.file)
	}
	return nil, nil
}

func (p *passwordFlags) readDescriptor(s *sources) ([]byte, error) {
	var r io.Reader
	var err error
	switch {
	case p.descriptor == 0:
		if err := s.takeStandardInput(); err != nil {
			return nil, err
		}
		r = s.stdin
	case p.descriptor < 3: // Standard output and standard error.
		return nil, usagef("descriptor %d cannot be read from; use 0, or 3 and above", p.descriptor)
	default:
		r, err = s.env.openDescriptor(int(p.descriptor))
	}
	var data []byte
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(r, maxPassword+1))
	}
	if err != nil {
		return nil, fmt.Errorf("descriptor %d cannot be read: %w", p.descriptor, err)
	}
	return trimPassword(data, fmt.Sprintf("descriptor %d", p.descriptor))
}

// trimPassword takes the line break off that editors and echo put at the end.
func trimPassword(data []byte, name string) ([]byte, error) {
	if len(data) > maxPassword {
		return nil, fmt.Errorf("%s: more than %d bytes; that is no password", name, maxPassword)
	}
	if rest, ok := bytes.CutSuffix(data, []byte("\n")); ok {
		data, _ = bytes.CutSuffix(rest, []byte("\r"))
	}
	return data, nil
}
