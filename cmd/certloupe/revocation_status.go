package main

import (
	"cmp"
	"context"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/validate"
	"github.com/spf13/cobra"
)

// This file lets check and chain ask whether certificates were revoked.

// statusFunc returns the function by which the library asks, and the one that must
// be called when nothing is asked any more. wanted says whether anybody is to be
// asked; if not, the flags of asking have no meaning.
func (a *app) statusFunc(c *cobra.Command, f *asking, wanted bool, why string, now time.Time, progress bool) (validate.StatusFunc, func(), error) {
	if !wanted {
		for _, name := range online {
			if c.Flags().Changed(name) {
				return nil, nil, usagef("--%s is for asking the network, which %s does", name, why)
			}
		}
		return nil, func() {}, nil
	}
	opt, err := f.options(&a.sources, now)
	if err != nil {
		return nil, nil, err
	}
	asker, err := client.New(opt)
	if err != nil {
		return nil, nil, err
	}
	end := func() { asker.Close() }
	if progress && a.env.errColumns > 0 {
		stop := showProgress(a.stderr, "revocation")
		end = func() {
			stop()
			asker.Close()
		}
	}
	return func(cert, issuer *certparse.Certificate) validate.Answer {
		result, err := asker.Check(context.Background(), cert, issuer)
		if err != nil {
			return validate.Answer{Problem: err.Error()}
		}
		return answerOf(result)
	}, end, nil
}

// answerOf is what was learned, as the library takes it.
func answerOf(r *client.Result) validate.Answer {
	a := validate.Answer{Result: r.Evidence, Source: r.URL, Findings: r.Findings}
	if len(r.Attempts) > 0 {
		a.Source = cmp.Or(r.URL, r.Attempts[0].URL)
	}
	switch r.Status {
	case client.NothingToAsk:
		return validate.Answer{Unasked: validate.StatusNothingToAsk}
	case client.CouldNotAsk:
		a.Result, a.Unasked = nil, validate.StatusCouldNotAsk
	case client.Refused:
		// What was refused before it could be read is evidence that says nothing.
		if a.Result == nil {
			a.Result = &ocsp.Result{Findings: r.Findings}
			if len(r.Attempts) > 0 {
				a.Result.Code = r.Attempts[0].Code
			}
		}
	}
	return a
}
