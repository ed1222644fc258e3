package bridge

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// kinds has an option of each type. The tags are for encoding/json.
type kinds struct {
	Text  string    `json:"text"`
	Count int       `json:"count"`
	Flag  bool      `json:"flag"`
	Time  time.Time `json:"time"`
	List  []string  `json:"list"`
}

func (o *kinds) option(name string) any {
	switch name {
	case "text":
		return &o.Text
	case "count":
		return &o.Count
	case "flag":
		return &o.Flag
	case "time":
		return &o.Time
	case "list":
		return &o.List
	}
	return nil
}

// TestReadOptions compares what options are taken, and as what, with encoding/json.
func TestReadOptions(t *testing.T) {
	taken := 0
	for _, text := range []string{
		`{}`, `null`, ` { } `, `[]`, `"text"`, `1`, ``, `{`, `{}{}`, `{"text":"a"}x`,
		`{"text":"a\u00e9\ud800\n"}`, `{"text":""}`, `{"text":null}`, `{"text":1}`, `{"text":true}`, `{"text":["a"]}`, `{"text":{}}`,
		`{"count":-12}`, `{"count":-0}`, `{"count":1.0}`, `{"count":1e3}`, `{"count":"1"}`, `{"count":null}`, `{"count":9223372036854775807}`,
		`{"count":9223372036854775808}`, `{"count":false}`,
		`{"flag":true}`, `{"flag":false}`, `{"flag":null}`, `{"flag":"true"}`, `{"flag":0}`,
		`{"time":"2026-07-01T12:00:00Z"}`, `{"time":"2026-07-01T12:00:00.25+08:00"}`, `{"time":"2026-07-01"}`, `{"time":null}`, `{"time":0}`, `{"time":"2026-07-01T12:00:00\u005a"}`,
		`{"list":[]}`, `{"list":["a","b"]}`, `{"list":null}`, `{"list":"a"}`, `{"list":["a",1]}`, `{"list":["a",null]}`, `{"list":{}}`,
		`{"Text":"a","COUNT":2}`, `{"text":"a","text":"b","tExt":"c"}`, `{"te\u0078t":"a"}`, `{"texts":"a"}`, `{"":1}`, `{"text ":"a"}`,
	} {
		want, got := kinds{Text: "default", Count: 7, List: []string{}}, kinds{Text: "default", Count: 7, List: []string{}}
		failed := decodeStrictly(text, &want)
		err := readOptions([]byte(text), &got)
		switch {
		case (err == nil) != (failed == nil):
			t.Errorf("%s: %v, encoding/json: %v", text, err, failed)
		case err == nil:
			taken++
			if len(want.List) == 0 {
				want.List = []string{} // nil and empty mean the same.
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, encoding/json: %+v", text, got, want)
			}
		}
	}
	if taken < 20 {
		t.Errorf("only %d texts were taken", taken)
	}
}

func decodeStrictly(text string, v any) error {
	if !json.Valid([]byte(text)) {
		return new(json.SyntaxError)
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
