package certparse

import (
	"crypto/dsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"testing"
	"time"
)

// raw is an element of the given tag.
func raw(tag byte, content ...[]byte) []byte {
	var all []byte
	for _, c := range content {
		all = append(all, c...)
	}
	n := len(all)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, all...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, all...)
	}
	return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, all...)
}

func rawInteger(n *big.Int) []byte {
	b, err := asn1.Marshal(n)
	if err != nil {
		panic(err)
	}
	return b
}

func rawOID(hexContent string) []byte {
	b, err := hex.DecodeString(hexContent)
	if err != nil {
		panic(err)
	}
	return raw(tagOID, b)
}

// samples are encodings of each form.
func samples(t *testing.T) map[string]struct {
	der  []byte
	form form
} {
	must := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	ec, rs := testKeys()
	name := pkix.Name{CommonName: "TEST ONLY", Organization: []string{"x"}}
	template := &x509.Certificate{SerialNumber: big.NewInt(5), Subject: name, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<31, 0),
		KeyUsage: x509.KeyUsageCRLSign, SubjectKeyId: []byte{1}}
	cert := must(x509.CreateCertificate(rand.Reader, template, template, &ec.PublicKey, ec))
	parsed, err := x509.ParseCertificate(cert)
	if err != nil {
		t.Fatal(err)
	}
	v1 := func(serial *big.Int) []byte { // a certificate of version 1 has neither version nor extensions
		alg := raw(tagSequence, rawOID("2a8648ce3d040302"))
		validity := raw(tagSequence, raw(tagUTCTime, []byte("260101000000Z")), raw(tagUTCTime, []byte("270101000000Z")))
		tbs := raw(tagSequence, rawInteger(serial), alg, parsed.RawIssuer, validity, parsed.RawSubject, parsed.RawSubjectPublicKeyInfo)
		return raw(tagSequence, tbs, alg, raw(tagBitString, []byte{0, 1}))
	}
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Unix(0, 0), NextUpdate: time.Unix(1<<31, 0)}
	crl := must(x509.CreateRevocationList(rand.Reader, list, parsed, ec))
	crlAlgorithm := raw(tagSequence, rawOID("2a8648ce3d040302"))
	crl1 := raw(tagSequence, raw(tagSequence, crlAlgorithm, parsed.RawIssuer, raw(tagUTCTime, []byte("260101000000Z"))), crlAlgorithm, raw(tagBitString, []byte{0, 1}))

	var d dsa.PrivateKey
	if err := dsa.GenerateParameters(&d.Parameters, rand.Reader, dsa.L1024N160); err != nil {
		t.Fatal(err)
	}
	if err := dsa.GenerateKey(&d, rand.Reader); err != nil {
		t.Fatal(err)
	}
	zero, octets := big.NewInt(0), raw(tagOctetString, make([]byte, 40))
	p := elliptic.P256().Params()
	type sample = struct {
		der  []byte
		form form
	}
	return map[string]sample{
		"certificate":                {cert, formCertificate},
		"certificate, fixture":       {testCertDER, formCertificate},
		"certificate, version 1":     {v1(big.NewInt(1)), formCertificate},
		"certificate, serial zero":   {v1(zero), formCertificate},
		"certificate, long serial":   {v1(new(big.Int).Lsh(big.NewInt(1), 150)), formCertificate},
		"request":                    {must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: name}, ec)), formCSR},
		"request without subject":    {must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"a"}}, rs)), formCSR},
		"revocation list":            {crl, formCRL},
		"revocation list, version 1": {crl1, formCRL},
		"PKCS#8, EC":                 {must(x509.MarshalPKCS8PrivateKey(ec)), formPKCS8},
		"PKCS#8, RSA":                {must(x509.MarshalPKCS8PrivateKey(rs)), formPKCS8},
		"PKCS#8, version 1": {raw(tagSequence, []byte{2, 1, 1}, raw(tagSequence, rawOID("2b6570")), octets,
			raw(contextTag(1), make([]byte, 33))), formPKCS8},
		"encrypted PKCS#8": {raw(tagSequence, raw(tagSequence, rawOID("2a864886f70d01050d"), raw(tagSequence)), octets), formEncryptedPKCS8},
		"PKCS#1":           {x509.MarshalPKCS1PrivateKey(rs), formPKCS1},
		"SEC 1":            {must(x509.MarshalECPrivateKey(ec)), formSEC1},
		"DSA": {raw(tagSequence, rawInteger(zero), rawInteger(d.P), rawInteger(d.Q), rawInteger(d.G), rawInteger(d.Y),
			rawInteger(d.X)), formDSA},
		"public key, EC":        {must(x509.MarshalPKIXPublicKey(&ec.PublicKey)), formSPKI},
		"public key, RSA":       {must(x509.MarshalPKIXPublicKey(&rs.PublicKey)), formSPKI},
		"public key, PKCS#1":    {x509.MarshalPKCS1PublicKey(&rs.PublicKey), formPKCS1Public},
		"PKCS#7":                {raw(tagSequence, rawOID("2a864886f70d010702"), raw(contextConstructed(0), raw(tagSequence))), formPKCS7},
		"PKCS#7 of GM/T 0010":   {raw(tagSequence, rawOID("2a811ccf550601040202"), raw(contextConstructed(0), raw(tagSequence))), formPKCS7},
		"PKCS#7 in BER":         {append([]byte{tagSequence, 0x80}, append(rawOID("2a864886f70d010702"), 0xa0, 0x80, 0, 0, 0, 0)...), formPKCS7},
		"PKCS#12":               {raw(tagSequence, []byte{2, 1, 3}, raw(tagSequence, rawOID("2a864886f70d010701"), raw(contextConstructed(0), octets)), raw(tagSequence)), formPKCS12},
		"JKS":                   {[]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x00"), formJKS},
		"JCEKS":                 {[]byte("\xce\xce\xce\xce\x00\x00\x00\x02\x00\x00\x00\x00"), formJCEKS},
		"OpenSSH":               {[]byte(magicOpenSSH + "\x00\x00\x00\x04none"), formOpenSSH},
		"curve":                 {rawOID("2a8648ce3d030107"), formECParameters},
		"SM2":                   {rawOID("2a811ccf5501822d"), formECParameters},
		"explicit curve":        {raw(tagSequence, []byte{2, 1, 1}, raw(tagSequence, rawOID("2a8648ce3d0101"), rawInteger(p.P)), raw(tagSequence, octets, octets), octets, rawInteger(p.N)), formECParameters},
		"Diffie-Hellman":        {raw(tagSequence, rawInteger(p.P), []byte{2, 1, 2}), formUnknown},
		"signature":             {raw(tagSequence, rawInteger(p.P), rawInteger(p.N)), formUnknown},
		"algorithm":             {raw(tagSequence, rawOID("2a8648ce3d0201"), rawOID("2a8648ce3d030107")), formUnknown},
		"EnvelopedKey":          {raw(tagSequence, raw(tagSequence, rawOID("2a811ccf550168")), raw(tagSequence, rawInteger(p.P), rawInteger(p.N)), raw(tagBitString, []byte{0, 4})), formUnknown},
		"attribute certificate": {raw(tagSequence, raw(tagSequence, []byte{2, 1, 1}, raw(tagSequence, raw(contextConstructed(0), octets)), crlAlgorithm), crlAlgorithm, octets), formUnknown},
		"OCSP response":         {raw(tagSequence, raw(0x0a, []byte{0}), raw(contextConstructed(0), octets)), formUnknown},
		"null":                  {[]byte{5, 0}, formUnknown},
		"empty sequence":        {[]byte{0x30, 0}, formUnknown},
		"text":                  {[]byte("hello, world"), formUnknown},
	}
}

func TestFormOf(t *testing.T) {
	for name, s := range samples(t) {
		if got := formOf(s.der); got != s.form {
			t.Errorf("%s is recognized as %s", name, forms[got].what)
		}
		if got := recognize(s.der); got != forms[s.form].kind {
			t.Errorf("%s has kind %d", name, got)
		}
	}
}

// What is cut off is recognized as what it is or not at all, wherever the cut is.
func TestFormOfTruncated(t *testing.T) {
	for name, s := range samples(t) {
		recognized := false
		for n := range s.der {
			got := formOf(s.der[:n])
			if got != formUnknown && got != s.form {
				t.Errorf("the first %d of %d bytes of %s are recognized as %s", n, len(s.der), name, forms[got].what)
				break
			}
			recognized = recognized || got == s.form
		}
		if !recognized && len(s.der) > 200 && s.form != formPKCS1Public {
			t.Errorf("no truncation of %s is recognized", name)
		}
	}
}

func TestAnnounced(t *testing.T) {
	for _, test := range []struct {
		der      string
		n        int
		ok       bool
		complete bool
	}{
		{"\x30\x00", 2, true, true},
		{"\x30\x03\x02\x01\x05", 5, true, true},
		{"\x30\x03\x02\x01", 5, true, false},
		{"\x30\x03\x02\x01\x05\x00", 5, true, false},
		{"\x30\x81\x03\x02\x01\x05", 6, true, true},
		{"\x30\x84\x00\x00\x00\x03\x02\x01\x05", 9, true, true},
		{"\x30\x80\x00\x00", 0, false, false},
		{"\x30\x82\x01", 0, false, false},
		{"\x30\x84\xff\xff\xff\xff", 0, false, false},
		{"\x30\x89\x01\x01\x01\x01\x01\x01\x01\x01\x01", 0, false, false},
		{"\x30", 0, false, false},
		{"", 0, false, false},
		{"\x1f\x81\x01\x00", 0, false, false},
		{"\x02\x01\x05", 3, true, false},
	} {
		n, ok := announced([]byte(test.der))
		if n != test.n || ok != test.ok || complete([]byte(test.der)) != test.complete {
			t.Errorf("%x: announced %d, %t, complete %t", test.der, n, ok, complete([]byte(test.der)))
		}
	}
}

func FuzzFormOf(f *testing.F) {
	ders := [][]byte{testCertDER, testPKCS8DER, testSEC1DER, []byte(magicJKS), []byte(magicOpenSSH), {0x30, 0x80}, rawOID("2a8648ce3d030107")}
	for _, der := range ders {
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		got := formOf(der)
		// What a strict parser reads must be recognized as what it is.
		if _, err := x509.ParseCertificate(der); err == nil && got != formCertificate {
			t.Errorf("a certificate is recognized as %s", forms[got].what)
		}
		if _, err := x509.ParsePKCS8PrivateKey(der); err == nil && got != formPKCS8 {
			t.Errorf("a PKCS#8 key is recognized as %s", forms[got].what)
		}
		if _, err := x509.ParseECPrivateKey(der); err == nil && got != formSEC1 {
			t.Errorf("a SEC 1 key is recognized as %s", forms[got].what)
		}
		if _, err := x509.ParsePKIXPublicKey(der); err == nil && got != formSPKI {
			t.Errorf("a public key is recognized as %s", forms[got].what)
		}
	})
}
