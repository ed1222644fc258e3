package main

import (
	"slices"
	"strings"
)

// template is a certificate before it is signed. Each part is DER as it shall
// stand in the certificate, so a case replaces exactly the part that it is about.
type template struct {
	// version is the field [0]; nil leaves it out, which is version 1.
	version []byte
	// serial are the content octets of the serial number.
	serial []byte
	// inner and outer are the two signature algorithms; nil is the issuer key's.
	inner, outer []byte
	issuer       []byte
	// validity is the sequence of the two dates.
	validity []byte
	subject  []byte
	spki     []byte
	// after stands between the public key and the extensions.
	after      []byte
	extensions []extension
	// signer signs; sign, if set, takes the place of its own way of signing.
	signer *key
	sign   func(tbs []byte) []byte
	// signature, if set, makes the last field out of the signature.
	signature func(signature []byte) []byte
}

// der is the signed certificate.
func (t template) der() []byte {
	inner, outer, sign := t.inner, t.outer, t.sign
	if inner == nil {
		inner = t.signer.algorithm
	}
	if outer == nil {
		outer = t.signer.algorithm
	}
	if sign == nil {
		sign = t.signer.sign
	}
	tbs := sequence(t.version, integer(t.serial...), inner, t.issuer, t.validity, t.subject, t.spki, t.after, t.extensionField())
	signature := sign(tbs)
	last := bits(0, signature...)
	if t.signature != nil {
		last = t.signature(signature)
	}
	return sequence(tbs, outer, last)
}

func (t template) pem() []byte { return pemBlock("CERTIFICATE", t.der()) }

func (t template) extensionField() []byte {
	if t.extensions == nil {
		return nil
	}
	var list [][]byte
	for _, x := range t.extensions {
		list = append(list, x.der())
	}
	return explicit(3, sequence(list...))
}

// with returns the template with the extension in place of the one of the same
// kind, or at the end.
func (t template) with(xs ...extension) template {
	t.extensions = slices.Clone(t.extensions)
	for _, x := range xs {
		if i := slices.IndexFunc(t.extensions, func(o extension) bool { return o.oid == x.oid }); i >= 0 {
			t.extensions[i] = x
		} else {
			t.extensions = append(t.extensions, x)
		}
	}
	return t
}

// again returns the template with the extension at the end, even if there is one of its kind.
func (t template) again(x extension) template {
	t.extensions = append(slices.Clone(t.extensions), x)
	return t
}

// without returns the template without the extensions of the given kinds.
func (t template) without(oids ...string) template {
	t.extensions = slices.DeleteFunc(slices.Clone(t.extensions), func(x extension) bool { return slices.Contains(oids, x.oid) })
	return t
}

// holding returns the template for another key.
func (t template) holding(k *key) template {
	t.spki = k.spki
	return t.with(subjectKeyID(k))
}

// named returns the template with another subject.
func (t template) named(attributes ...string) template {
	t.subject = name(attributes...)
	return t
}

// issuedBy returns the template with the subject of another certificate as its
// issuer, to be signed by the key of that one.
func (t template) issuedBy(ca template, k *key) template {
	t.issuer, t.signer = ca.subject, k
	return t.with(authorityKeyID(k))
}

// selfSigned returns the template as its own issuer.
func (t template) selfSigned(k *key) template {
	t.issuer, t.signer = t.subject, k
	return t.without(oidAuthorityKeyID)
}

// between sets the validity, in the form of UTCTime without its Z.
func (t template) between(from, to string) template {
	t.validity = sequence(text(tagUTC, from+"Z"), text(tagUTC, to+"Z"))
	return t
}

// numbered sets the content octets of the serial number.
func (t template) numbered(octets ...byte) template {
	t.serial = octets
	return t
}

// version is the field for the version that is written as n, which is one less
// than what it is called.
func version(n int64) []byte { return explicit(0, number(n)) }

// attributeTypes are the attribute types that cases use.
var attributeTypes = map[string]string{
	"CN": "2.5.4.3", "C": "2.5.4.6", "L": "2.5.4.7", "ST": "2.5.4.8", "O": "2.5.4.10", "OU": "2.5.4.11",
	"emailAddress": "1.2.840.113549.1.9.1",
}

// name is a distinguished name, each attribute given as TYPE=value.
func name(attributes ...string) []byte {
	var rdns [][]byte
	for _, a := range attributes {
		kind, value, _ := strings.Cut(a, "=")
		tag := byte(tagUTF8)
		switch kind {
		case "C":
			tag = tagPrintable
		case "emailAddress":
			tag = tagIA5
		}
		rdns = append(rdns, attribute(kind, text(tag, value)))
	}
	return sequence(rdns...)
}

// attribute is a relative distinguished name with one attribute.
func attribute(kind string, value []byte) []byte {
	return set(sequence(oid(attributeTypes[kind]), value))
}
