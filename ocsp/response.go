package ocsp

import (
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// Content octets of identifiers.
const (
	oidBasicResponse   = "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"     // 1.3.6.1.5.5.7.48.1.1
	oidNonce           = "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"     // 1.3.6.1.5.5.7.48.1.2
	oidCRLReferences   = "\x2b\x06\x01\x05\x05\x07\x30\x01\x03"     // 1.3.6.1.5.5.7.48.1.3
	oidArchiveCutoff   = "\x2b\x06\x01\x05\x05\x07\x30\x01\x06"     // 1.3.6.1.5.5.7.48.1.6
	oidExtendedRevoke  = "\x2b\x06\x01\x05\x05\x07\x30\x01\x09"     // 1.3.6.1.5.5.7.48.1.9
	oidReasonCode      = "\x55\x1d\x15"                             // 2.5.29.21
	oidInvalidityDate  = "\x55\x1d\x18"                             // 2.5.29.24
	oidSCTList         = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05" // 1.3.6.1.4.1.11129.2.4.5
	maxCertificates    = 16
	responseSuccessful = 0
)

// response is a BasicOCSPResponse, RFC 6960, Section 4.2.1.
type response struct {
	tbs, algorithm, signature []byte

	// Of the responder's name and the hash of its key there is one.
	responderName, responderKey []byte

	// versionWritten says that the version is written although it is the default.
	versionWritten bool
	producedAt     time.Time
	singles        []single
	certs          []*certparse.Certificate

	// nonce is the value of the nonce's extension; nil if there is none.
	nonce []byte
	// unknownCritical is the identifier of the first critical extension that is not known.
	unknownCritical string
}

// single is a SingleResponse: what the response says of one certificate.
type single struct {
	id                     certID
	status                 Status
	revokedAt              time.Time
	reason                 Reason
	thisUpdate, nextUpdate time.Time
}

// responseStatus are the answers of a responder that did not do what it was
// asked, RFC 6960, Section 4.2.1. They are not signed.
var responseStatus = map[int]finding.Code{
	1: "ocsp-request-malformed",
	2: "ocsp-responder-failed",
	3: "ocsp-try-later",
	5: "ocsp-signature-required",
	6: "ocsp-unauthorized",
}

// malformed is the refusal of a response that is not exact DER.
func malformed(problem string) *refusal {
	return refuse("ocsp-malformed", finding.Str("problem", problem))
}

// read reads the whole response before anything is done with it.
func (v *verifier) read() *refusal {
	s := cryptobyte.String(v.der)
	var outer, wrapped, typed, kind, basic cryptobyte.String
	var status int
	if !s.ReadASN1(&outer, asn1.SEQUENCE) || !s.Empty() || !outer.ReadASN1Enum(&status) {
		return malformed("it is not an OCSPResponse")
	}
	if status != responseSuccessful {
		code, ok := responseStatus[status]
		if !ok || !outer.Empty() {
			return malformed("its status is not one of the standard, or something follows it")
		}
		return refuse(code)
	}
	if !outer.ReadASN1(&wrapped, explicit0) || !outer.Empty() ||
		!wrapped.ReadASN1(&typed, asn1.SEQUENCE) || !wrapped.Empty() ||
		!readOID(&typed, &kind) {
		return malformed("it says that it was successful but has no answer")
	}
	if string(kind) != oidBasicResponse {
		return refuse("ocsp-response-type", finding.Str("oid", oidText(kind)))
	}
	if !typed.ReadASN1(&basic, asn1.OCTET_STRING) || !typed.Empty() {
		return malformed("its answer is not an octet string")
	}
	return v.response.readBasic(basic)
}

func (r *response) readBasic(s cryptobyte.String) *refusal {
	var basic, tbs cryptobyte.String
	var ok bool
	if !s.ReadASN1(&basic, asn1.SEQUENCE) || !s.Empty() || !basic.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return malformed("the answer is not a BasicOCSPResponse")
	}
	r.tbs = tbs
	if r.algorithm, _, _, ok = readAlgorithm(&basic); !ok {
		return malformed("the signature algorithm cannot be read")
	}
	if !readBits(&basic, &r.signature) {
		return malformed("the signature is not a bit string of whole bytes")
	}
	certs, hasCerts := readOptional(&basic, explicit0)
	if !basic.Empty() {
		return malformed("something follows the signature that is not a list of certificates")
	}
	if hasCerts {
		if refusal := r.readCertificates(certs); refusal != nil {
			return refusal
		}
	}
	tbs.ReadASN1(&tbs, asn1.SEQUENCE) // It was read as one above.
	return r.readData(tbs)
}

func (r *response) readCertificates(s cryptobyte.String) *refusal {
	var list cryptobyte.String
	if !s.ReadASN1(&list, asn1.SEQUENCE) || !s.Empty() {
		return malformed("the certificates are not one list")
	}
	for !list.Empty() {
		if len(r.certs) == maxCertificates {
			return refuse("ocsp-too-many-certificates", finding.Int("limit", maxCertificates))
		}
		var der cryptobyte.String
		var tag asn1.Tag
		list.ReadAnyASN1Element(&der, &tag) // What cannot be read is no certificate.
		cert, err := certparse.ParseCertificate(der)
		if err != nil {
			return malformed("a certificate in it cannot be read")
		}
		r.certs = append(r.certs, cert)
	}
	return nil
}

// readData reads the content of a ResponseData.
func (r *response) readData(s cryptobyte.String) *refusal {
	var list, wrapped cryptobyte.String
	// Version 1 is the default, which DER does not write. Some responders do, and
	// it can mean nothing else.
	var version int
	wrapped, r.versionWritten = readOptional(&s, explicit0)
	if r.versionWritten && (!wrapped.ReadASN1Integer(&version) || version != 0 || !wrapped.Empty()) {
		return refuse("ocsp-version")
	}
	if !r.readResponder(&s) {
		return malformed("the responder's ID is neither a name nor the hash of a key")
	}
	if !readGeneralizedTime(&s, &r.producedAt) {
		return malformed("producedAt is not a time as the standard demands it")
	}
	if !s.ReadASN1(&list, asn1.SEQUENCE) {
		return malformed("it has no list of answers")
	}
	for !list.Empty() {
		var one cryptobyte.String
		var answer single
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !r.readSingle(one, &answer) {
			return malformed("an answer for a certificate cannot be read")
		}
		r.singles = append(r.singles, answer)
	}
	extensions, there := readOptional(&s, explicit1)
	if !s.Empty() {
		return malformed("something follows the answers that is not a list of extensions")
	}
	if there && !r.readExtensionsOf(extensions, r.responseExtension) {
		return malformed("the extensions of the response cannot be read, or one is there twice")
	}
	return nil
}

func (r *response) readResponder(s *cryptobyte.String) bool {
	var id, content cryptobyte.String
	var tag asn1.Tag
	s.ReadAnyASN1(&id, &tag) // What cannot be read has no tag.
	switch tag {
	case explicit1:
		r.responderName = id
		return id.ReadASN1(&content, asn1.SEQUENCE) && id.Empty()
	case explicit2:
		if !id.ReadASN1(&content, asn1.OCTET_STRING) || !id.Empty() {
			return false
		}
		r.responderKey = content
		return len(content) == 20 // SHA-1, whatever the certificates use.
	}
	return false
}

func (r *response) readSingle(s cryptobyte.String, answer *single) bool {
	var content cryptobyte.String
	var tag asn1.Tag
	var ok bool
	if !answer.id.read(&s) {
		return false
	}
	s.ReadAnyASN1(&content, &tag) // What cannot be read has no tag.
	switch tag {
	case tag0:
		answer.status, ok = Good, content.Empty()
	case explicit1:
		answer.status, ok = Revoked, answer.readRevoked(content)
	case tag2:
		answer.status, ok = Unknown, content.Empty()
	}
	if !ok || !readGeneralizedTime(&s, &answer.thisUpdate) {
		return false
	}
	if next, there := readOptional(&s, explicit0); there && (!readGeneralizedTime(&next, &answer.nextUpdate) || !next.Empty()) {
		return false
	}
	extensions, there := readOptional(&s, explicit1)
	if !s.Empty() {
		return false
	}
	return !there || r.readExtensionsOf(extensions, singleExtension)
}

// readRevoked reads a RevokedInfo.
func (a *single) readRevoked(s cryptobyte.String) bool {
	if !readGeneralizedTime(&s, &a.revokedAt) {
		return false
	}
	wrapped, there := readOptional(&s, explicit0)
	if !s.Empty() {
		return false
	}
	return !there || readReason(&wrapped, &a.reason) && wrapped.Empty()
}

// readReason reads a CRLReason.
func readReason(s *cryptobyte.String, reason *Reason) bool {
	var n int
	if !s.ReadASN1Enum(&n) {
		return false
	}
	*reason = Reason(n)
	return int(*reason) == n && reason.valid()
}

// readExtensionsOf reads an Extensions and remembers the first critical one that
// is not known.
func (r *response) readExtensionsOf(s cryptobyte.String, known func(extension) bool) bool {
	var list cryptobyte.String
	if !s.ReadASN1(&list, asn1.SEQUENCE) || !s.Empty() {
		return false
	}
	return readExtensions(list, func(x extension) bool {
		if !known(x) && x.critical && r.unknownCritical == "" {
			r.unknownCritical = oidText(x.oid)
		}
		return true
	})
}

// responseExtension reports whether an extension of the response is known. That a
// responder answers "revoked" for certificates that were never issued changes
// nothing for who trusts the answer.
func (r *response) responseExtension(x extension) bool {
	switch string(x.oid) {
	case oidNonce:
		r.nonce = x.value
		return true
	case oidExtendedRevoke:
		return true
	}
	return false
}

// singleExtension reports whether an extension of one answer is known. Those that
// are say where the answer comes from, how long it is kept, and which
// certificate transparency logs have the certificate (RFC 6962, Section 3.3).
func singleExtension(x extension) bool {
	switch string(x.oid) {
	case oidCRLReferences, oidArchiveCutoff, oidReasonCode, oidInvalidityDate, oidSCTList:
		return true
	}
	return false
}
