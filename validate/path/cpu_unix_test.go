//go:build unix

package path_test

import (
	"syscall"
	"time"
)

// cpuTime is the processor time that the program has taken so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // It cannot fail for the calling process.
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
