// Package webpage serves the page: a fixed set of files, and nothing else.
//
// The page judges certificates and private keys in the browser. What it must never
// do is to send them anywhere, so the headers allow it to talk to nothing but the
// server that it came from, and that server has no place where anything could be
// sent to: it knows GET and HEAD, reads no query and no body, and writes no log.
//
// [Load] reads the files, [NewHandler] serves them.
package webpage

import (
	"embed"
	"io/fs"
)

// The built page, which `make page` puts there; only a note if it was not made.
//
//go:embed all:site
var built embed.FS

// Built is the page that the program was built with. It may have no index.html,
// see [ErrNoPage].
func Built() fs.FS {
	site, err := fs.Sub(built, "site")
	if err != nil {
		panic(err) // The name is a constant.
	}
	return site
}
