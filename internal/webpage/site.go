package webpage

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// ErrNoPage is returned for a folder that has no index.html.
var ErrNoPage = errors.New("there is no index.html")

// What a page may have at most. A folder with more is not the page but was named
// by mistake, and its files are nobody's business.
const (
	maxFiles = 500
	maxBytes = 64 << 20
)

// types are the kinds of files that a page is made of. Others are not served.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
}

// encodings are the forms of a file beside the plain one, the best first, and how
// their names end.
var encodings = []struct{ name, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

// variant is a file as it is sent.
type variant struct {
	data []byte
	etag string
}

// file is one file of the page.
type file struct {
	contentType string
	// variants are the forms of the file by their Content-Encoding; "" is the plain
	// one, which large files do not have if they have one of gzip.
	variants map[string]variant
}

// Site is the files of a page, by the path that they are asked for.
type Site struct{ files map[string]*file }

// Load reads all files of the page into memory, so that what is served is what was
// there then and no request reaches a file system. Files that end in .br and .gz
// are the packed forms of those that are called so without it. Files whose names
// start with a dot, and of types that a page does not have, are passed over.
func Load(files fs.FS) (*Site, error) {
	s := &Site{files: map[string]*file{}}
	count, size := 0, 0
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != "." && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		plain, encoding := name, ""
		for _, e := range encodings {
			if cut, ok := strings.CutSuffix(name, e.ending); ok {
				plain, encoding = cut, e.name
			}
		}
		contentType, known := types[path.Ext(plain)]
		// Links could lead out of the folder.
		if !known || !entry.Type().IsRegular() {
			return nil
		}
		if count++; count > maxFiles {
			return fmt.Errorf("more than %d files are no page", maxFiles)
		}
		data, err := readBounded(files, name, maxBytes-size)
		if err != nil {
			return err
		}
		size += len(data)
		f := s.files["/"+plain]
		if f == nil {
			f = &file{contentType: contentType, variants: map[string]variant{}}
			s.files["/"+plain] = f
		}
		sum := sha256.Sum256(data)
		f.variants[encoding] = variant{data: data, etag: `"` + hex.EncodeToString(sum[:16]) + `"`}
		return nil
	})
	if err != nil {
		return nil, err
	}
	index := s.files["/index.html"]
	if index == nil {
		return nil, ErrNoPage
	}
	s.files["/"] = index
	return s, nil
}

func readBounded(files fs.FS, name string, room int) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(room)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > room {
		return nil, fmt.Errorf("more than %d MiB are no page", maxBytes>>20)
	}
	return data, nil
}

// choose returns the form of the file that suits a request best.
func (f *file) choose(accept string) (v variant, encoding string, ok bool) {
	for _, e := range encodings {
		if v, ok := f.variants[e.name]; ok && accepts(accept, e.name) {
			return v, e.name, true
		}
	}
	if v, ok := f.variants[""]; ok {
		return v, "", true
	}
	if packed, ok := f.variants["gzip"]; ok {
		if data, err := unpack(packed.data); err == nil {
			return variant{data, strings.TrimSuffix(packed.etag, `"`) + `-plain"`}, "", true
		}
	}
	return variant{}, "", false
}

func unpack(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err == nil && len(plain) > maxBytes {
		err = errors.New("too large")
	}
	return plain, err
}

// accepts reads an Accept-Encoding header (RFC 9110, Section 12.5.3). A star stands
// for no encoding in particular, so it is not enough.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, given := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q=")
			return !given || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
