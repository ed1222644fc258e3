package main

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/golden"
)

// caseFiles are the files of a golden case by its name.
func caseFiles(t *testing.T, name string) map[string][]byte {
	t.Helper()
	cases, err := golden.Load(filepath.FromSlash("../../testdata/cases"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Name == name {
			return c.Files(golden.Failing)
		}
	}
	t.Fatalf("there is no case %s", name)
	return nil
}

// TestFixUnpacks writes the contents of containers as PEM. Private keys come out
// only to a file, which only its owner can read.
func TestFixUnpacks(t *testing.T) {
	p12 := caseFiles(t, "formats/pkcs12-of-server")
	store := caseFiles(t, "formats/java-keystore")
	p7b := caseFiles(t, "container/container-pkcs7")["cert.pem"]
	other := caseFiles(t, "container/container-content-other")["server.p12"]
	files(t)
	write(t, "server.p12", p12["cert.pem"])
	write(t, "store.jks", store["store.jks"])
	write(t, "word", p12["password.txt"])
	write(t, "server.p7b", p7b)
	write(t, "damaged.p7b", []byte(strings.Replace(string(p7b), "-----BEGIN", "----BEGIN", 1)))
	write(t, "other.p7b", other)
	encoded := base64.StdEncoding.EncodeToString(p12["cert.pem"])
	write(t, "bare.p12", []byte(encoded))
	write(t, "cut.p12", p12["cert.pem"][:200])
	write(t, "bundle.pem", append(append([]byte(read(t, "server.key")), p7b...), read(t, "cut.pem")...))
	holds := func(what, text string, certificates, keys int) {
		t.Helper()
		doc := certparse.Parse([]byte(text), certparse.Options{})
		if len(doc.Certificates()) != certificates || len(doc.PrivateKeys()) != keys || len(doc.Blocks) != certificates+keys {
			t.Errorf("%s: %d certificates, %d keys, %d blocks\n%s", what, len(doc.Certificates()), len(doc.PrivateKeys()), len(doc.Blocks), text)
		}
		if n := strings.Count(text, "PRIVATE KEY-----"); n != 2*keys {
			t.Errorf("%s: %d lines about private keys", what, n)
		}
	}
	for _, test := range []struct {
		args               string
		certificates, keys int
		code               int
		said               string
	}{
		{"server.p7b", 1, 0, 0, "Unpacked "},
		{"damaged.p7b", 1, 0, 0, "Unpacked "},
		{"server.p12 --password-file word", 1, 0, 0, "Unpacked "},
		{"server.p12 --password-file word -o -", 1, 0, 0, "Unpacked "},
		{"store.jks --password-file word", 2, 0, 0, "Unpacked "},
		{"bare.p12 --password-file word", 1, 0, 0, "Unpacked "},
		{"cut.p12 --password-file word", 0, 0, 1, "Not unpacked "},
		{"store.jks", 2, 0, 1, "Unpacked in part "},
		{"server.p12", 0, 0, 1, "Not unpacked "},
		{"server.p12 --password-file wrong-password", 0, 0, 1, "Not unpacked "},
	} {
		got := call(append([]string{"fix"}, strings.Fields(test.args)...)...)
		if got.code != test.code || !strings.HasPrefix(got.stderr, test.said) {
			t.Errorf("fix %s: exit code %d\n%s", test.args, got.code, got.stderr)
		}
		holds(test.args, got.stdout, test.certificates, test.keys)
	}
	if got := call("fix", "server.p12", "--password-file", "word"); !strings.Contains(got.stderr, "1 private key left out") {
		t.Errorf("nothing says that the key was left out:\n%s", got.stderr)
	}
	// A container that holds nothing of use stays what it is.
	if got := call("fix", "other.p7b"); got.stdout != string(other) {
		t.Errorf("%+v", got)
	}

	for name, certificates := range map[string]int{"server.p12": 1, "store.jks": 2} {
		got := call("fix", name, "--password-file", "word", "-o", name+".pem")
		if got.code != 0 || got.stdout != "" || strings.Contains(got.stderr, "PRIVATE KEY-----") {
			t.Errorf("fix %s: %+v", name, got)
		}
		holds(name, read(t, name+".pem"), certificates, 1)
		if runtime.GOOS == "windows" {
			continue
		}
		info, err := os.Stat(name + ".pem")
		if err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	// What stands beside a container comes along, and damage there is still damage.
	if got := call("fix", "bundle.pem", "-o", "bundle.out"); got.code != 1 || !strings.Contains(got.stderr, "pem-truncated") ||
		!strings.HasPrefix(read(t, "bundle.out"), read(t, "server.key")+"-----BEGIN CERTIFICATE-----") {
		t.Errorf("%+v\n%s", got, read(t, "bundle.out"))
	}
	// Without a key in it, a file is for everybody.
	call("fix", "server.p7b", "-o", "certificates.pem")
	if info, err := os.Stat("certificates.pem"); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm()&0o044 == 0) {
		t.Errorf("%v %v", info.Mode(), err)
	}
	// Nothing is written where nothing came out.
	call("fix", "server.p12", "-o", "none.pem")
	if _, err := os.Stat("none.pem"); err == nil {
		t.Error("a file was written although nothing came out")
	}
}
