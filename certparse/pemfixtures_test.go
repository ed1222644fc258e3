package certparse

import (
	"encoding/pem"
	"strings"
)

// A certificate and its key in the common formats. The key is TEST ONLY.
const (
	testCertPEM = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUXQ4cPvxpoH/yVfklzEOAgCgaeU4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJVEVTVCBPTkxZMB4XDTI2MTEyMTIwNDY1NloXDTI2MTIyMTIw
NDY1NlowFDESMBAGA1UEAwwJVEVTVCBPTkxZMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAETgfMwlTqj3+UZZZ2kKSaVHgkjWq8GM1HV7QHBDKF+VxRUv6zePiYYAwd
ip1hASCz75UQA49rxz4E+b+Ihvijc6NTMFEwHQYDVR0OBBYEFKPWWW7yldw5LK/B
Hs/+/Uilr15yMB8GA1UdIwQYMBaAFKPWWW7yldw5LK/BHs/+/Uilr15yMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhANJ0VCY85qubbYgQgtsrtimG
KbNsm6QVFZSpabiFpySfAiBw6E5OFPeiYrMMKhJk7P/yZSGSQrE2vnh7/n5+KzrM
JA==
-----END CERTIFICATE-----
`
	testPKCS8PEM = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg73XFFmkgDvdf6Zk+
gpp464S+2cTrxxcQa6YvohG7uTChRANCAAROB8zCVOqPf5RllnaQpJpUeCSNarwY
zUdXtAcEMoX5XFFS/rN4+JhgDB2KnWEBILPvlRADj2vHPgT5v4iG+KNz
-----END PRIVATE KEY-----
`
	testSEC1PEM = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIO91xRZpIA73X+mZPoKaeOuEvtnE68cXEGumL6IRu7kwoAoGCCqGSM49
AwEHoUQDQgAETgfMwlTqj3+UZZZ2kKSaVHgkjWq8GM1HV7QHBDKF+VxRUv6zePiY
YAwdip1hASCz75UQA49rxz4E+b+Ihvijcw==
-----END EC PRIVATE KEY-----
`
	testParametersPEM = `-----BEGIN EC PARAMETERS-----
BggqhkjOPQMBBw==
-----END EC PARAMETERS-----
`
)

func mustDER(text string) []byte {
	b, _ := pem.Decode([]byte(text))
	if b == nil {
		panic("the fixture is not PEM")
	}
	return b.Bytes
}

var (
	testCertDER  = mustDER(testCertPEM)
	testPKCS7DER = seq(oid(oidOfSigned), tlv(0xa0, seq(integer(1), set(), seq(oid(oidOfData)), tlv(0xa0, testCertDER), set())))
	testPKCS8DER = mustDER(testPKCS8PEM)
	testSEC1DER  = mustDER(testSEC1PEM)

	// testCertBody is the base64 text without the boundaries, with its line breaks.
	testCertBody = strings.TrimSuffix(strings.TrimPrefix(testCertPEM, "-----BEGIN CERTIFICATE-----\n"), "-----END CERTIFICATE-----\n")
)
