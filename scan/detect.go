package scan

import (
	"bytes"
	"encoding/base64"
	"strconv"
)

// This file recognizes what an input is by its first bytes.

// peekSize is how much of an input is looked at.
const peekSize = 16 << 10

type container uint8

const (
	noContainer container = iota
	gzipStream
	zipArchive
	tarArchive
)

// containerOf says which archive or compressed form head starts.
func containerOf(head []byte) container {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")):
		return gzipStream
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipArchive
	case isTar(head):
		return tarArchive
	}
	return noContainer
}

// isTar recognizes the header of a tar archive by its checksum, which the oldest
// form has too.
func isTar(head []byte) bool {
	const size, from, to = 512, 148, 156
	if len(head) < size || head[0] == 0 {
		return false
	}
	field := bytes.Trim(head[from:to], " \x00")
	want, err := strconv.ParseUint(string(field), 8, 32)
	if err != nil {
		return false
	}
	sum := uint64(to-from) * ' '
	for i, c := range head[:size] {
		if i < from || i >= to {
			sum += uint64(c)
		}
	}
	return sum == want
}

// formatOf says how the records of an input are told apart that starts with head;
// whole says that this is all of it.
func formatOf(head []byte, whole bool) Format {
	if bytes.HasPrefix(head, []byte("\xfe\xed\xfe\xed")) || bytes.HasPrefix(head, []byte("\xce\xce\xce\xce")) {
		return DER // A Java keystore, which may have text of any kind in it.
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 {
		return PEM
	}
	if text[0] == 0x30 && len(text) > 1 && text[1] >= 0x80 && text[1] < 0xc0 {
		return DER
	}
	line, _, complete := bytes.Cut(text, newline)
	line = bytes.TrimSpace(line)
	complete = complete || whole
	switch {
	case len(line) > 1 && line[0] == '{': // A line of other white space is empty.
		if !complete || line[len(line)-1] == '}' {
			return NDJSON
		}
	case startsBase64(line, complete):
		return Base64
	}
	return PEM
}

// startsBase64 reports whether a line is the base64 form of one whole DER
// encoding. Base64 that is broken into lines is not, and is left to the parser.
func startsBase64(line []byte, complete bool) bool {
	if len(line) < 64 || line[0] != 'M' {
		return false
	}
	if !complete {
		line = line[:len(line)&^3]
	}
	der := make([]byte, base64.StdEncoding.DecodedLen(len(line))+3)
	n, ok := decodeBase64(der, line)
	if !ok || n < 6 || der[0] != 0x30 {
		return false
	}
	size, known := derLength(der[:n])
	return known && (size == n || !complete && size > n)
}

// derLength is how long the DER encoding that b starts with says it is.
func derLength(b []byte) (n int, ok bool) {
	if len(b) < 2 || b[1] == 0x80 || b[1] > 0x84 {
		return 0, false
	}
	if b[1] < 0x80 {
		return 2 + int(b[1]), true
	}
	count := int(b[1] & 0x7f)
	if len(b) < 2+count {
		return 0, false
	}
	for _, c := range b[2 : 2+count] {
		n = n<<8 | int(c)
	}
	return 2 + count + n, true
}

// decodeBase64 decodes standard base64, with or without its padding. dst must have
// room for it.
func decodeBase64(dst, text []byte) (n int, ok bool) {
	if len(text)%4 != 0 {
		n, err := base64.RawStdEncoding.Strict().Decode(dst, text)
		return n, err == nil
	}
	n, err := base64.StdEncoding.Strict().Decode(dst, text)
	return n, err == nil
}
