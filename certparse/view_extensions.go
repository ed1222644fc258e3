package certparse

import (
	"time"

	"github.com/certloupe/certloupe/internal/jsontext"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// writeExtension writes one extension: its decoded value, or the raw one if it is
// not known or cannot be decoded completely.
func (c *Certificate) writeExtension(w *jsontext.Writer, x *extension) {
	w.BeginObject()
	w.StringField("oid", oidString(x.oid.of(c.raw)))
	if name := extensionKinds[x.id].name; name != "" {
		w.StringField("name", name)
	}
	w.BoolField("critical", x.critical)
	r := extReader{derReader: derReader{der: c.raw}, x: x}
	switch value := r.decoded(); {
	case value == nil:
		w.StringField("raw", hexUpper(x.value.of(c.raw)))
	case r.damaged:
		w.BoolField("malformed", true)
		w.StringField("raw", hexUpper(x.value.of(c.raw)))
	default:
		w.Key("value")
		writeValue(w, value)
	}
	w.EndObject()
}

// Lists of strings and numbers that writeValue tells apart by their type.
type (
	purposes    []string
	tlsFeatures []uint16
)

// decoded returns the value of the extension, or nil if it is not known.
func (r *extReader) decoded() any {
	switch r.x.id {
	case extSubjectDirectoryAttributes:
		return collect(r, (*extReader).directoryAttributes)
	case extSubjectKeyIdentifier:
		return r.subjectKeyIdentifier()
	case extKeyUsage:
		return r.keyUsage()
	case extPrivateKeyUsagePeriod:
		return r.privateKeyUsagePeriod()
	case extSubjectAltName:
		return GeneralNames(collect(r, (*extReader).subjectAltName))
	case extIssuerAltName:
		return GeneralNames(collect(r, (*extReader).issuerAltName))
	case extBasicConstraints:
		return r.basicConstraints()
	case extNameConstraints:
		var v NameConstraints
		r.nameConstraints(&v)
		return v
	case extCRLDistributionPoints, extFreshestCRL:
		return collect(r, (*extReader).distributionPoints)
	case extCertificatePolicies:
		return collect(r, (*extReader).certificatePolicies)
	case extPolicyMappings:
		return collect(r, (*extReader).policyMappings)
	case extAuthorityKeyIdentifier:
		var issuer []GeneralName
		v := r.authorityKeyIdentifier(&issuer)
		v.Issuer = issuer
		return v
	case extPolicyConstraints:
		return r.policyConstraints()
	case extExtendedKeyUsage:
		return purposes(collect(r, (*extReader).extendedKeyUsage))
	case extInhibitAnyPolicy:
		return r.singleNumber("inhibitAnyPolicy")
	case extAuthorityInfoAccess, extSubjectInfoAccess:
		return InfoAccess(collect(r, (*extReader).accessDescriptions))
	case extTLSFeature:
		return tlsFeatures(collect(r, (*extReader).tlsFeatures))
	case extQCStatements:
		return collect(r, (*extReader).qcStatements)
	case extOCSPNoCheck, extCTPoison:
		r.null()
		return true // Being there is all that it says.
	case extSCTList:
		return collect(r, (*extReader).scts)
	case extNetscapeCertType:
		return r.netscapeCertType()
	case extNetscapeComment:
		return r.netscapeComment()
	case extCABFOrganizationIdentifier:
		return r.organizationIdentifier()
	case extMicrosoftTemplateName:
		return r.microsoftTemplateName()
	case extMicrosoftTemplate:
		return r.microsoftTemplate()
	case extMicrosoftCAVersion:
		return r.microsoftCAVersion()
	}
	return nil
}

func collect[T any](r *extReader, read func(*extReader, *[]T)) (list []T) {
	read(r, &list)
	return list
}

// writeValue writes the decoded value of an extension.
func writeValue(w *jsontext.Writer, value any) {
	switch v := value.(type) {
	case bool:
		w.Bool(v)
	case int:
		w.Int(int64(v))
	case string:
		w.String(v)
	case []byte:
		w.String(hexUpper(v))
	case KeyUsage:
		writeArray(w, v.Strings(), (*jsontext.Writer).String)
	case NetscapeCertType:
		writeArray(w, v.Strings(), (*jsontext.Writer).String)
	case GeneralNames:
		writeGeneralNames(w, v)
	case purposes:
		writeArray(w, v, func(w *jsontext.Writer, oid string) { writeOID(w, oid, purposeName(oid)) })
	case tlsFeatures:
		writeArray(w, v, writeTLSFeature)
	case InfoAccess:
		writeArray(w, v, writeAccess)
	case []DirectoryAttribute:
		writeArray(w, v, writeDirectoryAttribute)
	case []DistributionPoint:
		writeArray(w, v, writeDistributionPoint)
	case []PolicyInformation:
		writeArray(w, v, writePolicy)
	case []PolicyMapping:
		writeArray(w, v, writePolicyMapping)
	case []QCStatement:
		writeArray(w, v, writeQCStatement)
	case []SCT:
		writeArray(w, v, writeSCT)
	default:
		w.BeginObject()
		writeMembers(w, value)
		w.EndObject()
	}
}

// writeMembers writes the members of values that are objects.
func writeMembers(w *jsontext.Writer, value any) {
	switch v := value.(type) {
	case BasicConstraints:
		w.BoolField("ca", v.CA)
		writeNumber(w, "path_len", v.PathLen)
	case NameConstraints:
		writeNames(w, "permitted", v.Permitted)
		writeNames(w, "excluded", v.Excluded)
	case PolicyConstraints:
		writeNumber(w, "require_explicit_policy", v.RequireExplicitPolicy)
		writeNumber(w, "inhibit_policy_mapping", v.InhibitPolicyMapping)
	case AuthorityKeyIdentifier:
		if v.KeyID != nil {
			w.StringField("key_id", hexUpper(v.KeyID))
		}
		writeNames(w, "issuer", v.Issuer)
		if v.Serial != nil {
			w.StringField("serial_hex", serialHex(v.Serial))
		}
	case PrivateKeyUsagePeriod:
		if !v.NotBefore.IsZero() {
			w.StringField("not_before", RFC3339(v.NotBefore))
		}
		if !v.NotAfter.IsZero() {
			w.StringField("not_after", RFC3339(v.NotAfter))
		}
	case OrganizationIdentifier:
		w.StringField("scheme", v.Scheme)
		w.StringField("country", v.Country)
		writeText(w, "state", v.State)
		w.StringField("reference", v.Reference)
	case MicrosoftTemplate:
		w.StringField("oid", v.ID)
		writeNumber(w, "major", v.Major)
		writeNumber(w, "minor", v.Minor)
	case MicrosoftCAVersion:
		w.IntField("certificate", int64(v.Certificate))
		w.IntField("key", int64(v.Key))
	}
}

func writeArray[T any](w *jsontext.Writer, list []T, write func(*jsontext.Writer, T)) {
	w.BeginArray()
	for _, v := range list {
		write(w, v)
	}
	w.EndArray()
}

// writeNumber writes a member unless it is −1, which stands for not given.
func writeNumber(w *jsontext.Writer, key string, n int) {
	if n >= 0 {
		w.IntField(key, int64(n))
	}
}

func writeText(w *jsontext.Writer, key, text string) {
	if text != "" {
		w.StringField(key, text)
	}
}

func writeNames(w *jsontext.Writer, key string, names GeneralNames) {
	if len(names) > 0 {
		w.Key(key)
		writeGeneralNames(w, names)
	}
}

// writeOID writes an identifier with its name, if it has one.
func writeOID(w *jsontext.Writer, oid, name string) {
	w.BeginObject()
	w.StringField("oid", oid)
	writeText(w, "name", name)
	w.EndObject()
}

func writeTLSFeature(w *jsontext.Writer, n uint16) {
	w.BeginObject()
	w.IntField("number", int64(n))
	switch n {
	case featureStatusRequest:
		w.StringField("name", "status_request")
	case featureStatusRequestV2:
		w.StringField("name", "status_request_v2")
	}
	w.EndObject()
}

func writeAccess(w *jsontext.Writer, d AccessDescription) {
	w.BeginObject()
	w.StringField("oid", d.Method)
	writeText(w, "name", accessName(d.Method))
	w.Key("location")
	writeGeneralName(w, d.Location)
	w.EndObject()
}

func writeDirectoryAttribute(w *jsontext.Writer, a DirectoryAttribute) {
	w.BeginObject()
	w.StringField("oid", a.OID)
	w.Key("values")
	writeArray(w, a.Values, func(w *jsontext.Writer, der []byte) { w.String(hexUpper(der)) })
	w.EndObject()
}

func writeDistributionPoint(w *jsontext.Writer, p DistributionPoint) {
	w.BeginObject()
	writeNames(w, "full_name", p.FullName)
	if p.RelativeName != nil {
		w.StringField("relative_name", relativeName(p.RelativeName))
	}
	writeStrings(w, "reasons", p.Reasons.Strings())
	writeNames(w, "crl_issuer", p.CRLIssuer)
	w.EndObject()
}

// relativeName is the text of a relative distinguished name: that of the name
// which has no other.
func relativeName(rdn []byte) string {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(rdn) })
	der, err := b.Bytes()
	if err != nil {
		return "#" + hexUpper(rdn)
	}
	return Name{der}.String()
}

func writePolicy(w *jsontext.Writer, p PolicyInformation) {
	w.BeginObject()
	w.StringField("oid", p.ID)
	writeText(w, "name", policyName(p.ID))
	if len(p.Qualifiers) > 0 {
		w.Key("qualifiers")
		writeArray(w, p.Qualifiers, writeQualifier)
	}
	w.EndObject()
}

func writeQualifier(w *jsontext.Writer, q PolicyQualifier) {
	w.BeginObject()
	w.StringField("oid", q.ID)
	switch q.ID {
	case qualifierCPS:
		w.StringField("cps", q.CPS)
	case qualifierUserNotice:
		writeText(w, "text", q.Text)
		writeText(w, "organization", q.Organization)
		if len(q.NoticeNumbers) > 0 {
			w.Key("notice_numbers")
			writeArray(w, q.NoticeNumbers, func(w *jsontext.Writer, n int) { w.Int(int64(n)) })
		}
	default:
		w.StringField("raw", hexUpper(q.Raw))
	}
	w.EndObject()
}

func writePolicyMapping(w *jsontext.Writer, m PolicyMapping) {
	w.BeginObject()
	w.StringField("issuer_domain_policy", m.IssuerDomainPolicy)
	w.StringField("subject_domain_policy", m.SubjectDomainPolicy)
	w.EndObject()
}

func writeQCStatement(w *jsontext.Writer, s QCStatement) {
	w.BeginObject()
	w.StringField("oid", s.ID)
	writeText(w, "name", qcName(s.ID))
	switch {
	case s.Info == nil:
	case s.Types != nil:
		w.Key("types")
		writeArray(w, s.Types, func(w *jsontext.Writer, oid string) { writeOID(w, oid, qcName(oid)) })
	case s.Limit != nil:
		w.Key("limit")
		w.BeginObject()
		w.StringField("currency", s.Limit.Currency)
		w.IntField("amount", int64(s.Limit.Amount))
		w.IntField("exponent", int64(s.Limit.Exponent))
		w.EndObject()
	case s.RetentionYears >= 0:
		w.IntField("retention_years", int64(s.RetentionYears))
	case s.Disclosures != nil:
		w.Key("disclosures")
		writeArray(w, s.Disclosures, func(w *jsontext.Writer, d QCDisclosure) {
			w.BeginObject()
			w.StringField("url", d.URL)
			w.StringField("language", d.Language)
			w.EndObject()
		})
	case s.Countries != nil:
		w.StringsField("countries", s.Countries)
	default:
		w.StringField("raw", hexUpper(s.Info))
	}
	w.EndObject()
}

func writeSCT(w *jsontext.Writer, s SCT) {
	w.BeginObject()
	w.IntField("version", int64(s.Version)+1)
	if s.LogID == nil {
		w.StringField("raw", hexUpper(s.Raw))
	} else {
		w.StringField("log_id", hexUpper(s.LogID))
		w.StringField("timestamp", milliseconds(s.Timestamp))
		if len(s.Extensions) > 0 {
			w.StringField("extensions", hexUpper(s.Extensions))
		}
		w.StringField("signature_algorithm", s.Algorithm())
		w.StringField("signature", hexUpper(s.Signature))
	}
	w.EndObject()
}

// milliseconds is RFC3339 with three digits after the second.
func milliseconds(t time.Time) string {
	ms := t.Nanosecond() / int(time.Millisecond)
	digits := [3]byte{byte('0' + ms/100), byte('0' + ms/10%10), byte('0' + ms%10)}
	seconds := RFC3339(t)
	return seconds[:len(seconds)-1] + "." + string(digits[:]) + "Z"
}
