package ocsptest

import (
	"bytes"
	"compress/gzip"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Faults of HTTP. A client meets them at a [Server]; what is transported would be
// sound.
const (
	// WrongContentType calls the response text/html.
	WrongContentType Fault = iota + derFaults
	// WebPage is a page for people in place of the response, as a captive portal
	// gives it.
	WebPage
	// Redirect leads to where the response is.
	Redirect
	// NotFound, ServerError and Unavailable have a status of HTTP and the response.
	NotFound
	ServerError
	Unavailable
	// EmptyBody has nothing.
	EmptyBody
	// Truncated ends before its announced length.
	Truncated
	// Compressed is compressed although nobody asked for it.
	Compressed
	// Endless is a response that goes on until the client leaves.
	Endless
	// Drip comes one byte every 50 ms.
	Drip
	// Silence never comes.
	Silence
	// Reset breaks the connection.
	Reset
	// HugeHeader has 2 MiB of header.
	HugeHeader

	faults // how many there are
)

// delivery is one reply of the server.
type delivery struct {
	w           http.ResponseWriter
	r           *http.Request
	contentType string
	body        []byte
	// closed is closed when the server stops.
	closed <-chan struct{}
}

// transport delivers a reply in some way.
type transport func(*delivery)

// ended reports whether the client or the server has left by the end of the pause.
func (d *delivery) ended(pause time.Duration) bool {
	select {
	case <-d.r.Context().Done():
		return true
	case <-d.closed:
		return true
	case <-time.After(pause):
		return false
	}
}

func (d *delivery) header(contentType string, length int) {
	d.w.Header().Set("Content-Type", contentType)
	d.w.Header().Set("Content-Length", strconv.Itoa(length))
}

// sound delivers the reply as it should be.
func sound(d *delivery) {
	d.header(d.contentType, len(d.body))
	d.w.Write(d.body)
}

func wrongContentType(d *delivery) {
	d.contentType = "text/html"
	sound(d)
}

func webPage(d *delivery) {
	d.contentType, d.body = "text/html", []byte("<!DOCTYPE html><title>Log in to the network</title>\n")
	sound(d)
}

// redirected is the query of a request that followed [Redirect].
const redirected = "redirected"

func redirect(d *delivery) {
	http.Redirect(d.w, d.r, d.r.URL.EscapedPath()+"?"+redirected, http.StatusTemporaryRedirect)
}

func status(code int) transport {
	return func(d *delivery) {
		d.header(d.contentType, len(d.body))
		d.w.WriteHeader(code)
		d.w.Write(d.body)
	}
}

func emptyBody(d *delivery) { d.header(d.contentType, 0) }

func truncated(d *delivery) {
	d.header(d.contentType, len(d.body))
	d.w.Write(d.body[:len(d.body)/2])
	d.flush()
	panic(http.ErrAbortHandler)
}

func compressed(d *delivery) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(d.body)
	z.Close()
	d.header(d.contentType, b.Len())
	d.w.Header().Set("Content-Encoding", "gzip")
	d.w.Write(b.Bytes())
}

// flush sends what was written so far.
func (d *delivery) flush() { http.NewResponseController(d.w).Flush() }

func endless(d *delivery) {
	d.w.Header().Set("Content-Type", d.contentType)
	d.w.Write(d.body)
	padding := make([]byte, 16<<10)
	for !d.ended(time.Millisecond) {
		if _, err := d.w.Write(padding); err != nil {
			return
		}
		d.flush()
	}
}

func drip(d *delivery) {
	d.header(d.contentType, len(d.body))
	for i := range d.body {
		if d.ended(50 * time.Millisecond) {
			return
		}
		d.w.Write(d.body[i : i+1])
		d.flush()
	}
}

func silence(d *delivery) {
	for !d.ended(time.Hour) {
	}
}

func reset(d *delivery) {
	conn, _, err := http.NewResponseController(d.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

func hugeHeader(d *delivery) {
	d.w.Header().Set("X-Padding", strings.Repeat("x", 2<<20))
	sound(d)
}
