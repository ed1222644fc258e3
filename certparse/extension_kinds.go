package certparse

// extensionKinds are the names of the known extensions, in the words of the
// standards that define them, and what those say of the critical flag. The rule
// for basic constraints depends on what else the certificate says, see profile.
var extensionKinds = [extensionIDs]extensionKind{
	extSubjectDirectoryAttributes: {"subjectDirectoryAttributes", criticalNever},
	extSubjectKeyIdentifier:       {"subjectKeyIdentifier", criticalNever},
	extKeyUsage:                   {"keyUsage", criticalEither},
	extPrivateKeyUsagePeriod:      {"privateKeyUsagePeriod", criticalNever},
	extSubjectAltName:             {"subjectAltName", criticalEither},
	extIssuerAltName:              {"issuerAltName", criticalDiscouraged},
	extBasicConstraints:           {"basicConstraints", criticalEither},
	extNameConstraints:            {"nameConstraints", criticalExpected},
	extCRLDistributionPoints:      {"cRLDistributionPoints", criticalDiscouraged},
	extCertificatePolicies:        {"certificatePolicies", criticalEither},
	extPolicyMappings:             {"policyMappings", criticalExpected},
	extAuthorityKeyIdentifier:     {"authorityKeyIdentifier", criticalNever},
	extPolicyConstraints:          {"policyConstraints", criticalExpected},
	extExtendedKeyUsage:           {"extKeyUsage", criticalEither},
	extFreshestCRL:                {"freshestCRL", criticalNever},
	extInhibitAnyPolicy:           {"inhibitAnyPolicy", criticalExpected},
	extAuthorityInfoAccess:        {"authorityInfoAccess", criticalNever},
	extSubjectInfoAccess:          {"subjectInfoAccess", criticalNever},
	extTLSFeature:                 {"tlsfeature", criticalDiscouraged},
	extQCStatements:               {"qcStatements", criticalEither},
	extOCSPNoCheck:                {"ocsp-nocheck", criticalDiscouraged},
	extSCTList:                    {"signedCertificateTimestampList", criticalEither},
	extCTPoison:                   {"ctPoison", criticalExpected},
	extNetscapeCertType:           {"netscape-cert-type", criticalEither},
	extNetscapeComment:            {"netscape-comment", criticalEither},
	extCABFOrganizationIdentifier: {"cabfOrganizationIdentifier", criticalEither},
	extMicrosoftTemplateName:      {"enrollCerttypeExtension", criticalEither},
	extMicrosoftTemplate:          {"certificateTemplate", criticalEither},
	extMicrosoftCAVersion:         {"cAVersion", criticalEither},
}

// check notes the departures from the standard in an extension's value.
// It is a switch and not a column of the table because calls through function
// values would move the parser to the heap.
func (r *extReader) check() {
	switch r.x.id {
	case extSubjectDirectoryAttributes:
		r.directoryAttributes(nil)
	case extSubjectKeyIdentifier:
		r.subjectKeyIdentifier()
	case extKeyUsage:
		r.c.usage = r.keyUsage()
	case extPrivateKeyUsagePeriod:
		r.privateKeyUsagePeriod()
	case extSubjectAltName:
		r.subjectAltName(nil)
	case extIssuerAltName:
		r.issuerAltName(nil)
	case extBasicConstraints:
		r.c.basic = r.basicConstraints()
	case extNameConstraints:
		r.nameConstraints(nil)
	case extCRLDistributionPoints, extFreshestCRL:
		r.distributionPoints(nil)
	case extCertificatePolicies:
		r.certificatePolicies(nil)
	case extPolicyMappings:
		r.policyMappings(nil)
	case extAuthorityKeyIdentifier:
		r.authorityKeyIdentifier(nil)
	case extPolicyConstraints:
		r.policyConstraints()
	case extExtendedKeyUsage:
		r.extendedKeyUsage(nil)
	case extInhibitAnyPolicy:
		r.singleNumber("inhibitAnyPolicy")
	case extAuthorityInfoAccess, extSubjectInfoAccess:
		r.accessDescriptions(nil)
	case extTLSFeature:
		r.tlsFeatures(nil)
	case extQCStatements:
		r.qcStatements(nil)
	case extOCSPNoCheck, extCTPoison:
		r.null()
	case extSCTList:
		r.scts(nil)
	case extNetscapeCertType:
		r.netscapeCertType()
	case extNetscapeComment:
		r.netscapeComment()
	case extCABFOrganizationIdentifier:
		r.organizationIdentifier()
	case extMicrosoftTemplateName:
		r.microsoftTemplateName()
	case extMicrosoftTemplate:
		r.microsoftTemplate()
	case extMicrosoftCAVersion:
		r.microsoftCAVersion()
	}
}
