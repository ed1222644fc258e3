package sm2

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// openSSL runs OpenSSL in a directory of its own. The tests that use it are
// skipped where there is no OpenSSL 3.
type openSSL struct {
	t   testing.TB
	dir string
}

var openSSLVersion = sync.OnceValue(func() string {
	out, _ := exec.Command("openssl", "version").Output()
	return string(out)
})

func newOpenSSL(t testing.TB) *openSSL {
	t.Helper()
	if !strings.HasPrefix(openSSLVersion(), "OpenSSL 3.") {
		t.Skip("there is no OpenSSL 3 to compare with")
	}
	return &openSSL{t, t.TempDir()}
}

// run runs one command, with arguments separated by blanks, and returns what it
// prints. Further arguments are those that have blanks inside.
func (o *openSSL) run(arguments string, more ...string) []byte {
	o.t.Helper()
	cmd := exec.Command("openssl", append(strings.Fields(arguments), more...)...)
	cmd.Dir = o.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		o.t.Fatalf("openssl %s: %v\n%s", arguments, err, stderr.String())
	}
	return out
}

func (o *openSSL) write(name string, data []byte) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), data, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *openSSL) read(name string) []byte {
	o.t.Helper()
	data, err := os.ReadFile(filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	return data
}
