package main

import (
	"cmp"
	"errors"
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
)

// evidence is what was handed in to judge by, so that nobody is asked.
type evidence struct {
	// staple is the response that the server brought along; hasStaple says that it
	// is judged, also if it is empty.
	staple    []byte
	hasStaple bool
	lists     []*ocsp.CRL
	// hasLists says that lists were given, also if none could be read.
	hasLists bool
	findings []finding.Finding
}

// readEvidence reads the files of --stapled and --crl. A list that cannot be read is
// a finding; a file without any is an error.
func readEvidence(s *sources, stapled string, hasStaple bool, crls []string) (*evidence, error) {
	e := &evidence{hasStaple: hasStaple, hasLists: len(crls) > 0}
	var err error
	if hasStaple && stapled != "" {
		if e.staple, err = s.read(stapled, ocsp.DefaultMaxSize); err != nil {
			return nil, err
		}
	}
	for _, name := range crls {
		data, err := s.read(name, ocsp.MaxCRLSize)
		if err != nil {
			return nil, err
		}
		found := false
		d := certparse.Parse(data, certparse.Options{Name: name, MaxSize: ocsp.MaxCRLSize})
		for i, b := range d.Blocks {
			for _, der := range listsIn(b) {
				found = true
				list, err := ocsp.ParseCRL(der)
				if syntax := (*ocsp.SyntaxError)(nil); errors.As(err, &syntax) {
					e.findings = append(e.findings, syntax.Finding(finding.Where{Input: name, Block: i + 1}).As(finding.Warning))
					continue
				}
				e.lists = append(e.lists, list)
			}
		}
		if !found {
			return nil, lacking(name, "revocation list", d)
		}
	}
	return e, nil
}

// listsIn are the revocation lists of a block, also those in a container.
func listsIn(b certparse.Block) (ders [][]byte) {
	if b.Kind == certparse.KindCRL {
		return [][]byte{b.DER}
	}
	if b.Container != nil {
		for _, e := range b.Container.Entries {
			if e.Kind == certparse.KindCRL {
				ders = append(ders, e.DER)
			}
		}
	}
	return ders
}

// judge judges the certificates by the evidence.
func (e *evidence) judge(r *revocationReport) {
	r.findings = append(r.findings, e.findings...)
	if !e.hasLists {
		// A stapled response is about the server's own certificate.
		r.certificates = r.certificates[:1]
	}
	// Nothing is asked of this client; it only knows what the end of a chain is.
	offline, err := client.New(client.Options{})
	if err != nil {
		panic(err) // The default options are in order.
	}
	defer offline.Close()
	opt := ocsp.Options{Time: r.time}
	for i := range r.certificates {
		c := &r.certificates[i]
		if c.issuer == nil {
			c.result = endOfChain(offline, c.Certificate)
			continue
		}
		var said []*client.Result
		// The only error of both is that something is missing, which is not.
		if i == 0 && e.hasStaple {
			if result, err := ocsp.Staple(e.staple, c.Certificate, c.issuer, opt); err == nil {
				said = append(said, evidenceResult(result, client.OCSP))
			}
		}
		if e.hasLists {
			if result, err := ocsp.Judge(e.lists, c.Certificate, c.issuer, opt); err == nil {
				said = append(said, evidenceResult(result, client.CRL))
			}
		}
		c.result = weigh(said)
	}
}

func evidenceResult(r *ocsp.Result, source client.Source) *client.Result {
	return &client.Result{Status: statusOf(r.Status), Evidence: r, Source: source, Findings: r.Findings}
}

// weight orders what pieces of evidence say: that one knows of a revocation counts
// whatever the others say, and a good answer counts for more than none.
var weight = map[client.Status]int{client.Unknown: 1, client.Refused: 2, client.Good: 3, client.Revoked: 4}

// weigh makes one result of several. What is wrong with the others is still told.
func weigh(said []*client.Result) *client.Result {
	best := slices.MaxFunc(said, func(a, b *client.Result) int { return cmp.Compare(weight[a.Status], weight[b.Status]) })
	for _, r := range said {
		if r == best || r.Status != client.Refused {
			continue
		}
		for _, f := range r.Findings {
			best.Findings = append(best.Findings, f.As(min(f.Severity, finding.Warning)))
		}
	}
	return best
}
