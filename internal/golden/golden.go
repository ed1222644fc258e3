// Package golden reads the test cases in testdata/cases and runs them.
//
// A case is one txtar file. It shows one thing, with a healthy twin that is the
// same in every other respect. [Load] reads all cases; a [Case] has the call, the
// input files and the golden report of each of its two variants, so that the
// library, the command line and the browser's module can be tested with the same
// files.
//
// # Format
//
// The comment's first line says what the case shows and by which sentence of
// which standard. Further lines may start with
//
//	# finds: CODE, CODE             what the case finds beside what it is named after
//	# may also have: CODE, CODE     errors that the healthy twin has all the same
//
// The section call.json is the [Call], report.json the golden report and
// response.json, if it is there, the documented response as a person wrote it
// down, which the report's must equal. Every other section is an input file. One
// whose name ends in .base64 or .hex is decoded, and one that ends in .repeat
// holds a number on its first line and then a text that is repeated as often;
// the ending is not part of the file's name.
//
// Sections under healthy/ belong to the healthy twin, which has all other files
// from the case itself.
package golden

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// The two variants of a case.
const (
	// Failing is the case itself.
	Failing = ""
	// Healthy is its healthy twin.
	Healthy = "healthy"
)

// Case is one test case.
type Case struct {
	// Name is the file's path below the directory of cases with slashes and
	// without its ending, such as "der/serial-zero".
	Name string
	// Comment is the text before the first section.
	Comment string
	// Finds are the codes of the comment's line "# finds:", and MayAlsoHave those
	// of "# may also have:".
	Finds, MayAlsoHave []string

	path     string
	variants map[string]*variant
}

// variant is one of the two variants, complete.
type variant struct {
	call             Call
	files            map[string][]byte
	report, response []byte
}

// Group returns the name of the directory that the case stands in.
func (c *Case) Group() string { return strings.Split(c.Name, "/")[0] }

// Code returns the part of the name after the group; in most groups it is the
// code of the finding that the case is about.
func (c *Case) Code() string { return c.Name[strings.LastIndexByte(c.Name, '/')+1:] }

// HasHealthy reports whether the case has a healthy twin.
func (c *Case) HasHealthy() bool { return c.variants[Healthy] != nil }

// Variants lists the variants that the case has.
func (c *Case) Variants() []string {
	if c.HasHealthy() {
		return []string{Failing, Healthy}
	}
	return []string{Failing}
}

// Call returns what is to be done in a variant.
func (c *Case) Call(name string) Call { return c.variants[name].call }

// Files returns the input files of a variant by name. They must not be changed.
func (c *Case) Files(name string) map[string][]byte { return c.variants[name].files }

// Report returns the golden report of a variant, nil if none was written yet.
func (c *Case) Report(name string) []byte { return c.variants[name].report }

// Response returns the documented response of a variant as JSON; nil if the case
// has none.
func (c *Case) Response(name string) []byte { return c.variants[name].response }

// Load reads all cases below a directory, sorted by name. It returns an error if
// there are none, and if one has anything that this package does not know.
func Load(dir string) ([]*Case, error) {
	var cases []*Case
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		below, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name, ok := strings.CutSuffix(filepath.ToSlash(below), ".txtar")
		if !ok {
			return fmt.Errorf("%s is not a case", path)
		}
		c, err := read(path, name)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		cases = append(cases, c)
		return nil
	})
	if err == nil && len(cases) == 0 {
		err = fmt.Errorf("there are no cases in %s", dir)
	}
	return cases, err
}

func read(path, name string) (*Case, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	a := txtar.Parse(text)
	c := &Case{Name: name, Comment: string(a.Comment), path: path, variants: map[string]*variant{}}
	if err := c.readComment(); err != nil {
		return nil, err
	}
	sections := map[string]map[string][]byte{Failing: {}, Healthy: {}}
	for _, f := range a.Files {
		name, which := f.Name, Failing
		if rest, ok := strings.CutPrefix(name, Healthy+"/"); ok {
			name, which = rest, Healthy
		}
		name, data, err := decode(name, f.Data)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		case strings.ContainsAny(name, "/\\") || name == "":
			return nil, fmt.Errorf("the section %q is not known", f.Name)
		case sections[which][name] != nil:
			return nil, fmt.Errorf("the section %q is there twice", f.Name)
		}
		sections[which][name] = data
	}
	if c.variants[Failing], err = newVariant(sections[Failing], nil); err != nil {
		return nil, err
	}
	if len(sections[Healthy]) > 0 {
		if c.variants[Healthy], err = newVariant(sections[Healthy], c.variants[Failing]); err != nil {
			return nil, fmt.Errorf("healthy: %w", err)
		}
	}
	return c, c.unusedFiles()
}

func (c *Case) readComment() error {
	first, rest, _ := strings.Cut(c.Comment, "\n")
	if first == "" || strings.HasPrefix(first, "#") {
		return errors.New("the first line does not say what the case shows")
	}
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "# finds: "):
			c.Finds = strings.Split(line[len("# finds: "):], ", ")
		case strings.HasPrefix(line, "# may also have: "):
			c.MayAlsoHave = strings.Split(line[len("# may also have: "):], ", ")
		case strings.HasPrefix(line, "#"):
			return fmt.Errorf("the line %q of the comment is not known", line)
		}
	}
	return nil
}

// decode undoes the encoding that the section's name tells.
func decode(name string, data []byte) (string, []byte, error) {
	base, ending := name, ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		base, ending = name[:i], name[i:]
	}
	if data == nil {
		data = []byte{}
	}
	var err error
	switch ending {
	case ".base64":
		data, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(string(data), "\n", ""))
	case ".hex":
		data, err = hex.DecodeString(strings.Join(strings.Fields(string(data)), ""))
	case ".repeat":
		count, text, _ := bytes.Cut(data, []byte("\n"))
		var n int
		if n, err = strconv.Atoi(string(count)); err == nil && (n < 0 || n > 1<<20) {
			err = errors.New("the number of repetitions is out of range")
		}
		if err == nil {
			data = bytes.Repeat(text, n)
		}
	default:
		return name, data, nil
	}
	return base, data, err
}

// newVariant makes a variant of its sections and those that it inherits.
func newVariant(sections map[string][]byte, from *variant) (*variant, error) {
	v := &variant{files: map[string][]byte{}}
	if from != nil {
		v.call = from.call
		for name, data := range from.files {
			v.files[name] = data
		}
	}
	for name, data := range sections {
		switch name {
		case "call.json":
			call, err := readCall(data)
			if err != nil {
				return nil, err
			}
			v.call = call
		case "report.json":
			v.report = data
		case "response.json":
			if !json.Valid(data) {
				return nil, errors.New("response.json is not JSON")
			}
			v.response = data
		default:
			v.files[name] = data
		}
	}
	if v.call.Op == "" {
		return nil, errors.New("call.json is missing")
	}
	for _, name := range v.call.fileNames() {
		if v.files[name] == nil {
			return nil, fmt.Errorf("the call names the file %q, which is not there", name)
		}
	}
	return v, nil
}

// unusedFiles returns an error if there is a file that no call names.
func (c *Case) unusedFiles() error {
	for which, v := range c.variants {
		for name := range v.files {
			used := slices.Contains(v.call.fileNames(), name)
			if which == Failing && c.HasHealthy() {
				used = used || slices.Contains(c.variants[Healthy].call.fileNames(), name)
			} else if which == Healthy {
				used = used || slices.Contains(c.variants[Failing].call.fileNames(), name)
			}
			if !used {
				return fmt.Errorf("no call names the file %q", name)
			}
		}
	}
	return nil
}

// Update writes new golden reports into the case's file and leaves the rest as it is.
func (c *Case) Update(reports map[string][]byte) error {
	text, err := os.ReadFile(c.path)
	if err != nil {
		return err
	}
	a := txtar.Parse(text)
	for _, which := range c.Variants() {
		name, prefix := "report.json", ""
		if which == Healthy {
			name, prefix = Healthy+"/report.json", Healthy+"/"
		}
		section := txtar.File{Name: name, Data: reports[which]}
		i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
		if i >= 0 {
			a.Files[i] = section
			continue
		}
		// A new one goes behind the other sections of its variant.
		i = len(a.Files)
		for i > 0 && strings.HasPrefix(a.Files[i-1].Name, Healthy+"/") != (prefix != "") {
			i--
		}
		a.Files = slices.Insert(a.Files, i, section)
	}
	updated := txtar.Format(a)
	if bytes.Equal(updated, text) {
		return nil
	}
	return os.WriteFile(c.path, updated, 0o666)
}
