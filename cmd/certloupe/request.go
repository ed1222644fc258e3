package main

import (
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
	"github.com/spf13/cobra"
)

// requestCall is what all operations of the request command have in common.
type requestCall struct {
	form     form
	judging  judging
	cjkNames bool
	// places say where the report's inputs came from.
	places map[string]string
}

func (a *app) requestCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "request OPERATION [BODY.json]",
		Short: "Judge the body of a documented operation before it is sent",
		Long: `Judge the JSON body of a documented operation exactly as it would be sent, and
show the response that the service would give. What only the service knows, such
as the IDs that it assigns, is given by flags; without them the response leaves
it out.`,
		Example: `  certloupe request add-server-certificate body.json
  certloupe request update-ca-certificate body.json --current record.json
  certloupe request query-device-certificate --cert device.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("there is no operation %q; choose from %s", args[0], operations())
			}
			return nil
		},
	}
	c.RunE = func(*cobra.Command, []string) error {
		return usagef("request needs an operation: %s", operations())
	}
	c.AddCommand(a.addServerCertificateCommand(), a.modifySSLCertificateCommand(),
		a.updateCACertificateCommand(), a.queryDeviceCertificateCommand())
	return c
}

// operations names all operations.
func operations() string {
	var names []string
	for _, op := range validate.Operations {
		names = append(names, string(op))
	}
	return strings.Join(names, ", ")
}

// operation makes the command of an operation with a body. fill adds to the
// request what only the service knows.
func (a *app) operation(op validate.Operation, short string, call *requestCall, fill func(validate.Request) error) *cobra.Command {
	c := &cobra.Command{
		Use:   string(op) + " BODY.json",
		Short: short,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("%s needs one file with the request's body, or - for standard input", op)
			}
			return nil
		},
	}
	c.RunE = a.work(func(args []string) error {
		if err := exclusive(c, "json", "quiet"); err != nil {
			return err
		}
		body, err := a.sources.read(args[0], certparse.DefaultMaxSize)
		if err != nil {
			return err
		}
		call.places = map[string]string{"body": args[0]}
		request, err := validate.ReadRequest(op, body)
		if err != nil {
			return err
		}
		if err := fill(request); err != nil {
			return err
		}
		return a.judge(call, request)
	})
	call.form.add(c)
	call.judging.add(c)
	return c
}

// judge judges a request and delivers the report.
func (a *app) judge(call *requestCall, request validate.Request) error {
	opt, err := call.judging.options(a)
	if err != nil {
		return err
	}
	opt.CJKNames = call.cjkNames
	a.deliver(call.form, validate.Upload(request, opt), &reportView{
		opt: opt, timeGiven: call.judging.given(), places: call.places,
	})
	return nil
}

func (a *app) addServerCertificateCommand() *cobra.Command {
	var (
		call     requestCall
		id       string
		existing number
	)
	c := a.operation(validate.OpAddServerCertificate, "IoTDA: add a server certificate", &call, func(request validate.Request) error {
		r := request.(*validate.AddServerCertificate)
		r.ServerCertificateID, r.ExistingCertificates = id, int(existing)
		return nil
	})
	c.Example = `  certloupe request add-server-certificate body.json --existing 1`
	c.Flags().StringVar(&id, "server-certificate-id", "", "`ID` of the new server certificate")
	c.Flags().Var(&existing, "existing", "`number` of server certificates that there are already")
	return c
}

func (a *app) modifySSLCertificateCommand() *cobra.Command {
	var (
		call             requestCall
		id, project      string
		created, updated instant
	)
	c := a.operation(validate.OpModifySSLCertificate, "APIG: modify an SSL certificate", &call, func(request validate.Request) error {
		r := request.(*validate.SSLCertificateForm)
		r.CertificateID, r.ProjectID, r.CreateTime, r.UpdateTime = id, project, created.Time, updated.Time
		return nil
	})
	c.Example = `  certloupe request modify-ssl-certificate body.json --certificate-id a27be832f2e9441c8127fe48e3b5ac67`
	c.Flags().StringVar(&id, "certificate-id", "", "`ID` of the certificate")
	c.Flags().StringVar(&project, "project-id", "", "`ID` of the project")
	c.Flags().Var(&created, "create-time", "`time` at which the certificate was created")
	c.Flags().Var(&updated, "update-time", "`time` of the modification")
	addCJKNames(c, &call.cjkNames)
	return c
}

func (a *app) updateCACertificateCommand() *cobra.Command {
	var (
		call                 requestCall
		current, certificate string
	)
	c := a.operation(validate.OpUpdateCACertificate, "IoTDA: update a CA certificate", &call, func(request validate.Request) error {
		r := request.(*validate.UpdateCACertificate)
		record, err := a.sources.readOptional(current)
		if err != nil {
			return err
		}
		if record != nil {
			r.Current = validate.ReadCACertificateRecord(record)
			call.places["record"] = current
		}
		if certificate != "" {
			call.places["certificate"] = certificate
		}
		r.Certificate, err = a.sources.readOptional(certificate)
		return err
	})
	c.Long = `Judge the request to update a CA certificate. The response repeats most of the
certificate's record, so it can be shown only if the present record is given. The
record is the JSON that the service returns when the certificate is queried.`
	c.Example = `  certloupe request update-ca-certificate body.json --current record.json --cert ca.pem`
	c.Flags().StringVar(&current, "current", "", "`file` with the certificate's present record as JSON")
	c.Flags().StringVar(&certificate, "cert", "", "`file` with the CA certificate, to compare the record with")
	return c
}

func (a *app) queryDeviceCertificateCommand() *cobra.Command {
	var (
		call                 requestCall
		file, id, status, ca string
	)
	c := &cobra.Command{
		Use:   string(validate.OpQueryDeviceCertificate) + " --cert FILE",
		Short: "IoTDA: query a device certificate",
		Long: `Show what the service would return for a device certificate. The query has no
body; judged is the certificate itself.`,
		Example: `  certloupe request query-device-certificate --cert device.pem --status INACTIVE`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%s has no body; give the certificate by --cert FILE", validate.OpQueryDeviceCertificate)
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.RunE = a.work(func([]string) error {
		if err := exclusive(c, "json", "quiet"); err != nil {
			return err
		}
		if !c.Flags().Changed("cert") {
			return usagef("%s needs --cert FILE", validate.OpQueryDeviceCertificate)
		}
		r := &validate.DeviceCertificateQuery{CertificateID: id, Status: status}
		var err error
		if r.Certificate, err = a.sources.read(file, certparse.DefaultMaxSize); err != nil {
			return err
		}
		if r.CA, err = a.sources.readOptional(ca); err != nil {
			return err
		}
		call.places = map[string]string{"certificate": file, "ca": ca, "status": "--status"}
		return a.judge(&call, r)
	})
	c.Flags().StringVar(&file, "cert", "", "`file` with the device certificate")
	c.Flags().StringVar(&ca, "trusted-root", "", "`file` with the CA certificate that should have issued it")
	c.Flags().StringVar(&id, "certificate-id", "", "`ID` of the certificate")
	c.Flags().StringVar(&status, "status", "", "`status` of the certificate: ACTIVE (the default) or INACTIVE")
	complete(c, "status", "ACTIVE", "INACTIVE")
	call.form.add(c)
	call.judging.add(c)
	return c
}
