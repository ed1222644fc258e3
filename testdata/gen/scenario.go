package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

// scenario is one case with its healthy twin.
type scenario struct {
	// path is the file's path below the directory of cases, without its ending.
	path string
	// says is the first line of the file: what the case shows, and by which
	// sentence of which standard. notes are further lines.
	says  string
	notes []string
	call  call
	files files
	// healthy are the files that are different in the healthy twin, and
	// healthyCall is its call if that is different.
	healthy     files
	healthyCall call
	// response is the documented response; healthyResponse is that of the twin.
	response, healthyResponse []byte
}

// call is the content of call.json.
type call map[string]any

// also returns the call with more members.
func (c call) also(more call) call {
	c = maps.Clone(c)
	maps.Copy(c, more)
	return c
}

// files are input files by name.
type files map[string][]byte

// repeated marks a file that is written as a number and a text that is repeated
// as often.
const repeated = ".repeat"

// repeat is the content of a file that is repeated.
func repeat(n int, text []byte) []byte {
	return append([]byte(strconv.Itoa(n)+"\n"), text...)
}

func (g *generator) add(s scenario) { g.scenarios = append(g.scenarios, s) }

// defaultTime is when uploads are judged unless a case says otherwise.
const defaultTime = "2026-01-01T00:00:00Z"

// write writes all cases below dir and removes the files of cases that are no more.
func (g *generator) write(dir string) error {
	stale := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".txtar") {
			stale[path] = true
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, s := range g.scenarios {
		path := filepath.Join(dir, filepath.FromSlash(s.path)+".txtar")
		delete(stale, path)
		old, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if text := s.text(old); !bytes.Equal(text, old) {
			if err := os.WriteFile(path, text, 0o666); err != nil {
				return err
			}
		}
	}
	for path := range stale {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// text is the case's file. The golden reports are those of the old text.
func (s scenario) text(old []byte) []byte {
	goldens := map[string][]byte{}
	for _, f := range txtar.Parse(old).Files {
		if f.Name == "report.json" || f.Name == "healthy/report.json" {
			goldens[f.Name] = f.Data
		}
	}
	a := &txtar.Archive{Comment: []byte(s.says + "\n")}
	for _, n := range s.notes {
		a.Comment = append(a.Comment, n+"\n"...)
	}
	if !strings.Contains(s.says, ". ") && !strings.HasSuffix(s.says, ".") {
		panic("gen: the comment of " + s.path + " is no sentence")
	}
	a.Files = append(a.Files, callSection("", s.call))
	a.Files = append(a.Files, s.files.sections("")...)
	if s.response != nil {
		a.Files = append(a.Files, txtar.File{Name: "response.json", Data: s.response})
	}
	if report, ok := goldens["report.json"]; ok {
		a.Files = append(a.Files, txtar.File{Name: "report.json", Data: report})
	}
	if s.healthyCall != nil {
		a.Files = append(a.Files, callSection("healthy/", s.healthyCall))
	}
	a.Files = append(a.Files, s.healthy.sections("healthy/")...)
	if s.healthyResponse != nil {
		a.Files = append(a.Files, txtar.File{Name: "healthy/response.json", Data: s.healthyResponse})
	}
	if report, ok := goldens["healthy/report.json"]; ok {
		a.Files = append(a.Files, txtar.File{Name: "healthy/report.json", Data: report})
	}
	return txtar.Format(a)
}

func callSection(prefix string, c call) txtar.File {
	if c["at"] == nil {
		c = c.also(call{"at": defaultTime})
	}
	return txtar.File{Name: prefix + "call.json", Data: append(must(json.MarshalIndent(c, "", "  ")), '\n')}
}

func (f files) sections(prefix string) []txtar.File {
	var sections []txtar.File
	for _, name := range slices.Sorted(maps.Keys(f)) {
		data := f[name]
		if !strings.HasSuffix(name, repeated) && !plain(data) {
			name, data = name+".base64", base64Lines(data)
		}
		sections = append(sections, txtar.File{Name: prefix + name, Data: data})
	}
	return sections
}

// plain reports whether the text can stand in a case as it is: it must not look
// like a part of the case's format, and a person must see all of it.
func plain(data []byte) bool {
	if len(data) == 0 {
		return true
	}
	if !utf8.Valid(data) || data[len(data)-1] != '\n' {
		return false
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "-- ") {
			return false
		}
		for _, r := range strings.TrimSuffix(line, "\n") {
			if !strconv.IsPrint(r) {
				return false
			}
		}
	}
	return true
}

func base64Lines(data []byte) []byte {
	var b []byte
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), 76) {
		b = append(append(b, line...), '\n')
	}
	return b
}
