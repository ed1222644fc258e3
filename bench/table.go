package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// table is rows of text that are printed in columns.
type table struct{ rows [][]string }

func newTable(header ...string) *table { return &table{rows: [][]string{header}} }

func (t *table) add(row ...string) { t.rows = append(t.rows, row) }

// print writes the table; the first column is flush left, the others flush right.
func (t *table) print(w io.Writer) error {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			blanks := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line.WriteString(cell + blanks)
			} else {
				line.WriteString("   " + blanks + cell)
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// duration writes nanoseconds with three digits.
func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%s µs", threeDigits(ns/1e3))
	}
	return fmt.Sprintf("%s ms", threeDigits(ns/1e6))
}

func threeDigits(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// times writes a ratio, such as "8.4×".
func times(v float64) string { return threeDigits(v) + "×" }

// compared is the cell for a result beside our own.
func (b *bench) compared(r, ours *result) string {
	switch {
	case r.err != nil:
		return "refuses"
	case r == ours:
		return duration(r.ns())
	}
	return duration(r.ns()) + "  " + times(ratio(r, ours))
}

// perOperation is the cell for what an operation allocates.
func perOperation(r *result) string {
	if r.err != nil {
		return "refuses"
	}
	return fmt.Sprintf("%.1f  %.0f B", r.allocations, r.bytes)
}

// kept is the cell for what stays in memory.
func (b *bench) kept(bytes, objects, ours float64, err error) string {
	if err != nil {
		return "refuses"
	}
	cell := fmt.Sprintf("%.0f B in %.0f", bytes, objects)
	if bytes != ours {
		cell += "  " + times(bytes/ours)
	}
	return cell
}
