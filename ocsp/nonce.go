package ocsp

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
)

// nonce compares the nonce with the one that was sent, RFC 9654. Equal, it proves
// that the response was made for this request and is not an old one played back.
func (v *verifier) nonce() *refusal {
	switch {
	case v.opt.Nonce == nil:
		return nil
	case v.response.nonce != nil:
		if !bytes.Equal(v.response.nonce, octetString(v.opt.Nonce)) {
			return refuse("ocsp-nonce-mismatch")
		}
	case v.opt.StrictNonce:
		return refuse("ocsp-nonce-missing")
	default:
		v.note("ocsp-nonce-missing")
	}
	return nil
}

// octetString is b as a DER OCTET STRING.
func octetString(b []byte) []byte {
	var out cryptobyte.Builder
	out.AddASN1OctetString(b)
	return out.BytesOrPanic()
}
