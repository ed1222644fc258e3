package peers

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// nginxServer is one server of the configuration.
type nginxServer struct {
	port   int
	leaf   []byte
	staple string // directives
}

// startNginx runs nginx with the given servers, which all have the leaf key.
func startNginx(t *testing.T, ca *ocsptest.CA, servers []nginxServer, write func(string, []byte) string, dir string) {
	t.Helper()
	nginx := find(t, "nginx")
	key, err := x509.MarshalPKCS8PrivateKey(ocsptest.LeafKey())
	if err != nil {
		t.Fatal(err)
	}
	keyFile := write("leaf.key", pemOf("PRIVATE KEY", key))
	trusted := write("ca.pem", certificatePEM(ca.Certificate))
	var conf strings.Builder
	fmt.Fprintf(&conf, "daemon off; master_process off; worker_processes 1; pid %s/pid; error_log stderr notice;\n", dir)
	fmt.Fprintf(&conf, "events { worker_connections 64; }\nhttp {\n\taccess_log off;\n")
	for _, path := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&conf, "\t%s_temp_path %s/%s;\n", path, dir, path)
	}
	for i, s := range servers {
		cert := write(fmt.Sprintf("leaf%d.pem", i), certificatePEM(s.leaf, ca.Certificate))
		fmt.Fprintf(&conf, "\tserver {\n\t\tlisten 127.0.0.1:%d ssl; server_name nginx.example;\n", s.port)
		fmt.Fprintf(&conf, "\t\tssl_certificate %s; ssl_certificate_key %s; ssl_trusted_certificate %s;\n\t\t%s\n\t}\n", cert, keyFile, trusted, s.staple)
	}
	conf.WriteString("}\n")
	start(t, listens(servers[0].port), nginx, "-c", write("nginx.conf", []byte(conf.String())), "-p", dir, "-e", "stderr")
}

// handshake connects as a browser would and returns the certificate and the
// response that the server brought along.
func handshake(t *testing.T, ca *ocsptest.CA, port int) (cert, staple []byte) {
	t.Helper()
	root, err := x509.ParseCertificate(ca.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	conn, err := tls.DialWithDialer(dialer, "tcp", address(port), &tls.Config{RootCAs: roots, ServerName: "nginx.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	state := conn.ConnectionState()
	return state.PeerCertificates[0].Raw, state.OCSPResponse
}

// TestNginxStaples has nginx staple what a file has, or what it asked itself, and
// judges it as a client does after the handshake.
func TestNginxStaples(t *testing.T) {
	find(t, "nginx")
	ca := ocsptest.NewCA("Test CA", nil)
	issuer := parse(t, ca.Certificate)
	responder := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	defer responder.Close()
	now := time.Now()
	dir, write := writer(t)
	fromFile := func(name string, r ocsptest.Reply, a ocsptest.Answer) string {
		a.Serial = serial(ocsptest.DefaultSerial)
		r.CA, r.Time, r.Answers = ca, now, []ocsptest.Answer{a}
		return "ssl_stapling on; ssl_stapling_file " + write(name, ocsptest.Response(r)) + ";"
	}
	mustStaple := ocsptest.Leaf{Hosts: []string{"nginx.example"}, MustStaple: true}
	plain := ocsptest.Leaf{Hosts: []string{"nginx.example"}}
	asking := ocsptest.Leaf{Hosts: []string{"nginx.example"}, MustStaple: true, OCSP: []string{responder.URL}}
	tests := []struct {
		name   string
		leaf   ocsptest.Leaf
		staple string
		status ocsp.Status
		code   finding.Code
		// later says that nginx asks only after the first handshake.
		later bool
	}{
		{"good", mustStaple, fromFile("good", ocsptest.Reply{}, ocsptest.Answer{}), ocsp.Good, "", false},
		{"revoked", plain, fromFile("revoked", ocsptest.Reply{}, ocsptest.Answer{Status: ocsp.Revoked, RevokedAt: revokedAt, Reason: ocsp.KeyCompromise}), ocsp.Revoked, "", false},
		{"stale", plain, fromFile("stale", ocsptest.Reply{Fault: ocsptest.Stale}, ocsptest.Answer{}), ocsp.Refused, "ocsp-stale", false},
		{"forged", plain, fromFile("forged", ocsptest.Reply{Fault: ocsptest.SignedByStranger}, ocsptest.Answer{}), ocsp.Refused, "revocation-signature-invalid", false},
		{"none", plain, "", ocsp.Unknown, "", false},
		{"none where one must be", mustStaple, "", ocsp.Refused, "ocsp-staple-missing", false},
		{"asked by nginx", asking, "ssl_stapling on; ssl_stapling_verify on;", ocsp.Good, "", true},
	}
	servers := make([]nginxServer, len(tests))
	for i, test := range tests {
		servers[i] = nginxServer{freePort(t), ca.Issue(test.leaf), test.staple}
	}
	startNginx(t, ca, servers, write, dir)
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			der, staple := handshake(t, ca, servers[i].port)
			for deadline := time.Now().Add(20 * time.Second); test.later && staple == nil && time.Now().Before(deadline); {
				time.Sleep(50 * time.Millisecond)
				der, staple = handshake(t, ca, servers[i].port)
			}
			r, err := ocsp.Staple(staple, parse(t, der), issuer, ocsp.Options{Time: now})
			if err != nil {
				t.Fatal(err)
			}
			if r.Status != test.status || r.Code != test.code {
				t.Errorf("%v %s, want %v %s", r.Status, r.Code, test.status, test.code)
			}
			if r.Status == ocsp.Revoked && (!r.RevokedAt.Equal(revokedAt) || r.Reason != ocsp.KeyCompromise) {
				t.Errorf("revoked at %v, %v", r.RevokedAt, r.Reason)
			}
		})
	}
	if q := responder.Requests(); len(q) == 0 || q[0].Err != nil {
		t.Errorf("nginx asked %+v", q)
	}
}
