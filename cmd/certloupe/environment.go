package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/term"
)

// environment is what the program takes from the system beside its arguments and
// streams.
type environment struct {
	// getenv reads an environment variable; it is empty if not set.
	getenv func(string) string
	// now is the present time.
	now func() time.Time
	// outColumns and errColumns are the widths of the terminals that standard
	// output and standard error go to; 0 means that it is no terminal.
	outColumns, errColumns int
	// rootBundles are the files in which the system may keep trusted roots.
	rootBundles []string
	// openDescriptor opens a file descriptor that was inherited.
	openDescriptor func(n int) (io.Reader, error)
	// askPassword asks for a password on the terminal, without showing it.
	askPassword func(prompt string) ([]byte, error)
	// untilInterrupted returns a context that ends when the program is asked to stop.
	untilInterrupted func() (context.Context, context.CancelFunc)
	// openBrowser shows a page to the person, if there is a screen.
	openBrowser func(url string) error
}

func system() environment {
	return environment{
		getenv:         os.Getenv,
		now:            time.Now,
		outColumns:     columns(os.Stdout),
		errColumns:     columns(os.Stderr),
		rootBundles:    rootBundles,
		openDescriptor: openDescriptor,
		askPassword:    askPassword,
		untilInterrupted: func() (context.Context, context.CancelFunc) {
			return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		},
		openBrowser: openBrowser,
	}
}

// columns is the width of the terminal that f is; 0 means that it is none.
func columns(f *os.File) int {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return 0
	}
	if width, _, err := term.GetSize(fd); err == nil && width > 0 {
		return width
	}
	return defaultColumns
}

var errNoTerminal = errors.New("there is no terminal to ask for the password on")

// askPassword talks to the terminal itself, so that standard input and output
// may be files or pipes.
func askPassword(prompt string) ([]byte, error) {
	input, output := "/dev/tty", "/dev/tty"
	if runtime.GOOS == "windows" {
		input, output = "CONIN$", "CONOUT$"
	}
	in, err := os.OpenFile(input, os.O_RDWR, 0)
	if err != nil {
		return nil, errNoTerminal
	}
	defer in.Close()
	out, err := os.OpenFile(output, os.O_WRONLY, 0)
	if err != nil {
		return nil, errNoTerminal
	}
	defer out.Close()
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, errNoTerminal
	}
	// Someone who gives up at the prompt must not be left without echo.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(stop)
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-stop:
			term.Restore(fd, before)
			fmt.Fprintln(out)
			os.Exit(exitFailed)
		case <-done:
		}
	}()
	fmt.Fprint(out, prompt)
	password, err := term.ReadPassword(fd)
	fmt.Fprintln(out)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("no password was given")
	}
	return password, err
}
