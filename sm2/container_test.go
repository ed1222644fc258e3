package sm2

import (
	"bytes"
	"crypto/rand"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"

	"github.com/emmansun/gmsm/cfca"
	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// pairKeys are a signing and an encryption key with their certificates.
func pairKeys(t testing.TB) (signing, key *gmsm.PrivateKey, signCert, keyCert []byte) {
	t.Helper()
	signing, key = sm2KeyA().(*gmsm.PrivateKey), sm2KeyB().(*gmsm.PrivateKey)
	return signing, key, issueDER(t, spec{key: signing, usage: signUsage, serial: 1}), issueDER(t, spec{key: key, usage: encUsage, serial: 2})
}

func pkcs8Of(t testing.TB, key *certparse.PrivateKey) []byte {
	t.Helper()
	if key == nil {
		return nil
	}
	der, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestOpenContainer(t *testing.T) {
	signing, key, signCert, keyCert := pairKeys(t)
	signingKey, want := privateKey(t, signing), pkcs8Of(t, privateKey(t, key))
	for _, s := range samples(t, signing, key, signCert, keyCert) {
		t.Run(s.container.String()+"/"+s.name, func(t *testing.T) {
			if got := RecognizeContainer(s.data); got != s.container {
				t.Fatalf("recognized as %q", got)
			}
			opener := signingKey
			if s.container == CFCAKeyPair {
				opener = nil
			}
			data := bytes.Clone(s.data)
			opened, fs := OpenContainer(s.data, s.password, opener, finding.Where{Input: "private_key"})
			wantCodes := []finding.Code{"container-sm2"}
			if s.form {
				wantCodes = append(wantCodes, "container-key-form")
			}
			if got := codes(fs); !slices.Equal(got, wantCodes) {
				t.Errorf("findings %v, want %v", fs, wantCodes)
			}
			if !bytes.Equal(pkcs8Of(t, opened.Key), want) {
				t.Error("the key is not the one that was put in")
			}
			if (opened.Certificate != nil) != s.cert || s.cert && !bytes.Equal(opened.Certificate.Raw(), keyCert) {
				t.Error("the certificate of the key is wrong")
			}
			if !bytes.Equal(data, s.data) {
				t.Error("the input was changed")
			}

			// Without the means to open it, it stays shut and says what is missing.
			missing := finding.Code("container-signing-key-missing")
			if s.container == CFCAKeyPair {
				missing = "private-key-encrypted"
			}
			opened, fs = OpenContainer(s.data, nil, nil, finding.Where{})
			if got := codes(fs); !slices.Equal(got, []finding.Code{"container-sm2", missing}) || opened.Key != nil {
				t.Errorf("without key and password: %v", got)
			}
			// With wrong means as well.
			wrong := finding.Code("container-signing-key-wrong")
			if s.container == CFCAKeyPair {
				wrong = "private-key-password-wrong"
			}
			for _, other := range []*certparse.PrivateKey{privateKey(t, sm2KeyC()), privateKey(t, rsaKeyA()), privateKey(t, eccKeyA())} {
				opened, fs = OpenContainer(s.data, []byte("wrong"), other, finding.Where{})
				if got := codes(fs); !slices.Equal(got, []finding.Code{"container-sm2", wrong}) || opened.Key != nil {
					t.Errorf("with a wrong %s key: %v", other.Public().Name(), got)
				}
			}
		})
	}
}

// TestOpenContainerAgreesWithGMSM opens what gmsm opens, and refuses or opens what
// gmsm refuses.
func TestOpenContainerAgreesWithGMSM(t *testing.T) {
	signing, key, signCert, keyCert := pairKeys(t)
	refused := 0
	for _, s := range samples(t, signing, key, signCert, keyCert) {
		der, _ := recognize(s.data)
		var theirs *gmsm.PrivateKey
		switch {
		case s.container == EnvelopedKey:
			theirs, _ = gmsm.ParseEnvelopedPrivateKey(signing, der)
		case s.container == CSRResponse:
			if r, err := smx509.ParseCSRResponse(signing, der); err == nil {
				theirs = r.EncryptPrivateKey
			}
		case s.container == CFCAKeyPair:
			theirs, _, _ = cfca.ParseSM2(s.password, der)
		default:
			continue
		}
		if theirs == nil {
			refused++
		} else if !theirs.Equal(key) {
			t.Errorf("%s: gmsm reads another key", s.name)
		}
	}
	if refused < 10 {
		t.Errorf("gmsm refuses only %d of the unusual forms; are they in the samples?", refused)
	}
}

func TestContainerFaults(t *testing.T) {
	signing, key, signCert, keyCert := pairKeys(t)
	signingKey := privateKey(t, signing)
	scalar := scalarOf(key)
	ecb := algorithm(oidSM4ECB, []byte{5, 0})
	encrypted := encryptECB(t, scalar)
	wrapped := encryptFor(t, signing, sm4Key)
	point := bits(0, pointOf(key))
	enveloped := envelopedBy(t, signing, key, ecb, encrypted)
	other := sm2KeyC().(*gmsm.PrivateKey)
	smKey, err := smx509.ParseCertificate(keyCert)
	if err != nil {
		t.Fatal(err)
	}
	cfcaOther, err := cfca.MarshalSM2(cfcaPassword, other, smKey)
	if err != nil {
		t.Fatal(err)
	}
	cfcaZeros, err := cfca.EncryptBySM4CBC(make([]byte, 32), cfcaPassword)
	if err != nil {
		t.Fatal(err)
	}
	signSet := appendElement(nil, 0x31, signCert)
	offCurvePoint := pointOf(key)
	offCurvePoint[64] ^= 1
	cfcaFile := func(cipher string, ciphertext, cert []byte) []byte {
		data := appendElement(nil, 0x06, []byte(oidSM2Data))
		return sequence([]byte{2, 1, 1}, sequence(data, appendElement(nil, 0x06, []byte(cipher)), octets(ciphertext)), sequence(data, octets(cert)))
	}
	content := appendElement(nil, 0x80, encrypted)
	message := func(alg, content []byte) []byte { return envelopedMessage(oidEnvelopedData, wrapped, alg, content) }
	blob := envelopedBlob(t, signing, key, 0x401, append(make([]byte, 32), encrypted...))
	blobWith := func(offset int, value byte) []byte {
		b := bytes.Clone(blob)
		b[offset] = value
		return b
	}
	set := func(parts ...[]byte) []byte { return appendElement(nil, 0x31, slices.Concat(parts...)) }

	for _, c := range []struct {
		name string
		data []byte
		want finding.Code
	}{
		{"SM1", sequence(algorithm(oidSM1+"\x01", nil), wrapped, point, bits(0, encrypted)), "container-cipher-unsupported"},
		{"SSF33", sequence(algorithm(oidSSF33, nil), wrapped, point, bits(0, encrypted)), "container-cipher-unsupported"},
		{"AES", sequence(algorithm("\x60\x86\x48\x01\x65\x03\x04\x01\x02", octets(testIV)), wrapped, point, bits(0, encrypted)), "container-cipher-unsupported"},
		{"key of another public key", envelopedBy(t, signing, other, ecb, encrypted), "private-key-inconsistent"},
		{"public key not on the curve", sequence(ecb, wrapped, bits(0, offCurvePoint), bits(0, encrypted)), "container-malformed"},
		{"public key of a strange size", sequence(ecb, wrapped, bits(0, make([]byte, 40)), bits(0, encrypted)), "container-malformed"},
		{"nothing encrypted", sequence(ecb, wrapped, point, bits(0, nil)), "container-malformed"},
		{"no key inside", sequence(ecb, wrapped, point, bits(0, encryptECB(t, make([]byte, 32)))), "container-malformed"},
		{"one block inside", sequence(ecb, wrapped, point, bits(0, encrypted[:16])), "container-malformed"},
		{"cipher key of a wrong size", sequence(ecb, encryptFor(t, signing, sm4Key[:15]), point, bits(0, encrypted)), "container-malformed"},
		{"SM2 ciphertext damaged", sequence(ecb, sequence([]byte{2, 1, 1}, []byte{2, 1, 1}, octets(make([]byte, 32)), octets(make([]byte, 16))), point, bits(0, encrypted)), "container-signing-key-wrong"},
		{"SM2 ciphertext with huge numbers", sequence(ecb, sequence(appendElement(nil, 2, bytes.Repeat([]byte{1}, 40)), []byte{2, 1, 1}, octets(make([]byte, 32)), octets(make([]byte, 16))), point, bits(0, encrypted)), "container-signing-key-wrong"},
		{"SM2 ciphertext with nothing", sequence(ecb, sequence([]byte{2, 1, 1}, []byte{2, 1, 1}, octets(make([]byte, 32)), octets(nil)), point, bits(0, encrypted)), "container-signing-key-wrong"},
		{"a number that is too long", sequence(ecb, wrapped, point, bits(0, encryptECB(t, pkcs7Padded(integer(bytes.Repeat([]byte{1}, 40)))))), "container-malformed"},
		{"SM2 ciphertext empty", sequence(ecb, sequence(), point, bits(0, encrypted)), "container-signing-key-wrong"},
		{"SM2 ciphertext without content", sequence(ecb, octets(make([]byte, 96)), point, bits(0, encrypted)), "container-signing-key-wrong"},

		{"blob with SM1", blobWith(5, 1), "container-cipher-unsupported"},
		{"blob with another mode", blobWith(4, 8), "container-cipher-unsupported"},
		{"blob with a damaged point", blobWith(blobPoint+63, blob[blobPoint+63]^1), "container-malformed"},
		{"blob with a damaged hash", blobWith(blobHash, blob[blobHash]^1), "container-signing-key-wrong"},

		{"message with SM1", message(algorithm(oidSM1, nil), content), "container-cipher-unsupported"},
		{"message without content", message(ecb, nil), "container-malformed"},
		{"message with empty content", message(ecb, appendElement(nil, 0x80, nil)), "container-malformed"},
		{"message without cipher", message(nil, nil), "container-malformed"},
		{"message with strange parts", message(ecb, appendElement(nil, 0xa0, []byte{5, 0})), "container-malformed"},
		{"message with a partial block", message(ecb, appendElement(nil, 0x80, encrypted[:31])), "container-malformed"},
		{"message without a key", message(ecb, appendElement(nil, 0x80, encryptECB(t, []byte("nothing of use..")))), "container-malformed"},
		{"message with PEM without a key", message(ecb, appendElement(nil, 0x80, encryptECB(t, pkcs7Padded(pemOf("CERTIFICATE", keyCert))))), "container-malformed"},
		{"message with one byte", message(ecb, appendElement(nil, 0x80, encryptECB(t, pkcs7Padded([]byte{16})))), "container-malformed"},
		{"message with something behind the key", message(ecb, appendElement(nil, 0x80, encryptECB(t, pkcs7Padded(append(integer(scalar), "??"...))))), "container-malformed"},
		{"message with an RSA key", message(ecb, appendElement(nil, 0x80, encryptECB(t, pkcs7Padded(smx509.MarshalPKCS1PrivateKey(rsaPrivate()))))), "container-malformed"},
		{"message without recipients", sequence(appendElement(nil, 0x06, []byte(oidEnvelopedData)), appendElement(nil, 0xa0, sequence([]byte{2, 1, 1}, set(), sequence(appendElement(nil, 0x06, []byte(oidSM2Data)), ecb, content)))), "container-malformed"},
		{"message with broken recipients", sequence(appendElement(nil, 0x06, []byte(oidEnvelopedData)), appendElement(nil, 0xa0, sequence([]byte{2, 1, 1}, set([]byte{5, 0}), sequence(appendElement(nil, 0x06, []byte(oidSM2Data)), ecb, content)))), "container-malformed"},
		{"message for very many", sequence(appendElement(nil, 0x06, []byte(oidEnvelopedData)), appendElement(nil, 0xa0, sequence([]byte{2, 1, 1},
			set(bytes.Repeat(recipient(encryptFor(t, other, sm4Key)), maxRecipients), recipient(wrapped)), sequence(appendElement(nil, 0x06, []byte(oidSM2Data)), ecb, content)))), "container-signing-key-wrong"},
		{"message with nothing", sequence(appendElement(nil, 0x06, []byte(oidEnvelopedData)), appendElement(nil, 0xa0, sequence())), "container-malformed"},

		{"response with a key of no certificate", sequence(signSet, appendElement(nil, 0xa0, enveloped)), "key-mismatch"},
		{"response with a broken key", sequence(signSet, appendElement(nil, 0xa0, sequence())), "container-malformed"},
		{"response with half a key", sequence(signSet, append([]byte{0xa0}, enveloped[1:20]...)), "container-malformed"},
		{"response with broken certificates", sequence(signSet, appendElement(nil, 0xa1, []byte{5, 0})), "container-malformed"},
		{"response with something else", sequence(signSet, []byte{5, 0}), "container-malformed"},
		{"response with a broken certificate", sequence(signSet, appendElement(nil, 0xa1, sequence())), "container-malformed"},
		{"response with very many certificates", sequence(set(bytes.Repeat(signCert, maxContainerCertificates+1))), "container-malformed"},

		{"CFCA with another cipher", cfcaFile(oidSM1, encrypted, keyCert), "container-cipher-unsupported"},
		{"CFCA with a partial block", cfcaFile(oidSM4, encrypted[:31], keyCert), "container-malformed"},
		{"CFCA with nothing", cfcaFile(oidSM4, nil, keyCert), "container-malformed"},
		{"CFCA with a number that is no key", cfcaFile(oidSM4, cfcaZeros, keyCert), "container-malformed"},
		{"CFCA with a broken certificate", cfcaFile(oidSM4, encrypted, keyCert[:40]), "container-malformed"},
		{"CFCA with a key of another certificate", cfcaOther, "key-mismatch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			opened, fs := OpenContainer(c.data, cfcaPassword, signingKey, finding.Where{})
			if got := codes(fs); !slices.Equal(got, []finding.Code{"container-sm2", c.want}) {
				t.Errorf("got %v (%s), want %s", got, opened.Container, c.want)
			}
			if opened.Key != nil && c.want != "key-mismatch" {
				t.Error("there is a key all the same")
			}
		})
	}
}

// TestResponseWithoutSigningCertificates has the input on which gmsm panics.
func TestResponseWithoutSigningCertificates(t *testing.T) {
	signing, key, _, keyCert := pairKeys(t)
	enveloped, err := gmsm.MarshalEnvelopedPrivateKey(rand.Reader, &signing.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	data := sequence([]byte{0x31, 0}, appendElement(nil, 0xa0, enveloped), appendElement(nil, 0xa1, keyCert))
	opened, fs := OpenContainer(data, nil, privateKey(t, signing), finding.Where{})
	if got := codes(fs); !slices.Equal(got, []finding.Code{"container-sm2", "container-malformed"}) || opened.Certificate == nil {
		t.Errorf("%v, %+v", got, opened)
	}
}

// TestBitStringWithoutZeros has keys whose encryption, or whose public key, ends
// with zeros that the encoder dropped.
func TestBitStringWithoutZeros(t *testing.T) {
	signing, _, _, _ := pairKeys(t)
	signingKey := privateKey(t, signing)
	open := func(key *gmsm.PrivateKey) {
		t.Helper()
		dropped := func(b []byte) []byte {
			short := bytes.TrimRight(b, "\x00")
			unused := byte(0)
			for short[len(short)-1]>>unused&1 == 0 {
				unused++
			}
			return bits(unused, short)
		}
		data := sequence(algorithm(oidSM4ECB, nil), encryptFor(t, signing, sm4Key), dropped(pointOf(key)), dropped(encryptECB(t, scalarOf(key))))
		opened, fs := OpenContainer(data, nil, signingKey, finding.Where{})
		if !bytes.Equal(pkcs8Of(t, opened.Key), pkcs8Of(t, privateKey(t, key))) {
			t.Fatalf("not opened: %v", codes(fs))
		}
	}
	// The public key of this number ends with two zeros. TEST ONLY.
	key, err := gmsm.NewPrivateKeyFromInt(big.NewInt(11646))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(pointOf(key), []byte{0, 0}) {
		t.Fatal("the point does not end with zeros")
	}
	open(key)
	// One zero: of the public key, and of the encryption.
	found := map[bool]bool{}
	for n := int64(1); len(found) < 2 && n < 10000; n++ {
		if key, err = gmsm.NewPrivateKeyFromInt(big.NewInt(n)); err != nil {
			t.Fatal(err)
		}
		onePoint, oneCipher := pointOf(key)[64] == 0, encryptECB(t, scalarOf(key))[31] == 0
		if onePoint || oneCipher {
			found[onePoint] = true
			open(key)
		}
	}
	if len(found) < 2 {
		t.Fatal("no key with a zero at the end was found")
	}
}

// TestUnpaddedNumber has a number that is encrypted without padding and ends as if
// it were padded.
func TestUnpaddedNumber(t *testing.T) {
	signing, _, _, _ := pairKeys(t)
	key, err := gmsm.NewPrivateKey(append(bytes.Repeat([]byte{0x5a}, 30), 2, 2))
	if err != nil {
		t.Fatal(err)
	}
	data := envelopedMessage(oidEnvelopedData, encryptFor(t, signing, sm4Key), algorithm(oidSM4ECB, nil), appendElement(nil, 0x80, encryptECB(t, scalarOf(key))))
	opened, fs := OpenContainer(data, nil, privateKey(t, signing), finding.Where{})
	if !bytes.Equal(pkcs8Of(t, opened.Key), pkcs8Of(t, privateKey(t, key))) || len(fs) != 1 {
		t.Errorf("not opened, or as another key: %v", codes(fs))
	}
}

// TestPasswordThatUnpads has wrong passwords that leave valid padding by chance.
func TestPasswordThatUnpads(t *testing.T) {
	_, key, _, keyCert := pairKeys(t)
	cert, err := smx509.ParseCertificate(keyCert)
	if err != nil {
		t.Fatal(err)
	}
	data, err := cfca.MarshalSM2(cfcaPassword, key, cert)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := readCFCA(data)
	found := 0
	for i := 0; found < 3; i++ {
		password := []byte{byte(i), byte(i >> 8), 'x'}
		if _, err := cfca.DecryptBySM4CBC(p.ciphertext, password); err != nil {
			continue
		}
		found++
		opened, fs := OpenContainer(data, password, nil, finding.Where{})
		if got := codes(fs); opened.Key != nil || !slices.Equal(got, []finding.Code{"container-sm2", "private-key-password-wrong"}) {
			t.Errorf("got %v", got)
		}
	}
}

func TestUnpad(t *testing.T) {
	for _, bad := range [][]byte{nil, {0}, {2}, {3, 2}, {17}, bytes.Repeat([]byte{17}, 17), {1, 2, 3, 3}} {
		if b, ok := unpad(bad); ok {
			t.Errorf("%x becomes %x", bad, b)
		}
	}
	if b, ok := unpad([]byte{9, 9, 2, 2}); !ok || !bytes.Equal(b, []byte{9, 9}) {
		t.Errorf("%x", b)
	}
}

func TestBERToDER(t *testing.T) {
	for name, ber := range map[string][]byte{
		"nothing": nil, "half an element": {0x30}, "a length that is cut off": {0x30, 0x82, 1}, "a length of five octets": {0x30, 0x85, 0, 0, 0, 0, 0},
		"more than there is": {0x04, 5, 1}, "something behind": {5, 0, 5}, "a tag of two octets": {0x1f, 0x20, 0},
		"a primitive element without length": {0x04, 0x80, 0, 0}, "no end": {0x30, 0x80, 5, 0}, "a broken child": {0x30, 2, 4, 9},
		"very deep": append(bytes.Repeat([]byte{0x30, 0x80}, 100), make([]byte, 200)...),
	} {
		if der := berToDER(ber); der != nil {
			t.Errorf("%s: %x", name, der)
		}
	}
	for _, c := range [][2][]byte{
		{{0x30, 0x80, 2, 1, 1, 0, 0}, {0x30, 3, 2, 1, 1}},
		{{0x30, 0x81, 3, 2, 1, 1}, {0x30, 3, 2, 1, 1}},
		{{0xa0, 0x80, 0x30, 0x80, 0, 0, 0, 0}, {0xa0, 2, 0x30, 0}},
		{append([]byte{4, 0x83, 0, 0, 200}, make([]byte, 200)...), octets(make([]byte, 200))},
	} {
		if der := berToDER(c[0]); !bytes.Equal(der, c[1]) {
			t.Errorf("%x becomes %x", c[0], der)
		}
	}
}

// TestShortScalars has keys with zeros in front, which some software leaves out
// and some takes for a sign.
func TestShortScalars(t *testing.T) {
	signing, _, signCert, _ := pairKeys(t)
	signingKey := privateKey(t, signing)
	short, err := gmsm.NewPrivateKey(append(make([]byte, 3), bytes.Repeat([]byte{0x5a}, 29)...))
	if err != nil {
		t.Fatal(err)
	}
	cert := issueDER(t, spec{key: short, usage: encUsage, serial: 3})
	want := pkcs8Of(t, privateKey(t, short))
	for _, s := range samples(t, signing, short, signCert, cert) {
		opened, fs := OpenContainer(s.data, s.password, signingKey, finding.Where{})
		if !bytes.Equal(pkcs8Of(t, opened.Key), want) {
			t.Errorf("%s %s: %v", s.container, s.name, codes(fs))
		}
	}
	curve := appendElement(nil, 0xa0, appendElement(nil, 0x06, []byte("\x2a\x81\x1c\xcf\x55\x01\x82\x2d")))
	for name, der := range map[string][]byte{
		"SEC1 without zeros":   sequence([]byte{2, 1, 1}, octets(scalarOf(short)[3:]), curve),
		"SEC1 with more zeros": sequence([]byte{2, 1, 1}, octets(append([]byte{0}, scalarOf(short)...)), curve),
	} {
		if k, fs := certparse.ParsePrivateKey(der, nil); !bytes.Equal(pkcs8Of(t, k), want) {
			t.Errorf("%s: %v", name, codes(fs))
		}
	}
	ecb := algorithm(oidSM4ECB, nil)
	for name, plain := range map[string][]byte{
		"without zeros": pkcs7Padded(scalarOf(short)[3:]),
		"integer":       pkcs7Padded(integer(scalarOf(short))),
		"long integer":  pkcs7Padded(append([]byte{2, 33, 0}, scalarOf(short)...)),
	} {
		opened, fs := OpenContainer(envelopedBy(t, signing, short, ecb, encryptECB(t, plain)), nil, signingKey, finding.Where{})
		if !bytes.Equal(pkcs8Of(t, opened.Key), want) {
			t.Errorf("%s: %v", name, codes(fs))
		}
	}
}

// TestNoContainer has things that must not be taken for a container.
func TestNoContainer(t *testing.T) {
	signing, key, signCert, _ := pairKeys(t)
	pkcs8DER, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := smx509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	csr, err := smx509.CreateCertificateRequest(rand.Reader, &smx509.CertificateRequest{}, signing)
	if err != nil {
		t.Fatal(err)
	}
	enveloped, err := gmsm.MarshalEnvelopedPrivateKey(rand.Reader, &signing.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := asn1.Marshal([]int{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "certificate": signCert, "certificate PEM": pemOf("CERTIFICATE", signCert),
		"PKCS#8": pkcs8DER, "public key": spki, "request": csr, "numbers": raw, "PKCS#1": smx509.MarshalPKCS1PrivateKey(rsaPrivate()),
		"zeros": make([]byte, 400), "a container in much more": append(enveloped, make([]byte, maxContainerSize)...), "half an OID": sequence([]byte{6, 20, 1}),
		"a cipher and nothing": sequence(algorithm(oidSM4ECB, nil), []byte{5, 0}), "a cipher and a sequence": sequence(algorithm(oidSM4ECB, nil), sequence()), "empty PEM": []byte("-----BEGIN X-----\n-----END X-----\n"),
	} {
		opened, fs := OpenContainer(data, nil, nil, finding.Where{})
		if opened == nil || opened.Container != NoContainer || len(fs) > 0 || opened.Container.String() != "" {
			t.Errorf("%s: %+v %v", name, opened, fs)
		}
	}
	blob := envelopedBlob(t, signing, key, 0x401, make([]byte, 64))
	for filling, want := range map[int]Container{0: EnvelopedKeyBlob, 3: EnvelopedKeyBlob, 4: NoContainer} {
		if got := RecognizeContainer(append(bytes.Clone(blob), make([]byte, filling)...)); got != want {
			t.Errorf("structure with %d more bytes: %q", filling, got)
		}
	}
	if got := RecognizeContainer(blob[:len(blob)-1]); got != NoContainer {
		t.Errorf("structure that is cut off: %q", got)
	}
	if Container(200).String() != "" {
		t.Error("a container that does not exist has a name")
	}
}
