package validate

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// This file has containers: those that the input was unpacked from, and the key
// containers of CAs, which people get as the key of an encryption certificate and
// upload as they are.

// holdsUnpacked reports whether a certificate or private key stands in the input
// outside of containers.
func (in *input) holdsUnpacked() bool {
	for i := range in.doc.Blocks {
		if b := &in.doc.Blocks[i]; b.Certificate != nil || b.PrivateKey != nil {
			return true
		}
	}
	return false
}

// unpack adds what is in a container to the report. It returns false if that was
// too much.
func (in *input) unpack(j *judge, c *certparse.Container, block int) bool {
	for i := range c.Entries {
		e := &c.Entries[i]
		if e.Certificate != nil && !in.addCertificate(j, len(e.DER), Certificate{
			Certificate: e.Certificate, Input: in.name, Block: block, Container: c.Format, FriendlyName: e.FriendlyName,
		}) {
			return false
		}
		if e.PrivateKey != nil {
			in.add(j, e.PrivateKey, Key{Block: block, Container: c.Format, FriendlyName: e.FriendlyName})
		}
	}
	return true
}

// certificatesOf are the certificates of a block, those in a container too.
func certificatesOf(b *certparse.Block, input string, number int) (certs []Certificate) {
	if b.Certificate != nil {
		certs = append(certs, Certificate{Certificate: b.Certificate, Input: input, Block: number})
	}
	if b.Container == nil {
		return certs
	}
	for _, e := range b.Container.Entries {
		if e.Certificate != nil {
			certs = append(certs, Certificate{Certificate: e.Certificate, Input: input, Block: number,
				Container: b.Container.Format, FriendlyName: e.FriendlyName})
		}
	}
	return certs
}

// packed reports whether an input is or has a container, and adds a finding of the
// given severity for each: services want PEM, a person wants to know.
func (j *judge) packed(in *input, severity finding.Severity) bool {
	if in.container != sm2.NoContainer {
		return false
	}
	found := false
	for i := range in.doc.Blocks {
		at := finding.Where{Input: in.name}
		if in.doc.Text {
			at.Block = i + 1
		}
		if f, ok := in.doc.Blocks[i].ContainerFinding(at); ok {
			j.add(f.As(severity))
			found = true
		}
	}
	return found
}

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
		in.add(j, opened.Key, Key{Block: 1})
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
