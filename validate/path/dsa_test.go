package path_test

import (
	"bytes"
	"crypto"
	"crypto/dsa"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"math/big"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
	"golang.org/x/crypto/cryptobyte"
)

// dsaKey is a DSA key whose certificates state its parameters or leave them to
// be inherited, RFC 5280, Section 6.1.4 (d) to (f) and 6.1.5 (c) to (e).
type dsaKey struct {
	dsa.PrivateKey
	silent bool
	// parameters and value stand in place of the key's, if set.
	parameters, value []byte
}

// dsaParameters are made anew in every run: TEST ONLY.
func dsaParameters(tb testing.TB) (p dsa.Parameters) {
	tb.Helper()
	if err := dsa.GenerateParameters(&p, rand.Reader, dsa.L1024N160); err != nil {
		tb.Fatal(err)
	}
	return p
}

func newDSA(tb testing.TB, p dsa.Parameters, silent bool) *dsaKey {
	tb.Helper()
	k := &dsaKey{silent: silent}
	k.Parameters = p
	if err := dsa.GenerateKey(&k.PrivateKey, rand.Reader); err != nil {
		tb.Fatal(err)
	}
	return k
}

func (k *dsaKey) Public() crypto.PublicKey { return &k.PublicKey }

func (k *dsaKey) Sign(random io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	r, s, err := dsa.Sign(random, &k.PrivateKey, digest[:20]) // the length of Q
	if err != nil {
		return nil, err
	}
	return der(seq(bigInt(r), bigInt(s))), nil
}

func bigInt(n *big.Int) node { return func(b *cryptobyte.Builder) { b.AddASN1BigInt(n) } }

func (k *dsaKey) spki() []byte {
	algorithm := []node{id("1.2.840.10040.4.1")}
	if !k.silent {
		algorithm = append(algorithm, seq(bigInt(k.P), bigInt(k.Q), bigInt(k.G)))
	}
	algorithm = append(algorithm, func(b *cryptobyte.Builder) { b.AddBytes(k.parameters) })
	value := k.value
	if value == nil {
		value = der(bigInt(k.Y))
	}
	return der(seq(seq(algorithm...), func(b *cryptobyte.Builder) { b.AddASN1BitString(value) }))
}

func caExtensions() []node {
	return []node{seq(id(extBasic), func(b *cryptobyte.Builder) { b.AddASN1Boolean(true) }, text(4, string([]byte{0x30, 3, 1, 1, 0xff})))}
}

// TestDSAParameters: parameters are inherited from the issuer's key, from no other,
// and not past a key of another algorithm.
func TestDSAParameters(t *testing.T) {
	one, other := dsaParameters(t), dsaParameters(t)
	ca := func(issuer *entity, name string, key crypto.Signer) *entity {
		return byHand(t, issuer, name, key, caExtensions())
	}
	plain := testKey(t, "plain")
	end := func(issuer *entity, key crypto.Signer) question {
		return ask(byHand(t, issuer, "leaf", key, caExtensions()).cert, issuer)
	}
	for _, x := range []struct {
		what string
		make func() question
		want string // the code, at the certificate whose signature cannot be checked; empty if valid
	}{
		{"the CA states its parameters", func() question {
			r := ca(nil, "Root", newDSA(t, one, false))
			a := ca(r, "A", newDSA(t, one, false))
			q := end(a, plain)
			q.roots, q.pool = []*entity{r}, []*entity{a}
			return q
		}, ""},
		{"the CA inherits them", func() question {
			r := ca(nil, "Root", newDSA(t, one, false))
			a := ca(r, "A", newDSA(t, one, true))
			q := end(a, plain)
			q.roots, q.pool = []*entity{r}, []*entity{a}
			return q
		}, ""},
		{"two CAs inherit them one from the other", func() question {
			r := ca(nil, "Root", newDSA(t, one, false))
			a := ca(r, "A", newDSA(t, one, true))
			b := ca(a, "B", newDSA(t, one, true))
			q := end(b, plain)
			q.roots, q.pool = []*entity{r}, []*entity{a, b}
			return q
		}, ""},
		{"the CA inherits those of its issuer, not those of the root", func() question {
			r := ca(nil, "Root", newDSA(t, one, false))
			a := ca(r, "A", newDSA(t, other, false))
			b := ca(a, "B", newDSA(t, other, true))
			q := end(b, plain)
			q.roots, q.pool = []*entity{r}, []*entity{a, b}
			return q
		}, ""},
		{"those of the root do not fit", func() question {
			r := ca(nil, "Root", newDSA(t, one, false))
			a := ca(r, "A", newDSA(t, other, false))
			b := ca(a, "B", newDSA(t, one, true))
			q := end(b, plain)
			q.roots, q.pool = []*entity{r}, []*entity{a, b}
			return q
		}, "issuer-signature-invalid@0"},
		{"there are none above", func() question {
			r := ca(nil, "Root", plain)
			a := ca(r, "A", newDSA(t, one, true))
			q := end(a, plain)
			q.roots, q.pool = []*entity{r}, []*entity{a}
			return q
		}, "issuer-signature-invalid@0"},
		{"a key of another algorithm stands between", func() question {
			r := ca(nil, "Root", newDSA(t, one, false))
			a := ca(r, "A", plain)
			b := ca(a, "B", newDSA(t, one, true))
			q := end(b, testKey(t, "end"))
			q.roots, q.pool = []*entity{r}, []*entity{a, b}
			return q
		}, "issuer-signature-invalid@0"},
		{"the anchor itself has none", func() question {
			r := ca(nil, "Root", newDSA(t, one, true))
			q := end(r, plain)
			q.roots = []*entity{r}
			return q
		}, "issuer-signature-invalid@0"},
	} {
		q := x.make()
		res := q.build()
		var errors []string
		for i, c := range codes(res) {
			if res.Findings[i].Code != "dsa-key" {
				errors = append(errors, c)
			}
		}
		switch {
		case x.want == "" && !res.Valid, x.want != "" && (res.Valid || len(errors) != 1 || errors[0] != x.want):
			t.Errorf("%s: %v %v", x.what, res.Valid, codes(res))
		}
	}
	// The target's own key, Section 6.1.5 (c) to (e).
	r := ca(nil, "Root", newDSA(t, one, false))
	key := newDSA(t, one, true)
	res := end(r, key).build()
	full, err := res.PublicKey.Key()
	if !res.Valid || err != nil || full.(*dsa.PublicKey).P.Cmp(one.P) != 0 || full.(*dsa.PublicKey).Y.Cmp(key.Y) != 0 {
		t.Errorf("the target's key: %v %v", codes(res), err)
	}
	alone := ca(nil, "Root", plain)
	if res := end(alone, key).build(); !res.Valid {
		t.Errorf("a key that nobody uses: %v", codes(res))
	} else if _, err := res.PublicKey.Key(); err == nil {
		t.Error("parameters from nowhere")
	}
}

// TestDSAParametersOnly: nothing but a DSA key that states no parameters becomes
// another key, and only below one that has some.
func TestDSAParametersOnly(t *testing.T) {
	one, other := dsaParameters(t), dsaParameters(t)
	dsaCA := byHand(t, nil, "CA", newDSA(t, one, false), caExtensions())
	ecCA := byHand(t, nil, "CA", testKey(t, "CA"), caExtensions())
	// An Ed25519 key that has the form of an integer, and an integer that has the form of a
	// point on P-256.
	integer := append([]byte{2, 30, 1}, make([]byte, 29)...)
	point := newDSA(t, one, true)
	point.Y = new(big.Int).Lsh(big.NewInt(1), 8*30)
	silent, null, damaged := newDSA(t, one, true), newDSA(t, one, true), newDSA(t, one, true)
	null.parameters, damaged.parameters = []byte{5, 0}, []byte{4, 0}
	broken := newDSA(t, one, true)
	broken.value = []byte{4, 0}
	for _, x := range []struct {
		what    string
		issuer  *entity
		key     crypto.Signer
		becomes bool
	}{
		{"a key without parameters", dsaCA, silent, true},
		{"a key with NULL in their place", dsaCA, null, true},
		{"a key with something else in their place", dsaCA, damaged, false},
		{"a key with parameters", dsaCA, newDSA(t, other, false), false},
		{"a key that cannot be read", dsaCA, broken, false},
		{"an Ed25519 key that has the form of an integer", dsaCA, public{ed25519.PublicKey(integer)}, false},
		{"a number that has the form of a point, below an ECDSA key", ecCA, point, false},
		{"a key without parameters, below an ECDSA key", ecCA, silent, false},
	} {
		leaf := byHand(t, x.issuer, "leaf", x.key, caExtensions()).cert
		key := path.Validate([]*certparse.Certificate{leaf}, path.Anchor{Certificate: x.issuer.cert}, path.Options{Time: now}).PublicKey
		if same := bytes.Equal(key.SPKI(), leaf.PublicKey().SPKI()); same == x.becomes {
			t.Errorf("%s: %v", x.what, same)
		}
		if _, err := key.Key(); x.becomes && (err != nil || !bytes.Equal(key.Octets(), leaf.PublicKey().Octets())) {
			t.Errorf("%s: %v", x.what, err)
		}
	}
	// Such keys are pointed out.
	res := ask(byHand(t, dsaCA, "leaf", testKey(t, "leaf"), caExtensions()).cert, dsaCA).build()
	if !res.Valid || !slices.Equal(codes(res), []string{"dsa-key@1"}) {
		t.Errorf("%v", codes(res))
	}
}
