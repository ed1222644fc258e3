package certparse

import (
	"crypto/sha256"

	"github.com/certloupe/certloupe/internal/jsontext"
)

// MarshalJSON returns the certificate as it stands in a report, see [Certificate.WriteJSON].
func (c *Certificate) MarshalJSON() ([]byte, error) {
	var w jsontext.Writer
	c.WriteJSON(&w)
	return w.Bytes(), nil
}

// WriteJSON writes the certificate as it stands in a report: first the documented
// fields, then what they leave out, then every extension. What the certificate
// does not have, or has in a form that cannot be read, is left out; identifiers
// and raw bytes are upper-case hexadecimal.
func (c *Certificate) WriteJSON(w *jsontext.Writer) {
	w.BeginObject()
	c.WriteMembers(w)
	w.EndObject()
}

// WriteMembers is WriteJSON without the braces, for an object that has more to say.
func (c *Certificate) WriteMembers(w *jsontext.Writer) {
	w.StringField("subject", c.Subject().String())
	c.writeNames(w)
	c.writeNumbers(w)
	w.StringField("serial_hex", serialHex(c.RawSerialNumber()))
	c.writeDates(w)
	if notBefore, notAfter, ok := c.Validity(); ok {
		w.StringField("not_before", RFC3339(notBefore))
		w.StringField("not_after", RFC3339(notAfter))
	}
	c.writeFingerprint(w)
	w.StringField("fingerprint_sha1", c.FingerprintSHA1())
	w.StringField("fingerprint_sm3", c.FingerprintSM3())
	c.writeAlgorithms(w)
	c.writeCA(w)
	w.BoolField("self_issued", c.SelfIssued())
	if usage, presence := c.KeyUsage(); presence == Present {
		w.StringsField("key_usage", usage.Strings())
	}
	if purposes, presence := c.ExtendedKeyUsageNames(); presence == Present {
		w.StringsField("ext_key_usage", purposes)
	}
	c.writeSAN(w)
	writeStrings(w, "dns_names", c.DNSNames())
	writeStrings(w, "ocsp", c.OCSPURLs())
	writeStrings(w, "ca_issuers", c.CAIssuerURLs())
	writeStrings(w, "crl", c.CRLURLs())
	if id, presence := c.SubjectKeyIdentifier(); presence == Present {
		w.StringField("subject_key_id", hexUpper(id))
	}
	if id, presence := c.AuthorityKeyIdentifier(); presence == Present && id.KeyID != nil {
		w.StringField("authority_key_id", hexUpper(id.KeyID))
	}
	writeAttributes(w, "subject_attributes", c.Subject())
	writeAttributes(w, "issuer_attributes", c.Issuer())
	if c.extensionCount > 0 {
		w.Key("extensions")
		w.BeginArray()
		for i := range int(c.extensionCount) {
			c.writeExtension(w, c.extensionAt(i))
		}
		w.EndArray()
	}
}

// AppendSummaryJSON appends the certificate's main fields as compact JSON: those
// of [Certificate.WriteJSON] up to the names, with the same keys and values.
func (c *Certificate) AppendSummaryJSON(dst []byte) []byte {
	if cap(dst) == 0 {
		dst = make([]byte, 0, c.summarySize())
	}
	w := jsontext.NewWriter(dst, "")
	w.BeginObject()
	c.writeNames(w)
	c.writeNumbers(w)
	c.writeDates(w)
	c.writeFingerprint(w)
	c.writeAlgorithms(w)
	c.writeCA(w)
	c.writeSAN(w)
	w.EndObject()
	return w.Bytes()
}

// summarySize is the length that few summaries exceed, so that they are written
// without moving them to a larger place again and again.
func (c *Certificate) summarySize() int {
	size := 448 + len(c.RawIssuer()) + len(c.RawSubject())
	if san := c.find(extSubjectAltName); san != nil {
		size += 3 * int(san.value.len)
	}
	return min(size, 1<<16)
}

// The members that both forms have. They are written without building strings,
// because a summary is made for every certificate that passes through a service.

func (c *Certificate) writeNames(w *jsontext.Writer) {
	c.writeCommonName(w)
	writeName(w, "owner", c.Subject(), false)
	writeName(w, "issuer", c.Issuer(), false)
}

func (c *Certificate) writeCommonName(w *jsontext.Writer) {
	subject := c.Subject()
	if cn, ok := subject.last(oidCommonName); ok {
		if text := cn.content().of(subject.raw); len(text) > 0 && plain(cn.tag, text) {
			w.TextField("common_name", text)
		} else if cn := subject.CommonName(); cn != "" {
			w.StringField("common_name", cn)
		}
	}
}

func (c *Certificate) writeNumbers(w *jsontext.Writer) {
	w.IntField("version", int64(c.version))
	c.writeSerialNumber(w)
}

func (c *Certificate) writeSerialNumber(w *jsontext.Writer) {
	var room [64]byte
	w.TextField("serial_number", appendDecimal(room[:0], c.RawSerialNumber()))
}

func (c *Certificate) writeDates(w *jsontext.Writer) {
	c.writeDate(w, "effective_date", c.notBefore, false)
	c.writeDate(w, "expiry_date", c.notAfter, false)
}

func (c *Certificate) writeFingerprint(w *jsontext.Writer) {
	var room [2 * sha256.Size]byte
	sum := sha256.Sum256(c.Raw())
	w.TextField("fingerprint", appendHexUpper(room[:0], sum[:]))
}

func (c *Certificate) writeAlgorithms(w *jsontext.Writer) {
	w.StringField("signature_algorithm", c.SignatureAlgorithmName())
	w.Key("public_key")
	c.PublicKey().WriteJSON(w)
}

// WriteJSON writes what kind of key it is as a JSON object.
func (k PublicKey) WriteJSON(w *jsontext.Writer) {
	w.BeginObject()
	if k.Algorithm != UnknownKeyAlgorithm {
		w.StringField("algorithm", k.Algorithm.String())
	} else {
		w.StringField("algorithm", k.Name())
	}
	if curve := k.Curve.String(); curve != "" {
		w.StringField("curve", curve)
	}
	if k.Bits > 0 {
		w.IntField("bits", int64(k.Bits))
	}
	if t := k.Type(); t != "" {
		w.StringField("algorithm_type", t)
	}
	w.EndObject()
}

func (c *Certificate) writeCA(w *jsontext.Writer) {
	w.BoolField("is_ca", c.IsCA())
	if b, presence := c.BasicConstraints(); presence == Present && b.PathLen >= 0 {
		w.IntField("path_len", int64(b.PathLen))
	}
}

func (c *Certificate) writeSAN(w *jsontext.Writer) {
	r, _ := c.open(extSubjectAltName)
	if r.der == nil {
		return
	}
	w.Key("san")
	w.BeginArray()
	if list, ok := r.value(tagSequence); ok {
		m := r.members(list)
		for e, ok := m.any(); ok; e, ok = m.any() {
			if text := e.content().of(r.der); (e.tag == contextTag(2) || e.tag == contextTag(6)) && plain(tagIA5String, text) {
				w.BeginObject()
				w.StringField("type", generalNameType(e.tag).String())
				w.TextField("value", text)
				w.EndObject()
				continue
			}
			writeGeneralName(w, makeGeneralName(r.der, e))
		}
	}
	w.EndArray()
}

// writeStrings writes a member with an array of strings unless that is empty.
func writeStrings(w *jsontext.Writer, key string, values []string) {
	if len(values) > 0 {
		w.StringsField(key, values)
	}
}

func writeGeneralNames(w *jsontext.Writer, names GeneralNames) {
	w.BeginArray()
	for _, n := range names {
		writeGeneralName(w, n)
	}
	w.EndArray()
}

func writeGeneralName(w *jsontext.Writer, n GeneralName) {
	w.BeginObject()
	w.StringField("type", n.Type.String())
	w.StringField("value", n.Value)
	w.EndObject()
}

// writeAttributes writes a name with everything that its text form leaves out:
// an array of relative distinguished names, each an array of attributes.
func writeAttributes(w *jsontext.Writer, key string, name Name) {
	rdns := name.RDNs()
	if len(rdns) == 0 {
		return
	}
	w.Key(key)
	w.BeginArray()
	for _, rdn := range rdns {
		w.BeginArray()
		for _, a := range rdn {
			w.BeginObject()
			w.StringField("oid", a.OID)
			if a.Name != a.OID {
				w.StringField("name", a.Name)
			}
			if a.Type != "" {
				w.StringField("type", a.Type)
			}
			w.StringField("value", a.Value)
			w.EndObject()
		}
		w.EndArray()
	}
	w.EndArray()
}

// serialHex is the serial number in hexadecimal, with a minus sign if it is
// negative and without the zero byte that only says that it is not.
func serialHex(b []byte) string { return string(appendSerialHex(nil, b)) }

func appendSerialHex(dst, b []byte) []byte {
	if len(b) > 1 && b[0] == 0 {
		b = b[1:]
	} else if len(b) > 0 && b[0] >= 0x80 {
		n := signedInteger(b)
		return appendHexUpper(append(dst, '-'), n.Neg(n).Bytes())
	}
	return appendHexUpper(dst, b)
}
