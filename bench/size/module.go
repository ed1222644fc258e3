package main

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// module is what is read of a module in the binary format of WebAssembly.
type module struct {
	imported int
	// bodies are the sizes of the functions that the module has itself, names those
	// of all functions.
	bodies []int
	names  map[int]string
	data   int
}

var errModule = errors.New("this is no module with the names of its functions")

// The sections that are looked at.
const (
	sectionCustom, sectionImport, sectionCode, sectionData = 0, 2, 10, 11
	subsectionFunctions                                    = 1
)

// reader reads numbers and bytes. At the end it gives zeros and is bad.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > 1<<31 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.b) {
		r.b, r.bad = nil, true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func readModule(b []byte) (*module, error) {
	if !bytes.HasPrefix(b, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errModule
	}
	m := &module{names: map[int]string{}}
	for r := (&reader{b: b[8:]}); len(r.b) > 0; {
		id := r.bytes(1)[0]
		section := &reader{b: r.bytes(r.number())}
		if r.bad {
			return nil, errModule
		}
		m.section(id, section)
		if section.bad {
			return nil, errModule
		}
	}
	if len(m.bodies) == 0 || len(m.names) == 0 {
		return nil, errModule
	}
	return m, nil
}

func (m *module) section(id byte, r *reader) {
	switch id {
	case sectionImport:
		// Everything that Go imports is a function.
		for range r.number() {
			r.bytes(r.number())
			r.bytes(r.number())
			r.bytes(1)
			r.number()
			m.imported++
		}
	case sectionCode:
		for range r.number() {
			n := r.number()
			r.bytes(n)
			m.bodies = append(m.bodies, n)
		}
	case sectionData:
		m.data = len(r.b)
	case sectionCustom:
		if string(r.bytes(r.number())) != "name" {
			return
		}
		for len(r.b) > 0 && !r.bad {
			which := r.bytes(1)[0]
			names := &reader{b: r.bytes(r.number())}
			if which != subsectionFunctions {
				continue
			}
			for range names.number() {
				index := names.number()
				m.names[index] = string(names.bytes(names.number()))
			}
			r.bad = r.bad || names.bad
		}
	}
}
