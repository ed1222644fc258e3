package sm2

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// shapes are the ways in which a secret can show up in text. Half of a secret is
// enough to recognize it, wherever it is cut.
func shapes(secret []byte) []string {
	var all []string
	for _, part := range [][]byte{secret, secret[:len(secret)/2], secret[len(secret)/2:]} {
		h := hex.EncodeToString(part)
		all = append(all, h, strings.ToUpper(h), string(part), new(big.Int).SetBytes(part).String(),
			strings.Trim(fmt.Sprint(part), "[]"), strings.Trim(fmt.Sprintf("%#v", part), "[]byte{}"))
		for shift := range 3 {
			// Base64 of anything that contains the part, whatever stands before it.
			text := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), part...))
			all = append(all, text[(shift*8+5)/6:len(text)-1], base64.RawURLEncoding.EncodeToString(part))
		}
	}
	return all
}

// TestSecretsNeverShow searches everything that this package gives out for the
// keys and passwords that went in.
func TestSecretsNeverShow(t *testing.T) {
	signing, key, signCert, keyCert := pairKeys(t)
	other := sm2KeyC().(*gmsm.PrivateKey)
	var secrets []string
	for _, secret := range [][]byte{scalarOf(signing), scalarOf(key), scalarOf(other), cfcaPassword, sm4Key} {
		secrets = append(secrets, shapes(secret)...)
	}
	var out bytes.Buffer
	show := func(values ...any) {
		for _, v := range values {
			fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(text)
		}
	}
	opened := 0
	for _, s := range samples(t, signing, key, signCert, keyCert) {
		for _, k := range []*certparse.PrivateKey{nil, privateKey(t, signing), privateKey(t, other)} {
			for _, password := range [][]byte{nil, s.password, []byte("wrong")} {
				o, fs := OpenContainer(s.data, password, k, finding.Where{})
				// The certificates are no secret; printed as numbers they only take time.
				o.Certificates, o.Certificate = nil, nil
				show(o, *o, fs)
				if o.Key != nil {
					opened++
				}
			}
			// Damage in every part must not make it speak either.
			for i := 0; i < len(s.data); i += 101 {
				damaged := bytes.Clone(s.data)
				damaged[i] ^= 0x20
				_, fs := OpenContainer(damaged, s.password, k, finding.Where{})
				show(fs)
			}
		}
	}
	if opened == 0 {
		t.Fatal("nothing was opened, so nothing was tested")
	}
	g := goodPair()
	s, e := g.halves(t)
	keys := []*certparse.PrivateKey{nil, s.Key, e.Key, privateKey(t, other)}
	for _, a := range keys {
		for _, b := range keys {
			p, fs := CheckPair(with(s, a), with(e, b))
			text, err := p.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			out.Write(text)
			show(fs, p.Signing.Key, p.Encryption.Key)
		}
	}
	text := out.String()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Fatal("a secret was found in the output")
		}
	}
	// The search itself must be able to find something.
	for _, leak := range []string{
		fmt.Sprintf("%x", signing.D), fmt.Sprint(signing.D), fmt.Sprint(scalarOf(key)), string(cfcaPassword),
		base64.StdEncoding.EncodeToString(pkcs8Of(t, privateKey(t, key))),
	} {
		if !slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(leak, s) }) {
			t.Errorf("the search does not find %q", leak)
		}
	}
}
