package certparse

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm3"
)

// builtCertificates are a leaf with its key in PKCS#8, and two CAs above it.
func builtCertificates(t testing.TB) (leaf, ca, root, key []byte) {
	t.Helper()
	ec, _ := testKeys()
	key, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	leaf = handmade{subject: cn("leaf"), issuer: cn("ca")}.der()
	ca = handmade{subject: cn("ca"), issuer: cn("root")}.der()
	root = handmade{subject: cn("root"), issuer: cn("root")}.der()
	return leaf, ca, root, key
}

var word = []byte("TEST ONLY wörd")

const (
	oidOfSHA1   = "1.3.14.3.2.26"
	oidOfSHA256 = "2.16.840.1.101.3.4.2.1"
	oidOfSM3    = "1.2.156.10197.1.401"
)

func TestPKCS12Built(t *testing.T) {
	leaf, ca, root, key := builtCertificates(t)
	bag := func(kind string, value []byte) []byte { return safeBag{kind: kind, value: value}.der() }
	leafBag := safeBag{"3", certBag(leaf), "the leaf", []byte{1}}.der()
	keyBag := safeBag{"1", key, "the key", []byte{1}}.der()
	all := safeOf(bag("3", certBag(root)), bag("3", certBag(ca)), leafBag, keyBag)
	nested := func(depth int, inner []byte) []byte {
		for range depth {
			inner = bag("6", seq(inner))
		}
		return inner
	}
	mac := func(contents ...[]byte) []byte {
		return pfxOf(macOf(oidOfSHA256, sha256.New, bmpPassword(word), 2048, contents...), contents...)
	}
	hmacSHA256 := "1.2.840.113549.2.9"
	prf := seq(oid(hmacSHA256))
	parameters := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	pbmac1 := func(size int, params []byte) []byte {
		// The key derivation has the iterations, the length and the function in line.
		m := pbmac1Of(hmacSHA256, sha256.New, word, size, params, all)
		return pfxOf(m, all)
	}
	enveloped := seq(oid("1.2.840.113549.1.7.3"), tlv(0xa0, seq(integer(0))))
	older := bmpPassword([]byte(latin1(word))) // What OpenSSL before 1.1 made of it.
	for _, test := range []struct {
		name     string
		data     []byte
		password []byte
		certs    string
		keys     int
		codes    string
	}{
		{"all", mac(all), word, "leaf ca root", 1, ""},
		{"all in BER", inPieces(mac(all), always), word, "leaf ca root", 1, ""},
		{"encrypted in BER", inPieces(mac(encryptedSafe(encryptSM(word, seq(leafBag, keyBag)))), always, contextTag(0)), word, "leaf", 1, ""},
		{"SM4 and SM3", func() []byte {
			c := encryptedSafe(encryptSM(word, seq(leafBag)))
			k := safeOf(safeBag{"2", encryptSM(word, key), "", []byte{1}}.der())
			return pfxOf(macOf(oidOfSM3, sm3.New, bmpPassword(word), 2048, c, k), c, k)
		}(), word, "leaf", 1, ""},
		{"scrypt", mac(encryptedSafe(encryptScrypt(word, seq(leafBag)))), word, "leaf", 0, ""},
		{"PBMAC1", pbmac1(32, parameters(uintOf(2048), uintOf(32), prf)), word, "leaf ca root", 1, ""},
		{"PBMAC1 with a wrong password", pbmac1(32, parameters(uintOf(2048), uintOf(32), prf)), []byte("x"), "leaf ca root", 1, "container-password-wrong"},
		{"PBMAC1 without the length of its key", pbmac1(32, parameters(uintOf(2048), prf)), word, "leaf ca root", 1, "container-malformed"},
		{"PBMAC1 with a short key", pbmac1(8, parameters(uintOf(2048), uintOf(8), prf)), word, "leaf ca root", 1, "container-malformed"},
		{"PBMAC1 that costs too much", pbmac1(32, parameters(uintOf(1<<30), uintOf(32), prf)), word, "leaf ca root", 1, "container-kdf-cost"},
		{"MAC that is not known", pfxOf(macOf("1.2.3.4", sha1.New, bmpPassword(word), 1, all), all), word, "leaf ca root", 1, "container-integrity-unchecked"},
		{"MAC with a digest that is too long", pfxOf(macOf(oidOfSHA1, sha256.New, bmpPassword(word), 1, all), all), word, "leaf ca root", 1, "container-malformed"},
		{"no password as two zero bytes", pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(nil), 10, all), all), nil, "leaf ca root", 1, ""},
		{"no password as nothing", pfxOf(macOf(oidOfSHA1, sha1.New, nil, 10, all), all), nil, "leaf ca root", 1, ""},
		{"empty password as nothing", pfxOf(macOf(oidOfSHA1, sha1.New, nil, 10, all), all), []byte{}, "leaf ca root", 1, ""},
		{"no MAC, encrypted under nothing", pfxOf(nil, encryptedSafe(encrypt3DES(nil, seq(leafBag, keyBag), 10))), []byte{}, "leaf", 1, "container-integrity-unchecked container-weak-encryption"},
		{"no MAC, key under nothing", pfxOf(nil, safeOf(leafBag, safeBag{"2", encrypt3DES(nil, key, 10), "", nil}.der())), nil, "leaf", 1, "container-integrity-unchecked private-key-weak-encryption"},
		{"the password as older software had it", pfxOf(macOf(oidOfSHA1, sha1.New, older, 10, all), all), word, "leaf ca root", 1, ""},
		{"key under the password as older software had it", pfxOf(nil, encryptedSafe(encrypt3DES(older, seq(leafBag, keyBag), 10))), word, "leaf", 1, "container-integrity-unchecked container-weak-encryption"},
		{"wrong password, nothing encrypted", mac(all), []byte("x"), "leaf ca root", 1, "container-password-wrong"},
		{"no password, nothing encrypted", mac(all), nil, "leaf ca root", 1, "container-integrity-unchecked"},
		{"nested", mac(safeOf(nested(maxContainerDepth-1, leafBag))), word, "leaf", 0, ""},
		{"nested too deep", mac(safeOf(leafBag, nested(maxContainerDepth, bag("3", certBag(ca))))), word, "leaf", 0, "container-malformed"},
		{"secret", mac(safeOf(bag("5", seq(oid("1.2.3"), tlv(0xa0, tlv(tagOctetString, word)))), leafBag)), word, "leaf", 0, "container-entry-skipped"},
		{"SDSI certificate", mac(safeOf(bag("3", seq(oid("1.2.840.113549.1.9.22.2"), tlv(0xa0, ia5("x")))), leafBag)), word, "leaf", 0, "container-entry-skipped"},
		{"unknown bag", mac(safeOf(bag("99", seq()), leafBag)), word, "leaf", 0, "container-entry-skipped"},
		{"enveloped contents", mac(enveloped, safeOf(leafBag)), word, "leaf", 0, "container-entry-skipped"},
		{"signed", seq(integer(3), seq(oid(oidOfSigned), tlv(0xa0, seq(integer(1), set(), dataContent(seq(all)), set())))), nil, "leaf ca root", 1, "container-integrity-unchecked"},
		{"enveloped", seq(integer(3), enveloped), nil, "", 0, "container-content-other"},
		{"a certificate that is none", mac(safeOf(bag("3", certBag(seq(integer(1)))), leafBag)), word, "leaf", 0, "der-malformed"},
		{"a CRL that is none", mac(safeOf(bag("4", crlBag(seq(integer(1)))), leafBag)), word, "leaf", 0, "container-malformed"},
		{"a key that is none", mac(safeOf(bag("1", seq(integer(1))), leafBag)), word, "leaf", 0, "private-key-malformed"},
		{"an encrypted key that is none", mac(safeOf(bag("2", seq(integer(1))), leafBag)), word, "leaf", 0, "container-malformed"},
		{"a bag that is none", mac(safeOf(leafBag, seq(integer(1)))), word, "leaf", 0, "container-malformed"},
		{"key of another certificate", mac(safeOf(safeBag{"3", certBag(typicalOther(t)), "", []byte{1}}.der(), keyBag)), word, "other", 1, "container-key-id-mismatch"},
	} {
		doc, c := opened(t, test.data, test.password)
		if got := keyCodes(doc.Findings); got != test.codes {
			t.Errorf("%s: found %s, want %s", test.name, got, test.codes)
		}
		if got := subjects(doc.Certificates()); got != test.certs || len(doc.PrivateKeys()) != test.keys {
			t.Errorf("%s: certificates %s, %d keys", test.name, got, len(doc.PrivateKeys()))
		}
		for _, k := range doc.PrivateKeys() {
			if !bytes.Equal(k.encoding(), encodingOf(t, key)) {
				t.Errorf("%s: another key", test.name)
			}
		}
		if strings.HasPrefix(test.name, "all") && (c.Entries[0].FriendlyName != "the leaf" || c.Entries[3].FriendlyName != "the key") {
			t.Errorf("%s: names %q %q", test.name, c.Entries[0].FriendlyName, c.Entries[3].FriendlyName)
		}
	}
}

func TestPKCS12WithRevocationList(t *testing.T) {
	leaf, _, _, _ := builtCertificates(t)
	algorithm := seq(oid("1.2.840.10045.4.3.2"))
	crl := seq(seq(algorithm, cn("ca"), tlv(tagUTCTime, []byte("260102030405Z"))), algorithm, tlv(tagBitString, bytesOf(0, 1)))
	safe := safeOf(safeBag{"4", crlBag(crl), "revoked", nil}.der(), safeBag{"3", certBag(leaf), "", nil}.der())
	doc, c := opened(t, pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, safe), safe), word)
	if len(doc.Findings) > 0 || c.Count(KindCRL) != 1 || len(c.Entries) != 2 {
		t.Fatalf("%s, %d entries", keyCodes(doc.Findings), len(c.Entries))
	}
	if e := c.Entries[1]; e.Kind != KindCRL || !bytes.Equal(e.DER, crl) || e.FriendlyName != "revoked" || !bytes.HasPrefix(e.PEM(), []byte("-----BEGIN X509 CRL-----")) {
		t.Errorf("%+v", e)
	}
}

// typicalOther is a certificate of another key.
func typicalOther(t testing.TB) []byte {
	_, rs := testKeys()
	der, err := x509.MarshalPKIXPublicKey(&rs.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf := handmade{subject: cn("other")}.der()
	c := mustParse(t, leaf)
	body := bytes.Replace(contentOf(c.RawTBSCertificate()), c.PublicKey().SPKI(), der, 1)
	return seq(seq(body), contentOf(leaf)[len(c.RawTBSCertificate()):])
}

// Several keys, each with its certificate, come out in pairs.
func TestPKCS12SeveralKeys(t *testing.T) {
	leaf, ca, _, key := builtCertificates(t)
	_, rs := testKeys()
	second, err := x509.MarshalPKCS8PrivateKey(rs)
	if err != nil {
		t.Fatal(err)
	}
	contents := safeOf(
		safeBag{"3", certBag(ca), "", nil}.der(), safeBag{"3", certBag(leaf), "one", []byte("1")}.der(),
		safeBag{"3", certBag(typicalOther(t)), "two", []byte("2")}.der(),
		safeBag{"1", second, "two", []byte("2")}.der(), safeBag{"1", key, "one", []byte("1")}.der())
	doc, c := opened(t, pfxOf(nil, contents), nil)
	var got []string
	for _, e := range c.Entries {
		got = append(got, e.FriendlyName+string(e.LocalKeyID))
	}
	if strings.Join(got, " ") != "two2 one1  two2 one1" || keyCodes(doc.Findings) != "container-integrity-unchecked" {
		t.Errorf("%q %s", got, keyCodes(doc.Findings))
	}
}

// No derivation of keys gets past the allowance of the input, however it is spread.
func TestContainerKDFCost(t *testing.T) {
	leaf, _, _, key := builtCertificates(t)
	plain := seq(safeBag{"3", certBag(leaf), "", nil}.der())
	half := uint64(maxKDFWork / 6) // One derivation makes three blocks.
	scryptBomb := func(n, r, p uint64) []byte {
		kdf := seq(oid("1.3.6.1.4.1.11591.4.11"), seq(tlv(tagOctetString, word), uintOf(n), uintOf(r), uintOf(p)))
		scheme := seq(oid("2.16.840.1.101.3.4.1.42"), tlv(tagOctetString, make([]byte, 16)))
		return seq(seq(oid("1.2.840.113549.1.5.13"), seq(kdf, scheme)), tlv(tagOctetString, make([]byte, 32)))
	}
	jceks := func(iterations uint64) []byte {
		return seq(seq(oid(oidJCEKSProtection), seq(tlv(tagOctetString, make([]byte, 8)), uintOf(iterations))), tlv(tagOctetString, make([]byte, 64)))
	}
	content := func(iterations uint64) []byte {
		return encryptedSafe(encrypt3DES(bmpPassword(word), plain, iterations))
	}
	encryptedKey := func(iterations uint64) []byte {
		return safeBag{"2", encrypt3DES(bmpPassword(word), key, iterations), "", nil}.der()
	}
	for _, test := range []struct {
		name string
		data []byte
		code string
	}{
		{"MAC", pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1<<40, safeOf()), safeOf()), "container-kdf-cost"},
		{"contents", pfxOf(nil, content(1<<31-1)), "container-kdf-cost"},
		{"key", pfxOf(nil, safeOf(encryptedKey(1<<31-1))), "private-key-kdf-cost"},
		{"scrypt", pfxOf(nil, encryptedSafe(scryptBomb(1<<30, 8, 1))), "container-kdf-cost"},
		{"scrypt lanes", pfxOf(nil, encryptedSafe(scryptBomb(2, 1<<20, 1<<20))), "container-kdf-cost"},
		{"many", pfxOf(nil, content(half), content(half), content(half), content(half)), "container-kdf-cost"},
		{"MAC and key", pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1<<21-1, safeOf(encryptedKey(half))), safeOf(encryptedKey(half))), "container-kdf-cost"},
		{"many files", bytes.Repeat(appendPEM(nil, "PKCS12", nil, pfxOf(nil, content(half))), 4), "container-kdf-cost"},
		{"JCEKS", keystoreOf(magicJCEKS, word, keyAndChain("a", jceks(1<<40))), "private-key-kdf-cost"},
		{"many keys in JCEKS", keystoreOf(magicJCEKS, word, slices.Repeat([]func(*javaBuilder){keyAndChain("a", jceks(half))}, 20)...), "private-key-kdf-cost"},
		{"a long salt", pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, safeOf()), encryptedSafe(seq(seq(oid("1.2.840.113549.1.12.1.3"),
			seq(tlv(tagOctetString, make([]byte, maxSaltSize+1)), uintOf(1))), tlv(tagOctetString, make([]byte, 8))))), ""},
	} {
		start := time.Now()
		doc := Parse(test.data, Options{Password: word})
		took := time.Since(start)
		if test.code != "" && hasFinding(doc, finding.Code(test.code)) == nil {
			t.Errorf("%s: %s", test.name, keyCodes(doc.Findings))
		}
		if took > 10*time.Second {
			t.Errorf("%s took %v", test.name, took)
		}
	}
	// The allowance is one for the input: after a MAC that takes nearly all of it, a
	// key that would be affordable alone is not opened.
	safe := safeOf(encryptedKey(100))
	o := keyOpener{password: word, work: maxKDFWork - 2000}
	_, fs := o.unpack(&Block{Kind: KindPKCS12, DER: pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1990, safe), safe)}, finding.Where{})
	if keyCodes(fs) != "private-key-kdf-cost" || o.work > maxKDFWork {
		t.Errorf("%s, work %d", keyCodes(fs), o.work)
	}
}

func TestContainerEntries(t *testing.T) {
	leaf, _, _, _ := builtCertificates(t)
	signed := func(n int) []byte {
		certificates := bytes.Repeat(leaf, n)
		content := appendTLV(nil, 0xa0, certificates)
		body := appendTLV(nil, tagSequence, slices.Concat(integer(1), set(), seq(oid(oidOfData)), content, set()))
		return appendTLV(nil, tagSequence, append(oid(oidOfSigned), appendTLV(nil, 0xa0, body)...))
	}
	for n, codes := range map[int]string{maxContainerEntries: "", maxContainerEntries + 1: "container-too-many-entries"} {
		doc := Parse(signed(n), Options{})
		if len(doc.Certificates()) != maxContainerEntries || keyCodes(doc.Findings) != codes {
			t.Errorf("%d certificates: %d, %s", n, len(doc.Certificates()), keyCodes(doc.Findings))
		}
	}
	// The number is that of the input and not of each container in it.
	text := bytes.Repeat(appendPEM(nil, "PKCS7", nil, signed(maxContainerEntries/2+1)), 2)
	if doc := Parse(text, Options{}); len(doc.Certificates()) != maxContainerEntries || hasFinding(doc, "container-too-many-entries") == nil {
		t.Errorf("two containers: %d, %s", len(doc.Certificates()), keyCodes(doc.Findings))
	}
}

// GM/T 0010 has content types of its own, with the same structures under them.
func TestPKCS7OfGMT(t *testing.T) {
	leaf, ca, root, _ := builtCertificates(t)
	const gm = "1.2.156.10197.6.1.4.2."
	content := seq(integer(1), set(), seq(oid(gm+"1")), tlv(0xa0, root, leaf, ca, tlv(0xa1, integer(1))), tlv(0xa1, tlv(0xa1, oid("1.2.3"))), set())
	doc, c := opened(t, seq(oid(gm+"2"), tlv(0xa0, content)), nil)
	if subjects(doc.Certificates()) != "leaf ca root" || c.Format != "PKCS#7" || keyCodes(doc.Findings) != "container-entry-skipped container-entry-skipped" {
		t.Errorf("%s, %s", subjects(doc.Certificates()), keyCodes(doc.Findings))
	}
	for arc, name := range map[string]string{"1": "data", "3": "enveloped", "4": "signed and enveloped", "5": "encrypted", "6": "key agreement"} {
		doc := Parse(seq(oid(gm+arc), tlv(0xa0, content)), Options{})
		if f := hasFinding(doc, "container-content-other"); f == nil || !strings.Contains(f.Message, name) || len(doc.Certificates()) > 0 {
			t.Errorf("%s: %s", name, keyCodes(doc.Findings))
		}
	}
}

// Whatever is cut off or changed, there is either a finding or all of the contents.
func TestContainersCutOff(t *testing.T) {
	leaf, ca, _, key := builtCertificates(t)
	safe := safeOf(safeBag{"3", certBag(leaf), "name", []byte{1}}.der(), safeBag{"1", key, "", []byte{1}}.der())
	for name, data := range map[string][]byte{
		"PKCS#7":        seq(oid(oidOfSigned), tlv(0xa0, seq(integer(1), set(), seq(oid(oidOfData)), tlv(0xa0, leaf, ca), set()))),
		"PKCS#12":       pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, safe), safe),
		"PKCS#12 (BER)": inPieces(pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, safe), safe), always),
		"JKS":           keystoreOf(magicJKS, word, trusted("a", leaf), trusted("b", ca)),
		"JCEKS":         keystoreOf(magicJCEKS, word, secret("s"), trusted("a", leaf)),
	} {
		whole := Parse(data, Options{Password: word})
		if len(whole.Certificates()) == 0 {
			t.Fatalf("%s: %s", name, keyCodes(whole.Findings))
		}
		for n := 5; n < len(data); n++ {
			doc := Parse(data[:n], Options{Password: word})
			if len(doc.Findings) == 0 {
				t.Fatalf("%s, %d of %d bytes: nothing found", name, n, len(data))
			}
		}
		for i := range data {
			changed := bytes.Clone(data)
			changed[i] ^= 0x55
			Parse(changed, Options{Password: word}) // It must come back.
		}
	}
}

func TestKeystoreBuilt(t *testing.T) {
	leaf, ca, root, _ := builtCertificates(t)
	for _, test := range []struct {
		name  string
		data  []byte
		certs string
		codes string
	}{
		{"certificates", keystoreOf(magicJKS, word, trusted("a", leaf), trusted("b", ca)), "leaf ca", ""},
		{"secret key in front", keystoreOf(magicJCEKS, word, secret("s"), trusted("a", leaf), secret("t"), trusted("b", root)), "leaf root", "container-entry-skipped"},
		{"PGP certificate", keystoreOf(magicJKS, word, func(b *javaBuilder) {
			b.numbers(uint32(keystoreCertificate))
			b.text("p")
			b.numbers(uint64(1))
			b.certificate("PGP", leaf)
		}, trusted("a", leaf)), "leaf", "container-entry-skipped"},
		{"unknown entry", keystoreOf(magicJKS, word, trusted("a", leaf), func(b *javaBuilder) { b.numbers(uint32(9), uint16(0), uint64(0)) }), "leaf", "container-malformed"},
		{"another version", bytes.Replace(keystoreOf(magicJKS, word), []byte{0, 0, 0, 2}, []byte{0, 0, 0, 3}, 1), "", "container-malformed"},
		{"something after it", append(keystoreOf(magicJKS, word, trusted("a", leaf)), 0), "leaf", "container-malformed"},
		{"object that is none", keystoreOf(magicJCEKS, word, func(b *javaBuilder) { b.numbers(uint32(3), uint16(0), uint64(0), uint64(0)) }, trusted("a", leaf)), "", "container-entry-skipped container-malformed"},
	} {
		doc, c := opened(t, test.data, word)
		if subjects(doc.Certificates()) != test.certs || keyCodes(doc.Findings) != test.codes {
			t.Errorf("%s: %s, %s", test.name, subjects(doc.Certificates()), keyCodes(doc.Findings))
		}
		if test.name == "certificates" && (c.Entries[0].FriendlyName != "a" || c.Integrity != "SHA-1") {
			t.Errorf("%+v", c)
		}
	}
	if got := javaText([]byte("a\xc0\x80\xed\xa0\xbd\xed\xb8\x80\xff")); got != "a\x00\U0001f600\ufffd" {
		t.Errorf("%q", got)
	}
}

// What a file announces costs nothing: neither numbers of entries nor lengths, nor
// classes that contain themselves.
func TestKeystoreAnnounces(t *testing.T) {
	leaf, _, _, _ := builtCertificates(t)
	huge := func(write func(b *javaBuilder)) []byte {
		var b javaBuilder
		b.WriteString(magicJCEKS)
		b.numbers(uint32(2), uint32(1<<32-1))
		write(&b)
		b.Write(make([]byte, 100))
		return b.Bytes()
	}
	object := func(write func(b *javaBuilder)) []byte {
		return huge(func(b *javaBuilder) {
			b.numbers(uint32(keystoreSecret), uint16(0), uint64(0), uint32(0xaced0005))
			write(b)
		})
	}
	class := func(b *javaBuilder, name string, flags byte, fields string) {
		b.numbers(byte(javaClass))
		b.text(name)
		b.numbers(uint64(0), flags, uint16(len(fields)))
		for _, kind := range []byte(fields) {
			b.numbers(kind)
			b.text("f")
			if kind == 'L' {
				b.numbers(byte(javaNull))
			}
		}
		b.numbers(byte(javaEndBlock))
	}
	inputs := [][]byte{
		huge(trusted("a", leaf)),
		huge(func(b *javaBuilder) { b.numbers(uint32(keystoreCertificate), uint16(0xffff)) }),
		huge(func(b *javaBuilder) { b.numbers(uint32(keystoreKey), uint16(0), uint64(0), uint32(1<<32-1)) }),
		huge(func(b *javaBuilder) { b.numbers(uint32(keystoreKey), uint16(0), uint64(0), uint32(0), uint32(1<<32-1)) }),
		object(func(b *javaBuilder) { // An array of 4 GB.
			b.numbers(byte(javaArray))
			class(b, "[B", javaSerializable, "")
			b.numbers(byte(javaNull), uint32(1<<32-1))
		}),
		object(func(b *javaBuilder) { // A class that is its own superclass.
			b.numbers(byte(javaObject))
			class(b, "A", javaSerializable, "")
			b.numbers(byte(javaReference), uint32(0x7e0000))
		}),
		object(func(b *javaBuilder) { // A field that has objects of its own class.
			b.numbers(byte(javaObject))
			class(b, "A", javaSerializable, strings.Repeat("L", maxJavaFields))
			b.numbers(byte(javaNull))
			for range 2000 {
				b.numbers(byte(javaObject), byte(javaReference), uint32(0x7e0000))
			}
		}),
		object(func(b *javaBuilder) { b.Write(bytes.Repeat([]byte{javaObject, javaClass, 0, 0}, 5000)) }),
	}
	for i, data := range inputs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		doc := Parse(data, Options{Password: word})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if hasFinding(doc, "container-malformed") == nil {
			t.Errorf("%d: %s", i, keyCodes(doc.Findings))
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 || took > 10*time.Second {
			t.Errorf("%d: %d bytes of memory, %v", i, grown, took)
		}
	}
}
