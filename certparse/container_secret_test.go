package certparse

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestContainerSecrets looks for the private key, the password and the content of a
// secret bag in everything that unpacking gives out, whatever the password and the
// damage.
func TestContainerSecrets(t *testing.T) {
	leaf, _, _, key := builtCertificates(t)
	ec, _ := testKeys()
	scalar := ec.D.FillBytes(make([]byte, 32))
	hidden := []byte("what is in a secret bag")
	bags := [][]byte{safeBag{"3", certBag(leaf), "name", nil}.der(), safeBag{"1", key, "", nil}.der(),
		safeBag{"5", seq(oid("1.2.3"), tlv(0xa0, tlv(tagOctetString, hidden))), "", nil}.der(),
		safeBag{"2", encrypt3DES(bmpPassword(word), key, 1), "", nil}.der()}
	content := encryptedSafe(encrypt3DES(bmpPassword(word), seq(bags...), 1))
	plain := safeOf(bags...)
	jks := keystoreOf(magicJKS, word, keyAndChain("a", protectJKS(word, key), leaf))
	inputs := map[string][]byte{
		"encrypted": pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, content), content),
		"plain":     pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, plain), plain),
		"no MAC":    pfxOf(nil, content), "JKS": jks,
		"JCEKS": keystoreOf(magicJCEKS, word, secret("s"), keyAndChain("a", encrypt3DES(bmpPassword(word), key, 1), leaf)),
	}
	var out bytes.Buffer
	opened := 0
	show := func(data, password []byte) {
		doc := Parse(data, Options{Password: password})
		opened += len(doc.PrivateKeys())
		fmt.Fprintf(&out, "%v %+v %s\n", doc.Findings, doc.Findings, doc.Repaired)
		for i := range doc.Blocks {
			c := doc.Blocks[i].Container
			if c == nil {
				continue
			}
			for k := range c.Entries {
				// The certificate itself is no secret, and printed as numbers it only takes time.
				e := c.Entries[k]
				e.Certificate = nil
				for _, v := range []any{e, &e, e.PrivateKey} {
					fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
				}
				text, err := json.Marshal(e)
				if err != nil {
					t.Fatal(err)
				}
				out.Write(text)
			}
		}
	}
	for _, data := range inputs {
		for _, password := range [][]byte{nil, {}, word, []byte("wrong")} {
			show(data, password)
		}
		for i := 0; i < len(data); i += 37 {
			damaged := bytes.Clone(data)
			damaged[i] ^= 0x11
			show(damaged, word)
		}
	}
	if opened < 20 {
		t.Fatalf("only %d keys were opened", opened)
	}
	text := out.String()
	for name, b := range map[string][]byte{"key": scalar, "password": word, "secret bag": hidden} {
		for _, form := range []string{string(b), hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b)),
			base64.StdEncoding.EncodeToString(b[:len(b)/3*3]), strings.Trim(fmt.Sprint(b), "[]")} {
			if strings.Contains(text, form) {
				t.Errorf("the %s shows as %.30s…", name, form)
			}
		}
	}
	if !strings.Contains(text, redacted) || !strings.Contains(text, hex.EncodeToString(leaf[:20])) {
		t.Error("the search does not find what is there")
	}
}

// protectJKS is Sun's protection of a private key.
func protectJKS(password, key []byte) []byte {
	salt := []byte("TEST ONLY twenty....")
	protected, digest := bytes.Clone(salt), salt
	for at := 0; at < len(key); at += sha1.Size {
		sum := sha1.Sum(append(javaPassword(password), digest...))
		digest = sum[:]
		for i, c := range key[at:min(at+sha1.Size, len(key))] {
			protected = append(protected, c^digest[i])
		}
	}
	check := sha1.Sum(append(javaPassword(password), key...))
	return seq(seq(oid(oidJKSProtection), tlv(tagNull)), tlv(tagOctetString, protected, check[:]))
}
