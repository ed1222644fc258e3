package main

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the size of the module into size.txt")

// growth is by how much the module may grow, in per cent.
const growth = 2

func TestSize(t *testing.T) {
	delivered, err := buildModule()
	if err != nil {
		t.Fatal(err)
	}
	size := packed(delivered)
	if *update {
		if err := os.WriteFile("size.txt", []byte(strconv.Itoa(size)+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile("size.txt")
	if err != nil {
		t.Fatal(err)
	}
	was, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the module has %d bytes, gzip %d (%+.1f %%)", len(delivered), size, 100*float64(size-was)/float64(was))
	if size*100 > was*(100+growth) {
		t.Errorf("by gzip the module has %d bytes, more than %d %% beyond the %d of size.txt: go run ./size shows what it is made of", size, growth, was)
	}
}

func TestPackageOf(t *testing.T) {
	packages := map[string]string{}
	for _, path := range []string{"encoding/json", "github.com/certloupe/certloupe/certparse", "slices", "net/netip"} {
		packages[mangle(path)] = path
	}
	for name, want := range map[string]string{
		"encoding_json.__decodeState_.object":                              "encoding/json",
		"github.com_certloupe_certloupe_certparse.Parse":                   "github.com/certloupe/certloupe/certparse",
		"github.com_certloupe_certloupe_certparse.Reader.Parse.deferwrap1": "github.com/certloupe/certloupe/certparse",
		"slices.partitionCmpFunc_go.shape.struct___encoding_json.name___":  "slices",
		"type_.eq.net_netip.Addr":                                          "net/netip",
		"memeqbody":                                                        "runtime, assembly",
	} {
		if got := packageOf(name, packages); got != want {
			t.Errorf("%s is of package %s, want %s", name, got, want)
		}
	}
}

func TestReadModuleRefuses(t *testing.T) {
	for _, b := range []string{"", "\x00asm\x01\x00\x00\x00", "\x00asm\x01\x00\x00\x00\x0a", "\x00asm\x01\x00\x00\x00\x0a\xff\xff\x03", "\x00asm\x01\x00\x00\x00\x0a\x02\x01\x09"} {
		if _, err := readModule([]byte(b)); err == nil {
			t.Errorf("%q is taken", b)
		}
	}
}

func TestReach(t *testing.T) {
	imports := map[string][]string{"a": {"b", "c"}, "b": {"d"}, "c": {"d", "e"}, "d": nil, "e": {"c"}}
	seen := map[string]bool{"c": true} // Nothing is reached by way of c.
	reach(imports, "a", seen)
	if !seen["b"] || !seen["d"] || seen["e"] {
		t.Errorf("%v", seen)
	}
}
