package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestPassword checks each way that a password can come in.
func TestPassword(t *testing.T) {
	files(t)
	check := []string{"check", "--cert", "server.pem", "--key", "encrypted.key"}
	for _, test := range []struct {
		name string
		// content is what the file, the descriptor or standard input has.
		content string
		args    string
		code    int
	}{
		{"file", password + "\n", "--password-file secret", 0},
		{"file without line break", password, "--password-file secret", 0},
		{"file from Windows", password + "\r\n", "--password-file secret", 0},
		{"two line breaks", password + "\n\n", "--password-file secret", 1},
		{"blank at the end", password + " \n", "--password-file secret", 1},
		{"empty file", "", "--password-file secret", 1},
		{"endless file", strings.Repeat("x", maxPassword+1), "--password-file secret", 2},
		{"standard input", password + "\n", "--password-file -", 0},
		{"descriptor 0", password + "\n", "--password-fd 0", 0},
		{"descriptor 3", password + "\n", "--password-fd 3", 0},
		{"descriptor 1", password + "\n", "--password-fd 1", 2},
		{"descriptor 9", password + "\n", "--password-fd 9", 2},
		{"descriptor -1", password + "\n", "--password-fd -1", 2},
		{"terminal", password, "--ask-password", 0},
		{"none", "", "", 1},
	} {
		write(t, "secret", []byte(test.content))
		c := newCaller()
		c.stdin = strings.NewReader(test.content)
		c.env.openDescriptor = func(n int) (io.Reader, error) {
			if n > 3 {
				return nil, errors.New("it is not open")
			}
			return strings.NewReader(test.content), nil
		}
		c.env.askPassword = func(string) ([]byte, error) { return []byte(test.content), nil }
		got := c.call(append(check, strings.Fields(test.args)...)...)
		if got.code != test.code {
			t.Errorf("%s: exit code %d, want %d\n%s%s", test.name, got.code, test.code, got.stdout, got.stderr)
		}
	}
	if got := call(append(check, "--ask-password")...); got.code != exitFailed {
		t.Errorf("without a terminal: %+v", got)
	}
	if got := call("check", "--cert", "-", "--password-fd", "0"); got.code != exitFailed {
		t.Errorf("standard input cannot be two things: %+v", got)
	}
}

// TestNoSecrets checks that neither passwords nor keys are in any output.
func TestNoSecrets(t *testing.T) {
	files(t)
	keys := []string{password, "WrongSecret"}
	for _, name := range []string{"server.key", "other.key"} {
		// The line with the key's base64 text.
		keys = append(keys, strings.Split(read(t, name), "\n")[1])
	}
	write(t, "add-wrong.json", bytes.ReplaceAll([]byte(read(t, "add.json")), []byte(password), []byte("WrongSecret")))
	write(t, "add-pattern.json", bytes.ReplaceAll([]byte(read(t, "add.json")), []byte(password), []byte(password+"1")))
	for _, args := range []string{
		"inspect encrypted.key --password-file password",
		"inspect encrypted.key --password-file wrong-password",
		"inspect server.key damaged.key other.key",
		"inspect server.key --password-file password",
		"check --cert server.pem --key encrypted.key --password-file password",
		"check --cert server.pem --key damaged.key",
		"check --cert server.key --key server.pem",
		"check --profile iotda-server --cert server.pem --key encrypted.key --password-file wrong-password",
		"check --profile iotda-ca --cert ca.pem --password-file password",
		"request add-server-certificate add.json",
		"request add-server-certificate add-wrong.json",
		"request add-server-certificate add-pattern.json",
		"request add-server-certificate add-mismatch.json",
		"request modify-ssl-certificate modify.json",
		"request update-ca-certificate add.json",
		"check --cert server.pem --password " + password,
		"check --cert server.pem --password=" + password,
		"check --cert server.pem --password-fd " + password,
		"check --cert server.pem -p" + password,
		"check --cert server.pem " + password,
		"fix damaged.key -o repaired.key",
	} {
		for _, form := range []string{"", "--json"} {
			got := call(append(strings.Fields(args), strings.Fields(form)...)...)
			for _, secret := range keys {
				if strings.Contains(got.stdout+got.stderr, secret) {
					t.Errorf("certloupe %s %s shows a secret:\n%s%s", args, form, got.stdout, got.stderr)
				}
			}
		}
	}
}
