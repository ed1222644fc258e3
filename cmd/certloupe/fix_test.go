package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestFix(t *testing.T) {
	files(t)
	server, key := read(t, "server.pem"), read(t, "server.key")
	write(t, "odd.pem", []byte("Subject: some text\n"+server+"\n\n"))
	write(t, "many", []byte(strings.TrimSuffix(server, "\n")+server+strings.Replace(key, "-----BEGIN", "----BEGIN", 1)))
	write(t, "half.pem", []byte(server+read(t, "cut.pem")))
	write(t, "damaged-encrypted.key", []byte(strings.Replace(encryptedKey, "BEGIN E", "BEGINE", 1)))
	// The outermost layer of a PKCS#12 file, and the beginning of a Java keystore.
	write(t, "store.p12", []byte("\x30\x10\x02\x01\x03\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"))
	write(t, "store.jks", []byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x00"))
	for _, test := range []struct {
		file, want string
		code       int
		// said is what standard error begins with, codes what it has.
		said  string
		codes []string
	}{
		{"damaged.pem", server, 0, "Repaired ", []string{"pem-boundary-damaged"}},
		{"damaged.key", key, 0, "Repaired ", []string{"pem-boundary-damaged"}},
		{"many", server + server + key, 0, "Repaired ", []string{"pem-glued-blocks", "pem-boundary-damaged"}},
		{"server.der", server, 0, "Converted ", nil},
		{"server.pem", server, 0, "Sound ", nil},
		{"encrypted.key", encryptedKey, 0, "Sound ", nil},
		{"odd.pem", "Subject: some text\n" + server + "\n\n", 0, "Sound ", nil},
		{"expired.pem", read(t, "expired.pem"), 0, "Sound ", nil},
		{"damaged-encrypted.key", encryptedKey, 0, "Repaired ", []string{"pem-boundary-damaged"}},
		{"store.p12", "", 1, "Not unpacked ", []string{"container-malformed"}},
		{"store.jks", "", 1, "Not unpacked ", []string{"container-malformed"}},
		{"cut.pem", "", 1, "Not repaired ", []string{"pem-truncated", "pem-end-missing"}},
		{"half.pem", "", 1, "Not repaired ", []string{"pem-truncated", "pem-end-missing"}},
		{"garbage", "", 1, "Not repaired ", []string{"input-unrecognized"}},
		{"empty", "", 1, "Not repaired ", []string{"input-empty"}},
	} {
		got := call("fix", test.file)
		if got.code != test.code || got.stdout != test.want || !strings.HasPrefix(got.stderr, test.said) {
			t.Errorf("fix %s: exit code %d\n%s%s", test.file, got.code, got.stderr, got.stdout)
		}
		for _, code := range test.codes {
			if !strings.Contains(got.stderr, code) {
				t.Errorf("fix %s does not name %s:\n%s", test.file, code, got.stderr)
			}
		}
		// Nothing else is said to have been repaired, or to be left.
		if n := strings.Count(got.stderr, "\n\n"); n != len(test.codes) {
			t.Errorf("fix %s has %d findings:\n%s", test.file, n, got.stderr)
		}
	}
}

func TestFixWrites(t *testing.T) {
	files(t)
	server, key := read(t, "server.pem"), read(t, "server.key")
	if got := call("fix", "damaged.pem", "-o", "new.pem"); got.code != 0 || got.stdout != "" {
		t.Errorf("%+v", got)
	}
	if got := read(t, "new.pem"); got != server {
		t.Errorf("new.pem has\n%s", got)
	}
	if got := call("fix", "damaged.pem", "-o", "-"); got.stdout != server {
		t.Errorf("-o - writes %q", got.stdout)
	}

	// An existing file stays as it is, the input above all.
	for _, name := range []string{"garbage", "damaged.pem"} {
		before := read(t, name)
		if got := call("fix", "damaged.pem", "-o", name); got.code != exitFailed {
			t.Errorf("-o %s: %+v", name, got)
		}
		if read(t, name) != before {
			t.Errorf("%s was overwritten", name)
		}
	}
	// What cannot be repaired leaves no file, and replaces none.
	if got := call("fix", "cut.pem", "-o", "none.pem"); got.code != exitRejected {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat("none.pem"); err == nil {
		t.Error("a file was written although nothing was repaired")
	}
	before := read(t, "garbage")
	call("fix", "cut.pem", "-o", "garbage", "--force")
	if read(t, "garbage") != before {
		t.Error("a file was replaced although nothing was repaired")
	}

	if got := call("fix", "damaged.pem", "-o", "damaged.pem", "--force"); got.code != 0 || read(t, "damaged.pem") != server {
		t.Errorf("--force: %+v", got)
	}
	if runtime.GOOS == "windows" {
		return
	}
	mode := func(name string) fs.FileMode {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	// A key's file is for its owner alone, even where an open one was before.
	call("fix", "damaged.key", "-o", "new.key")
	write(t, "open.key", nil)
	if err := os.Chmod("open.key", 0o644); err != nil {
		t.Fatal(err)
	}
	call("fix", "damaged.key", "-o", "open.key", "--force")
	for _, name := range []string{"new.key", "open.key"} {
		if read(t, name) != key || mode(name) != 0o600 {
			t.Errorf("%s: mode %v\n%s", name, mode(name), read(t, name))
		}
	}
	// A link stays a link.
	if err := os.Symlink("open.key", "link"); err != nil {
		t.Fatal(err)
	}
	write(t, "open.key", nil)
	call("fix", "damaged.key", "-o", "link", "--force")
	if target, err := os.Readlink("link"); err != nil || target != "open.key" || read(t, "open.key") != key {
		t.Errorf("the link was replaced: %v", err)
	}
	// Nothing is left behind.
	if left, _ := filepath.Glob(".certloupe-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if got := call("fix", "server.pem", "-o", os.DevNull, "--force"); got.code != exitFailed {
		t.Errorf("a device is not to be replaced: %+v", got)
	}
}
