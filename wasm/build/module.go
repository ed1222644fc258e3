package main

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// module is a module in the binary format of WebAssembly, taken apart as far as
// stripping needs it.
type module struct {
	sections []section
}

type section struct {
	id   byte
	body []byte
}

// The sections that are looked at.
const (
	sectionCustom   = 0
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionStart    = 8
	sectionCode     = 10
	sectionData     = 11
)

var magic = []byte("\x00asm\x01\x00\x00\x00")

var errModule = errors.New("this is no module in the binary format of WebAssembly, version 1")

// reader reads what a module is made of. At the end it gives zeros and is bad.
type reader struct {
	b   []byte
	bad bool
}

// number reads an unsigned number in LEB128. All that a module of Go has fit in 31 bits.
func (r *reader) number() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > 1<<31-1 {
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

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// signed reads a signed number in LEB128.
func (r *reader) signed() int {
	n := 0
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		n |= int(b&0x7f) << shift
		if b&0x80 == 0 {
			if b&0x40 != 0 {
				n |= -1 << (shift + 7)
			}
			return n
		}
	}
	r.b, r.bad = nil, true
	return 0
}

func appendSigned(b []byte, n int) []byte {
	for {
		c := byte(n & 0x7f)
		n >>= 7
		if n == 0 && c&0x40 == 0 || n == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func readModule(b []byte) (*module, error) {
	if !bytes.HasPrefix(b, magic) {
		return nil, errModule
	}
	m := new(module)
	for r := (&reader{b: b[len(magic):]}); len(r.b) > 0; {
		s := section{id: r.byte(), body: r.bytes(r.number())}
		if r.bad {
			return nil, errModule
		}
		m.sections = append(m.sections, s)
	}
	return m, nil
}

func (m *module) append(b []byte) []byte {
	b = append(b, magic...)
	for _, s := range m.sections {
		b = append(b, s.id)
		b = binary.AppendUvarint(b, uint64(len(s.body)))
		b = append(b, s.body...)
	}
	return b
}

// compiler returns the version of the compiler, like "go1.26.8", which the linker
// writes into a section of its own.
func (m *module) compiler() string {
	for _, s := range m.sections {
		r := &reader{b: s.body}
		if s.id != sectionCustom || string(r.bytes(r.number())) != "producers" {
			continue
		}
		for range r.number() {
			field := string(r.bytes(r.number()))
			for range r.number() {
				name, version := string(r.bytes(r.number())), string(r.bytes(r.number()))
				if field == "language" && name == "Go" {
					return version
				}
			}
		}
	}
	return ""
}

// section returns the first section of a kind.
func (m *module) section(id byte) (*section, error) {
	for i := range m.sections {
		if m.sections[i].id == id {
			return &m.sections[i], nil
		}
	}
	return nil, errModule
}

// image is the memory as it is before the program runs, from address 0 on.
type image []byte

// maxImage is far more than what a program begins with.
const maxImage = 256 << 20

const i32Const, end = 0x41, 0x0b

// readImage puts the pieces of the data section where they belong.
func readImage(data []byte) (image, error) {
	var memory image
	r := &reader{b: data}
	for range r.number() {
		kind, op, at, last := r.number(), r.byte(), r.signed(), r.byte()
		piece := r.bytes(r.number())
		if r.bad || kind != 0 || op != i32Const || last != end || at < 0 || at > maxImage {
			return nil, errors.New("the data section is not as the linker of Go writes it")
		}
		// The pieces need not be in order.
		if grow := at + len(piece) - len(memory); grow > 0 {
			memory = append(memory, make([]byte, grow)...)
		}
		copy(memory[at:], piece)
	}
	if r.bad || len(r.b) > 0 {
		return nil, errors.New("the data section is not as the linker of Go writes it")
	}
	return memory, nil
}

// gap is how many zeros in a row are left out of the data section; memory is zero to begin with. The linker
// leaves out eight already, which makes 100 000 pieces; zeros in few pieces take more
// room in the file but far less when it is compressed.
const gap = 4096

// section writes the data section.
func (memory image) section() []byte {
	var pieces []byte
	count := 0
	for at := 0; at < len(memory); {
		if memory[at] == 0 {
			at++
			continue
		}
		stop, zeros := at, 0 // memory[at:stop] is a piece.
		for i := at; i < len(memory) && zeros < gap; i++ {
			if memory[i] == 0 {
				zeros++
			} else {
				stop, zeros = i+1, 0
			}
		}
		pieces = append(pieces, 0, i32Const)
		pieces = appendSigned(pieces, at)
		pieces = append(pieces, end)
		pieces = binary.AppendUvarint(pieces, uint64(stop-at))
		pieces = append(pieces, memory[at:stop]...)
		at = stop
		count++
	}
	return append(binary.AppendUvarint(nil, uint64(count)), pieces...)
}
