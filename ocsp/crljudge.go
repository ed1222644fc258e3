package ocsp

import (
	"slices"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// maxIssuers is how many certificates are tried as that of who signed a CRL.
const maxIssuers = 8

// Judge decides with revocation lists whether a certificate is revoked, RFC 5280,
// Section 6.3. Full and delta lists may stand in any order, and lists that do not
// concern the certificate do no harm. issuer must be the certificate of the
// issuer of cert, as the validation of the path found it. Lists by somebody else,
// or with another key, need [Options.CRLIssuers].
//
// The result is good only if lists that are sound and cover the certificate cover
// all reasons. It is refused if a list would have covered the certificate but
// breaks a rule, and unknown if none covers it. The error is [ErrIncomplete].
func Judge(crls []*CRL, cert, issuer *certparse.Certificate, opt Options) (*Result, error) {
	if cert == nil || issuer == nil || opt.Time.IsZero() || slices.Contains(crls, nil) {
		return nil, ErrIncomplete
	}
	j := &judge{cert: cert, issuer: issuer, opt: opt, result: &Result{}}
	if !cert.Issuer().Equal(issuer.Subject()) {
		return refused(j.result, refuse("issuer-mismatch", finding.Str("issuer", cert.Issuer().String()), finding.Str("subject", issuer.Subject().String())), opt.Where), nil
	}
	j.choose(crls)
	return j.judge(), nil
}

// judge decides about one certificate.
type judge struct {
	cert, issuer *certparse.Certificate
	opt          Options
	result       *Result

	points []point
	// base and delta are the lists that are sound and concern the certificate.
	base, delta []*CRL
	// unsound is why the first list that is not sound was refused, and reasons why
	// the others do not cover the certificate.
	unsound *refusal
	reasons []string
	covered certparse.ReasonFlags
}

// choose sorts the lists into those that can be used and those that cannot.
func (j *judge) choose(crls []*CRL) {
	j.points = pointsOf(j.cert)
	var sound []*CRL
	for _, c := range crls {
		reason, covers := "", false
		for _, p := range j.points {
			why, ok := c.covers(j.cert, p)
			if covers = covers || ok; reason == "" {
				reason = why
			}
		}
		if !covers {
			j.reasons = append(j.reasons, reason)
			continue
		}
		if r := j.sound(c); r != nil {
			j.reject(r)
			continue
		}
		sound = append(sound, c)
	}
	// A newer list pushes out an older one, but only now that both were checked.
	superseded := func(c *CRL) bool {
		return slices.ContainsFunc(sound, func(o *CRL) bool { return o.Supersedes(c) })
	}
	for _, c := range sound {
		switch {
		case c.Delta:
			j.delta = append(j.delta, c)
		case !superseded(c):
			j.base = append(j.base, c)
		}
	}
	// Of several delta lists that fit a list, the last one counts.
	slices.SortStableFunc(j.delta, func(a, b *CRL) int { return b.Number.Cmp(a.Number) })
}

// reject remembers why a list is not used. It is a finding in any case, and the
// reason for the result if no other list settles the matter.
func (j *judge) reject(r *refusal) {
	if j.unsound == nil {
		j.unsound = r
	}
	j.result.Findings = append(j.result.Findings, finding.New(r.code, j.opt.Where, r.data...).As(finding.Warning))
}

// crlRules are the rules for a list that covers the certificate.
var crlRules = [...]func(*judge, *CRL) *refusal{
	(*judge).crlSigner, (*judge).crlExtensions, (*judge).crlNumber, (*judge).crlDates,
}

func (j *judge) sound(c *CRL) *refusal {
	for _, rule := range crlRules {
		if r := rule(j, c); r != nil {
			return r
		}
	}
	return nil
}

// crlSigner checks the list's signature, RFC 5280, Section 6.3.3, steps (f) and (g).
func (j *judge) crlSigner(c *CRL) *refusal {
	candidates := []*certparse.Certificate{j.issuer}
	if j.opt.CRLIssuers != nil {
		candidates = append(candidates, j.opt.CRLIssuers(c)...)
	}
	best, stage := refuse("crl-issuer-unknown", finding.Str("issuer", c.Issuer.String())), 0
	worse := func(r *refusal, at int) {
		if at > stage {
			best, stage = r, at
		}
	}
	for _, signer := range candidates[:min(len(candidates), maxIssuers)] {
		if signer == nil || !signer.Subject().Equal(c.Issuer) {
			continue
		}
		if usage, presence := signer.KeyUsage(); presence == certparse.Malformed || presence == certparse.Present && !usage.Has(certparse.CRLSign) {
			worse(refuse("crl-issuer-key-usage", finding.List("usage", usage.Strings())), 1)
			continue
		}
		key := signer.PublicKey()
		if signer == j.issuer {
			key = j.opt.issuerKey(signer)
		}
		r := c.verify(key)
		if r == nil {
			return nil
		}
		worse(r, 2)
	}
	return best
}

// crlExtensions refuses a list that says something critical that is not
// understood, of itself or of any entry, RFC 5280, Sections 5.2 and 5.3.
func (j *judge) crlExtensions(c *CRL) *refusal {
	if c.unknownCritical != "" {
		return refuse("crl-extension-unknown", finding.Str("oid", c.unknownCritical))
	}
	return nil
}

// crlNumber wants a number in every list of version 2, RFC 5280, Section 5.2.3:
// without it nobody can tell a new list from an old one that is played back.
// Lists of version 1 cannot have one.
func (j *judge) crlNumber(c *CRL) *refusal {
	if c.numberProblem != "" {
		return refuse("crl-number", finding.Str("problem", c.numberProblem))
	}
	return nil
}

// crlDates checks the dates, RFC 5280, Section 6.3.3, step (a).
func (j *judge) crlDates(c *CRL) *refusal {
	now, skew := j.opt.Time, j.opt.skew()
	switch {
	case c.ThisUpdate.After(now.Add(skew)):
		return refuse("crl-not-yet-valid", finding.Time("this_update", c.ThisUpdate))
	case c.NextUpdate.IsZero():
		if age := j.opt.maxAge(); c.ThisUpdate.Before(now.Add(-age - skew)) {
			return refuse("crl-too-old", finding.Time("this_update", c.ThisUpdate), finding.Str("limit", age.String()))
		}
	case c.NextUpdate.Before(c.ThisUpdate):
		return refuse("crl-dates-reversed", finding.Time("this_update", c.ThisUpdate), finding.Time("next_update", c.NextUpdate))
	case c.NextUpdate.Before(now.Add(-skew)):
		return refuse("crl-stale", finding.Time("next_update", c.NextUpdate))
	}
	return nil
}

// judge looks into all lists that can be used, until the certificate is found to
// be revoked, and adds up what they cover at all its distribution points.
func (j *judge) judge() *Result {
	for _, c := range j.base {
		if found, ok := j.lookUp(c); ok {
			return j.revoked(found)
		}
		for _, p := range j.points {
			if _, ok := c.covers(j.cert, p); ok {
				j.covered |= c.reasonsFor(p)
			}
		}
	}
	switch {
	case j.covered == allReasons:
		j.result.Status = Good
		return j.result
	case j.unsound != nil:
		j.result.Findings = j.result.Findings[1:] // The warning of the same, see reject.
		return refused(j.result, j.unsound, j.opt.Where)
	}
	return j.unknown()
}

// lookUp looks for the certificate in a list as changed by the delta lists that
// go with it, RFC 5280, Section 6.3.3, steps (h) to (k).
func (j *judge) lookUp(c *CRL) (entry, bool) {
	issuer, serial := j.cert.Issuer(), j.cert.RawSerialNumber()
	j.result.keepDates(c.ThisUpdate, c.NextUpdate)
	for _, d := range j.delta {
		if !d.changes(c) {
			continue
		}
		j.result.keepDates(d.ThisUpdate, d.NextUpdate)
		if found, ok := d.find(issuer, serial); ok {
			return found, found.reason != RemoveFromCRL
		}
		break
	}
	return c.find(issuer, serial)
}

// changes reports whether d is a delta list for c, RFC 5280, Section 5.2.4: of
// the same scope and key, based on c or an earlier list, and later than c.
func (d *CRL) changes(c *CRL) bool {
	return d.sameScope(c) && string(d.keyID) == string(c.keyID) && c.Number != nil &&
		c.Number.Cmp(d.Base) >= 0 && c.Number.Cmp(d.Number) < 0
}

func (j *judge) revoked(e entry) *Result {
	r := j.result
	r.Status, r.RevokedAt, r.Reason = Revoked, e.at, e.reason
	r.Findings = append(r.Findings, finding.New("certificate-revoked", j.opt.Where,
		finding.Time("time", e.at), finding.Str("reason", e.reason.String())))
	return r
}

// unknown says what is missing.
func (j *judge) unknown() *Result {
	r := unknown(j.result, j.opt.Where)
	if j.covered != 0 {
		r.Findings = append(r.Findings, finding.New("crl-reasons-missing", j.opt.Where,
			finding.List("reasons", (allReasons&^j.covered).Strings())))
	} else if len(j.reasons) > 0 {
		slices.Sort(j.reasons)
		r.Findings = append(r.Findings, finding.New("crl-not-covering", j.opt.Where,
			finding.Str("reason", strings.Join(slices.Compact(j.reasons), "; "))))
	}
	return r
}
