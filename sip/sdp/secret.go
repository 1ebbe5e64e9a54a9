package sdp

import (
	"net/netip"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// secret is our side of the keys of a line. It stays while the peer's side asks for nothing else: a key that came back
// would start its packets over with the same cipher text, and a handshake that changed sides would begin anew.
type secret struct {
	crypto Crypto
	dtls   timbre.DTLSParameters
}

// secret is what we answer to the keys of a line; nil when it has none.
func (a *Answering) secret(l *Line) *secret {
	s := a.secrets[l.Index]
	switch {
	case len(l.Crypto) > 0:
		theirs := l.Crypto[0]
		if s == nil || s.crypto.Suite != theirs.Suite {
			s = &secret{crypto: NewCrypto(theirs.Tag, theirs.Suite)}
		}
		s.crypto.Tag, s.crypto.name, s.crypto.padded = theirs.Tag, theirs.name, theirs.padded
	case l.fingerprint != "":
		active := l.setup == "passive" || l.setup == "actpass" && !a.Passive
		if s != nil && s.dtls.Fingerprint == l.fingerprint && l.setup == "actpass" {
			active = s.dtls.Active
		}
		s = &secret{dtls: timbre.DTLSParameters{Fingerprint: l.fingerprint, Active: active}}
	default:
		s = nil
	}
	a.secrets[l.Index] = s
	return s
}

// secure adds to the answer for a line what it says of keys.
func (a *Answering) secure(m *pion.MediaDescription, l *Line) {
	switch s := a.secret(l); {
	case s == nil:
	case s.dtls.Fingerprint == "":
		m.WithValueAttribute("crypto", s.crypto.Value())
	case s.dtls.Active:
		m.WithValueAttribute("fingerprint", a.Fingerprint).WithValueAttribute("setup", "active")
	default:
		m.WithValueAttribute("fingerprint", a.Fingerprint).WithValueAttribute("setup", "passive")
	}
}

// Spec is what a line says of its stream, with the keys of both sides.
func (a *Answering) Spec(l *Line, local, source netip.Addr, latchAny bool) timbre.Media {
	m := l.Spec(local, source, latchAny)
	switch s := a.secret(l); {
	case s == nil:
	case s.dtls.Fingerprint == "":
		m.Keys = &timbre.SRTPKeys{Suite: s.crypto.Suite, Local: s.crypto.Key, Remote: l.Crypto[0].Key, MKI: l.Crypto[0].MKI}
	default:
		m.DTLS = &s.dtls
	}
	return m
}
