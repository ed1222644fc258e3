package certparse

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

func TestBERToDER(t *testing.T) {
	for _, test := range []struct{ name, ber, der string }{
		{"DER", "3003020101", "3003020101"},
		{"indefinite", "30800201010000", "3003020101"},
		{"indefinite in indefinite", "3080308002010100003080000000 00", "30073003020101 3000"},
		{"long length", "308400000003020101", "3003020101"},
		{"long length of a primitive", "300502820001 05", "3003020105"},
		{"octets in pieces", "240804020102 04020304", "040401020304"},
		{"octets in pieces of pieces", "2480 2404 04020102 04020304 0000", "040401020304"},
		{"no pieces", "2400", "0400"},
		{"text in pieces", "2c06 0401 61 0401 62", "0c026162"},
		{"bits in pieces", "2308 0302 00ff 0302 04f0", "030304 fff0"},
		{"bits in pieces of pieces", "230e 2304 0302 00ff 2380 0302 04f0 0000", "030304 fff0"},
		{"context-specific tags stay", "a0800201010000", "a003020101"},
		{"content that looks like an end", "3080040200000000", "300404020000"},
		{"a long tag", "3f1003020101", "3003020101"},
		{"a longer tag than that", "3f808010 80 020101 0000", "3003020101"},
		{"a long tag inside", "30061f0203000001", "3005020300 0001"},
		{"a long tag in front of a long length", "3f1081049f000101", "3003800101"},
		{"a long context-specific tag", "bf0303020101", "a303020101"},
		{"text in pieces with long tags", "3f0c06 0401 61 0401 62", "0c026162"},
		{"content of 128 bytes", "3080 04817f" + strings.Repeat("00", 127) + "0000", "308181 047f" + strings.Repeat("00", 127)},
	} {
		in, want := unhex(t, test.ber), unhex(t, test.der)
		got, c, ok := berToDER(in)
		if !ok || !bytes.Equal(got, want) {
			t.Errorf("%s: %x %v", test.name, got, ok)
		}
		if marked := c.indefinite+c.pieces+c.notMinimal+c.longTag > 0; marked != !bytes.Equal(in, want) {
			t.Errorf("%s: %+v", test.name, c)
		}
	}
	deep := bytes.Repeat([]byte{0x30, 0x80}, maxBERDepth+1)
	deep = append(deep, make([]byte, 2*(maxBERDepth+1))...)
	for name, ber := range map[string]string{
		"no end": "3080020101", "half an end": "308002010100", "a primitive without length": "0480 0000", "cut off": "3004020101",
		"trailing": "0201010500", "number among the pieces": "2403020101", "unused bits in the first piece": "2308 0302 04f0 0302 00ff",
		"bits without the number": "2302 0300", "bits in octets": "2304 040200ff", "unused bits in a piece of pieces": "230a 2304 0302 04f0 0302 00ff", "a high tag": "1f81010100", "the lowest high tag": "1f1f0100", "a tag without an end": "1f80808080808080100100", "a long tag that is none": "1f000100", "only a tag": "1f", "a long tag without a length": "1f02", "the end of nothing": "30020000", "an end with content": "3080000102 0000", "an absurd length": "3088ffffffffffffffff", "empty": "",
		"nested too deep": hex.EncodeToString(deep),
	} {
		if got, _, ok := berToDER(unhex(t, ber)); ok {
			t.Errorf("%s: %x", name, got)
		}
	}
	if _, _, ok := berToDER(deep[2 : len(deep)-2]); !ok {
		t.Error("as deep as may be is refused")
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A certificate in BER is shown as if it were DER, and stays what it is.
func TestCertificateInBER(t *testing.T) {
	der := typicalLeaf(t)
	want := mustParse(t, der)
	_, rs := testKeys()
	spki, err := x509.MarshalPKIXPublicKey(&rs.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := ParsePublicKey(spki)
	if err != nil {
		t.Fatal(err)
	}
	outer := contentOf(der)
	tbs := want.RawTBSCertificate()
	onlyOutside := append(append([]byte{0x30, 0x80}, outer...), 0, 0)
	pieces := seq(tbs, outer[len(tbs):len(outer)-len(signatureElement(want))],
		tlv(tagBitString|0x20, tlv(tagBitString, bytesOf(0), want.Signature()[:7]), tlv(tagBitString, bytesOf(0), want.Signature()[7:])))
	for _, test := range []struct {
		name  string
		ber   []byte
		codes string
		signs bool // The signature verifies, because the signed part is as it was.
	}{
		{"everything", inPieces(der, always), "der-indefinite-length der-string-in-pieces der-length-not-minimal", false},
		{"only the outside", onlyOutside, "der-indefinite-length", true},
		{"the signature", pieces, "der-string-in-pieces", true},
		{"long tags", longTags(der, always), "der-tag-long-form", false},
		{"one long tag", append([]byte{0x3f, 0x10}, der[1:]...), "der-tag-long-form", true},
		{"all of it", longTags(inPieces(der, always), always), "der-indefinite-length der-string-in-pieces der-tag-long-form", false},
		{"and something after it", append(bytes.Clone(onlyOutside), 1, 2), "der-indefinite-length der-trailing-bytes", true},
	} {
		before := bytes.Clone(test.ber)
		c, err := ParseCertificate(test.ber)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		raw := test.ber
		if strings.HasPrefix(test.name, "and") {
			raw = raw[:len(raw)-2]
		}
		sum := sha256.Sum256(raw)
		if !bytes.Equal(c.Raw(), raw) || !bytes.Equal(test.ber, before) || c.Fingerprint() != strings.ToUpper(hex.EncodeToString(sum[:])) {
			t.Errorf("%s: the bytes are not those that were given", test.name)
		}
		if !bytes.Contains(raw, c.RawTBSCertificate()) {
			t.Errorf("%s: the signed part is not as it was given", test.name)
		}
		if err := c.CheckSignature(issuer); (err == nil) != test.signs {
			t.Errorf("%s: signature: %v", test.name, err)
		}
		for _, f := range findingsOf(c) {
			if !strings.Contains(test.codes, string(f.code)) {
				t.Errorf("%s: %s", test.name, f.code)
			}
		}
		for _, code := range strings.Fields(test.codes) {
			if !hasNote(c, finding.Code(code)) {
				t.Errorf("%s: %s is missing", test.name, code)
			}
		}
		got, expected := report(c), report(want)
		// All is the same but what depends on the bytes as they were given.
		if !bytes.Equal(withoutDigests(got), withoutDigests(expected)) {
			t.Errorf("%s: it reads\n%s\nwant\n%s", test.name, got, expected)
		}
		if c.Equal(want) || !c.Equal(mustParse(t, test.ber)) {
			t.Errorf("%s: Equal", test.name)
		}
	}
	// A string in pieces anywhere is noticed, even if the certificate can be read.
	name := handmade{subject: seq(set(seq(oid("2.5.4.3"), tlv(tagUTF8String|0x20, tlv(tagOctetString, []byte("in pie")), tlv(tagOctetString, []byte("ces"))))))}.der()
	c := mustParse(t, name)
	if c.Subject().CommonName() != "in pieces" || !hasNote(c, "der-string-in-pieces") {
		t.Errorf("%q %v", c.Subject().CommonName(), findingsOf(c))
	}
	// What is merely written with longer lengths is read where it stands.
	long := append([]byte{0x30, 0x84, 0, 0, byte(len(outer) >> 8), byte(len(outer))}, outer...)
	c = mustParse(t, long)
	if got := findingsOf(c); len(got) != 1 || got[0].code != "der-length-not-minimal" || !bytes.Equal(c.RawTBSCertificate(), tbs) {
		t.Errorf("%v", got)
	}
	// Broken BER is refused for the reason that it always was.
	for _, cut := range []int{1, 2, 100} {
		if _, err := ParseCertificate(onlyOutside[:len(onlyOutside)-cut]); err == nil || err.(*SyntaxError).Code != "der-indefinite-length" {
			t.Errorf("without its last %d bytes: %v", cut, err)
		}
	}
}

func hasNote(c *Certificate, code finding.Code) bool {
	for _, f := range findingsOf(c) {
		if f.code == code {
			return true
		}
	}
	return false
}

// signatureElement is the whole last element of a certificate.
func signatureElement(c *Certificate) []byte { return c.signature.whole().of(c.raw) }

// withoutDigests is a report without fingerprints.
func withoutDigests(report []byte) []byte {
	var lines [][]byte
	for line := range bytes.SplitSeq(report, []byte(",")) {
		if !bytes.Contains(line, []byte(`"fingerprint`)) {
			lines = append(lines, line)
		}
	}
	return bytes.Join(lines, []byte(","))
}

// longTags writes each tag that choose says in several bytes. The contents of a string
// in pieces are written so, too.
func longTags(ber []byte, choose func() bool) []byte {
	var out []byte
	for r := (berReader{ber}); len(r.rest) > 0; {
		e, ok := r.any()
		if !ok {
			panic("this is not BER")
		}
		content := e.content
		if e.tag&0x20 != 0 {
			content = longTags(content, choose)
		}
		tag := []byte{e.tag}
		if choose() {
			tag = []byte{e.tag | 0x1f, e.tag & 0x1f}
		}
		if out = append(out, tag...); e.whole[1] == 0x80 {
			out = append(append(append(out, 0x80), content...), 0, 0)
		} else {
			out = append(appendLength(out, len(content)), content...)
		}
	}
	return out
}

// OpenSSL reads certificates in BER, so what it reads must be read here in the same
// way: whichever of the liberties of BER a certificate takes, and wherever.
func TestCertificateInBERAndOpenSSL(t *testing.T) {
	der := typicalLeaf(t)
	outer := contentOf(der)
	leaf := mustParse(t, der)
	tbs, signature := leaf.RawTBSCertificate(), signatureElement(leaf)
	inputs := map[string][]byte{
		"indefinite":                 append(append([]byte{0x30, 0x80}, outer...), 0, 0),
		"everything":                 inPieces(der, always),
		"a long tag":                 append([]byte{0x3f, 0x10}, der[1:]...),
		"a long tag with a zero":     append([]byte{0x3f, 0x80, 0x10}, der[1:]...),
		"a long tag that goes on":    append([]byte{0x3f, 0x80, 0x80, 0x80, 0x80, 0x10}, der[1:]...),
		"a tag that is not the same": append([]byte{0x3f, 0x81, 0x10}, der[1:]...),
		"long tags everywhere":       longTags(der, always),
		"long tags and no lengths":   longTags(inPieces(der, always), always),
	}
	bits := leaf.Signature()
	for name, pieces := range map[string][]byte{
		"no pieces":      tlv(tagBitString | 0x20),
		"pieces":         tlv(tagBitString|0x20, tlv(tagBitString, bytesOf(0), bits[:7]), tlv(tagBitString, bytesOf(0), bits[7:])),
		"nested pieces":  tlv(tagBitString|0x20, tlv(tagBitString|0x20, tlv(tagBitString, bytesOf(0), bits[:7])), tlv(tagBitString, bytesOf(0), bits[7:])),
		"a piece of all": tlv(tagBitString|0x20, tlv(tagBitString, bytesOf(0), bits)),
	} {
		inputs["signature in "+name] = seq(tbs, outer[len(tbs):len(outer)-len(signature)], pieces)
	}
	// Each element alone: the n-th in the order in which it ends.
	for n := 0; n < 120; n += 3 {
		once := func() func() bool {
			at := 0
			return func() bool { at++; return at == n+1 }
		}
		for name, in := range map[string][]byte{"in pieces": inPieces(der, once()), "with a long tag": longTags(der, once())} {
			if !bytes.Equal(in, der) {
				inputs["element "+itoa(n)+" "+name] = in
			}
		}
	}
	if len(inputs) < 50 {
		t.Errorf("only %d inputs", len(inputs))
	}
	args := []string{"x509", "-inform", "DER", "-noout", "-subject", "-issuer", "-serial", "-dates", "-ext", "subjectAltName,keyUsage", "-nameopt", "RFC2253"}
	want := openssl(t, der, args...)
	read := 0
	for name, in := range inputs {
		got, fails := tryOpenSSL(t, in, args...)
		d := Parse(in, Options{})
		if fails {
			// What it refuses may be read here with a finding.
			if cs := d.Certificates(); len(cs) == 1 && len(cs[0].Findings(finding.Where{})) == 0 && len(d.Findings) == 0 {
				t.Errorf("%s: OpenSSL refuses it, and here nothing is found", name)
			}
			continue
		}
		if read++; !bytes.Equal(got, want) {
			t.Errorf("%s: OpenSSL reads\n%s\nwant\n%s", name, got, want)
			continue
		}
		cs := d.Certificates()
		if len(cs) != 1 || !bytes.Equal(cs[0].Raw(), in) || len(cs[0].Findings(finding.Where{})) == 0 {
			t.Errorf("%s: OpenSSL reads it, and here: %v", name, d.Findings)
			continue
		}
		if got, expected := report(cs[0]), report(leaf); !bytes.Equal(withoutDigests(got), withoutDigests(expected)) {
			t.Errorf("%s: it reads\n%s\nwant\n%s", name, got, expected)
		}
	}
	if read < 50 {
		t.Errorf("OpenSSL reads only %d of %d inputs", read, len(inputs))
	}
}

// tryOpenSSL runs the command, which may refuse the input.
func tryOpenSSL(t *testing.T, stdin []byte, args ...string) (out []byte, fails bool) {
	t.Helper()
	cmd := exec.Command(opensslBinary(t), args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out, err != nil
}
