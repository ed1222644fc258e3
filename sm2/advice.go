package sm2

import (
	"strconv"

	"github.com/certloupe/certloupe/finding"
)

// Nobody agrees on how a pair is handed over, and the two orders of fields are
// why pairs get exchanged. This table says which certificate goes where.
//
// The services' rows follow the published descriptions of their APIs. That of
// APIG names only the fields with the suffix _sign; that the fields without it
// take the encryption half follows from there being exactly two halves.

// Advice says how one server or service takes a pair.
type Advice struct {
	// For is the server or service.
	For string
	// Signing and Encryption are the directives, options or fields that take the
	// two halves, the certificate first and its key second.
	Signing, Encryption string
}

var advice = []Advice{
	{"Tengine and nginx with Tongsuo", "ssl_sign_certificate, ssl_sign_certificate_key", "ssl_enc_certificate, ssl_enc_certificate_key"},
	{"nginx with TASSL", "ssl_certificate, ssl_certificate_key", "ssl_enc_certificate, ssl_enc_certificate_key"},
	{"nginx with the GmSSL build of gmssl.cn", "the first ssl_certificate, ssl_certificate_key", "the second ssl_certificate, ssl_certificate_key"},
	{"Angie with Tongsuo", "the first file of ssl_certificate, ssl_certificate_key", "the second file of ssl_certificate, ssl_certificate_key"},
	{"Tongsuo s_server", "-sign_cert, -sign_key", "-enc_cert, -enc_key"},
	{"GmSSL tlcp_server", "the first certificate of -cert, -key", "the second certificate of -cert, -ex_key"},
	{"Apache APISIX", "certs, keys", "cert, key"},
	{"Huawei Cloud API Gateway (APIG)", "cert_content_sign, private_key_sign", "cert_content, private_key"},
	{"Huawei Cloud Certificate Manager and VPN", "certificate, private_key", "enc_certificate, enc_private_key"},
	{"Alibaba Cloud Certificate Management", "SignCert, SignPrivateKey", "EncryptCert, EncryptPrivateKey"},
}

// adviceData is the table as data of a finding.
func adviceData() finding.Datum {
	lines := make([]string, len(advice))
	for i, a := range advice {
		lines[i] = a.For + ": signing " + a.Signing + "; encryption " + a.Encryption
	}
	return finding.List("orders", lines)
}

func itoa(n int) string { return strconv.Itoa(n) }
