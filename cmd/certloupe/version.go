package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what the program knows about itself.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			b.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Revision = s.Value
			}
		}
	}
	return b
}

// version is the program's version for the --version flag.
func version() string { return thisBuild().Version }

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Show the version",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("version takes no arguments")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.RunE = a.work(func([]string) error {
		b := thisBuild()
		if asJSON {
			encoder := json.NewEncoder(&a.out)
			encoder.SetIndent("", "  ")
			return encoder.Encode(b)
		}
		p := a.page()
		p.lines("certloupe " + b.Version + " (" + b.Go + ", " + b.Platform + ")\n")
		return nil
	})
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return c
}
