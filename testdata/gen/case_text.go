package main

import (
	"crypto/rsa"
	"strings"
	"unicode/utf16"
)

// This file has the cases about an input as a whole and about PEM text. All of
// them damage a good upload in the way in which it gets damaged in life.

func (g *generator) inputCases() {
	good := g.server().pem()
	input := func(code, says string, f files) {
		g.add(scenario{path: "input/" + code, says: says, call: checkAlone("generic"), files: f, healthy: files{"cert.pem": good}})
	}
	input("input-empty", "A file with a line break and nothing else. PEM begins with a BEGIN line (RFC 7468, Section 3).",
		files{"cert.pem": []byte("\n")})
	input("input-too-large", "A file of ten megabytes and one line of notes; nothing that large is read.",
		files{"cert.pem" + repeated: repeat(10<<20/64+1, []byte(strings.Repeat("0123456789abcdef", 4)[:63]+"\n"))})
	input("input-unrecognized", "A letter instead of a certificate. Neither PEM (RFC 7468) nor DER can be found in it.",
		files{"cert.pem": []byte("Dear support team,\n\nplease find our certificate attached.\n")})
	input("too-many-blocks", "A certificate under 1001 blocks with curve names; one thousand blocks are read.",
		files{"cert.pem" + repeated: repeat(1001, pemBlock("EC PARAMETERS", oid(oidP256)))})
}

// textCase adds a case about the text of the certificate.
func (g *generator) textCase(code, says string, damaged string) {
	g.serverCase("text/"+code, says, []byte(damaged))
}

func (g *generator) textCases() {
	good := string(g.server().pem())
	g.characterCases(good)
	g.encodingCases(good)
	g.boundaryCases(good)
	g.base64Cases(good)
	g.surroundingCases(good)
}

func (g *generator) characterCases(good string) {
	lines := strings.SplitAfter(good, "\n")
	g.textCase("text-byte-order-mark", "The file begins with a byte order mark, as Windows editors write it. Nothing but white space may stand before BEGIN on its line (RFC 7468, Section 3).",
		"\ufeff"+good)
	g.textCase("text-utf16", "The file is UTF-16, as PowerShell's redirection writes it. PEM consists of ASCII characters (RFC 7468, Section 2).",
		string(utf16LE(good)))
	g.textCase("text-invisible-characters", "Two zero-width spaces in the base64 text, as web pages leave them. Only white space may be ignored there (RFC 7468, Section 2).",
		strings.NewReplacer(lines[1], lines[1][:8]+"\u200b"+lines[1][8:], lines[2], lines[2][:32]+"\u200b"+lines[2][32:]).Replace(good))
	g.textCase("text-smart-dashes", "A word processor made long dashes of the hyphens. A BEGIN line has five hyphens on either side (RFC 7468, Section 3).",
		strings.ReplaceAll(good, "-----", "—–—"))
	g.textCase("text-lone-carriage-return", "The lines end in a carriage return alone, which RFC 7468, Section 3 allows and most decoders do not read.",
		strings.ReplaceAll(good, "\n", "\r"))
	g.textCase("text-crlf", "The lines end in carriage return and line feed, which every decoder reads (RFC 7468, Section 3).",
		strings.ReplaceAll(good, "\n", "\r\n"))
	g.textCase("text-quoted", "The text stands in quotation marks, as in source code. They are not part of PEM (RFC 7468, Section 3).",
		`"`+strings.TrimSuffix(good, "\n")+"\"\n")
	g.textCase("text-escaped-newlines", "Line breaks are written as backslash and n, as in JSON. PEM has line breaks (RFC 7468, Section 3).",
		strings.ReplaceAll(good, "\n", `\n`)+"\n")
}

func (g *generator) encodingCases(good string) {
	g.textCase("text-base64-twice", "The text is in base64 once more, as in a Kubernetes secret. PEM itself is text (RFC 7468, Section 2).",
		string(base64Lines([]byte(good))))
	g.textCase("der-read-as-text", "The DER was read as Latin-1 and written as UTF-8. PEM protects DER from being taken for text (RFC 7468, Section 1).",
		string(latin1(g.server().der())))
	g.textCase("pem-base64url", "The base64 text uses the alphabet of URLs. PEM uses the standard one (RFC 7468, Section 3; RFC 4648, Section 5).",
		urlAlphabet(good))
	g.textCase("pem-plus-signs-lost", "A web form made blanks of the plus signs, which are in the alphabet (RFC 4648, Section 4).",
		strings.ReplaceAll(good, "+", " "))
}

// urlAlphabet replaces the characters of base64 that URLs have other ones for.
func urlAlphabet(pem string) string {
	lines := strings.SplitAfter(pem, "\n")
	for i := range lines {
		if !strings.HasPrefix(lines[i], "-----") {
			lines[i] = strings.NewReplacer("+", "-", "/", "_").Replace(lines[i])
		}
	}
	return strings.Join(lines, "")
}

// latin1 is the text whose characters have the numbers of the bytes.
func latin1(b []byte) []byte {
	var r []rune
	for _, c := range b {
		r = append(r, rune(c))
	}
	return []byte(string(r))
}

func utf16LE(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func (g *generator) boundaryCases(good string) {
	begin, end := "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
	g.textCase("pem-one-line", "All line breaks are gone. BEGIN and END stand on lines of their own (RFC 7468, Section 3).",
		strings.ReplaceAll(good, "\n", "")+"\n")
	g.textCase("pem-boundary-damaged", "The blank between BEGIN and the label is missing. The grammar has exactly one (RFC 7468, Section 3).",
		strings.Replace(good, "BEGIN CERT", "BEGINCERT", 1))
	g.textCase("pem-boundary-not-alone", "The name of a setting stands before BEGIN, as in a configuration file. A BEGIN line has no other text (RFC 7468, Section 3).",
		"certificate: "+good)
	g.textCase("pem-indented", "All lines are indented, as in YAML. A BEGIN line starts at the start of its line (RFC 7468, Section 3).",
		"    "+strings.ReplaceAll(strings.TrimSuffix(good, "\n"), "\n", "\n    ")+"\n")
	g.textCase("pem-end-missing", "The END line was not copied. A block ends with an END line (RFC 7468, Section 3).",
		strings.TrimSuffix(good, end))
	g.textCase("pem-begin-missing", "The BEGIN line was not copied. A block starts with a BEGIN line (RFC 7468, Section 3).",
		strings.TrimPrefix(good, begin))
	g.textCase("pem-label-mismatch", "The two labels differ. They must be the same (RFC 7468, Section 3).",
		strings.Replace(good, "END CERTIFICATE", "END CERTIFICATE REQUEST", 1))
	g.textCase("pem-label-wrong", "A certificate under the label PUBLIC KEY. The label says what the content is (RFC 7468, Section 2).",
		strings.ReplaceAll(good, "CERTIFICATE", "PUBLIC KEY"))

	chain := string(g.serverBelow().pem()) + string(g.intermediate().pem())
	g.add(scenario{path: "text/pem-glued-blocks",
		says:    "Two files were joined without a line break between them. Each boundary stands on a line of its own (RFC 7468, Section 3).",
		call:    check("iotda-server"),
		files:   g.upload().but("cert.pem", []byte(strings.Replace(chain, end+begin, strings.TrimSuffix(end, "\n")+begin, 1))),
		healthy: files{"cert.pem": []byte(chain)}})
}

func (g *generator) base64Cases(good string) {
	lines := strings.SplitAfter(good, "\n")
	g.textCase("pem-spaces-inside", "A blank line after each line of base64, as mail programs make it. Parsers may refuse it (RFC 7468, Section 2).",
		lines[0]+strings.ReplaceAll(strings.Join(lines[1:len(lines)-2], ""), "\n", "\n\n")+lines[len(lines)-2])
	g.textCase("pem-line-length", "The base64 text stands on lines of 128 characters. Generators wrap at 64 (RFC 7468, Section 2).",
		lines[0]+rewrap(lines[1:len(lines)-2], 128)+lines[len(lines)-2])
	g.textCase("pem-base64-invalid", "One character of the base64 text became an asterisk, which is not in the alphabet (RFC 4648, Section 4).",
		strings.Replace(good, lines[3], lines[3][:20]+"*"+lines[3][21:], 1))
	g.textCase("pem-base64-padding", "The padding at the end of the base64 text is missing. It fills up the last four characters (RFC 4648, Section 4).",
		strings.ReplaceAll(string(g.paddedServer().pem()), "=", ""))
	g.textCase("pem-truncated", "A line of the base64 text was lost. The DER is then shorter than its length says (ITU-T X.690, Section 8.1.3).",
		strings.Replace(good, lines[4], "", 1))
	g.textCase("pem-empty", "Nothing stands between BEGIN and END. A certificate has content (RFC 7468, Section 5).",
		lines[0]+lines[len(lines)-2])
	g.textCase("pem-placeholder", "The content was masked before it was copied. Base64 is expected there (RFC 7468, Section 3).",
		"-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n")
	g.textCase("pem-armor-missing", "The base64 text without its BEGIN and END lines, which make it PEM (RFC 7468, Section 3).",
		strings.Join(lines[1:len(lines)-2], ""))
}

// rewrap joins lines and breaks them at another width.
func rewrap(lines []string, width int) string {
	s := strings.ReplaceAll(strings.Join(lines, ""), "\n", "")
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\n")
		s = s[width:]
	}
	return b.String() + s + "\n"
}

// paddedServer is the server's certificate with a serial number that makes its
// base64 text end in padding.
func (g *generator) paddedServer() template {
	t := g.server()
	for len(t.der())%3 == 0 {
		t = t.numbered(append(t.serial, 0x01)...)
	}
	return t
}

func (g *generator) surroundingCases(good string) {
	lines := strings.SplitAfter(good, "\n")
	g.textCase("pem-headers-unexpected", "A header line from old mail software before the base64 text. PEM of this kind has no headers (RFC 7468, Section 3).",
		lines[0]+"Proc-Type: 4,MIC-CLEAR\n\n"+strings.Join(lines[1:], ""))
	g.textCase("pem-block-ignored", "Diffie-Hellman parameters before the certificate, as server tools write them. Each label stands for another structure (RFC 7468, Section 2).",
		string(pemBlock("DH PARAMETERS", sequence(bigInteger(g.key("rsa-other").private.(*rsa.PrivateKey).N), number(2))))+good)
	g.textCase("text-around-pem", "The attributes that openssl pkcs12 prints stand before the block. Parsers ignore such text (RFC 7468, Section 2).",
		"Bag Attributes\n    friendlyName: server\n    localKeyID: 01 02 03 04\nsubject=C = CN, O = Certloupe Tests, CN = server.example.com\n"+good)
}
