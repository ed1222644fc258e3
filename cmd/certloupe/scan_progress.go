package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/scan"
)

// progressBar shows on a terminal how far a scan is. Where standard error is no
// terminal it shows nothing.
type progressBar struct {
	a              *app
	started, shown time.Time
	// total is how many bytes there are to read; 0 is not known.
	total int64
	drawn bool
}

// progressEvery is how often the bar changes.
const progressEvery = 200 * time.Millisecond

func newProgressBar(a *app, args []string) *progressBar {
	b := &progressBar{a: a}
	if a.env.errColumns == 0 {
		return b
	}
	b.started = a.env.now()
	for _, name := range args {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			b.total = 0
			break
		}
		b.total += info.Size()
	}
	return b
}

func (b *progressBar) show(p scan.Progress) {
	if b.a.env.errColumns == 0 {
		return
	}
	now := b.a.env.now()
	if now.Sub(b.shown) < progressEvery {
		return
	}
	b.shown = now
	text := fmt.Sprintf("%s certificates, %s MB read", thousands(p.Summary.Certificates), thousands(p.Read/1e6))
	if seconds := now.Sub(b.started).Seconds(); seconds >= 1 {
		text += fmt.Sprintf(", %s records/s", thousands(int64(float64(p.Records)/seconds)))
	}
	if b.total > 0 {
		const width = 20
		part := min(1, float64(p.Read)/float64(b.total))
		full := int(part * width)
		text = fmt.Sprintf("[%s%s] %3.0f %%  ", strings.Repeat("#", full), strings.Repeat(".", width-full), 100*part) + text
	}
	fmt.Fprintf(b.a.stderr, "\r%s\x1b[K", text[:min(len(text), b.a.env.errColumns-1)])
	b.drawn = true
}

// clear removes the bar.
func (b *progressBar) clear() {
	if b.drawn {
		fmt.Fprint(b.a.stderr, "\r\x1b[K")
	}
}

// thousands writes a number with its digits in groups of three.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
