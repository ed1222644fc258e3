// Package peers tests the revocation side of this module against programs that
// others wrote: the responders of OpenSSL and cfssl, and nginx, which staples. Each
// test starts what it needs on the loopback interface and stops it again, and is
// skipped, loudly, where a program is missing.
package peers

import (
	"bytes"
	"context"
	"crypto"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
)

// program is a program that runs as long as a test.
type program struct {
	output lockedBuffer
	exited chan struct{}
}

// lockedBuffer keeps what a program writes while others read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start starts a program and waits until it is ready.
func start(t *testing.T, ready func(output string) bool, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = 5 * time.Second
	p := &program{exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	go func() {
		cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		cancel()
		<-p.exited
		if t.Failed() {
			t.Logf("%s wrote:\n%s", filepath.Base(name), p.output.String())
		}
	})
	for deadline := time.Now().Add(20 * time.Second); !ready(p.output.String()); {
		select {
		case <-p.exited:
			t.Fatalf("%s ended before it was ready", filepath.Base(name))
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not get ready", filepath.Base(name))
		}
	}
}

// listens waits for a program to listen on a port.
func listens(port int) func(string) bool {
	return func(string) bool {
		conn, err := net.DialTimeout("tcp", address(port), time.Second)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}
}

// says waits for a program to say something. The responder of OpenSSL must not be
// tried out: a connection without a request brings it to a halt.
func says(what string) func(string) bool {
	return func(output string) bool { return strings.Contains(output, what) }
}

// find returns where a program is, or skips the test.
func find(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		// Debian keeps servers where only the administrator's shell looks.
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			t.Skipf("NOT CHECKED against %s, which is not installed", name)
		}
	}
	return path
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// freePort is a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// testKey is a key of testdata/keys, and its PEM without the line that says so.
func testKey(t *testing.T, name string) (crypto.Signer, []byte) {
	t.Helper()
	text, err := os.ReadFile("../../testdata/keys/" + name + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(crypto.Signer), pem.EncodeToMemory(block)
}

func pemOf(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func certificatePEM(der ...[]byte) (text []byte) {
	for _, d := range der {
		text = append(text, pemOf("CERTIFICATE", d)...)
	}
	return text
}

func parse(t *testing.T, der []byte) *certparse.Certificate {
	t.Helper()
	c, err := certparse.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// writer writes files into a directory of the test and returns their names.
func writer(t *testing.T) (dir string, write func(name string, data []byte) string) {
	t.Helper()
	dir = t.TempDir()
	return dir, func(name string, data []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func serial(n int64) *big.Int { return big.NewInt(n) }

// The certificates that the responders are asked about.
const (
	goodSerial    = 0x1001
	revokedSerial = 0x1002
	unknownSerial = 0x1003
)

// revokedAt is when the revoked one was revoked, for key compromise.
var revokedAt = time.Date(2025, 12, 1, 12, 0, 0, 0, time.UTC)
