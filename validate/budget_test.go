package validate_test

import (
	"bytes"
	"encoding/pem"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate"
)

// Many large certificates in one upload are not all shown: what a report may
// take is bounded.
func TestCertificateBytesAreBounded(t *testing.T) {
	block, _ := pem.Decode([]byte(exampleCertificate))
	large := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: append(block.Bytes, make([]byte, 700<<10)...)})
	for _, test := range []struct {
		count, shown int
		refused      bool
	}{{2, 2, false}, {3, 2, true}, {9, 2, true}} {
		report := validate.Upload(&validate.Inspection{
			Files: []validate.File{{Name: "a.pem", Data: bytes.Repeat(large, test.count)}},
		}, validate.Options{})
		refused := false
		for _, f := range report.Findings {
			if f.Code == "input-too-large" {
				refused = refused || f.Severity == finding.Error && report.Verdict == validate.Rejected
			}
		}
		if len(report.Certificates) != test.shown || refused != test.refused {
			t.Errorf("%d certificates: %d shown, refused %v", test.count, len(report.Certificates), refused)
		}
	}
}
