package path_test

import (
	"slices"
	"testing"
)

// steps is RFC 5280, Section 6.1 step by step, with the rules for forms of names in
// RFC 5280, Section 4.2.1.10, RFC 9549, RFC 9598 and RFC 9618, and for each the
// pairs of questions, by what is wrong in them, or the test that decides it.
var steps = []struct {
	step, says string
	pairs      []string
	test       string
}{
	{"6.1.1 (a)", "the path is given in order", nil, "TestValidate"},
	{"6.1.1 (b)", "the current time", []string{"the whole last second counts"}, ""},
	{"6.1.1 (c)", "user-initial-policy-set", []string{"not one that the caller accepts", "anyPolicy in the CA, but not the one that the caller accepts"}, ""},
	{"6.1.1 (d)", "trust anchor information", []string{"the root is not trusted"}, "TestValidate"},
	{"6.1.1 (e)", "initial-policy-mapping-inhibit", []string{"the caller inhibits mapping"}, ""},
	{"6.1.1 (f)", "initial-explicit-policy", []string{"the leaf has none"}, ""},
	{"6.1.1 (g)", "initial-any-policy-inhibit", []string{"the caller inhibits anyPolicy"}, ""},
	{"6.1.1 (h)", "initial-permitted-subtrees", []string{"the caller's constraints"}, ""},
	{"6.1.1 (i)", "initial-excluded-subtrees", []string{"the caller's exclusions"}, ""},
	{"6.1.3 (a)(1)", "the signature", []string{"the leaf was signed with another key", "the CA was signed with another key than the root's"}, ""},
	{"6.1.3 (a)(2)", "the validity period", []string{"the leaf expired a second ago", "the leaf is valid a second later", "the CA expired", "the root expired"}, ""},
	{"6.1.3 (a)(3)", "revocation", nil, "TestRevocation"},
	{"6.1.3 (a)(4)", "the issuer's name", nil, "TestValidate"},
	{"6.1.3 (b)", "permitted subtrees", []string{"DNS: another domain", "directory: the subject and the alternative names", "what a CA issued to itself is exempt, unless it is the target"}, ""},
	{"6.1.3 (c)", "excluded subtrees", []string{"DNS: an excluded domain", "a CA's own names count"}, ""},
	{"6.1.3 (d)(1)(i)", "a policy that is expected", []string{"the CA and the leaf have different ones", "mapped to another policy"}, "TestPolicySets"},
	{"6.1.3 (d)(1)(ii)", "a policy below anyPolicy", []string{"the CA has none"}, "TestPolicySets"},
	{"6.1.3 (d)(2)", "anyPolicy in a certificate", []string{"a CA inhibits anyPolicy", "what a CA issued to itself does not count towards inhibiting anyPolicy", "anyPolicy still counts in what a CA issued to itself"}, "TestPolicySets"},
	{"6.1.3 (d)(3)", "policies that lead nowhere are removed; RFC 9618, Section 5.2 keeps a graph", nil, "TestPolicyGraph"},
	{"6.1.3 (e)", "no policies at all", []string{"the leaf has none"}, ""},
	{"6.1.3 (f)", "explicit_policy or a policy", []string{"the CA has none"}, ""},
	{"6.1.4 (a)", "anyPolicy is not mapped", []string{"anyPolicy is mapped", "anyPolicy is mapped to"}, ""},
	{"6.1.4 (b)(1)", "policies are mapped; RFC 9618, Section 5.4", []string{"mapped to another policy", "anyPolicy can be mapped from", "a mapped policy has the anchor's name", "two policies are mapped to one and only one of them is acceptable"}, ""},
	{"6.1.4 (b)(2)", "mapping is inhibited", []string{"the caller inhibits mapping", "a policy that may not be mapped is gone", "a CA inhibits mapping two certificates on"}, ""},
	{"6.1.4 (c)", "the next issuer's name", []string{"an intermediate is missing"}, "TestValidate"},
	{"6.1.4 (d) to (f)", "the key, its parameters and its algorithm", nil, "TestDSAParameters"},
	{"6.1.4 (g)", "name constraints", []string{"each CA narrows", "the root's constraints count"}, ""},
	{"6.1.4 (h)", "what a CA issued to itself does not count", []string{"what a CA issued to itself does not count towards requiring a policy",
		"what a CA issued to itself does not count towards inhibiting mapping", "what a CA issued to itself does not count towards inhibiting anyPolicy"}, ""},
	{"6.1.4 (i)", "policy constraints", []string{"a CA demands one", "a CA demands one from the next but one on", "a CA inhibits mapping two certificates on", "a later CA cannot loosen the demand"}, ""},
	{"6.1.4 (j)", "inhibitAnyPolicy", []string{"a CA inhibits anyPolicy", "a CA inhibits anyPolicy two certificates on"}, ""},
	{"6.1.4 (k)", "the certificate is a CA's", []string{"the issuer is not a CA", "the issuer has no basic constraints", "a CA's certificate of version 1, which cannot say so"}, ""},
	{"6.1.4 (l)", "the length of the path", []string{"a CA below a CA that allows none", "what a CA issued to itself does not count"}, ""},
	{"6.1.4 (m)", "pathLenConstraint", []string{"a later CA cannot widen the limit"}, ""},
	{"6.1.4 (n)", "keyCertSign", []string{"the CA's key may not sign certificates"}, ""},
	{"6.1.4 (o)", "critical extensions of CAs", []string{"unknown in the CA", "damaged name constraints", "name constraints twice"}, ""},
	{"6.1.5 (a)", "explicit_policy at the end", []string{"a CA demands one three certificates on"}, ""},
	{"6.1.5 (b)", "the target's policy constraints", []string{"the leaf demands one"}, ""},
	{"6.1.5 (c) to (e)", "the target's key", nil, "TestDSAParameters"},
	{"6.1.5 (f)", "critical extensions of the target", []string{"unknown in the leaf", "damaged alternative names", "alternative names twice"}, ""},
	{"6.1.5 (g)", "the intersection with user-initial-policy-set; RFC 9618, Section 5.5", []string{"not one that the caller accepts"}, "TestPolicySets"},
	{"4.2.1.10, minimum and maximum", "other values refuse", []string{"name constraints with a minimum", "name constraints with a maximum"}, ""},
	{"4.2.1.10, unsupported forms", "refuse what they concern", []string{"a constraint on other names", "a constraint on registered IDs"}, ""},
	{"4.2.1.10, uniformResourceIdentifier", "the host; a URI without one is refused", []string{"URI: a subdomain of a host", "URI: the host of a domain", "a URI without a host",
		"a URI with an address", "a URI with an IPv6 address", "URI: user information does not hide the host", "URI: the port does not hide the host"}, ""},
	{"4.2.1.10, rfc822Name", "a mailbox, a host or a domain", []string{"e-mail: another mailbox", "e-mail: another host", "e-mail: the domain, not the host", "e-mail: an address literal", "e-mail: a quoted mailbox"}, ""},
	{"4.2.1.10, emailAddress", "in the subject if there are no alternative names", []string{"e-mail: in the subject, if there are no alternative names"}, ""},
	{"4.2.1.10, dNSName", "labels added on the left", []string{"DNS: the end of a label", "DNS: a wildcard above the permitted name", "DNS: all names", "a dot before a DNS name"}, ""},
	{"4.2.1.10, iPAddress", "an address and a mask", []string{"IP: another network", "IP: the other version", "IP: an excluded IPv6 network", "a mask with a gap"}, ""},
	{"4.2.1.10, directoryName", "the subject and alternative names, compared as in Section 7.1", []string{"directory: another organization", "directory: above the permitted name", "directory: the subject",
		"directory: another type of string does not hide a name", "directory: the order of the parts"}, ""},
	{"4.2.1.12", "extended key usages", []string{"the leaf is for clients", "the CA is for clients"}, ""},
	{"RFC 9549, Section 2", "international domain names are A-labels", []string{"DNS: international names are A-labels"}, "TestNames"},
	{"RFC 9598, Section 5", "international addresses are compared by their A-labels", []string{"e-mail: an international address whose domain has U-labels"}, "TestNames"},
	{"RFC 9598, Section 6", "constraints on addresses hold for international ones", []string{"e-mail: an international address", "e-mail: the host of an international address",
		"e-mail: a constraint on one mailbox permits no international address"}, ""},
	{"RFC 9618, Section 5.1", "policies do not multiply", nil, "TestPolicyGraph"},
}

// stepTests are the tests that steps may name.
var stepTests = map[string]func(*testing.T){
	"TestValidate": TestValidate, "TestRevocation": TestRevocation, "TestPolicySets": TestPolicySets, "TestPolicyGraph": TestPolicyGraph,
	"TestDSAParameters": TestDSAParameters, "TestNames": TestNames,
}

// TestEveryStepHasAPair: each step is decided by a pair that exists, or a test.
func TestEveryStepHasAPair(t *testing.T) {
	for _, s := range steps {
		if len(s.pairs) == 0 && s.test == "" {
			t.Errorf("%s: nothing tests that %s", s.step, s.says)
		}
		if s.test != "" && stepTests[s.test] == nil {
			t.Errorf("%s: there is no test %s", s.step, s.test)
		}
		for _, p := range s.pairs {
			if !slices.ContainsFunc(rules, func(r rule) bool { return r.what == p }) {
				t.Errorf("%s: there is no pair %q", s.step, p)
			}
		}
	}
	for i, r := range rules {
		if slices.ContainsFunc(rules[:i], func(o rule) bool { return o.what == r.what && o.code == r.code }) {
			t.Errorf("two pairs are called %q", r.what)
		}
	}
}
