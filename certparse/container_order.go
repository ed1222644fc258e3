package certparse

import (
	"bytes"

	"github.com/certloupe/certloupe/finding"
)

// This file has what the contents of a container say about each other.

// order puts the certificates into the order of chains.
func (u *unpacker) order() {
	entries := u.container.Entries
	var ordered []Entry
	taken := make([]bool, len(entries))
	take := func(i int) {
		taken[i] = true
		ordered = append(ordered, entries[i])
	}
	isLeft := func(i int) bool { return !taken[i] && entries[i].Certificate != nil }
	// chain takes a certificate and then, as long as there is one, the issuer.
	chain := func(i int) {
		for i >= 0 {
			take(i)
			c := entries[i].Certificate
			i = -1
			for k := range entries {
				if isLeft(k) && !c.SelfIssued() && bytes.Equal(entries[k].Certificate.RawSubject(), c.RawIssuer()) {
					i = k
					break
				}
			}
		}
	}
	issuers := map[string]bool{}
	for i := range entries {
		if c := entries[i].Certificate; c != nil && !c.SelfIssued() {
			issuers[string(c.RawIssuer())] = true
		}
	}
	isIssuer := func(i int) bool { return issuers[string(entries[i].Certificate.RawSubject())] }
	// The certificates of the keys: those that are tied to them, and then all others.
	for _, tied := range []bool{true, false} {
		for _, e := range entries {
			for i := range entries {
				if e.PrivateKey != nil && isLeft(i) && e.PrivateKey.Matches(entries[i].Certificate.PublicKey()) &&
					(tied && len(e.LocalKeyID) > 0 && bytes.Equal(e.LocalKeyID, entries[i].LocalKeyID) || !tied && !isIssuer(i)) {
					chain(i)
				}
			}
		}
	}
	for i := range entries {
		if isLeft(i) && !isIssuer(i) {
			chain(i)
		}
	}
	for i := range entries {
		if isLeft(i) {
			chain(i)
		}
	}
	for i := range entries {
		if !taken[i] {
			take(i)
		}
	}
	u.container.Entries = ordered
}

// checkKeyIDs compares what PKCS#12 says about which certificate belongs to a
// private key with what the keys themselves say.
func (u *unpacker) checkKeyIDs() {
	entries := u.container.Entries
	for i := range entries {
		key, id := entries[i].PrivateKey, entries[i].LocalKeyID
		if key == nil || len(id) == 0 {
			continue
		}
		named, matches := false, false
		for k := range entries {
			if c := entries[k].Certificate; c != nil && bytes.Equal(entries[k].LocalKeyID, id) {
				named = true
				matches = matches || key.Matches(c.PublicKey())
			}
		}
		if named && !matches {
			u.add("container-key-id-mismatch", finding.Str("id", hexUpper(id[:min(len(id), 32)])))
		}
	}
}
