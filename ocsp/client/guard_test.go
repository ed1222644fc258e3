package client

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/certloupe/certloupe/finding"
)

// special are the special-purpose registries of IANA for IPv4 and IPv6, and what
// else is no place on the public internet.
var special = []string{
	// https://www.iana.org/assignments/iana-ipv4-special-registry
	"0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/32", "192.0.0.171/32", "192.0.2.0/24",
	"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32",
	// https://www.iana.org/assignments/iana-ipv6-special-registry
	"::1/128", "::/128", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32",
	"2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28",
	"2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "64:ff9b::/96",
	// Multicast, site-local and IPv4-compatible addresses.
	"224.0.0.0/4", "ff00::/8", "fec0::/10", "::/96",
	// The services of clouds for their own machines.
	"169.254.169.254/32", "169.254.170.2/32", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128",
}

// last is the last address of a prefix.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func TestSpecialAddresses(t *testing.T) {
	g := newGuard(Options{})
	for _, s := range special {
		p := netip.MustParsePrefix(s)
		for _, a := range []netip.Addr{p.Addr(), last(p), p.Addr().Next()} {
			if !p.Contains(a) {
				continue
			}
			network := "tcp4"
			if a.Is6() {
				network = "tcp6"
			}
			if g.control(network, netip.AddrPortFrom(a, 80).String(), nil) != errAddress {
				t.Errorf("%s: %s may be asked", s, a)
			}
			if !a.Is4() {
				continue
			}
			// The same address inside of others.
			b := a.As4()
			put := func(base string, at int) netip.Addr {
				c := netip.MustParseAddr(base).As16()
				copy(c[at:], b[:])
				return netip.AddrFrom16(c)
			}
			teredo := put("2001:0:808:808::", 12).As16()
			for i := 12; i < 16; i++ {
				teredo[i] = ^teredo[i]
			}
			for _, in := range []netip.Addr{put("::ffff:0:0", 12), put("::", 12), put("64:ff9b::", 12), put("64:ff9b:1::", 12), put("2002::", 2),
				put("2001::", 4), netip.AddrFrom16(teredo), put("2a00:1450:4001::5efe:0:0", 12), put("2a00:1450:4001::200:5efe:0:0", 12)} {
				if g.control("tcp6", netip.AddrPortFrom(in, 80).String(), nil) != errAddress {
					t.Errorf("%s: %s may be asked", s, in)
				}
			}
		}
	}
	for _, s := range []string{"1.1.1.1", "8.8.8.8", "168.63.129.15", "168.63.129.17", "100.63.255.255", "100.128.0.0", "172.32.0.0", "2606:4700::1111", "2a00:1450:4001::1", "2600::"} {
		if a := netip.MustParseAddr(s); !g.allowed(a) {
			t.Errorf("%s may not be asked", s)
		}
	}
	for _, s := range []struct{ network, address string }{
		{"tcp4", "8.8.8.8:22"}, {"tcp4", "8.8.8.8:8080"}, {"udp4", "8.8.8.8:80"}, {"unix", "/run/socket"}, {"tcp", "8.8.8.8:80"},
		{"tcp4", "8.8.8.8"}, {"tcp4", ""}, {"tcp6", "[2600::1%eth0]:80"}, {"tcp6", "[::ffff:8.8.8.8%eth0]:80"}, {"tcp6", "[2a00:1450:4001::1%1]:443"},
	} {
		if g.control(s.network, s.address, nil) != errAddress {
			t.Errorf("%s %s may be asked", s.network, s.address)
		}
	}
}

func TestAllowPrivate(t *testing.T) {
	prefixes := func(list ...string) (out []netip.Prefix) {
		for _, s := range list {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	g := newGuard(Options{AllowPrivate: prefixes("10.1.0.0/16", "fd00:1::/32", "64:ff9b::/96", "2a00:1450::/32")})
	for s, want := range map[string]bool{
		"10.1.2.3": true, "10.2.0.0": false, "::ffff:10.1.2.3": true, "::ffff:10.2.0.0": false, "fd00:1::1": true, "fd00:2::1": false,
		"127.0.0.1": false, "64:ff9b::808:808": true, "64:ff9b::a01:203": true,
		// Who allows the prefix of a translator does not allow what is behind it.
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "2a00:1450::5efe:7f00:1": false, "2a00:1450::5efe:808:808": true,
	} {
		if g.allowed(netip.MustParseAddr(s)) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
	for _, p := range []netip.Prefix{{}, netip.PrefixFrom(netip.MustParseAddr("::ffff:10.0.0.0"), 104)} {
		if _, err := New(Options{AllowPrivate: []netip.Prefix{p}}); err == nil {
			t.Errorf("%v is taken", p)
		}
	}
}

// canary listens on this machine and counts those who come.
type canary struct {
	net.Listener
	visits atomic.Int64
}

func newCanary(tb testing.TB, address string) *canary {
	tb.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		tb.Skipf("SKIPPED: nothing can listen on %s here: %v", address, err)
	}
	c := &canary{Listener: l}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.visits.Add(1)
			conn.Close()
		}
	}()
	tb.Cleanup(func() { l.Close() })
	return c
}

func (c *canary) untouched(tb testing.TB) {
	tb.Helper()
	// Whoever connects is in the queue of the listener by now; an own visit comes behind them.
	conn, err := net.Dial("tcp", c.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	conn.Read(make([]byte, 1))
	conn.Close()
	if n := c.visits.Load(); n != 1 {
		tb.Errorf("there were %d visits", n-1)
	}
}

// TestForbiddenURLs checks certificates with addresses that must not be asked, in
// every spelling, while somebody listens there.
func TestForbiddenURLs(t *testing.T) {
	a := theAuthority(t)
	v4 := newCanary(t, "127.0.0.1:0")
	port := strconv.Itoa(int(portOf(v4.Addr())))
	t.Setenv("HTTP_PROXY", "http://"+v4.Addr().String())
	t.Setenv("http_proxy", "http://"+v4.Addr().String())
	t.Setenv("HTTPS_PROXY", "http://"+v4.Addr().String())
	t.Setenv("ALL_PROXY", "socks5://"+v4.Addr().String())
	t.Setenv("NO_PROXY", "")
	resolver := newDNS(t, func(name string) []string {
		switch name {
		case "internal.test.":
			return []string{"127.0.0.1"}
		case "mapped.test.":
			return []string{"::ffff:127.0.0.1"}
		case "six.test.":
			return []string{"::1"}
		case "nat64.test.":
			return []string{"64:ff9b::7f00:1"}
		case "several.test.":
			return []string{"127.0.0.1", "10.0.0.1", "::1", "169.254.169.254"}
		}
		return nil
	})
	const url, address = "revocation-url-refused", "revocation-address-refused"
	opt := Options{Now: func() time.Time { return now }, Ports: []uint16{portOf(v4.Addr())}, Resolver: resolver, Timeout: 3 * time.Second}
	c := newClient(t, opt)
	for _, test := range []struct {
		url  string
		code finding.Code
	}{
		{"http://127.0.0.1:" + port, address},
		{"http://127.0.0.1:" + port + "/", address},
		{"HTTP://127.0.0.1:" + port, address},
		{"http://[::ffff:127.0.0.1]:" + port, address},
		{"http://[::ffff:7f00:1]:" + port, address},
		{"http://[0:0:0:0:0:ffff:7f00:1]:" + port, address},
		{"http://[::127.0.0.1]:" + port, address},
		{"http://[::1]:" + port, address},
		{"http://[::]:" + port, address},
		{"http://0.0.0.0:" + port, address},
		{"http://[64:ff9b::7f00:1]:" + port, address},
		{"http://[64:ff9b:1::7f00:1]:" + port, address},
		{"http://[2002:7f00:1::]:" + port, address},
		{"http://169.254.169.254/latest/meta-data/", address},
		{"http://168.63.129.16/", address},
		{"http://100.100.100.200/", address},
		{"http://[fd00:ec2::254]/", address},
		{"http://internal.test:" + port, address},
		{"http://INTERNAL.test.:" + port, address},
		{"http://mapped.test:" + port, address},
		{"http://six.test:" + port, address},
		{"http://nat64.test:" + port, address},
		{"http://several.test:" + port, address},
		{"http://localhost:" + port, address},
		{"http://nowhere.test:" + port, address},
		{"http://2130706433:" + port, url},
		{"http://0x7f000001:" + port, url},
		{"http://0x7f.0.0.1:" + port, url},
		{"http://127.1:" + port, url},
		{"http://127.0.1:" + port, url},
		{"http://0177.0.0.1:" + port, url},
		{"http://127.0.0.1.:" + port, url},
		{"http://127.0.0.0x1:" + port, url},
		{"http://127.0.0.01:" + port, url},
		{"http://[fe80::1%25lo]:" + port, url},
		{"http://[::1%25lo]:" + port, url},
		{"http://[127.0.0.1]:" + port, url},
		{"http://::1:" + port, url},
		{"http://127.0.0.1:0" + port, url},
		{"http://127.0.0.1:" + port + "#x", url},
		{"http://user@127.0.0.1:" + port, url},
		{"http://user:word@127.0.0.1:" + port, url},
		{"http://@127.0.0.1:" + port, url},
		{"http://8.8.8.8@127.0.0.1:" + port, url},
		{"http://8.8.8.8\\@127.0.0.1:" + port, url},
		{"http://127.0.0.1:22", url},
		{"http://127.0.0.1:8080", url},
		{"http://8.8.8.8:0", url},
		{"http://8.8.8.8:65536", url},
		{"http://8.8.8.8:-80", url},
		{"http://8.8.8.8:", url},
		{"http:/127.0.0.1:" + port, url},
		{"http:127.0.0.1:" + port, url},
		{"http://", url},
		{"http:///path", url},
		{"//127.0.0.1:" + port, url},
		{"127.0.0.1:" + port, url},
		{"", url},
		{" http://127.0.0.1:" + port, url},
		{"http://127.0.0.1:" + port + "\r\nX: y", url},
		{"http://127.0.0.1 :" + port, url},
		{"http://１２７.0.0.1:" + port, url},
		{"http://127。0。0。1:" + port, url},
		{"http://ex%61mple.com/", url},
		{"http://a..b/", url},
		{"http://-\u200b.test/", url},
		{"https://127.0.0.1:" + port, "revocation-https-without-ca"},
		{"ftp://127.0.0.1:" + port, url},
		{"file:///etc/passwd", url},
		{"gopher://127.0.0.1:" + port, url},
		{"ldap://127.0.0.1:" + port, url},
		{"unix:///run/socket", url},
		{"data:application/ocsp-response;base64,MAMKAQE=", url},
		{"http://127.0.0.1:" + port + "/" + strings.Repeat("a", maxURL), url},
	} {
		// Not every one of these can stand in a certificate, so they are given by hand.
		start := time.Now()
		k := &check{client: c, ctx: t.Context(), cert: a.cert, issuer: a.cert, now: now, left: 8}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		k.ctx = ctx
		k.askResponders([]string{test.url})
		cancel()
		r := k.undecided()
		expect(t, r, CouldNotAsk, test.code)
		if t.Failed() {
			t.Fatalf("%q", test.url)
		}
		// What can be told from the URL is not even tried.
		if named := strings.Contains(strings.ToLower(test.url), ".test") || strings.Contains(test.url, "localhost"); !named && r.Attempts[0].Tries != 0 {
			t.Errorf("%q was tried", test.url)
		}
		if time.Since(start) > 1900*time.Millisecond {
			t.Errorf("%q took %v", test.url, time.Since(start))
		}
		for _, f := range r.Findings {
			if strings.Contains(f.Message, "word") {
				t.Errorf("%q: a password is shown: %s", test.url, f.Message)
			}
		}
	}
	v4.untouched(t)
}

// TestNoOracle compares what is said about an address that is forbidden while
// somebody listens there, while nobody does, where nothing ever answers, and
// where there is no such host at all.
func TestNoOracle(t *testing.T) {
	a := theAuthority(t)
	var addresses atomic.Value
	addresses.Store([]string{"127.0.0.1"})
	resolver := newDNS(t, func(string) []string { return addresses.Load().([]string) })
	listener := newCanary(t, "127.0.0.1:0")
	cert := a.asking("http://internal.test:" + strconv.Itoa(int(portOf(listener.Addr()))))
	ask := func() *Result {
		c := newClient(t, Options{Now: func() time.Time { return now }, Ports: []uint16{portOf(listener.Addr())}, Resolver: resolver})
		start := time.Now()
		r := checked(t, c, cert, a.cert)
		if took := time.Since(start); took > 1900*time.Millisecond { // Less than it takes to give up a connection.
			t.Errorf("%v: it took %v", addresses.Load(), took)
		}
		return r
	}
	open := ask()
	expect(t, open, CouldNotAsk, "revocation-address-refused")
	listener.untouched(t)
	listener.Close()
	closed := ask()
	addresses.Store([]string{"10.255.255.1"})
	filtered := ask()
	addresses.Store([]string{})
	unknown := ask()
	for name, r := range map[string]*Result{"closed": closed, "filtered": filtered, "unknown": unknown} {
		if !reflect.DeepEqual(r, open) {
			t.Errorf("%s is told apart from open: %+v, %+v", name, r, open)
		}
	}
}

// TestRebinding has a name lead somewhere else at every look.
func TestRebinding(t *testing.T) {
	a := theAuthority(t)
	forbidden := newCanary(t, "127.0.0.1:0")
	port := strconv.Itoa(int(portOf(forbidden.Addr())))
	l, err := net.Listen("tcp", "127.0.0.2:"+port)
	if err != nil {
		t.Skipf("SKIPPED: nothing can listen on 127.0.0.2 here: %v", err)
	}
	public := httptest.NewUnstartedServer(responds(a, answerGood))
	public.Listener.Close()
	public.Listener = l
	public.Config.SetKeepAlivesEnabled(false)
	public.Start()
	defer public.Close()
	var looks atomic.Int64
	resolver := newDNS(t, func(string) []string {
		if looks.Add(1)%2 == 1 {
			return []string{"127.0.0.2"}
		}
		return []string{"127.0.0.1"}
	})
	c := newClient(t, Options{Now: func() time.Time { return now }, Ports: []uint16{portOf(forbidden.Addr())}, Resolver: resolver,
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	var statuses [2]Status
	for i := range statuses {
		statuses[i] = checked(t, c, a.asking("http://rebinding.test:"+port), a.cert).Status
	}
	if statuses != [2]Status{Good, CouldNotAsk} {
		t.Error(statuses)
	}
	forbidden.untouched(t)
}

// TestRedirect follows no redirect, wherever it leads.
func TestRedirect(t *testing.T) {
	a := theAuthority(t)
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308} {
		forbidden := newCanary(t, "127.0.0.1:0")
		s := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://"+forbidden.Addr().String()+"/")
			w.WriteHeader(status)
		})
		opt := options(s)
		opt.Ports = append(opt.Ports, portOf(forbidden.Addr()))
		expect(t, checked(t, newClient(t, opt), a.asking(s.URL), a.cert), CouldNotAsk, "revocation-redirect")
		expect(t, checked(t, newClient(t, opt), a.listed(s.URL), a.cert), CouldNotAsk, "revocation-redirect")
		forbidden.untouched(t)
	}
}

// TestProxyIgnored has a proxy in the environment that would answer everything.
func TestProxyIgnored(t *testing.T) {
	a := theAuthority(t)
	proxy := newCanary(t, "127.0.0.1:0")
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"} {
		t.Setenv(name, "http://"+proxy.Addr().String())
	}
	s := newServer(t, responds(a, answerGood))
	// A proxy is never asked for this machine, so the host has a name.
	resolver := newDNS(t, func(string) []string { return []string{"127.0.0.1"} })
	opt := options(s)
	opt.Resolver = resolver
	expect(t, checked(t, newClient(t, opt), a.asking("http://responder.test:"+strconv.Itoa(int(s.port()))), a.cert), Good, "")
	proxy.untouched(t)
}

// newDNS is a resolver that asks a name server on this machine.
func newDNS(tb testing.TB, addresses func(name string) []string) *net.Resolver {
	tb.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if out, err := dnsReply(buf[:n], addresses); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(_ context.Context, _, _ string) (net.Conn, error) {
		return net.Dial("udp", conn.LocalAddr().String())
	}}
}

func dnsReply(query []byte, addresses func(name string) []string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) != 1 {
		return nil, errors.New("not a query")
	}
	q := m.Questions[0]
	out := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
	// Both questions of a look-up see the same addresses.
	var all []string
	if q.Type == dnsmessage.TypeA {
		all = addresses(strings.ToLower(q.Name.String()))
	} else if !strings.Contains(q.Name.String(), "rebinding") {
		all = addresses(strings.ToLower(q.Name.String()))
	}
	for _, s := range all {
		a := netip.MustParseAddr(s)
		header := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, Type: q.Type}
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	if len(all) == 0 {
		out.RCode = dnsmessage.RCodeNameError
	}
	return out.Pack()
}

// rawServer answers every connection with the given function, without help of net/http.
func rawServer(tb testing.TB, serve func(net.Conn)) *canary {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	c := &canary{Listener: l}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.visits.Add(1)
			go func() {
				defer conn.Close()
				http.ReadRequest(bufio.NewReader(conn))
				serve(conn)
			}()
		}
	}()
	tb.Cleanup(func() { l.Close() })
	return c
}
