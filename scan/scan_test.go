package scan

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

func gz(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func zipOf(t testing.TB, named ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(named); i += 2 {
		f, err := w.Create(named[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		f.Write(named[i+1].([]byte))
	}
	w.Close()
	return b.Bytes()
}

func tarOf(t testing.TB, named ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(named); i += 2 {
		data := named[i+1].([]byte)
		if err := w.WriteHeader(&tar.Header{Name: named[i].(string), Size: int64(len(data)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		w.Write(data)
	}
	w.Close()
	return b.Bytes()
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// TestFormats shows that every format is recognized by its content and gives the
// same certificates.
func TestFormats(t *testing.T) {
	a, b := certificate(1), certificate(2)
	lines := base64Of(a) + "\n" + base64Of(b) + "\n"
	two := bundle(2)
	for name, data := range map[string]any{
		"pem":             two,
		"pem, CRLF":       bytes.ReplaceAll(two, []byte("\n"), []byte("\r\n")),
		"pem, no break":   bytes.TrimSpace(two),
		"base64":          lines,
		"base64, unended": strings.TrimSpace(lines),
		"base64, CRLF":    strings.ReplaceAll(lines, "\n", "\r\n"),
		"ndjson, pem":     fmt.Sprintf("{\"id\":1,\"cert\":%s}\n{\"cert\":%s}\n", quote(string(pemOf(a))), quote(string(pemOf(b)))),
		"ndjson, base64":  fmt.Sprintf("{\"cert\":%q,\"x\":{\"cert\":3}}\n\n{\"cert\":%q}", base64Of(a), base64Of(b)),
		"gzip":            gz(two),
		"gzip twice":      gz(gz(two)),
		"gzip of lines":   gz([]byte(lines)),
		"zip":             zipOf(t, "a.txt", pemOf(a), "d/b.der", b),
		"tar":             tarOf(t, "a", pemOf(a), "b", b),
		"tar.gz":          gz(tarOf(t, "a", a, "b", pemOf(b))),
		"zip in tar":      tarOf(t, "x.zip", zipOf(t, "a", a), "b", b),
		"text around":     "subject=x\n" + string(pemOf(a)) + "\nissuer=y\n" + string(pemOf(b)) + "the end\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, from("input", data), Options{})
			var serials []string
			for _, row := range r.rows {
				if row["kind"] != "certificate" || row["verdict"] != "accepted" {
					t.Errorf("%v", row)
				}
				serials = append(serials, fmt.Sprint(row["serial_hex"]))
			}
			if len(serials) != 2 || !strings.HasSuffix(serials[0], "01") || !strings.HasSuffix(serials[1], "02") {
				t.Errorf("the serial numbers are %v\n%s", serials, r.text)
			}
		})
	}
}

// TestRow compares a row with what the parser says of the certificate.
func TestRow(t *testing.T) {
	der := certificate(7)
	c, err := certparse.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, from("a.pem", "\n\n"+string(pemOf(der))), Options{})
	row := r.rows[0]
	for field, want := range map[string]any{
		"source": "a.pem", "record": 1.0, "line": 3.0, "block": 1.0, "kind": "certificate", "verdict": "accepted",
		"fingerprint": c.Fingerprint(), "common_name": "www.example.com", "subject": c.Subject().String(), "issuer": c.Issuer().DN(),
		"not_before": "2025-06-01T12:00:00Z", "not_after": "2027-06-01T12:00:00Z", "days_left": 365.0,
		"key_algorithm": "Ed25519", "key_bits": 256.0, "signature_algorithm": c.SignatureAlgorithmName(), "is_ca": false,
	} {
		if row[field] != want {
			t.Errorf("%s is %v, want %v", field, row[field], want)
		}
	}
	full := run(t, from("a.pem", pemOf(der)), Options{Full: true}).rows[0]
	var report map[string]any
	text, _ := c.MarshalJSON()
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	for key, want := range report {
		if fmt.Sprint(full[key]) != fmt.Sprint(want) {
			t.Errorf("--full: %s is %v, want %v", key, full[key], want)
		}
	}
	narrow := run(t, from("a.pem", pemOf(der)), Options{Fields: []string{"not_after", "source"}})
	if narrow.text != `{"not_after":"2027-06-01T12:00:00Z","source":"a.pem"}`+"\n" {
		t.Errorf("%s", narrow.text)
	}
}

// TestKinds shows that everything found is named, and what cannot be read is a row.
func TestKinds(t *testing.T) {
	cert := string(pemOf(certificate(1)))
	damaged := strings.Replace(cert, "-----BEGIN CERTIFICATE-----", "----BEGIN CERTIFICATE-----", 1)
	for _, test := range []struct{ name, input, want string }{
		{"empty", "", "unknown input-empty"},
		{"blank", " \n\n", "unknown input-empty"},
		{"text", "hello\n", "unknown input-unrecognized"},
		{"empty zip", string(zipOf(t)), "unknown input-empty"},
		{"tar with a folder only", string(tarOf(t, "d/", []byte(nil))), "unknown input-empty"},
		{"NULs", strings.Repeat("\x00", 5000), "unknown input-empty"},
		{"key", string(keyPEM(t)), "private_key"},
		{"key, then certificate", string(keyPEM(t)) + cert, "private_key; certificate"},
		{"damaged, then sound", damaged + cert, "certificate pem-boundary-damaged; certificate"},
		{"END is missing", strings.Replace(cert, "-----END CERTIFICATE-----\n", "", 1) + cert, "certificate pem-end-missing; certificate"},
		{"base64 is damaged", strings.Replace(cert, "MII", "M!I", 1) + cert, "certificate pem-base64-invalid; certificate"},
		{"no JSON", "{\"cert\":1x}\n", "unknown scan-record-malformed"},
		{"no such field", "{\"crt\":\"x\"}\n", "unknown scan-field-missing"},
		{"the field is null", "{\"cert\":null}\n", "unknown scan-field-missing"},
		{"the field is no certificate", "{\"cert\":\"x\"}\n", "unknown input-unrecognized"},
		{"one of three lines", base64Of(certificate(1)) + "\n?\n" + base64Of(certificate(2)) + "\n", "certificate; unknown input-unrecognized; certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := run(t, from("x", test.input), Options{}).describe(); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// TestValidity holds the time, and what the verdict is made of.
func TestValidity(t *testing.T) {
	data := pemOf(certificate(1))
	for _, test := range []struct {
		at         time.Time
		want, said string
		days       float64
	}{
		{now, "certificate", accepted, 365},
		{now.AddDate(1, 0, -3).Add(time.Hour), "certificate certificate-expires-soon", accepted, 2},
		{now.AddDate(1, 0, 0).Add(time.Second), "certificate certificate-expired", rejected, -1},
		{now.AddDate(-2, 0, 0), "certificate certificate-not-yet-valid", rejected, 1095},
	} {
		for _, full := range []bool{false, true} {
			r := run(t, from("x", data), Options{Time: test.at, Full: full})
			row := r.rows[0]
			if full {
				for i, f := range row["findings"].([]any) {
					row["findings"].([]any)[i] = f.(map[string]any)["code"]
				}
			}
			if r.describe() != test.want || row["verdict"] != test.said || row["days_left"] != test.days {
				t.Errorf("%v: %s, %v, %v", test.at, r.describe(), row["verdict"], row["days_left"])
			}
		}
	}
	if r := run(t, from("x", data), Options{Time: now.AddDate(1, 0, -3), ExpiringWithin: -1}); r.describe() != "certificate" {
		t.Error(r.describe())
	}
}

// TestPlaces shows that records, lines and offsets are those of the input, however
// it arrives.
func TestPlaces(t *testing.T) {
	cert := string(pemOf(certificate(1)))
	lines := int64(strings.Count(cert, "\n"))
	input := cert + "# text\n" + strings.Replace(cert, "-----BEGIN", "---BEGIN", 1) + cert
	r := run(t, from("x", input), Options{Full: true})
	var got []string
	for _, row := range r.rows {
		got = append(got, fmt.Sprint(row["record"], row["line"], row["block"]))
	}
	want := []string{fmt.Sprint(1, 1, 1), fmt.Sprint(2, lines+2, 1), fmt.Sprint(3, 2*lines+2, 1)}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, f := range r.rows[1]["findings"].([]any) {
		f := f.(map[string]any)
		where := f["where"].(map[string]any)
		if f["code"] == "pem-boundary-damaged" && (where["line"] != float64(lines+2) || where["byte"] != float64(len(cert)+len("# text\n"))) {
			t.Errorf("%v", where)
		}
	}
}

// mixture is a long input with all sorts of records.
func mixture(t testing.TB) []byte {
	var b bytes.Buffer
	for i := range 3000 {
		switch i % 50 {
		case 7:
			b.WriteString("some text\n")
		case 13:
			b.Write(keyPEM(t))
		case 21:
			b.Write(bytes.Replace(pemOf(certificate(i)), []byte("-----BEGIN"), []byte("--BEGIN"), 1))
		case 33:
			b.Write(bytes.Replace(pemOf(certificate(i)), []byte("\n-----END CERTIFICATE-----"), nil, 1))
		default:
			b.Write(pemOf(certificate(i / 2)))
		}
	}
	return b.Bytes()
}

// dribble gives a few bytes at a time.
type dribble struct {
	r io.Reader
	n int
}

func (d *dribble) Read(p []byte) (int, error) {
	d.n = d.n%977 + 101
	return d.r.Read(p[:min(len(p), d.n)])
}

// TestDeterminism shows that the output depends neither on the number of workers
// nor on how the input arrives, and is in the order of the input.
func TestDeterminism(t *testing.T) {
	data := mixture(t)
	want := run(t, from("x", data), Options{Workers: 1})
	for _, workers := range []int{2, 3, 16} {
		got := run(t, from("x", data), Options{Workers: workers})
		if got.text != want.text {
			t.Errorf("the output of %d workers differs", workers)
		}
		a, _ := json.Marshal(want.summary)
		b, _ := json.Marshal(got.summary)
		if !bytes.Equal(a, b) {
			t.Errorf("the summary of %d workers differs:\n%s\n%s", workers, a, b)
		}
	}
	live := slices.Values([]Input{Stream("x", &dribble{r: bytes.NewReader(data)})})
	if run(t, live, Options{}).text != want.text {
		t.Error("the output of an input that comes in pieces differs")
	}
	record := 0.0
	for _, row := range want.rows {
		if n := row["record"].(float64); n < record || n > record+1 {
			t.Fatalf("record %v follows %v", n, record)
		} else {
			record = n
		}
	}
	if len(want.rows) < 2900 {
		t.Errorf("there are only %d rows", len(want.rows))
	}
}

// TestSkip shows that a run goes on after any number of records.
func TestSkip(t *testing.T) {
	inputs := func() []any {
		return []any{"a", bundle(5), "b", gz(bundle(3)), "c", "", "d", zipOf(t, "x", bundle(2), "y", []byte("?"))}
	}
	want := run(t, from(inputs()...), Options{})
	if len(want.rows) != 12 {
		t.Fatalf("%d rows\n%s", len(want.rows), want.text)
	}
	lines := slices.Collect(strings.Lines(want.text))
	for skip := range len(lines) + 1 {
		first := Counts{Records: int64(skip)}
		got := run(t, from(inputs()...), Options{Skip: int64(skip), Earlier: first})
		if got.text != strings.Join(lines[skip:], "") {
			t.Errorf("after %d records the output is\n%s", skip, got.text)
		}
		if got.summary.Records != want.summary.Records {
			t.Errorf("after %d records there are %d", skip, got.summary.Records)
		}
	}
}

// TestEveryCodeHasAPair holds the codes of this room to an input that has each, and
// a twin that does not.
func TestEveryCodeHasAPair(t *testing.T) {
	cert := certificate(1)
	cut := gz(bundle(50))
	cut = cut[:len(cut)/2]
	pairs := map[string]struct{ bad, good any }{
		"scan-record-malformed": {"{\"cert\":\"" + base64Of(cert) + "\"}}\n", "{\"cert\":\"" + base64Of(cert) + "\"}\n"},
		"scan-field-missing":    {"{\"Cert\":\"" + base64Of(cert) + "\"}\n", "{\"cert\":\"" + base64Of(cert) + "\"}\n"},
		"scan-archive-damaged":  {cut, gz(bundle(50))},
		"scan-archive-limit":    {gz(gz(gz(gz(gz(pemOf(cert)))))), gz(gz(gz(gz(pemOf(cert)))))},
	}
	for _, rule := range finding.Rules() {
		code := string(rule.Code)
		if !strings.HasPrefix(code, "scan-") {
			continue
		}
		pair, ok := pairs[code]
		if !ok {
			t.Errorf("%s has no pair", code)
			continue
		}
		if r := run(t, from("x", pair.bad), Options{}); !r.has(code) {
			t.Errorf("%s is not found: %s", code, r.describe())
		}
		if r := run(t, from("x", pair.good), Options{}); r.has(code) || !strings.HasPrefix(r.describe(), "certificate") {
			t.Errorf("%s: the twin gives %s", code, r.describe())
		}
	}
}

func TestField(t *testing.T) {
	cert := base64Of(certificate(1))
	for _, test := range []struct{ field, line, want string }{
		{"a.b", `{"a":{"b":"` + cert + `"}}`, "certificate"},
		{"a.b", `{ "x" : [1, {"b":"]}"}, true, null, -1.5e3 ] , "a" : { "c":"\"}" , "b" : "` + cert + `" } }`, "certificate"},
		{"a.b", `{"a":{"b":"x"},"a":{"b":"` + cert + `"}}`, "certificate"},
		{"a.b", `{"a":{"b":"` + cert + `"},"a":{}}`, "unknown scan-field-missing"},
		{"a.b", `{"a":[{"b":"` + cert + `"}]}`, "unknown scan-field-missing"},
		{"a.b", `{"a.b":"` + cert + `"}`, "unknown scan-field-missing"},
		{"a", `{"\u0061":"` + cert + `"}`, "certificate"},
		{"a", `{"a":"` + strings.ReplaceAll(cert, "/", `\/`) + `"}`, "certificate"},
		{"a", `{"a":"\u004d` + cert[1:] + `"}`, "certificate"},
		{"a", `["` + cert + `"]`, "unknown scan-record-malformed"},
		{"a", `{"a":"` + cert + `","n":1e9999}`, "certificate"},
		{"a", `{"n":1e9999,"\u0061":"` + cert + `"}`, "certificate"},
		{"a", `{"a":1e9999}`, "unknown scan-field-missing"},
		{"a", strings.Repeat(`{"a":`, 2000) + `1` + strings.Repeat(`}`, 2000), "unknown scan-field-missing"},
	} {
		r := run(t, from("x", test.line+"\n"), Options{Format: NDJSON, Field: test.field})
		if r.describe() != test.want {
			t.Errorf("%.60s: %s, want %s", test.line, r.describe(), test.want)
		}
	}
}

func TestInvalidOptions(t *testing.T) {
	for _, opt := range []Options{
		{Format: "xml"}, {Output: "csv"}, {Row: true, Format: PEM}, {Row: true, Format: DER}, {Full: true, Fields: []string{"line"}},
		{Fields: []string{"no"}}, {Fields: []string{}}, {Field: "a..b"}, {Wrap: "x", Output: Tabs},
	} {
		if _, err := Run(context.Background(), io.Discard, from(), opt); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

// failingWriter takes a number of writes.
type failingWriter struct{ left int }

var errFull = errors.New("full")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestEndsEarly shows that a run ends when the output fails, when Progress says so,
// and when its context ends, with an input that never does.
func TestEndsEarly(t *testing.T) {
	endless := func() Input { return Stream("x", &repeating{text: bundle(10)}) }
	if _, err := Run(context.Background(), &failingWriter{3}, slices.Values([]Input{endless()}), Options{}); err != errFull {
		t.Error(err)
	}
	errEnough := errors.New("enough")
	records := int64(0)
	_, err := Run(context.Background(), io.Discard, slices.Values([]Input{endless()}), Options{Progress: func(p Progress) error {
		if p.Records < records || p.Summary.Records != p.Records {
			t.Errorf("%d records after %d, %d counted", p.Records, records, p.Summary.Records)
		}
		if records = p.Records; records > 5000 {
			return errEnough
		}
		return nil
	}})
	if err != errEnough {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, io.Discard, slices.Values([]Input{endless()}), Options{}); err != context.DeadlineExceeded {
		t.Error(err)
	}
}

// closing says when it is closed.
type closing struct {
	io.Reader
	closed chan struct{}
}

func (c closing) Close() error {
	close(c.closed)
	return nil
}

// TestCloses shows that an input is closed when a run ends in the middle of it.
func TestCloses(t *testing.T) {
	for _, workers := range []int{1, 3} {
		in := closing{&repeating{text: bundle(10)}, make(chan struct{})}
		inputs := slices.Values([]Input{{Name: "x", Open: func() (io.ReadCloser, error) { return in, nil }}})
		if _, err := Run(context.Background(), &failingWriter{3}, inputs, Options{Workers: workers}); err != errFull {
			t.Error(err)
		}
		select {
		case <-in.closed:
		case <-time.After(10 * time.Second):
			t.Errorf("with %d workers the input stays open", workers)
		}
	}
}

// repeating is a text without end.
type repeating struct {
	text []byte
	pos  int
}

func (r *repeating) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		m := copy(p[n:], r.text[r.pos:])
		r.pos = (r.pos + m) % len(r.text)
		n += m
	}
	return len(p), nil
}

func TestSummary(t *testing.T) {
	expired := template()
	expired.NotAfter = now.AddDate(0, 0, -1)
	soon := template()
	soon.NotAfter = now.AddDate(0, 0, 10)
	var data bytes.Buffer
	for range 3 {
		data.Write(pemOf(certificate(1)))
	}
	data.Write(pemOf(issue(t, expired)))
	data.Write(pemOf(issue(t, soon)))
	data.Write(keyPEM(t))
	s := run(t, from("x", data.Bytes(), "y", "?"), Options{}).summary
	want := Counts{Records: 7, Certificates: 5, PrivateKeys: 1, Unreadable: 1, Accepted: 4, Rejected: 1, Errors: 2,
		Expired: 1, ExpiringSoon: 1}
	got := s.Counts
	got.Codes = nil
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if s.Distinct != 3 || s.Duplicates != 2 || s.Capped || s.Codes["certificate-expired"] != 1 {
		t.Errorf("%+v", s)
	}
	if top := s.TopIssuers(5); len(top) != 1 || top[0] != (Issuer{"CN=Test CA", 5}) {
		t.Errorf("%v", top)
	}
	if again := run(t, from("x", pemOf(certificate(1))), Options{Earlier: s.Counts}).summary; again.Certificates != 6 || !again.Capped {
		t.Errorf("%+v", again)
	}
}

// TestSummaryIsBounded shows that what is remembered has an end, and is said to have.
func TestSummaryIsBounded(t *testing.T) {
	s := newSummary(&Options{Tally: true})
	var one tally
	for i := range MaxDistinct + 10 {
		one.reset()
		one.prints = append(one.prints, [16]byte(fmt.Appendf(nil, "%016d", i)))
		one.issuers = strconv.AppendInt(one.issuers, int64(i), 10)
		one.ends = append(one.ends, len(one.issuers))
		s.add(&one)
	}
	if s.Distinct != MaxDistinct || !s.Capped || len(s.issuers) != MaxIssuers || s.OtherIssuers != MaxDistinct+10-MaxIssuers {
		t.Errorf("%d distinct, %d issuers, %d others", s.Distinct, len(s.issuers), s.OtherIssuers)
	}
	s.add(&one)
	if s.Duplicates != 0 {
		t.Error("a certificate beyond the limit was taken for a duplicate")
	}
}
