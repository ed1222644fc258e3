package certparse

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm3"
)

// This file checks the MAC of PKCS#12, RFC 7292, Section 4 and Appendix A, and
// PBMAC1, RFC 9579. The MAC is over all contents, so it also tells whether the
// password is right before anything else is tried.

// macDigests are the hash functions of the older kind of MAC.
var macDigests = map[string]struct {
	name string
	new  func() hash.Hash
}{
	"1.2.840.113549.2.5":     {"MD5", md5.New},
	"1.3.14.3.2.26":          {"SHA-1", sha1.New},
	"2.16.840.1.101.3.4.2.4": {"SHA-224", sha256.New224},
	"2.16.840.1.101.3.4.2.1": {"SHA-256", sha256.New},
	"2.16.840.1.101.3.4.2.2": {"SHA-384", sha512.New384},
	"2.16.840.1.101.3.4.2.3": {"SHA-512", sha512.New},
	"2.16.840.1.101.3.4.2.5": {"SHA-512/224", sha512.New512_224},
	"2.16.840.1.101.3.4.2.6": {"SHA-512/256", sha512.New512_256},
	"1.2.156.10197.1.401":    {"SM3", sm3.New},
	"1.2.156.10197.1.401.1":  {"SM3", sm3.New},
}

const oidPBMAC1 = "1.2.840.113549.1.5.14"

// pfxMAC is the MAC of a container.
type pfxMAC struct {
	name  string
	kdf   kdf
	size  int // The length of the key.
	new   func() hash.Hash
	value []byte
}

// checkMAC verifies the MAC, which is what follows the contents in a PFX, with
// each form of the password. The first that fits is taken for everything else.
func (u *unpacker) checkMAC(rest berReader, safe []byte) {
	field, ok := rest.next(tagSequence)
	if !ok {
		if len(rest.rest) > 0 {
			u.malformed("its MAC cannot be read")
			return
		}
		// RFC 7292, Section 4 leaves the MAC out only where a signature stands in
		// for it; openssl pkcs12 -nomac and Java write such files all the same.
		u.unchecked("it has no MAC")
		return
	}
	m, problem := readMAC(field)
	if problem != nil {
		if problem.code == keyCodesInContainer.unsupported {
			u.unchecked("its MAC is " + m.name + ", which is not supported")
		} else {
			u.problem(problem, contentCodes)
		}
		return
	}
	for i, form := range u.passwordsFor(&m.kdf) {
		if problem := m.kdf.tooCostly(m.name, u.keys.work); problem != nil {
			u.problem(problem, contentCodes)
			u.wrong = true // What costs too much once is not tried in another way.
			return
		}
		u.keys.work += m.kdf.work
		if m.verify(form, safe) {
			u.settle(i, &m.kdf)
			u.container.Integrity = m.name
			return
		}
	}
	if u.keys.password == nil {
		u.passwords = nil // There is one, so no password need not be tried any more.
		return
	}
	u.add("container-password-wrong", finding.Str("scheme", m.name))
	u.wrong = true
}

func (m *pfxMAC) verify(form passwordForm, safe []byte) bool {
	key := m.kdf.derive(form.as(&m.kdf), m.size)
	defer clear(key)
	h := hmac.New(m.new, key)
	h.Write(safe)
	return hmac.Equal(h.Sum(nil), m.value)
}

// readMAC reads MacData: DigestInfo, salt and iterations.
func readMAC(field berElement) (m pfxMAC, problem *keyProblem) {
	der, _, ok := berToDER(field.whole)
	r := encryptionReader{derReader{der: der}}
	if !ok || len(der) > maxPrivateKeySize {
		return m, malformed("its MAC cannot be read")
	}
	outer, ok1 := r.expect(0, uint32(len(der)), tagSequence)
	info, ok2 := r.expect(outer.body, outer.end, tagSequence)
	if !ok1 || !ok2 {
		return m, r.syntax("the MAC")
	}
	id, ok := r.algorithmIdentifier(info.body, info.end)
	if !ok {
		return m, r.syntax("the algorithm of the MAC")
	}
	value, ok := r.expect(id.whole.end, info.end, tagOctetString)
	if !ok {
		return m, r.syntax("the value of the MAC")
	}
	m.value = value.content().of(der)
	oid := oidString(id.oid.of(der))
	if oid == oidPBMAC1 {
		// The salt and the iterations of MacData mean nothing then.
		problem = m.pbmac1(&r, id)
	} else {
		problem = m.classic(&r, oid, info.end, outer.end)
	}
	if problem == nil && len(m.value) != m.new().Size() {
		problem = malformed("the value of its MAC has the wrong length")
	}
	if problem != nil {
		problem = problem.hidden()
	}
	return m, problem
}

// classic reads the MAC of RFC 7292: its key comes from salt and iterations, which
// are at pos.
func (m *pfxMAC) classic(r *encryptionReader, oid string, pos, limit uint32) *keyProblem {
	digest, ok := macDigests[oid]
	if !ok {
		m.name = "HMAC with " + oid
		return unsupportedEncryption(m.name)
	}
	salt, ok := r.expect(pos, limit, tagOctetString)
	if !ok {
		return r.syntax("the salt of the MAC")
	}
	iterations := uint64(1) // The default.
	if salt.end < limit {
		var problem *keyProblem
		if iterations, _, problem = r.count(salt.end, limit); problem != nil {
			return problem
		}
	}
	m.name, m.new = "HMAC-"+digest.name, digest.new
	m.size = digest.new().Size()
	m.kdf = pkcs12MACKDF(digest.new, salt.content().of(r.der), iterations)
	m.kdf.price(m.size)
	return nil
}

// pbmac1 reads PBMAC1-params, RFC 8018, Appendix A.5 and RFC 9579, Section 4.
func (m *pfxMAC) pbmac1(r *encryptionReader, id algorithmIdentifier) *keyProblem {
	if id.parameters.tag != tagSequence {
		return malformed("the parameters of its MAC are missing")
	}
	kdfID, ok := r.algorithmIdentifier(id.parameters.body, id.parameters.end)
	if !ok {
		return r.syntax("the key derivation function of the MAC")
	}
	macID, ok := r.algorithmIdentifier(kdfID.whole.end, id.parameters.end)
	if !ok {
		return r.syntax("the function of the MAC")
	}
	var e encryption
	known, problem := r.kdf(kdfID, &e)
	if problem != nil {
		return problem
	}
	oid := oidString(macID.oid.of(r.der))
	function, ok := pseudorandom[oid]
	if ok {
		oid = function.name
	}
	m.name = "PBMAC1 (" + e.kdf.name + ", " + oid + ")"
	if !ok || !known {
		return unsupportedEncryption(m.name)
	}
	// RFC 9579, Section 5: the length must be stated, and a short key weakens the MAC.
	if e.kdf.keySize < 20 {
		return malformed("its MAC does not state the length of its key, or one that is too short")
	}
	m.new, m.kdf, m.size = function.new, e.kdf, e.kdf.keySize
	m.kdf.price(m.size)
	return nil
}
