package validate

import (
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

// TestListBytes: enormous lists are gone through a few times only. That they are
// enormous is pretended, for making them takes longer than the rest of the tests.
func TestListBytes(t *testing.T) {
	j, _ := newRevocationJudge(Revocation{Policy: IgnoreMissing}, nil, path.Options{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	for _, test := range []struct{ bytes, judged int }{{maxListBytes/3 + 1, 2}, {maxListBytes, 1}, {2 * maxListBytes, 1}} {
		j.listBytes, j.gone, j.judgements = test.bytes, 0, 0
		ask, judged := j.link(signerDepth), 0
		for range 5 {
			if finding.Worst(ask(path.Link{Certificate: &certparse.Certificate{}, Issuer: &certparse.Certificate{}})) < finding.Error {
				judged++
			}
		}
		if judged != test.judged {
			t.Errorf("with lists of %d bytes %d certificates were judged, want %d", test.bytes, judged, test.judged)
		}
	}
}
