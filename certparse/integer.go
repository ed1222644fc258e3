package certparse

import (
	"math/big"
	"math/bits"
	"slices"
	"strconv"

	"github.com/certloupe/certloupe/finding"
)

func itoa(n int) string { return strconv.Itoa(n) }

// signedInteger is the value of the content octets of an INTEGER.
func signedInteger(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// maxDecimalOctets bounds the numbers that are written in decimal, because the
// conversion takes more than linear time. No serial number is this long.
const maxDecimalOctets = 1024

// decimal is the value of the content octets of an INTEGER as decimal digits.
func decimal(b []byte) string { return string(appendDecimal(nil, b)) }

// appendDecimal appends what decimal returns.
func appendDecimal(dst, b []byte) []byte {
	switch {
	case len(b) > maxDecimalOctets:
		return append(append(dst, "0x"...), hexLower(b)...)
	case len(b) > 24 || len(b) > 0 && b[0] >= 0x80:
		return signedInteger(b).Append(dst, 10)
	}
	// Serial numbers have up to 20 octets: three words, divided by the largest
	// power of ten that fits into one until nothing is left.
	const digits, power = 19, 1e19
	var words [3]uint64
	for i, c := range b {
		n := len(b) - 1 - i
		words[2-n/8] |= uint64(c) << (n % 8 * 8)
	}
	var groups [4]uint64 // 24 octets have 58 digits.
	n := 0
	for {
		var rest uint64
		for i := range words {
			words[i], rest = bits.Div64(rest, words[i], power)
		}
		groups[n] = rest
		if words == [3]uint64{} {
			break
		}
		n++
	}
	dst = strconv.AppendUint(dst, groups[n], 10)
	for n--; n >= 0; n-- {
		var group [digits]byte
		for i, v := digits-1, groups[n]; i >= 0; i, v = i-1, v/10 {
			group[i] = byte('0' + v%10)
		}
		dst = append(dst, group[:]...)
	}
	return dst
}

// sortByOffset orders findings by their offset in the DER; equal ones keep their order.
func sortByOffset(fs []finding.Finding) {
	slices.SortStableFunc(fs, func(a, b finding.Finding) int { return int(a.Where.DERByte) - int(b.Where.DERByte) })
}
