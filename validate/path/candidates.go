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
	b.pool = b.room[:0]
	b.byAnchor.anchors = b.anchors
	b.byAnchor.found, b.bySubject.found = b.byAnchor.room[:0], b.bySubject.room[:0]
	if len(intermediates)*(len(b.anchors)+len(intermediates)) <= maxPairs {
		for _, c := range intermediates {
			if !b.isAnchor(c) && !slices.ContainsFunc(b.pool, func(d *dossier) bool { return c.Equal(d.Certificate) }) {
				b.pool = append(b.pool, b.known.of(c))
			}
		}
		b.bySubject.pool = b.pool
		return
	}
	seen := make(map[string]*certparse.Certificate, len(b.anchors)+len(intermediates))
	for _, a := range b.anchors {
		if a.Certificate != nil {
			seen[string(a.Certificate.Signature())] = a.Certificate
		}
	}
	for _, c := range intermediates {
		if !c.Equal(seen[string(c.Signature())]) {
			seen[string(c.Signature())] = c
			b.pool = append(b.pool, b.known.of(c))
		}
	}
	b.bySubject.pool = b.pool
}

// maxPairs is how many pairs of certificates are compared one by one; beyond it
// they are sorted by their signatures first.
const maxPairs = 1000

// isAnchor reports whether c is the certificate of an anchor.
func (b *builder) isAnchor(c *certparse.Certificate) bool {
	for i := range b.anchors {
		if c.Equal(b.anchors[i].Certificate) {
			return true
		}
	}
	return false
}

// nameIndex finds anchors, or certificates of the pool, by the name of what they issued.
type nameIndex struct {
	anchors []Anchor
	pool    []*dossier
	lookups int
	by      map[string][]int
	found   []int
	room    [4]int // where found stands as long as it is short
}

func (x *nameIndex) count() int { return len(x.anchors) + len(x.pool) }

func (x *nameIndex) name(i int) certparse.Name {
	if x.anchors != nil {
		return x.anchors[i].name()
	}
	return x.pool[i].Subject()
}

func (x *nameIndex) key(i int) string {
	if x.anchors != nil {
		return x.anchors[i].name().Canonical()
	}
	return x.pool[i].subjectCanonical()
}

// A name is looked for among all entries if that takes few comparisons of short
// names, and happens a few times only.
const (
	maxLookups  = 4
	maxScanned  = 1 << 16 // bytes
	nameHeaders = 16      // bytes that are read of nearly every name
)

// find returns the numbers of the entries that may have issued a certificate by
// their name. They are good until the next call.
func (x *nameIndex) find(d *dossier) []int {
	name := d.Issuer()
	if x.lookups++; x.by == nil && x.lookups <= maxLookups && (nameHeaders+len(name.Raw()))*x.count() <= maxScanned {
		x.found = x.found[:0]
		for i := range x.count() {
			if x.name(i).Equal(name) {
				x.found = append(x.found, i)
			}
		}
		return x.found
	}
	if x.by == nil {
		x.by = make(map[string][]int, x.count())
		for i := range x.count() {
			key := x.key(i)
			x.by[key] = append(x.by[key], i)
		}
	}
	return x.by[d.issuerCanonical()]
}

// candidates returns the certificates in the pool whose subject is the issuer of d.
func (b *builder) candidates(d *dossier) []*dossier {
	if d.known.issuers {
		return d.issuers
	}
	d.known.issuers = true
	found := b.bySubject.find(d)
	if len(found) == 0 {
		return nil
	}
	if d.issuers = d.room[:1]; len(found) > 1 {
		d.issuers = make([]*dossier, len(found))
	}
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
	aki, _ := d.AuthorityKeyIdentifier()
	list := make([]scored, len(d.issuers))
	for i, issuer := range d.issuers {
		score := 1
		if ski, presence := issuer.SubjectKeyIdentifier(); presence == certparse.Present && aki.KeyID != nil {
			if score = 0; !bytes.Equal(aki.KeyID, ski) {
				score = 2
			}
		}
		if !bytes.Equal(aki.Serial, issuer.RawSerialNumber()) {
			score++
		}
		if !b.plausible(issuer) {
			score += 10
		}
		list[i] = scored{issuer, score}
	}
	slices.SortStableFunc(list, func(x, y scored) int { return cmp.Compare(x.score, y.score) })
	for i, s := range list {
		d.issuers[i] = s.issuer
	}
}

// plausible reports whether the certificate may be one of a CA at all. It sees the
// most usual reasons why not, and takes hardly any time.
func (b *builder) plausible(d *dossier) bool {
	from, to, _ := d.Validity()
	usage, presence := d.KeyUsage()
	return !b.at.Before(from) && !b.at.After(to) && d.IsCA() && (presence == certparse.Absent || usage.Has(certparse.KeyCertSign))
}

// circular reports whether the path has the subject and key of d already: it runs
// in a circle.
func circular(path []*dossier, d *dossier) bool {
	return slices.ContainsFunc(path, d.sameEntity)
}
