package main

// This file has the cases about extensions.

func (g *generator) extensionCases() {
	good := g.server()
	bad := func(code, says string, t template) { g.serverCase("extension/"+code, says, t.pem()) }
	ca := func(code, says string, t template) {
		g.caCase("extension/"+code, says, t.selfSigned(g.key("p256-root")))
	}
	root := g.root()

	bad("extension-malformed", "A key usage that is an octet string. It is a bit string (RFC 5280, Section 4.2.1.3).",
		good.with(extension{oid: oidKeyUsage, critical: true, value: octets([]byte{0x80})}))
	bad("extension-duplicate", "Two key usages. No extension appears twice (RFC 5280, Section 4.2).",
		good.again(keyUsage(digitalSignature)))
	bad("extension-unknown-critical", "A critical extension from a private arc. Who does not know a critical extension must refuse (RFC 5280, Section 4.2).",
		good.with(extension{oid: oidPrivateArc, critical: true, value: null()}))
	ca("extension-should-be-critical", "Basic constraints of a CA that are not critical. They must be (RFC 5280, Section 4.2.1.9).",
		root.with(caConstraints().marked(false)))
	bad("extension-must-not-be-critical", "A critical authority key identifier. It must not be critical (RFC 5280, Section 4.2.1.1).",
		good.with(authorityKeyID(g.key("p256-root")).marked(true)))
	bad("extension-should-not-be-critical", "Critical CRL distribution points. They should not be critical (RFC 5280, Section 4.2.1.13).",
		good.with(crlAt("http://crl.example.com/root.crl").marked(true)))
	bad("bit-string-not-minimal", "A key usage with seven zero bits at its end. DER leaves them out (ITU-T X.690, Section 11.2.2).",
		good.with(extension{oid: oidKeyUsage, critical: true, value: bits(0, 0x80)}))
	bad("basic-constraints-path-length", "A path length limit on a certificate that is not a CA. It is for CAs only (RFC 5280, Section 4.2.1.9).",
		good.with(extension{oid: oidBasicConstraints, critical: true, value: sequence(number(0))}))
	bad("key-usage-empty", "A key usage without usages. At least one bit must be set (RFC 5280, Section 4.2.1.3).",
		good.with(extension{oid: oidKeyUsage, critical: true, value: bits(0)}))
	bad("key-usage-without-ca", "A server certificate that may sign certificates. keyCertSign needs the cA flag (RFC 5280, Section 4.2.1.9).",
		good.with(keyUsage(digitalSignature, keyCertSign)))
	ca("ca-without-key-usage", "A CA without key usage. It must have one with keyCertSign (RFC 5280, Section 4.2.1.3).",
		root.without(oidKeyUsage))
	ca("subject-key-identifier-missing", "A CA without subject key identifier. CA certificates must have it (RFC 5280, Section 4.2.1.2).",
		root.without(oidSubjectKeyID))
	bad("authority-key-identifier-missing", "A server certificate without authority key identifier. All must have it but self-signed ones (RFC 5280, Section 4.2.1.1).",
		good.without(oidAuthorityKeyID))
	bad("subject-alt-name-invalid", "A host name with a blank. It must have the preferred name syntax (RFC 5280, Section 4.2.1.6).",
		good.with(hosts("server.example.com", "www example.com")))
	bad("subject-alt-name-underscore", "A host name with an underscore, which the preferred name syntax lacks (RFC 5280, Section 4.2.1.6; RFC 1034, Section 3.5).",
		good.with(hosts("server.example.com", "my_server.example.com")))
	bad("general-name-invalid", "A distribution point whose URI is a file name. URIs start with a scheme (RFC 3986, Section 3).",
		good.with(crlAt("root.crl")))
	bad("policy-duplicate", "One policy twice. It must not appear more than once (RFC 5280, Section 4.2.1.4).",
		good.with(policies(oidDomainValidated, oidDomainValidated)))
	ca("policy-mapping-any-policy", "A mapping from anyPolicy. There must not be one (RFC 5280, Section 4.2.1.5).",
		root.with(policies(oidAnyPolicy), policyMapping(oidAnyPolicy, oidDomainValidated)))
	bad("name-constraints-not-ca", "Name constraints on a server certificate. They are for CAs only (RFC 5280, Section 4.2.1.10).",
		good.with(permitted("example.com")))
}
