package text_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/certparse/text"
	"github.com/certloupe/certloupe/internal/safetext"
)

// checkText fails unless the text is within its bounds, printable, and has the
// layout that the certificate calls for and no line more.
func checkText(t testing.TB, c *certparse.Certificate, got string) {
	t.Helper()
	if len(got) > text.MaxSize {
		t.Fatalf("the text has %d bytes", len(got))
	}
	if !utf8.ValidString(got) {
		t.Fatalf("the text is not UTF-8: %q", got)
	}
	for _, r := range got {
		if r != '\n' && !safetext.Printable(r) {
			t.Fatalf("%q is in the text: %q", r, got)
		}
	}
	if !strings.HasSuffix(got, "\n") {
		t.Fatal("the last line has no end")
	}
	// Below four blanks stand the data and the signature, below eight the fields,
	// below twelve in their section the extensions: what an author could fake.
	var top, fields, titles []string
	inExtensions := false
	for line := range strings.SplitSeq(strings.TrimSuffix(got, "\n"), "\n") {
		word := strings.TrimLeft(line, " ")
		switch indent := len(line) - len(word); {
		case indent <= 4:
			top = append(top, before(word))
			inExtensions = false
		case indent == 8:
			inExtensions = word == "X509v3 extensions:"
			if word = before(word); !strings.HasSuffix(word, "Unique ID") && word != "X509v3 extensions" && word != "Parameters" && word != "Algorithm Identifier" {
				fields = append(fields, word)
			}
		case indent == 12 && inExtensions:
			titles = append(titles, word)
		}
	}
	if s := strings.Join(top, "|"); s != "Certificate|Data|Signature Algorithm" {
		t.Fatalf("the sections are %s in\n%s", s, got)
	}
	if s := strings.Join(fields, "|"); s != "Version|Serial Number|Signature Algorithm|Issuer|Validity|Subject|Subject Public Key Info" {
		t.Fatalf("the fields are %s in\n%s", s, got)
	}
	if want := len(c.Extensions()) + len(c.UnreadExtensions()); len(titles) != want {
		t.Fatalf("%d extensions are in the text, not %d: %q in\n%s", len(titles), want, titles, got)
	}
}

func before(line string) string {
	word, _, _ := strings.Cut(line, ":")
	return word
}

// hostile are strings that would harm a terminal or fake a line.
var hostile = []string{
	"x\n        Issuer: CN=Somebody Else",
	"x\n            X509v3 Basic Constraints: critical\n                CA:TRUE",
	"x\n    Signature Algorithm: SHA256-RSA\n",
	"x\nCertificate:\n",
	"\x1b[2J\x1b]0;title\a",
	"\u202egpj.exe",
	"a\u200bb\u2066c\u2028d\u2029e\u0085f\u00a0g\ufeffh",
	"\r\x00\x7f\t\v\b",
	"\xff\xfe\xc0\x80",
	"        X509v3 extensions:\n",
}

func TestInjection(t *testing.T) {
	for _, s := range hostile {
		bmp := []byte{}
		for _, b := range []byte(s) {
			bmp = append(bmp, 0, b)
		}
		p := parts{
			issuer: seq(attribute("2.5.4.3", utf8String(s)), attribute("2.5.4.10", str(0x14, s)), attribute("1.2.3.4", tlv(0x1e, bmp)), attribute("2.5.4.6", str(0x13, s))),
			subject: seq(attribute("2.5.4.3", str(0x16, s)), tlv(0x31, seq(oid("2.5.4.5"), str(0x1c, s)),
				seq(oid("2.5.4.11"), utf8String(s+s)))),
			validity: dates(s, s),
			extensions: [][]byte{
				ext("2.5.29.17", false, seq(str(0x82, s), str(0x81, s), str(0x86, s), general(4, commonName(s)),
					general(0, oid("1.3.6.1.4.1.311.20.2.3"), general(0, utf8String(s))))),
				ext("2.5.29.30", false, seq(general(0, seq(str(0x82, s))))),
				ext("2.5.29.31", false, seq(seq(general(0, general(1, seq(oid("2.5.4.3"), utf8String(s))))))),
				ext("2.5.29.32", false, seq(seq(oid("1.2.3"), seq(
					seq(oid("1.3.6.1.5.5.7.2.1"), str(0x16, s)),
					seq(oid("1.3.6.1.5.5.7.2.2"), seq(utf8String(s))))))),
				ext("2.16.840.1.113730.1.13", false, str(0x16, s)),
				ext("1.3.6.1.4.1.311.20.2", false, utf8String(s)),
				ext("2.23.140.3.1", false, seq(str(0x13, s), str(0x13, s), utf8String(s))),
				ext(stepProvisioner, false, seq(integer(1), octets([]byte(s)), octets([]byte(s)), seq(utf8String(s), utf8String(s)))),
				ext("1.3.6.1.4.1.37476.9000.64.2", false, seq(utf8String(s), utf8String(s))),
				ext("1.3.6.1.4.1.37476.9000.64.3", false, seq(integer(1), utf8String(s))),
				ext("1.3.6.1.4.1.37476.9000.64.4", false, seq(tlv(0x1e, bmp))),
				ext("1.3.6.1.4.1.57264.1.1", false, []byte(s)),
				ext("1.3.6.1.4.1.57264.1.6", false, []byte(s)),
				ext("1.2.3.4.5", false, []byte(s)),
			},
		}
		c := parse(t, p.der())
		checkText(t, c, text.Certificate(c))
	}
}

// TestOneReading has values that look like two.
func TestOneReading(t *testing.T) {
	c := parse(t, parts{
		issuer: seq(attribute("2.5.4.3", utf8String("a,CN=b")), attribute("2.5.4.3", utf8String("#0500")),
			attribute("2.5.4.3", utf8String("a ")), attribute("2.5.4.3", utf8String("a  b"))),
		subject: commonName(`a" \u{a}`),
		extensions: [][]byte{ext("2.5.29.17", false, seq(
			str(0x82, "a.example, DNS:b.example"),
			str(0x82, " c.example"),
			general(0, oid("1.2.3.4"), general(0, utf8String("d, DNS:e.example"))),
		))},
	}.der())
	got := text.Certificate(c)
	for _, want := range []string{
		`Issuer: CN="a,CN=b",CN="#0500",CN="a ",CN="a  b"` + "\n",
		`Subject: CN="a\" \\u{a}"` + "\n",
		`DNS:"a.example, DNS:b.example", DNS:" c.example", otherName:"1.2.3.4:d, DNS:e.example"` + "\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

// TestBounded has certificates that are large in one place after the other.
func TestBounded(t *testing.T) {
	const size = 900 << 10 // certparse reads certificates up to 1 MiB.
	big := bytes.Repeat([]byte{0x81}, size)
	many := func(n int, part []byte) []byte { return bytes.Repeat(part, n) }
	extensions := func(n int, x []byte) [][]byte {
		xs := make([][]byte, n)
		for i := range xs {
			xs[i] = x
		}
		return xs
	}
	for name, p := range map[string]parts{
		"serial number":     {serial: integer(big...)},
		"version":           {version: tlv(0xa0, integer(big...))},
		"long name":         {issuer: seq(attribute("2.5.4.3", tlv(0x14, big)))},
		"name of many":      {subject: seq(many(size/20, attribute("2.5.4.3", tlv(0x14, big[:7]))))},
		"long attribute":    {subject: seq(attribute("2.5.4.3", tlv(0x14, big[:60000])))},
		"attribute's type":  {subject: seq(tlv(0x31, seq(tlv(6, append(many(50000, []byte{1}), 1)), utf8String("x"))))},
		"date":              {validity: seq(tlv(0x17, big[:60000]), tlv(0x17, big))},
		"dates":             {validity: seq(tlv(0x17, big[:30000]), tlv(0x17, big[:30000]))},
		"algorithm":         {algorithm: seq(tlv(6, append(many(size/3, []byte{1}), 1)))},
		"parameters":        {algorithm: seq(oid("1.2.3"), tlv(4, big[:size/3]))},
		"RSA key":           {key: spki(seq(oid("1.2.840.113549.1.1.1"), null), seq(integer(append([]byte{0}, big...)...), integer(3)))},
		"unknown key":       {key: spki(seq(tlv(6, append(many(size/2, []byte{1}), 1)), tlv(4, big[:size/8])), big[:size/8])},
		"unique identifier": {uniqueIDs: append(tlv(0x81, big[:size/2]), tlv(0x82, big[:size/2])...)},
		"signature":         {signature: bits(big...)},
		"unknown extension": {extensions: extensions(1, ext("1.2.3.4", false, big))},
		"names":             {extensions: extensions(1, ext("2.5.29.17", false, seq(many(size/10, str(0x82, "a.b.c.de")))))},
		"some names":        {extensions: extensions(1, ext("2.5.29.17", false, seq(many(30000, str(0x82, "")))))},
		"reasons":           {extensions: extensions(1, ext("2.5.29.31", false, seq(many(5000, seq(general(0, general(0, str(0x86, ""))), tlv(0x81, []byte{7, 0x7f, 0x80}))))))},
		"many extensions":   {extensions: extensions(999, ext("1.2.3.4", false, big[:900]))},
		"many firmwares":    {extensions: extensions(999, ext("1.3.6.1.4.1.41482.3.3", false, big[:900]))},
		"many provisioners": {extensions: extensions(60, ext(stepProvisioner, false, seq(integer(1), octets(big[:16000]), octets(nil))))},
		"many oids":         {extensions: extensions(999, seq(tlv(6, append(many(900, []byte{1}), 1)), octets(nil)))},
		"more extensions":   {extensions: extensions(5000, ext("1.2.3.4", false, big[:100]))},
		"no extensions":     {extensions: extensions(5000, integer(1, 2, 3))},
	} {
		t.Run(name, func(t *testing.T) {
			c := parse(t, p.der())
			checkText(t, c, text.Certificate(c))
		})
	}
}

// FuzzText looks for certificates whose text is not what it promises to be.
func FuzzText(f *testing.F) {
	for _, p := range []parts{rsaLeaf(), ecdsaCA(), sm2Certificate(), oddCertificate()} {
		f.Add(p.der())
	}
	for _, test := range keyTests {
		f.Add(parts{key: test.spki()}.der())
	}
	for _, test := range extensionTests {
		f.Add(parts{key: p256Key(), extensions: [][]byte{ext(test.oid, false, test.value)}}.der())
	}
	for _, s := range hostile {
		f.Add(parts{key: p256Key(), subject: commonName(s), extensions: [][]byte{ext("1.3.6.1.4.1.57264.1.1", false, []byte(s))}}.der())
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := certparse.ParseCertificate(der)
		if err != nil {
			t.Skip()
		}
		got := text.Certificate(c)
		checkText(t, c, got)
		if got != text.Certificate(c) {
			t.Fatal("the text is not always the same")
		}
		// Where crypto/x509 reads the certificate too, it must agree.
		if strict, err := x509.ParseCertificate(der); err == nil {
			for _, name := range strict.DNSNames {
				if shown := safetext.String(name); !strings.ContainsAny(name, `,+"\ #`) && !strings.Contains(got, "DNS:"+shown) {
					t.Fatalf("the name %s is missing in\n%s", shown, got)
				}
			}
			if serial := strict.SerialNumber.String(); len(serial) < 100 && !strings.Contains(got, "Serial Number: "+serial+" (") {
				t.Fatalf("the serial number %s is missing in\n%s", serial, got)
			}
		}
	})
}

// TestGoldenIsReadable makes sure that the golden files hold the certificates
// whose text they show, for those who look at them with other tools.
func TestGoldenIsReadable(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) != 4 {
		t.Fatal("there are not four golden files", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archive := txtar.Parse(data)
		block, _ := pem.Decode(archive.Files[0].Data)
		if block == nil {
			t.Fatal(file, "has no certificate")
		}
		c := parse(t, block.Bytes)
		checkText(t, c, text.Certificate(c))
	}
}
