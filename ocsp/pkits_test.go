package ocsp_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

type pkitsCase struct {
	ID           string
	Chain        [][]byte
	Roots        [][]byte
	CRLs         [][]byte
	Time         time.Time
	Expect       bool
	certs, roots []*certparse.Certificate
	lists        []*ocsp.CRL
}

func pkitsCases(tb testing.TB) (cases []*pkitsCase) {
	tb.Helper()
	if err := json.Unmarshal(readFile(tb, vectors(tb, "pkits.json")), &cases); err != nil {
		tb.Fatal(err)
	}
	for _, c := range cases {
		for _, der := range c.Chain {
			c.certs = append(c.certs, parseCertificate(tb, der))
		}
		for _, der := range c.Roots {
			c.roots = append(c.roots, parseCertificate(tb, der))
		}
	}
	return cases
}

// TestPKITSLists reads every CRL of PKITS as crypto/x509 does.
func TestPKITSLists(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range pkitsCases(t) {
		for _, der := range c.CRLs {
			if !seen[string(der)] {
				seen[string(der)] = true
				// The damaged signature of test 4.4.4 has a number of bits that is no
				// multiple of eight, which crypto/x509 does not mind.
				compareCRL(t, der, !strings.HasPrefix(c.ID, "4.4.4 "))
			}
		}
	}
	t.Logf("%d CRLs", len(seen))
}

// compareCRL reads a CRL with crypto/x509 as well. Where both take it, they must
// read the same; must says that we have to.
func compareCRL(t *testing.T, der []byte, must bool) *ocsp.CRL {
	t.Helper()
	got, err := ocsp.ParseCRL(der)
	want, stdErr := x509.ParseRevocationList(der)
	if err != nil {
		if must {
			t.Errorf("%v (crypto/x509: %v)", err, stdErr)
		}
		return nil
	}
	if stdErr != nil {
		return got
	}
	if !bytes.Equal(got.Issuer.Raw(), want.RawIssuer) || !got.ThisUpdate.Equal(want.ThisUpdate) || !got.NextUpdate.Equal(want.NextUpdate) ||
		(got.Number == nil) != (want.Number == nil) || got.Number != nil && got.Number.Cmp(want.Number) != 0 ||
		got.Entries != len(want.RevokedCertificateEntries) {
		t.Fatalf("%+v, but crypto/x509 reads %+v", got, want)
	}
	return got
}

// revocation judges every certificate of a path to a root. Paths are built by
// names and signatures alone.
func (c *pkitsCase) revocation(tb testing.TB, cert *certparse.Certificate, depth int) (status ocsp.Status, why string) {
	tb.Helper()
	for _, r := range c.roots {
		if r.Equal(cert) {
			return ocsp.Good, ""
		}
	}
	status, why = ocsp.Unknown, "no path"
	for _, issuer := range append(c.certs[1:len(c.certs):len(c.certs)], c.roots...) {
		if depth == 0 || issuer.Equal(cert) || cert.CheckSignature(issuer.PublicKey()) != nil {
			continue
		}
		opt := ocsp.Options{Time: c.Time, CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate { return c.signers(tb, cert, depth) }}
		r, err := ocsp.Judge(c.lists, cert, issuer, opt)
		if err != nil {
			tb.Fatal(err)
		}
		if r.Status != ocsp.Good {
			status, why = r.Status, cert.Subject().String()+" "+r.Status.String()+" "+string(r.Code)
			continue
		}
		if status, why = c.revocation(tb, issuer, depth-1); status == ocsp.Good {
			return status, ""
		}
	}
	return status, why
}

// signers are the certificates of the case that have a path of their own, and the
// certificate itself: who signs lists may stand on them (test 4.14.30).
func (c *pkitsCase) signers(tb testing.TB, cert *certparse.Certificate, depth int) (signers []*certparse.Certificate) {
	tb.Helper()
	for _, s := range c.certs[1:] {
		if s.Equal(cert) {
			continue
		}
		if status, _ := c.revocation(tb, s, min(depth-1, 2)); status == ocsp.Good {
			signers = append(signers, s)
		}
	}
	return append(append(signers, cert), c.roots...)
}

// notAboutLists are cases of PKITS that fail for a reason that has nothing to do with
// revocation lists.
var notAboutLists = []string{
	"4.5.8 ",
}

// TestPKITSRevocation judges the cases of PKITS that are about revocation.
func TestPKITSRevocation(t *testing.T) {
	n := 0
	for _, c := range pkitsCases(t) {
		group := strings.Join(strings.SplitN(c.ID, ".", 3)[:2], ".")
		if !strings.Contains(" 4.4 4.5 4.14 4.15 ", " "+group+" ") && !strings.Contains(c.ID, "cRLSign") {
			continue
		}
		other := false
		for _, id := range notAboutLists {
			other = other || strings.HasPrefix(c.ID, id)
		}
		if other {
			continue
		}
		n++
		for _, der := range c.CRLs {
			if list, err := ocsp.ParseCRL(der); err == nil {
				c.lists = append(c.lists, list)
			}
		}
		status, why := c.revocation(t, c.certs[0], 5)
		if (status == ocsp.Good) != c.Expect {
			t.Errorf("%s: %v (%s), want good %v", c.ID, status, why, c.Expect)
		}
	}
	t.Logf("%d cases", n)
}

// TestLimboLists judges the cases of x509-limbo about CRLs.
func TestLimboLists(t *testing.T) {
	var suite struct {
		Testcases []struct {
			ID      string
			Trusted []string  `json:"trusted_certs"`
			Peer    string    `json:"peer_certificate"`
			Time    time.Time `json:"validation_time"`
			Result  string    `json:"expected_result"`
			CRLs    []string
		}
	}
	if err := json.Unmarshal(readFile(t, vectors(t, "limbo.json")), &suite); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range suite.Testcases {
		if len(c.CRLs) == 0 {
			continue
		}
		n++
		var lists []*ocsp.CRL
		for _, text := range c.CRLs {
			block, _ := pem.Decode([]byte(text))
			l, err := ocsp.ParseCRL(block.Bytes)
			if err != nil {
				t.Fatalf("%s: %v", c.ID, err)
			}
			lists = append(lists, l)
		}
		cert, issuer := certificateOf(t, []byte(c.Peer)), certificateOf(t, []byte(c.Trusted[0]))
		r, err := ocsp.Judge(lists, cert, issuer, ocsp.Options{Time: c.Time})
		if err != nil || (r.Status == ocsp.Good) != (c.Result == "SUCCESS") {
			t.Errorf("%s: %v %s, %v; want %s", c.ID, r.Status, r.Code, err, c.Result)
		}
		t.Logf("%s: %v %s", c.ID, r.Status, r.Code)
	}
	if n == 0 {
		t.Error("there are no cases")
	}
}
