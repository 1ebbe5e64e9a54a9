package siprec

import (
	"bytes"
	"os"
	"testing"
)

// BenchmarkMetadata is what a real INVITE with metadata costs: its parts, its XML, its legs.
func BenchmarkMetadata(b *testing.B) {
	raw, err := os.ReadFile("testdata/opensips/opensips36-siprec-invite-udp.sip.txt")
	if err != nil {
		b.Fatal(err)
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for b.Loop() {
		got, err := Read("multipart/mixed;boundary=OSS-unique-boundary-42", body)
		if err != nil {
			b.Fatal(err)
		}
		if legs, _ := mapped(got); len(legs) != 2 {
			b.Fatal("not two legs")
		}
	}
}
