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

// inTime judges the validity of a certificate at the time of the options.
func (j *judge) inTime(index int) {
	c := j.report.Certificates[index]
	notBefore, notAfter, ok := c.Validity()
	if !ok {
		return
	}
	at := j.at(index)
	at.Field = "validity"
	from, to := finding.Time("not_before", notBefore), finding.Time("not_after", notAfter)
	left := notAfter.Sub(j.opt.Time)
	switch {
	case left < 0:
		j.add(finding.New("certificate-expired", at, to))
	case j.opt.Time.Before(notBefore):
		j.add(finding.New("certificate-not-yet-valid", at, from))
	case left < j.opt.ExpiringWithin:
		j.add(finding.New("certificate-expires-soon", at, finding.Int("days", int(left/(24*time.Hour))), to))
	}
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
