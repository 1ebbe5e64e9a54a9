package rtp

import (
	"bytes"
	"errors"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"timbre"
)

const (
	replayWindow = 128 // packets behind the newest one that are told from replays
	maxSSRCs     = 64  // SSRCs that a key may be used by: each costs memory
)

// cryptoContext is the SRTP of a port (RFC 3711, 3.2): it decrypts what the peer sends and encrypts what is sent to it. A nil
// context has no keys and does neither.
type cryptoContext struct {
	keys         timbre.SRTPKeys
	in, out      *srtp.Context
	previous     *srtp.Context       // of the previous key, whose last packets may still be in flight
	decrypted    int                 // packets since the key changed
	ssrcs        map[uint32]struct{} // those that have used the key
	controlSSRCs int                 // how many have used it for RTCP
	newest       uint32              // the one that has used it last
	rollover     rollover
	buf          []byte     // the packet decrypted last
	header       rtp.Header // its header
	outHeader    rtp.Header // of the packet encrypted last
}

// newCryptoContext makes a context for keys; before is the one in use, or nil. A direction whose key stays keeps its state: a
// fresh one would accept replays, and encrypt two packets with the same key stream.
func newCryptoContext(k timbre.SRTPKeys, before *cryptoContext) (*cryptoContext, error) {
	if before == nil {
		before = &cryptoContext{ssrcs: map[uint32]struct{}{}}
	}
	e := &cryptoContext{
		keys: k, in: before.in, out: before.out, previous: before.previous, decrypted: before.decrypted,
		ssrcs: before.ssrcs, controlSSRCs: before.controlSSRCs, newest: before.newest, rollover: before.rollover,
	}
	var err error
	same := k.Suite == before.keys.Suite
	if before.in == nil || !same || !bytes.Equal(k.Remote, before.keys.Remote) || !bytes.Equal(k.MKI, before.keys.MKI) {
		e.previous, e.decrypted, e.ssrcs, e.controlSSRCs, e.rollover = before.in, 0, map[uint32]struct{}{}, 0, before.after()
		options := []srtp.ContextOption{srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow)}
		if len(k.MKI) > 0 {
			options = append(options, srtp.MasterKeyIndicator(k.MKI))
		}
		if e.in, err = newSRTPContext(k.Suite, k.Remote, options...); err != nil {
			return nil, err
		}
	}
	if before.out == nil || !same || !bytes.Equal(k.Local, before.keys.Local) {
		if e.out, err = newSRTPContext(k.Suite, k.Local); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func newSRTPContext(suite string, key []byte, options ...srtp.ContextOption) (*srtp.Context, error) {
	const op = "rtp.newSRTPContext"
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

// isFull reports whether no further SSRC may use the key.
func (e *cryptoContext) isFull() bool { return len(e.ssrcs)+e.controlSSRCs >= maxSSRCs }

// decrypt returns the RTP packet in a datagram, valid until the next call, or the reason why there is none.
func (e *cryptoContext) decrypt(b []byte, ssrc uint32) ([]byte, Reason, bool) {
	if e == nil {
		return nil, Unauthentic, false
	}
	_, known := e.ssrcs[ssrc]
	if !known && e.isFull() {
		return nil, OutOfSequence, false
	}
	plaintext, err := e.in.DecryptRTP(e.buf[:0], b, &e.header)
	switch old, ok := e.decryptPrevious(b, err); {
	case ok:
		plaintext = old
	case err != nil && !known:
		if plaintext, ok = e.decryptFirst(b, ssrc); !ok {
			return nil, rejection(err), false
		}
		e.heard(ssrc)
	case err != nil:
		return nil, rejection(err), false
	default:
		e.heard(ssrc)
	}
	if e.decrypted++; e.decrypted >= previousSourceLimit {
		e.previous = nil
	}
	e.buf = plaintext
	return plaintext, 0, true
}

// heard notes that a source has used the key.
func (e *cryptoContext) heard(ssrc uint32) {
	if e.newest != ssrc || len(e.ssrcs) == 0 {
		e.ssrcs[ssrc], e.newest = struct{}{}, ssrc
	}
}

// decryptPrevious decrypts a packet that the current key does not fit with the key before it.
func (e *cryptoContext) decryptPrevious(b []byte, err error) ([]byte, bool) {
	if err == nil || e.previous == nil {
		return nil, false
	}
	plaintext, err := e.previous.DecryptRTP(e.buf[:0], b, &e.header)
	return plaintext, err == nil
}

// decryptControl is decrypt for RTCP, whose packets stay valid.
func (e *cryptoContext) decryptControl(b []byte, ssrc uint32) ([]byte, Reason, bool) {
	if e == nil {
		return nil, Unauthentic, false
	}
	_, known := e.in.Index(ssrc)
	if !known && e.isFull() {
		return nil, OutOfSequence, false
	}
	plaintext, err := e.in.DecryptRTCP(nil, b, nil)
	if err != nil && e.previous != nil {
		if old, e2 := e.previous.DecryptRTCP(nil, b, nil); e2 == nil {
			plaintext, err, known = old, nil, true
		}
	}
	if err != nil {
		return nil, rejection(err), false
	}
	if !known {
		e.controlSSRCs++
	}
	return plaintext, 0, true
}

// encrypt returns an RTP packet as SRTP, in buf or, if that is too small, in a new buffer.
func (e *cryptoContext) encrypt(buf, b []byte) ([]byte, error) {
	if e == nil {
		return nil, timbre.Errorf(timbre.Unavailable, "rtp.encrypt", "the SRTP keys are not negotiated yet")
	}
	return e.out.EncryptRTP(buf[:0], b, &e.outHeader)
}

// encryptControl returns an RTCP packet as SRTCP.
func (e *cryptoContext) encryptControl(b []byte) ([]byte, error) {
	if e == nil {
		return nil, timbre.Errorf(timbre.Unavailable, "rtp.encrypt", "the SRTP keys are not negotiated yet")
	}
	return e.out.EncryptRTCP(nil, b, nil)
}

// rejection is the reason for an error of decryption. The library identifies a replay by its text alone.
func rejection(err error) Reason {
	if cause := errors.Unwrap(err); cause != nil && cause.Error() == "duplicated packet" {
		return Replayed
	}
	return Unauthentic
}
