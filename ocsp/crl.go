package ocsp

import (
	"bytes"
	"math/big"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// MaxCRLSize is the largest CRL in bytes that is read.
const MaxCRLSize = 100 << 20

// CRL is a certificate revocation list, RFC 5280, Section 5. Its entries stay
// where they are in the DER: reading a million of them allocates nothing. It may
// be used by several goroutines at once.
type CRL struct {
	// Issuer is the name of who signed the list.
	Issuer certparse.Name
	// ThisUpdate is when the list was made, and NextUpdate when the next one is
	// due; NextUpdate is zero if the list does not say.
	ThisUpdate, NextUpdate time.Time
	// Number counts the lists of one scope; nil if the list has none.
	Number *big.Int
	// Delta says that the list has only what changed since the list with the
	// number Base.
	Delta bool
	Base  *big.Int
	// Entries is how many there are.
	Entries int

	tbs, algorithm, signature []byte
	version                   int
	// numberProblem is what is wrong with the number, empty if nothing is.
	numberProblem string
	// list is the content of revokedCertificates.
	list cryptobyte.String
	// pointDER is the value of the issuing distribution point, nil if there is none.
	pointDER []byte
	point    issuingPoint
	keyID    []byte
	// freshest are the URIs of delta lists.
	freshest []string
	// unknownCritical is the identifier of the first critical extension, of the
	// list or of an entry, that is not known.
	unknownCritical string
	index           []indexed
	// verified is the DER of the key with which the signature was found to verify.
	verified atomic.Pointer[[]byte]
}

// SyntaxError says why bytes could not be read as a CRL.
type SyntaxError struct {
	// Code is the finding that fits.
	Code finding.Code
	// Problem says what was wrong, for a person.
	Problem string
}

func (e *SyntaxError) Error() string { return "ocsp: the CRL is malformed: " + e.Problem }

// Finding returns the finding that says the same, at the given place.
func (e *SyntaxError) Finding(where finding.Where) finding.Finding {
	if e.Code == "crl-too-large" {
		return finding.New(e.Code, where, finding.Int("limit", MaxCRLSize))
	}
	return finding.New(e.Code, where, finding.Str("problem", e.Problem))
}

func syntaxError(problem string) error { return &SyntaxError{"crl-malformed", problem} }

// ParseCRL reads the DER of a CRL with all its entries. It checks no signature
// and decides nothing; see [Judge]. The CRL keeps der, which must not be changed
// afterwards. The error is a *[SyntaxError].
func ParseCRL(der []byte) (*CRL, error) {
	if len(der) > MaxCRLSize {
		return nil, &SyntaxError{"crl-too-large", "it is larger than any that is read"}
	}
	c := &CRL{}
	s := cryptobyte.String(der)
	var outer, tbs cryptobyte.String
	var ok bool
	if !s.ReadASN1(&outer, asn1.SEQUENCE) || !s.Empty() || !outer.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return nil, syntaxError("it is not a CertificateList")
	}
	c.tbs = tbs
	if c.algorithm, _, _, ok = readAlgorithm(&outer); !ok {
		return nil, syntaxError("the signature algorithm cannot be read")
	}
	if !readBits(&outer, &c.signature) || !outer.Empty() {
		return nil, syntaxError("the signature is not a bit string of whole bytes, or something follows it")
	}
	tbs.ReadASN1(&tbs, asn1.SEQUENCE) // It was read as one above.
	return c, c.readTBS(tbs)
}

func (c *CRL) readTBS(s cryptobyte.String) error {
	var name, extensions cryptobyte.String
	var tag asn1.Tag
	c.version = 1
	if s.PeekASN1Tag(asn1.INTEGER) {
		var version int
		s.ReadASN1Integer(&version) // What cannot be read stays 0, which is not written either.
		if version != 1 {
			return syntaxError("its version is not 2")
		}
		c.version = 2
	}
	if inner, _, _, _ := readAlgorithm(&s); !bytes.Equal(inner, c.algorithm) {
		return syntaxError("the two signature algorithms are not the same")
	}
	s.ReadAnyASN1Element(&name, &tag) // wholeName says whether it is a name.
	if !wholeName(name) || len(name) == 2 {
		return syntaxError("the issuer's name cannot be read or is empty")
	}
	c.Issuer = certparse.NameFromDER(name)
	if !readTime(&s, &c.ThisUpdate) {
		return syntaxError("thisUpdate is not a time as the standard demands it")
	}
	if (s.PeekASN1Tag(asn1.UTCTime) || s.PeekASN1Tag(asn1.GeneralizedTime)) && !readTime(&s, &c.NextUpdate) {
		return syntaxError("nextUpdate is not a time as the standard demands it")
	}
	c.list, _ = readOptional(&s, asn1.SEQUENCE)
	wrapped, there := readOptional(&s, explicit0)
	if !s.Empty() {
		return syntaxError("something follows the entries that is not a list of extensions")
	}
	if there {
		if c.version == 1 || !wrapped.ReadASN1(&extensions, asn1.SEQUENCE) || !wrapped.Empty() ||
			!readExtensions(extensions, c.extension) {
			return syntaxError("an extension cannot be read, or is there twice, or the version is not 2")
		}
	}
	if c.Delta && (c.Number == nil || c.Base.Cmp(c.Number) > 0) {
		return syntaxError("it is a delta CRL without a number of its own, or with one before that of its base")
	}
	if c.version == 2 && c.Number == nil {
		c.numberProblem = "missing"
	}
	return c.readEntries()
}

// readTime reads a Time. Until 2049 it should be a UTCTime, but a GeneralizedTime
// leaves no doubt either.
func readTime(s *cryptobyte.String, t *time.Time) bool {
	var b cryptobyte.String
	var tag asn1.Tag
	s.ReadAnyASN1(&b, &tag) // What cannot be read has no tag.
	switch tag {
	case asn1.UTCTime:
		return parseUTCTime(b, t)
	case asn1.GeneralizedTime:
		return parseGeneralizedTime(b, t)
	}
	return false
}

// maxNumber is how many octets a CRL number may have, RFC 5280, Section 5.2.3.
const maxNumber = 20

// extension reads one extension of the list, RFC 5280, Section 5.2.
func (c *CRL) extension(x extension) bool {
	v := x.value
	switch string(x.oid) {
	case "\x55\x1d\x14": // cRLNumber
		if x.critical {
			c.numberProblem = "marked critical"
		}
		return readNumber(v, &c.Number)
	case "\x55\x1d\x1b": // deltaCRLIndicator
		c.Delta = true
		return readNumber(v, &c.Base)
	case "\x55\x1d\x1c": // issuingDistributionPoint
		c.pointDER = x.value
		return c.point.read(v, c.Issuer)
	case "\x55\x1d\x23": // authorityKeyIdentifier
		return c.readKeyID(v)
	case "\x55\x1d\x2e": // freshestCRL
		return c.readFreshest(v)
	case "\x55\x1d\x12", "\x2b\x06\x01\x05\x05\x07\x01\x01": // issuerAltName, authorityInfoAccess
	default:
		if x.critical && c.unknownCritical == "" {
			c.unknownCritical = oidText(x.oid)
		}
	}
	return true
}

// readKeyID reads an AuthorityKeyIdentifier.
func (c *CRL) readKeyID(s cryptobyte.String) bool {
	var content cryptobyte.String
	if !s.ReadASN1(&content, asn1.SEQUENCE) || !s.Empty() {
		return false
	}
	c.keyID, _ = readOptional(&content, tag0)
	_, named := readOptional(&content, explicit1)
	_, numbered := readOptional(&content, tag2)
	// The issuer's name and its certificate's number stand together or not at all.
	return named == numbered && content.Empty()
}

func readNumber(s cryptobyte.String, n **big.Int) bool {
	var octets []byte
	if !readInteger(&s, &octets) || !s.Empty() || octets[0] >= 0x80 || len(octets) > maxNumber {
		return false
	}
	*n = new(big.Int).SetBytes(octets)
	return true
}

// FreshestURLs returns the URIs of delta CRLs that the list names, RFC 5280,
// Section 5.2.6.
func (c *CRL) FreshestURLs() []string { return c.freshest }

func (c *CRL) readFreshest(s cryptobyte.String) bool {
	var points cryptobyte.String
	if !s.ReadASN1(&points, asn1.SEQUENCE) || !s.Empty() || points.Empty() {
		return false
	}
	for !points.Empty() {
		var point cryptobyte.String
		if !points.ReadASN1(&point, asn1.SEQUENCE) {
			return false
		}
		wrapped, there := readOptional(&point, explicit0)
		readOptional(&point, tag1) // The reasons.
		_, other := readOptional(&point, explicit2)
		if !point.Empty() {
			return false
		}
		if !there {
			if !other {
				return false // A point without a place and an issuer is nowhere.
			}
			continue
		}
		names, ok := readPointName(wrapped, c.Issuer)
		if !ok {
			return false
		}
		for _, n := range names {
			if n.kind == certparse.NameURI {
				c.freshest = append(c.freshest, string(n.value))
			}
		}
	}
	return true
}

// Supersedes reports whether c is a later list than o of the same scope: of the
// same issuer, for the same certificates and the same reasons. A list that is
// superseded must not be used again.
func (c *CRL) Supersedes(o *CRL) bool {
	return c.sameScope(o) && c.Delta == o.Delta && c.Number != nil && o.Number != nil && c.Number.Cmp(o.Number) > 0
}

// Scope returns bytes that two lists have in common if they are for the same
// certificates and reasons and both full or both delta lists: of such lists, the
// number tells which is the later one. A list whose issuer's name is written in
// another way has another scope, although [CRL.Supersedes] finds the names equal.
func (c *CRL) Scope() []byte {
	var b cryptobyte.Builder
	b.AddUint32LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(c.Issuer.Raw()) })
	b.AddUint32LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(c.pointDER) })
	if c.Delta {
		b.AddUint8(1)
	}
	return b.BytesOrPanic()
}

func (c *CRL) sameScope(o *CRL) bool {
	return c.Issuer.Equal(o.Issuer) && bytes.Equal(c.pointDER, o.pointDER)
}

// verify checks the signature. That it verifies is remembered, because hashing a
// large list takes longer than a look-up.
func (c *CRL) verify(key certparse.PublicKey) *refusal {
	spki := key.SPKI()
	if known := c.verified.Load(); known != nil && bytes.Equal(*known, spki) {
		return nil
	}
	if err := certparse.VerifySignature(key, c.algorithm, c.tbs, c.signature); err != nil {
		return explained(signatureRefusal(key, err), key, c.tbs, c.signature)
	}
	c.verified.Store(&spki)
	return nil
}
