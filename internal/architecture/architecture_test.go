// Package architecture checks that the rooms of this module depend on each other
// in one direction, and that what a browser or an offline user must not link
// stays out of the rooms that only decide. docs/architecture.md has the reasons.
package architecture

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/certloupe/certloupe"

// rooms are the packages from the ground up, each with the rooms that it may
// import. A package that is not listed here fails the test.
var rooms = []struct {
	path    string
	imports []string
}{
	{"internal/safetext", nil},
	{"internal/jsontext", []string{"internal/safetext"}},
	{"finding", []string{"internal/jsontext", "internal/safetext"}},
	{"certparse", []string{"finding", "internal/jsontext", "internal/safetext"}},
	{"certparse/text", []string{"certparse", "internal/safetext"}},
	{"sm2", []string{"certparse", "finding", "internal/jsontext", "internal/safetext"}},
	{"ocsp", []string{"sm2", "certparse", "finding"}},
	{"ocsp/internal/forge", nil},
	{"ocsp/ocsptest", []string{"ocsp", "ocsp/internal/forge", "certparse", "finding"}},
	{"ocsp/client", []string{"ocsp", "certparse", "finding", "internal/safetext"}},
	{"validate/path", []string{"certparse", "finding"}},
	{"validate", []string{"validate/path", "ocsp", "sm2", "certparse", "finding", "internal/jsontext", "internal/safetext"}},
	{"ocsp/admission", []string{"ocsp", "ocsp/client", "validate", "validate/path", "certparse", "finding"}},
	{"internal/rows", []string{"validate", "sm2", "certparse", "finding", "internal/jsontext"}},
	{"scan", []string{"internal/rows", "validate", "certparse", "finding", "internal/jsontext", "internal/safetext"}},
	{"internal/mend", []string{"certparse", "finding"}},
	{"wasm/bridge", []string{"internal/rows", "validate", "validate/path", "ocsp", "sm2", "certparse", "finding", "internal/mend", "internal/jsontext"}},
	{"wasm", []string{"wasm/bridge"}},
	{"wasm/build", nil},
	{"internal/webpage", nil},
	{"internal/golden", []string{"validate", "validate/path", "certparse", "finding"}},
	{"internal/hardpaths", nil},
	{"internal/peers", nil},
	{"internal/architecture", nil},
	{"cmd/certloupe", []string{"scan", "validate", "validate/path", "ocsp", "ocsp/client", "certparse/text", "certparse", "sm2", "finding", "internal/jsontext", "internal/mend", "internal/safetext", "internal/webpage"}},
}

// deciding are the rooms that only decide: pure functions of their input.
var deciding = []string{"finding", "certparse", "sm2", "ocsp", "validate", "validate/path", "internal/rows"}

// forbidden is what the deciding rooms must not link, in any build.
var forbidden = []string{"net/http", "net", "crypto/x509", "crypto/tls", "os/exec", "testing", "github.com/emmansun/gmsm/smx509"}

func list(t *testing.T, env string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), strings.Fields(env)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.String())
	}
	return strings.Fields(string(out))
}

// platform is the environment in which a room exists.
func platform(room string) string {
	if room == "wasm" {
		return "GOOS=js GOARCH=wasm"
	}
	return ""
}

func TestImportsPointOneWay(t *testing.T) {
	// The browser's module exists only there.
	for _, path := range append(list(t, "", "./..."), module+"/wasm") {
		path = strings.TrimPrefix(path, module+"/")
		i := slices.IndexFunc(rooms, func(r struct {
			path    string
			imports []string
		}) bool {
			return r.path == path
		})
		if i < 0 {
			t.Errorf("%s is not in the list of rooms: say in docs/architecture.md what it is for, and add it", path)
			continue
		}
		for _, imported := range list(t, platform(path), "-f", `{{join .Imports "\n"}}`, "./"+path) {
			if rest, ok := strings.CutPrefix(imported, module+"/"); ok && !slices.Contains(rooms[i].imports, rest) {
				t.Errorf("%s imports %s, which stands above it", path, rest)
			}
		}
	}
}

// The room that reads in bulk has files, but no network either.
func TestDecidingRoomsLinkNoNetwork(t *testing.T) {
	for _, env := range []string{"GOOS=linux GOARCH=amd64", "GOOS=js GOARCH=wasm", "GOOS=windows GOARCH=amd64", "GOOS=darwin GOARCH=arm64"} {
		for _, room := range append([]string{"scan"}, deciding...) {
			for _, dep := range list(t, env+" CGO_ENABLED=0", "-deps", "./"+room) {
				if slices.Contains(forbidden, dep) {
					t.Errorf("%s: %s links %s", env, room, dep)
				}
			}
		}
	}
}

// The browser's module has nothing that it cannot use, and nothing that is large.
func TestModuleIsSmall(t *testing.T) {
	deps := list(t, platform("wasm"), "-deps", "./wasm")
	if !slices.Contains(deps, module+"/validate") {
		t.Fatal("the module has no validate")
	}
	for _, dep := range deps {
		switch {
		case slices.Contains(forbidden, dep), slices.Contains([]string{"encoding/json", "text/template", "html/template", "regexp", "compress/gzip", "archive/zip", "flag", "log"}, dep):
			t.Errorf("wasm links %s", dep)
		}
	}
}

// The rooms that only decide must not know the time, the environment or the file system by themselves.
func TestDecidingRoomsDoNoInput(t *testing.T) {
	for _, room := range deciding {
		for _, imported := range list(t, "", "-f", `{{join .Imports "\n"}}`, "./"+room) {
			switch imported {
			case "os", "io/fs", "log", "net", "net/http", "syscall", "unsafe":
				t.Errorf("%s imports %s", room, imported)
			}
		}
	}
}
