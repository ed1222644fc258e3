package ocsptest_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// A responder answers about a certificate that names it. First the certificate is
// good, then revoked, then somebody tampers with the answer.
func Example() {
	ca := ocsptest.NewCA("Test CA", nil)
	server := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	defer server.Close()
	der := ca.Issue(ocsptest.Leaf{Serial: big.NewInt(42), OCSP: []string{server.URL}})

	// What follows is what a client does.
	cert, err := certparse.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	issuer, err := certparse.ParseCertificate(ca.Certificate)
	if err != nil {
		log.Fatal(err)
	}
	request, err := ocsp.Request(cert, issuer, ocsp.RequestOptions{})
	if err != nil {
		log.Fatal(err)
	}
	ask := func() {
		resp, err := http.Post(ocsp.SourcesOf(cert).OCSP[0], "application/ocsp-request", bytes.NewReader(request))
		if err != nil {
			log.Fatal(err)
		}
		defer resp.Body.Close()
		response, err := io.ReadAll(resp.Body)
		if err != nil {
			log.Fatal(err)
		}
		r, err := ocsp.Verify(response, cert, issuer, ocsp.Options{Time: time.Now()})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%v %q\n", r.Status, r.Code)
	}

	ask()
	server.Revoke(big.NewInt(42), time.Now(), ocsp.KeyCompromise)
	ask()
	server.Next(ocsptest.BadSignature)
	ask()
	// Output:
	// good ""
	// revoked ""
	// refused "revocation-signature-invalid"
}

// Every fault that a response can have is found by its own code.
func ExampleFaults() {
	ca := ocsptest.NewCA("Test CA", nil)
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	cert, err := certparse.ParseCertificate(ca.Issue(ocsptest.Leaf{}))
	if err != nil {
		log.Fatal(err)
	}
	issuer, err := certparse.ParseCertificate(ca.Certificate)
	if err != nil {
		log.Fatal(err)
	}
	for _, fault := range ocsptest.Faults()[11:14] {
		response := ocsptest.Response(ocsptest.Reply{Responder: ocsptest.Responder{CA: ca}, Time: now,
			Answers: []ocsptest.Answer{{Serial: big.NewInt(ocsptest.DefaultSerial)}}, Fault: fault})
		r, err := ocsp.Verify(response, cert, issuer, ocsp.Options{Time: now})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(fault, "gives", r.Code)
	}
	// Output:
	// delegate-not-yet-valid gives ocsp-delegate-validity
	// delegate-is-ca gives ocsp-delegate-ca
	// delegate-key-usage gives ocsp-delegate-key-usage
}

func ExampleList() {
	ca := ocsptest.NewCA("Test CA", nil)
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	list, err := ocsp.ParseCRL(ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Number: 7,
		Entries: []ocsptest.Entry{{Serial: big.NewInt(42), RevokedAt: now}}}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(list.Number, list.Entries, list.NextUpdate.Format(time.DateOnly))
	// Output:
	// 7 1 2026-01-02
}
