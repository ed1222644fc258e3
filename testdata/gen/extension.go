package main

// The object identifiers of extensions and purposes.
const (
	oidSubjectKeyID        = "2.5.29.14"
	oidKeyUsage            = "2.5.29.15"
	oidSubjectAltName      = "2.5.29.17"
	oidBasicConstraints    = "2.5.29.19"
	oidNameConstraints     = "2.5.29.30"
	oidCRLDistribution     = "2.5.29.31"
	oidCertificatePolicies = "2.5.29.32"
	oidPolicyMappings      = "2.5.29.33"
	oidAuthorityKeyID      = "2.5.29.35"
	oidExtendedKeyUsage    = "2.5.29.37"
	oidServerAuth          = "1.3.6.1.5.5.7.3.1"
	oidClientAuth          = "1.3.6.1.5.5.7.3.2"
	oidAnyPolicy           = "2.5.29.32.0"
	oidDomainValidated     = "2.23.140.1.2.1"
)

// extension is one extension of a template.
type extension struct {
	oid      string
	critical bool
	value    []byte
	// flag, if set, is written in place of the critical flag.
	flag []byte
}

func (x extension) der() []byte {
	flag := x.flag
	if x.critical {
		flag = boolean(0xff)
	}
	return sequence(oid(x.oid), flag, octets(x.value))
}

// marked returns the extension with the critical flag set as given.
func (x extension) marked(critical bool) extension {
	x.critical = critical
	return x
}

func subjectKeyID(k *key) extension {
	return extension{oid: oidSubjectKeyID, value: octets(k.id())}
}

func authorityKeyID(k *key) extension {
	return extension{oid: oidAuthorityKeyID, value: sequence(implicit(0, k.id()...))}
}

// The bits of the key usage, as the standard numbers them.
const (
	digitalSignature = 0
	nonRepudiation   = 1
	keyEncipherment  = 2
	dataEncipherment = 3
	keyCertSign      = 5
	crlSign          = 6
)

func keyUsage(on ...int) extension {
	var set byte
	last := 0
	for _, n := range on {
		set |= 0x80 >> n
		last = max(last, n)
	}
	return extension{oid: oidKeyUsage, critical: true, value: bits(byte(7-last), set)}
}

func extendedKeyUsage(purposes ...string) extension {
	var list [][]byte
	for _, p := range purposes {
		list = append(list, oid(p))
	}
	return extension{oid: oidExtendedKeyUsage, value: sequence(list...)}
}

// caConstraints are the basic constraints of a CA.
func caConstraints() extension {
	return extension{oid: oidBasicConstraints, critical: true, value: sequence(boolean(0xff))}
}

func dnsName(s string) []byte { return implicit(2, []byte(s)...) }

func uri(s string) []byte { return implicit(6, []byte(s)...) }

func subjectAltName(names ...[]byte) extension {
	return extension{oid: oidSubjectAltName, value: sequence(names...)}
}

// hosts is a subject alternative name with host names.
func hosts(names ...string) extension {
	var list [][]byte
	for _, n := range names {
		list = append(list, dnsName(n))
	}
	return subjectAltName(list...)
}

// crlAt is a distribution point with the given URI.
func crlAt(u string) extension {
	return extension{oid: oidCRLDistribution, value: sequence(sequence(explicit(0, explicit(0, uri(u)))))}
}

func policies(ids ...string) extension {
	var list [][]byte
	for _, id := range ids {
		list = append(list, sequence(oid(id)))
	}
	return extension{oid: oidCertificatePolicies, value: sequence(list...)}
}

func policyMapping(from, to string) extension {
	return extension{oid: oidPolicyMappings, critical: true, value: sequence(sequence(oid(from), oid(to)))}
}

// permitted are name constraints that permit one domain.
func permitted(domain string) extension {
	return extension{oid: oidNameConstraints, critical: true, value: sequence(explicit(0, sequence(dnsName(domain))))}
}
