package ocsp

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/certparse"
)

// entry is one revoked certificate. Everything in it points into the list.
type entry struct {
	serial []byte
	at     time.Time
	reason Reason
	// issuer is the content of the certificateIssuer that holds for the entry, of
	// its own or of one before it; nil is the issuer of the list.
	issuer cryptobyte.String
	// extended says that the entry has extensions.
	extended bool
}

const oidCertificateIssuer = "\x55\x1d\x1d" // 2.5.29.29

// readEntries reads all entries, so that what is wrong with one is known before
// any of them is believed.
func (c *CRL) readEntries() error {
	problem := ""
	readable := c.each(func(_ uint32, e *entry) {
		switch {
		case e.extended && c.version == 1:
			problem = "it is of version 1 and has an entry with extensions"
		case e.reason == RemoveFromCRL && !c.Delta:
			problem = "an entry removes a certificate from the list, which only delta CRLs do"
		case e.issuer != nil && !c.point.indirect:
			problem = "an entry names the certificate's issuer, which only indirect CRLs do"
		}
		c.Entries++
	})
	switch {
	case !readable:
		return syntaxError("an entry cannot be read")
	case problem != "":
		return syntaxError(problem)
	}
	return nil
}

// each calls visit with every entry, and with how many bytes before the end of the
// list it stands. It returns false, and ends, if one cannot be read.
func (c *CRL) each(visit func(at uint32, e *entry)) bool {
	var e entry
	for rest := c.list; !rest.Empty(); {
		at := uint32(len(rest))
		if !c.readEntry(&rest, &e) {
			return false
		}
		visit(at, &e)
	}
	return true
}

// readEntry reads the next entry of the list. e is the one before it.
func (c *CRL) readEntry(rest *cryptobyte.String, e *entry) bool {
	var one, extensions cryptobyte.String
	e.reason, e.extended = Unspecified, false
	if !rest.ReadASN1(&one, asn1.SEQUENCE) || !readInteger(&one, &e.serial) || !readTime(&one, &e.at) {
		return false
	}
	if one.Empty() {
		return true
	}
	e.extended = true
	return one.ReadASN1(&extensions, asn1.SEQUENCE) && one.Empty() && readExtensions(extensions, func(x extension) bool {
		switch string(x.oid) {
		case oidReasonCode:
			return readReason(&x.value, &e.reason) && x.value.Empty()
		case oidInvalidityDate:
			var t time.Time
			return readGeneralizedTime(&x.value, &t) && x.value.Empty()
		case oidCertificateIssuer:
			var names cryptobyte.String
			named := false
			ok := x.value.ReadASN1(&names, asn1.SEQUENCE) && x.value.Empty() && eachGeneralName(names, func(n generalName) {
				named = named || n.kind == certparse.NameDirectory
			})
			e.issuer = names
			return ok && named // Otherwise the entry would be of nobody.
		}
		if x.critical && c.unknownCritical == "" {
			c.unknownCritical = oidText(x.oid)
		}
		return true
	})
}

// indexed is the hash of an entry's serial number, where the entry stands, and
// where the entry stands whose certificateIssuer holds for it, both as the number
// of bytes before the end of the list; issuer is 0 if there is none.
type indexed struct {
	hash          uint64
	entry, issuer uint32
}

// seed keeps who makes a list from choosing serial numbers of the same hash.
var seed = maphash.MakeSeed()

// Index prepares the list for many look-ups: each takes some twenty comparisons
// afterwards instead of one for every entry. It takes 16 bytes for each entry. It
// must not be called while others use the list.
func (c *CRL) Index() {
	index := make([]indexed, 0, c.Entries)
	issuer := uint32(0)
	c.each(func(at uint32, e *entry) {
		if e.issuer != nil {
			issuer, e.issuer = at, nil
		}
		index = append(index, indexed{maphash.Bytes(seed, e.serial), at, issuer})
	})
	slices.SortFunc(index, func(a, b indexed) int { return cmp.Compare(a.hash, b.hash) })
	c.index = index
}

// find returns the entry for a certificate. If there are several, one that
// revokes it goes before one that takes it from the list.
func (c *CRL) find(issuer certparse.Name, serial []byte) (found entry, ok bool) {
	serial = minimal(serial)
	consider := func(_ uint32, e *entry) {
		if bytes.Equal(e.serial, serial) && c.isFor(e, issuer) && (!ok || found.reason == RemoveFromCRL) {
			found, ok = *e, true
		}
	}
	if c.index == nil {
		c.each(consider)
		return found, ok
	}
	hash := maphash.Bytes(seed, serial)
	i, _ := slices.BinarySearchFunc(c.index, hash, func(at indexed, hash uint64) int { return cmp.Compare(at.hash, hash) })
	for ; i < len(c.index) && c.index[i].hash == hash; i++ {
		var e entry
		for _, at := range [...]uint32{c.index[i].issuer, c.index[i].entry} {
			if rest := c.list[len(c.list)-int(at):]; at != 0 {
				c.readEntry(&rest, &e) // The first one brings the issuer.
			}
		}
		consider(0, &e)
	}
	return found, ok
}

// isFor reports whether the entry is of a certificate of the given issuer, RFC
// 5280, Section 5.3.3.
func (c *CRL) isFor(e *entry, issuer certparse.Name) bool {
	if e.issuer == nil {
		return c.Issuer.Equal(issuer)
	}
	names, _ := readGeneralNames(e.issuer) // They were read before.
	return anySame(names, []generalName{{certparse.NameDirectory, issuer.Raw()}})
}
