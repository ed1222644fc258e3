// Package bridge is what stands between a caller in another language and the
// library: bytes in, bytes out. The browser's module is this package and a few
// exported functions around it.
//
// [Do] is the way in. It takes a call apart (see [Call]), has the library do the
// work, and returns the library's own JSON, so that a report has the same bytes here
// as in a Go program. The operations are:
//
//	op            parts                                                       result
//	inspect       file…, password                                             validate.Report
//	summary       file…                                                       a row for each thing found, one a line
//	check         those of validate.Parts                                     validate.Report
//	request       body, record, certificate, trusted_root                     validate.Report
//	chain         file…, root…, intermediate…, crl…, ocsp_response…, password validate.ChainReport
//	fix           file, password                                              the mended text, see [mend.Result]
//	rules                                                                     the findings that there are
//	verify_ocsp   ocsp_response, certificate, issuer, nonce                   what the response says
//	ocsp_request  certificate, issuer, nonce                                  the request and where to send it
//
// All but rules and the two about OCSP also take key_blocklist, except fix. The
// options of each operation are those that the method option of its options type has.
// Options and parts that an operation does not have are refused: leaving one out
// silently would give a verdict on something else than was meant.
package bridge

import (
	"fmt"
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// The codes of what can be wrong with a call. They are stable.
const (
	// CodeMalformed is a call whose bytes cannot be taken apart, or whose header is not JSON.
	CodeMalformed = "call-malformed"
	// CodeOperation is an operation that does not exist.
	CodeOperation = "call-operation"
	// CodeOption is an option that the operation does not have, or with a value that it cannot have.
	CodeOption = "call-option"
	// CodePart is a part that the operation does not have, that comes twice, that is
	// missing, or that cannot be read at all.
	CodePart = "call-part"
	// CodeInternal is a fault of Certloupe. Whoever gets it should start with a new
	// instance of the module.
	CodeInternal = "internal-error"
)

// failure says why a call could not be carried out.
type failure struct{ code, message string }

func malformed(message string) *failure { return &failure{CodeMalformed, message} }

// json returns {"error": {"code": …, "message": …}}.
func (f *failure) json() []byte {
	var w jsontext.Writer
	w.BeginObject()
	w.Key("error")
	w.BeginObject()
	w.StringField("code", f.code)
	w.StringField("message", f.message)
	w.EndObject()
	w.EndObject()
	return append(w.Bytes(), '\n')
}

// operation is one thing that can be asked for.
type operation struct {
	name string
	run  func(*call) ([]byte, *failure)
}

var operations = []operation{
	{"inspect", inspect},
	{"summary", summarize},
	{"check", check},
	{"request", request},
	{"chain", chain},
	{"fix", fix},
	{"rules", rules},
	{"verify_ocsp", verifyOCSP},
	{"ocsp_request", requestOCSP},
}

// Do carries out a call. If ok is false it could not be, and the result is a JSON
// object that says why. The result has nothing in common with frame, which the
// caller may clear.
//
// A panic is a fault of Certloupe; it becomes an error that says so. What a program
// cannot recover from, like running out of memory, ends the instance.
func Do(frame []byte) (result []byte, ok bool) {
	return do(frame, operations)
}

func do(frame []byte, operations []operation) (result []byte, ok bool) {
	defer func() {
		// The value of the panic is left out: it may be made of what was handed in.
		if recover() != nil {
			result, ok = (&failure{CodeInternal, "a fault of Certloupe; please report it, and use a new instance"}).json(), false
		}
	}()
	result, failed := carryOut(frame, operations)
	if failed != nil {
		return failed.json(), false
	}
	return result, true
}

func carryOut(frame []byte, operations []operation) ([]byte, *failure) {
	framed, failed := readCall(frame)
	if failed != nil {
		return nil, failed
	}
	var header header
	if err := readOptions(framed.Header, &header); err != nil {
		return nil, malformed("the header cannot be read: " + err.Error())
	}
	i := slices.IndexFunc(operations, func(o operation) bool { return o.name == header.op })
	if i < 0 {
		return nil, &failure{CodeOperation, fmt.Sprintf("there is no operation %q", header.op)}
	}
	return operations[i].run(&call{rawOptions: header.options, parts: framed.Parts})
}

// call is what an operation is given.
type call struct {
	rawOptions rawOptions
	parts      []Part
}

// options reads the options into v, which has the defaults.
func (c *call) options(v options) *failure {
	if c.rawOptions == nil {
		return nil
	}
	if err := readOptions(c.rawOptions, v); err != nil {
		return &failure{CodeOption, err.Error()}
	}
	return nil
}

// roles sorts the parts. one and many are where those go that may come once and
// often; every other part is refused.
func (c *call) roles(one map[string]*[]byte, many map[string]*[]Part) *failure {
	for _, p := range c.parts {
		if list, ok := many[p.Role]; ok {
			*list = append(*list, p)
			continue
		}
		data, ok := one[p.Role]
		switch {
		case !ok:
			return &failure{CodePart, fmt.Sprintf("the operation has no part %q", p.Role)}
		case *data != nil:
			return &failure{CodePart, fmt.Sprintf("the part %q is there twice", p.Role)}
		}
		// Not nil: a part that is there is never absent, even if it is empty.
		*data = p.Data
	}
	return nil
}

// blocklist reads a list of blocked keys; nil is none.
func blocklist(text []byte) (*certparse.KeyBlocklist, *failure) {
	if text == nil {
		return nil, nil
	}
	list := new(certparse.KeyBlocklist)
	if err := list.Read(text); err != nil {
		return nil, &failure{CodePart, "key_blocklist: " + err.Error()}
	}
	return list, nil
}
