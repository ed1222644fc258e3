package main

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/validate"
)

// TestCases runs every golden case through the command line.
func TestCases(t *testing.T) {
	cases, err := golden.Load(filepath.FromSlash("../../testdata/cases"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, variant := range c.Variants() {
			name := c.Name
			if variant != golden.Failing {
				name += " " + variant
			}
			t.Run(name, func(t *testing.T) {
				if c.Call(variant).Unreachable {
					t.Skip("the command line asks nobody")
				}
				t.Chdir(t.TempDir())
				for name, data := range c.Files(variant) {
					write(t, name, data)
				}
				report, err := c.Run(variant)
				if err != nil {
					t.Fatal(err)
				}
				want := result{stdout: string(c.Report(variant))}
				if report.Verdict == validate.Rejected {
					want.code = exitRejected
				}
				args := caseArguments(c.Call(variant))
				if got := call(append(args, "--json")...); got != want {
					t.Errorf("certloupe %q: code %d, want %d\n%s\nwant\n%s%s", args, got.code, want.code, got.stdout, want.stdout, got.stderr)
				}
				readable := call(args...)
				if readable.code != want.code {
					t.Errorf("certloupe %q: code %d, with --json %d", args, readable.code, want.code)
				}
				safe(t, readable)
			})
		}
	}
}

// caseArguments are the arguments for a golden case's call.
func caseArguments(c golden.Call) []string {
	args := []string{c.Op, "--at=" + c.At.Format(time.RFC3339)}
	option := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name+"="+value)
		}
	}
	switch c.Op {
	case "inspect":
		args = append(args, c.Inputs...)
		option("password-file", c.Password)
	case "check":
		option("profile", c.Profile)
		option("key-blocklist", c.KeyBlocklist)
		option("cert", c.Cert)
		option("key", c.Key)
		option("password-file", c.Password)
		option("sign-cert", c.SignCert)
		option("sign-key", c.SignKey)
		option("trusted-root", c.TrustedRoot)
		option("verification-cert", c.VerificationCert)
		option("verify-code", c.VerifyCode)
		option("name", c.Name)
		option("type", c.Type)
		option("instance-id", c.InstanceID)
		option("algorithm-type", c.AlgorithmType)
		option("status", c.Status)
	case "request":
		args = []string{c.Op, c.Operation, args[1]}
		if c.Body != "" {
			args = append(args, c.Body)
		}
		option("current", c.Record)
		option("cert", c.Cert)
		option("trusted-root", c.TrustedRoot)
		option("status", c.Status)
		option("server-certificate-id", c.Known.ServerCertificateID)
		if n := c.Known.ExistingCertificates; n > 0 {
			option("existing", strconv.Itoa(n))
		}
		option("certificate-id", c.Known.CertificateID)
		option("project-id", c.Known.ProjectID)
		if !c.Known.CreateTime.IsZero() {
			option("create-time", c.Known.CreateTime.Format(time.RFC3339))
		}
		if !c.Known.UpdateTime.IsZero() {
			option("update-time", c.Known.UpdateTime.Format(time.RFC3339))
		}
	}
	if c.Op == "chain" {
		args = append(args, c.Inputs...)
		for flag, values := range map[string][]string{"roots": c.Roots, "intermediates": c.Intermediates, "crl": c.CRLs, "ocsp": c.OCSP,
			"purpose": c.Purposes, "policy": c.Policies} {
			for _, value := range values {
				option(flag, value)
			}
		}
		option("profile", c.Profile)
		option("host", c.Host)
		option("revocation", c.Revocation)
		option("password-file", c.Password)
		if c.Conforming {
			args = append(args, "--conforming")
		}
		if c.AllPaths {
			args = append(args, "--all-paths")
		}
	}
	if c.CJKNames {
		args = append(args, "--cjk-names")
	}
	return args
}
