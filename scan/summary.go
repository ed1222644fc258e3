package scan

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/rows"
	"github.com/certloupe/certloupe/internal/safetext"
)

// Limits on what a summary remembers. What goes beyond them is counted, and the
// summary says that it is.
const (
	// MaxDistinct is how many fingerprints are remembered, with 16 bytes each.
	MaxDistinct = 1 << 20
	// MaxIssuers is how many issuers are counted apart.
	MaxIssuers = 10_000
)

// Counts are what a scan counts. Codes counts the rows that have each code.
type Counts struct {
	Records      int64 `json:"records"`
	Certificates int64 `json:"certificates"`
	PrivateKeys  int64 `json:"private_keys"`
	// Others are things that are neither, such as certificate requests.
	Others int64 `json:"others"`
	// Unreadable are records, or the blocks of one, that nothing could be read from.
	Unreadable int64 `json:"unreadable"`
	// Unread are inputs that could not be read, or not to their end.
	Unread int64 `json:"unread"`

	// Accepted and Rejected are certificates.
	Accepted int64 `json:"accepted"`
	Rejected int64 `json:"rejected"`
	// Errors and Warnings are rows whose worst finding is of that severity.
	Errors   int64 `json:"errors"`
	Warnings int64 `json:"warnings"`

	Expired        int64 `json:"expired"`
	NotYetValid    int64 `json:"not_yet_valid"`
	ExpiringSoon   int64 `json:"expiring_soon"`
	WeakKeys       int64 `json:"weak_keys"`
	WeakSignatures int64 `json:"weak_signatures"`

	Codes map[finding.Code]int64 `json:"codes"`
}

// Summary says what was found in all inputs.
type Summary struct {
	Counts
	// The rest is counted only if Options.Tally is set.

	// Distinct is how many different certificates there are, and Duplicates how
	// many were seen before. They are exact unless Capped is set: then there were
	// more than [MaxDistinct], and those beyond count as neither; or the run went on
	// from an earlier one, whose certificates are not known.
	Distinct, Duplicates int64
	Capped               bool
	// OtherIssuers is how many certificates have an issuer beyond [MaxIssuers].
	OtherIssuers int64

	tally   bool
	prints  map[[16]byte]struct{}
	issuers map[string]*Issuer
}

// Issuer is an issuer and how many certificates name it.
type Issuer struct {
	// Name is the issuer's distinguished name, made safe to show and cut.
	Name         string `json:"name"`
	Certificates int64  `json:"certificates"`
}

func newSummary(opt *Options) *Summary {
	s := &Summary{tally: opt.Tally}
	s.Counts = opt.Earlier
	s.Capped = s.tally && opt.Earlier.Certificates > 0
	if s.Codes = maps.Clone(opt.Earlier.Codes); s.Codes == nil {
		s.Codes = map[finding.Code]int64{}
	}
	if s.tally {
		s.prints, s.issuers = map[[16]byte]struct{}{}, map[string]*Issuer{}
	}
	return s
}

// TopIssuers returns the n issuers with the most certificates, the first one first.
func (s *Summary) TopIssuers(n int) []Issuer {
	all := make([]Issuer, 0, len(s.issuers))
	for _, i := range s.issuers {
		all = append(all, *i)
	}
	slices.SortFunc(all, func(a, b Issuer) int {
		return cmp.Or(cmp.Compare(b.Certificates, a.Certificates), cmp.Compare(a.Name, b.Name))
	})
	return all[:min(n, len(all))]
}

// TopCodes returns the codes in the order of how many rows have them.
func (s *Summary) TopCodes() []finding.Code {
	return slices.SortedFunc(maps.Keys(s.Codes), func(a, b finding.Code) int {
		return cmp.Or(cmp.Compare(s.Codes[b], s.Codes[a]), cmp.Compare(a, b))
	})
}

// topIssuers is how many issuers the JSON form of a summary has.
const topIssuers = 20

// MarshalJSON returns the counts, and with Options.Tally the duplicates and the
// twenty issuers with the most certificates.
func (s *Summary) MarshalJSON() ([]byte, error) {
	type tally struct {
		Distinct     int64    `json:"distinct"`
		Duplicates   int64    `json:"duplicates"`
		Exact        bool     `json:"exact"`
		Issuers      []Issuer `json:"issuers"`
		OtherIssuers int64    `json:"other_issuers"`
	}
	v := struct {
		Counts
		*tally
	}{Counts: s.Counts}
	if s.tally {
		v.tally = &tally{s.Distinct, s.Duplicates, !s.Capped, s.TopIssuers(topIssuers), s.OtherIssuers}
	}
	return json.Marshal(v)
}

// tally is what is to be counted of a batch.
type tally struct {
	counts Counts
	codes  []finding.Code
	prints [][16]byte
	// issuers has the DER of the issuers one after the other, ends where each ends.
	issuers []byte
	ends    []int
}

func (t *tally) reset() {
	t.counts = Counts{}
	t.codes, t.prints, t.ends = t.codes[:0], t.prints[:0], t.ends[:0]
	if t.issuers = t.issuers[:0]; cap(t.issuers) > keepBytes {
		t.issuers = nil
	}
}

// add counts the rows of one record.
func (t *tally) add(list []rows.Row, all bool) {
	n := &t.counts
	n.Records++
	for i := range list {
		r := &list[i]
		switch {
		case r.Certificate != nil:
			n.Certificates++
			if r.Worst == finding.Error {
				n.Rejected++
			} else {
				n.Accepted++
			}
			if all {
				t.prints = append(t.prints, [16]byte(r.Print[:]))
				t.issuers = append(t.issuers, r.Certificate.RawIssuer()...)
				t.ends = append(t.ends, len(t.issuers))
			}
		case r.Kind == certparse.KindPrivateKey.String():
			n.PrivateKeys++
		case r.Kind == rows.KindUnread:
			n.Unread++
		case r.Kind == certparse.KindUnknown.String(), r.Kind == rows.KindArchive, r.Kind == certparse.KindCertificate.String():
			n.Unreadable++
		default:
			n.Others++
		}
		switch r.Worst {
		case finding.Error:
			n.Errors++
		case finding.Warning:
			n.Warnings++
		}
		for i, code := range r.Codes {
			if slices.Contains(r.Codes[:i], code) {
				continue
			}
			t.codes = append(t.codes, code)
			switch code {
			case "certificate-expired":
				n.Expired++
			case "certificate-not-yet-valid":
				n.NotYetValid++
			case "certificate-expires-soon":
				n.ExpiringSoon++
			case "rsa-key-too-short", "dsa-key":
				n.WeakKeys++
			case "signature-weak":
				n.WeakSignatures++
			}
		}
	}
}

// add adds what was counted of a batch.
func (s *Summary) add(t *tally) {
	s.Counts.add(&t.counts)
	for _, code := range t.codes {
		s.Codes[code]++
	}
	start := 0
	for i, print := range t.prints {
		if _, again := s.prints[print]; again {
			s.Duplicates++
		} else if len(s.prints) < MaxDistinct {
			s.prints[print] = struct{}{}
			s.Distinct++
		} else {
			s.Capped = true
		}
		s.addIssuer(t.issuers[start:t.ends[i]])
		start = t.ends[i]
	}
}

// add adds other counts, save those of the codes.
func (c *Counts) add(o *Counts) {
	c.Records += o.Records
	c.Certificates += o.Certificates
	c.PrivateKeys += o.PrivateKeys
	c.Others += o.Others
	c.Unreadable += o.Unreadable
	c.Unread += o.Unread
	c.Accepted += o.Accepted
	c.Rejected += o.Rejected
	c.Errors += o.Errors
	c.Warnings += o.Warnings
	c.Expired += o.Expired
	c.NotYetValid += o.NotYetValid
	c.ExpiringSoon += o.ExpiringSoon
	c.WeakKeys += o.WeakKeys
	c.WeakSignatures += o.WeakSignatures
}

// maxIssuerKey is the longest issuer that is remembered by its DER itself.
const maxIssuerKey = 512

func (s *Summary) addIssuer(der []byte) {
	key := der
	if len(der) > maxIssuerKey {
		sum := sha256.Sum256(der)
		key = sum[:]
	}
	i, ok := s.issuers[string(key)]
	if !ok {
		if len(s.issuers) >= MaxIssuers {
			s.OtherIssuers++
			return
		}
		// A cut of a name that is too long for a table is enough to tell it by.
		i = &Issuer{Name: safetext.Short(certparse.NameFromDER(der).DN(), 200)}
		s.issuers[string(key)] = i
	}
	i.Certificates++
}
