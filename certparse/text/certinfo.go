package text

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strconv"
	"strings"

	"github.com/smallstep/certinfo"
	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/safetext"
)

// emptyTBS is the signed part of a certificate in which every name is empty and
// the key has no octets. certinfo decodes the signed part of whatever it shows,
// with the strictness of encoding/asn1.
const emptyTBS = "\x30\x3a" +
	"\x02\x01\x00" + // serialNumber
	"\x30\x05\x06\x03\x2b\x65\x70" + // signature: Ed25519
	"\x30\x00" + // issuer
	"\x30\x1e\x17\x0d700101000000Z\x17\x0d700101000000Z" + // validity
	"\x30\x00" + // subject
	"\x30\x0a\x30\x05\x06\x03\x2b\x65\x70\x03\x01\x00" // subjectPublicKeyInfo

// certinfoEnd is how certinfo ends the text of a certificate that is signed with
// Ed25519 and has an empty signature.
const certinfoEnd = "    Signature Algorithm: Ed25519\n"

// certinfoText has certinfo write a certificate that has nothing but the one
// part that is set in cert, and returns what it writes after the given line. It
// returns false if certinfo fails, be it by panicking.
func certinfoText(cert *x509.Certificate, after string) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	cert.Version = 3
	cert.SerialNumber = new(big.Int)
	cert.SignatureAlgorithm = x509.PureEd25519
	cert.RawTBSCertificate = []byte(emptyTBS)
	all, err := certinfo.CertificateText(cert)
	if err != nil {
		return "", false
	}
	// Everything before the part is the same for every certificate, so the first
	// place at which the line stands is the right one.
	_, text, ok = strings.Cut(all, after)
	if !ok || !strings.HasSuffix(text, certinfoEnd) {
		return "", false
	}
	return strings.TrimSuffix(text, certinfoEnd), true
}

// certinfoExtension has certinfo write one extension and returns the lines below
// its title. In cert are the fields from which certinfo takes what the extension
// says, if it does not decode the value.
func certinfoExtension(cert *x509.Certificate, oid string, value []byte) (string, bool) {
	id, ok := objectIdentifier(oid)
	if !ok {
		return "", false
	}
	cert.Extensions = []pkix.Extension{{Id: id, Value: value}}
	text, ok := certinfoText(cert, "        X509v3 extensions:\n")
	if !ok {
		return "", false
	}
	_, text, ok = strings.Cut(text, "\n")
	return text, ok
}

// asItStands is for extensions that certinfo decodes, and that hold no text. The
// limit is for the length of the value: beyond it certinfo would leave out
// something or take too long.
func asItStands(limit int) decoder {
	return func(_ *certparse.Certificate, x certparse.Extension) (string, bool) {
		if len(x.Value) > limit {
			return "", false
		}
		return certinfoExtension(&x509.Certificate{}, x.OID, x.Value)
	}
}

// plainText is for extensions whose value is text without any encoding.
func plainText(_ *certparse.Certificate, x certparse.Extension) (string, bool) {
	return certinfoExtension(&x509.Certificate{}, x.OID, safetext.Append(nil, string(x.Value)))
}

// derText is for extensions that certinfo decodes and whose strings it shows as
// they stand. It is given the value with the strings made safe, because
// afterwards a line feed in a string could not be told from one of certinfo's own.
func derText(_ *certparse.Certificate, x certparse.Extension) (string, bool) {
	var b cryptobyte.Builder
	if !escapeStrings(&b, x.Value) {
		return "", false
	}
	value, err := b.Bytes()
	if err != nil {
		return "", false
	}
	return certinfoExtension(&x509.Certificate{}, x.OID, value)
}

// escapeStrings copies DER with every string, and every OCTET STRING, as it is
// safe to show. It returns false if it meets something else than strings,
// numbers and lists of them.
func escapeStrings(b *cryptobyte.Builder, der cryptobyte.String) bool {
	for !der.Empty() {
		var content cryptobyte.String
		var tag cryptobyte_asn1.Tag
		if !der.ReadAnyASN1(&content, &tag) {
			return false
		}
		ok := true
		b.AddASN1(tag, func(b *cryptobyte.Builder) {
			switch tag {
			case cryptobyte_asn1.SEQUENCE:
				ok = escapeStrings(b, content)
			case cryptobyte_asn1.INTEGER:
				b.AddBytes(content)
			case cryptobyte_asn1.UTF8String, cryptobyte_asn1.PrintableString, cryptobyte_asn1.IA5String, cryptobyte_asn1.OCTET_STRING:
				b.AddBytes(safetext.Append(nil, string(content)))
			default:
				ok = false
			}
		})
		if !ok {
			return false
		}
	}
	return true
}

// objectIdentifier turns the dotted form into the type of encoding/asn1.
func objectIdentifier(dotted string) (asn1.ObjectIdentifier, bool) {
	var id asn1.ObjectIdentifier
	for arc := range strings.SplitSeq(dotted, ".") {
		n, err := strconv.Atoi(arc)
		if err != nil {
			return nil, false
		}
		id = append(id, n)
	}
	return id, true
}

func subjectKeyIdentifier(c *certparse.Certificate, x certparse.Extension) (string, bool) {
	if _, p := c.SubjectKeyIdentifier(); p != certparse.Present {
		return "", false
	}
	return certinfoExtension(&x509.Certificate{}, x.OID, x.Value)
}

func keyUsage(c *certparse.Certificate, x certparse.Extension) (string, bool) {
	// The bits of crypto/x509 are the same.
	u, p := c.KeyUsage()
	if p != certparse.Present {
		return "", false
	}
	return certinfoExtension(&x509.Certificate{KeyUsage: x509.KeyUsage(u)}, x.OID, x.Value)
}

func basicConstraints(c *certparse.Certificate, x certparse.Extension) (string, bool) {
	v, p := c.BasicConstraints()
	if exact(p, v.PathLen) != certparse.Present {
		return "", false
	}
	return certinfoExtension(&x509.Certificate{
		BasicConstraintsValid: true,
		IsCA:                  v.CA,
		MaxPathLen:            v.PathLen,
		MaxPathLenZero:        v.PathLen == 0,
	}, x.OID, x.Value)
}

// purposes are the extended key usages that crypto/x509 has numbers for and
// certinfo has names for.
var purposes = map[string]x509.ExtKeyUsage{
	"2.5.29.37.0":       x509.ExtKeyUsageAny,
	"1.3.6.1.5.5.7.3.1": x509.ExtKeyUsageServerAuth,
	"1.3.6.1.5.5.7.3.2": x509.ExtKeyUsageClientAuth,
	"1.3.6.1.5.5.7.3.3": x509.ExtKeyUsageCodeSigning,
	"1.3.6.1.5.5.7.3.4": x509.ExtKeyUsageEmailProtection,
	"1.3.6.1.5.5.7.3.5": x509.ExtKeyUsageIPSECEndSystem,
	"1.3.6.1.5.5.7.3.6": x509.ExtKeyUsageIPSECTunnel,
	"1.3.6.1.5.5.7.3.7": x509.ExtKeyUsageIPSECUser,
	"1.3.6.1.5.5.7.3.8": x509.ExtKeyUsageTimeStamping,
	"1.3.6.1.5.5.7.3.9": x509.ExtKeyUsageOCSPSigning,
}

// extendedKeyUsage lists the purposes, those with a name first.
func extendedKeyUsage(c *certparse.Certificate, x certparse.Extension) (string, bool) {
	oids, p := c.ExtendedKeyUsage()
	if p != certparse.Present {
		return "", false
	}
	cert := &x509.Certificate{}
	for _, oid := range oids {
		if usage, ok := purposes[oid]; ok {
			cert.ExtKeyUsage = append(cert.ExtKeyUsage, usage)
			continue
		}
		id, ok := objectIdentifier(oid)
		if !ok {
			return "", false
		}
		cert.UnknownExtKeyUsage = append(cert.UnknownExtKeyUsage, id)
	}
	return certinfoExtension(cert, x.OID, x.Value)
}

// timestamps writes the list of SCTs. certinfo leaves out their extensions,
// which follow on lines of their own.
func timestamps(c *certparse.Certificate, x certparse.Extension) (string, bool) {
	scts, p := c.SCTs()
	if p != certparse.Present {
		return "", false
	}
	text, ok := certinfoExtension(&x509.Certificate{}, x.OID, x.Value)
	b := block(text)
	for i, sct := range scts {
		if len(sct.Extensions) > 0 {
			b.line(16, "Extensions of SCT [", strconv.Itoa(i), "]:")
			b.hex(20, 18, sct.Extensions)
		}
	}
	return string(b), ok
}
