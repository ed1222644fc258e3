package golden

import (
	"fmt"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// chain judges the path of a variant.
func (v *variant) chain() (*validate.ChainReport, error) {
	c := v.call
	request := &validate.ChainRequest{
		Files: v.named(c.Inputs), Password: v.password(), Roots: v.named(c.Roots), Intermediates: v.named(c.Intermediates),
		Revocation: validate.Revocation{CRLs: v.named(c.CRLs), Responses: v.named(c.OCSP)},
	}
	opt := validate.ChainOptions{Host: c.Host, Path: path.Options{
		Time: c.At, Conforming: c.Conforming, Purposes: c.Purposes, Trace: c.AllPaths,
		InitialPolicies: c.Policies, ExplicitPolicy: len(c.Policies) > 0,
	}}
	switch c.Profile {
	case "", "rfc5280":
	case "webpki":
		opt.Path.Profile = path.WebPKI
	default:
		return nil, fmt.Errorf("the profile %q is not known", c.Profile)
	}
	switch c.Revocation {
	case "", "ignore":
	case "soft-fail":
		request.Revocation.Policy = validate.SoftFail
	case "hard-fail":
		request.Revocation.Policy = validate.HardFail
	default:
		return nil, fmt.Errorf("the policy %q is not known", c.Revocation)
	}
	if c.Unreachable {
		request.Revocation.Status = func(_, _ *certparse.Certificate) validate.Answer {
			return validate.Answer{Source: "http://ocsp.example.com", Problem: "no connection"}
		}
	}
	return validate.Chain(request, opt), nil
}

func (v *variant) named(names []string) (files []validate.File) {
	for _, name := range names {
		files = append(files, validate.File{Name: name, Data: v.files[name]})
	}
	return files
}
