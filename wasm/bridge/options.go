package bridge

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/internal/jsontext"
)

// options are what JSON is read into.
type options interface {
	// option returns a pointer to where the option of this name goes, nil if there is none: a
	// *string, *int, *bool, *time.Time, *[]string or *rawOptions.
	option(name string) any
}

// header is the header of a call.
type header struct {
	op      string
	options rawOptions
}

// rawOptions are options that are not yet read.
type rawOptions []byte

func (h *header) option(name string) any {
	switch name {
	case "op":
		return &h.op
	case "options":
		return &h.options
	}
	return nil
}

// readOptions reads a JSON object. Upper and lower case are not told apart in names, the last
// option of a name counts, and null leaves what is there, as encoding/json has it. Options that v does not have are refused.
func readOptions(text []byte, v options) error {
	if err := jsontext.Check(text); err != nil {
		return err
	}
	switch bytes.TrimSpace(text)[0] {
	case '{':
	case 'n':
		return nil
	default:
		return errors.New("it is not an object")
	}
	for m := range jsontext.Members(text) {
		to := v.option(strings.ToLower(m.Name))
		if to == nil {
			return fmt.Errorf("there is no option %q", m.Name)
		}
		if expected := set(to, m.Value); expected != "" {
			return fmt.Errorf("the option %q is not %s", m.Name, expected)
		}
	}
	return nil
}

// set sets what to points to, or returns what was expected.
func set(to any, value []byte) (expected string) {
	if raw, ok := to.(*rawOptions); ok {
		*raw = value
		return ""
	}
	if value[0] == 'n' {
		return ""
	}
	switch to := to.(type) {
	case *string:
		if value[0] != '"' {
			return "a text"
		}
		*to = jsontext.Text(value)
	case *bool:
		if value[0] != 't' && value[0] != 'f' {
			return "true or false"
		}
		*to = value[0] == 't'
	case *int:
		n, err := strconv.Atoi(string(value))
		if err != nil {
			return "a whole number in the range that it can have"
		}
		*to = n
	case *time.Time:
		if err := to.UnmarshalJSON(value); err != nil {
			return "a time as RFC 3339 has it"
		}
	case *[]string:
		if value[0] != '[' {
			return "a list of texts"
		}
		*to = []string{}
		for element := range jsontext.Elements(value) {
			text := ""
			if set(&text, element) != "" {
				return "a list of texts"
			}
			*to = append(*to, text)
		}
	default:
		panic("bridge: an option of another type")
	}
	return ""
}
