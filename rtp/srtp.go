package rtp

import (
	"bytes"
	"errors"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"timbre"
)

const (
	window  = 128 // packets behind the newest one that are told from replays
	sources = 64  // SSRCs that one key may be used by: each costs memory
)

// envelope opens what a peer has sealed, and seals what goes to it. A nil envelope has no keys: it opens and seals nothing.
type envelope struct {
	keys    timbre.SRTPKeys
	in, out *srtp.Context
	former  *srtp.Context // of the key before: packets under it are still on their way
	opened  int           // packets since then
	known   int           // SSRCs
	buf     []byte        // of the packet opened last
	header  rtp.Header    // of that
	leaving rtp.Header    // of the packet sealed last
}

// sealed makes an envelope for keys, after another one or nil. A direction whose key stays goes on as it was: begun anew, it
// would take replays, and seal two packets alike.
func sealed(k timbre.SRTPKeys, before *envelope) (*envelope, error) {
	if before == nil {
		before = &envelope{}
	}
	e := &envelope{keys: k, in: before.in, out: before.out, former: before.former, opened: before.opened, known: before.known}
	var err error
	same := k.Suite == before.keys.Suite
	if before.in == nil || !same || !bytes.Equal(k.Remote, before.keys.Remote) || !bytes.Equal(k.MKI, before.keys.MKI) {
		e.former, e.opened, e.known = before.in, 0, 0
		options := []srtp.ContextOption{srtp.SRTPReplayProtection(window), srtp.SRTCPReplayProtection(window)}
		if len(k.MKI) > 0 {
			options = append(options, srtp.MasterKeyIndicator(k.MKI))
		}
		if e.in, err = cipher(k.Suite, k.Remote, options...); err != nil {
			return nil, err
		}
	}
	if before.out == nil || !same || !bytes.Equal(k.Local, before.keys.Local) {
		if e.out, err = cipher(k.Suite, k.Local); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func cipher(suite string, key []byte, options ...srtp.ContextOption) (*srtp.Context, error) {
	const op = "rtp.cipher"
	at := timbre.SRTPSuiteRank(suite)
	if at < 0 {
		return nil, timbre.Errorf(timbre.Invalid, op, "SRTP suite %.40q is not supported", suite)
	}
	of := timbre.SRTPSuites()[at]
	if len(key) != of.Length() {
		return nil, timbre.Errorf(timbre.Invalid, op, "%s: a key with its salt has %d bytes, not %d", suite, of.Length(), len(key))
	}
	c, err := srtp.CreateContext(key[:of.Key], key[of.Key:], srtp.ProtectionProfile(of.Profile), options...)
	if err != nil {
		return nil, timbre.Errorf(timbre.Invalid, op, "%s: %w", suite, err)
	}
	return c, nil
}

// open gives the RTP packet that is in a datagram, good until the next call; or why there is none.
func (e *envelope) open(b []byte, ssrc uint32) ([]byte, Reason, bool) {
	if e == nil {
		return nil, Unauthentic, false
	}
	_, known := e.in.ROC(ssrc)
	if !known && e.known >= sources {
		return nil, Stray, false
	}
	plain, err := e.in.DecryptRTP(e.buf[:0], b, &e.header)
	if err != nil && e.former != nil {
		if old, e2 := e.former.DecryptRTP(e.buf[:0], b, &e.header); e2 == nil {
			plain, err, known = old, nil, true
		}
	}
	if err != nil {
		return nil, why(err), false
	}
	if !known {
		e.known++
	}
	if e.opened++; e.opened >= patience {
		e.former = nil
	}
	e.buf = plain
	return plain, 0, true
}

// openControl is open for RTCP.
func (e *envelope) openControl(b []byte, ssrc uint32) ([]byte, Reason, bool) {
	if e == nil {
		return nil, Unauthentic, false
	}
	_, known := e.in.Index(ssrc)
	if !known && e.known >= sources {
		return nil, Stray, false
	}
	plain, err := e.in.DecryptRTCP(nil, b, nil)
	if err != nil && e.former != nil {
		if old, e2 := e.former.DecryptRTCP(nil, b, nil); e2 == nil {
			plain, err, known = old, nil, true
		}
	}
	if err != nil {
		return nil, why(err), false
	}
	if !known {
		e.known++
	}
	return plain, 0, true
}

// seal is an RTP packet as the peer gets it, in a buffer or, if that is too small, in a new one.
func (e *envelope) seal(buf, b []byte) ([]byte, error) {
	if e == nil {
		return nil, timbre.Errorf(timbre.Unavailable, "rtp.seal", "there are no keys yet")
	}
	return e.out.EncryptRTP(buf[:0], b, &e.leaving)
}

// sealControl is an RTCP packet as the peer gets it.
func (e *envelope) sealControl(b []byte) ([]byte, error) {
	if e == nil {
		return nil, timbre.Errorf(timbre.Unavailable, "rtp.seal", "there are no keys yet")
	}
	return e.out.EncryptRTCP(nil, b, nil)
}

// why is the reason for which a packet could not be opened. The library has no name for a replay but its text.
func why(err error) Reason {
	if cause := errors.Unwrap(err); cause != nil && cause.Error() == "duplicated packet" {
		return Replayed
	}
	return Unauthentic
}
