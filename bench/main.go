// Command bench measures Certloupe beside other libraries, in the same run and on
// the same input, and prints each figure with its ratio to Certloupe's.
//
// Usage:
//
//	go run . [-check] [-rounds N] [-slot TIME] [-roots FILE] [-load N] [-crl N]
//
// With -check the exit status is 1 if a target is missed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
)

func main() {
	check := flag.Bool("check", false, "exit with status 1 if a target is missed")
	rounds := flag.Int("rounds", 21, "how many turns each contender has")
	slot := flag.Duration("slot", 20*time.Millisecond, "how long one turn takes")
	roots := flag.String("roots", "/etc/ssl/certs/ca-certificates.crt", "a PEM file of certificates to measure as well, if it exists")
	load := flag.Int("load", 2000, "how many certificates a responder is asked about")
	entries := flag.Int("crl", 2_000_000, "how many entries the large revocation list has; 2,000,000 are 98 MB")
	flag.Parse()
	if kind, ok := os.LookupEnv(responderKind); ok {
		if err := respond(testcerts.Kind(kind), os.Stdout, os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(2)
		}
		return
	}
	runtime.GOMAXPROCS(1)
	b := &bench{out: os.Stdout, plan: plan{rounds: max(*rounds, 1), slot: *slot}, load: max(*load, 2*turn), entries: max(*entries, 1)}
	if err := b.run(*roots); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if missed := b.printTargets(); missed > 0 && *check {
		os.Exit(1)
	}
}

// bench collects what is measured.
type bench struct {
	out     io.Writer
	plan    plan
	load    int // How many certificates a responder is asked about.
	entries int // How many entries the large revocation list has.
	targets []target
}

// target is a figure that has to be reached.
type target struct {
	what         string
	value, limit float64
	atLeast      bool
}

func (t target) met() bool {
	if t.atLeast {
		return t.value >= t.limit
	}
	return t.value <= t.limit
}

func (b *bench) target(what string, value, limit float64, atLeast bool) {
	b.targets = append(b.targets, target{what, value, limit, atLeast})
}

func (b *bench) run(roots string) error {
	certs, sets, err := generated()
	if err != nil {
		return err
	}
	b.notef("%s, %s/%s; medians of %d rounds of %v, %s, on one processor.", runtime.Version(), runtime.GOOS, runtime.GOARCH, b.plan.rounds, b.plan.slot, clockName)
	b.notef("Generated set: server, device, intermediate and root certificates with RSA-2048, ECDSA P-256 and SM2 keys.")
	switch system, refused, err := systemRoots(roots); {
	case errors.Is(err, fs.ErrNotExist):
		b.notef("System roots: not measured, there is no %s.", roots)
	case err != nil:
		return err
	default:
		b.notef("System roots: %d certificates of %s (%d more are refused by one of the parsers).", len(system.certs), roots, refused)
		sets = append(sets, system)
	}
	b.measureParsing(sets)
	b.measureRetained(certs)
	if err := b.measureSummaries(certs); err != nil {
		return err
	}
	if err := b.measureScan(certs); err != nil {
		return err
	}
	if err := b.measureSignatures(certs); err != nil {
		return err
	}
	if err := b.measurePaths(certs); err != nil {
		return err
	}
	if err := b.measureHardPaths(); err != nil {
		return err
	}
	return b.measureRevocation(certs)
}

func (b *bench) heading(title, about string) { fmt.Fprintf(b.out, "\n%s: %s\n", title, about) }

func (b *bench) notef(format string, args ...any) { fmt.Fprintf(b.out, format+"\n", args...) }

func (b *bench) print(t *table) {
	if err := t.print(b.out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

// printTargets prints the targets and returns how many were missed.
func (b *bench) printTargets() (missed int) {
	b.heading("Targets", "what the figures above have to reach")
	t := newTable("target", "measured", "wanted", "")
	for _, target := range b.targets {
		verdict, relation := "met", "at most "
		if target.atLeast {
			relation = "at least "
		}
		if !target.met() {
			verdict = "MISSED"
			missed++
		}
		t.add(target.what, threeDigits(target.value), relation+threeDigits(target.limit), verdict)
	}
	b.print(t)
	return missed
}
