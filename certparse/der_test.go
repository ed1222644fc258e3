package certparse

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

func TestOIDString(t *testing.T) {
	for _, oid := range []asn1.ObjectIdentifier{
		{0, 0}, {1, 2, 3}, {2, 5, 29, 15}, {1, 2, 840, 113549, 1, 1, 11}, {2, 999, 1 << 30}, {1, 39, 127, 128, 16383, 16384},
	} {
		der, err := asn1.Marshal(oid)
		if err != nil {
			t.Fatal(err)
		}
		if got := oidString(der[2:]); got != oid.String() {
			t.Errorf("%s, want %s", got, oid)
		}
	}
	for _, bad := range []string{"", "\x80\x01", "\x2a\x86", "\x2a\x80\x01", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		if got := oidString([]byte(bad)); got != "0x"+hexLower([]byte(bad)) {
			t.Errorf("%x is no identifier, but shown as %s", bad, got)
		}
	}
}

// Where cryptobyte reads a DER element, the reader finds the same content; and
// it never goes past its limit.
func FuzzReadElement(f *testing.F) {
	f.Add([]byte{0x30, 0x03, 0x02, 0x01, 0x05})
	f.Add([]byte{0x30, 0x81, 0x03, 0x02, 0x01, 0x05})
	f.Add([]byte{0x30, 0x82, 0x00, 0x03, 0x02, 0x01, 0x05})
	f.Add([]byte{0x30, 0x80, 0x00, 0x00})
	f.Add([]byte{0x30, 0x85, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add(append([]byte{0x04, 0x82, 0x01, 0x00}, make([]byte, 256)...))
	f.Fuzz(func(t *testing.T, der []byte) {
		r := derReader{der: der}
		e, ok := r.read(0, uint32(len(der)))
		if ok && (e.body > e.end || int(e.end) > len(der)) {
			t.Fatalf("element %+v of %d bytes", e, len(der))
		}
		if !ok && r.problem == "" {
			t.Fatal("failed without a reason")
		}
		s := cryptobyte.String(der)
		var content cryptobyte.String
		var tag cbasn1.Tag
		if s.ReadAnyASN1(&content, &tag) {
			if !ok || !bytes.Equal(e.content().of(der), content) || e.tag != byte(tag) || r.longLength != 0 {
				t.Fatalf("cryptobyte reads %x, we %v %+v", []byte(content), ok, e)
			}
		}
	})
}

func TestIntegers(t *testing.T) {
	for _, n := range []int64{0, 1, 127, 128, 255, 256, -1, -127, -128, -129, -256, 1 << 40, -1 << 40, 1<<63 - 1, -1 << 63} {
		for _, x := range []*big.Int{big.NewInt(n), new(big.Int).Mul(big.NewInt(n), new(big.Int).Lsh(big.NewInt(1), 100))} {
			der, err := asn1.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			b := der[2:]
			if signedInteger(b).Cmp(x) != 0 || decimal(b) != x.String() || !isIntegerMinimal(b) {
				t.Errorf("%v: %v %s minimal %v", x, signedInteger(b), decimal(b), isIntegerMinimal(b))
			}
		}
	}
	if isIntegerMinimal([]byte{0, 1}) || isIntegerMinimal([]byte{0xff, 0x80}) || isIntegerMinimal(nil) {
		t.Error("superfluous octets are not noticed")
	}
	for b, want := range map[string]int{"\x00": 0, "\x05": 5, "\x00\xff": 255, "\x7f\xff\xff\xff": 1<<31 - 1} {
		if n, ok := smallInteger([]byte(b)); !ok || n != want {
			t.Errorf("%x: %d %v", b, n, ok)
		}
	}
	for _, b := range []string{"", "\x80\x00\x00\x00", "\x01\x00\x00\x00\x00"} {
		if n, ok := smallInteger([]byte(b)); ok {
			t.Errorf("%x: %d", b, n)
		}
	}
}
