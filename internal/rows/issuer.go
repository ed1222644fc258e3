package rows

import (
	"bytes"
	"encoding/binary"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// A CA issues very many certificates, so how its name is written is kept for the next one.

const (
	// issuerPlaces is how many issuers are kept, a power of two, and maxIssuer how
	// long the encoded name of one may be, and its text.
	issuerPlaces = 64
	maxIssuer    = 512
)

// knownIssuer is an encoded name and the member of a row that shows it.
type knownIssuer struct{ der, text []byte }

// issuers are the last issuers. Two that share a place push each other out.
type issuers [issuerPlaces]knownIssuer

var memberIssuer, _ = certparse.MemberNamed("issuer")

// writeIssuer writes the issuer of a certificate.
func writeIssuer(j *Judge, w *jsontext.Writer, r *Row) {
	if r.Certificate == nil {
		return
	}
	der := r.Certificate.RawIssuer()
	if len(der) < 8 || len(der) > maxIssuer {
		r.Certificate.WriteMember(w, memberIssuer)
		return
	}
	// Most issuers can be told apart by the last characters of the last attribute.
	hash := binary.LittleEndian.Uint64(der[len(der)-8:]) * 0x9e3779b97f4a7c15
	known := &j.issuers[hash>>32%issuerPlaces]
	if bytes.Equal(known.der, der) {
		w.Member(known.text)
		return
	}
	before := len(w.Bytes())
	r.Certificate.WriteMember(w, memberIssuer)
	text := bytes.TrimPrefix(w.Bytes()[before:], []byte{','})
	if len(text) <= maxIssuer {
		known.der, known.text = append(known.der[:0], der...), append(known.text[:0], text...)
	}
}
