package path_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// FuzzMutated changes bytes of the certificates of a valid path. Whatever the
// change, nothing panics, and a certificate that is not the one that was signed is
// not accepted.
func FuzzMutated(f *testing.F) {
	r := root(f, "Root", permitted(dns("example.com"), directory(seq())))
	i := r.ca("CA", policies(pA), mapped(pA, pB), excluded(email("example.org"), uri(".example.org"), ip(10, 0, 0, 0, 255, 0, 0, 0)))
	leaf := i.leaf(policies(pB), san(dns("*.example.com"), email("a@example.com"), uri("http://www.example.com/"), ip(192, 0, 2, 1), utf8Mailbox("ä@example.com"), directory(dnNode(dnCN, "Ä"))))
	if res := ask(leaf, r, i).build(); !res.Valid {
		f.Fatal(codes(res))
	}
	f.Add([]byte{})
	f.Add([]byte{0, 0, 40, 1})
	f.Add([]byte{1, 1, 10, 0x80, 0, 1, 20, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		ders := [][]byte{slices.Clone(leaf.Raw()), slices.Clone(i.cert.Raw())}
		for ; len(data) >= 4; data = data[4:] {
			der := ders[data[0]%2]
			der[(int(data[1])<<8|int(data[2]))%len(der)] ^= data[3]
		}
		target, err := certparse.ParseCertificate(ders[0])
		if err != nil {
			return
		}
		issuer, err := certparse.ParseCertificate(ders[1])
		if err != nil {
			return
		}
		same := slices.Equal(ders[0], leaf.Raw()) && slices.Equal(ders[1], i.cert.Raw())
		anchors := path.Anchors([]*certparse.Certificate{r.cert})
		for _, opt := range []path.Options{{Time: now}, {Time: now, Conforming: true}, {Time: now, Profile: path.WebPKI, AllowWeak: true}} {
			if res := path.Build(target, anchors, []*certparse.Certificate{issuer}, opt); res.Valid && !same {
				t.Errorf("a changed certificate is accepted:\n%x\n%x\n%x\n%x", ders[0], leaf.Raw(), ders[1], i.cert.Raw())
			}
		}
		// A path whose signatures are not in the way reaches every other check.
		res := path.Validate([]*certparse.Certificate{target, issuer}, path.Anchor{Name: issuer.Issuer(), Key: issuer.PublicKey()}, path.Options{Time: now})
		if res.Valid {
			t.Error("a path with a wrong key is accepted")
		}
		path.CheckHost(target, "www.example.com")
		path.CheckEmail(target, "ä@example.com")
		path.CheckURI(target, "http://www.example.com/")
		path.CheckIP(target, netip.MustParseAddr("192.0.2.1"))
	})
}
