package validate

import (
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// This file has the rules for things that must fit each other: a key and its
// certificate, and a certificate and its place in a chain.

// maxChain is how many certificates of one input are judged as a chain.
const maxChain = 20

// keyPair judges whether a private key belongs to the first certificate of an input.
func (j *judge) keyPair(in, keyIn *input, key *certparse.PrivateKey) {
	if key == nil || len(in.certificates) == 0 {
		return
	}
	if j.linkKey(keyIn.keys[0], key, in.certificates) {
		owner, _ := j.report.Keys[keyIn.keys[0]].Certificate.Get()
		first := in.certificates[0]
		if owner == first {
			return
		}
		// The key of a CA behind a server's certificate is the wrong key, not the
		// key of a leaf in the wrong place.
		if !j.report.Certificates[owner].IsCA() || j.report.Certificates[first].IsCA() {
			j.addTogether(finding.New("chain-leaf-not-first", j.at(owner), number("number", owner)))
			in.leaf = owner
			return
		}
	}
	if in.unread() {
		return // The key may belong to a certificate that could not be read.
	}
	at := j.keyAt(keyIn.keys[0])
	j.addTogether(finding.New("key-mismatch", at,
		finding.Str("certificate_key", j.keySummary(j.report.Certificates[in.certificates[0]].PublicKey())),
		finding.Str("private_key", j.keySummary(key.Public()))))
}

// unread reports whether the input has a certificate that could not be read.
func (in *input) unread() bool {
	return slices.ContainsFunc(in.doc.Blocks, func(b certparse.Block) bool {
		return b.Kind == certparse.KindCertificate && b.Certificate == nil
	})
}

// keySummary describes a key for a person.
func (j *judge) keySummary(k certparse.PublicKey) string {
	s := k.Name()
	if k.Type() == "RSA" && k.Bits > 0 {
		return s + " " + itoa(k.Bits)
	}
	return s
}

// linkKey finds the certificate that a key belongs to and records it.
func (j *judge) linkKey(keyIndex int, key *certparse.PrivateKey, certificates []int) bool {
	for _, i := range certificates {
		if key.Matches(j.report.Certificates[i].PublicKey()) {
			j.report.Keys[keyIndex].Certificate = finding.At(i)
			return true
		}
	}
	return false
}

// purposes judges each certificate of a chain by what it is there for: the
// owner's own by leaf, all others as those of CAs.
func (j *judge) purposes(in *input, leaf func(index int)) {
	own := j.leafOf(in)
	for n, i := range in.certificates {
		if n >= maxChain {
			break
		}
		j.inTime(i)
		switch {
		case i == own:
			leaf(i)
			j.selfSignature(i)
		case !j.report.Certificates[i].Equal(j.report.Certificates[own].Certificate):
			j.caPurpose(i)
		}
	}
}

// leafOf is the owner's own certificate of a chain. It should be the first one;
// if that is a CA's, it is the first one that is not, so that a chain in the wrong
// order is called that and nothing else. It is -1 if there are no certificates.
func (j *judge) leafOf(in *input) int {
	for _, i := range in.certificates {
		if !j.report.Certificates[i].IsCA() {
			return i
		}
	}
	if len(in.certificates) == 0 {
		return -1
	}
	return in.certificates[0]
}

// issued reports whether the name of issuer is the one that c gives as its issuer.
func issued(issuer, c Certificate) bool { return issuer.Subject().Equal(c.Issuer()) }

// distinct are the certificates of an input, the owner's own first, without those
// that are there twice, which it reports.
func (j *judge) distinct(in *input) []int {
	indexes := in.certificates
	if len(indexes) > maxChain {
		j.addTogether(finding.New("too-many-certificates", finding.Where{Input: in.name},
			finding.Int("count", len(indexes)), finding.Int("limit", maxChain)))
		indexes = indexes[:maxChain]
	}
	var distinct []int
	for _, i := range indexes {
		same := slices.IndexFunc(distinct, func(k int) bool {
			return j.report.Certificates[i].Equal(j.report.Certificates[k].Certificate)
		})
		if same >= 0 {
			j.addTogether(finding.New("chain-duplicate", j.at(i), number("number", i), number("first", distinct[same])))
			continue
		}
		distinct = append(distinct, i)
	}
	if at := slices.Index(distinct, in.leaf); in.leaf > 0 && at > 0 {
		distinct = slices.Insert(slices.Delete(distinct, at, at+1), 0, in.leaf)
	}
	return distinct
}

// number counts a certificate among those of the report from 1, as people do.
func number(key string, index int) finding.Datum { return finding.Int(key, index+1) }
