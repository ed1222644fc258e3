package ocsp_test

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

// exampleFile is a file of one of the test cases.
func exampleFile(testCase, name string) []byte {
	a, err := txtar.ParseFile("testdata/" + testCase + ".txtar")
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	log.Fatalf("%s has no %s", testCase, name)
	return nil
}

func exampleCertificate(testCase, name string) *certparse.Certificate {
	block, _ := pem.Decode(exampleFile(testCase, name))
	cert, err := certparse.ParseCertificate(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	return cert
}

func ExampleVerify() {
	cert := exampleCertificate("certificate-revoked", "certificate.pem")
	issuer := exampleCertificate("certificate-revoked", "issuer.pem")
	text := strings.ReplaceAll(string(exampleFile("certificate-revoked", "response.base64")), "\n", "")
	response, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		log.Fatal(err)
	}

	r, err := ocsp.Verify(response, cert, issuer, ocsp.Options{Time: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Status, r.RevokedAt.Format(time.DateOnly), r.Reason)

	// A month later the same response proves nothing.
	r, err = ocsp.Verify(response, cert, issuer, ocsp.Options{Time: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Status, r.Code)
	// Output:
	// revoked 2025-12-01 keyCompromise
	// refused ocsp-stale
}

func ExampleJudge() {
	cert := exampleCertificate("crl-not-covering", "certificate.pem")
	issuer := exampleCertificate("crl-not-covering", "issuer.pem")
	block, _ := pem.Decode(exampleFile("crl-not-covering", "crl0.pem"))
	crl, err := ocsp.ParseCRL(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	r, err := ocsp.Judge([]*ocsp.CRL{crl}, cert, issuer, ocsp.Options{Time: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Status)
	for _, f := range r.Findings {
		fmt.Println(f.Message)
	}
	// Output:
	// unknown
	// The evidence does not say whether the certificate is revoked.
	// The revocation list does not cover the certificate: it is for CAs.
}

func ExampleRequest() {
	cert := exampleCertificate("certificate-revoked", "certificate.pem")
	issuer := exampleCertificate("certificate-revoked", "issuer.pem")
	request, err := ocsp.Request(cert, issuer, ocsp.RequestOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ocsp.GetURL("http://ocsp.example.com", request))
	// Output:
	// http://ocsp.example.com/MEMwQTA%2FMD0wOzAJBgUrDgMCGgUABBRdaLnV0V4NjGK8pOQvTewa%2FesZhAQU8qUuHjNHEt5%2FpChuvRnTfr5IPhcCAhAB
}
