package certparse

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

// FuzzExtensions reads a certificate that has the given bytes as its list of
// extensions. It checks that nothing panics, that reading and reporting depend
// on nothing but the bytes, that the report is JSON and has every extension, that
// an extension is malformed exactly if a finding says so, and that crypto/x509,
// where it accepts the certificate, reads the same.
func FuzzExtensions(f *testing.F) {
	for _, der := range seedCertificates(f) {
		if c, err := ParseCertificate(der); err == nil && c.extensionCount > 0 {
			f.Add(c.extensionsField.content().of(c.raw)[2:])
		}
	}
	leaf := mustParse(f, typicalLeaf(f))
	list, _ := (&derReader{der: leaf.raw}).read(leaf.extensionsField.body, leaf.extensionsField.end)
	f.Add(list.content().of(leaf.raw))
	f.Add(bytes.Join([][]byte{caBasic, caUsage, soundSKI, soundAKI,
		ext("2.5.29.30", true, seq(tlv(0xa0, seq(dns("example.com")), seq(tlv(0x87, bytesOf(10, 1, 0, 0, 255, 255, 0, 0)))))),
		ext("1.3.6.1.5.5.7.1.3", false, seq(seq(oid("0.4.0.1862.1.2"), seq(printable("EUR"), integer(5), integer(0xff)))))}, nil))
	f.Fuzz(func(t *testing.T, extensions []byte) {
		if len(extensions) > 60000 {
			return
		}
		der := handmade{extensions: [][]byte{extensions}}.der()
		c, err := ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		checkCertificate(t, c, der)
	})
}

// FuzzCertificate is FuzzExtensions for a whole certificate.
func FuzzCertificate(f *testing.F) {
	for _, der := range seedCertificates(f) {
		f.Add(der)
	}
	f.Add(typicalLeaf(f))
	f.Add(handmade{version: 1}.der())
	f.Fuzz(func(t *testing.T, der []byte) {
		if c, err := ParseCertificate(der); err == nil {
			checkCertificate(t, c, der)
		} else if _, err := x509.ParseCertificate(der); err == nil {
			t.Error("crypto/x509 reads it")
		}
	})
}

// seedCertificates takes some of the certificates from elsewhere, few enough for
// fuzzing to start soon.
func seedCertificates(f *testing.F) (ders [][]byte) {
	all := certificatesFromElsewhere(f)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if i%20 == 0 {
			ders = append(ders, all[name])
		}
	}
	return ders
}

func checkCertificate(t *testing.T, c *Certificate, der []byte) {
	before := bytes.Clone(der)
	text := report(c)
	if !json.Valid(text) {
		t.Fatalf("the report is not JSON: %s", text)
	}
	compareSummary(t, "summary", c)
	var members struct {
		Extensions []struct {
			Malformed bool
			Value     json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	all := c.Extensions()
	if len(members.Extensions) != len(all) {
		t.Fatalf("the report has %d extensions, the certificate %d", len(members.Extensions), len(all))
	}

	useAccessors(c)
	again, err := ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(report(again), text) {
		t.Error("two reports of the same certificate differ")
	}
	if !bytes.Equal(der, before) {
		t.Error("reading changed the bytes")
	}

	if len(c.notes()) < maxNotes {
		checkPresence(t, c, func(i int) bool { return members.Extensions[i].Malformed })
	}
	if x, err := x509.ParseCertificate(der); err == nil && c.PublicKey().Algorithm != UnknownKeyAlgorithm {
		for _, difference := range differences(c, x) {
			t.Error(difference)
		}
	}
}

// checkPresence compares what the parser found, what presence says and what the
// report says of each extension.
func checkPresence(t *testing.T, c *Certificate, reported func(int) bool) {
	// Of BER, the fields have no places in the certificate as it was given.
	isBER := !bytes.Equal(c.Raw(), c.raw)
	for i := range int(c.extensionCount) {
		x := c.extensionAt(i)
		if x.id == extUnknown || c.find(x.id) != x {
			continue
		}
		noted := false
		for _, f := range findingsOf(c) {
			if in := uint32(f.offset); isBER || in >= x.start && in <= x.value.end() {
				noted = noted || f.code == "extension-malformed" || f.code == "subject-alt-name-invalid"
			}
		}
		switch presence := c.presence(x.id); {
		case presence == Absent:
			t.Errorf("%s is there and absent", extensionKinds[x.id].name)
		case presence == Present && reported(i):
			t.Errorf("%s is present but malformed in the report", extensionKinds[x.id].name)
		case reported(i) && !noted:
			t.Errorf("%s is malformed in the report but nothing was found", extensionKinds[x.id].name)
		}
	}
	for _, f := range c.Findings(finding.Where{}) {
		if at, ok := f.Where.DERByte.Get(); !ok && !isBER || at > len(c.Raw()) {
			t.Errorf("%s is at %d of %d bytes", f.Code, at, len(c.Raw()))
		}
	}
}

// useAccessors calls everything that decodes an extension.
func useAccessors(c *Certificate) {
	c.ExtendedKeyUsageNames()
	c.HasExtendedKeyUsage(EKUAny)
	c.PrivateKeyUsagePeriod()
	c.MustStaple()
	c.DNSNames()
	c.IssuerAltName()
	c.SubjectDirectoryAttributes()
	c.FreshestCRL()
	c.CRLURLs()
	c.OCSPURLs()
	c.CAIssuerURLs()
	c.SubjectInfoAccess()
	c.SCTs()
	c.QCStatements()
	c.OCSPNoCheck()
	c.CTPoison()
	c.NetscapeCertType()
	c.NetscapeComment()
	c.OrganizationIdentifier()
	c.MicrosoftTemplateName()
	c.MicrosoftTemplate()
	c.MicrosoftCAVersion()
	san, _ := c.SubjectAltName()
	san.IPAddresses()
	for _, n := range san {
		n.Prefix()
		n.DirectoryName()
	}
}
