package client

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The cache file is a line that says what it is, and then records, each for what
// was remembered or forgotten at one time; the last one about a key counts. It
// is read as a whole and only ever appended to, until it has become too long and
// is written anew.
//
// It is not a database, because a database trusts its file: pages that point at
// each other in a circle, or beyond the end of a mapped file, end the program in
// ways that no code can catch. Here a file of any content gives entries or none.
// The checksums find accidents. Against malice nothing is needed: an entry is
// evidence with a signature, and is judged each time it is used.

const (
	fileMagic = "certloupe revocation cache 1\n"
	// recordHeader is key, time, length and checksum.
	recordHeader = len(cacheKey{}) + 8 + 4 + 4
	// maxStored is the latest time in seconds that is believed, far in the future.
	maxStored = 1 << 40
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord appends an entry; one without data says that its key was forgotten.
func appendRecord(b []byte, e entry) []byte {
	start := len(b)
	b = append(b, e.key[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(max(0, e.stored.Unix())))
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.data)))
	sum := crc32.Update(crc32.Checksum(b[start:], castagnoli), castagnoli, e.data)
	return append(binary.BigEndian.AppendUint32(b, sum), e.data...)
}

// readRecord reads the record at the start of b and returns what follows. The data
// of the entry are those in b.
func readRecord(b []byte) (e entry, rest []byte, ok bool) {
	if len(b) < recordHeader {
		return e, b, false
	}
	fields := b[len(e.key):]
	stored, length, sum := binary.BigEndian.Uint64(fields), binary.BigEndian.Uint32(fields[8:]), binary.BigEndian.Uint32(fields[12:])
	data := b[recordHeader:]
	if stored > maxStored || uint64(length) > uint64(len(data)) {
		return e, b, false
	}
	data = data[:length]
	if crc32.Update(crc32.Checksum(b[:recordHeader-4], castagnoli), castagnoli, data) != sum {
		return e, b, false
	}
	copy(e.key[:], b)
	e.stored, e.data = time.Unix(int64(stored), 0), data
	return e, b[recordHeader+int(length):], true
}

// decodeFile reads a cache file after its first line, up to the first record that
// is damaged. The entries are the last ones of their keys, in the order of the file.
func decodeFile(b []byte) (entries []entry, whole bool) {
	last := map[cacheKey]int{}
	var all []entry
	for len(b) > 0 {
		e, rest, ok := readRecord(b)
		if !ok {
			break
		}
		last[e.key] = len(all)
		all, b = append(all, e), rest
	}
	for i, e := range all {
		if last[e.key] == i && len(e.data) > 0 {
			e.data = bytes.Clone(e.data) // So that the file need not be kept in memory.
			entries = append(entries, e)
		}
	}
	return entries, len(b) == 0
}

// cacheFile is an open cache file.
type cacheFile struct {
	name string
	f    *os.File // nil if it cannot be used.
	// size is how long the file is, and limit how long it may become.
	size, limit int64
	// problem is what is wrong with it, for a person; empty if nothing is.
	problem string
}

// openCacheFile opens or makes a cache file for so many bytes of evidence. The
// error says that there is something that cannot be a cache file.
func openCacheFile(name string, evidence int64) (*cacheFile, []entry, error) {
	// Devices and pipes must not be opened at all, and never be replaced.
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("client: the cache file %s is no ordinary file", name)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("client: the cache file cannot be opened: %w", err)
	}
	c := &cacheFile{name: name, f: f, limit: 2*evidence + 1<<20}
	entries, err := c.load()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return c, entries, nil
}

func (c *cacheFile) load() ([]entry, error) {
	info, err := c.f.Stat()
	if err != nil {
		return nil, fmt.Errorf("client: the cache file cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("client: the cache file %s is no ordinary file", c.name)
	}
	// It tells which certificates were of interest.
	if info.Mode().Perm()&0o077 != 0 {
		if err := c.f.Chmod(0o600); err != nil {
			return nil, fmt.Errorf("client: the cache file is open to others: %w", err)
		}
	}
	content, err := io.ReadAll(io.LimitReader(c.f, c.limit+1))
	if err != nil {
		return nil, fmt.Errorf("client: the cache file cannot be read: %w", err)
	}
	if len(content) == 0 {
		c.write([]byte(fileMagic))
		return nil, nil
	}
	records, ok := bytes.CutPrefix(content, []byte(fileMagic))
	if !ok {
		// It may be somebody's letters. It is left as it is.
		c.problem = "the file is not one of these, and is left alone"
		err := c.f.Close()
		c.f = nil
		return nil, err
	}
	c.size = int64(len(content))
	entries, whole := decodeFile(records)
	if !whole || c.size > c.limit {
		c.problem = "a part of the file is damaged, and was left out"
		c.rewrite(entries)
	}
	return entries, nil
}

// append writes down an entry; all gives the entries for a new file, if this one
// has become too long.
func (c *cacheFile) append(e entry, all func() []entry) {
	c.write(appendRecord(nil, e))
	if c.size > c.limit {
		c.rewrite(all())
	}
}

// write appends with one call, so that what two programs write does not mix.
func (c *cacheFile) write(b []byte) {
	if c.f == nil {
		return
	}
	n, err := c.f.Write(b)
	c.size += int64(n)
	if err != nil {
		c.fail("the file cannot be written")
	}
}

// rewrite puts a new file in the place of the old one, in one step.
func (c *cacheFile) rewrite(entries []entry) {
	if c.f == nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(c.name), filepath.Base(c.name)+".*")
	if err != nil {
		c.fail("the file cannot be written anew")
		return
	}
	// The newest come last; if there are too many, the others are left out.
	keep, size := len(entries), int64(len(fileMagic))
	for keep > 0 && size+int64(recordHeader+len(entries[keep-1].data)) <= c.limit/2 {
		keep--
		size += int64(recordHeader + len(entries[keep].data))
	}
	_, err = f.WriteString(fileMagic)
	for _, e := range entries[keep:] {
		if err == nil {
			_, err = f.Write(appendRecord(nil, e))
		}
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), c.name)
	}
	if err != nil {
		os.Remove(f.Name())
		c.fail("the file cannot be written anew")
		return
	}
	old := c.f
	if c.f, err = os.OpenFile(c.name, os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		c.f = nil
		c.problem = "the file cannot be written anew"
	}
	c.size = size
	old.Close()
}

// fail stops using the file. What is remembered stays in memory.
func (c *cacheFile) fail(problem string) {
	c.problem = problem
	c.f.Close()
	c.f = nil
}

func (c *cacheFile) close() error {
	if c.f == nil {
		return nil
	}
	err := c.f.Close()
	c.f = nil
	return err
}
