package main

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
	"github.com/spf13/cobra"
)

func (a *app) inspectCommand() *cobra.Command {
	var (
		form     form
		judging  judging
		password passwordFlags
		fullText bool
		limit    = size(certparse.DefaultMaxSize)
	)
	c := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Show what is in files and what is wrong with it",
		Long: `Show what is in files: certificates, private keys, and which key belongs to
which certificate, also inside of containers (PKCS#7, PKCS#12, Java keystores).
What a file holds is recognized by its content, never by its name. Damaged PEM is read where it has one reading only, and every
departure from the standards is reported.

The file - is standard input.`,
		Example: `  certloupe inspect server.pem server.key
  certloupe inspect --text server.pem
  openssl s_client -connect example.com:443 -showcerts </dev/null | certloupe inspect -
  certloupe inspect --json --at 2026-12-31 server.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("inspect needs a file, or - for standard input")
			}
			return nil
		},
	}
	c.RunE = a.work(func(args []string) error {
		if err := exclusive(c, "text", "json", "quiet"); err != nil {
			return err
		}
		request := &validate.Inspection{}
		var err error
		if request.Password, err = password.read(c, &a.sources); err != nil {
			return err
		}
		for _, name := range args {
			data, err := a.sources.read(name, int(limit))
			if err != nil {
				return err
			}
			request.Files = append(request.Files, validate.File{Name: name, Data: data})
		}
		opt, err := judging.options(a)
		if err != nil {
			return err
		}
		opt.MaxSize = int(limit)
		a.deliver(form, validate.Upload(request, opt), &reportView{
			opt: opt, timeGiven: judging.given(), fullText: fullText, places: filePlaces(args...),
		})
		return nil
	})
	c.Flags().SortFlags = false
	form.add(c)
	c.Flags().BoolVar(&fullText, "text", false, "show certificates in full, laid out as openssl x509 -text does")
	password.add(c)
	judging.add(c)
	addLimit(c, &limit)
	return c
}

func addLimit(c *cobra.Command, limit *size) {
	c.Flags().Var(limit, "max-size", "largest file that is read, in `bytes`, such as 500000, 512K or 64M")
}

// filePlaces are the places of inputs that are known by their files' names.
func filePlaces(names ...string) map[string]string {
	places := map[string]string{}
	for _, name := range names {
		places[name] = name
	}
	return places
}
