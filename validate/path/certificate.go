package path

import (
	"slices"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// role is the place of a certificate in a path; it decides what is asked of it.
type role uint8

const (
	roleTarget role = iota
	roleCA
	roleAnchor

	roles // how many there are
)

// check returns what is to be said about a certificate in the given role, whatever
// the path; errors speak against it.
func (v *validator) check(d *dossier, r role) []finding.Finding {
	if !d.checked[r] {
		k := checker{v: v, c: d.Certificate, role: r}
		k.certificate()
		d.checks[r], d.checked[r] = k.found, true
		v.told += len(k.found)
	}
	return d.checks[r]
}

// fit reports whether nothing speaks against a certificate as a CA.
func (v *validator) fit(d *dossier) bool {
	return finding.Worst(v.check(d, roleCA)) < finding.Error
}

// checker checks one certificate by itself.
type checker struct {
	v     *validator
	c     *certparse.Certificate
	role  role
	found []finding.Finding

	stated struct {
		known    bool
		list     []string
		presence certparse.Presence
	}
}

func (k *checker) add(code finding.Code, data ...finding.Datum) {
	k.found = append(k.found, finding.New(code, finding.Where{}, data...).As(finding.Error))
}

func (k *checker) certificate() {
	k.form()
	k.signature()
	k.validity()
	k.critical()
	if k.role != roleTarget {
		k.authority()
	} else if usage, presence := k.c.KeyUsage(); presence == certparse.Present && !usage.Has(k.v.opt.KeyUsage) {
		k.usageUnsuitable(usage, strings.Join(k.v.opt.KeyUsage.Strings(), ", "))
	}
	purposes := k.v.opt.Purposes
	if k.v.opt.Profile == WebPKI {
		k.web()
		if !slices.Contains(purposes, certparse.EKUServerAuth) {
			purposes = append(slices.Clone(purposes), certparse.EKUServerAuth)
		}
	}
	k.purposes(purposes)
}

// maxNotes is how many departures certparse keeps of one certificate; behind so
// many there may be others.
const maxNotes = 100

// form looks through what was noticed while the certificate was read.
func (k *checker) form() {
	notes := k.c.Findings(finding.Where{})
	k.v.told += len(notes)
	for _, f := range notes {
		if k.matters(f) {
			k.found = append(k.found, f.As(finding.Error))
		}
	}
	if len(notes) >= maxNotes {
		k.add("der-malformed", finding.Str("problem", "the certificate departs from the standard in too many places"))
	}
	if damaged := k.c.DamagedExtensions(); len(damaged) > 0 && len(k.found) == 0 {
		k.add("extension-malformed", finding.Str("extension", damaged[0]), finding.Str("problem", "it cannot be relied on"))
	}
}

// harmless are errors of whoever issued the certificate that no reader suffers
// from: RFC 5280, Section 6 does not look at them, or says what they mean.
var harmless = []finding.Code{
	"basic-constraints-path-length", // Section 6.1.4 (m) is not reached for such a certificate.
	"extension-unknown-critical",    // See critical.
	"signature-weak",                // See signature.
}

// issuing are breaches of what RFC 5280, Section 4 demands of those who issue
// certificates. Section 6 does not look at them.
var issuing = []finding.Code{
	"serial-zero", "serial-negative", "serial-too-long", "subject-key-identifier-missing", "authority-key-identifier-missing",
	"extension-must-not-be-critical", "extension-should-be-critical", "subject-alt-name-underscore", "subject-alt-name-invalid",
	"subject-empty", "issuer-empty", "name-constraints-not-ca", "key-usage-without-ca", "key-usage-empty", "policy-duplicate",
	"name-characters",
}

// matters reports whether something that was noticed speaks against the
// certificate in its role.
func (k *checker) matters(f finding.Finding) bool {
	if slices.Contains(harmless, f.Code) {
		return false
	}
	web := k.v.opt.Profile == WebPKI
	if slices.Contains(issuing, f.Code) {
		switch {
		case !k.v.opt.Conforming && !web:
			return false
		case k.role == roleAnchor && strings.HasPrefix(string(f.Code), "serial-"):
			return false // Nobody issued it, and nobody looks it up by its number.
		case f.Code == "extension-should-be-critical":
			// Policy mappings should be critical, the others must be. The Baseline
			// Requirements allow name constraints that are not.
			name := datum(f, "extension")
			return name != "policyMappings" && !(web && name == "nameConstraints")
		}
		return true
	}
	if web && f.Code == "extension-should-not-be-critical" {
		return datum(f, "extension") == "subjectAltName"
	}
	return f.Severity == finding.Error
}

func datum(f finding.Finding, key string) string {
	for _, d := range f.Data {
		if d.Key == key {
			s, _ := d.Value.(string)
			return s
		}
	}
	return ""
}

// signature refuses algorithms with which a certificate can be forged. An anchor's
// signature protects nothing. DSA, which has hardly any other hash, is as old as
// what still uses it, and is only pointed out.
func (k *checker) signature() {
	a := k.c.SignatureAlgorithm()
	if k.c.PublicKey().Algorithm == certparse.DSA {
		k.found = append(k.found, finding.New("dsa-key", finding.Where{}))
	}
	if !a.Weak() || k.role == roleAnchor {
		return
	}
	f := finding.New("signature-weak", finding.Where{}, finding.Str("algorithm", a.String()))
	if k.v.opt.Profile == WebPKI || a != certparse.DSAWithSHA1 && !k.v.opt.AllowWeak {
		f = f.As(finding.Error)
	}
	k.found = append(k.found, f)
}

// validity is RFC 5280, Section 6.1.3 (a)(2). The period includes both ends, and
// both are whole seconds.
func (k *checker) validity() {
	from, to, ok := k.c.Validity()
	switch {
	case !ok: // validity-malformed is among the notes.
	case k.v.at.Before(from):
		k.add("certificate-not-yet-valid", finding.Time("not_before", from))
	case k.v.at.After(to):
		k.add("certificate-expired", finding.Time("not_after", to))
	}
}

// processed are the extensions that this package processes.
var processed = []string{
	"keyUsage", "basicConstraints", "nameConstraints", "certificatePolicies", "policyMappings", "policyConstraints",
	"inhibitAnyPolicy", "subjectAltName", "extKeyUsage",
	// Aids to finding an issuer, which decide nothing. They must not be critical,
	// which is a rule for issuers.
	"authorityKeyIdentifier", "subjectKeyIdentifier",
}

// critical is RFC 5280, Section 6.1.4 (o) and 6.1.5 (f): a critical extension
// that is not processed refuses the path, and so does a damaged one that is.
func (k *checker) critical() {
	for _, name := range k.c.CriticalExtensionsExcept(processed) {
		if k.v.opt.Revocation != nil && (name == "cRLDistributionPoints" || name == "freshestCRL") {
			continue
		}
		k.add("path-critical-extension", finding.Str("extension", name))
	}
}

// authority is RFC 5280, Section 6.1.4 (k) and (n): the certificate belongs to a
// CA whose key may sign certificates. Certificates of versions 1 and 2 cannot say
// so; an anchor's need not.
func (k *checker) authority() {
	c := k.c
	if c.Version() < 3 && k.role == roleAnchor {
		return
	}
	if !c.IsCA() {
		k.add("not-a-ca")
	}
	if usage, presence := c.KeyUsage(); presence != certparse.Absent && !usage.Has(certparse.KeyCertSign) {
		k.usageUnsuitable(usage, "signing certificates")
	}
}

func (k *checker) usageUnsuitable(usage certparse.KeyUsage, purpose string) {
	k.add("key-usage-unsuitable", finding.Str("usage", strings.Join(usage.Strings(), ", ")), finding.Str("purpose", purpose))
}

// maxShown is how many purposes of one certificate are shown.
const maxShown = 20

// statedPurposes returns the extended key usage, which is decoded once.
func (k *checker) statedPurposes() ([]string, certparse.Presence) {
	if !k.stated.known {
		k.stated.known = true
		k.stated.list, k.stated.presence = k.c.ExtendedKeyUsage()
	}
	return k.stated.list, k.stated.presence
}

// purposes checks the extended key usage, RFC 5280, Section 4.2.1.12. In a CA's
// certificate it limits the certificates below.
func (k *checker) purposes(want []string) {
	have, presence := k.statedPurposes()
	if presence == certparse.Absent || slices.Contains(have, certparse.EKUAny) {
		return
	}
	for _, p := range want {
		if p != certparse.EKUAny && !slices.Contains(have, p) {
			names := make([]string, 0, maxShown+1)
			for _, have := range have[:min(maxShown, len(have))] {
				names = append(names, purposeName(have))
			}
			if len(have) > maxShown {
				names = append(names, "…")
			}
			k.add("extended-key-usage-unsuitable", finding.Str("usage", strings.Join(names, ", ")), finding.Str("purpose", purposeName(p)))
		}
	}
}

// purposeName is the name of a purpose, or its OID if it has none here.
func purposeName(oid string) string {
	if name := certparse.PurposeName(oid); name != "" {
		return name
	}
	return oid
}
