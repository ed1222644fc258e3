// Package certparse turns bytes that people upload into certificates, private
// keys and findings.
//
// [Parse] is the way in for text and files: it recognizes PEM and DER by
// content, repairs damaged PEM where there is one reading only, unpacks containers
// (PKCS#7, PKCS#12, Java keystores), and says what it did. [ParseCertificate] is the fast way in for DER that is known to be a
// certificate.
//
// The certificate parser is lenient and exact: it reads whatever has the outer
// shape of a certificate, keeps every byte, and reports each departure from RFC
// 5280 as a finding with its offset. It decides nothing about trust; that is the
// work of the validate package.
package certparse

import (
	"github.com/certloupe/certloupe/finding"
)

// Limits on one input. They bound time and memory; exceeding one is a finding.
const (
	// DefaultMaxSize is the largest input that is read unless Options say otherwise.
	DefaultMaxSize = 10 << 20
	// MaxBlocks is how many PEM blocks of one input are read.
	MaxBlocks = 1000
)

// Options say how to read an input. The zero value is right for most.
type Options struct {
	// Name names the input in findings: a file's name or a request's field.
	Name string
	// Password opens encrypted private keys and containers. Nil means that none was
	// given; an empty one that is not nil is an empty password. PKCS#12 is tried with
	// an empty password even if none was given.
	Password []byte
	// MaxSize is the largest input in bytes that is read; 0 means DefaultMaxSize.
	MaxSize int
}

// Kind says what a block holds, judged by its content and not by its label.
type Kind uint8

// The kinds of content that are recognized.
const (
	KindUnknown Kind = iota
	KindCertificate
	KindPrivateKey
	KindPublicKey
	KindCertificateRequest
	KindCRL
	KindPKCS7
	KindPKCS12
	KindJavaKeystore
	KindOpenSSHKey
	// KindParameters is an EC PARAMETERS or SM2 PARAMETERS block.
	KindParameters

	kinds // how many there are
)

var kindNames = [kinds]string{
	KindUnknown:            "unknown",
	KindCertificate:        "certificate",
	KindPrivateKey:         "private_key",
	KindPublicKey:          "public_key",
	KindCertificateRequest: "certificate_request",
	KindCRL:                "crl",
	KindPKCS7:              "pkcs7",
	KindPKCS12:             "pkcs12",
	KindJavaKeystore:       "java_keystore",
	KindOpenSSHKey:         "openssh_key",
	KindParameters:         "parameters",
}

// String returns the word for the kind that reports in bulk have, such as
// "private_key".
func (k Kind) String() string {
	if k >= kinds {
		return kindNames[KindUnknown]
	}
	return kindNames[k]
}

// Header is one line before the base64 text of a PEM block, such as DEK-Info.
type Header struct{ Name, Value string }

// Block is one PEM block, or the whole input when it is DER. A block that could
// not be decoded is one too, so that blocks can be counted.
type Block struct {
	// Kind is judged by the content, and by the label only where the content is
	// damaged or not recognized.
	Kind Kind
	// Label is the label of the BEGIN line after repair; empty for DER input.
	Label string
	// Headers are the block's header lines in their order.
	Headers []Header
	// DER is the decoded content: nil when it could not be decoded, and what is
	// left of it when it was cut off.
	DER []byte
	// Start and End are the byte offsets of the block in the input, from its
	// BEGIN line to the end of its END line.
	Start, End int
	// Line is the line of the BEGIN line, from 1; 0 for DER input.
	Line int
	// Repaired says that the block could be read only after a repair.
	Repaired bool
	// Certificate is set when Kind is KindCertificate and it could be read.
	Certificate *Certificate
	// PrivateKey is set when Kind is KindPrivateKey and it could be opened.
	PrivateKey *PrivateKey
	// Container is set when Kind is KindPKCS7, KindPKCS12 or KindJavaKeystore and it
	// could be read at all. It has what could be opened.
	Container *Container
}

// Document is everything that was read from one input.
type Document struct {
	// Name is Options.Name.
	Name string
	// Text says that the input was text (PEM or what was meant to be), not DER.
	Text bool
	// Blocks are the blocks in the order of the input.
	Blocks []Block
	// Findings are about the text, its blocks and its private keys, in the order
	// of their place. What is to be said of a certificate's content is in the
	// certificate's own Findings.
	Findings []finding.Finding
	// Repaired is the PEM text with every repair applied, in standard form; nil
	// when nothing had to be repaired or no repair is certain.
	Repaired []byte

	// memory is where the document comes from, if it is that of a Reader.
	memory *memory
}

// Certificates returns the certificates in the order of the input, with those in
// containers.
func (d *Document) Certificates() []*Certificate {
	var cs []*Certificate
	for i := range d.Blocks {
		b := &d.Blocks[i]
		if b.Certificate != nil {
			cs = append(cs, b.Certificate)
		}
		for _, e := range b.entries() {
			if e.Certificate != nil {
				cs = append(cs, e.Certificate)
			}
		}
	}
	return cs
}

// PrivateKeys returns the private keys that could be opened in the order of the
// input, with those in containers.
func (d *Document) PrivateKeys() []*PrivateKey {
	var ks []*PrivateKey
	for i := range d.Blocks {
		b := &d.Blocks[i]
		if b.PrivateKey != nil {
			ks = append(ks, b.PrivateKey)
		}
		for _, e := range b.entries() {
			if e.PrivateKey != nil {
				ks = append(ks, e.PrivateKey)
			}
		}
	}
	return ks
}

// entries are the contents of the block's container, if it is one.
func (b *Block) entries() []Entry {
	if b.Container == nil {
		return nil
	}
	return b.Container.Entries
}
