package certparse

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

// opensslBinary returns the path of the openssl command.
func opensslBinary(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("SKIPPED: there is no openssl on this machine, so nothing is compared with it")
	}
	return path
}

// openssl runs the command and returns its output.
func openssl(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(opensslBinary(t), args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// keyBlock makes a Block of PEM text or of DER.
func keyBlock(t testing.TB, data []byte) *Block {
	t.Helper()
	p, _ := pem.Decode(data)
	if p == nil {
		return &Block{Kind: KindPrivateKey, DER: data}
	}
	b := &Block{Kind: KindPrivateKey, Label: p.Type, DER: p.Bytes}
	for name, value := range p.Headers {
		b.Headers = append(b.Headers, Header{name, value})
	}
	slices.SortFunc(b.Headers, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return b
}

// keyCodes are the codes of findings, in their order.
func keyCodes(fs []finding.Finding) string {
	var codes []string
	for _, f := range fs {
		codes = append(codes, string(f.Code))
	}
	return strings.Join(codes, " ")
}

// TEST ONLY: parameters for DSA keys, because making them takes long.
const dsaTestParameters = `-----BEGIN DSA PARAMETERS-----
MIIBJgKBgQCE6iFi6l2TCy/LeAVroFOIuiAXiwlx0fkSMKBAxcJ/BS0/BI/wMS9V
g+smIfFxowlC0kicOcWynAGRombCz7y8DKC9lS66Cpf9CnuheBnZxU4VOybJiXKu
1gqWXJehOI/pt/fFVKNgRavE3clbfv26pgA7pxY3KNpPy8JZPKZjPQIdAJxGVU2P
mo9N/xErU/fcvTZO4EtQOFOrubH0OjsCgYAjS0k0SmQeqvPGEdsRz7kJdbi5+N6/
s6AwzFIfa0vOkw0aXk4xj0eDg5vbyf/YPIw5ZLc5e8ky3hq92MBLrrPVLCQs7lSG
mXH4hXM3gklgsQ+fUwmgPaaqQd45rO9U2aciKOu24zbrou5zovdTKtWNP+iKttUH
sbwcgcFB9B4tpw==
-----END DSA PARAMETERS-----
`

// opensslKeys is how to make a key of each type, and whether there is a
// traditional form of it.
var opensslKeys = []struct {
	name        string
	traditional string // What PrivateKey.Format returns for it.
	args        []string
}{
	{"rsa", "PKCS#1", []string{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"}},
	{"rsa-three-primes", "PKCS#1", []string{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1536", "-pkeyopt", "rsa_keygen_primes:3"}},
	{"rsa-pss", "", []string{"genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"}},
	{"rsa-pss-sha256", "", []string{"genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024", "-pkeyopt", "rsa_pss_keygen_md:sha256", "-pkeyopt", "rsa_pss_keygen_saltlen:32"}},
	{"P-224", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "secp224r1"}},
	{"P-256", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "prime256v1"}},
	{"P-384", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "secp384r1"}},
	{"P-521", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "secp521r1"}},
	{"secp256k1", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "secp256k1"}},
	{"brainpoolP256r1", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "brainpoolP256r1"}},
	{"brainpoolP384r1", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "brainpoolP384r1"}},
	{"brainpoolP512r1", "SEC1", []string{"ecparam", "-genkey", "-noout", "-name", "brainpoolP512r1"}},
	{"SM2", "", []string{"genpkey", "-algorithm", "SM2"}},
	{"SM2-as-EC", "", []string{"ecparam", "-genkey", "-noout", "-name", "SM2"}},
	{"Ed25519", "", []string{"genpkey", "-algorithm", "ED25519"}},
	{"Ed448", "", []string{"genpkey", "-algorithm", "ED448"}},
	{"X25519", "", []string{"genpkey", "-algorithm", "X25519"}},
	{"X448", "", []string{"genpkey", "-algorithm", "X448"}},
	{"DSA", "DSA", []string{"gendsa", "PARAMETERS"}},
}

// opensslEncryptions is how to encrypt a key, and what it is then called.
var opensslEncryptions = []struct {
	name   string
	args   []string
	legacy bool // OpenSSL needs its legacy provider.
	weak   bool
}{
	{"PBES2 (PBKDF2-HMAC-SHA256, AES-128-CBC)", []string{"-v2", "aes-128-cbc"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA256, AES-192-CBC)", []string{"-v2", "aes-192-cbc"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", []string{"-v2", "aes-256-cbc"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA256, DES-EDE3-CBC)", []string{"-v2", "des3"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA256, DES-CBC)", []string{"-v2", "des"}, true, true},
	{"PBES2 (PBKDF2-HMAC-SHA256, RC2-CBC, 128 bits)", []string{"-v2", "rc2"}, true, true},
	{"PBES2 (PBKDF2-HMAC-SHA256, RC2-CBC, 64 bits)", []string{"-v2", "rc2-64-cbc"}, true, true},
	{"PBES2 (PBKDF2-HMAC-SHA256, RC2-CBC, 40 bits)", []string{"-v2", "rc2-40-cbc"}, true, true},
	{"PBES2 (PBKDF2-HMAC-SHA256, SM4-CBC)", []string{"-v2", "sm4-cbc"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA1, AES-256-CBC)", []string{"-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA224, AES-256-CBC)", []string{"-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA224"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA384, AES-256-CBC)", []string{"-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA384"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA512, AES-256-CBC)", []string{"-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA512-224, AES-256-CBC)", []string{"-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512-224"}, false, false},
	{"PBES2 (PBKDF2-HMAC-SHA512-256, AES-256-CBC)", []string{"-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512-256"}, false, false},
	{"PBES2 (scrypt, AES-256-CBC)", []string{"-v2", "aes-256-cbc", "-scrypt", "-scrypt_N", "1024"}, false, false},
	{"PBES1 (MD5, DES-CBC)", []string{"-v1", "PBE-MD5-DES"}, true, true},
	{"PBES1 (SHA-1, DES-CBC)", []string{"-v1", "PBE-SHA1-DES"}, true, true},
	{"PBES1 (MD5, RC2-64-CBC)", []string{"-v1", "PBE-MD5-RC2-64"}, true, true},
	{"PBES1 (SHA-1, RC2-64-CBC)", []string{"-v1", "PBE-SHA1-RC2-64"}, true, true},
	{"PKCS#12 PBE (SHA-1, DES-EDE3-CBC)", []string{"-v1", "PBE-SHA1-3DES"}, false, true},
	{"PKCS#12 PBE (SHA-1, DES-EDE-CBC)", []string{"-v1", "PBE-SHA1-2DES"}, false, true},
	{"PKCS#12 PBE (SHA-1, RC2-CBC)", []string{"-v1", "PBE-SHA1-RC2-128"}, true, true},
	{"PKCS#12 PBE (SHA-1, RC2-40-CBC)", []string{"-v1", "PBE-SHA1-RC2-40"}, true, true},
	{"PKCS#12 PBE (SHA-1, RC4-128)", []string{"-v1", "PBE-SHA1-RC4-128"}, true, true},
	{"PKCS#12 PBE (SHA-1, RC4-40)", []string{"-v1", "PBE-SHA1-RC4-40"}, true, true},
}

// opensslUnsupported are schemes that are named and not opened.
var opensslUnsupported = []struct {
	name string
	args []string
}{
	{"PBES2 (PBKDF2-HMAC-SHA256, Camellia-256-CBC)", []string{"-v2", "camellia-256-cbc"}},
	{"PBES2 (PBKDF2-HMAC-SHA256, ARIA-128-CBC)", []string{"-v2", "aria-128-cbc"}},
	{"PBES2 (PBKDF2-HMAC-SHA256, SEED-CBC)", []string{"-v2", "seed"}},
	{"PBES2 (PBKDF2-HMAC-SHA256, 2.16.840.1.101.3.4.1.44)", []string{"-v2", "aes-256-cfb"}},
}

var opensslDEKCiphers = []struct {
	name, arg string
	legacy    bool
}{
	{"AES-128-CBC", "-aes128", false},
	{"AES-192-CBC", "-aes192", false},
	{"AES-256-CBC", "-aes256", false},
	{"DES-EDE3-CBC", "-des3", false},
	{"SM4-CBC", "-sm4-cbc", false},
	{"DES-CBC", "-des", true},
	{"RC2-CBC", "-rc2", true},
}

// hasLegacyProvider says whether this OpenSSL can still write DES and RC2.
func hasLegacyProvider(t *testing.T) bool {
	err := exec.Command(opensslBinary(t), "list", "-providers", "-provider", "legacy").Run()
	if err != nil {
		t.Log("NOT TESTED: this openssl has no legacy provider, so DES and RC2 are left out")
	}
	return err == nil
}

// withProviders adds the legacy provider to the arguments of a command.
func withProviders(legacy bool, command string, args ...string) []string {
	if legacy {
		args = append([]string{"-provider", "legacy", "-provider", "default"}, args...)
	}
	return append([]string{command}, args...)
}

// TestPrivateKeyOpenSSL opens keys of every type in every form and encryption
// that the openssl on this machine writes.
func TestPrivateKeyOpenSSL(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED in short mode: some hundred calls of openssl")
	}
	legacy := hasLegacyProvider(t)
	parameters := filepath.Join(t.TempDir(), "dsa.pem")
	if err := os.WriteFile(parameters, []byte(dsaTestParameters), 0o600); err != nil {
		t.Fatal(err)
	}
	const password = "pässwörd 密"
	for _, kind := range opensslKeys {
		t.Run(kind.name, func(t *testing.T) {
			args := slices.Clone(kind.args)
			if i := slices.Index(args, "PARAMETERS"); i >= 0 {
				args[i] = parameters
			}
			source := openssl(t, nil, args...)
			publicDER := openssl(t, source, "pkey", "-pubout", "-outform", "DER")
			public, err := ParsePublicKey(publicDER)
			if err != nil {
				t.Fatal(err)
			}
			other, err := ParsePublicKey(openssl(t, openssl(t, nil, args...), "pkey", "-pubout", "-outform", "DER"))
			if err != nil {
				t.Fatal(err)
			}

			var encoding []byte
			check := func(t *testing.T, data []byte, format, encryption, codes string) {
				t.Helper()
				var pass []byte
				if encryption != "" {
					pass = []byte(password)
				}
				key, fs := openPrivateKey(keyBlock(t, data), pass, finding.Where{})
				if key == nil || keyCodes(fs) != codes {
					t.Fatalf("findings %v; want [%s]", fs, codes)
				}
				if key.Format() != format || key.Encryption() != encryption {
					t.Errorf("format %q, encryption %q; want %q, %q", key.Format(), key.Encryption(), format, encryption)
				}
				if !key.Matches(public) || key.Matches(other) {
					t.Errorf("matches its own key: %v, another: %v", key.Matches(public), key.Matches(other))
				}
				if !bytes.Equal(key.Public().SPKI(), publicDER) {
					t.Errorf("public key\n%x, want\n%x", key.Public().SPKI(), publicDER)
				}
				own, err := key.PKCS8()
				if err != nil {
					t.Fatal(err)
				}
				if encoding == nil {
					encoding = own
					if got := openssl(t, own, "pkey", "-inform", "DER", "-pubout", "-outform", "DER"); !bytes.Equal(got, publicDER) {
						t.Errorf("openssl reads another public key from the encoding: %x", got)
					}
				}
				if !bytes.Equal(own, encoding) {
					t.Error("the encoding differs from that of another form of the same key")
				}
				if encryption == "" {
					return
				}
				if key, fs := openPrivateKey(keyBlock(t, data), []byte(password+"!"), finding.Where{}); key != nil || keyCodes(fs) != "private-key-password-wrong" {
					t.Errorf("wrong password: %v", fs)
				}
				if key, fs := openPrivateKey(keyBlock(t, data), nil, finding.Where{}); key != nil || keyCodes(fs) != "private-key-encrypted" {
					t.Errorf("no password: %v", fs)
				}
			}

			plain := openssl(t, source, "pkcs8", "-topk8", "-nocrypt")
			check(t, plain, "PKCS#8", "", "")
			check(t, openssl(t, source, "pkcs8", "-topk8", "-nocrypt", "-outform", "DER"), "PKCS#8", "", "")
			if kind.traditional != "" {
				check(t, openssl(t, source, "pkey", "-traditional"), kind.traditional, "", "")
				check(t, openssl(t, source, "pkey", "-traditional", "-outform", "DER"), kind.traditional, "", "")
				for _, c := range opensslDEKCiphers {
					if c.legacy && !legacy {
						continue
					}
					data := openssl(t, source, withProviders(c.legacy, "pkey", "-traditional", c.arg, "-passout", "pass:"+password)...)
					check(t, data, kind.traditional, "DEK-Info "+c.name, "private-key-weak-encryption")
				}
			}
			for i, e := range opensslEncryptions {
				if e.legacy && !legacy {
					continue
				}
				args := append([]string{"-topk8", "-passout", "pass:" + password}, e.args...)
				if i%2 == 1 {
					args = append(args, "-outform", "DER")
				}
				codes := ""
				if e.weak {
					codes = "private-key-weak-encryption"
				}
				check(t, openssl(t, plain, withProviders(e.legacy, "pkcs8", args...)...), "PKCS#8", e.name, codes)
			}
		})
	}

	// An empty password is one, too.
	t.Run("empty", func(t *testing.T) {
		source := openssl(t, nil, "ecparam", "-genkey", "-noout", "-name", "prime256v1")
		for _, e := range [][]string{{"-v2", "aes-256-cbc"}, {"-v1", "PBE-SHA1-3DES"}} {
			data := openssl(t, source, append([]string{"pkcs8", "-topk8", "-passout", "pass:"}, e...)...)
			if key, fs := openPrivateKey(keyBlock(t, data), []byte{}, finding.Where{}); key == nil {
				t.Errorf("%v: %v", e, fs)
			}
			if key, fs := openPrivateKey(keyBlock(t, data), nil, finding.Where{}); key != nil || keyCodes(fs) != "private-key-encrypted" {
				t.Errorf("%v, no password: %v", e, fs)
			}
		}
	})

	t.Run("unsupported", func(t *testing.T) {
		if !legacy {
			t.Skip("SKIPPED: this openssl has no legacy provider")
		}
		source := openssl(t, nil, "ecparam", "-genkey", "-noout", "-name", "prime256v1")
		for _, e := range opensslUnsupported {
			args := append([]string{"-topk8", "-passout", "pass:" + password}, e.args...)
			data := openssl(t, source, withProviders(true, "pkcs8", args...)...)
			for _, pass := range [][]byte{nil, []byte(password)} {
				key, fs := openPrivateKey(keyBlock(t, data), pass, finding.Where{})
				if key != nil || keyCodes(fs) != "private-key-encryption-unsupported" || fs[0].Data[0].Value != e.name {
					t.Errorf("%s: %v", e.name, fs)
				}
			}
		}
	})
}
