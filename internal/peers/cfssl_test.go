package peers

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// buildCFSSL builds cfssl from the version that cfssl/go.mod names. The build is
// kept in Go's cache, so only the first one takes long.
func buildCFSSL(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT CHECKED against cfssl, which would have to be built")
	}
	path := filepath.Join(t.TempDir(), "cfssl")
	cmd := exec.Command(find(t, "go"), "build", "-o", path, "github.com/cloudflare/cfssl/cmd/cfssl")
	cmd.Dir = "cfssl"
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("NOT CHECKED against cfssl, which cannot be built: %v\n%s", err, out)
	}
	return path
}

// TestCFSSL asks the responder of cfssl, which signs in advance: it repeats no nonce
// and calls what it does not know unauthorized.
func TestCFSSL(t *testing.T) {
	cfssl := buildCFSSL(t)
	for _, test := range []struct{ ca, responder string }{{"rsa-ca", "rsa-other"}, {"p256-root", "p256-intermediate"}, {"p256-root", ""}} {
		t.Run(test.ca+" "+test.responder, func(t *testing.T) {
			caKey, caPEM := testKey(t, test.ca)
			ca := ocsptest.NewCA("Test CA", caKey)
			_, write := writer(t)
			caFile := write("ca.pem", certificatePEM(ca.Certificate))
			responder, keyFile := caFile, write("ca.key", caPEM)
			if test.responder != "" {
				key, text := testKey(t, test.responder)
				responder, keyFile = write("responder.pem", certificatePEM(ca.IssueResponder(key))), write("responder.key", text)
			}
			var responses []byte
			for n, args := range map[int64][]string{
				goodSerial:    {"-status", "good"},
				revokedSerial: {"-status", "revoked", "-reason", strconv.Itoa(int(ocsp.KeyCompromise)), "-revoked-at", revokedAt.Format("2006-01-02")},
			} {
				leaf := write("leaf.pem", certificatePEM(ca.Issue(ocsptest.Leaf{Serial: serial(n)})))
				args = append([]string{"ocspsign", "-ca", caFile, "-responder", responder, "-responder-key", keyFile, "-cert", leaf}, args...)
				out, err := exec.Command(cfssl, args...).Output()
				var signed struct{ OCSPResponse string }
				if err != nil || json.Unmarshal(out, &signed) != nil || signed.OCSPResponse == "" {
					t.Fatalf("%v\n%s", err, out)
				}
				responses = append(append(responses, signed.OCSPResponse...), '\n')
			}
			port := freePort(t)
			start(t, listens(port), cfssl, "ocspserve", "-address", "127.0.0.1", "-port", strconv.Itoa(port), "-responses", write("responses", responses))
			for _, by := range []client.Options{{}, {Nonce: client.NoNonce}, {Nonce: client.NoNonce, POST: true}, {Nonce: client.RequireNonce}} {
				for n, want := range map[int64]struct {
					status client.Status
					code   finding.Code
				}{goodSerial: {client.Good, ""}, revokedSerial: {client.Revoked, ""}, unknownSerial: {client.Refused, "ocsp-unauthorized"}} {
					if by.Nonce == client.RequireNonce && want.code == "" {
						want.status, want.code = client.Refused, "ocsp-nonce-missing"
					}
					r := ask(t, loopback(port, by), ca, "http://"+address(port), n)
					last := r.Attempts[len(r.Attempts)-1]
					if r.Status != want.status || last.Code != want.code {
						t.Errorf("%v, %#x: %v %v, want %v %s", by.Nonce, n, r.Status, r.Findings, want.status, want.code)
					} else if r.Status == client.Revoked && (r.Evidence.RevokedAt.Format("2006-01-02") != revokedAt.Format("2006-01-02") || r.Evidence.Reason != ocsp.KeyCompromise) {
						t.Errorf("revoked at %v, %v", r.Evidence.RevokedAt, r.Evidence.Reason)
					}
				}
			}
		})
	}
}
