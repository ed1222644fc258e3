package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
)

//go:embed openssl/verify.c
var opensslVerifySource []byte

// openssl is a small program around OpenSSL's X509_verify_cert, which is compiled
// for the measurement because `openssl verify` mostly measures its own start.
type openssl struct{ dir string }

// newOpenSSL compiles the program; it needs a C compiler and libssl-dev.
func newOpenSSL() (*openssl, error) {
	dir, err := os.MkdirTemp("", "certloupe-bench")
	if err != nil {
		return nil, err
	}
	o := &openssl{dir}
	source := filepath.Join(dir, "verify.c")
	if err := os.WriteFile(source, opensslVerifySource, 0o600); err != nil {
		return nil, errors.Join(err, o.close())
	}
	out, err := exec.Command("cc", "-O2", "-o", filepath.Join(dir, "verify"), source, "-lcrypto").CombinedOutput()
	if err != nil {
		first, _, _ := strings.Cut(string(out), "\n")
		return nil, errors.Join(fmt.Errorf("the program for it cannot be compiled: %w %s", err, first), o.close())
	}
	return o, nil
}

func (o *openssl) close() error { return os.RemoveAll(o.dir) }

// verify returns the nanoseconds of processor time that one verification takes,
// the shortest of several runs.
func (o *openssl) verify(s *testcerts.Set, at time.Time) (float64, error) {
	args := make([]string, 0, 5)
	for _, c := range []*testcerts.Certificate{s.Root, s.Intermediate, s.Server} {
		file := filepath.Join(o.dir, c.Name+".pem")
		if err := os.WriteFile(file, c.PEM(), 0o600); err != nil {
			return 0, err
		}
		args = append(args, file)
	}
	args = append(args, "100", strconv.FormatInt(at.Unix(), 10))
	var runs []float64
	for range 20 {
		cmd := exec.Command(filepath.Join(o.dir, "verify"), args...)
		var why strings.Builder
		cmd.Stderr = &why
		out, err := cmd.Output()
		if err != nil {
			return 0, fmt.Errorf("%w %s", err, strings.TrimSpace(why.String()))
		}
		ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
		if err != nil {
			return 0, err
		}
		runs = append(runs, ns)
	}
	return slices.Min(runs), nil
}
