package scan

import "github.com/certloupe/certloupe/internal/rows"

// Fields returns the names of all fields that a row can have: its place, what is
// said about it, and the members of a certificate that certparse.Members lists.
func Fields() []string { return rows.Fields() }

// DefaultFields returns the fields of a row if none are chosen.
func DefaultFields() []string { return rows.DefaultFields() }
