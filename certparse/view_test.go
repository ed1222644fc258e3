package certparse

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/internal/jsontext"
)

func report(c *Certificate) []byte {
	var w jsontext.Writer
	c.WriteJSON(&w)
	return w.Bytes()
}

func TestWriteJSON(t *testing.T) {
	c := mustParse(t, handmade{
		issuer: seq(set(seq(oid("2.5.4.6"), printable("CN"))), set(seq(oid("2.5.4.10"), utf8s("Issuer, Ltd")))),
		extensions: [][]byte{caBasic, caUsage, soundSKI, soundAKI, ext("2.5.29.37", false, seq(oid(EKUServerAuth), oid("1.2.3"))),
			ext("2.5.29.17", false, seq(dns("a.example"), dns("b\x00"), tlv(0x87, bytesOf(1, 2, 3, 4)))),
			ext("1.3.6.1.5.5.7.1.1", false, seq(seq(oid(AccessOCSP), uri("http://o/")), seq(oid(AccessCAIssuers), uri("http://i/")))),
			ext("2.5.29.31", false, seq(seq(tlv(0xa0, tlv(0xa0, uri("http://c/")))))), ext("1.2.3", true, bytesOf(0xca, 0xfe))},
	}.der())
	want := `{"subject":"CN=TEST ONLY Subject","common_name":"TEST ONLY Subject","owner":"CN=TEST ONLY Subject","issuer":"O=\"Issuer, Ltd\", C=CN",` +
		`"version":3,"serial_number":"1","serial_hex":"01","effective_date":"20260102T030405Z","expiry_date":"20270102T030405Z",` +
		`"not_before":"2026-01-02T03:04:05Z","not_after":"2027-01-02T03:04:05Z",` +
		`"fingerprint":"` + c.Fingerprint() + `","fingerprint_sha1":"` + c.FingerprintSHA1() + `","fingerprint_sm3":"` + c.FingerprintSM3() + `",` +
		`"signature_algorithm":"ECDSA-SHA256","public_key":{"algorithm":"ECDSA","curve":"P-256","bits":256,"algorithm_type":"ECC"},` +
		`"is_ca":true,"self_issued":false,"key_usage":["keyCertSign","cRLSign"],"ext_key_usage":["serverAuth","1.2.3"],` +
		`"san":[{"type":"dNSName","value":"a.example"},{"type":"dNSName","value":"b\\u{0}"},{"type":"iPAddress","value":"1.2.3.4"}],` +
		`"dns_names":["a.example","b\\u{0}"],"ocsp":["http://o/"],"ca_issuers":["http://i/"],"crl":["http://c/"],` +
		`"subject_key_id":"01020304","authority_key_id":"05060708",` +
		`"subject_attributes":[[{"oid":"2.5.4.3","name":"CN","type":"UTF8String","value":"TEST ONLY Subject"}]],` +
		`"issuer_attributes":[[{"oid":"2.5.4.6","name":"C","type":"PrintableString","value":"CN"}],[{"oid":"2.5.4.10","name":"O","type":"UTF8String","value":"Issuer, Ltd"}]],` +
		`"extensions":[{"oid":"2.5.29.19","name":"basicConstraints","critical":true,"value":{"ca":true}},`
	got := string(report(c))
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if want := `,{"oid":"1.2.3","critical":true,"raw":"CAFE"}]}`; !strings.HasSuffix(got, want) {
		t.Errorf("got …%s, want …%s", got[max(0, len(got)-200):], want)
	}
	text, err := json.Marshal(c)
	if err != nil || !bytes.Equal(text, report(c)) {
		t.Errorf("MarshalJSON: %v, %s", err, text)
	}
}

// TestAbsentFields checks that a bare version 1 certificate with unreadable dates
// has no members for what it lacks.
func TestAbsentFields(t *testing.T) {
	der := handmade{version: 1, subject: seq()}.der()
	c := mustParse(t, bytes.Replace(der, []byte("260102030405Z"), []byte("269902030405Z"), 1))
	var members map[string]json.RawMessage
	if err := json.Unmarshal(report(c), &members); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"common_name", "effective_date", "expiry_date", "not_before", "not_after", "path_len", "key_usage", "ext_key_usage",
		"san", "dns_names", "ocsp", "ca_issuers", "crl", "subject_key_id", "authority_key_id", "subject_attributes", "extensions"} {
		if value, ok := members[key]; ok {
			t.Errorf("%s is %s", key, value)
		}
	}
	if string(members["owner"]) != `""` || string(members["is_ca"]) != "false" {
		t.Errorf("owner %s, is_ca %s", members["owner"], members["is_ca"])
	}
}

// TestSummaryIsPartOfReport checks that each member of the summary has the same
// value in the report, and that both keep their order.
func TestSummaryIsPartOfReport(t *testing.T) {
	all := realCertificates(t)
	all["typical leaf"] = typicalLeaf(t)
	for name, der := range all {
		if c, err := ParseCertificate(der); err == nil {
			compareSummary(t, name, c)
		}
	}
	text := mustParse(t, all["typical leaf"]).AppendSummaryJSON([]byte("x"))
	for i, key := range []string{"common_name", "owner", "issuer", "version", "serial_number", "effective_date", "expiry_date", "fingerprint",
		"signature_algorithm", "public_key", "is_ca", "san"} {
		at := bytes.Index(text, []byte(`"`+key+`":`))
		if at < 0 {
			t.Fatalf("member %d, %s, is missing or out of order", i, key)
		}
		text = text[at:]
	}
}

func compareSummary(t *testing.T, name string, c *Certificate) {
	t.Helper()
	var whole, part map[string]json.RawMessage
	if err := json.Unmarshal(report(c), &whole); err != nil {
		t.Errorf("%s: the report is not JSON: %v", name, err)
		return
	}
	if err := json.Unmarshal(c.AppendSummaryJSON(nil), &part); err != nil {
		t.Errorf("%s: the summary is not JSON: %v", name, err)
		return
	}
	for key, value := range part {
		if !bytes.Equal(value, whole[key]) {
			t.Errorf("%s: %s is %s in the summary, %s in the report", name, key, value, whole[key])
		}
	}
}

func TestSerialNumbers(t *testing.T) {
	for _, test := range []struct{ der, decimal, hex string }{
		{"\x00", "0", "00"},
		{"\x01", "1", "01"},
		{"\x7f", "127", "7F"},
		{"\x00\x80", "128", "80"},
		{"\xff", "-1", "-01"},
		{"\x80", "-128", "-80"},
		{"\xff\x7f", "-129", "-81"},
		{"\x7f\xff\xff\xff\xff\xff\xff\xff", "9223372036854775807", "7FFFFFFFFFFFFFFF"},
		{"\x00\x8a\xc7\x23\x04\x89\xe8\x00\x00", "10000000000000000000", "8AC7230489E80000"},
		{"", "0", ""},
	} {
		if got := decimal([]byte(test.der)); got != test.decimal {
			t.Errorf("%x: decimal %s, want %s", test.der, got, test.decimal)
		}
		if got := serialHex([]byte(test.der)); got != test.hex {
			t.Errorf("%x: hex %s, want %s", test.der, got, test.hex)
		}
	}
	// Against math/big, across the sizes at which the method changes.
	for n := range 40 {
		for _, first := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			b := bytes.Repeat([]byte{0, 0x9c, 0xff, 1}, 10)[:n]
			b = append([]byte{first}, b...)
			if got, want := decimal(b), signedInteger(b).String(); got != want {
				t.Errorf("%x: decimal %s, want %s", b, got, want)
			}
		}
	}
	if long := make([]byte, maxDecimalOctets+1); !strings.HasPrefix(decimal(long), "0x00") {
		t.Error("absurdly long numbers must not be converted")
	}
	if n := new(big.Int).SetBytes(bytes.Repeat([]byte{0x5a}, 20)); decimal(n.Bytes()) != n.String() {
		t.Errorf("20 octets: %s", decimal(n.Bytes()))
	}
}
