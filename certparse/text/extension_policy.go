package text

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/certloupe/certloupe/certparse"
)

// Extensions that consist of policies, periods, statements and the like.

func certificatePolicies(b *block, c *certparse.Certificate) certparse.Presence {
	policies, presence := c.CertificatePolicies()
	for _, p := range policies {
		b.line(16, "Policy: ", p.ID)
		for _, q := range p.Qualifiers {
			switch {
			case q.CPS != "":
				b.line(18, "CPS: ", q.CPS)
			case q.ID == "1.3.6.1.5.5.7.2.2":
				b.line(18, "User Notice:")
				if q.Organization != "" {
					b.line(20, "Organization: ", q.Organization)
				}
				if q.NoticeNumbers != nil {
					b.line(20, "Numbers: ", numbers(q.NoticeNumbers))
					presence = exact(presence, q.NoticeNumbers...)
				}
				if q.Text != "" {
					b.line(20, "Explicit Text: ", q.Text)
				}
			default:
				b.line(18, q.ID, ":")
				b.hex(20, octetsPerLine, q.Raw)
			}
		}
	}
	return presence
}

func numbers(ns []int) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

// exact takes an extension for not decoded if one of its numbers is the largest
// that certparse returns, which stands for everything beyond it too.
func exact(presence certparse.Presence, numbers ...int) certparse.Presence {
	if slices.Contains(numbers, math.MaxInt32) {
		return certparse.Malformed
	}
	return presence
}

func policyMappings(b *block, c *certparse.Certificate) certparse.Presence {
	mappings, presence := c.PolicyMappings()
	for _, m := range mappings {
		b.line(16, m.IssuerDomainPolicy, ":", m.SubjectDomainPolicy)
	}
	return presence
}

func policyConstraints(b *block, c *certparse.Certificate) certparse.Presence {
	v, presence := c.PolicyConstraints()
	var parts []string
	if v.RequireExplicitPolicy >= 0 {
		parts = append(parts, "Require Explicit Policy:"+strconv.Itoa(v.RequireExplicitPolicy))
	}
	if v.InhibitPolicyMapping >= 0 {
		parts = append(parts, "Inhibit Policy Mapping:"+strconv.Itoa(v.InhibitPolicyMapping))
	}
	b.line(16, strings.Join(parts, ", "))
	return exact(presence, v.RequireExplicitPolicy, v.InhibitPolicyMapping)
}

func inhibitAnyPolicy(b *block, c *certparse.Certificate) certparse.Presence {
	skip, presence := c.InhibitAnyPolicy()
	b.line(16, strconv.Itoa(skip))
	return exact(presence, skip)
}

func privateKeyUsagePeriod(b *block, c *certparse.Certificate) certparse.Presence {
	v, presence := c.PrivateKeyUsagePeriod()
	if !v.NotBefore.IsZero() {
		b.line(16, "Not Before: ", v.NotBefore.Format(timeFormat))
	}
	if !v.NotAfter.IsZero() {
		b.line(16, "Not After : ", v.NotAfter.Format(timeFormat))
	}
	return presence
}

func tlsFeatures(b *block, c *certparse.Certificate) certparse.Presence {
	features, presence := c.TLSFeatures()
	texts := make([]string, len(features))
	for i, f := range features {
		switch f {
		case 5:
			texts[i] = "status_request"
		case 17:
			texts[i] = "status_request_v2"
		default:
			texts[i] = strconv.Itoa(int(f))
		}
	}
	b.line(16, strings.Join(texts, ", "))
	return presence
}

func ocspNoCheck(_ *block, c *certparse.Certificate) certparse.Presence { return c.OCSPNoCheck() }

func ctPoison(b *block, c *certparse.Certificate) certparse.Presence {
	b.line(16, "NULL")
	return c.CTPoison()
}

func directoryAttributes(b *block, c *certparse.Certificate) certparse.Presence {
	attributes, presence := c.SubjectDirectoryAttributes()
	for _, a := range attributes {
		b.line(16, a.OID, ":")
		for _, v := range a.Values {
			b.hex(18, octetsPerLine, v)
		}
	}
	return presence
}

func qcStatements(b *block, c *certparse.Certificate) certparse.Presence {
	statements, presence := c.QCStatements()
	for _, s := range statements {
		switch {
		case s.Limit != nil:
			b.line(16, s.ID, ": ", fmt.Sprintf("%s %de%d", s.Limit.Currency, s.Limit.Amount, s.Limit.Exponent))
			presence = exact(presence, s.Limit.Amount)
		case s.RetentionYears >= 0:
			b.line(16, s.ID, ": ", strconv.Itoa(s.RetentionYears), " years")
			presence = exact(presence, s.RetentionYears)
		case s.Disclosures != nil:
			b.line(16, s.ID, ":")
			for _, d := range s.Disclosures {
				b.line(18, d.Language, " ", d.URL)
			}
		case s.Countries != nil:
			b.line(16, s.ID, ": ", strings.Join(s.Countries, ", "))
		case s.ID == "0.4.0.1862.1.6":
			b.line(16, s.ID, ": ", strings.Join(s.Types, ", "))
		case s.Info != nil:
			b.line(16, s.ID, ":")
			b.hex(18, octetsPerLine, s.Info)
		default:
			b.line(16, s.ID)
		}
	}
	return presence
}

func netscapeCertType(b *block, c *certparse.Certificate) certparse.Presence {
	types, presence := c.NetscapeCertType()
	b.line(16, strings.Join(types.Strings(), ", "))
	return presence
}

func netscapeComment(b *block, c *certparse.Certificate) certparse.Presence {
	comment, presence := c.NetscapeComment()
	b.line(16, comment)
	return presence
}

func organizationIdentifier(b *block, c *certparse.Certificate) certparse.Presence {
	v, presence := c.OrganizationIdentifier()
	b.line(16, "Scheme: ", v.Scheme)
	b.line(16, "Country: ", v.Country)
	if v.State != "" {
		b.line(16, "State: ", v.State)
	}
	b.line(16, "Reference: ", v.Reference)
	return presence
}

func microsoftTemplateName(b *block, c *certparse.Certificate) certparse.Presence {
	name, presence := c.MicrosoftTemplateName()
	b.line(16, name)
	return presence
}

func microsoftTemplate(b *block, c *certparse.Certificate) certparse.Presence {
	v, presence := c.MicrosoftTemplate()
	b.line(16, "Template: ", v.ID)
	if v.Major >= 0 {
		b.line(16, "Major Version: ", strconv.Itoa(v.Major))
	}
	if v.Minor >= 0 {
		b.line(16, "Minor Version: ", strconv.Itoa(v.Minor))
	}
	return exact(presence, v.Major, v.Minor)
}

func microsoftCAVersion(b *block, c *certparse.Certificate) certparse.Presence {
	v, presence := c.MicrosoftCAVersion()
	b.line(16, "Certificate: ", strconv.Itoa(v.Certificate), ", Key: ", strconv.Itoa(v.Key))
	return exact(presence, v.Key<<16|v.Certificate)
}
