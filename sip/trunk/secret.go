package trunk

import (
	"strconv"
	"strings"

	"timbre"

	"timbre/sip/sdp"
)

// secrets are our keys on one side of a call, by m-line and suite (SDES, RFC 4568). One lasts as long as the call: a key that
// came back would start its packets over with the same cipher text.
type secrets map[int]map[string][]byte

// key is ours for a suite on a line.
func (s secrets) key(line int, suite string) []byte {
	if s[line] == nil {
		s[line] = map[string][]byte{}
	}
	if s[line][suite] == nil {
		s[line][suite] = sdp.NewCrypto("1", suite).Key
	}
	return s[line][suite]
}

// offered are the attributes by which we offer keys for a line: every suite, the strongest first.
func (s secrets) offered(line int) []string {
	var all []string
	for i, suite := range sdp.Suites() {
		c := sdp.NewCrypto(strconv.Itoa(i+1), suite)
		c.Key = s.key(line, suite)
		all = append(all, "a=crypto:"+c.Value())
	}
	return all
}

// answered is the attribute by which we answer the strongest key of a line.
func (s secrets) answered(l *sdp.Line) []string {
	c := l.Crypto[0]
	c.Key = s.key(l.Index, c.Suite)
	return []string{"a=crypto:" + c.Value()}
}

// agreed are the keys of both ends of a line.
func (s secrets) agreed(l *sdp.Line) *timbre.SRTPKeys {
	theirs := l.Crypto[0]
	return &timbre.SRTPKeys{Suite: theirs.Suite, Local: s.key(l.Index, theirs.Suite), Remote: theirs.Key, MKI: theirs.MKI}
}

// pending are keys for a line whose peer has yet to tell his: nothing that comes is authentic.
func (s secrets) pending(line int) *timbre.SRTPKeys {
	suite := sdp.Suites()[0]
	return &timbre.SRTPKeys{Suite: suite, Local: s.key(line, suite), Remote: sdp.NewCrypto("1", suite).Key}
}

// handshaken says whether a line's keys come from a handshake (DTLS, RFC 5764).
func handshaken(l *sdp.Line) bool { return strings.HasPrefix(l.Proto, "UDP/TLS/") }

// askKeys is what we say of keys when a line is offered on to a side: a handshake, if that is how it gets its keys; else those
// of the signalling.
func (s *side) askKeys(l *sdp.Line) ours {
	switch proto := s.handshakes[l.Index]; {
	case !secure(l):
		return ours{}
	case proto != "":
		return ours{proto: proto, keys: []string{"a=fingerprint:" + s.call.e.media.Fingerprint(), "a=setup:actpass"}}
	case handshaken(l):
		return ours{proto: strings.TrimPrefix(l.Proto, "UDP/TLS/"), keys: s.secrets.offered(l.Index)}
	}
	return ours{keys: s.secrets.offered(l.Index)}
}

// giveKeys is what we answer to the keys in an offer of a side, of whose stream the spec says the rest.
func (s *side) giveKeys(l *sdp.Line, spec *timbre.Media) ours {
	switch {
	case spec.DTLS != nil:
		setup := "passive"
		if spec.DTLS.Active {
			setup = "active"
		}
		return ours{proto: l.Proto, keys: []string{"a=fingerprint:" + s.call.e.media.Fingerprint(), "a=setup:" + setup}}
	case spec.Keys != nil:
		return ours{proto: l.Proto, keys: s.secrets.answered(l)}
	}
	return ours{}
}

// secure says whether a line's media is encrypted.
func secure(l *sdp.Line) bool { return strings.Contains(l.Proto, "SAVP") }

// relayable says whether a line's media can be put through: RTP, in the clear or with keys, and fax over UDPTL. Where encryption is required, only what is encrypted is.
func (c *call) relayable(l *sdp.Line) bool {
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
