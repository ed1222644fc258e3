package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/scan"
)

// The targets for bulk input. Unlike everything else here, it is about the time on
// the wall and about two processors. Whatever else the machine does adds to that
// time and takes nothing from it, so the best round of each contender counts.
const (
	minScanRatio   = 8
	minScanScaling = 1.8

	scanCertificates = 40_000
	scanRounds       = 7
	// scanGC is the value of GOGC that the command line has for a scan; peerGC is
	// what any program has.
	scanGC, peerGC = 400, 100
)

var scanTime = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

// scanFields are the fields that both write. Certloupe judges each certificate
// besides, and writes its verdict and findings.
var scanFields = []string{
	"source", "record", "verdict", "findings", "fingerprint", "common_name", "subject", "san", "issuer", "serial_hex",
	"not_before", "not_after", "days_left", "key_algorithm", "key_bits", "signature_algorithm", "is_ca",
}

// bulk is n different certificates as PEM: those of the set over and over, each
// with a serial number of its own.
func bulk(certs map[testcerts.Kind]*testcerts.Set, n int) ([]byte, error) {
	var ders [][]byte
	var serials []int
	for _, kind := range []testcerts.Kind{testcerts.RSA, testcerts.ECDSA} {
		for _, c := range certs[kind].Mixed() {
			parsed, err := x509.ParseCertificate(c.DER)
			if err != nil {
				return nil, err
			}
			ders = append(ders, bytes.Clone(c.DER))
			serials = append(serials, bytes.Index(c.DER, parsed.SerialNumber.Bytes()))
		}
	}
	var out bytes.Buffer
	for i := range n {
		der := ders[i%len(ders)]
		binary.BigEndian.PutUint64(der[serials[i%len(ders)]+8:], uint64(i))
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// scanFile scans a file with Certloupe.
func scanFile(name string, workers int, w io.Writer) error {
	_, err := scan.Run(context.Background(), w, scan.Paths(name), scan.Options{Time: scanTime, Fields: scanFields, Workers: workers})
	return err
}

// scanRow is a row as the standard library writes it.
type scanRow struct {
	Source             string      `json:"source"`
	Record             int         `json:"record"`
	Fingerprint        string      `json:"fingerprint"`
	CommonName         string      `json:"common_name,omitempty"`
	Subject            string      `json:"subject"`
	SAN                []nameEntry `json:"san,omitempty"`
	Issuer             string      `json:"issuer"`
	SerialHex          string      `json:"serial_hex"`
	NotBefore          time.Time   `json:"not_before"`
	NotAfter           time.Time   `json:"not_after"`
	DaysLeft           int         `json:"days_left"`
	KeyAlgorithm       string      `json:"key_algorithm"`
	KeyBits            int         `json:"key_bits"`
	SignatureAlgorithm string      `json:"signature_algorithm"`
	IsCA               bool        `json:"is_ca"`
}

// scanFileStandard does the same with the standard library, the way it is usually
// written: the whole file in memory, one certificate after the other.
func scanFileStandard(name string, w io.Writer) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	for record := 1; ; record++ {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return out.Flush()
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(c.Raw)
		r := scanRow{
			Source: name, Record: record, Fingerprint: strings.ToUpper(hex.EncodeToString(sum[:])),
			CommonName: c.Subject.CommonName, Subject: c.Subject.String(), Issuer: dn(c.Issuer),
			SAN:       names(c.DNSNames, c.IPAddresses, c.URIs),
			SerialHex: fmt.Sprintf("%X", c.SerialNumber),
			NotBefore: c.NotBefore, NotAfter: c.NotAfter, DaysLeft: int(math.Floor(c.NotAfter.Sub(scanTime).Hours() / 24)),
			SignatureAlgorithm: c.SignatureAlgorithm.String(), IsCA: c.BasicConstraintsValid && c.IsCA,
		}
		switch key := c.PublicKey.(type) {
		case *rsa.PublicKey:
			r.KeyAlgorithm, r.KeyBits = "RSA", key.N.BitLen()
		case *ecdsa.PublicKey:
			r.KeyAlgorithm, r.KeyBits = "ECDSA", key.Curve.Params().BitSize
		default:
			return errKeyType
		}
		if err := encoder.Encode(r); err != nil {
			return err
		}
	}
}

// sameRows reports whether both write the same rows, verdicts and findings aside.
func sameRows(name string) error {
	var mine, theirs bytes.Buffer
	if err := scanFile(name, 2, &mine); err != nil {
		return err
	}
	if err := scanFileStandard(name, &theirs); err != nil {
		return err
	}
	a, b := json.NewDecoder(&mine), json.NewDecoder(&theirs)
	for row := 0; ; row++ {
		var x, y map[string]any
		errX, errY := a.Decode(&x), b.Decode(&y)
		if errX == io.EOF && errY == io.EOF && row > 0 {
			return nil
		}
		if errX != nil || errY != nil {
			return fmt.Errorf("row %d: %v, %v", row, errX, errY)
		}
		delete(x, "verdict")
		delete(x, "findings")
		p, _ := json.Marshal(x)
		q, _ := json.Marshal(y)
		if !bytes.Equal(p, q) {
			return fmt.Errorf("row %d differs:\n%s\n%s", row, p, q)
		}
	}
}

// measureScan compares reading a file of many certificates, by the time on the wall.
func (b *bench) measureScan(certs map[testcerts.Kind]*testcerts.Set) error {
	dir, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "bulk.pem")
	few, err := bulk(certs, 100)
	if err == nil {
		err = os.WriteFile(name, few, 0o600)
	}
	if err == nil {
		err = sameRows(name)
	}
	if err != nil {
		return err
	}
	text, err := bulk(certs, scanCertificates)
	if err == nil {
		err = os.WriteFile(name, text, 0o600)
	}
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(peerGC))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	ways := []struct {
		name           string
		processors, gc int
		work           func() error
	}{
		{"certloupe", 2, scanGC, func() error { return scanFile(name, 0, io.Discard) }},
		{"certloupe", 1, scanGC, func() error { return scanFile(name, 0, io.Discard) }},
		{"pem + crypto/x509 + encoding/json", 2, peerGC, func() error { return scanFileStandard(name, io.Discard) }},
		{"pem + crypto/x509 + encoding/json", 1, peerGC, func() error { return scanFileStandard(name, io.Discard) }},
	}
	best := make([]float64, len(ways))
	for round := range min(scanRounds, b.plan.rounds) {
		for i, way := range ways {
			runtime.GOMAXPROCS(way.processors)
			debug.SetGCPercent(way.gc)
			runtime.GC()
			start := time.Now()
			if err := way.work(); err != nil {
				return err
			}
			if took := float64(time.Since(start)) / scanCertificates; round == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	b.heading("Bulk", fmt.Sprintf("a file of %d certificates (%d MB of PEM) to rows of JSON; time on the wall, best of the rounds", scanCertificates, len(text)/1e6))
	t := newTable("program", "processors", "one certificate", "certificates/s")
	for i, way := range ways {
		t.add(way.name, itoa(way.processors), duration(best[i])+"  "+times(best[i]/best[0]), fmt.Sprintf("%.0f", 1e9/best[i]))
	}
	b.print(t)
	b.notef("The peer uses one processor, save for collecting its garbage, whatever it has. On one processor each: %s.", times(best[3]/best[1]))
	if runtime.NumCPU() < 2 {
		b.notef("There is one processor only, so that bulk input has no targets here.")
		return nil
	}
	b.target("bulk on two processors, × crypto/x509 + encoding/json", best[2]/best[0], minScanRatio, true)
	b.target("bulk on two processors, × bulk on one", best[1]/best[0], minScanScaling, true)
	return nil
}
