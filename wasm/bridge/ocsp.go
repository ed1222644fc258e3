package bridge

import (
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/ocsp"
)

// verifyOptions are the options of verify_ocsp, as ocsp.Options has them.
type verifyOptions struct {
	Time time.Time
	// SkewSeconds and MaxAgeSeconds are 0 for the defaults.
	SkewSeconds   int
	MaxAgeSeconds int
	StrictNonce   bool
	// Stapled says that the response came with the certificate. It may then be left
	// out, which is a finding if the certificate demands one.
	Stapled bool
}

func (o *verifyOptions) option(name string) any {
	switch name {
	case "time":
		return &o.Time
	case "skew_seconds":
		return &o.SkewSeconds
	case "max_age_seconds":
		return &o.MaxAgeSeconds
	case "strict_nonce":
		return &o.StrictNonce
	case "stapled":
		return &o.Stapled
	}
	return nil
}

// maxSeconds keeps a number of seconds within a time.Duration.
const maxSeconds = maxDays * 24 * 60 * 60

func seconds(n int) time.Duration {
	return time.Duration(max(-1, min(int64(n), maxSeconds))) * time.Second
}

// only reads the one certificate that a part must have.
func only(role string, data []byte) (*certparse.Certificate, *failure) {
	if data == nil {
		return nil, &failure{CodePart, "the part " + role + " is missing"}
	}
	found := certparse.Parse(data, certparse.Options{Name: role}).Certificates()
	if len(found) != 1 {
		return nil, &failure{CodePart, "the part " + role + " must have one certificate"}
	}
	return found[0], nil
}

// pair reads a certificate and that of its issuer. That the one issued the other is
// checked, since both who is asked and whose signature counts follow from it.
func pair(certificate, issuer []byte) (c, by *certparse.Certificate, failed *failure) {
	if c, failed = only("certificate", certificate); failed != nil {
		return nil, nil, failed
	}
	if by, failed = only("issuer", issuer); failed != nil {
		return nil, nil, failed
	}
	if !by.Subject().Equal(c.Issuer()) || c.CheckSignature(by.PublicKey()) != nil {
		return nil, nil, &failure{CodePart, "the certificate was not issued by the issuer"}
	}
	return c, by, nil
}

func verifyOCSP(c *call) ([]byte, *failure) {
	var opt verifyOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	var response, certificate, issuer, nonce []byte
	if failed := c.roles(map[string]*[]byte{
		"ocsp_response": &response, "certificate": &certificate, "issuer": &issuer, "nonce": &nonce,
	}, nil); failed != nil {
		return nil, failed
	}
	subject, by, failed := pair(certificate, issuer)
	if failed != nil {
		return nil, failed
	}
	options := ocsp.Options{
		Time: opt.Time, Skew: seconds(opt.SkewSeconds), MaxAge: seconds(opt.MaxAgeSeconds), Nonce: nonce, StrictNonce: opt.StrictNonce,
	}
	if options.Time.IsZero() {
		options.Time = time.Now()
	}
	judge := ocsp.Verify
	switch {
	case opt.Stapled && nonce != nil:
		return nil, &failure{CodePart, "a stapled response answers no nonce"}
	case opt.Stapled:
		judge = ocsp.Staple
	case response == nil:
		return nil, &failure{CodePart, "the part ocsp_response is missing"}
	}
	result, err := judge(response, subject, by, options)
	if err != nil {
		return nil, &failure{CodePart, err.Error()}
	}
	return resultJSON(result), nil
}

func resultJSON(r *ocsp.Result) []byte {
	w := jsontext.NewWriter(nil, "  ")
	w.BeginObject()
	w.StringField("schema", "certloupe.ocsp/1")
	w.StringField("status", r.Status.String())
	if r.Code != "" {
		w.StringField("code", string(r.Code))
	}
	if r.Status == ocsp.Revoked {
		w.StringField("revoked_at", certparse.RFC3339(r.RevokedAt))
		w.StringField("reason", r.Reason.String())
	}
	for _, d := range []struct {
		key string
		at  time.Time
	}{{"produced_at", r.ProducedAt}, {"this_update", r.ThisUpdate}, {"next_update", r.NextUpdate}} {
		if !d.at.IsZero() {
			w.StringField(d.key, certparse.RFC3339(d.at))
		}
	}
	if r.Delegate != nil {
		w.StringField("delegate", r.Delegate.Subject().DN())
	}
	writeFindings(w, "findings", r.Findings)
	w.EndObject()
	return append(w.Bytes(), '\n')
}

// askOptions are the options of ocsp_request.
type askOptions struct {
	// Hash is that of the CertID: SHA-1, the default, or another name that ocsp.Hash has.
	Hash string
}

func (o *askOptions) option(name string) any {
	switch name {
	case "hash":
		return &o.Hash
	}
	return nil
}

// requestOCSP returns two chunks: a JSON object with the addresses that the
// certificate names, and the DER of the request. The addresses are from the
// certificate, so whoever made it chose them; the caller decides whether to ask.
func requestOCSP(c *call) ([]byte, *failure) {
	var opt askOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	var certificate, issuer, nonce []byte
	if failed := c.roles(map[string]*[]byte{"certificate": &certificate, "issuer": &issuer, "nonce": &nonce}, nil); failed != nil {
		return nil, failed
	}
	subject, by, failed := pair(certificate, issuer)
	if failed != nil {
		return nil, failed
	}
	hash := ocsp.SHA1
	for opt.Hash != "" && hash.String() != opt.Hash {
		if hash == ocsp.SM3 {
			return nil, &failure{CodeOption, "there is no such hash"}
		}
		hash++
	}
	request, err := ocsp.Request(subject, by, ocsp.RequestOptions{Hash: hash, Nonce: nonce})
	if err != nil {
		return nil, &failure{CodePart, err.Error()}
	}
	sources := ocsp.SourcesOf(subject)
	w := jsontext.NewWriter(nil, "  ")
	w.BeginObject()
	w.StringField("schema", "certloupe.ocsp-request/1")
	w.StringsField("ocsp", sources.OCSP)
	var get []string
	for _, responder := range sources.OCSP {
		get = append(get, ocsp.GetURL(responder, request))
	}
	w.StringsField("get", get)
	w.StringsField("crls", sources.CRLs)
	w.StringsField("deltas", sources.Deltas)
	w.BoolField("must_staple", sources.MustStaple)
	w.BoolField("no_revocation", sources.NoRevocation)
	w.BoolField("short_lived", sources.ShortLived)
	w.EndObject()
	return appendChunk(appendChunk(nil, append(w.Bytes(), '\n')), request), nil
}
