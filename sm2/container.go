package sm2

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"

	gmsm "github.com/emmansun/gmsm/sm2"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// The key of an encryption certificate is made by the CA's key management, not by
// the owner, so it has to travel. It comes wrapped for the owner's signing key, in
// one of the containers below. Servers and services want it unwrapped; people
// upload what they got. OpenContainer tells the containers apart by their content,
// opens them, and says what it found.

// Container is a form in which CAs hand out SM2 keys.
type Container uint8

// The containers that are known.
const (
	// NoContainer is everything else, certificates and plain private keys included.
	NoContainer Container = iota
	// EnvelopedKey is the SM2EnvelopedKey of GB/T 35276 and GM/T 0009: the key
	// encrypted with SM4, whose key is encrypted with SM2.
	EnvelopedKey
	// EnvelopedKeyBlob is the same as a C structure, the ENVELOPEDKEYBLOB of GB/T
	// 35291 and GM/T 0016.
	EnvelopedKeyBlob
	// EnvelopedData is an enveloped message of GB/T 35275 and GM/T 0010, signed or
	// not, with the key as its content.
	EnvelopedData
	// CSRResponse is the answer to a certificate request of GM/T 0092: signing
	// certificates, and an SM2EnvelopedKey with its encryption certificates.
	CSRResponse
	// CFCAKeyPair is the .sm2 file of the CA CFCA: a key encrypted with a password,
	// and its certificate.
	CFCAKeyPair
)

var containerNames = [...]string{
	"", "SM2EnvelopedKey (GB/T 35276, GM/T 0009)", "ENVELOPEDKEYBLOB (GB/T 35291, GM/T 0016)",
	"SM2 enveloped data (GB/T 35275, GM/T 0010)", "CSR response (GM/T 0092)", "CFCA .sm2 file",
}

// String returns the name of the container with the standard behind it. It is
// empty for NoContainer.
func (c Container) String() string {
	if int(c) >= len(containerNames) {
		return ""
	}
	return containerNames[c]
}

// Opened is what a container holds.
type Opened struct {
	Container Container
	// Key is the private key; nil if the container has none or it could not be opened.
	Key *certparse.PrivateKey
	// Certificate is the certificate in the container that belongs to Key; nil if
	// there is none.
	Certificate *certparse.Certificate
	// Certificates are all certificates in the container, in their order.
	Certificates []*certparse.Certificate
}

// Limits on containers. Real ones have some thousand bytes at most.
const (
	maxContainerSize         = 1 << 20
	maxContainerCertificates = 100
	maxRecipients            = 20
)

// OpenContainer opens a key container in DER, in base64 with or without PEM
// armour, or in its binary form. signing is the private key of the signing
// certificate, which opens all containers but CFCA's; that one takes the password.
// Either may be nil; what can be read without it is returned then. Findings are
// placed at at.
//
// The result is never nil. For anything that is no container its Container is
// NoContainer, and there are no findings.
func OpenContainer(data, password []byte, signing *certparse.PrivateKey, at finding.Where) (*Opened, []finding.Finding) {
	der, container := recognize(data)
	o := &opener{password: password, at: at, opened: &Opened{Container: container}}
	if container == NoContainer {
		return o.opened, nil
	}
	if signing != nil {
		o.hasSigning = true
		// A key of another algorithm is as wrong as another key.
		if signer, err := signing.Signer(); err == nil {
			o.signing, _ = signer.(*gmsm.PrivateKey)
		}
	}
	o.add("container-sm2")
	switch container {
	case EnvelopedKey:
		o.envelopedKey(der)
	case EnvelopedKeyBlob:
		o.envelopedKeyBlob(der)
	case EnvelopedData:
		o.envelopedData(der)
	case CSRResponse:
		o.response(der)
	case CFCAKeyPair:
		o.cfca(der)
	}
	o.match()
	return o.opened, o.findings
}

// RecognizeContainer says which container the data is, without opening it.
func RecognizeContainer(data []byte) Container {
	_, c := recognize(data)
	return c
}

// recognize takes off text encodings and returns the DER or the binary form.
func recognize(data []byte) ([]byte, Container) {
	if len(data) > maxContainerSize {
		return nil, NoContainer
	}
	if c := identify(data); c != NoContainer {
		return data, c
	}
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	} else if decoded := decodeBase64(data); decoded != nil {
		data = decoded
	} else {
		data = berToDER(data)
	}
	if c := identify(data); c != NoContainer {
		return data, c
	}
	data = berToDER(data)
	return data, identify(data)
}

// decodeBase64 decodes text that is nothing but base64 and white space. It returns
// nil for anything else.
func decodeBase64(text []byte) []byte {
	text = bytes.Join(bytes.Fields(text), nil)
	text = bytes.TrimRight(text, "=")
	if len(text) == 0 {
		return nil
	}
	decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(decoded, text)
	if err != nil {
		return nil
	}
	return decoded[:n]
}

// identify tells the containers apart by their first elements.
func identify(data []byte) Container {
	switch {
	case isEnvelopedKeyBlob(data):
		return EnvelopedKeyBlob
	case isEnvelopedKey(data):
		return EnvelopedKey
	case isEnvelopedData(data):
		return EnvelopedData
	case isResponse(data):
		return CSRResponse
	case isCFCA(data):
		return CFCAKeyPair
	}
	return NoContainer
}

// opener opens one container.
type opener struct {
	password []byte
	// signing is the signing key, if it is an SM2 key.
	signing    *gmsm.PrivateKey
	hasSigning bool
	at         finding.Where
	opened     *Opened
	findings   []finding.Finding
}

func (o *opener) add(code finding.Code, data ...finding.Datum) {
	data = append([]finding.Datum{finding.Str("container", o.opened.Container.String())}, data...)
	o.findings = append(o.findings, finding.New(code, o.at, data...))
}

func (o *opener) malformed(problem string) {
	o.add("container-malformed", finding.Str("problem", problem))
}

// key records the key that was found, and in which form.
func (o *opener) key(k *certparse.PrivateKey, form string) {
	o.opened.Key = k
	if form != "" {
		o.add("container-key-form", finding.Str("form", form))
	}
}

// certificate adds a certificate that stands in the container.
func (o *opener) certificate(der []byte) bool {
	if len(o.opened.Certificates) == maxContainerCertificates {
		o.malformed("it has more certificates than any that is in use")
		return false
	}
	cert, err := certparse.ParseCertificate(der)
	if err != nil {
		o.malformed("a certificate in it cannot be read")
		return false
	}
	o.opened.Certificates = append(o.opened.Certificates, cert)
	return true
}

// match finds the certificate that belongs to the key.
func (o *opener) match() {
	if o.opened.Key == nil || len(o.opened.Certificates) == 0 {
		return
	}
	for _, c := range o.opened.Certificates {
		if o.opened.Key.Matches(c.PublicKey()) {
			o.opened.Certificate = c
			return
		}
	}
	o.add("key-mismatch")
}
