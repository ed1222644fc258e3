package main

import (
	"strconv"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/sm2"
)

// This file shows certificates, keys and pairs in summary.

// maxNames is how many alternative names a summary shows.
const maxNames = 20

// maxShown is how many characters of one value a summary shows.
const maxShown = 400

func (v *reportView) summary(label, value string) {
	if value == "" {
		return
	}
	v.page.row(2, piece{label, faint}, summaryColumn, text(shorten(value)))
}

func shorten(value string) string {
	if n := []rune(value); len(n) > maxShown {
		value = string(n[:maxShown]) + "…"
	}
	return value
}

func (v *reportView) certificate(index int) {
	c := v.report.Certificates[index]
	v.page.row(0, piece{"Certificate " + strconv.Itoa(index+1), bold}, summaryColumn, v.source(c.Input, c.Block, c.Container, c.FriendlyName))
	v.summary("Subject", orNone(c.Subject().DN()))
	issuer := orNone(c.Issuer().DN())
	if c.SelfIssued() {
		issuer = "the subject itself"
	}
	v.summary("Issuer", issuer)
	v.validity(c.Certificate)
	v.summary("Key", keyName(c.PublicKey()))
	v.summary("Signature", c.SignatureAlgorithmName())
	v.summary("Names", alternativeNames(c.Certificate))
	if c.IsCA() {
		limit := "yes"
		switch constraints, _ := c.BasicConstraints(); {
		case constraints.PathLen == 0:
			limit += ", with no other CA below it"
		case constraints.PathLen > 0:
			limit += ", with at most " + count(constraints.PathLen, "CA") + " below it"
		}
		v.summary("CA", limit)
	}
	v.summary("SHA-256", c.Fingerprint())
	for _, k := range v.report.Keys {
		if n, ok := k.Certificate.Get(); ok && n == index {
			v.summary("Private key", v.input(k.Input)+", block "+strconv.Itoa(k.Block))
		}
	}
}

func (v *reportView) validity(c *certparse.Certificate) {
	from, to, ok := c.Validity()
	if !ok {
		v.summary("Valid", "unknown; its dates cannot be read")
		return
	}
	now := v.opt.Time
	begins, ends := date(from), date(to)
	switch {
	case now.Before(from):
		begins += ", in " + count(int(from.Sub(now)/day), "day")
	case now.After(to):
		ends += ", " + count(int(now.Sub(to)/day), "day") + " ago"
	default:
		ends += ", " + count(int(to.Sub(now)/day), "day") + " left"
	}
	v.summary("Valid from", begins)
	v.summary("Valid to", ends)
}

// alternativeNames are the names of the subject alternative name, with their
// form where it is not plain from the name.
func alternativeNames(c *certparse.Certificate) string {
	names, _ := c.SubjectAltName()
	var shown []string
	for i, n := range names {
		if i == maxNames {
			shown = append(shown, "and "+strconv.Itoa(len(names)-i)+" more")
			break
		}
		value := n.Value
		switch n.Type {
		case certparse.NameDNS, certparse.NameIP, certparse.NameEmail, certparse.NameURI:
		default:
			value = n.Type.String() + " " + value
		}
		shown = append(shown, value)
	}
	return strings.Join(shown, ", ")
}

// keyName names a key, with its size where the name does not imply it.
func keyName(k certparse.PublicKey) string {
	switch k.Algorithm {
	case certparse.RSA, certparse.RSAPSS, certparse.DSA, certparse.DH:
		if k.Bits > 0 {
			return k.Name() + ", " + count(k.Bits, "bit")
		}
	}
	return k.Name()
}

func (v *reportView) key(index int) {
	k := v.report.Keys[index]
	v.page.row(0, piece{"Private key", bold}, summaryColumn, v.source(k.Input, k.Block, k.Container, k.FriendlyName))
	v.summary("Key", keyName(k.Public))
	stored := k.Format
	if k.Encryption != "" {
		stored += ", encrypted with " + k.Encryption
	} else {
		stored += ", not encrypted"
	}
	v.summary("Stored as", stored)
	if n, ok := k.Certificate.Get(); ok {
		v.summary("Belongs to", "certificate "+strconv.Itoa(n+1))
	} else if len(v.report.Certificates) > 0 {
		v.summary("Belongs to", "none of the certificates")
	}
}

func (v *reportView) pairing() {
	p := v.report.Pairing
	if p == nil {
		return
	}
	v.page.blank()
	v.page.row(0, piece{"Pair", bold}, summaryColumn, piece{p.Algorithm, faint})
	v.half("Signing", p.Signing, p.SigningUsage)
	v.half("Encryption", p.Encryption, p.EncryptionUsage)
}

func (v *reportView) half(label string, h sm2.Half, usage []string) {
	n, ok := h.At.Certificate.Get()
	if h.Certificate == nil || !ok {
		return
	}
	said := "certificate " + strconv.Itoa(n+1) + " in " + v.input(h.At.Input)
	if len(usage) > 0 {
		said += ", for " + strings.Join(usage, ", ")
	}
	if h.Key != nil {
		said += "; private key in " + v.input(h.KeyAt.Input)
	} else {
		said += "; no private key"
	}
	v.summary(label, said)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
