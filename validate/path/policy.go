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

const (
	// maxPolicyNodes is how many nodes and edges one graph may have.
	maxPolicyNodes = 8_000
	// maxPolicyWork is how many the graphs of all paths of one call may have.
	maxPolicyWork = 10_000
)

// policyNode is a policy at one depth.
type policyNode struct {
	policy  string
	parents []*policyNode
	// expected is the expected_policy_set, what the next certificate calls the
	// policy, once it was mapped; until then it is the policy itself.
	expected []string
	// reached says that constrained came to the node.
	reached bool
}

// expects calls f for each policy in the expected_policy_set.
func (n *policyNode) expects(f func(policy string)) {
	if n.expected == nil {
		f(n.policy)
	}
	for _, p := range n.expected {
		f(p)
	}
}

// policyLevel is the nodes at one depth, in the order in which they came. Nearly
// all certificates have so few policies that looking through them is the fastest.
type policyLevel struct {
	nodes []*policyNode
	// index has all nodes of a level that has many.
	index map[string]*policyNode
}

const fewPolicies = 8

func (l *policyLevel) find(policy string) *policyNode {
	if l.index != nil {
		return l.index[policy]
	}
	for _, n := range l.nodes {
		if n.policy == policy {
			return n
		}
	}
	return nil
}

func (l *policyLevel) add(n *policyNode) {
	l.nodes = append(l.nodes, n)
	switch {
	case l.index != nil:
		l.index[n.policy] = n
	case len(l.nodes) > fewPolicies:
		l.index = make(map[string]*policyNode, 2*len(l.nodes))
		for _, n := range l.nodes {
			l.index[n.policy] = n
		}
	}
}

func (l *policyLevel) removeAll(policies []string) {
	gone := make(map[*policyNode]bool, len(policies))
	for _, p := range policies {
		gone[l.find(p)] = true
		delete(l.index, p)
	}
	l.nodes = slices.DeleteFunc(l.nodes, func(n *policyNode) bool { return gone[n] })
}

// expecting returns which nodes expect a policy, or nil if each node expects its own.
func (l *policyLevel) expecting() map[string][]*policyNode {
	if !slices.ContainsFunc(l.nodes, func(n *policyNode) bool { return n.expected != nil }) {
		return nil
	}
	by := make(map[string][]*policyNode, len(l.nodes))
	for _, n := range l.nodes {
		n.expects(func(p string) { by[p] = append(by[p], n) })
	}
	return by
}

// policyGraph is the valid_policy_graph. It is nil (in the words of the RFC) when
// the last level is empty.
type policyGraph struct {
	last policyLevel
	cost int
	// few are the first nodes, which nearly all graphs do with.
	few  [4]policyNode
	used int
	// room is where the first levels and lists of parents stand.
	room  [12]*policyNode
	taken int
}

// list returns an empty list with room for n nodes.
func (g *policyGraph) list(n int) []*policyNode {
	if g.taken+n > len(g.room) {
		return make([]*policyNode, 0, n)
	}
	list := g.room[g.taken : g.taken : g.taken+n]
	g.taken += n
	return list
}

func (g *policyGraph) start() {
	g.last.nodes = g.list(1)
	g.last.add(g.node(certparse.AnyPolicy))
}

func (g *policyGraph) null() bool { return len(g.last.nodes) == 0 }

// node makes a node.
func (g *policyGraph) node(policy string) *policyNode {
	if g.used == len(g.few) {
		return &policyNode{policy: policy}
	}
	n := &g.few[g.used]
	g.used++
	n.policy = policy
	return n
}

// child adds a node to the next level.
func (g *policyGraph) child(level *policyLevel, policy string, parents ...*policyNode) {
	n := g.node(policy)
	n.parents = append(g.list(len(parents)), parents...)
	level.add(n)
	g.cost += 1 + len(parents)
}

// step is RFC 9618, Section 5.3: steps (d) and (e) of RFC 5280, Section 6.1.3.
// anyPolicy says whether that policy counts in this certificate.
func (g *policyGraph) step(listed []certparse.PolicyInformation, anyPolicy bool) {
	level := policyLevel{nodes: g.list(len(listed))}
	expecting := g.last.expecting()
	// inherit adds a policy below the nodes that expect it, if there are any.
	inherit := func(policy string) bool {
		if expecting == nil {
			n := g.last.find(policy)
			if n != nil {
				g.child(&level, policy, n)
			}
			return n != nil
		}
		parents := expecting[policy]
		if len(parents) > 0 {
			g.child(&level, policy, parents...)
		}
		return len(parents) > 0
	}
	wild, listsAny := g.last.find(certparse.AnyPolicy), false
	for _, p := range listed {
		if p.ID == certparse.AnyPolicy {
			listsAny = true
		} else if level.find(p.ID) == nil && !inherit(p.ID) && wild != nil { // else listed twice, or found
			g.child(&level, p.ID, wild)
		}
	}
	if listsAny && anyPolicy {
		for _, n := range g.last.nodes {
			n.expects(func(p string) {
				if level.find(p) == nil {
					inherit(p)
				}
			})
		}
	}
	g.last = level
}

// rename is RFC 9618, Section 5.4: step (b) of RFC 5280, Section 6.1.4. allowed
// says whether policies may still be mapped.
func (g *policyGraph) rename(mappings []certparse.PolicyMapping, allowed bool) {
	to := make(map[string][]string, len(mappings))
	var from []string
	for _, m := range mappings {
		if to[m.IssuerDomainPolicy] == nil {
			from = append(from, m.IssuerDomainPolicy)
		}
		to[m.IssuerDomainPolicy] = append(to[m.IssuerDomainPolicy], m.SubjectDomainPolicy)
	}
	if !allowed {
		g.last.removeAll(from)
		return
	}
	wild := g.last.find(certparse.AnyPolicy)
	for _, p := range from {
		n := g.last.find(p)
		switch {
		case n != nil:
			n.expected = to[p]
		case wild != nil:
			g.last.add(&policyNode{policy: p, parents: wild.parents, expected: to[p]})
			g.cost += 1 + len(wild.parents)
		}
	}
}

// constrained returns the user-constrained-policy-set, RFC 9618, Section 5.5:
// step (g) of RFC 5280, Section 6.1.5. The policies are in the terms of the
// anchor: those of nodes all of whose ancestors are anyPolicy.
func (g *policyGraph) constrained(acceptable []string) []string {
	var found []string
	var room [fewPolicies]*policyNode
	queue := append(room[:0], g.last.nodes...)
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, p := range n.parents {
			if p.policy == certparse.AnyPolicy && n.policy != certparse.AnyPolicy {
				found = append(found, n.policy)
			}
			if !p.reached {
				p.reached = true
				queue = append(queue, p)
			}
		}
	}
	wild := g.last.find(certparse.AnyPolicy) != nil
	if wild {
		found = append(found, certparse.AnyPolicy)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if len(acceptable) == 0 || slices.Contains(acceptable, certparse.AnyPolicy) {
		return found
	}
	var set []string
	for _, p := range acceptable {
		if _, is := slices.BinarySearch(found, p); wild || is {
			set = append(set, p)
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// checkPolicies processes the policies and mappings of a certificate. It returns
// false when the budget is used up.
func (v *validator) checkPolicies(s *state, d *dossier, i int, selfIssued bool, j *judgement) bool {
	listed, mappings := d.policyLists()
	if i == 0 {
		mappings = nil
	}
	before, left := s.policies.cost, v.policyCost <= maxPolicyWork
	if s.policies.cost += len(listed) + len(mappings); left && s.policies.cost <= maxPolicyNodes {
		s.policies.step(listed, s.inhibitAnyPolicy > 0 || selfIssued)
		if s.explicitPolicy == 0 && s.policies.null() {
			if !s.policyRefused {
				j.add("path-policy-required", i)
			}
			s.policyRefused = true
		}
		if mappings != nil {
			s.policies.rename(mappings, s.policyMapping > 0)
		}
	}
	v.policyCost += s.policies.cost - before
	if s.policies.cost > maxPolicyNodes || v.policyCost > maxPolicyWork {
		j.add("path-budget", i, finding.Str("what", "policies"), finding.Int("limit", maxPolicyNodes))
		return false
	}
	return true
}
