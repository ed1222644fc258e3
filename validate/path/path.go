// Package path decides whether a certificate may be trusted because of a path of
// certificates to a trust anchor.
//
// [Build] is the way in: it is given a certificate, the trust anchors and
// whatever other certificates are at hand, and looks for a path. [Validate]
// judges one given path. [CheckHost], [CheckIP], [CheckEmail] and [CheckURI]
// compare a certificate with the name of a peer; neither of the other two does.
//
// # What is checked
//
// Validate runs the algorithm of RFC 5280, Section 6.1, with all its inputs and
// outputs. Where that algorithm is silent it is stricter:
//
//   - What a reader cannot decode completely is refused, never skipped.
//   - Signatures that can be forged, with MD5 or SHA-1, are refused unless
//     [Options.AllowWeak] is set.
//   - A trust anchor given as a certificate binds as its certificate says: its
//     validity, basic constraints, key usages, name and policy constraints and
//     critical extensions are checked like those of any CA. RFC 5280 leaves this
//     open and RFC 5937 describes it. The policies that it lists are not an input.
//   - Extended key usages limit what stands below a CA, as all browsers have it.
//   - Constraints on forms of names that are not supported refuse every
//     certificate with a name of such a form.
//
// What RFC 5280, Section 4 demands of those who issue certificates is not a part
// of validation, and old and private CAs break it in many ways. With
// [Options.Conforming] it counts too.
//
// The valid policies are kept as the graph of RFC 9618 instead of the tree of
// RFC 5280, which grows exponentially. The results are the same.
//
// The profile [WebPKI] adds what browsers and the Baseline Requirements of the
// CA/Browser Forum demand.
//
// # Cost
//
// Work is bounded by budgets on the length of a path, on signatures and how long
// their keys take, on steps of the search, on comparisons with name constraints, on
// nodes of the policy graphs and on findings. No signature is checked twice in one
// call, and nothing about a certificate is worked out twice. What a budget cuts off
// is refused.
package path

import (
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// Profile is the set of rules that a path is judged by.
type Profile uint8

const (
	// RFC5280 is the Internet profile.
	RFC5280 Profile = iota
	// WebPKI is RFC5280 and what web browsers demand of servers beyond it.
	WebPKI
)

// String returns "rfc5280" or "webpki".
func (p Profile) String() string {
	if p == WebPKI {
		return "webpki"
	}
	return "rfc5280"
}

// DefaultIntermediates is how many intermediate certificates a path may have
// unless Options say otherwise. Certificates of a CA for itself do not count.
const DefaultIntermediates = 16

// Options are the inputs of RFC 5280, Section 6.1.1, and what goes beyond them.
type Options struct {
	// Time is the instant at which the path must be valid. There is no default: at
	// the zero time no certificate is valid.
	Time time.Time
	// Profile is RFC5280 unless set.
	Profile Profile

	// InitialPolicies are the OIDs of the policies that are acceptable
	// (user-initial-policy-set); none means any.
	InitialPolicies []string
	// ExplicitPolicy demands that the path is valid for one of InitialPolicies.
	ExplicitPolicy bool
	// InhibitPolicyMapping forbids the mapping of policies.
	InhibitPolicyMapping bool
	// InhibitAnyPolicy makes anyPolicy in certificates mean nothing.
	InhibitAnyPolicy bool
	// Permitted and Excluded limit the names in all certificates, in addition to
	// the constraints in the path. A form that Permitted does not name is not limited.
	Permitted, Excluded certparse.GeneralNames

	// Purposes are the OIDs of extended key usages that the path must allow, every
	// one of them. None demands nothing, except that WebPKI always demands
	// serverAuth.
	Purposes []string
	// KeyUsage are the key usages that the target must allow if it states any.
	KeyUsage certparse.KeyUsage

	// MaxIntermediates is how many intermediate certificates are allowed between
	// the target and the anchor, not counting those that a CA issued to itself. Zero
	// is DefaultIntermediates, less than zero is none.
	MaxIntermediates int
	// Conforming demands also what RFC 5280, Section 4 demands of those who issue
	// certificates and Section 6 does not look at, for example key identifiers, the
	// sign of serial numbers, and which extensions are critical. WebPKI always does.
	Conforming bool
	// AllowWeak accepts signatures with MD5 and SHA-1, for old chains; WebPKI never
	// does. They are pointed out all the same.
	AllowWeak bool
	// PublicSuffix returns the public suffix of a domain name in lower case, for
	// example "co.uk" of "www.example.co.uk". WebPKI refuses wildcards directly
	// below one. Nil takes the last label.
	PublicSuffix func(domain string) string
	// Revocation, if not nil, is asked about each certificate of a path once
	// everything else about it was found to be in order. An error among its findings
	// refuses the path.
	Revocation func(Link) []finding.Finding
	// Trace makes Build report every path that it tried in Result.Tried.
	Trace bool
}

// Link is a certificate in a path together with its issuer.
type Link struct {
	// Certificate is the certificate in question, Path[Index].
	Certificate *certparse.Certificate
	// Issuer is the issuer's certificate; nil for an anchor that has none.
	Issuer *certparse.Certificate
	// IssuerKey is the issuer's key, with inherited parameters filled in.
	IssuerKey certparse.PublicKey
	// Path is the whole path, the target first; Index counts in it.
	Path  []*certparse.Certificate
	Index int
	// Time is Options.Time.
	Time time.Time
}

// Anchor is a trust anchor: a certificate, or a name and a key.
type Anchor struct {
	// Certificate is the anchor's certificate; if set, the other fields are not used.
	Certificate *certparse.Certificate
	Name        certparse.Name
	Key         certparse.PublicKey
}

func (a Anchor) name() certparse.Name {
	if a.Certificate != nil {
		return a.Certificate.Subject()
	}
	return a.Name
}

func (a Anchor) key() certparse.PublicKey {
	if a.Certificate != nil {
		return a.Certificate.PublicKey()
	}
	return a.Key
}

// Result is the outcome.
type Result struct {
	// Valid says that the path is valid: no finding is an error.
	Valid bool
	// Path is the path that was judged, the target first and the anchor's
	// certificate, if it has one, last. Findings count in it from zero.
	Path []*certparse.Certificate
	// Findings say what is wrong with the path, each with the place and the section
	// of the standard. Build reports those of the path that came closest.
	Findings []finding.Finding
	// Policies is the user-constrained-policy-set of RFC 5280, Section 6.1.6, in
	// ascending order of the text. It is [certparse.AnyPolicy] alone if every policy
	// is fine, and empty if none is.
	Policies []string
	// PublicKey is the target's key, with parameters that it inherits filled in.
	PublicKey certparse.PublicKey
	// Tried are the paths that Build tried in their order, if asked for; of a search
	// that tries very many, the first ones.
	Tried []Attempt
	// Signatures is how many signatures were verified.
	Signatures int
}

// Attempt is a path that was tried, complete or not.
type Attempt struct {
	Path     []*certparse.Certificate
	Findings []finding.Finding
	// Anchored says that the path reached a trust anchor.
	Anchored bool
}

// Validate judges one path: the target first, then the issuer of each, last the
// certificate that the anchor issued. The anchor's own certificate is not part
// of chain.
func Validate(chain []*certparse.Certificate, anchor Anchor, opt Options) *Result {
	v := &validator{opt: opt}
	v.init()
	list := make([]*dossier, len(chain))
	for i, c := range chain {
		list[i] = v.known.of(c)
	}
	r := v.validate(list, anchor)
	r.Signatures = len(v.verified)
	return r
}

// validator holds what one call shares between paths.
type validator struct {
	opt     Options
	at      time.Time
	initial initialConstraints
	known   dossiers
	state   state // of the path that is being judged
	// verified has the outcome of each signature check, and effort what they took.
	verified []verification
	few      [2]verification // the first of them
	effort   int
	// comparisons counts those with name constraints, policyCost the nodes and edges
	// of policy graphs, told the findings that were written down.
	comparisons, policyCost, told int
}

func (v *validator) init() {
	v.at = v.opt.Time.Truncate(time.Second)
	v.initial = prepareInitial(v.opt)
	v.verified = v.few[:0]
}

func (v *validator) maxIntermediates() int {
	switch n := v.opt.MaxIntermediates; {
	case n < 0:
		return 0
	case n == 0:
		return DefaultIntermediates
	default:
		return n
	}
}

// judgement collects the findings about one path.
type judgement struct {
	findings []finding.Finding
	refused  bool
}

func (j *judgement) add(code finding.Code, index int, data ...finding.Datum) {
	j.put(finding.New(code, finding.Where{}, data...).As(finding.Error), index)
}

// put adds f as a finding about the certificate at the given place in the path.
func (j *judgement) put(f finding.Finding, index int) {
	if f.Code == "signature-not-checked" {
		f.Ref = "RFC 5280, Section 6.1.3 (a)(1)" // In a path it is more than a remark.
	}
	f.Where.Certificate = finding.At(index)
	j.findings = append(j.findings, f)
	if f.Severity == finding.Error {
		j.refused = true
	}
}
