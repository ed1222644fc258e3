package ocsp_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// This file damages every element of responses and lists in every simple way,
// signs them again, and holds what comes of each. No reading step can be left out
// without a difference in testdata/structure.txt.

// node is an element with its elements.
type node struct {
	tag      byte
	content  []byte
	children []*node
}

// tree reads an element; the elements in an OCTET STRING are its elements too.
func tree(der []byte) *node {
	s := cryptobyte.String(der)
	var content cryptobyte.String
	var tag asn1.Tag
	if !s.ReadAnyASN1(&content, &tag) || !s.Empty() {
		return nil
	}
	n := &node{tag: byte(tag), content: content}
	if n.tag&0x20 == 0 && n.tag != 0x04 {
		return n
	}
	var children []*node
	for rest := content; !rest.Empty(); {
		var one cryptobyte.String
		if !rest.ReadAnyASN1Element(&one, &tag) {
			return n
		}
		child := tree(one)
		if child == nil {
			return n
		}
		children = append(children, child)
	}
	n.children = children
	return n
}

func (n *node) der() []byte {
	if n.children == nil {
		return forge.TLV(n.tag, n.content)
	}
	var parts [][]byte
	for _, c := range n.children {
		parts = append(parts, c.der())
	}
	return forge.TLV(n.tag, parts...)
}

// damages are what can happen to the element at index i of a parent. Each changes
// a copy of the parent's list of elements.
var damages = []struct {
	name string
	do   func(list []*node, i int) []*node
}{
	{"missing", func(l []*node, i int) []*node { return slices.Delete(l, i, i+1) }},
	{"twice", func(l []*node, i int) []*node { return slices.Insert(l, i, l[i]) }},
	{"of another type", func(l []*node, i int) []*node {
		l[i] = &node{tag: 0xc1 | l[i].tag&0x20, content: l[i].content, children: l[i].children}
		return l
	}},
	{"empty", func(l []*node, i int) []*node {
		l[i] = &node{tag: l[i].tag}
		return l
	}},
	{"followed by NULL", func(l []*node, i int) []*node {
		return slices.Insert(l, i+1, &node{tag: 0x05})
	}},
	{"with NULL at its end", func(l []*node, i int) []*node {
		changed := &node{tag: l[i].tag, content: append(slices.Clone(l[i].content), 5, 0)}
		if l[i].children != nil {
			changed.children = append(slices.Clone(l[i].children), &node{tag: 0x05})
		}
		l[i] = changed
		return l
	}},
}

// damaged calls f with the path of each element, what happened to it, and the
// whole after that. Skip says which elements are left alone.
func damaged(root *node, skip func(path string) bool, f func(path, damage string)) {
	var walk func(parent *node, path string)
	walk = func(parent *node, path string) {
		original := parent.children
		for i, child := range original {
			here := fmt.Sprintf("%s/%d", path, i)
			if skip(here) {
				continue
			}
			for _, d := range damages {
				parent.children = d.do(slices.Clone(original), i)
				f(fmt.Sprintf("%s (%02x)", here, child.tag), d.name)
			}
			parent.children = original
			walk(child, here)
		}
	}
	walk(root, "")
}

// at is the element that the indexes lead to, nil if there is none.
func (n *node) at(path ...int) *node {
	for _, i := range path {
		if i >= len(n.children) {
			return nil
		}
		n = n.children[i]
	}
	return n
}

// document is something signed, and how it is judged.
type document struct {
	name string
	der  []byte
	// signed leads to the element that has the signed part, the algorithm and the
	// signature.
	signed []int
	signer *forge.Key
	skip   func(path string) bool
	judge  func(der []byte) *ocsp.Result
}

// judgeSigned judges the document after it was signed again, if the damage left
// a signed part and a signature.
func (d document) judgeSigned(root *node) *ocsp.Result {
	if s := root.at(d.signed...); s != nil && len(s.children) > 2 && s.children[2].tag == 0x03 && len(s.children[2].content) > 64 {
		old := s.children
		s.children = slices.Clone(old)
		s.children[2] = &node{tag: 0x03, content: append([]byte{0}, d.signer.Sign(old[0].der())...)}
		defer func() { s.children = old }()
	}
	return d.judge(root.der())
}

func TestStructure(t *testing.T) {
	var out bytes.Buffer
	for _, d := range documents(t) {
		healthy := d.judge(tree(d.der).der())
		fmt.Fprintf(&out, "%s: %v\n", d.name, outcomeOf(healthy))
		if healthy.Status == ocsp.Refused {
			t.Errorf("%s is refused: %v", d.name, codes(healthy))
		}
		root := tree(d.der)
		damaged(root, d.skip, func(path, damage string) {
			fmt.Fprintf(&out, "%s %s: %s\n", path, damage, outcomeOf(d.judgeSigned(root)))
		})
	}
	const name = "testdata/structure.txt"
	if *update {
		if err := os.WriteFile(name, out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, want := strings.Split(out.String(), "\n"), strings.Split(string(readFile(t, name)), "\n")
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("%s differs in line %d; if that is meant, run go test ./ocsp -update", name, i+1)
		}
	}
}

func outcomeOf(r *ocsp.Result) string {
	if r.Status == ocsp.Refused {
		return string(r.Code)
	}
	return fmt.Sprint(r.Status, " ", r.Reason, " ", codes(r))
}

func documents(t *testing.T) []document {
	base := newScene("p256-root", "p256-server")
	nonce := bytes.Repeat([]byte{7}, 32)
	response := func(name string, s scene) document {
		cert, issuer := s.parse(t)
		return document{
			name: name, der: s.reply.DER(), signer: s.reply.Signer,
			signed: []int{1, 0, 1, 0},
			// The certificates are read by another room.
			skip: func(path string) bool { return strings.HasPrefix(path, "/1/0/1/0/3/0/0") },
			judge: func(der []byte) *ocsp.Result {
				return verify(t, der, cert, issuer, ocsp.Options{Time: now, Nonce: nonce})
			},
		}
	}
	full := base.answering(func(a *forge.Answer) {
		a.Status = forge.Revoked(now.AddDate(0, -1, 0), 1)
		a.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.6", false, forge.GeneralizedTime(now))}
	}).delegated(delegateOf(base.issuer, key("p256-other")))
	full.reply.Version = forge.Explicit(0, forge.Integer(0))
	full.reply.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.2", false, forge.Octets(nonce)), forge.Ext(forge.OIDPrivate, false, forge.Null())}
	byHash := base
	byHash.reply.ResponderID = forge.ByKey(base.issuer.Key)

	point := forge.DistributionPoints(forge.Sequence(forge.FullName(forge.URI("http://crl.example.com/1"))))
	crl := func(name string, s scene, lists ...forge.List) document {
		cert, issuer := s.parse(t)
		last := lists[len(lists)-1]
		return document{
			name: name, der: last.DER(), signer: last.Signer,
			skip: func(string) bool { return false },
			judge: func(der []byte) *ocsp.Result {
				var ders [][]byte
				for _, l := range lists[:len(lists)-1] {
					ders = append(ders, l.DER())
				}
				return judgeCRLs(t, append(ders, der), cert, issuer, ocsp.Options{Time: now})
			},
		}
	}
	pointed := base
	pointed.leaf = pointed.leaf.With(point)
	l := listOf(base.issuer)
	keyID := forge.Ext("2.5.29.35", false, forge.Sequence(forge.Implicit(0, 1, 2, 3)))
	freshest := forge.Ext("2.5.29.46", false, forge.Sequence(forge.Sequence(forge.FullName(forge.URI("http://crl.example.com/delta")))))
	entries := [][]byte{
		forge.Entry([]byte{9}, now.AddDate(0, -1, 0)),
		forge.Entry(base.leaf.Serial, now.AddDate(0, -1, 0), forge.Reason(1), forge.Ext("2.5.29.24", false, forge.GeneralizedTime(now.AddDate(0, -2, 0)))),
	}
	return []document{
		response("response of the issuer", base),
		response("response by key hash", byHash),
		response("response of a delegate with everything", full),
		crl("plain list", base, l),
		crl("list with everything", pointed, l.Revoking(entries...).With(keyID, freshest,
			forge.IssuingPoint(forge.FullName(forge.URI("http://crl.example.com/1")), forge.OnlyUser()))),
		crl("indirect list", base, l.Revoking(forge.Entry(base.leaf.Serial, now.AddDate(0, -1, 0), forge.CertificateIssuer(forge.Directory(base.issuer.Subject)), forge.Reason(4))).
			With(forge.IssuingPoint(forge.Indirect()))),
		crl("list for some reasons", pointed, l.With(forge.IssuingPoint(forge.FullName(forge.URI("http://crl.example.com/1")), forge.OnlySome(0x60))),
			l.With(forge.IssuingPoint(forge.FullName(forge.URI("http://crl.example.com/1")), forge.OnlySome(0x1f, 0x80)))),
		crl("delta list", base, l.Between(now.Add(-2*time.Hour), now.Add(time.Hour)), l.Revoking(entries...).With(forge.DeltaOf(5), forge.CRLNumber(6))),
	}
}
