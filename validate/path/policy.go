package path

import (
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// The policies for which a path is valid, RFC 5280, Section 6.1, are kept as RFC
// 9618 describes it. The tree of RFC 5280 has a node for each way in which a
// policy can be reached, which is exponentially many when CAs map several
// policies to the same ones. The graph has at most one node for each policy at
// each depth, and a node has an edge from each node that expects its policy.
//
// Nodes that lead nowhere are not removed at once. Only those at the deepest level
// matter while certificates are processed, and the graph is empty just when that
// level is. At the end the nodes that matter are those from which the last level
// can be reached.

// maxPolicyNodes is how many nodes and edges one graph may have.
const maxPolicyNodes = 20000

// policyNode is a policy at one depth.
type policyNode struct {
	policy  string
	parents []*policyNode
	// expected is the expected_policy_set: what the next certificate calls the policy.
	expected []string
}

// policyGraph is the valid_policy_graph. It is nil (in the words of the RFC) when
// the last level is empty.
type policyGraph struct {
	last map[string]*policyNode
	cost int
}

func (g *policyGraph) start() {
	g.last = map[string]*policyNode{certparse.AnyPolicy: {policy: certparse.AnyPolicy, expected: []string{certparse.AnyPolicy}}}
}

func (g *policyGraph) null() bool { return len(g.last) == 0 }

func (g *policyGraph) node(level map[string]*policyNode, policy string, parents ...*policyNode) {
	level[policy] = &policyNode{policy: policy, parents: parents, expected: []string{policy}}
	g.cost += 1 + len(parents)
}

// step is RFC 9618, Section 5.3: steps (d) and (e) of RFC 5280, Section 6.1.3.
// anyPolicy says whether that policy counts in this certificate.
func (g *policyGraph) step(listed []certparse.PolicyInformation, anyPolicy bool) {
	if g.null() {
		return
	}
	level := make(map[string]*policyNode, len(listed))
	expecting := map[string][]*policyNode{}
	for _, n := range g.last {
		for _, p := range n.expected {
			expecting[p] = append(expecting[p], n)
		}
	}
	wild := g.last[certparse.AnyPolicy]
	listsAny := false
	for _, p := range listed {
		switch parents := expecting[p.ID]; {
		case p.ID == certparse.AnyPolicy:
			listsAny = true
		case level[p.ID] != nil: // listed twice
		case len(parents) > 0:
			g.node(level, p.ID, parents...)
		case wild != nil:
			g.node(level, p.ID, wild)
		}
	}
	if listsAny && anyPolicy {
		for p, parents := range expecting {
			if level[p] == nil {
				g.node(level, p, parents...)
			}
		}
	}
	g.last = level
}

// rename is RFC 9618, Section 5.4: step (b) of RFC 5280, Section 6.1.4. allowed
// says whether policies may still be mapped.
func (g *policyGraph) rename(mappings []certparse.PolicyMapping, allowed bool) {
	if g.null() {
		return
	}
	to := map[string][]string{}
	var from []string
	seen := make(map[certparse.PolicyMapping]bool, len(mappings))
	for _, m := range mappings {
		if seen[m] {
			continue
		}
		seen[m] = true
		if to[m.IssuerDomainPolicy] == nil {
			from = append(from, m.IssuerDomainPolicy)
		}
		to[m.IssuerDomainPolicy] = append(to[m.IssuerDomainPolicy], m.SubjectDomainPolicy)
	}
	wild := g.last[certparse.AnyPolicy]
	for _, p := range from {
		n := g.last[p]
		switch {
		case !allowed:
			delete(g.last, p)
		case n != nil:
			n.expected = to[p]
		case wild != nil:
			g.last[p] = &policyNode{policy: p, parents: wild.parents, expected: to[p]}
			g.cost += 1 + len(wild.parents)
		}
	}
}

// constrained returns the user-constrained-policy-set, RFC 9618, Section 5.5:
// step (g) of RFC 5280, Section 6.1.5. The policies are in the terms of the
// anchor: those of nodes all of whose ancestors are anyPolicy.
func (g *policyGraph) constrained(acceptable []string) []string {
	found := map[string]bool{}
	seen := map[*policyNode]bool{}
	var queue []*policyNode
	visit := func(n *policyNode) {
		if !seen[n] {
			seen[n] = true
			queue = append(queue, n)
		}
	}
	for _, n := range g.last {
		visit(n)
	}
	wild := g.last[certparse.AnyPolicy] != nil
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, p := range n.parents {
			if p.policy == certparse.AnyPolicy && n.policy != certparse.AnyPolicy {
				found[n.policy] = true
			}
			visit(p)
		}
	}
	everything := len(acceptable) == 0 || slices.Contains(acceptable, certparse.AnyPolicy)
	var set []string
	if everything {
		for p := range found {
			set = append(set, p)
		}
		if wild {
			set = append(set, certparse.AnyPolicy)
		}
	} else {
		for _, p := range acceptable {
			if wild || found[p] {
				set = append(set, p)
			}
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// policies processes the policies and mappings of a certificate. It returns false
// when the budget is used up.
func (v *validator) policies(s *state, c *certparse.Certificate, i int, selfIssued bool, j *judgement) bool {
	listed, _ := c.CertificatePolicies() // Damaged ones refuse the path by themselves.
	var mappings []certparse.PolicyMapping
	if i > 0 {
		if m, presence := c.PolicyMappings(); presence == certparse.Present {
			mappings = m
		}
	}
	if s.policies.cost += len(listed) + len(mappings); s.policies.cost <= maxPolicyNodes {
		s.policies.step(listed, s.inhibitAnyPolicy > 0 || i > 0 && selfIssued)
		if s.explicitPolicy == 0 && s.policies.null() && i > 0 {
			if !s.policyRefused {
				j.add("path-policy-required", i)
			}
			s.policyRefused = true
		}
		if mappings != nil {
			s.policies.rename(mappings, s.policyMapping > 0)
		}
	}
	if s.policies.cost > maxPolicyNodes {
		j.add("path-budget", i, finding.Str("what", "policies"), finding.Int("limit", maxPolicyNodes))
		return false
	}
	return true
}
