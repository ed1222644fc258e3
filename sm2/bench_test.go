package sm2

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// BenchmarkVerify measures signatures over a message of the size of a certificate:
// SM2 as certparse checks it, as gmsm does, and ECDSA on P-256. OpenSSL's own
// numbers, over a bare hash, come from openssl speed.
func BenchmarkVerify(b *testing.B) {
	message := make([]byte, 600)
	key := sm2KeyA().(*gmsm.PrivateKey)
	signature, err := key.SignWithSM2(rand.Reader, nil, message)
	if err != nil {
		b.Fatal(err)
	}
	pub := publicKey(b, key.Public())
	b.Run("SM2/certloupe", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := certparse.VerifySignature(pub, sm2WithSM3, message, signature); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("SM2/gmsm", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !gmsm.VerifyASN1WithSM2(&key.PublicKey, nil, message, signature) {
				b.Fatal("does not verify")
			}
		}
	})
	// gmsm remembers what it computed for a key. A certificate's key is new each
	// time, so this is what compares with the first one.
	point := pointOf(key)
	b.Run("SM2/gmsm-new-key", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			fresh, err := gmsm.NewPublicKey(point)
			if err != nil || !gmsm.VerifyASN1WithSM2(fresh, nil, message, signature) {
				b.Fatal("does not verify")
			}
		}
	})
	ec := eccKeyA().(*ecdsa.PrivateKey)
	digest := sha256.Sum256(message)
	ecSignature, err := ecdsa.SignASN1(rand.Reader, ec, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("P-256/crypto", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			digest := sha256.Sum256(message)
			if !ecdsa.VerifyASN1(&ec.PublicKey, digest[:], ecSignature) {
				b.Fatal("does not verify")
			}
		}
	})
	ecPub := publicKey(b, ec.Public())
	ecdsaWithSHA256 := algorithm("\x2a\x86\x48\xce\x3d\x04\x03\x02", nil)
	b.Run("P-256/certloupe", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := certparse.VerifySignature(ecPub, ecdsaWithSHA256, message, ecSignature); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("SM2/OpenSSL", func(b *testing.B) {
		if openSSLVersion() == "" {
			b.Skip("there is no OpenSSL")
		}
		for b.Loop() {
			out, err := exec.Command("openssl", "speed", "-seconds", "1", "-mr", "sm2").Output()
			if err != nil {
				b.Skip("this OpenSSL does not measure SM2")
			}
			// The last field of the last line is the number of verifications a second.
			line := strings.TrimSpace(string(out))
			rate, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ':')+1:], 64)
			if err != nil {
				b.Skip("the output of openssl speed has another form")
			}
			b.ReportMetric(1e9/rate, "ns/verify")
		}
	})
}

// BenchmarkDiagnose measures the worst case, a signature that nothing explains.
func BenchmarkDiagnose(b *testing.B) {
	key := sm2KeyA().(*gmsm.PrivateKey)
	signature, err := key.SignWithSM2(rand.Reader, nil, []byte("something else"))
	if err != nil {
		b.Fatal(err)
	}
	pub, message := publicKey(b, key.Public()), make([]byte, 600)
	b.ReportAllocs()
	for b.Loop() {
		if d, err := DiagnoseSignerID(pub, message, signature); err != nil || d.Cause != CauseUnknown {
			b.Fatal(d, err)
		}
	}
}

func BenchmarkCheckPair(b *testing.B) {
	g := goodPair()
	s, e := g.halves(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, fs := CheckPair(s, e); len(fs) > 0 {
			b.Fatal(codes(fs))
		}
	}
}

func BenchmarkOpenContainer(b *testing.B) {
	signing, key, signCert, keyCert := pairKeys(b)
	signingKey := privateKey(b, signing)
	seen := map[Container]bool{}
	for _, s := range samples(b, signing, key, signCert, keyCert) {
		if seen[s.container] {
			continue
		}
		seen[s.container] = true
		b.Run(s.container.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if o, _ := OpenContainer(s.data, s.password, signingKey, finding.Where{}); o.Key == nil {
					b.Fatal("not opened")
				}
			}
		})
	}
}
