package bridge

import (
	"bytes"
	"encoding/json"
	"testing"
)

// What is mended comes behind what is said about it, with its bytes as they are.
func TestFix(t *testing.T) {
	certificate := revoked(t)["certificate.pem"]
	for name, test := range map[string]struct {
		data              []byte
		text              []byte
		damaged, repaired bool
	}{
		"sound":     {certificate, certificate, false, false},
		"damaged":   {bytes.Replace(certificate, []byte("-----BEGIN "), []byte("-----BEGIN"), 1), certificate, false, true},
		"no repair": {[]byte("\xff\xfe nothing"), nil, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			about, rest, ok := chunk(mustDo(t, frame(`{"op":"fix"}`, Part{"file", "a.pem", test.data})))
			text, rest, ok2 := chunk(rest)
			if !ok || !ok2 || len(rest) > 0 {
				t.Fatal("the result is not two chunks")
			}
			var said struct {
				Schema, Input   string
				Mended, Damaged bool
				Repaired        []struct{ Code string }
			}
			if err := json.Unmarshal(about, &said); err != nil {
				t.Fatal(err)
			}
			if said.Schema != "certloupe.fix/1" || said.Input != "a.pem" || said.Damaged != test.damaged || said.Mended != (test.text != nil) || (len(said.Repaired) > 0) != test.repaired {
				t.Errorf("the result is %+v", said)
			}
			if !bytes.Equal(bytes.TrimSpace(text), bytes.TrimSpace(test.text)) {
				t.Errorf("the text is %q", text)
			}
		})
	}
}
