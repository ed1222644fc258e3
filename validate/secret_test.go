package validate_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
)

// TestNoSecretInReports judges every case and looks for key material in whatever
// comes out of it: the secret numbers of every test key in hexadecimal, base64
// and decimal, lines of the PEM text of every private key that is part of the
// upload, and passwords.
func TestNoSecretInReports(t *testing.T) {
	numbers := keyNumbers(t)
	lines := 0
	for _, c := range loadCases(t) {
		for _, variant := range c.Variants() {
			report := run(t, c, variant)
			out := string(report.JSON()) + fmt.Sprintf("%v %+v %#v", report.Findings, report.Findings, report.Findings)
			for name, forms := range numbers {
				for _, form := range forms {
					if strings.Contains(out, form) {
						t.Errorf("%s: the report shows a number of the key %s: %.20s…", c.Name, name, form)
					}
				}
			}
			for name, data := range c.Files(variant) {
				if strings.HasPrefix(name, "password") && len(strings.TrimSpace(string(data))) > 3 &&
					strings.Contains(out, strings.TrimSpace(string(data))) {
					t.Errorf("%s: the report shows the password", c.Name)
				}
				for _, line := range privateLines(data) {
					lines++
					if strings.Contains(out, line) {
						t.Errorf("%s: the report shows a line of the private key in %s: %.20s…", c.Name, name, line)
					}
				}
			}
		}
	}
	if lines < 1000 {
		t.Errorf("only %d lines of private keys were looked for", lines)
	}
}

// privateLines are the base64 lines of the private keys in a text that stand
// nowhere else in it.
func privateLines(data []byte) (lines []string) {
	text := strings.ReplaceAll(string(data), `\n`, "\n")
	for {
		begin := strings.Index(text, "PRIVATE KEY-----")
		if begin < 0 {
			return lines
		}
		text = text[begin+len("PRIVATE KEY-----"):]
		body, _, _ := strings.Cut(text, "-----END")
		for _, line := range strings.Fields(body) {
			if len(line) >= 40 && len(line) <= 76 && !strings.ContainsAny(line, ":-") {
				lines = append(lines, line)
			}
		}
	}
}

// keyNumbers are the secret numbers of the test keys in the forms in which they
// could appear.
func keyNumbers(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../testdata/keys/*.pem")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test keys: %v", err)
	}
	numbers := map[string][]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(text)
		var secrets []*big.Int
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			if key, err = smx509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
				continue // DSA, which neither reads.
			}
		}
		switch key := key.(type) {
		case *rsa.PrivateKey:
			secrets = append([]*big.Int{key.D}, key.Primes...)
		case *ecdsa.PrivateKey:
			secrets = append(secrets, key.D)
		case *gmsm.PrivateKey:
			secrets = append(secrets, key.D)
		case ed25519.PrivateKey:
			secrets = append(secrets, new(big.Int).SetBytes(key.Seed()))
		default:
			t.Fatalf("%s: %T", name, key)
		}
		for _, n := range secrets {
			b := n.Bytes()
			numbers[name] = append(numbers[name], n.String(), hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)),
				base64.StdEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b))
		}
	}
	if len(numbers) < 10 {
		t.Errorf("only %d keys were looked for", len(numbers))
	}
	return numbers
}

// An input that had to be repaired and holds a private key is withheld from the report.
func TestRepairedKeyIsWithheld(t *testing.T) {
	damaged := strings.Replace(exampleKey, "-----BEGIN PRIVATE KEY-----", "-----BEGINPRIVATE KEY-----", 1)
	report := validate.Upload(&validate.Bundle{Certificate: []byte(exampleCertificate), PrivateKey: []byte(damaged)}, validate.Options{})
	if len(report.Repaired) != 1 || report.Repaired[0].PEM != nil {
		t.Errorf("repaired: %+v", report.Repaired)
	}
	if out := string(report.JSON()); strings.Contains(out, strings.Split(exampleKey, "\n")[1]) {
		t.Error("the report holds the private key")
	}
	doc := certparse.Parse([]byte(damaged), certparse.Options{})
	if len(doc.PrivateKeys()) != 1 || string(doc.Repaired) != exampleKey {
		t.Error("the key could not be repaired at all")
	}
}
