package certparse

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// TestRC2 has the vectors of RFC 2268, Section 5.
func TestRC2(t *testing.T) {
	for _, v := range []struct {
		key                   string
		bits                  int
		plaintext, ciphertext string
	}{
		{"0000000000000000", 63, "0000000000000000", "ebb773f993278eff"},
		{"ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"},
		{"88", 64, "0000000000000000", "61a8a244adacccf0"},
		{"88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"},
		{"88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"},
		{"88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"},
		{"88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129, "0000000000000000", "5b78d3a43dfff1f1"},
	} {
		key, _ := hex.DecodeString(v.key)
		plaintext, _ := hex.DecodeString(v.plaintext)
		k := expandRC2(key, v.bits)
		out := make([]byte, 8)
		k.Encrypt(out, plaintext)
		if got := hex.EncodeToString(out); got != v.ciphertext {
			t.Errorf("key %s, %d bits: %s, want %s", v.key, v.bits, got, v.ciphertext)
		}
		k.Decrypt(out, out)
		if !bytes.Equal(out, plaintext) {
			t.Errorf("key %s, %d bits: decrypted to %x", v.key, v.bits, out)
		}
	}
}

// TestRC2EffectiveBits reads the parameters that RC2 can have in PBES2.
func TestRC2EffectiveBits(t *testing.T) {
	for der, want := range map[string]string{
		"300e020200a004080000000000000000": "RC2-CBC, 40 bits",
		"300d02017804080000000000000000":   "RC2-CBC, 64 bits",
		"300d02013a04080000000000000000":   "RC2-CBC, 128 bits",
		"300e0202040004080000000000000000": "RC2-CBC, 1024 bits",
		"04080000000000000000":             "RC2-CBC, 32 bits",
		"300e0202040104080000000000000000": "", // 1025 bits do not exist.
		"300c02013a0407000000000000 00":    "",
		"0500":                             "",
	} {
		b, err := hex.DecodeString("3000" + "06082a864886f70d0302" + strings.ReplaceAll(der, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		b[1] = byte(len(b) - 2)
		r := encryptionReader{derReader{der: b}}
		id, ok := r.algorithmIdentifier(0, uint32(len(b)))
		if !ok {
			t.Fatal(r.problem)
		}
		name, _, problem := r.cipher(id, new(encryption))
		if name != want || (problem == nil) != (want != "") {
			t.Errorf("%s: %q", der, name)
		}
	}
}
