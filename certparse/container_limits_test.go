package certparse

import (
	"bytes"
	"crypto/sha1"
	"testing"
)

// Nothing is nested deeper than the limits say, whatever form its lengths have.
func TestNestingLimits(t *testing.T) {
	definite, pieces, ends := []byte{tagNull, 0}, tlv(tagOctetString, bytesOf(1)), []byte{}
	for range maxBERDepth + 1 {
		definite, pieces = seq(definite), tlv(tagOctetString|0x20, pieces)
		ends = append(append([]byte{tagSequence, 0x80}, ends...), 0, 0)
	}
	for name, ber := range map[string][]byte{"definite": definite, "pieces": pieces, "indefinite": ends} {
		if _, _, ok := berToDER(ber); ok {
			t.Errorf("%s: too deep, and converted", name)
		}
	}
	if _, _, ok := berNext(ends); ok {
		t.Error("indefinite: too deep, and read")
	}
	if _, ok := appendPieces(nil, pieces, maxBERDepth); ok {
		t.Error("pieces: too deep, and joined")
	}
	// A Java object whose annotation has such an object, and so on.
	object := func(n int) []byte {
		annotation := []byte{javaEndBlock}
		for range n {
			annotation = append(append([]byte{javaObject, javaReference, 0, 0x7e, 0, 0}, annotation...), javaEndBlock)
		}
		class := append([]byte{0xac, 0xed, 0, 5, javaObject, javaClass, 0, 1, 'A'}, make([]byte, 8)...)
		return append(append(class, javaHasWriteMethod|javaSerializable, 0, 0, javaEndBlock, javaNull), annotation...)
	}
	for n, want := range map[int]bool{5: true, maxJavaDepth + 2: false} {
		if got := skipJavaObject(&keystoreReader{rest: object(n)}); got != want {
			t.Errorf("%d Java objects inside each other: %v", n, got)
		}
	}
}

// What was changed is noticed, and a container whose MAC is wrong is not opened.
func TestContainerChanged(t *testing.T) {
	leaf, _, _, key := builtCertificates(t)
	content := encryptedSafe(encrypt3DES(bmpPassword(word), seq(safeBag{"3", certBag(leaf), "", nil}.der()), 1))
	doc := Parse(pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword([]byte("x")), 1, content), content), Options{Password: word})
	if keyCodes(doc.Findings) != "container-password-wrong" || len(doc.Certificates()) != 0 {
		t.Errorf("PKCS#12: %s, %d certificates", keyCodes(doc.Findings), len(doc.Certificates()))
	}
	store := keystoreOf(magicJKS, word, trusted("alias", leaf))
	changed := bytes.Replace(store, []byte("alias"), []byte("alien"), 1)
	if doc := Parse(changed, Options{Password: word}); keyCodes(doc.Findings) != "container-password-wrong" {
		t.Errorf("JKS: %s", keyCodes(doc.Findings))
	}
	// The digest behind a private key is that of the key.
	protected := protectJKS(word, key)
	for _, last := range []bool{false, true} {
		if last {
			protected[len(protected)-30] ^= 1
		}
		doc := Parse(keystoreOf(magicJKS, word, keyAndChain("a", protected, leaf)), Options{Password: word})
		if got := len(doc.PrivateKeys()) == 0; got != last || last && hasFinding(doc, "private-key-password-wrong") == nil {
			t.Errorf("JKS key: %s", keyCodes(doc.Findings))
		}
	}
}
