package certparse

import (
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Text that is made to cost as much as possible. All of it must be read in time
// and memory that grow no faster than the text.
func TestHostileText(t *testing.T) {
	const size = 2 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	flat := strings.ReplaceAll(testCertPEM, "\n", "")
	for name, text := range map[string]string{
		"hyphens":               strings.Repeat("-", 5*size),
		"hyphens and nulls":     fill("-\x00"),
		"hyphens and blanks":    fill("- "),
		"hyphens and letters":   fill("-B"),
		"BEGIN":                 fill("-----BEGIN "),
		"BEGIN glued":           fill("-----BEGIN CERTIFICATE-----"),
		"BEGIN lines":           fill("-----BEGIN CERTIFICATE-----\n"),
		"misspelt":              fill("-----BEGIN CERTIFICAXYE-----\n"),
		"almost right":          fill("-----BEGON CERTIFICATX-----"),
		"keywords":              fill("BEGIN"),
		"keywords on lines":     fill("BEGIN CERTIFICATE x\n"),
		"keyword and blanks":    "-----BEGIN" + fill(" "),
		"keyword and nulls":     "-----BEGIN" + fill("\x00"),
		"END lines":             fill("-----END CERTIFICATE-----\n"),
		"END after base64":      fill("AAAA\n-----END CERTIFICATE-----\n"),
		"nulls":                 fill("\x00"),
		"UTF-16 nulls":          "\xff\xfe" + fill("\x00"),
		"one line":              fill("A"),
		"one line in armor":     "-----BEGIN CERTIFICATE-----\n" + fill("A") + "\n-----END CERTIFICATE-----\n",
		"short lines":           "-----BEGIN CERTIFICATE-----\n" + fill("A\n") + "-----END CERTIFICATE-----\n",
		"blank lines":           "-----BEGIN CERTIFICATE-----\n" + fill("\n") + "-----END CERTIFICATE-----\n",
		"carriage returns":      "-----BEGIN CERTIFICATE-----\r" + fill("A\r") + "-----END CERTIFICATE-----\r",
		"headers":               "-----BEGIN CERTIFICATE-----\n" + fill("a:b\n") + "-----END CERTIFICATE-----\n",
		"header continuation":   "-----BEGIN CERTIFICATE-----\na:b\n" + fill(" c\n") + "-----END CERTIFICATE-----\n",
		"quotes":                fill("\""),
		"quotes in armor":       "-----BEGIN CERTIFICATE-----\nA" + fill("\"") + "A\n-----END CERTIFICATE-----\n",
		"joints in armor":       "-----BEGIN CERTIFICATE-----\n" + fill("A\" + \"") + "\n-----END CERTIFICATE-----\n",
		"quotes before":         fill("\"") + testCertPEM,
		"blanks before":         fill(" ") + testCertPEM,
		"quotes behind":         strings.TrimSpace(testCertPEM) + fill("\""),
		"backslashes":           fill("\\"),
		"backslash r":           fill("\\r\\\\"),
		"escapes":               fill("\\n"),
		"escapes in armor":      "-----BEGIN CERTIFICATE-----" + fill("\\n") + "-----END CERTIFICATE-----",
		"percent":               "-----BEGIN%20" + fill("%0D"),
		"blanks in armor":       "-----BEGIN CERTIFICATE-----\n" + fill("A ") + "\n-----END CERTIFICATE-----\n",
		"dots in armor":         "-----BEGIN CERTIFICATE-----\n" + fill("..") + "\n-----END CERTIFICATE-----\n",
		"zero-width characters": fill("\u200b"),
		"smart dashes":          fill("—"),
		"twice":                 fill(wrapped[0]),
		"twice, apart":          fill(wrapped[0] + "\""),
		"twice, other":          fill(wrapped[1] + "\""),
		"glued certificates":    fill(flat),
		"certificates and text": fill("x\n" + testCertPEM),
		"not UTF-8":             fill("\xc3\x28"),
		"two END lines":         fill("\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----"),
		"unknown labels":        fill("-----BEGIN A-----\nAAAA\n-----END A-----\n"),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		d := Parse([]byte(text), Options{MaxSize: math.MaxInt32})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if len(d.Blocks) > MaxBlocks {
			t.Errorf("%s: there are %d blocks", name, len(d.Blocks))
		}
		allocated := after.TotalAlloc - before.TotalAlloc
		t.Logf("%-24s %8v %6d MB, %d blocks, %d findings", name, took.Round(time.Millisecond), allocated>>20, len(d.Blocks), len(d.Findings))
		// Usual is a tenth of this; what takes more than linear time takes minutes.
		if took > 3*time.Second {
			t.Errorf("%s: %v for %d bytes", name, took, len(text))
		}
		if allocated > uint64(32*len(text)+16<<20) {
			t.Errorf("%s: %d bytes were allocated for %d", name, allocated, len(text))
		}
	}
}
