package certparse

// Names for the identifiers that stand inside extensions, in the words of the
// standards that define them. Each function returns "" for an OID without a name.

// purposeName names an extended key usage.
func purposeName(oid string) string {
	switch oid {
	case EKUServerAuth:
		return "serverAuth"
	case EKUClientAuth:
		return "clientAuth"
	case "1.3.6.1.5.5.7.3.3":
		return "codeSigning"
	case "1.3.6.1.5.5.7.3.4":
		return "emailProtection"
	case "1.3.6.1.5.5.7.3.5":
		return "ipsecEndSystem"
	case "1.3.6.1.5.5.7.3.6":
		return "ipsecTunnel"
	case "1.3.6.1.5.5.7.3.7":
		return "ipsecUser"
	case "1.3.6.1.5.5.7.3.8":
		return "timeStamping"
	case EKUOCSPSigning:
		return "OCSPSigning"
	case "1.3.6.1.5.5.7.3.17":
		return "ipsecIKE"
	case "1.3.6.1.5.5.7.3.21":
		return "secureShellClient"
	case "1.3.6.1.5.5.7.3.22":
		return "secureShellServer"
	case "1.3.6.1.5.5.7.3.31":
		return "brandIndicatorForMessageIdentification"
	case "1.3.6.1.5.5.7.3.36":
		return "documentSigning"
	case "1.3.6.1.5.2.3.4":
		return "pkinitKPClientAuth"
	case "1.3.6.1.5.2.3.5":
		return "pkinitKPKdc"
	case "1.3.6.1.4.1.311.10.3.1":
		return "msCTLSign"
	case "1.3.6.1.4.1.311.10.3.3":
		return "msSGC"
	case "1.3.6.1.4.1.311.10.3.4":
		return "msEFS"
	case "1.3.6.1.4.1.311.10.3.12":
		return "msDocumentSigning"
	case "1.3.6.1.4.1.311.20.2.2":
		return "msSmartcardLogin"
	case "1.3.6.1.4.1.311.2.1.21":
		return "msCodeInd"
	case "1.3.6.1.4.1.311.2.1.22":
		return "msCodeCom"
	case "2.16.840.1.113730.4.1":
		return "nsSGC"
	case EKUAny:
		return "anyExtendedKeyUsage"
	}
	return ""
}

// accessName names an access method.
func accessName(oid string) string {
	switch oid {
	case AccessOCSP:
		return "ocsp"
	case AccessCAIssuers:
		return "caIssuers"
	case "1.3.6.1.5.5.7.48.3":
		return "timeStamping"
	case "1.3.6.1.5.5.7.48.5":
		return "caRepository"
	case "1.3.6.1.5.5.7.48.10":
		return "rpkiManifest"
	case "1.3.6.1.5.5.7.48.11":
		return "signedObject"
	case "1.3.6.1.5.5.7.48.13":
		return "rpkiNotify"
	}
	return ""
}

// policyName names a certificate policy.
func policyName(oid string) string {
	switch oid {
	case AnyPolicy:
		return "anyPolicy"
	case "2.23.140.1.1":
		return "extended-validation"
	case "2.23.140.1.2.1":
		return "domain-validated"
	case "2.23.140.1.2.2":
		return "organization-validated"
	case "2.23.140.1.2.3":
		return "individual-validated"
	case "2.23.140.1.4.1":
		return "code-signing"
	case "0.4.0.194112.1.0":
		return "qcp-natural"
	case "0.4.0.194112.1.1":
		return "qcp-legal"
	case "0.4.0.194112.1.2":
		return "qcp-natural-qscd"
	case "0.4.0.194112.1.3":
		return "qcp-legal-qscd"
	case "0.4.0.194112.1.4":
		return "qcp-web"
	}
	return ""
}

// qcName names a statement about a qualified certificate, or one of its types.
func qcName(oid string) string {
	switch oid {
	case "1.3.6.1.5.5.7.11.1":
		return "id-qcs-pkixQCSyntax-v1"
	case "1.3.6.1.5.5.7.11.2":
		return "id-qcs-pkixQCSyntax-v2"
	case "0.4.0.1862.1.1":
		return "esi4-qcStatement-1 (QcCompliance)"
	case "0.4.0.1862.1.2":
		return "esi4-qcStatement-2 (QcLimitValue)"
	case "0.4.0.1862.1.3":
		return "esi4-qcStatement-3 (QcRetentionPeriod)"
	case "0.4.0.1862.1.4":
		return "esi4-qcStatement-4 (QcSSCD)"
	case "0.4.0.1862.1.5":
		return "esi4-qcStatement-5 (QcPDS)"
	case "0.4.0.1862.1.6":
		return "esi4-qcStatement-6 (QcType)"
	case "0.4.0.1862.1.6.1":
		return "esign"
	case "0.4.0.1862.1.6.2":
		return "eseal"
	case "0.4.0.1862.1.6.3":
		return "web"
	case "0.4.0.1862.1.7":
		return "esi4-qcStatement-7 (QcCClegislation)"
	case "0.4.0.19495.2":
		return "PSD2"
	case "0.4.0.194121.1.1":
		return "id-etsi-qcs-semanticsId-Natural"
	case "0.4.0.194121.1.2":
		return "id-etsi-qcs-SemanticsId-Legal"
	}
	return ""
}
