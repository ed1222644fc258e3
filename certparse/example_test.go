package certparse_test

import (
	"encoding/pem"
	"fmt"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// A certificate as people paste it: the BEGIN line lacks a space, and most of
// the text is missing.
const damaged = `-----BEGINCERTIFICATE-----
MIICFzCCAbygAwIBAgICMtIwCgYIKoZIzj0EAwIwQzELMAkGA1UEBhMCQ04xGjAY
BgNVBAoMEUV4YW1wbGUgVEVTVCBPTkxZMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5j
b20wHhcNMjYxMTIxMjExMzE0WhcNMzYxMTE4MjExMzE0WjBDMQswCQYDVQQGEwJD
-----END CERTIFICATE-----
`

func ExampleParse() {
	doc := certparse.Parse([]byte(damaged), certparse.Options{Name: "cert.pem"})
	for _, f := range doc.Findings {
		fmt.Println(f.Where.Line, f.Code)
	}
	// Output:
	// 1 pem-boundary-damaged
	// 4 pem-truncated
}

const healthy = `-----BEGIN CERTIFICATE-----
MIICFzCCAbygAwIBAgICMtIwCgYIKoZIzj0EAwIwQzELMAkGA1UEBhMCQ04xGjAY
BgNVBAoMEUV4YW1wbGUgVEVTVCBPTkxZMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5j
b20wHhcNMjYxMTIxMjExMzE0WhcNMzYxMTE4MjExMzE0WjBDMQswCQYDVQQGEwJD
TjEaMBgGA1UECgwRRXhhbXBsZSBURVNUIE9OTFkxGDAWBgNVBAMMD3d3dy5leGFt
cGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBmRKiKZe4kDpqKnrdie
i00KUIeLHgEOnBaGjFbfirj9E0MkJpehB+VlU5R/kkFZjqNp09CCaetZXxEKvueW
cjWjgZ8wgZwwHQYDVR0OBBYEFNfgdTxhURMQ82Hqp7JCcoaYXlcQMB8GA1UdIwQY
MBaAFNfgdTxhURMQ82Hqp7JCcoaYXlcQMCcGA1UdEQQgMB6CD3d3dy5leGFtcGxl
LmNvbYILZXhhbXBsZS5jb20wDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMCB4Aw
EwYDVR0lBAwwCgYIKwYBBQUHAwEwCgYIKoZIzj0EAwIDSQAwRgIhAOrRCdjSQhcr
/0mO1BGvBEhClaA+OldioAaXyXQPchSjAiEApxye2TyGB5MDXfVh06O7z6w8Q/gv
QSfkGB40yIiU1+E=
-----END CERTIFICATE-----
`

func ExampleParseCertificate() {
	block, _ := pem.Decode([]byte(healthy))
	c, err := certparse.ParseCertificate(block.Bytes)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, notAfter, _ := c.Validity()
	fmt.Println(c.Subject().DN(), c.SerialDecimal())
	fmt.Println(certparse.CompactTime(notAfter), c.SignatureAlgorithmName(), c.PublicKey().Name())
	fmt.Println(len(c.Findings(finding.Where{})), "findings")
	fmt.Println("genuine:", c.CheckSignature(c.PublicKey()) == nil)
	// Output:
	// CN=www.example.com, O=Example TEST ONLY, C=CN 13010
	// 20361118T211314Z ECDSA-SHA256 ECDSA P-256
	// 0 findings
	// genuine: true
}

// A container as a CA sends it: PKCS#7 with a certificate and nothing signed.
const bundle = `-----BEGIN PKCS7-----
MIICRgYJKoZIhvcNAQcCoIICNzCCAjMCAQExADALBgkqhkiG9w0BBwGgggIbMIIC
FzCCAbygAwIBAgICMtIwCgYIKoZIzj0EAwIwQzELMAkGA1UEBhMCQ04xGjAYBgNV
BAoMEUV4YW1wbGUgVEVTVCBPTkxZMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5jb20w
HhcNMjYxMTIxMjExMzE0WhcNMzYxMTE4MjExMzE0WjBDMQswCQYDVQQGEwJDTjEa
MBgGA1UECgwRRXhhbXBsZSBURVNUIE9OTFkxGDAWBgNVBAMMD3d3dy5leGFtcGxl
LmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBmRKiKZe4kDpqKnrdiei00K
UIeLHgEOnBaGjFbfirj9E0MkJpehB+VlU5R/kkFZjqNp09CCaetZXxEKvueWcjWj
gZ8wgZwwHQYDVR0OBBYEFNfgdTxhURMQ82Hqp7JCcoaYXlcQMB8GA1UdIwQYMBaA
FNfgdTxhURMQ82Hqp7JCcoaYXlcQMCcGA1UdEQQgMB6CD3d3dy5leGFtcGxlLmNv
bYILZXhhbXBsZS5jb20wDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMCB4AwEwYD
VR0lBAwwCgYIKwYBBQUHAwEwCgYIKoZIzj0EAwIDSQAwRgIhAOrRCdjSQhcr/0mO
1BGvBEhClaA+OldioAaXyXQPchSjAiEApxye2TyGB5MDXfVh06O7z6w8Q/gvQSfk
GB40yIiU1+ExAA==
-----END PKCS7-----
`

func ExampleDocument_Certificates() {
	doc := certparse.Parse([]byte(bundle), certparse.Options{Name: "chain.p7b"})
	for _, b := range doc.Blocks {
		fmt.Println(b.Container.Format, len(b.Container.Entries))
	}
	for _, c := range doc.Certificates() {
		fmt.Println(c.Subject())
	}
	// Output:
	// PKCS#7 1
	// CN=www.example.com,O=Example TEST ONLY,C=CN
}
