package sdp

import (
	"encoding/hex"
	"slices"
	"strings"

	pion "github.com/pion/sdp/v3"
)

// hashes of fingerprints, the strongest first, with their lengths in bytes.
var hashes = []struct {
	name   string
	length int
}{{"sha-512", 64}, {"sha-384", 48}, {"sha-256", 32}, {"sha-1", 20}}

// fingerprint is the strongest a=fingerprint (RFC 8122) of a line or its session, in normal form: "sha-256 AB:CD:…".
func fingerprint(s *pion.SessionDescription, m *pion.MediaDescription) string {
	best, found := len(hashes), ""
	for _, v := range slices.Concat(attributes(m.Attributes, "fingerprint"), attributes(s.Attributes, "fingerprint")) {
		name, digits, _ := strings.Cut(strings.TrimSpace(v), " ")
		name, digits = strings.ToLower(name), strings.ToUpper(strings.TrimSpace(digits))
		for i, h := range hashes[:best] {
			raw, err := hex.DecodeString(strings.ReplaceAll(digits, ":", ""))
			if h.name == name && err == nil && len(raw) == h.length && len(digits) == 3*h.length-1 {
				best, found = i, name+" "+digits
			}
		}
	}
	return found
}

// setup is the peer's role in the handshake (RFC 4145): active, it sends the ClientHello; passive, this side does; actpass,
// either may. The default is active.
func setup(s *pion.SessionDescription, m *pion.MediaDescription) string {
	for _, v := range slices.Concat(attributes(m.Attributes, "setup"), attributes(s.Attributes, "setup")) {
		if v = strings.ToLower(strings.TrimSpace(v)); slices.Contains([]string{"active", "passive", "actpass"}, v) {
			return v
		}
	}
	return "active"
}

// attributes are the values of all attributes of a name.
func attributes(all []pion.Attribute, name string) []string {
	var values []string
	for _, a := range all {
		if a.Key == name {
			values = append(values, a.Value)
		}
	}
	return values
}
