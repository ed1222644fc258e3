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
}

const oidCertificateIssuer = "\x55\x1d\x1d" // 2.5.29.29

// readEntries reads all entries, so that what is wrong with one is known before
// any of them is believed.
func (c *CRL) readEntries() error {
	rest := c.list
	var e entry
	for !rest.Empty() {
		extended, ok := c.readEntry(&rest, &e)
		if !ok {
			return syntaxError("an entry cannot be read")
		}
		switch {
		case extended && c.version == 1:
			return syntaxError("it is of version 1 and has an entry with extensions")
		case e.reason == RemoveFromCRL && !c.Delta:
			return syntaxError("an entry removes a certificate from the list, which only delta CRLs do")
		case e.issuer != nil && !c.point.indirect:
			return syntaxError("an entry names the certificate's issuer, which only indirect CRLs do")
		}
		c.Entries++
	}
	return nil
}

// readEntry reads the next entry of the list. e is the one before it.
func (c *CRL) readEntry(rest *cryptobyte.String, e *entry) (extended, ok bool) {
	var one, extensions cryptobyte.String
	e.reason = Unspecified
	if !rest.ReadASN1(&one, asn1.SEQUENCE) || !readInteger(&one, &e.serial) || !readTime(&one, &e.at) {
		return false, false
	}
	if one.Empty() {
		return false, true
	}
	ok = one.ReadASN1(&extensions, asn1.SEQUENCE) && one.Empty() && readExtensions(extensions, func(x extension) bool {
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
	return true, ok
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
	var e entry
	issuer := uint32(0)
	for rest := c.list; !rest.Empty(); {
		at := uint32(len(rest))
		e.issuer = nil
		if _, ok := c.readEntry(&rest, &e); !ok {
			return // Every entry was read before, so this does not happen.
		}
		if e.issuer != nil {
			issuer = at
		}
		index = append(index, indexed{maphash.Bytes(seed, e.serial), at, issuer})
	}
	slices.SortFunc(index, func(a, b indexed) int { return cmp.Compare(a.hash, b.hash) })
	c.index = index
}

// find returns the entry for a certificate. If there are several, one that
// revokes it goes before one that takes it from the list.
func (c *CRL) find(issuer certparse.Name, serial []byte) (found entry, ok bool) {
	serial = minimal(serial)
	consider := func(e entry) {
		if bytes.Equal(e.serial, serial) && c.isFor(&e, issuer) && (!ok || found.reason == RemoveFromCRL) {
			found, ok = e, true
		}
	}
	var e entry
	if c.index == nil {
		for rest := c.list; !rest.Empty(); {
			if _, readable := c.readEntry(&rest, &e); !readable {
				break
			}
			consider(e)
		}
		return found, ok
	}
	hash := maphash.Bytes(seed, serial)
	i, _ := slices.BinarySearchFunc(c.index, hash, func(at indexed, hash uint64) int { return cmp.Compare(at.hash, hash) })
	for ; i < len(c.index) && c.index[i].hash == hash; i++ {
		e = entry{}
		for _, at := range [...]uint32{c.index[i].issuer, c.index[i].entry} {
			if rest := c.list[len(c.list)-int(at):]; at != 0 {
				c.readEntry(&rest, &e) // The first one brings the issuer.
			}
		}
		consider(e)
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
