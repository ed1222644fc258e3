package certparse

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

// shown is everything that can be seen of a document.
func shown(d *Document) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%t %q %v\n", d.Text, d.Repaired, d.Findings)
	for i := range d.Blocks {
		x := &d.Blocks[i]
		fmt.Fprintf(&b, "%v %q %v %x %d %d %d %t %t\n", x.Kind, x.Label, x.Headers, x.DER, x.Start, x.End, x.Line, x.Repaired, x.PrivateKey != nil)
		if c := x.Certificate; c != nil {
			text, _ := c.MarshalJSON()
			fmt.Fprintf(&b, "%s %v\n", text, c.Findings(finding.Where{}))
		}
	}
	return b.String()
}

// TestReader shows that a Reader reads each input as Parse does, whatever it read
// before.
func TestReader(t *testing.T) {
	paths, err := filepath.Glob("../testdata/cases/*/*.txtar")
	if err != nil || len(paths) < 50 {
		t.Fatal(len(paths), err)
	}
	var r Reader
	inputs := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pieces := [][]byte{text}
		for _, block := range Parse(text, Options{}).Blocks {
			pieces = append(pieces, block.DER, EncodePEM("CERTIFICATE", block.DER), bytes.Repeat(EncodePEM("CERTIFICATE", block.DER), 20))
		}
		for _, piece := range pieces {
			opt := Options{Name: path}
			if got, want := shown(r.Parse(piece, opt)), shown(Parse(piece, opt)); got != want {
				t.Fatalf("%s: a Reader reads\n%s\nand Parse\n%s", path, got, want)
			}
			inputs++
		}
	}
	if inputs < 200 {
		t.Errorf("only %d inputs", inputs)
	}
}

func TestReaderAllocations(t *testing.T) {
	text := []byte(testCertPEM)
	var r Reader
	r.Parse(text, Options{})
	if n := testing.AllocsPerRun(100, func() { r.Parse(text, Options{}) }); n > 0 {
		t.Errorf("a Reader allocates %v times", n)
	}
}
