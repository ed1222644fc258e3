// Package text writes a certificate as text for people, laid out as
// openssl x509 -text does.
//
// [Certificate] is the way in. It shows everything that is in the certificate:
// every field and every extension, decoded where that is possible without loss
// and as hexadecimal octets otherwise. The text is safe to show anywhere. It has
// only printable characters and line feeds, and no line that the certificate's
// author could have made up; what is not printable appears as \u{XXXX} or \xXX,
// and values in which a comma or a quotation mark could be taken for the
// layout's own stand in quotation marks.
//
// A value beyond 64 KiB is not decoded, its first 64 KiB are shown; beyond 1 MiB
// of text for all extensions the further ones are shown with the length of their
// value only. So the text is never longer than [MaxSize].
//
// # Who writes what
//
// The layout and the wording are those of github.com/smallstep/certinfo, and for
// an ordinary certificate the text is the same, byte for byte. certinfo itself
// writes what it writes well:
//
//   - RSA and DSA keys,
//   - basic constraints, key usage, extended key usage, subject key identifier,
//   - signed certificate timestamps,
//   - the extensions of smallstep's step-ca, of YubiKeys, and of Sigstore.
//
// This package writes the rest, each for a reason:
//
//   - Names: certinfo shows them as they stand, control characters and line feeds
//     included, leaves out attributes it does not know, and breaks the layout
//     when the issuer is empty.
//   - Elliptic curve keys: certinfo drops leading zeros of a coordinate and takes
//     SM2 for ECDSA. Keys of other algorithms: it mistakes bytes for bits
//     (Ed25519) or needs the strict encoding of the whole certificate.
//   - Extensions with general names or policies: crypto/x509, on whose fields
//     certinfo works, keeps only a part of what they say.
//   - Extensions that cannot be decoded, or that nobody knows: certinfo gives up
//     the whole text for one of the former and shows the latter with its bytes
//     replaced by dots.
//
// certinfo never sees the whole certificate. It is called once for each part, so
// that a part on which it fails or panics costs nothing but itself: that part
// appears in hexadecimal. It is handed an x509.Certificate that is made from the
// parts of a [certparse.Certificate]; crypto/x509 parses nothing, because it
// refuses SM2 and much else that is worth looking at.
//
// certinfo imports crypto/x509 and, through the Certificate Transparency
// library, net/http. That is why this package stands apart.
package text

import (
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"github.com/certloupe/certloupe/certparse"
)

// MaxSize bounds the length in bytes of the text of any certificate.
const MaxSize = 8 << 20

const (
	// maxValue is how many octets of one value are shown or decoded. The largest
	// that are in use are signatures with SLH-DSA, 49,856 octets.
	maxValue = 64 << 10
	// maxExtensionText is how long the text of all extensions' values may be.
	maxExtensionText = 1 << 20
	// maxIdentifier is how much of an object identifier is shown.
	maxIdentifier = 200
	// maxDecimal is how many octets a number has that is shown in decimal.
	maxDecimal = 64
)

// Certificate returns the text of the certificate.
func Certificate(c *certparse.Certificate) string {
	var b block
	b.line(0, "Certificate:")
	b.line(4, "Data:")
	version(&b, c)
	serialNumber(&b, c)
	algorithm(&b, 8, c.TBSSignatureAlgorithmName(), c.RawTBSSignatureAlgorithm())
	distinguishedName(&b, "Issuer:", c.Issuer())
	validity(&b, c)
	distinguishedName(&b, "Subject:", c.Subject())
	publicKey(&b, c.PublicKey())
	issuerID, subjectID := c.UniqueIDs()
	uniqueID(&b, "Issuer Unique ID:", issuerID)
	uniqueID(&b, "Subject Unique ID:", subjectID)
	extensions(&b, c)
	algorithm(&b, 4, c.SignatureAlgorithmName(), c.RawSignatureAlgorithm())
	b.hex(9, 18, c.Signature())
	return safe(b)
}

func version(b *block, c *certparse.Certificate) {
	raw := c.RawVersion()
	n := c.Version()
	if len(raw) == 1 && int(raw[0]) == n-1 || raw == nil && n == 1 {
		b.line(8, fmt.Sprintf("Version: %d (%#x)", n, n-1))
		return
	}
	b.line(8, "Version: unknown")
	b.hex(12, octetsPerLine, raw)
}

func serialNumber(b *block, c *certparse.Certificate) {
	raw := c.RawSerialNumber()
	if len(raw) == 0 || len(raw) > maxDecimal {
		b.line(8, "Serial Number:")
		b.hex(12, octetsPerLine, raw)
		return
	}
	n := c.SerialNumber()
	digits, sign := n.Bytes(), ""
	if len(digits) == 0 {
		digits = []byte{0}
	}
	if n.Sign() < 0 {
		sign = "-"
	}
	b.line(8, fmt.Sprintf("Serial Number: %d (%s%#x)", n, sign, digits))
}

// algorithm writes the name of a signature algorithm. Where the name does not
// say it all, the parameters follow.
func algorithm(b *block, indent int, name string, raw []byte) {
	b.line(indent, "Signature Algorithm: ", identifier(name))
	der := cryptobyte.String(raw)
	if !der.ReadASN1(&der, tagSequence) || !der.SkipASN1(tagOID) {
		b.line(indent+4, "Algorithm Identifier:")
		b.hex(indent+8, octetsPerLine, raw)
		return
	}
	if len(der) > 0 && string(der) != asn1Null && !strings.HasSuffix(name, "-RSAPSS") {
		b.line(indent+4, "Parameters:")
		b.hex(indent+8, octetsPerLine, der)
	}
}

const timeFormat = "Jan 2 15:04:05 2006 MST"

func validity(b *block, c *certparse.Certificate) {
	b.line(8, "Validity")
	from, to, ok := c.Validity()
	if ok {
		b.line(12, "Not Before: ", from.Format(timeFormat))
		b.line(12, "Not After : ", to.Format(timeFormat))
		return
	}
	raw := c.RawValidity()
	der := cryptobyte.String(raw)
	var dates [2]cryptobyte.String
	if len(raw) > maxValue || !der.ReadASN1(&der, tagSequence) || !readAny(&der, &dates[0]) || !readAny(&der, &dates[1]) || !der.Empty() {
		b.hex(12, octetsPerLine, raw)
		return
	}
	b.line(12, "Not Before: ", quoted(string(dates[0])), " (unreadable)")
	b.line(12, "Not After : ", quoted(string(dates[1])), " (unreadable)")
}

func uniqueID(b *block, label string, id []byte) {
	if id != nil {
		b.line(8, label)
		b.hex(12, octetsPerLine, id)
	}
}

// identifier is an object identifier, or a name in its place, at a length that
// can be shown.
func identifier(oid string) string {
	if len(oid) > maxIdentifier {
		return oid[:maxIdentifier] + "..."
	}
	return oid
}
