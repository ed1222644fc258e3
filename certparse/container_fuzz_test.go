package certparse

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
)

// FuzzBER checks the conversion of BER to DER: it has one result, which is DER as far
// as lengths and pieces go, converting it again changes nothing, and it is undone
// by writing DER in pieces.
func FuzzBER(f *testing.F) {
	leaf := typicalLeaf(f)
	f.Add(leaf, uint64(1))
	f.Add(inPieces(leaf, always), uint64(2))
	f.Add(unhex(f, "2480240404020102040203040000"), uint64(3))
	f.Add(unhex(f, "23080302 00ff 030204f0"), uint64(4))
	f.Add(unhex(f, "30041f040500"), uint64(5)) // A tag in the long form that has room in the short one.
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		der, c, ok := berToDER(data)
		if !ok {
			return
		}
		if len(der) > len(data)+len(data)/1000+8 {
			t.Errorf("%d bytes became %d", len(data), len(der))
		}
		again, c2, ok := berToDER(der)
		if !ok || !bytes.Equal(again, der) || c2.indefinite+c2.pieces+c2.notMinimal+c2.longTag > 0 {
			t.Errorf("%x is converted to %x and that to %x", data, der, again)
		}
		if c.indefinite+c.pieces+c.notMinimal+c.longTag == 0 && !bytes.Equal(der, data) {
			t.Errorf("%x is converted to %x without a reason", data, der)
		}
		// encoding/asn1 reads lengths as strictly as DER wants them.
		var raw asn1.RawValue
		if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
			t.Errorf("%x is no DER: %v", der, err)
		}
		random := rand.New(rand.NewPCG(seed, 0))
		ber := inPieces(der, func() bool { return random.IntN(2) == 0 })
		if back, _, ok := berToDER(ber); !ok && depthOf(der) < maxBERDepth-2 || ok && !bytes.Equal(back, der) {
			t.Errorf("%x, written as %x, comes back as %x", der, ber, back)
		}
	})
}

// depthOf is how deep DER is nested.
func depthOf(der []byte) int {
	deepest := 0
	for r := (berReader{der}); len(r.rest) > 0; {
		e, ok := r.any()
		if !ok {
			return maxBERDepth
		}
		if e.tag&0x20 != 0 {
			deepest = max(deepest, 1+depthOf(e.content))
		}
	}
	return deepest
}

// checkUnpacked reads a container twice and checks what any container must hold to.
func checkUnpacked(t *testing.T, data, password []byte) *Document {
	t.Helper()
	before := bytes.Clone(data)
	start := time.Now()
	doc := Parse(data, Options{Password: password})
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	again := Parse(data, Options{Password: password})
	if keyCodes(doc.Findings) != keyCodes(again.Findings) || len(doc.Blocks) != len(again.Blocks) {
		t.Errorf("the second time: %s, %s", keyCodes(doc.Findings), keyCodes(again.Findings))
	}
	if !bytes.Equal(data, before) {
		t.Error("the input was changed")
	}
	for i := range doc.Blocks {
		c := doc.Blocks[i].Container
		if c == nil {
			continue
		}
		for k, e := range c.Entries {
			o := again.Blocks[i].Container.Entries[k]
			if e.Kind != o.Kind || !bytes.Equal(e.DER, o.DER) || e.FriendlyName != o.FriendlyName {
				t.Errorf("entry %d is another one the second time", k)
			}
			switch {
			case e.Kind == KindCertificate && e.Certificate == nil && finding.Worst(doc.Findings) != finding.Error,
				e.Kind == KindPrivateKey && e.PrivateKey == nil && finding.Worst(doc.Findings) != finding.Error:
				t.Errorf("entry %d was not opened, without a reason: %s", k, keyCodes(doc.Findings))
			case e.Certificate != nil && !bytes.Equal(e.Certificate.Raw(), e.DER):
				t.Errorf("entry %d has another certificate", k)
			case e.PrivateKey != nil && e.DER != nil:
				t.Errorf("entry %d shows its key", k)
			}
		}
	}
	return doc
}

// asn1SignedData is SignedData for encoding/asn1.
type asn1SignedData struct {
	Type    asn1.ObjectIdentifier
	Content struct {
		Version      int
		Digests      asn1.RawValue
		Info         asn1.RawValue
		Certificates asn1.RawValue `asn1:"tag:0,optional"`
		CRLs         asn1.RawValue `asn1:"tag:1,optional"`
		Signers      asn1.RawValue
	} `asn1:"explicit,tag:0"`
}

// FuzzPKCS7 reads PKCS#7. Where encoding/asn1 reads SignedData in DER, the
// certificates must be those that it sees.
func FuzzPKCS7(f *testing.F) {
	leaf, ca, root, _ := builtCertificates(f)
	sound := seq(oid(oidOfSigned), tlv(0xa0, seq(integer(1), set(), seq(oid(oidOfData)), tlv(0xa0, root, leaf, ca), set())))
	f.Add(sound)
	f.Add(inPieces(sound, always))
	f.Add(seq(oid("1.2.156.10197.6.1.4.2.2"), tlv(0xa0, seq(integer(1), set(), seq(oid(oidOfData)), tlv(0xa0, leaf, tlv(0xa1, integer(1))), tlv(0xa1, seq(integer(1))), set()))))
	f.Add(seq(oid("1.2.840.113549.1.7.3"), tlv(0xa0, seq(integer(0)))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if recognize(data) != KindPKCS7 {
			return
		}
		doc := checkUnpacked(t, data, nil)
		var signed asn1SignedData
		if rest, err := asn1.Unmarshal(data, &signed); err != nil || len(rest) > 0 || len(doc.Blocks) != 1 || doc.Blocks[0].Container == nil {
			return
		}
		info, _, ok := berNext(signed.Content.Info.FullBytes)
		if _, isInfo := readContentInfo(info); !ok || !isInfo || signed.Content.Digests.FullBytes[0] != tagSet {
			return // encoding/asn1 was told to take anything there.
		}
		if list := signed.Content.Certificates.FullBytes; len(list) > 0 && list[0] != 0xa0 {
			return // encoding/asn1 looks for the number of the tag and not for its form.
		}
		if _, _, ok := berToDER(data); !ok {
			return // encoding/asn1 lets an element be longer than the explicit tag around it.
		}
		if n, name := contentType(contentOf(data)[2:][:contentOf(data)[1]]); n != contentSigned {
			if doc.Blocks[0].Container.Count(KindCertificate) > 0 {
				t.Errorf("certificates in %s", name)
			}
			return
		}
		var want [][]byte
		for list := signed.Content.Certificates.Bytes; len(list) > 0; {
			var e asn1.RawValue
			rest, err := asn1.Unmarshal(list, &e)
			if err != nil || len(want) == maxContainerEntries {
				return
			}
			if e.FullBytes[0] == tagSequence {
				want = append(want, e.FullBytes)
			}
			list = rest
		}
		var got [][]byte
		for _, e := range doc.Blocks[0].Container.Entries {
			if e.Kind == KindCertificate {
				got = append(got, e.DER)
			}
		}
		slices.SortFunc(want, bytes.Compare)
		slices.SortFunc(got, bytes.Compare)
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%d certificates, encoding/asn1 has %d: %s", len(got), len(want), keyCodes(doc.Findings))
		}
	})
}

// FuzzPKCS12 reads PKCS#12, as it is and as contents under a MAC and encryption that
// are right, which random bytes would not get past. And what is written with any
// names and in any encoding is read as it was written.
func FuzzPKCS12(f *testing.F) {
	leaf, ca, _, key := builtCertificates(f)
	contents := seq(safeBag{"3", certBag(leaf), "name", []byte{1}}.der(), safeBag{"1", key, "", []byte{1}}.der())
	safe := dataContent(contents)
	f.Add(pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, safe), safe), "name", uint64(0))
	f.Add(pfxOf(nil, encryptedSafe(encrypt3DES(bmpPassword(word), contents, 1))), "\U0001f600", uint64(1))
	f.Add(inPieces(pfxOf(nil, safe), always), "", uint64(2))
	f.Add(contents, "x", uint64(3))
	f.Add(seq(safeBag{"2", encryptSM(word, key), "", nil}.der(), safeBag{"5", seq(), "", nil}.der(), safeBag{"6", contents, "", nil}.der()), "x", uint64(4))
	f.Fuzz(func(t *testing.T, data []byte, name string, seed uint64) {
		if recognize(data) == KindPKCS12 {
			checkUnpacked(t, data, word)
		}
		if len(data) < 20000 {
			for _, content := range [][]byte{dataContent(data), encryptedSafe(encrypt3DES(bmpPassword(word), data, 1))} {
				checkUnpacked(t, pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, content), content), word)
			}
		}
		if len(name) > 1000 || len(name) == 0 {
			return
		}
		id := binary.BigEndian.AppendUint64(nil, seed)
		content := encryptedSafe(encrypt3DES(bmpPassword(word), seq(safeBag{"3", certBag(leaf), name, id}.der(), safeBag{"3", certBag(ca), "", nil}.der()), 1))
		keys := safeOf(safeBag{"1", key, name, id}.der())
		whole := pfxOf(macOf(oidOfSHA1, sha1.New, bmpPassword(word), 1, content, keys), content, keys)
		random := rand.New(rand.NewPCG(seed, 1))
		doc := checkUnpacked(t, inPieces(whole, func() bool { return random.IntN(2) == 0 }), word)
		if len(doc.Blocks) != 1 || doc.Blocks[0].Container == nil || subjects(doc.Certificates()) != "leaf ca" || len(doc.PrivateKeys()) != 1 ||
			doc.Blocks[0].Container.Integrity != "HMAC-SHA-1" {
			t.Fatalf("%s", keyCodes(doc.Findings))
		}
		want := decodeString(tagBMPString, bmp(name), nil)
		for len(want) > 0 && want[len(want)-1] == 0 {
			want = want[:len(want)-1]
		}
		if e := doc.Blocks[0].Container.Entries[0]; e.FriendlyName != want || !bytes.Equal(e.LocalKeyID, id) {
			t.Errorf("%q %x, want %q %x", e.FriendlyName, e.LocalKeyID, want, id)
		}
	})
}

// FuzzJavaKeystore reads keystores. Where a plain reader of the format gets to the
// end, the certificates must be those that it sees.
func FuzzJavaKeystore(f *testing.F) {
	leaf, ca, _, key := builtCertificates(f)
	f.Add(keystoreOf(magicJKS, word, trusted("a", leaf), trusted("b", ca)))
	f.Add(keystoreOf(magicJKS, word, keyAndChain("a", encrypt3DES(bmpPassword(word), key, 1), leaf, ca)))
	f.Add(keystoreOf(magicJCEKS, word, secret("s"), trusted("a", leaf)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if recognize(data) != KindJavaKeystore {
			return
		}
		doc := checkUnpacked(t, data, word)
		want, ok := plainKeystore(data)
		if !ok || len(want) > maxContainerEntries/2 {
			return
		}
		var got [][]byte
		for _, e := range doc.Blocks[0].Container.Entries {
			if e.Certificate != nil {
				got = append(got, e.DER)
			}
		}
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%d certificates, want %d: %s", len(got), len(want), keyCodes(doc.Findings))
		}
		if hasFinding(doc, "container-malformed") != nil {
			t.Errorf("a sound keystore: %s", keyCodes(doc.Findings))
		}
	})
}

// plainKeystore reads the certificates of a keystore of version 2 that has nothing
// but keys in sound PKCS#8 and certificates that can be read.
func plainKeystore(data []byte) (certificates [][]byte, ok bool) {
	r := bytes.NewReader(data)
	var u32 struct{ Magic, Version, Entries uint32 }
	if binary.Read(r, binary.BigEndian, &u32) != nil || u32.Version != 2 {
		return nil, false
	}
	blob := func(size any) ([]byte, bool) {
		if binary.Read(r, binary.BigEndian, size) != nil {
			return nil, false
		}
		n := 0
		switch size := size.(type) {
		case *uint16:
			n = int(*size)
		case *uint32:
			n = int(*size)
		}
		if n > r.Len() {
			return nil, false
		}
		b := make([]byte, n)
		_, err := r.Read(b)
		return b, err == nil || n == 0
	}
	certificate := func() bool {
		kind, ok1 := blob(new(uint16))
		der, ok2 := blob(new(uint32))
		if !ok1 || !ok2 || string(kind) != "X.509" {
			return false
		}
		c, err := ParseCertificate(der)
		if err != nil {
			return false
		}
		certificates = append(certificates, c.Raw())
		return true
	}
	for range u32.Entries {
		var kind, chain uint32
		if binary.Read(r, binary.BigEndian, &kind) != nil {
			return nil, false
		}
		if _, ok := blob(new(uint16)); !ok {
			return nil, false
		}
		var date uint64
		if binary.Read(r, binary.BigEndian, &date) != nil {
			return nil, false
		}
		switch kind {
		case keystoreKey:
			key, ok := blob(new(uint32))
			if !ok || binary.Read(r, binary.BigEndian, &chain) != nil || formOf(key) != formEncryptedPKCS8 {
				return nil, false
			}
			if e, problem := readEncryption(&Block{DER: key}); e == nil || problem != nil {
				return nil, false
			}
			for range chain {
				if !certificate() {
					return nil, false
				}
			}
		case keystoreCertificate:
			if !certificate() {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return certificates, r.Len() == sha1.Size
}
