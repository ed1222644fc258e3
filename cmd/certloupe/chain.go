package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
	"github.com/spf13/cobra"
)

// purposes are the names of purposes that have one.
var purposes = []struct{ name, oid string }{
	{"server", certparse.EKUServerAuth},
	{"client", certparse.EKUClientAuth},
	{"code", "1.3.6.1.5.5.7.3.3"},
	{"email", "1.3.6.1.5.5.7.3.4"},
	{"time", "1.3.6.1.5.5.7.3.8"},
	{"ocsp", certparse.EKUOCSPSigning},
}

// policies of revocation by the words for them.
var revocationPolicies = map[string]validate.RevocationPolicy{
	"ignore": validate.IgnoreMissing, "soft-fail": validate.SoftFail, "hard-fail": validate.HardFail,
}

// chainFlags are the flags of chain.
type chainFlags struct {
	roots, intermediates, crls, responses []string
	policies, purposes                    []string
	profile, revocation                   choice
	host, email, uri                      string
	conforming, allowWeak, allPaths       bool
	ask                                   bool
	asking                                asking
	output                                string
}

func (a *app) chainCommand() *cobra.Command {
	var (
		form     form
		judging  judging
		password passwordFlags
		limit    = size(certparse.DefaultMaxSize)
		flags    = chainFlags{
			profile:    choice{"rfc5280", []string{"rfc5280", "webpki"}},
			revocation: choice{"ignore", []string{"ignore", "soft-fail", "hard-fail"}},
		}
	)
	c := &cobra.Command{
		Use:   "chain [--roots FILE] FILE...",
		Short: "Show the path from a certificate to a trusted root",
		Long: `Show the path from a certificate to a trusted root, and what is wrong with which
certificate of it. The certificate is the first one in the files that is not a
CA's; the others in the files may be part of the path, in any order. The output
also says how the files would better be sent.

The profile says by whose rules:

  rfc5280  RFC 5280, Section 6. Rules for those who issue certificates, which many
           private CAs break, are warnings unless --conforming is given
  webpki   what web browsers demand of servers on the public web

Revocation is judged by the lists and responses that are given; with --ask, the
servers that certificates name are asked about what these leave open. What follows
when it is not settled, --revocation says: ignore is a notice, soft-fail a warning,
hard-fail an error. A revoked certificate is always an error.

The file - is standard input.`,
		Example: `  certloupe chain --host www.example.com server.pem
  certloupe chain --roots ca.pem --intermediates more.pem --all-paths server.pem
  certloupe chain --profile webpki --crl issuing.crl --revocation hard-fail chain.pem
  certloupe chain --roots ca.pem shuffled.pem -o sorted.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("chain needs a file, or - for standard input")
			}
			return nil
		},
	}
	c.RunE = a.work(func(args []string) error {
		if err := exclusive(c, "json", "quiet"); err != nil {
			return err
		}
		opt, err := flags.options(judging, a)
		if err != nil {
			return err
		}
		opt.MaxSize = int(limit)
		request := &validate.ChainRequest{}
		if request.Password, err = password.read(c, &a.sources); err != nil {
			return err
		}
		if err := flags.read(a, request, args, int(limit)); err != nil {
			return err
		}
		status, end, err := a.statusFunc(c, &flags.asking, flags.ask, "--ask", opt.Path.Time, !form.quiet)
		if err != nil {
			return err
		}
		request.Revocation.Status = status
		report := validate.Chain(request, opt)
		end()
		if flags.output != "" {
			if err := writeChain(flags.output, report); err != nil {
				return err
			}
		}
		a.deliverChain(form, report, &chainView{
			reportView: reportView{opt: validate.Options{Time: opt.Path.Time}, timeGiven: judging.given(), places: filePlaces(args...)},
			written:    flags.output,
		})
		return nil
	})
	c.Flags().SortFlags = false
	f := c.Flags()
	f.StringArrayVar(&flags.roots, "roots", nil, "`file` with trusted roots, or system for those of the system, which is the default; may be repeated")
	f.StringArrayVar(&flags.intermediates, "intermediates", nil, "`file` with certificates that may be part of the path; may be repeated")
	f.Var(&flags.profile, "profile", "by whose rules to judge; see above")
	f.StringVar(&flags.host, "host", "", "DNS `name` or IP address that the certificate must be for")
	f.StringVar(&flags.email, "email", "", "e-mail `address` that the certificate must be for")
	f.StringVar(&flags.uri, "uri", "", "`URI` that the certificate must be for")
	f.StringArrayVar(&flags.purposes, "purpose", nil, "`purpose` that the path must allow: server, client, code, email, time, ocsp or an OID; may be repeated")
	f.StringArrayVar(&flags.policies, "policy", nil, "`OID` of a certificate policy; the path must be valid for one of them; may be repeated")
	f.BoolVar(&flags.conforming, "conforming", false, "demand also what RFC 5280, Section 4 demands of those who issue certificates")
	f.BoolVar(&flags.allowWeak, "allow-weak", false, "accept signatures with MD5 and SHA-1")
	f.StringArrayVar(&flags.crls, "crl", nil, "`file` with revocation lists; may be repeated")
	f.StringArrayVar(&flags.responses, "ocsp", nil, "`file` with an OCSP response in DER; may be repeated")
	f.Var(&flags.revocation, "revocation", "what follows when a status is not known: ignore, soft-fail or hard-fail")
	f.BoolVar(&flags.ask, "ask", false, "ask the servers that the certificates name whether they were revoked")
	flags.asking.add(c)
	f.BoolVar(&flags.allPaths, "all-paths", false, "show every path that was tried")
	f.StringVarP(&flags.output, "output", "o", "", "new `file` for the chain as a server should send it")
	form.add(c)
	password.add(c)
	judging.add(c)
	addLimit(c, &limit)
	complete(c, "profile", flags.profile.allowed...)
	complete(c, "revocation", flags.revocation.allowed...)
	names := []string{}
	for _, p := range purposes {
		names = append(names, p.name)
	}
	complete(c, "purpose", names...)
	return c
}

// options are the options of the library.
func (f *chainFlags) options(judging judging, a *app) (validate.ChainOptions, error) {
	upload, err := judging.options(a)
	if err != nil {
		return validate.ChainOptions{}, err
	}
	opt := validate.ChainOptions{Host: f.host, Email: f.email, URI: f.uri, ExpiringWithin: upload.ExpiringWithin, BlockedKeys: upload.BlockedKeys, Path: path.Options{
		Time: upload.Time, InitialPolicies: f.policies, ExplicitPolicy: len(f.policies) > 0,
		Conforming: f.conforming, AllowWeak: f.allowWeak, PublicSuffix: publicSuffix, Trace: f.allPaths,
	}}
	if f.profile.value == "webpki" {
		opt.Path.Profile = path.WebPKI
	}
	for _, p := range f.policies {
		if !isOID(p) {
			return opt, usagef("--policy: %s is not an OID such as 2.23.140.1.2.1", p)
		}
	}
	for _, p := range f.purposes {
		i := slices.IndexFunc(purposes, func(known struct{ name, oid string }) bool { return known.name == p })
		switch {
		case i >= 0:
			p = purposes[i].oid
		case !isOID(p):
			return opt, usagef("--purpose: choose from server, client, code, email, time, ocsp, or give an OID")
		}
		opt.Path.Purposes = append(opt.Path.Purposes, p)
	}
	return opt, nil
}

// isOID reports whether s is an object identifier in dotted decimal numbers.
func isOID(s string) bool {
	arcs := strings.Split(s, ".")
	for _, arc := range arcs {
		if arc == "" || strings.Trim(arc, "0123456789") != "" || len(arc) > 1 && arc[0] == '0' {
			return false
		}
	}
	return len(arcs) > 1 && strings.Contains("012", arcs[0])
}

// read reads all files.
func (f *chainFlags) read(a *app, request *validate.ChainRequest, args []string, limit int) (err error) {
	if f.roots == nil {
		f.roots = []string{systemRoots}
	}
	request.Revocation.Policy = revocationPolicies[f.revocation.value]
	for _, part := range []struct {
		names []string
		limit int
		files *[]validate.File
	}{
		{args, limit, &request.Files},
		{f.roots, limit, &request.Roots},
		{f.intermediates, limit, &request.Intermediates},
		{f.crls, ocsp.MaxCRLSize, &request.Revocation.CRLs},
		{f.responses, limit, &request.Revocation.Responses},
	} {
		for _, name := range part.names {
			var file validate.File
			if part.files == &request.Roots && name == systemRoots {
				file, err = a.sources.systemRoots(limit)
			} else {
				file.Name = name
				file.Data, err = a.sources.read(name, part.limit)
			}
			if err != nil {
				return err
			}
			*part.files = append(*part.files, file)
		}
	}
	return nil
}

// writeChain writes the chain as a server should send it.
func writeChain(name string, report *validate.ChainReport) error {
	var chain []byte
	for _, i := range report.Sent() {
		chain = append(chain, certparse.EncodePEM("CERTIFICATE", report.Certificates[i].Raw())...)
	}
	if chain == nil {
		return fmt.Errorf("there is no certificate to write to %s", name)
	}
	return writeFile(name, chain, 0o666, false)
}

// deliverChain writes the report in the chosen form and sets the exit code.
func (a *app) deliverChain(f form, report *validate.ChainReport, view *chainView) {
	if report.Verdict == validate.Rejected {
		a.code = exitRejected
	}
	switch {
	case f.quiet:
	case f.json:
		a.out.Write(report.JSON())
	default:
		view.page, view.chain = a.page(), report
		view.write()
	}
}
