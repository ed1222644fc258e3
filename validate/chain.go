package validate

import (
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

// ChainRequest is what [Chain] judges.
type ChainRequest struct {
	// Files have the uploaded certificates, in any form that [Upload] reads. The
	// first certificate that is not a CA's is judged, or the first one if there are
	// CA certificates only. Private keys in them are passed over.
	Files []File
	// Password opens what is encrypted in the files. Nil means that there is none.
	Password []byte
	// Roots have the certificates that are trusted, and nothing else is trusted.
	Roots []File
	// Intermediates have certificates that may be needed for a path, apart from
	// those in Files. They are not trusted.
	Intermediates []File
	// Revocation says how to find out whether certificates were revoked. By default
	// that is not checked, and a notice says so.
	Revocation Revocation
}

// ChainOptions say how to judge. The zero value is right for most.
type ChainOptions struct {
	// Path are the options of path validation. The time, if it is zero, is now.
	//
	// Path.Conforming is off by default, so that [path.RFC5280] judges what RFC 5280,
	// Section 6 looks at: whether to trust the certificate. Private CAs in good
	// working order issue certificates that break rules of Section 4 for issuers, and
	// every client that they are made for takes them. What they break is reported all
	// the same, as warnings. For [path.WebPKI] these rules always count, because
	// browsers' root programs enforce them.
	Path path.Options
	// Host, Email and URI are names that the certificate must be for, if not empty.
	// Host is a DNS name or an IP address.
	Host, Email, URI string
	// ExpiringWithin is as in [Options].
	ExpiringWithin time.Duration
	// MaxSize is the largest file in bytes that is read; zero means
	// certparse.DefaultMaxSize. It does not apply to revocation lists.
	MaxSize int
	// BlockedKeys is as in [Options]; it is compared with the files' certificates.
	BlockedKeys *certparse.KeyBlocklist
}

// ChainReport is everything that is to be said about a certificate's path.
type ChainReport struct {
	// Profile and Time are those by which the path was judged.
	Profile path.Profile
	Time    time.Time
	// Verdict is Accepted if the path is valid and there is no finding of severity error.
	Verdict Verdict
	// Findings are those of the files first, then of their certificates, of the path,
	// and last what concerns the upload as a chain. Each that speaks against the path
	// has the certificate's index and the section of the standard.
	Findings []finding.Finding
	// Certificates are those of the files, and then those of the roots and
	// intermediates that the paths have. Findings refer to them by their index.
	Certificates []Certificate
	// Path are the indexes of the certificates of the path that was found or, if
	// there is no valid one, of the one that came closest: the target first.
	Path []int
	// Anchored says that the last one is a trusted root.
	Anchored bool
	// Policies are the certificate policies that the path is valid for, as
	// [path.Result] has them.
	Policies []string
	// PublicKey is the target's, with parameters that it inherits filled in.
	PublicKey certparse.PublicKey
	// Revocation is what is known about the certificates of the path but the root;
	// if something else is wrong with the path, not all were asked about.
	Revocation []CertificateStatus
	// Tried are the paths that were tried, if Path.Trace was set; TriedPaths is how
	// many they were, of which no more than the first 200 are kept.
	Tried      []ChainAttempt
	TriedPaths int
	// Repaired are the files that were readable only after a repair.
	Repaired []Repaired
	// Reassembled is the chain as it should be sent; nil if it is sent like that.
	Reassembled *Reassembled
}

// Sent are the indexes of the certificates that a server should send: those of the
// path without the root.
func (r *ChainReport) Sent() []int {
	switch {
	case r.Reassembled != nil:
		return r.Reassembled.Certificates
	case r.Anchored && len(r.Path) > 1:
		return r.Path[:len(r.Path)-1]
	}
	return r.Path
}

// ChainAttempt is a path that was tried.
type ChainAttempt struct {
	// Path are the indexes of its certificates, the target first.
	Path []int
	// Anchored says that the last one is a trusted root.
	Anchored bool
	// Findings are what speaks against it; none if it is valid.
	Findings []finding.Finding
}

// Chain looks for a path from an uploaded certificate to a trusted root and says
// whether it is valid and, if not, what is wrong with which certificate. It also
// says how the uploaded certificates would better be sent.
func Chain(request *ChainRequest, opt ChainOptions) *ChainReport {
	if opt.Path.Time.IsZero() {
		opt.Path.Time = time.Now()
	}
	if opt.ExpiringWithin == 0 {
		opt.ExpiringWithin = 30 * 24 * time.Hour
	}
	c := &chainJudge{
		judge: &judge{report: &Report{Profile: Generic},
			opt: Options{Time: opt.Path.Time, ExpiringWithin: opt.ExpiringWithin, MaxSize: opt.MaxSize, BlockedKeys: opt.BlockedKeys}},
		request: request, opt: opt, places: map[string]int{},
		out: &ChainReport{Profile: opt.Path.Profile, Time: opt.Path.Time, Verdict: Rejected},
	}
	valid := c.run()
	r := c.out
	r.Certificates, r.Repaired = c.report.Certificates, c.report.Repaired
	if valid && finding.Worst(r.Findings) < finding.Error {
		r.Verdict = Accepted
	}
	return r
}
