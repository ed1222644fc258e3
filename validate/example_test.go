package validate_test

import (
	"fmt"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
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

// A server's certificate, its issuing CA and their root. TEST ONLY.
const exampleChain = `-----BEGIN CERTIFICATE-----
MIICGDCCAb6gAwIBAgICEAEwCgYIKoZIzj0EAwIwSzELMAkGA1UEBhMCQ04xGDAW
BgNVBAoMD0NlcnRsb3VwZSBUZXN0czEiMCAGA1UEAwwZQ2VydGxvdXBlIFRlc3Qg
SXNzdWluZyBDQTAeFw0yNTAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMEQxCzAJ
BgNVBAYTAkNOMRgwFgYDVQQKDA9DZXJ0bG91cGUgVGVzdHMxGzAZBgNVBAMMEnNl
cnZlci5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJq/cgZ9
FcXSm+G5+SPplpjX9e3/t2hk4fH//zuMVFHwfJ7ajubke69JpitkJvOS4XddbEEI
43raq1njdxSfDOqjgZgwgZUwLgYDVR0RBCcwJYISc2VydmVyLmV4YW1wbGUuY29t
gg93d3cuZXhhbXBsZS5jb20wDgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsG
AQUFBwMBMB0GA1UdDgQWBBSmHs+JtxJyujQlKOphi6CySjcLDDAfBgNVHSMEGDAW
gBQZFcam581qs2bDuzIlHnU8Wo3chDAKBggqhkjOPQQDAgNIADBFAiAzLIXbBGyv
4mZyVk5cBkTiS4/bfFNY5N1q+eEQrDO3DwIhANCdYvME7c0ARbceuGtfe2nPepwM
+iGeyihafe5Oh+pl
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIIB5TCCAYugAwIBAgIBAjAKBggqhkjOPQQDAjBIMQswCQYDVQQGEwJDTjEYMBYG
A1UECgwPQ2VydGxvdXBlIFRlc3RzMR8wHQYDVQQDDBZDZXJ0bG91cGUgVGVzdCBS
b290IENBMB4XDTIyMDEwMTAwMDAwMFoXDTM1MDEwMTAwMDAwMFowSzELMAkGA1UE
BhMCQ04xGDAWBgNVBAoMD0NlcnRsb3VwZSBUZXN0czEiMCAGA1UEAwwZQ2VydGxv
dXBlIFRlc3QgSXNzdWluZyBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABK5K
dOdgpbV7Tnt3j7utQ2LEhEJB52+D9WSR35a+l3Yhc2NnViWUm/MH2xX3lBCI83dA
AjY5d8YBrx075Kypg5+jYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD
AgEGMB0GA1UdDgQWBBQZFcam581qs2bDuzIlHnU8Wo3chDAfBgNVHSMEGDAWgBTy
pS4eM0cS3n+kKG69GdN+vkg+FzAKBggqhkjOPQQDAgNIADBFAiAJWne2trK20n6d
YVwmuUWPZNHNBX+a+nkcucVZaHAOSgIhAKejR5l8X3Ncg9kEVFJkCO87Q5KLsNPo
RseoOez+tyrJ
-----END CERTIFICATE-----
-----BEGIN CERTIFICATE-----
MIIBwDCCAWegAwIBAgIBATAKBggqhkjOPQQDAjBIMQswCQYDVQQGEwJDTjEYMBYG
A1UECgwPQ2VydGxvdXBlIFRlc3RzMR8wHQYDVQQDDBZDZXJ0bG91cGUgVGVzdCBS
b290IENBMB4XDTIwMDEwMTAwMDAwMFoXDTM3MDEwMTAwMDAwMFowSDELMAkGA1UE
BhMCQ04xGDAWBgNVBAoMD0NlcnRsb3VwZSBUZXN0czEfMB0GA1UEAwwWQ2VydGxv
dXBlIFRlc3QgUm9vdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIB29DDt
wJj+ifGL4lAXO/OLIunqVVk9iKLWiMCnhVJNOjhWCWE1Cx2938CcYRU1lWasmaiW
hNmyuUOsY8Dj2S6jQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEG
MB0GA1UdDgQWBBTypS4eM0cS3n+kKG69GdN+vkg+FzAKBggqhkjOPQQDAgNHADBE
AiBvmEQy1sGpbLYA8Ikuts3iR+0XHxdktZKMYGuKMO+zygIgXUFZMLWIMqYjYHCw
jOKGYz4a9vhf40K+jHoaMNoJOS8=
-----END CERTIFICATE-----
`

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

func ExampleChain() {
	// Whoever runs the server of the example trusts its certificate itself.
	request := &validate.ChainRequest{
		Files: []validate.File{{Name: "server.pem", Data: []byte(exampleCertificate)}},
		Roots: []validate.File{{Name: "trusted.pem", Data: []byte(exampleCertificate)}},
	}
	opt := validate.ChainOptions{Host: "mail.example.com", Path: path.Options{Time: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}}
	report := validate.Chain(request, opt)
	fmt.Println(report.Verdict)
	for _, f := range report.Findings {
		fmt.Println(f.Code+":", f.Message)
	}

	opt.Host = "www.example.com"
	report = validate.Chain(request, opt)
	fmt.Println(report.Verdict, report.Anchored, report.Path, report.Sent())
	// Output:
	// rejected
	// path-name-not-in-certificate: The certificate is not for mail.example.com.
	// accepted true [0] [0]
}

// A network is plugged in as a function. This one cannot reach anybody, which is a
// warning, as the policy has it.
func ExampleStatusFunc() {
	report := validate.Upload(&validate.Inspection{
		Files: []validate.File{{Name: "chain.pem", Data: []byte(exampleChain)}},
	}, validate.Options{
		Time:       time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Revocation: validate.SoftFail,
		Status: func(cert, issuer *certparse.Certificate) validate.Answer {
			return validate.Answer{Source: "http://ocsp.example.com", Unasked: validate.StatusCouldNotAsk, Problem: "there is no network"}
		},
	})
	for _, s := range report.Revocation {
		fmt.Println(report.Certificates[s.Certificate].Subject().CommonName(), s.Status)
	}
	for _, f := range report.Findings {
		fmt.Println(f.Severity, f.Message)
	}
	// Output:
	// server.example.com could-not-ask
	// Certloupe Test Issuing CA could-not-ask
	// warning Nobody could be asked whether the certificate is revoked.
	// warning Nobody could be asked whether the certificate is revoked.
}

// [validate.Revocation.Hook] judges the revocation of paths that [path.Build] looks for.
func ExampleRevocation_Hook() {
	doc := certparse.Parse([]byte(exampleChain), certparse.Options{})
	certs := doc.Certificates()
	leaf, others := certs[0], certs[1:]
	opt := path.Options{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	opt.Revocation = validate.Revocation{Policy: validate.HardFail}.Hook(others, opt)
	r := path.Build(leaf, path.Anchors(certs[2:]), others, opt)
	fmt.Println(r.Valid)
	for _, f := range r.Findings {
		fmt.Println(f.Code)
	}
	// Output:
	// false
	// revocation-nothing-to-ask
}
