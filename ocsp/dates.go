package ocsp

import (
	"time"

	"github.com/certloupe/certloupe/finding"
)

// dates checks the dates of every answer that counts, RFC 6960, Section 4.2.2.1:
// an old answer is how a revoked certificate passes for a good one.
func (v *verifier) dates() *refusal {
	now, skew, produced := v.opt.Time, v.opt.skew(), v.response.producedAt
	if produced.After(now.Add(skew)) {
		return refuse("ocsp-produced-at", finding.Time("produced_at", produced))
	}
	for _, a := range v.answers {
		switch {
		case a.thisUpdate.After(now.Add(skew)):
			return refuse("ocsp-not-yet-valid", finding.Time("this_update", a.thisUpdate))
		case a.thisUpdate.After(produced.Add(skew)):
			return refuse("ocsp-produced-at", finding.Time("produced_at", produced))
		case a.nextUpdate.IsZero():
			if age := v.opt.maxAge(); a.thisUpdate.Before(now.Add(-age - skew)) {
				return refuse("ocsp-too-old", finding.Time("this_update", a.thisUpdate), finding.Str("limit", age.String()))
			}
		case a.nextUpdate.Before(a.thisUpdate):
			return refuse("ocsp-dates-reversed", finding.Time("this_update", a.thisUpdate), finding.Time("next_update", a.nextUpdate))
		case a.nextUpdate.Before(now.Add(-skew)):
			return refuse("ocsp-stale", finding.Time("next_update", a.nextUpdate))
		}
		v.result.keepDates(a.thisUpdate, a.nextUpdate)
	}
	return nil
}

// keepDates puts the most cautious of the dates into the result: the oldest
// information and the earliest end.
func (r *Result) keepDates(this, next time.Time) {
	if r.ThisUpdate.IsZero() || this.Before(r.ThisUpdate) {
		r.ThisUpdate = this
	}
	if r.NextUpdate.IsZero() || !next.IsZero() && next.Before(r.NextUpdate) {
		r.NextUpdate = next
	}
}
