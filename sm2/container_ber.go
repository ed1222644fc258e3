package sm2

import "slices"

// maxBERDepth is how deep BER may be nested. Envelopes need about ten levels.
const maxBERDepth = 32

// berToDER rewrites lengths of the indefinite form, and longer ones than need be,
// as DER has them: Java's common library writes envelopes in this way. It returns
// nil if the data is not one whole element.
func berToDER(data []byte) []byte {
	der, rest, ok := derElement(data, 0)
	if !ok || len(rest) > 0 {
		return nil
	}
	return der
}

// derElement rewrites the first element of b.
func derElement(b []byte, depth int) (der, rest []byte, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f || depth > maxBERDepth {
		return nil, nil, false
	}
	tag, n, b := b[0], int(b[1]), b[2:]
	constructed := tag&0x20 != 0
	switch {
	case n == 0x80:
		if !constructed {
			return nil, nil, false
		}
		var content []byte
		for {
			if len(b) >= 2 && b[0] == 0 && b[1] == 0 {
				return appendElement(nil, tag, content), b[2:], true
			}
			child, rest, ok := derElement(b, depth+1)
			if !ok {
				return nil, nil, false
			}
			content, b = append(content, child...), rest
		}
	case n > 0x80:
		octets := n - 0x80
		if octets > 4 || octets > len(b) {
			return nil, nil, false
		}
		n = 0
		for _, c := range b[:octets] {
			n = n<<8 | int(c)
		}
		b = b[octets:]
	}
	if n < 0 || n > len(b) {
		return nil, nil, false
	}
	content, rest := b[:n], b[n:]
	if constructed {
		var rewritten []byte
		for len(content) > 0 {
			child, after, ok := derElement(content, depth+1)
			if !ok {
				return nil, nil, false
			}
			rewritten, content = append(rewritten, child...), after
		}
		content = rewritten
	}
	return appendElement(nil, tag, content), rest, true
}

// appendElement appends an element in DER.
func appendElement(dst []byte, tag byte, content []byte) []byte {
	dst = append(dst, tag)
	n := len(content)
	if n < 0x80 {
		dst = append(dst, byte(n))
	} else {
		var octets []byte
		for ; n > 0; n >>= 8 {
			octets = append(octets, byte(n))
		}
		slices.Reverse(octets)
		dst = append(append(dst, 0x80|byte(len(octets))), octets...)
	}
	return append(dst, content...)
}
