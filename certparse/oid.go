package certparse

import "strconv"

// oidString is the dotted form of the content octets of an OBJECT IDENTIFIER.
// What cannot be decoded appears as its hexadecimal octets.
func oidString(b []byte) string {
	if s := usualOID(b); s != "" {
		return s
	}
	if !oidValid(b) {
		return "0x" + hexLower(b)
	}
	var buf [64]byte
	out := buf[:0]
	var arc uint64
	first := true
	for _, c := range b {
		arc = arc<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			continue
		}
		if first {
			root := min(arc/40, 2)
			out = strconv.AppendUint(out, root, 10)
			arc -= root * 40
			first = false
		}
		out = append(out, '.')
		out = strconv.AppendUint(out, arc, 10)
		arc = 0
	}
	return string(out)
}

// usualOID returns the dotted form of the purposes and policies that most
// certificates name, which then takes no memory.
func usualOID(b []byte) string {
	switch string(b) {
	case "\x2b\x06\x01\x05\x05\x07\x03\x01":
		return EKUServerAuth
	case "\x2b\x06\x01\x05\x05\x07\x03\x02":
		return EKUClientAuth
	case oidAnyPolicy:
		return AnyPolicy
	case "\x67\x81\x0c\x01\x02\x01": // domain validated
		return "2.23.140.1.2.1"
	case "\x67\x81\x0c\x01\x02\x02": // organization validated
		return "2.23.140.1.2.2"
	case "\x67\x81\x0c\x01\x01": // extended validation
		return "2.23.140.1.1"
	}
	return ""
}

// oidValid reports whether b is a well-formed OID with arcs below 2⁵⁶, which
// holds for every OID in use.
func oidValid(b []byte) bool {
	if len(b) == 0 || b[len(b)-1]&0x80 != 0 {
		return false
	}
	octets := 0
	for _, c := range b {
		if octets == 0 && c == 0x80 {
			return false // A leading zero octet: not the shortest form.
		}
		octets++
		if octets > 8 {
			return false
		}
		if c&0x80 == 0 {
			octets = 0
		}
	}
	return true
}

const (
	hexDigits      = "0123456789abcdef"
	upperHexDigits = "0123456789ABCDEF"
)

func hexLower(b []byte) string {
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, hexDigits[c>>4], hexDigits[c&15])
	}
	return string(out)
}

func hexUpper(b []byte) string { return string(appendHexUpper(make([]byte, 0, 2*len(b)), b)) }

func appendHexUpper(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, upperHexDigits[c>>4], upperHexDigits[c&15])
	}
	return dst
}
