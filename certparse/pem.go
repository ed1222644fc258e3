package certparse

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// This file reads PEM as it should be, in one pass: what [RFC 7468] calls the
// strict grammar, with lines of 64 characters ending in LF or CRLF. Everything
// else is left to the tolerant reader in repair.go, which knows what went wrong.
//
// [RFC 7468]: https://www.rfc-editor.org/rfc/rfc7468

const (
	beginPrefix = "-----BEGIN "
	endPrefix   = "-----END "
	dashes      = "-----"

	// lineWidth is how many base64 characters stand on a line.
	lineWidth = 64
	// maxLabel is how long a label may be.
	maxLabel = 64
)

// cleanBlock reads the block whose BEGIN line starts at text[pos], if there is
// nothing to remark about the block. It returns the block and where its END line
// ends, without the line break.
func cleanBlock(text []byte, pos int, m *memory) (b Block, end int, ok bool) {
	rest := text[pos:]
	if len(rest) < 2*len(dashes) || string(rest[:min(len(beginPrefix), len(rest))]) != beginPrefix {
		return b, 0, false
	}
	rest = rest[len(beginPrefix):]
	n := bytes.IndexByte(rest[:min(len(rest), maxLabel+1)], '-')
	if n < 0 {
		return b, 0, false
	}
	label := findLabel(rest[:n])
	if label == nil {
		return b, 0, false
	}
	rest = rest[n:]
	if len(rest) < len(dashes) || string(rest[:len(dashes)]) != dashes {
		return b, 0, false
	}
	rest = rest[len(dashes):]
	eol := lineBreak(rest)
	if eol == 0 {
		return b, 0, false
	}
	rest = rest[eol:]
	size := bytes.IndexByte(rest, '-')
	if size < 0 {
		return b, 0, false
	}
	der, ok := decodeLines(rest[:size], m)
	if !ok {
		return b, 0, false
	}
	rest = rest[size:]
	n = len(endPrefix) + len(label.name) + len(dashes)
	if len(rest) < n || string(rest[:len(endPrefix)]) != endPrefix ||
		string(rest[len(endPrefix):n-len(dashes)]) != label.name || string(rest[n-len(dashes):n]) != dashes {
		return b, 0, false
	}
	rest = rest[n:]
	if len(rest) > 0 && lineBreak(rest) == 0 {
		return b, 0, false
	}
	end = len(text) - len(rest)
	return Block{Label: label.name, DER: der, Start: pos, End: end}, end, true
}

// lineBreak is the length of the line break that b starts with: 1 for LF, 2 for
// CRLF, 0 when there is none.
func lineBreak(b []byte) int {
	if len(b) > 0 && b[0] == '\n' {
		return 1
	}
	if len(b) > 1 && b[0] == '\r' && b[1] == '\n' {
		return 2
	}
	return 0
}

// decodeLines decodes lines of base64 that all have 64 characters but the last.
func decodeLines(body []byte, m *memory) ([]byte, bool) {
	// The decoder stores eight bytes for each six that it decodes.
	der := m.bytes(len(body)/4*3 + 2)
	n := 0
	for {
		if len(body) > lineWidth {
			if eol := lineBreak(body[lineWidth:]); eol > 0 && decodeFull(der[n:], body[:lineWidth]) {
				n += lineWidth / 4 * 3
				if body = body[lineWidth+eol:]; len(body) == 0 {
					return der[:n:n], true
				}
				continue
			}
		}
		// The last line: it is shorter, or ends in padding.
		line := bytes.IndexByte(body, '\n')
		if line < 0 || line != len(body)-1 {
			return nil, false
		}
		if line > 0 && body[line-1] == '\r' {
			line--
		}
		if line == 0 || line > lineWidth {
			return nil, false
		}
		m, ok := decodeBase64(der[n:], body[:line])
		n += m
		return der[:n:n], ok
	}
}

// badBase64 is the value of a character that is not in the base64 alphabet.
const badBase64 = 0xff

// base64Value is the value of each base64 character.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = badBase64
	}
	for i := range 26 {
		t['A'+i], t['a'+i] = byte(i), byte(26+i)
	}
	for i := range 10 {
		t['0'+i] = byte(52 + i)
	}
	t['+'], t['/'] = 62, 63
	return t
}()

// base64Bits is the value of a base64 character at each of the four places of a
// group, in the upper 24 bits; the lowest bit says that it is not in the alphabet.
var base64Bits = func() (t [4][256]uint32) {
	for place := range t {
		for c, v := range base64Value {
			t[place][c] = uint32(v) << (26 - 6*place)
			if v == badBase64 {
				t[place][c] = 1
			}
		}
	}
	return t
}()

// decodeFull decodes a multiple of eight base64 characters without padding. It
// may write two bytes more than it decodes.
func decodeFull(dst, src []byte) bool {
	for len(src) >= 8 && len(dst) >= 8 {
		a := base64Bits[0][src[0]] | base64Bits[1][src[1]] | base64Bits[2][src[2]] | base64Bits[3][src[3]]
		b := base64Bits[0][src[4]] | base64Bits[1][src[5]] | base64Bits[2][src[6]] | base64Bits[3][src[7]]
		if (a|b)&1 != 0 {
			return false
		}
		binary.BigEndian.PutUint64(dst, uint64(a)<<32|uint64(b)<<8)
		src, dst = src[8:], dst[6:]
	}
	return len(src) == 0
}

// decodeBase64 decodes base64 characters that end in the padding they need, and
// returns how many bytes they give.
func decodeBase64(dst, src []byte) (n int, ok bool) {
	if len(src)%4 != 0 || len(src) == 0 {
		return 0, false
	}
	for len(src) > 4 {
		k := len(src) - 4
		if k >= 8 && len(dst) >= k/4*3+2 {
			k &^= 7
			if !decodeFull(dst, src[:k]) {
				return 0, false
			}
		} else {
			k = 4
			a, b, c, d := base64Value[src[0]], base64Value[src[1]], base64Value[src[2]], base64Value[src[3]]
			if (a|b|c|d)&0xc0 != 0 {
				return 0, false
			}
			dst[0], dst[1], dst[2] = a<<2|b>>4, b<<4|c>>2, c<<6|d
		}
		src, dst, n = src[k:], dst[k/4*3:], n+k/4*3
	}
	a, b, c, d := base64Value[src[0]], base64Value[src[1]], base64Value[src[2]], base64Value[src[3]]
	if (a|b)&0xc0 != 0 {
		return 0, false
	}
	dst[0] = a<<2 | b>>4
	n++
	if src[3] == '=' && src[2] == '=' {
		return n, true
	}
	if c&0xc0 != 0 {
		return 0, false
	}
	dst[1] = b<<4 | c>>2
	n++
	if src[3] == '=' {
		return n, true
	}
	if d&0xc0 != 0 {
		return 0, false
	}
	dst[2] = c<<6 | d
	return n + 1, true
}

// EncodePEM returns der as a PEM block in standard form: the label in its BEGIN
// and END lines, base64 in lines of 64 characters, each line ending in LF.
func EncodePEM(label string, der []byte) []byte { return appendPEM(nil, label, nil, der) }

// PEM returns the block in standard form, under the label that its content calls
// for. It is what to upload where a service asks for PEM. It returns nil for what
// has no PEM form, such as a Java keystore, and for a block that could not be decoded.
func (b *Block) PEM() []byte {
	label := b.Label
	if label == "" {
		label = forms[formOf(b.DER)].label
	}
	if label == "" || len(b.DER) == 0 || b.Kind == KindPKCS12 {
		return nil
	}
	headers := b.Headers
	if !encryptedByHeader(label, headers) {
		headers = nil
	}
	return appendPEM(nil, label, headers, b.DER)
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func appendPEM(dst []byte, label string, headers []Header, der []byte) []byte {
	dst = slices.Grow(dst, len(der)/3*4+len(der)/48+2*len(label)+64)
	dst = append(dst, beginPrefix...)
	dst = append(dst, label...)
	dst = append(dst, "-----\n"...)
	for _, h := range headers {
		dst = append(dst, h.Name...)
		dst = append(dst, ": "...)
		dst = append(dst, h.Value...)
		dst = append(dst, '\n')
	}
	if len(headers) > 0 {
		dst = append(dst, '\n')
	}
	const alphabet = base64Alphabet
	for column := 0; len(der) > 0; {
		switch {
		case len(der) >= 3:
			v := uint(der[0])<<16 | uint(der[1])<<8 | uint(der[2])
			dst = append(dst, alphabet[v>>18], alphabet[v>>12&63], alphabet[v>>6&63], alphabet[v&63])
			der = der[3:]
		case len(der) == 2:
			v := uint(der[0])<<8 | uint(der[1])
			dst = append(dst, alphabet[v>>10], alphabet[v>>4&63], alphabet[v<<2&63], '=')
			der = nil
		default:
			dst = append(dst, alphabet[der[0]>>2], alphabet[der[0]<<4&63], '=', '=')
			der = nil
		}
		if column += 4; column == lineWidth || len(der) == 0 {
			dst = append(dst, '\n')
			column = 0
		}
	}
	dst = append(dst, endPrefix...)
	dst = append(dst, label...)
	return append(dst, "-----\n"...)
}
