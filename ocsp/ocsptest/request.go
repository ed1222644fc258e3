package ocsptest

import (
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// Request is what the server was asked.
type Request struct {
	// Method, Path and Header are those of HTTP. Redirected says that the client
	// followed [Redirect].
	Method, Path string
	Header       http.Header
	Redirected   bool
	// Serials are the serial numbers that an OCSP request asks about, and Hash the
	// hash function with which it names their issuer.
	Serials []*big.Int
	Hash    ocsp.Hash
	// Nonce is the nonce of an OCSP request; nil if it has none.
	Nonce []byte
	// Err says why an OCSP request could not be read.
	Err error
}

// maxRequest is the largest request that is read.
const maxRequest = 64 << 10

// ocspRequest is the DER of the OCSP request in an HTTP request.
func ocspRequest(r *http.Request) ([]byte, error) {
	switch r.Method {
	case http.MethodPost:
		if t := r.Header.Get("Content-Type"); t != "application/ocsp-request" {
			return nil, errors.New("the content type is " + t)
		}
		return io.ReadAll(io.LimitReader(r.Body, maxRequest))
	case http.MethodGet:
		// RFC 6960, Appendix A.1.1: the base64 is escaped for the URL, so a slash in
		// it is not one of the path.
		path, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(path)
	}
	return nil, errors.New("the method is " + r.Method)
}

var errRequest = errors.New("it is not an OCSPRequest")

// read reads an OCSPRequest, RFC 6960, Section 4.1.1. It keeps the CertIDs.
func (q *Request) read(der []byte) (ids []*parsedID, err error) {
	s := cryptobyte.String(der)
	var outer, tbs, list, wrapped, extensions cryptobyte.String
	var there bool
	if !s.ReadASN1(&outer, asn1.SEQUENCE) || !s.Empty() || !outer.ReadASN1(&tbs, asn1.SEQUENCE) ||
		!tbs.SkipOptionalASN1(explicit(0)) || !tbs.SkipOptionalASN1(explicit(1)) || !tbs.ReadASN1(&list, asn1.SEQUENCE) ||
		!tbs.ReadOptionalASN1(&wrapped, &there, explicit(2)) || !tbs.Empty() {
		return nil, errRequest
	}
	for !list.Empty() {
		var one, id cryptobyte.String
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1Element(&id, asn1.SEQUENCE) {
			return nil, errRequest
		}
		parsed, err := readCertID(id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, parsed)
		q.Serials, q.Hash = append(q.Serials, parsed.serial), parsed.hash
	}
	if !there {
		return ids, nil
	}
	if !wrapped.ReadASN1(&extensions, asn1.SEQUENCE) || !wrapped.Empty() {
		return nil, errRequest
	}
	for !extensions.Empty() {
		var one, oid, value, nonce cryptobyte.String
		if !extensions.ReadASN1(&one, asn1.SEQUENCE) || !one.ReadASN1Element(&oid, asn1.OBJECT_IDENTIFIER) ||
			!one.SkipOptionalASN1(asn1.BOOLEAN) || !one.ReadASN1(&value, asn1.OCTET_STRING) {
			return nil, errRequest
		}
		if string(oid) == string(forge.OID("1.3.6.1.5.5.7.48.1.2")) {
			if !value.ReadASN1(&nonce, asn1.OCTET_STRING) {
				return nil, errRequest
			}
			q.Nonce = append([]byte{}, nonce...)
		}
	}
	return ids, nil
}

func explicit(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific().Constructed() }

// parsedID is a CertID.
type parsedID struct {
	hash      ocsp.Hash
	name, key []byte
	serial    *big.Int
}

func readCertID(der []byte) (*parsedID, error) {
	s := cryptobyte.String(der)
	var content, algorithm, oid, name, key cryptobyte.String
	id := &parsedID{serial: new(big.Int)}
	if !s.ReadASN1(&content, asn1.SEQUENCE) || !content.ReadASN1(&algorithm, asn1.SEQUENCE) ||
		!algorithm.ReadASN1Element(&oid, asn1.OBJECT_IDENTIFIER) || !content.ReadASN1(&name, asn1.OCTET_STRING) ||
		!content.ReadASN1(&key, asn1.OCTET_STRING) || !content.ReadASN1Integer(id.serial) {
		return nil, errRequest
	}
	id.name, id.key = name, key
	for hash, h := range hashes {
		if string(oid) == string(forge.OID(h.oid)) {
			id.hash = hash
			return id, nil
		}
	}
	return nil, errors.New("its hash function is not known")
}

// isFor reports whether the CertID means a certificate of the CA.
func (id *parsedID) isFor(ca *CA) bool {
	sum := hashes[id.hash].sum
	return string(id.name) == string(sum(ca.name)) && string(id.key) == string(sum(ca.key.Public()))
}
