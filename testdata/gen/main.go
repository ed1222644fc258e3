// Command gen writes the test cases in testdata/cases and the damaged uploads in
// testdata/mutated from the keys in testdata/keys. Run it from the root of the module:
//
//	go run ./testdata/gen
//
// Keys, serial numbers and times are fixed and every signature is deterministic,
// so two runs give the same bytes; a test holds the files to that. The golden
// reports in the cases belong to the tests, which write them with -update; gen
// keeps those that it finds.
//
// Each case shows one thing, beside a healthy twin that does not have it. See the
// package internal/golden for the format.
package main

import (
	"flag"
	"log"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	keys := flag.String("keys", "testdata/keys", "directory of the `keys`")
	out := flag.String("out", "testdata/cases", "directory to write the `cases` to")
	mutated := flag.String("mutated", "testdata/mutated", "directory to write the `mutations` to")
	flag.Parse()
	g := &generator{keys: map[string]*key{}, keyDir: *keys}
	g.inputCases()
	g.textCases()
	g.containerCases()
	g.unpackCases()
	g.sm2ContainerCases()
	g.derCases()
	g.validityCases()
	g.nameCases()
	g.publicKeyCases()
	g.weakKeyCases()
	g.extensionCases()
	g.privateKeyCases()
	g.encryptedKeyCases()
	g.purposeCases()
	g.chainCases()
	g.adviceCases()
	g.revocationCases()
	g.pathCases()
	g.bodyCases()
	g.fieldCases()
	g.recordCases()
	g.proofCases()
	g.pairCases()
	g.formatCases()
	g.constraintCases()
	g.documentCases()
	if err := g.write(*out); err != nil {
		log.Fatal(err)
	}
	n, err := g.writeMutated(*mutated)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("%d cases, %d mutations", len(g.scenarios), n)
}

// generator collects the cases.
type generator struct {
	keyDir    string
	keys      map[string]*key
	scenarios []scenario
}

// key returns the key of the given name, which is that of its file.
func (g *generator) key(name string) *key {
	if k, ok := g.keys[name]; ok {
		return k
	}
	k, err := loadKey(g.keyDir, name)
	if err != nil {
		log.Fatal(err)
	}
	g.keys[name] = k
	return k
}
