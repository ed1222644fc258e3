package main

import (
	"fmt"

	"github.com/certloupe/certloupe/scan"
)

// summaryIssuers is how many issuers the summary shows.
const summaryIssuers = 10

// scanSummary writes the summary of a scan to standard error.
func (a *app) scanSummary(s *scan.Summary) {
	p := newPage(a.stderr, a.env.errColumns, a.colored(a.env.errColumns > 0))
	row := func(label, format string, args ...any) {
		p.row(0, piece{label, bold}, summaryColumn, text(fmt.Sprintf(format, args...)))
	}
	n := thousands
	row("Records", "%s: %s certificates, %s private keys, %s other things, %s unreadable",
		n(s.Records), n(s.Certificates), n(s.PrivateKeys), n(s.Others), n(s.Unreadable))
	if s.Unread > 0 {
		row("Not read", "%s inputs could not be read, or not to their end", n(s.Unread))
	}
	row("Certificates", "%s accepted, %s rejected", n(s.Accepted), n(s.Rejected))
	row("Validity", "%s expired, %s not yet valid, %s expiring soon", n(s.Expired), n(s.NotYetValid), n(s.ExpiringSoon))
	row("Weak", "%s keys, %s signatures", n(s.WeakKeys), n(s.WeakSignatures))
	if s.Capped {
		row("Different", "at least %s; at least %s were there before (more than can be remembered, or the run was resumed)", n(s.Distinct), n(s.Duplicates))
	} else {
		row("Different", "%s; %s were there before", n(s.Distinct), n(s.Duplicates))
	}
	label := "Findings"
	for _, code := range s.TopCodes() {
		p.row(0, piece{label, bold}, summaryColumn, text(n(s.Codes[code])), text(string(code)))
		label = ""
	}
	label = "Issuers"
	for _, issuer := range s.TopIssuers(summaryIssuers) {
		p.row(0, piece{label, bold}, summaryColumn, text(n(issuer.Certificates)), text(issuer.Name))
		label = ""
	}
	if s.OtherIssuers > 0 {
		row(label, "%s of issuers beyond the %s that are counted apart", n(s.OtherIssuers), n(scan.MaxIssuers))
	}
}
