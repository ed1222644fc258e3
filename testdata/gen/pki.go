package main

// The healthy certificates that cases start from. The root issues the
// intermediate CA and, to keep most cases short, also the server and the device.

// root is a self-signed CA.
func (g *generator) root() template {
	k := g.key("p256-root")
	t := template{
		version: version(2),
		serial:  []byte{0x01},
		subject: name("C=CN", "O=Certloupe Tests", "CN=Certloupe Test Root CA"),
	}.between("200101000000", "370101000000").with(caConstraints(), keyUsage(keyCertSign, crlSign)).holding(k)
	return t.selfSigned(k)
}

// intermediate is a CA below the root.
func (g *generator) intermediate() template {
	return template{
		version: version(2),
		serial:  []byte{0x02},
		subject: name("C=CN", "O=Certloupe Tests", "CN=Certloupe Test Issuing CA"),
	}.between("220101000000", "350101000000").with(caConstraints(), keyUsage(keyCertSign, crlSign)).
		holding(g.key("p256-intermediate")).issuedBy(g.root(), g.key("p256-root"))
}

// server is a TLS server's certificate, issued by the root.
func (g *generator) server() template {
	return template{
		version: version(2),
		serial:  []byte{0x10, 0x01},
		subject: name("C=CN", "O=Certloupe Tests", "CN=server.example.com"),
	}.between("250101000000", "270101000000").
		with(hosts("server.example.com", "www.example.com"), keyUsage(digitalSignature), extendedKeyUsage(oidServerAuth)).
		holding(g.key("p256-server")).issuedBy(g.root(), g.key("p256-root"))
}

// serverBelow is the server's certificate, issued by the intermediate CA.
func (g *generator) serverBelow() template {
	return g.server().issuedBy(g.intermediate(), g.key("p256-intermediate"))
}

// rsaServer is the server's certificate with an RSA key.
func (g *generator) rsaServer() template {
	return g.server().numbered(0x10, 0x02).with(keyUsage(digitalSignature, keyEncipherment)).holding(g.key("rsa-server"))
}

// device is a device's certificate, issued by the root.
func (g *generator) device() template {
	return template{
		version: version(2),
		serial:  []byte{0x20, 0x01},
		subject: name("O=Certloupe Tests", "CN=iot_device"),
	}.between("250101000000", "270101000000").
		with(keyUsage(digitalSignature), extendedKeyUsage(oidClientAuth)).
		holding(g.key("p256-other")).issuedBy(g.root(), g.key("p256-root"))
}

// sm2CA is a self-signed CA with an SM2 key.
func (g *generator) sm2CA() template {
	k := g.key("sm2-ca")
	t := template{
		version: version(2),
		serial:  []byte{0x03},
		subject: name("C=CN", "O=Certloupe Tests", "CN=Certloupe Test SM2 CA"),
	}.between("200101000000", "370101000000").with(caConstraints(), keyUsage(keyCertSign, crlSign)).holding(k)
	return t.selfSigned(k)
}

// sm2Sign and sm2Encrypt are the two certificates of a TLCP server.
func (g *generator) sm2Sign() template {
	return template{
		version: version(2),
		serial:  []byte{0x30, 0x01},
		subject: name("C=CN", "O=Certloupe Tests", "CN=tlcp.example.com"),
	}.between("250101000000", "270101000000").
		with(hosts("tlcp.example.com"), keyUsage(digitalSignature, nonRepudiation), extendedKeyUsage(oidServerAuth)).
		holding(g.key("sm2-sign")).issuedBy(g.sm2CA(), g.key("sm2-ca"))
}

func (g *generator) sm2Encrypt() template {
	return g.sm2Sign().numbered(0x30, 0x02).with(keyUsage(keyEncipherment, dataEncipherment)).holding(g.key("sm2-encrypt"))
}

// check is the call that judges cert.pem and key.pem by a profile.
func check(profile string) call {
	return call{"op": "check", "profile": profile, "cert": "cert.pem", "key": "key.pem"}
}

// checkAlone is check without a key.
func checkAlone(profile string) call {
	return call{"op": "check", "profile": profile, "cert": "cert.pem"}
}

// upload are the files of a healthy upload of the server's certificate.
func (g *generator) upload() files {
	return files{"cert.pem": g.server().pem(), "key.pem": g.key("p256-server").pem()}
}

// but returns the files with another one in the place of one of them.
func (f files) but(name string, data []byte) files {
	out := files{name: data}
	for n, d := range f {
		if n != name {
			out[n] = d
		}
	}
	return out
}

// serverCase adds a case about a certificate with the server's key, judged as an
// IoTDA server certificate.
func (g *generator) serverCase(path, says string, cert []byte) {
	healthy := g.upload()
	g.add(scenario{path: path, says: says, call: check("iotda-server"),
		files: healthy.but("cert.pem", cert), healthy: files{"cert.pem": healthy["cert.pem"]}})
}

// certificateCase adds a case about one certificate, judged by no profile in
// particular, with the given healthy twin.
func (g *generator) certificateCase(path, says string, bad, good template) {
	g.add(scenario{path: path, says: says, call: checkAlone("generic"),
		files: files{"cert.pem": bad.pem()}, healthy: files{"cert.pem": good.pem()}})
}

// caCase adds a case about the root's certificate, judged as an IoTDA CA certificate.
func (g *generator) caCase(path, says string, bad template) {
	g.add(scenario{path: path, says: says, call: checkAlone("iotda-ca"),
		files: files{"cert.pem": bad.pem()}, healthy: files{"cert.pem": g.root().pem()}})
}
