package main

// This file has the cases about certificates that are sent together and about
// paths to a trusted root.

// The identifiers of authority information access.
const (
	oidAuthorityInfoAccess = "1.3.6.1.5.5.7.1.1"
	oidAccessCAIssuers     = "1.3.6.1.5.5.7.48.2"
)

// caIssuers says where the issuer's certificate is to be had.
func caIssuers(url string) extension {
	return extension{oid: oidAuthorityInfoAccess, value: sequence(sequence(oid(oidAccessCAIssuers), uri(url)))}
}

// crossSigned is the issuing CA's certificate by the SM2 CA.
func (g *generator) crossSigned() template {
	return g.intermediate().numbered(0x06).issuedBy(g.sm2CA(), g.key("sm2-ca"))
}

// expiredCA is an older certificate of the issuing CA.
func (g *generator) expiredCA() template {
	return g.intermediate().numbered(0x07).between("200101000000", "250601000000")
}

func (g *generator) adviceCases() {
	leaf, ca := g.serverBelow(), g.intermediate()
	chain := func(code, says string, bad, good []template) {
		g.add(scenario{path: "chain/" + code, says: says, call: checkAlone("generic"),
			files: files{"cert.pem": pems(bad...)}, healthy: files{"cert.pem": pems(good...)}})
	}
	whole := []template{leaf, ca}
	chain("chain-end-entity-not-first", "The issuing CA stands before the server's certificate, and there is no key to tell. The sender's own comes first (RFC 8446, Section 4.4.2).",
		[]template{ca, leaf}, whole)
	aia := leaf.with(caIssuers("http://ca.example.com/issuing.crt"))
	chain("chain-intermediate-missing", "A server's certificate without its issuer's, which it says where to find (RFC 5280, Section 4.2.2.1). Servers send it (RFC 8446, Section 4.4.2).",
		[]template{aia}, []template{aia, ca})
	chain("chain-cross-signed", "The issuing CA's certificate is followed by another one for its key, issued by another root. Only one can certify the one before it (RFC 8446, Section 4.4.2).",
		[]template{leaf, ca, g.crossSigned()}, whole)
	chain("chain-expired-variant", "An expired certificate of the issuing CA stands beside its renewed one. Clients that try it first may give up (RFC 5280, Section 6.1.3 (a)(2)).",
		[]template{leaf, g.expiredCA(), ca}, whole)
}

// pathCall is the call that looks for a path.
func pathCall(more call) call {
	return call{"op": "chain", "inputs": []string{"chain.pem"}, "roots": []string{"root.pem"}, "host": "www.example.com"}.also(more)
}

func (g *generator) revocationCases() {
	f := files{"chain.pem": pems(g.server()), "root.pem": g.root().pem(), "root.crl": g.list()}
	named := f.but("chain.pem", g.server().with(crlAt("http://ca.example.com/root.crl")).pem())
	add := func(code, says string, c call, bad files, healthyCall call) {
		g.add(scenario{path: "revocation/" + code, says: says, call: c, files: bad, healthyCall: healthyCall})
	}
	lists := call{"crls": []string{"root.crl"}}
	add("revocation-not-checked", "A certificate that names a revocation list, and nobody looks there. Whether it is revoked is a part of validation (RFC 5280, Section 6.1.3 (a)(3)).",
		pathCall(nil), named, pathCall(lists))
	soft := call{"revocation": "soft-fail"}
	add("revocation-nothing-to-ask", "A certificate that names no source of its status, and no list is given. Whether it is revoked is a part of validation (RFC 5280, Section 6.1.3 (a)(3)).",
		pathCall(soft), f, pathCall(soft.also(lists)))
	add("revocation-could-not-ask", "Nobody answers the question for a certificate's status, and no list is given. Whether it is revoked is a part of validation (RFC 5280, Section 6.1.3 (a)(3)).",
		pathCall(soft.also(call{"unreachable": true})), f, pathCall(soft.also(lists)))
}

// list is a complete revocation list of the root that has one certificate.
func (g *generator) list(serials ...int64) []byte {
	return g.listAt(g.root().subject, g.key("p256-root"), serials...)
}

func (g *generator) listAt(issuer []byte, k *key, serials ...int64) []byte {
	revoked := [][]byte{sequence(number(0x1009), text(tagUTC, "251115000000Z"))}
	for _, n := range serials {
		revoked = append(revoked, sequence(number(n), text(tagUTC, "251116000000Z"),
			sequence(sequence(oid("2.5.29.21"), octets(tlv(0x0a, []byte{1})))))) // keyCompromise
	}
	list := sequence(number(1), k.algorithm, issuer, text(tagUTC, "251201000000Z"), text(tagUTC, "260201000000Z"), sequence(revoked...),
		explicit(0, sequence(authorityKeyID(k).der(), sequence(oid("2.5.29.20"), octets(number(7))))))
	return pemBlock("X509 CRL", sequence(list, k.algorithm, bits(0, k.sign(list)...)))
}

// pathCases are whole reports on paths.
func (g *generator) pathCases() {
	leaf, ca, root := g.serverBelow(), g.intermediate(), g.root()
	base := files{"chain.pem": pems(leaf, ca), "root.pem": root.pem()}
	add := func(name, says, finds string, c call, f files) {
		s := scenario{path: "paths/" + name, says: says, call: pathCall(c), files: f}
		if finds != "" {
			s.notes = []string{"# finds: " + finds}
		}
		g.add(s)
	}
	add("valid", "A server's certificate, its issuing CA and the trusted root make a valid path (RFC 5280, Section 6.1).", "", nil, base)
	add("all-paths", "One certificate of the issuing CA leads to a root that is not trusted, the other one to the trusted root (RFC 5280, Section 6.1).", "chain-cross-signed",
		call{"all_paths": true}, base.but("chain.pem", pems(leaf, g.crossSigned(), ca)))
	add("alternative", "The issuing CA's older certificate has expired, and its renewed one takes its place (RFC 5280, Section 6.1.3 (a)(2)).", "chain-expired-variant",
		call{"all_paths": true}, base.but("chain.pem", pems(leaf, g.expiredCA(), ca)))
	add("order", "The order of the certificates does not matter to a path, but servers should send them in theirs (RFC 8446, Section 4.4.2).",
		"chain-end-entity-not-first, chain-root-included", nil, base.but("chain.pem", pems(ca, leaf, root)))
	add("intermediate-elsewhere", "The issuing CA's certificate is not part of the upload, but at hand (RFC 8446, Section 4.4.2).", "chain-intermediate-missing",
		call{"intermediates": []string{"more.pem"}}, base.but("chain.pem", leaf.pem()).but("more.pem", ca.pem()))
	add("intermediate-nowhere", "The issuing CA's certificate is missing, and the server's says where it is to be had (RFC 5280, Section 4.2.2.1).",
		"path-issuer-missing, chain-intermediate-missing", nil, base.but("chain.pem", leaf.with(caIssuers("http://ca.example.com/issuing.crt")).pem()))
	add("root-not-trusted", "The upload brings its root along, but another one is trusted (RFC 5280, Section 6.1.1).", "path-root-not-trusted",
		nil, base.but("chain.pem", pems(leaf, ca, root)).but("root.pem", g.sm2CA().pem()))
	add("other-host", "The certificate is for another host than the one that is asked for (RFC 9525, Section 6).", "path-name-not-in-certificate",
		call{"host": "other.example.com"}, base)
	add("web", "Browsers demand more than RFC 5280 of a certificate of a private CA (CA/Browser Forum TLS BR, Section 6.3.2).", "path-web-validity",
		call{"profile": "webpki"}, base)
	bare := leaf.without(oidAuthorityKeyID)
	add("not-conforming", "A certificate of a private CA without an authority key identifier is valid: RFC 5280, Section 6 does not look at it.",
		"authority-key-identifier-missing", nil, base.but("chain.pem", pems(bare, ca)))
	add("conforming", "A certificate without an authority key identifier is refused by who demands what Section 4 of RFC 5280 demands of issuers.",
		"authority-key-identifier-missing", call{"conforming": true}, base.but("chain.pem", pems(bare, ca)))
	add("policy", "The path is not valid for the policy that is demanded (RFC 5280, Section 6.1.5 (g)).", "path-policy-required",
		call{"policies": []string{"1.3.6.1.4.1.99999.1"}}, base)

	own := g.listAt(ca.subject, g.key("p256-intermediate"))
	lists := call{"crls": []string{"root.crl", "ca.crl"}, "revocation": "hard-fail"}
	add("crl-good", "Revocation lists of the root and of the issuing CA say that nothing is revoked (RFC 5280, Section 6.3).", "",
		lists, base.but("root.crl", g.list()).but("ca.crl", own))
	add("crl-revoked", "The root revoked the issuing CA's certificate (RFC 5280, Section 6.3).", "certificate-revoked",
		lists, base.but("root.crl", g.list(2)).but("ca.crl", own))
	add("crl-missing", "The issuing CA's revocation list is missing, and the caller insists on it (RFC 5280, Section 6.3.3).", "certificate-status-unknown",
		call{"crls": []string{"root.crl"}, "revocation": "hard-fail"}, base.but("root.crl", g.list()))
}
