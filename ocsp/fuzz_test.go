package ocsp_test

import (
	"bytes"
	"crypto/x509"
	"reflect"
	"testing"

	xocsp "golang.org/x/crypto/ocsp"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// FuzzVerify signs whatever it is given with the issuer's key, so that the rules
// behind the signature are reached, and also judges it as it is. It must not
// panic, must say the same twice, leave the input alone, never be good without
// reason, and agree with x/crypto/ocsp where both take the response.
func FuzzVerify(f *testing.F) {
	base := newScene("p256-root", "p256-server")
	for _, c := range responseCases() {
		f.Add(c.bad.response, false)
	}
	for _, change := range []func(*forge.Answer){
		func(*forge.Answer) {}, func(a *forge.Answer) { a.Status = forge.Unknown() }, func(a *forge.Answer) { a.Status = forge.Revoked(now, 1) },
		func(a *forge.Answer) { a.Next = nil }, func(a *forge.Answer) {
			a.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.6", true, forge.GeneralizedTime(now))}
		},
	} {
		s := base.answering(change)
		s.reply.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.2", false, forge.Octets(make([]byte, 32)))}
		f.Add(s.reply.TBS(), true)
	}
	cert, issuer := base.parse(f)
	stdIssuer, err := x509.ParseCertificate(issuer.Raw())
	if err != nil {
		f.Fatal(err)
	}
	stdCert, err := x509.ParseCertificate(cert.Raw())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		der := data
		if sign {
			der = base.reply.Around(data, base.reply.Signer.Sign(data))
		}
		kept := bytes.Clone(der)
		opt := ocsp.Options{Time: now}
		r := verify(t, der, cert, issuer, opt)
		if !bytes.Equal(der, kept) {
			t.Fatal("the response was changed")
		}
		if again := verify(t, der, cert, issuer, opt); !reflect.DeepEqual(r, again) {
			t.Fatalf("the second time it is %+v, not %+v", again, r)
		}
		if (r.Status == ocsp.Refused) != (r.Code != "") || r.Status == ocsp.Revoked && r.RevokedAt.IsZero() {
			t.Fatalf("%v %q", r.Status, r.Code)
		}
		if r.Status == ocsp.Refused {
			return
		}
		x, err := xocsp.ParseResponseForCert(der, stdCert, stdIssuer)
		if err != nil {
			return // It refuses what it does not know, such as critical extensions.
		}
		want := map[int]ocsp.Status{xocsp.Good: ocsp.Good, xocsp.Revoked: ocsp.Revoked, xocsp.Unknown: ocsp.Unknown}[x.Status]
		if r.Status != want || !r.ProducedAt.Equal(x.ProducedAt) || r.Status == ocsp.Revoked && (!r.RevokedAt.Equal(x.RevokedAt) || int(r.Reason) != x.RevocationReason) {
			t.Fatalf("%+v, but x/crypto/ocsp reads %+v", r, x)
		}
	})
}

// FuzzCRL signs whatever it is given with the issuer's key and judges a
// certificate by it, with an index and without. It must not panic, must say the
// same both times, and must read what crypto/x509 reads where both take the list.
func FuzzCRL(f *testing.F) {
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	at := now.AddDate(0, -1, 0)
	hit := forge.Entry(base.leaf.Serial, at, forge.Reason(1))
	for _, seed := range []forge.List{
		l, l.Revoking(hit), l.Revoking(forge.Entry([]byte{1}, at), hit, forge.Entry([]byte{2}, at)),
		l.With(forge.DeltaOf(3)).Revoking(forge.Entry(base.leaf.Serial, at, forge.Reason(8))),
		l.With(forge.IssuingPoint(forge.FullName(forge.URI("x:y")), forge.OnlyUser(), forge.OnlySome(0x40), forge.Indirect())).
			Revoking(forge.Entry(base.leaf.Serial, at, forge.CertificateIssuer(forge.Directory(base.issuer.Subject)))),
		l.With(forge.Ext("2.5.29.46", false, forge.Sequence(forge.Sequence(forge.RelativeName("x")))), forge.Ext("2.5.29.35", false, forge.Sequence(forge.Implicit(0, 1)))),
	} {
		f.Add(seed.TBS(), true)
		f.Add(seed.DER(), false)
	}
	cert, issuer := base.parse(f)
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		der := data
		if sign {
			der = l.Around(data)
		}
		kept := bytes.Clone(der)
		crl := compareCRL(t, der, false)
		if crl == nil {
			return
		}
		std, stdErr := x509.ParseRevocationList(der)
		judge := func() *ocsp.Result {
			r, err := ocsp.Judge([]*ocsp.CRL{crl}, cert, issuer, ocsp.Options{Time: now})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := judge()
		crl.Index()
		if again := judge(); !reflect.DeepEqual(r, again) {
			t.Fatalf("with an index it is %+v, not %+v", again, r)
		}
		if !bytes.Equal(der, kept) {
			t.Fatal("the list was changed")
		}
		if r.Status == ocsp.Good && stdErr == nil {
			for _, e := range std.RevokedCertificateEntries {
				if e.SerialNumber.Cmp(cert.SerialNumber()) == 0 && !bytes.Contains(e.Raw, []byte{0x55, 0x1d, 0x1d}) && !bytes.Contains(der, []byte{0x55, 0x1d, 0x1d}) {
					t.Fatalf("the list revokes the certificate, but it is good")
				}
			}
		}
	})
}
