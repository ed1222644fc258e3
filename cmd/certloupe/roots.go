package main

import (
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/certloupe/certloupe/validate"
)

// systemRoots is the name that stands for the roots that the system trusts.
const systemRoots = "system"

// rootBundles are where systems keep the roots that they trust, as PEM.
var rootBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL without links
	"/etc/ssl/cert.pem",                                 // Alpine, macOS, the BSDs
	"/usr/local/share/certs/ca-root-nss.crt",            // FreeBSD
	"/etc/certs/ca-certificates.crt",                    // Solaris
}

// systemRoots reads the roots that the system trusts: of the file that
// SSL_CERT_FILE names, as OpenSSL does it, or else of the first bundle that is there.
func (s *sources) systemRoots(limit int) (validate.File, error) {
	bundles := s.env.rootBundles
	if name := s.env.getenv("SSL_CERT_FILE"); name != "" {
		bundles = []string{name}
	}
	for _, name := range bundles {
		data, err := s.read(name, limit)
		if err == nil {
			return validate.File{Name: name, Data: data}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || len(bundles) == 1 {
			return validate.File{}, err
		}
	}
	return validate.File{}, errors.New("this system keeps no file of trusted roots in any of the usual places; give one with --roots FILE")
}

// publicSuffix is the part of a domain under which registrars sell names. The
// private part of the list, where a hoster's customers get names, is left out, as
// the Baseline Requirements advise: the hoster itself may have a wildcard there.
func publicSuffix(domain string) string {
	suffix, icann := publicsuffix.PublicSuffix(domain)
	for !icann {
		_, rest, ok := strings.Cut(suffix, ".")
		if !ok {
			break
		}
		suffix, icann = publicsuffix.PublicSuffix(rest)
	}
	return suffix
}
