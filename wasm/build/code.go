package main

import (
	"encoding/binary"
	"errors"
)

// instruction is one instruction of a function: its bytes, and what of its operands
// the rewriting looks at.
type instruction struct {
	op  byte
	raw []byte
	// n is the operand: of const the value, of local.get and the like the index, of
	// br and br_if the label, of loads and stores the offset.
	n int64
	// labels are those of br_table.
	labels []int
}

// The instructions that are looked at, by their names in the specification.
const (
	opUnreachable  = 0x00
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBr           = 0x0c
	opBrIf         = 0x0d
	opBrTable      = 0x0e
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opDrop         = 0x1a
	opSelect       = 0x1b
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opLoadFirst    = 0x28 // i32.load
	opI32Load      = 0x28
	opLoadLast     = 0x35 // i64.load32_u
	opStoreFirst   = 0x36 // i32.store
	opI32Store     = 0x36
	opI64Store     = 0x37
	opStoreLast    = 0x3e // i64.store32
	opMemorySize   = 0x3f
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opI32Eqz       = 0x45
	opI32Eq        = 0x46
	opI32LtU       = 0x49
	opI64Eqz       = 0x50
	opI64Eq        = 0x51
	opF32Eq        = 0x5b
	opI32Add       = 0x6a
	opI32Sub       = 0x6b
	opI32Mul       = 0x6c
	opI64Add       = 0x7c
	opI32WrapI64   = 0xa7
	opI64ExtendI32 = 0xad // i64.extend_i32_u
	opLastPlain    = 0xc4
	opPrefix       = 0xfc

	voidBlock = 0x40
)

var errCode = errors.New("an instruction is not as the compiler of Go writes it")

// readCode takes instructions apart.
func readCode(b []byte) ([]instruction, error) {
	var list []instruction
	for r := (&reader{b: b}); len(r.b) > 0; {
		start := r.b
		in := instruction{op: r.byte()}
		switch op := in.op; {
		case op == opBlock, op == opLoop, op == opIf:
			// Go's blocks and loops have no results.
			if kind := r.byte(); kind != voidBlock && (op != opIf || kind < 0x7c || kind > 0x7f) {
				return nil, errCode
			}
		case op == opBr, op == opBrIf, op == opCall, op >= opLocalGet && op <= opGlobalSet, op == opMemorySize, op == opMemoryGrow:
			in.n = int64(r.number())
		case op == opCallIndirect:
			r.number()
			r.number()
		case op == opBrTable:
			// The last label is for all other values.
			for range r.number() + 1 {
				in.labels = append(in.labels, r.number())
			}
		case op >= opLoadFirst && op <= opStoreLast:
			r.number() // alignment
			in.n = int64(r.number())
		case op == opI32Const, op == opI64Const:
			in.n = r.long()
		case op == opF32Const:
			r.bytes(4)
		case op == opF64Const:
			r.bytes(8)
		case op == opPrefix:
			switch kind := r.number(); {
			case kind <= 7: // Conversions of floats without traps.
			case kind == 10: // memory.copy
				r.bytes(2)
			case kind == 11: // memory.fill
				r.bytes(1)
			default:
				return nil, errCode
			}
		case op == opUnreachable, op == 0x01, op == opElse, op == opEnd, op == opReturn, op == opDrop, op == opSelect, op >= opI32Eqz && op <= opLastPlain:
		default:
			return nil, errCode
		}
		if r.bad {
			return nil, errCode
		}
		in.raw = start[:len(start)-len(r.b)]
		list = append(list, in)
	}
	return list, nil
}

// long reads a signed number of 64 bits in LEB128.
func (r *reader) long() int64 {
	n := int64(0)
	for shift := 0; shift < 70; shift += 7 {
		b := r.byte()
		n |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			if b&0x40 != 0 && shift < 57 {
				n |= -1 << (shift + 7)
			}
			return n
		}
	}
	r.b, r.bad = nil, true
	return 0
}

// withIndex is an instruction with an unsigned operand.
func withIndex(op byte, n int) instruction {
	return instruction{op: op, raw: binary.AppendUvarint([]byte{op}, uint64(n)), n: int64(n)}
}

// withValue is i32.const or i64.const.
func withValue(op byte, n int64) instruction {
	return instruction{op: op, raw: appendSigned([]byte{op}, int(n)), n: n}
}

func plain(op byte) instruction { return instruction{op: op, raw: []byte{op}} }

// takes says how many values an instruction takes from the stack and gives back. ok is
// false of those that do not simply go on to the next one, or are never between an
// address and its use.
func (in *instruction) takes() (pop, push int, ok bool) {
	switch op := in.op; {
	case op == opLocalGet, op == opGlobalGet, op >= opI32Const && op <= opF64Const:
		return 0, 1, true
	case op == opLocalSet, op == opGlobalSet, op == opDrop:
		return 1, 0, true
	case op == opLocalTee, op >= opLoadFirst && op <= opLoadLast, op == opI32Eqz, op == opI64Eqz:
		return 1, 1, true
	case op >= opStoreFirst && op <= opStoreLast:
		return 2, 0, true
	case op == opSelect:
		return 3, 1, true
	case op >= opI32Eq && op < 0x67, op >= opI32Add && op < 0x79, op >= opI64Add && op < 0x8b, op >= 0x92 && op < 0x99, op >= 0xa0 && op < 0xa7:
		return 2, 1, true // Comparisons, and calculations with two operands.
	case op >= 0x67 && op <= opLastPlain:
		return 1, 1, true // Calculations with one, conversions.
	}
	return 0, 0, false
}

// isComparison says whether an instruction compares, so that it gives 0 or 1.
func (in *instruction) isComparison() bool { return in.op >= opI32Eqz && in.op < 0x67 }
