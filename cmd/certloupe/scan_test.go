package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestScanExitCodes(t *testing.T) {
	files(t)
	for _, test := range []struct {
		args string
		code int
		rows int
	}{
		{"scan server.pem", 0, 1},
		{"scan server.pem ca.pem server.key", 0, 3},
		{"scan server.der", 0, 1},
		{"scan expired.pem", 1, 1},
		{"scan --fail-on never expired.pem", 0, 1},
		{"scan --fail-on warning server.pem", 0, 1},
		{"scan --at 2020-01-01 server.pem", 1, 1},
		{"scan garbage", 1, 1},
		{"scan empty", 1, 1},
		{"scan -", 1, 1},
		{"scan missing server.pem", 2, 2},
		{"scan --fail-on never missing", 2, 1},
		{"scan --fields source,nothing server.pem", 2, 0},
		{"scan --fields source --full server.pem", 2, 0},
		{"scan --format xml server.pem", 2, 0},
		{"scan --row --format pem server.pem", 2, 0},
		{"scan --wrap x --as tsv server.pem", 2, 0},
		{"scan --resume state server.pem", 2, 0},
		{"scan --resume state -o out -", 2, 0},
		{"scan - -", 2, 0},
		{"scan", 2, 0},
		{"scan -o server.key server.pem", 2, 0},
		{"scan --max-size 10 server.pem", 1, 1},
		{"scan --row -", 0, 0},
	} {
		got := call(strings.Fields(test.args)...)
		if got.code != test.code || strings.Count(got.stdout, "\n") != test.rows {
			t.Errorf("certloupe %s: exit code %d, want %d\n%s%s", test.args, got.code, test.code, got.stdout, got.stderr)
		}
		if (got.stderr == "") != (test.code != exitFailed) {
			t.Errorf("certloupe %s: standard error has %q", test.args, got.stderr)
		}
	}
	if read(t, "server.key") != string(keyText(t, serverKey)) {
		t.Error("a file was replaced")
	}
}

// TestScanColumns holds the columns of TabSeparated and their escapes.
func TestScanColumns(t *testing.T) {
	files(t)
	write(t, "lines.tsv", []byte(strings.ReplaceAll(read(t, "server.pem"), "\n", `\n`)+"\tid\n"+`\N`+"\n"))
	got := call("scan", "--row", "--format", "tsv", "--as", "tsv", "--fields", "common_name,key_bits,is_ca,findings,path_len", "lines.tsv")
	want := "www.example.com\t256\tfalse\t[]\t\\N\n\\N\t\\N\t\\N\t[\"input-empty\"]\t\\N\n"
	if got.stdout != want || got.code != 0 {
		t.Errorf("%q, want %q\n%s", got.stdout, want, got.stderr)
	}
	whole := call("scan", "--row", "--format", "tsv", "--as", "tsv", "lines.tsv").stdout
	line, _, _ := strings.Cut(whole, "\n")
	var row map[string]any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(line, `\\`, `\`)), &row); err != nil || row["common_name"] != "www.example.com" {
		t.Errorf("%v: %s", err, line)
	}
}

// TestScanRow holds row mode: a row for each line, the first thing of a record
// with the others in it.
func TestScanRow(t *testing.T) {
	files(t)
	quoted, _ := json.Marshal(map[string]any{"tls": map[string]string{"cert": read(t, "chain.pem")}})
	write(t, "lines", fmt.Appendf(nil, "%s\n\n%s\n%s\n{}\n", quoted, base64.StdEncoding.EncodeToString([]byte(read(t, "server.der"))), "garbage"))
	got := call("scan", "--row", "--field", "tls.cert", "--fields", "record,line,kind,common_name,findings", "--wrap", "result", "lines")
	want := `{"result":{"record":1,"line":1,"kind":"certificate","common_name":"www.example.com","findings":[],"more":[{"record":1,"line":1,"kind":"certificate","common_name":"Test CA","findings":[]}]}}
{"result":{"record":2,"line":2,"kind":"unknown","findings":["input-empty"]}}
{"result":{"record":3,"line":3,"kind":"certificate","common_name":"www.example.com","findings":[]}}
{"result":{"record":4,"line":4,"kind":"unknown","findings":["input-unrecognized"]}}
{"result":{"record":5,"line":5,"kind":"unknown","findings":["scan-field-missing"]}}
`
	if got.stdout != want || got.code != 0 {
		t.Errorf("exit code %d\n%swant\n%s", got.code, got.stdout, want)
	}
}

func TestScanSummary(t *testing.T) {
	files(t)
	got := call("scan", "--summary", "--summary-json", "sum.json", "server.pem", "server.pem", "expired.pem", "server.key", "garbage")
	for _, want := range []string{"3 certificates, 1 private keys", "2 accepted, 1 rejected", "1 expired", "2; 1 were there before", "1 certificate-expired"} {
		if !strings.Contains(strings.Join(strings.Fields(got.stderr), " "), want) {
			t.Errorf("the summary lacks %q:\n%s", want, got.stderr)
		}
	}
	var sum map[string]any
	if err := json.Unmarshal([]byte(read(t, "sum.json")), &sum); err != nil {
		t.Fatal(err)
	}
	if sum["certificates"] != 3.0 || sum["duplicates"] != 1.0 || sum["exact"] != true || sum["codes"].(map[string]any)["certificate-expired"] != 1.0 {
		t.Errorf("%v", sum)
	}
}

// TestScanProgress shows that the bar is there on a terminal only, and goes away.
func TestScanProgress(t *testing.T) {
	files(t)
	a := newCaller()
	a.env.errColumns = 60
	got := a.call("scan", "server.pem")
	if !strings.Contains(got.stderr, "1 certificates") || !strings.HasSuffix(got.stderr, "\r\x1b[K") || strings.Contains(got.stderr, "\n") {
		t.Errorf("%q", got.stderr)
	}
	if got := call("scan", "server.pem"); got.stderr != "" {
		t.Errorf("%q", got.stderr)
	}
}

// TestScanResume shows that a run only goes on where it is the same run.
func TestScanResume(t *testing.T) {
	files(t)
	scan := func(args ...string) result {
		return call(append([]string{"scan", "--resume", "state", "-o", "out"}, args...)...)
	}
	if got := scan("chain.pem", "server.key"); got.code != 0 || got.stdout != "" {
		t.Fatalf("%+v", got)
	}
	want := read(t, "out")
	if strings.Count(want, "\n") != 3 {
		t.Fatal(want)
	}
	// What stands behind the checkpoint is cut off, and a run that is done stays done.
	write(t, "out", []byte(want+"{\"half"))
	if got := scan("chain.pem", "server.key"); got.code != 0 || read(t, "out") != want {
		t.Errorf("%+v\n%s", got, read(t, "out"))
	}
	for _, args := range [][]string{
		{"server.key", "chain.pem"}, {"chain.pem"}, {"chain.pem", "server.key", "--full"}, {"chain.pem", "server.key", "--at", "2026-01-01"},
		{"chain.pem", "server.key", "--fields", "source"}, {"chain.pem", "server.key", "--expiring-within", "3d"},
	} {
		if got := scan(args...); got.code != exitFailed || read(t, "out") != want {
			t.Errorf("%v goes on with another run: %+v", args, got)
		}
	}
	if got := scan("chain.pem", "server.key", "--workers", "5", "--summary"); got.code != 0 || !strings.Contains(got.stderr, "2 certificates") {
		t.Errorf("%+v", got)
	}
	chain := read(t, "chain.pem")
	info, err := os.Stat("chain.pem")
	if err != nil {
		t.Fatal(err)
	}
	// Another content of the same size and time of change.
	write(t, "chain.pem", bytes.Replace([]byte(chain), []byte("M"), []byte("N"), 1))
	if err := os.Chtimes("chain.pem", info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := scan("chain.pem", "server.key"); got.code != exitFailed {
		t.Errorf("it goes on with a changed file: %+v", got)
	}
	write(t, "chain.pem", []byte(chain))
	if err := os.Chtimes("chain.pem", now, now); err != nil {
		t.Fatal(err)
	}
	if got := scan("chain.pem", "server.key"); got.code != exitFailed {
		t.Errorf("it goes on with a file of another time: %+v", got)
	}
	if err := os.Chtimes("chain.pem", info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	write(t, "out", []byte(want[:10]))
	if got := scan("chain.pem", "server.key"); got.code != exitFailed || read(t, "out") != want[:10] {
		t.Errorf("it goes on with an output that is too short: %+v", got)
	}
	write(t, "state", []byte("{}"))
	if got := scan("chain.pem", "server.key"); got.code != exitFailed {
		t.Errorf("it goes on from what is no checkpoint: %+v", got)
	}
	os.Remove("state")
	if got := scan("chain.pem", "server.key"); got.code != exitFailed || read(t, "out") != want[:10] {
		t.Errorf("it replaces a file that it did not write: %+v", got)
	}
}

// TestScanOutputIsNoInput shows that a scan neither reads what it writes nor
// writes over what it should read.
func TestScanOutputIsNoInput(t *testing.T) {
	files(t)
	if err := os.Mkdir("folder", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "folder/server.pem", []byte(read(t, "server.pem")))
	if got := call("scan", "folder", "-o", "folder/rows"); got.code != exitFailed || strings.Count(read(t, "folder/rows"), "\n") != 2 {
		t.Errorf("%+v\n%s", got, read(t, "folder/rows"))
	}
	for _, args := range [][]string{
		{"server.pem", "-o", "server.pem", "--force"}, {"server.pem", "-o", "out", "--summary-json", "server.pem", "--force"},
		{"folder", "-o", "out", "--resume", "folder/state"}, {"folder", "-o", "folder/out", "--resume", "state"},
	} {
		before := read(t, "server.pem")
		if got := call(append([]string{"scan"}, args...)...); got.code != exitFailed || read(t, "server.pem") != before {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
