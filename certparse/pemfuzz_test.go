package certparse

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

// aboutText reports whether a finding is about how text is written.
func aboutText(f finding.Finding) bool {
	return (strings.HasPrefix(string(f.Code), "text-") || strings.HasPrefix(string(f.Code), "pem-")) && f.Code != "pem-block-ignored"
}

// plainBlocks returns what encoding/pem reads from text, if it reads all of it
// and nothing about it is unusual.
func plainBlocks(text []byte) (ders [][]byte, ok bool) {
	for i, c := range text {
		if c >= 0x7f || c == '\\' || c < ' ' && c != '\n' && c != '\r' && c != '\t' ||
			c == '\r' && lineBreak(text[i:]) == 0 {
			return nil, false
		}
	}
	// A header that is continued is read by us, but not by encoding/pem.
	if bytes.Contains(text, []byte("\n ")) || bytes.Contains(text, []byte("\n\t")) {
		return nil, false
	}
	for {
		if text = bytes.TrimLeft(text, "\r\n"); len(text) == 0 {
			return ders, len(ders) > 0 && len(ders) <= MaxBlocks
		}
		b, rest := pem.Decode(text)
		if b == nil || findLabel([]byte(b.Type)) == nil {
			return nil, false
		}
		used := text[:len(text)-len(rest)]
		if !bytes.HasPrefix(used, []byte(beginPrefix)) || bytes.Count(used, []byte("-")) != 4*len(dashes) {
			return nil, false
		}
		if b.Type == labelTrusted {
			b.Bytes = withoutTrust(b.Bytes)
		}
		ders = append(ders, b.Bytes)
		text = rest
	}
}

func FuzzParse(f *testing.F) {
	for _, test := range damageCases() {
		f.Add([]byte(test.input))
	}
	for _, text := range []string{
		testCertPEM + testPKCS8PEM, testParametersPEM + testSEC1PEM, string(testCertDER), string(testPKCS8DER),
		"-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PGP MESSAGE-----\n=ab\n-----END PGP MESSAGE-----", "-----BEGIN A-B-----\nAAAA\n-----END A-B-----",
		"\xfe\xed\xfe\xed", "0\u0082\u0001", encodeUTF16("x", binary.LittleEndian, true),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkParse(t, data) })
}

// Damage made of the pieces that real damage is made of, many at once. The
// numbers are the same in every run.
func TestRandomDamage(t *testing.T) {
	pieces := []string{
		"-", "--", "-----", "-----BEGIN ", "-----END ", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "BEGIN", "END",
		"CERTIFICATE", " CERTIFICATE", "PRIVATE KEY", "X509 ", "\n", "\n", "\n", "\r", "\r\n", " ", "\t", "  ", "\n\n", "\"", "'", "`",
		"\\", "\\n", "\\r\\n", "\\\n", "\\u000a", "\\u200b", "%0A", "%20", "=", "==", "+", "/", "_", ",", ";", "\" + \"", ": ", "A: b\n",
		"Proc-Type: 4,ENCRYPTED\n", "\u00a0", "\u200b", "\ufeff", "—", "“", "\u2028", "\xa0", "\x00", "\x1a", "\xff", "AAAA", "MII", "...", "***",
		testCertPEM, testParametersPEM, testCertBody, base64Text([]byte(testParametersPEM)), "-----BEGIN DH PARAMETERS-----\n",
	}
	r := rand.New(rand.NewPCG(1, 2))
	n := 20000
	if testing.Short() {
		n = 2000
	}
	for range n {
		data := []byte(strings.Repeat(testParametersPEM, r.IntN(3)))
		if r.IntN(3) == 0 {
			data = append(data, testCertPEM...)
		}
		for range 1 + r.IntN(6) {
			i := r.IntN(len(data) + 1)
			j := min(len(data), i+r.IntN(40))
			switch r.IntN(5) {
			case 0:
				data = slices.Delete(data, i, j)
			case 1:
				data = slices.Insert(data, i, slices.Clone(data[i:j])...)
			case 2:
				old := []byte(pieces[r.IntN(len(pieces))])
				data = bytes.ReplaceAll(data, old, []byte(pieces[r.IntN(len(pieces)-6)]))
				if len(data) > 1<<16 {
					data = data[:1<<16]
				}
			default:
				data = slices.Insert(data, i, []byte(pieces[r.IntN(len(pieces))])...)
			}
		}
		if r.IntN(20) == 0 {
			data = []byte(encodeUTF16(string(data), binary.BigEndian, r.IntN(2) == 0))
		}
		checkParse(t, data)
		if t.Failed() {
			t.Fatalf("the input was %q", data)
		}
	}
}

// checkParse checks everything that must hold whatever the input is.
func checkParse(t *testing.T, data []byte) {
	input := bytes.Clone(data)
	d := Parse(data, Options{})
	if !bytes.Equal(input, data) {
		t.Fatal("the input was changed")
	}
	checkPlaces(t, d, data)
	if again := Parse(input, Options{}); !reflect.DeepEqual(places(d.Findings), places(again.Findings)) || !bytes.Equal(d.Repaired, again.Repaired) {
		t.Fatal("the same input gives another result")
	}
	if d.Repaired != nil {
		checkRepaired(t, d)
	}
	checkSilence(t, d, data)
	ders, plain := plainBlocks(data)
	if !plain || slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.Code == "pem-placeholder" }) {
		return
	}
	if len(ders) != len(d.Blocks) {
		t.Fatalf("encoding/pem reads %d blocks, we %d", len(ders), len(d.Blocks))
	}
	lost := slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.Code == "pem-plus-signs-lost" })
	for i, b := range d.Blocks {
		if lost && complete(b.DER) && !complete(ders[i]) {
			continue // encoding/pem drops the blanks and reads something shorter.
		}
		if !bytes.Equal(ders[i], b.DER) {
			t.Errorf("block %d: encoding/pem reads %x, we %x", i, ders[i], b.DER)
		}
	}
	for _, f := range d.Findings {
		switch f.Code {
		case "pem-empty", "pem-truncated", "pem-label-wrong", "pem-plus-signs-lost":
			continue // about the content
		}
		if aboutText(f) && f.Severity == finding.Error {
			t.Errorf("encoding/pem reads it, we say %s: %s", f.Code, f.Message)
		}
	}
}

// checkSilence checks that encoding/pem reads what we find nothing wrong with.
func checkSilence(t *testing.T, d *Document, data []byte) {
	for _, f := range d.Findings {
		if aboutText(f) && f.Severity > finding.Notice || f.Code == "too-many-blocks" {
			return
		}
	}
	if !d.Text {
		return
	}
	next := func() (p *pem.Block) {
		for p, data = pem.Decode(data); p != nil && !plainLabel([]byte(p.Type)); p, data = pem.Decode(data) {
		}
		return p
	}
	for i, b := range d.Blocks {
		if strings.HasPrefix(b.Label, prefixPGP) {
			return
		}
		if p := next(); p == nil || !bytes.Equal(b.DER, p.Bytes) {
			t.Errorf("encoding/pem does not read block %d, and we find nothing wrong with it", i)
			return
		}
	}
	if next() != nil {
		t.Error("encoding/pem reads another block")
	}
}

// checkPlaces checks what holds for every document.
func checkPlaces(t *testing.T, d *Document, data []byte) {
	type once struct {
		code  finding.Code
		block int
	}
	seen := map[once]int{}
	last := 0
	worst := map[int]finding.Severity{}
	for _, f := range d.Findings {
		n, ok := f.Where.Byte.Get()
		if ok && (n < last || n > len(data) || f.Where.Line < 1 || f.Where.Line > 1+len(data)) {
			t.Errorf("%s is at byte %d of %d, line %d, after byte %d", f.Code, n, len(data), f.Where.Line, last)
		}
		last = max(last, n)
		if f.Where.Block > len(d.Blocks) {
			t.Errorf("%s is in block %d of %d", f.Code, f.Where.Block, len(d.Blocks))
		}
		if aboutText(f) {
			k := once{f.Code, f.Where.Block}
			if seen[k]++; seen[k] > 2 || seen[k] == 2 && f.Code != "pem-boundary-damaged" {
				t.Errorf("%s is said %d times of block %d", f.Code, seen[k], f.Where.Block)
			}
			worst[f.Where.Block] = max(worst[f.Where.Block], f.Severity)
		}
	}
	end := 0
	for i, b := range d.Blocks {
		if b.Start < end || b.End < b.Start || b.End > len(data) {
			t.Errorf("block %d is [%d,%d) of %d, after %d", i, b.Start, b.End, len(data), end)
		}
		end = b.End
		if d.Text && b.Repaired && max(worst[i+1], worst[0]) < finding.Error {
			t.Errorf("block %d was repaired, but no finding says so", i)
		}
	}
	if d.Repaired != nil && finding.Worst(d.Findings) < finding.Warning {
		t.Error("a repaired text is offered without a reason")
	}
}

// checkRepaired checks that the repaired text is what it should be.
func checkRepaired(t *testing.T, d *Document) {
	again := Parse(d.Repaired, Options{})
	if again.Repaired != nil || len(again.Blocks) != len(d.Blocks) {
		t.Fatalf("the repaired text is not in order:\n%s\n%q", d.Repaired, places(again.Findings))
	}
	for _, f := range again.Findings {
		if aboutText(f) {
			t.Errorf("of the repaired text is said %s:\n%s", f.Code, d.Repaired)
		}
	}
	rest := d.Repaired
	for i, b := range again.Blocks {
		var p *pem.Block
		p, rest = pem.Decode(rest)
		if p == nil || !bytes.Equal(b.DER, p.Bytes) || !bytes.Equal(b.DER, d.Blocks[i].DER) || b.Label != d.Blocks[i].Label || b.Kind != d.Blocks[i].Kind {
			t.Errorf("block %d of the repaired text has changed", i)
		}
	}
}

// kindOfDamage is something that happens to PEM text.
type kindOfDamage struct {
	name string
	do   func(string) string
}

func kindsOfDamage() []kindOfDamage {
	all := strings.ReplaceAll
	return []kindOfDamage{
		{"mark", func(s string) string { return "\ufeff" + s }},
		{"UTF-16", func(s string) string { return encodeUTF16(s, binary.LittleEndian, true) }},
		{"CRLF", func(s string) string { return all(s, "\n", "\r\n") }},
		{"CR", func(s string) string { return all(s, "\n", "\r") }},
		{"indentation", func(s string) string { return "    " + all(s, "\n", "\n    ") }},
		{"trailing blanks", func(s string) string { return all(s, "\n", "  \n") }},
		{"blank lines", func(s string) string { return all(s, "\n", "\n\n") }},
		{"no-break spaces", func(s string) string { return all(s, " ", "\u00a0") }},
		{"zero-width spaces", func(s string) string { return all(s, "A", "\u200bA") }},
		{"dashes", func(s string) string { return all(s, "--", "–") }},
		{"quotes", func(s string) string { return `"` + strings.TrimSpace(s) + `"` }},
		{"line quotes", func(s string) string { return `"` + all(strings.TrimSpace(s), "\n", "\",\n\"") + `"` }},
		{"escapes", func(s string) string { return all(s, "\n", `\n`) }},
		{"JSON", func(s string) string { return all(all(s, "/", `\/`), "\n", `\r\n`) }},
		{"one line", func(s string) string { return all(s, "\n", "") }},
		{"blanks for line breaks", func(s string) string { return all(s, "\n", " ") }},
		{"long lines", func(s string) string { return all(all(s, "w\n", "w"), "D\n", "D") }},
		{"squeezed boundaries", func(s string) string { return all(s, "BEGIN CERT", "BEGINCERT") }},
		{"short boundaries", func(s string) string { return all(s, "-----BEGIN", "---BEGIN") }},
		{"lower case", func(s string) string { return all(s, "END CERTIFICATE", "end certificate") }},
		{"misspelt", func(s string) string { return all(s, "CERTIFICATE", "CERTIFCATE") }},
		{"glued", func(s string) string { return all(s, "-----\n-----", "----------") }},
		{"no padding", func(s string) string { return all(s, "=", "") }},
		{"label", func(s string) string { return all(s, "CERTIFICATE", "X509 CERTIFICATE") }},
		{"mismatch", func(s string) string { return all(s, "END CERTIFICATE", "END PRIVATE KEY") }},
		{"no END", func(s string) string { return all(s, "-----END CERTIFICATE-----\n", "") }},
		{"no BEGIN", func(s string) string { return all(s, "-----BEGIN CERTIFICATE-----\n", "") }},
		{"URL alphabet", func(s string) string { return all(all(s, "+", "-"), "/", "_") }},
		{"plus signs lost", func(s string) string { return all(s, "+", " ") }},
		{"twice", func(s string) string { return base64Text([]byte(s)) }},
		{"comments", func(s string) string { return "# one\n" + all(s, "-----\n-----", "-----\n# next\n-----") }},
	}
}

// Whatever is wrong with the text of a private key, nothing of it may be shown.
func TestFindingsShowNoKeyText(t *testing.T) {
	body := strings.ReplaceAll(testPKCS8PEM, "\n", "")
	body = strings.TrimSuffix(strings.TrimPrefix(body, "-----BEGIN PRIVATE KEY-----"), "-----END PRIVATE KEY-----")
	kinds := append(kindsOfDamage(),
		kindOfDamage{"label in the key", func(s string) string { return strings.Replace(s, "gpp464S", "-----BEGIN gpp464S", 1) }},
		kindOfDamage{"key as label", func(s string) string {
			return strings.Replace(s, "PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49", "MIGHAgEAMBMGByqGSM49-----\n", 1)
		}},
		kindOfDamage{"key as misspelt label", func(s string) string {
			return strings.Replace(s, "PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49", "MIGHAgEAMBMGByqGSM49/-----", 1)
		}},
		kindOfDamage{"colon", func(s string) string { return strings.Replace(s, "gpp464S", ":gpp464S", 1) }},
		kindOfDamage{"colon in the first line", func(s string) string { return strings.Replace(s, "IGHAgEA", "IGHAgEA:", 1) }},
		kindOfDamage{"bad character", func(s string) string { return strings.Replace(s, "gpp464S", "\\gpp464S", 1) }})
	for _, x := range kinds {
		for _, y := range kinds {
			d := Parse([]byte(y.do(x.do(testPKCS8PEM))), Options{})
			for _, f := range d.Findings {
				text, err := f.MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				for i := range len(body) - 6 {
					if strings.Contains(string(text), body[i:i+6]) {
						t.Errorf("%s and %s: %s shows %q of the key:\n%s", x.name, y.name, f.Code, body[i:i+6], text)
						break
					}
				}
			}
		}
	}
}

// Any two kinds of damage at once must either be repaired rightly or not at all.
func TestTwoDamagesAtOnce(t *testing.T) {
	damages := kindsOfDamage()
	want := testCertPEM + testCertPEM
	pairs, read := 0, 0
	for _, x := range damages {
		if x.name == "UTF-16" || x.name == "twice" {
			continue // nothing can be damaged after it in the same way
		}
		for _, y := range damages {
			if x.name == y.name {
				continue
			}
			input := []byte(y.do(x.do(want)))
			d := Parse(input, Options{})
			checkPlaces(t, d, input)
			if d.Repaired != nil {
				checkRepaired(t, d)
				if string(d.Repaired) != want {
					t.Errorf("%s and %s: repaired to\n%s", x.name, y.name, d.Repaired)
				}
			}
			if len(d.Findings) == 0 {
				t.Errorf("%s and %s: no findings", x.name, y.name)
			}
			pairs++
			if len(d.Certificates()) == 2 && bytes.Equal(d.Blocks[0].DER, testCertDER) && bytes.Equal(d.Blocks[1].DER, testCertDER) {
				read++
			} else {
				t.Logf("%s and %s: not read: %q", x.name, y.name, places(d.Findings))
			}
		}
	}
	t.Logf("%d of %d pairs are read", read, pairs)
	if read < pairs*9/10 {
		t.Errorf("only %d of %d pairs are read", read, pairs)
	}
}
