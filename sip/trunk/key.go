package trunk

import (
	"strconv"
	"strings"

	"timbre"
	"timbre/sip/sdp"
)

// sdesKeys are the local keys of one side, by m-line and crypto suite (SDES, RFC 4568). A key lasts as long as the call: one
// that was used again from its beginning would encrypt with the same key stream.
type sdesKeys map[int]map[string][]byte

// key is the one for a suite of a line.
func (k sdesKeys) key(line int, suite string) []byte {
	if k[line] == nil {
		k[line] = map[string][]byte{}
	}
	if k[line][suite] == nil {
		k[line][suite] = sdp.NewCrypto("1", suite).Key
	}
	return k[line][suite]
}

// offered are the crypto attributes of an offered line: every suite, the strongest first.
func (k sdesKeys) offered(line int) []string {
	var all []string
	for i, suite := range sdp.Suites() {
		c := sdp.NewCrypto(strconv.Itoa(i+1), suite)
		c.Key = k.key(line, suite)
		all = append(all, "a=crypto:"+c.Value())
	}
	return all
}

// answered is the crypto attribute that answers the strongest one of a line.
func (k sdesKeys) answered(l *sdp.Line) []string {
	c := l.Crypto[0]
	c.Key = k.key(l.Index, c.Suite)
	return []string{"a=crypto:" + c.Value()}
}

// agreed are the keys of both ends of a line.
func (k sdesKeys) agreed(l *sdp.Line) *timbre.SRTPKeys {
	theirs := l.Crypto[0]
	return &timbre.SRTPKeys{Suite: theirs.Suite, Local: k.key(l.Index, theirs.Suite), Remote: theirs.Key, MKI: theirs.MKI}
}

// pending are keys for a line whose peer has yet to send its own: no packet is authentic.
func (k sdesKeys) pending(line int) *timbre.SRTPKeys {
	suite := sdp.Suites()[0]
	return &timbre.SRTPKeys{Suite: suite, Local: k.key(line, suite), Remote: sdp.NewCrypto("1", suite).Key}
}

// offerKeys is how a line is keyed that is offered to a side: by DTLS if that side uses it on the line, else by SDES.
func (s *side) offerKeys(l *sdp.Line) localLine {
	switch proto := s.handshakes[l.Index]; {
	case !isEncrypted(l):
		return localLine{}
	case proto != "":
		return localLine{proto: proto, keys: s.dtlsAttributes("actpass")}
	case isDTLS(l):
		return localLine{proto: strings.TrimPrefix(l.Proto, "UDP/TLS/"), keys: s.keys.offered(l.Index)}
	}
	return localLine{keys: s.keys.offered(l.Index)}
}

// answerKeys is how a line is keyed in the answer to a side that has offered it. The spec is that of the side's stream.
func (s *side) answerKeys(l *sdp.Line, spec *timbre.Media) localLine {
	switch {
	case spec.DTLS != nil && spec.DTLS.Active:
		return localLine{proto: l.Proto, keys: s.dtlsAttributes("active")}
	case spec.DTLS != nil:
		return localLine{proto: l.Proto, keys: s.dtlsAttributes("passive")}
	case spec.Keys != nil:
		return localLine{proto: l.Proto, keys: s.keys.answered(l)}
	}
	return localLine{}
}

func (s *side) dtlsAttributes(setup string) []string {
	return []string{"a=fingerprint:" + s.call.ua.deps.Media.Fingerprint(), "a=setup:" + setup}
}

// isDTLS reports whether a line is keyed by DTLS (RFC 5764).
func isDTLS(l *sdp.Line) bool { return strings.HasPrefix(l.Proto, "UDP/TLS/") }

// isEncrypted reports whether a line's media is encrypted.
func isEncrypted(l *sdp.Line) bool { return strings.Contains(l.Proto, "SAVP") }

// bridgeable reports whether a line can be bridged: RTP, in the clear or with keys, and fax over UDPTL. A connector that
// requires encryption bridges encrypted lines only.
func (c *call) bridgeable(l *sdp.Line) bool {
	if l.Remote.Port() == 0 {
		return false
	}
	switch strings.TrimSuffix(l.Proto, "F") {
	case "RTP/SAVP":
		return len(l.Crypto) > 0
	case "UDP/TLS/RTP/SAVP":
		return l.Secure()
	case "RTP/AVP", "UDPTL":
		return !c.connector.RequireEncryption
	}
	return false
}
