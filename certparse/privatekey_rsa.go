package certparse

import (
	"math/big"

	"github.com/certloupe/certloupe/finding"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file reads RSA keys, RFC 8017, Appendix A.1.2, and checks that their
// numbers belong together. Somebody who can change one of them and then watch
// the signatures can compute the others, so none is taken on trust.

// maxRSAPrimes is how many primes an RSA key may have; OpenSSL allows five.
const maxRSAPrimes = 16

// rsaNumbers are the integers of an RSAPrivateKey.
type rsaNumbers struct {
	n, e, d *big.Int
	primes  []rsaPrime
}

// rsaPrime is one prime factor with its values for the Chinese remainder
// theorem; those are nil where the key leaves them out.
type rsaPrime struct {
	prime *big.Int
	// exponent is d reduced modulo prime-1.
	exponent *big.Int
	// coefficient is nil for the first prime. For the second it is that one's
	// inverse modulo the first, for each further one the inverse modulo it of the
	// product of all before it.
	coefficient *big.Int
}

// rsaInside reads the RSAPrivateKey inside PKCS#8.
func (d *keyDecoder) rsaInside(k pkcs8Key, algorithm []byte) (*decodedKey, *keyProblem) {
	seq, ok := d.expect(k.key.body, k.key.end, tagSequence)
	if !ok {
		return nil, d.syntax("the RSA key")
	}
	values, end, problem := d.leadingIntegers(seq)
	if problem != nil {
		return nil, problem
	}
	return d.rsaKey(values, element{body: end, end: seq.end}, algorithm)
}

// integers reads the forms that are a list of integers: PKCS#1, and the one for DSA.
func (d *keyDecoder) integers(seq element) (*decodedKey, *keyProblem) {
	values, end, problem := d.leadingIntegers(seq)
	if problem != nil {
		return nil, problem
	}
	// Both can have six integers, if an RSA key leaves out what can be computed.
	// Then the last two are the factors of the second.
	if len(values) == 6 && d.secret().Mul(values[4], values[5]).Cmp(values[1]) != 0 {
		d.format = "DSA"
		return d.dsaKey(values[1], values[2], values[3], values[5], values[4])
	}
	d.format = "PKCS#1"
	return d.rsaKey(values, element{body: end, end: seq.end}, encodeAlgorithm(RSA, derNull))
}

// leadingIntegers reads the integers that seq starts with, at most nine, and
// returns where they end. The first is a version, and must not be a later one;
// the others must be positive.
func (d *keyDecoder) leadingIntegers(seq element) (values []*big.Int, end uint32, problem *keyProblem) {
	end = seq.body
	for end < seq.end && len(values) < 9 {
		e, ok := d.read(end, seq.end)
		if !ok && len(values) >= 6 {
			d.noteTail()
			break
		}
		if !ok {
			return nil, 0, d.syntax("an integer of the key")
		}
		if e.tag != tagInteger {
			break
		}
		n, problem := d.integer(e)
		if problem != nil {
			return nil, 0, problem
		}
		if len(values) == 0 {
			if n.IsInt64() && n.Int64() > 1 || n.BitLen() > 8 {
				return nil, 0, malformed("its version is not known").at(e.start)
			}
		} else if n.Sign() <= 0 {
			return nil, 0, malformed("an integer is zero or negative").at(e.start)
		}
		values = append(values, n)
		end = e.end
	}
	if len(values) < 6 {
		return nil, 0, malformed("an integer is missing").at(end)
	}
	return values, end, nil
}

// integer is the value of an INTEGER of bounded size.
func (d *keyDecoder) integer(e element) (*big.Int, *keyProblem) {
	b := e.content().of(d.der)
	if len(b) > MaxRSABits/8+1 {
		return nil, tooLarge(bitLength(b), MaxRSABits).at(e.start)
	}
	n := signedInteger(b)
	d.secrets = append(d.secrets, n)
	return n, nil
}

func tooLarge(bits, limit int) *keyProblem {
	return &keyProblem{code: "private-key-too-large", data: []finding.Datum{
		finding.Int("bits", bits), finding.Int("limit", limit)}}
}

// rsaKey makes sense of the integers of an RSAPrivateKey, of which those after q
// may be missing, and of what follows them.
func (d *keyDecoder) rsaKey(values []*big.Int, rest element, algorithm []byte) (*decodedKey, *keyProblem) {
	k := rsaNumbers{n: values[1], e: values[2], d: values[3]}
	crt := append(values[6:], nil, nil, nil)
	k.primes = []rsaPrime{{values[4], crt[0], nil}, {values[5], crt[1], crt[2]}}
	if len(values) == 9 && rest.body < rest.end {
		list, ok := d.read(rest.body, rest.end)
		if !ok {
			d.noteTail()
		} else if list.tag == tagSequence {
			further, problem := d.furtherPrimes(list)
			if problem != nil {
				return nil, problem
			}
			k.primes = append(k.primes, further...)
		}
	}
	if problem := d.checkRSA(&k); problem != nil {
		return nil, problem
	}
	public := new(cryptobyte.Builder)
	public.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(k.n)
		b.AddASN1BigInt(k.e)
	})
	return &decodedKey{algorithm: algorithm, private: k.encode(), public: public.BytesOrPanic()}, nil
}

// furtherPrimes reads the OtherPrimeInfos of a key with more than two primes.
func (d *keyDecoder) furtherPrimes(list element) ([]rsaPrime, *keyProblem) {
	var primes []rsaPrime
	for pos := list.body; pos < list.end; {
		info, ok := d.expect(pos, list.end, tagSequence)
		if !ok {
			return nil, d.syntax("a further prime")
		}
		if len(primes) == maxRSAPrimes-2 {
			return nil, malformed("it has more than 16 primes").at(info.start)
		}
		var triple [3]*big.Int
		at := info.body
		for i := range triple {
			e, ok := d.expect(at, info.end, tagInteger)
			if !ok {
				return nil, d.syntax("a further prime")
			}
			var problem *keyProblem
			if triple[i], problem = d.integer(e); problem != nil {
				return nil, problem
			}
			at = e.end
		}
		primes = append(primes, rsaPrime{triple[0], triple[1], triple[2]})
		pos = info.end
	}
	return primes, nil
}

// checkRSA checks the relations of RFC 8017, Section 3.2, and fills in what the
// key leaves out.
func (d *keyDecoder) checkRSA(k *rsaNumbers) *keyProblem {
	if k.n.BitLen() > MaxRSABits {
		return tooLarge(k.n.BitLen(), MaxRSABits)
	}
	one := big.NewInt(1)
	product := d.secret().Set(one)
	for _, p := range k.primes {
		if p.prime.Cmp(one) <= 0 {
			return inconsistent("its modulus is not the product of its primes")
		}
		product.Mul(product, p.prime)
	}
	if product.Cmp(k.n) != 0 {
		return inconsistent("its modulus is not the product of its primes")
	}
	before := d.secret().Set(one)
	for i := range k.primes {
		p := &k.primes[i]
		less := d.secret().Sub(p.prime, one)
		exponent := d.secret().Mod(k.d, less)
		check := d.secret().Mul(k.e, exponent)
		if check.Mod(check.Sub(check, one), less).Sign() != 0 {
			return inconsistent("its private and its public exponent do not belong together")
		}
		if p.exponent == nil {
			p.exponent = exponent
		}
		if p.exponent.Cmp(exponent) != 0 {
			return inconsistent("its private exponent for one prime is not that of the whole key (" + crtName(i, "dP", "dQ", "d") + ")")
		}
		if i > 0 {
			inverse, modulus := before, p.prime
			if i == 1 {
				inverse, modulus = p.prime, k.primes[0].prime
			}
			coefficient := d.secret()
			if coefficient.ModInverse(inverse, modulus) == nil {
				return inconsistent("two of its primes have a common factor")
			}
			if p.coefficient == nil {
				p.coefficient = coefficient
			}
			if p.coefficient.Cmp(coefficient) != 0 {
				return inconsistent("its CRT coefficient does not fit its primes (" + crtName(i, "", "qInv", "t") + ")")
			}
		}
		before.Mul(before, p.prime)
	}
	return nil
}

// crtName is the standard's name for a value of prime i, which counts from zero.
func crtName(i int, first, second, further string) string {
	switch i {
	case 0:
		return first
	case 1:
		return second
	}
	return further + itoa(i+1)
}

// encode is the RSAPrivateKey in DER.
func (k *rsaNumbers) encode() []byte {
	// Each of the numbers is at most as long as the modulus, those of a prime
	// together at most about three times as long as it.
	b := cryptobyte.NewBuilder(make([]byte, 0, 6*(k.n.BitLen()/8)+len(k.e.Bits())*8+64*len(k.primes)))
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Uint64(uint64(min(len(k.primes)-2, 1)))
		for _, n := range []*big.Int{k.n, k.e, k.d, k.primes[0].prime, k.primes[1].prime,
			k.primes[0].exponent, k.primes[1].exponent, k.primes[1].coefficient} {
			b.AddASN1BigInt(n)
		}
		if len(k.primes) == 2 {
			return
		}
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, p := range k.primes[2:] {
				b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1BigInt(p.prime)
					b.AddASN1BigInt(p.exponent)
					b.AddASN1BigInt(p.coefficient)
				})
			}
		})
	})
	return b.BytesOrPanic()
}
