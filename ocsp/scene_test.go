package ocsp_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/pem"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// This file makes the certificates and responses of the tests from the keys in
// ../testdata/keys. Every signature is deterministic.

// now is the time at which the tests judge.
var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

var keys sync.Map

// key returns the key of the given name in ../testdata/keys.
func key(name string) *forge.Key {
	if k, ok := keys.Load(name); ok {
		return k.(*forge.Key)
	}
	text := must(os.ReadFile("../testdata/keys/" + name + ".pem"))
	block, _ := pem.Decode(text)
	if !bytes.HasPrefix(text, []byte("TEST ONLY")) || block == nil {
		panic(name + " is not a test key")
	}
	k := must(forge.Open(block.Bytes))
	keys.Store(name, k)
	return k
}

// ca is a CA with the given key.
func ca(k *forge.Key) forge.Certificate {
	return forge.Certificate{Serial: []byte{1}, Subject: forge.CommonName("Revocation Test CA"), Issuer: forge.CommonName("Revocation Test CA"),
		From: now.AddDate(-5, 0, 0), To: now.AddDate(10, 0, 0), Key: k, Signer: k,
		Exts: []forge.Extension{forge.BasicCA(), forge.KeyUsage(forge.KeyCertSign | forge.CRLSign)}}
}

// below is an end-entity certificate that the CA issued.
func below(c forge.Certificate, cn string, k *forge.Key, serial ...byte) forge.Certificate {
	return forge.Certificate{Serial: serial, Subject: forge.CommonName(cn), Issuer: c.Subject, From: now.AddDate(-1, 0, 0), To: now.AddDate(1, 0, 0),
		Key: k, Signer: c.Key, Exts: []forge.Extension{forge.KeyUsage(forge.DigitalSignature)}}
}

// delegateOf is the certificate of a responder of the CA.
func delegateOf(c forge.Certificate, k *forge.Key) forge.Certificate {
	return below(c, "Revocation Test Responder", k, 0x0d).With(forge.Purposes(forge.OIDOCSPSigning), forge.NoCheck())
}

// certIDOf is the CertID of a certificate of the CA under SHA-1.
func certIDOf(c forge.Certificate, serial ...byte) []byte {
	sum := func(b []byte) []byte { h := sha1.Sum(b); return h[:] }
	return forge.CertID("1.3.14.3.2.26", sum, c.Subject, c.Key, serial, forge.Null())
}

// scene is a certificate, its issuer, and a response about it.
type scene struct {
	issuer, leaf forge.Certificate
	reply        forge.Reply
}

// newScene is a healthy one, in which the CA signs itself.
func newScene(caKey, leafKey string) scene {
	c := ca(key(caKey))
	leaf := below(c, "server.example.com", key(leafKey), 0x10, 0x01)
	return scene{c, leaf, forge.Reply{
		ResponderID: forge.ByName(c.Subject),
		Produced:    forge.GeneralizedTime(now.Add(-time.Hour)),
		Answers: []forge.Answer{{ID: certIDOf(c, leaf.Serial...), Status: forge.Good(),
			This: forge.GeneralizedTime(now.Add(-time.Hour)), Next: forge.GeneralizedTime(now.Add(24 * time.Hour))}},
		Signer: c.Key,
	}}
}

// delegated is the scene with the given certificate as the responder's.
func (s scene) delegated(d forge.Certificate) scene {
	s.reply.ResponderID, s.reply.Signer, s.reply.Certs = forge.ByName(d.Subject), d.Key, [][]byte{d.DER()}
	return s
}

// answering is the scene with the one answer changed.
func (s scene) answering(change func(*forge.Answer)) scene {
	s.reply.Answers = slices.Clone(s.reply.Answers)
	change(&s.reply.Answers[0])
	return s
}

// listOf is an empty CRL of the CA.
func listOf(c forge.Certificate) forge.List {
	return forge.List{Version: forge.Integer(1), Issuer: c.Subject, This: forge.UTCTime(now.Add(-time.Hour)), Next: forge.UTCTime(now.Add(24 * time.Hour)),
		Signer: c.Key, Exts: []forge.Extension{forge.CRLNumber(5)}}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
