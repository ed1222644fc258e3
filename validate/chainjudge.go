package validate

import (
	"slices"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

// Budgets of one call.
const (
	maxRoots         = 5000
	maxIntermediates = 1000
	maxTried         = 200
)

// chainJudge collects what is learned while one path is judged. Its judge reads
// the files and keeps the certificates.
type chainJudge struct {
	*judge
	request *ChainRequest
	opt     ChainOptions
	out     *ChainReport
	// upload is all files together.
	upload input
	// lint is what is wrong with the uploaded certificates by themselves.
	lint []finding.Finding
	// roots and others are the certificates of Roots and Intermediates, and places
	// are the indexes of certificates in the report by their bytes.
	roots, others []Certificate
	places        map[string]int
}

func (c *chainJudge) run() (valid bool) {
	for _, f := range c.request.Files {
		c.readUpload(f)
	}
	c.roots = c.readPool(c.request.Roots, maxRoots)
	c.others = c.readPool(c.request.Intermediates, maxIntermediates)
	revocation, unread := newRevocationJudge(c.request.Revocation, c.pool(-1), c.opt.Path)
	c.out.Findings = append(c.out.Findings, unread...)
	target := c.leafOf(&c.upload)
	if target < 0 {
		if finding.Worst(c.out.Findings) < finding.Error {
			c.say(finding.New("certificate-missing", finding.Where{}))
		}
		return false
	}
	for i, x := range c.report.Certificates {
		if _, ok := c.places[string(x.Raw())]; !ok {
			c.places[string(x.Raw())] = i
		}
	}
	result := c.build(target, revocation)
	c.names(target)
	c.revocation(result, revocation)
	c.advise(result)
	return result.Valid
}

func (c *chainJudge) say(f finding.Finding) { c.out.Findings = append(c.out.Findings, f) }

// readUpload reads one uploaded file. What is wrong with private keys in it does not
// matter here.
func (c *chainJudge) readUpload(f File) {
	before := len(c.report.Findings)
	in := c.read(f.Name, f.Data, c.request.Password)
	if len(in.privateKeys) == 0 && !in.holds(certparse.KindPrivateKey) || len(in.certificates) > 0 {
		c.wantCertificates(in, contentRules{keyAllowed: true})
	} else {
		c.add(finding.New("certificate-missing", finding.Where{Input: f.Name}).As(finding.Warning))
	}
	for _, x := range c.report.Findings[before:] {
		n := x.Where.Block - 1
		switch _, about := x.Where.Certificate.Get(); {
		case about:
			c.lint = append(c.lint, x)
		case n < 0 || n >= len(in.doc.Blocks) || in.doc.Blocks[n].Kind != certparse.KindPrivateKey:
			c.say(x)
		}
	}
	c.upload.certificates = append(c.upload.certificates, in.certificates...)
}

// readPool reads certificates that are at hand. They are not what is judged, so
// that what is wrong with their files is no more than a warning.
func (c *chainJudge) readPool(files []File, limit int) (pool []Certificate) {
	for _, f := range files {
		doc := certparse.Parse(f.Data, certparse.Options{Name: f.Name, MaxSize: c.opt.MaxSize})
		for _, x := range doc.Findings {
			c.say(x.As(min(x.Severity, finding.Warning)))
		}
		found := 0
		for i := range doc.Blocks {
			for _, one := range certificatesOf(&doc.Blocks[i], f.Name, i+1) {
				if found++; len(pool) == limit {
					c.say(finding.New("path-budget", finding.Where{Input: f.Name},
						finding.Str("what", "certificates"), finding.Int("limit", limit)).As(finding.Warning))
					return pool
				}
				pool = append(pool, one)
			}
		}
		if found == 0 && len(doc.Findings) == 0 {
			c.say(finding.New("certificate-missing", finding.Where{Input: f.Name}).As(finding.Warning))
		}
	}
	return pool
}

// pool are the certificates from which a path can be built: all but the roots and
// the target.
func (c *chainJudge) pool(target int) (pool []*certparse.Certificate) {
	for _, i := range c.upload.certificates {
		if i != target {
			pool = append(pool, c.report.Certificates[i].Certificate)
		}
	}
	return append(pool, plain(c.others)...)
}

func plain(list []Certificate) []*certparse.Certificate {
	certs := make([]*certparse.Certificate, len(list))
	for i, x := range list {
		certs[i] = x.Certificate
	}
	return certs
}

// build looks for the path and puts what comes of it into the report.
func (c *chainJudge) build(target int, revocation *revocationJudge) *path.Result {
	opt := c.opt.Path
	if own := opt.Revocation; revocation.evident() || c.request.Revocation.Policy != IgnoreMissing {
		ask := revocation.link(signerDepth)
		opt.Revocation = func(link path.Link) []finding.Finding {
			fs := ask(link)
			if own != nil {
				fs = append(fs, own(link)...)
			}
			return fs
		}
	}
	result := path.Build(c.report.Certificates[target].Certificate, path.Anchors(plain(c.roots)), c.pool(target), opt)
	r := c.out
	r.Policies, r.PublicKey = result.Policies, result.PublicKey
	if len(result.Path) == 0 { // The search was stopped before it came to anything.
		result.Path = []*certparse.Certificate{c.report.Certificates[target].Certificate}
	}
	r.Path = c.indexes(result.Path)
	last := result.Path[len(result.Path)-1]
	r.Anchored = slices.ContainsFunc(c.roots, func(x Certificate) bool { return x.Equal(last) })
	c.judged(c.placed(result.Findings, r.Path))
	r.TriedPaths = len(result.Tried)
	for _, a := range result.Tried[:min(len(result.Tried), maxTried)] {
		at := c.indexes(a.Path)
		r.Tried = append(r.Tried, ChainAttempt{at, a.Anchored, c.placed(a.Findings, at)})
	}
	return result
}

// indexes are the places of certificates in the report. Those of roots and
// intermediates get one when they are first needed.
func (c *chainJudge) indexes(certs []*certparse.Certificate) []int {
	list := make([]int, len(certs))
	for n, x := range certs {
		i, ok := c.places[string(x.Raw())]
		if !ok {
			i = len(c.report.Certificates)
			c.places[string(x.Raw())] = i
			for _, pool := range [][]Certificate{c.roots, c.others} {
				if k := slices.IndexFunc(pool, func(o Certificate) bool { return o.Equal(x) }); k >= 0 {
					c.report.Certificates = append(c.report.Certificates, pool[k])
					break
				}
			}
		}
		list[n] = i
	}
	return list
}

// placed are the findings of a path with the places of its certificates in the report.
func (c *chainJudge) placed(fs []finding.Finding, at []int) []finding.Finding {
	fs = slices.Clone(fs)
	for i := range fs {
		n, _ := fs[i].Where.Certificate.Get()
		where := c.at(at[min(max(n, 0), len(at)-1)])
		fs[i].Where.Input, fs[i].Where.Block, fs[i].Where.Certificate = where.Input, where.Block, where.Certificate
	}
	return fs
}

// judged joins what is wrong with the certificates by themselves and with the path.
// What both say is said once, at the more exact place and as severely as the path
// takes it. What does not matter to the path is no more than a warning.
func (c *chainJudge) judged(fs []finding.Finding) {
	same := func(a, b finding.Finding) bool { return a.Code == b.Code && a.Where.Certificate == b.Where.Certificate }
	for _, l := range c.lint {
		if i := slices.IndexFunc(fs, func(f finding.Finding) bool { return same(f, l) }); i >= 0 {
			l = l.As(fs[i].Severity)
			if l.Ref == "" {
				l.Ref = fs[i].Ref
			}
		} else {
			l = l.As(min(l.Severity, finding.Warning))
		}
		c.say(l)
	}
	for _, f := range fs {
		if !slices.ContainsFunc(c.lint, func(l finding.Finding) bool { return same(f, l) }) {
			c.say(f)
		}
	}
	for _, i := range c.out.Path {
		if _, to, ok := c.report.Certificates[i].Validity(); ok && c.current(i) && to.Sub(c.opt.Path.Time) < c.opt.ExpiringWithin {
			at := c.at(i)
			at.Field = "validity"
			c.say(finding.New("certificate-expires-soon", at, finding.Int("days", int(to.Sub(c.opt.Path.Time)/(24*time.Hour))), finding.Time("not_after", to)))
		}
	}
}

// names compares the target with the names that it must be for.
func (c *chainJudge) names(target int) {
	cert := c.report.Certificates[target].Certificate
	for _, check := range []struct {
		name string
		f    func(*certparse.Certificate, string) []finding.Finding
	}{{c.opt.Host, path.CheckHost}, {c.opt.Email, path.CheckEmail}, {c.opt.URI, path.CheckURI}} {
		if check.name != "" {
			for _, f := range c.placed(check.f(cert, check.name), []int{target}) {
				c.say(f)
			}
		}
	}
}

// revocation reports what is known about the revocation of the path's certificates.
// If nobody was to be asked, that is said of a path that is valid otherwise.
func (c *chainJudge) revocation(result *path.Result, judge *revocationJudge) {
	for n := 0; n+1 < len(result.Path); n++ {
		cert, at := result.Path[n], c.out.Path[n]
		status, ok := judge.found[[2]*certparse.Certificate{cert, result.Path[n+1]}]
		if !ok && result.Valid {
			s := settle(cert, nil, judge.Policy, "")
			status, ok = s.status, true
			for _, f := range c.placed(s.findings, []int{at}) {
				c.say(f)
			}
		}
		if ok {
			status.Certificate = at
			c.out.Revocation = append(c.out.Revocation, status)
		}
	}
}

// advise says how the upload stands as a chain. The path decides, whatever the
// order of the certificates, so that nothing of it is more than a warning.
func (c *chainJudge) advise(result *path.Result) {
	if c.upload.name = c.request.Files[0].Name; len(c.request.Files) > 1 {
		c.upload.name = ""
	}
	if result.Valid { // Then every certificate of the path was signed by the next.
		c.signatures = map[signatureCheck]error{}
		for n := range len(result.Path) - 1 {
			cert, key := c.report.Certificates[c.out.Path[n]], c.report.Certificates[c.out.Path[n+1]].PublicKey()
			c.signatures[signatureCheck{cert.Certificate, string(key.SPKI())}] = nil
		}
	}
	if c.out.Anchored {
		c.upload.assembled = c.out.Path[:max(1, len(c.out.Path)-1)]
	}
	c.chain(&c.upload)
	for n, i := range c.out.Path {
		above := -1
		if n+1 < len(c.out.Path) {
			above = c.out.Path[n+1]
		}
		missing := above < 0 && !c.out.Anchored && len(c.report.Certificates[i].CAIssuerURLs()) > 0 && !c.isRoot(c.report.Certificates[i])
		borrowed := above >= 0 && !slices.Contains(c.upload.certificates, above) && !(c.out.Anchored && n+2 == len(c.out.Path))
		if missing || borrowed {
			c.intermediateMissing(i)
			break
		}
	}
	for _, f := range c.together {
		c.say(f.As(min(f.Severity, finding.Warning)))
	}
	if best := c.upload.assembled; !slices.Equal(best, c.upload.certificates) {
		r := c.reassembled(strings.Join(fileNames(c.request.Files), ", "), best)
		c.out.Reassembled = &r
	}
}

func fileNames(files []File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return names
}
