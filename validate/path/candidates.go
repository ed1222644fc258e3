package path

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/certloupe/certloupe/certparse"
)

// gather fills the pool, without repetitions and without what is an anchor anyway.
// Certificates are the same if their bytes are; the signature tells nearly all others.
func (b *builder) gather(intermediates []*certparse.Certificate) {
	known := make([]*certparse.Certificate, 0, len(b.anchors)+len(intermediates))
	for _, a := range b.anchors {
		if a.Certificate != nil {
			known = append(known, a.Certificate)
		}
	}
	b.pool = make([]*dossier, 0, len(intermediates))
	var seen map[string]*certparse.Certificate
	if len(known)*len(intermediates)+len(intermediates)*len(intermediates) > maxPairs {
		seen = make(map[string]*certparse.Certificate, cap(known))
		for _, c := range known {
			seen[string(c.Signature())] = c
		}
	}
	for _, c := range intermediates {
		if seen != nil {
			if c.Equal(seen[string(c.Signature())]) {
				continue
			}
			seen[string(c.Signature())] = c
		} else if slices.ContainsFunc(known, c.Equal) {
			continue
		} else {
			known = append(known, c)
		}
		b.pool = append(b.pool, b.of(c))
	}
	b.byAnchor = nameIndex{count: len(b.anchors), name: func(i int) certparse.Name { return b.anchors[i].name() }}
	b.bySubject = nameIndex{count: len(b.pool), name: func(i int) certparse.Name { return b.pool[i].Subject() }}
}

// maxPairs is how many pairs of certificates are compared one by one; beyond it
// they are sorted by their signatures first.
const maxPairs = 1000

// nameIndex finds entries by their name.
type nameIndex struct {
	count   int
	name    func(i int) certparse.Name
	lookups int
	by      map[string][]int
	found   []int
}

// A name is looked for among all entries if that takes few comparisons of short
// names, and happens a few times only.
const (
	maxLookups  = 4
	maxScanned  = 1 << 16 // bytes
	nameHeaders = 16      // bytes that are read of nearly every name
)

// find returns the numbers of the entries with the name, which are good until the
// next call.
func (x *nameIndex) find(name certparse.Name) []int {
	if x.lookups++; x.by == nil && x.lookups <= maxLookups && (nameHeaders+len(name.Raw()))*x.count <= maxScanned {
		x.found = x.found[:0]
		for i := range x.count {
			if x.name(i).Equal(name) {
				x.found = append(x.found, i)
			}
		}
		return x.found
	}
	if x.by == nil {
		x.by = make(map[string][]int, x.count)
		for i := range x.count {
			key := x.name(i).Canonical()
			x.by[key] = append(x.by[key], i)
		}
	}
	return x.by[name.Canonical()]
}

// candidates returns the certificates in the pool whose subject is the issuer of d.
func (b *builder) candidates(d *dossier) []*dossier {
	if d.issuersKnown {
		return d.issuers
	}
	d.issuersKnown = true
	found := b.bySubject.find(d.Issuer())
	if len(found) == 0 {
		return nil
	}
	d.issuers = make([]*dossier, len(found))
	for i, n := range found {
		d.issuers[i] = b.pool[n]
	}
	if len(found) > 1 {
		b.sort(d)
	}
	return d.issuers
}

// sort puts the likeliest issuers of d first. Key identifiers and serial numbers
// are hints, and what cannot be a CA comes last.
func (b *builder) sort(d *dossier) {
	type scored struct {
		issuer *dossier
		score  int
	}
	aki, presence := d.AuthorityKeyIdentifier()
	list := make([]scored, len(d.issuers))
	for i, issuer := range d.issuers {
		score := 1
		ski, presence2 := issuer.SubjectKeyIdentifier()
		if presence == certparse.Present && presence2 == certparse.Present && aki.KeyID != nil {
			if score = 0; !bytes.Equal(aki.KeyID, ski) {
				score = 2
			}
		}
		if aki.Serial != nil && !bytes.Equal(aki.Serial, issuer.RawSerialNumber()) {
			score++
		}
		if !b.fit(issuer) {
			score += 10
		}
		list[i] = scored{issuer, score}
	}
	slices.SortStableFunc(list, func(x, y scored) int { return cmp.Compare(x.score, y.score) })
	for i, s := range list {
		d.issuers[i] = s.issuer
	}
}

// circular reports whether the path has the subject and key of d already.
func (b *builder) circular(path []*dossier, d *dossier) bool {
	for _, p := range path {
		if p == d || bytes.Equal(p.RawSubject(), d.RawSubject()) && b.entity(p) == b.entity(d) {
			return true
		}
	}
	return false
}

// entity returns the number of a certificate's subject and key.
func (b *builder) entity(d *dossier) int {
	if d.entity == 0 {
		id := string(d.RawSubject()) + string(d.PublicKey().SPKI())
		n, ok := b.entities[id]
		if !ok {
			if b.entities == nil {
				b.entities = map[string]int{}
			}
			n = len(b.entities) + 1
			b.entities[id] = n
		}
		d.entity = n
	}
	return d.entity
}
