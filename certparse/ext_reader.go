package certparse

import (
	"math/bits"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/safetext"
)

// The rules of each extension stand in one method of extReader, which serves two
// callers. When a certificate is read, check calls it to note what is
// wrong; later the typed accessors call it to get the value. Methods that build
// lists take a pointer to the list, which is nil while checking, so that reading
// a healthy certificate allocates nothing.

// Presence says whether a certificate has an extension and whether it can be
// relied on. Every accessor of an extension returns one, so that an extension
// that is damaged is never taken for one that is not there.
type Presence uint8

const (
	// Absent means that the certificate does not have the extension.
	Absent Presence = iota
	// Present means that the extension was decoded completely.
	Present
	// Malformed means that the extension is there but cannot be decoded
	// completely, or is there more than once, or that the list of extensions broke
	// off so that nobody can tell. The value next to it is what could be read of
	// the first one; it is good for showing, not for decisions.
	Malformed
)

// String returns "absent", "present" or "malformed".
func (p Presence) String() string {
	switch p {
	case Absent:
		return "absent"
	case Present:
		return "present"
	}
	return "malformed"
}

// extReader reads the value of one extension.
type extReader struct {
	derReader
	x *extension
	// c gets the notes of departures from the standard; nil for accessors. It is
	// not the parser, because a pointer to that would move it to the heap.
	c      *Certificate
	memory *memory
	// damaged says that the value cannot be relied on.
	damaged bool
}

// The bits of Certificate.damaged suffice.
var _ [32 - extensionIDs]struct{}

// open starts to read the extension of the given kind. If there is none, der is nil.
func (c *Certificate) open(id extensionID) (extReader, Presence) {
	presence := c.presence(id)
	if x := c.find(id); x != nil {
		return extReader{derReader: derReader{der: c.raw}, x: x}, presence
	}
	return extReader{}, presence
}

// presence says whether the extension is there, as was found out when the
// certificate was read.
func (c *Certificate) presence(id extensionID) Presence {
	switch {
	case c.damaged>>id&1 != 0:
		return Malformed
	case c.has(id):
		return Present
	}
	return Absent
}

// DamagedExtensions returns the names of the known extensions that cannot be
// relied on, see [Malformed]: all of them if the list of extensions broke off.
func (c *Certificate) DamagedExtensions() []string {
	var names []string
	for id := extUnknown + 1; c.damaged != 0 && id < extensionIDs; id++ {
		if c.damaged>>id&1 != 0 {
			names = append(names, extensionKinds[id].name)
		}
	}
	return names
}

// decode reads the extension of the given kind, if the certificate has it.
func decode[T any](c *Certificate, id extensionID, read func(*extReader) T) (value T, presence Presence) {
	if !c.has(id) {
		return value, c.presence(id) // What a certificate lacks takes no memory.
	}
	r, presence := c.open(id)
	return read(&r), presence
}

// decodeList is decode for the methods that fill a list.
func decodeList[T any](c *Certificate, id extensionID, read func(*extReader, *[]T)) ([]T, Presence) {
	if !c.has(id) {
		return nil, c.presence(id)
	}
	return readList(c, id, read)
}

func readList[T any](c *Certificate, id extensionID, read func(*extReader, *[]T)) (list []T, presence Presence) {
	r, presence := c.open(id)
	read(&r, &list)
	return list, presence
}

// note notes a departure from the standard that leaves the value usable.
func (r *extReader) note(code finding.Code, field string, offset uint32, data ...finding.Datum) {
	if r.c != nil {
		p := parser{derReader: derReader{der: r.der}, c: r.c, memory: r.memory}
		p.note(code, field, offset, data...)
	}
}

// malformed notes that the value cannot be relied on, and why.
func (r *extReader) malformed(offset uint32, problem string) {
	r.damaged = true
	if r.c != nil {
		p := parser{derReader: derReader{der: r.der}, c: r.c, memory: r.memory}
		p.malformed(r.x, offset, problem)
	}
}

// unreadable is malformed with the reason why read failed last.
func (r *extReader) unreadable() { r.malformed(r.problemAt, r.problem) }

// shouldNotBeCritical notes that the extension's critical flag does not suit its value.
func (r *extReader) shouldNotBeCritical() {
	r.note("extension-should-not-be-critical", "extensions", r.x.start, finding.Str("extension", extensionKinds[r.x.id].name))
}

const (
	wrongType = "an element has another type than the standard gives it"
	emptyList = "a list is empty that must not be"
)

// value returns the extension's value, which must be one element of the given type.
func (r *extReader) value(tag byte) (element, bool) {
	end := r.x.value.end()
	e, ok := r.read(r.x.value.off, end)
	if !ok {
		r.unreadable()
		return e, false
	}
	if e.tag != tag {
		r.malformed(e.start, wrongType)
		return e, false
	}
	if e.end != end {
		r.malformed(e.end, "something follows the value")
	}
	return e, true
}

// list returns the members of the extension's value, a SEQUENCE that must not be empty.
func (r *extReader) list() members {
	seq, ok := r.value(tagSequence)
	if !ok {
		return members{r: r}
	}
	return r.filled(seq)
}

// filled returns the members of e, of which there must be at least one.
func (r *extReader) filled(e element) members {
	if e.body == e.end {
		r.malformed(e.start, emptyList)
	}
	return r.members(e)
}

// members are the elements inside a SEQUENCE or SET that have not been read yet.
type members struct {
	r        *extReader
	pos, end uint32
}

func (r *extReader) members(e element) members { return members{r, e.body, e.end} }

// any returns the next member. It returns false at the end, and after damage,
// which it notes.
func (m *members) any() (element, bool) {
	if m.pos >= m.end {
		return element{}, false
	}
	e, ok := m.r.read(m.pos, m.end)
	if !ok {
		m.r.unreadable()
		m.pos = m.end
		return e, false
	}
	m.pos = e.end
	return e, true
}

// next is any for members that must have the given type.
func (m *members) next(tag byte) (element, bool) {
	e, ok := m.any()
	if ok && e.tag != tag {
		m.r.malformed(e.start, wrongType)
		m.pos = m.end
		return e, false
	}
	return e, ok
}

// need is next for a member that must be there.
func (m *members) need(tag byte) (element, bool) {
	if m.pos >= m.end && !m.r.damaged {
		m.r.malformed(m.end, "a mandatory element is missing")
	}
	return m.next(tag)
}

// optional returns the next member if it has the given type.
func (m *members) optional(tag byte) (element, bool) {
	if m.pos >= m.end || m.r.der[m.pos] != tag {
		return element{}, false
	}
	return m.any()
}

// finish notes members that the standard does not provide for.
func (m *members) finish() {
	if m.pos < m.end {
		m.r.malformed(m.pos, "an element follows that the standard does not provide for")
	}
}

// number reads an INTEGER that is zero or more. What does not fit into 31 bits is
// read as the largest number that does; nothing in use counts that far.
func (r *extReader) number(e element, what string) int {
	b := e.content().of(r.der)
	if len(b) == 0 || b[0] >= 0x80 {
		r.malformed(e.start, "the "+what+" is not a number from zero up")
		return 0
	}
	if !isIntegerMinimal(b) {
		r.note("integer-not-minimal", "extensions", e.start, finding.Str("field", what))
	}
	n, ok := smallInteger(b)
	if !ok {
		return 1<<31 - 1
	}
	return n
}

// boolean reads a BOOLEAN.
func (r *extReader) boolean(e element) bool {
	b := e.content().of(r.der)
	if len(b) != 1 || b[0] != 0 && b[0] != 0xff {
		r.malformed(e.start, "a boolean is neither true nor false")
	}
	return len(b) == 1 && b[0] != 0
}

// oid checks an OBJECT IDENTIFIER and returns its content octets.
func (r *extReader) oid(e element) []byte {
	b := e.content().of(r.der)
	if !oidValid(b) {
		r.malformed(e.start, "an object identifier is not valid")
	}
	return b
}

// flags reads a BIT STRING whose bits have names. Bit n of the result is the bit
// that the standard numbers n; bits from 16 up have no names anywhere.
func (r *extReader) flags(e element, what string) uint16 {
	b := e.content().of(r.der)
	if len(b) == 0 || b[0] > 7 || len(b) == 1 && b[0] != 0 || b[len(b)-1]&(1<<b[0]-1) != 0 && len(b) > 1 {
		r.malformed(e.start, "the "+what+" is not a valid bit string")
		return 0
	}
	if len(b) == 1 {
		return 0
	}
	if b[len(b)-1]>>b[0]&1 == 0 {
		r.note("bit-string-not-minimal", "extensions", e.start, finding.Str("field", what))
	}
	set := uint16(bits.Reverse8(b[1]))
	if len(b) > 2 {
		set |= uint16(bits.Reverse8(b[2])) << 8
	}
	return set
}

// text reads a string of whatever type into dst, safe to show; dst may be nil.
func (r *extReader) text(e element, dst *string) {
	if stringTypeName(e.tag) == "" || !wellEncoded(e.tag, e.content().of(r.der)) {
		r.malformed(e.start, "a text is not encoded as its type demands")
	}
	if dst != nil {
		*dst = safetext.String(decodeString(e.tag, e.content().of(r.der), e.whole().of(r.der)))
	}
}
