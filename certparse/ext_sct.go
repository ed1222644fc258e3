package certparse

import (
	"encoding/binary"
	"time"
)

// SCT is a signed certificate timestamp, RFC 6962, Section 3.2: a log's promise
// to publish the certificate.
type SCT struct {
	// Version is 0 for version 1, the only one whose other fields are decoded.
	Version uint8
	// LogID is the SHA-256 of the log's public key.
	LogID []byte
	// Timestamp is when the log saw the certificate, to the millisecond.
	Timestamp time.Time
	// Extensions are the log's own.
	Extensions []byte
	// HashAlgorithm and SignatureAlgorithm are numbers of RFC 5246, Section 7.4.1.4.1.
	HashAlgorithm, SignatureAlgorithm uint8
	Signature                         []byte
	// Raw is the SCT as it stands in the list.
	Raw []byte
}

// Algorithm returns the name of the signature's algorithms, such as "ECDSA-SHA256".
func (s SCT) Algorithm() string {
	hashes := [...]string{"none", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"}
	signatures := [...]string{"anonymous", "RSA", "DSA", "ECDSA"}
	if int(s.HashAlgorithm) < len(hashes) && int(s.SignatureAlgorithm) < len(signatures) {
		return signatures[s.SignatureAlgorithm] + "-" + hashes[s.HashAlgorithm]
	}
	return itoa(int(s.SignatureAlgorithm)) + "-" + itoa(int(s.HashAlgorithm))
}

// SCTs returns the signed certificate timestamps inside the certificate, RFC
// 6962, Section 3.3. If one cannot be decoded the others are returned all the same.
func (c *Certificate) SCTs() ([]SCT, Presence) {
	return decodeList(c, extSCTList, (*extReader).scts)
}

func (r *extReader) scts(into *[]SCT) {
	e, ok := r.value(tagOctetString)
	if !ok {
		return
	}
	list, ok := r.opaque16(&e.body, e.end)
	if !ok {
		r.malformed(e.start, "the list of timestamps is cut off")
		return
	}
	if e.body != e.end {
		r.malformed(e.body, "something follows the list of timestamps")
	}
	if list.len == 0 {
		r.malformed(list.off, emptyList)
	}
	for pos := list.off; pos < list.end(); {
		start := pos
		one, ok := r.opaque16(&pos, list.end())
		if !ok {
			r.malformed(start, "a timestamp is cut off")
			return
		}
		r.sct(one, into)
	}
}

// opaque16 reads bytes with their length in two bytes before them, as TLS writes them.
func (r *extReader) opaque16(pos *uint32, end uint32) (span, bool) {
	if end-*pos < 2 {
		return span{}, false
	}
	s := span{*pos + 2, uint32(binary.BigEndian.Uint16(r.der[*pos:]))}
	if s.len > end-s.off {
		return span{}, false
	}
	*pos = s.end()
	return s, true
}

const (
	// sctFixed is the length of version, log ID and time.
	sctFixed = 1 + 32 + 8
	// maxSCTTime is the end of the year 9999 in milliseconds since 1970.
	maxSCTTime = 253402300800000 - 1
)

func (r *extReader) sct(one span, into *[]SCT) {
	b := one.of(r.der)
	if len(b) > 0 && b[0] != 0 {
		if into != nil {
			*into = append(*into, SCT{Version: b[0], Raw: b})
		}
		return
	}
	pos := one.off + sctFixed
	var extensions, signature span
	ok := len(b) >= sctFixed
	if ok {
		extensions, ok = r.opaque16(&pos, one.end())
	}
	if ok = ok && one.end()-pos >= 2; ok {
		pos += 2
		signature, ok = r.opaque16(&pos, one.end())
	}
	switch {
	case !ok:
		r.malformed(one.off, "a timestamp is too short")
		return
	case binary.BigEndian.Uint64(b[33:]) > maxSCTTime:
		r.malformed(one.off, "a timestamp lies beyond the year 9999")
		return
	case pos != one.end():
		r.malformed(pos, "something follows the signature of a timestamp")
	}
	if into == nil {
		return
	}
	algorithms := r.der[extensions.end():]
	*into = append(*into, SCT{
		LogID:              b[1:33:33],
		Timestamp:          time.UnixMilli(int64(binary.BigEndian.Uint64(b[33:]))).UTC(),
		Extensions:         extensions.of(r.der),
		HashAlgorithm:      algorithms[0],
		SignatureAlgorithm: algorithms[1],
		Signature:          signature.of(r.der),
		Raw:                b,
	})
}

// CTPoison says whether the certificate is a precertificate, RFC 6962, Section
// 3.1, which no client accepts.
func (c *Certificate) CTPoison() Presence { return c.presence(extCTPoison) }
