package main

import (
	"encoding/binary"
	"fmt"
)

// Go's compiler writes code for WebAssembly that is far from what it could be: as if for
// a machine with registers that jumps by numbers. Five habits of it make up a good part of the
// module, and can be undone one instruction after the other, without knowing what
// a function does. All other instructions stay as they are, because code that is much alike
// is what compression lives on: wasm-opt, which does far more, makes the module larger by
// brotli.
//
//   - An address in the frame is calculated in 64 bits and then used with an
//     offset of 0, rather than being an offset itself: see foldOffsets.
//   - Every jump sets a number and goes to a table at the start of the function, even
//     where its target can be reached directly: see jumpDirectly.
//   - After each call whose goroutine may have been stopped, a function leaves by way of
//     a block around all others, and returns 1 behind it: see returnDirectly.
//   - The stack pointer is kept in a local variable that nobody reads any more: see shorten.
//   - A condition is turned round twice on the way: see shorten.

// rewriteCode rewrites the functions of a code section.
func rewriteCode(section []byte) ([]byte, error) {
	r := &reader{b: section}
	count := r.number()
	out := binary.AppendUvarint(nil, uint64(count))
	for i := range count {
		body := r.bytes(r.number())
		if r.bad {
			return nil, errModule
		}
		body, err := rewriteFunction(body)
		if err != nil {
			return nil, fmt.Errorf("function %d: %w", i, err)
		}
		out = binary.AppendUvarint(out, uint64(len(body)))
		out = append(out, body...)
	}
	if len(r.b) > 0 {
		return nil, errModule
	}
	return out, nil
}

func rewriteFunction(body []byte) ([]byte, error) {
	r := &reader{b: body}
	for range r.number() {
		r.number() // How many locals there are of a type.
		r.byte()
	}
	if r.bad {
		return nil, errModule
	}
	out := append([]byte(nil), body[:len(body)-len(r.b)]...)
	code, err := readCode(r.b)
	if err != nil {
		return nil, err
	}
	code, err = jumpDirectly(code)
	if err != nil {
		return nil, err
	}
	code = shorten(foldOffsets(returnDirectly(code)))
	for _, in := range code {
		out = append(out, in.raw...)
	}
	return out, nil
}

// matches says whether the instructions at the start of code have the given codes.
func matches(code []instruction, ops ...byte) bool {
	if len(code) < len(ops) {
		return false
	}
	for i, op := range ops {
		if code[i].op != op {
			return false
		}
	}
	return true
}

// maxFrame is far more than a frame on the stack has. The stack lies in the heap, so a
// stack pointer is never that close to the end of what 32 bits address.
const maxFrame = 1 << 24

// foldOffsets turns
//
//	local.get P, i64.extend_i32_u, i64.const N, i64.add, i32.wrap_i64, …, load or store at 0
//
// into local.get P, …, load or store at N. P is a pointer of 32 bits.
func foldOffsets(code []instruction) []instruction {
	var out []instruction
	for i := 0; i < len(code); i++ {
		out = append(out, code[i])
		if !matches(code[i:], opLocalGet, opI64ExtendI32, opI64Const, opI64Add, opI32WrapI64) {
			continue
		}
		n := code[i+2].n
		use := findUse(code, i+5)
		if n < 0 || n > maxFrame || use < 0 || code[use].n+n > maxFrame {
			continue
		}
		code[use] = withOffset(&code[use], code[use].n+n)
		i += 4
	}
	return out
}

// findUse returns the load or store that takes the address on top of the stack before
// code[at], or -1.
func findUse(code []instruction, at int) int {
	above := 0
	for i := at; i < len(code); i++ {
		in := &code[i]
		switch {
		case above == 0 && in.op >= opLoadFirst && in.op <= opLoadLast, above == 1 && in.op >= opStoreFirst && in.op <= opStoreLast:
			return i
		}
		pop, push, ok := in.takes()
		if !ok || pop > above {
			return -1
		}
		above += push - pop
	}
	return -1
}

// withOffset is a load or store with another offset.
func withOffset(in *instruction, n int64) instruction {
	_, size := binary.Uvarint(in.raw[1:]) // The alignment.
	raw := append([]byte(nil), in.raw[:1+size]...)
	return instruction{op: in.op, raw: binary.AppendUvarint(raw, uint64(n)), n: n}
}

// frame is a block, loop or if that is open.
type frame struct {
	op byte
	at int
}

// jumpDirectly makes jumps forward direct. A function that is entered again, after
// its goroutine was stopped, or that jumps, is
//
//	loop, block …, local.get 0, br_table …
//
// where the value of local 0 says behind the end of which block to go on. A jump is
//
//	i32.const V, local.set 0, br LOOP
//
// A block that is still open can be left without that. Local 0 is read only at the table,
// and set before each way to it.
func jumpDirectly(code []instruction) ([]instruction, error) {
	var open []frame
	var table []int // Where the blocks begin that the values of local 0 stand for.
	loop := -1
	out := code[:0:0]
	for i := 0; i < len(code); i++ {
		in := code[i]
		switch in.op {
		case opBlock, opLoop, opIf:
			open = append(open, frame{in.op, i})
		case opEnd:
			if len(open) > 0 {
				open = open[:len(open)-1]
			} else if i != len(code)-1 {
				return nil, errCode
			}
		case opLocalGet:
			if table != nil && in.n == 0 {
				// For a call by a pointer local 0 holds what to call.
				if i < 2 || !matches(code[i-2:], opLocalSet, opI32Const, opLocalGet, opCallIndirect) || code[i-2].n != 0 {
					return nil, errCode
				}
			}
			if table == nil && in.n == 0 && matches(code[i+1:], opBrTable) {
				if loop = dispatched(open); loop < 0 {
					break
				}
				for _, label := range code[i+1].labels {
					if label >= len(open) {
						return nil, errCode
					}
					table = append(table, open[len(open)-1-label].at)
				}
			}
		case opI32Const:
			if table == nil || !matches(code[i+1:], opLocalSet, opBr) || code[i+1].n != 0 {
				break
			}
			to := len(open) - 1 - int(code[i+2].n)
			if to < 0 || open[to].at != loop || in.n < 0 || in.n >= int64(len(table)) {
				break
			}
			label := labelOf(open, table[in.n])
			if label < 0 {
				break // It lies behind: a jump backwards.
			}
			if last := len(out) - 1; last >= 0 && out[last].op == opIf && matches(code[i+3:], opEnd) {
				// if, jump, end
				out[last] = withIndex(opBrIf, label-1)
				open = open[:len(open)-1]
				i += 3
				continue
			}
			if label > 0 || !matches(code[i+3:], opEnd) { // Otherwise it goes there anyway.
				out = append(out, withIndex(opBr, label))
			}
			i += 2
			continue
		}
		out = append(out, in)
	}
	return out, nil
}

// returnDirectly turns
//
//	block, …, br_if BLOCK, …, end, i32.const 1, end
//
// around a whole function into if, i32.const 1, return, end in the place of br_if. That has more bytes, but the same
// ones after each call, and the number of blocks in between is not among them.
func returnDirectly(code []instruction) []instruction {
	n := len(code)
	if n < 4 || !matches(code[n-3:], opEnd, opI32Const, opEnd) || code[n-2].n != 1 {
		return code
	}
	out := make([]instruction, 0, n)
	depth := int64(0)
	for i, in := range code {
		switch in.op {
		case opBlock, opLoop, opIf:
			if depth++; depth == 1 && in.op != opBlock {
				return code
			}
		case opEnd:
			if depth--; depth == 0 && i != n-3 {
				return code // There is no block around all others.
			}
		case opBrIf:
			if in.n == depth-1 {
				out = append(out, instruction{op: opIf, raw: []byte{opIf, voidBlock}}, withValue(opI32Const, 1), plain(opReturn), plain(opEnd))
				continue
			}
		}
		out = append(out, in)
	}
	return out
}

// dispatched returns where the loop begins whose blocks are open, if there is nothing
// else between it and here.
func dispatched(open []frame) int {
	for i := len(open) - 1; i >= 0; i-- {
		switch open[i].op {
		case opLoop:
			return open[i].at
		case opIf:
			return -1
		}
	}
	return -1
}

// labelOf returns the label of the open block that begins at an instruction, or -1.
func labelOf(open []frame, at int) int {
	for i := len(open) - 1; i >= 0; i-- {
		if open[i].at == at && open[i].op == opBlock {
			return len(open) - 1 - i
		}
	}
	return -1
}

// shorten replaces a few sequences by shorter ones with the same effect.
func shorten(code []instruction) []instruction {
	var out []instruction
	for i := 0; i < len(code); i++ {
		rest := code[i:]
		switch {
		// At the end of a function the frame and the return address are taken from the
		// stack pointer together, and local 1 is not read again.
		case matches(rest, opLocalGet, opI32Const, opI32Add, opLocalTee, opGlobalSet, opLocalGet, opI32Const, opI32Add, opLocalTee, opGlobalSet, opI32Const, opReturn) &&
			rest[0].n == 1 && rest[3].n == 1 && rest[4].n == 0 && rest[5].n == 1 && rest[8].n == 1 && rest[9].n == 0:
			out = append(out, rest[0], withValue(opI32Const, rest[1].n+rest[6].n), rest[2], rest[9])
			i += 9
		// Before a call the stack pointer is global 0, and local 1 is set again after it.
		case matches(rest, opLocalTee, opGlobalSet, opLocalGet, opI64Const, opI64Store, opI32Const, opCall, opGlobalGet, opLocalSet) &&
			rest[0].n == 1 && rest[1].n == 0 && rest[2].n == 1 && rest[7].n == 0 && rest[8].n == 1:
			out = append(out, rest[1], withIndex(opGlobalGet, 0))
			i += 2
		// The negation of a number of 32 bits.
		case matches(rest, opI64ExtendI32, opI64Eqz):
			code[i+1] = plain(opI32Eqz)
		// The negation of a negation, where only 0 and others count.
		case matches(rest, opI32Eqz, opI32Eqz) && len(rest) > 2 && (rest[2].op == opIf || rest[2].op == opBrIf):
			i++
		// The same, where the negation was one of 0 and 1 already.
		case (rest[0].isComparison()) && matches(rest[1:], opI32Eqz, opI32Eqz):
			out = append(out, rest[0])
			i += 2
		// An integer of 32 bits that was one of 64 in between.
		case matches(rest, opI64ExtendI32, opI32WrapI64):
			i++
		default:
			out = append(out, rest[0])
		}
	}
	return out
}
