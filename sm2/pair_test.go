package sm2

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// fieldNames are the names of the two fields at several services, that for the
// signing half first.
var fieldNames = [][2]string{
	{"cert_content_sign", "cert_content"}, // APIG
	{"certificate", "enc_certificate"},    // other services of the same vendor
	{"", ""},                              // nobody said
}

// given is a pair as a test describes it: two certificates and two keys.
type given struct {
	signing, encryption       spec
	signingKey, encryptionKey bool // Whether the certificate's key is given as well.
}

// goodPair is a pair in which nothing is wrong.
func goodPair() given {
	return given{
		signing:       spec{key: sm2KeyA(), usage: signUsage, serial: 1},
		encryption:    spec{key: sm2KeyB(), usage: encUsage, serial: 2, from: testTime.Add(3 * time.Second)},
		signingKey:    true,
		encryptionKey: true,
	}
}

func (g given) halves(t testing.TB) (signing, encryption Half) {
	signing.Certificate = issue(t, g.signing)
	encryption.Certificate = issue(t, g.encryption)
	if g.signingKey {
		signing.Key = privateKey(t, g.signing.key)
	}
	if g.encryptionKey {
		encryption.Key = privateKey(t, g.encryption.key)
	}
	return signing, encryption
}

// place names the fields that two halves arrived in.
func place(signing, encryption *Half, names [2]string) {
	for i, h := range []*Half{signing, encryption} {
		h.At = finding.Where{Input: names[i], Certificate: finding.At(i)}
		h.KeyAt = finding.Where{Input: strings.Replace(names[i], "cert", "key", 1)}
	}
}

func check(t *testing.T, signing, encryption Half, want ...finding.Code) *Pairing {
	t.Helper()
	p, fs := CheckPair(signing, encryption)
	if got := codes(fs); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, f := range fs {
		if strings.Contains(f.Message+f.Fix, "{") {
			t.Errorf("%s: data is missing: %s %s", f.Code, f.Message, f.Fix)
		}
	}
	if !json.Valid(must(p.MarshalJSON())) {
		t.Error("the pairing is not valid JSON")
	}
	return p
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// nameAttribute is a common name.
func nameAttribute(value string) []byte {
	return sequence([]byte{6, 3, 0x55, 4, 3}, appendElement(nil, 0x0c, []byte(value)))
}

func TestPairGood(t *testing.T) {
	pairs := map[string]func(*given){
		"SM2": func(g *given) {},
		"RSA": func(g *given) { g.signing.key, g.encryption.key = rsaKeyA(), rsaKeyB() },
		"ECC": func(g *given) { g.signing.key, g.encryption.key = eccKeyA(), eccKeyB() },
		"SM2 without keys": func(g *given) {
			g.signingKey, g.encryptionKey = false, false
		},
		"SM2 with one usage each": func(g *given) {
			g.signing.usage, g.encryption.usage = smx509.KeyUsageContentCommitment, smx509.KeyUsageKeyAgreement
		},
		"SM2 with the name in another string type": func(g *given) { g.encryption.printableSubject = true },
		"SM2 with a damaged key usage, which the certificate's own findings tell": func(g *given) {
			g.encryption.usage, g.encryption.usageValue = 0, []byte{5, 0}
		},
		"SM2 with the names in another order": func(g *given) {
			g.encryption.names = []string{"WWW.server.example", "server.example"}
		},
	}
	for name, change := range pairs {
		t.Run(name, func(t *testing.T) {
			g := goodPair()
			change(&g)
			s, e := g.halves(t)
			place(&s, &e, fieldNames[0])
			p := check(t, s, e)
			if p.Swapped || p.KeysSwapped || p.Signing.Certificate != s.Certificate || p.Encryption.Certificate != e.Certificate ||
				p.Signing.Key != s.Key || p.Encryption.Key != e.Key {
				t.Errorf("the halves are not where they were: %+v", p)
			}
			if want := name[:3]; p.Algorithm != want {
				t.Errorf("algorithm %q, want %q", p.Algorithm, want)
			}
		})
	}
}

// faults are all faults of a pair, each alone.
var faults = []struct {
	code   finding.Code
	name   string
	change func(*given)
}{
	{"pair-algorithm", "RSA mixed with SM2", func(g *given) { g.encryption.key = rsaKeyA() }},
	{"pair-algorithm", "ECC mixed with SM2", func(g *given) { g.signing.key = eccKeyA() }},
	{"pair-algorithm", "ECC mixed with RSA", func(g *given) { g.signing.key, g.encryption.key = eccKeyA(), rsaKeyA() }},
	{"pair-key-size", "two sizes of RSA", func(g *given) { g.signing.key, g.encryption.key = rsaKeyA(), rsa3072() }},
	{"pair-key-size", "two curves", func(g *given) { g.signing.key, g.encryption.key = eccKeyA(), ecc384() }},
	{"pair-same-public-key", "one key in both", func(g *given) { g.encryption.key = g.signing.key }},
	{"pair-usage", "both for signing", func(g *given) { g.encryption.usage = signUsage }},
	{"pair-usage", "both for encryption", func(g *given) { g.signing.usage = encUsage }},
	{"pair-usage", "a usage that is neither", func(g *given) { g.encryption.usage = smx509.KeyUsageEncipherOnly }},
	{"pair-usage-both", "both usages on the signing certificate", func(g *given) { g.signing.usage |= encUsage }},
	{"pair-usage-both", "both usages on the encryption certificate", func(g *given) { g.encryption.usage |= signUsage }},
	{"pair-usage-missing", "no usage on the signing certificate", func(g *given) { g.signing.usage = 0 }},
	{"pair-usage-missing", "no usage on the encryption certificate", func(g *given) { g.encryption.usage = 0 }},
	{"pair-ca", "a CA certificate for signing", func(g *given) {
		g.signing.ca, g.signing.usage = true, smx509.KeyUsageCertSign|smx509.KeyUsageCRLSign
	}},
	{"pair-ca", "the CA flag on the encryption certificate", func(g *given) { g.encryption.ca = true }},
	{"pair-ca", "a CA's usage on the signing certificate", func(g *given) { g.signing.usage |= smx509.KeyUsageCertSign }},
	{"pair-subject", "two subjects", func(g *given) { g.encryption.subject = "other.example" }},
	{"pair-issuer", "two issuers", func(g *given) { g.encryption.issuer = otherCA() }},
	{"pair-signature-algorithm", "two signature algorithms", func(g *given) { g.encryption.issuer = testRoot() }},
	{"pair-serial", "one serial number", func(g *given) { g.encryption.serial = g.signing.serial }},
	{"pair-san", "other names", func(g *given) { g.encryption.names = []string{"server.example", "mail.server.example"} }},
	{"pair-san", "no names in one", func(g *given) { g.signing.noNames = true }},
	{"pair-san-critical", "names critical in one", func(g *given) { g.signing.namesCritical = true }},
	{"pair-validity", "another end", func(g *given) { g.encryption.to = testTime.AddDate(2, 0, 0) }},
	{"pair-validity", "another start", func(g *given) {
		g.encryption.from, g.encryption.to = testTime.AddDate(0, 0, -2), testTime.AddDate(1, 0, 0)
	}},
	{"pair-validity", "an earlier end", func(g *given) { g.encryption.to = testTime.AddDate(0, 6, 0) }},
	{"pair-usage", "a usage that allows nothing", func(g *given) { g.encryption.usage, g.encryption.usageValue = 0, []byte{3, 1, 0} }},
	{"pair-subject", "one part of the name less", func(g *given) {
		g.encryption.subjectDER = sequence(appendElement(nil, 0x31, nameAttribute("server.example")), appendElement(nil, 0x31, nameAttribute("x")))
		g.signing.subjectDER = sequence(appendElement(nil, 0x31, nameAttribute("server.example")), appendElement(nil, 0x31, append(nameAttribute("x"), nameAttribute("y")...)))
	}},
	{"pair-validity-disjoint", "never valid together", func(g *given) { g.encryption.from = testTime.AddDate(3, 0, 0) }},
}

// untold are the faults that leave nothing to tell an exchange by.
var untold = map[string]bool{
	"both for signing": true, "both for encryption": true, "a usage that is neither": true, "a usage that allows nothing": true,
	"a CA certificate for signing": true,
}

func TestPairFaultsAlone(t *testing.T) {
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			g := goodPair()
			fault.change(&g)
			s, e := g.halves(t)
			for _, names := range fieldNames {
				place(&s, &e, names)
				check(t, s, e, fault.code)
				// The other order of fields is a fault of its own, if the usages tell.
				place(&e, &s, names)
				p, fs := CheckPair(e, s)
				got := codes(fs)
				if !untold[fault.name] {
					if want := []finding.Code{"pair-swapped", fault.code}; !slices.Equal(got, want) {
						t.Errorf("exchanged: got %v, want %v", got, want)
					}
					if !p.Swapped || p.Signing.Certificate != s.Certificate || p.Signing.Key != s.Key || p.Encryption.Key != e.Key {
						t.Error("exchanged: the halves were not sorted")
					}
				} else if p.Swapped || slices.Contains(got, "pair-swapped") {
					t.Errorf("an exchange is claimed that nothing proves: %v", got)
				}
			}
		})
	}
}

// TestPairOrders puts the four parts of a pair into the four fields in every
// order that keeps certificates and keys apart, for every naming of the fields.
func TestPairOrders(t *testing.T) {
	for _, kind := range []string{"SM2", "RSA", "ECC"} {
		g := goodPair()
		switch kind {
		case "RSA":
			g.signing.key, g.encryption.key = rsaKeyA(), rsaKeyB()
		case "ECC":
			g.signing.key, g.encryption.key = eccKeyA(), eccKeyB()
		}
		s, e := g.halves(t)
		for _, names := range fieldNames {
			for _, order := range []struct {
				certs, keys bool // Whether they are exchanged.
				want        []finding.Code
			}{
				{false, false, nil},
				{true, true, []finding.Code{"pair-swapped"}},
				{true, false, []finding.Code{"pair-swapped"}},
				{false, true, []finding.Code{"pair-keys-swapped"}},
			} {
				for missing := range 3 { // No key, the first or the second one is missing.
					t.Run(fmt.Sprint(kind, names, order.certs, order.keys, missing), func(t *testing.T) {
						a, b := s, e
						if order.certs {
							a.Certificate, b.Certificate = b.Certificate, a.Certificate
						}
						if order.keys {
							a.Key, b.Key = b.Key, a.Key
						}
						switch missing {
						case 1:
							a.Key = nil
						case 2:
							b.Key = nil
						}
						place(&a, &b, names)
						p := check(t, a, b, order.want...)
						if p.Signing.Certificate != s.Certificate || p.Encryption.Certificate != e.Certificate {
							t.Error("the certificates were not sorted")
						}
						if p.Signing.Key != nil && p.Signing.Key != s.Key || p.Encryption.Key != nil && p.Encryption.Key != e.Key {
							t.Error("the keys were not sorted")
						}
						if n := btoi(p.Signing.Key != nil) + btoi(p.Encryption.Key != nil); n != 2-btoi(missing > 0) {
							t.Errorf("%d keys found their certificate", n)
						}
						if p.Swapped != order.certs || p.KeysSwapped != (order.keys && !order.certs) {
							t.Errorf("swapped %v, keys swapped %v", p.Swapped, p.KeysSwapped)
						}
					})
				}
			}
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestPairKeys(t *testing.T) {
	g := goodPair()
	s, e := g.halves(t)
	keyC, keyD := privateKey(t, sm2KeyC()), privateKey(t, sm2KeyD())
	shared := g
	shared.encryption.key = shared.signing.key
	sharedS, sharedE := shared.halves(t)
	cases := []struct {
		name string
		a, b Half
		want []finding.Code
		at   []string // Fields of the findings about keys.
	}{
		{"signing key of neither", with(s, keyC), e, []finding.Code{"key-mismatch"}, []string{"key_content_sign"}},
		{"encryption key of neither", s, with(e, keyC), []finding.Code{"key-mismatch"}, []string{"key_content"}},
		{"both keys of neither", with(s, keyC), with(e, keyD), []finding.Code{"key-mismatch", "key-mismatch"}, []string{"key_content_sign", "key_content"}},
		{"one foreign key twice", with(s, keyC), with(e, keyC), []finding.Code{"key-mismatch", "key-mismatch"}, []string{"key_content_sign", "key_content"}},
		{"signing key twice", s, with(e, s.Key), []finding.Code{"pair-same-private-key"}, []string{"key_content"}},
		{"encryption key twice", with(s, e.Key), e, []finding.Code{"pair-same-private-key"}, []string{"key_content_sign"}},
		{"one exchanged, one of neither", with(s, e.Key), with(e, keyC), []finding.Code{"key-mismatch", "key-mismatch"}, []string{"key_content_sign", "key_content"}},
		{"exchanged certificates, one key of neither", with(e, keyC), s, []finding.Code{"key-mismatch", "pair-swapped"}, []string{"key_content_sign"}},
		{"exchanged certificates, keys in place, one of neither", with(e, s.Key), with(s, keyC), []finding.Code{"key-mismatch", "pair-swapped"}, []string{"key_content"}},
		{"one key in both certificates, other key given", with(sharedS, keyC), sharedE, []finding.Code{"key-mismatch", "pair-same-public-key"}, []string{"key_content_sign"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			place(&c.a, &c.b, fieldNames[0])
			check(t, c.a, c.b, c.want...)
			_, fs := CheckPair(c.a, c.b)
			var at []string
			for _, f := range fs {
				if f.Code == "key-mismatch" || f.Code == "pair-same-private-key" {
					at = append(at, f.Where.Input)
				}
			}
			if !slices.Equal(at, c.at) {
				t.Errorf("placed at %v, want %v", at, c.at)
			}
		})
	}
}

func with(h Half, key *certparse.PrivateKey) Half {
	h.Key = key
	return h
}

// TestPairSeveralFaults has faults that must not hide each other.
func TestPairSeveralFaults(t *testing.T) {
	g := goodPair()
	g.signing.ca, g.signing.usage = true, encUsage|smx509.KeyUsageCertSign
	g.encryption.subject, g.encryption.noNames = "other.example", true
	s, e := g.halves(t)
	e.Key = privateKey(t, sm2KeyC())
	check(t, s, e, "key-mismatch", "pair-ca", "pair-usage", "pair-subject", "pair-san")
}

func TestPairSameCertificate(t *testing.T) {
	g := goodPair()
	s, e := g.halves(t)
	both := g.signing
	both.usage = signUsage | encUsage
	keyC := privateKey(t, sm2KeyC())
	one := Half{Certificate: issue(t, both), Key: s.Key}
	for name, c := range map[string]struct {
		a, b Half
		want []finding.Code
	}{
		"signing certificate twice":                {s, s, []finding.Code{"pair-same-certificate"}},
		"encryption certificate twice":             {e, e, []finding.Code{"pair-same-certificate"}},
		"with the key of the forgotten one":        {s, with(s, e.Key), []finding.Code{"pair-same-certificate"}},
		"with that key in the other field":         {with(s, e.Key), s, []finding.Code{"pair-same-certificate"}},
		"without keys":                             {with(s, nil), with(s, nil), []finding.Code{"pair-same-certificate"}},
		"one certificate for both purposes, twice": {one, one, []finding.Code{"pair-same-certificate"}},
		"with keys of neither":                     {with(s, keyC), with(s, keyC), []finding.Code{"pair-same-certificate", "key-mismatch"}},
	} {
		t.Run(name, func(t *testing.T) { check(t, c.a, c.b, c.want...) })
	}
}

func TestPairIncomplete(t *testing.T) {
	g := goodPair()
	s, e := g.halves(t)
	keyOnly := Half{Key: e.Key}
	for name, c := range map[string]struct {
		a, b Half
		want []finding.Code
		role string
	}{
		"no encryption half":                 {s, Half{}, []finding.Code{"pair-incomplete"}, "encryption"},
		"no signing half":                    {Half{}, e, []finding.Code{"pair-incomplete"}, "signing"},
		"no encryption certificate":          {s, keyOnly, []finding.Code{"pair-incomplete"}, "encryption"},
		"no keys":                            {with(s, nil), Half{}, []finding.Code{"pair-incomplete"}, "encryption"},
		"key of neither":                     {with(s, e.Key), Half{}, []finding.Code{"pair-incomplete", "key-mismatch"}, "encryption"},
		"keys exchanged":                     {with(s, e.Key), Half{Key: s.Key}, []finding.Code{"pair-incomplete", "pair-keys-swapped"}, "encryption"},
		"key twice":                          {s, Half{Key: s.Key}, []finding.Code{"pair-incomplete", "pair-same-private-key"}, "encryption"},
		"encryption half in the other field": {e, Half{}, []finding.Code{"pair-incomplete", "pair-wrong-field"}, "signing"},
		"signing half in the other field":    {Half{}, s, []finding.Code{"pair-wrong-field", "pair-incomplete"}, "encryption"},
		"only the certificate misplaced":     {with(e, s.Key), Half{Key: e.Key}, []finding.Code{"pair-incomplete", "pair-wrong-field"}, "signing"},
	} {
		t.Run(name, func(t *testing.T) {
			p := check(t, c.a, c.b, c.want...)
			_, fs := CheckPair(c.a, c.b)
			for _, f := range fs {
				if f.Code == "pair-incomplete" && f.Data[0].Value != c.role {
					t.Errorf("the missing role is %v, want %v", f.Data[0].Value, c.role)
				}
			}
			if (p.Signing.Certificate == nil) != (c.role == "signing") || (p.Encryption.Certificate == nil) != (c.role == "encryption") || p.Algorithm != "SM2" {
				t.Errorf("wrong halves: %+v", p)
			}
		})
	}
	check(t, Half{}, Half{}, "pair-incomplete", "pair-incomplete")
}

func TestPairJSON(t *testing.T) {
	g := goodPair()
	s, e := g.halves(t)
	place(&e, &s, fieldNames[0])
	p, _ := CheckPair(e, s)
	type half struct {
		Input       string   `json:"input"`
		Certificate int      `json:"certificate"`
		KeyUsage    []string `json:"key_usage"`
		KeyFound    bool     `json:"key_found"`
		KeyInput    string   `json:"key_input"`
	}
	var got struct {
		Algorithm   string   `json:"algorithm"`
		Signing     half     `json:"signing"`
		Encryption  half     `json:"encryption"`
		Swapped     bool     `json:"swapped"`
		KeysSwapped bool     `json:"keys_swapped"`
		Advice      []Advice `json:"advice"`
	}
	if err := json.Unmarshal(must(p.MarshalJSON()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Signing.Input != "cert_content" || got.Signing.Certificate != 1 || got.Signing.KeyInput != "key_content" || !got.Signing.KeyFound ||
		got.Encryption.Input != "cert_content_sign" || got.Encryption.Certificate != 0 || !got.Swapped || got.KeysSwapped ||
		got.Algorithm != "SM2" || len(got.Advice) != len(p.Advice()) ||
		!slices.Equal(got.Signing.KeyUsage, []string{"digitalSignature", "nonRepudiation"}) {
		t.Errorf("%+v", got)
	}
}
