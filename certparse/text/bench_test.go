package text_test

import (
	"testing"

	"github.com/certloupe/certloupe/certparse/text"
)

func BenchmarkCertificate(b *testing.B) {
	c := parse(b, rsaLeaf().der())
	b.ReportAllocs()
	for b.Loop() {
		text.Certificate(c)
	}
}
