package main

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Some targets start from certificates of others, such as the roots of the system. What
// was made of those is not ours to keep. It is told by what is in a row in it.

// inARow is how many bytes in a row make an input one of others. Twice as many are
// found wherever they stand.
const inARow = 24

type row [inARow]byte

// foreign are pieces of certificates of others, without those that ours have, too:
// the beginning of a key on P-256 is the same everywhere.
type foreign map[row]bool

// readForeign reads PEM files and JSON files that hold PEM or base64, and takes away
// what is in the PEM of the files below own.
func readForeign(names []string, own string) (foreign, error) {
	f := foreign{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, der := range contents(text) {
			for ; len(der) >= inARow; der = der[inARow:] {
				f[row(der)] = true
			}
		}
	}
	if len(f) == 0 {
		return f, nil
	}
	err := filepath.WalkDir(own, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.Contains(path, "testdata"+string(filepath.Separator)+"fuzz") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, der := range contents(text) {
			for ; len(der) >= inARow; der = der[1:] {
				delete(f, row(der))
			}
		}
		return nil
	})
	return f, err
}

// contents are what PEM blocks in a text hold, or all texts of a JSON file.
func contents(text []byte) (all [][]byte) {
	var value any
	if json.Unmarshal(text, &value) == nil {
		return append(all, texts(value)...)
	}
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return all
		}
		all = append(all, b.Bytes)
	}
}

func texts(value any) (all [][]byte) {
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			all = append(all, texts(e)...)
		}
	case map[string]any:
		for _, e := range v {
			all = append(all, texts(e)...)
		}
	case string:
		if der, err := base64.StdEncoding.DecodeString(v); err == nil {
			return append(all, der)
		}
		for rest := []byte(v); ; {
			var b *pem.Block
			if b, rest = pem.Decode(rest); b == nil {
				return all
			}
			all = append(all, b.Bytes)
		}
	}
	return all
}

var errInput = errors.New("this is no input of Go's fuzzer")

// made reports whether an input was made of what is foreign.
func (f foreign) made(input []byte) (bool, error) {
	if len(f) == 0 {
		return false, nil
	}
	lines := strings.Split(strings.TrimSpace(string(input)), "\n")
	if lines[0] != "go test fuzz v1" {
		return false, errInput
	}
	for _, line := range lines[1:] {
		open := strings.IndexByte(line, '(')
		if open < 0 || !strings.HasSuffix(line, ")") {
			return false, errInput
		}
		text, err := strconv.Unquote(line[open+1 : len(line)-1])
		if err != nil {
			continue // A number.
		}
		for _, data := range append(contents([]byte(text)), []byte(text)) {
			for ; len(data) >= inARow; data = data[1:] {
				if f[row(data)] {
					return true, nil
				}
			}
		}
	}
	return false, nil
}
