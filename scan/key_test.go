package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/certloupe/certloupe/certparse"
)

// says reports whether a row, short or full, has the code.
func says(r result, code string) bool { return strings.Contains(r.text, `"`+code+`"`) }

// Keys are judged beyond their form only where that is asked for, in short rows and
// in full ones.
func TestKeys(t *testing.T) {
	a, err := txtar.ParseFile("../testdata/cases/public-key/rsa-roca.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var weak, healthy []byte
	for _, f := range a.Files {
		switch f.Name {
		case "cert.pem":
			weak = f.Data
		case "healthy/cert.pem":
			healthy = f.Data
		}
	}
	c := certparse.Parse(weak, certparse.Options{}).Certificates()
	if len(c) != 1 || len(healthy) == 0 {
		t.Fatalf("%d certificates", len(c))
	}
	sum := sha256.Sum256(c[0].PublicKey().SPKI())
	blocked := new(certparse.KeyBlocklist)
	if err := blocked.Read([]byte(hex.EncodeToString(sum[:]))); err != nil {
		t.Fatal(err)
	}
	for _, full := range []bool{false, true} {
		for _, test := range []struct {
			opt          Options
			roca, listed bool
		}{
			{opt: Options{}},
			{opt: Options{WeakKeys: true}, roca: true},
			{opt: Options{BlockedKeys: blocked}, listed: true},
			{opt: Options{WeakKeys: true, BlockedKeys: blocked}, roca: true, listed: true},
		} {
			test.opt.Full = full
			r := run(t, from("x", weak), test.opt)
			if says(r, "rsa-roca") != test.roca || says(r, "key-known-weak") != test.listed {
				t.Errorf("%+v: %s", test.opt, r.text)
			}
			if r := run(t, from("x", healthy), test.opt); says(r, "rsa-roca") || says(r, "key-known-weak") {
				t.Errorf("%+v: the healthy one gives %s", test.opt, r.text)
			}
		}
	}
}

// A run is not gone on with when it would look for other keys.
func TestIdentityHasKeys(t *testing.T) {
	blocked := new(certparse.KeyBlocklist)
	if err := blocked.Read([]byte(strings.Repeat("0", 20))); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, opt := range []Options{{}, {WeakKeys: true}, {BlockedKeys: blocked}} {
		identity, err := Identity("test", opt, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen[identity] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d of 3 runs can be told apart", len(seen))
	}
}
