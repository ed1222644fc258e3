// Package conformance checks the documented responses against the structs of the
// vendor's official SDK: each response must decode into the SDK's struct without
// a member that this does not have, and encode again to the same JSON value.
package conformance

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"sync"
	"testing"
	"time"

	apig "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/apig/v2/model"
	iotda "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iotda/v5/model"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/validate"
)

var judgedAt = testcerts.NotBefore.AddDate(1, 0, 0)

var allSets = sync.OnceValues(func() (map[testcerts.Kind]*testcerts.Set, error) {
	sets := map[testcerts.Kind]*testcerts.Set{}
	for _, kind := range testcerts.Kinds {
		set, err := testcerts.New(kind)
		if err != nil {
			return nil, err
		}
		sets[kind] = set
	}
	return sets, nil
})

func forEachKind(t *testing.T, test func(t *testing.T, set *testcerts.Set)) {
	sets, err := allSets()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range testcerts.Kinds {
		t.Run(string(kind), func(t *testing.T) { test(t, sets[kind]) })
	}
}

// response judges a request, which must be accepted, and returns its response as JSON.
func response(t *testing.T, request validate.Request) []byte {
	t.Helper()
	report := validate.Upload(request, validate.Options{Time: judgedAt})
	if report.Verdict != validate.Accepted {
		for _, f := range report.Findings {
			t.Logf("%s %s: %s", f.Severity, f.Code, f.Message)
		}
		t.Fatalf("verdict %s", report.Verdict)
	}
	text, err := json.Marshal(report.Response)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// decode decodes text into the SDK's struct and compares what that encodes to.
// Every member of the struct must have been there, save those in absent.
func decode[T any](t *testing.T, text []byte, absent ...string) T {
	t.Helper()
	var decoded T
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&decoded); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("something follows the response: %s", text)
	}
	again, err := json.Marshal(decoded)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(value(t, text), value(t, again)) {
		t.Errorf("the response changed on its way through the SDK\nours: %s\nSDK:  %s", text, again)
	}
	missing := map[string]bool{}
	for _, name := range absent {
		missing[name] = true
	}
	v := reflect.ValueOf(decoded)
	for i := range v.NumField() {
		if field := v.Type().Field(i); v.Field(i).Kind() == reflect.Pointer && v.Field(i).IsNil() != missing[field.Name] {
			t.Errorf("%s: absent is %v", field.Name, v.Field(i).IsNil())
		}
	}
	return decoded
}

// value is text as a JSON value whose numbers keep all their digits.
func value(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// body encodes the members of a request as a client would send them.
func body(t *testing.T, members map[string]any) []byte {
	t.Helper()
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func keyPEM(t *testing.T, c *testcerts.Certificate) string {
	t.Helper()
	text, err := c.KeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func chain(certs ...*testcerts.Certificate) string {
	var text []byte
	for _, c := range certs {
		text = append(text, c.PEM()...)
	}
	return string(text)
}

func read[T validate.Request](t *testing.T, operation validate.Operation, members map[string]any) T {
	t.Helper()
	request, err := validate.ReadRequest(operation, body(t, members))
	if err != nil {
		t.Fatal(err)
	}
	typed, ok := request.(T)
	if !ok {
		t.Fatalf("%s gives a %T", operation, request)
	}
	return typed
}

func same[T comparable](t *testing.T, what string, got *T, want T) {
	t.Helper()
	if got == nil || *got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestServerCertificate(t *testing.T) {
	forEachKind(t, func(t *testing.T, set *testcerts.Set) {
		request := read[*validate.AddServerCertificate](t, validate.OpAddServerCertificate, map[string]any{
			"certificate_pem": chain(set.Server, set.Intermediate, set.Root),
			"private_key":     keyPEM(t, set.Server),
		})
		request.ServerCertificateID = "5c90fa7d3c4e4405e8525079"
		r := decode[iotda.CreateServerCertificateResponse](t, response(t, request))
		same(t, "common name", r.CommonName, "www.example.com")
		same(t, "owner", r.CertificateOwner, "CN=www.example.com, OU=Gateway, O=Example Ltd, L=Shenzhen, ST=Guangdong, C=CN")
		same(t, "expiry date", r.ExpiryDate, "20350304T050607Z")
	})
}

func TestCACertificate(t *testing.T) {
	forEachKind(t, func(t *testing.T, set *testcerts.Set) {
		request := read[*validate.UpdateCACertificate](t, validate.OpUpdateCACertificate, map[string]any{
			"provision_enable":  true,
			"template_id":       "61c970ce2d63eb6ee655dbf0",
			"ocsp_enable":       true,
			"ocsp_ssl_enable":   true,
			"ocsp_server_ca_id": "dc1c0d60-9b5c-4b0d-8c58-2dd0d7b0a5c2",
		})
		request.Certificate = set.Root.PEM()
		request.Current = validate.ReadCACertificateRecord(body(t, map[string]any{
			"certificate_id": "string",
			"cn_name":        "Example Root " + string(set.Root.Kind),
			"owner":          "CN=Example Root " + string(set.Root.Kind) + ", O=Example Trust, C=CN",
			"status":         true,
			"verify_code":    "0123456789abcdef",
			"create_date":    "20250305T000000Z",
			"effective_date": "20250304T050607Z",
			"expiry_date":    "20350304T050607Z",
		}))
		text := response(t, request)
		r := decode[iotda.UpdateCertificateResponse](t, text)
		same(t, "OCSP", r.OcspEnable, true)
		same(t, "effective date", r.EffectiveDate, "20250304T050607Z")

		request.TemplateID = validate.Null[string]()
		request.ProvisionEnable = validate.Set(false)
		decode[iotda.UpdateCertificateResponse](t, response(t, request), "TemplateId")
	})
}

func TestDeviceCertificate(t *testing.T) {
	forEachKind(t, func(t *testing.T, set *testcerts.Set) {
		for _, status := range []string{"", "ACTIVE", "INACTIVE"} {
			r := decode[iotda.ShowDeviceCertificateResponse](t, response(t, &validate.DeviceCertificateQuery{
				Certificate:   set.Device.PEM(),
				CertificateID: "5c90fa7d3c4e4405e8525079",
				Status:        status,
				CA:            set.Intermediate.PEM(),
			}))
			if status == "" {
				status = "ACTIVE"
			}
			same(t, "status", r.Status, status)
			same(t, "PEM", r.CertificatePem, string(set.Device.PEM()))
		}
	})
}

func TestSSLCertificate(t *testing.T) {
	forEachKind(t, func(t *testing.T, set *testcerts.Set) {
		form := map[string]any{
			"name":            "gateway_1",
			"cert_content":    chain(set.Server, set.Intermediate),
			"private_key":     keyPEM(t, set.Server),
			"type":            "instance",
			"instance_id":     "6e2b1d9c4e5f4a7c9d3f0a1b2c3d4e5f",
			"trusted_root_ca": chain(set.Root),
		}
		algorithms := apig.GetUpdateCertificateV2ResponseAlgorithmTypeEnum()
		algorithm, signature := algorithms.RSA, "SHA256-RSA"
		switch set.Root.Kind {
		case testcerts.ECDSA:
			algorithm, signature = algorithms.ECC, "ECDSA-SHA256"
		case testcerts.SM2:
			algorithm, signature = algorithms.SM2, "SM2-SM3"
			form["cert_content"], form["private_key"] = chain(set.Encryption, set.Intermediate), keyPEM(t, set.Encryption)
			form["cert_content_sign"], form["private_key_sign"] = chain(set.Signing, set.Intermediate), keyPEM(t, set.Signing)
		}
		form["algorithm_type"] = algorithm.Value()
		request := read[*validate.SSLCertificateForm](t, validate.OpModifySSLCertificate, form)
		request.CertificateID, request.ProjectID = "a27be832f2e9441c8127fe48e3b5ac67", "db9b5a4c51a44c20a0f3b1a9"
		request.CreateTime = time.Date(2025, 4, 5, 6, 7, 8, 0, time.UTC)
		request.UpdateTime = time.Date(2025, 5, 6, 7, 8, 9, 0, time.UTC)
		r := decode[apig.UpdateCertificateV2Response](t, response(t, request))
		same(t, "algorithm", r.AlgorithmType, algorithm)
		same(t, "type", r.Type, apig.GetUpdateCertificateV2ResponseTypeEnum().INSTANCE)
		same(t, "signature algorithm", r.SignatureAlgorithm, signature)
		same(t, "trusted root", r.IsHasTrustedRootCa, true)
		if !time.Time(*r.NotAfter).Equal(testcerts.NotAfter) {
			t.Errorf("not after: %v", r.NotAfter)
		}

		delete(form, "type")
		delete(form, "instance_id")
		delete(form, "trusted_root_ca")
		request = read[*validate.SSLCertificateForm](t, validate.OpModifySSLCertificate, form)
		r = decode[apig.UpdateCertificateV2Response](t, response(t, request), "Id", "ProjectId", "CreateTime", "UpdateTime")
		same(t, "type", r.Type, apig.GetUpdateCertificateV2ResponseTypeEnum().GLOBAL)
		same(t, "instance", r.InstanceId, "common")
		same(t, "trusted root", r.IsHasTrustedRootCa, false)
	})
}
