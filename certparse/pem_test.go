package certparse

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

func TestEncodePEMAgreesWithStandardLibrary(t *testing.T) {
	der := make([]byte, 200)
	rand.Read(der)
	for n := range len(der) {
		want := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der[:n]})
		if got := EncodePEM("CERTIFICATE", der[:n]); !bytes.Equal(got, want) {
			t.Fatalf("%d bytes are encoded as\n%s, want\n%s", n, got, want)
		}
		if n == 0 {
			continue
		}
		b, end, ok := cleanBlock(want, 0, nil)
		if !ok || end != len(want)-1 || !bytes.Equal(b.DER, der[:n]) {
			t.Fatalf("%d bytes do not survive", n)
		}
	}
}

// Every departure from the strict grammar must be left to the tolerant reader.
func TestCleanBlockIsStrict(t *testing.T) {
	for i := range len(testCertPEM) - 1 {
		for _, c := range []byte{' ', '\n', '-', '=', 'A', 0} {
			text := []byte(testCertPEM)
			if text[i] == c {
				continue
			}
			text[i] = c
			b, _, ok := cleanBlock(text, 0, nil)
			want, rest := pem.Decode(text)
			if ok && (want == nil || len(rest) > 0 || !bytes.Equal(want.Bytes, b.DER)) {
				t.Errorf("byte %d as %q: read, but encoding/pem reads something else", i, c)
			}
		}
		if _, _, ok := cleanBlock([]byte(testCertPEM[:i]), 0, nil); ok {
			t.Errorf("the first %d bytes are read as a block", i)
		}
	}
}

func TestBlockPEM(t *testing.T) {
	d := Parse(testCertDER, Options{})
	if len(d.Blocks) != 1 || d.Text || d.Blocks[0].Label != "" || len(d.Findings) > 0 || d.Repaired != nil {
		t.Fatalf("DER is read as %d blocks with %q", len(d.Blocks), places(d.Findings))
	}
	if got := string(d.Blocks[0].PEM()); got != testCertPEM {
		t.Errorf("the block is\n%s", got)
	}
	if got := (&Block{DER: []byte("\xfe\xed\xfe\xed\x00\x00")}).PEM(); got != nil {
		t.Errorf("a Java keystore has the PEM form %q", got)
	}
}

func TestDERInput(t *testing.T) {
	latin1 := func(b []byte) string {
		var rs []rune
		for _, c := range b {
			rs = append(rs, rune(c))
		}
		return string(rs)
	}
	for _, test := range []struct {
		name, input string
		want        []string
		kind        Kind
	}{
		{"certificate", string(testCertDER), nil, KindCertificate},
		{"key", string(testPKCS8DER), nil, KindPrivateKey},
		{"short key", string(testSEC1DER), nil, KindPrivateKey},
		{"truncated", string(testCertDER[:200]), []string{"pem-truncated"}, KindCertificate},
		{"unknown", "\x30\x03\x02\x01\x81", []string{"input-unrecognized"}, KindUnknown},
		{"keystore that is cut off", "\xfe\xed\xfe\xed\x00\x00\x00\x02", []string{"container-malformed"}, KindJavaKeystore},
		{"PKCS#7 with trailing bytes", string(testPKCS7DER) + "\n", []string{"der-trailing-bytes"}, KindPKCS7},
		{"read as Latin-1", latin1(testCertDER), []string{"der-read-as-text"}, KindCertificate},
		{"read as UTF-8", strings.ToValidUTF8(string(testCertDER), "\ufffd"), []string{"der-read-as-text"}, KindUnknown},
		{"empty", "", []string{"input-empty"}, KindUnknown},
		{"blank", " \r\n\t", []string{"input-empty"}, KindUnknown},
		{"mark only", "\ufeff\n", []string{"input-empty"}, KindUnknown},
		{"UTF-16 blanks", "\xff\xfe \x00\n\x00", []string{"input-empty"}, KindUnknown},
		{"words", "0 of 3 certificates", []string{"input-unrecognized"}, KindUnknown},
		{"digits", "0123456789", []string{"input-unrecognized"}, KindUnknown},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00\x00", []string{"input-unrecognized"}, KindUnknown},
	} {
		d := Parse([]byte(test.input), Options{})
		if got := places(d.Findings); !slices.Equal(got, test.want) {
			t.Errorf("%s: findings are %q, want %q", test.name, got, test.want)
		}
		if kind := KindUnknown; len(d.Blocks) > 0 {
			if kind = d.Blocks[0].Kind; kind != test.kind {
				t.Errorf("%s: the kind is %d, want %d", test.name, kind, test.kind)
			}
		} else if test.kind != KindUnknown {
			t.Errorf("%s: there is no block", test.name)
		}
		if d.Text != (test.name == "words" || test.name == "digits" || test.name == "mark only" || test.name == "UTF-16 blanks") {
			t.Errorf("%s: Text is %t", test.name, d.Text)
		}
	}
	d := Parse([]byte(latin1(testCertDER)), Options{})
	if string(d.Repaired) != testCertPEM || !d.Blocks[0].Repaired {
		t.Errorf("DER read as Latin-1 is repaired to\n%s", d.Repaired)
	}
}

func TestBlocksOfManyKinds(t *testing.T) {
	block := func(label, der string) string { return string(EncodePEM(label, []byte(der))) }
	signed := string(testPKCS7DER)
	openSSH := "openssh-key-v1\x00\x00\x00\x00\x04none"
	trust := "\x30\x03\x0c\x01a"
	for _, test := range []struct {
		name, input string
		want        []string
		kind        Kind
		label       string
	}{
		{"PKCS#8", testPKCS8PEM, nil, KindPrivateKey, "PRIVATE KEY"},
		{"SEC 1", testSEC1PEM, nil, KindPrivateKey, "EC PRIVATE KEY"},
		{"SEC 1 as SM2", strings.ReplaceAll(testSEC1PEM, "EC ", "SM2 "), nil, KindPrivateKey, "SM2 PRIVATE KEY"},
		{"PKCS#8 as RSA", strings.ReplaceAll(testPKCS8PEM, "PRIV", "RSA PRIV"), []string{"pem-label-wrong@0:1#1"}, KindPrivateKey, "PRIVATE KEY"},
		{"SEC 1 as PKCS#8", strings.ReplaceAll(testSEC1PEM, "EC ", ""), []string{"pem-label-wrong@0:1#1"}, KindPrivateKey, "EC PRIVATE KEY"},
		{"a key as certificate", strings.ReplaceAll(testPKCS8PEM, "PRIVATE KEY", "CERTIFICATE"), []string{"pem-label-wrong@0:1#1"}, KindPrivateKey, "PRIVATE KEY"},
		{"parameters", testParametersPEM, nil, KindParameters, "EC PARAMETERS"},
		{"parameters and key", testParametersPEM + testSEC1PEM, []string{"key-parameters-block@0:1#1"}, KindParameters, "EC PARAMETERS"},
		{"parameters and certificate", testParametersPEM + testCertPEM, nil, KindParameters, "EC PARAMETERS"},
		{"PKCS#7", block("PKCS7", signed), nil, KindPKCS7, "PKCS7"},
		{"CMS", block("CMS", signed), nil, KindPKCS7, "CMS"},
		{"PKCS#7 as certificate", block("CERTIFICATE", signed), []string{"pem-label-wrong@0:1#1"}, KindPKCS7, "PKCS7"},
		{"OpenSSH", block("OPENSSH PRIVATE KEY", openSSH), nil, KindOpenSSHKey, "OPENSSH PRIVATE KEY"},
		{"no certificate", block("CERTIFICATE", "\x30\x03\x02\x01\x05"), []string{"der-malformed@0:1#1"}, KindCertificate, "CERTIFICATE"},
		{"no request", block("CERTIFICATE REQUEST", "\x30\x03\x02\x01\x05"), []string{"der-malformed@0:1#1"}, KindCertificateRequest, "CERTIFICATE REQUEST"},
		{"DH parameters", block("DH PARAMETERS", "\x30\x06\x02\x01\x05\x02\x01\x02"), []string{"pem-block-ignored@0:1#1"}, KindUnknown, "DH PARAMETERS"},
		{"unknown", block("FOO BAR", "hello"), []string{"pem-block-ignored@0:1#1"}, KindUnknown, "FOO BAR"},
		{"OpenPGP", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBFg\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n", []string{"pem-block-ignored@0:1#1"}, KindUnknown, "PGP PUBLIC KEY BLOCK"},
		{"trusted", block("TRUSTED CERTIFICATE", string(testCertDER)+trust), []string{"pem-label-wrong@0:1#1"}, KindCertificate, "CERTIFICATE"},
		{"text behind a certificate", block("CERTIFICATE", string(testCertDER)+trust), nil, KindCertificate, "CERTIFICATE"},
	} {
		d := Parse([]byte(test.input), Options{})
		if got := places(d.Findings); !slices.Equal(got, test.want) {
			t.Errorf("%s: findings are %q, want %q", test.name, got, test.want)
		}
		b := d.Blocks[0]
		if b.Kind != test.kind || b.Label != test.label {
			t.Errorf("%s: the block is %d %q, want %d %q", test.name, b.Kind, b.Label, test.kind, test.label)
		}
		if b.Kind == KindPrivateKey && b.PrivateKey == nil {
			t.Errorf("%s: the key was not opened", test.name)
		}
		if b.Kind == KindCertificate && (b.Certificate == nil) != (test.name == "no certificate") {
			t.Errorf("%s: the certificate is %v", test.name, b.Certificate)
		}
	}
	if d := Parse([]byte(block("TRUSTED CERTIFICATE", string(testCertDER)+trust)), Options{}); string(d.Repaired) != testCertPEM ||
		d.Findings[0].Severity != finding.Warning {
		t.Errorf("the trust settings were not taken off:\n%s", d.Repaired)
	}
}

// The headers of a traditional encrypted key stay, also through a repair.
func TestHeaders(t *testing.T) {
	//lint:ignore SA1019 the format is out of date, and in use
	b, err := x509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", testSEC1DER, []byte("test"), x509.PEMCipherAES128)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(b))
	want := []Header{{"Proc-Type", "4,ENCRYPTED"}, {"DEK-Info", b.Headers["DEK-Info"]}}
	for _, input := range []string{
		text,
		strings.Replace(text, "DEK-Info: ", "DEK-Info:\n ", 1),
		strings.ReplaceAll(text, "\n", "\r\n"),
		strings.ReplaceAll(text, "\n", `\n`),
		"  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  "),
		strings.Replace(text, "BEGIN EC", "BEGINEC", 1),
	} {
		d := Parse([]byte(input), Options{Password: []byte("test")})
		if len(d.Blocks) != 1 || !slices.Equal(d.Blocks[0].Headers, want) || d.Blocks[0].PrivateKey == nil {
			t.Errorf("%q:\nthe blocks are %+v", input, d.Blocks)
			continue
		}
		if d.Repaired != nil && string(d.Repaired) != text {
			t.Errorf("%q:\nrepaired is\n%s", input, d.Repaired)
		}
	}
	// Cut off, the content cannot be known to be whole.
	cut := strings.Replace(text, "-----END EC PRIVATE KEY-----\n", "", 1)
	if d := Parse([]byte(cut), Options{}); d.Repaired != nil || len(d.Blocks) != 1 {
		t.Errorf("an encrypted key without its end is repaired:\n%s", d.Repaired)
	}
}

func TestLimits(t *testing.T) {
	if got := places(Parse([]byte(testCertPEM), Options{MaxSize: 100}).Findings); !slices.Equal(got, []string{"input-too-large"}) {
		t.Errorf("a large input gives %q", got)
	}
	if d := Parse([]byte(testCertPEM), Options{MaxSize: len(testCertPEM)}); len(d.Findings) > 0 {
		t.Errorf("an input of exactly the limit gives %q", places(d.Findings))
	}
	small := testParametersPEM
	if d := Parse([]byte(strings.Repeat(small, MaxBlocks)), Options{}); len(d.Findings) > 0 || len(d.Blocks) != MaxBlocks {
		t.Errorf("%d blocks give %q", len(d.Blocks), places(d.Findings))
	}
	for _, small := range []string{small, " " + small} {
		d := Parse([]byte(strings.Repeat(small, MaxBlocks+1)), Options{})
		if len(d.Blocks) != MaxBlocks || d.Repaired != nil ||
			!slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.Code == "too-many-blocks" }) {
			t.Errorf("one block too many gives %d blocks and %d findings", len(d.Blocks), len(d.Findings))
		}
	}
}

func BenchmarkParsePEM(b *testing.B) {
	text := EncodePEM("CERTIFICATE", typicalLeaf(b))
	b.Run("certloupe", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			d := &Document{}
			d.readPEM(text)
			if len(d.Blocks) != 1 || len(d.Findings) > 0 {
				b.Fatal("not read")
			}
		}
	})
	b.Run("encoding/pem", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if block, _ := pem.Decode(text); block == nil {
				b.Fatal("not read")
			}
		}
	})
	b.Run("certloupe with certificate", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if d := Parse(text, Options{}); d.Blocks[0].Certificate == nil {
				b.Fatal("not read")
			}
		}
	})
	b.Run("peer with certificate", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			block, _ := pem.Decode(text)
			if _, err := x509.ParseCertificate(block.Bytes); err != nil {
				b.Fatal(err)
			}
		}
	})
	damaged := bytes.ReplaceAll(text, []byte("\n"), []byte("\\n"))
	b.Run("repair", func(b *testing.B) {
		b.SetBytes(int64(len(damaged)))
		b.ReportAllocs()
		for b.Loop() {
			if d := Parse(damaged, Options{}); d.Repaired == nil {
				b.Fatal("not repaired")
			}
		}
	})
}
