//go:build unix

package main

import (
	"syscall"
	"time"
)

// clockName says what clock measures.
const clockName = "processor time"

// clock is the processor time that the program has taken so far. Unlike the time
// on the wall it does not run on while other programs have the processor.
func clock() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // It cannot fail for the calling process.
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
