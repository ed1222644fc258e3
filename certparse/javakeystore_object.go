package certparse

import "encoding/binary"

// This file passes over a secret key in a JCEKS keystore. It is a serialized Java
// object, whose length is not stated, so it has to be read to get to the entries
// after it: Java Object Serialization Specification, Chapter 6, as far as it takes
// for javax.crypto.SealedObject. Nothing of it is kept.

// The type codes of the serialization stream.
const (
	javaNull       = 0x70
	javaReference  = 0x71
	javaClass      = 0x72
	javaObject     = 0x73
	javaString     = 0x74
	javaArray      = 0x75
	javaBlock      = 0x77
	javaEndBlock   = 0x78
	javaBlockLong  = 0x7a
	javaLongString = 0x7c
)

// The flags of a class.
const (
	javaHasWriteMethod = 1
	javaSerializable   = 2
)

// Limits on one object.
const (
	maxJavaDepth   = 16
	maxJavaClasses = 64
	maxJavaFields  = 64
	maxJavaHandles = 1024
)

// javaClassDesc is what is known of a class.
type javaClassDesc struct {
	name   string
	flags  byte
	fields []byte // The type codes of its fields.
	super  *javaClassDesc
}

// javaSkipper passes over one object.
type javaSkipper struct {
	*keystoreReader
	// handles has the classes under the numbers by which they are referred to; what
	// is no class is nil.
	handles []*javaClassDesc
	classes int
}

// skipJavaObject passes over a serialized object. It reports whether that worked.
func skipJavaObject(r *keystoreReader) bool {
	s := javaSkipper{keystoreReader: r}
	if s.uint32() != 0xaced0005 { // The magic number and the version.
		return false
	}
	return s.content(s.uint8(), 0) && !s.cut
}

// handle gives the next number to a class or to something else.
func (s *javaSkipper) handle(c *javaClassDesc) bool {
	s.handles = append(s.handles, c)
	return len(s.handles) <= maxJavaHandles
}

// content passes over what starts with the given type code.
func (s *javaSkipper) content(code byte, depth int) bool {
	if s.cut || depth > maxJavaDepth {
		return false
	}
	switch code {
	case javaNull:
		return true
	case javaReference:
		s.bytes(4)
		return true
	case javaString:
		s.bytes(uint32(s.uint16()))
		return s.handle(nil)
	case javaLongString:
		if s.uint32() != 0 {
			return false // More than 4 GB.
		}
		s.bytes(s.uint32())
		return s.handle(nil)
	case javaBlock:
		s.bytes(uint32(s.uint8()))
		return true
	case javaBlockLong:
		s.bytes(s.uint32())
		return true
	case javaObject:
		c, ok := s.class(depth)
		if !ok || c == nil || !s.handle(nil) {
			return false
		}
		return s.classData(c, depth)
	case javaArray:
		c, ok := s.class(depth)
		if !ok || c == nil || len(c.name) < 2 || !s.handle(nil) {
			return false
		}
		n := s.uint32()
		for range n {
			if !s.value(c.name[1], depth) {
				return false
			}
		}
		return true
	}
	return false
}

// value passes over one value of a type.
func (s *javaSkipper) value(kind byte, depth int) bool {
	switch kind {
	case 'B', 'Z':
		s.bytes(1)
	case 'C', 'S':
		s.bytes(2)
	case 'F', 'I':
		s.bytes(4)
	case 'D', 'J':
		s.bytes(8)
	case 'L', '[':
		return s.content(s.uint8(), depth+1)
	default:
		return false
	}
	return !s.cut
}

// class reads a class, which is nil for none.
func (s *javaSkipper) class(depth int) (*javaClassDesc, bool) {
	if depth > maxJavaDepth {
		return nil, false
	}
	switch s.uint8() {
	case javaNull:
		return nil, !s.cut
	case javaReference:
		b := s.bytes(4)
		if b == nil {
			return nil, false
		}
		// Numbers start at 0x7e0000.
		n := int64(binary.BigEndian.Uint32(b)) - 0x7e0000
		if n < 0 || n >= int64(len(s.handles)) || s.handles[n] == nil {
			return nil, false
		}
		return s.handles[n], true
	case javaClass:
	default:
		return nil, false
	}
	if s.classes++; s.classes > maxJavaClasses {
		return nil, false
	}
	c := &javaClassDesc{name: string(s.bytes(uint32(s.uint16())))}
	s.bytes(8) // serialVersionUID
	if !s.handle(c) {
		return nil, false
	}
	c.flags = s.uint8()
	fields := s.uint16()
	if fields > maxJavaFields {
		return nil, false
	}
	for range fields {
		kind := s.uint8()
		s.bytes(uint32(s.uint16())) // The field's name.
		if kind == 'L' || kind == '[' {
			if !s.content(s.uint8(), depth+1) { // The name of its class.
				return nil, false
			}
		}
		c.fields = append(c.fields, kind)
	}
	if !s.annotation(depth) {
		return nil, false
	}
	var ok bool
	c.super, ok = s.class(depth + 1)
	return c, ok
}

// classData passes over the values of an object, those of its uppermost class first.
func (s *javaSkipper) classData(c *javaClassDesc, depth int) bool {
	if c.super != nil && (depth > maxJavaDepth || !s.classData(c.super, depth+1)) {
		return false
	}
	if c.flags&javaSerializable == 0 {
		return false // It writes itself in a way of its own.
	}
	for _, kind := range c.fields {
		if !s.value(kind, depth) {
			return false
		}
	}
	return c.flags&javaHasWriteMethod == 0 || s.annotation(depth)
}

// annotation passes over whatever stands before the end of a block.
func (s *javaSkipper) annotation(depth int) bool {
	for {
		code := s.uint8()
		if s.cut {
			return false
		}
		if code == javaEndBlock {
			return true
		}
		if !s.content(code, depth+1) {
			return false
		}
	}
}
