package validate

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// This file has the requests that belong to no documented operation.

// Bundle is a certificate with its chain and key that is not meant for a
// particular service. Every part but Certificate may be nil.
type Bundle struct {
	// Certificate is the certificate with its chain, and perhaps its private key.
	Certificate []byte
	// PrivateKey is the certificate's private key.
	PrivateKey []byte
	// Password opens encrypted private keys. Nil means that there is none.
	Password []byte
	// SignCertificate and SignPrivateKey are the signing half of a pair, of which
	// Certificate and PrivateKey are then the encryption half.
	SignCertificate, SignPrivateKey []byte
	// TrustedRoot is the CA certificate that the chain should lead to.
	TrustedRoot []byte
}

// Profile returns Generic.
func (r *Bundle) Profile() Profile { return Generic }

func (r *Bundle) judge(j *judge) Response {
	if r.Certificate == nil {
		j.missing("certificate", "")
	}
	in, keyIn, private := r.side(j, "certificate", "private_key", r.Certificate, r.PrivateKey)
	if r.SignCertificate != nil || r.SignPrivateKey != nil {
		if r.SignCertificate == nil {
			j.missing("sign_certificate", " when a signing key is given")
		} else if r.SignPrivateKey == nil && r.PrivateKey != nil {
			j.missing("sign_private_key", " when a signing certificate is given")
		}
		signIn, signKeyIn, signPrivate := r.side(j, "sign_certificate", "sign_private_key", r.SignCertificate, r.SignPrivateKey)
		j.chain(signIn)
		// What was given and cannot be read was reported with its input.
		if (r.SignCertificate == nil || len(signIn.certificates) > 0) && (r.Certificate == nil || len(in.certificates) > 0) {
			j.checkPair(j.half(signIn, signKeyIn, signPrivate), j.half(in, keyIn, private))
		}
	} else {
		j.keyPair(in, keyIn, private)
	}
	j.chain(in)
	if r.TrustedRoot != nil {
		root := j.read("trusted_root", r.TrustedRoot, nil)
		j.wantCertificates(root, contentRules{})
		j.trustedRoots(root, in)
	}
	return nil
}

// side reads one certificate with its chain and its key.
func (r *Bundle) side(j *judge, name, keyName string, certificate, key []byte) (in, keyIn *input, private *certparse.PrivateKey) {
	in = &input{name: name, doc: &certparse.Document{Name: name}}
	if certificate != nil {
		in = j.read(name, certificate, r.Password)
		j.wantCertificates(in, contentRules{keyAllowed: key == nil})
	}
	j.purposes(in, func(int) {})
	if key == nil {
		if len(in.privateKeys) == 1 {
			private = in.privateKeys[0]
		} else if n := len(in.privateKeys); n > 1 {
			j.add(finding.New("several-private-keys", finding.Where{Input: name}, finding.Int("count", n)))
		}
		return in, in, private
	}
	keyIn = j.read(keyName, key, r.Password)
	return in, keyIn, j.wantKey(keyIn, contentRules{signing: r.signingKey})
}

// signingKey is the key of the signing half, ahead of its turn.
func (r *Bundle) signingKey() *certparse.PrivateKey {
	if r.SignPrivateKey == nil {
		return firstSM2Key(r.SignCertificate, r.Password)
	}
	return firstSM2Key(r.SignPrivateKey, r.Password)
}

// File is one input of an inspection.
type File struct {
	// Name names the file in the report.
	Name string
	// Data is its content.
	Data []byte
}

// Inspection looks at files of any kind: it says what is in them and what is
// wrong with each certificate and key by itself, and which key belongs to which
// certificate.
type Inspection struct {
	Files []File
	// Password opens encrypted private keys. Nil means that there is none.
	Password []byte
}

// Profile returns Generic.
func (r *Inspection) Profile() Profile { return Generic }

func (r *Inspection) judge(j *judge) Response {
	var keys []*certparse.PrivateKey
	var containers []*input
	for _, f := range r.Files {
		in := j.read(f.Name, f.Data, r.Password)
		keys = append(keys, in.privateKeys...)
		for _, i := range in.certificates {
			j.inTime(i)
		}
		j.packed(in, finding.Notice)
		if in.container != sm2.NoContainer {
			containers = append(containers, in)
		} else if len(in.certificates) == 0 && len(in.privateKeys) == 0 && !in.damaged {
			if f, ok := in.otherContent(); ok {
				j.add(f)
			}
		}
	}
	signing := sm2KeyAmong(keys)
	for _, in := range containers {
		if key, _ := j.container(in, func() *certparse.PrivateKey { return signing }); key != nil {
			keys = append(keys, key)
		}
	}
	for i, key := range keys {
		j.linkKey(i, key, j.allCertificates())
	}
	return nil
}
