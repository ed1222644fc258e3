package main

import (
	"errors"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
	"github.com/spf13/cobra"
)

// checkPart is one part of an upload: the flag that gives it, and the names by
// which the reports of the profiles call it.
type checkPart struct {
	flag, usage string
	// file receives the content of the file that the flag names, and text the
	// flag's own value; one of the two is nil.
	file  func(*validate.Parts) *[]byte
	text  func(*validate.Parts) *string
	names []string
}

var checkParts = []checkPart{
	{flag: "cert", usage: "`file` with the certificate and its chain; for iotda-ca the CA certificate",
		file:  func(p *validate.Parts) *[]byte { return &p.Certificate },
		names: []string{"certificate", "certificate_pem", "cert_content"}},
	{flag: "key", usage: "`file` with the certificate's private key",
		file:  func(p *validate.Parts) *[]byte { return &p.PrivateKey },
		names: []string{"private_key"}},
	{flag: "sign-cert", usage: "`file` with the signing certificate of a pair; --cert is then for encryption",
		file:  func(p *validate.Parts) *[]byte { return &p.SignCertificate },
		names: []string{"sign_certificate", "cert_content_sign"}},
	{flag: "sign-key", usage: "`file` with the signing certificate's private key",
		file:  func(p *validate.Parts) *[]byte { return &p.SignPrivateKey },
		names: []string{"sign_private_key", "private_key_sign"}},
	{flag: "trusted-root", usage: "`file` with the CA certificate at the root of the chain; for iotda-device the issuer; for apig-ssl the root of client certificates",
		file:  func(p *validate.Parts) *[]byte { return &p.TrustedRoot },
		names: []string{"trusted_root", "trusted_root_ca", "ca"}},
	{flag: "verification-cert", usage: "`file` with the certificate that proves possession of the CA's key (iotda-ca)",
		file:  func(p *validate.Parts) *[]byte { return &p.Verification },
		names: []string{"verification_certificate"}},
	{flag: "verify-code", usage: "verification `code` that this certificate must name (iotda-ca)",
		text: func(p *validate.Parts) *string { return &p.VerifyCode }},
	{flag: "name", usage: "`name` of the SSL certificate (apig-ssl)",
		text: func(p *validate.Parts) *string { return &p.Name }, names: []string{"name"}},
	{flag: "type", usage: "`scope` of the SSL certificate: global or instance (apig-ssl)",
		text: func(p *validate.Parts) *string { return &p.Type }, names: []string{"type"}},
	{flag: "instance-id", usage: "`ID` of the gateway when --type is instance (apig-ssl)",
		text: func(p *validate.Parts) *string { return &p.InstanceID }, names: []string{"instance_id"}},
	{flag: "algorithm-type", usage: "`algorithm` of the keys: RSA, ECC or SM2 (apig-ssl)",
		text: func(p *validate.Parts) *string { return &p.AlgorithmType }, names: []string{"algorithm_type"}},
	{flag: "status", usage: "`status` of the device certificate: ACTIVE or INACTIVE (iotda-device)",
		text: func(p *validate.Parts) *string { return &p.Status }, names: []string{"status"}},
}

func (a *app) checkCommand() *cobra.Command {
	var (
		form     form
		judging  judging
		password passwordFlags
		cjkNames bool
		asking   asking
		policy   = choice{allowed: []string{"ignore", "soft-fail", "hard-fail"}}
		limit    = size(certparse.DefaultMaxSize)
		profile  = choice{value: string(validate.Generic)}
	)
	for _, p := range validate.Profiles {
		profile.allowed = append(profile.allowed, string(p))
	}
	c := &cobra.Command{
		Use:   "check --cert FILE [--key FILE] [--profile PROFILE]",
		Short: "Say whether an upload will be accepted",
		Long: `Say whether a certificate with its key and chain will be accepted.

The profile says by whose rules:

  generic       any TLS server; nothing but the standards
  iotda-server  IoTDA, add a server certificate
  iotda-ca      IoTDA, a CA certificate with its proof of possession
  iotda-device  IoTDA, a device certificate
  apig-ssl      APIG, an SSL certificate; for SM2, --sign-cert and --sign-key are
                the signing half of the pair, --cert and --key the encryption half

With --revocation, the servers that the certificates name are asked whether they
were revoked. A revoked certificate is an error; what follows when nobody knows, the
flag says: ignore is a notice, soft-fail a warning, hard-fail an error.

When the upload is accepted, the output has the response that the service
documents. The file - is standard input.`,
		Example: `  certloupe check --cert server.pem --key server.key
  certloupe check --profile iotda-server --cert server.pem --key server.key --ask-password
  certloupe check --profile iotda-ca --cert ca.pem --verification-cert proof.pem --verify-code 8a1f…
  certloupe check --profile apig-ssl --name my_cert --cert enc.pem --key enc.key \
      --sign-cert sign.pem --sign-key sign.key --algorithm-type SM2`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("check takes its files by flags: --cert FILE --key FILE")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.Flags().SortFlags = false
	c.Flags().Var(&profile, "profile", "by whose rules to judge; see above")
	values := make([]string, len(checkParts))
	for i, p := range checkParts {
		c.Flags().StringVar(&values[i], p.flag, "", p.usage)
	}
	c.RunE = a.work(func([]string) error {
		if err := exclusive(c, "json", "quiet"); err != nil {
			return err
		}
		if !c.Flags().Changed("cert") {
			return usagef("check needs --cert FILE")
		}
		var parts validate.Parts
		var err error
		if parts.Password, err = password.read(c, &a.sources); err != nil {
			return err
		}
		places := map[string]string{}
		for i, p := range checkParts {
			for _, name := range p.names {
				places[name] = "--" + p.flag
			}
			if !c.Flags().Changed(p.flag) {
				continue
			}
			if p.text != nil {
				*p.text(&parts) = values[i]
				continue
			}
			if *p.file(&parts), err = a.sources.read(values[i], int(limit)); err != nil {
				return err
			}
			for _, name := range p.names {
				places[name] = values[i]
			}
		}
		request, err := validate.NewRequest(validate.Profile(profile.value), parts)
		if errors.Is(err, validate.ErrPart) {
			return usagef("the profile %s has no use for %s", profile.value, strings.Join(misplaced(profile.value, parts), ", "))
		} else if err != nil {
			return err
		}
		opt, err := judging.options(a)
		if err != nil {
			return err
		}
		opt.CJKNames, opt.MaxSize = cjkNames, int(limit)
		opt.Revocation = revocationPolicies[policy.value]
		ask, end, err := a.statusFunc(c, &asking, policy.value != "", "--revocation", opt.Time, !form.quiet)
		if err != nil {
			return err
		}
		opt.Status = ask
		report := validate.Upload(request, opt)
		end()
		a.deliver(form, report, &reportView{
			opt: opt, timeGiven: judging.given(), places: places,
		})
		return nil
	})
	addCJKNames(c, &cjkNames)
	c.Flags().Var(&policy, "revocation", "ask whether the certificates were revoked: ignore, soft-fail or hard-fail; see above")
	asking.add(c)
	complete(c, "revocation", policy.allowed...)
	password.add(c)
	form.add(c)
	judging.add(c)
	addLimit(c, &limit)
	complete(c, "profile", profile.allowed...)
	complete(c, "type", "global", "instance")
	complete(c, "algorithm-type", "RSA", "ECC", "SM2")
	complete(c, "status", "ACTIVE", "INACTIVE")
	return c
}

func addCJKNames(c *cobra.Command, cjkNames *bool) {
	c.Flags().BoolVar(cjkNames, "cjk-names", false, "allow Chinese characters in the name, as the Chinese edition of the document does")
}

// misplaced are the flags of the parts that the profile has no place for: those
// that it refuses even when they are alone.
func misplaced(profile string, parts validate.Parts) []string {
	var flags []string
	refused := func(flag string, alone validate.Parts) {
		if _, err := validate.NewRequest(validate.Profile(profile), alone); err != nil {
			flags = append(flags, "--"+flag)
		}
	}
	for _, p := range checkParts {
		var alone validate.Parts
		if p.text != nil {
			*p.text(&alone) = *p.text(&parts)
		} else {
			*p.file(&alone) = *p.file(&parts)
		}
		refused(p.flag, alone)
	}
	refused("password-file, --password-fd or --ask-password", validate.Parts{Password: parts.Password})
	return flags
}
