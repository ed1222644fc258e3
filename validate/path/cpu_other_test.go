//go:build !unix

package path_test

import "time"

var started = time.Now()

// cpuTime is the time on the wall where the system does not tell processor time.
func cpuTime() time.Duration { return time.Since(started) }
