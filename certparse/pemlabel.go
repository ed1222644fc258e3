package certparse

import (
	"slices"
	"strings"
)

// pemLabel is a label that software writes, and the forms that belong under it.
type pemLabel struct {
	name string
	kind Kind
	// squeezed is the name without its blanks and periods.
	squeezed string
	// fits are the forms for which the label is right.
	fits []form
}

// pemLabels are the known labels, those of RFC 7468 and of common software. What
// has KindUnknown is known not to be of use here.
var pemLabels = func() []pemLabel {
	ls := []pemLabel{
		{name: "CERTIFICATE", kind: KindCertificate, fits: []form{formCertificate}},
		{name: "PRIVATE KEY", kind: KindPrivateKey, fits: []form{formPKCS8}},
		{name: "RSA PRIVATE KEY", kind: KindPrivateKey, fits: []form{formPKCS1}},
		{name: "EC PRIVATE KEY", kind: KindPrivateKey, fits: []form{formSEC1}},
		{name: "ENCRYPTED PRIVATE KEY", kind: KindPrivateKey, fits: []form{formEncryptedPKCS8}},
		{name: "SM2 PRIVATE KEY", kind: KindPrivateKey, fits: []form{formSEC1}},
		{name: "DSA PRIVATE KEY", kind: KindPrivateKey, fits: []form{formDSA}},
		{name: "PUBLIC KEY", kind: KindPublicKey, fits: []form{formSPKI}},
		{name: "RSA PUBLIC KEY", kind: KindPublicKey, fits: []form{formPKCS1Public}},
		{name: "CERTIFICATE REQUEST", kind: KindCertificateRequest, fits: []form{formCSR}},
		{name: "NEW CERTIFICATE REQUEST", kind: KindCertificateRequest, fits: []form{formCSR}},
		{name: "X509 CRL", kind: KindCRL, fits: []form{formCRL}},
		{name: "PKCS7", kind: KindPKCS7, fits: []form{formPKCS7}},
		{name: "PKCS #7 SIGNED DATA", kind: KindPKCS7, fits: []form{formPKCS7}},
		{name: "CMS", kind: KindPKCS7, fits: []form{formPKCS7}},
		{name: "PKCS12", kind: KindPKCS12, fits: []form{formPKCS12}},
		{name: "OPENSSH PRIVATE KEY", kind: KindOpenSSHKey, fits: []form{formOpenSSH}},
		{name: "EC PARAMETERS", kind: KindParameters, fits: []form{formECParameters}},
		{name: "SM2 PARAMETERS", kind: KindParameters, fits: []form{formECParameters}},
		{name: labelX509, kind: KindCertificate},
		{name: labelTrusted, kind: KindCertificate},
		{name: "X.509 CERTIFICATE", kind: KindCertificate},
		{name: "DH PARAMETERS"},
		{name: "X9.42 DH PARAMETERS"},
		{name: "DSA PARAMETERS"},
		{name: "ATTRIBUTE CERTIFICATE"},
		{name: "SSL SESSION PARAMETERS"},
	}
	for i := range ls {
		ls[i].squeezed = string(squeeze(nil, []byte(ls[i].name)))
	}
	return ls
}()

const (
	labelX509    = "X509 CERTIFICATE"
	labelTrusted = "TRUSTED CERTIFICATE"
	// prefixPGP starts the labels of OpenPGP, whose armor is not PEM.
	prefixPGP = "PGP "
)

// findLabel returns the known label that is exactly name, or nil.
func findLabel(name []byte) *pemLabel {
	for i := range pemLabels {
		if l := &pemLabels[i]; string(name) == l.name {
			return l
		}
	}
	return nil
}

// labelKind is the kind of content that a label promises.
func labelKind(name string) Kind {
	if l := findLabel([]byte(name)); l != nil {
		return l.kind
	}
	return KindUnknown
}

// fit says how well a label goes with its content.
type fit uint8

const (
	fits      fit = iota
	tolerated     // OpenSSL reads it all the same, others do not
	misfit
)

func (f form) fit(label string) fit {
	if label == forms[f].label {
		return fits
	}
	l := findLabel([]byte(label))
	switch {
	case l == nil:
		return misfit
	case slices.Contains(l.fits, f):
		return fits
	case f == formCertificate && (label == labelX509 || label == labelTrusted):
		return tolerated
	}
	return misfit
}

// squeeze appends s to out in upper case, without blanks and punctuation that
// damage adds or drops: what is left must be the letters and digits of a known label.
func squeeze(out, s []byte) []byte {
	for _, c := range s {
		switch {
		case 'a' <= c && c <= 'z':
			out = append(out, c-'a'+'A')
		case c == ' ', c == '\t', c == '_', c == '.', c == ':', c == '+', c == 0:
		default:
			out = append(out, c)
		}
	}
	return out
}

// squeezedLabel returns the name of the label whose squeezed name is s.
func squeezedLabel(s []byte) (string, bool) {
	for i := range pemLabels {
		if pemLabels[i].squeezed == string(s) {
			return pemLabels[i].name, true
		}
	}
	return "", false
}

// guessBoundary reads a misspelt boundary: s, which is squeezed, must be one
// letter away from exactly one keyword and label. Digits must be right, since
// another digit is another label.
func guessBoundary(s []byte) (begin bool, label string, ok bool) {
	if len(s) > maxLabel {
		return false, "", false
	}
	for i := range pemLabels {
		l := &pemLabels[i]
		if len(l.squeezed) < 8 {
			continue
		}
		for _, keyword := range [2]string{"BEGIN", "END"} {
			if d := len(s) - len(keyword) - len(l.squeezed); d < -1 || d > 1 {
				continue
			}
			whole := keyword + l.squeezed
			if !sameDigits(s, whole) || !oneApart(s, whole) {
				continue
			}
			if ok && (label != l.name || begin != (keyword == "BEGIN")) {
				return false, "", false
			}
			begin, label, ok = keyword == "BEGIN", l.name, true
		}
	}
	return begin, label, ok
}

func sameDigits(a []byte, b string) bool {
	digits := func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}
	return strings.Map(digits, string(a)) == strings.Map(digits, b)
}

// oneApart reports whether a becomes b when one letter is added, removed or
// replaced, or two neighbours are exchanged.
func oneApart(a []byte, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	switch s, t := string(a[i:]), b[i:]; len(s) - len(t) {
	case 1:
		return s[1:] == t
	case -1:
		return s == t[1:]
	case 0:
		return len(s) > 0 && s[1:] == t[1:] ||
			len(s) > 1 && s[0] == t[1] && s[1] == t[0] && s[2:] == t[2:]
	}
	return false
}
