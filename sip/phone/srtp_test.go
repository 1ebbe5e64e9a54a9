package phone

import (
	"strings"
	"testing"

	"github.com/pion/rtp"
	pion "github.com/pion/sdp/v3"
	"github.com/pion/srtp/v3"

	"timbre"
	"timbre/environment"
	"timbre/sip/sdp"
)

func TestEverySuiteEncrypts(t *testing.T) {
	for _, suite := range sdp.Suites() {
		l := &leg{}
		l.offerKeys([]string{"AES_CM_128_HMAC_SHA1_32", suite})
		theirs := sdp.NewCrypto("2", suite)
		must(t, l.agreeKeys((&pion.MediaDescription{}).WithValueAttribute("crypto", theirs.Value())))
		plain, err := (&rtp.Packet{Header: rtp.Header{Version: 2}, Payload: audio(160, 1)}).Marshal()
		must(t, err)
		b, err := l.encryption.EncryptRTP(nil, plain, nil)
		must(t, err)
		at := timbre.SRTPSuites()[timbre.SRTPSuiteRank(suite)]
		receiver, err := srtp.CreateContext(l.offered[1].Key[:at.Key], l.offered[1].Key[at.Key:], srtp.ProtectionProfile(at.Profile))
		must(t, err)
		if got, err := receiver.DecryptRTP(nil, b, nil); err != nil || string(got) != string(plain) || strings.Contains(string(b), string(audio(20, 1))) {
			t.Errorf("%s: got %x, %v, want the packet that was encrypted", suite, got, err)
		}
	}
}

func TestAnswerMustTakeAnOfferedKey(t *testing.T) {
	mine := sdp.NewCrypto("1", "AEAD_AES_128_GCM")
	for name, value := range map[string]string{
		"none":               "",
		"nonsense":           "1 AEAD_AES_128_GCM inline:x",
		"another tag":        sdp.NewCrypto("2", mine.Suite).Value(),
		"another suite":      sdp.NewCrypto("1", "AEAD_AES_256_GCM").Value(),
		"a suite of its own": strings.Replace(mine.Value(), "AEAD", "DEAD", 1),
	} {
		t.Run(name, func(t *testing.T) {
			l := &leg{offered: []sdp.Crypto{mine}}
			m := &pion.MediaDescription{}
			if value != "" {
				m.WithValueAttribute("crypto", value)
			}
			if err := l.agreeKeys(m); err == nil || l.encryption != nil {
				t.Errorf("got error %v, encrypted %v, want an error and no encryption", err, l.encryption != nil)
			}
		})
	}
}

func TestUnknownSuiteIsRefused(t *testing.T) {
	if _, err := Dial(t.Context(), environment.Environment{}, Config{Server: "udp://127.0.0.1:9", Suites: []string{"F8_128_HMAC_SHA1_80"}}); err == nil || !strings.Contains(err.Error(), "F8_128") {
		t.Errorf("got error %v, want the suite named", err)
	}
}
