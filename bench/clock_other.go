//go:build !unix

package main

import "time"

// clockName says what clock measures.
const clockName = "elapsed time"

var started = time.Now()

// clock is the time since the program was started.
func clock() time.Duration { return time.Since(started) }
