package main

import (
	"encoding/binary"
	"errors"
	"math"
)

// What is left of the tables of functions is small, but badly arranged: seven thousand records whose fields
// have nothing in common with each other, and three numbers per function that only count up. So the module
// brings the fields as columns, each with that field of all functions, and a function that
// WebAssembly runs before anything else makes the records of them. It also fills findfunctab, which has sixteen
// buckets per function: the runtime looks a function up by the address at which
// it starts, so of these only the first is ever read.
//
// All records have as many entries for pcdata and funcdata. One that says none is like
// one that is not there.

// column is a field of the records: its offset in them, and its values.
type column struct {
	offset int
	values []int
}

// columns returns the fields of the functions that are not the same for all, and those that are.
func columns(list []*function, pcdata, funcdata int) (varying, same []column) {
	add := func(offset int, value func(f *function) int) {
		c := column{offset: offset}
		differs := false
		for _, f := range list {
			c.values = append(c.values, value(f))
			differs = differs || c.values[0] != c.values[len(c.values)-1]
		}
		if differs {
			varying = append(varying, c)
		} else {
			same = append(same, c)
		}
	}
	for _, field := range []int{funcNameOff, funcArgs, funcDeferReturn, funcPCSP} {
		add(field, func(f *function) int { return f.get(field) })
	}
	add(funcNPCData, func(*function) int { return pcdata })
	add(funcID, func(f *function) int { return f.get(funcID)&0xffff | funcdata<<24 })
	for j := range pcdata {
		add(funcSize+4*j, func(f *function) int { return element(f.pcdata, j, 0) })
	}
	for j := range funcdata {
		add(funcSize+4*(pcdata+j), func(f *function) int { return element(f.funcdata, j, missing) })
	}
	return varying, same
}

// element is an element of a list, or another value if the list is too short.
func element(list []int, i, absent int) int {
	if i < len(list) {
		return list[i]
	}
	return absent
}

// pack takes the records out of memory, puts the columns where findfunctab will be, and returns
// the body of the function that undoes this.
func (t *pclntab) pack(list []*function) ([]byte, error) {
	pcdata, funcdata := 0, 0
	for i, f := range list {
		if f.entry != list[0].entry+i {
			return nil, errFuncs // In WebAssembly a function has one number.
		}
		for j, value := range f.pcdata {
			if value != 0 {
				pcdata = max(pcdata, j+1)
			}
		}
		for j, value := range f.funcdata {
			if value != missing {
				funcdata = max(funcdata, j+1)
			}
		}
	}
	size := funcSize + 4*(pcdata+funcdata)
	records := t.ftab.at + t.index()
	varying, same := columns(list, pcdata, funcdata)
	if records+len(list)*size > t.funcs.end || 4*len(varying) > bucketSize*pcRange/bucketRange {
		return nil, errors.New("there is no room for the records of functions")
	}
	clear(t.memory[t.ftab.at : t.ftab.at+len(list)*functabSize])
	clear(t.memory[records:t.funcs.end])
	packed := t.memory[t.findfunctab:][:t.buckets()*bucketSize]
	clear(packed)
	for c, column := range varying {
		for i, value := range column.values {
			packed.putUint32(4*(c*len(list)+i), value)
		}
	}
	return t.unpack(list, records, size, varying, same), nil
}

// unpack returns the body of the function that makes the records and findfunctab.
func (t *pclntab) unpack(list []*function, records, size int, varying, same []column) []byte {
	const i, record = 0, 1
	n := len(list)
	// One group of locals: two of i32.
	a := assembler{1, 2, 0x7f}

	a.loop()
	a.get(i).value(size).op(opI32Mul).value(records).op(opI32Add).set(record)
	// The index: where a function starts, and where its record is.
	entry := func() { a.get(i).value(list[0].entry).op(opI32Add) }
	a.get(i).value(functabSize).op(opI32Mul)
	entry()
	a.memory(opI32Store, t.ftab.at)
	a.get(i).value(functabSize).op(opI32Mul)
	a.get(record).value(t.ftab.at).op(opI32Sub)
	a.memory(opI32Store, t.ftab.at+4)
	// The record.
	a.get(record)
	entry()
	a.memory(opI32Store, 0)
	for c, column := range varying {
		a.get(record).get(i).value(4).op(opI32Mul).memory(opI32Load, t.findfunctab+4*c*n).memory(opI32Store, column.offset)
	}
	for _, column := range same {
		if value := column.values[0]; value != 0 {
			a.get(record).value(int(int32(value))).memory(opI32Store, column.offset)
		}
	}
	a.next(i, n)

	// The columns are not needed any more; zeros are what the buckets have that nobody reads.
	a.value(t.findfunctab).value(0).value(4 * len(varying) * n)
	a = append(a, opPrefix, 11, 0) // memory.fill
	a.value(0).set(i)
	a.loop()
	a.get(i).value(bucketSize*pcRange/bucketRange).op(opI32Mul).get(i).memory(opI32Store, t.findfunctab)
	a.next(i, n)
	return append(a, opEnd)
}

// assembler writes instructions.
type assembler []byte

func (a *assembler) op(op byte) *assembler {
	*a = append(*a, op)
	return a
}

func (a *assembler) get(local byte) *assembler { return a.op(opLocalGet).op(local) }
func (a *assembler) set(local byte) *assembler { return a.op(opLocalSet).op(local) }
func (a *assembler) loop()                     { a.op(opLoop).op(voidBlock) }

func (a *assembler) value(n int) *assembler {
	*a = appendSigned(append(*a, opI32Const), n)
	return a
}

// memory loads or stores 32 bits at an offset.
func (a *assembler) memory(op byte, offset int) *assembler {
	const align = 2 // 2² bytes.
	*a = binary.AppendUvarint(append(*a, op, align), uint64(offset))
	return a
}

// next ends a loop that goes on until local is n.
func (a *assembler) next(local byte, n int) {
	a.get(local).value(1).op(opI32Add).op(opLocalTee).op(local).value(n).op(opI32LtU)
	a.op(opBrIf).op(0).op(opEnd)
}

// addStart adds a function to a module that runs before all others.
func (m *module) addStart(body []byte) error {
	var imported, types, own int
	for _, s := range m.sections {
		r := &reader{b: s.body}
		switch s.id {
		case sectionType:
			types = r.number()
		case sectionImport:
			imported = r.number() // Everything that Go imports is a function.
		case sectionFunction:
			own = r.number()
		case sectionStart:
			return errors.New("the module has a start function already")
		}
	}
	function := binary.AppendUvarint(nil, uint64(len(body)))
	for _, add := range []struct {
		id      byte
		element []byte
	}{
		{sectionType, []byte{0x60, 0, 0}}, // No parameters, no results.
		{sectionFunction, binary.AppendUvarint(nil, uint64(types))},
		{sectionCode, append(function, body...)},
	} {
		s, err := m.section(add.id)
		if err != nil {
			return err
		}
		r := &reader{b: s.body}
		n := r.number()
		if r.bad || n == math.MaxInt32 {
			return errModule
		}
		s.body = append(append(binary.AppendUvarint(nil, uint64(n+1)), r.b...), add.element...)
	}
	// Sections stand in the order of their numbers.
	for i, s := range m.sections {
		if s.id > sectionStart {
			start := section{sectionStart, binary.AppendUvarint(nil, uint64(imported+own))}
			m.sections = append(m.sections[:i], append([]section{start}, m.sections[i:]...)...)
			return nil
		}
	}
	return errModule
}
