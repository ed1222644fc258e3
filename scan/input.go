package scan

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
)

// Input is one file or stream.
type Input struct {
	// Name names the input in the rows.
	Name string
	// Open opens the input. What it returns should be an fs.File that is an
	// io.ReaderAt if that is possible, so that zip archives need not be held in memory.
	Open func() (io.ReadCloser, error)
	// Live says that the input may pause, as a pipe does.
	Live bool
	// Err, if not nil, says why there is nothing to open.
	Err error
}

// Stream makes an input of a reader that may pause. Closing it is left to the caller.
func Stream(name string, r io.Reader) Input {
	return Input{Name: name, Live: true, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

var (
	errNotRegular = errors.New("this is neither a file nor a folder, and was not opened")
	errEmptyName  = errors.New("the name of a file is empty")
)

// Paths makes inputs of files and folders. Folders are read with all folders in
// them, in the order of their names, byte by byte. Symbolic links in a folder are
// passed over: what they point to is read where it stands if it is in the folder,
// and is none of the folder's business if not. Links and pipes that are named
// themselves are read.
func Paths(names ...string) iter.Seq[Input] {
	return func(yield func(Input) bool) {
		for _, name := range names {
			if !pathInputs(name, yield) {
				return
			}
		}
	}
}

func pathInputs(name string, yield func(Input) bool) bool {
	if name == "" {
		return yield(Input{Err: errEmptyName})
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return yield(Input{Name: name, Err: err})
	case !info.IsDir():
		return yield(Input{Name: name, Live: !info.Mode().IsRegular(), Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	// A root refuses to follow a link out of the folder, even one that was put in
	// the place of a file meanwhile.
	root, err := os.OpenRoot(name)
	if err != nil {
		return yield(Input{Name: name, Err: err})
	}
	defer root.Close()
	for in := range Folder(root.FS(), filepath.ToSlash(name)) {
		if !yield(in) {
			return false
		}
	}
	return true
}

// Folder makes inputs of the files in a file system, as [Paths] does of those in a
// folder. Their names are put behind name and a slash.
func Folder(fsys fs.FS, name string) iter.Seq[Input] {
	return func(yield func(Input) bool) {
		// There are no errors but fs.SkipAll.
		_ = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
			in := Input{Name: path.Join(name, p), Err: err}
			switch {
			case err != nil:
				// The row says so. A folder that could not be read in full is not entered.
			case d.IsDir(), d.Type()&fs.ModeSymlink != 0:
				return nil
			case !d.Type().IsRegular():
				in.Err = errNotRegular
			default:
				in.Open = func() (io.ReadCloser, error) { return fsys.Open(p) }
			}
			if !yield(in) {
				return fs.SkipAll
			}
			if err != nil && d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		})
	}
}
