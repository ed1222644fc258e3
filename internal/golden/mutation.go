package golden

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/certloupe/certloupe/finding"
)

// Mutation is one way in which good uploads get damaged, done to an upload of each
// kind of key. Its files stand in testdata/mutated, one txtar file each. The
// comment's first line says what was done; the lines after it are
//
//	# row: N           the kind of mistake; 0 is a good upload
//	# from: NAME       the good upload that was damaged, in good-NAME.txtar
//	# finds: CODE      what must be found, one line for each code
//	# repairable       the repaired text must be the good one
//
// Sections are under RSA/, ECC/ or SM2/: call.json and input files as in a [Case],
// and findings, which has one line for each finding and is golden.
type Mutation struct {
	// Case has one variant for each kind of key.
	*Case
	Row        int
	From       string
	Repairable bool
	// Kinds are the kinds of keys that it was done to.
	Kinds []string

	goldens map[string][]byte
}

// findingsSection is the name of the golden section of a kind.
const findingsSection = "findings"

// LoadMutations reads all mutations in a directory by name. It returns an error if
// there are none, and if one has anything that this package does not know.
func LoadMutations(dir string) (map[string]*Mutation, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("there are no mutations in %s (%v)", dir, err)
	}
	all := map[string]*Mutation{}
	for _, path := range paths {
		m, err := readMutation(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all[m.Name] = m
	}
	return all, nil
}

func readMutation(path string) (*Mutation, error) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		return nil, err
	}
	m := &Mutation{
		Case:    &Case{Name: strings.TrimSuffix(filepath.Base(path), ".txtar"), Comment: string(a.Comment), path: path, variants: map[string]*variant{}},
		goldens: map[string][]byte{}, Row: -1,
	}
	_, rest, _ := strings.Cut(m.Comment, "\n")
	for line := range strings.Lines(rest) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "# row":
			m.Row, err = strconv.Atoi(value)
		case "# from":
			m.From = value
		case "# finds":
			m.Finds = append(m.Finds, value)
		case "# repairable":
			m.Repairable = true
		default:
			err = fmt.Errorf("the line %q of the comment is not known", line)
		}
		if err != nil {
			return nil, err
		}
	}
	sections := map[string]map[string][]byte{}
	for _, f := range a.Files {
		kind, name, ok := strings.Cut(f.Name, "/")
		if !ok || kind != "RSA" && kind != "ECC" && kind != "SM2" {
			return nil, fmt.Errorf("the section %q is not known", f.Name)
		}
		if name == findingsSection {
			m.goldens[kind] = f.Data
			continue
		}
		if sections[kind] == nil {
			sections[kind] = map[string][]byte{}
			m.Kinds = append(m.Kinds, kind)
		}
		name, data, err := decode(name, f.Data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		sections[kind][name] = data
	}
	for kind, files := range sections {
		if m.variants[kind], err = newVariant(files, nil); err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
	}
	return m, nil
}

// Findings returns the golden findings of a kind, nil if none were written yet.
func (m *Mutation) Findings(kind string) []byte { return m.goldens[kind] }

// UpdateFindings writes new golden findings into the file and leaves the rest as it is.
func (m *Mutation) UpdateFindings(findings map[string][]byte) error {
	text, err := os.ReadFile(m.path)
	if err != nil {
		return err
	}
	a := txtar.Parse(text)
	kept := a.Files[:0]
	for _, f := range a.Files {
		if !strings.HasSuffix(f.Name, "/"+findingsSection) {
			kept = append(kept, f)
		}
	}
	a.Files = kept
	for _, kind := range m.Kinds {
		a.Files = append(a.Files, txtar.File{Name: kind + "/" + findingsSection, Data: findings[kind]})
	}
	if updated := txtar.Format(a); !bytes.Equal(updated, text) {
		return os.WriteFile(m.path, updated, 0o666)
	}
	return nil
}

// Lines writes a report in few lines: the verdict, each finding with its place and
// what it was found in, and the inputs that were repaired.
func Lines(r *Report) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", r.Verdict)
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s", f.Severity, f.Code)
		w := f.Where
		for _, part := range []struct{ name, value string }{
			{"input", w.Input}, {"field", w.Field}, {"certificate", pos(w.Certificate)}, {"block", number(w.Block)},
			{"line", number(w.Line)}, {"byte", pos(w.Byte)}, {"der", pos(w.DERByte)},
		} {
			if part.value != "" {
				fmt.Fprintf(&b, " %s=%s", part.name, part.value)
			}
		}
		b.WriteByte('\n')
	}
	for _, in := range r.Repaired {
		fmt.Fprintf(&b, "repaired %s\n", in.Input)
	}
	return b.Bytes()
}

func pos(p finding.Pos) string {
	if n, ok := p.Get(); ok {
		return strconv.Itoa(n)
	}
	return ""
}

func number(n int) string {
	if n > 0 {
		return strconv.Itoa(n)
	}
	return ""
}
