package certparse

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/certloupe/certloupe/finding"
)

// places writes findings as code@byte:line#block, without what is not known.
func places(fs []finding.Finding) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		s := string(f.Code)
		if n, ok := f.Where.Byte.Get(); ok {
			s += "@" + itoa(n) + ":" + itoa(f.Where.Line)
		}
		if f.Where.Block > 0 {
			s += "#" + itoa(f.Where.Block)
		}
		out[i] = s
	}
	return out
}

func encodeUTF16(s string, order binary.AppendByteOrder, mark bool) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xfeff)
	}
	for _, c := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, c)
	}
	return string(b)
}

// rewrap breaks the certificate's base64 text at another width.
func rewrap(width int) string {
	text := strings.ReplaceAll(testCertBody, "\n", "")
	out := "-----BEGIN CERTIFICATE-----\n"
	for len(text) > width {
		out += text[:width] + "\n"
		text = text[width:]
	}
	return out + text + "\n-----END CERTIFICATE-----\n"
}

// base64Text encodes b in base64 on one line.
func base64Text(b []byte) string {
	text := string(EncodePEM("X", b))
	text = strings.TrimSuffix(strings.TrimPrefix(text, "-----BEGIN X-----\n"), "-----END X-----\n")
	return strings.ReplaceAll(text, "\n", "")
}

// Each case damages the certificate in one or more ways. Kept says that no
// repair is offered because none is needed, lost that none is possible; otherwise
// the repaired text must hold the certificate, once for each block.
const (
	repaired = iota
	kept
	lost
)

type damageCase struct {
	name   string
	input  string
	want   []string
	blocks int
	repair int
}

func damageCases() []damageCase {
	c := testCertPEM
	trimmed := strings.TrimSuffix(c, "\n")
	all := strings.ReplaceAll
	once := func(old, new string) string { return strings.Replace(c, old, new, 1) }
	return []damageCase{
		// The whole text.
		{"byte order mark", "\ufeff" + c, []string{"text-byte-order-mark@0:1"}, 1, repaired},
		{"UTF-16LE", encodeUTF16(c, binary.LittleEndian, true), []string{"text-utf16@0:1"}, 1, repaired},
		{"UTF-16BE", encodeUTF16(c, binary.BigEndian, true), []string{"text-utf16@0:1"}, 1, repaired},
		{"UTF-16LE without mark", encodeUTF16(c, binary.LittleEndian, false), []string{"text-utf16@0:1"}, 1, repaired},
		{"UTF-16BE without mark", encodeUTF16(c, binary.BigEndian, false), []string{"text-utf16@0:1"}, 1, repaired},
		{"UTF-16 appended to ASCII", c + encodeUTF16(c, binary.LittleEndian, true), []string{"text-utf16@579:12"}, 2, repaired},
		{"UTF-16 with an indented BEGIN line", encodeUTF16(" "+c, binary.LittleEndian, true), []string{"text-utf16@0:1", "pem-indented@2:1#1"}, 1, repaired},
		{"CRLF", all(c, "\n", "\r\n"), []string{"text-crlf@27:1"}, 1, kept},
		{"CRLF in the second block", c + all(c, "\n", "\r\n"), []string{"text-crlf@606:12"}, 2, kept},
		{"lone CR", all(c, "\n", "\r"), []string{"text-lone-carriage-return@27:1"}, 1, repaired},
		{"CR CR LF", all(c, "\n", "\r\r\n"), []string{"text-lone-carriage-return@27:1", "text-crlf@28:1"}, 1, repaired},
		{"encoded twice", base64Text([]byte(c)), []string{"text-base64-twice@0:1"}, 1, repaired},
		{"encoded twice in YAML", "data:\n  tls.crt: " + base64Text([]byte(c)) + "\n  tls.key: " + base64Text([]byte(c)) + "\n",
			[]string{"text-base64-twice@17:2"}, 2, repaired},
		{"encoded twice with an indented BEGIN line", base64Text([]byte("-----BEGIN X-----\n-----END X-----\n  " + c)),
			[]string{"text-base64-twice@0:1", "pem-empty@0:1#1", "pem-indented@45:1#2"}, 2, lost},

		// Characters.
		{"no-break space in the BEGIN line", once("BEGIN CERT", "BEGIN\u00a0CERT"), []string{"text-invisible-characters@10:1#1"}, 1, repaired},
		{"no-break space of Windows", once("BEGIN CERT", "BEGIN\xa0CERT"), []string{"text-invisible-characters@10:1#1"}, 1, repaired},
		{"zero-width space in the base64 text", once("MIIB", "MI\u200bIB"), []string{"text-invisible-characters@30:2#1"}, 1, repaired},
		{"byte order mark in the middle", c + "\ufeff" + c, []string{"text-invisible-characters@579:12#2"}, 2, repaired},
		{"null in the base64 text", once("MIIB", "MI\x00IB"), []string{"text-invisible-characters@30:2#1"}, 1, repaired},
		{"line separators", all(c, "\n", "\u2028"), []string{"text-invisible-characters@27:1#1"}, 1, repaired},
		{"em and en dashes", all(c, "-----", "—–"), []string{"text-smart-dashes@0:1#1"}, 1, repaired},
		{"five dashes", once("-----END", "–––––END"), []string{"text-smart-dashes@553:11#1"}, 1, repaired},
		{"a dash in the base64 text", once("MIIB", "MI—B"), []string{"pem-base64-invalid@30:2#1"}, 1, lost},
		{"single quotes", "'" + trimmed + "'", []string{"text-quoted@0:1#1"}, 1, repaired},
		{"smart quotes", "“" + trimmed + "”\n", []string{"text-quoted@0:1#1"}, 1, repaired},
		{"backticks", "`" + trimmed + "`", []string{"text-quoted@0:1#1"}, 1, repaired},
		{"closing quote only", trimmed + "\"\n", []string{"text-quoted@578:11#1"}, 1, repaired},
		{"every line quoted", `"` + all(trimmed, "\n", "\"\n\"") + `"`, []string{"text-quoted@0:1#1"}, 1, repaired},
		{"concatenation", `s = "` + all(trimmed, "\n", `\n" +`+"\n\t\"") + `";`,
			[]string{"text-around-pem@0:1", "text-quoted@4:1#1", "text-escaped-newlines@32:1#1"}, 1, repaired},
		{"concatenation without line breaks", `"` + all(trimmed, "\n", `" +`+"\n\t\"") + `";`, []string{"text-quoted@0:1#1"}, 1, repaired},
		{"quoted pieces on one line", `"` + all(trimmed, "\n", `" . "`) + `"`, []string{"text-quoted@0:1#1", "pem-one-line@1:1#1"}, 1, repaired},
		{"JSON array", `["` + trimmed + `", "` + trimmed + `"]`, []string{"text-quoted@1:1#1", "text-quoted@583:11#2"}, 2, repaired},
		{"JSON escapes", all(trimmed, "\n", `\n`), []string{"text-escaped-newlines@27:1#1"}, 1, repaired},
		{"CRLF escapes", all(c, "\n", `\r\n`), []string{"text-escaped-newlines@27:1#1"}, 1, repaired},
		{"double escapes", all(c, "\n", `\\n`), []string{"text-escaped-newlines@27:1#1"}, 1, repaired},
		{"escapes and line breaks", all(c, "\n", "\\n\n"), []string{"text-escaped-newlines@27:1#1"}, 1, repaired},
		{"escaped slashes", all(c, "/", `\/`), []string{"text-escaped-newlines@58:2#1"}, 1, repaired},
		{"Unicode escapes", all(all(c, "=", `\u003d`), "+", `\x2b`), []string{"text-escaped-newlines@241:5#1"}, 1, repaired},
		{"YAML line continuation", all(trimmed, "\n", "\\\n  "), []string{"text-escaped-newlines@27:1#1"}, 1, repaired},
		{"URL escapes", all(all(all(all(all(c, "+", "%2B"), "/", "%2F"), "=", "%3D"), "\n", "%0A"), " ", "%20"),
			[]string{"text-escaped-newlines@29:1#1"}, 1, repaired},
		{"a field of a JSON body", `{"certificate_pem" : "` + all(c, "\n", `\n`) + `"}`,
			[]string{"text-around-pem@0:1", "text-quoted@21:1#1", "text-escaped-newlines@49:1#1"}, 1, repaired},

		// Boundaries.
		{"one line", all(c, "\n", ""), []string{"pem-one-line@0:1#1"}, 1, repaired},
		{"one line with blanks", all(trimmed, "\n", " "), []string{"pem-one-line@0:1#1"}, 1, repaired},
		{"missing blank", once("BEGIN CERT", "BEGINCERT"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"two blanks", once("END CERT", "END  CERT"), []string{"pem-boundary-damaged@553:11#1"}, 1, repaired},
		{"blanks beside the hyphens", once("-----BEGIN CERTIFICATE-----", "----- BEGIN CERTIFICATE -----"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"four hyphens", once("CERTIFICATE-----", "CERTIFICATE----"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"six hyphens", once("-----BEGIN", "------BEGIN"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"no hyphens", all(c, "-----", ""), []string{"pem-boundary-damaged@0:1#1", "pem-boundary-damaged@543:11#1"}, 1, repaired},
		{"no hyphens behind", once("CERTIFICATE-----\nM", "CERTIFICATE\nM"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"no hyphens before", once("-----BEGIN", "BEGIN"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"lower case", once("-----BEGIN CERTIFICATE-----", "-----begin certificate-----"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"misspelt label", once("CERTIFICATE", "CERTFICATE"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"misspelt keyword", once("BEGIN", "BEIGN"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"no label", once("-----BEGIN CERTIFICATE-----", "-----BEGIN-----"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"underscore", once("BEGIN CERT", "BEGIN_CERT"), []string{"pem-boundary-damaged@0:1#1"}, 1, repaired},
		{"both indented", "  " + all(trimmed, "\n", "\n  "), []string{"pem-indented@0:1#1"}, 1, repaired},
		{"END indented", once("-----END", "\t-----END"), []string{"pem-indented@553:11#1"}, 1, repaired},
		{"glued", trimmed + c, []string{"pem-glued-blocks@578:11#2"}, 2, repaired},
		{"glued with five hyphens", strings.TrimSuffix(trimmed, "-----") + c, []string{"pem-glued-blocks@578:11#2"}, 2, repaired},
		{"glued with a blank", trimmed + " " + c, []string{"pem-glued-blocks@579:11#2"}, 2, repaired},
		{"missing END", once("-----END CERTIFICATE-----\n", ""), []string{"pem-end-missing@552:10#1"}, 1, repaired},
		{"missing END before another block", once("-----END CERTIFICATE-----\n", "") + c, []string{"pem-end-missing@552:10#1"}, 2, repaired},
		{"missing END, truncated", c[:400], []string{"pem-truncated@400:7#1", "pem-end-missing@400:7#1"}, 1, lost},
		{"missing BEGIN", once("-----BEGIN CERTIFICATE-----\n", ""), []string{"pem-begin-missing@0:1#1"}, 1, repaired},
		{"missing BEGIN after text", "Hello.\n" + once("-----BEGIN CERTIFICATE-----\n", ""), []string{"text-around-pem@0:1", "pem-begin-missing@7:2#1"}, 1, repaired},
		{"missing BEGIN, truncated", c[200:], []string{"pem-begin-missing@0:1#1"}, 1, lost},
		{"only an END line", "-----END CERTIFICATE-----\n", []string{"pem-begin-missing@0:1#1"}, 1, lost},
		{"label mismatch", once("END CERTIFICATE", "END PRIVATE KEY"), []string{"pem-label-mismatch@553:11#1"}, 1, repaired},
		{"label mismatch, the other one", once("BEGIN CERTIFICATE", "BEGIN PRIVATE KEY"), []string{"pem-label-mismatch@553:11#1"}, 1, repaired},
		{"wrong label", all(c, "CERTIFICATE", "PRIVATE KEY"), []string{"pem-label-wrong@0:1#1"}, 1, repaired},
		{"unknown label", all(c, "CERTIFICATE", "CERT"), []string{"pem-label-wrong@0:1#1"}, 1, repaired},
		{"old label", all(c, "CERTIFICATE", "X509 CERTIFICATE"), []string{"pem-label-wrong@0:1#1"}, 1, repaired},
		{"text before BEGIN", "cert=" + c, []string{"text-around-pem@0:1", "pem-boundary-not-alone@5:1#1"}, 1, repaired},
		{"text after END", trimmed + "</cert>\n", []string{"pem-boundary-not-alone@578:11#1", "text-around-pem@578:11"}, 1, repaired},
		{"base64 text after BEGIN", once("CERTIFICATE-----\n", "CERTIFICATE-----"), []string{"pem-boundary-not-alone@27:1#1"}, 1, repaired},
		{"base64 text before END", once("\n-----END", "-----END"), []string{"pem-boundary-not-alone@552:10#1"}, 1, repaired},

		// What stands between them.
		{"blanks behind lines", all(c, "\n", " \n"), []string{"pem-spaces-inside@27:1#1"}, 1, repaired},
		{"blank behind END", trimmed + " \n", []string{"pem-spaces-inside@578:11#1"}, 1, repaired},
		{"blank lines", all(c, "\n", "\n\n"), []string{"pem-spaces-inside@28:2#1"}, 1, repaired},
		{"blank inside", once("MIIB", "MI IB"), []string{"pem-spaces-inside@30:2#1"}, 1, repaired},
		{"only the base64 text indented", once("MIIB", "  MIIB"), []string{"pem-spaces-inside@28:2#1"}, 1, repaired},
		{"long lines", rewrap(128), []string{"pem-line-length@28:2#1"}, 1, repaired},
		{"lines of 76", rewrap(76), []string{"pem-line-length@28:2#1"}, 1, kept},
		{"short lines", rewrap(48), nil, 1, kept},
		{"bad character", once("FDES", "F!ES"), []string{"pem-base64-invalid@94:3#1"}, 1, lost},
		{"padding missing", once("==", ""), []string{"pem-base64-padding@550:10#1"}, 1, repaired},
		{"too much padding", once("==", "==="), []string{"pem-base64-padding@553:10#1"}, 1, repaired},
		{"padding in the middle", once("FDES", "F=ES"), []string{"pem-base64-padding@95:3#1"}, 1, lost},
		{"a character missing", once("==", "A"), []string{"pem-base64-padding@551:10#1"}, 1, lost},
		{"characters missing in a line", once("FDESMBAGA1UEAwwJ", ""), []string{"pem-truncated@141:3#1"}, 1, lost},
		{"a line missing", c[:93] + c[158:], []string{"pem-truncated@487:9#1"}, 1, lost},
		{"empty", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", []string{"pem-empty@0:1#1"}, 1, lost},
		{"asterisks", "-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n", []string{"pem-placeholder@28:2#1"}, 1, lost},
		{"crosses", "-----BEGIN CERTIFICATE-----\nxxxx\nxxxx\n-----END CERTIFICATE-----\n", []string{"pem-placeholder@28:2#1"}, 1, lost},
		{"elided", "-----BEGIN CERTIFICATE-----\nMIIB\n...\nJA==\n-----END CERTIFICATE-----\n", []string{"pem-placeholder@28:2#1"}, 1, lost},
		{"template", "-----BEGIN CERTIFICATE-----\n${CERT}\n-----END CERTIFICATE-----\n", []string{"pem-placeholder@28:2#1"}, 1, lost},
		{"words", "-----BEGIN CERTIFICATE-----\nyour certificate here\n-----END CERTIFICATE-----\n", []string{"pem-placeholder@28:2#1"}, 1, lost},
		{"URL alphabet", once(testCertBody, all(all(testCertBody, "+", "-"), "/", "_")), []string{"pem-base64url@58:2#1"}, 1, repaired},
		{"half of the URL alphabet", once("+/", "-/"), []string{"pem-base64-invalid@356:7#1"}, 1, lost},
		{"plus signs lost", all(c, "+", " "), []string{"pem-plus-signs-lost@241:5#1"}, 1, repaired},
		{"headers", once("-----\nM", "-----\nFoo: bar\nBaz: x\n y\n\nM"), []string{"pem-headers-unexpected@28:2#1"}, 1, repaired},
		{"headers on single lines", once("-----\nM", "-----\nFoo: bar\n\nM"), []string{"pem-headers-unexpected@28:2#1"}, 1, repaired},
		{"no armor", testCertBody, []string{"pem-armor-missing@0:1#1"}, 1, repaired},
		{"no armor, one line, quoted", `"` + all(testCertBody, "\n", "") + `"`, []string{"text-quoted@0:1#1", "pem-armor-missing@0:1#1"}, 1, repaired},
		{"no armor, truncated", testCertBody[:300], []string{"pem-armor-missing@0:1#1", "pem-truncated@300:5#1"}, 1, lost},

		// Around.
		{"Bag Attributes", "Bag Attributes\n    localKeyID: 01\nsubject=CN = x\n" + c, []string{"text-around-pem@0:1"}, 1, kept},
		{"comments", "# a\n" + c + "# b\n", []string{"text-around-pem@0:1"}, 1, kept},
		{"end-of-file mark", c + "\x1a", nil, 1, kept},
		{"blank lines around", "\n\r\n" + c + "\n\n" + c + "\n", []string{"text-crlf@1:2"}, 2, kept},

		// Several kinds at once.
		{"mark, CRLF and indentation", "\ufeff  " + all(c, "\n", "\r\n"), []string{"text-byte-order-mark@0:1", "pem-indented@3:1#1", "text-crlf@32:1"}, 1, repaired},
		{"quotes, escapes and damaged BEGIN", "'" + all(once("BEGIN C", "BEGINC"), "\n", `\n`) + "'",
			[]string{"text-quoted@0:1#1", "pem-boundary-damaged@1:1#1", "text-escaped-newlines@27:1#1"}, 1, repaired},
		{"one line, no padding, smart dashes", all(all(all(c, "\n", ""), "==", ""), "-----", "—"),
			[]string{"text-smart-dashes@0:1#1", "pem-one-line@0:1#1", "pem-base64-padding@537:1#1"}, 1, repaired},
		{"two blocks, two kinds", once("MIIB", "MI\u200bIB") + all(c, "-----BEGIN", "----BEGIN"),
			[]string{"text-invisible-characters@30:2#1", "pem-boundary-damaged@582:12#2"}, 2, repaired},
		{"one block of two is lost", once("MIIB", "MI\u200bIB") + once("FDES", "F!ES"),
			[]string{"text-invisible-characters@30:2#1", "pem-base64-invalid@676:14#2"}, 2, lost},
	}
}

func TestDamage(t *testing.T) {
	for _, test := range damageCases() {
		t.Run(test.name, func(t *testing.T) {
			d := Parse([]byte(test.input), Options{Name: "field"})
			if got := places(d.Findings); !slices.Equal(got, test.want) {
				t.Errorf("findings are\n%q, want\n%q", got, test.want)
			}
			if len(d.Blocks) != test.blocks {
				t.Fatalf("there are %d blocks, want %d", len(d.Blocks), test.blocks)
			}
			for _, f := range d.Findings {
				if f.Where.Input != "field" {
					t.Errorf("%s names the input %q", f.Code, f.Where.Input)
				}
			}
			if test.repair == lost {
				if d.Repaired != nil {
					t.Errorf("a repair is offered where none is certain:\n%s", d.Repaired)
				}
				return
			}
			for i, b := range d.Blocks {
				if !bytes.Equal(b.DER, testCertDER) || b.Certificate == nil || b.Label != "CERTIFICATE" || b.Kind != KindCertificate {
					t.Errorf("block %d is not the certificate: %q, kind %d", i, b.Label, b.Kind)
				}
			}
			if test.repair == kept {
				if d.Repaired != nil {
					t.Error("a repair is offered where none is needed")
				}
				return
			}
			if want := strings.Repeat(testCertPEM, test.blocks); string(d.Repaired) != want {
				t.Errorf("repaired is\n%s", d.Repaired)
			}
		})
	}
}

// The certificate that document 003 shows, with the damage that it has there.
func TestDocumentedExample003(t *testing.T) {
	const input = "-----BEGINCERTIFICATE-----\nMIID2TCCAsGgAwIBAgIJAOEDEgVdVMn9MA0GCSqGSIb3DQEBCwUAMIGCMQswCQYD\nVQQGEwJDTjERMA8GA1UECAwIR3VhbmRvbmcxETAPBgNVBAcMCFNoZW56aGVuMQ8w\nDQYDVQQKDAZIdWF3ZWkxDDAKBgNVBAsMA2lvdDESMBAGA1UEAwwJMTIzNDU2Nzg5\nMRowGAYJKoZIhvcNAQkBFgtkamthQHFxLmNvbTAeFw0xOTEyMTkxMzE1MjZaFw0y\nMjEwMDgxMzE1MjZaMIGCMQswCQYDVQQGEwJDTjERMA8GA1UECAwIR3VhbmRvbmcx\nETAPBgNVBAcMCFNoZW56aGVuMQ8wDQYDVQQKDAZIdWF3ZWkxDDAKBgNVBAsMA2lv\ndDESMBAGA1UEAwwJMTIzNDU2Nzg5MRowGAYJKoZIhvcNAQkBFgtkamthQHFxLmNv\nbTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAM72QUzoadvLfxGjt3UF\noZ4MJbblqnRbouO4KpOVHBXyS2yQVl4CWWMhLh4pp2efNUSqKuXHjY3r68PquyNn\nYk8zO59zVc7JHvjGkBvo7DgPRAhEKPLJIpRzkmlCBbxwTNCjc3FovGb/sHHNlpGn\ncCKUzMfPGNZuBiuemskuEXL/eMHxDPbXYWn4Wq0wt+28PKUL5jybY7nsXSNnmAPF\nTO0CAmq0meUukubT/jHDCQ78ihQ/iqw1RNq88aCqRleoHiGg5nWkjL+05GXqUrqV\nVnZNL+YqcXzuVMs5XgyhNM2AsuH2g3D8ZuF6Dj9qY1n/v/Cp/DGpxP3A74SlplnF\nD/0CAwEAAaNQME4wHQYDVR0OBBYEFAVPWVtpTdO6KQnmVrrNlMguWNR7MB8GA1Ud\nIwQYMBaAFAVPWVtpTdO6KQnmVrrNlMguWNR7MAwGA1UdEwQFMAMBAf8wDQYJKoZI\nhvcNAQELBQADggEBAE40ViqK+UaEn++Xq6f4Cmeg3JqYHu47v9RIAASNihYRBQ/r\n3RE7Af3GqjIO5nMJJuCMzdcoAU8N9KwkgXD+GLR9fYLEoEmq5CrhgaGDsCi85vCs\nmWhj5z8r5TG207xpmvH2KT447dnG+chMBE594ma85dCv+0mCDrqNToElipgT8+rY\nAYVClnIt3kbsTg1vSRNHadd+TpgRVxJZBF0fHcCAyc/2f3UJgPYNWShIetHM6BdI\n3fZ4H+eeHPjagm5kzmffli1cUv2/N+1hKUvcI4uFCqEwZRFtp90RyIbxUfQwi+Cs\nXVnwV+BZS5qD9bTcfxZMXhuVRwO/5xWYMYPN1uY=\n-----END CERTIFICATE-----"
	d := Parse([]byte(input), Options{})
	if got := places(d.Findings); !slices.Equal(got, []string{"pem-boundary-damaged@0:1#1"}) {
		t.Errorf("findings are %q", got)
	}
	b, rest := pem.Decode(d.Repaired)
	if b == nil || len(rest) > 0 || len(d.Blocks) != 1 || !bytes.Equal(b.Bytes, d.Blocks[0].DER) {
		t.Fatal("the repaired text does not hold the certificate")
	}
	if cn := d.Blocks[0].Certificate.Subject().CommonName(); cn != "123456789" {
		t.Errorf("the common name is %q", cn)
	}
}

// The two values that document 001 shows.
func TestDocumentedExample001(t *testing.T) {
	for _, test := range []struct {
		input string
		want  []string
	}{
		{`'-----BEGIN CERTIFICATE-----THIS IS YOUR CERT CONTENT-----END CERTIFICATE-----\n'`,
			[]string{"text-quoted@0:1#1", "pem-one-line@1:1#1", "pem-placeholder@28:1#1", "text-escaped-newlines@78:1#1"}},
		{`'-----BEGIN PRIVATE KEY-----THIS IS YOUR PRIVATE KEY-----END PRIVATE KEY-----\n'`,
			[]string{"text-quoted@0:1#1", "pem-one-line@1:1#1", "pem-placeholder@28:1#1", "text-escaped-newlines@77:1#1"}},
	} {
		d := Parse([]byte(test.input), Options{})
		if got := places(d.Findings); !slices.Equal(got, test.want) {
			t.Errorf("findings are\n%q, want\n%q", got, test.want)
		}
		if d.Repaired != nil || len(d.Blocks) != 1 || d.Blocks[0].DER != nil {
			t.Error("a placeholder was taken for content")
		}
	}
}

func TestHealthyTextHasNoFindings(t *testing.T) {
	for name, text := range map[string]string{
		"certificate":     testCertPEM,
		"chain":           strings.Repeat(testCertPEM, 5),
		"certificate+key": testCertPEM + testPKCS8PEM,
		"no last newline": strings.TrimSuffix(testCertPEM, "\n"),
		"blank lines":     "\n" + testCertPEM + "\n\n" + testSEC1PEM + "\n",
	} {
		d := Parse([]byte(text), Options{})
		if len(d.Findings) > 0 || d.Repaired != nil {
			t.Errorf("%s: findings are %q", name, places(d.Findings))
		}
	}
	for _, file := range []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		d := Parse(text, Options{})
		for _, f := range d.Findings {
			if f.Severity > finding.Notice {
				t.Errorf("%s: %s at line %d: %s", file, f.Code, f.Where.Line, f.Message)
			}
		}
		n := 0
		for {
			var b *pem.Block
			if b, text = pem.Decode(text); b == nil {
				break
			}
			if n >= len(d.Blocks) || !bytes.Equal(b.Bytes, d.Blocks[n].DER) {
				t.Fatalf("%s: block %d is not what encoding/pem reads", file, n)
			}
			n++
		}
		if n != len(d.Blocks) || n != len(d.Certificates()) {
			t.Errorf("%s: there are %d blocks and %d certificates, want %d", file, len(d.Blocks), len(d.Certificates()), n)
		}
	}
}
