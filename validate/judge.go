package validate

import (
	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// vendor says whose error codes a profile's findings carry.
type vendor uint8

const (
	noVendor vendor = iota
	vendorAPIG
	vendorIoTDA
)

func vendorOf(p Profile) vendor {
	switch p {
	case APIGSSL:
		return vendorAPIG
	case IoTDAServer, IoTDACA, IoTDADevice:
		return vendorIoTDA
	}
	return noVendor
}

// judge collects what is learned while one request is judged.
type judge struct {
	opt    Options
	vendor vendor
	report *Report
	// certificateBytes is the length of all certificates so far.
	certificateBytes int
	// chains are the inputs that were judged as chains.
	chains []*input
	// signatures are the outcomes of the checks of signatures so far.
	signatures map[signatureCheck]error
	// together are the findings that concern several inputs; they come last.
	together []finding.Finding
}

// maxCertificateBytes is how many bytes all certificates of an upload may have
// together. A report shows each in full, which takes several times as much; real
// bundles, such as all roots of a browser, have two hundred thousand.
const maxCertificateBytes = 2 << 20

// add adds a finding about one place.
func (j *judge) add(f finding.Finding) {
	j.report.Findings = append(j.report.Findings, j.withVendorCode(f))
}

// addTogether adds a finding that concerns several inputs.
func (j *judge) addTogether(f finding.Finding) {
	j.together = append(j.together, j.withVendorCode(f))
}

func (j *judge) withVendorCode(f finding.Finding) finding.Finding {
	if f.Severity == finding.Error && j.vendor != noVendor {
		rule, _ := finding.Lookup(f.Code)
		if f.VendorCode = rule.IoTDA; j.vendor == vendorAPIG {
			f.VendorCode = rule.APIG
		}
	}
	return f
}

// input is one input after reading: a request's field or a file.
type input struct {
	name string
	doc  *certparse.Document
	// data and password are what was read and what opens it.
	data, password []byte
	// container says that the input is a key container of a CA, and which.
	container sm2.Container
	// certificates and keys are indexes into the report's.
	certificates, keys []int
	// privateKeys are the keys themselves, in the order of keys.
	privateKeys []*certparse.PrivateKey
	// leaf is the certificate that the private key belongs to, if it is not the
	// first one.
	leaf int
	// assembled are the certificates of its chain as they should be sent.
	assembled []int
	// damaged says that something about the input is wrong already, so that what
	// is missing in it needs no second finding.
	damaged bool
}

// read reads an input and adds its certificates, keys and findings to the report.
func (j *judge) read(name string, data, password []byte) *input {
	doc := certparse.Parse(data, certparse.Options{Name: name, Password: password, MaxSize: j.opt.MaxSize})
	in := &input{name: name, doc: doc, data: data, password: password, damaged: finding.Worst(doc.Findings) == finding.Error}
	if !in.holdsUnpacked() {
		in.container = sm2.RecognizeContainer(data)
	}
	if in.container != sm2.NoContainer {
		// It is not the text or the DER that it was read as.
		doc.Findings, in.damaged = nil, false
		for i := range doc.Blocks {
			doc.Blocks[i].Container = nil
		}
	}
	for _, f := range doc.Findings {
		j.add(f)
	}
	hasKey := false
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		hasKey = hasKey || b.Kind == certparse.KindPrivateKey || b.Kind == certparse.KindPKCS12
		if b.Certificate != nil && !in.addCertificate(j, len(b.DER), Certificate{Certificate: b.Certificate, Input: name, Block: i + 1}) {
			break
		}
		if b.PrivateKey != nil {
			in.add(j, b.PrivateKey, Key{Block: i + 1})
		}
		if b.Container != nil && !in.unpack(j, b.Container, i+1) {
			break
		}
	}
	if doc.Repaired != nil {
		r := Repaired{Input: name}
		if !hasKey {
			r.PEM = doc.Repaired
		}
		j.report.Repaired = append(j.report.Repaired, r)
	}
	return in
}

// addCertificate adds a certificate of the input to the report, with its findings.
// It returns false if there are too many; size is how many bytes it came in.
func (in *input) addCertificate(j *judge, size int, c Certificate) bool {
	if j.certificateBytes += size; j.certificateBytes > maxCertificateBytes {
		j.add(finding.New("input-too-large", finding.Where{Input: in.name, Block: c.Block}, finding.Int("limit", maxCertificateBytes)))
		return false
	}
	index := len(j.report.Certificates)
	in.certificates = append(in.certificates, index)
	j.report.Certificates = append(j.report.Certificates, c)
	for _, f := range c.Findings(j.at(index)) {
		j.add(f)
	}
	j.weakKey(index)
	return true
}

// add adds a private key of the input to the report; k has what is not the key's own.
func (in *input) add(j *judge, key *certparse.PrivateKey, k Key) {
	in.keys = append(in.keys, len(j.report.Keys))
	in.privateKeys = append(in.privateKeys, key)
	k.Input, k.Public, k.Format, k.Encryption = in.name, key.Public(), key.Format(), key.Encryption()
	j.report.Keys = append(j.report.Keys, k)
}

// at is the place of the certificate with the given index.
func (j *judge) at(index int) finding.Where {
	c := j.report.Certificates[index]
	return finding.Where{Input: c.Input, Block: c.Block, Certificate: finding.At(index)}
}

// keyAt is the place of the private key with the given index.
func (j *judge) keyAt(index int) finding.Where {
	k := j.report.Keys[index]
	return finding.Where{Input: k.Input, Block: k.Block}
}

// contentRules says what an input may hold.
type contentRules struct {
	// pemOnly says that the input is a text field, so DER is no use there.
	pemOnly bool
	// keyAllowed says that a private key may stand beside the certificates.
	keyAllowed bool
	// single says that there may be one certificate only.
	single bool
	// signing returns the signing key, which opens containers; nil if there is none.
	signing func() *certparse.PrivateKey
}

// wantCertificates reports what an input that should hold certificates holds instead.
func (j *judge) wantCertificates(in *input, rules contentRules) {
	at := finding.Where{Input: in.name}
	packed := j.packed(in, finding.Error)
	if !rules.keyAllowed && in.holds(certparse.KindPrivateKey) {
		j.add(finding.New("key-in-certificate-field", at))
		in.damaged = true
	}
	if rules.pemOnly && !in.doc.Text && !in.damaged && len(in.certificates) > 0 && !packed {
		j.add(finding.New("der-instead-of-pem", at, finding.Str("content", "a certificate")))
	}
	if n := len(in.certificates); n > 0 {
		if rules.single && n > 1 {
			j.add(finding.New("several-certificates", at, finding.Int("count", n)))
		}
		return
	}
	if _, ok := j.container(in, nil); ok {
		return
	}
	if f, ok := in.otherContent(); ok {
		j.add(f)
	} else if !in.damaged && !packed {
		j.add(finding.New("certificate-missing", at))
	}
}

// wantKey reports what an input that should hold one private key holds instead.
// It returns the key, or nil if there is none that could be opened.
func (j *judge) wantKey(in *input, rules contentRules) *certparse.PrivateKey {
	at := finding.Where{Input: in.name}
	packed := j.packed(in, finding.Error)
	if !in.holds(certparse.KindPrivateKey) && len(in.certificates) > 0 && !packed {
		j.add(finding.New("certificate-in-key-field", at))
		return nil
	}
	if rules.pemOnly && !in.doc.Text && !in.damaged && !packed && in.holds(certparse.KindPrivateKey) {
		j.add(finding.New("der-instead-of-pem", at, finding.Str("content", "a private key")))
	}
	if n := in.count(certparse.KindPrivateKey); n > 1 {
		j.add(finding.New("several-private-keys", at, finding.Int("count", n)))
		return nil
	}
	if len(in.privateKeys) == 1 {
		return in.privateKeys[0]
	}
	if key, ok := j.container(in, rules.signing); ok {
		return key
	}
	if in.holds(certparse.KindPublicKey) {
		j.add(finding.New("public-key-in-key-field", at))
	} else if f, ok := in.otherContent(); ok {
		j.add(f)
	} else if !in.damaged && !packed {
		j.add(finding.New("private-key-missing", at))
	}
	return nil
}

// count counts what is of a kind, in containers too.
func (in *input) count(kind certparse.Kind) int {
	n := 0
	for i := range in.doc.Blocks {
		b := &in.doc.Blocks[i]
		if b.Kind == kind {
			n++
		}
		if b.Container != nil {
			n += b.Container.Count(kind)
		}
	}
	return n
}

func (in *input) holds(kind certparse.Kind) bool { return in.count(kind) > 0 }

// otherContent is the finding for an input that holds neither certificates nor
// private keys but something else that is known. Containers have one already, see packed.
func (in *input) otherContent() (f finding.Finding, ok bool) {
	at := finding.Where{Input: in.name}
	for i := range in.doc.Blocks {
		switch in.doc.Blocks[i].Kind {
		case certparse.KindCertificateRequest:
			return finding.New("csr-not-certificate", at), true
		case certparse.KindCRL:
			return finding.New("crl-not-certificate", at), true
		case certparse.KindPublicKey:
			return finding.New("public-key-not-certificate", at), true
		case certparse.KindOpenSSHKey:
			return finding.New("openssh-key", at), true
		}
	}
	return f, false
}
