package main

import (
	"crypto/ecdsa"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// envelopedKey is an SM2EnvelopedKey (GB/T 35276, Section 7.4), as in which CAs
// hand out the private key of an encryption certificate.
type envelopedKey struct {
	// cipher is the AlgorithmIdentifier of the cipher.
	cipher []byte
	// point is the public key, and secret is what is encrypted: the private value.
	point, secret []byte
	// recipient is the signing key that opens it.
	recipient *sm2.PrivateKey
}

func (g *generator) envelopedKey() envelopedKey {
	k := g.key("sm2-encrypt").private.(*sm2.PrivateKey)
	return envelopedKey{
		cipher:    algorithm("1.2.156.10197.1.104.1"), // SM4 in ECB mode.
		point:     sm2Point(k),
		secret:    k.D.FillBytes(make([]byte, 32)),
		recipient: g.key("sm2-sign").private.(*sm2.PrivateKey),
	}
}

func (e envelopedKey) der() []byte {
	key := []byte("TEST ONLY key...")
	block := must(sm4.NewCipher(key))
	encrypted := make([]byte, len(e.secret))
	for i := 0; i < len(encrypted); i += sm4.BlockSize {
		block.Encrypt(encrypted[i:], e.secret[i:])
	}
	return sequence(e.cipher, encryptSM2(&e.recipient.PublicKey, key), bits(0, e.point...), bits(0, encrypted...))
}

// encryptSM2 is an SM2Cipher (GB/T 32918.4, Section 6.1; GM/T 0009, Section 7.2)
// whose random number is always the same.
func encryptSM2(public *ecdsa.PublicKey, message []byte) []byte {
	curve := public.Curve
	k := new(big.Int).SetBytes([]byte("TEST ONLY random number........."))
	k.Mod(k, curve.Params().N)
	x1, y1 := curve.ScalarBaseMult(k.Bytes())
	x2, y2 := curve.ScalarMult(public.X, public.Y, k.Bytes())
	size := func(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }
	mask := sm3.Kdf(append(size(x2), size(y2)...), len(message))
	for i := range mask {
		mask[i] ^= message[i]
	}
	h := sm3.New()
	h.Write(size(x2))
	h.Write(message)
	h.Write(size(y2))
	return sequence(bigInteger(x1), bigInteger(y1), octets(h.Sum(nil)), octets(mask))
}

// sm2ContainerCases are the cases about such containers in the place of the
// encryption key.
func (g *generator) sm2ContainerCases() {
	whole := pairFiles(g.sm2Sign(), g.key("sm2-sign"), g.sm2Encrypt(), g.key("sm2-encrypt"))
	bad := func(code, says string, e envelopedKey, notes ...string) {
		g.add(scenario{path: "container/" + code, says: says, notes: notes, call: pairCall,
			files: whole.but("encrypt.key.pem", e.der()), healthy: files{"encrypt.key.pem": whole["encrypt.key.pem"]}})
	}
	e := g.envelopedKey()
	bad("container-sm2", "The encryption key as the CA handed it out, in an SM2EnvelopedKey. The service takes PKCS#8 in PEM (GB/T 35276, Section 7.4).", e)
	e.point = append([]byte{4}, e.point[33:]...)
	e.point = append(e.point, e.point[1:]...)
	bad("container-malformed", "A container whose public key is not a point on the curve (GB/T 35276, Section 7.4).", e)
	e = g.envelopedKey()
	e.recipient = g.key("sm2-other").private.(*sm2.PrivateKey)
	bad("container-signing-key-wrong", "A container for another signing key. It is encrypted for one (GB/T 35276, Section 7.4).", e)
	e = g.envelopedKey()
	e.cipher = algorithm("1.2.156.10197.1.102.1")
	bad("container-cipher-unsupported", "A container under SM1, which is in hardware only. Any cipher may be named (GB/T 35276, Section 7.4; GM/T 0006).", e)
	e = g.envelopedKey()
	e.secret = append(make([]byte, 32), e.secret...)
	bad("container-key-form", "A container with 32 zero bytes before the private value, as in the C structures of GM/T 0016.", e)

	half := pairCall.also(nil)
	delete(half, "sign_key")
	half["profile"] = "generic"
	delete(half, "name")
	delete(half, "algorithm_type")
	f := whole.but("encrypt.key.pem", g.envelopedKey().der())
	delete(f, "sign.key.pem")
	g.add(scenario{path: "container/container-signing-key-missing",
		says: "A container without the signing key that it is encrypted for (GB/T 35276, Section 7.4).",
		call: half, files: f,
		healthyCall: half.also(call{"sign_key": "sign.key.pem"}),
		healthy:     files{"encrypt.key.pem": whole["encrypt.key.pem"], "sign.key.pem": whole["sign.key.pem"]}})
}
