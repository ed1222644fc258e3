package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"syscall"

	"github.com/certloupe/certloupe/internal/safetext"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit codes.
const (
	exitAccepted = 0
	exitRejected = 1
	exitFailed   = 2
)

// app is one call of the program.
type app struct {
	sources sources
	env     environment
	// out collects what goes to standard output, which is written once, at the end.
	out            bytes.Buffer
	stdout, stderr io.Writer
	color          choice
	// code is the exit code of a call that did its job.
	code int
	// started says that the arguments were in order and the work began.
	started bool
}

// usageError is an error in how the program was called.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// execute runs the command that args name and returns the exit code.
func (a *app) execute(args []string) int {
	root := a.rootCommand()
	// Without arguments of its own cobra would take the process's.
	root.SetArgs(append([]string{}, args...))
	root.SetIn(a.sources.stdin)
	root.SetOut(&a.out)
	root.SetErr(a.stderr)
	command, err := root.ExecuteC()
	if err == nil {
		return a.code
	}
	a.complain(describe(err))
	if usage := (usageError{}); !a.started || errors.As(err, &usage) {
		fmt.Fprintf(a.stderr, "Run '%s --help' for how to call it.\n", command.CommandPath())
	}
	return exitFailed
}

// work wraps what a command does once its arguments are in order.
func (a *app) work(f func(args []string) error) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		a.started = true
		return f(args)
	}
}

// complain writes an error to standard error. Its text may repeat what the
// caller typed or what a file is called.
func (a *app) complain(text string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = safetext.String(strings.ReplaceAll(line, "\t", "  "))
	}
	fmt.Fprintf(a.stderr, "certloupe: %s\n", strings.Join(lines, "\n"))
}

// describe is the text of an error. Errors about files lose the name of the
// system call, and errors about flags what might have been meant as a password.
func describe(err error) string {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Path + ": " + path.Err.Error()
	}
	if flag := (*pflag.NotExistError)(nil); errors.As(err, &flag) {
		name := flag.GetSpecifiedName()
		switch {
		case name == "password" || name == "pass" || name == "passwd":
			return "a password is not taken from the command line, where others can see it; use --password-file, --password-fd or --ask-password"
		case flag.GetSpecifiedShortnames() != "":
			return "unknown flag: -" + name
		}
	}
	if flag := (*pflag.InvalidValueError)(nil); errors.As(err, &flag) {
		return "--" + flag.GetFlag().Name + ": " + errors.Unwrap(flag).Error()
	}
	return err.Error()
}

// flush writes the collected output and returns the exit code. A reader that
// went away has seen what it wanted.
func (a *app) flush(stdout io.Writer, code int) int {
	if a.out.Len() == 0 {
		return code
	}
	if _, err := stdout.Write(a.out.Bytes()); err != nil && !errors.Is(err, syscall.EPIPE) {
		cause := err
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			cause = path.Err
		}
		a.complain("standard output: " + cause.Error())
		return exitFailed
	}
	return code
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "certloupe",
		Short: "Check certificates before they are uploaded",
		Long: `Certloupe says whether a certificate will be accepted where it is to be
uploaded, what is wrong with it if not, and how to mend that. Nothing leaves
the machine, except that revocation asks the servers that certificates name.

Exit codes: 0 the upload is accepted, 1 it is rejected, 2 the question could not
be answered (wrong call, unreadable file).`,
		Example: `  certloupe inspect server.pem
  certloupe check --profile iotda-server --cert server.pem --key server.key
  certloupe chain --roots ca.pem --host www.example.com server.pem
  certloupe request add-server-certificate body.json --json
  certloupe revocation server.pem --issuer ca.pem
  certloupe fix server.pem -o repaired.pem
  certloupe explain key-mismatch`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	// A script that calls the program without a command, for an empty variable
	// say, must not take that for a verdict.
	root.RunE = func(*cobra.Command, []string) error {
		root.SetOut(a.stderr)
		a.code = exitFailed
		return root.Help()
	}
	columns := newPage(nil, a.env.outColumns, false).width
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "Flags.FlagUsages", "Flags.FlagUsagesWrapped "+strconv.Itoa(columns)))
	root.SetVersionTemplate("certloupe {{.Version}}\n")
	a.color = choice{value: "auto", allowed: []string{"auto", "always", "never"}}
	root.PersistentFlags().Var(&a.color, "color", "when to use colour: auto, always or never")
	complete(root, "color", a.color.allowed...)
	root.AddCommand(a.inspectCommand(), a.checkCommand(), a.chainCommand(), a.requestCommand(), a.revocationCommand(), a.fixCommand(), a.explainCommand(), a.scanCommand(), a.servePageCommand(), a.versionCommand())
	return root
}

// page is a page for standard output.
func (a *app) page() *page { return newPage(&a.out, a.env.outColumns, a.colored(a.env.outColumns > 0)) }

// colored reports whether to use colour on a stream.
func (a *app) colored(terminal bool) bool {
	switch a.color.value {
	case "always":
		return true
	case "never":
		return false
	}
	return terminal && a.env.getenv("NO_COLOR") == "" && a.env.getenv("TERM") != "dumb"
}

// complete offers the values of a flag to the shell's completion.
func complete(c *cobra.Command, flag string, values ...string) {
	if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // The flag does not exist, or is registered twice.
	}
}
