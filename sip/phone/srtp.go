package phone

import (
	"slices"
	"strconv"

	pion "github.com/pion/sdp/v3"
	"github.com/pion/srtp/v3"

	"timbre"
	"timbre/sip/sdp"
)

// offerKeys makes a key for each suite.
func (l *leg) offerKeys(suites []string) {
	for i, name := range suites {
		l.offered = append(l.offered, sdp.NewCrypto(strconv.Itoa(i+1), name))
	}
}

// agreeKeys takes the key that the answer names. What has been offered encrypted is not sent in the clear.
func (l *leg) agreeKeys(m *pion.MediaDescription) error {
	const op = "phone.Dial"
	if len(l.offered) == 0 {
		return nil
	}
	text, _ := m.Attribute("crypto")
	taken, err := sdp.ParseCrypto(text)
	if err != nil {
		return timbre.Errorf(timbre.Invalid, op, "the server takes none of the offered keys: %w", err)
	}
	i := slices.IndexFunc(l.offered, func(c sdp.Crypto) bool { return c.Tag == taken.Tag && c.Suite == taken.Suite })
	if i < 0 {
		return timbre.Errorf(timbre.Invalid, op, "the server takes a key that was not offered")
	}
	key, suite := l.offered[i].Key, timbre.SRTPSuites()[timbre.SRTPSuiteRank(taken.Suite)]
	if l.encryption, err = srtp.CreateContext(key[:suite.Key], key[suite.Key:], srtp.ProtectionProfile(suite.Profile)); err != nil {
		return timbre.Errorf(timbre.Internal, op, "SRTP: %w", err)
	}
	return nil
}
