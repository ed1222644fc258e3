package certparse

// attributeType is what is fixed about an attribute type of a distinguished name.
type attributeType struct {
	// oid is the content octets of the identifier.
	oid string
	// name is the descriptor registered for LDAP (RFC 4520), or where there is
	// none the one that certificates' own standards use.
	name string
	// java is the keyword of Java's X500Principal, which the documented DN
	// strings use; empty where Java writes OID.<number>.
	java string
	// limit is the upper bound on its length in characters; 0 is none.
	limit int
}

// attributeTypes lists the attribute types with a name; the bounds are those of
// RFC 5280, Appendix A.1.
var attributeTypes = [...]attributeType{
	{"\x55\x04\x03", "CN", "CN", 64},
	{"\x55\x04\x04", "SN", "SURNAME", 32768},
	{"\x55\x04\x05", "serialNumber", "SERIALNUMBER", 64},
	{"\x55\x04\x06", "C", "C", 2},
	{"\x55\x04\x07", "L", "L", 128},
	{"\x55\x04\x08", "ST", "ST", 128},
	{"\x55\x04\x09", "STREET", "STREET", 128},
	{"\x55\x04\x0a", "O", "O", 64},
	{"\x55\x04\x0b", "OU", "OU", 64},
	{"\x55\x04\x0c", "title", "T", 64},
	{"\x55\x04\x0d", "description", "", 1024},
	{"\x55\x04\x0f", "businessCategory", "", 128},
	{"\x55\x04\x11", "postalCode", "", 40},
	{"\x55\x04\x14", "telephoneNumber", "", 32},
	{"\x55\x04\x29", "name", "", 32768},
	{"\x55\x04\x2a", "givenName", "GIVENNAME", 32768},
	{"\x55\x04\x2b", "initials", "INITIALS", 32768},
	{"\x55\x04\x2c", "generationQualifier", "GENERATION", 32768},
	{"\x55\x04\x2d", "x500UniqueIdentifier", "", 0},
	{"\x55\x04\x2e", "dnQualifier", "DNQ", 0},
	{"\x55\x04\x41", "pseudonym", "", 128},
	{"\x55\x04\x61", "organizationIdentifier", "", 0},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "emailAddress", "EMAILADDRESS", 255},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02", "unstructuredName", "", 0},
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x08", "unstructuredAddress", "", 0},
	{"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID", "UID", 256},
	{"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC", "DC", 0},
	{"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01", "jurisdictionL", "", 128},
	{"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02", "jurisdictionST", "", 128},
	{"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03", "jurisdictionC", "", 2},
}

// x520Index maps the last arc of 2.5.4.n to the index in attributeTypes, plus one.
var x520Index = func() (index [256]uint8) {
	for i, t := range attributeTypes {
		if len(t.oid) == 3 {
			index[t.oid[2]] = uint8(i + 1)
		}
	}
	return index
}()

// findAttributeType returns the attribute type of the content octets of an OID, or nil.
func findAttributeType(oid []byte) *attributeType {
	if len(oid) == 3 && oid[0] == 0x55 && oid[1] == 0x04 {
		if i := x520Index[oid[2]]; i > 0 {
			return &attributeTypes[i-1]
		}
		return nil
	}
	for i := range attributeTypes {
		if attributeTypes[i].oid == string(oid) {
			return &attributeTypes[i]
		}
	}
	return nil
}

// attributeName is the name of an attribute type, or its dotted OID.
func attributeName(oid []byte) string {
	if t := findAttributeType(oid); t != nil {
		return t.name
	}
	return oidString(oid)
}
