package path_test

import (
	"fmt"
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
	{"path-policy-required", 0, "what a CA issued to itself does not count towards requiring a policy", selfIssuedTwice(limits(2, -1), ""), selfIssuedOnce(limits(2, -1), "")},
	{"path-policy-required", 0, "what a CA issued to itself does not count towards inhibiting mapping", selfIssuedTwice(limits(-1, 1), "mapping"), selfIssuedOnce(limits(-1, 1), "mapping")},
	{"path-policy-required", 1, "what a CA issued to itself does not count towards inhibiting anyPolicy", selfIssuedTwice(inhibitAny(1), "any"), selfIssuedOnce(inhibitAny(1), "any")},
	{"path-policy-required", 0, "a later CA cannot loosen the demand", below(edits{limits(1, -1)}, edits{limits(9, -1)}, nil), below(edits{limits(3, -1)}, edits{limits(9, -1)}, nil)},
	{"path-policy-required", 0, "two policies are mapped to one and only one of them is acceptable", mappedTogether(pC), mappedTogether(pB)},
	{"path-policy-required", 0, "a CA's mapping counts, the leaf's does not", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pA)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true }),
		chain(nil, edits{policies(pA)}, edits{policies(pA), mapped(pA, pB)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true })},
	{"path-policy-required", 0, "anyPolicy does not count in a target that its CA issued to itself", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", policies(pA), inhibitAny(0))
		return ask(a.again("new key", policies(pAny)).cert, r, a).with(explicitPolicy)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", policies(pA), inhibitAny(1))
		return ask(a.again("new key", policies(pAny)).cert, r, a).with(explicitPolicy)
	}},
	{"path-policy-required", 0, "one of very many policies", chain(nil, edits{policies(numbered(20)...)}, edits{policies(pA)}, explicitPolicy),
		chain(nil, edits{policies(numbered(20)...)}, edits{policies(numbered(15)...)}, explicitPolicy)},
	{"path-policy-required", 0, "one of very many may not be mapped", chain(nil, edits{policies(numbered(20)...), mapped(numbered(20)[14], pA)}, edits{policies(numbered(20)[14])}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true }),
		chain(nil, edits{policies(numbered(20)...), mapped(numbered(20)[14], pA)}, edits{policies(numbered(20)[13])}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true })},
	{"path-policy-required", 0, "a policy that a CA mapped to, beside anyPolicy, is not one of the anchor's", mappedBesideAny(pB), mappedBesideAny(pA)},
	{"path-policy-required", 0, "a policy that is listed twice is mapped once and for all", chain(nil, edits{policies(pA, pA), mapped(pA, pB)}, edits{policies(pA)}, explicitPolicy),
		chain(nil, edits{policies(pA, pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"path-policy-required", 0, "a mapping that is listed twice is one", chain(nil, edits{policies(pA), mapped(pA, pB, pA, pB)}, edits{policies(pA)}, explicitPolicy),
		chain(nil, edits{policies(pA), mapped(pA, pB, pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"policy-mapping-any-policy", 1, "anyPolicy is mapped to", chain(nil, edits{policies(pA), mapped(pA, pAny)}, nil), chain(nil, edits{policies(pA), mapped(pA, pB)}, nil)},
	{"policy-mapping-any-policy", 1, "anyPolicy is mapped", chain(nil, edits{policies(pA), mapped(pAny, pB)}, nil), chain(nil, edits{policies(pA), mapped(pA, pB)}, nil)},
}

// selfIssuedTwice asks about a leaf two certificates of other CAs below a CA with the
// constraint, which uses up a constraint that skips one.
func selfIssuedTwice(constraint edit, kind string) func(testing.TB) question {
	return func(tb testing.TB) question { return skipping(tb, constraint, kind, false) }
}

// selfIssuedOnce has a certificate that the CA issued to itself in place of the
// second, which does not count.
func selfIssuedOnce(constraint edit, kind string) func(testing.TB) question {
	return func(tb testing.TB) question { return skipping(tb, constraint, kind, true) }
}

// skipping puts into the last CA and the leaf what the constraint is about: no
// policy, one that was mapped, or anyPolicy.
func skipping(tb testing.TB, constraint edit, kind string, itself bool) question {
	r := root(tb, "Root")
	a := r.ca("A", policies(pA), constraint)
	var middle, last, end edits
	switch kind {
	case "mapping":
		last, end = edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}
		middle = edits{policies(pA)}
	case "any":
		last, end = edits{policies(pAny)}, edits{policies(pA)}
		middle = edits{policies(pA)}
	}
	pool := []*entity{a}
	if itself {
		pool = append(pool, a.again("new key", middle...))
	} else {
		pool = append(pool, a.ca("B", middle...))
	}
	pool = append(pool, pool[1].ca("C", last...))
	if kind == "" { // The leaf itself counts towards requiring a policy.
		pool = pool[:2]
	}
	q := ask(pool[len(pool)-1].leaf(end...), r, pool...)
	q.opt.ExplicitPolicy = kind != ""
	return q
}

// numbered are n policies.
func numbered(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprint("1.3.6.1.4.1.99999.100.", i))
	}
	return list
}

// mappedTogether asks about a policy to which a CA maps two of its own.
func mappedTogether(accepted string) func(testing.TB) question {
	return chain(nil, edits{policies(pA, pB), mapped(pA, pC, pB, pC)}, edits{policies(pC)}, acceptable(accepted))
}

// mappedBesideAny asks about a policy that one CA mapped, while another with
// anyPolicy lists it too.
func mappedBesideAny(accepted string) func(testing.TB) question {
	return with(below(edits{policies(pA, pAny), mapped(pA, pB)}, edits{policies(pB, pAny)}, edits{policies(pB)}), acceptable(accepted))
}
