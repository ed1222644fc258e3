package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes a new file. It never writes over an existing one unless
// replace is set, and then the old content stays until the new one is complete:
// it is written beside the old one first.
func writeFile(name string, data []byte, mode fs.FileMode, replace bool) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		return fill(f, data)
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if !replace {
		return fmt.Errorf("%s: the file exists already; --force replaces it", name)
	}
	// Replacing a link would leave what it points to as it was.
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return err
	}
	old, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !old.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file, and so not replaced", name)
	}
	f, err = os.CreateTemp(filepath.Dir(name), ".certloupe-*")
	if err != nil {
		return err
	}
	// The new file is as open as the old one was, but no more than mode.
	if err := f.Chmod(old.Mode().Perm() & mode); err != nil {
		f.Close()
		os.Remove(f.Name())
		return err
	}
	if err := fill(f, data); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		os.Remove(f.Name())
		return err
	}
	return nil
}

// fill writes data to a new file and closes it. On failure the file is removed.
func fill(f *os.File, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
