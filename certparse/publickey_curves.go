package certparse

// Curve is a named elliptic curve.
type Curve uint8

// The named curves that are told apart.
const (
	NoCurve Curve = iota
	P224
	P256
	P384
	P521
	SM2P256
	Secp256k1
	BrainpoolP256r1
	BrainpoolP384r1
	BrainpoolP512r1
	// OtherCurve is a curve that is named but not known.
	OtherCurve

	curves // how many there are
)

type curveKind struct {
	oid, name string
	bits      int
}

var curveKinds = [curves]curveKind{
	P224:            {"\x2b\x81\x04\x00\x21", "P-224", 224},
	P256:            {"\x2a\x86\x48\xce\x3d\x03\x01\x07", "P-256", 256},
	P384:            {"\x2b\x81\x04\x00\x22", "P-384", 384},
	P521:            {"\x2b\x81\x04\x00\x23", "P-521", 521},
	SM2P256:         {"\x2a\x81\x1c\xcf\x55\x01\x82\x2d", "sm2p256v1", 256},
	Secp256k1:       {"\x2b\x81\x04\x00\x0a", "secp256k1", 256},
	BrainpoolP256r1: {"\x2b\x24\x03\x03\x02\x08\x01\x01\x07", "brainpoolP256r1", 256},
	BrainpoolP384r1: {"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", "brainpoolP384r1", 384},
	BrainpoolP512r1: {"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d", "brainpoolP512r1", 512},
}

// String returns the curve's usual name, such as "P-256"; it is empty for
// NoCurve and OtherCurve.
func (c Curve) String() string {
	if c >= curves {
		return ""
	}
	return curveKinds[c].name
}

func identifyCurve(oid []byte) Curve {
	for c := P224; c < OtherCurve; c++ {
		if curveKinds[c].oid == string(oid) {
			return c
		}
	}
	return OtherCurve
}

// weakCurves are the named curves below 224 bits, whose security is below 112
// bits: those of SEC 2, X9.62 and RFC 5639 by the content octets of their OIDs.
var weakCurves = map[string]struct {
	name string
	bits int
}{
	"\x2b\x81\x04\x00\x06":                 {"secp112r1", 112},
	"\x2b\x81\x04\x00\x07":                 {"secp112r2", 112},
	"\x2b\x81\x04\x00\x1c":                 {"secp128r1", 128},
	"\x2b\x81\x04\x00\x1d":                 {"secp128r2", 128},
	"\x2b\x81\x04\x00\x09":                 {"secp160k1", 160},
	"\x2b\x81\x04\x00\x08":                 {"secp160r1", 160},
	"\x2b\x81\x04\x00\x1e":                 {"secp160r2", 160},
	"\x2b\x81\x04\x00\x1f":                 {"secp192k1", 192},
	"\x2b\x81\x04\x00\x04":                 {"sect113r1", 113},
	"\x2b\x81\x04\x00\x05":                 {"sect113r2", 113},
	"\x2b\x81\x04\x00\x16":                 {"sect131r1", 131},
	"\x2b\x81\x04\x00\x17":                 {"sect131r2", 131},
	"\x2b\x81\x04\x00\x01":                 {"sect163k1", 163},
	"\x2b\x81\x04\x00\x02":                 {"sect163r1", 163},
	"\x2b\x81\x04\x00\x0f":                 {"sect163r2", 163},
	"\x2b\x81\x04\x00\x18":                 {"sect193r1", 193},
	"\x2b\x81\x04\x00\x19":                 {"sect193r2", 193},
	"\x2a\x86\x48\xce\x3d\x03\x01\x01":     {"P-192", 192},
	"\x2a\x86\x48\xce\x3d\x03\x01\x02":     {"prime192v2", 192},
	"\x2a\x86\x48\xce\x3d\x03\x01\x03":     {"prime192v3", 192},
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x01": {"brainpoolP160r1", 160},
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x02": {"brainpoolP160t1", 160},
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x03": {"brainpoolP192r1", 192},
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x04": {"brainpoolP192t1", 192},
}

// weakCurve returns the name and the size of the weak curve that the content
// octets of an OID name; the name is empty if it is none.
func weakCurve(oid []byte) (name string, bits int) {
	c := weakCurves[string(oid)]
	return c.name, c.bits
}
