package validate_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/validate"
)

// document reads an example of the documents.
func document(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "gen", "documents", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func yes() *bool { v := true; return &v }

func no() *bool { v := false; return &v }

// TestExampleResponses writes the documents' example responses with the types of
// this package: the same members with the same values in the same order.
func TestExampleResponses(t *testing.T) {
	pem := "-----BEGIN CERTIFICATE-----****-----END CERTIFICATE-----"
	for name, response := range map[string]validate.Response{
		"server-certificate-response.json": &validate.ServerCertificate{
			ServerCertificateID: "60f8c49169d4840337930a4b", CommonName: "iotda",
			EffectiveDate: "20251212T121212Z", ExpiryDate: "20301212T121212Z",
			CertificateOwner:  "CN=Huawei Cloud Core Network Product CA, O=Huawei, C=CN",
			CertificateIssuer: "CN=Huawei Cloud Core Network Product CA, O=Huawei, C=CN",
		},
		"ca-certificate-response.json": &validate.CACertificate{
			CertificateID: "string", CNName: "string", Owner: "string", Status: yes(), VerifyCode: "string",
			ProvisionEnable: yes(), TemplateID: "61c970ce2d63eb6ee655dbf0",
			CreateDate: "20191212T121212Z", EffectiveDate: "20191212T121212Z", ExpiryDate: "20221212T121212Z",
			OCSPEnable: no(), OCSPServerCAID: "60fa667369d4840337930aec", OCSPSSLEnable: yes(),
		},
		"device-certificate-response.json": &validate.DeviceCertificate{
			CertificateID: "75a0c144-7c3c-4dac-9fd6-8c63dd9e969d", CommonName: "iot_device", ExpiryDate: "20230810T070547Z",
			Fingerprint: "4838A6CCBC582DC22647005FBDFB2B110632DDDA5FCFB55B3307C122EFC2D1BA", Status: "ACTIVE", CertificatePEM: pem,
		},
		"ssl-certificate-response.json": &validate.SSLCertificate{
			ID: "a27be832f2e9441c8127fe48e3b5ac67", Name: "cert_demo", CommonName: "apigtest.example.com",
			SAN: []string{"apigtest.example.com", "*.san.com"}, Version: 3,
			Organization: []string{"XX"}, OrganizationalUnit: []string{"IT"}, Locality: []string{"XX"}, State: []string{"XX"}, Country: []string{"XX"},
			NotBefore: "2019-06-01T00:00:00Z", NotAfter: "2031-08-16T06:36:13Z", SerialNumber: "13010", Issuer: []string{"XXSSL Inc"},
			SignatureAlgorithm: "SHA256-RSA", CreateTime: "2021-08-20T02:03:53Z", UpdateTime: "2021-08-20T02:03:53Z", AlgorithmType: "RSA",
		},
	} {
		got, err := json.Marshal(response)
		if err != nil {
			t.Fatal(err)
		}
		// The one example whose JSON is not what its own table says.
		text := strings.Replace(string(document(t, name)), `"ocsp_enable" : "false,"`, `"ocsp_enable" : false`, 1)
		var want bytes.Buffer
		if err := json.Compact(&want, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if string(got) != want.String() {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want.String())
		}
	}
}

// TestExampleCertificate looks at the certificate of the example request to add a
// server certificate, whose BEGIN line is mended, in the time of its validity.
func TestExampleCertificate(t *testing.T) {
	var found *golden.Case
	for _, c := range loadCases(t) {
		if c.Name == "documents/003-certificate" {
			found = c
		}
	}
	if found == nil {
		t.Fatal("the case documents/003-certificate is gone")
	}
	var report struct {
		Certificates []map[string]any
	}
	if err := json.Unmarshal(run(t, found, golden.Failing).JSON(), &report); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"common_name":    "123456789",
		"effective_date": "20191219T131526Z",
		"expiry_date":    "20221008T131526Z",
		"fingerprint":    "E5802EA7B1554C7DDDA48A69118DD6EB8ECC3616035BCBD2F8356290D6A55D05",
	} {
		if got := report.Certificates[0][key]; got != want {
			t.Errorf("%s is %v, want %s", key, got, want)
		}
	}
}
