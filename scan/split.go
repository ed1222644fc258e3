package scan

import (
	"bytes"
	"io"
)

// splitMode says where a record of a stream ends.
type splitMode uint8

const (
	// splitPEM ends a record after an END line that is as it should be. Whatever
	// stands before that line since the last record belongs to it: text, damaged
	// blocks, lines that are only meant to be END lines. The parser, which sees the
	// record as a whole, finds several blocks in it then.
	splitPEM splitMode = iota
	// splitLines ends a record after each line.
	splitLines
	// splitNothing makes the whole stream one record.
	splitNothing
)

const (
	// bufferSize is how much is read at once.
	bufferSize = 64 << 10
	// maxBoundary is more than any boundary line of PEM has, labels being at most
	// 64 characters long.
	maxBoundary = 128
)

var (
	lineDashes = []byte("-----")
	beginWord  = []byte("-----BEGIN ")
	endWord    = []byte("-----END ")
	newline    = []byte{'\n'}
)

// splitter cuts a stream into records. The records one after the other are the
// stream, except for those beyond the limit. Where it cuts does not depend on how
// the stream arrives.
type splitter struct {
	r     io.Reader
	mode  splitMode
	limit int

	// buf[start:end] was read and not yet returned; up to scanned no record ends.
	buf                 []byte
	start, end, scanned int
	err                 error

	// line (from 1) and offset are the place of what follows.
	line, offset int64
}

func newSplitter(r io.Reader, mode splitMode, limit int) *splitter {
	return &splitter{r: r, mode: mode, limit: limit, line: 1}
}

// next returns the next record. It is valid until the next call. A record beyond
// the limit is passed over, and tooLarge is set instead. At the end of the stream
// the error is io.EOF; before any other error comes the record that it cut off.
func (s *splitter) next() (data []byte, tooLarge bool, err error) {
	for {
		n, known := s.find()
		switch {
		case known && n <= s.limit:
			return s.take(n), false, nil
		case s.end-s.start > s.limit:
			s.passOver()
			return nil, true, nil
		case s.err != nil && s.end > s.start:
			return s.take(s.end - s.start), false, nil
		case s.err != nil:
			return nil, false, s.err
		}
		s.fill()
	}
}

// take returns the next n bytes and moves behind them.
func (s *splitter) take(n int) []byte {
	data := s.buf[s.start : s.start+n]
	s.line += int64(bytes.Count(data, newline))
	s.offset += int64(n)
	s.start += n
	s.scanned = s.start
	return data
}

// fill reads more.
func (s *splitter) fill() {
	if s.start > 0 && cap(s.buf)-s.end < bufferSize/2 {
		s.end = copy(s.buf[:cap(s.buf)], s.buf[s.start:s.end])
		s.scanned -= s.start
		s.start = 0
	}
	if cap(s.buf) == s.end {
		buf := make([]byte, max(bufferSize, min(2*cap(s.buf), s.limit+bufferSize)))
		s.end = copy(buf, s.buf[s.start:s.end])
		s.scanned -= s.start
		s.start = 0
		s.buf = buf
	}
	s.buf = s.buf[:cap(s.buf)]
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// find returns the length of the next record, if its end has been read.
func (s *splitter) find() (n int, known bool) {
	switch s.mode {
	case splitLines:
		if i := bytes.IndexByte(s.buf[s.scanned:s.end], '\n'); i >= 0 {
			return s.scanned + i + 1 - s.start, true
		}
		s.scanned = s.end
	case splitPEM:
		// Base64 has no hyphens, and a byte is found much faster than a word.
		for {
			i := bytes.IndexByte(s.buf[s.scanned:s.end], '-')
			if i < 0 {
				s.scanned = s.end
				return 0, false
			}
			at := s.scanned + i
			if at > s.start && s.buf[at-1] != '\n' {
				// Only the start of a line can be an END line.
				if i = bytes.IndexByte(s.buf[at:s.end], '\n'); i < 0 {
					s.scanned = s.end
					return 0, false
				}
				s.scanned = at + i + 1
				continue
			}
			end, known := s.endLine(at)
			if !known {
				s.scanned = at
				return 0, false
			}
			if end > 0 {
				return end - s.start, true
			}
			s.scanned = at + 1
		}
	}
	return 0, false
}

// endLine returns where the END line that starts at buf[at] ends, with its line
// break; 0 if it is none. known is false if that cannot be said yet.
func (s *splitter) endLine(at int) (end int, known bool) {
	rest := s.buf[at:s.end]
	if word := rest[:min(len(rest), len(endWord))]; !bytes.HasPrefix(endWord, word) {
		return 0, true
	}
	line := rest[:min(len(rest), maxBoundary)]
	i := bytes.IndexByte(line, '\n')
	whole := len(line) == maxBoundary || s.err != nil
	if i < 0 && !whole {
		return 0, false
	}
	end = at + i + 1
	if i >= 0 {
		line = line[:i]
	} else if end = at + len(line); len(line) == maxBoundary {
		return 0, true
	}
	line = bytes.TrimRight(line, " \t\r")
	if len(line) < len(endWord)+len(lineDashes) || !bytes.HasPrefix(line, endWord) || !bytes.HasSuffix(line, lineDashes) {
		return 0, true
	}
	if label := line[len(endWord) : len(line)-len(lineDashes)]; bytes.Contains(label, lineDashes) {
		return 0, true
	}
	return end, true
}

// passOver drops a record beyond the limit: in text to the end of the line or of
// the END line, or to a BEGIN line behind the limit.
func (s *splitter) passOver() {
	limit := s.offset + int64(s.limit)
	if s.mode == splitNothing {
		s.take(s.end - s.start)
		s.err = io.EOF
		return
	}
	for {
		if s.mode == splitLines {
			if n, known := s.find(); known {
				s.take(n)
				return
			}
			s.take(s.end - s.start)
		} else if s.passOverText(limit) {
			return
		}
		if s.err != nil {
			s.take(s.end - s.start)
			return
		}
		s.fill()
	}
}

// passOverText drops what has been read up to the end of the record, and reports
// whether that is in there.
func (s *splitter) passOverText(limit int64) bool {
	// The byte before a boundary must stay, and the boundary itself.
	pos := s.start + int(max(0, min(limit-s.offset-maxBoundary, int64(s.end-s.start))))
	for {
		i := bytes.Index(s.buf[pos:s.end], lineDashes)
		if i < 0 {
			break
		}
		at := pos + i
		if s.end-at < maxBoundary && s.err == nil {
			s.take(max(0, at-1-s.start))
			return false
		}
		pos = at + 1
		if at == s.start || s.buf[at-1] != '\n' {
			continue
		}
		if behind := s.offset + int64(at-s.start); behind >= limit && bytes.HasPrefix(s.buf[at:s.end], beginWord) {
			s.take(at - s.start)
			return true
		}
		if end, _ := s.endLine(at); end > 0 && s.offset+int64(end-s.start) > limit {
			s.take(end - s.start)
			return true
		}
	}
	s.take(max(0, s.end-maxBoundary-s.start))
	return false
}
