package phone

import (
	"slices"
	"strconv"

	"github.com/pion/sdp/v3"
	"github.com/pion/srtp/v3"

	"timbre"
	"timbre/sip/offer"
)

// profiles are the protection profiles of the suites of sip/offer.
var profiles = map[string]srtp.ProtectionProfile{
	"AEAD_AES_256_GCM":        srtp.ProtectionProfileAeadAes256Gcm,
	"AEAD_AES_128_GCM":        srtp.ProtectionProfileAeadAes128Gcm,
	"AES_256_CM_HMAC_SHA1_80": srtp.ProtectionProfileAes256CmHmacSha1_80,
	"AES_256_CM_HMAC_SHA1_32": srtp.ProtectionProfileAes256CmHmacSha1_32,
	"AES_CM_128_HMAC_SHA1_80": srtp.ProtectionProfileAes128CmHmacSha1_80,
	"AES_CM_128_HMAC_SHA1_32": srtp.ProtectionProfileAes128CmHmacSha1_32,
}

// offer makes a key for each suite.
func (l *leg) offer(suites []string) {
	for i, name := range suites {
		l.offered = append(l.offered, offer.NewCrypto(strconv.Itoa(i+1), name))
	}
}

// agree takes the key that the answer names. What has been offered encrypted is not sent in the clear.
func (l *leg) agree(m *sdp.MediaDescription) error {
	const op = "phone.Dial"
	if len(l.offered) == 0 {
		return nil
	}
	text, _ := m.Attribute("crypto")
	taken, err := offer.ParseCrypto(text)
	if err != nil {
		return timbre.Errorf(timbre.Invalid, op, "the server takes none of our keys: %w", err)
	}
	i := slices.IndexFunc(l.offered, func(c offer.Crypto) bool { return c.Tag == taken.Tag && c.Suite == taken.Suite })
	if i < 0 {
		return timbre.Errorf(timbre.Invalid, op, "the server takes a key that was not offered")
	}
	key, profile := l.offered[i].Key, profiles[taken.Suite]
	n, err := profile.KeyLen()
	if err == nil {
		l.seal, err = srtp.CreateContext(key[:n], key[n:], profile)
	}
	if err != nil {
		return timbre.Errorf(timbre.Internal, op, "SRTP: %w", err)
	}
	return nil
}
