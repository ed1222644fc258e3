package ocsp_test

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/certloupe/certloupe/ocsp"
)

func TestSources(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	access := ext{"1.3.6.1.5.5.7.1.1", false, sequence(sequence(oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp.example.com")),
		sequence(oid("1.3.6.1.5.5.7.48.2"), uri("http://ca.example.com")), sequence(oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp2.example.com")))}
	points := distributionPoints(sequence(fullName(uri("http://crl.example.com/1"), uri("http://crl.example.com/2"))), sequence(fullName(uri("http://crl.example.com/3"))))
	freshest := points
	freshest.oid, freshest.value = "2.5.29.46", sequence(sequence(fullName(uri("http://crl.example.com/d"))))
	week := base.leaf.between(now, now.Add(ocsp.ShortLived-time.Second))
	for name, test := range map[string]struct {
		leaf cert
		want ocsp.Sources
	}{
		"none":          {base.leaf, ocsp.Sources{}},
		"a week":        {week, ocsp.Sources{ShortLived: true}},
		"over a week":   {week.between(now, now.Add(ocsp.ShortLived)), ocsp.Sources{}},
		"must-staple":   {base.leaf.with(mustStaple()), ocsp.Sources{MustStaple: true}},
		"no revocation": {base.leaf.with(ext{"2.5.29.56", false, null()}), ocsp.Sources{NoRevocation: true}},
		"all": {base.leaf.with(access, points, freshest), ocsp.Sources{
			OCSP:   []string{"http://ocsp.example.com", "http://ocsp2.example.com"},
			CRLs:   []string{"http://crl.example.com/1", "http://crl.example.com/2", "http://crl.example.com/3"},
			Deltas: []string{"http://crl.example.com/d"},
		}},
	} {
		if got := ocsp.SourcesOf(parseCertificate(t, test.leaf.der())); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestStaple(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	answered := base
	answered.reply.exts = []ext{{"1.3.6.1.5.5.7.48.1.2", false, octets(make([]byte, 32))}}
	cert, issuer := base.parse(t)
	opt := ocsp.Options{Time: now, Nonce: bytes.Repeat([]byte{1}, 32), StrictNonce: true}
	for name, test := range map[string]struct {
		response []byte
		want     ocsp.Status
	}{
		"none":                    {nil, ocsp.Unknown},
		"one":                     {base.reply.der(), ocsp.Good},
		"with the server's nonce": {answered.reply.der(), ocsp.Good},
		"damaged":                 {[]byte{0x30}, ocsp.Refused},
	} {
		if r, err := ocsp.Staple(test.response, cert, issuer, opt); err != nil || r.Status != test.want {
			t.Errorf("%s: %v, %v, want %v", name, r, err, test.want)
		}
	}
	if _, err := ocsp.Staple(nil, cert, issuer, ocsp.Options{}); err != ocsp.ErrIncomplete {
		t.Errorf("without a time: %v", err)
	}
}
