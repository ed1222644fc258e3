package golden_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/internal/golden"
)

const callLine = `{"op": "check", "profile": "generic", "cert": "cert.pem", "at": "2026-01-01T00:00:00Z"}` + "\n"

// write makes a directory with one case.
func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "group"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "group", "code.txtar"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestLoad(t *testing.T) {
	dir := write(t, "Shows something.\n# finds: a-b, c-d\n# may also have: e-f\n"+
		"-- call.json --\n"+callLine+"-- cert.pem.repeat --\n3\nab\n-- healthy/cert.pem.hex --\n6f 6b\n")
	cases, err := golden.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := cases[0]
	if c.Name != "group/code" || c.Group() != "group" || c.Code() != "code" || len(c.Finds) != 2 || c.Finds[1] != "c-d" || c.MayAlsoHave[0] != "e-f" {
		t.Errorf("the case was read as %+v", c)
	}
	if got := string(c.Files(golden.Failing)["cert.pem"]); got != "ab\nab\nab\n" {
		t.Errorf("the repeated file is %q", got)
	}
	if got := string(c.Files(golden.Healthy)["cert.pem"]); got != "ok" {
		t.Errorf("the healthy file is %q", got)
	}
	if got := c.Call(golden.Healthy).Profile; got != "generic" {
		t.Errorf("the healthy call has the profile %q", got)
	}
}

func TestUpdate(t *testing.T) {
	dir := write(t, "Shows something.\n-- call.json --\n"+callLine+"-- cert.pem --\nx\n-- healthy/cert.pem --\ny\n")
	load := func() *golden.Case {
		cases, err := golden.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		return cases[0]
	}
	for _, text := range []string{"{}\n", "[]\n"} {
		if err := load().Update(map[string][]byte{golden.Failing: []byte(text), golden.Healthy: []byte("0\n")}); err != nil {
			t.Fatal(err)
		}
		c := load()
		if string(c.Report(golden.Failing)) != text || string(c.Report(golden.Healthy)) != "0\n" || string(c.Files(golden.Healthy)["cert.pem"]) != "y\n" {
			t.Errorf("after an update the case is %+v", c)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "group", "code.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if report, healthy := strings.Index(string(text), "-- report.json"), strings.Index(string(text), "-- healthy/cert.pem"); report > healthy {
		t.Errorf("the report stands behind the healthy twin:\n%s", text)
	}
}

func TestLoadRefuses(t *testing.T) {
	body := "-- call.json --\n" + callLine + "-- cert.pem --\nx\n"
	for name, text := range map[string]string{
		"no comment":         body,
		"unknown comment":    "Shows something.\n# find: a-b\n" + body,
		"no call":            "Shows something.\n-- cert.pem --\nx\n",
		"unknown key":        "Shows something.\n" + strings.Replace(body, `"op"`, `"flags": [], "op"`, 1),
		"no time":            "Shows something.\n" + strings.Replace(body, `, "at": "2026-01-01T00:00:00Z"`, "", 1),
		"file missing":       "Shows something.\n-- call.json --\n" + callLine,
		"file unused":        "Shows something.\n" + body + "-- key.pem --\nx\n",
		"unknown directory":  "Shows something.\n" + body + "-- other/cert.pem --\nx\n",
		"section twice":      "Shows something.\n" + body + "-- cert.pem --\nx\n",
		"broken base64":      "Shows something.\n" + strings.Replace(body, "cert.pem --\nx", "cert.pem.base64 --\n?", 1),
		"broken hex":         "Shows something.\n" + strings.Replace(body, "cert.pem --\nx", "cert.pem.hex --\nx", 1),
		"broken repetitions": "Shows something.\n" + strings.Replace(body, "cert.pem --\nx", "cert.pem.repeat --\nx", 1),
		"broken response":    "Shows something.\n" + body + "-- response.json --\n{\n",
	} {
		if _, err := golden.Load(write(t, text)); err == nil {
			t.Errorf("%s: the case was accepted", name)
		}
	}
	if _, err := golden.Load(t.TempDir()); err == nil {
		t.Error("a directory without cases was accepted")
	}
	dir := write(t, "Shows something.\n"+body)
	if err := os.WriteFile(filepath.Join(dir, "group", "notes.md"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := golden.Load(dir); err == nil {
		t.Error("a file that is no case was accepted")
	}
}

func TestRunRefuses(t *testing.T) {
	for _, change := range [][2]string{
		{`"op": "check"`, `"op": "chek"`},
		{`"profile": "generic"`, `"profile": "generik"`},
		{`"op": "check"`, `"op": "request", "operation": "delete"`},
		{`"op": "check"`, `"op": "chain"`},
		{`"op": "check", "profile": "generic"`, `"op": "chain", "revocation": "perhaps"`},
	} {
		cases, err := golden.Load(write(t, "Shows something.\n-- call.json --\n"+strings.Replace(callLine, change[0], change[1], 1)+"-- cert.pem --\nx\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cases[0].Run(golden.Failing); err == nil {
			t.Errorf("%s was accepted", change[1])
		}
	}
}
