package main

import (
	"bytes"
	"slices"
	"testing"
)

// assemble makes the body of a function without locals of its own from instructions.
func assemble(list ...[]byte) []byte { return slices.Concat(append([][]byte{{0}}, list...)...) }

// TestRewriteFunction compares what the rewriting of small functions gives. Each begins with what
// the compiler writes.
func TestRewriteFunction(t *testing.T) {
	// A function that can be entered at three places: loop, blocks, table.
	enter := []byte{opLoop, voidBlock, opBlock, voidBlock, opBlock, voidBlock, opBlock, voidBlock,
		opLocalGet, 0, opBrTable, 2, 0, 1, 2, opEnd}
	leave := []byte{opEnd, opUnreachable, opEnd}
	address := []byte{opLocalGet, 1, opI64ExtendI32, opI64Const, 16, opI64Add, opI32WrapI64}
	tests := []struct {
		name      string
		code, out []byte
	}{
		{"a store into the frame",
			assemble(address, []byte{opLocalGet, 2, opI64Store, 3, 0, opEnd}),
			assemble([]byte{opLocalGet, 1, opLocalGet, 2, opI64Store, 3, 16, opEnd})},
		{"a load from the frame, at an offset",
			assemble(address, []byte{0x29, 3, 8, opDrop, opEnd}),
			assemble([]byte{opLocalGet, 1, 0x29, 3, 24, opDrop, opEnd})},
		{"a store of what was loaded",
			assemble(address, address, []byte{0x29, 3, 0, opI64Store, 3, 0, opEnd}),
			assemble([]byte{opLocalGet, 1, opLocalGet, 1, 0x29, 3, 16, opI64Store, 3, 16, opEnd})},
		{"an address that is used in another block",
			assemble(address, []byte{opBlock, voidBlock, opEnd, opLocalGet, 2, opI64Store, 3, 0, opEnd}), nil},
		{"an address that is calculated with",
			assemble(address, []byte{opI32Const, 1, opI32Add, 0x29, 3, 0, opDrop, opEnd}), nil},
		{"an address that is stored",
			assemble([]byte{opLocalGet, 2}, address, []byte{0x36, 2, 0, opEnd}), nil},
		{"an address below",
			assemble([]byte{opLocalGet, 1, opI64ExtendI32, opI64Const, 0x78, opI64Add, opI32WrapI64, 0x29, 3, 0, opDrop, opEnd}), nil},

		{"a jump forward with a condition",
			assemble(enter, []byte{opLocalGet, 2, opIf, voidBlock, opI32Const, 2, opLocalSet, 0, opBr, 3, opEnd, opUnreachable, opEnd, opEnd}, leave),
			assemble(enter, []byte{opLocalGet, 2, opBrIf, 1, opUnreachable, opEnd, opEnd}, leave)},
		{"a jump forward",
			assemble(enter, []byte{opI32Const, 2, opLocalSet, 0, opBr, 2, opUnreachable, opEnd, opEnd}, leave),
			assemble(enter, []byte{opBr, 1, opUnreachable, opEnd, opEnd}, leave)},
		{"a jump to what comes next",
			assemble(enter, []byte{opI32Const, 1, opLocalSet, 0, opBr, 2, opEnd, opEnd}, leave),
			assemble(enter, []byte{opEnd, opEnd}, leave)},
		{"a jump backwards",
			assemble(enter, []byte{opEnd, opI32Const, 1, opLocalSet, 0, opBr, 1, opEnd}, leave), nil},
		{"a jump to nowhere",
			assemble(enter, []byte{opEnd, opI32Const, 9, opLocalSet, 0, opBr, 1, opEnd}, leave), nil},
		{"a branch that is not to the table",
			assemble(enter, []byte{opI32Const, 2, opLocalSet, 0, opBr, 1, opEnd, opEnd}, leave), nil},

		{"the way out after a call",
			assemble([]byte{opGlobalGet, 0, opLocalSet, 1, opBlock, voidBlock, opBlock, voidBlock, opLocalGet, 2, opBrIf, 1, opEnd, opUnreachable, opEnd, opI32Const, 1, opEnd}),
			assemble([]byte{opGlobalGet, 0, opLocalSet, 1, opBlock, voidBlock, opBlock, voidBlock, opLocalGet, 2, opIf, voidBlock, opI32Const, 1, opReturn, opEnd,
				opEnd, opUnreachable, opEnd, opI32Const, 1, opEnd})},
		{"a branch to an inner block",
			assemble([]byte{opBlock, voidBlock, opBlock, voidBlock, opLocalGet, 2, opBrIf, 0, opEnd, opUnreachable, opEnd, opI32Const, 1, opEnd}), nil},
		{"a way out of a loop",
			assemble([]byte{opLoop, voidBlock, opLocalGet, 2, opBrIf, 0, opUnreachable, opEnd, opI32Const, 1, opEnd}), nil},
		{"two blocks",
			assemble([]byte{opBlock, voidBlock, opLocalGet, 2, opBrIf, 0, opUnreachable, opEnd, opBlock, voidBlock, opEnd, opI32Const, 1, opEnd}), nil},
		{"a way out with another result",
			assemble([]byte{opBlock, voidBlock, opLocalGet, 2, opBrIf, 0, opUnreachable, opEnd, opI32Const, 0, opEnd}), nil},

		{"the end of a function",
			assemble([]byte{opLocalGet, 1, opI32Const, 32, opI32Add, opLocalTee, 1, opGlobalSet, 0, opLocalGet, 1, opI32Const, 8, opI32Add,
				opLocalTee, 1, opGlobalSet, 0, opI32Const, 0, opReturn, opEnd}),
			assemble([]byte{opLocalGet, 1, opI32Const, 40, opI32Add, opGlobalSet, 0, opI32Const, 0, opReturn, opEnd})},
		{"a call",
			assemble([]byte{opLocalTee, 1, opGlobalSet, 0, opLocalGet, 1, opI64Const, 5, opI64Store, 3, 0, opI32Const, 0, opCall, 7, opGlobalGet, 0, opLocalSet, 1, opEnd}),
			assemble([]byte{opGlobalSet, 0, opGlobalGet, 0, opI64Const, 5, opI64Store, 3, 0, opI32Const, 0, opCall, 7, opGlobalGet, 0, opLocalSet, 1, opEnd})},
		{"a call after which the variable is read",
			assemble([]byte{opLocalTee, 1, opGlobalSet, 0, opLocalGet, 1, opI64Const, 5, opI64Store, 3, 0, opI32Const, 0, opCall, 7, opLocalGet, 1, opLocalSet, 1, opEnd}), nil},
		{"not not a number",
			assemble([]byte{opLocalGet, 2, opI64Eqz, opI64ExtendI32, opI64Eqz, opI32Eqz, opIf, voidBlock, opEnd, opEnd}),
			assemble([]byte{opLocalGet, 2, opI64Eqz, opIf, voidBlock, opEnd, opEnd})},
		{"not not a number that is stored",
			assemble([]byte{opLocalGet, 1, opI32Eqz, opI32Eqz, opLocalSet, 1, opEnd}), nil},
	}
	for _, test := range tests {
		want := test.out
		if want == nil {
			want = test.code
		}
		got, err := rewriteFunction(test.code)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v; want %x", test.name, got, err, want)
		}
	}
}

// TestRewriteUnknown gives functions that the compiler does not write.
func TestRewriteUnknown(t *testing.T) {
	for name, code := range map[string][]byte{
		"an unknown instruction":    assemble([]byte{0xfd, 0, opEnd}),
		"a block with a result":     assemble([]byte{opBlock, 0x7f, opI32Const, 0, opEnd, opDrop, opEnd}),
		"an end in the middle":      assemble([]byte{opEnd, opEnd}),
		"half an instruction":       assemble([]byte{opI32Const}),
		"another use of local 0":    assemble([]byte{opLoop, voidBlock, opBlock, voidBlock, opLocalGet, 0, opBrTable, 0, 0, opEnd, opLocalGet, 0, opDrop, opEnd, opEnd}),
		"a table of unknown labels": assemble([]byte{opLoop, voidBlock, opBlock, voidBlock, opLocalGet, 0, opBrTable, 0, 9, opEnd, opEnd, opEnd}),
	} {
		if _, err := rewriteFunction(code); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
