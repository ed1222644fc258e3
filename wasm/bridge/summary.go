package bridge

import (
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/internal/rows"
)

// summaryOptions are the options of summary.
type summaryOptions struct{ judging }

// summarize writes a row for each thing that is in the files, and one for each file
// that nothing is found in. The rows are those of the package scan, which reads
// files and archives and is too large for a browser; only that records are not
// counted here, and block counts the blocks of the whole file.
func summarize(c *call) ([]byte, *failure) {
	var opt summaryOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	var list []Part
	var blocked []byte
	if failed := c.roles(map[string]*[]byte{"key_blocklist": &blocked}, map[string]*[]Part{"file": &list}); failed != nil {
		return nil, failed
	}
	options, failed := opt.options(blocked)
	if failed != nil {
		return nil, failed
	}
	judged := rows.Options{Time: options.Time, ExpiringWithin: options.ExpiringWithin, BlockedKeys: options.BlockedKeys}
	if judged.Time.IsZero() {
		judged.Time = time.Now()
	}
	if judged.ExpiringWithin == 0 {
		judged.ExpiringWithin = rows.ExpiringWithin
	}
	j := rows.NewJudge(&judged)
	var reader certparse.Reader
	var w jsontext.Writer
	w.Reset(make([]byte, 0, expected(list)))
	for _, f := range list {
		j.Reset()
		d := reader.Parse(f.Data, certparse.Options{Name: f.Name, MaxSize: opt.maxSize()})
		j.Document(&rows.Place{Source: f.Name, Line: 1}, d, f.Data)
		for i := range j.Rows() {
			j.Write(&w, &j.Rows()[i])
			w.Reset(append(w.Bytes(), '\n'))
		}
	}
	return w.Bytes(), nil
}

// expected is the length of the rows of most files, so that they are not moved to a
// larger place again and again: what is left behind is collected in the middle of the
// call, and in a browser everything waits for that.
func expected(files []Part) int {
	size := 0
	for _, f := range files {
		size += 256 + len(f.Data)/2
	}
	return size
}
