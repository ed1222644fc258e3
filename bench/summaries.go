package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/certparse"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// minSummaryRatio is the target for PEM to JSON.
const minSummaryRatio = 4

// summary has the members that AppendSummaryJSON writes.
type summary struct {
	CommonName         string      `json:"common_name,omitempty"`
	Owner              string      `json:"owner"`
	Issuer             string      `json:"issuer"`
	Version            int         `json:"version"`
	SerialNumber       string      `json:"serial_number"`
	EffectiveDate      string      `json:"effective_date"`
	ExpiryDate         string      `json:"expiry_date"`
	Fingerprint        string      `json:"fingerprint"`
	SignatureAlgorithm string      `json:"signature_algorithm"`
	PublicKey          keySummary  `json:"public_key"`
	IsCA               bool        `json:"is_ca"`
	PathLen            *int        `json:"path_len,omitempty"`
	SAN                []nameEntry `json:"san,omitempty"`
}

type keySummary struct {
	Algorithm     string `json:"algorithm"`
	Curve         string `json:"curve,omitempty"`
	Bits          int    `json:"bits"`
	AlgorithmType string `json:"algorithm_type"`
}

type nameEntry struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

var (
	errNoPEM   = errors.New("there is no PEM block")
	errKeyType = errors.New("the key is of another type")
)

// ours turns PEM into the summary with Certloupe.
func ours(text []byte) ([]byte, error) {
	certs := certparse.Parse(text, certparse.Options{}).Certificates()
	if len(certs) != 1 {
		return nil, errNoPEM
	}
	return certs[0].AppendSummaryJSON(nil), nil
}

// standard turns PEM into the same summary with the standard library.
func standard(text []byte) ([]byte, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errNoPEM
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	s := summary{
		CommonName: c.Subject.CommonName, Owner: dn(c.Subject), Issuer: dn(c.Issuer),
		Version: c.Version, SerialNumber: c.SerialNumber.String(),
		SignatureAlgorithm: c.SignatureAlgorithm.String(),
		SAN:                names(c.DNSNames, c.IPAddresses, c.URIs),
	}
	s.dates(c.NotBefore, c.NotAfter)
	s.constraints(c.BasicConstraintsValid, c.IsCA, c.MaxPathLen)
	return s.finish(c.Raw, c.PublicKey)
}

// gm is standard with smx509 in the place of crypto/x509, for SM2 certificates.
func gm(text []byte) ([]byte, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errNoPEM
	}
	c, err := smx509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	s := summary{
		CommonName: c.Subject.CommonName, Owner: dn(c.Subject), Issuer: dn(c.Issuer),
		Version: c.Version, SerialNumber: c.SerialNumber.String(),
		SignatureAlgorithm: c.SignatureAlgorithm.String(),
		SAN:                names(c.DNSNames, c.IPAddresses, c.URIs),
	}
	s.dates(c.NotBefore, c.NotAfter)
	s.constraints(c.BasicConstraintsValid, c.IsCA, c.MaxPathLen)
	return s.finish(c.Raw, c.PublicKey)
}

// peerFor is what to compare with for one kind of key.
func peerFor(kind testcerts.Kind) func([]byte) ([]byte, error) {
	if kind == testcerts.SM2 {
		return gm
	}
	return standard
}

func (s *summary) dates(from, to time.Time) {
	const compact = "20060102T150405Z"
	s.EffectiveDate, s.ExpiryDate = from.UTC().Format(compact), to.UTC().Format(compact)
}

func (s *summary) constraints(valid, isCA bool, maxPathLen int) {
	s.IsCA = valid && isCA
	if s.IsCA && maxPathLen >= 0 {
		s.PathLen = &maxPathLen
	}
}

func (s *summary) finish(der []byte, key any) ([]byte, error) {
	sum := sha256.Sum256(der)
	s.Fingerprint = strings.ToUpper(hex.EncodeToString(sum[:]))
	switch key := key.(type) {
	case *rsa.PublicKey:
		s.PublicKey = keySummary{"RSA", "", key.N.BitLen(), "RSA"}
	case *ecdsa.PublicKey:
		if key.Curve == sm2.P256() {
			s.PublicKey = keySummary{"SM2", "sm2p256v1", 256, "SM2"}
			break
		}
		params := key.Curve.Params()
		s.PublicKey = keySummary{"ECDSA", params.Name, params.BitSize, "ECC"}
	default:
		return nil, errKeyType
	}
	return json.Marshal(s)
}

// dn writes a name as the standard library does, with the blanks that the
// documented form has between its parts.
func dn(n pkix.Name) string { return strings.ReplaceAll(n.String(), ",", ", ") }

func names(dns []string, ips []net.IP, uris []*url.URL) []nameEntry {
	entries := make([]nameEntry, 0, len(dns)+len(ips)+len(uris))
	for _, name := range dns {
		entries = append(entries, nameEntry{certparse.NameDNS.String(), name})
	}
	for _, ip := range ips {
		entries = append(entries, nameEntry{certparse.NameIP.String(), ip.String()})
	}
	for _, u := range uris {
		entries = append(entries, nameEntry{certparse.NameURI.String(), u.String()})
	}
	return entries
}

// sameSummary reports whether two texts are the same JSON value.
func sameSummary(a, b []byte) error {
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &y); err != nil {
		return err
	}
	if !reflect.DeepEqual(x, y) {
		return fmt.Errorf("the summaries differ:\n%s\n%s", a, b)
	}
	return nil
}

// measureSummaries compares the way from PEM to the JSON of the main fields.
func (b *bench) measureSummaries(certs map[testcerts.Kind]*testcerts.Set) error {
	b.heading("PEM to JSON", "time for the main fields of one certificate, fingerprint included; × is how much slower than certloupe")
	t := newTable("set", "certificates", "certloupe", "into one buffer", "pem + crypto/x509 + encoding/json", "allocations", "theirs")
	measure := func(name string, texts [][]byte, peers []func([]byte) ([]byte, error)) error {
		for i, text := range texts {
			mine, err := ours(text)
			if err != nil {
				return err
			}
			theirs, err := peers[i](text)
			if err != nil {
				return err
			}
			if err := sameSummary(mine, theirs); err != nil {
				return err
			}
		}
		var buffer bytes.Buffer
		results := b.plan.race(
			contender{"certloupe", len(texts), func() error {
				for _, text := range texts {
					if _, err := ours(text); err != nil {
						return err
					}
				}
				return nil
			}},
			contender{"buffer", len(texts), func() error {
				for _, text := range texts {
					buffer.Reset()
					for _, c := range certparse.Parse(text, certparse.Options{}).Certificates() {
						buffer.Write(c.AppendSummaryJSON(buffer.AvailableBuffer()))
					}
				}
				return nil
			}},
			contender{"standard", len(texts), func() error {
				for i, text := range texts {
					if _, err := peers[i](text); err != nil {
						return err
					}
				}
				return nil
			}},
		)
		row := []string{name, itoa(len(texts))}
		for _, r := range results {
			row = append(row, b.compared(r, results[0]))
		}
		t.add(append(row, perOperation(results[0]), perOperation(results[2]))...)
		if name == mixed {
			b.target("PEM to JSON, mixed set, × crypto/x509 + encoding/json", ratio(results[2], results[0]), minSummaryRatio, true)
		}
		return nil
	}
	var all [][]byte
	var allPeers []func([]byte) ([]byte, error)
	for _, kind := range testcerts.Kinds {
		var texts [][]byte
		var peers []func([]byte) ([]byte, error)
		for _, c := range certs[kind].Mixed() {
			texts, peers = append(texts, c.PEM()), append(peers, peerFor(kind))
		}
		if err := measure(string(kind), texts, peers); err != nil {
			return err
		}
		all, allPeers = append(all, texts...), append(allPeers, peers...)
	}
	if err := measure(mixed, all, allPeers); err != nil {
		return err
	}
	b.print(t)
	b.notef("For SM2 certificates smx509 stands in for crypto/x509.")
	return nil
}
