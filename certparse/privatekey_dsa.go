package certparse

import (
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file reads DSA keys. Inside PKCS#8 the parameters p, q and g stand with
// the algorithm and the key is the private value x alone; the older form is the
// list p, q, g, y, x behind a version.

// maxDSASubgroupBits is the longest q that is read; the standard ends at 256.
const maxDSASubgroupBits = 512

func (d *keyDecoder) dsaInside(k pkcs8Key) (*decodedKey, *keyProblem) {
	if k.parameters.tag != tagSequence {
		return nil, malformed("the parameters of DSA are missing").at(k.key.start)
	}
	var values [3]*big.Int
	pos := k.parameters.body
	for i := range values {
		e, ok := d.expect(pos, k.parameters.end, tagInteger)
		if !ok {
			return nil, d.syntax("the parameters of DSA")
		}
		var problem *keyProblem
		if values[i], problem = d.integer(e); problem != nil {
			return nil, problem
		}
		pos = e.end
	}
	e, ok := d.expect(k.key.body, k.key.end, tagInteger)
	if !ok {
		return nil, d.syntax("the private value of DSA")
	}
	x, problem := d.integer(e)
	if problem != nil {
		return nil, problem
	}
	return d.dsaKey(values[0], values[1], values[2], x, nil)
}

// dsaKey checks a DSA key; y is nil where the form does not have it.
func (d *keyDecoder) dsaKey(p, q, g, x, y *big.Int) (*decodedKey, *keyProblem) {
	if p.BitLen() > maxDSABits {
		return nil, tooLarge(p.BitLen(), maxDSABits)
	}
	if q.BitLen() > maxDSASubgroupBits {
		return nil, tooLarge(q.BitLen(), maxDSASubgroupBits)
	}
	one := big.NewInt(1)
	// Without a modulus above zero the power below would fill all memory.
	if p.Bit(0) == 0 || p.Cmp(q) <= 0 || g.Cmp(one) <= 0 || g.Cmp(p) >= 0 {
		return nil, inconsistent("its parameters p, q and g do not belong together")
	}
	if x.Sign() <= 0 || x.Cmp(q) >= 0 {
		return nil, inconsistent("its private value x is not between 0 and q")
	}
	computed := new(big.Int).Exp(g, x, p)
	if y != nil && y.Cmp(computed) != 0 {
		return nil, inconsistent("its public value y does not follow from its private value x")
	}
	parameters := new(cryptobyte.Builder)
	parameters.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(p)
		b.AddASN1BigInt(q)
		b.AddASN1BigInt(g)
	})
	private := cryptobyte.NewBuilder(make([]byte, 0, maxDSASubgroupBits/8+8))
	private.AddASN1BigInt(x)
	public := new(cryptobyte.Builder)
	public.AddASN1BigInt(computed)
	return &decodedKey{
		algorithm: encodeAlgorithm(DSA, parameters.BytesOrPanic()),
		private:   private.BytesOrPanic(),
		public:    public.BytesOrPanic(),
	}, nil
}
