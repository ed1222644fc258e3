package hardpaths

import (
	"crypto/ecdsa"
	"crypto/elliptic"
)

// elliptic521 is issuers with keys on the slowest curve.
func elliptic521(signature []byte) Case {
	return slow("200 P-521 keys", seq(oid(1, 2, 840, 10045, 4, 3, 4)), signature, func(i int) []byte {
		scalar := number(i, 66, 0)
		scalar[0] = 0 // below the order of the curve
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P521(), scalar)
		if err != nil {
			panic(err)
		}
		point, err := k.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		return der(seq(seq(oid(1, 2, 840, 10045, 2, 1), oid(1, 3, 132, 0, 35)), bits(raw(point))))
	})
}
