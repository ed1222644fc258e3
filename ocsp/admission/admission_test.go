package admission_test

import (
	"context"
	"crypto"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/admission"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
	"github.com/certloupe/certloupe/validate"
)

func testKey(tb testing.TB, name string) crypto.Signer {
	tb.Helper()
	text, err := os.ReadFile("../../testdata/keys/" + name + ".pem")
	if err != nil {
		tb.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return key.(crypto.Signer)
}

func parse(tb testing.TB, der []byte) *certparse.Certificate {
	tb.Helper()
	c, err := certparse.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// serverCAID is the ID by which records mean the CA of the responder.
const serverCAID = "60fa667369d4840337930aec"

func record(members string) *validate.CACertificateRecord {
	return validate.ReadCACertificateRecord([]byte(`{"certificate_id": "0123"` + members + `}`))
}

// Records of the CA.
const (
	off      = `, "ocsp_enable": false`
	on       = `, "ocsp_enable": true, "ocsp_ssl_enable": false`
	onWithCA = on + `, "ocsp_server_ca_id": "` + serverCAID + `"`
	tls      = `, "ocsp_enable": true, "ocsp_ssl_enable": true, "ocsp_server_ca_id": "` + serverCAID + `"`
	tlsNoCA  = `, "ocsp_enable": true, "ocsp_ssl_enable": true`
)

// loopback are the options with which the servers of the tests may be asked.
func loopback(servers ...*ocsptest.Server) client.Options {
	opt := client.Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 2 * time.Second, MaxTries: 1, CacheBytes: -1}
	for _, s := range servers {
		u, _ := url.Parse(s.URL)
		port, _ := strconv.ParseUint(u.Port(), 10, 16)
		opt.Ports = append(opt.Ports, uint16(port))
	}
	return opt
}

func admit(t *testing.T, c admission.Config, certs ...*certparse.Certificate) *admission.Decision {
	t.Helper()
	g, err := admission.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	d, err := g.Admit(context.Background(), certs)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func has(d *admission.Decision, code finding.Code) bool {
	return slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.Code == code })
}

// TestAdmission has every documented case, and those that the documentation leaves
// open.
func TestAdmission(t *testing.T) {
	ca := ocsptest.NewCA("Device CA", testKey(t, "p256-root"))
	tlsCA := ocsptest.NewCA("Responder TLS CA", testKey(t, "rsa-ca"))
	otherCA := ocsptest.NewCA("Another CA", testKey(t, "p256-other"))
	plain := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	defer plain.Close()
	secure := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}, TLS: tlsCA})
	defer secure.Close()
	gone := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	gone.Close()
	const revoked, unknown = 2, 3
	for _, s := range []*ocsptest.Server{plain, secure} {
		s.Revoke(big.NewInt(revoked), time.Now().AddDate(0, -1, 0), ocsp.KeyCompromise)
		s.Unknown(big.NewInt(unknown))
	}
	leaf := func(serial int64, urls ...string) ocsptest.Leaf {
		return ocsptest.Leaf{Name: "device", Serial: big.NewInt(serial), OCSP: urls}
	}
	expired := leaf(1, plain.URL)
	expired.NotAfter = time.Now().Add(-time.Hour)
	subCA := ca.IssueCA(ocsptest.Leaf{Name: "Sub CA"})

	// found counts in how many cases each finding is, and cases all of them.
	found, cases := map[finding.Code]int{}, 0
	for _, test := range []struct {
		name     string
		record   string
		serverCA *ocsptest.CA
		leaf     ocsptest.Leaf
		issuer   *ocsptest.CA // nil is ca
		fault    ocsptest.Fault
		change   func(*admission.Config)
		admitted bool
		reason   admission.Reason
		code     finding.Code
		asked    bool
	}{
		// Documented.
		{name: "switched off", record: off, leaf: leaf(revoked, plain.URL), admitted: true, reason: admission.NotEnabled, code: "admission-not-checked"},
		{name: "switched off by silence", record: "", leaf: leaf(revoked, plain.URL), admitted: true, reason: admission.NotEnabled, code: "admission-not-checked"},
		{name: "no URL", record: on, leaf: leaf(revoked), admitted: true, reason: admission.NothingToAsk, code: "revocation-nothing-to-ask"},
		{name: "no URL, with TLS", record: tls, serverCA: tlsCA, leaf: leaf(revoked), admitted: true, reason: admission.NothingToAsk},
		{name: "good", record: on, leaf: leaf(1, plain.URL), admitted: true, reason: admission.Good, asked: true},
		{name: "revoked", record: on, leaf: leaf(revoked, plain.URL), reason: admission.Revoked, code: "certificate-revoked", asked: true},
		{name: "good by HTTPS", record: tls, serverCA: tlsCA, leaf: leaf(1, secure.URL), admitted: true, reason: admission.Good, asked: true},
		{name: "revoked by HTTPS", record: tls, serverCA: tlsCA, leaf: leaf(revoked, secure.URL), reason: admission.Revoked, asked: true},
		{name: "good by HTTPS, SSL not demanded", record: onWithCA, serverCA: tlsCA, leaf: leaf(1, secure.URL), admitted: true, reason: admission.Good, asked: true},
		{name: "HTTPS without a CA", record: tlsNoCA, leaf: leaf(1, secure.URL), reason: admission.NotAuthenticated, code: "admission-not-authenticated"},
		{name: "HTTPS without a CA, SSL not demanded", record: on, leaf: leaf(1, secure.URL), reason: admission.NotAuthenticated},
		{name: "HTTPS with a CA that the record does not mean", record: tlsNoCA, serverCA: tlsCA, leaf: leaf(1, secure.URL), reason: admission.NotAuthenticated},
		{name: "HTTPS with an ID and no CA", record: tls, leaf: leaf(1, secure.URL), reason: admission.NotAuthenticated},
		{name: "HTTPS with another CA", record: tls, serverCA: otherCA, leaf: leaf(1, secure.URL), reason: admission.NotAuthenticated},
		{name: "HTTPS with another CA, admitting all it may", record: tls, serverCA: otherCA, leaf: leaf(1, secure.URL), reason: admission.NotAuthenticated,
			change: func(c *admission.Config) { c.AdmitUnknown, c.AdmitUnreachable = true, true }},
		{name: "CA not verified", record: on + `, "status": false`, leaf: leaf(1, plain.URL), reason: admission.NotVerified, code: "admission-ca-not-verified"},
		{name: "CA verified", record: on + `, "status": true`, leaf: leaf(1, plain.URL), admitted: true, reason: admission.Good, asked: true},
		// The device certificate itself.
		{name: "of another CA", record: on, leaf: leaf(1, plain.URL), issuer: otherCA, reason: admission.NotTrusted, code: "admission-not-trusted"},
		{name: "of another CA, switched off", record: off, leaf: leaf(1), issuer: otherCA, reason: admission.NotTrusted},
		{name: "expired", record: on, leaf: expired, reason: admission.NotTrusted, code: "certificate-expired"},
		{name: "expired, switched off", record: off, leaf: expired, reason: admission.NotTrusted},
		// Decided here.
		{name: "http where SSL is demanded", record: tls, serverCA: tlsCA, leaf: leaf(1, plain.URL), reason: admission.NotSecure, code: "admission-tls-required"},
		{name: "no URL where SSL is demanded", record: tls, serverCA: tlsCA, leaf: leaf(1, "x"), reason: admission.NotSecure},
		{name: "http beside https where SSL is demanded", record: tls, serverCA: tlsCA, leaf: leaf(1, secure.URL, plain.URL), reason: admission.NotSecure},
		{name: "unknown", record: on, leaf: leaf(unknown, plain.URL), reason: admission.Unknown, code: "admission-status-open", asked: true},
		{name: "unknown, admitted", record: on, leaf: leaf(unknown, plain.URL), admitted: true, reason: admission.Unknown, code: "admission-status-open", asked: true,
			change: func(c *admission.Config) { c.AdmitUnknown = true }},
		{name: "unknown, the unreachable admitted", record: on, leaf: leaf(unknown, plain.URL), reason: admission.Unknown, asked: true,
			change: func(c *admission.Config) { c.AdmitUnreachable = true }},
		{name: "unreachable", record: on, leaf: leaf(1, gone.URL), reason: admission.Unreachable, code: "admission-status-open"},
		{name: "unreachable, admitted", record: on, leaf: leaf(1, gone.URL), admitted: true, reason: admission.Unreachable, code: "admission-status-open",
			change: func(c *admission.Config) { c.AdmitUnreachable = true }},
		{name: "unreachable, the unknown admitted", record: on, leaf: leaf(1, gone.URL), reason: admission.Unreachable,
			change: func(c *admission.Config) { c.AdmitUnknown = true }},
		{name: "not allowed to be asked", record: on, leaf: leaf(1, plain.URL), reason: admission.Unreachable, code: "revocation-address-refused",
			change: func(c *admission.Config) { c.Client.AllowPrivate = nil }},
		{name: "forged answer", record: on, leaf: leaf(1, plain.URL), fault: ocsptest.SignedByStranger, reason: admission.Refused, code: "revocation-signature-invalid", asked: true},
		{name: "forged answer, admitting all it may", record: on, leaf: leaf(1, plain.URL), fault: ocsptest.SignedByStranger, reason: admission.Refused, asked: true,
			change: func(c *admission.Config) { c.AdmitUnknown, c.AdmitUnreachable = true, true }},
		{name: "answer of more than 4 KB", record: on, leaf: leaf(1, plain.URL), fault: ocsptest.TooManyCertificates, reason: admission.Refused, code: "ocsp-too-large", asked: true},
		{name: "first responder gone, second good", record: on, leaf: leaf(1, gone.URL, plain.URL), admitted: true, reason: admission.Good, asked: true},
		{name: "exempt, but it names a responder", record: on, leaf: leaf(1, plain.URL), reason: admission.NothingToAsk, code: "admission-status-open",
			change: func(c *admission.Config) {
				c.Ask = func(context.Context, *certparse.Certificate, *certparse.Certificate) (*client.Result, error) {
					return &client.Result{Status: client.NothingToAsk, Exempt: client.NoRevocation}, nil
				}
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := admission.Config{Record: record(test.record), CA: parse(t, ca.Certificate), Client: loopback(plain, secure, gone)}
			if test.serverCA != nil {
				c.ServerCA = parse(t, test.serverCA.Certificate)
			}
			if test.change != nil {
				test.change(&c)
			}
			issuer := ca
			if test.issuer != nil {
				issuer = test.issuer
			}
			plain.Next(test.fault)
			before := len(plain.Requests()) + len(secure.Requests())
			d := admit(t, c, parse(t, issuer.Issue(test.leaf)))
			if d.Admitted != test.admitted || d.Reason != test.reason || test.code != "" && !has(d, test.code) {
				t.Errorf("%v %s %v, want %v %s %s", d.Admitted, d.Reason, d.Findings, test.admitted, test.reason, test.code)
			}
			if asked := len(plain.Requests())+len(secure.Requests()) > before; asked != test.asked {
				t.Errorf("a responder was asked: %v, want %v", asked, test.asked)
			}
			cases++
			seen := map[finding.Code]bool{}
			for _, f := range d.Findings {
				if !seen[f.Code] {
					found[f.Code]++
				}
				seen[f.Code] = true
				if f.Severity == finding.Error && d.Admitted {
					t.Errorf("admitted with the error %s", f.Code)
				}
			}
			if !d.Admitted && !slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.Severity == finding.Error }) {
				t.Error("rejected without an error")
			}
		})
	}
	plain.Next()
	for _, r := range finding.Rules() {
		if n := found[r.Code]; strings.HasPrefix(string(r.Code), "admission-") && (n == 0 || n == cases) {
			t.Errorf("%s: found in %d of %d cases", r.Code, n, cases)
		}
	}

	// A certificate between the device's and the CA, which then is the issuer that
	// the responder is asked about.
	responder := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: subCA}})
	defer responder.Close()
	responder.Revoke(big.NewInt(revoked), time.Now(), ocsp.Unspecified)
	c := admission.Config{Record: record(on), CA: parse(t, ca.Certificate), Client: loopback(responder)}
	for serial, want := range map[int64]admission.Reason{1: admission.Good, revoked: admission.Revoked} {
		below := parse(t, subCA.Issue(leaf(serial, responder.URL)))
		if d := admit(t, c, below, parse(t, otherCA.Certificate), parse(t, subCA.Certificate)); d.Reason != want {
			t.Errorf("below a sub CA: %v, %v", d.Reason, d.Findings)
		}
		if d := admit(t, c, below); d.Reason != admission.NotTrusted {
			t.Errorf("below a sub CA that is not there: %v", d.Reason)
		}
	}
	if d := admit(t, c, parse(t, ca.Certificate)); d.Reason != admission.NotTrusted {
		t.Errorf("the CA as a device: %v", d.Reason)
	}
}

// TestDamagedSources has a device certificate whose sources cannot be read: that it
// names no responder that anybody could see does not admit it.
func TestDamagedSources(t *testing.T) {
	key, err := forge.NewKey(testKey(t, "p256-root"))
	if err != nil {
		t.Fatal(err)
	}
	from, to := time.Now().AddDate(-1, 0, 0), time.Now().AddDate(1, 0, 0)
	ca := forge.Certificate{Serial: []byte{1}, Subject: forge.CommonName("CA"), Issuer: forge.CommonName("CA"), From: from, To: to, Key: key, Signer: key,
		Exts: []forge.Extension{forge.BasicCA(), forge.KeyUsage(forge.KeyCertSign)}}
	device := forge.Certificate{Serial: []byte{2}, Subject: forge.CommonName("device"), Issuer: ca.Subject, From: from, To: to, Key: key, Signer: key}
	for name, value := range map[string][]byte{
		"cut off":     {0x30, 0x05},
		"no sequence": forge.Null(),
		"and more":    append(forge.Sequence(forge.Sequence(forge.OID("1.3.6.1.5.5.7.48.1"), forge.URI("http://o.example"))), 0),
	} {
		cert := parse(t, device.With(forge.Ext("1.3.6.1.5.5.7.1.1", false, value)).DER())
		c := admission.Config{Record: record(on), CA: parse(t, ca.DER()), Client: client.Options{Timeout: time.Second}}
		if d := admit(t, c, cert); d.Admitted {
			t.Errorf("%s: admitted, %s %v", name, d.Reason, d.Findings)
		}
	}
}

// unknownKey is a certificate of a key that nobody knows.
func unknownKey(t *testing.T) *certparse.Certificate {
	k, err := forge.NewKey(testKey(t, "p256-root"))
	if err != nil {
		t.Fatal(err)
	}
	k.SPKI = forge.Sequence(forge.Algorithm(forge.OIDPrivate), forge.Bits(0, 1, 2, 3))
	now := time.Now()
	return parse(t, forge.Certificate{Serial: []byte{1}, Subject: forge.CommonName("CA"), Issuer: forge.CommonName("CA"),
		From: now.Add(-time.Hour), To: now.Add(time.Hour), Key: k, Signer: k, Exts: []forge.Extension{forge.BasicCA()}}.DER())
}

// TestErrors has what keeps a gate from deciding.
func TestErrors(t *testing.T) {
	ca := parse(t, ocsptest.NewCA("CA", nil).Certificate)
	sm2 := parse(t, ocsptest.NewCA("SM2 CA", testKey(t, "sm2-ca")).Certificate)
	for name, test := range map[string]struct {
		config admission.Config
		want   error
	}{
		"nothing":                               {admission.Config{}, admission.ErrIncomplete},
		"no CA":                                 {admission.Config{Record: record(on)}, admission.ErrIncomplete},
		"no record":                             {admission.Config{CA: ca}, admission.ErrIncomplete},
		"text in place of a truth":              {admission.Config{Record: record(`, "ocsp_enable": "false,"`), CA: ca}, admission.ErrRecord},
		"record that is no JSON":                {admission.Config{Record: validate.ReadCACertificateRecord([]byte("{")), CA: ca}, admission.ErrRecord},
		"responder with an SM2 CA":              {admission.Config{Record: record(tls), CA: ca, ServerCA: sm2}, admission.ErrServerCA},
		"responder with a CA of an unknown key": {admission.Config{Record: record(tls), CA: ca, ServerCA: unknownKey(t)}, admission.ErrServerCA},
		"option that is not possible":           {admission.Config{Record: record(on), CA: ca, Client: client.Options{Timeout: -1}}, nil},
	} {
		if _, err := admission.New(test.config); err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	failure := errors.New("broken")
	g, err := admission.New(admission.Config{Record: record(on), CA: ca,
		Ask: func(context.Context, *certparse.Certificate, *certparse.Certificate) (*client.Result, error) {
			return nil, failure
		}})
	if err != nil {
		t.Fatal(err)
	}
	device := parse(t, ocsptest.NewCA("CA", nil).Issue(ocsptest.Leaf{}))
	for name, test := range map[string]struct {
		certs []*certparse.Certificate
		want  error
	}{"none": {nil, admission.ErrIncomplete}, "nil": {[]*certparse.Certificate{device, nil}, admission.ErrIncomplete}, "failure": {[]*certparse.Certificate{device}, failure}} {
		if d, err := g.Admit(context.Background(), test.certs); !errors.Is(err, test.want) || d != nil {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

// TestSM2 admits a device of an SM2 CA.
func TestSM2(t *testing.T) {
	ca := ocsptest.NewCA("SM2 CA", testKey(t, "sm2-ca"))
	s := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	defer s.Close()
	device := parse(t, ca.Issue(ocsptest.Leaf{OCSP: []string{s.URL}, Key: testKey(t, "sm2-sign")}))
	c := admission.Config{Record: record(on), CA: parse(t, ca.Certificate), Client: loopback(s)}
	for fault, want := range map[ocsptest.Fault]admission.Reason{ocsptest.None: admission.Good, ocsptest.EmptySignerID: admission.Refused} {
		s.Next(fault)
		if d := admit(t, c, device); d.Reason != want {
			t.Errorf("%v: %v %v", fault, d.Reason, d.Findings)
		}
	}
}

func ExampleGate() {
	ca := ocsptest.NewCA("Device CA", nil)
	responder := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	defer responder.Close()
	responder.Revoke(big.NewInt(7), time.Now(), ocsp.KeyCompromise)
	caCertificate, _ := certparse.ParseCertificate(ca.Certificate)

	gate, err := admission.New(admission.Config{
		Record: validate.ReadCACertificateRecord([]byte(`{"ocsp_enable": true}`)),
		CA:     caCertificate,
		Client: loopback(responder), // Otherwise only the public internet is asked.
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer gate.Close()
	for _, leaf := range []ocsptest.Leaf{
		{Serial: big.NewInt(6), OCSP: []string{responder.URL}},
		{Serial: big.NewInt(7), OCSP: []string{responder.URL}},
		{Serial: big.NewInt(8)},
	} {
		device, _ := certparse.ParseCertificate(ca.Issue(leaf))
		d, err := gate.Admit(context.Background(), []*certparse.Certificate{device})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(d.Admitted, d.Reason)
	}
	// Output:
	// true good
	// false revoked
	// true nothing-to-ask
}
