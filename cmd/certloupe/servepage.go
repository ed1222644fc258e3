package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/certloupe/certloupe/internal/webpage"
	"github.com/spf13/cobra"
)

// The page is small and the server is for one person, so whoever takes longer than
// this is not a browser.
const (
	pageReadTimeout  = 10 * time.Second
	pageWriteTimeout = time.Minute
	pageIdleTimeout  = 2 * time.Minute
	// pageGrace is how long answers that are under way may take after Ctrl-C.
	pageGrace = 3 * time.Second
)

func (a *app) servePageCommand() *cobra.Command {
	var (
		listen string
		names  []string
		folder string
		show   bool
	)
	c := &cobra.Command{
		Use:   "page",
		Short: "Open the page that checks certificates in the browser",
		Long: `Serve the page on which certificates, chains and keys are dropped or pasted, and
open it in the browser. The check runs in the browser; this program hands out the
page and takes nothing. Once it was open the page also works without this program.

Only this machine can open the page, unless --listen names an address that others
reach. Requests must name the machine as localhost, by a loopback address, by the
address of --listen or by one of --host; others are refused, because the page of
somebody else could be behind them. Ctrl-C stops the program.`,
		Example: `  certloupe page
  certloupe page --listen 127.0.0.1:9000 --open=false
  certloupe page --dir wasm/page/dist`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("page takes no arguments")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.RunE = a.work(func([]string) error {
		site, err := loadSite(folder)
		if err != nil {
			return err
		}
		return a.servePage(site, listen, names, show)
	})
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "the `address` and port to serve the page at; port 0 is any free one")
	c.Flags().StringSliceVar(&names, "host", nil, "another `name` by which the page may be asked for (repeatable)")
	c.Flags().StringVar(&folder, "dir", "", "serve the page from this `folder` instead of the one built in")
	c.Flags().BoolVar(&show, "open", true, "open the page in the browser")
	return c
}

// loadSite reads the page from a folder, or the one that is built in.
func loadSite(folder string) (*webpage.Site, error) {
	files := webpage.Built()
	if folder != "" {
		files = os.DirFS(folder)
	}
	site, err := webpage.Load(files)
	switch {
	case errors.Is(err, webpage.ErrNoPage) && folder == "":
		return nil, errors.New("this program was built without the page. Build it with the page by `make build` in its repository " +
			"(that needs Node), or serve a page that was built elsewhere with --dir FOLDER")
	case err != nil && folder != "":
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return site, err
}

// servePage serves the page until the program is asked to stop.
func (a *app) servePage(site *webpage.Site, listen string, names []string, show bool) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return usagef("--listen: write it like 127.0.0.1:8080")
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	defer listener.Close()
	at := listener.Addr().(*net.TCPAddr)
	if at.IP.IsUnspecified() {
		names = append(names, "*")
	} else {
		names = append(names, host, at.IP.String())
	}
	url := "http://" + reachable(at) + "/"
	fmt.Fprintf(a.stdout, "The page is at %s (Ctrl-C stops it)\n", url)
	if !at.IP.IsLoopback() {
		a.complain("others on the network can open the page too; what they check stays on their machines")
	}
	if show {
		if err := a.env.openBrowser(url); err != nil {
			a.complain("no browser could be opened: " + err.Error())
		}
	}

	server := &http.Server{
		Handler:     webpage.NewHandler(site, names...),
		ReadTimeout: pageReadTimeout, WriteTimeout: pageWriteTimeout, IdleTimeout: pageIdleTimeout,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       log.New(io.Discard, "", 0),
	}
	ctx, stop := a.env.untilInterrupted()
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop() // A second Ctrl-C ends the program at once.
	grace, cancel := context.WithTimeout(context.Background(), pageGrace)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close()
	}
	return nil
}

// reachable is how a browser on this machine reaches an address.
func reachable(at *net.TCPAddr) string {
	address := at.AddrPort()
	if at.IP.IsUnspecified() {
		address = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), address.Port())
	}
	return netip.AddrPortFrom(address.Addr().Unmap(), address.Port()).String()
}
