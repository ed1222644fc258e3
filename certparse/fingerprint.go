package certparse

import (
	"crypto/sha1"
	"crypto/sha256"

	"github.com/emmansun/gmsm/sm3"
)

// Fingerprint returns the SHA-256 digest of the certificate's DER as 64
// upper-case hexadecimal digits, the documented form.
func (c *Certificate) Fingerprint() string {
	sum := sha256.Sum256(c.Raw())
	return hexUpper(sum[:])
}

// FingerprintSHA1 returns the SHA-1 digest of the DER in upper-case hexadecimal.
// It serves to find a certificate again, not to vouch for it.
func (c *Certificate) FingerprintSHA1() string {
	sum := sha1.Sum(c.Raw())
	return hexUpper(sum[:])
}

// FingerprintSM3 returns the SM3 digest of the DER in upper-case hexadecimal.
func (c *Certificate) FingerprintSM3() string {
	sum := sm3.Sum(c.Raw())
	return hexUpper(sum[:])
}
