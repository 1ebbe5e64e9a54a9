package sdp

import (
	"net/netip"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

// localKeys are the local side of a line's keys. They stay while the peer offers the same suite or handshake: a key that was
// used again would encrypt its first packets to the same bytes, and a handshake that changed roles would start over.
type localKeys struct {
	crypto Crypto
	dtls   timbre.DTLSParameters
}

// keysFor are the local keys of a line; nil if it has none.
func (a *Answerer) keysFor(l *Line) *localKeys {
	k := a.keys[l.Index]
	switch {
	case len(l.Crypto) > 0:
		remote := l.Crypto[0]
		if k == nil || k.crypto.Suite != remote.Suite {
			k = &localKeys{crypto: NewCrypto(remote.Tag, remote.Suite)}
		}
		k.crypto.Tag, k.crypto.name, k.crypto.padded = remote.Tag, remote.name, remote.padded
	case l.fingerprint != "":
		active := l.setup == "passive" || l.setup == "actpass" && !a.Passive
		if k != nil && k.dtls.Fingerprint == l.fingerprint && l.setup == "actpass" {
			active = k.dtls.Active
		}
		k = &localKeys{dtls: timbre.DTLSParameters{Fingerprint: l.fingerprint, Active: active}}
	default:
		k = nil
	}
	a.keys[l.Index] = k
	return k
}

// addKeys adds the local keys of a line to its answer.
func (a *Answerer) addKeys(m *pion.MediaDescription, l *Line) {
	switch k := a.keysFor(l); {
	case k == nil:
	case k.dtls.Fingerprint == "":
		m.WithValueAttribute("crypto", k.crypto.Value())
	case k.dtls.Active:
		m.WithValueAttribute("fingerprint", a.Fingerprint).WithValueAttribute("setup", "active")
	default:
		m.WithValueAttribute("fingerprint", a.Fingerprint).WithValueAttribute("setup", "passive")
	}
}

// Spec describes the stream of a line, with the keys of both sides.
func (a *Answerer) Spec(l *Line, local, source netip.Addr, latchAny bool) timbre.Media {
	m := l.Spec(local, source, latchAny)
	switch k := a.keysFor(l); {
	case k == nil:
	case k.dtls.Fingerprint == "":
		m.Keys = &timbre.SRTPKeys{Suite: k.crypto.Suite, Local: k.crypto.Key, Remote: l.Crypto[0].Key, MKI: l.Crypto[0].MKI}
	default:
		m.DTLS = &k.dtls
	}
	return m
}
