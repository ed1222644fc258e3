package validate_test

import (
	"fmt"
	"time"

	"github.com/certloupe/certloupe/validate"
)

// A certificate and its private key. TEST ONLY.
const (
	exampleCertificate = `-----BEGIN CERTIFICATE-----
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
	exampleKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/GDaMnNFhCp1NVlB
3ykuS6X8Y0A4qEvRN9mpx737a/ShRANCAAQZkSoimXuJA6aip63YnotNClCHix4B
DpwWhoxW34q4/RNDJCaXoQflZVOUf5JBWY6jadPQgmnrWV8RCr7nlnI1
-----END PRIVATE KEY-----
`
)

func ExampleUpload() {
	report := validate.Upload(&validate.Bundle{
		Certificate: []byte(exampleCertificate),
		PrivateKey:  []byte(exampleKey),
	}, validate.Options{Time: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
	fmt.Println(report.Verdict)
	fmt.Println(report.Certificates[0].Subject())
	// Output:
	// accepted
	// CN=www.example.com,O=Example TEST ONLY,C=CN
}

func ExampleReadRequest() {
	body := `{"certificate_pem": 17, "private_key": null, "privat_key_password": "secret"}`
	request, err := validate.ReadRequest(validate.OpAddServerCertificate, []byte(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range validate.Upload(request, validate.Options{}).Findings {
		fmt.Println(f.Severity, f.Code)
	}
	// Output:
	// error field-type
	// warning field-unknown
	// error field-null
}

func ExampleSSLCertificateForm() {
	report := validate.Upload(&validate.SSLCertificateForm{
		Name:        validate.Set("cert_demo"),
		CertContent: validate.Set(exampleCertificate),
		PrivateKey:  validate.Set(exampleKey),
	}, validate.Options{Time: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
	if response, ok := report.Response.(*validate.SSLCertificate); ok {
		fmt.Println(response.SAN, response.SerialNumber, response.AlgorithmType, response.NotAfter)
	}
	// Output:
	// [www.example.com example.com] 13010 ECC 2036-11-18T21:13:14Z
}

func ExampleNewRequest() {
	request, err := validate.NewRequest(validate.IoTDAServer, validate.Parts{
		Certificate: []byte(exampleCertificate),
		PrivateKey:  []byte(exampleKey),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	report := validate.Upload(request, validate.Options{Time: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)})
	fmt.Println(report.Profile, report.Verdict)
	// Output:
	// iotda-server accepted
}
