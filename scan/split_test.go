package scan

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
)

// pieces cuts data up.
func pieces(t testing.TB, r io.Reader, mode splitMode, limit int) (cut [][]byte, large int) {
	t.Helper()
	s := newSplitter(r, mode, limit)
	for n := 0; ; n++ {
		line, offset := s.line, s.offset
		data, tooLarge, err := s.next()
		switch {
		case err == io.EOF:
			return cut, large
		case err != nil:
			t.Fatal(err)
		case tooLarge:
			large++
		case len(data) == 0:
			t.Fatal("an empty record")
		default:
			cut = append(cut, bytes.Clone(data))
		}
		if s.offset <= offset || s.line < line {
			t.Fatal("the splitter stands still")
		}
	}
}

// found are the contents of the blocks of a text.
func found(data []byte) (ders [][]byte, crowded bool) {
	d := certparse.Parse(data, certparse.Options{})
	for i := range d.Blocks {
		ders = append(ders, d.Blocks[i].DER)
	}
	for _, f := range d.Findings {
		crowded = crowded || f.Code == "too-many-blocks"
	}
	return ders, crowded
}

// FuzzSplit holds the splitter to this: the records are the input, wherever the
// reads end; and what the parser finds in the whole text it finds in the records,
// in the same order.
func FuzzSplit(f *testing.F) {
	cert := string(pemOf(certificate(1)))
	for _, seed := range []string{
		"", "\n", cert, cert + cert, "text\n" + cert + "text", strings.ReplaceAll(cert, "\n", "\r\n") + cert,
		strings.Replace(cert, "-----END CERTIFICATE-----\n", "", 1) + cert, cert[:200] + cert, cert[200:] + cert,
		"-----END X-----\n-----END Y-----", "-----END -----END X-----\n" + cert, strings.Replace(cert, "-----BEGIN", "--BEGIN", 1) + cert,
		strings.TrimSpace(cert) + " " + cert, quote(cert) + "\n" + cert, "\xef\xbb\xbf" + cert + cert,
		"\v", "{\"cert\":\"x\"}\n\n{}", base64Of(certificate(1)) + "\n" + base64Of(certificate(2)),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		for _, mode := range []splitMode{splitPEM, splitLines, splitNothing} {
			whole, large := pieces(t, bytes.NewReader(data), mode, 1<<20)
			if !bytes.Equal(bytes.Join(whole, nil), data) || large != 0 {
				t.Fatalf("mode %d: the records are not the input", mode)
			}
			slow, _ := pieces(t, &dribble{r: bytes.NewReader(data)}, mode, 1<<20)
			if !bytes.Equal(bytes.Join(slow, []byte("|")), bytes.Join(whole, []byte("|"))) {
				t.Fatalf("mode %d: the records depend on how the input arrives", mode)
			}
			// The same beyond the limit, where parts are passed over.
			few, n := pieces(t, bytes.NewReader(data), mode, 100)
			fewSlow, m := pieces(t, &dribble{r: bytes.NewReader(data)}, mode, 100)
			if n != m || !bytes.Equal(bytes.Join(few, []byte("|")), bytes.Join(fewSlow, []byte("|"))) {
				t.Fatalf("mode %d: the records within the limit depend on how the input arrives", mode)
			}
		}
		if formatOf(data, true) == DER {
			return // What is not text is not cut.
		}
		cut, _ := pieces(t, bytes.NewReader(data), splitPEM, 1<<20)
		want, crowded := found(data)
		if crowded {
			return
		}
		// The records may have more: a text that was taken for one around a block is
		// seen alone.
		for _, piece := range cut {
			got, _ := found(piece)
			for _, der := range got {
				if len(want) > 0 && bytes.Equal(der, want[0]) {
					want = want[1:]
				}
			}
		}
		if len(want) > 0 {
			t.Fatalf("%d blocks are not found in the records; the first is %x", len(want), want[0])
		}
	})
}

// TestSplitEnds shows which lines end a record of PEM.
func TestSplitEnds(t *testing.T) {
	for _, test := range []struct {
		line string
		ends bool
	}{
		{"-----END CERTIFICATE-----", true}, {"-----END X Y-----  \t\r", true}, {"-----END -----", true},
		{"x-----END CERTIFICATE-----", false}, {" -----END CERTIFICATE-----", false}, {"-----END CERTIFICATE----", false},
		{"-----END CERTIFICATE-----x", false}, {"----END CERTIFICATE-----", false}, {"-----END A----------END B-----", false},
		{"-----END A-X--BEGIN B-----", false}, {"-----END A BEGIN B-----", false},
		{"-----END " + strings.Repeat("X", 200) + "-----", false},
	} {
		cut, _ := pieces(t, strings.NewReader("a\n"+test.line+"\nb\n"), splitPEM, 1<<20)
		if (len(cut) == 2) != test.ends {
			t.Errorf("%q: %q", test.line, cut)
		}
	}
}

// TestSplitMixture shows that the records have exactly what the whole text has.
func TestSplitMixture(t *testing.T) {
	data := mixture(t)
	data = data[:bytes.LastIndex(data[:300_000], []byte("-----BEGIN"))]
	want, crowded := found(data)
	var got [][]byte
	cut, _ := pieces(t, bytes.NewReader(data), splitPEM, 1<<20)
	for _, piece := range cut {
		ders, _ := found(piece)
		got = append(got, ders...)
	}
	if crowded || len(want) < 300 || len(got) != len(want) {
		t.Fatalf("%d and %d blocks", len(got), len(want))
	}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Fatalf("block %d differs", i)
		}
	}
}

// FuzzField compares the walk through a record with encoding/json.
func FuzzField(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"b":"x"}}`, `{"a":{"b":"x","b":"y"},"c":[1,2,{"b":"]"}]}`, `{"a":{"b":"x"},"a":null}`, `{"a":{"b":"\n\u0041\\\""}}`,
		`{"\u0061":{"b":"x"}}`, `{"a":{"b":1}} x`, ` { "a" : { } } `, `{"a":{"b":"é"}}`, `{"a":[],"a":{"b":"x"}}`, `{}`, `[]`, `{"a":{"b":"x"},}`,
	} {
		f.Add([]byte(seed))
	}
	path := newFieldPath("a.b")
	f.Fuzz(func(t *testing.T, line []byte) {
		raw, sure := path.find(line)
		if !sure || !json.Valid(line) {
			return // Then encoding/json decides, or there is nothing to decide.
		}
		want, missing, err := path.decode(line)
		if err != nil {
			t.Fatalf("%q: encoding/json says %v", line, err)
		}
		text := len(raw) > 0 && raw[0] == '"'
		if text != (missing == "") {
			t.Fatalf("%q: found %q, and encoding/json %q", line, raw, missing)
		}
		if text {
			if got, ok := unquote(nil, raw[1:len(raw)-1]); ok && string(got) != want {
				t.Fatalf("%q: %q, and encoding/json %q", line, got, want)
			}
		}
	})
}
