package scan_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/certloupe/certloupe/scan"
)

// exampleCertificate is a certificate. TEST ONLY.
const exampleCertificate = `-----BEGIN CERTIFICATE-----
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

func ExampleRun() {
	stream := strings.NewReader(exampleCertificate + "# and the same again, damaged\n" +
		strings.Replace(exampleCertificate, "-----BEGIN", "--BEGIN", 1))
	summary, err := scan.Run(context.Background(), os.Stdout, slices.Values([]scan.Input{scan.Stream("stream", stream)}), scan.Options{
		Time:   time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		Fields: []string{"source", "line", "common_name", "days_left", "verdict", "findings"},
		Tally:  true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(summary.Certificates, "certificates,", summary.Distinct, "different")
	// Output:
	// {"source":"stream","line":1,"common_name":"www.example.com","days_left":2513,"verdict":"accepted","findings":[]}
	// {"source":"stream","line":16,"common_name":"www.example.com","days_left":2513,"verdict":"rejected","findings":["text-around-pem","pem-boundary-damaged"]}
	// 2 certificates, 1 different
}

func ExamplePaths() {
	summary, err := scan.Run(context.Background(), os.Stdout, scan.Paths("testdata/no-such-file.pem"), scan.Options{
		Fields: []string{"source", "verdict"},
	})
	fmt.Println(summary.Unread, err)
	// Output:
	// {"source":"testdata/no-such-file.pem","verdict":"unread"}
	// 1 <nil>
}
