package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestExitCodes(t *testing.T) {
	files(t)
	huge, err := os.Create("huge")
	if err != nil {
		t.Fatal(err)
	}
	// A file with a hole takes no room.
	if err := huge.Truncate(50 << 30); err != nil {
		t.Fatal(err)
	}
	huge.Close()
	for _, test := range []struct {
		args string
		code int
	}{
		{"inspect server.pem", 0},
		{"inspect server.der", 0},
		{"inspect server.pem server.key ca.pem", 0},
		{"inspect expired.pem", 1},
		{"inspect damaged.pem", 1},
		{"inspect garbage", 1},
		{"inspect empty", 1},
		{"inspect huge", 1},
		{"inspect server.pem missing", 2},
		{"inspect directory", 2},
		{"inspect", 2},
		{"inspect -", 1}, // Standard input is empty.
		{"inspect - -", 2},
		{"inspect --max-size 10 server.pem", 1},
		{"inspect --max-size 0 server.pem", 2},
		{"inspect --at tomorrow server.pem", 2},
		{"inspect --at 2020-01-01 server.pem", 1},
		{"inspect --at 2026-06-01T00:00:00+02:00 server.pem", 0},
		{"inspect --json --text server.pem", 2},
		{"inspect --json --quiet server.pem", 2},
		{"inspect encrypted.key", 1},
		{"inspect encrypted.key --password-file password", 0},
		{"inspect encrypted.key --password-file wrong-password", 1},
		{"inspect encrypted.key --password-file missing", 2},
		{"inspect encrypted.key --password-file password --ask-password", 2},

		{"check --cert server.pem", 0},
		{"check --cert server.pem --key server.key", 0},
		{"check --cert chain.pem --key server.key --trusted-root ca.pem", 0},
		{"check --cert server.pem --key other.key", 1},
		{"check --cert empty --key server.key", 1},
		{"check --cert huge --key server.key", 1},
		{"check --cert missing --key server.key", 2},
		{"check --cert server.pem --key missing", 2},
		{"check --cert directory", 2},
		{"check --cert", 2},
		{"check --key server.key", 2},
		{"check server.pem", 2},
		{"check --cert - --key -", 2},
		{"check --profile none --cert server.pem", 2},
		{"check --profile iotda-server --cert server.pem --key server.key", 0},
		{"check --profile iotda-server --cert server.pem --key encrypted.key --password-file password", 0},
		{"check --profile iotda-server --cert server.pem", 1},
		{"check --profile iotda-server --cert server.pem --key server.key --name x", 2},
		{"check --profile iotda-ca --cert ca.pem", 0},
		{"check --profile iotda-ca --cert ca.pem --verification-cert proof.pem --verify-code 5c1ee6cfd3ba45ad", 0},
		{"check --profile iotda-ca --cert ca.pem --verification-cert proof.pem --verify-code other", 1},
		{"check --profile iotda-device --cert server.pem --trusted-root ca.pem --status INACTIVE", 0},
		{"check --profile iotda-device --cert server.pem --status ASLEEP", 1},
		{"check --profile apig-ssl --cert server.pem --key server.key --name my_cert --type nowhere", 1},

		{"chain --roots ca.pem server.pem", 0},
		{"chain --roots ca.pem chain.pem server.key", 0},
		{"chain --roots ca.pem --host www.example.com server.der", 0},
		{"chain --roots ca.pem --host www.example.org server.pem", 1},
		{"chain --roots ca.pem --email a@example.com server.pem", 1},
		{"chain --roots ca.pem --uri https://example.com/ server.pem", 1},
		{"chain --roots ca.pem expired.pem", 1},
		{"chain --roots ca.pem --at 2026-03-01 expired.pem", 0},
		{"chain --roots ca.pem --purpose server --purpose client server.pem", 0},
		{"chain --roots ca.pem --purpose email server.pem", 1},
		{"chain --roots ca.pem --purpose 1.3.6.1.5.5.7.3.4 server.pem", 1},
		{"chain --roots ca.pem --purpose surfing server.pem", 2},
		{"chain --roots ca.pem --policy 1.2.3 server.pem", 1},
		{"chain --roots ca.pem --policy 3.2.1 server.pem", 2},
		{"chain --roots ca.pem --policy 1 server.pem", 2},
		{"chain --roots ca.pem --profile webpki server.pem", 1},
		{"chain --roots ca.pem --profile other server.pem", 2},
		{"chain --roots ca.pem --revocation soft-fail server.pem", 0},
		{"chain --roots ca.pem --revocation hard-fail server.pem", 1},
		{"chain --roots ca.pem --revocation never server.pem", 2},
		{"chain --roots ca.pem --crl garbage --ocsp garbage server.pem", 0},
		{"chain --roots ca.pem --crl garbage --revocation hard-fail server.pem", 1},
		{"chain --roots ca.pem --crl missing server.pem", 2},
		{"chain --roots server.pem server.pem", 0},
		{"chain --roots other.key server.pem", 1},
		{"chain --roots garbage server.pem", 1},
		{"chain --roots missing server.pem", 2},
		{"chain --roots ca.pem missing", 2},
		{"chain --roots ca.pem garbage", 1},
		{"chain --roots ca.pem server.key", 1},
		{"chain --roots ca.pem huge", 1},
		{"chain --roots - -", 2},
		{"chain --roots ca.pem --json --quiet server.pem", 2},
		{"chain --roots ca.pem server.pem -o directory", 2},
		{"chain --roots ca.pem garbage -o new.pem", 2},
		{"chain server.pem", 2}, // This system has no roots.
		{"chain", 2},

		{"request add-server-certificate add.json", 0},
		{"request add-server-certificate add.json --existing 2", 1},
		{"request add-server-certificate add.json --existing -1", 2},
		{"request add-server-certificate add-mismatch.json", 1},
		{"request add-server-certificate empty", 1},
		{"request add-server-certificate not.json", 1},
		{"request add-server-certificate huge", 1},
		{"request add-server-certificate missing", 2},
		{"request add-server-certificate directory", 2},
		{"request add-server-certificate", 2},
		{"request add-server-certificate add.json --current record.json", 2},
		{"request modify-ssl-certificate modify.json", 1}, // Ed25519 is not among the types.
		{"request modify-ssl-certificate modify.json --create-time soon", 2},
		{"request update-ca-certificate update.json", 0},
		{"request update-ca-certificate update.json --current record.json --cert ca.pem", 0},
		{"request update-ca-certificate update.json --current record.json --cert server.pem", 1},
		{"request update-ca-certificate update.json --current missing", 2},
		{"request update-ca-certificate update-bad.json", 1},
		{"request query-device-certificate --cert server.pem", 0},
		{"request query-device-certificate --cert server.pem --trusted-root expired.pem", 1},
		{"request query-device-certificate", 2},
		{"request query-device-certificate add.json", 2},
		{"request delete-everything add.json", 2},
		{"request", 2},

		{"fix server.pem", 0},
		{"fix damaged.pem", 0},
		{"fix server.der", 0},
		{"fix encrypted.key", 0},
		{"fix cut.pem", 1},
		{"fix garbage", 1},
		{"fix empty", 1},
		{"fix huge", 1},
		{"fix missing", 2},
		{"fix directory", 2},
		{"fix", 2},
		{"fix server.pem damaged.pem", 2},
		{"fix damaged.pem --force", 2},
		{"fix damaged.pem -o directory", 2},
		{"fix damaged.pem -o missing/new.pem", 2},

		{"explain", 0},
		{"explain key-mismatch", 0},
		{"explain KEY-MISMATCH", 0},
		{"explain APIG.2104", 0},
		{"explain no-such-code-at-all", 2},
		{"explain a b", 2},
		{"version", 0},
		{"version x", 2},
		{"--version", 0},
		{"--help", 0},
		{"help inspect", 0},
		{"", 2},
		{"inspct server.pem", 2},
		{"--color sometimes version", 2},
		{"check --password " + password, 2},
	} {
		got := call(strings.Fields(test.args)...)
		if got.code != test.code {
			t.Errorf("certloupe %s: exit code %d, want %d\n%s%s", test.args, got.code, test.code, got.stdout, got.stderr)
		}
		if quiet := got.stderr == ""; test.code == exitFailed && (quiet || got.stdout != "") {
			t.Errorf("certloupe %s: a failure must be told on standard error only\n%s", test.args, got.stdout)
		} else if test.code != exitFailed && !quiet && !strings.HasPrefix(test.args, "fix") {
			t.Errorf("certloupe %s: standard error has %q", test.args, got.stderr)
		}
	}
}

// TestQuiet checks that the exit code stays when everything else goes.
func TestQuiet(t *testing.T) {
	files(t)
	for _, test := range []struct {
		args string
		code int
	}{
		{"inspect -q server.pem", 0},
		{"inspect -q expired.pem", 1},
		{"check --quiet --cert server.pem --key other.key", 1},
		{"request add-server-certificate add-mismatch.json -q", 1},
		{"fix -q damaged.pem -o new.pem", 0},
		{"chain -q --roots ca.pem server.pem", 0},
		{"chain -q --roots ca.pem expired.pem", 1},
	} {
		if got := call(strings.Fields(test.args)...); got != (result{code: test.code}) {
			t.Errorf("certloupe %s: %+v", test.args, got)
		}
	}
}

// TestJSON checks that --json gives the library's bytes and nothing else.
func TestJSON(t *testing.T) {
	files(t)
	opt := validate.Options{Time: now}
	file := func(name string) []byte { return []byte(read(t, name)) }
	add, err := validate.ReadRequest(validate.OpAddServerCertificate, file("add.json"))
	if err != nil {
		t.Fatal(err)
	}
	add.(*validate.AddServerCertificate).ServerCertificateID = "abc"
	modify, err := validate.ReadRequest(validate.OpModifySSLCertificate, file("modify.json"))
	if err != nil {
		t.Fatal(err)
	}
	form := modify.(*validate.SSLCertificateForm)
	form.CertificateID, form.ProjectID, form.CreateTime, form.UpdateTime = "c", "p", now, now
	change, err := validate.ReadRequest(validate.OpUpdateCACertificate, file("update.json"))
	if err != nil {
		t.Fatal(err)
	}
	change.(*validate.UpdateCACertificate).Current = validate.ReadCACertificateRecord(file("record.json"))
	change.(*validate.UpdateCACertificate).Certificate = file("ca.pem")
	soon := opt
	soon.ExpiringWithin = 200 * day
	small := opt
	small.MaxSize = 100
	cjk := opt
	cjk.CJKNames = true
	for _, test := range []struct {
		args    string
		request validate.Request
		opt     validate.Options
	}{
		{"inspect server.pem damaged.key", &validate.Inspection{Files: []validate.File{
			{Name: "server.pem", Data: file("server.pem")}, {Name: "damaged.key", Data: file("damaged.key")}}}, opt},
		{"inspect server.pem --expiring-within 200d", &validate.Inspection{Files: []validate.File{
			{Name: "server.pem", Data: file("server.pem")}}}, soon},
		{"inspect server.pem --max-size 100", &validate.Inspection{Files: []validate.File{
			{Name: "server.pem", Data: file("server.pem")[:101]}}}, small},
		{"check --cert server.pem --key encrypted.key --password-file password", &validate.Bundle{
			Certificate: file("server.pem"), PrivateKey: file("encrypted.key"), Password: []byte(password)}, opt},
		{"check --cert server.pem --max-size 100", &validate.Bundle{Certificate: file("server.pem")[:101]}, small},
		{"check --profile apig-ssl --cert server.pem --key server.key --name 我的证书 --cjk-names", &validate.SSLCertificateForm{
			Name: validate.Set("我的证书"), CertContent: validate.Set(string(file("server.pem"))), PrivateKey: validate.Set(string(file("server.key")))}, cjk},
		{"request add-server-certificate add.json --server-certificate-id abc", add, opt},
		{"request modify-ssl-certificate modify.json --certificate-id c --project-id p --create-time 2026-06-01T12:00:00Z --update-time 2026-06-01T12:00:00Z", form, opt},
		{"request update-ca-certificate update.json --current record.json --cert ca.pem", change, opt},
		{"request query-device-certificate --cert server.pem --certificate-id x --status INACTIVE --trusted-root ca.pem", &validate.DeviceCertificateQuery{
			Certificate: file("server.pem"), CertificateID: "x", Status: "INACTIVE", CA: file("ca.pem")}, opt},
	} {
		got := call(append(strings.Fields(test.args), "--json")...)
		if want := validate.Upload(test.request, test.opt).JSON(); got.stdout != string(want) {
			t.Errorf("certloupe %s --json:\n%s\nwant\n%s", test.args, got.stdout, want)
		}
		if got.stderr != "" {
			t.Errorf("certloupe %s --json: standard error has %q", test.args, got.stderr)
		}
	}
}

// TestCheckParts checks that each flag of check fills its own part.
func TestCheckParts(t *testing.T) {
	data := []byte("x")
	want := map[string]validate.Parts{
		"cert":              {Certificate: data},
		"key":               {PrivateKey: data},
		"sign-cert":         {SignCertificate: data},
		"sign-key":          {SignPrivateKey: data},
		"trusted-root":      {TrustedRoot: data},
		"verification-cert": {Verification: data},
		"verify-code":       {VerifyCode: "x"},
		"name":              {Name: "x"},
		"type":              {Type: "x"},
		"instance-id":       {InstanceID: "x"},
		"algorithm-type":    {AlgorithmType: "x"},
		"status":            {Status: "x"},
	}
	if len(checkParts) != len(want) {
		t.Errorf("there are %d parts", len(checkParts))
	}
	for _, p := range checkParts {
		var got validate.Parts
		if p.text != nil {
			*p.text(&got) = "x"
		} else {
			*p.file(&got) = data
		}
		if !reflect.DeepEqual(got, want[p.flag]) {
			t.Errorf("--%s fills %+v", p.flag, got)
		}
	}
}

func TestOperations(t *testing.T) {
	a := &app{}
	var names []string
	for _, c := range a.requestCommand().Commands() {
		names = append(names, c.Name())
	}
	if len(names) != len(validate.Operations) {
		t.Errorf("the commands are %v", names)
	}
	for _, op := range validate.Operations {
		if got := call("request", string(op), "--help"); got.code != 0 {
			t.Errorf("there is no command for %s", op)
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		got := call("completion", shell)
		if got.code != 0 || !strings.Contains(got.stdout, "certloupe") || len(got.stdout) < 1000 {
			t.Errorf("completion %s: %d, %d bytes, %s", shell, got.code, len(got.stdout), got.stderr)
		}
	}
	for _, test := range []struct{ typed, offered string }{
		{"check --profile ", "iotda-ca"},
		{"check --type ", "instance"},
		{"request ", "update-ca-certificate"},
		{"request query-device-certificate --status ", "INACTIVE"},
		{"explain ", "key-mismatch"},
		{"inspect --color ", "always"},
	} {
		args := append([]string{"__complete"}, strings.Split(test.typed, " ")...)
		if got := call(args...); !strings.Contains("\n"+got.stdout, "\n"+test.offered) {
			t.Errorf("completing %q offers %q", test.typed, got.stdout)
		}
	}
}

// endless is an input without end. It counts what is read.
type endless struct{ n int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'A'
	}
	e.n += len(b)
	return len(b), nil
}

func TestReadingEnds(t *testing.T) {
	files(t)
	for _, args := range []string{
		"inspect -", "revocation -", "revocation server.pem --stapled -", "check --cert -", "check --cert server.pem --password-file -", "fix -",
		"request add-server-certificate -", "request update-ca-certificate update.json --current -", "request query-device-certificate --cert -",
	} {
		c, input := newCaller(), &endless{}
		c.stdin = input
		got := c.call(strings.Fields(args)...)
		if input.n == 0 || input.n > certparse.DefaultMaxSize+1 {
			t.Errorf("certloupe %s: %d bytes were read", args, input.n)
		}
		if got.code == exitAccepted {
			t.Errorf("certloupe %s accepts", args)
		}
	}
}

// broken is an output that cannot be written to.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestOutputFails(t *testing.T) {
	files(t)
	for _, test := range []struct {
		err     error
		code    int
		message bool
	}{
		// Someone closed the pipe: that is no reason to complain.
		{&fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, exitRejected, false},
		{&fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}, exitFailed, true},
		{errors.New("worn out"), exitFailed, true},
	} {
		var stderr bytes.Buffer
		code := run([]string{"inspect", "expired.pem"}, strings.NewReader(""), broken{test.err}, &stderr, newCaller().env)
		if code != test.code || (stderr.Len() > 0) != test.message {
			t.Errorf("%v: exit code %d, standard error %q", test.err, code, stderr.String())
		}
	}
}

// failing is an input that breaks off.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestInputBreaksOff(t *testing.T) {
	c := newCaller()
	c.stdin = failing{}
	if got := c.call("inspect", "-"); got.code != exitFailed || got.stdout != "" {
		t.Errorf("%+v", got)
	}
}
