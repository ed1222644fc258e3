package path_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// systemRoots returns the certificates that the system trusts, as Debian's
// ca-certificates writes them, in DER.
func systemRoots(t *testing.T) (ders [][]byte) {
	t.Helper()
	data, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		t.Skipf("SKIPPED: there is no list of trusted roots on this machine: %v", err)
	}
	for b, rest := pem.Decode(data); b != nil; b, rest = pem.Decode(rest) {
		ders = append(ders, b.Bytes)
	}
	return ders
}

// TestSystemRoots: each root is an anchor for itself and, as far as it signed
// itself, below itself. What is in force is accepted.
func TestSystemRoots(t *testing.T) {
	checked := 0
	for _, der := range systemRoots(t) {
		x, err := x509.ParseCertificate(der)
		if err != nil || x.NotAfter.Before(now) || x.NotBefore.After(now) {
			continue
		}
		c, err := parse(der)
		if err != nil {
			t.Errorf("%s: %v", x.Subject, err)
			continue
		}
		if res := path.Build(c, path.Anchors([]*certparse.Certificate{c}), nil, path.Options{Time: now}); !res.Valid {
			t.Errorf("%s, alone: %v", x.Subject, codes(res))
		}
		if x.CheckSignatureFrom(x) != nil {
			continue
		}
		// Below itself its signature and everything else is checked.
		res := path.Validate([]*certparse.Certificate{c}, path.Anchor{Certificate: c}, path.Options{Time: now, AllowWeak: true})
		if !res.Valid {
			t.Errorf("%s, below itself: %v", x.Subject, codes(res))
		}
		checked++
	}
	t.Logf("%d roots", checked)
	if checked < 50 {
		t.Errorf("only %d roots could be checked", checked)
	}
}

// rekeyed is a real certificate with another key and signature: everything else in
// it, names, dates and extensions, is as its CA wrote it.
func rekeyed(t *testing.T, original []byte, own, signer *ecdsa.PrivateKey) []byte {
	t.Helper()
	var outer, tbs, rest cryptobyte.String
	in := cryptobyte.String(original)
	var version, serial, algorithm, issuer, validity, subject, spki cryptobyte.String
	ok := in.ReadASN1(&outer, cbasn1.SEQUENCE) && outer.ReadASN1(&tbs, cbasn1.SEQUENCE)
	if ok && tbs.PeekASN1Tag(context(0).Constructed()) {
		ok = tbs.ReadASN1Element(&version, context(0).Constructed())
	}
	ok = ok && tbs.ReadASN1Element(&serial, cbasn1.INTEGER) && tbs.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) && tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) &&
		tbs.ReadASN1Element(&validity, cbasn1.SEQUENCE) && tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE) && tbs.ReadASN1Element(&spki, cbasn1.SEQUENCE)
	if !ok {
		t.Fatal("a certificate cannot be taken apart")
	}
	rest = tbs
	key, err := x509.MarshalPKIXPublicKey(own.Public())
	if err != nil {
		t.Fatal(err)
	}
	raw := func(b []byte) node { return func(c *cryptobyte.Builder) { c.AddBytes(b) } }
	ecdsaSHA256 := seq(id("1.2.840.10045.4.3.2"))
	signed := der(seq(raw(version), raw(serial), ecdsaSHA256, raw(issuer), raw(validity), raw(subject), raw(key), raw(rest)))
	digest := sha256.Sum256(signed)
	signature, err := ecdsa.SignASN1(rand.Reader, signer, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return der(seq(raw(signed), ecdsaSHA256, func(b *cryptobyte.Builder) { b.AddASN1BitString(signature) }))
}

// TestRekeyedRoots: chains below the roots of the system, whose keys are not at
// hand, with a key of our own in place of theirs, are decided as crypto/x509 and
// smx509 decide them: a leaf, and a leaf below an intermediate.
func TestRekeyedRoots(t *testing.T) {
	checked := 0
	for i, der := range systemRoots(t) {
		original, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		key := testKey(t, fmt.Sprint("rekeyed root ", i))
		top := rekeyed(t, der, key, key)
		x, err := x509.ParseCertificate(top)
		if err != nil {
			t.Errorf("%s: %v", original.Subject, err)
			continue
		}
		c, err := parse(top)
		if err != nil {
			t.Errorf("%s: %v", original.Subject, err)
			continue
		}
		r := &entity{tb: t, tmpl: x, key: key, cert: c}
		host := "www.example.com"
		if len(x.PermittedDNSDomains) > 0 {
			host = "www." + strings.TrimPrefix(x.PermittedDNSDomains[0], ".")
		}
		leafOf := func(e *entity) *certparse.Certificate {
			return e.leaf(func(c *x509.Certificate) { c.DNSNames = []string{host} })
		}
		inner := r.ca("An intermediate CA")
		for _, q := range []question{ask(leafOf(r), r), ask(leafOf(inner), r, inner), ask(leafOf(inner), r)} {
			q = q.with(forServers)
			res := q.build()
			for name, err := range map[string]error{"crypto/x509": askStandard(t, q), "smx509": askGM(t, q)} {
				if res.Valid != (err == nil) {
					t.Errorf("%s: %v %v; %s: %v", original.Subject, res.Valid, codes(res), name, err)
				}
			}
			if res.Valid {
				checked++
			}
		}
	}
	t.Logf("%d chains below real roots were accepted", checked)
	if checked < 100 {
		t.Errorf("only %d chains were accepted", checked)
	}
}

// askGM puts a question to smx509.
func askGM(tb testing.TB, q question) error {
	tb.Helper()
	roots, others := smx509.NewCertPool(), smx509.NewCertPool()
	for pool, list := range map[*smx509.CertPool][]*entity{roots: q.roots, others: q.pool} {
		for _, e := range list {
			c, err := smx509.ParseCertificate(e.cert.Raw())
			if err != nil {
				return err
			}
			pool.AddCert(c)
		}
	}
	leaf, err := smx509.ParseCertificate(q.target.Raw())
	if err != nil {
		return err
	}
	_, err = leaf.Verify(smx509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: now, KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageServerAuth}})
	return err
}

// TestRealChains: the chains of public servers in the tests of crypto/x509 and
// smx509 are decided as those decide them, at a time when the leaf is valid: each
// certificate as the target, all that signed themselves as anchors.
func TestRealChains(t *testing.T) {
	files := map[string]string{"crypto/x509": filepath.Join(build.Default.GOROOT, "src", "crypto", "x509", "verify_test.go")}
	if p, err := build.Import("github.com/emmansun/gmsm/smx509", ".", build.FindOnly); err == nil {
		files["smx509"] = filepath.Join(p.Dir, "verify_test.go")
	}
	for name, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Logf("SKIPPED: the chains of %s: %v", name, err)
			continue
		}
		var all []*certparse.Certificate
		for _, block := range regexp.MustCompile(`(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----`).FindAll(data, -1) {
			if b, _ := pem.Decode(block); b != nil {
				if c, err := parse(b.Bytes); err == nil {
					all = append(all, c)
				}
			}
		}
		valid, compared := 0, 0
		for _, target := range all {
			from, to, _ := target.Validity()
			for _, at := range []time.Time{from.Add(time.Hour), from.Add(to.Sub(from) / 2), to.Add(time.Hour)} {
				ours, theirs, ok := realChain(target, all, at)
				if !ok {
					continue
				}
				compared++
				if ours.Valid {
					valid++
				}
				if ours.Valid != (theirs == nil) {
					t.Errorf("%s: %s at %v: %v %v; smx509: %v", name, target.Subject(), at, ours.Valid, codes(ours), theirs)
				}
			}
		}
		t.Logf("%s: %d certificates, %d questions, %d valid", name, len(all), compared, valid)
		if valid == 0 {
			t.Errorf("%s: nothing was accepted", name)
		}
	}
}

// realChain asks about target both here and at smx509, which knows SM2 and else
// decides as crypto/x509. ok is false for what it cannot parse.
func realChain(target *certparse.Certificate, all []*certparse.Certificate, at time.Time) (ours *path.Result, theirs error, ok bool) {
	roots, others := smx509.NewCertPool(), smx509.NewCertPool()
	var anchors, pool []*certparse.Certificate
	for _, c := range all {
		x, err := smx509.ParseCertificate(c.Raw())
		if err != nil {
			continue
		}
		if c.SelfIssued() && x.CheckSignatureFrom(x) == nil {
			roots.AddCert(x)
			anchors = append(anchors, c)
		} else {
			others.AddCert(x)
			pool = append(pool, c)
		}
	}
	x, err := smx509.ParseCertificate(target.Raw())
	if err != nil {
		return nil, nil, false
	}
	ours = path.Build(target, path.Anchors(anchors), pool, path.Options{Time: at})
	_, theirs = x.Verify(smx509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: at, KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageAny}})
	return ours, theirs, true
}
