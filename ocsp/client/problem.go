package client

import (
	"time"

	"github.com/certloupe/certloupe/finding"
)

// problem is why a place gave no evidence.
type problem struct {
	code finding.Code
	data []finding.Datum
	// refused says that there was an answer that cannot be believed.
	refused bool
	// retry says that the same request may succeed in a moment, not before after.
	retry bool
	after time.Duration
	// fault is what a breaker counts the failure against.
	fault fault
}

// fault says what failed.
type fault uint8

const (
	noFault fault = iota
	// hostFault is one that has nothing to do with the path of the URL.
	hostFault
	// urlFault may be one of this URL only. Whoever makes a certificate chooses the
	// path, so it must not count against other certificates that name the host.
	urlFault
)

func refuse(code finding.Code, data ...finding.Datum) *problem {
	return &problem{code: code, data: data}
}

// status is the status of an attempt that ended so.
func (p *problem) status() Status {
	if p.refused {
		return Refused
	}
	return CouldNotAsk
}
