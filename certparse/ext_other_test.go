package certparse

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCertificatePolicies(t *testing.T) {
	qualifier := func(id string, value []byte) []byte { return seq(oid(id), value) }
	notice := func(parts ...[]byte) []byte {
		return seq(seq(oid("1.2.3"), seq(qualifier(qualifierUserNotice, seq(parts...)))))
	}
	testExtension(t, "2.5.29.32", false, second((*Certificate).CertificatePolicies), []extensionTest{
		{"plain", seq(seq(oid("2.23.140.1.2.1")), seq(oid("1.2.3"))), `[{"oid":"2.23.140.1.2.1","name":"domain-validated"},{"oid":"1.2.3"}]`, nil},
		{"practice statement", seq(seq(oid("1.2.3"), seq(qualifier(qualifierCPS, ia5("http://a/cps"))))),
			`[{"oid":"1.2.3","qualifiers":[{"oid":"1.3.6.1.5.5.7.2.1","cps":"http://a/cps"}]}]`, nil},
		{"user notice", notice(seq(utf8s("Org"), seq(integer(1), integer(2))), utf8s("Text")),
			`[{"oid":"1.2.3","qualifiers":[{"oid":"1.3.6.1.5.5.7.2.2","text":"Text","organization":"Org","notice_numbers":[1,2]}]}]`, nil},
		{"escaped text", notice(utf8s("a\x1b[2Jb\u202e")), `[{"oid":"1.2.3","qualifiers":[{"oid":"1.3.6.1.5.5.7.2.2","text":"a\\u{1b}[2Jb\\u{202e}"}]}]`, nil},
		{"BMP text", notice(tlv(tagBMPString, bytesOf(0, 'h', 0x4e, 0x2d))), `[{"oid":"1.2.3","qualifiers":[{"oid":"1.3.6.1.5.5.7.2.2","text":"h中"}]}]`, nil},
		{"other qualifier", seq(seq(oid("1.2.3"), seq(qualifier("1.2.4", integer(5))))),
			`[{"oid":"1.2.3","qualifiers":[{"oid":"1.2.4","raw":"020105"}]}]`, nil},
		{"long text", notice(utf8s(strings.Repeat("ä", 201))),
			`[{"oid":"1.2.3","qualifiers":[{"oid":"1.3.6.1.5.5.7.2.2","text":"` + strings.Repeat("ä", 201) + `"}]}]`, []found{{"name-attribute-length", 34}}},
		{"as long as allowed", notice(utf8s(strings.Repeat("ä", 200))),
			`[{"oid":"1.2.3","qualifiers":[{"oid":"1.3.6.1.5.5.7.2.2","text":"` + strings.Repeat("ä", 200) + `"}]}]`, nil},
		{"twice", seq(seq(oid("1.2.3")), seq(oid("1.2.4")), seq(oid("1.2.3"))), `[{"oid":"1.2.3"},{"oid":"1.2.4"},{"oid":"1.2.3"}]`, []found{{"policy-duplicate", 16}}},
		{"empty", seq(), "", malformedAt(0)},
		{"no ID", seq(seq()), "", malformedAt(4)},
		{"empty qualifiers", seq(seq(oid("1.2.3"), seq())), "", malformedAt(8)},
		{"qualifier without value", seq(seq(oid("1.2.3"), seq(seq(oid(qualifierCPS))))), "", malformedAt(10)},
		{"practice statement of another type", seq(seq(oid("1.2.3"), seq(qualifier(qualifierCPS, utf8s("http://a/"))))), "", malformedAt(22)},
		{"practice statement beyond ASCII", seq(seq(oid("1.2.3"), seq(qualifier(qualifierCPS, ia5("ä"))))), "", malformedAt(22)},
		{"notice is no sequence", seq(seq(oid("1.2.3"), seq(qualifier(qualifierUserNotice, utf8s("a"))))), "", malformedAt(22)},
		{"notice is not UTF-8", notice(utf8s("\xff")), "", malformedAt(24)},
		{"notice is no text", notice(integer(1)), "", malformedAt(24)},
	})
	// Beyond the first few, duplicates are looked up in another way.
	var policies [][]byte
	for i := range 20 {
		policies = append(policies, seq(oid("1.2."+itoa(i))))
	}
	for _, again := range []int{0, 7, 8, 19} {
		value := seq(append(slices.Clone(policies), policies[again])...)
		der := handmade{extensions: [][]byte{ext("2.5.29.32", false, value), soundSKI, soundAKI}}.der()
		want := []found{{"policy-duplicate", bytes.Index(der, value) + len(value) - 4}}
		if got := findingsOf(mustParse(t, der)); !slices.Equal(got, want) {
			t.Errorf("policy %d twice: %v, want %v", again, got, want)
		}
	}
}

func TestPolicyMappings(t *testing.T) {
	testExtension(t, "2.5.29.33", true, second((*Certificate).PolicyMappings), []extensionTest{
		{"one", seq(seq(oid("1.2.3"), oid("1.2.4"))), `[{"issuer_domain_policy":"1.2.3","subject_domain_policy":"1.2.4"}]`, nil},
		{"from any", seq(seq(oid(AnyPolicy), oid("1.2.4"))), `[{"issuer_domain_policy":"2.5.29.32.0","subject_domain_policy":"1.2.4"}]`, []found{{"policy-mapping-any-policy", 2}}},
		{"to any", seq(seq(oid("1.2.4"), oid(AnyPolicy))), `[{"issuer_domain_policy":"1.2.4","subject_domain_policy":"2.5.29.32.0"}]`, []found{{"policy-mapping-any-policy", 2}}},
		{"empty", seq(), "", malformedAt(0)},
		{"half", seq(seq(oid("1.2.3"))), "", malformedAt(8)},
		{"three", seq(seq(oid("1.2.3"), oid("1.2.4"), oid("1.2.5"))), "", malformedAt(12)},
	})
}

func TestPolicyConstraints(t *testing.T) {
	testExtension(t, "2.5.29.36", true, second((*Certificate).PolicyConstraints), []extensionTest{
		{"both", seq(tlv(0x80, bytesOf(0)), tlv(0x81, bytesOf(3))), `{"require_explicit_policy":0,"inhibit_policy_mapping":3}`, nil},
		{"one", seq(tlv(0x81, bytesOf(3))), `{"inhibit_policy_mapping":3}`, nil},
		{"none", seq(), "", malformedAt(0)},
		{"negative", seq(tlv(0x80, bytesOf(0x80))), "", malformedAt(2)},
	})
	testExtension(t, "2.5.29.54", true, second((*Certificate).InhibitAnyPolicy), []extensionTest{
		{"zero", integer(0), `0`, nil},
		{"not minimal", integer(0, 1), `1`, []found{{"integer-not-minimal", 0}}},
		{"negative", integer(0xff), "", malformedAt(0)},
		{"sequence", seq(), "", malformedAt(0)},
	})
	c := mustParse(t, typicalLeaf(t))
	if v, p := c.PolicyConstraints(); v != (PolicyConstraints{-1, -1}) || p != Absent {
		t.Errorf("absent policy constraints are %v, %v", v, p)
	}
	if v, p := c.InhibitAnyPolicy(); v != -1 || p != Absent {
		t.Errorf("absent inhibitAnyPolicy is %v, %v", v, p)
	}
}

func TestDistributionPoints(t *testing.T) {
	full := func(names ...[]byte) []byte { return tlv(0xa0, tlv(0xa0, names...)) }
	issuer := tlv(0xa2, tlv(0xa4, cn("I")))
	tests := []extensionTest{
		{"two", seq(seq(full(uri("http://a/1.crl"), uri("ldap:///CN=a?b"))), seq(full(uri("http://b/2.crl")), tlv(0x81, bytesOf(1, 0x06)), issuer)),
			`[{"full_name":[{"type":"uniformResourceIdentifier","value":"http://a/1.crl"},{"type":"uniformResourceIdentifier","value":"ldap:///CN=a?b"}]},` +
				`{"full_name":[{"type":"uniformResourceIdentifier","value":"http://b/2.crl"}],"reasons":["cessationOfOperation","certificateHold"],` +
				`"crl_issuer":[{"type":"directoryName","value":"CN=I"}]}]`, nil},
		{"relative name", seq(seq(tlv(0xa0, tlv(0xa1, seq(oid("2.5.4.3"), utf8s("R")))))), `[{"relative_name":"CN=R"}]`, nil},
		{"issuer only", seq(seq(issuer)), `[{"crl_issuer":[{"type":"directoryName","value":"CN=I"}]}]`, nil},
		{"not a URI", seq(seq(full(uri("c:\\a.crl")))), `[{"full_name":[{"type":"uniformResourceIdentifier","value":"c:\\a.crl"}]}]`, []found{{"general-name-invalid", 8}}},
		{"empty", seq(), "", malformedAt(0)},
		{"empty point", seq(seq()), "", malformedAt(2)},
		{"reasons only", seq(seq(tlv(0x81, bytesOf(1, 0x06)))), "", malformedAt(2)},
		{"no reason", seq(seq(full(uri("http://a/")), tlv(0x81, bytesOf(0)))), "", malformedAt(19)},
		{"neither name", seq(seq(tlv(0xa0))), "", malformedAt(6)},
		{"no names", seq(seq(full())), "", malformedAt(6)},
		{"both names", seq(seq(tlv(0xa0, tlv(0xa0, uri("http://a/")), tlv(0xa1, seq(oid("2.5.4.3"), utf8s("R")))))), "", malformedAt(19)},
		{"relative name broken", seq(seq(tlv(0xa0, tlv(0xa1, integer(1))))), "", malformedAt(6)},
		{"relative name empty", seq(seq(tlv(0xa0, tlv(0xa1)))), "", malformedAt(6)},
	}
	testExtension(t, "2.5.29.31", false, second((*Certificate).CRLDistributionPoints), tests)
	testExtension(t, "2.5.29.46", false, second((*Certificate).FreshestCRL), tests)

	c := mustParse(t, handmade{extensions: [][]byte{ext("2.5.29.31", false, seq(
		seq(tlv(0xa0, tlv(0xa1, seq(oid("2.5.4.3"), utf8s("R")))), tlv(0x81, bytesOf(6, 0x40)))))}}.der())
	points, _ := c.CRLDistributionPoints()
	if want := set(seq(oid("2.5.4.3"), utf8s("R"))); !bytes.Equal(points[0].RelativeName, want) {
		t.Errorf("relative name %x, want %x", points[0].RelativeName, want)
	}
	if points[0].Reasons != ReasonKeyCompromise {
		t.Errorf("reasons %v", points[0].Reasons.Strings())
	}
}

func TestInfoAccess(t *testing.T) {
	tests := []extensionTest{
		{"two", seq(seq(oid(AccessOCSP), uri("http://o/")), seq(oid("1.2.3"), tlv(0xa4, cn("X")))),
			`[{"oid":"1.3.6.1.5.5.7.48.1","name":"ocsp","location":{"type":"uniformResourceIdentifier","value":"http://o/"}},` +
				`{"oid":"1.2.3","location":{"type":"directoryName","value":"CN=X"}}]`, nil},
		{"not a URI", seq(seq(oid(AccessCAIssuers), uri("ca.crt"))),
			`[{"oid":"1.3.6.1.5.5.7.48.2","name":"caIssuers","location":{"type":"uniformResourceIdentifier","value":"ca.crt"}}]`, []found{{"general-name-invalid", 14}}},
		{"empty", seq(), "", malformedAt(0)},
		{"no location", seq(seq(oid(AccessOCSP))), "", malformedAt(2)},
		{"no method", seq(seq()), "", malformedAt(4)},
		{"two locations", seq(seq(oid(AccessOCSP), uri("http://o/"), uri("http://o/"))), "", malformedAt(25)},
	}
	testExtension(t, "1.3.6.1.5.5.7.1.1", false, second((*Certificate).AuthorityInfoAccess), tests)
	testExtension(t, "1.3.6.1.5.5.7.1.11", false, second((*Certificate).SubjectInfoAccess), tests)
}

func TestNulls(t *testing.T) {
	tests := []extensionTest{
		{"null", tlv(tagNull), `true`, nil},
		{"with content", tlv(tagNull, bytesOf(0)), "", malformedAt(0)},
		{"nothing", nil, "", malformedAt(0)},
		{"octets", tlv(tagOctetString), "", malformedAt(0)},
	}
	testExtension(t, "1.3.6.1.5.5.7.48.1.5", false, (*Certificate).OCSPNoCheck, tests)
	testExtension(t, "1.3.6.1.4.1.11129.2.4.3", true, (*Certificate).CTPoison, tests)
}

func TestSCTs(t *testing.T) {
	shown := func(i string) string {
		return `{"version":1,"log_id":"` + strings.Repeat(i, 32) + `","timestamp":"2026-01-02T03:04:05.678Z","signature_algorithm":"ECDSA-SHA256","signature":"` + strings.Repeat("00", 71) + `"}`
	}
	late := sct(1)
	copy(late[33:], bytes.Repeat([]byte{0xff}, 8))
	tests := []extensionTest{
		{"two", sctList(sct(1), sct(2)), "[" + shown("01") + "," + shown("02") + "]", nil},
		{"future version", sctList(bytesOf(1, 2, 3), sct(2)), `[{"version":2,"raw":"010203"},` + shown("02") + "]", nil},
		{"no timestamps", sctList(), "", malformedAt(4)},
		{"one is too short", sctList(sct(1), sct(2)[:40], sct(3)), "", malformedAt(128)},
		{"one is empty", sctList(nil, sct(3)), "", malformedAt(6)},
		{"one has bytes after it", sctList(append(sct(1), 0)), "", malformedAt(124)},
		{"signature cut off", sctList(sct(1)[:117]), "", malformedAt(6)},
		{"absurd time", sctList(late), "", malformedAt(6)},
		{"list longer than stated", tlv(tagOctetString, bytesOf(0, 0, 0)), "", append(malformedAt(4), malformedAt(4)...)},
		{"list shorter than stated", tlv(tagOctetString, bytesOf(0, 9, 0)), "", malformedAt(0)},
		{"no list", tlv(tagOctetString), "", malformedAt(0)},
		{"length cut off", tlv(tagOctetString, bytesOf(0, 1, 0)), "", malformedAt(4)},
	}
	testExtension(t, "1.3.6.1.4.1.11129.2.4.2", false, second((*Certificate).SCTs), tests)

	c := mustParse(t, handmade{extensions: [][]byte{ext("1.3.6.1.4.1.11129.2.4.2", false, sctList(sct(1), sct(2)[:40], sct(3)))}}.der())
	scts, p := c.SCTs()
	if p != Malformed || len(scts) != 2 || scts[0].LogID[0] != 1 || scts[1].LogID[0] != 3 {
		t.Errorf("one of three is malformed: got %d, %v", len(scts), p)
	}
	if want := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC); !scts[0].Timestamp.Equal(want) {
		t.Errorf("time %v, want %v", scts[0].Timestamp, want)
	}
	if got := (SCT{HashAlgorithm: 9, SignatureAlgorithm: 1}).Algorithm(); got != "1-9" {
		t.Errorf("unknown algorithms are %q", got)
	}
}

func TestQCStatements(t *testing.T) {
	etsi := func(n string) []byte { return oid("0.4.0.1862.1." + n) }
	one := func(parts ...[]byte) []byte { return seq(seq(parts...)) }
	testExtension(t, "1.3.6.1.5.5.7.1.3", false, second((*Certificate).QCStatements), []extensionTest{
		{"compliance and device", seq(seq(etsi("1")), seq(etsi("4"))),
			`[{"oid":"0.4.0.1862.1.1","name":"esi4-qcStatement-1 (QcCompliance)"},{"oid":"0.4.0.1862.1.4","name":"esi4-qcStatement-4 (QcSSCD)"}]`, nil},
		{"limit", one(etsi("2"), seq(printable("EUR"), integer(5), integer(0xff))),
			`[{"oid":"0.4.0.1862.1.2","name":"esi4-qcStatement-2 (QcLimitValue)","limit":{"currency":"EUR","amount":5,"exponent":-1}}]`, nil},
		{"numeric currency", one(etsi("2"), seq(integer(3, 0xd2), integer(5), integer(2))),
			`[{"oid":"0.4.0.1862.1.2","name":"esi4-qcStatement-2 (QcLimitValue)","limit":{"currency":"978","amount":5,"exponent":2}}]`, nil},
		{"retention", one(etsi("3"), integer(10)), `[{"oid":"0.4.0.1862.1.3","name":"esi4-qcStatement-3 (QcRetentionPeriod)","retention_years":10}]`, nil},
		{"disclosure", one(etsi("5"), seq(seq(ia5("https://a/en"), printable("en")))),
			`[{"oid":"0.4.0.1862.1.5","name":"esi4-qcStatement-5 (QcPDS)","disclosures":[{"url":"https://a/en","language":"en"}]}]`, nil},
		{"type", one(etsi("6"), seq(oid("0.4.0.1862.1.6.3"))),
			`[{"oid":"0.4.0.1862.1.6","name":"esi4-qcStatement-6 (QcType)","types":[{"oid":"0.4.0.1862.1.6.3","name":"web"}]}]`, nil},
		{"legislation", one(etsi("7"), seq(printable("GB"))), `[{"oid":"0.4.0.1862.1.7","name":"esi4-qcStatement-7 (QcCClegislation)","countries":["GB"]}]`, nil},
		{"semantics", one(oid("1.3.6.1.5.5.7.11.2"), seq(oid("0.4.0.194121.1.2"), seq(uri("http://a/")))),
			`[{"oid":"1.3.6.1.5.5.7.11.2","name":"id-qcs-pkixQCSyntax-v2","types":[{"oid":"0.4.0.194121.1.2","name":"id-etsi-qcs-SemanticsId-Legal"}]}]`, nil},
		{"semantics are not a list", one(oid("1.3.6.1.5.5.7.11.2"), oid("1.2.3")), "", malformedAt(14)},
		{"semantics with a broken name", one(oid("1.3.6.1.5.5.7.11.2"), seq(seq(tlv(0x87)))), "", malformedAt(18)},
		{"unknown", one(oid("1.2.3"), integer(1)), `[{"oid":"1.2.3","raw":"020101"}]`, nil},
		{"limit without amount", one(etsi("2"), seq(printable("EUR"))), "", malformedAt(19)},
		{"huge exponent", one(etsi("2"), seq(printable("EUR"), integer(5), integer(1, 0))), "", malformedAt(22)},
		{"retention in words", one(etsi("3"), printable("ten")), "", malformedAt(12)},
		{"types are not a list", one(etsi("6"), oid("1.2.3")), "", malformedAt(12)},
		{"disclosure without language", one(etsi("5"), seq(seq(ia5("https://a/en")))), "", malformedAt(30)},
		{"country of another type", one(etsi("7"), seq(utf8s("GB"))), "", malformedAt(14)},
		{"no ID", one(), "", malformedAt(4)},
		{"two infos", one(oid("1.2.3"), integer(1), integer(1)), "", malformedAt(11)},
	})
}

func TestVendorExtensions(t *testing.T) {
	testExtension(t, "2.16.840.1.113730.1.1", false, second((*Certificate).NetscapeCertType), []extensionTest{
		{"client and CA", tlv(tagBitString, bytesOf(2, 0x84)), `["sslClient","sslCA"]`, nil},
		{"not a bit string", integer(1), "", malformedAt(0)},
	})
	testExtension(t, "2.16.840.1.113730.1.13", false, second((*Certificate).NetscapeComment), []extensionTest{
		{"text", ia5("made by \x1b"), `"made by \\u{1b}"`, nil},
		{"beyond ASCII", ia5("ä"), "", malformedAt(0)},
		{"another type", utf8s("a"), "", malformedAt(0)},
	})
	testExtension(t, "2.23.140.3.1", false, second((*Certificate).OrganizationIdentifier), []extensionTest{
		{"all", seq(printable("NTR"), printable("US"), tlv(0x80, []byte("CA")), utf8s("123")), `{"scheme":"NTR","country":"US","state":"CA","reference":"123"}`, nil},
		{"without state", seq(printable("VAT"), printable("DE"), utf8s("123")), `{"scheme":"VAT","country":"DE","reference":"123"}`, nil},
		{"without reference", seq(printable("VAT"), printable("DE")), "", malformedAt(11)},
		{"bad state", seq(printable("NTR"), printable("US"), tlv(0x80, []byte("*")), utf8s("123")), "", malformedAt(11)},
	})
	testExtension(t, "1.3.6.1.4.1.311.20.2", false, second((*Certificate).MicrosoftTemplateName), []extensionTest{
		{"name", tlv(tagBMPString, bytesOf(0, 'C', 0, 'A')), `"CA"`, nil},
		{"odd", tlv(tagBMPString, bytesOf(0, 'C', 0)), "", malformedAt(0)},
		{"no text", integer(1), "", malformedAt(0)},
	})
	testExtension(t, "1.3.6.1.4.1.311.21.7", false, second((*Certificate).MicrosoftTemplate), []extensionTest{
		{"all", seq(oid("1.2.3"), integer(100), integer(4)), `{"oid":"1.2.3","major":100,"minor":4}`, nil},
		{"no minor", seq(oid("1.2.3"), integer(100)), `{"oid":"1.2.3","major":100}`, nil},
		{"no ID", seq(integer(1)), "", malformedAt(2)},
	})
	testExtension(t, "1.3.6.1.4.1.311.21.1", false, second((*Certificate).MicrosoftCAVersion), []extensionTest{
		{"renewed", integer(2, 0, 3), `{"certificate":3,"key":2}`, nil},
		{"negative", integer(0xff), "", malformedAt(0)},
	})
}
