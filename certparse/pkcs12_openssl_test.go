package certparse

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

// The tests in this file have OpenSSL write containers.

const containerPassword = "TEST ONLY p12 ä"

// opensslPKI has OpenSSL make a root, a CA and a server's certificate with its key,
// and returns the directory with root.pem, ca.pem, leaf.pem, leaf.key and
// root.crl.
func opensslPKI(t *testing.T, keyArgs ...string) string {
	t.Helper()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ca.cnf", "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n")
	write("leaf.cnf", "subjectAltName=DNS:leaf.example\n")
	write("crl.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase="+path("index")+"\ndefault_md=sha256\ndefault_crl_days=30\n")
	write("index", "")
	write("password", containerPassword+"\n")
	for i, name := range []string{"root", "ca", "leaf"} {
		key := path(name + ".key")
		openssl(t, nil, append(slices.Clone(keyArgs), "-out", key)...)
		openssl(t, nil, "req", "-new", "-key", key, "-subj", "/O=TEST ONLY/CN="+name, "-out", path(name+".csr"))
		args := []string{"x509", "-req", "-days", "30", "-in", path(name + ".csr"), "-out", path(name + ".pem"), "-set_serial", "7" + itoa(i)}
		switch name {
		case "root":
			args = append(args, "-signkey", key, "-extfile", path("ca.cnf"))
		case "ca":
			args = append(args, "-CA", path("root.pem"), "-CAkey", path("root.key"), "-extfile", path("ca.cnf"))
		case "leaf":
			args = append(args, "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-extfile", path("leaf.cnf"))
		}
		openssl(t, nil, args...)
	}
	openssl(t, nil, "ca", "-config", path("crl.cnf"), "-gencrl", "-keyfile", path("root.key"), "-cert", path("root.pem"), "-out", path("root.crl"))
	return dir
}

var p256Args = []string{"ecparam", "-genkey", "-noout", "-name", "prime256v1"}

func readFile(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pemDER is the DER of the one block of a PEM file.
func pemDER(t *testing.T, path ...string) []byte {
	t.Helper()
	doc := Parse(readFile(t, path...), Options{})
	if len(doc.Blocks) != 1 {
		t.Fatalf("%v has %d blocks", path, len(doc.Blocks))
	}
	return doc.Blocks[0].DER
}

// subjects are the common names of certificates.
func subjects(cs []*Certificate) string {
	var names []string
	for _, c := range cs {
		names = append(names, c.Subject().CommonName())
	}
	return strings.Join(names, " ")
}

// opened parses a container and checks that it has one block.
func opened(t *testing.T, data, password []byte) (*Document, *Container) {
	t.Helper()
	doc := Parse(data, Options{Password: password})
	if len(doc.Blocks) != 1 || doc.Blocks[0].Container == nil {
		t.Fatalf("no container: %s", keyCodes(doc.Findings))
	}
	return doc, doc.Blocks[0].Container
}

func TestPKCS12OfOpenSSL(t *testing.T) {
	dir := opensslPKI(t, p256Args...)
	chain := slices.Concat(readFile(t, dir, "root.pem"), readFile(t, dir, "ca.pem"))
	if err := os.WriteFile(filepath.Join(dir, "chain.pem"), chain, 0o600); err != nil {
		t.Fatal(err)
	}
	want := encodingOf(t, pemDER(t, dir, "leaf.key"))
	for _, test := range []struct {
		name string
		args string
		// content and key are the schemes; integrity is the MAC.
		content, key, integrity string
		codes                   string
	}{
		{"default", "", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "HMAC-SHA-256", ""},
		{"legacy", "-legacy", "PKCS#12 PBE (SHA-1, RC2-40-CBC)", "PKCS#12 PBE (SHA-1, DES-EDE3-CBC)", "HMAC-SHA-1", "container-weak-encryption private-key-weak-encryption"},
		{"RC2-128 and 2DES", "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-2DES", "PKCS#12 PBE (SHA-1, RC2-CBC)", "PKCS#12 PBE (SHA-1, DES-EDE-CBC)", "HMAC-SHA-1", "container-weak-encryption private-key-weak-encryption"},
		{"RC4", "-legacy -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-40", "PKCS#12 PBE (SHA-1, RC4-128)", "PKCS#12 PBE (SHA-1, RC4-40)", "HMAC-SHA-1", "container-weak-encryption private-key-weak-encryption"},
		{"RC4-40 and 3DES", "-legacy -certpbe PBE-SHA1-RC4-40 -keypbe PBE-SHA1-3DES", "PKCS#12 PBE (SHA-1, RC4-40)", "PKCS#12 PBE (SHA-1, DES-EDE3-CBC)", "HMAC-SHA-1", "container-weak-encryption private-key-weak-encryption"},
		{"AES-128 and PBES2 with 3DES", "-certpbe aes-128-cbc -keypbe des-ede3-cbc", "PBES2 (PBKDF2-HMAC-SHA256, AES-128-CBC)", "PBES2 (PBKDF2-HMAC-SHA256, DES-EDE3-CBC)", "HMAC-SHA-256", ""},
		{"SM4 and SM3", "-certpbe sm4-cbc -keypbe sm4-cbc -macalg sm3", "PBES2 (PBKDF2-HMAC-SHA256, SM4-CBC)", "PBES2 (PBKDF2-HMAC-SHA256, SM4-CBC)", "HMAC-SM3", ""},
		{"MAC SHA-1", "-macalg sha1", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "HMAC-SHA-1", ""},
		{"MAC SHA-384", "-macalg sha384", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "HMAC-SHA-384", ""},
		{"MAC SHA-512", "-macalg sha512", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "HMAC-SHA-512", ""},
		{"MAC of one iteration", "-nomaciter", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "HMAC-SHA-256", ""},
		// Without a MAC, OpenSSL leaves the certificates open unless it is told otherwise.
		{"no MAC", "-nomac", "", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "", "container-integrity-unchecked"},
		{"no MAC and RC4", "-nomac -legacy -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-RC4-128", "PKCS#12 PBE (SHA-1, RC4-128)", "PKCS#12 PBE (SHA-1, RC4-128)", "", "container-integrity-unchecked container-weak-encryption private-key-weak-encryption"},
		{"certificates not encrypted", "-certpbe NONE", "", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "HMAC-SHA-256", ""},
		{"key not encrypted", "-keypbe NONE", "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", "", "HMAC-SHA-256", ""},
		{"nothing encrypted", "-keypbe NONE -certpbe NONE", "", "", "HMAC-SHA-256", ""},
		{"unsupported", "-certpbe camellia-256-cbc -keypbe aria-128-cbc", "", "", "HMAC-SHA-256", "container-encryption-unsupported private-key-encryption-unsupported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{"pkcs12", "-export"}, strings.Fields(test.args)...)
			args = append(args, "-in", filepath.Join(dir, "leaf.pem"), "-inkey", filepath.Join(dir, "leaf.key"),
				"-certfile", filepath.Join(dir, "chain.pem"), "-name", "Ünïque name", "-caname", "the root", "-passout", "file:"+filepath.Join(dir, "password"))
			data := openssl(t, nil, args...)
			doc, c := opened(t, data, []byte(containerPassword))
			if got := keyCodes(doc.Findings); got != test.codes {
				t.Errorf("found %s, want %s", got, test.codes)
			}
			if c.Format != "PKCS#12" || c.Integrity != test.integrity {
				t.Errorf("%s, integrity %q", c.Format, c.Integrity)
			}
			if test.name == "unsupported" {
				for _, scheme := range []string{"Camellia-256-CBC", "ARIA-128-CBC"} {
					if !slices.ContainsFunc(doc.Findings, func(f finding.Finding) bool { return strings.Contains(f.Message, scheme) }) {
						t.Errorf("%s is not named", scheme)
					}
				}
				if c.Count(KindPrivateKey) != 1 || len(doc.PrivateKeys()) != 0 || c.Count(KindCertificate) != 0 {
					t.Errorf("%+v", c.Entries)
				}
				return
			}
			if got := subjects(doc.Certificates()); got != "leaf ca root" {
				t.Errorf("certificates %s", got)
			}
			for i, name := range []string{"leaf.pem", "ca.pem", "root.pem"} {
				if !bytes.Equal(c.Entries[i].DER, pemDER(t, dir, name)) || !bytes.Equal(doc.Certificates()[i].Raw(), c.Entries[i].DER) {
					t.Errorf("%s is another certificate", name)
				}
			}
			keys := doc.PrivateKeys()
			if len(keys) != 1 {
				t.Fatalf("%d keys", len(keys))
			}
			if got, err := keys[0].PKCS8(); err != nil || !bytes.Equal(got, want) {
				t.Error("the key is another one")
			}
			if keys[0].Encryption() != test.key {
				t.Errorf("the key is encrypted with %q", keys[0].Encryption())
			}
			leaf, key := c.Entries[0], c.Entries[3]
			if leaf.FriendlyName != "Ünïque name" || key.FriendlyName != leaf.FriendlyName {
				t.Errorf("names %q %q", leaf.FriendlyName, key.FriendlyName)
			}
			if len(leaf.LocalKeyID) != 20 || !bytes.Equal(leaf.LocalKeyID, key.LocalKeyID) {
				t.Errorf("key IDs %x %x", leaf.LocalKeyID, key.LocalKeyID)
			}

			// Without the password, and with a wrong one.
			missing := Parse(data, Options{})
			wrong := Parse(data, Options{Password: []byte("wrong")})
			if test.content != "" {
				if f := hasFinding(missing, "container-encrypted"); f == nil || !strings.Contains(f.Message, test.content) {
					t.Errorf("without password: %s", keyCodes(missing.Findings))
				}
				if len(missing.Certificates()) > 0 || len(wrong.Certificates()) > 0 {
					t.Error("certificates without password")
				}
			} else if subjects(missing.Certificates()) != "leaf ca root" {
				t.Error("certificates that are not encrypted are not shown")
			}
			if test.key != "" {
				if f := lastFinding(missing, "container-encrypted"); f == nil || !strings.Contains(f.Message, test.key) {
					t.Errorf("without password: %s", keyCodes(missing.Findings))
				}
				if len(missing.PrivateKeys()) > 0 || len(wrong.PrivateKeys()) > 0 {
					t.Error("a key without password")
				}
			}
			scheme, code := test.integrity, finding.Code("container-password-wrong")
			if scheme == "" {
				scheme = test.content
			}
			if scheme == "" {
				scheme, code = test.key, "private-key-password-wrong"
			}
			if f := hasFinding(wrong, code); f == nil || !strings.Contains(f.Message, scheme) {
				t.Errorf("wrong password: %s", keyCodes(wrong.Findings))
			}
			if test.content == "" && test.key == "" && hasFinding(missing, "container-integrity-unchecked") == nil {
				t.Errorf("nothing says that the MAC was not checked: %s", keyCodes(missing.Findings))
			}
		})
	}
}

// hasFinding returns the first finding with a code, or nil.
func hasFinding(doc *Document, code finding.Code) *finding.Finding {
	for i := range doc.Findings {
		if doc.Findings[i].Code == code {
			return &doc.Findings[i]
		}
	}
	return nil
}

// lastFinding returns the last finding with a code, or nil.
func lastFinding(doc *Document, code finding.Code) (last *finding.Finding) {
	for i := range doc.Findings {
		if doc.Findings[i].Code == code {
			last = &doc.Findings[i]
		}
	}
	return last
}

// encodingOf is a private key as PKCS#8 writes it here.
func encodingOf(t *testing.T, der []byte) []byte {
	t.Helper()
	key, fs := ParsePrivateKey(der, nil)
	if key == nil {
		t.Fatalf("no key: %s", keyCodes(fs))
	}
	out, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// An empty password is the same as none for whoever exports a file; both encodings
// of it are met.
func TestPKCS12EmptyPassword(t *testing.T) {
	dir := opensslPKI(t, p256Args...)
	for _, args := range []string{"", "-legacy", "-nomac", "-legacy -nomac"} {
		data := openssl(t, nil, append(append([]string{"pkcs12", "-export"}, strings.Fields(args)...),
			"-in", filepath.Join(dir, "leaf.pem"), "-inkey", filepath.Join(dir, "leaf.key"), "-passout", "pass:")...)
		for name, password := range map[string][]byte{"empty": {}, "none": nil} {
			doc := Parse(data, Options{Password: password})
			if subjects(doc.Certificates()) != "leaf" || len(doc.PrivateKeys()) != 1 {
				t.Errorf("%s, %s: %s", args, name, keyCodes(doc.Findings))
			}
		}
		if doc := Parse(data, Options{Password: []byte("x")}); len(doc.PrivateKeys()) > 0 || hasFinding(doc, "container-password-wrong") == nil && hasFinding(doc, "private-key-password-wrong") == nil {
			t.Errorf("%s: a wrong password: %s", args, keyCodes(doc.Findings))
		}
	}
}

// The keys of every type that OpenSSL puts into PKCS#12 come out as they went in.
func TestPKCS12KeyTypes(t *testing.T) {
	for name, args := range map[string][]string{
		"RSA": {"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"},
		"SM2": {"genpkey", "-algorithm", "SM2"}, "Ed25519": {"genpkey", "-algorithm", "ED25519"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			key, cert := filepath.Join(dir, "key"), filepath.Join(dir, "cert")
			openssl(t, nil, append(args, "-out", key)...)
			request := []string{"req", "-x509", "-new", "-key", key, "-subj", "/CN=leaf", "-out", cert}
			if name == "SM2" {
				request = append(request, "-sm3")
			}
			openssl(t, nil, request...)
			data := openssl(t, nil, "pkcs12", "-export", "-in", cert, "-inkey", key, "-passout", "pass:"+containerPassword)
			doc := Parse(data, Options{Password: []byte(containerPassword)})
			if len(doc.PrivateKeys()) != 1 || len(doc.Certificates()) != 1 {
				t.Fatal(keyCodes(doc.Findings))
			}
			k := doc.PrivateKeys()[0]
			if got, _ := k.PKCS8(); !bytes.Equal(got, encodingOf(t, pemDER(t, key))) || !k.Matches(doc.Certificates()[0].PublicKey()) {
				t.Error("it is another key")
			}
		})
	}
}

func TestPKCS7OfOpenSSL(t *testing.T) {
	dir := opensslPKI(t, p256Args...)
	file := func(name string) string { return filepath.Join(dir, name) }
	certificates := []string{"-certfile", file("root.pem"), "-certfile", file("leaf.pem"), "-certfile", file("ca.pem")}
	bundle := append([]string{"crl2pkcs7", "-in", file("root.crl")}, certificates...)
	message := []byte("TEST ONLY\n")
	signed := []string{"-signer", file("leaf.pem"), "-inkey", file("leaf.key"), "-certfile", file("ca.pem"), "-nodetach"}
	for _, test := range []struct {
		name  string
		data  []byte
		certs string
		crls  int
		codes string
	}{
		{"PEM", openssl(t, nil, bundle...), "leaf ca root", 1, ""},
		{"DER", openssl(t, nil, append(bundle, "-outform", "DER")...), "leaf ca root", 1, ""},
		{"CMS label", bytes.ReplaceAll(openssl(t, nil, bundle...), []byte("PKCS7"), []byte("CMS")), "leaf ca root", 1, ""},
		{"no CRL", openssl(t, nil, append([]string{"crl2pkcs7", "-nocrl"}, certificates...)...), "leaf ca root", 0, ""},
		{"signed", openssl(t, message, append([]string{"cms", "-sign", "-outform", "PEM"}, signed...)...), "leaf ca", 0, ""},
		{"signed in BER", openssl(t, message, append([]string{"cms", "-sign", "-stream", "-indef", "-outform", "DER"}, signed...)...), "leaf ca", 0, ""},
		{"PKCS#7 in BER", openssl(t, message, append([]string{"smime", "-sign", "-stream", "-indef", "-outform", "DER"}, signed...)...), "leaf ca", 0, ""},
		{"signed without certificates", openssl(t, message, append([]string{"cms", "-sign", "-nocerts", "-outform", "DER"}, signed[:4]...)...), "", 0, "container-content-other"},
		{"enveloped", openssl(t, message, "cms", "-encrypt", "-aes256", "-outform", "PEM", file("leaf.pem")), "", 0, "container-content-other"},
		{"digested", openssl(t, message, "cms", "-digest_create", "-outform", "PEM"), "", 0, "container-content-other"},
		{"data", openssl(t, message, "cms", "-data_create", "-outform", "DER"), "", 0, "container-content-other"},
	} {
		doc, c := opened(t, test.data, nil)
		if got := subjects(doc.Certificates()); got != test.certs || c.Count(KindCRL) != test.crls || keyCodes(doc.Findings) != test.codes {
			t.Errorf("%s: certificates %s, %d CRLs, %s", test.name, got, c.Count(KindCRL), keyCodes(doc.Findings))
		}
		for _, e := range c.Entries {
			if e.Kind == KindCRL && !bytes.Equal(e.DER, pemDER(t, dir, "root.crl")) {
				t.Errorf("%s: another CRL", test.name)
			}
		}
	}
}
