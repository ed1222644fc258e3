package main

import "bytes"

// chainMutations are mistakes with the certificates of a chain.
func chainMutations() []mutation {
	chain := func(row int, name, says string, finds []string, order func(u *upload) []template) mutation {
		return mutation{row: row, name: name, says: says, finds: finds, base: "service",
			damage: func(u *upload) { u.set("cert.pem", pems(order(u)...)) }}
	}
	one := func(code string) []string { return []string{code} }
	// stranger is a CA of another name with the key of this one's root.
	stranger := func(u *upload) template { return u.root.numbered(0x77).named("CN=Stranger").selfSigned(u.rootKey) }
	return []mutation{
		chain(3, "intermediate-first", "The issuing CA stands before the server's certificate.", one("chain-leaf-not-first"),
			func(u *upload) []template { return []template{u.ca, u.leaf} }),
		chain(3, "root-first", "The whole chain stands in reverse.", one("chain-leaf-not-first"),
			func(u *upload) []template { return []template{u.root, u.ca, u.leaf} }),
		chain(3, "intermediate-alone", "The issuing CA stands where the server's certificate should be.", []string{"key-mismatch", "ca-as-server"},
			func(u *upload) []template { return []template{u.ca} }),

		chain(4, "order", "The root stands before the issuing CA.", one("chain-order"),
			func(u *upload) []template { return []template{u.leaf, u.root, u.ca} }),
		chain(4, "unrelated", "A CA that has nothing to do with the server follows it.", one("chain-unrelated"),
			func(u *upload) []template { return []template{u.leaf, u.ca, stranger(u)} }),
		chain(4, "leaf-twice", "The server's certificate stands there twice.", one("chain-duplicate"),
			func(u *upload) []template { return []template{u.leaf, u.leaf, u.ca} }),
		chain(4, "intermediate-twice", "The issuing CA stands there twice.", one("chain-duplicate"),
			func(u *upload) []template { return []template{u.leaf, u.ca, u.ca} }),

		chain(5, "root-included", "The chain includes the root.", one("chain-root-included"),
			func(u *upload) []template { return []template{u.leaf, u.ca, u.root} }),
		chain(5, "no-leaf", "A chain of CAs without the server's own certificate.", []string{"key-mismatch", "ca-as-server"},
			func(u *upload) []template { return []template{u.ca, u.root} }),

		{row: 6, name: "ca", says: "The CA certificate with the one that it issued, where one is allowed.", finds: one("several-certificates"), base: "ca",
			damage: func(u *upload) { u.set("cert.pem", pems(u.root, u.ca)) }},
		{row: 6, name: "device", says: "The device's certificate with its chain, where one is allowed.", finds: one("several-certificates"), base: "device",
			damage: func(u *upload) { u.set("cert.pem", pems(u.leaf, u.ca)) }},

		{row: 14, name: "certificates-glued", says: "Two certificates were joined without a line break between them.", finds: one("pem-glued-blocks"), repairable: true,
			damage: func(u *upload) {
				u.set("cert.pem", append(bytes.TrimSuffix(u.leaf.pem(), []byte("\n")), u.ca.pem()...))
			}},
		{row: 14, name: "three-glued", says: "Three files were joined, none of them with a line break at its end.", finds: []string{"pem-glued-blocks", "chain-root-included"},
			damage: func(u *upload) {
				cut := func(t template) []byte { return bytes.TrimSuffix(t.pem(), []byte("\n")) }
				u.set("cert.pem", bytes.Join([][]byte{cut(u.leaf), cut(u.ca), cut(u.root)}, nil))
			}},
	}
}
