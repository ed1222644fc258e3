package client_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"time"

	xocsp "golang.org/x/crypto/ocsp"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp/client"
)

// ca is a CA that is made for the examples.
type ca struct {
	key  crypto.Signer
	cert *x509.Certificate
}

func newCA() *ca {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	c := &ca{key: key}
	c.cert = c.issue(&x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example CA"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return c
}

func (c *ca) issue(template *x509.Certificate) *x509.Certificate {
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0)
	parent := c.cert
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, c.key.Public(), c.key)
	if err != nil {
		log.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	return cert
}

// ServeHTTP answers that the certificate with the number 3 is revoked.
func (c *ca) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	der, _ := io.ReadAll(r.Body)
	request, err := xocsp.ParseRequest(der)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	answer := xocsp.Response{Status: xocsp.Good, SerialNumber: request.SerialNumber, ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour)}
	if request.SerialNumber.Int64() == 3 {
		answer.Status, answer.RevokedAt, answer.RevocationReason = xocsp.Revoked, time.Now(), xocsp.KeyCompromise
	}
	response, err := xocsp.CreateResponse(c.cert, c.cert, answer, c.key)
	if err != nil {
		log.Fatal(err)
	}
	w.Header().Set("Content-Type", "application/ocsp-response")
	w.Write(response)
}

// parse reads the certificates as the client wants them.
func parse(certs ...*x509.Certificate) (chain []*certparse.Certificate) {
	for _, c := range certs {
		cert, err := certparse.ParseCertificate(c.Raw)
		if err != nil {
			log.Fatal(err)
		}
		chain = append(chain, cert)
	}
	return chain
}

func ExampleClient_CheckChain() {
	ca := newCA()
	responder := httptest.NewServer(ca)
	defer responder.Close()
	leaf := ca.issue(&x509.Certificate{SerialNumber: big.NewInt(3), OCSPServer: []string{responder.URL}})

	// The responder is on this machine, which has to be allowed.
	address := netip.MustParseAddrPort(responder.Listener.Addr().String())
	c, err := client.New(client.Options{
		AllowPrivate: []netip.Prefix{netip.PrefixFrom(address.Addr(), address.Addr().BitLen())},
		Ports:        []uint16{address.Port()},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	results, err := c.CheckChain(context.Background(), parse(leaf, ca.cert))
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range results {
		accepted, _ := client.HardFail.Decide(r)
		fmt.Println(r.Status, r.Source, accepted)
	}
	fmt.Println(results[0].Evidence.Reason, "/", results[1].Exempt)
	// Output:
	// revoked OCSP false
	// nothing to ask none true
	// keyCompromise / it is a trust anchor
}

// A certificate cannot send the client into the network that it runs in.
func ExampleClient_Check() {
	ca := newCA()
	leaf := ca.issue(&x509.Certificate{SerialNumber: big.NewInt(2), OCSPServer: []string{"http://169.254.169.254/latest/meta-data/"}})
	chain := parse(leaf, ca.cert)

	c, err := client.New(client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	r, err := c.Check(context.Background(), chain[0], chain[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Status)
	for _, a := range r.Attempts {
		fmt.Println(a.Source, a.URL, a.Code)
	}
	hard, _ := client.HardFail.Decide(r)
	soft, _ := client.SoftFail.Decide(r)
	fmt.Println(hard, soft)
	// Output:
	// could not ask
	// OCSP http://169.254.169.254/latest/meta-data/ revocation-address-refused
	// false true
}
