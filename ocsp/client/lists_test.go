package client

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net/http"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// paths serves something else on each path.
func paths(by map[string]http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if handle := by[r.URL.Path]; handle != nil {
			handle(w, r)
			return
		}
		w.WriteHeader(404)
	}
}

func explicit(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }

// pointName is the name of a distribution point by URL.
func pointName(b *cryptobyte.Builder, url string) {
	b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(url)) })
		})
	})
}

// shard makes a list into one for a distribution point; for some reasons only, if
// reasons are given, as the content of a ReasonFlags.
func shard(url string, reasons ...byte) func(*x509.RevocationList) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		pointName(b, url)
		if reasons != nil {
			b.AddASN1(casn1.Tag(3).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(reasons) })
		}
	})
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: b.BytesOrPanic()})
	}
}

func both(changes ...func(*x509.RevocationList)) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		for _, change := range changes {
			change(l)
		}
	}
}

// TestLists fetches lists of every kind.
func TestLists(t *testing.T) {
	a, other := theAuthority(t), newAuthority("Revocation Client Test CA", "p256-other")
	s := newServer(t, nil)
	u := s.URL
	ordinary, delta := a.listed(u+"/full"), a.issue(func(c *x509.Certificate) {
		c.CRLDistributionPoints, c.ExtraExtensions = []string{u + "/full"}, []pkix.Extension{freshest(u + "/delta")}
	})
	sharded := a.listed(u+"/a", u+"/b")
	named := func(l *x509.RevocationList) { l.ExtraExtensions = append(l.ExtraExtensions, freshest(u+"/delta")) }
	page := sends("text/html", []byte("hello"))
	for _, test := range []struct {
		name   string
		cert   *certparse.Certificate
		serve  map[string]http.HandlerFunc
		status Status
		codes  []finding.Code
	}{
		{"good", ordinary, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, nil))}, Good, []finding.Code{""}},
		{"revoked", ordinary, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, nil, ordinary))}, Revoked, []finding.Code{""}},
		{"of somebody else", ordinary, map[string]http.HandlerFunc{"/full": sendsList(other.list(5, nil))}, Refused, []finding.Code{"revocation-signature-invalid"}},
		{"stale", ordinary, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, lasting(now.AddDate(0, 0, -2), now.AddDate(0, 0, -1))))}, Refused, []finding.Code{"crl-stale"}},
		{"not DER", ordinary, map[string]http.HandlerFunc{"/full": sendsList([]byte("hello"))}, Refused, []finding.Code{"crl-malformed"}},
		{"PEM", ordinary, map[string]http.HandlerFunc{"/full": sendsList([]byte("-----BEGIN X509 CRL-----\n"))}, Refused, []finding.Code{"crl-malformed"}},
		{"not found", ordinary, nil, CouldNotAsk, []finding.Code{"revocation-http-status"}},
		{"of another point", ordinary, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, shard(u+"/elsewhere")))}, Unknown, []finding.Code{""}},
		{"of this point", ordinary, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, shard(u+"/full")))}, Good, []finding.Code{""}},

		{"delta adds", delta, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, nil)), "/delta": sendsList(a.list(6, deltaOf(5), delta))}, Revoked, []finding.Code{"", ""}},
		{"delta adds nothing", delta, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, nil)), "/delta": sendsList(a.list(6, deltaOf(5)))}, Good, []finding.Code{"", ""}},
		{"delta removes", delta, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, nil, delta)), "/delta": sendsList(a.list(6, both(deltaOf(5), func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: delta.SerialNumber(), RevocationTime: now, ReasonCode: 8}}
		})))}, Good, []finding.Code{"", ""}},
		{"delta is missing", delta, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, nil))}, Good, []finding.Code{"", "revocation-http-status"}},
		{"delta is forged", delta, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, nil, delta)), "/delta": sendsList(other.list(6, both(deltaOf(5), func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: delta.SerialNumber(), RevocationTime: now, ReasonCode: 8}}
		})))}, Revoked, []finding.Code{"", "revocation-signature-invalid"}},
		{"the list names the delta", ordinary, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, named)), "/delta": sendsList(a.list(6, deltaOf(5), ordinary))}, Revoked, []finding.Code{"", ""}},
		{"both name the same delta", delta, map[string]http.HandlerFunc{"/full": sendsList(a.list(5, named)), "/delta": sendsList(a.list(6, deltaOf(5), delta))}, Revoked, []finding.Code{"", ""}},
		{"only the delta", delta, map[string]http.HandlerFunc{"/delta": sendsList(a.list(6, deltaOf(5)))}, CouldNotAsk, []finding.Code{"revocation-http-status"}},

		{"first point", sharded, map[string]http.HandlerFunc{"/a": sendsList(a.list(5, shard(u+"/a"))), "/b": page}, Good, []finding.Code{""}},
		{"second point", sharded, map[string]http.HandlerFunc{"/a": page, "/b": sendsList(a.list(5, shard(u+"/b")))}, Good, []finding.Code{"revocation-content-type", ""}},
		{"reasons in two lists", sharded, map[string]http.HandlerFunc{"/a": sendsList(a.list(5, shard(u+"/a", 6, 0x40))), "/b": sendsList(a.list(5, shard(u+"/b", 7, 0x3f, 0x80)))}, Good, []finding.Code{"", ""}},
		{"reasons in two lists, revoked in the second", sharded, map[string]http.HandlerFunc{"/a": sendsList(a.list(5, shard(u+"/a", 6, 0x40))), "/b": sendsList(a.list(5, shard(u+"/b", 7, 0x3f, 0x80), sharded))}, Revoked, []finding.Code{"", ""}},
		{"some reasons only", sharded, map[string]http.HandlerFunc{"/a": sendsList(a.list(5, shard(u+"/a", 6, 0x40)))}, Unknown, []finding.Code{"", "revocation-http-status"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.serve(paths(test.serve))
			r := checked(t, newClient(t, options(s)), test.cert, a.cert)
			expect(t, r, test.status, test.codes...)
			if malformed := test.codes[0] == "crl-malformed"; test.status != CouldNotAsk && !malformed && (r.Evidence == nil || r.Source != CRL || statusOf(r.Evidence.Status) != test.status) {
				t.Errorf("%v %+v", r.Source, r.Evidence)
			}
		})
	}
}

// TestOnePoint tries the URLs of one distribution point until one has the list.
func TestOnePoint(t *testing.T) {
	a := theAuthority(t)
	s := newServer(t, nil)
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
					for _, url := range []string{"ldap://directory/cn=x", s.URL + "/a", s.URL + "/b", s.URL + "/c"} {
						b.AddASN1(casn1.Tag(6).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(url)) })
					}
				})
			})
		})
	})
	cert := a.issue(func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 31}, Value: b.BytesOrPanic()}}
	})
	good := sendsList(a.list(5, nil))
	s.serve(paths(map[string]http.HandlerFunc{"/a": fails(404), "/b": good, "/c": good}))
	expect(t, checked(t, newClient(t, options(s)), cert, a.cert), Good, "revocation-url-refused", "revocation-http-status", "")
	if n := s.requests.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
}

// TestIndirectList needs the certificate of who signed the list.
func TestIndirectList(t *testing.T) {
	a, lister := theAuthority(t), newAuthority("Revocation Client Test Lister", "p256-other")
	s := newServer(t, nil)
	var points, indirect cryptobyte.Builder
	points.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			pointName(b, s.URL)
			b.AddASN1(explicit(2), func(b *cryptobyte.Builder) {
				b.AddASN1(explicit(4), func(b *cryptobyte.Builder) { b.AddBytes(lister.cert.RawSubject()) })
			})
		})
	})
	indirect.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		pointName(b, s.URL)
		b.AddASN1(casn1.Tag(4).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddUint8(0xff) })
	})
	cert := a.issue(func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 31}, Value: points.BytesOrPanic()}}
	})
	s.serve(sendsList(lister.list(5, func(l *x509.RevocationList) {
		l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: indirect.BytesOrPanic()}}
	})))
	opt := options(s)
	expect(t, checked(t, newClient(t, opt), cert, a.cert), Refused, "crl-issuer-unknown")
	opt.CRLIssuers = func(l *ocsp.CRL) []*certparse.Certificate { return []*certparse.Certificate{lister.cert} }
	expect(t, checked(t, newClient(t, opt), cert, a.cert), Good, "")
}

// TestNumberWentBack shows a list that is older than one that was seen before.
func TestNumberWentBack(t *testing.T) {
	a, other := theAuthority(t), newAuthority("Revocation Client Test CA", "p256-other")
	s, mirror := newServer(t, nil), newServer(t, nil)
	opt := options(s, mirror)
	clock := now
	opt.Now = func() time.Time { return clock }
	c := newClient(t, opt)
	cert := a.listed(s.URL)
	from := func(t time.Time) func(*x509.RevocationList) { return lasting(t.Add(-time.Hour), t.Add(2*time.Hour)) }
	s.serve(sendsList(a.list(7, from(clock), cert)))
	expect(t, checked(t, c, cert, a.cert), Revoked, "")
	// A day later the list has expired, and somebody shows an older one with new dates.
	clock = now.AddDate(0, 0, 1)
	s.serve(sendsList(a.list(6, from(clock))))
	r := checked(t, c, cert, a.cert)
	expect(t, r, Refused, "crl-number-went-back")
	if !has(r, "crl-number-went-back") || r.Status == Good {
		t.Error(codesOf(r))
	}
	// On another server it is no better, and pushing the list out of the cache does not help.
	mirror.serve(sendsList(a.list(6, from(clock))))
	c.store.remove(listKey(a.cert, s.URL))
	expect(t, checked(t, c, a.listed(mirror.URL), a.cert), Refused, "crl-number-went-back")
	// The same number and a later one are fine, and so is one of another CA or scope.
	s.serve(sendsList(a.list(7, from(clock), cert)))
	expect(t, checked(t, c, cert, a.cert), Revoked, "")
	s.serve(sendsList(a.list(1, both(from(clock), shard(s.URL)))))
	c.store.remove(listKey(a.cert, s.URL))
	expect(t, checked(t, c, cert, a.cert), Good, "")
	s.serve(sendsList(other.list(1, from(clock))))
	expect(t, checked(t, c, other.listed(s.URL), other.cert), Good, "")
	// A forged list with a high number does not spoil it for the right ones.
	c.store.remove(listKey(a.cert, s.URL))
	s.serve(sendsList(other.list(1000, from(clock))))
	expect(t, checked(t, c, cert, a.cert), Refused, "revocation-signature-invalid")
	s.serve(sendsList(a.list(8, from(clock))))
	expect(t, checked(t, c, cert, a.cert), Good, "")
}

func TestNumbersAreBounded(t *testing.T) {
	a := theAuthority(t)
	n := newNumbers()
	for i := range maxNumbers + 10 {
		l := &ocsp.CRL{Number: big.NewInt(5), Issuer: certparse.NameFromDER(big.NewInt(int64(i)).Bytes())}
		if _, ok := n.raise(a.cert, l); !ok {
			t.Fatal(i)
		}
	}
	if len(n.by) != maxNumbers || n.order.Len() != maxNumbers {
		t.Errorf("%d are remembered", len(n.by))
	}
}

// TestKeepsOnlySoundLists keeps no list of which nothing is known.
func TestKeepsOnlySoundLists(t *testing.T) {
	a, other := theAuthority(t), newAuthority("Revocation Client Test CA", "p256-other")
	s := newServer(t, nil)
	for name, test := range map[string]struct {
		der  []byte
		kept int
	}{
		"sound":            {a.list(5, nil), 1},
		"of another point": {other.list(5, shard("http://elsewhere.test/")), 0}, "forged": {other.list(5, nil), 0}, "stale": {a.list(5, lasting(now.AddDate(0, 0, -2), now.AddDate(0, 0, -1))), 0},
	} {
		s.serve(sendsList(test.der))
		c := newClient(t, options(s))
		checked(t, c, a.listed(s.URL), a.cert)
		if len(c.store.by) != test.kept || len(c.numbers.by) != test.kept {
			t.Errorf("%s: %d lists and %d numbers are kept", name, len(c.store.by), len(c.numbers.by))
		}
	}
}

// TestRemembersLists asks once for many certificates.
func TestRemembersLists(t *testing.T) {
	a := theAuthority(t)
	s := newServer(t, nil)
	certs := []*certparse.Certificate{a.listed(s.URL), a.listed(s.URL), a.listed(s.URL)}
	s.serve(sendsList(a.list(5, nil, certs[1])))
	c := newClient(t, options(s))
	for i, want := range []Status{Good, Revoked, Good} {
		r := checked(t, c, certs[i], a.cert)
		expect(t, r, want, "")
		if r.Cached != (i > 0) {
			t.Errorf("%d: cached %v", i, r.Cached)
		}
	}
	if n := s.requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
	e, ok := c.store.peek(listKey(a.cert, s.URL))
	if !ok || e.list == nil || !bytes.Equal(e.data, a.list(5, nil, certs[1])) {
		t.Error("the list is not what was sent")
	}
}
