package corpora

import (
	"bytes"
	"context"
	"encoding/pem"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// requireOpenSSL skips the test loudly where there is no OpenSSL of version 3 or newer.
func requireOpenSSL(t *testing.T) {
	t.Helper()
	out, err := exec.Command("openssl", "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "OpenSSL ") || strings.HasPrefix(string(out), "OpenSSL 1") {
		t.Skipf("SKIPPED, NOTHING IS PROVED: this test needs openssl 3.0 or newer on the path (found %q, %v)", out, err)
	}
	t.Log(strings.TrimSpace(string(out)))
}

// opensslReads says for each DER whether OpenSSL reads it as a certificate. One
// process reads all of them from one file; only what it does not give back byte
// for byte is asked for again, one process each.
func opensslReads(t *testing.T, ders [][]byte) []bool {
	t.Helper()
	var bundle bytes.Buffer
	for _, der := range ders {
		if err := pem.Encode(&bundle, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			t.Fatal(err)
		}
	}
	given := map[string]bool{}
	rest := openssl(bundle.Bytes(), "storeutl", "-certs", "/dev/stdin").stdout
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		given[string(block.Bytes)] = true
	}
	reads := make([]bool, len(ders))
	parallel(len(ders), func(i int) {
		reads[i] = given[string(ders[i])] || openssl(ders[i], "x509", "-inform", "DER", "-noout").ok
	})
	return reads
}

// answer is what OpenSSL said.
type answer struct {
	ok     bool
	stdout []byte
}

func openssl(stdin []byte, args ...string) answer {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "openssl", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if ctx.Err() != nil {
		panic("openssl gave no answer within the time allowed: what it says of " + strings.Join(args, " ") + " is not known")
	}
	return answer{err == nil, out}
}

// parallel calls do for each number below n, on as many cores as there are.
func parallel(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
