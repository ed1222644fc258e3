package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/spf13/cobra"
)

// maxRevocation is how many certificates are judged in one call. Each may be asked
// about, and each may be the issuer of each.
const maxRevocation = 32

// policies and orders are the library's for the words of the flags.
var (
	policies = map[string]client.Policy{"hard": client.HardFail, "soft": client.SoftFail}
	orders   = map[string]client.Order{"ocsp-crl": client.OCSPFirst, "crl-ocsp": client.CRLFirst, "ocsp": client.OCSPOnly, "crl": client.CRLOnly}
)

// asking are the flags that say how to ask the network.
type asking struct {
	order       choice
	timeout     time.Duration
	private     prefixes
	ports       []int
	responderCA string
	cache       string
}

func (f *asking) add(c *cobra.Command) {
	f.order = choice{"ocsp-crl", []string{"ocsp-crl", "crl-ocsp", "ocsp", "crl"}}
	c.Flags().Var(&f.order, "order", "what to ask: OCSP responders and revocation lists in this order, or one of them only: ocsp-crl, crl-ocsp, ocsp or crl")
	c.Flags().DurationVar(&f.timeout, "timeout", client.DefaultTimeout, "longest `time` for one certificate")
	c.Flags().Var(&f.private, "allow-private", "`network` that may be asked although it is not on the public internet, such as 10.1.2.0/24; may be repeated")
	c.Flags().IntSliceVar(&f.ports, "allow-port", nil, "`port` that may be asked besides 80 and 443; may be repeated")
	c.Flags().StringVar(&f.responderCA, "responder-ca", "", "`file` with the CA of servers that are asked by HTTPS; without it none is asked by HTTPS")
	c.Flags().StringVar(&f.cache, "cache", "", "`file` in which answers are kept for the next call")
	complete(c, "order", f.order.allowed...)
}

// online are the flags that have a meaning only if the network is asked.
var online = []string{"order", "timeout", "allow-private", "allow-port", "responder-ca", "cache"}

// options are the options of the library.
func (f *asking) options(s *sources, now time.Time) (client.Options, error) {
	opt := client.Options{Now: func() time.Time { return now }, Timeout: f.timeout, Order: orders[f.order.value],
		AllowPrivate: f.private, CacheFile: f.cache}
	if f.timeout <= 0 {
		return opt, usagef("--timeout: give a time such as 5s")
	}
	for _, p := range f.ports {
		if p < 1 || p > 65535 {
			return opt, usagef("--allow-port: give a number from 1 to 65535")
		}
		opt.Ports = append(opt.Ports, uint16(p))
	}
	if f.responderCA == "" {
		return opt, nil
	}
	certs, err := s.certificates(f.responderCA)
	if err != nil {
		return opt, err
	}
	opt.ServerCAs = x509.NewCertPool()
	for _, c := range certs {
		ca, err := x509.ParseCertificate(c.Raw())
		if err != nil || ca.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
			return opt, fmt.Errorf("%s: servers cannot be verified with this certificate: %s", f.responderCA, c.Subject())
		}
		opt.ServerCAs.AddCert(ca)
	}
	return opt, nil
}

// prefixes is a flag with networks.
type prefixes []netip.Prefix

func (p *prefixes) Type() string { return "network" }
func (p *prefixes) String() string {
	var list []string
	for _, prefix := range *p {
		list = append(list, prefix.String())
	}
	return strings.Join(list, ",")
}
func (p *prefixes) Set(s string) error {
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		addr, err := netip.ParseAddr(s)
		if err != nil {
			return fmt.Errorf("write it like 10.1.2.0/24, 10.1.2.3 or fd00::/8")
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	*p = append(*p, prefix.Masked())
	return nil
}

func (a *app) revocationCommand() *cobra.Command {
	var (
		output  form
		at      instant
		asking  asking
		secret  passwordFlags
		policy  = choice{"hard", []string{"hard", "soft"}}
		issuer  string
		stapled string
		crls    []string
	)
	c := &cobra.Command{
		Use:   "revocation FILE...",
		Short: "Find out whether certificates were revoked",
		Long: `Find out whether certificates were revoked. The files have one certificate or a
chain, in any order, in PEM, DER or a container such as PKCS#7 or PKCS#12; the
issuer of each is looked for among them and in --issuer.

Without --stapled and --crl, the servers are asked that the certificates name:
OCSP responders and servers of revocation lists. Whoever makes a certificate
chooses them, so only the public internet is asked, without proxy and redirects.
With --stapled or --crl, nothing leaves the machine; a stapled response is about
the first certificate, and without lists the others are not judged.

What follows from the answers, --policy says: hard accepts a certificate only if it
is known to be good, soft accepts it unless it is known to be revoked.

Exit codes: 0 all certificates are accepted, 1 one is not, 2 the question could
not be asked (wrong call, unreadable file). The file - is standard input.`,
		Example: `  certloupe revocation chain.pem
  certloupe revocation server.pem --issuer ca.pem --policy soft
  certloupe revocation server.pem --issuer ca.pem --stapled response.der
  certloupe revocation chain.pem --crl ca.crl
  certloupe revocation device.pem --issuer ca.pem --allow-private 10.1.2.0/24 --responder-ca responder-ca.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("revocation needs a file, or - for standard input")
			}
			return nil
		},
	}
	c.RunE = a.work(func(args []string) error {
		if err := exclusive(c, "json", "quiet"); err != nil {
			return err
		}
		r := &revocationReport{policy: policies[policy.value], word: policy.value, time: at.Time, timeGiven: !at.IsZero()}
		if r.time.IsZero() {
			r.time = a.env.now()
		}
		password, err := secret.read(c, &a.sources)
		if err != nil {
			return err
		}
		if err := r.read(&a.sources, args, password, issuer); err != nil {
			return err
		}
		if c.Flags().Changed("stapled") || c.Flags().Changed("crl") {
			for _, name := range online {
				if c.Flags().Changed(name) {
					return usagef("--%s is for asking the network, which --stapled and --crl do not", name)
				}
			}
			e, err := readEvidence(&a.sources, stapled, c.Flags().Changed("stapled"), crls)
			if err != nil {
				return err
			}
			e.judge(r)
		} else {
			opt, err := asking.options(&a.sources, r.time)
			if err != nil {
				return err
			}
			if err := a.ask(r, opt, !output.quiet); err != nil {
				return err
			}
		}
		r.decide()
		if !r.accepted {
			a.code = exitRejected
		}
		switch {
		case output.quiet:
		case output.json:
			a.out.Write(r.JSON())
		default:
			r.show(a.page())
		}
		return nil
	})
	c.Flags().SortFlags = false
	c.Flags().StringVar(&issuer, "issuer", "", "`file` with certificates of issuers, which are not judged themselves")
	c.Flags().StringVar(&stapled, "stapled", "", "`file` with the OCSP response in DER that a server brought along; empty is none")
	c.Flags().StringArrayVar(&crls, "crl", nil, "`file` with revocation lists, DER or PEM; may be repeated")
	c.Flags().Var(&policy, "policy", "which certificates to accept: hard or soft; see above")
	asking.add(c)
	secret.add(c)
	c.Flags().Var(&at, "at", "judge as of this `time` instead of now, such as 2026-01-31 or 2026-01-31T12:00:00Z")
	output.add(c)
	complete(c, "policy", policy.allowed...)
	return c
}

// ask asks the network about all certificates at once.
func (a *app) ask(r *revocationReport, opt client.Options, progress bool) error {
	c, err := client.New(opt)
	if err != nil {
		return err
	}
	defer c.Close()
	r.online = true
	if progress && a.env.errColumns > 0 {
		defer showProgress(a.stderr, count(len(r.certificates), "certificate"))()
	}
	var wg sync.WaitGroup
	for i := range r.certificates {
		cert := &r.certificates[i]
		if cert.issuer == nil {
			cert.result = endOfChain(c, cert.Certificate)
			continue
		}
		wg.Go(func() {
			result, err := c.Check(context.Background(), cert.Certificate, cert.issuer)
			if err != nil {
				panic(err) // Neither certificate is missing.
			}
			cert.result = result
		})
	}
	wg.Wait()
	r.findings = append(r.findings, c.Findings()...)
	return nil
}

// endOfChain is the result for a certificate without an issuer: it is a trust
// anchor, or its issuer is missing. Nobody is asked.
func endOfChain(c *client.Client, cert *certparse.Certificate) *client.Result {
	results, err := c.CheckChain(context.Background(), []*certparse.Certificate{cert})
	if err != nil {
		panic(err) // The certificate is not nil.
	}
	return results[0]
}

// showProgress writes to a terminal once a second for how long it has been asking,
// and returns the function that ends it and wipes the line.
func showProgress(w io.Writer, what string) (end func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		shown := 0
		for seconds := 1; ; seconds++ {
			select {
			case <-stop:
				if shown > 0 {
					fmt.Fprintf(w, "\r%s\r", strings.Repeat(" ", shown))
				}
				return
			case <-ticker.C:
				shown, _ = fmt.Fprintf(w, "\rAsking about %s for %s", what, count(seconds, "second"))
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}

// certificates reads a file that has certificates.
func (s *sources) certificates(name string) ([]*certparse.Certificate, error) {
	document, err := s.document(name, nil)
	if err != nil {
		return nil, err
	}
	return document.Certificates(), nil
}

// document reads a file that must have certificates. The password is for
// containers; nil is none.
func (s *sources) document(name string, password []byte) (*certparse.Document, error) {
	data, err := s.read(name, certparse.DefaultMaxSize)
	if err != nil {
		return nil, err
	}
	d := certparse.Parse(data, certparse.Options{Name: name, Password: password})
	if len(d.Certificates()) == 0 {
		return nil, lacking(name, "certificate", d)
	}
	return d, nil
}

// lacking is the error for a file without what it should have. It says what is in
// the file instead.
func lacking(name, what string, d *certparse.Document) error {
	for _, f := range d.Findings {
		return fmt.Errorf("%s: there is no %s: %s", name, what, f.Message)
	}
	for _, b := range d.Blocks {
		if instead, ok := kindTexts[b.Kind]; ok {
			return fmt.Errorf("%s: there is no %s, but %s", name, what, instead)
		}
	}
	return fmt.Errorf("%s: there is no %s", name, what)
}

// kindTexts say what may be in a file in place of what it should have.
var kindTexts = map[certparse.Kind]string{
	certparse.KindCertificate: "a certificate", certparse.KindPrivateKey: "a private key", certparse.KindOpenSSHKey: "a private key",
	certparse.KindPublicKey: "a public key", certparse.KindCertificateRequest: "a certificate request", certparse.KindCRL: "a revocation list",
	certparse.KindPKCS7: "a PKCS#7 container without any", certparse.KindPKCS12: "a PKCS#12 container without any",
	certparse.KindJavaKeystore: "a Java keystore without any", certparse.KindParameters: "parameters of a key",
}

// statusOf is the status that evidence gives.
func statusOf(s ocsp.Status) client.Status {
	switch s {
	case ocsp.Good:
		return client.Good
	case ocsp.Revoked:
		return client.Revoked
	case ocsp.Unknown:
		return client.Unknown
	}
	return client.Refused
}
