package certparse

import (
	"bytes"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

// TestProfile covers the rules that need more than one field. A finding's place
// is given by the bytes that stand there; nil is the list of extensions.
func TestProfile(t *testing.T) {
	type at struct {
		code  finding.Code
		bytes []byte
	}
	var (
		self     = cn("TEST ONLY Same")
		nobody   = seq()
		plainCA  = ext("2.5.29.19", false, seq(tlv(tagBoolean, bytesOf(0xff))))
		limited  = ext("2.5.29.19", true, seq(tlv(tagBoolean, bytesOf(0xff)), integer(1)))
		broken   = ext("2.5.29.19", true, seq(integer()))
		signing  = ext("2.5.29.15", true, tlv(tagBitString, bytesOf(7, 0x80)))
		badUsage = ext("2.5.29.15", true, integer(9))
		san      = ext("2.5.29.17", false, seq(dns("a.example")))
		critSAN  = ext("2.5.29.17", true, seq(dns("a.example")))
		names    = ext("2.5.29.30", true, seq(tlv(0xa0, seq(dns("example.com")))))
		list     []byte
	)
	for _, test := range []struct {
		name string
		cert handmade
		want []at
	}{
		{"leaf", handmade{extensions: [][]byte{soundSKI, soundAKI}}, nil},
		{"CA", handmade{extensions: [][]byte{caBasic, caUsage, soundSKI, soundAKI}}, nil},
		{"root without AKI", handmade{issuer: self, subject: self, extensions: [][]byte{caBasic, caUsage, soundSKI}}, nil},
		{"version 1", handmade{version: 1}, nil},
		{"version 2", handmade{version: 2}, nil},
		{"version 3 without extensions", handmade{}, []at{{"authority-key-identifier-missing", list}}},
		{"without AKI", handmade{extensions: [][]byte{soundSKI}}, []at{{"authority-key-identifier-missing", list}}},
		{"CA without SKI", handmade{extensions: [][]byte{caBasic, caUsage, soundAKI}}, []at{{"subject-key-identifier-missing", list}}},
		{"CA without key usage", handmade{extensions: [][]byte{caBasic, soundSKI, soundAKI}}, []at{{"ca-without-key-usage", list}}},
		{"CA without keyCertSign", handmade{extensions: [][]byte{caBasic, signing, soundSKI, soundAKI}}, []at{{"ca-without-key-usage", list}}},
		{"CA with malformed key usage", handmade{extensions: [][]byte{caBasic, badUsage, soundSKI, soundAKI}}, []at{{"extension-malformed", integer(9)}}},
		{"CA, not critical", handmade{extensions: [][]byte{plainCA, caUsage, soundSKI, soundAKI}}, []at{{"extension-should-be-critical", plainCA}}},
		{"path length", handmade{extensions: [][]byte{limited, caUsage, soundSKI, soundAKI}}, nil},
		{"path length without keyCertSign", handmade{extensions: [][]byte{limited, signing, soundSKI, soundAKI}},
			[]at{{"ca-without-key-usage", list}, {"basic-constraints-path-length", limited}}},
		{"path length without key usage", handmade{extensions: [][]byte{limited, soundSKI, soundAKI}}, []at{{"ca-without-key-usage", list}}},
		{"keyCertSign without CA", handmade{extensions: [][]byte{caUsage, soundSKI, soundAKI}}, []at{{"key-usage-without-ca", caUsage}}},
		{"malformed basic constraints", handmade{extensions: [][]byte{broken, caUsage, names, soundSKI, soundAKI}}, []at{{"extension-malformed", integer()}}},
		{"name constraints on a leaf", handmade{extensions: [][]byte{names, soundSKI, soundAKI}}, []at{{"name-constraints-not-ca", names}}},
		{"name constraints on a CA", handmade{extensions: [][]byte{caBasic, caUsage, names, soundSKI, soundAKI}}, nil},
		{"critical SAN", handmade{extensions: [][]byte{critSAN, soundSKI, soundAKI}}, []at{{"extension-should-not-be-critical", critSAN}}},
		{"no subject, critical SAN", handmade{subject: nobody, extensions: [][]byte{critSAN, soundSKI, soundAKI}}, nil},
		{"no subject, SAN", handmade{subject: nobody, extensions: [][]byte{san, soundSKI, soundAKI}}, []at{{"subject-empty", nobody}}},
		{"no subject, no SAN", handmade{subject: nobody, extensions: [][]byte{soundSKI, soundAKI}}, []at{{"subject-empty", nobody}}},
		{"no subject, version 1", handmade{version: 1, subject: nobody}, []at{{"subject-empty", nobody}}},
		{"no subject, CA", handmade{subject: nobody, extensions: [][]byte{critSAN, caBasic, caUsage, soundSKI, soundAKI}}, []at{{"subject-empty", nobody}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			der := test.cert.der()
			c := mustParse(t, der)
			var want []found
			for _, w := range test.want {
				offset := bytes.Index(der, w.bytes)
				if w.bytes == nil {
					if offset = int(c.extensionsField.start); offset == 0 {
						offset = int(c.tbs.end)
					}
				}
				want = append(want, found{w.code, offset})
			}
			if got := findingsOf(c); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// TestPresence covers what makes an extension unreliable apart from its value.
func TestPresence(t *testing.T) {
	value := tlv(tagOctetString, seq(oid("1.2.3")))
	id := oid("2.5.29.37")
	sound := seq(id, value)
	for _, test := range []struct {
		name       string
		extensions [][]byte
		want       Presence
		others     Presence // what is said of an extension that is not there
	}{
		{"sound", [][]byte{sound}, Present, Absent},
		{"twice", [][]byte{sound, soundAKI, sound}, Malformed, Absent},
		{"no value", [][]byte{seq(id)}, Malformed, Absent},
		{"value of another type", [][]byte{seq(id, seq(oid("1.2.3")))}, Malformed, Absent},
		{"something after it", [][]byte{seq(id, value, tlv(tagNull))}, Malformed, Absent},
		{"critical flag", [][]byte{seq(id, tlv(tagBoolean, bytesOf(1)), value)}, Malformed, Absent},
		{"the second is broken", [][]byte{sound, seq(id)}, Malformed, Absent},
		{"one has no OID", [][]byte{sound, seq(value)}, Malformed, Malformed},
		{"one is no sequence", [][]byte{sound, tlv(tagNull)}, Malformed, Malformed},
		{"one cannot be read", [][]byte{sound, {tagSequence, 9}}, Malformed, Malformed},
	} {
		c := mustParse(t, handmade{extensions: test.extensions}.der())
		if _, got := c.ExtendedKeyUsage(); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if _, got := c.NameConstraints(); got != test.others {
			t.Errorf("%s: an extension that is not there is %v, want %v", test.name, got, test.others)
		}
	}
	var many [][]byte
	for range maxExtensions {
		many = append(many, ext("1.2.3", false, nil))
	}
	c := mustParse(t, handmade{extensions: many}.der())
	if _, got := c.NameConstraints(); got != Absent {
		t.Errorf("%d extensions: %v", len(many), got)
	}
	c = mustParse(t, handmade{extensions: append(many, caBasic)}.der())
	if _, got := c.BasicConstraints(); got != Malformed || c.IsCA() {
		t.Errorf("beyond %d extensions: %v", len(many), got)
	}
	if Absent.String() != "absent" || Present.String() != "present" || Malformed.String() != "malformed" {
		t.Error("Presence.String is wrong")
	}
}

// TestExtensionList covers what is noted of the list itself. Offsets count from
// the start of the extensions field.
func TestExtensionList(t *testing.T) {
	flagged := func(flag []byte) []byte { return seq(oid("2.5.29.37"), flag, tlv(tagOctetString, seq(oid("1.2.3")))) }
	for _, test := range []struct {
		name string
		list []byte // the content of the extensions field
		want []found
	}{
		{"sound", seq(soundAKI), nil},
		{"no list", nil, []found{{"der-malformed", 0}}},
		{"another type", set(soundAKI), []found{{"der-malformed", 0}}},
		{"empty list", seq(), []found{{"der-malformed", 2}}},
		{"two lists", append(seq(soundAKI), seq()...), []found{{"der-malformed", 0}}},
		{"twice the same", seq(soundAKI, soundAKI), []found{{"extension-duplicate", 4 + len(soundAKI)}}},
		{"twice the same unknown", seq(soundAKI, ext("1.2.3", false, nil), ext("1.2.4", false, nil), ext("1.2.3", false, nil)),
			[]found{{"extension-duplicate", 4 + len(soundAKI) + 2*len(ext("1.2.3", false, nil))}}},
		{"unknown and critical", seq(soundAKI, ext("1.2.3", true, nil)), []found{{"extension-unknown-critical", 4 + len(soundAKI)}}},
		{"false spelled out", seq(soundAKI, flagged(tlv(tagBoolean, bytesOf(0)))), []found{{"der-default-encoded", 11 + len(soundAKI)}}},
		{"flag neither", seq(soundAKI, flagged(tlv(tagBoolean, bytesOf(1)))), []found{{"extension-malformed", 11 + len(soundAKI)}}},
		{"no OID", seq(soundAKI, seq(tlv(tagOctetString))), []found{{"der-malformed", 4 + len(soundAKI)}}},
		{"invalid OID", seq(soundAKI, seq(tlv(tagOID, bytesOf(0x80)), tlv(tagOctetString))), []found{{"der-malformed", 4 + len(soundAKI)}}},
		{"no value", seq(soundAKI, seq(oid("1.2.3"))), []found{{"extension-malformed", 4 + len(soundAKI)}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			der := handmade{rawExtensions: tlv(0xa3, test.list)}.der()
			c := mustParse(t, der)
			var got []found
			for _, f := range findingsOf(c) {
				if f.code == "authority-key-identifier-missing" {
					continue
				}
				got = append(got, found{f.code, f.offset - int(c.extensionsField.start)})
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	// A field that cannot be read may have been the extensions.
	c := mustParse(t, handmade{rawExtensions: bytesOf(0xa3, 0x7f)}.der())
	if _, got := c.NameConstraints(); got != Malformed {
		t.Errorf("after a field that cannot be read, an extension is %v", got)
	}
}
