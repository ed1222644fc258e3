package text_test

import (
	"encoding/pem"
	"fmt"
	"log"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/certparse/text"
)

// An SM2 certificate, TEST ONLY.
const example = `-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgICMtIwCgYIKoEcz1UBg3UwJjELMAkGA1UEBhMCQ04xFzAV
BgNVBAMMDkV4YW1wbGUgU00yIENBMB4XDTI0MDEwMjAzMDQwNVoXDTM0MDEwMjAz
MDQwNVowIjELMAkGA1UEBhMCQ04xEzARBgNVBAMMClNNMiBkZXZpY2UwWTATBgcq
hkjOPQIBBggqgRzPVQGCLQNCAAQyxK4sHxmBGV+ZBEZqOcmUj+MLv/JmC+FxWkWJ
M0x0x7w3NqL09necWb3O42tpIVPQqYd8xipHQALfMuUhOfCgo1UwUzAOBgNVHQ8B
Af8EBAMCBsAwQQYDVR0jBDowOIAU9Mr8jCnkgCrXyQ+bdCt01vKOAAmhG6QZMBcx
FTATBgNVBAMMDEV4YW1wbGUgUm9vdIIDAQIDMAoGCCqBHM9VAYN1A0gAmi/Cbcfq
WipHSLfLKx7xk9lqssmfkwkvaeYwdbKNEngIYWQEPOIC8kz2Avkhny2I0Ne2WIv/
+p7MyaWSCNHp81rwHy5umBs=
-----END CERTIFICATE-----
`

func ExampleCertificate() {
	block, _ := pem.Decode([]byte(example))
	c, err := certparse.ParseCertificate(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	_, extensions, _ := strings.Cut(text.Certificate(c), "X509v3 extensions:\n")
	fmt.Print(extensions)
	// Output:
	//             X509v3 Key Usage: critical
	//                 Digital Signature, Content Commitment
	//             X509v3 Authority Key Identifier:
	//                 keyid:F4:CA:FC:8C:29:E4:80:2A:D7:C9:0F:9B:74:2B:74:D6:F2:8E:00:09
	//                 DirName:CN=Example Root
	//                 serial:01:02:03
	//     Signature Algorithm: SM2-SM3
	//          9a:2f:c2:6d:c7:ea:5a:2a:47:48:b7:cb:2b:1e:f1:93:d9:6a:
	//          b2:c9:9f:93:09:2f:69:e6:30:75:b2:8d:12:78:08:61:64:04:
	//          3c:e2:02:f2:4c:f6:02:f9:21:9f:2d:88:d0:d7:b6:58:8b:ff:
	//          fa:9e:cc:c9:a5:92:08:d1:e9:f3:5a:f0:1f:2e:6e:98:1b
}
