package certparse

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"slices"
	"strconv"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/scrypt"
)

// This file derives keys from passwords. How much work that takes stands in the
// file that somebody uploaded, so the work is limited before it begins.

// Limits on the derivation of a key from a password.
const (
	// maxKDFWork is how much is done for one input, all its private keys and
	// containers together. One unit is one iteration for one block of output of
	// PBKDF2 or the older functions, or 128 bytes of scrypt's N·r·p; each takes half
	// a microsecond at the most, so the worst case takes about a second on a server.
	// OpenSSL's default is 2048 iterations, OWASP's advice for passwords that are
	// stored is 600,000.
	maxKDFWork = 1 << 21
	// maxScryptMemory is how many bytes one scrypt may take: N=2¹⁸ with r=8, eight
	// times what RFC 7914's authors proposed for files.
	maxScryptMemory = 256 << 20
	// maxScryptLanes bounds r·p, which the memory for scrypt's input grows with.
	maxScryptLanes = 4096
	// maxSaltSize is the longest salt in bytes; 8 to 32 are usual.
	maxSaltSize = 1024
	// maxStatedKeySize is the longest key that a key derivation may state; no
	// cipher takes a longer one.
	maxStatedKeySize = 128
)

// kdf is a key derivation function with its parameters.
type kdf struct {
	name string
	// keySize is the length that the parameters state; 0 if they do not.
	keySize int
	// salt is how many bytes the salt has.
	salt int
	// iterations is the work for one block of output, and block its size in bytes.
	iterations uint64
	block      int
	// blocks, if set, is how many blocks make a key of a size; by default as many
	// as fill it.
	blocks func(size int) int
	// setting says in words what makes the function costly; by default the iterations.
	setting string
	// limit says which limit is exceeded; empty if none is.
	limit string
	// work is the work for one key.
	work uint64
	// unicode says that derive takes the password in the encoding of PKCS#12.
	unicode bool

	derive func(password []byte, size int) []byte
}

// price computes the work for a key of the given size, and whether it alone
// exceeds a limit.
func (k *kdf) price(size int) {
	blocks := (size + k.block - 1) / k.block
	if k.blocks != nil {
		blocks = k.blocks(size)
	}
	if k.setting == "" {
		k.setting = strconv.FormatUint(k.iterations, 10) + " iterations"
	}
	switch {
	case k.salt > maxSaltSize:
		k.setting = "a salt of " + itoa(k.salt) + " bytes"
		k.limit = itoa(maxSaltSize) + " bytes"
	case k.limit != "":
	case k.iterations > maxKDFWork/uint64(blocks):
		k.limit = itoa(maxKDFWork/blocks) + " iterations"
	default:
		k.work = k.iterations * uint64(blocks)
	}
}

// pseudorandom are the functions that PBKDF2 is used with. HMAC with SM3 has one
// identifier in the registry and another in GM/T 0091, which OpenSSL uses.
var pseudorandom = map[string]struct {
	name string
	new  func() hash.Hash
}{
	"1.2.840.113549.2.7":      {"HMAC-SHA1", sha1.New},
	"1.2.840.113549.2.8":      {"HMAC-SHA224", sha256.New224},
	"1.2.840.113549.2.9":      {"HMAC-SHA256", sha256.New},
	"1.2.840.113549.2.10":     {"HMAC-SHA384", sha512.New384},
	"1.2.840.113549.2.11":     {"HMAC-SHA512", sha512.New},
	"1.2.840.113549.2.12":     {"HMAC-SHA512-224", sha512.New512_224},
	"1.2.840.113549.2.13":     {"HMAC-SHA512-256", sha512.New512_256},
	"1.2.156.10197.1.401.2":   {"HMAC-SM3", sm3.New},
	"1.2.156.10197.1.401.3.1": {"HMAC-SM3", sm3.New},
}

// kdf reads the key derivation function of PBES2 into e.kdf. It returns false if
// the function is not implemented; its name is set even then.
func (r *encryptionReader) kdf(id algorithmIdentifier, e *encryption) (bool, *keyProblem) {
	oid := oidString(id.oid.of(r.der))
	standard := "1.2.840.113549.2.7"
	switch oid {
	case "1.2.840.113549.1.5.12":
	case "1.2.156.10197.6.1.4.1.5.1", "1.2.156.10197.6.4.1.5.1": // GM/T 0091
		standard = "1.2.156.10197.1.401.2"
	case "1.3.6.1.4.1.11591.4.11":
		return true, r.scrypt(id, e)
	default:
		e.kdf.name = oid
		return false, nil
	}

	// PBKDF2-params, RFC 8018, Appendix A.2.
	if id.parameters.tag != tagSequence {
		return false, malformed("the parameters of its key derivation are missing").at(id.whole.start)
	}
	pos, end := id.parameters.body, id.parameters.end
	saltField, ok := r.read(pos, end)
	if !ok {
		return false, r.syntax("the salt")
	}
	if saltField.tag == tagSequence {
		e.kdf.name = "PBKDF2 with another salt source"
		return false, nil
	}
	if saltField.tag != tagOctetString {
		return false, malformed("the salt is no octet string").at(saltField.start)
	}
	salt := saltField.content().of(r.der)
	iterations, pos, problem := r.count(saltField.end, end)
	if problem != nil {
		return false, problem
	}
	keySize, pos, problem := r.statedKeySize(pos, end)
	if problem != nil {
		return false, problem
	}
	function := standard
	if pos < end {
		prf, ok := r.algorithmIdentifier(pos, end)
		if !ok {
			return false, r.syntax("the pseudorandom function")
		}
		function = oidString(prf.oid.of(r.der))
	}
	prf, ok := pseudorandom[function]
	if !ok {
		e.kdf.name = "PBKDF2 with " + function
		return false, nil
	}
	e.kdf = kdf{
		name:       "PBKDF2-" + prf.name,
		keySize:    keySize,
		salt:       len(salt),
		iterations: iterations,
		block:      prf.new().Size(),
		derive: func(password []byte, size int) []byte {
			key, _ := pbkdf2.Key(prf.new, string(password), salt, int(iterations), size)
			return key
		},
	}
	return true, nil
}

// statedKeySize reads the optional length of the key.
func (r *encryptionReader) statedKeySize(pos, end uint32) (int, uint32, *keyProblem) {
	if pos == end {
		return 0, pos, nil
	}
	if e, ok := r.read(pos, end); ok && e.tag != tagInteger {
		return 0, pos, nil
	}
	n, next, problem := r.count(pos, end)
	if problem == nil && n > maxStatedKeySize {
		problem = malformed("its key derivation states a key length that no cipher has").at(pos)
	}
	return int(n), next, problem
}

// scrypt reads the parameters of scrypt, RFC 7914, Section 7.
func (r *encryptionReader) scrypt(id algorithmIdentifier, e *encryption) *keyProblem {
	if id.parameters.tag != tagSequence {
		return malformed("the parameters of its key derivation are missing").at(id.whole.start)
	}
	saltField, ok := r.expect(id.parameters.body, id.parameters.end, tagOctetString)
	if !ok {
		return r.syntax("the salt")
	}
	salt := saltField.content().of(r.der)
	var numbers [3]uint64
	pos := saltField.end
	for i := range numbers {
		var problem *keyProblem
		if numbers[i], pos, problem = r.count(pos, id.parameters.end); problem != nil {
			return problem
		}
	}
	keySize, _, problem := r.statedKeySize(pos, id.parameters.end)
	if problem != nil {
		return problem
	}
	cost, blockSize, parallel := numbers[0], numbers[1], numbers[2]
	if cost < 2 || cost&(cost-1) != 0 {
		return malformed("scrypt's N is not a power of two").at(saltField.end)
	}
	e.kdf = kdf{
		name:    "scrypt",
		keySize: keySize,
		salt:    len(salt),
		block:   1,
		blocks:  func(int) int { return 1 },
		setting: "N=" + strconv.FormatUint(cost, 10) + ", r=" + strconv.FormatUint(blockSize, 10) + ", p=" + strconv.FormatUint(parallel, 10),
		derive: func(password []byte, size int) []byte {
			key, _ := scrypt.Key(password, salt, int(cost), int(blockSize), int(parallel), size)
			return key
		},
	}
	switch { // The order keeps each product below 2⁶⁴.
	case parallel > maxScryptLanes/blockSize:
		e.kdf.limit = "r·p of " + itoa(maxScryptLanes)
	case cost > maxScryptMemory/128/blockSize:
		e.kdf.limit = itoa(maxScryptMemory>>20) + " MiB"
	case cost*blockSize > maxKDFWork/parallel:
		e.kdf.limit = "N·r·p of " + itoa(maxKDFWork)
	default:
		e.kdf.iterations = cost * blockSize * parallel
	}
	return nil
}

// pbkdf1 is the function of PBES1, RFC 8018, Section 5.1. All that is derived
// comes from one block.
func pbkdf1(newHash func() hash.Hash, salt []byte, iterations uint64) kdf {
	return kdf{
		name:       "PBKDF1",
		salt:       len(salt),
		iterations: iterations,
		block:      newHash().Size(),
		derive: func(password []byte, size int) []byte {
			h := newHash()
			h.Write(password)
			h.Write(salt)
			key := h.Sum(nil)
			for range iterations - 1 {
				h.Reset()
				h.Write(key)
				key = h.Sum(key[:0])
			}
			return key[:size]
		},
	}
}

// pkcs12KDF derives a key, and the initialization vector that follows it, with
// the function of RFC 7292, Appendix B.2.
func pkcs12KDF(salt []byte, iterations uint64, keySize int) kdf {
	return kdf{
		name:       "PKCS#12",
		salt:       len(salt),
		iterations: iterations,
		block:      sha1.Size,
		blocks: func(size int) int {
			return (keySize+sha1.Size-1)/sha1.Size + (size-keySize+sha1.Size-1)/sha1.Size
		},
		unicode: true,
		derive: func(password []byte, size int) []byte {
			return slices.Concat(
				pkcs12Derive(sha1.New, 1, password, salt, iterations, keySize),
				pkcs12Derive(sha1.New, 2, password, salt, iterations, size-keySize))
		},
	}
}

// pkcs12MACKDF derives the key of a MAC in the same way.
func pkcs12MACKDF(newHash func() hash.Hash, salt []byte, iterations uint64) kdf {
	return kdf{
		name:       "PKCS#12",
		salt:       len(salt),
		iterations: iterations,
		block:      newHash().Size(),
		unicode:    true,
		derive: func(password []byte, size int) []byte {
			return pkcs12Derive(newHash, 3, password, salt, iterations, size)
		},
	}
}

// pkcs12Derive derives size bytes for the purpose that id stands for: 1 is a key, 2
// an initialization vector, 3 the key of a MAC. The letters are the standard's.
func pkcs12Derive(newHash func() hash.Hash, id byte, password, salt []byte, iterations uint64, size int) []byte {
	if size == 0 {
		return nil
	}
	h := newHash()
	v := h.BlockSize()
	// fill repeats b until it takes up whole blocks.
	fill := func(b []byte) []byte {
		var out []byte
		for len(b) > 0 && (len(out) < len(b) || len(out)%v != 0) {
			out = append(out, b[len(out)%len(b)])
		}
		return out
	}
	d := make([]byte, v)
	for i := range d {
		d[i] = id
	}
	i := append(fill(salt), fill(password)...)
	defer clear(i)
	var out []byte
	for {
		h.Reset()
		h.Write(d)
		h.Write(i)
		a := h.Sum(nil)
		for range iterations - 1 {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		out = append(out, a...)
		if len(out) >= size {
			return out[:size]
		}
		// Each block of i becomes i + B + 1, modulo 2 to the power of its bits.
		for block := range slices.Chunk(i, v) {
			carry := 1
			for j := v - 1; j >= 0; j-- {
				carry += int(block[j]) + int(a[j%len(a)])
				block[j] = byte(carry)
				carry >>= 8
			}
		}
	}
}

// tooCostly is the problem of a key that costs too much to open, given the work
// that was done for others before it; nil if it does not.
func (k *kdf) tooCostly(scheme string, done uint64) *keyProblem {
	limit := k.limit
	if limit == "" && k.work > maxKDFWork-done {
		limit = itoa(maxKDFWork) + " iterations for everything in one input together"
	}
	if limit == "" {
		return nil
	}
	return &keyProblem{code: "private-key-kdf-cost", data: []finding.Datum{
		finding.Str("scheme", scheme), finding.Str("cost", k.setting), finding.Str("limit", limit)}}
}
