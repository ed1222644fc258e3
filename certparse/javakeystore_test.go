package certparse

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// keytool runs Java's tool for keystores and returns what it prints.
func keytool(t *testing.T, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("keytool")
	if err != nil {
		t.Skip("SKIPPED: there is no keytool on this machine, so nothing is compared with Java")
	}
	cmd := exec.Command(path, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("keytool %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.Bytes())
	}
	return out
}

const keystorePassword = "TestOnly42"

// TestKeystoresOfJava has keytool write keystores of every type: with a private key
// and its chain, a trusted certificate, and where there can be one a secret key.
func TestKeystoresOfJava(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts Java many times")
	}
	dir := opensslPKI(t, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
	file := func(name string) string { return filepath.Join(dir, name) }
	chain := append(readFile(t, dir, "leaf.pem"), readFile(t, dir, "ca.pem")...)
	if err := os.WriteFile(file("chain.pem"), chain, 0o600); err != nil {
		t.Fatal(err)
	}
	openssl(t, nil, "pkcs12", "-export", "-in", file("chain.pem"), "-inkey", file("leaf.key"), "-name", "server", "-passout", "pass:"+keystorePassword, "-out", file("in.p12"))
	want := encodingOf(t, pemDER(t, dir, "leaf.key"))
	for _, test := range []struct {
		kind, format, integrity string
		secret, legacy          bool
		scheme                  string
		codes                   string
		// shown says that certificates are shown without password.
		shown bool
	}{
		{kind: "JKS", format: "JKS", integrity: "SHA-1", scheme: "JKS key protection (SHA-1)", codes: "private-key-weak-encryption", shown: true},
		{kind: "JCEKS", format: "JCEKS", integrity: "SHA-1", secret: true, scheme: "PBEWithMD5AndTripleDES", codes: "container-entry-skipped private-key-weak-encryption", shown: true},
		{kind: "PKCS12", format: "PKCS#12", integrity: "HMAC-SHA-256", secret: true, scheme: "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", codes: "container-entry-skipped"},
		{kind: "PKCS12", format: "PKCS#12", integrity: "HMAC-SHA-1", legacy: true, scheme: "PKCS#12 PBE (SHA-1, DES-EDE3-CBC)", codes: "private-key-weak-encryption container-weak-encryption"},
	} {
		name := test.kind
		if test.secret {
			name += " with a secret key"
		}
		if test.legacy {
			name += " as before Java 16"
		}
		t.Run(name, func(t *testing.T) {
			store := filepath.Join(t.TempDir(), "store")
			common := []string{"-keystore", store, "-storetype", test.kind, "-storepass", keystorePassword, "-noprompt"}
			if test.legacy {
				common = append([]string{"-J-Dkeystore.pkcs12.legacy"}, common...)
			}
			call := func(args ...string) { keytool(t, append(args[:len(args):len(args)], common...)...) }
			if test.secret {
				call("-genseckey", "-alias", "secret", "-keyalg", "AES", "-keysize", "256")
			}
			imported := []string{"-importkeystore", "-srckeystore", file("in.p12"), "-srcstoretype", "PKCS12", "-srcstorepass", keystorePassword,
				"-destkeystore", store, "-deststoretype", test.kind, "-deststorepass", keystorePassword, "-destkeypass", keystorePassword, "-noprompt"}
			if test.legacy {
				imported = append(imported, "-J-Dkeystore.pkcs12.legacy")
			}
			keytool(t, imported...)
			call("-importcert", "-alias", "würzel", "-file", file("root.pem"))
			data := readFile(t, store)
			doc, c := opened(t, data, []byte(keystorePassword))
			if got := keyCodes(doc.Findings); got != test.codes {
				t.Errorf("found %s, want %s", got, test.codes)
			}
			if c.Format != test.format || c.Integrity != test.integrity {
				t.Errorf("%s, integrity %q", c.Format, c.Integrity)
			}
			got := subjects(doc.Certificates())
			// Java repeats a certificate that belongs to several entries.
			if c.Count(KindCertificate) < 3 || !strings.Contains(got, "leaf ca") || !strings.Contains(got, "root") {
				t.Errorf("certificates %s", got)
			}
			keys := doc.PrivateKeys()
			if len(keys) != 1 || keys[0].Encryption() != test.scheme || !bytes.Equal(keys[0].encoding(), want) {
				t.Errorf("%d keys, or another one", len(keys))
			}
			roots := 0
			for _, e := range c.Entries {
				switch {
				case e.Kind == KindPrivateKey && e.FriendlyName != "server",
					e.Certificate != nil && e.Certificate.Subject().CommonName() == "leaf" && e.FriendlyName != "server":
					t.Errorf("%v is called %q", e.Kind, e.FriendlyName)
				case e.FriendlyName == "würzel":
					roots++
					if !bytes.Equal(e.DER, pemDER(t, dir, "root.pem")) {
						t.Error("the root is another one")
					}
				}
			}
			if roots == 0 {
				t.Error("no entry has the name of the root")
			}

			missing := Parse(data, Options{})
			if hasFinding(missing, "container-encrypted") == nil {
				t.Errorf("without password: %s", keyCodes(missing.Findings))
			}
			if got := len(missing.Certificates()) > 0; got != test.shown || len(missing.PrivateKeys()) > 0 {
				t.Errorf("without password: %s, %d keys", subjects(missing.Certificates()), len(missing.PrivateKeys()))
			}
			wrong := Parse(data, Options{Password: []byte("TestOnly43")})
			if hasFinding(wrong, "container-password-wrong") == nil || len(wrong.PrivateKeys()) > 0 {
				t.Errorf("wrong password: %s", keyCodes(wrong.Findings))
			}
		})
	}
}

// A private key in a Java keystore may have another password than the keystore.
func TestKeystoreWithTwoPasswords(t *testing.T) {
	for _, kind := range []string{"JKS", "JCEKS"} {
		store := filepath.Join(t.TempDir(), "store")
		keytool(t, "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=TEST ONLY", "-keystore", store, "-storetype", kind,
			"-storepass", keystorePassword, "-keypass", "OtherPassword")
		data := readFile(t, store)
		doc, c := opened(t, data, []byte(keystorePassword))
		if hasFinding(doc, "private-key-password-wrong") == nil || c.Integrity == "" || len(doc.PrivateKeys()) != 0 {
			t.Errorf("%s, password of the store: %s", kind, keyCodes(doc.Findings))
		}
		doc, c = opened(t, data, []byte("OtherPassword"))
		if len(doc.PrivateKeys()) != 1 || hasFinding(doc, "container-integrity-unchecked") == nil || hasFinding(doc, "container-password-wrong") != nil || c.Integrity != "" {
			t.Errorf("%s, password of the key: %s", kind, keyCodes(doc.Findings))
		}
		// One changed byte anywhere in front of the digest is noticed.
		changed := bytes.Clone(data)
		changed[bytes.Index(data, []byte("TEST ONLY"))] ^= 1
		if doc := Parse(changed, Options{Password: []byte(keystorePassword)}); hasFinding(doc, "container-password-wrong") == nil {
			t.Errorf("%s: a change goes unnoticed: %s", kind, keyCodes(doc.Findings))
		}
	}
}
