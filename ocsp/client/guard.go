package client

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard says which addresses may be asked. It is consulted twice: for addresses
// that stand in a URL, and by the dialer for the very address that it is about
// to connect to, so that it does not matter what a name meant a moment before.
//
// It does not know which public addresses are those of this machine or its
// neighbours; a service that trusts its own public address must not.
type guard struct {
	list    *ssrf.Guardian
	private []netip.Prefix
	ports   []uint16
}

// errAddress is the only thing that is ever said about an address that may not
// be asked.
var errAddress = errors.New("client: the address may not be asked")

// alsoForbidden are addresses that are in no registry: services of clouds for
// their own machines.
var alsoForbidden = []netip.Prefix{
	netip.MustParsePrefix("168.63.129.16/32"), // Azure's channel to its machines.
}

func newGuard(opt Options) *guard {
	return &guard{
		list:    ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(alsoForbidden...)),
		private: slices.Clone(opt.AllowPrivate),
		ports:   append([]uint16{80, 443}, opt.Ports...),
	}
}

// control is the dialer's: it sees every address right before the connection.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" || !g.allowedPort(to.Port()) || !g.allowed(to.Addr()) {
		return errAddress
	}
	return nil
}

func (g *guard) allowedPort(port uint16) bool { return slices.Contains(g.ports, port) }

// allowed reports whether an address may be asked. An address that carries
// another one inside is allowed only if the other one is as well, because
// somebody on the way takes it out and goes there.
func (g *guard) allowed(addr netip.Addr) bool {
	// A zone names an interface of this machine. No prefix contains an address with
	// a zone, so it would slip through every list.
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	for _, inside := range embedded(addr) {
		if !g.allowed(inside) {
			return false
		}
	}
	if slices.ContainsFunc(g.private, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return true
	}
	return g.list.SafeAddr(addr) == nil
}

var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052
	sixto4 = netip.MustParsePrefix("2002::/16")    // RFC 3056
	teredo = netip.MustParsePrefix("2001::/32")    // RFC 4380
)

// embedded are the IPv4 addresses that an IPv6 address carries.
func embedded(addr netip.Addr) []netip.Addr {
	if !addr.Is6() {
		return nil
	}
	b := addr.As16()
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte(b[i : i+4])) }
	switch {
	case nat64.Contains(addr):
		return []netip.Addr{at(12)}
	case sixto4.Contains(addr):
		return []netip.Addr{at(2)}
	case teredo.Contains(addr):
		for i := 12; i < 16; i++ {
			b[i] = ^b[i] // RFC 4380, Section 4: the client's address is inverted.
		}
		return []netip.Addr{at(4), at(12)}
	case (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, RFC 5214
		return []netip.Addr{at(12)}
	}
	return nil
}
