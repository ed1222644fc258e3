package validate

import (
	"errors"
)

// Parts are the pieces of an upload by their role, for callers that choose the
// profile while they run. A nil or empty part is absent.
type Parts struct {
	// Certificate is the certificate with its chain, PrivateKey its private key,
	// and Password what opens the key.
	Certificate, PrivateKey, Password []byte
	// SignCertificate and SignPrivateKey are the signing half of a pair, of which
	// Certificate and PrivateKey are then the encryption half.
	SignCertificate, SignPrivateKey []byte
	// TrustedRoot is the CA certificate: the one that the chain should lead to, or
	// that issued the device certificate, or that vouches for a gateway's clients.
	TrustedRoot []byte
	// Verification is the verification certificate for a CA certificate, and
	// VerifyCode the code that it must name.
	Verification []byte
	VerifyCode   string
	// Name, Type, InstanceID and AlgorithmType are fields of the form of APIG.
	Name, Type, InstanceID, AlgorithmType string
	// Status is the status of a device certificate.
	Status string
}

// Errors of NewRequest.
var (
	// ErrProfile is returned for a profile that does not exist.
	ErrProfile = errors.New("validate: no such profile")
	// ErrPart is returned for a part that the profile has no place for.
	ErrPart = errors.New("validate: the profile has no place for one of the parts")
)

// Profiles lists the profiles.
var Profiles = []Profile{Generic, IoTDAServer, IoTDACA, IoTDADevice, APIGSSL}

// NewRequest makes the request of a profile from its parts. The error is
// [ErrProfile], or [ErrPart] if there is a part that the profile does not have:
// leaving it out silently would give a verdict on something else than was meant.
func NewRequest(profile Profile, p Parts) (Request, error) {
	pair := p.SignCertificate != nil || p.SignPrivateKey != nil
	proof := p.Verification != nil || p.VerifyCode != ""
	form := p.Name != "" || p.Type != "" || p.InstanceID != "" || p.AlgorithmType != ""
	key := p.PrivateKey != nil || p.Password != nil
	switch profile {
	case Generic:
		if proof || form || p.Status != "" {
			return nil, ErrPart
		}
		return &Bundle{
			Certificate: p.Certificate, PrivateKey: p.PrivateKey, Password: p.Password,
			SignCertificate: p.SignCertificate, SignPrivateKey: p.SignPrivateKey, TrustedRoot: p.TrustedRoot,
		}, nil
	case IoTDAServer:
		if pair || proof || form || p.Status != "" || p.TrustedRoot != nil {
			return nil, ErrPart
		}
		return &AddServerCertificate{
			CertificatePEM: part(p.Certificate), PrivateKey: part(p.PrivateKey), PrivateKeyPassword: part(p.Password),
		}, nil
	case IoTDACA:
		if pair || key || form || p.Status != "" || p.TrustedRoot != nil {
			return nil, ErrPart
		}
		return &CACertificateUpload{Certificate: p.Certificate, Verification: p.Verification, VerifyCode: p.VerifyCode}, nil
	case IoTDADevice:
		if pair || key || proof || form {
			return nil, ErrPart
		}
		return &DeviceCertificateQuery{Certificate: p.Certificate, Status: p.Status, CA: p.TrustedRoot}, nil
	case APIGSSL:
		if proof || p.Status != "" || p.Password != nil {
			return nil, ErrPart
		}
		return &SSLCertificateForm{
			Name: textPart(p.Name), CertContent: part(p.Certificate), PrivateKey: part(p.PrivateKey),
			Type: textPart(p.Type), InstanceID: textPart(p.InstanceID), TrustedRootCA: part(p.TrustedRoot),
			AlgorithmType: textPart(p.AlgorithmType), CertContentSign: part(p.SignCertificate), PrivateKeySign: part(p.SignPrivateKey),
		}, nil
	}
	return nil, ErrProfile
}

func part(b []byte) Field[string] {
	if b == nil {
		return Field[string]{}
	}
	return Set(string(b))
}

func textPart(s string) Field[string] {
	if s == "" {
		return Field[string]{}
	}
	return Set(s)
}
