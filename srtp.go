package timbre

import (
	"slices"
	"strings"
)

// SRTPSuite is an SRTP crypto suite.
type SRTPSuite struct {
	Name      string // in SDES (RFC 4568, RFC 6188, RFC 7714)
	Alias     string // another spelling in use; empty without
	Profile   uint16 // SRTP protection profile (RFC 5764, RFC 7714)
	InDTLS    bool   // the profile is registered for DTLS-SRTP
	Key, Salt int    // bytes of a master key and of its salt
}

// srtpSuites is the table of suites, the strongest first: their authentication tags have 128, 80 or 32 bits.
var srtpSuites = []SRTPSuite{
	{Name: "AEAD_AES_256_GCM", Profile: 8, InDTLS: true, Key: 32, Salt: 12},
	{Name: "AEAD_AES_128_GCM", Profile: 7, InDTLS: true, Key: 16, Salt: 12},
	{Name: "AES_256_CM_HMAC_SHA1_80", Alias: "AES_CM_256_HMAC_SHA1_80", Profile: 3, Key: 32, Salt: 14},
	{Name: "AES_CM_128_HMAC_SHA1_80", Profile: 1, InDTLS: true, Key: 16, Salt: 14},
	{Name: "AES_256_CM_HMAC_SHA1_32", Alias: "AES_CM_256_HMAC_SHA1_32", Profile: 4, Key: 32, Salt: 14},
	{Name: "AES_CM_128_HMAC_SHA1_32", Profile: 2, InDTLS: true, Key: 16, Salt: 14},
}

// SRTPSuites returns all suites, the strongest first.
func SRTPSuites() []SRTPSuite { return slices.Clone(srtpSuites) }

// SRTPSuiteRank is the index in SRTPSuites of a suite, by name or alias in any case; -1: it is not supported.
func SRTPSuiteRank(name string) int {
	return slices.IndexFunc(srtpSuites, func(s SRTPSuite) bool {
		return strings.EqualFold(s.Name, name) || s.Alias != "" && strings.EqualFold(s.Alias, name)
	})
}

// Length is the length of a master key with its salt, in bytes.
func (s SRTPSuite) Length() int { return s.Key + s.Salt }
