package validate

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// This file has the key containers of CAs: what people get as the key of an
// encryption certificate, and upload as it is.

// container judges an input that is such a container and reports whether it is
// one. The key is nil if it could not be opened. signing returns the key that
// opens it, nil if there is none; it is asked only if it is needed.
func (j *judge) container(in *input, signing func() *certparse.PrivateKey) (key *certparse.PrivateKey, ok bool) {
	if in.container == sm2.NoContainer {
		return nil, false
	}
	var signingKey *certparse.PrivateKey
	if signing != nil {
		signingKey = signing()
	}
	opened, findings := sm2.OpenContainer(in.data, in.password, signingKey, finding.Where{Input: in.name})
	for _, f := range findings {
		j.add(f)
	}
	if opened.Key != nil {
		in.add(j, opened.Key, 1)
	}
	return opened.Key, true
}

// firstSM2Key returns the first SM2 key of a text, for opening a container before
// the text itself is judged.
func firstSM2Key(text, password []byte) *certparse.PrivateKey {
	doc := certparse.Parse(text, certparse.Options{Password: password})
	return sm2KeyAmong(doc.PrivateKeys())
}

func sm2KeyAmong(keys []*certparse.PrivateKey) *certparse.PrivateKey {
	for _, k := range keys {
		if k.Public().Algorithm == certparse.SM2 {
			return k
		}
	}
	return nil
}
