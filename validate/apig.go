package validate

import (
	"slices"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// This file has the operation of the API gateway.

// SSLCertificateForm is the request to modify an SSL certificate:
// PUT /v2/{project_id}/apigw/certificates/{certificate_id}.
//
// With AlgorithmType SM2 it carries a pair: CertContentSign and PrivateKeySign
// are for signing, CertContent and PrivateKey for encryption.
type SSLCertificateForm struct {
	// Name has 4 to 50 characters: letters, digits and underscores, starting with a letter.
	Name Field[string]
	// CertContent is the certificate with its chain as PEM.
	CertContent Field[string]
	// PrivateKey is its private key as PEM, not encrypted.
	PrivateKey Field[string]
	// Type is "global" (the default) or "instance".
	Type Field[string]
	// InstanceID is mandatory when Type is "instance".
	InstanceID Field[string]
	// TrustedRootCA is the CA certificate for client certificates, when Type is "instance".
	TrustedRootCA Field[string]
	// AlgorithmType is "RSA", "ECC" or "SM2".
	AlgorithmType Field[string]
	// CertContentSign is the signing certificate of an SM2 pair, at most 8,092 characters.
	CertContentSign Field[string]
	// PrivateKeySign is its private key, at most 8,092 characters.
	PrivateKeySign Field[string]

	// CertificateID, ProjectID, CreateTime and UpdateTime go into the response, if known.
	CertificateID, ProjectID string
	CreateTime, UpdateTime   time.Time

	body bodyFindings
}

// The documented constraints of the fields of SSLCertificateForm.
var (
	ruleName = textRule{name: "name", required: true, min: 4, max: 50,
		expected: "letters, digits and underscores, starting with a letter"}
	ruleCertContent     = textRule{name: "cert_content", required: true, min: 1}
	ruleAPIGPrivateKey  = textRule{name: "private_key", required: true, min: 1}
	ruleType            = textRule{name: "type", allowed: []string{"instance", "global"}}
	ruleInstanceID      = textRule{name: "instance_id", min: 1}
	ruleTrustedRootCA   = textRule{name: "trusted_root_ca", min: 1}
	ruleAlgorithmType   = textRule{name: "algorithm_type", allowed: []string{"RSA", "ECC", "SM2"}}
	ruleCertContentSign = textRule{name: "cert_content_sign", min: 1, max: 8092}
	rulePrivateKeySign  = textRule{name: "private_key_sign", min: 1, max: 8092}
)

// Profile returns APIGSSL.
func (r *SSLCertificateForm) Profile() Profile { return APIGSSL }

func (r *SSLCertificateForm) judge(j *judge) Response {
	if j.body(r.body) {
		return nil
	}
	name := r.name(j)
	content, contentOK := j.text(r.CertContent, ruleCertContent)
	key, keyOK := j.text(r.PrivateKey, ruleAPIGPrivateKey)
	kind, ok := j.text(r.Type, ruleType)
	if !ok {
		kind = "global"
	}
	instance := r.instance(j, kind)
	root, rootOK := j.text(r.TrustedRootCA, ruleTrustedRootCA)
	stated, _ := j.text(r.AlgorithmType, ruleAlgorithmType)

	var in, keyIn *input
	var private *certparse.PrivateKey
	if contentOK {
		in = j.server(ruleCertContent.name, content)
	}
	if keyOK {
		keyIn = j.read(ruleAPIGPrivateKey.name, []byte(key), nil)
		private = j.wantKey(keyIn, contentRules{pemOnly: true, signing: r.signingKey})
	}
	actual := r.algorithm(j, in, stated)
	if stated == "SM2" || stated == "" && actual == "SM2" {
		r.pair(j, in, keyIn, private, stated, actual)
	} else {
		const reason = "it is used only when algorithm_type is SM2"
		j.unused(r.CertContentSign, ruleCertContentSign.name, reason)
		j.unused(r.PrivateKeySign, rulePrivateKeySign.name, reason)
		if in != nil && keyIn != nil {
			j.keyPair(in, keyIn, private)
		}
	}
	if in != nil {
		j.chain(in)
	}
	switch {
	case rootOK && kind == "instance":
		r.trustedRoot(j, root, in)
	case kind != "instance":
		j.unused(r.TrustedRootCA, ruleTrustedRootCA.name, "it is used only when type is instance")
	}
	if in == nil || len(in.certificates) == 0 {
		return nil
	}
	response := newSSLCertificate(j.report.Certificates[in.certificates[0]].Certificate)
	response.ID, response.ProjectID = r.CertificateID, r.ProjectID
	response.Name, response.Type, response.InstanceID = name, kind, instance
	hasRoot := rootOK && kind == "instance"
	response.HasTrustedRootCA = &hasRoot
	if !r.CreateTime.IsZero() {
		response.CreateTime = certparse.RFC3339(r.CreateTime)
	}
	if !r.UpdateTime.IsZero() {
		response.UpdateTime = certparse.RFC3339(r.UpdateTime)
	}
	return response
}

// signingKey is the key of the signing half, ahead of its turn.
func (r *SSLCertificateForm) signingKey() *certparse.PrivateKey {
	text, _ := r.PrivateKeySign.Get()
	return firstSM2Key([]byte(text), nil)
}

// name judges the certificate's name by the edition of the document that the options choose.
func (r *SSLCertificateForm) name(j *judge) string {
	rule := ruleName
	rule.pattern = func(s string) bool { return isCertificateName(s, j.opt.CJKNames) }
	name, ok := j.text(r.Name, rule)
	if ok && !isCertificateName(name, false) {
		j.add(finding.New("name-outside-ascii", r.Name.at(rule.name)))
	}
	return name
}

// instance judges the gateway's ID and returns what the response shows.
func (r *SSLCertificateForm) instance(j *judge, kind string) string {
	id, _ := j.text(r.InstanceID, ruleInstanceID)
	if kind != "instance" {
		j.unused(r.InstanceID, ruleInstanceID.name, "it is used only when type is instance")
		return "common"
	}
	if r.InstanceID.IsAbsent() {
		j.missing(ruleInstanceID.name, " when type is instance")
	}
	return id
}

// algorithm compares the stated type with the certificate's key and returns the type of that key.
func (r *SSLCertificateForm) algorithm(j *judge, in *input, stated string) string {
	if in == nil || len(in.certificates) == 0 {
		return ""
	}
	index := in.certificates[0]
	key := j.report.Certificates[index].PublicKey()
	actual := key.Type()
	at := j.at(index)
	at.Field = "public_key"
	if actual == "" {
		j.addTogether(finding.New("key-type-not-accepted", at, finding.Str("actual", key.Name()), finding.List("allowed", ruleAlgorithmType.allowed)))
	} else if stated != "" && stated != actual && slices.Contains(ruleAlgorithmType.allowed, stated) {
		j.addTogether(finding.New("algorithm-type-mismatch", at, finding.Str("stated", stated), finding.Str("actual", actual)))
	}
	return actual
}

// pair judges the two certificates of an SM2 upload. Which is which is decided by
// their key usage; the fields only say which was meant.
func (r *SSLCertificateForm) pair(j *judge, in, keyIn *input, private *certparse.PrivateKey, stated, actual string) {
	condition := " when algorithm_type is SM2"
	if stated == "" {
		condition = " because the certificate's key is an SM2 key"
	}
	content, contentOK := j.text(r.CertContentSign, ruleCertContentSign)
	key, keyOK := j.text(r.PrivateKeySign, rulePrivateKeySign)
	if r.CertContentSign.IsAbsent() {
		j.missing(ruleCertContentSign.name, condition)
	}
	if r.PrivateKeySign.IsAbsent() {
		j.missing(rulePrivateKeySign.name, condition)
	}
	var signIn, signKeyIn *input
	var signPrivate *certparse.PrivateKey
	if contentOK {
		signIn = j.server(ruleCertContentSign.name, content)
		j.chain(signIn)
	}
	if keyOK {
		signKeyIn = j.read(rulePrivateKeySign.name, []byte(key), nil)
		signPrivate = j.wantKey(signKeyIn, contentRules{pemOnly: true})
	}
	if in == nil || len(in.certificates) == 0 {
		return
	}
	if signIn == nil || len(signIn.certificates) == 0 {
		// What was given and cannot be read was reported with its field, and what is
		// no SM2 certificate has no other half.
		if !r.CertContentSign.IsAbsent() || actual != "SM2" {
			return
		}
	}
	signing := j.half(signIn, signKeyIn, signPrivate)
	signing.At.Input = ruleCertContentSign.name
	j.checkPair(signing, j.half(in, keyIn, private))
}

// trustedRoot judges the CA certificate for client certificates.
func (r *SSLCertificateForm) trustedRoot(j *judge, text string, in *input) {
	root := j.read(ruleTrustedRootCA.name, []byte(text), nil)
	j.wantCertificates(root, contentRules{pemOnly: true})
	j.trustedRoots(root, in)
}

// trustedRoots judges CA certificates that are handed in as trusted.
func (j *judge) trustedRoots(root, in *input) {
	for n, i := range root.certificates {
		if n >= maxChain {
			break
		}
		j.inTime(i)
		j.caPurpose(i)
		j.selfSignature(i)
	}
	if len(root.certificates) == 0 || in == nil || len(in.certificates) == 0 {
		return
	}
	for _, i := range in.certificates {
		for _, k := range root.certificates {
			if issued(j.report.Certificates[k], j.report.Certificates[i]) {
				return
			}
		}
	}
	j.addTogether(finding.New("trusted-root-mismatch", j.at(root.certificates[0])))
}

// half is one side of a pair.
func (j *judge) half(in, keyIn *input, private *certparse.PrivateKey) sm2.Half {
	var h sm2.Half
	if in != nil {
		h.At.Input = in.name
	}
	if in != nil && len(in.certificates) > 0 {
		h.Certificate, h.At = j.report.Certificates[in.certificates[0]].Certificate, j.at(in.certificates[0])
	}
	if private != nil {
		h.Key, h.KeyAt = private, j.keyAt(keyIn.keys[0])
		j.linkKey(keyIn.keys[0], private, j.allCertificates())
	}
	return h
}

func (j *judge) allCertificates() []int {
	all := make([]int, len(j.report.Certificates))
	for i := range all {
		all[i] = i
	}
	return all
}

// checkPair judges a pair and records what was learned of it.
func (j *judge) checkPair(signing, encryption sm2.Half) {
	pairing, findings := sm2.CheckPair(signing, encryption)
	j.report.Pairing = pairing
	for _, f := range findings {
		j.addTogether(f)
	}
}

// diagnoseSM2 finds out with which signer ID an SM2 signature was made that does
// not verify with the standard one.
func (j *judge) diagnoseSM2(index int, key certparse.PublicKey) (finding.Finding, bool) {
	c := j.report.Certificates[index]
	if key.Algorithm != certparse.SM2 || c.SignatureAlgorithm() != certparse.SM2WithSM3 {
		return finding.Finding{}, false
	}
	diagnosis, err := sm2.DiagnoseSignerID(key, c.RawTBSCertificate(), c.Signature())
	if err != nil {
		return finding.Finding{}, false
	}
	return diagnosis.Finding(j.at(index))
}
