package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// chainFiles writes what the tests of paths need: another root, a path of many CAs,
// a chain in disorder, and a revocation list of the test CA with the server on it.
func chainFiles(t *testing.T, server, ca []byte) {
	t.Helper()
	key := func(i int) ed25519.PrivateKey { return testKey(fmt.Sprintf("TEST ONLY: key %02d of long chain,", i)) }
	const depth = 11
	var deep []byte
	parent, signer := &x509.Certificate{}, ed25519.PrivateKey(nil)
	for i := range depth {
		template := caTemplate()
		template.SerialNumber, template.MaxPathLenZero = big.NewInt(int64(100+i)), false
		template.Subject = pkix.Name{Organization: []string{"TEST ONLY"}, CommonName: fmt.Sprintf("Test CA %d", i)}
		template.SubjectKeyId = []byte{9, byte(i)}
		if signer == nil {
			parent, signer = template, key(i)
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key(i).Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		deep = append(pemText("CERTIFICATE", der), deep...)
		parent, signer = template, key(i)
	}
	leaf := serverTemplate()
	leaf.AuthorityKeyId = nil
	der, err := x509.CreateCertificate(rand.Reader, leaf, parent, serverKey.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	write(t, "deep.pem", append(pemText("CERTIFICATE", der), deep...))
	other := caTemplate()
	other.Subject.CommonName, other.SubjectKeyId = "Other CA", []byte{8}
	if der, err = x509.CreateCertificate(rand.Reader, other, other, otherKey.Public(), otherKey); err != nil {
		t.Fatal(err)
	}
	write(t, "other-ca.pem", pemText("CERTIFICATE", der))
	write(t, "shuffled.pem", slices.Concat(ca, server, server))
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: now.AddDate(0, 0, -1), NextUpdate: now.AddDate(0, 0, 6),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: serverTemplate().SerialNumber, RevocationTime: now.AddDate(0, 0, -2), ReasonCode: 1}},
	}, caTemplate(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, "ca.crl", pemText("X509 CRL", list))
}

// TestChainJSON checks that each flag of chain reaches the library, and that --json
// gives the library's bytes and nothing else.
func TestChainJSON(t *testing.T) {
	files(t)
	file := func(names ...string) (list []validate.File) {
		for _, name := range names {
			list = append(list, validate.File{Name: name, Data: []byte(read(t, name))})
		}
		return list
	}
	plain := func() (*validate.ChainRequest, *validate.ChainOptions) {
		return &validate.ChainRequest{Files: file("server.pem"), Roots: file("ca.pem")},
			&validate.ChainOptions{Path: path.Options{Time: now, PublicSuffix: publicSuffix}}
	}
	for flags, change := range map[string]func(*validate.ChainRequest, *validate.ChainOptions){
		"":                       func(*validate.ChainRequest, *validate.ChainOptions) {},
		"--roots other-ca.pem":   func(r *validate.ChainRequest, _ *validate.ChainOptions) { r.Roots = file("ca.pem", "other-ca.pem") },
		"--intermediates ca.pem": func(r *validate.ChainRequest, _ *validate.ChainOptions) { r.Intermediates = file("ca.pem") },
		"--profile webpki":       func(_ *validate.ChainRequest, o *validate.ChainOptions) { o.Path.Profile = path.WebPKI },
		"--host other.example":   func(_ *validate.ChainRequest, o *validate.ChainOptions) { o.Host = "other.example" },
		"--email a@example.com":  func(_ *validate.ChainRequest, o *validate.ChainOptions) { o.Email = "a@example.com" },
		"--uri https://x.test/":  func(_ *validate.ChainRequest, o *validate.ChainOptions) { o.URI = "https://x.test/" },
		"--purpose code": func(_ *validate.ChainRequest, o *validate.ChainOptions) {
			o.Path.Purposes = []string{"1.3.6.1.5.5.7.3.3"}
		},
		"--policy 1.2.3.4": func(_ *validate.ChainRequest, o *validate.ChainOptions) {
			o.Path.InitialPolicies, o.Path.ExplicitPolicy = []string{"1.2.3.4"}, true
		},
		"--crl ca.crl":           func(r *validate.ChainRequest, _ *validate.ChainOptions) { r.Revocation.CRLs = file("ca.crl") },
		"--ocsp garbage":         func(r *validate.ChainRequest, _ *validate.ChainOptions) { r.Revocation.Responses = file("garbage") },
		"--revocation hard-fail": func(r *validate.ChainRequest, _ *validate.ChainOptions) { r.Revocation.Policy = validate.HardFail },
		"--revocation soft-fail": func(r *validate.ChainRequest, _ *validate.ChainOptions) { r.Revocation.Policy = validate.SoftFail },
		"--all-paths":            func(_ *validate.ChainRequest, o *validate.ChainOptions) { o.Path.Trace = true },
		"--expiring-within 200d": func(_ *validate.ChainRequest, o *validate.ChainOptions) { o.ExpiringWithin = 200 * day },
	} {
		request, opt := plain()
		change(request, opt)
		base, _ := plain()
		want := validate.Chain(request, *opt).JSON()
		if flags != "" && flags != "--roots other-ca.pem" && flags != "--intermediates ca.pem" {
			if _, o := plain(); string(want) == string(validate.Chain(base, *o).JSON()) {
				t.Errorf("%s changes nothing, so that this test shows nothing", flags)
			}
		}
		got := call(strings.Fields("chain --roots ca.pem server.pem --json " + flags)...)
		if got.stdout != string(want) || got.stderr != "" {
			t.Errorf("certloupe chain %s:\n%s%s\nwant\n%s", flags, got.stdout, got.stderr, want)
		}
	}
	for _, test := range []struct{ flags, files string }{{"--conforming", "deep.pem"}, {"--allow-weak", "server.pem"}} {
		request := &validate.ChainRequest{Files: file(test.files), Roots: file("ca.pem")}
		opt := validate.ChainOptions{Path: path.Options{Time: now, PublicSuffix: publicSuffix,
			Conforming: test.flags == "--conforming", AllowWeak: test.flags == "--allow-weak"}}
		if got := call("chain", "--roots", "ca.pem", test.files, "--json", test.flags); got.stdout != string(validate.Chain(request, opt).JSON()) {
			t.Errorf("%s: %s", test.flags, got.stdout)
		}
	}
}

// TestChainOutput writes the chain as it should be sent, and never over a file.
func TestChainOutput(t *testing.T) {
	files(t)
	if got := call("chain", "--roots", "ca.pem", "shuffled.pem", "-o", "sorted.pem"); got.code != exitAccepted {
		t.Fatalf("%+v", got)
	}
	if read(t, "sorted.pem") != read(t, "server.pem") {
		t.Errorf("the chain is\n%s", read(t, "sorted.pem"))
	}
	if got := call("chain", "--roots", "ca.pem", "shuffled.pem", "-o", "sorted.pem"); got.code != exitFailed {
		t.Errorf("a file was written over: %+v", got)
	}
	// What is sent as it should be is written all the same.
	if got := call("chain", "--roots", "ca.pem", "server.der", "-o", "same.pem"); got.code != exitAccepted || read(t, "same.pem") != read(t, "server.pem") {
		t.Errorf("%+v", got)
	}
}

// TestSystemRoots takes the roots from where the system keeps them.
func TestSystemRoots(t *testing.T) {
	files(t)
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	c := newCaller()
	c.env.rootBundles = []string{filepath.Join(dir, "none.pem"), filepath.Join(dir, "ca.pem"), filepath.Join(dir, "other-ca.pem")}
	for _, args := range []string{"chain server.pem", "chain --roots system server.pem", "chain --roots system --roots other-ca.pem server.pem"} {
		if got := c.call(strings.Fields(args)...); got.code != exitAccepted {
			t.Errorf("certloupe %s: %+v", args, got)
		}
	}
	if got := c.call("chain", "--roots", "other-ca.pem", "server.pem"); got.code != exitRejected {
		t.Errorf("the system's roots count although others were given: %+v", got)
	}
	c.vars["SSL_CERT_FILE"] = "other-ca.pem"
	if got := c.call("chain", "server.pem"); got.code != exitRejected {
		t.Errorf("SSL_CERT_FILE was not used: %+v", got)
	}
	c.vars["SSL_CERT_FILE"] = "none.pem"
	if got := c.call("chain", "server.pem"); got.code != exitFailed {
		t.Errorf("SSL_CERT_FILE names no file: %+v", got)
	}
}

// TestChainTree looks at the tree on pages of every width: no line is wider than the
// page, and colour changes nothing but the colour.
func TestChainTree(t *testing.T) {
	files(t)
	for width := minColumns; width <= maxColumns+10; width += 7 {
		c := newCaller()
		c.env.outColumns = width
		c.vars["NO_COLOR"] = "1"
		plain := c.call("chain", "--roots", "other-ca.pem", "deep.pem").stdout
		for line := range strings.Lines(plain) {
			if n := displayWidth(strings.TrimSuffix(line, "\n")); n > max(width, minColumns) {
				t.Errorf("at a width of %d a line has %d columns: %q", width, n, line)
			}
		}
		colored := c.call("chain", "--color", "always", "--roots", "other-ca.pem", "deep.pem").stdout
		if colored == plain {
			t.Error("there is no colour")
		}
		if bare := stripColor(colored); bare != plain {
			t.Errorf("without its colour the page is another one:\n%s\n%s", bare, plain)
		}
	}
}

// stripColor takes the sequences that choose a colour out of text.
func stripColor(s string) string {
	for {
		before, rest, ok := strings.Cut(s, "\x1b[")
		if !ok {
			return s
		}
		_, after, _ := strings.Cut(rest, "m")
		s = before + after
	}
}

// TestChainCases makes sure that the cases have paths.
func TestChainCases(t *testing.T) {
	cases, err := golden.Load(filepath.FromSlash("../../testdata/cases"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range cases {
		if c.Call(golden.Failing).Op == "chain" {
			n++
		}
	}
	if n < 15 {
		t.Errorf("only %d cases are about paths", n)
	}
}

// TestPublicSuffix leaves out the private part of the list.
func TestPublicSuffix(t *testing.T) {
	for domain, want := range map[string]string{
		"www.example.co.uk": "co.uk", "example.com": "com", "a.github.io": "io", "x.blogspot.com": "com", "foo.unlisted": "unlisted",
	} {
		if got := publicSuffix(domain); got != want {
			t.Errorf("%s: %s, want %s", domain, got, want)
		}
	}
}
