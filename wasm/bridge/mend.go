package bridge

import (
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/internal/mend"
)

// fixOptions are the options of fix.
type fixOptions struct {
	MaxSize int
	// Keys asks for the private keys of containers, which come out without encryption.
	Keys bool
}

func (o *fixOptions) option(name string) any {
	switch name {
	case "max_size":
		return &o.MaxSize
	case "keys":
		return &o.Keys
	}
	return nil
}

// fix returns two chunks: a JSON object about the repair, and the mended text, which
// is empty if there is none. The text is no member of the object, so that it keeps its
// bytes and so that private keys in it need not become a string that nobody can clear.
func fix(c *call) ([]byte, *failure) {
	var opt fixOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	var list []Part
	var password []byte
	if failed := c.roles(map[string]*[]byte{"password": &password}, map[string]*[]Part{"file": &list}); failed != nil {
		return nil, failed
	}
	if len(list) != 1 {
		return nil, &failure{CodePart, "fix takes one file"}
	}
	size := judging{MaxSize: opt.MaxSize}
	r := mend.Mend(list[0].Name, list[0].Data, password, size.maxSize(), opt.Keys)
	defer clear(r.Text)

	w := jsontext.NewWriter(nil, "  ")
	w.BeginObject()
	w.StringField("schema", "certloupe.fix/1")
	w.StringField("input", r.Name)
	w.BoolField("mended", r.Text != nil)
	w.BoolField("damaged", r.Damaged())
	w.BoolField("converted", r.Converted)
	w.BoolField("unpacked", r.Unpacked)
	w.IntField("withheld_keys", int64(r.Withheld))
	w.BoolField("secret", r.Secret)
	writeFindings(w, "repaired", r.Done)
	writeFindings(w, "remaining", r.Left)
	w.EndObject()
	return appendChunk(appendChunk(nil, append(w.Bytes(), '\n')), r.Text), nil
}

func writeFindings(w *jsontext.Writer, key string, list []finding.Finding) {
	w.Key(key)
	w.BeginArray()
	for _, f := range list {
		f.WriteJSON(w)
	}
	w.EndArray()
}

// rulesOptions are the options of rules.
type rulesOptions struct {
	// Code asks for the finding of this code only.
	Code finding.Code
}

func (o *rulesOptions) option(name string) any {
	switch name {
	case "code":
		return (*string)(&o.Code)
	}
	return nil
}

func rules(c *call) ([]byte, *failure) {
	var opt rulesOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	if failed := c.roles(nil, nil); failed != nil {
		return nil, failed
	}
	list := finding.Rules()
	if opt.Code != "" {
		rule, ok := finding.Lookup(opt.Code)
		if !ok {
			return nil, &failure{CodeOption, "there is no finding of this code"}
		}
		list = []finding.Rule{rule}
	}
	return finding.RulesJSON(list), nil
}
