package path_test

import (
	"testing"

	"github.com/certloupe/certloupe/validate/path"
)

// Policies, RFC 5280, Section 6.1.3 (d) to (f), 6.1.4 (a) and (b), 6.1.5 (g).
var policyRules = []rule{
	{"path-policy-required", 0, "the leaf has none", chain(nil, edits{policies(pA)}, nil, explicitPolicy),
		chain(nil, edits{policies(pA)}, edits{policies(pA)}, explicitPolicy)},
	{"path-policy-required", 1, "the CA has none", chain(nil, nil, edits{policies(pA)}, explicitPolicy),
		chain(nil, edits{policies(pAny)}, edits{policies(pA)}, explicitPolicy)},
	{"path-policy-required", 0, "the CA and the leaf have different ones", chain(nil, edits{policies(pA)}, edits{policies(pB)}, explicitPolicy),
		chain(nil, edits{policies(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"path-policy-required", 0, "not one that the caller accepts", chain(nil, edits{policies(pA)}, edits{policies(pA)}, acceptable(pB)),
		chain(nil, edits{policies(pA)}, edits{policies(pA)}, acceptable(pB, pA))},
	{"path-policy-required", 0, "anyPolicy in the CA, but not the one that the caller accepts", chain(nil, edits{policies(pAny)}, edits{policies(pA)}, acceptable(pB)),
		chain(nil, edits{policies(pAny)}, edits{policies(pA)}, acceptable(pA))},
	{"path-policy-required", 0, "a CA demands one", chain(nil, edits{limits(0, -1)}, nil), chain(nil, edits{policies(pA), limits(0, -1)}, edits{policies(pA)})},
	{"path-policy-required", 0, "a CA demands one from the next but one on", chain(nil, edits{limits(1, -1)}, nil), chain(nil, edits{limits(2, -1)}, nil)},
	{"path-policy-required", 0, "the root demands one", chain(edits{limits(1, -1)}, edits{}, nil), chain(edits{limits(5, -1)}, nil, nil)},
	{"path-policy-required", 0, "the leaf demands one", chain(nil, nil, edits{limits(0, -1)}), chain(nil, nil, edits{limits(1, -1)})},
	{"path-policy-required", 0, "the caller inhibits anyPolicy", chain(nil, edits{policies(pA)}, edits{policies(pAny)}, explicitPolicy, func(o *path.Options) { o.InhibitAnyPolicy = true }),
		chain(nil, edits{policies(pA)}, edits{policies(pAny)}, explicitPolicy)},
	{"path-policy-required", 0, "a CA inhibits anyPolicy", chain(nil, edits{policies(pA), inhibitAny(0)}, edits{policies(pAny)}, explicitPolicy),
		chain(nil, edits{policies(pA), inhibitAny(1)}, edits{policies(pAny)}, explicitPolicy)},
	{"path-policy-required", 0, "a CA demands one three certificates on", below(edits{limits(2, -1)}, nil, nil), below(edits{limits(3, -1)}, nil, nil)},
	{"path-policy-required", 0, "a CA inhibits mapping two certificates on", below(edits{policies(pAny), limits(-1, 1)}, edits{policies(pA)}, edits{policies(pB)}, edits{policies(pA), mapped(pA, pB)}),
		below(edits{policies(pAny), limits(-1, 2)}, edits{policies(pA)}, edits{policies(pB)}, edits{policies(pA), mapped(pA, pB)})},
	{"path-policy-required", 0, "a CA inhibits anyPolicy two certificates on", below(edits{policies(pA), inhibitAny(1)}, edits{policies(pA)}, edits{policies(pAny)}),
		below(edits{policies(pA), inhibitAny(2)}, edits{policies(pA)}, edits{policies(pAny)})},
	{"path-policy-required", 1, "anyPolicy still counts in what a CA issued to itself", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", policies(pA), inhibitAny(0))
		b := a.ca("B", policies(pAny))
		return ask(b.leaf(policies(pA)), r, a, b).with(explicitPolicy)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", policies(pA), inhibitAny(0))
		b := a.again("new key", policies(pAny))
		return ask(b.leaf(policies(pA)), r, a, b).with(explicitPolicy)
	}},
	{"path-policy-required", 1, "the root inhibits anyPolicy", chain(edits{inhibitAny(0)}, edits{policies(pAny)}, edits{policies(pA)}, explicitPolicy),
		chain(edits{inhibitAny(1)}, edits{policies(pAny)}, edits{policies(pA)}, explicitPolicy)},
	{"path-policy-required", 0, "mapped to another policy", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pA)}, explicitPolicy),
		chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"path-policy-required", 0, "a mapped policy has the anchor's name", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pB)),
		chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pA))},
	{"path-policy-required", 0, "anyPolicy can be mapped from", chain(nil, edits{policies(pAny), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pC)),
		chain(nil, edits{policies(pAny), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pA))},
	{"path-policy-required", 0, "the caller inhibits mapping", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true }),
		chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"path-policy-required", 0, "a policy that may not be mapped is gone", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pA)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true }),
		chain(nil, edits{policies(pA), mapped(pC, pB)}, edits{policies(pA)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true })},
	{"path-policy-required", 0, "the root inhibits mapping", chain(edits{limits(-1, 0)}, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy),
		chain(edits{limits(-1, 1)}, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"policy-mapping-any-policy", 1, "anyPolicy is mapped", chain(nil, edits{policies(pA), mapped(pAny, pB)}, nil), chain(nil, edits{policies(pA), mapped(pA, pB)}, nil)},
}
