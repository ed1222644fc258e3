package main

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestReadable compares what a person sees with files that a person has read.
func TestReadable(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	files(t)
	for _, test := range []struct{ name, args string }{
		{"accepted.txt", "request add-server-certificate add.json --server-certificate-id 8a34dc3f"},
		{"rejected.txt", "check --profile iotda-server --cert damaged.pem --key other.key --at 2027-01-01"},
		{"inspect.txt", "inspect chain.pem server.key damaged.key"},
		{"pair.txt", "check --profile apig-ssl --name 1x --algorithm-type SM2 --cert server.pem --key server.key --sign-cert expired.pem --sign-key other.key"},
		{"chain.txt", "chain --roots ca.pem --host www.example.com chain.pem"},
		{"chain-closest.txt", "chain --roots other-ca.pem --all-paths deep.pem"},
		{"chain-revoked.txt", "chain --roots ca.pem --crl ca.crl --revocation hard-fail shuffled.pem"},
	} {
		compareGolden(t, dir, test.name, call(strings.Fields(test.args)...).stdout)
	}
}

// safe checks that nothing in the output can control a terminal: no control
// characters but line breaks, no formatting characters, and valid UTF-8.
func safe(t *testing.T, got result) {
	t.Helper()
	for _, s := range []string{got.stdout, got.stderr} {
		if !utf8.ValidString(s) {
			t.Errorf("the output is not UTF-8: %q", s)
		}
		for _, r := range s {
			if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)) {
				t.Errorf("the output has %U: %q", r, s)
				return
			}
		}
	}
}

// TestInjection shows certificates, file names and arguments that were made to
// take over the terminal or to forge a verdict.
func TestInjection(t *testing.T) {
	files(t)
	evil := "\x1b[2J\u202eAccepted"
	write(t, "hostile"+evil+"\nAccepted  no findings", []byte(read(t, "hostile.pem")))
	for _, args := range [][]string{
		{"inspect", "hostile.pem"},
		{"inspect", "--text", "hostile.pem"},
		{"inspect", "--json", "hostile.pem"},
		{"inspect", "hostile" + evil + "\nAccepted  no findings"},
		{"check", "--profile", "iotda-server", "--cert", "hostile.pem", "--key", "server.key"},
		{"check", "--profile", "iotda-device", "--cert", "hostile.pem", "--trusted-root", "ca.pem"},
		{"check", "--profile", "apig-ssl", "--cert", "hostile.pem", "--key", "server.key", "--name", evil, "--type", evil},
		{"request", "query-device-certificate", "--cert", "hostile.pem", "--certificate-id", evil},
		{"request", evil},
		{"chain", "--roots", "ca.pem", "hostile.pem"},
		{"chain", "--roots", "ca.pem", "--all-paths", "--host", "x" + evil, "hostile" + evil + "\nAccepted  no findings"},
		{"chain", "--roots", "ca.pem", "--json", "hostile.pem"},
		{"chain", "--roots", evil, "--purpose", evil, "hostile.pem"},
		{"fix", "hostile" + evil + "\nAccepted  no findings"},
		{"inspect", evil},
		{"explain", evil},
		{"inspect", "--" + evil},
		{"inspect", "--at", evil},
		{evil},
	} {
		got := call(args...)
		safe(t, got)
		for line := range strings.Lines(got.stdout + got.stderr) {
			if strings.HasPrefix(line, "Accepted") && got.code != exitAccepted {
				t.Errorf("certloupe %q prints %q and exits with %d", args, line, got.code)
			}
		}
	}
	// What was made safe must still be there.
	if got := call("inspect", "hostile.pem"); !strings.Contains(got.stdout, "no findings") || !strings.Contains(got.stdout, "[2J") {
		t.Errorf("the subject is not shown:\n%s", got.stdout)
	}
}

func TestColor(t *testing.T) {
	files(t)
	for _, test := range []struct {
		name    string
		args    string
		columns int
		vars    map[string]string
		want    bool
	}{
		{"no terminal", "inspect expired.pem", 0, nil, false},
		{"terminal", "inspect expired.pem", 100, nil, true},
		{"NO_COLOR", "inspect expired.pem", 100, map[string]string{"NO_COLOR": "1"}, false},
		{"dumb terminal", "inspect expired.pem", 100, map[string]string{"TERM": "dumb"}, false},
		{"always", "inspect expired.pem --color always", 0, map[string]string{"NO_COLOR": "1"}, true},
		{"never", "inspect expired.pem --color never", 100, nil, false},
		{"JSON", "inspect expired.pem --json --color always", 100, nil, false},
		{"list", "explain", 100, nil, true},
		{"list, no terminal", "explain", 0, nil, false},
		{"explanation", "explain key-mismatch", 100, nil, true},
	} {
		c := newCaller()
		c.env.outColumns = test.columns
		if test.vars != nil {
			c.vars = test.vars
		}
		got := c.call(strings.Fields(test.args)...)
		if strings.Contains(got.stdout, "\x1b[") != test.want {
			t.Errorf("%s: %q", test.name, got.stdout)
		}
		if open, closed := strings.Count(got.stdout, "\x1b[")/2, strings.Count(got.stdout, "\x1b[0m"); open != closed {
			t.Errorf("%s: %d styles begin, %d end", test.name, open, closed)
		}
	}
	// The two streams may go to different places.
	c := newCaller()
	c.env.outColumns = 100
	if got := c.call("fix", "damaged.pem"); strings.Contains(got.stderr, "\x1b") {
		t.Errorf("standard error is no terminal: %q", got.stderr)
	}
	c.env.outColumns, c.env.errColumns = 0, 100
	if got := c.call("fix", "damaged.pem"); !strings.Contains(got.stderr, "\x1b") || strings.Contains(got.stdout, "\x1b") {
		t.Errorf("only standard error is a terminal: %q", got.stderr)
	}
}

// TestWidth checks that no line is wider than the terminal.
func TestWidth(t *testing.T) {
	files(t)
	for _, columns := range []int{10, 40, 57, 80, 120, 300} {
		c := newCaller()
		c.env.outColumns = columns
		for _, args := range []string{
			"inspect chain.pem server.key expired.pem hostile.pem damaged.key",
			"check --profile apig-ssl --cert damaged.pem --key other.key --name 1",
			"explain chain-order",
		} {
			for line := range strings.Lines(c.call(append(strings.Fields(args), "--color=never")...).stdout) {
				line = strings.TrimSuffix(line, "\n")
				if width := displayWidth(line); width > min(max(columns, minColumns), maxColumns) {
					t.Errorf("%d columns: %q has %d", columns, line, width)
				}
				if strings.TrimRight(line, " ") != line {
					t.Errorf("%q ends in blanks", line)
				}
			}
		}
	}
}

func TestRow(t *testing.T) {
	for _, test := range []struct {
		label, text, want string
	}{
		{"fix", "one two", "  fix   one two\n"},
		{"fix", "", "  fix\n"},
		{"a long label", "text", "  a long label text\n"},
		{"fix", "a  b", "  fix   a  b\n"},
		{"fix", strings.Repeat("abcdefgh ", 5) + "i", "  fix   abcdefgh abcdefgh abcdefgh\n        abcdefgh abcdefgh i\n"},
		{"fix", strings.Repeat("x", 40), "  fix   " + strings.Repeat("x", 32) + "\n        xxxxxxxx\n"},
		{"fix", strings.Repeat("证书", 10), "  fix   " + strings.Repeat("证书", 8) + "\n        证书证书\n"},
		{"书", "text", "  书    text\n"},
		{"\x1b[2J", "text", `  \u{1b}[2J text` + "\n"},
		{"fix", "the line is -----BEGIN CERTIFICATE-----.", "  fix   the line is\n        -----BEGIN CERTIFICATE-----.\n"},
		{"fix", "line\nbreak\x1b", `  fix   line\u{a}break\u{1b}` + "\n"},
	} {
		var b strings.Builder
		newPage(&b, 40, false).row(2, text(test.label), 8, text(test.text))
		if b.String() != test.want {
			t.Errorf("%q, %q:\n%s", test.label, test.text, b.String())
		}
	}
}

func TestLines(t *testing.T) {
	var b strings.Builder
	newPage(&b, 0, true).lines("one  two\n\tthree\u202e\r\nfour")
	if want := `one  two` + "\n" + `\u{9}three\u{202e}\u{d}` + "\nfour\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestFullText checks that --text shows each certificate in full.
func TestFullText(t *testing.T) {
	files(t)
	got := call("inspect", "--text", "chain.pem")
	if n := strings.Count(got.stdout, "X509v3 Basic Constraints"); got.code != 0 || n != 2 {
		t.Errorf("exit code %d, %d certificates:\n%s", got.code, n, got.stdout)
	}
}
