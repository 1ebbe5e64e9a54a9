package phone

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/netip"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"timbre"
	"timbre/sip/sdp"
)

// leg is one stream of a call: its ports, where it goes, and its audio.
type leg struct {
	label      string
	media      *net.UDPConn // RTP, on an even port
	reports    *net.UDPConn // RTCP, on the next port: bound so that the server's reports reach no other program, never read
	remote     netip.AddrPort
	audio      []byte
	silence    []byte
	header     rtp.Header
	buf        [timbre.FrameSamples + 12]byte
	remaining  []byte        // of audio
	offered    []sdp.Crypto  // keys, of which the server takes one
	encryption *srtp.Context // by that key; nil: in the clear
	encrypted  []byte        // the last packet
}

// openLegs makes the legs of a call, each with a pair of ports on the local address.
func openLegs(local netip.Addr, cfg Config) ([]*leg, error) {
	parties, labels := []Party{cfg.Caller, cfg.Callee}, []string{"1", "2"}
	if cfg.Mixed {
		parties = parties[:1]
	}
	var legs []*leg
	for i, p := range parties {
		l, err := openLeg(local, cfg.PayloadType, p.Audio)
		if err != nil {
			for _, l := range legs {
				l.close()
			}
			return nil, err
		}
		l.offerKeys(cfg.Suites)
		if cfg.Metadata { // without metadata nothing could refer to a label
			l.label = labels[i]
		}
		legs = append(legs, l)
	}
	return legs, nil
}

func openLeg(local netip.Addr, payload uint8, audio []byte) (*leg, error) {
	quiet := map[uint8]byte{ULaw: 0xFF, ALaw: 0xD5}[payload]
	l := &leg{audio: audio, remaining: audio, silence: bytes.Repeat([]byte{quiet}, timbre.FrameSamples)}
	l.header = rtp.Header{
		Version: 2, Marker: true, PayloadType: payload, SSRC: rand.Uint32(),
		SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32(),
	}
	var err error
	for range 100 { // a free pair is nearly always found at once
		if l.media, err = listen(local, 0); err != nil {
			break
		}
		if l.port()%2 == 0 {
			if l.reports, err = listen(local, l.port()+1); err == nil {
				return l, nil
			}
		}
		_ = l.media.Close()
	}
	return nil, timbre.Errorf(timbre.Unavailable, "phone.Dial", "no pair of free ports for RTP on %s: %w", local, err)
}

func listen(local netip.Addr, port int) (*net.UDPConn, error) {
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, uint16(port))))
}

func (l *leg) port() int { return l.media.LocalAddr().(*net.UDPAddr).Port }

// packets is how many packets the leg's audio fills.
func (l *leg) packets() int { return (len(l.audio) + timbre.FrameSamples - 1) / timbre.FrameSamples }

// send sends the next 20 ms: of the audio, or of silence when muted or at the end of the audio.
func (l *leg) send(mute bool) error {
	if !l.remote.IsValid() {
		return nil
	}
	payload := l.silence
	if n := min(len(l.remaining), timbre.FrameSamples); !mute && n > 0 {
		payload, l.remaining = l.remaining[:n], l.remaining[n:]
		if n < len(l.silence) {
			payload = append(bytes.Clone(payload), l.silence[n:]...)
		}
	}
	n, err := l.header.MarshalTo(l.buf[:])
	if err != nil {
		return timbre.Errorf(timbre.Internal, "phone.Play", "RTP header: %w", err)
	}
	n += copy(l.buf[n:], payload)
	packet := l.buf[:n]
	if l.encryption != nil {
		if l.encrypted, err = l.encryption.EncryptRTP(l.encrypted[:0], packet, nil); err != nil {
			return timbre.Errorf(timbre.Internal, "phone.Play", "SRTP: %w", err)
		}
		packet = l.encrypted
	}
	if _, err := l.media.WriteToUDPAddrPort(packet, l.remote); err != nil {
		return timbre.Errorf(timbre.Unavailable, "phone.Play", "RTP to %s: %w", l.remote, err)
	}
	l.header.Marker = false
	l.header.SequenceNumber++
	l.header.Timestamp += timbre.FrameSamples
	return nil
}

func (l *leg) close() {
	_ = l.media.Close()
	_ = l.reports.Close()
}
