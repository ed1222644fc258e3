package main

import (
	"bytes"
	"encoding/json"
)

// member is one member of a request's body.
type member struct {
	name  string
	value any
}

// body is a JSON object as a person would write it. Values of the type
// json.RawMessage stand as they are.
func body(members ...member) []byte {
	var b bytes.Buffer
	b.WriteString("{")
	for i, m := range members {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  ")
		b.Write(compact(m.name))
		b.WriteString(": ")
		b.Write(compact(m.value))
	}
	b.WriteString("\n}\n")
	return b.Bytes()
}

// compact is a value as JSON without escapes for HTML.
func compact(value any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// requestCall judges body.json as the body of an operation.
func requestCall(operation string) call {
	return call{"op": "request", "operation": operation, "body": "body.json"}
}

// The documented operations.
const (
	addServer = "add-server-certificate"
	modifySSL = "modify-ssl-certificate"
	updateCA  = "update-ca-certificate"
)

// serverMembers are the fields of a healthy request to add a server certificate.
func (g *generator) serverMembers() []member {
	return []member{{"certificate_pem", string(g.server().pem())}, {"private_key", string(g.key("p256-server").pem())}}
}

// formMembers are the fields of a healthy form of APIG.
func (g *generator) formMembers() []member {
	return []member{{"name", "cert_demo"}, {"cert_content", string(g.server().pem())}, {"private_key", string(g.key("p256-server").pem())}}
}

// pairMembers are the fields of a healthy form of APIG with an SM2 pair.
func (g *generator) pairMembers() []member {
	return []member{{"name", "tlcp_demo"}, {"algorithm_type", "SM2"},
		{"cert_content", string(g.sm2Encrypt().pem())}, {"private_key", string(g.key("sm2-encrypt").pem())},
		{"cert_content_sign", string(g.sm2Sign().pem())}, {"private_key_sign", string(g.key("sm2-sign").pem())}}
}

// setting returns the members with the value of one changed, or one more at the end.
func setting(members []member, name string, value any) []member {
	out := append([]member{}, members...)
	for i := range out {
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name, value})
}

// leaving returns the members without the named ones.
func leaving(members []member, names ...string) []member {
	var out []member
	for _, m := range members {
		keep := true
		for _, n := range names {
			keep = keep && m.name != n
		}
		if keep {
			out = append(out, m)
		}
	}
	return out
}

// templateID and serverCAID are IDs as the documents show them.
const (
	templateID = "61c970ce2d63eb6ee655dbf0"
	serverCAID = "60fa667369d4840337930aec"
)
