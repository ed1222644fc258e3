package validate

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// This file has the rules for a single certificate: whether it is valid now, and
// whether it fits what it is for.

// end2038 is the instant before which the certificates of APIG must expire.
var end2038 = time.Date(2038, 1, 19, 3, 14, 7, 0, time.UTC)

// ValidityCode returns the code of what is to be said of a certificate's validity
// at the time t: certificate-expired, certificate-not-yet-valid, or
// certificate-expires-soon if it expires within the given span. It is empty if
// there is nothing to say, or if the validity cannot be read.
func ValidityCode(c *certparse.Certificate, t time.Time, within time.Duration) finding.Code {
	notBefore, notAfter, ok := c.Validity()
	left := notAfter.Sub(t)
	switch {
	case !ok:
		return ""
	case left < 0:
		return "certificate-expired"
	case t.Before(notBefore):
		return "certificate-not-yet-valid"
	case left < within:
		return "certificate-expires-soon"
	}
	return ""
}

// DaysLeft is how many whole days a certificate is still valid at the time t, rounded
// down: one that expired an hour ago has -1. It is false if the validity cannot be read.
func DaysLeft(c *certparse.Certificate, t time.Time) (days int64, ok bool) {
	const day = 24 * 60 * 60
	_, notAfter, ok := c.Validity()
	left := notAfter.Unix() - t.Unix()
	if days = left / day; left%day < 0 {
		days--
	}
	return days, ok
}

// ValidityFinding is the finding that [ValidityCode] names, and whether there is one.
func ValidityFinding(c *certparse.Certificate, t time.Time, within time.Duration, at finding.Where) (f finding.Finding, ok bool) {
	notBefore, notAfter, _ := c.Validity()
	at.Field = "validity"
	from, to := finding.Time("not_before", notBefore), finding.Time("not_after", notAfter)
	switch code := ValidityCode(c, t, within); code {
	case "":
		return f, false
	case "certificate-not-yet-valid":
		return finding.New(code, at, from), true
	case "certificate-expires-soon":
		return finding.New(code, at, finding.Int("days", int(notAfter.Sub(t)/(24*time.Hour))), to), true
	default:
		return finding.New(code, at, to), true
	}
}

// inTime judges the validity of a certificate at the time of the options.
func (j *judge) inTime(index int) {
	c := j.report.Certificates[index].Certificate
	if f, ok := ValidityFinding(c, j.opt.Time, j.opt.ExpiringWithin, j.at(index)); ok {
		j.add(f)
	}
}

// weakKey judges whether the private key of a certificate can be computed, or is
// known to others.
func (j *judge) weakKey(index int) {
	c := j.report.Certificates[index]
	for _, f := range c.KeyFindings(j.at(index)) {
		j.add(f)
	}
	if f, blocked := BlockedKeyFinding(c.Certificate, j.opt.BlockedKeys, j.at(index)); blocked {
		j.add(f)
	}
}

// BlockedKeyFinding returns the finding if the list, which may be nil, has the
// certificate's public key.
func BlockedKeyFinding(c *certparse.Certificate, blocked *certparse.KeyBlocklist, where finding.Where) (f finding.Finding, found bool) {
	match, found := blocked.Match(c.PublicKey())
	if !found {
		return f, false
	}
	where.Field = "public_key"
	return finding.New("key-known-weak", where, finding.Str("match", match)), true
}

// selfSignature checks the signature of a certificate that names itself as its
// issuer. A CA's key rollover makes such certificates signed with its other key;
// their key identifiers differ.
func (j *judge) selfSignature(index int) {
	c := j.report.Certificates[index]
	if !c.SelfIssued() {
		return
	}
	issuer, _ := c.AuthorityKeyIdentifier()
	if own, _ := c.SubjectKeyIdentifier(); len(issuer.KeyID) > 0 && len(own) > 0 && !bytes.Equal(issuer.KeyID, own) {
		return
	}
	j.signature(index, c.PublicKey(), finding.New("self-signature-invalid", j.at(index)))
}

// signature checks a certificate's signature with the given key and adds the
// finding if it does not verify; it reports whether it could be checked and verified.
func (j *judge) signature(index int, key certparse.PublicKey, f finding.Finding) bool {
	c := j.report.Certificates[index]
	err := j.checkSignature(c, key)
	switch {
	case errors.Is(err, certparse.ErrSignature):
		if diagnosis, ok := j.diagnoseSM2(index, key); ok {
			f = diagnosis
		}
		j.addTogether(f)
	case err != nil:
		j.addTogether(finding.New("signature-not-checked", j.at(index), finding.Str("algorithm", c.SignatureAlgorithmName()), finding.Str("key", key.Name())))
	}
	return err == nil
}

// serverPurpose judges whether a certificate fits a TLS server.
func (j *judge) serverPurpose(index int) {
	c := j.report.Certificates[index]
	at := j.at(index)
	if c.IsCA() {
		j.add(finding.New("ca-as-server", at))
	} else {
		j.usage(index, certparse.DigitalSignature|certparse.KeyEncipherment|certparse.KeyAgreement, "a TLS server")
	}
	j.extendedUsage(index, certparse.EKUServerAuth, "a TLS server")
	names, presence := c.SubjectAltName()
	hosts := hostNames(names)
	if _, notAfter, ok := c.Validity(); ok && j.report.Profile == APIGSSL && !notAfter.Before(end2038) {
		j.add(finding.New("certificate-expires-after-2038", at, finding.Time("not_after", notAfter)))
	}
	if len(hosts) == 0 && presence != certparse.Malformed {
		f := finding.New("subject-alt-name-missing", at)
		if j.report.Profile == APIGSSL {
			f = f.As(finding.Error)
		}
		j.add(f)
	} else if name := c.Subject().CommonName(); name != "" && !slices.ContainsFunc(hosts, func(host string) bool { return covers(host, name) }) {
		j.add(finding.New("common-name-not-in-san", at, finding.Str("common_name", name)))
	}
}

// hostNames are the DNS names and IP addresses of a subject alternative name, as
// text and in its order.
func hostNames(names certparse.GeneralNames) []string {
	var hosts []string
	for _, n := range names {
		if n.Type == certparse.NameDNS || n.Type == certparse.NameIP {
			hosts = append(hosts, n.Value)
		}
	}
	return hosts
}

// covers reports whether a name of a certificate is the given name, or a
// wildcard for its first label (RFC 9525, Section 6.3).
func covers(pattern, name string) bool {
	if strings.EqualFold(pattern, name) {
		return true
	}
	rest, wildcard := strings.CutPrefix(pattern, "*.")
	first, parent, _ := strings.Cut(name, ".")
	return wildcard && first != "" && strings.EqualFold(rest, parent)
}

// usage judges whether the key usage, if there is one, allows one of the given
// usages. One that allows nothing has its finding already.
func (j *judge) usage(index int, needed certparse.KeyUsage, purpose string) {
	usage, presence := j.report.Certificates[index].KeyUsage()
	if presence == certparse.Present && usage != 0 && usage&needed == 0 {
		j.add(finding.New("key-usage-unsuitable", j.at(index), finding.List("usage", usage.Strings()), finding.Str("purpose", purpose)))
	}
}

// extendedUsage judges whether the extended key usage, if there is one, allows a purpose.
func (j *judge) extendedUsage(index int, oid, purpose string) {
	c := j.report.Certificates[index]
	usages, presence := c.ExtendedKeyUsage()
	if presence == certparse.Present && !slices.Contains(usages, oid) && !slices.Contains(usages, certparse.EKUAny) {
		names, _ := c.ExtendedKeyUsageNames()
		j.add(finding.New("extended-key-usage-unsuitable", j.at(index), finding.List("usage", names), finding.Str("purpose", purpose)))
	}
}

// devicePurpose judges whether a certificate fits a device, which is a TLS client.
func (j *judge) devicePurpose(index int) {
	j.usage(index, certparse.DigitalSignature|certparse.KeyAgreement, "a TLS client")
	j.extendedUsage(index, certparse.EKUClientAuth, "a TLS client")
}

// caPurpose judges whether a certificate may vouch for others. Certificates of
// version 1 have no extensions in which they could say so; old roots are of that kind.
func (j *judge) caPurpose(index int) {
	c := j.report.Certificates[index]
	if !c.IsCA() && !(c.Version() == 1 && c.SelfIssued()) {
		j.add(finding.New("not-a-ca", j.at(index)))
		return
	}
	j.usage(index, certparse.KeyCertSign, "signing certificates")
}
