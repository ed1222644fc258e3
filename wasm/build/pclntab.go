package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The linker gives a program tables about its functions: names, files, lines, and what
// the garbage collector must know about their frames. The first three are for stack
// traces only, of which a browser's module shows none: Go's names are not in the
// errors that it returns, and a fatal error ends the instance with or without them.
// They are a sixth of the module as it goes over the network, so they are taken out
// here. What the runtime decides by stays:
//
//   - sizes of frames, maps of the pointers in them, and deferred calls
//     (_func.pcsp, deferreturn, args, pcdata and funcdata but for what describes arguments
//     to a reader, or where a signal may stop a function, which never happens in
//     WebAssembly), with which it walks and moves stacks and recovers from panics;
//   - the trees of inlined functions, by which recover knows wrappers;
//   - of names, what the runtime looks at: see keptName.
//
// The layout of the tables changes with versions of Go. So everything that is
// relied on is checked, and another version is refused until somebody has compared
// runtime/symtab.go, runtime/runtime2.go and the uses of funcname in package runtime.

// goVersion is the version of Go whose tables are known, any release of it.
const goVersion = "go1.26"

// The layout of runtime.pcHeader, runtime.moduledata and runtime._func, in bytes.
const (
	headerMagic = "\xf1\xff\xff\xff\x00\x00\x01\x08" // abi.Go120PCLnTabMagic, padding, minLC, ptrSize

	headerSize  = 72
	word        = 8
	sliceSize   = 3 * word
	functabSize = 8

	funcSize        = 44
	funcNameOff     = 4
	funcArgs        = 8
	funcDeferReturn = 12
	funcPCSP        = 16
	funcPCFile      = 20
	funcPCLine      = 24
	funcNPCData     = 28
	funcCUOffset    = 32
	funcStartLine   = 36
	funcID          = 40
	funcNFuncData   = 43

	// bucketSize is the size of a runtime.findfuncbucket, bucketRange how many
	// addresses it is about, pcRange how many a function has.
	bucketSize  = 20
	bucketRange = 4096
	pcRange     = 1 << 16
)

// Indexes of tables, see internal/abi/symtab.go.
const (
	pcdataUnsafePoint   = 0
	pcdataArgLiveIndex  = 3
	pcdataPanicBounds   = 4
	funcdataArgInfo     = 5
	funcdataArgLiveInfo = 6
	funcdataWrapInfo    = 7

	funcIDWrapper = 23 // abi.FuncIDWrapper
	missing       = 1<<32 - 1
)

// pclntab is where the tables lie in memory, by moduledata.
type pclntab struct {
	memory                                    image
	names, cutab, filetab, pctab, funcs, ftab span
	findfunctab                               int
	nfunc                                     int
}

// span is a part of memory.
type span struct{ at, end int }

func (memory image) uint32(at int) int { return int(binary.LittleEndian.Uint32(memory[at:])) }
func (memory image) putUint32(at, value int) {
	binary.LittleEndian.PutUint32(memory[at:], uint32(value))
}
func (memory image) in(s span) []byte { return memory[s.at:s.end] }

// word reads an address or length. What cannot be one becomes -1.
func (memory image) word(at int) int {
	if n := binary.LittleEndian.Uint64(memory[at:]); n <= uint64(len(memory)) {
		return int(n)
	}
	return -1
}

// slice reads a slice of elements of the given size. If it is not one within
// memory, its start is -1.
func (memory image) slice(at, size int) span {
	start, n, c := memory.word(at), memory.word(at+word), memory.word(at+2*word)
	if start <= 0 || n < 0 || n != c || start+n*size > len(memory) {
		return span{at: -1}
	}
	return span{start, start + n*size}
}

// findPclntab finds the tables: by the start of the header, and by the only
// moduledata that agrees with it.
func findPclntab(memory image) (*pclntab, error) {
	var found []*pclntab
	for at := 0; at+headerSize <= len(memory); at += word {
		if !bytes.HasPrefix(memory[at:], []byte(headerMagic)) {
			continue
		}
		pointer := binary.LittleEndian.AppendUint64(nil, uint64(at))
		for md := 0; md+19*word <= len(memory); md += word {
			if bytes.HasPrefix(memory[md:], pointer) {
				if t := readPclntab(memory, at, md); t != nil {
					found = append(found, t)
				}
			}
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("there are %d tables of functions where one was looked for", len(found))
	}
	return found[0], nil
}

// readPclntab returns the tables if the header and the moduledata agree.
func readPclntab(memory image, header, md int) *pclntab {
	t := &pclntab{memory: memory, nfunc: memory.word(header + word)}
	at := md + word
	for _, s := range []struct {
		to     *span
		size   int
		offset int // Where the header has it.
	}{
		{&t.names, 1, 4}, {&t.cutab, 4, 5}, {&t.filetab, 1, 6}, {&t.pctab, 1, 7}, {&t.funcs, 1, 8},
	} {
		*s.to = memory.slice(at, s.size)
		if s.to.at != header+memory.word(header+s.offset*word) {
			return nil
		}
		at += sliceSize
	}
	t.ftab = memory.slice(at, functabSize)
	t.findfunctab = memory.word(at + sliceSize)
	switch {
	case t.nfunc <= 0, t.ftab.at != t.funcs.at, t.ftab.end != t.ftab.at+(t.nfunc+1)*functabSize, t.ftab.end > t.funcs.end:
		return nil
	case t.names.end > t.cutab.at, t.cutab.end > t.filetab.at, t.filetab.end > t.pctab.at, t.pctab.end > t.funcs.at:
		return nil
	case t.findfunctab < t.funcs.end, t.findfunctab+t.buckets()*bucketSize > len(memory):
		return nil
	}
	return t
}

// buckets is how many there are in findfunctab.
func (t *pclntab) buckets() int { return (t.nfunc-1)*(pcRange/bucketRange) + 1 }

var errFuncs = errors.New("the table of functions is not as it is known")

// index is how long the index of the functions is. Its last entry is only an address, and the
// functions begin behind that.
func (t *pclntab) index() int { return t.nfunc*functabSize + 4 }

// function is what is kept about a function: its runtime._func.
type function struct {
	entry            int
	fixed            []byte
	pcdata, funcdata []int
}

func (t *pclntab) function(i int) (*function, error) {
	entry := t.memory.uint32(t.ftab.at + i*functabSize)
	at := t.memory.uint32(t.ftab.at + i*functabSize + 4)
	table := t.memory.in(t.funcs)
	if at < t.index() || at+funcSize > len(table) {
		return nil, errFuncs
	}
	f := &function{entry: entry, fixed: slices.Clone(table[at : at+funcSize])}
	rest := image(table[at+funcSize:])
	npcdata, nfuncdata := f.get(funcNPCData), int(f.fixed[funcNFuncData])
	if f.get(0) != entry || npcdata > pcdataPanicBounds+1 || nfuncdata > funcdataWrapInfo+1 || 4*(npcdata+nfuncdata) > len(rest) {
		return nil, errFuncs
	}
	for j := range npcdata {
		f.pcdata = append(f.pcdata, rest.uint32(4*j))
	}
	for j := range nfuncdata {
		f.funcdata = append(f.funcdata, rest.uint32(4*(npcdata+j)))
	}
	return f, nil
}

func (f *function) get(field int) int        { return image(f.fixed).uint32(field) }
func (f *function) put(field int, value int) { image(f.fixed).putUint32(field, value) }

// keptName is what remains of the name of a function.
func keptName(name string, id byte) string {
	switch {
	case name == "reflect.makeFuncStub", name == "reflect.methodValueCall":
		// The collector knows by their names that their arguments are others each time.
		return name
	case strings.HasPrefix(name, "runtime."):
		// Goroutines that begin in package runtime do not count as the program's own.
		return "runtime.(*type).method"
	case id == funcIDWrapper:
		// runtime.panicwrap takes the name apart to say which method was called with
		// a nil pointer, and gives up if it cannot.
		return "go.(*type).method"
	}
	return ""
}

// strip takes out what only stack traces need, and returns what is left of the functions.
func (t *pclntab) strip() ([]*function, error) {
	names := newPool(t.memory.in(t.names))
	pcs := newPool(t.memory.in(t.pctab))
	var list []*function
	for i := range t.nfunc {
		f, err := t.function(i)
		if err != nil {
			return nil, err
		}
		name, err := names.text(f.get(funcNameOff))
		if err != nil {
			return nil, err
		}
		f.put(funcNameOff, names.add([]byte(keptName(name, f.fixed[funcID])+"\x00")))
		for _, field := range []int{funcPCFile, funcPCLine, funcCUOffset, funcStartLine} {
			f.put(field, 0)
		}
		for j := range f.pcdata {
			if j == pcdataUnsafePoint || j == pcdataArgLiveIndex {
				f.pcdata[j] = 0
			}
		}
		for j := range f.funcdata {
			if j == funcdataArgInfo || j == funcdataArgLiveInfo || j == funcdataWrapInfo {
				f.funcdata[j] = missing
			}
		}
		list = append(list, f)
	}
	for _, f := range list {
		at, err := pcs.move(f.get(funcPCSP))
		if err != nil {
			return nil, err
		}
		f.put(funcPCSP, at)
		for j := range f.pcdata {
			if f.pcdata[j], err = pcs.move(f.pcdata[j]); err != nil {
				return nil, err
			}
		}
	}
	clear(t.memory.in(t.cutab))
	clear(t.memory.in(t.filetab))
	if err := names.replace(); err != nil {
		return nil, err
	}
	return list, pcs.replace()
}

// pool is a table of pieces that are known by their offsets, and what it becomes.
type pool struct {
	old, new []byte
	at       map[string]int
}

// newPool makes a pool of a table. Offset 0 stays what it is, as it means none in
// pctab, and the first name.
func newPool(table []byte) *pool {
	return &pool{old: table, new: []byte{0}, at: map[string]int{"\x00": 0}}
}

func (p *pool) add(piece []byte) int {
	at, ok := p.at[string(piece)]
	if !ok {
		at = len(p.new)
		p.at[string(piece)] = at
		p.new = append(p.new, piece...)
	}
	return at
}

// text returns the text at an offset of the old table, up to its NUL.
func (p *pool) text(at int) (string, error) {
	if at >= len(p.old) {
		return "", errFuncs
	}
	text, _, ok := bytes.Cut(p.old[at:], []byte{0})
	if !ok {
		return "", errFuncs
	}
	return string(text), nil
}

// move takes over the table of values by addresses at an offset of the old table: pairs of numbers, the
// first of them a difference of values, which is 0 only at the start and at the end.
func (p *pool) move(at int) (int, error) {
	if at == 0 {
		return 0, nil
	}
	if at >= len(p.old) {
		return 0, errFuncs
	}
	end := at
	for first := true; ; first = false {
		value, size := binary.Uvarint(p.old[end:])
		if size <= 0 {
			return 0, errFuncs
		}
		end += size
		if value == 0 && !first {
			return p.add(p.old[at:end]), nil
		}
		if _, size = binary.Uvarint(p.old[end:]); size <= 0 {
			return 0, errFuncs
		}
		end += size
	}
}

// replace writes the new table in the place of the old one.
func (p *pool) replace() error {
	if len(p.new) > len(p.old) {
		return errFuncs
	}
	clear(p.old[copy(p.old, p.new):])
	return nil
}
