package timbre

import (
	"net/netip"
	"reflect"
	"testing"
)

func sampleMedia() Media {
	return Media{
		Local: netip.MustParseAddr("192.0.2.1"), Remote: netip.MustParseAddrPort("192.0.2.2:4000"), Payloads: map[uint8]Codec{0: PCMU},
		Keys: &SRTPKeys{Suite: "AEAD_AES_128_GCM", Local: []byte{1}, Remote: []byte{2}}, DTLS: &DTLSParameters{Fingerprint: "sha-256 AB"},
	}
}

// differentMedia has another value than sampleMedia in every field.
var differentMedia = Media{
	Local: netip.MustParseAddr("192.0.2.9"), Remote: netip.MustParseAddrPort("192.0.2.2:4002"), Source: netip.MustParseAddr("192.0.2.9"),
	RTCP: netip.MustParseAddrPort("192.0.2.2:4001"), Mux: true, Payloads: map[uint8]Codec{0: PCMA}, Hold: true, LatchAny: true, Opaque: true,
	Keys: &SRTPKeys{Suite: "AEAD_AES_128_GCM", Local: []byte{1}, Remote: []byte{3}}, DTLS: &DTLSParameters{Fingerprint: "sha-256 AB", Active: true},
}

func TestMediaEqualComparesEveryField(t *testing.T) {
	if !sampleMedia().Equal(sampleMedia()) {
		t.Fatal("got two equal descriptions different")
	}
	for i := range reflect.TypeFor[Media]().NumField() {
		t.Run(reflect.TypeFor[Media]().Field(i).Name, func(t *testing.T) {
			changed := sampleMedia()
			reflect.ValueOf(&changed).Elem().Field(i).Set(reflect.ValueOf(differentMedia).Field(i))
			if sampleMedia().Equal(changed) {
				t.Error("got equal, want the field compared")
			}
		})
	}
}

func TestMediaEqualComparesMissingKeys(t *testing.T) {
	inClear := sampleMedia()
	inClear.Keys, inClear.DTLS = nil, nil
	if inClear.Equal(sampleMedia()) || sampleMedia().Equal(inClear) || !inClear.Equal(inClear) {
		t.Error("got keys and no keys equal, or no keys different")
	}
	if inClear.Encrypted() || !sampleMedia().Encrypted() {
		t.Error("got encryption without keys, or none with them")
	}
}

func TestSRTPSuitesAreFoundByNameAndAlias(t *testing.T) {
	for i, s := range SRTPSuites() {
		t.Run(s.Name, func(t *testing.T) {
			if got := SRTPSuiteRank(s.Name); got != i {
				t.Errorf("got rank %d, want %d", got, i)
			}
			if got := SRTPSuiteRank(s.Alias); s.Alias != "" && got != i {
				t.Errorf("got rank %d by alias %s, want %d", got, s.Alias, i)
			}
			if s.Length() != s.Key+s.Salt || s.Profile == 0 {
				t.Errorf("got %+v, want lengths and a profile", s)
			}
		})
	}
	if got := SRTPSuiteRank(""); got != -1 {
		t.Errorf("got rank %d of no name, want -1", got)
	}
}
