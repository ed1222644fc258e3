package ocsp

import (
	"bytes"
	"strconv"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file reads the pieces that responses and CRLs have in common. Unlike
// certificates, which people bring and which should be explained, responses and
// lists are evidence: whatever is not exact DER is refused.

// Context-specific tags, in place of an element's own tag or, explicit, around it.
const (
	tag0 asn1.Tag = 0x80 + iota
	tag1
	tag2
	tag3
	tag4
	tag5
)

const (
	explicit0 asn1.Tag = 0xa0 + iota
	explicit1
	explicit2
)

// readAlgorithm reads an AlgorithmIdentifier: its whole DER, the content octets
// of its OID, and whether its parameters are absent or NULL.
func readAlgorithm(s *cryptobyte.String) (whole, oid []byte, plain, ok bool) {
	var content, id, parameters cryptobyte.String
	var tag asn1.Tag
	start := *s
	if !s.ReadASN1(&content, asn1.SEQUENCE) || !readOID(&content, &id) {
		return nil, nil, false, false
	}
	plain = true
	if !content.Empty() {
		content.ReadAnyASN1(&parameters, &tag) // What cannot be read is left over.
		if !content.Empty() {
			return nil, nil, false, false
		}
		plain = tag == asn1.NULL && parameters.Empty()
	}
	return start[:len(start)-len(*s)], id, plain, true
}

// readOptional reads an element that may be missing. One that cannot be read is
// left over, so whoever calls this must look whether anything is.
func readOptional(s *cryptobyte.String, tag asn1.Tag) (content cryptobyte.String, there bool) {
	if s.PeekASN1Tag(tag) {
		there = s.ReadASN1(&content, tag)
	}
	return content, there
}

// readOID reads the content octets of an OBJECT IDENTIFIER, of which each number
// must be in its shortest form.
func readOID(s, oid *cryptobyte.String) bool {
	if !s.ReadASN1(oid, asn1.OBJECT_IDENTIFIER) || oid.Empty() || (*oid)[len(*oid)-1] >= 0x80 {
		return false
	}
	start := true
	for _, b := range *oid {
		if start && b == 0x80 {
			return false
		}
		start = b < 0x80
	}
	return true
}

// oidText is the dotted form of the content octets of an OBJECT IDENTIFIER.
func oidText(oid []byte) string {
	var out []byte
	var arc uint64
	for _, b := range oid {
		if arc >= 1<<56 {
			return "an identifier with a number beyond all bounds"
		}
		arc = arc<<7 | uint64(b&0x7f)
		if b >= 0x80 {
			continue
		}
		if out == nil {
			root := min(arc/40, 2)
			out = strconv.AppendUint(nil, root, 10)
			arc -= 40 * root
		}
		out = strconv.AppendUint(append(out, '.'), arc, 10)
		arc = 0
	}
	return string(out)
}

// readInteger reads the content octets of an INTEGER of whatever size.
func readInteger(s *cryptobyte.String, octets *[]byte) bool {
	var b cryptobyte.String
	if !s.ReadASN1(&b, asn1.INTEGER) || len(b) == 0 {
		return false
	}
	*octets = b
	return !padded(b)
}

// padded reports whether the first octet of an INTEGER adds nothing.
func padded(b []byte) bool {
	return len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80)
}

// minimal returns the octets of a number without those that add nothing, because
// serial numbers of certificates are found with them.
func minimal(octets []byte) []byte {
	for padded(octets) {
		octets = octets[1:]
	}
	return octets
}

func sameNumber(a, b []byte) bool { return bytes.Equal(minimal(a), minimal(b)) }

// readBits reads a BIT STRING of whole bytes.
func readBits(s *cryptobyte.String, octets *[]byte) bool {
	var b cryptobyte.String
	if !s.ReadASN1(&b, asn1.BIT_STRING) || len(b) == 0 || b[0] != 0 {
		return false
	}
	*octets = b[1:]
	return true
}

// readGeneralizedTime reads a GeneralizedTime as RFC 5280, Section 4.1.2.5.2 has
// it: to the second, in UTC.
func readGeneralizedTime(s *cryptobyte.String, t *time.Time) bool {
	var b cryptobyte.String
	return s.ReadASN1(&b, asn1.GeneralizedTime) && parseGeneralizedTime(b, t)
}

func parseGeneralizedTime(b []byte, t *time.Time) bool {
	if len(b) != len("YYYYMMDDHHMMSSZ") || b[14] != 'Z' {
		return false
	}
	year := 0
	for _, c := range b[:4] {
		year = 10*year + int(c-'0')
	}
	return digits(b[:14]) && civil(year, b[4:], t)
}

// parseUTCTime reads the content of a UTCTime as RFC 5280, Section 4.1.2.5.1 has it.
func parseUTCTime(b []byte, t *time.Time) bool {
	if len(b) != len("YYMMDDHHMMSSZ") || b[12] != 'Z' || !digits(b[:12]) {
		return false
	}
	year := 2000 + two(b)
	if year >= 2050 {
		year -= 100
	}
	return civil(year, b[2:], t)
}

// civil is the time in month, day, hour, minute and second of two digits each,
// if there is such a time. Seconds that do not exist change the minute, minutes
// the hour, and days the month.
func civil(year int, b []byte, t *time.Time) bool {
	month, day, hour, minute, second := two(b), two(b[2:]), two(b[4:]), two(b[6:]), two(b[8:])
	*t = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return t.Month() == time.Month(month) && t.Hour() == hour && t.Minute() == minute
}

func two(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

func digits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// maxExtensions is how many extensions one list may have.
const maxExtensions = 32

// extension is one extension of a response, of a CRL or of an entry.
type extension struct {
	// oid are the content octets of the identifier.
	oid      cryptobyte.String
	critical bool
	value    cryptobyte.String
}

// readExtensions calls visit for every extension inside list, the content of an
// Extensions. It returns false if the list is not exact, if an extension is there
// twice, and if visit returns false.
func readExtensions(list cryptobyte.String, visit func(extension) bool) bool {
	var seen [maxExtensions]cryptobyte.String
	n := 0
	for ; !list.Empty(); n++ {
		var x extension
		var one, oid cryptobyte.String
		if n == maxExtensions || !list.ReadASN1(&one, asn1.SEQUENCE) || !readOID(&one, &oid) {
			return false
		}
		for _, s := range seen[:n] {
			if bytes.Equal(s, oid) {
				return false
			}
		}
		seen[n] = oid
		if one.PeekASN1Tag(asn1.BOOLEAN) {
			// False is the default, which DER does not write.
			one.ReadASN1Boolean(&x.critical) // What cannot be read stays false.
			if !x.critical {
				return false
			}
		}
		if !one.ReadASN1(&x.value, asn1.OCTET_STRING) || !one.Empty() {
			return false
		}
		x.oid = oid
		if !visit(x) {
			return false
		}
	}
	return n > 0
}
