package bridge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// revoked has the inputs of a case of package ocsp: a response that says that the
// certificate was revoked, and one that says that it is good.
func revoked(t *testing.T) map[string][]byte {
	t.Helper()
	archive, err := txtar.ParseFile("../../ocsp/testdata/certificate-revoked.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".base64"); ok {
			if files[name], err = base64.StdEncoding.DecodeString(strings.ReplaceAll(string(f.Data), "\n", "")); err != nil {
				t.Fatal(err)
			}
			continue
		}
		files[f.Name] = f.Data
	}
	return files
}

const ocspTime = `"time":"2026-01-01T12:00:00Z"`

func ocspCalls(t *testing.T) [][]byte {
	files := revoked(t)
	certificate, issuer := Part{"certificate", "", files["certificate.pem"]}, Part{"issuer", "", files["issuer.pem"]}
	nonce := Part{"nonce", "", bytes.Repeat([]byte{7}, 32)}
	verify := `{"op":"verify_ocsp","options":{` + ocspTime + `}}`
	return [][]byte{
		frame(verify, certificate, issuer, Part{"ocsp_response", "", files["response"]}),
		frame(verify, certificate, issuer, Part{"ocsp_response", "", files["healthy/response"]}),
		frame(`{"op":"verify_ocsp","options":{`+ocspTime+`,"strict_nonce":true}}`, certificate, issuer, Part{"ocsp_response", "", files["healthy/response"]}, nonce),
		frame(`{"op":"verify_ocsp","options":{`+ocspTime+`,"stapled":true}}`, certificate, issuer),
		frame(`{"op":"ocsp_request"}`, certificate, issuer),
		frame(`{"op":"ocsp_request","options":{"hash":"SHA-256"}}`, certificate, issuer, nonce),
	}
}

func TestVerifyOCSP(t *testing.T) {
	var got []string
	for _, call := range ocspCalls(t)[:4] {
		var said struct {
			Schema, Status, Reason, Code string
			Findings                     []struct{ Code string }
		}
		if err := json.Unmarshal(mustDo(t, call), &said); err != nil {
			t.Fatal(err)
		}
		if said.Schema != "certloupe.ocsp/1" || (said.Status == "good") != (len(said.Findings) == 0) {
			t.Errorf("the result is %+v", said)
		}
		got = append(got, strings.Join([]string{said.Status, said.Reason, said.Code}, " "))
	}
	want := []string{"revoked keyCompromise ", "good  ", "refused  ocsp-nonce-missing", "unknown  "}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("the results are %q, want %q", got, want)
	}
}

func TestOCSPRequest(t *testing.T) {
	for i, call := range ocspCalls(t)[4:] {
		result := mustDo(t, call)
		about, rest, ok := chunk(result)
		request, rest, ok2 := chunk(rest)
		if !ok || !ok2 || len(rest) > 0 || len(request) == 0 || request[0] != 0x30 {
			t.Fatalf("the result is %q", result)
		}
		var said struct {
			Schema    string
			OCSP, Get []string
		}
		if err := json.Unmarshal(about, &said); err != nil || said.Schema != "certloupe.ocsp-request/1" || len(said.OCSP) != len(said.Get) {
			t.Errorf("%s: %v", about, err)
		}
		if bytes.Contains(request, bytes.Repeat([]byte{7}, 32)) != (i == 1) {
			t.Errorf("request %d has the wrong nonce", i)
		}
	}
	files := revoked(t)
	issuer := files["issuer.pem"]
	wantError(t, CodePart, frame(`{"op":"ocsp_request"}`, Part{"certificate", "", files["certificate.pem"]}, Part{"issuer", "", files["certificate.pem"]}))
	wantError(t, CodePart, frame(`{"op":"ocsp_request"}`, Part{"certificate", "", append(bytes.Clone(issuer), issuer...)}, Part{"issuer", "", issuer}))
	wantError(t, CodeOption, frame(`{"op":"ocsp_request","options":{"hash":"MD5"}}`, Part{"certificate", "", files["certificate.pem"]}, Part{"issuer", "", issuer}))
	wantError(t, CodePart, frame(`{"op":"verify_ocsp","options":{"stapled":true}}`,
		Part{"certificate", "", files["certificate.pem"]}, Part{"issuer", "", issuer}, Part{"nonce", "", []byte("n")}))
	wantError(t, CodePart, frame(`{"op":"verify_ocsp"}`, Part{"certificate", "", files["certificate.pem"]}, Part{"issuer", "", issuer}))
}
