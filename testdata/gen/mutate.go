package main

import (
	"crypto/ecdsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/tools/txtar"
)

// This file damages good uploads mechanically: the table of mutations, which
// stands in the files mutations_*.go, times the kinds of keys. The rows are the
// kinds of mistakes that people make, numbered as below; each row has several
// mutations. See the package internal/golden, Mutation, for the format.

// kinds are the kinds of keys.
var kinds = []string{"RSA", "ECC", "SM2"}

// rows are the kinds of mistakes.
var rows = map[int]string{
	1: "private key of another certificate", 2: "certificate and key exchanged", 3: "intermediate first",
	4: "chain out of order", 5: "chain too short or too long", 6: "several certificates where one is allowed",
	7: "encrypted key", 8: "formats of private keys confused", 9: "explicit curve parameters", 10: "not a PEM certificate",
	11: "characters that were changed", 12: "white space", 13: "escapes and quotes", 14: "files joined",
	15: "damaged BEGIN and END lines", 16: "text around PEM", 17: "damaged content", 20: "serial number",
	23: "weak keys and signatures", 27: "too much", 29: "documented patterns", 30: "names that deceive",
	99: "what the test data of other projects hold",
}

// mutation is one way to damage an upload.
type mutation struct {
	row        int
	name, says string
	// finds are the codes that it must lead to.
	finds []string
	// repairable says that the repaired text must be the good one.
	repairable bool
	// kinds are those that it is for; nil is all.
	kinds []string
	// base is the good upload, by its name in bases; empty is "server".
	base string
	// damage changes the upload, which is that of base.
	damage func(u *upload)
}

// upload is a good upload before it is damaged.
type upload struct {
	g                   *generator
	kind                string
	key, caKey, rootKey *key
	leaf, ca, root      template
	call                call
	files               files
}

// bases are the good uploads: a server's certificate with its chain and key, by no
// rules in particular and by those of a service, the same certificate alone, a CA
// certificate, a device's certificate, and the form of the API gateway.
var bases = map[string]func(u *upload){
	"server": func(u *upload) {
		u.call = check("generic")
		u.set("cert.pem", pems(u.leaf, u.ca))
		u.set("key.pem", u.key.pem())
	},
	"leaf": func(u *upload) {
		u.call = checkAlone("generic")
		u.set("cert.pem", u.leaf.pem())
	},
	"ca": func(u *upload) {
		u.call = checkAlone("iotda-ca")
		u.set("cert.pem", u.root.pem())
	},
	"device": func(u *upload) {
		u.call = checkAlone("iotda-device")
		u.leaf = u.leaf.with(extendedKeyUsage(oidClientAuth)).without(oidSubjectAltName)
		u.set("cert.pem", u.leaf.pem())
	},
	"service": func(u *upload) {
		u.call = check("iotda-server")
		u.set("cert.pem", pems(u.leaf, u.ca))
		u.set("key.pem", u.key.pem())
	},
	"form": func(u *upload) {
		if u.kind == "SM2" { // It takes SM2 certificates as a pair only.
			u.call = pairCall.also(call{"name": "cert_demo"})
			u.files = pairFiles(u.g.sm2Sign(), u.g.key("sm2-sign"), u.g.sm2Encrypt(), u.g.key("sm2-encrypt"))
			return
		}
		u.call = check("apig-ssl").also(call{"name": "cert_demo"})
		u.set("cert.pem", pems(u.leaf, u.ca))
		u.set("key.pem", u.key.pem())
	},
}

func (u *upload) set(name string, data []byte) { u.files[name] = data }

// reissue puts another certificate of the server into the upload.
func (u *upload) reissue(change func(t template) template) {
	u.set("cert.pem", pems(change(u.leaf), u.ca))
}

// withoutKey takes the private key out of the upload.
func (u *upload) withoutKey() {
	delete(u.files, "key.pem")
	u.call = u.call.also(nil)
	delete(u.call, "key")
}

// upload makes the good upload of a kind.
func (g *generator) goodUpload(base, kind string) *upload {
	u := &upload{g: g, kind: kind, files: files{}}
	name := map[string][3]string{
		"RSA": {"rsa-server", "rsa-other", "rsa-ca"},
		"ECC": {"p256-server", "p256-intermediate", "p256-root"},
		"SM2": {"sm2-sign", "sm2-other", "sm2-ca"},
	}[kind]
	u.key, u.caKey, u.rootKey = g.key(name[0]), g.key(name[1]), g.key(name[2])
	u.root = g.root().holding(u.rootKey).selfSigned(u.rootKey)
	u.ca = g.intermediate().holding(u.caKey).issuedBy(u.root, u.rootKey)
	u.leaf = g.server().holding(u.key).issuedBy(u.ca, u.caKey)
	bases[base](u)
	return u
}

// other is another key of the upload's kind, and foreign one of another kind.
func (u *upload) other() *key {
	return u.g.key(map[string]string{"RSA": "rsa-ca", "ECC": "p256-other", "SM2": "sm2-encrypt"}[u.kind])
}

func (u *upload) foreign() *key {
	return u.g.key(map[string]string{"RSA": "p256-server", "ECC": "rsa-server", "SM2": "p256-server"}[u.kind])
}

// traditional is the private key in the format of its algorithm, PKCS#1 or SEC 1,
// with its label.
func (u *upload) traditional() (label string, der []byte) {
	switch private := u.key.private.(type) {
	case *ecdsa.PrivateKey:
		return "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(private))
	case *sm2.PrivateKey:
		scalar := private.D.FillBytes(make([]byte, 32))
		return "EC PRIVATE KEY", sequence(number(1), octets(scalar), explicit(0, oid(oidSM2)), explicit(1, bits(0, sm2Point(private)...)))
	}
	s := cryptobyte.String(content(u.key.pkcs8))
	var inner cryptobyte.String
	s.SkipASN1(asn1.INTEGER)
	s.SkipASN1(asn1.SEQUENCE)
	s.ReadASN1(&inner, asn1.OCTET_STRING)
	return "RSA PRIVATE KEY", inner
}

// curve is the name and the point of an EC key, and explicitCurve its parameters
// written out (X9.62, ECParameters).
func (u *upload) curve() (id string, point []byte) {
	if u.kind == "SM2" {
		return oidSM2, sm2Point(u.key.private.(*sm2.PrivateKey))
	}
	return oidP256, must(u.key.private.(*ecdsa.PrivateKey).PublicKey.Bytes())
}

func (u *upload) explicitCurve() []byte {
	if u.kind == "ECC" {
		return explicitP256(u.key.private.(*ecdsa.PrivateKey))
	}
	c := u.key.private.(*sm2.PrivateKey).Params()
	size := func(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }
	a := new(big.Int).Sub(c.P, big.NewInt(3))
	return sequence(number(1),
		sequence(oid("1.2.840.10045.1.1"), bigInteger(c.P)),
		sequence(octets(size(a)), octets(size(c.B))),
		octets(append(append([]byte{4}, size(c.Gx)...), size(c.Gy)...)), bigInteger(c.N), number(1))
}

// withSPKI is the server's certificate with another public key, alone.
func (u *upload) withSPKI(spki []byte) {
	u.withoutKey()
	u.reissue(func(t template) template { t.spki = spki; return t })
}

// mutations are all of them.
func mutations() []mutation {
	return slices.Concat(keyMutations(), chainMutations(), textMutations(), contentMutations(), weakMutations(), malformations())
}

// mutated are the files of all mutations and of the good uploads that they start
// from, by name.
func (g *generator) mutated() map[string]*txtar.Archive {
	all := map[string]*txtar.Archive{}
	for base := range bases {
		a := &txtar.Archive{Comment: []byte("The good upload that mutations of the kind " + base + " start from.\n# row: 0\n# from: " + base + "\n")}
		for _, kind := range kinds {
			u := g.goodUpload(base, kind)
			a.Files = append(a.Files, u.sections()...)
		}
		all["good-"+base] = a
	}
	for _, m := range mutations() {
		if rows[m.row] == "" {
			panic(fmt.Sprint("gen: there is no row ", m.row))
		}
		base := m.base
		if base == "" {
			base = "server"
		}
		comment := fmt.Sprintf("%s\n# row: %d\n# from: %s\n", m.says, m.row, base)
		for _, code := range m.finds {
			comment += "# finds: " + code + "\n"
		}
		if m.repairable {
			comment += "# repairable\n"
		}
		a := &txtar.Archive{Comment: []byte(comment)}
		for _, kind := range kinds {
			if m.kinds != nil && !slices.Contains(m.kinds, kind) {
				continue
			}
			u := g.goodUpload(base, kind)
			m.damage(u)
			a.Files = append(a.Files, u.sections()...)
		}
		name := fmt.Sprintf("%02d-%s", m.row, m.name)
		if all[name] != nil {
			panic("gen: two mutations are called " + name)
		}
		all[name] = a
	}
	return all
}

func (u *upload) sections() []txtar.File {
	return append([]txtar.File{callSection(u.kind+"/", u.call)}, u.files.sections(u.kind+"/")...)
}

// writeMutated writes the mutations below dir, keeps the golden findings that
// stand there, and removes the files of mutations that are no more.
func (g *generator) writeMutated(dir string) (int, error) {
	all := g.mutated()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return 0, err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return 0, err
	}
	for _, path := range old {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		a := all[name]
		if a == nil {
			if err := os.Remove(path); err != nil {
				return 0, err
			}
			continue
		}
		goldens, err := txtar.ParseFile(path)
		if err != nil {
			return 0, err
		}
		for _, f := range goldens.Files {
			if strings.HasSuffix(f.Name, "/findings") && slices.ContainsFunc(a.Files, func(o txtar.File) bool {
				return filepath.Dir(o.Name) == filepath.Dir(f.Name)
			}) {
				a.Files = append(a.Files, f)
			}
		}
	}
	for name, a := range all {
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), txtar.Format(a), 0o666); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
