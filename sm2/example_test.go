package sm2_test

import (
	"fmt"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// A pair of certificates with the key of the first one, and the key of the second
// one as the CA handed it out. TEST ONLY.
const signCert = `-----BEGIN CERTIFICATE-----
MIIBlzCCAT2gAwIBAgIUNZsy2i4D7x9aCLY84eOklpri7HUwCgYIKoEcz1UBg3Uw
FDESMBAGA1UEAwwJVEVTVCBPTkxZMB4XDTI2MTEyMTIxNDgxM1oXDTQ2MTExNjIx
NDgxM1owFDESMBAGA1UEAwwJVEVTVCBPTkxZMFkwEwYHKoZIzj0CAQYIKoEcz1UB
gi0DQgAE/sc2+rXuHld7sOKmT2LyHq64ySiimHAAPmUv2ksllngm/aTgAHu4//hI
z+iIHNHR5h3sgQilaVpsRDbHFcbxY6NtMGswDgYDVR0PAQH/BAQDAgeAMBkGA1Ud
EQQSMBCCDnNlcnZlci5leGFtcGxlMB0GA1UdDgQWBBSwFWpC74XBBHlUUdTvaj6m
kexjETAfBgNVHSMEGDAWgBSY2dsuS2LKxIuelqWeYM0lxVSxHTAKBggqgRzPVQGD
dQNIADBFAiEAyaNqKTYEoPp/rL4T1bpc0oRiCyGCefY04djbuPTY9zQCIDNwruXr
Q+kpCiYzk1qt3DXBvMu2TK3i7C0Gr4g2pabJ
-----END CERTIFICATE-----
`

const signKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgTbY553vuEdq79woL
kWDzCA4lQiQ+506gf1WtG8nzUF2hRANCAAT+xzb6te4eV3uw4qZPYvIerrjJKKKY
cAA+ZS/aSyWWeCb9pOAAe7j/+EjP6Igc0dHmHeyBCKVpWmxENscVxvFj
-----END PRIVATE KEY-----
`

const encCert = `-----BEGIN CERTIFICATE-----
MIIBljCCAT2gAwIBAgIUNZsy2i4D7x9aCLY84eOklpri7HYwCgYIKoEcz1UBg3Uw
FDESMBAGA1UEAwwJVEVTVCBPTkxZMB4XDTI2MTEyMTIxNDgxM1oXDTQ2MTExNjIx
NDgxM1owFDESMBAGA1UEAwwJVEVTVCBPTkxZMFkwEwYHKoZIzj0CAQYIKoEcz1UB
gi0DQgAE8wTNkBvXxlDasORz/+Zp+BBu+GPkZHVk0s6bbMqtz9YuzKiLuwOtt0KI
VWNFEnnMgoBP/dc8gAGETfhImjP+eaNtMGswDgYDVR0PAQH/BAQDAgUgMBkGA1Ud
EQQSMBCCDnNlcnZlci5leGFtcGxlMB0GA1UdDgQWBBRMJNFy8vkfIfeclPWI/Usy
TNm7HzAfBgNVHSMEGDAWgBSY2dsuS2LKxIuelqWeYM0lxVSxHTAKBggqgRzPVQGD
dQNHADBEAiArH/tTQxxbc7229/haXPfOG9gSAcI53si5aDLcOQASTgIgGNy8lmjL
rPA9rFyWm+qdHMPRi21QahsVPem+KtHzEEc=
-----END CERTIFICATE-----
`

// encKey is an SM2EnvelopedKey in base64. TEST ONLY.
const encKey = `MIHwMAwGCCqBHM9VAWgBBQAweQIgSde7DTmlBzj46j75F2YskZ/bPvVH02RakxCA
RwEuGuQCIQC7B6kL6Q61OsjKy6dnQo9DAQzoeqQrH5eeN6MgLf1WogQgKRYKy6FI
TaI9dSJfvgDoALIrqqr7mi16JtHeXrAvAkcEECz0QVrlEXX1bOGfEXGU/VUDQgAE
8wTNkBvXxlDasORz/+Zp+BBu+GPkZHVk0s6bbMqtz9YuzKiLuwOtt0KIVWNFEnnM
goBP/dc8gAGETfhImjP+eQMhAD/VYYixsj0iCxDaNRZhHcb8ePQye1lJkwpmLxC2
cGr0
`

// openSSLCert was signed by OpenSSL without saying which ID to use. TEST ONLY.
const openSSLCert = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUHUhq+uoGHtDIRqbrTlBd4GhT9bcwCgYIKoEcz1UBg3Uw
FDESMBAGA1UEAwwJVEVTVCBPTkxZMB4XDTI2MTEyMTIxNDgxM1oXDTQ2MTExNjIx
NDgxM1owFDESMBAGA1UEAwwJVEVTVCBPTkxZMFkwEwYHKoZIzj0CAQYIKoEcz1UB
gi0DQgAE3ApB8LmokxqEsoxkILJCQ/iunVpCGUXVtz4fHz1+2HUlUyDzh+EtZbXO
Ei00iwomQNJDTZVpNFPAGrSGPIPMA6NTMFEwHQYDVR0OBBYEFJjZ2y5LYsrEi56W
pZ5gzSXFVLEdMB8GA1UdIwQYMBaAFJjZ2y5LYsrEi56WpZ5gzSXFVLEdMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoEcz1UBg3UDSAAwRQIgS1qGptPJsZZUYvshOY2AjJem
crVb85Y8wBV5XcjN6DcCIQC3eiDKs4Blh7Q0N6MqLjrU/K0Ekvif0qE9cvlb1JaQ
rQ==
-----END CERTIFICATE-----
`

func certificate(text string) *certparse.Certificate {
	return certparse.Parse([]byte(text), certparse.Options{}).Certificates()[0]
}

func ExampleCheckPair() {
	// The two certificates arrived in each other's field.
	pair, findings := sm2.CheckPair(
		sm2.Half{Certificate: certificate(encCert), At: finding.Where{Input: "cert_content_sign"}},
		sm2.Half{Certificate: certificate(signCert), At: finding.Where{Input: "cert_content"}},
	)
	for _, f := range findings {
		fmt.Println(f.Severity, f.Code)
		fmt.Println(f.Message)
		fmt.Println(f.Fix)
	}
	fmt.Println(pair.Algorithm, pair.SigningUsage, pair.EncryptionUsage)
	// Output:
	// error pair-swapped
	// The signing and the encryption certificate are swapped: cert_content_sign holds the one for encryption, cert_content the one for signing.
	// Swap the two certificates and their keys.
	// SM2 [digitalSignature] [keyEncipherment]
}

func ExampleOpenContainer() {
	signing := certparse.Parse([]byte(signKey), certparse.Options{}).PrivateKeys()[0]
	opened, _ := sm2.OpenContainer([]byte(encKey), nil, signing, finding.Where{})
	fmt.Println(opened.Container)
	fmt.Println(opened.Key.Matches(certificate(encCert).PublicKey()))
	// Output:
	// SM2EnvelopedKey (GB/T 35276, GM/T 0009)
	// true
}

func ExampleDiagnoseSignerID() {
	root := certificate(openSSLCert) // It signed itself.
	fmt.Println(root.CheckSignature(root.PublicKey()))
	d, err := sm2.DiagnoseSignerID(root.PublicKey(), root.RawTBSCertificate(), root.Signature())
	if err != nil {
		panic(err)
	}
	fmt.Println("it was made with", d.Detail)
	// Output:
	// certparse: the signature does not verify
	// it was made with an empty ID
}

func ExamplePairing_Advice() {
	pair, _ := sm2.CheckPair(sm2.Half{Certificate: certificate(signCert)}, sm2.Half{Certificate: certificate(encCert)})
	for _, a := range pair.Advice()[:1] {
		fmt.Println(a.For)
		fmt.Println("signing:", a.Signing)
		fmt.Println("encryption:", a.Encryption)
	}
	// Output:
	// Tengine and nginx with Tongsuo
	// signing: ssl_sign_certificate, ssl_sign_certificate_key
	// encryption: ssl_enc_certificate, ssl_enc_certificate_key
}
