package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"strings"
	"testing"
)

// A list of blocked keys rejects its keys in every command that judges; a list
// that cannot be read in full is an error and never an empty list.
func TestKeyBlocklist(t *testing.T) {
	files(t)
	spki, err := x509.MarshalPKIXPublicKey(serverKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(spki)
	write(t, "blocked", []byte("# TEST ONLY\n"+hex.EncodeToString(sum[:])+"\n"))
	write(t, "others", []byte(strings.Repeat("0", 20)+"\n"))
	for _, command := range [][]string{
		{"inspect", "server.pem"},
		{"check", "--cert=server.pem", "--key=server.key"},
		{"request", "modify-ssl-certificate", "modify.json"},
		{"request", "query-device-certificate", "--cert=server.pem"},
	} {
		for _, test := range []struct {
			lists   []string
			code    int
			blocked bool
		}{
			{[]string{"others"}, exitAccepted, false},
			{[]string{"blocked"}, exitRejected, true},
			{[]string{"blocked", "others"}, exitRejected, true},
			{[]string{"missing"}, exitFailed, false},
			{[]string{"garbage"}, exitFailed, false},
			{[]string{"others", "server.key"}, exitFailed, false},
		} {
			args := append([]string{}, command...)
			for _, list := range test.lists {
				args = append(args, "--key-blocklist="+list)
			}
			got := call(append(args, "--json")...)
			if test.code == exitAccepted {
				// Whatever else is wrong with the upload is no matter of the list.
				test.code = call(append(append([]string{}, command...), "--json")...).code
			}
			if got.code != test.code || strings.Contains(got.stdout, "key-known-weak") != test.blocked {
				t.Errorf("%v: code %d, want %d\n%s%s", args, got.code, test.code, got.stdout, got.stderr)
			}
			if strings.Contains(got.stderr, "PRIVATE") || strings.Contains(got.stderr, "MC4C") {
				t.Errorf("%v: the error shows a key: %s", args, got.stderr)
			}
		}
	}
}

// Of a list that is too large, part would be read: that is an error too.
func TestKeyBlocklistIsReadInFull(t *testing.T) {
	files(t)
	defer func(before int) { maxBlocklist = before }(maxBlocklist)
	maxBlocklist = 42
	line := strings.Repeat("0", 20) + "\n"
	for n, want := range []int{exitAccepted, exitAccepted, exitAccepted, exitFailed} {
		write(t, "list", []byte(strings.Repeat(line, n)))
		if got := call("inspect", "--key-blocklist=list", "server.pem"); got.code != want {
			t.Errorf("%d lines: code %d, want %d\n%s", n, got.code, want, got.stderr)
		}
	}
}
