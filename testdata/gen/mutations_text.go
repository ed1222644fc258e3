package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf16"
)

// textMutations are what happens to PEM text on its way.
func textMutations() []mutation {
	var all []mutation
	text := func(row int, name, says, code string, repairable bool, change func(s string) string) {
		all = append(all, mutation{row: row, name: name, says: says, finds: []string{code}, repairable: repairable,
			damage: func(u *upload) { u.set("cert.pem", []byte(change(string(u.files["cert.pem"])))) }})
	}
	replace := func(old, new string, n int) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, n) }
	}
	// each changes every line of base64.
	each := func(change func(line string) string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for line := range strings.Lines(s) {
				if !strings.HasPrefix(line, "-----") {
					line = change(line)
				}
				b.WriteString(line)
			}
			return b.String()
		}
	}
	lines := func(change func(line string) string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for line := range strings.Lines(s) {
				b.WriteString(change(line))
			}
			return b.String()
		}
	}

	text(11, "byte-order-mark", "The text begins with a byte order mark.", "text-byte-order-mark", true, func(s string) string { return "\ufeff" + s })
	text(11, "utf16-little", "The text is UTF-16 with the low byte first.", "text-utf16", true, func(s string) string { return string(utf16LE(s)) })
	text(11, "utf16-big", "The text is UTF-16 with the high byte first.", "text-utf16", true, func(s string) string {
		b := []byte{0xfe, 0xff}
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u>>8), byte(u))
		}
		return string(b)
	})
	text(11, "no-break-spaces", "Every line of base64 starts with a no-break space.", "text-invisible-characters", true, each(func(l string) string { return "\u00a0" + l }))
	text(11, "zero-width-spaces", "A zero-width space stands in every line of base64.", "text-invisible-characters", true, each(func(l string) string { return l[:2] + "\u200b" + l[2:] }))
	text(11, "em-dashes", "The hyphens became em dashes, two at a time.", "text-smart-dashes", true, replace("-----", "——-", -1))
	text(11, "en-dashes", "Each hyphen became an en dash.", "text-smart-dashes", true, replace("-----", "–––––", -1))

	text(12, "windows", "The lines end in carriage return and line feed.", "text-crlf", false, replace("\n", "\r\n", -1))
	text(12, "carriage-returns", "The lines end in a carriage return alone.", "text-lone-carriage-return", true, replace("\n", "\r", -1))
	text(12, "blank-lines", "A blank line follows every line of base64.", "pem-spaces-inside", true, each(func(l string) string { return l + "\n" }))
	text(12, "indented", "All lines are indented.", "pem-indented", true, lines(func(l string) string { return "    " + l }))
	text(12, "tabs", "All lines start with a tab.", "pem-indented", true, lines(func(l string) string { return "\t" + l }))
	text(12, "blanks-inside", "A blank stands in every line of base64.", "pem-spaces-inside", true, each(func(l string) string { return l[:2] + " " + l[2:] }))
	text(12, "blanks-at-ends", "Every line of base64 ends in a blank.", "pem-spaces-inside", true, each(func(l string) string { return strings.TrimSuffix(l, "\n") + " \n" }))
	text(12, "long-lines", "The base64 text stands on lines of 128 characters.", "pem-line-length", true, func(s string) string {
		return regexp.MustCompile(`([A-Za-z0-9+/]{64})\n([A-Za-z0-9+/=]+)\n`).ReplaceAllString(s, "$1$2\n")
	})

	text(13, "backslash-n", "Line breaks are written as backslash and n.", "text-escaped-newlines", true, replace("\n", `\n`, -1))
	text(13, "backslash-r-n", "Line breaks are written as backslash r and backslash n.", "text-escaped-newlines", true, replace("\n", `\r\n`, -1))
	text(13, "json", "The text is a string of JSON.", "text-escaped-newlines", true, func(s string) string { return string(must(json.Marshal(s))) })
	text(13, "quoted", "The text stands in quotation marks.", "text-quoted", true, func(s string) string { return `"` + strings.TrimSuffix(s, "\n") + `"` })
	text(13, "curly-quotes", "The text stands in the quotation marks of a word processor.", "text-quoted", true, func(s string) string { return "“" + strings.TrimSuffix(s, "\n") + "”" })
	text(13, "one-line", "All line breaks are gone.", "pem-one-line", true, replace("\n", "", -1))
	text(13, "one-line-blanks", "All line breaks became blanks.", "pem-one-line", true, replace("\n", " ", -1))

	text(15, "no-blank", "The blank after BEGIN is missing.", "pem-boundary-damaged", true, replace("BEGIN CERT", "BEGINCERT", 1))
	text(15, "four-hyphens", "The BEGIN line begins with four hyphens.", "pem-boundary-damaged", true, replace("-----BEGIN", "----BEGIN", 1))
	text(15, "six-hyphens", "The END line begins with six hyphens.", "pem-boundary-damaged", true, replace("-----END", "------END", 1))
	text(15, "lower-case", "The BEGIN line is in lower case.", "pem-boundary-damaged", true, replace("BEGIN CERTIFICATE", "begin certificate", 1))
	text(15, "labels-differ", "The END line has another label.", "pem-label-mismatch", true, replace("END CERTIFICATE", "END CERT", 1))
	text(15, "no-begin", "The first BEGIN line was not copied.", "pem-begin-missing", true, replace("-----BEGIN CERTIFICATE-----\n", "", 1))
	text(15, "no-end", "The last END line was not copied.", "pem-end-missing", true, func(s string) string { return strings.TrimSuffix(s, "-----END CERTIFICATE-----\n") })
	text(15, "no-end-between", "The END line of the first certificate was not copied.", "pem-end-missing", true, replace("-----END CERTIFICATE-----\n", "", 1))

	text(16, "openssl-text", "What openssl x509 -text prints stands before each block.", "text-around-pem", false,
		replace("-----BEGIN", "Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number: 4097 (0x1001)\n    Signature Algorithm: ecdsa-with-SHA256\n-----BEGIN", -1))
	text(16, "bag-attributes", "What openssl pkcs12 prints stands before each block.", "text-around-pem", false,
		replace("-----BEGIN", "Bag Attributes\n    friendlyName: server\n    localKeyID: 01 02 03 04\nsubject=CN = server.example.com\n\nissuer=CN = CA\n\n-----BEGIN", -1))
	text(16, "comments", "Comments stand between the blocks.", "text-around-pem", false, replace("-----BEGIN", "# from the CA\n-----BEGIN", -1))

	text(17, "line-lost", "A line of the base64 text was lost.", "pem-truncated", false, func(s string) string {
		l := strings.SplitAfter(s, "\n")
		return strings.Join(append(l[:4:4], l[5:]...), "")
	})
	text(17, "cut-off", "The text ends in the middle of the first block.", "pem-truncated", false, func(s string) string { return s[:len(s)/4] })
	text(17, "foreign-character", "A character of the base64 text became an asterisk.", "pem-base64-invalid", false, func(s string) string { return s[:200] + "*" + s[201:] })
	text(17, "url-alphabet", "The base64 text uses the alphabet of URLs.", "pem-base64url", true, urlAlphabet)
	return all
}
