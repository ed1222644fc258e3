package scan

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// heapWatch notes the largest heap while a run is under way.
type heapWatch struct{ peak uint64 }

func (h *heapWatch) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.peak = max(h.peak, m.HeapAlloc)
}

// watched scans without keeping the output, and returns how far the heap grew.
func watched(t *testing.T, inputs []Input, opt Options) (grown uint64, rows int64, s *Summary) {
	t.Helper()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	h, calls := heapWatch{}, 0
	opt.Time = now
	opt.Progress = func(p Progress) error {
		if calls++; calls%8 == 0 {
			h.look()
		}
		return nil
	}
	counter := &lineCounter{}
	s, err := Run(context.Background(), counter, slices.Values(inputs), opt)
	if err != nil {
		t.Fatal(err)
	}
	h.look()
	return h.peak - min(h.peak, before.HeapAlloc), counter.lines, s
}

type lineCounter struct{ lines int64 }

func (c *lineCounter) Write(p []byte) (int, error) {
	c.lines += int64(bytes.Count(p, newline))
	return len(p), nil
}

// numbered is a stream of n certificates, each with its own serial number.
type numbered struct {
	n, next int
	left    []byte
}

func (r *numbered) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		if r.next == r.n {
			return 0, io.EOF
		}
		r.next++
		r.left = pemOf(certificate(r.next))
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// TestFlatMemory shows that the heap does not grow with the number of
// certificates. CERTLOUPE_SCAN_COUNT=1000000 makes it a long run.
func TestFlatMemory(t *testing.T) {
	count := 50_000
	if s := os.Getenv("CERTLOUPE_SCAN_COUNT"); s != "" {
		if _, err := fmt.Sscan(s, &count); err != nil {
			t.Fatal(err)
		}
	}
	few, _, _ := watched(t, []Input{Stream("x", &numbered{n: count / 10})}, Options{Workers: 2})
	many, rows, s := watched(t, []Input{Stream("x", &numbered{n: count})}, Options{Workers: 2})
	if rows != int64(count) || s.Accepted != int64(count) {
		t.Errorf("%d rows, %d accepted", rows, s.Accepted)
	}
	t.Logf("the heap grew by %d KiB with %d certificates, by %d KiB with %d", few>>10, count/10, many>>10, count)
	if many > few+8<<20 {
		t.Errorf("the heap grows with the number of certificates: %d and %d KiB", few>>10, many>>10)
	}
}

// limited ends a reader after n bytes with the given text.
func limited(r io.Reader, n int64, end string) io.Reader {
	return io.MultiReader(io.LimitReader(r, n), strings.NewReader(end))
}

// TestLargeRecords shows that records beyond the limit are rows, cost no more
// memory than the limit allows, and hide nothing of what follows.
func TestLargeRecords(t *testing.T) {
	const size, limit = 50 << 20, 64 << 10
	cert := string(pemOf(certificate(1)))
	line := base64Of(certificate(1)) + "\n"
	field := `{"cert":"` + base64Of(certificate(1)) + `"}` + "\n"
	for _, test := range []struct {
		name   string
		format Format
		junk   string
		start  string
		end    string
		want   int64 // Certificates.
	}{
		{"a long line of base64", Base64, "A", line, "\n" + line, 2},
		{"a long line of JSON", NDJSON, " ", field, "\n" + field, 2},
		{"a line without end", Base64, "A", line, "", 1},
		{"PEM without an end", PEM, "QUJD\n", cert + "-----BEGIN CERTIFICATE-----\n", "\n" + cert, 2},
		{"text without line breaks", PEM, "text ", cert, "\n" + cert, 2},
		{"hyphens", PEM, "-", cert, "\n" + cert, 2},
		{"END lines that are none", PEM, "-----END X\n", cert, "\n" + cert, 2},
		// The last record starts with more of them than blocks of one text are read.
		{"BEGIN lines in vain", PEM, "-----BEGIN CERTIFICATE----\n", cert, "\n" + cert, 1},
		{"NULs", PEM, "\x00", cert, "\n" + cert, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := io.MultiReader(strings.NewReader(test.start), limited(&repeating{text: []byte(test.junk)}, size, test.end))
			grown, _, s := watched(t, []Input{Stream("x", r)}, Options{Format: test.format, MaxSize: limit, Workers: 2})
			if s.Certificates != test.want || s.Codes["input-too-large"] == 0 {
				t.Errorf("%+v", s.Counts)
			}
			if grown > 24<<20 {
				t.Errorf("the heap grew by %d KiB", grown>>10)
			}
		})
	}
}

func zeros(t *testing.T, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.CopyN(w, &repeating{text: make([]byte, 1<<16)}, n); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

// TestBombs shows that small archives cannot unpack to endless data.
func TestBombs(t *testing.T) {
	bomb := zeros(t, 64<<20)
	many := make([]any, 0, 400)
	for i := range 200 {
		many = append(many, fmt.Sprint(i), pemOf(certificate(i)))
	}
	for name, test := range map[string]struct {
		data  []byte
		limit Limits
	}{
		"zeros":            {bomb, Limits{}},
		"zeros in a zip":   {zipOf(t, "a", bomb), Limits{}},
		"zeros in a tar":   {gz(tarOf(t, "a", bomb)), Limits{}},
		"unpacked size":    {gz(bundle(1000)), Limits{Bytes: 100 << 10}},
		"members":          {zipOf(t, many...), Limits{Entries: 100}},
		"members of a tar": {tarOf(t, many...), Limits{Entries: 100}},
		"sparse member":    {sparseTar(1 << 32), Limits{}},
		"depth":            {zipOf(t, "a", zipOf(t, "a", zipOf(t, "a", certificate(1)))), Limits{Depth: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			grown, _, s := watched(t, []Input{Stream("x", bytes.NewReader(test.data)), Stream("y", bytes.NewReader(bundle(1)))},
				Options{Limits: test.limit, MaxSize: 64 << 10, Workers: 2})
			if s.Codes["scan-archive-limit"] != 1 || s.Certificates == 0 || s.Codes["scan-archive-damaged"] != 0 {
				t.Errorf("%+v", s.Counts)
			}
			if grown > 48<<20 {
				t.Errorf("the heap grew by %d KiB", grown>>10)
			}
		})
	}
}

// TestLargeZips shows that neither a zip archive in a stream nor the directory of
// one in a file is held in memory beyond its limit.
func TestLargeZips(t *testing.T) {
	stream := io.MultiReader(strings.NewReader("PK\x03\x04"), limited(&repeating{text: []byte("zip!")}, 200<<20, ""))
	grown, _, s := watched(t, []Input{Stream("x", stream)}, Options{})
	if s.Codes["scan-archive-limit"] != 1 || grown > 150<<20 {
		t.Errorf("a stream: %+v, and the heap grew by %d KiB", s.Counts, grown>>10)
	}
	name := filepath.Join(t.TempDir(), "x.zip")
	var members []any
	for i := range 300 {
		members = append(members, fmt.Sprint(i, strings.Repeat("x", 60_000)), []byte{})
	}
	if err := os.WriteFile(name, zipOf(t, members...), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run(t, Paths(name), Options{}); r.describe() != "archive scan-archive-limit" {
		t.Errorf("a directory: %.200s", r.describe())
	}
}

// sparseTar is an archive whose one member is nothing but a hole.
func sparseTar(size int64) []byte {
	h := make([]byte, 512)
	copy(h, "hole")
	copy(h[100:], "0000600\x000000000\x000000000\x0000000000000\x0000000000000\x00        S")
	copy(h[257:], "ustar  \x00")
	copy(h[386:], fmt.Sprintf("%011o\x00%011o\x00", size, 0))
	copy(h[483:], fmt.Sprintf("%011o\x00", size))
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return append(h, make([]byte, 1024)...)
}

// TestDamagedArchives shows that damage is said once, and what is sound is read.
func TestDamagedArchives(t *testing.T) {
	sound := zipOf(t, "a", pemOf(certificate(1)), "b", pemOf(certificate(2)), "c", pemOf(certificate(3)))
	// The content of the second member is damaged, not the directory.
	broken := bytes.Clone(sound)
	second := bytes.Index(broken, []byte("PK\x03\x04\x14\x00\x08\x00"))
	second += 100 + bytes.Index(broken[second+100:], []byte("PK\x03\x04"))
	for i := range 40 {
		broken[second+60+i] ^= 0x55
	}
	tarGz := gz(tarOf(t, "a", pemOf(certificate(1)), "b", bundle(500)))
	for _, test := range []struct {
		name         string
		data         []byte
		certificates int64
	}{
		{"zip member", broken, 2},
		{"zip without its end", sound[:len(sound)-10], 0},
		{"tar.gz cut off", tarGz[:len(tarGz)-200], -1},
		{"gzip header only", gz(nil)[:10], 0},
		{"encrypted zip member", encryptedZip(sound), 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := run(t, from("x", test.data), Options{})
			if n := r.summary.Codes["scan-archive-damaged"]; n != 1 {
				t.Errorf("damage is said %d times: %s", n, r.describe())
			}
			if test.certificates >= 0 && r.summary.Accepted != test.certificates || test.certificates < 0 && r.summary.Accepted < 100 {
				t.Errorf("%d certificates: %s", r.summary.Accepted, r.describe())
			}
		})
	}
}

// encryptedZip sets the flag of the first member that says that it is encrypted.
func encryptedZip(data []byte) []byte {
	data = bytes.Clone(data)
	data[6] |= 1
	directory := bytes.Index(data, []byte("PK\x01\x02"))
	data[directory+8] |= 1
	return data
}

// TestFolders shows which files of a folder are read, and in which order.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside.pem")
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(outside, bundle(1))
	deep := filepath.Join(dir, "m", strings.Repeat("d/", 200), "x")
	for i, name := range []string{"z.pem", "B.pem", "a/2.pem", "a/10.pem", "empty"} {
		write(filepath.Join(dir, name), pemOf(certificate(i)))
	}
	write(deep, pemOf(certificate(9)))
	write(filepath.Join(dir, "empty"), nil)
	for name, target := range map[string]string{"link.pem": "z.pem", "out.pem": outside, "loop": ".", "up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("NOT CHECKED: there are no symbolic links here:", err)
		}
	}
	var got []string
	for _, row := range run(t, Paths(dir), Options{}).rows {
		name := strings.TrimPrefix(row["source"].(string), filepath.ToSlash(dir)+"/")
		if strings.HasPrefix(name, "m/") {
			name = "m"
		}
		got = append(got, name)
	}
	want := []string{"B.pem", "a/10.pem", "a/2.pem", "empty", "m", "z.pem"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if r := run(t, Paths(filepath.Join(dir, "out.pem")), Options{}); r.describe() != "certificate" {
		t.Errorf("a link that is named: %s", r.describe())
	}
}

// brokenFS has a folder and a file that cannot be opened, and one that cannot be
// read to its end.
type brokenFS struct{ fstest.MapFS }

type brokenFile struct{ fs.File }

func (f brokenFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if err == io.EOF {
		err = fs.ErrInvalid
	}
	return n, err
}

func (f brokenFS) Open(name string) (fs.File, error) {
	if strings.Contains(name, "closed") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	file, err := f.MapFS.Open(name)
	if err == nil && name == "cut.pem" {
		file = brokenFile{file}
	}
	return file, err
}

func (f brokenFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if strings.Contains(name, "closed") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadDir(name)
}

// TestUnread shows that what cannot be read is a row and keeps nobody from reading on.
func TestUnread(t *testing.T) {
	file := func() *fstest.MapFile { return &fstest.MapFile{Data: bundle(1)} }
	fsys := brokenFS{fstest.MapFS{
		"a.pem": file(), "closed.pem": file(), "closed/x": file(), "cut.pem": file(), "pipe": {Mode: fs.ModeNamedPipe}, "z.pem": file(),
	}}
	r := run(t, Folder(fsys, "top"), Options{})
	var got []string
	for _, row := range r.rows {
		got = append(got, fmt.Sprint(row["source"], " ", row["verdict"]))
		if (row["verdict"] == unread) != (row["error"] != nil) {
			t.Errorf("%v", row)
		}
	}
	want := []string{"top/a.pem accepted", "top/closed unread", "top/closed.pem unread", "top/cut.pem accepted", "top/cut.pem unread",
		"top/pipe unread", "top/z.pem accepted"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if r.summary.Unread != 4 {
		t.Errorf("%d inputs could not be read", r.summary.Unread)
	}
	missing := run(t, Paths(filepath.Join(t.TempDir(), "missing"), ""), Options{})
	if missing.describe() != "unread; unread" {
		t.Error(missing.describe())
	}
}

// TestSecretsStayInside shows that no part of a private key is in the output,
// whatever is wrong with it.
func TestSecretsStayInside(t *testing.T) {
	key := string(keyPEM(t))
	body := strings.Split(key, "\n")[1]
	secret := body[24:56]
	damaged := strings.Replace(key, "-----BEGIN", "--BEGIN", 1)
	for _, input := range []string{key, damaged, key[:len(key)-40], strings.Replace(key, "MC4", "M!4", 1), body + "\n",
		"{\"cert\":" + quote(key) + "}\n", "{\"cert\":" + quote(key) + "x}\n", "{\"" + body + "\":1}\n"} {
		for _, opt := range []Options{{}, {Full: true}, {Format: NDJSON}, {Row: true}, {Row: true, Output: Tabs, Format: TSV}} {
			if out := run(t, from("x", input), opt).text; strings.Contains(out, secret) {
				t.Errorf("%q shows the key:\n%s", input, out)
			}
		}
	}
}
