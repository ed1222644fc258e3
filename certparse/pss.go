package certparse

import (
	"crypto"
)

// pssParameters are the parameters of RSASSA-PSS, RFC 4055, Section 3.1.
type pssParameters struct {
	hash, mgfHash crypto.Hash
	saltLength    int
}

// pssHash returns the hash function that an OID names.
func pssHash(oid []byte) crypto.Hash {
	switch string(oid) {
	case "\x2b\x0e\x03\x02\x1a":
		return crypto.SHA1
	case "\x60\x86\x48\x01\x65\x03\x04\x02\x01":
		return crypto.SHA256
	case "\x60\x86\x48\x01\x65\x03\x04\x02\x02":
		return crypto.SHA384
	case "\x60\x86\x48\x01\x65\x03\x04\x02\x03":
		return crypto.SHA512
	case "\x60\x86\x48\x01\x65\x03\x04\x02\x04":
		return crypto.SHA224
	case "\x60\x86\x48\x01\x65\x03\x04\x02\x05":
		return crypto.SHA512_224
	case "\x60\x86\x48\x01\x65\x03\x04\x02\x06":
		return crypto.SHA512_256
	}
	return 0
}

// readPSS reads the parameters. The problem is empty if they can be used: the
// mask must use the same hash as the signature, and the trailer must be the
// only one that there is.
func readPSS(der []byte, id algorithmIdentifier) (params pssParameters, problem string) {
	params = pssParameters{hash: crypto.SHA1, mgfHash: crypto.SHA1, saltLength: 20}
	if id.parameters.tag != tagSequence {
		return params, "missing (RSASSA-PSS-params are required)"
	}
	r := derReader{der: der}
	next := byte(0)
	for pos := id.parameters.body; pos < id.parameters.end; {
		field, ok := r.read(pos, id.parameters.end)
		if !ok || field.tag < contextConstructed(next) || field.tag > contextConstructed(3) {
			return params, "not RSASSA-PSS-params"
		}
		pos, next = field.end, field.tag-contextConstructed(0)+1
		switch field.tag {
		case contextConstructed(0), contextConstructed(1):
			inner, ok := r.algorithmIdentifier(field.body, field.end)
			if !ok || inner.whole.end != field.end {
				return params, "not RSASSA-PSS-params"
			}
			if field.tag == contextConstructed(1) {
				if string(inner.oid.of(der)) != "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" {
					return params, "those of an unknown mask generation function"
				}
				if inner, ok = r.algorithmIdentifier(inner.parameters.start, inner.parameters.end); !ok {
					return params, "without the hash of the mask generation function"
				}
			}
			hash := pssHash(inner.oid.of(der))
			if hash == 0 {
				return params, "those of an unknown hash"
			}
			if inner.hasParameters() && !inner.isNull() {
				return params, "those of a hash with parameters"
			}
			if field.tag == contextConstructed(1) {
				params.mgfHash = hash
			} else {
				params.hash = hash
			}
		default:
			number, ok := r.expect(field.body, field.end, tagInteger)
			if !ok || number.end != field.end {
				return params, "not RSASSA-PSS-params"
			}
			n, ok := smallInteger(number.content().of(der))
			switch {
			case !ok || number.body == number.end || der[number.body] >= 0x80:
				return params, "those of an impossible length"
			case field.tag == contextConstructed(2):
				params.saltLength = n
			case n != 1:
				return params, "those of an unknown trailer field"
			}
		}
	}
	if params.hash != params.mgfHash {
		return params, "those of two different hashes"
	}
	return params, ""
}

// identifyPSS names the three common sets of parameters, those whose salt is as
// long as the hash.
func identifyPSS(der []byte, id algorithmIdentifier) SignatureAlgorithm {
	params, problem := readPSS(der, id)
	if problem == "" && params.saltLength == params.hash.Size() {
		switch params.hash {
		case crypto.SHA256:
			return SHA256WithRSAPSS
		case crypto.SHA384:
			return SHA384WithRSAPSS
		case crypto.SHA512:
			return SHA512WithRSAPSS
		}
	}
	return RSAPSSOther
}

// allowsPSS reports whether a key that is restricted to PSS may be used with the
// given parameters, RFC 4055, Section 3.3: same hash, and a salt that is not shorter.
func (k PublicKey) allowsPSS(used pssParameters) bool {
	if k.Algorithm != RSAPSS {
		return true
	}
	_, parameters := k.identifier()
	if parameters == nil {
		return true
	}
	r := derReader{der: parameters}
	whole, ok := r.read(0, uint32(len(parameters)))
	if !ok {
		return false
	}
	restricted, problem := readPSS(parameters, algorithmIdentifier{parameters: whole})
	return problem == "" && restricted.hash == used.hash && used.saltLength >= restricted.saltLength
}
