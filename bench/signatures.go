package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"os/exec"
	"strconv"
	"strings"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/certparse"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

var errSignature = errors.New("a signature does not verify")

// measureSignatures compares certparse.VerifySignature with the primitives that
// it calls, which get the key decoded, and with what smx509 does for a certificate.
func (b *bench) measureSignatures(certs map[testcerts.Kind]*testcerts.Set) error {
	b.heading("Signatures", "time to verify the signature of one server certificate; × is how much slower than the bare primitive")
	t := newTable("key", "bare primitive", "certparse.VerifySignature", "Certificate.CheckSignature", "smx509 CheckSignatureFrom")
	var sm2Result, p256Result *result
	for _, kind := range testcerts.Kinds {
		server, issuer := certs[kind].Server, certs[kind].Intermediate
		c, err := certparse.ParseCertificate(server.DER)
		if err != nil {
			return err
		}
		ca, err := certparse.ParseCertificate(issuer.DER)
		if err != nil {
			return err
		}
		smCert, err := smx509.ParseCertificate(server.DER)
		if err != nil {
			return err
		}
		smIssuer, err := smx509.ParseCertificate(issuer.DER)
		if err != nil {
			return err
		}
		key := ca.PublicKey()
		if err := c.CheckSignature(key); err != nil {
			return err
		}
		results := b.plan.race(
			contender{"bare", 1, bare(issuer.PublicKey(), c.RawTBSCertificate(), c.Signature())},
			contender{"VerifySignature", 1, func() error {
				return certparse.VerifySignature(key, c.RawSignatureAlgorithm(), c.RawTBSCertificate(), c.Signature())
			}},
			contender{"CheckSignature", 1, func() error { return c.CheckSignature(ca.PublicKey()) }},
			contender{"smx509", 1, func() error { return smCert.CheckSignatureFrom(smIssuer) }},
		)
		row := []string{string(kind)}
		for _, r := range results {
			row = append(row, b.compared(r, results[0]))
		}
		t.add(row...)
		switch kind {
		case testcerts.SM2:
			sm2Result = results[0]
		case testcerts.ECDSA:
			p256Result = results[0]
		}
	}
	b.print(t)
	b.notef("gmsm's SM2 verification takes %s of the time of crypto/ecdsa's on P-256.", times(sm2Result.ns()/p256Result.ns()))
	if perSecond, err := opensslSM2(); err != nil {
		b.notef("openssl speed sm2: not measured (%v).", err)
	} else {
		b.notef("openssl speed sm2: %s for one verification; gmsm %s.", duration(1e9/perSecond), duration(sm2Result.ns()))
	}
	return nil
}

// bare verifies a signature with nothing around it.
func bare(key crypto.PublicKey, message, signature []byte) func() error {
	return func() error {
		valid := false
		switch key := key.(type) {
		case *rsa.PublicKey:
			digest := sha256.Sum256(message)
			valid = rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
		case *ecdsa.PublicKey:
			if key.Curve == sm2.P256() {
				valid = sm2.VerifyASN1WithSM2(key, nil, message, signature)
			} else {
				digest := sha256.Sum256(message)
				valid = ecdsa.VerifyASN1(key, digest[:], signature)
			}
		}
		if !valid {
			return errSignature
		}
		return nil
	}
}

// opensslSM2 asks the OpenSSL command line how many SM2 signatures it verifies in a second.
func opensslSM2() (perSecond float64, err error) {
	out, err := exec.Command("openssl", "speed", "-mr", "-seconds", "1", "sm2").Output()
	if err != nil {
		return 0, err
	}
	return readSpeed(string(out))
}

// readSpeed finds the verifications per second in the machine-readable output,
// whose line for SM2 is +F7:index:bits:curve:signs:verifications.
func readSpeed(out string) (float64, error) {
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) == 6 && strings.HasPrefix(fields[0], "+F") && fields[3] == "CurveSM2" {
			v, err := strconv.ParseFloat(fields[5], 64)
			if err == nil && v > 0 {
				return v, nil
			}
		}
	}
	return 0, errors.New("its output has no such figure")
}
