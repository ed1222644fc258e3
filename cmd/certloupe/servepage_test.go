package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/internal/webpage"
)

// folder makes a page of one file.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "index.html"), []byte("<!doctype html>"))
	return dir
}

// serving starts the program and returns where the page is, and a function that
// stops the program and returns its exit code and what it complained about.
func serving(t *testing.T, c *caller, args ...string) (url string, stop func() (int, string)) {
	t.Helper()
	ctx, interrupt := context.WithCancel(context.Background())
	c.env.untilInterrupted = func() (context.Context, context.CancelFunc) { return ctx, interrupt }
	read, write := io.Pipe()
	var stderr strings.Builder
	code := make(chan int, 1)
	go func() {
		code <- run(append([]string{"page"}, args...), c.stdin, write, &stderr, c.env)
		write.Close()
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	url = regexp.MustCompile(`http://\S+`).FindString(line)
	if err != nil || url == "" {
		interrupt()
		t.Fatalf("the program says %q: %v, %s", line, err, stderr.String())
	}
	return url, func() (int, string) {
		t.Helper()
		interrupt()
		select {
		case n := <-code:
			return n, stderr.String()
		case <-time.After(20 * time.Second):
			t.Fatal("the program does not stop")
			return 0, ""
		}
	}
}

func TestPage(t *testing.T) {
	c := newCaller()
	var opened string
	c.env.openBrowser = func(url string) error { opened = url; return nil }
	url, stop := serving(t, c, "--listen", "127.0.0.1:0", "--dir", folder(t))
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(r.Body)
	r.Body.Close()
	if r.StatusCode != 200 || string(page) != "<!doctype html>" || r.Header.Get("Content-Security-Policy") != webpage.ContentSecurityPolicy {
		t.Errorf("status %d, %q, %v", r.StatusCode, page, r.Header)
	}
	request, _ := http.NewRequest("GET", url, nil)
	request.Host = "evil.example"
	if r, err := http.DefaultClient.Do(request); err != nil || r.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another host: %v, %v", r, err)
	}
	if code, complaints := stop(); code != 0 || complaints != "" {
		t.Errorf("stopped with %d, %s", code, complaints)
	}
	if opened != url {
		t.Errorf("opened %q, not %q", opened, url)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("the page is still served")
	}
}

func TestPageIsNotOpened(t *testing.T) {
	c := newCaller()
	c.env.openBrowser = func(string) error { t.Error("the page is opened"); return nil }
	_, stop := serving(t, c, "--listen", "127.0.0.1:0", "--dir", folder(t), "--open=false")
	stop()
	c.env.openBrowser = func(string) error { return errors.New("there is no screen") }
	_, stop = serving(t, c, "--listen", "127.0.0.1:0", "--dir", folder(t))
	if code, complaints := stop(); code != 0 || !strings.Contains(complaints, "there is no screen") {
		t.Errorf("%d, %s", code, complaints)
	}
}

// On all addresses, the page is served for any address but still for no name.
func TestPageOnAllAddresses(t *testing.T) {
	url, stop := serving(t, newCaller(), "--listen", ":0", "--host", "checks.example", "--dir", folder(t), "--open=false")
	for host, want := range map[string]int{"192.0.2.1": 200, "localhost": 200, "checks.example": 200, "evil.example": http.StatusMisdirectedRequest} {
		request, _ := http.NewRequest("GET", url, nil)
		request.Host = host
		r, err := http.DefaultClient.Do(request)
		if err != nil || r.StatusCode != want {
			t.Errorf("%s: %v, %v", host, r, err)
		}
	}
	if _, complaints := stop(); !strings.Contains(complaints, "others on the network") {
		t.Errorf("nothing is said about others: %s", complaints)
	}
}

func TestPageFails(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, args := range [][]string{
		{"page", "--dir", t.TempDir()},
		{"page", "--dir", filepath.Join(t.TempDir(), "missing")},
		{"page", "--dir", folder(t), "--listen", "8080"},
		{"page", "--dir", folder(t), "--listen", taken.Addr().String()},
		{"page", "--dir", folder(t), "more"},
	} {
		if r := call(args...); r.code != 2 || r.stderr == "" {
			t.Errorf("%v: exit code %d, %s", args, r.code, r.stderr)
		}
	}
}

// A program without the page says how to get one that has it.
func TestPageIsNotBuiltIn(t *testing.T) {
	if _, err := webpage.Load(webpage.Built()); err == nil {
		t.Skip("NOT RUN: the page is built in; `make clean` and run again to see what is said without it")
	}
	if r := call("page"); r.code != 2 || !strings.Contains(r.stderr, "make build") || !strings.Contains(r.stderr, "--dir") {
		t.Errorf("exit code %d, %s", r.code, r.stderr)
	}
}

// Links do not lead out of the folder.
func TestPageKeepsToItsFolder(t *testing.T) {
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret.txt"), []byte("secret"))
	dir := folder(t)
	if err := os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(dir, "secret.txt")); err != nil {
		t.Skipf("NOT RUN: no links here: %v", err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "assets")); err != nil {
		t.Fatal(err)
	}
	url, stop := serving(t, newCaller(), "--listen", "127.0.0.1:0", "--dir", dir, "--open=false")
	for _, path := range []string{"secret.txt", "assets/secret.txt"} {
		r, err := http.Get(url + path)
		if err != nil || r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v, %v", path, r, err)
		}
	}
	stop()
}
