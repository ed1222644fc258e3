package sm2

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/binary"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// This file is the column of the matrix for PKCS#12: SM2 keys with their certificates,
// written by OpenSSL, and in the scheme of GM/T that OpenSSL cannot write (PBKDF2 with
// HMAC-SM3). gmsm itself has no PKCS#12.

// packed is a PKCS#12 container.
type packed struct {
	name     string
	data     []byte
	password []byte
	// key and integrity are what the key is encrypted with, and the MAC.
	key, integrity string
}

func TestMatrixPKCS12(t *testing.T) {
	for role, key := range []*gmsm.PrivateKey{sm2KeyA().(*gmsm.PrivateKey), sm2KeyB().(*gmsm.PrivateKey)} {
		usage := []smx509.KeyUsage{signUsage, encUsage}[role]
		cert := issueDER(t, spec{key: key, usage: usage, serial: 20})
		pkcs8, err := smx509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("built/"+roleNames[role], func(t *testing.T) {
			for _, p := range []packed{
				{"encrypted", pkcs12SM(t, cert, pkcs8, true, true), matrixPassword, "PBES2 (PBKDF2-HMAC-SM3, SM4-CBC)", "HMAC-SM3"},
				{"encrypted without MAC", pkcs12SM(t, cert, pkcs8, true, false), matrixPassword, "PBES2 (PBKDF2-HMAC-SM3, SM4-CBC)", ""},
				{"plain", pkcs12SM(t, cert, pkcs8, false, true), matrixPassword, "", "HMAC-SM3"},
				{"plain without MAC", pkcs12SM(t, cert, pkcs8, false, false), nil, "", ""},
			} {
				checkPacked(t, p, role, key, cert)
			}
		})
		t.Run("OpenSSL/"+roleNames[role], func(t *testing.T) {
			o := newOpenSSL(t)
			o.write("cert.pem", pemOf("CERTIFICATE", cert))
			o.write("key.pem", pemOf("PRIVATE KEY", pkcs8))
			o.write("password", append(slices.Clone(matrixPassword), '\n'))
			for _, p := range []packed{
				{name: "", password: matrixPassword, key: "PBES2 (PBKDF2-HMAC-SHA256, AES-256-CBC)", integrity: "HMAC-SHA-256"},
				{name: "-certpbe sm4-cbc -keypbe sm4-cbc -macalg sm3", password: matrixPassword, key: "PBES2 (PBKDF2-HMAC-SHA256, SM4-CBC)", integrity: "HMAC-SM3"},
				{name: "-legacy", password: matrixPassword, key: "PKCS#12 PBE (SHA-1, DES-EDE3-CBC)", integrity: "HMAC-SHA-1"},
				{name: "-certpbe NONE -keypbe NONE", password: matrixPassword, integrity: "HMAC-SHA-256"},
				{name: "-certpbe NONE -keypbe NONE -nomac"},
			} {
				p.data = o.run("pkcs12 -export -in cert.pem -inkey key.pem -name TLCP -passout file:password " + p.name)
				checkPacked(t, p, role, key, cert)
			}
			// OpenSSL agrees about what is built here, as far as it has PBKDF2.
			o.write("built.p12", pkcs12SM(t, cert, pkcs8, false, true))
			got := o.run("pkcs12 -in built.p12 -nodes -passin file:password")
			if block, _ := pem.Decode(got[bytes.Index(got, []byte("-----BEGIN PRIVATE")):]); block == nil {
				t.Error("OpenSSL finds no key")
			} else if k, _ := certparse.ParsePrivateKey(block.Bytes, nil); k == nil || !bytes.Equal(pkcs8Of(t, k), pkcs8Of(t, privateKey(t, key))) {
				t.Error("OpenSSL finds another key")
			}
		})
	}
}

func checkPacked(t *testing.T, p packed, role int, key *gmsm.PrivateKey, cert []byte) {
	t.Helper()
	doc := certparse.Parse(p.data, certparse.Options{Password: p.password})
	if finding.Worst(doc.Findings) == finding.Error || len(doc.PrivateKeys()) != 1 || len(doc.Certificates()) != 1 {
		t.Errorf("%s: %v", p.name, codes(doc.Findings))
		return
	}
	k, c := doc.PrivateKeys()[0], doc.Certificates()[0]
	checkKey(t, p.name, k, role, key, pkcs8Of(t, privateKey(t, key)))
	if !bytes.Equal(c.Raw(), cert) || !k.Matches(c.PublicKey()) {
		t.Errorf("%s: the key does not belong to its certificate", p.name)
	}
	container := doc.Blocks[0].Container
	if k.Encryption() != p.key || container.Integrity != p.integrity {
		t.Errorf("%s: %q, %q", p.name, k.Encryption(), container.Integrity)
	}
	if ids := [2][]byte{container.Entries[0].LocalKeyID, container.Entries[1].LocalKeyID}; len(ids[0]) == 0 || !bytes.Equal(ids[0], ids[1]) {
		t.Errorf("%s: localKeyIDs %x", p.name, ids)
	}
	if p.key == "" {
		return
	}
	for code, password := range map[finding.Code][]byte{"container-encrypted": nil, "container-password-wrong": []byte("wrong")} {
		doc := certparse.Parse(p.data, certparse.Options{Password: password})
		if !slices.Contains(codes(doc.Findings), code) || len(doc.PrivateKeys())+len(doc.Certificates()) > 0 {
			t.Errorf("%s: %v instead of %s", p.name, codes(doc.Findings), code)
		}
	}
}

// pkcs12SM is a container with a certificate and its key: encrypted with SM4 under
// PBKDF2 with HMAC-SM3 or plain, with a MAC of SM3 or without.
func pkcs12SM(t *testing.T, cert, key []byte, encrypted, protected bool) []byte {
	t.Helper()
	explicit := func(b []byte) []byte { return appendElement(nil, 0xa0, b) }
	oid := func(b string) []byte { return appendElement(nil, 0x06, []byte(b)) }
	const pkcs7, bags, pkcs9 = "\x2a\x86\x48\x86\xf7\x0d\x01\x07", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01", "\x2a\x86\x48\x86\xf7\x0d\x01\x09"
	id := appendElement(nil, 0x31, sequence(oid(pkcs9+"\x15"), appendElement(nil, 0x31, octets([]byte("TLCP")))))
	bag := func(kind string, value []byte) []byte {
		return sequence(sequence(oid(bags+kind), explicit(value), id))
	}
	data := func(b []byte) []byte { return sequence(oid(pkcs7+"\x01"), explicit(octets(b))) }

	certs := bag("\x03", sequence(oid(pkcs9+"\x16\x01"), explicit(octets(cert))))
	contents := [2][]byte{data(certs), data(bag("\x01", key))}
	if encrypted {
		scheme, ciphertext := encryptPBES2(t, certs)
		contents[0] = sequence(oid(pkcs7+"\x06"), explicit(sequence([]byte{2, 1, 0},
			sequence(oid(pkcs7+"\x01"), scheme, appendElement(nil, 0x80, ciphertext)))))
		scheme, ciphertext = encryptPBES2(t, key)
		contents[1] = data(bag("\x02", sequence(scheme, octets(ciphertext))))
	}
	safe := sequence(contents[0], contents[1])
	pfx := [][]byte{{2, 1, 3}, data(safe)}
	if protected {
		salt := []byte("TEST ONLY")
		mac := hmac.New(sm3.New, pkcs12MACKey(salt, 2048))
		mac.Write(safe)
		digest := algorithm("\x2a\x81\x1c\xcf\x55\x01\x83\x11", []byte{5, 0})
		pfx = append(pfx, sequence(sequence(digest, octets(mac.Sum(nil))), octets(salt), []byte{2, 2, 8, 0}))
	}
	return sequence(pfx...)
}

// encryptPBES2 encrypts with SM4-CBC under the password.
func encryptPBES2(t *testing.T, plain []byte) (scheme, ciphertext []byte) {
	t.Helper()
	salt := []byte("TEST ONLY salt")
	key, err := pbkdf2.Key(sm3.New, string(matrixPassword), salt, 2048, 16)
	if err != nil {
		t.Fatal(err)
	}
	block, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out, previous := pkcs7Padded(plain), testIV
	for at := 0; at < len(out); at += 16 {
		for i := range 16 {
			out[at+i] ^= previous[i]
		}
		block.Encrypt(out[at:at+16], out[at:at+16])
		previous = out[at : at+16]
	}
	kdf := algorithm("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c", sequence(octets(salt), []byte{2, 2, 8, 0}, algorithm("\x2a\x81\x1c\xcf\x55\x01\x83\x11\x03\x01", nil)))
	cipher := algorithm("\x2a\x81\x1c\xcf\x55\x01\x68\x02", octets(testIV))
	return algorithm("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d", sequence(kdf, cipher)), out
}

// pkcs12MACKey is the key of the MAC, RFC 7292, Appendix B.2; one block of SM3 is
// enough for it.
func pkcs12MACKey(salt []byte, iterations int) []byte {
	var password []byte
	for _, u := range utf16.Encode([]rune(string(matrixPassword))) {
		password = binary.BigEndian.AppendUint16(password, u)
	}
	fill := func(b []byte) []byte {
		n := (len(b) + 63) / 64 * 64
		return []byte(strings.Repeat(string(b), n/len(b)+1)[:n])
	}
	sum := sm3.Sum(slices.Concat(bytes.Repeat([]byte{3}, 64), fill(salt), fill(append(password, 0, 0))))
	for range iterations - 1 {
		sum = sm3.Sum(sum[:])
	}
	return sum[:]
}
