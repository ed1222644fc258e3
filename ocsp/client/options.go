package client

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

// The defaults of Options.
const (
	// DefaultTimeout is how long the check of one certificate takes at most.
	DefaultTimeout = 5 * time.Second
	// DefaultMaxCRL is the largest CRL in bytes that is read.
	DefaultMaxCRL = 10 << 20
	// DefaultMaxURLs is how many URLs are asked about one certificate.
	DefaultMaxURLs = 8
	// DefaultMaxTries is how often one URL is asked.
	DefaultMaxTries = 3
	// DefaultMaxConcurrent is how many requests are under way at once, and
	// DefaultMaxPerHost how many of them to one host.
	DefaultMaxConcurrent = 64
	DefaultMaxPerHost    = 16
	// DefaultCacheBytes is how much evidence is remembered.
	DefaultCacheBytes = 64 << 20
	// MaxCacheAge is how long evidence is remembered at most.
	MaxCacheAge = 24 * time.Hour
)

// Order says which kind of evidence is asked for.
type Order uint8

const (
	// OCSPFirst asks the responders, and fetches CRLs if no responder knows.
	OCSPFirst Order = iota
	// CRLFirst fetches the CRLs, and asks the responders if no list knows.
	CRLFirst
	// OCSPOnly fetches no CRLs, CRLOnly asks no responder.
	OCSPOnly
	CRLOnly
)

// Nonce says whether a nonce is sent to responders (RFC 9654). With one, a reply
// that was recorded earlier cannot be played back.
type Nonce uint8

const (
	// SendNonce sends one, and takes a reply without it with a finding. Responders
	// that sign in advance cannot repeat it, and one that calls the request
	// malformed is asked again without it.
	SendNonce Nonce = iota
	// RequireNonce refuses replies without it.
	RequireNonce
	// NoNonce sends none, so that replies may come from the caches of RFC 9919:
	// by GET if the request is short enough.
	NoNonce
)

// Options say how to ask. The zero value asks with care: only the public
// internet, with a nonce, responders before CRLs.
type Options struct {
	// Now is the clock by which evidence is judged; nil is time.Now. How long
	// things take is measured by the machine's clock in any case.
	Now func() time.Time
	// Timeout is how long the check of one certificate may take, waiting and all
	// attempts included; 0 is DefaultTimeout.
	Timeout time.Duration
	// Order is which kind of evidence is asked for first.
	Order Order
	// Nonce is whether to send one.
	Nonce Nonce
	// POST sends every request by POST, also those that could go by GET.
	POST bool
	// Hashes are the hash functions for the CertID, in the order in which they are
	// tried when a responder does not know the certificate. Nil is SHA-1, which
	// every responder knows, and SM3 before SHA-1 if the issuer's key is an SM2 key.
	Hashes []ocsp.Hash
	// Skew and MaxAge are those of [ocsp.Options].
	Skew, MaxAge time.Duration
	// CRLIssuers is that of [ocsp.Options]: who else may have signed a CRL. It is
	// called by several goroutines at once.
	CRLIssuers func(*ocsp.CRL) []*certparse.Certificate

	// AllowPrivate are the addresses that may be asked although they are not on
	// the public internet, such as those of a responder of one's own.
	AllowPrivate []netip.Prefix
	// Ports are the ports that may be asked besides 80 and 443.
	Ports []uint16
	// ServerCAs are the CAs of responders that are asked by HTTPS; nil asks none.
	// The system's CAs are never used: to trust the web to say whether the web is
	// to be trusted would be a circle. Servers with SM2 certificates cannot be asked.
	ServerCAs *x509.CertPool
	// Resolver finds the addresses of hosts; nil is net.DefaultResolver.
	Resolver *net.Resolver

	// MaxResponse and MaxCRL are the largest OCSP response and CRL in bytes that
	// are read; 0 is [ocsp.DefaultMaxSize] and DefaultMaxCRL.
	MaxResponse, MaxCRL int
	// MaxURLs is how many URLs are asked about one certificate; 0 is DefaultMaxURLs.
	MaxURLs int
	// MaxTries is how often one URL is asked if it fails in a way that may pass;
	// 0 is DefaultMaxTries.
	MaxTries int
	// MaxConcurrent is how many requests are under way at once, and MaxPerHost how
	// many to one host; 0 is DefaultMaxConcurrent and DefaultMaxPerHost.
	MaxConcurrent, MaxPerHost int

	// CacheBytes is how much evidence is remembered; 0 is DefaultCacheBytes, and a
	// negative number remembers none.
	CacheBytes int64
	// CacheAge is how long evidence is remembered at most, and never beyond its
	// nextUpdate; 0 is MaxCacheAge, and more is not possible.
	CacheAge time.Duration
	// CacheFile is the file in which evidence is kept as well, for the next
	// client; it is made with mode 0600 if it is not there. Empty is none. What is
	// read from it is judged like what comes from the network.
	CacheFile string
}

// complete returns the options with the defaults in place.
func (o Options) complete() (Options, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, n := range []struct {
		name            string
		value           *int
		standard, limit int
	}{
		{"MaxResponse", &o.MaxResponse, ocsp.DefaultMaxSize, 1 << 20},
		{"MaxCRL", &o.MaxCRL, DefaultMaxCRL, ocsp.MaxCRLSize},
		{"MaxURLs", &o.MaxURLs, DefaultMaxURLs, 64},
		{"MaxTries", &o.MaxTries, DefaultMaxTries, 10},
		{"MaxConcurrent", &o.MaxConcurrent, DefaultMaxConcurrent, 1 << 16},
		{"MaxPerHost", &o.MaxPerHost, DefaultMaxPerHost, 1 << 16},
	} {
		if *n.value == 0 {
			*n.value = n.standard
		}
		if *n.value < 0 || *n.value > n.limit {
			return o, fmt.Errorf("client: %s must be between 0 and %d", n.name, n.limit)
		}
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = DefaultCacheBytes
	}
	if o.CacheAge == 0 || o.CacheAge > MaxCacheAge {
		o.CacheAge = MaxCacheAge
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	switch {
	case o.Timeout < 0 || o.CacheAge < 0:
		return o, errors.New("client: a time is negative")
	case o.Order > CRLOnly || o.Nonce > NoNonce:
		return o, errors.New("client: there is no such order or nonce")
	case o.CacheFile != "" && o.CacheBytes < 0:
		return o, errors.New("client: a cache file, but nothing may be remembered")
	}
	for _, h := range o.Hashes {
		if h > ocsp.SM3 {
			return o, errors.New("client: there is no such hash function")
		}
	}
	for _, p := range o.AllowPrivate {
		// A mapped prefix would never match, because addresses are unmapped first.
		if !p.IsValid() || p.Addr().Is4In6() {
			return o, fmt.Errorf("client: %v is not a prefix of IPv4 or IPv6 addresses", p)
		}
	}
	return o, nil
}
