package corpora

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// exceptions are the disagreements that are known and explained: for each key of a
// certificate, library and field, the reason.
func exceptions(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("exceptions.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for n, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, "; ", 4)
		if len(parts) != 4 || strings.TrimSpace(parts[3]) == "" {
			t.Errorf("exceptions.txt:%d: not of the form certificate; library; field; reason", n+1)
			continue
		}
		key := disagreement(parts[0], parts[1], parts[2])
		if known[key] != "" {
			t.Errorf("exceptions.txt:%d: stands there twice", n+1)
		}
		known[key] = parts[3]
	}
	return known
}

func disagreement(certificate, library, field string) string {
	return strings.Join([]string{certificate, library, field}, "; ")
}

// TestAgreement compares every field of every certificate with each library that
// accepts it. What nobody is known to be right about stands in exceptions.txt.
func TestAgreement(t *testing.T) {
	requireOpenSSL(t)
	collection := collect(t)
	certificates := collection.certificates
	type result struct {
		accepted    [4]bool
		differences []string
		details     []string
	}
	results := make([]result, len(certificates))
	parallel(len(certificates), func(i int) {
		c, r := &certificates[i], &results[i]
		parsed, err := certparse.ParseCertificate(c.der)
		for k, peer := range peers {
			if peer.name == "openssl" && r.accepted[0] {
				continue // crypto/x509 has said more already.
			}
			theirs := peer.read(c.der)
			if theirs == nil {
				continue
			}
			r.accepted[k] = true
			if err != nil {
				r.differences = append(r.differences, disagreement(c.key(), peer.name, "everything"))
				r.details = append(r.details, err.Error())
				continue
			}
			mine := ours(parsed)
			for _, field := range mine.differences(theirs) {
				r.differences = append(r.differences, disagreement(c.key(), peer.name, field))
				r.details = append(r.details, fmt.Sprintf("\n    ours   %s\n    theirs %s", shorten(mine[field]), shorten(theirs[field])))
			}
		}
		if err == nil {
			// Whatever is said of a certificate must be sayable, wherever it stands.
			for _, f := range parsed.Findings(finding.Where{}) {
				if at, ok := f.Where.DERByte.Get(); !ok || at > len(c.der) {
					r.differences = append(r.differences, disagreement(c.key(), "findings", string(f.Code)))
					r.details = append(r.details, fmt.Sprint("offset ", at))
				}
			}
		}
	})
	known := exceptions(t)
	var compared [4]int
	for i, r := range results {
		for k, accepted := range r.accepted {
			if accepted {
				compared[k]++
			}
		}
		for k, d := range r.differences {
			if known[d] == "" {
				t.Errorf("%s\n%s: %s", certificates[i].name, d, r.details[k])
			}
			delete(known, d)
		}
	}
	for d := range known {
		t.Errorf("exceptions.txt: %s is no disagreement any more", d)
	}
	for k, peer := range peers {
		t.Logf("%5d certificates compared with %s", compared[k], peer.name)
		if compared[k] == 0 {
			t.Errorf("nothing was compared with %s", peer.name)
		}
	}
}

func shorten(s string) string {
	if len(s) > 300 {
		return fmt.Sprintf("%s… (%d characters)", s[:300], len(s))
	}
	return s
}
