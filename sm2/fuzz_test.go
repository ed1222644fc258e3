package sm2

import (
	"bytes"
	"testing"

	"github.com/emmansun/gmsm/cfca"
	gmsm "github.com/emmansun/gmsm/sm2"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// fuzzContainer starts from all samples of one container. It looks for panics, for
// answers that change, for keys that contradict what was put in, and for inputs
// that gmsm opens and this package does not, which theirs tells.
func fuzzContainer(f *testing.F, container Container, theirs func(der []byte, signing *gmsm.PrivateKey) *gmsm.PrivateKey) {
	signing, key, signCert, keyCert := pairKeys(f)
	signingKey := privateKey(f, signing)
	for _, s := range samples(f, signing, key, signCert, keyCert) {
		if s.container == container {
			f.Add(s.data)
			if der, _ := recognize(s.data); !bytes.Equal(der, s.data) {
				f.Add(der)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		opened, fs := OpenContainer(data, cfcaPassword, signingKey, finding.Where{})
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		again, fs2 := OpenContainer(data, cfcaPassword, signingKey, finding.Where{})
		if len(fs) != len(fs2) || (opened.Key == nil) != (again.Key == nil) || !bytes.Equal(pkcs8Of(t, opened.Key), pkcs8Of(t, again.Key)) {
			t.Fatal("the same input gives another answer")
		}
		if (opened.Container == NoContainer) != (len(fs) == 0) || opened.Container != RecognizeContainer(data) {
			t.Fatalf("%q with findings %v", opened.Container, codes(fs))
		}
		if opened.Container == NoContainer && (opened.Key != nil || len(opened.Certificates) > 0) {
			t.Fatal("something was opened that is no container")
		}
		if c := opened.Certificate; c != nil && !opened.Key.Matches(c.PublicKey()) {
			t.Fatal("key and certificate do not belong together")
		}
		if theirs == nil || opened.Container != container {
			return
		}
		der, _ := recognize(data)
		if k := theirs(der, signing); k != nil {
			if opened.Key == nil {
				t.Fatalf("gmsm opens it: %v", codes(fs))
			}
			if !bytes.Equal(pkcs8Of(t, opened.Key), pkcs8Of(t, privateKey(t, k))) {
				t.Fatal("gmsm finds another key")
			}
		}
	})
}

func FuzzEnvelopedKey(f *testing.F) {
	fuzzContainer(f, EnvelopedKey, func(der []byte, signing *gmsm.PrivateKey) (k *gmsm.PrivateKey) {
		defer func() { _ = recover() }() // gmsm panics on partial blocks.
		k, _ = gmsm.ParseEnvelopedPrivateKey(signing, der)
		return k
	})
}

func FuzzEnvelopedKeyBlob(f *testing.F) { fuzzContainer(f, EnvelopedKeyBlob, nil) }

func FuzzEnvelopedData(f *testing.F) { fuzzContainer(f, EnvelopedData, nil) }

func FuzzCSRResponse(f *testing.F) { fuzzContainer(f, CSRResponse, nil) }

func FuzzCFCAKeyPair(f *testing.F) {
	fuzzContainer(f, CFCAKeyPair, func(der []byte, _ *gmsm.PrivateKey) (k *gmsm.PrivateKey) {
		defer func() { _ = recover() }() // gmsm panics on partial blocks and on long numbers.
		k, _, _ = cfca.ParseSM2(cfcaPassword, der)
		return k
	})
}

// FuzzBER compares what is rewritten with what was meant.
func FuzzBER(f *testing.F) {
	f.Add(sequence([]byte{2, 1, 1}, octets([]byte("abc"))))
	f.Add(indefinite(sequence([]byte{2, 1, 1}, sequence(octets(make([]byte, 200))))))
	f.Fuzz(func(t *testing.T, data []byte) {
		der := berToDER(data)
		if der == nil {
			return
		}
		if !bytes.Equal(berToDER(der), der) {
			t.Fatal("what was rewritten is not DER")
		}
		if len(der) > len(data)+8*len(data) {
			t.Fatal("it grew beyond measure")
		}
	})
}

// FuzzCheckPair judges pairs of certificates that hardly are any.
func FuzzCheckPair(f *testing.F) {
	signing, key, signCert, keyCert := pairKeys(f)
	a, b := privateKey(f, signing), privateKey(f, key)
	f.Add(signCert, keyCert)
	f.Add(keyCert, signCert)
	f.Add(signCert, issueDER(f, spec{key: signing, usage: signUsage | encUsage, ca: true}))
	f.Fuzz(func(t *testing.T, x, y []byte) {
		c1, err1 := certparse.ParseCertificate(x)
		c2, err2 := certparse.ParseCertificate(y)
		if err1 != nil && err2 != nil {
			return
		}
		CheckPair(Half{Certificate: c1, Key: a}, Half{Certificate: c2, Key: b})
		p, fs := CheckPair(Half{Certificate: c1}, Half{Certificate: c2})
		q, gs := CheckPair(Half{Certificate: c2}, Half{Certificate: c1})
		if p.Swapped && q.Swapped {
			t.Fatal("both orders are called exchanged")
		}
		if p.Swapped && (p.Signing.Certificate != q.Signing.Certificate || len(fs) != len(gs)+1) {
			t.Fatalf("sorting by hand gives %v, sorting gives %v", codes(gs), codes(fs))
		}
	})
}
