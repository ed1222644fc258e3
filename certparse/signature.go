package certparse

import (
	"bytes"
	"crypto"
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" // Signatures of old certificates.
	"crypto/rsa"
	_ "crypto/sha1"
	"crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"errors"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm2"
)

// SignatureAlgorithm is the algorithm of a signature, hash included.
type SignatureAlgorithm uint8

// The signature algorithms that are told apart.
const (
	UnknownSignatureAlgorithm SignatureAlgorithm = iota
	MD2WithRSA
	MD4WithRSA
	MD5WithRSA
	SHA1WithRSA
	SHA224WithRSA
	SHA256WithRSA
	SHA384WithRSA
	SHA512WithRSA
	SHA512_224WithRSA
	SHA512_256WithRSA
	SHA3_224WithRSA
	SHA3_256WithRSA
	SHA3_384WithRSA
	SHA3_512WithRSA
	// RSAPSSOther is RSASSA-PSS with parameters other than those of the three below.
	RSAPSSOther
	SHA256WithRSAPSS
	SHA384WithRSAPSS
	SHA512WithRSAPSS
	ECDSAWithSHA1
	ECDSAWithSHA224
	ECDSAWithSHA256
	ECDSAWithSHA384
	ECDSAWithSHA512
	ECDSAWithSHA3_224
	ECDSAWithSHA3_256
	ECDSAWithSHA3_384
	ECDSAWithSHA3_512
	DSAWithSHA1
	DSAWithSHA224
	DSAWithSHA256
	SM2WithSM3
	PureEd25519
	PureEd448
	PureMLDSA44
	PureMLDSA65
	PureMLDSA87
	PureSLHDSA

	signatureAlgorithms // how many there are
)

// parameterRule says what parameters belong to an algorithm.
type parameterRule uint8

const (
	parametersAbsent parameterRule = iota
	parametersNull
	// parametersAbsentOrNull is for SM2 with SM3, which is found both ways.
	parametersAbsentOrNull
	parametersPSS
)

// signatureKind is what is fixed about a signature algorithm.
type signatureKind struct {
	// oid is the content octets of the identifier; empty for the PSS variants,
	// which are told apart by their parameters.
	oid string
	// name is what Go's x509.SignatureAlgorithm prints, where it has the algorithm.
	name       string
	key        KeyAlgorithm
	hash       crypto.Hash
	parameters parameterRule
	weak       bool
}

const rsaPSSOID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"

var signatureKinds = [signatureAlgorithms]signatureKind{
	MD2WithRSA:        {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "MD2-RSA", RSA, 0, parametersNull, true},
	MD4WithRSA:        {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", "MD4-RSA", RSA, 0, parametersNull, true},
	MD5WithRSA:        {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "MD5-RSA", RSA, crypto.MD5, parametersNull, true},
	SHA1WithRSA:       {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "SHA1-RSA", RSA, crypto.SHA1, parametersNull, true},
	SHA224WithRSA:     {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", "SHA224-RSA", RSA, crypto.SHA224, parametersNull, false},
	SHA256WithRSA:     {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "SHA256-RSA", RSA, crypto.SHA256, parametersNull, false},
	SHA384WithRSA:     {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "SHA384-RSA", RSA, crypto.SHA384, parametersNull, false},
	SHA512WithRSA:     {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "SHA512-RSA", RSA, crypto.SHA512, parametersNull, false},
	SHA512_224WithRSA: {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0f", "SHA512-224-RSA", RSA, crypto.SHA512_224, parametersNull, false},
	SHA512_256WithRSA: {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x10", "SHA512-256-RSA", RSA, crypto.SHA512_256, parametersNull, false},
	SHA3_224WithRSA:   {"\x60\x86\x48\x01\x65\x03\x04\x03\x0d", "SHA3-224-RSA", RSA, crypto.SHA3_224, parametersNull, false},
	SHA3_256WithRSA:   {"\x60\x86\x48\x01\x65\x03\x04\x03\x0e", "SHA3-256-RSA", RSA, crypto.SHA3_256, parametersNull, false},
	SHA3_384WithRSA:   {"\x60\x86\x48\x01\x65\x03\x04\x03\x0f", "SHA3-384-RSA", RSA, crypto.SHA3_384, parametersNull, false},
	SHA3_512WithRSA:   {"\x60\x86\x48\x01\x65\x03\x04\x03\x10", "SHA3-512-RSA", RSA, crypto.SHA3_512, parametersNull, false},
	RSAPSSOther:       {rsaPSSOID, "RSAPSS", RSA, 0, parametersPSS, false},
	SHA256WithRSAPSS:  {"", "SHA256-RSAPSS", RSA, crypto.SHA256, parametersPSS, false},
	SHA384WithRSAPSS:  {"", "SHA384-RSAPSS", RSA, crypto.SHA384, parametersPSS, false},
	SHA512WithRSAPSS:  {"", "SHA512-RSAPSS", RSA, crypto.SHA512, parametersPSS, false},
	ECDSAWithSHA1:     {"\x2a\x86\x48\xce\x3d\x04\x01", "ECDSA-SHA1", ECDSA, crypto.SHA1, parametersAbsent, true},
	ECDSAWithSHA224:   {"\x2a\x86\x48\xce\x3d\x04\x03\x01", "ECDSA-SHA224", ECDSA, crypto.SHA224, parametersAbsent, false},
	ECDSAWithSHA256:   {"\x2a\x86\x48\xce\x3d\x04\x03\x02", "ECDSA-SHA256", ECDSA, crypto.SHA256, parametersAbsent, false},
	ECDSAWithSHA384:   {"\x2a\x86\x48\xce\x3d\x04\x03\x03", "ECDSA-SHA384", ECDSA, crypto.SHA384, parametersAbsent, false},
	ECDSAWithSHA512:   {"\x2a\x86\x48\xce\x3d\x04\x03\x04", "ECDSA-SHA512", ECDSA, crypto.SHA512, parametersAbsent, false},
	ECDSAWithSHA3_224: {"\x60\x86\x48\x01\x65\x03\x04\x03\x09", "ECDSA-SHA3-224", ECDSA, crypto.SHA3_224, parametersAbsent, false},
	ECDSAWithSHA3_256: {"\x60\x86\x48\x01\x65\x03\x04\x03\x0a", "ECDSA-SHA3-256", ECDSA, crypto.SHA3_256, parametersAbsent, false},
	ECDSAWithSHA3_384: {"\x60\x86\x48\x01\x65\x03\x04\x03\x0b", "ECDSA-SHA3-384", ECDSA, crypto.SHA3_384, parametersAbsent, false},
	ECDSAWithSHA3_512: {"\x60\x86\x48\x01\x65\x03\x04\x03\x0c", "ECDSA-SHA3-512", ECDSA, crypto.SHA3_512, parametersAbsent, false},
	DSAWithSHA1:       {"\x2a\x86\x48\xce\x38\x04\x03", "DSA-SHA1", DSA, crypto.SHA1, parametersAbsent, true},
	DSAWithSHA224:     {"\x60\x86\x48\x01\x65\x03\x04\x03\x01", "DSA-SHA224", DSA, crypto.SHA224, parametersAbsent, false},
	DSAWithSHA256:     {"\x60\x86\x48\x01\x65\x03\x04\x03\x02", "DSA-SHA256", DSA, crypto.SHA256, parametersAbsent, false},
	SM2WithSM3:        {"\x2a\x81\x1c\xcf\x55\x01\x83\x75", "SM2-SM3", SM2, 0, parametersAbsentOrNull, false},
	PureEd25519:       {"\x2b\x65\x70", "Ed25519", Ed25519, 0, parametersAbsent, false},
	PureEd448:         {"\x2b\x65\x71", "Ed448", Ed448, 0, parametersAbsent, false},
	PureMLDSA44:       {"\x60\x86\x48\x01\x65\x03\x04\x03\x11", "ML-DSA-44", MLDSA44, 0, parametersAbsent, false},
	PureMLDSA65:       {"\x60\x86\x48\x01\x65\x03\x04\x03\x12", "ML-DSA-65", MLDSA65, 0, parametersAbsent, false},
	PureMLDSA87:       {"\x60\x86\x48\x01\x65\x03\x04\x03\x13", "ML-DSA-87", MLDSA87, 0, parametersAbsent, false},
	PureSLHDSA:        {"", "SLH-DSA", UnknownKeyAlgorithm, 0, parametersAbsent, false},
}

// oldSHA1WithRSA is the identifier that some CAs used for SHA-1 with RSA (OIW).
const oldSHA1WithRSA = "\x2b\x0e\x03\x02\x1d"

// String returns the algorithm's name as Go's x509.SignatureAlgorithm prints it
// where that has the algorithm: "SHA256-RSA", "ECDSA-SHA256", and "SM2-SM3".
func (a SignatureAlgorithm) String() string {
	if a == UnknownSignatureAlgorithm || a >= signatureAlgorithms {
		return "unknown"
	}
	return signatureKinds[a].name
}

// Weak reports whether signatures with this algorithm can be forged.
func (a SignatureAlgorithm) Weak() bool { return a < signatureAlgorithms && signatureKinds[a].weak }

// identifySignatureAlgorithm returns the algorithm of an AlgorithmIdentifier.
func identifySignatureAlgorithm(der []byte, id algorithmIdentifier) SignatureAlgorithm {
	oid := id.oid.of(der)
	switch string(oid) { // The ones that nearly every certificate has.
	case "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b":
		return SHA256WithRSA
	case "\x2a\x86\x48\xce\x3d\x04\x03\x02":
		return ECDSAWithSHA256
	case rsaPSSOID:
		return identifyPSS(der, id)
	case oldSHA1WithRSA:
		return SHA1WithRSA
	}
	for a := MD2WithRSA; a < signatureAlgorithms; a++ {
		if kind := &signatureKinds[a]; kind.oid == string(oid) {
			return a
		}
	}
	if a := identifyKeyAlgorithm(oid); a >= SLHDSASHA2128s {
		return PureSLHDSA
	}
	return UnknownSignatureAlgorithm
}

// SignatureAlgorithm returns the algorithm with which the certificate was
// signed, from the field outside the signed part.
func (c *Certificate) SignatureAlgorithm() SignatureAlgorithm { return c.signatureAlgorithm }

// SignatureAlgorithmName returns the name of the signature algorithm, or its OID
// if it is not known.
func (c *Certificate) SignatureAlgorithmName() string {
	return signatureName(c.raw, c.outerAlgorithm.whole(), c.signatureAlgorithm)
}

func signatureName(der []byte, field span, a SignatureAlgorithm) string {
	if a != UnknownSignatureAlgorithm && a != PureSLHDSA {
		return a.String()
	}
	r := derReader{der: der}
	id, _ := r.algorithmIdentifier(field.off, field.end())
	oid := id.oid.of(der)
	if k := identifyKeyAlgorithm(oid); k != UnknownKeyAlgorithm {
		return k.String()
	}
	return oidString(oid)
}

// RawSignatureAlgorithm returns the DER of the AlgorithmIdentifier outside the signed part.
func (c *Certificate) RawSignatureAlgorithm() []byte { return c.outerAlgorithm.whole().of(c.raw) }

// Signature returns the bytes of the signature.
func (c *Certificate) Signature() []byte {
	b := c.signature.content().of(c.raw)
	if len(b) == 0 {
		return nil
	}
	return b[1:]
}

// signatureAlgorithms notes what is wrong with the two signature algorithm fields.
func (p *parser) signatureAlgorithms() {
	c := p.c
	id, ok := p.algorithmIdentifier(c.outerAlgorithm.start, c.outerAlgorithm.end)
	if !ok {
		p.note("der-malformed", "signature_algorithm", p.problemAt, finding.Str("problem", p.problem))
		return
	}
	c.signatureAlgorithm = identifySignatureAlgorithm(p.der, id)
	kind := &signatureKinds[c.signatureAlgorithm]
	problem := ""
	switch {
	case c.signatureAlgorithm == UnknownSignatureAlgorithm:
		p.note("signature-algorithm-unknown", "signature_algorithm", c.outerAlgorithm.start, finding.Str("oid", oidString(id.oid.of(p.der))))
	case kind.parameters == parametersNull && !id.hasParameters():
		problem = "missing (NULL is required)"
	case kind.parameters == parametersNull && !id.isNull():
		problem = "not NULL"
	case kind.parameters == parametersAbsent && id.hasParameters():
		problem = "present but must be absent"
	case kind.parameters == parametersAbsentOrNull && id.hasParameters() && !id.isNull():
		problem = "neither absent nor NULL"
	case kind.parameters == parametersPSS:
		if _, err := readPSS(p.der, id); err != "" {
			problem = err
		}
	}
	if problem != "" {
		p.parameterProblem(id, c.signatureAlgorithm.String(), "signature_algorithm", problem)
	}
	// The signature of a root over itself protects nothing, however weak it is.
	if kind.weak && !c.SelfIssued() {
		p.note("signature-weak", "signature_algorithm", c.outerAlgorithm.start, finding.Str("algorithm", c.signatureAlgorithm.String()))
	}
	if !bytes.Equal(c.RawTBSSignatureAlgorithm(), c.RawSignatureAlgorithm()) {
		field, inner := c.innerAlgorithm(), UnknownSignatureAlgorithm
		if in, ok := p.algorithmIdentifier(field.off, field.end()); ok {
			inner = identifySignatureAlgorithm(p.der, in)
		}
		p.note("signature-algorithm-mismatch", "signature_algorithm", field.off,
			finding.Str("inner", signatureName(p.der, field, inner)), finding.Str("outer", c.SignatureAlgorithmName()))
	}
}

// ErrSignature is returned for a signature that does not verify.
var ErrSignature = errors.New("certparse: the signature does not verify")

// VerifySignature checks a signature over message. algorithm is the DER of the
// AlgorithmIdentifier that stands beside the signature. It is the one place in
// the library that checks signatures: keys beyond the size limits, algorithms
// that do not fit the key, and parameters that the algorithm does not have are
// all refused here. SM2 signatures are checked with the default signer ID.
//
// The error is nil, [ErrSignature], [ErrKeyInvalid], [ErrKeyTooLarge] or
// [ErrUnsupported].
func VerifySignature(key PublicKey, algorithm, message, signature []byte) error {
	r := derReader{der: algorithm}
	id, ok := r.algorithmIdentifier(0, uint32(len(algorithm)))
	if !ok || int(id.whole.end) != len(algorithm) {
		return ErrUnsupported
	}
	a := identifySignatureAlgorithm(algorithm, id)
	kind := &signatureKinds[a]
	if a == UnknownSignatureAlgorithm || kind.key == UnknownKeyAlgorithm {
		return ErrUnsupported
	}
	if kind.key != key.Algorithm && !(key.Algorithm == RSAPSS && kind.parameters == parametersPSS) {
		return ErrSignature
	}
	// Whether they are absent or NULL is often confused and changes nothing.
	if kind.parameters != parametersPSS && id.hasParameters() && !id.isNull() {
		return ErrUnsupported
	}
	public, err := key.Key()
	if err != nil {
		return err
	}
	var pss pssParameters
	hash := kind.hash
	if kind.parameters == parametersPSS {
		var problem string
		if pss, problem = readPSS(algorithm, id); problem != "" {
			return ErrUnsupported
		}
		if !key.allowsPSS(pss) {
			return ErrSignature
		}
		hash = pss.hash
	}
	var digest []byte
	if hash == crypto.SHA256 { // as nearly always; it takes no memory this way
		sum := sha256.Sum256(message)
		digest = sum[:]
	} else if hash != 0 {
		h := hash.New()
		h.Write(message)
		digest = h.Sum(nil)
	}
	valid := false
	switch public := public.(type) {
	case *rsa.PublicKey:
		switch {
		case hash == 0 || public.N.BitLen() < 1024:
			return ErrUnsupported // MD2 and MD4; shorter keys are refused by crypto/rsa.
		case kind.parameters == parametersPSS:
			valid = rsa.VerifyPSS(public, hash, digest, signature, &rsa.PSSOptions{SaltLength: pss.saltLength, Hash: hash}) == nil
		default:
			valid = rsa.VerifyPKCS1v15(public, hash, digest, signature) == nil
		}
	case *ecdsa.PublicKey:
		if a == SM2WithSM3 {
			valid = sm2.VerifyASN1WithSM2(public, nil, message, signature)
		} else {
			valid = ecdsa.VerifyASN1(public, digest, signature)
		}
	case ed25519.PublicKey:
		valid = ed25519.Verify(public, message, signature)
	case *dsa.PublicKey:
		valid = verifyDSA(public, digest, signature)
	default:
		return ErrUnsupported
	}
	if !valid {
		return ErrSignature
	}
	return nil
}

func verifyDSA(public *dsa.PublicKey, digest, signature []byte) bool {
	r := derReader{der: signature}
	seq, ok := r.expect(0, uint32(len(signature)), tagSequence)
	if !ok || int(seq.end) != len(signature) {
		return false
	}
	a, ok := r.expect(seq.body, seq.end, tagInteger)
	if !ok {
		return false
	}
	b, ok := r.expect(a.end, seq.end, tagInteger)
	if !ok || b.end != seq.end || !isIntegerMinimal(a.content().of(signature)) || !isIntegerMinimal(b.content().of(signature)) {
		return false
	}
	if n := (public.Q.BitLen() + 7) / 8; len(digest) > n {
		digest = digest[:n]
	}
	return dsa.Verify(public, digest, signedInteger(a.content().of(signature)), signedInteger(b.content().of(signature)))
}

// CheckSignature checks the certificate's signature with the given key. It says
// nothing about whether that key may sign certificates.
func (c *Certificate) CheckSignature(key PublicKey) error {
	if !bytes.Equal(c.RawTBSSignatureAlgorithm(), c.RawSignatureAlgorithm()) {
		return ErrSignature
	}
	return VerifySignature(key, c.RawSignatureAlgorithm(), c.RawTBSCertificate(), c.Signature())
}
