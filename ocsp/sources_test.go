package ocsp_test

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

func TestSources(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	access := forge.Ext("1.3.6.1.5.5.7.1.1", false, forge.Sequence(forge.Sequence(forge.OID("1.3.6.1.5.5.7.48.1"), forge.URI("http://ocsp.example.com")),
		forge.Sequence(forge.OID("1.3.6.1.5.5.7.48.2"), forge.URI("http://ca.example.com")), forge.Sequence(forge.OID("1.3.6.1.5.5.7.48.1"), forge.URI("http://ocsp2.example.com"))))
	points := forge.DistributionPoints(forge.Sequence(forge.FullName(forge.URI("http://crl.example.com/1"), forge.URI("http://crl.example.com/2"))), forge.Sequence(forge.FullName(forge.URI("http://crl.example.com/3"))))
	freshest := points
	freshest.OID, freshest.Value = "2.5.29.46", forge.Sequence(forge.Sequence(forge.FullName(forge.URI("http://crl.example.com/d"))))
	week := base.leaf.Between(now, now.Add(ocsp.ShortLived-time.Second))
	for name, test := range map[string]struct {
		leaf forge.Certificate
		want ocsp.Sources
	}{
		"none":          {base.leaf, ocsp.Sources{}},
		"a week":        {week, ocsp.Sources{ShortLived: true}},
		"over a week":   {week.Between(now, now.Add(ocsp.ShortLived)), ocsp.Sources{}},
		"must-staple":   {base.leaf.With(forge.MustStaple()), ocsp.Sources{MustStaple: true}},
		"no revocation": {base.leaf.With(forge.Ext("2.5.29.56", false, forge.Null())), ocsp.Sources{NoRevocation: true}},
		"all": {base.leaf.With(access, points, freshest), ocsp.Sources{
			OCSP:   []string{"http://ocsp.example.com", "http://ocsp2.example.com"},
			CRLs:   []string{"http://crl.example.com/1", "http://crl.example.com/2", "http://crl.example.com/3"},
			Deltas: []string{"http://crl.example.com/d"},
		}},
	} {
		if got := ocsp.SourcesOf(parseCertificate(t, test.leaf.DER())); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// A certificate whose end cannot be read is not short-lived.
func TestSourcesWithoutEnd(t *testing.T) {
	leaf := newScene("p256-root", "p256-server").leaf
	leaf = leaf.Between(now, now.Add(time.Hour))
	if !ocsp.SourcesOf(parseCertificate(t, leaf.DER())).ShortLived {
		t.Fatal("a certificate of an hour is not short-lived")
	}
	if ocsp.SourcesOf(parseCertificate(t, withoutTime(leaf.DER(), leaf.To))).ShortLived {
		t.Error("a certificate without an end is short-lived")
	}
}

// withoutTime is the DER with something in place of a time that is none.
func withoutTime(der []byte, at time.Time) []byte {
	return bytes.Replace(der, forge.UTCTime(at), forge.TLV(forge.TagUTCTime, []byte("XXXXXXXXXXXXZ")), 1)
}

func TestStaple(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	answered := base
	answered.reply.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.2", false, forge.Octets(make([]byte, 32)))}
	cert, issuer := base.parse(t)
	opt := ocsp.Options{Time: now, Nonce: bytes.Repeat([]byte{1}, 32), StrictNonce: true}
	for name, test := range map[string]struct {
		response []byte
		want     ocsp.Status
	}{
		"none":                    {nil, ocsp.Unknown},
		"one":                     {base.reply.DER(), ocsp.Good},
		"with the server's nonce": {answered.reply.DER(), ocsp.Good},
		"damaged":                 {[]byte{0x30}, ocsp.Refused},
	} {
		if r, err := ocsp.Staple(test.response, cert, issuer, opt); err != nil || r.Status != test.want {
			t.Errorf("%s: %v, %v, want %v", name, r, err, test.want)
		}
	}
	if _, err := ocsp.Staple(nil, cert, issuer, ocsp.Options{}); err != ocsp.ErrIncomplete {
		t.Errorf("without a time: %v", err)
	}
	if _, err := ocsp.Staple(nil, nil, issuer, opt); err != ocsp.ErrIncomplete {
		t.Errorf("without a certificate: %v", err)
	}
	if _, err := ocsp.Staple(nil, cert, nil, opt); err != ocsp.ErrIncomplete {
		t.Errorf("without an issuer: %v", err)
	}
}
