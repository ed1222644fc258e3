package ocsp

import (
	"encoding/base64"
	"io"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

// RequestOptions say how to ask. The zero value asks with SHA-1 and without a nonce.
type RequestOptions struct {
	// Hash is the hash function of the CertID.
	Hash Hash
	// Nonce is repeated by a responder that signs its answers one by one; nil
	// sends none. See [NewNonce].
	Nonce []byte
}

// NonceSize is how many octets a nonce has, RFC 9654, Section 2.1.
const NonceSize = 32

// NewNonce reads a nonce from a source of randomness, such as crypto/rand.Reader.
// The error is that of the source.
func NewNonce(random io.Reader) ([]byte, error) {
	nonce := make([]byte, NonceSize)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, err
	}
	return nonce, nil
}

// Request returns the DER of a request for the status of cert, RFC 6960, Section
// 4.1.1, which issuer issued. The error is [ErrIncomplete].
func Request(cert, issuer *certparse.Certificate, opt RequestOptions) ([]byte, error) {
	if cert == nil || issuer == nil || opt.Hash >= hashes {
		return nil, ErrIncomplete
	}
	kind := &hashKinds[opt.Hash]
	sequence := func(b *cryptobyte.Builder, content func(*cryptobyte.Builder)) { b.AddASN1(asn1.SEQUENCE, content) }
	oid := func(b *cryptobyte.Builder, octets string) {
		b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes([]byte(octets)) })
	}
	certID := func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			oid(b, kind.oid)
			b.AddASN1NULL()
		})
		b.AddASN1OctetString(kind.sum(cert.RawIssuer()))
		b.AddASN1OctetString(kind.sum(issuer.PublicKey().Octets()))
		b.AddASN1(asn1.INTEGER, func(b *cryptobyte.Builder) { b.AddBytes(minimal(cert.RawSerialNumber())) })
	}
	nonce := func(b *cryptobyte.Builder) {
		oid(b, oidNonce)
		b.AddASN1OctetString(octetString(opt.Nonce))
	}
	var b cryptobyte.Builder
	sequence(&b, func(b *cryptobyte.Builder) { // OCSPRequest
		sequence(b, func(b *cryptobyte.Builder) { // TBSRequest
			sequence(b, func(b *cryptobyte.Builder) { // requestList
				sequence(b, func(b *cryptobyte.Builder) { sequence(b, certID) })
			})
			if opt.Nonce != nil {
				b.AddASN1(explicit2, func(b *cryptobyte.Builder) { // requestExtensions
					sequence(b, func(b *cryptobyte.Builder) { sequence(b, nonce) })
				})
			}
		})
	})
	return b.Bytes()
}

var base64InPath = strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D")

// GetURL returns the URL with which a request is sent by GET to the responder at
// the given URL, RFC 6960, Appendix A.1. Requests of more than 255 octets in this
// form are to be sent by POST.
func GetURL(responder string, request []byte) string {
	return strings.TrimSuffix(responder, "/") + "/" + base64InPath.Replace(base64.StdEncoding.EncodeToString(request))
}
