package bridge

import "encoding/binary"

// A call is bytes, so that certificates and keys cross the border as they are,
// without base64. It is a sequence of chunks, each a length of four bytes, the least
// significant first, and that many bytes:
//
//	header  JSON: {"op": "check", "options": {"profile": "generic"}}
//	role    of the first part, such as "certificate" or "password"
//	name    of the first part, such as a file's name; may be empty
//	data    of the first part, any bytes
//	role    of the second part
//	…
//
// There is nothing behind the last chunk. Parts that may come several times keep
// their order.

// Call is a call that was taken apart, or that is to be put together.
type Call struct {
	// Header is JSON.
	Header []byte
	Parts  []Part
}

// Part is one input of a call. Nil data is read back as empty data: a part that is
// there is never absent.
type Part struct {
	Role, Name string
	Data       []byte
}

// Append appends the bytes of the call to dst.
func (c *Call) Append(dst []byte) []byte {
	dst = appendChunk(dst, c.Header)
	for _, p := range c.Parts {
		dst = appendChunk(dst, p.Role)
		dst = appendChunk(dst, p.Name)
		dst = appendChunk(dst, p.Data)
	}
	return dst
}

func appendChunk[T string | []byte](dst []byte, chunk T) []byte {
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(chunk))), chunk...)
}

// readCall takes a call apart. Header and data stay where they are in frame.
func readCall(frame []byte) (*Call, *failure) {
	c := &Call{}
	var ok bool
	if c.Header, frame, ok = chunk(frame); !ok {
		return nil, malformed("the header is cut off")
	}
	for len(frame) > 0 {
		var part [3][]byte
		for i := range part {
			if part[i], frame, ok = chunk(frame); !ok {
				return nil, malformed("a part is cut off")
			}
		}
		c.Parts = append(c.Parts, Part{string(part[0]), string(part[1]), part[2]})
	}
	return c, nil
}

func chunk(frame []byte) (data, rest []byte, ok bool) {
	if len(frame) < 4 {
		return nil, nil, false
	}
	size := uint64(binary.LittleEndian.Uint32(frame))
	if frame = frame[4:]; uint64(len(frame)) < size {
		return nil, nil, false
	}
	return frame[:size:size], frame[size:], true
}
