package corpora

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	// The certificates that zlint tests itself with are in its module. Its package
	// util keeps that among the requirements; nothing of it is called.
	_ "github.com/zmap/zlint/v3/util"
)

// sources are where the certificates come from: modules, whose files the module
// cache has, and folders of the Go distribution. Inside says from where the module
// is seen: this module or the root.
var sources = []struct{ name, module, inside, folder string }{
	{"go-x509", "", ".", "src/crypto/x509"},
	{"go-tls", "", ".", "src/crypto/tls"},
	{"zlint", "github.com/zmap/zlint/v3", ".", "testdata"},
	{"zcrypto", "github.com/zmap/zcrypto", ".", ""},
	{"gmsm", "github.com/emmansun/gmsm", ".", ""},
	{"certinfo", "github.com/smallstep/certinfo", "../..", ""},
	{"ct-go", "github.com/google/certificate-transparency-go", ".", ""},
	{"x-crypto", "golang.org/x/crypto", ".", ""},
}

// moreVariable names the environment variable with a folder of more certificates
// to compare, whatever they are. See also vectorsVariable.
const moreVariable = "CERTLOUPE_CORPORA"

// vectorsVariable names the environment variable with the folder of test vectors
// that other tests use too; of them, those of x509-limbo and PKITS are read.
const vectorsVariable = "CERTLOUPE_VECTORS"

// file is a file that may hold certificates.
type file struct {
	name, path string
	data       []byte
}

// certificate is the DER of what claims to be a certificate. Copies count once.
type certificate struct {
	name string
	der  []byte
}

// key names the certificate in the file of exceptions: names of files change from
// one version of a module to the next, fingerprints do not.
func (c *certificate) key() string {
	sum := sha256.Sum256(c.der)
	return hex.EncodeToString(sum[:6])
}

// folderOf finds the folder of a module or, without one, of Go. It is empty if the
// module is not on this machine.
func folderOf(t *testing.T, module, inside string) string {
	t.Helper()
	args := []string{"env", "GOROOT"}
	if module != "" {
		args = []string{"list", "-m", "-f", "{{.Dir}}", module}
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = inside
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// collection is what was found once for all tests.
type collection struct {
	files        []file
	certificates []certificate
	log          []string
	seen         map[[32]byte]bool
	// more says that the folder of moreVariable was read.
	more bool
}

var collected *collection

// collect reads every file that may hold certificates and every certificate in them.
func collect(t *testing.T) *collection {
	if collected == nil {
		c := &collection{seen: map[[32]byte]bool{}}
		for _, s := range sources {
			folder := folderOf(t, s.module, s.inside)
			if folder == "" {
				c.log = append(c.log, "NOT COMPARED: "+s.name+" is not on this machine; go mod download gets it")
				continue
			}
			c.read(t, s.name, filepath.Join(folder, filepath.FromSlash(s.folder)))
		}
		for _, name := range []string{"limbo.json", "pkits.json"} {
			path := filepath.Join(os.Getenv(vectorsVariable), name)
			if _, err := os.Stat(path); err != nil {
				c.log = append(c.log, "NOT COMPARED: "+name+" is not in the folder that "+vectorsVariable+" names")
				continue
			}
			c.read(t, name, path)
		}
		if folder := os.Getenv(moreVariable); folder != "" {
			c.more = true
			c.read(t, "more", folder)
		}
		collected = c
	}
	for _, line := range collected.log {
		t.Log(line)
	}
	return collected
}

// largest is the size of the largest file that is read.
const largest = 128 << 20

// read reads a folder, or one file.
func (c *collection) read(t *testing.T, name, root string) {
	t.Helper()
	before := len(c.certificates)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() > largest {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f := file{name: name + "/" + filepath.ToSlash(relative), path: path, data: data}
		found := certificatesIn(f)
		if len(data) <= certparse.DefaultMaxSize && (isCertificateFile(path) || len(found) > 0 && !isSource(path)) {
			c.files = append(c.files, f)
		}
		for _, one := range found {
			if sum := sha256.Sum256(one.der); !c.seen[sum] {
				c.seen[sum] = true
				c.certificates = append(c.certificates, one)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.log = append(c.log, fmt.Sprintf("%-10s %5d certificates that no earlier source has", name, len(c.certificates)-before))
}

func isCertificateFile(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".pem", ".crt", ".cer", ".der", ".cert":
		return true
	}
	return false
}

// isSource reports whether the file is a program or a collection of others, whose
// text around the certificates is no matter of a certificate reader.
func isSource(path string) bool {
	switch filepath.Ext(path) {
	case ".go", ".md", ".json", ".txt", ".txtar", ".sh", ".js", ".ts", ".html", ".c", ".h", ".cc", ".cpp", ".py", ".java", ".rs":
		return true
	}
	return false
}

// hexCertificate is a certificate as programs have it: hexadecimal digits.
var hexCertificate = regexp.MustCompile(`30820[1-9a-f][0-9a-f]{400,}`)

var begin = []byte("-----BEGIN ")

// certificatesIn takes the certificates out of a file: blocks of PEM, hexadecimal
// digits, or the file itself.
func certificatesIn(f file) (found []certificate) {
	add := func(der []byte) {
		found = append(found, certificate{f.name + "#" + strconv.Itoa(len(found)+1), bytes.Clone(der)})
	}
	if isCertificateFile(f.path) && len(f.data) > 2 && f.data[0] == 0x30 && f.data[1] >= 0x80 && f.data[1] < 0xc0 {
		add(f.data)
		return found
	}
	rest := f.data
	if filepath.Ext(f.path) == ".json" {
		rest = bytes.ReplaceAll(rest, []byte(`\n`), []byte("\n"))
	}
	for {
		i := bytes.Index(rest, begin)
		if i < 0 {
			break
		}
		// Each BEGIN is tried on its own, because in a program's text the first
		// damaged one would hide those that follow.
		rest = rest[i:]
		end := bytes.Index(rest[len(begin):], begin)
		part := rest
		if end >= 0 {
			part = rest[:len(begin)+end]
		}
		if block, _ := pem.Decode(part); block != nil && strings.HasSuffix(block.Type, "CERTIFICATE") {
			add(block.Bytes)
		}
		rest = rest[len(begin):]
	}
	if isSource(f.path) && filepath.Ext(f.path) != ".json" {
		for _, digits := range hexCertificate.FindAll(f.data, -1) {
			if der, err := hex.DecodeString(string(digits[:len(digits)&^1])); err == nil {
				add(der)
			}
		}
	}
	return found
}
