package sm2

import (
	"bytes"
	"crypto/rand"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	gmpkcs "github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs8"
	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// TestMatrix opens the keys of a pair in every form that OpenSSL, gmsm and CAs
// write, encrypted and not, and looks whether each finds its certificate and
// comes out as the same key.

var matrixPassword = []byte("TEST ONLY matrix 42")

// written is a private key as a tool wrote it.
type written struct {
	name     string
	data     []byte
	password []byte
	// want are the codes of the findings of severity error.
	want []finding.Code
}

// openKey opens a key that is no container, as an upload would.
func openKey(t *testing.T, w written) *certparse.PrivateKey {
	t.Helper()
	doc := certparse.Parse(w.data, certparse.Options{Password: w.password})
	var errors []finding.Code
	for _, f := range doc.Findings {
		if f.Severity == finding.Error {
			errors = append(errors, f.Code)
		}
	}
	if !slices.Equal(errors, w.want) {
		t.Errorf("%s: errors %v, want %v", w.name, errors, w.want)
	}
	keys := doc.PrivateKeys()
	if len(keys) != 1 {
		t.Errorf("%s: %d keys, findings %v", w.name, len(keys), codes(doc.Findings))
		return nil
	}
	return keys[0]
}

// byGMSM writes a key with gmsm.
func byGMSM(t *testing.T, key *gmsm.PrivateKey) []written {
	t.Helper()
	ok := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sec1 := ok(smx509.MarshalSM2PrivateKey(key))
	plain := ok(smx509.MarshalPKCS8PrivateKey(key))
	legacy := func(c smx509.PEMCipher) []byte {
		block, err := smx509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", sec1, matrixPassword, c)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(block)
	}
	pbes2 := func(cipher gmpkcs.Cipher, hash gmpkcs.Hash) []byte {
		return pemOf("ENCRYPTED PRIVATE KEY", ok(pkcs8.MarshalPrivateKey(key, matrixPassword, &pkcs8.Opts{
			Cipher: cipher, KDFOpts: gmpkcs.PBKDF2Opts{SaltSize: 16, IterationCount: 2048, HMACHash: hash},
		})))
	}
	curve := ok(asn1.Marshal(asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}))
	scalar := scalarOf(key)
	params := appendElement(nil, 0xa0, curve)
	public := appendElement(nil, 0xa1, bits(0, pointOf(key)))
	one, zero := []byte{2, 1, 1}, []byte{2, 1, 0}
	ecSM2 := algorithm("\x2a\x86\x48\xce\x3d\x02\x01", curve)
	sm2Alone, sm2Null := algorithm("\x2a\x81\x1c\xcf\x55\x01\x82\x2d", nil), algorithm("\x2a\x81\x1c\xcf\x55\x01\x82\x2d", []byte{5, 0})
	sm2Curve := algorithm("\x2a\x81\x1c\xcf\x55\x01\x82\x2d", curve)
	padded := octets(append([]byte{0, 0}, scalar...))
	blocks := func(parts ...[]byte) []byte { return slices.Concat(parts...) }
	inPKCS8 := func(alg []byte, inner ...[]byte) []byte {
		return pemOf("PRIVATE KEY", sequence(zero, alg, octets(sequence(inner...))))
	}
	return []written{
		{name: "SEC1", data: pemOf("EC PRIVATE KEY", sec1)},
		{name: "SEC1 labelled SM2", data: pemOf("SM2 PRIVATE KEY", sec1)},
		{name: "SEC1 DER", data: sec1},
		{name: "SEC1 base64", data: []byte(base64.StdEncoding.EncodeToString(sec1)), want: []finding.Code{"pem-armor-missing"}},
		{name: "SEC1 after EC PARAMETERS", data: blocks(pemOf("EC PARAMETERS", curve), pemOf("EC PRIVATE KEY", sec1))},
		{name: "SEC1 after SM2 PARAMETERS", data: blocks(pemOf("SM2 PARAMETERS", curve), pemOf("EC PRIVATE KEY", sec1))},
		{name: "SEC1 without public key", data: pemOf("EC PRIVATE KEY", sequence(one, octets(scalar), params))},
		{name: "SEC1 with zeros in front", data: pemOf("EC PRIVATE KEY", sequence(one, padded, params, public))},
		{name: "PKCS#8", data: pemOf("PRIVATE KEY", plain)},
		{name: "PKCS#8 DER", data: plain},
		{name: "PKCS#8 base64", data: inLines(base64.StdEncoding.EncodeToString(plain)), want: []finding.Code{"pem-armor-missing"}},
		{name: "PKCS#8 without curve inside", data: inPKCS8(ecSM2, one, octets(scalar), public)},
		{name: "PKCS#8 without public key", data: inPKCS8(ecSM2, one, octets(scalar))},
		{name: "PKCS#8 with the algorithm SM2", data: inPKCS8(sm2Alone, one, octets(scalar), public)},
		{name: "PKCS#8 with the algorithm SM2 and NULL", data: inPKCS8(sm2Null, one, octets(scalar))},
		{name: "PKCS#8 with the algorithm SM2 and its curve", data: inPKCS8(sm2Curve, one, octets(scalar), public)},
		{name: "PKCS#8 with zeros in front", data: inPKCS8(ecSM2, one, padded, public)},
		{name: "DEK-Info AES", data: legacy(smx509.PEMCipherAES256), password: matrixPassword},
		{name: "DEK-Info SM4", data: legacy(smx509.PEMCipherSM4), password: matrixPassword},
		{name: "PBES2 SM4 HMAC-SM3", data: pbes2(gmpkcs.SM4CBC, gmpkcs.SM3), password: matrixPassword},
		{name: "PBES2 SM4 HMAC-SHA256", data: pbes2(gmpkcs.SM4CBC, gmpkcs.SHA256), password: matrixPassword},
		{name: "PBES2 AES HMAC-SM3", data: pbes2(gmpkcs.AES256CBC, gmpkcs.SM3), password: matrixPassword},
		{name: "PBES2 SM4-GCM", data: pbes2(gmpkcs.SM4GCM, gmpkcs.SM3), password: matrixPassword},
	}
}

// byOpenSSL has OpenSSL make a key and write it in its forms. The first one is
// plain PKCS#8.
func byOpenSSL(t *testing.T, o *openSSL) []written {
	t.Helper()
	o.write("password", append(slices.Clone(matrixPassword), '\n'))
	o.run("genpkey -algorithm SM2 -out plain.pem")
	list := []written{{name: "genpkey", data: o.read("plain.pem")}}
	add := func(name, arguments string, encrypted bool) {
		o.run(arguments + " -in plain.pem -out out")
		w := written{name: name, data: o.read("out")}
		if encrypted {
			w.password = matrixPassword
		}
		list = append(list, w)
	}
	add("pkey DER", "pkey -outform DER", false)
	add("ec", "ec", false)
	add("ec without public key", "ec -no_public", false)
	add("ec compressed", "ec -conv_form compressed", false)
	add("pkcs8", "pkcs8 -topk8 -nocrypt", false)
	add("pkcs8 AES", "pkcs8 -topk8 -v2 aes-256-cbc -passout file:password", true)
	add("pkcs8 SM4", "pkcs8 -topk8 -v2 sm4-cbc -passout file:password", true)
	add("pkcs8 scrypt", "pkcs8 -topk8 -scrypt -scrypt_N 1024 -passout file:password", true)
	add("pkcs8 3DES", "pkcs8 -topk8 -v2 des3 -passout file:password", true)
	add("pkcs8 DER", "pkcs8 -topk8 -v2 aes-128-cbc -outform DER -passout file:password", true)
	add("ec SM4", "ec -sm4 -passout file:password", true)
	add("ec AES", "ec -aes256 -passout file:password", true)
	o.run("ecparam -name SM2 -out params.pem")
	list = append(list, written{name: "ecparam and ec", data: append(o.read("params.pem"), list[3].data...)})
	return list
}

func TestMatrix(t *testing.T) {
	signing, encryption := sm2KeyA().(*gmsm.PrivateKey), sm2KeyB().(*gmsm.PrivateKey)
	for role, key := range []*gmsm.PrivateKey{signing, encryption} {
		t.Run("gmsm/"+roleNames[role], func(t *testing.T) {
			want := pkcs8Of(t, privateKey(t, key))
			for _, w := range byGMSM(t, key) {
				checkWritten(t, w, role, key, want)
			}
		})
		t.Run("containers/"+roleNames[role], func(t *testing.T) {
			// CAs hand out only encryption keys in this way, but nothing keeps a
			// signing key from standing in such a file.
			wrapper := sm2KeyC().(*gmsm.PrivateKey)
			usage := []smx509.KeyUsage{signUsage, encUsage}[role]
			keyCert := issueDER(t, spec{key: key, usage: usage, serial: 10})
			wrapperCert := issueDER(t, spec{key: wrapper, usage: signUsage, serial: 11})
			want := pkcs8Of(t, privateKey(t, key))
			for _, s := range samples(t, wrapper, key, wrapperCert, keyCert) {
				opened, fs := OpenContainer(s.data, s.password, privateKey(t, wrapper), finding.Where{})
				if opened.Key == nil {
					t.Errorf("%s %s: %v", s.container, s.name, codes(fs))
					continue
				}
				checkKey(t, s.container.String()+" "+s.name, opened.Key, role, key, want)
			}
		})
		t.Run("OpenSSL/"+roleNames[role], func(t *testing.T) {
			o := newOpenSSL(t)
			list := byOpenSSL(t, o)
			reference, err := smx509.ParsePKCS8PrivateKey(pemBytes(t, list[0].data))
			if err != nil {
				t.Fatal(err)
			}
			key := reference.(*gmsm.PrivateKey)
			want := pkcs8Of(t, privateKey(t, key))
			for _, w := range list {
				checkWritten(t, w, role, key, want)
			}
			// OpenSSL reads what is written again, and as the same key.
			o.write("again.der", want)
			if a, b := o.run("pkey -in plain.pem -pubout"), o.run("pkey -inform DER -in again.der -pubout"); !bytes.Equal(a, b) {
				t.Error("OpenSSL reads another key")
			}
		})
	}
}

func checkWritten(t *testing.T, w written, role int, key *gmsm.PrivateKey, want []byte) {
	t.Helper()
	if k := openKey(t, w); k != nil {
		checkKey(t, w.name, k, role, key, want)
		if (k.Encryption() != "") != (w.password != nil) {
			t.Errorf("%s: encryption %q", w.name, k.Encryption())
		}
	}
	if w.password == nil {
		return
	}
	for what, password := range map[string][]byte{"private-key-encrypted": nil, "private-key-password-wrong": []byte("wrong")} {
		doc := certparse.Parse(w.data, certparse.Options{Password: password})
		if !slices.Contains(codes(doc.Findings), finding.Code(what)) || len(doc.PrivateKeys()) > 0 {
			t.Errorf("%s: %v instead of %s", w.name, codes(doc.Findings), what)
		}
	}
}

// checkKey looks whether a key that was opened is the right one, and whether it
// finds its certificate in a pair.
func checkKey(t *testing.T, name string, k *certparse.PrivateKey, role int, key *gmsm.PrivateKey, want []byte) {
	t.Helper()
	if !bytes.Equal(pkcs8Of(t, k), want) {
		t.Errorf("%s: the key is another one when it is written again", name)
	}
	if k.Public().Name() != "SM2" || k.Public().Type() != "SM2" || k.Public().Curve != certparse.SM2P256 {
		t.Errorf("%s: the key is called %s", name, k.Public().Name())
	}
	g := goodPair()
	halves := [2]*spec{&g.signing, &g.encryption}
	halves[role].key, halves[1-role].key = key, sm2KeyD()
	g.signingKey, g.encryptionKey = false, false
	s, e := g.halves(t)
	if role == roleSigning {
		s.Key = k
	} else {
		e.Key = k
	}
	p, fs := CheckPair(s, e)
	if len(fs) > 0 || [2]Half{p.Signing, p.Encryption}[role].Key != k {
		t.Errorf("%s: the key does not find its certificate: %v", name, codes(fs))
	}
}

func pemBytes(t *testing.T, text []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("no PEM: %s", text)
	}
	return block.Bytes
}

// TestOpenSSLPair judges a pair as people make one for a TLCP server: OpenSSL's
// keys, requests and CA, with the standard signer ID.
func TestOpenSSLPair(t *testing.T) {
	o := newOpenSSL(t)
	const id = " -sigopt distid:1234567812345678"
	o.write("ext", []byte(`[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
[sign]
basicConstraints=CA:false
keyUsage=critical,digitalSignature,nonRepudiation
subjectAltName=DNS:server.example
[enc]
basicConstraints=CA:false
keyUsage=critical,keyEncipherment,dataEncipherment,keyAgreement
subjectAltName=DNS:server.example
`))
	certificate := func(name, subject, extensions, signer string) {
		o.run("genpkey -algorithm SM2 -out " + name + ".key")
		o.run("req -new -sm3 -key "+name+".key -out "+name+".csr"+id, "-subj", subject)
		sign := " -CA ca.pem -CAkey ca.key -CAcreateserial"
		if signer == "" {
			sign = " -signkey ca.key"
		}
		o.run("x509 -req -sm3 -days 365 -in " + name + ".csr -vfyopt distid:1234567812345678 -extfile ext -extensions " + extensions + " -out " + name + ".pem" + sign + id)
	}
	certificate("ca", "/CN=Test CA/O=TEST ONLY", "ca", "")
	certificate("sign", "/CN=server.example/O=TEST ONLY", "sign", "ca")
	certificate("enc", "/CN=server.example/O=TEST ONLY", "enc", "ca")
	half := func(name string) Half {
		h := Half{Certificate: parseCertificate(t, pemBytes(t, o.read(name+".pem"))), Key: openKey(t, written{name: name, data: o.read(name + ".key")})}
		h.At.Input = name
		return h
	}
	s, e, ca := half("sign"), half("enc"), half("ca")
	for _, h := range []Half{s, e, ca} {
		if err := h.Certificate.CheckSignature(ca.Certificate.PublicKey()); err != nil {
			t.Error(err)
		}
		if got := h.Certificate.SignatureAlgorithmName() + " " + h.Certificate.PublicKey().Name(); got != "SM2-SM3 SM2" {
			t.Errorf("named %s", got)
		}
		for _, f := range h.Certificate.Findings(finding.Where{}) {
			if f.Severity == finding.Error {
				t.Errorf("%s: %s", h.At.Input, f.Message)
			}
		}
	}
	check(t, s, e)
	check(t, e, s, "pair-swapped")
	check(t, ca, e, "pair-ca", "pair-subject", "pair-san")

	// OpenSSL takes the key out of the container as well as we do: by our hand.
	enveloped, err := gmsm.MarshalEnvelopedPrivateKey(rand.Reader, &signerOf(t, s.Key).PublicKey, signerOf(t, e.Key))
	if err != nil {
		t.Fatal(err)
	}
	opened, _ := OpenContainer(enveloped, nil, s.Key, finding.Where{})
	o.write("enc.der", pkcs8Of(t, opened.Key))
	if a, b := o.run("pkey -inform DER -in enc.der -pubout"), o.run("pkey -in enc.key -pubout"); !bytes.Equal(a, b) {
		t.Error("OpenSSL reads another key from the container")
	}
	if text := string(o.run("x509 -in enc.pem -noout -text")); !strings.Contains(text, "Key Agreement") {
		t.Error("OpenSSL made another certificate than was asked for")
	}
}

func signerOf(t *testing.T, key *certparse.PrivateKey) *gmsm.PrivateKey {
	t.Helper()
	signer, err := key.Signer()
	if err != nil {
		t.Fatal(err)
	}
	return signer.(*gmsm.PrivateKey)
}
