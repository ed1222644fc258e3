package path_test

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// hardFail judges the certificates of paths with revocation lists, as the room above
// this one does it. others are the certificates that may have signed lists.
func hardFail(lists [][]byte, others []*certparse.Certificate, opt path.Options) func(path.Link) []finding.Finding {
	r := validate.Revocation{Policy: validate.HardFail}
	for _, der := range lists {
		r.CRLs = append(r.CRLs, validate.File{Data: der})
	}
	return r.Hook(others, opt)
}
