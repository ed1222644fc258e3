package certparse

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
)

// FuzzKeyBlocklist reads lists. It checks that nothing panics, that a list is taken
// in full or not at all, and that it does not matter how often it is read.
func FuzzKeyBlocklist(f *testing.F) {
	f.Add([]byte("# comment\n\n0123456789abcdef0123\n"))
	f.Add([]byte(strings.Repeat("ab", 32) + "\r\n" + strings.Repeat("0", 20)))
	f.Add([]byte("0123456789abcdef012\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var l KeyBlocklist
		err := l.Read(text)
		if err != nil {
			if l.Len() != 0 {
				t.Fatalf("%d entries in spite of %v", l.Len(), err)
			}
			return
		}
		lines := map[string]bool{}
		for line := range bytes.Lines(text) {
			if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
				lines[strings.ToLower(string(line))] = true
			}
		}
		if l.Len() != len(lines) {
			t.Fatalf("%d entries, want %d", l.Len(), len(lines))
		}
		if err := l.Read(text); err != nil || l.Len() != len(lines) {
			t.Fatalf("read again: %d entries, %v", l.Len(), err)
		}
	})
}

// FuzzModulus looks for weaknesses in any number. What is said must be true.
func FuzzModulus(f *testing.F) {
	f.Add([]byte{15})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc5})
	f.Add(new(big.Int).Mul(big.NewInt(1000003), big.NewInt(1000033)).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > MaxRSABits/8 || len(b) == 0 {
			return
		}
		n := new(big.Int).SetBytes(b)
		if n.SetBit(n, 0, 1); n.Cmp(big.NewInt(1)) == 0 {
			return
		}
		before := new(big.Int).Set(n)
		if p := smallFactor(n); p != 0 && new(big.Int).Mod(n, new(big.Int).SetUint64(p)).Sign() != 0 {
			t.Fatalf("%d does not divide %d", p, n)
		}
		isROCA(n)
		if round, found := fermat(n); found && (round < 1 || round > fermatRounds || n.ProbablyPrime(10) && n.BitLen() > 12) {
			t.Fatalf("the prime %d was taken apart in round %d", n, round)
		}
		if n.Cmp(before) != 0 {
			t.Fatal("the modulus was changed")
		}
	})
}
