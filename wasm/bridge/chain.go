package bridge

import (
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// chainOptions are the options of chain, as validate.ChainOptions and path.Options
// have them.
type chainOptions struct {
	judging
	// Profile is "rfc5280", the default, or "webpki".
	Profile string
	Host    string
	Email   string
	URI     string
	// Purposes are OIDs; none means any purpose.
	Purposes []string
	// Policies are OIDs, of which the path must be valid for one; none means any.
	Policies   []string
	Conforming bool
	AllowWeak  bool
	// AllPaths reports all paths that were tried.
	AllPaths bool
	// Revocation is "ignore", the default, "soft-fail" or "hard-fail".
	Revocation string
}

func (o *chainOptions) option(name string) any {
	switch name {
	case "profile":
		return &o.Profile
	case "host":
		return &o.Host
	case "email":
		return &o.Email
	case "uri":
		return &o.URI
	case "purposes":
		return &o.Purposes
	case "policies":
		return &o.Policies
	case "conforming":
		return &o.Conforming
	case "allow_weak":
		return &o.AllowWeak
	case "all_paths":
		return &o.AllPaths
	case "revocation":
		return &o.Revocation
	}
	return o.judging.option(name)
}

func (o *chainOptions) options(blocked []byte) (validate.ChainOptions, *failure) {
	list, failed := blocklist(blocked)
	opt := validate.ChainOptions{
		Host: o.Host, Email: o.Email, URI: o.URI, ExpiringWithin: o.expiringWithin(), MaxSize: o.MaxSize, BlockedKeys: list,
		Path: path.Options{
			Time: o.Time, Purposes: o.Purposes, InitialPolicies: o.Policies, ExplicitPolicy: len(o.Policies) > 0,
			Conforming: o.Conforming, AllowWeak: o.AllowWeak, Trace: o.AllPaths,
		},
	}
	switch o.Profile {
	case "", "rfc5280":
	case "webpki":
		opt.Path.Profile = path.WebPKI
	default:
		return opt, &failure{CodeOption, "there is no such profile"}
	}
	return opt, failed
}

func (o *chainOptions) policy() (validate.RevocationPolicy, *failure) {
	switch o.Revocation {
	case "", "ignore":
		return validate.IgnoreMissing, nil
	case "soft-fail":
		return validate.SoftFail, nil
	case "hard-fail":
		return validate.HardFail, nil
	}
	return validate.HardFail, &failure{CodeOption, "revocation is ignore, soft-fail or hard-fail"}
}

func chain(c *call) ([]byte, *failure) {
	var opt chainOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	policy, failed := opt.policy()
	if failed != nil {
		return nil, failed
	}
	var list, roots, intermediates, crls, responses []Part
	var password, blocked []byte
	if failed := c.roles(map[string]*[]byte{"password": &password, "key_blocklist": &blocked}, map[string]*[]Part{
		"file": &list, "root": &roots, "intermediate": &intermediates, "crl": &crls, "ocsp_response": &responses,
	}); failed != nil {
		return nil, failed
	}
	options, failed := opt.options(blocked)
	if failed != nil {
		return nil, failed
	}
	return validate.Chain(&validate.ChainRequest{
		Files: files(list), Password: password, Roots: files(roots), Intermediates: files(intermediates),
		Revocation: validate.Revocation{Policy: policy, CRLs: files(crls), Responses: files(responses)},
	}, options).JSON(), nil
}
