// Command certloupe says whether a certificate will be accepted where it is to
// be uploaded, what is wrong with it if not, and how to mend that.
//
// It exits with 0 when an upload is accepted, 1 when it is rejected, and 2 when
// the question could not be answered: the call was wrong, or a file could not be
// read.
package main

import (
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, system()))
}

// run is the whole program: it reads and writes nothing but what it is handed
// and the files that args name, and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env environment) int {
	a := &app{sources: sources{stdin: stdin, env: env}, stdout: stdout, stderr: stderr, env: env}
	code := a.execute(args)
	return a.flush(stdout, code)
}
