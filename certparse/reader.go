package certparse

// Reader reads very many inputs one after the other and uses the memory of each
// again for the next. Its zero value is ready. It must not be used by several
// goroutines at once.
type Reader struct {
	doc    Document
	memory memory
}

// Parse is [Parse], except that what it returns, certificates included, is valid
// only until the next call.
func (r *Reader) Parse(data []byte, opt Options) *Document {
	r.memory.der, r.memory.used = r.memory.der[:0], false
	blocks := r.doc.Blocks
	if clear(blocks); cap(blocks) > maxKeptBlocks {
		blocks = nil
	}
	r.doc = Document{Name: opt.Name, Blocks: blocks[:0], memory: &r.memory}
	r.doc.parse(data, opt)
	return &r.doc
}

const (
	// maxKeptBlocks and maxKeptBytes bound what a Reader keeps of a large input.
	maxKeptBlocks = 16
	maxKeptBytes  = 64 << 10
)

// memory is what the documents of a Reader are made of, one after the other. A nil
// one makes everything anew.
type memory struct {
	der  []byte
	cert Certificate
	odd  oddities
	// used says that cert is taken.
	used bool
}

// bytes returns room for n bytes, whose content is not defined.
func (m *memory) bytes(n int) []byte {
	if m == nil || n > maxKeptBytes {
		return make([]byte, n)
	}
	start := len(m.der)
	if start+n > cap(m.der) {
		// The old room belongs to blocks that were read before.
		m.der, start = make([]byte, 0, max(8<<10, min(2*(start+n), maxKeptBytes))), 0
	}
	m.der = m.der[:start+n]
	return m.der[start : start+n : start+n]
}

// certificate returns an empty certificate.
func (m *memory) certificate(der []byte) *Certificate {
	if m == nil || m.used {
		return &Certificate{raw: der}
	}
	m.used = true
	m.cert = Certificate{raw: der}
	return &m.cert
}

// oddities returns empty ones for a certificate.
func (m *memory) oddities(c *Certificate) *oddities {
	if m == nil || c != &m.cert {
		return new(oddities)
	}
	notes := m.odd.notes[:0]
	clear(notes[:cap(notes)])
	m.odd = oddities{notes: notes}
	return &m.odd
}
