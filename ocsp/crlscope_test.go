package ocsp_test

import (
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

func parseList(t *testing.T, l forge.List) *ocsp.CRL {
	t.Helper()
	c, err := ocsp.ParseCRL(l.DER())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSupersedes compares lists with one of number 5.
func TestSupersedes(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	unnumbered := l
	unnumbered.Exts = nil
	user := forge.IssuingPoint(forge.OnlyUser())
	for _, test := range []struct {
		name       string
		later, old forge.List
		want       bool
	}{
		{"a higher number", l.With(forge.CRLNumber(6)), l, true},
		{"the same number", l, l, false},
		{"a lower number", l.With(forge.CRLNumber(4)), l, false},
		{"no number", unnumbered, l, false},
		{"the older one has no number", l, unnumbered, false},
		{"another issuer", l.With(forge.CRLNumber(6)).Of(forge.CommonName("Another CA")), l, false},
		{"for fewer certificates", l.With(forge.CRLNumber(6), user), l, false},
		{"for more certificates", l.With(forge.CRLNumber(6)), l.With(user), false},
		{"for the same few certificates", l.With(forge.CRLNumber(6), user), l.With(user), true},
		{"for other certificates", l.With(forge.CRLNumber(6), forge.IssuingPoint(forge.OnlyCA())), l.With(user), false},
		{"a delta", l.With(forge.CRLNumber(6), forge.DeltaOf(5)), l, false},
		{"after a delta", l.With(forge.CRLNumber(6)), l.With(forge.DeltaOf(4)), false},
		{"a delta after a delta", l.With(forge.CRLNumber(6), forge.DeltaOf(4)), l.With(forge.DeltaOf(4)), true},
	} {
		if got := parseList(t, test.later).Supersedes(parseList(t, test.old)); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestScope has lists of different scopes, and one that differs in its number only.
func TestScope(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	seen := map[string]int{}
	for i, l := range []forge.List{l, l.Of(forge.CommonName("Another CA")), l.With(forge.IssuingPoint(forge.OnlyUser())), l.With(forge.IssuingPoint(forge.OnlyCA())), l.With(forge.DeltaOf(4))} {
		scope := string(parseList(t, l).Scope())
		if other, there := seen[scope]; there {
			t.Errorf("lists %d and %d have the same scope", other, i)
		}
		seen[scope] = i
		if later := parseList(t, l.With(forge.CRLNumber(9))).Scope(); string(later) != scope {
			t.Errorf("the scope of list %d depends on its number", i)
		}
	}
}

// TestFreshestURLs reads where delta lists are to be found.
func TestFreshestURLs(t *testing.T) {
	l := listOf(newScene("p256-root", "p256-server").issuer)
	point := func(parts ...[]byte) []byte { return forge.Sequence(parts...) }
	name := forge.Directory(forge.CommonName("Another CA"))
	first, second := forge.URI("http://crl.example.com/1"), forge.URI("http://crl.example.com/2")
	for _, test := range []struct {
		name   string
		points [][]byte
		want   []string
		wrong  bool
	}{
		{"one", [][]byte{point(forge.FullName(first))}, []string{"http://crl.example.com/1"}, false},
		{"two names", [][]byte{point(forge.FullName(first, name, second))}, []string{"http://crl.example.com/1", "http://crl.example.com/2"}, false},
		{"a name that is no URI", [][]byte{point(forge.FullName(name))}, nil, false},
		{"two points, one with the issuer only", [][]byte{point(forge.Explicit(2, name)), point(forge.FullName(second))}, []string{"http://crl.example.com/2"}, false},
		{"with reasons and an issuer", [][]byte{point(forge.FullName(first), forge.Implicit(1, 5, 0x60), forge.Explicit(2, name))}, []string{"http://crl.example.com/1"}, false},
		{"no point", nil, nil, true},
		{"a point of nowhere", [][]byte{point()}, nil, true},
		{"a point with reasons only", [][]byte{point(forge.Implicit(1, 5, 0x60))}, nil, true},
		{"a point and more", [][]byte{point(forge.FullName(first), forge.Null())}, nil, true},
	} {
		crl, err := ocsp.ParseCRL(l.With(forge.Ext("2.5.29.46", false, forge.Sequence(test.points...))).DER())
		if (err != nil) != test.wrong {
			t.Errorf("%s: %v", test.name, err)
		}
		if err == nil && !slices.Equal(crl.FreshestURLs(), test.want) {
			t.Errorf("%s: %q, want %q", test.name, crl.FreshestURLs(), test.want)
		}
	}
}

// TestSeveralEntries has a certificate in a delta list more than once. Whatever
// revokes it counts more than what takes it from the list.
func TestSeveralEntries(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	full := listOf(base.issuer).Between(now.Add(-2*time.Hour), now.Add(time.Hour)).
		Revoking(forge.Entry(base.leaf.Serial, now.AddDate(0, -2, 0), forge.Reason(byte(ocsp.CertificateHold))))
	entry := func(reason ocsp.Reason) []byte {
		return forge.Entry(base.leaf.Serial, now.AddDate(0, -1, 0), forge.Reason(byte(reason)))
	}
	another := forge.Entry([]byte{9}, now.AddDate(0, -1, 0), forge.Reason(byte(ocsp.Superseded)))
	for _, test := range []struct {
		name    string
		entries [][]byte
		status  ocsp.Status
		reason  ocsp.Reason
	}{
		{"taken from the list", [][]byte{another, entry(ocsp.RemoveFromCRL), another}, ocsp.Good, ocsp.Unspecified},
		{"revoked, then taken", [][]byte{entry(ocsp.KeyCompromise), entry(ocsp.RemoveFromCRL)}, ocsp.Revoked, ocsp.KeyCompromise},
		{"taken, then revoked", [][]byte{entry(ocsp.RemoveFromCRL), entry(ocsp.KeyCompromise)}, ocsp.Revoked, ocsp.KeyCompromise},
		{"revoked twice", [][]byte{entry(ocsp.KeyCompromise), entry(ocsp.Superseded)}, ocsp.Revoked, ocsp.KeyCompromise},
		{"not mentioned", [][]byte{another}, ocsp.Revoked, ocsp.CertificateHold},
	} {
		delta := listOf(base.issuer).With(forge.DeltaOf(5), forge.CRLNumber(6)).Revoking(test.entries...)
		cert, issuer := base.parse(t)
		for _, indexed := range []bool{false, true} {
			crls := []*ocsp.CRL{parseList(t, full), parseList(t, delta)}
			if indexed {
				crls[0].Index()
				crls[1].Index()
			}
			r, err := ocsp.Judge(crls, cert, issuer, ocsp.Options{Time: now})
			if err != nil {
				t.Fatal(err)
			}
			if r.Status != test.status || r.Reason != test.reason {
				t.Errorf("%s, index %v: %v %v (%v)", test.name, indexed, r.Status, r.Reason, codes(r))
			}
		}
	}
}

// The first of several critical extensions is the one that is named.
func TestUnknownCriticalNamed(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	const first, second = "1.3.6.1.4.1.99999.7", "1.3.6.1.4.1.99999.8"
	l := listOf(base.issuer)
	for name, l := range map[string]forge.List{
		"of the list":   l.With(forge.Ext(first, true, forge.Null()), forge.Ext(second, true, forge.Null())),
		"of an entry":   l.Revoking(forge.Entry([]byte{9}, now.AddDate(0, -1, 0), forge.Ext(first, true, forge.Null()), forge.Ext(second, true, forge.Null()))),
		"of two groups": l.Revoking(forge.Entry([]byte{9}, now.AddDate(0, -1, 0), forge.Ext(second, true, forge.Null()))).With(forge.Ext(first, true, forge.Null())),
	} {
		cert, issuer := base.parse(t)
		r, err := ocsp.Judge([]*ocsp.CRL{parseList(t, l)}, cert, issuer, ocsp.Options{Time: now})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Code == "crl-extension-unknown" })
		if i < 0 || len(r.Findings[i].Data) != 1 || r.Findings[i].Data[0].Value != first {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
}
