package certparse_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

func ExampleKeyBlocklist() {
	block, _ := pem.Decode([]byte(healthy))
	c, err := certparse.ParseCertificate(block.Bytes)
	if err != nil {
		fmt.Println(err)
		return
	}
	sum := sha256.Sum256(c.PublicKey().SPKI())
	var list certparse.KeyBlocklist
	if err := list.Read([]byte("# keys that were found in public\n" + hex.EncodeToString(sum[:]) + "\n")); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(list.Match(c.PublicKey()))
	fmt.Println(len(c.KeyFindings(finding.Where{})), "weaknesses")
	// Output:
	// SubjectPublicKeyInfo SHA-256 true
	// 0 weaknesses
}
