package media

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/srtp/v3"
	"golang.org/x/sys/unix"
)

// slots are the milliseconds between two packets of a leg, over which the legs are spread.
const slots = 20

// Leg is an outgoing stream.
type Leg struct {
	To   netip.AddrPort
	SRTP *srtp.Context // nil: the stream is not encrypted

	ssrc uint32
	seq  uint16
	at   uint32 // RTP timestamp
	next int    // index in the packets of the format
	buf  []byte
}

// sender sends the audio of calls from one socket, whose port is in their offers.
type sender struct {
	media, reports *net.UDPConn
	format         Format
	legs           []*Leg
	sent, received atomic.Uint64
}

func newSender(f Format) (*sender, error) {
	for {
		media, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return nil, err
		}
		s := &sender{media: media, format: f}
		if s.port()%2 == 0 {
			s.reports, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: s.port() + 1})
			if err == nil {
				return s, s.media.SetWriteBuffer(4 << 20)
			}
		}
		_ = media.Close()
	}
}

func (s *sender) port() int { return s.media.LocalAddr().(*net.UDPAddr).Port }

func (s *sender) close() {
	_ = s.media.Close()
	_ = s.reports.Close()
}

// run sends until it is stopped: each millisecond the packets of a slot. Late ones are sent at once, and none is left out.
func (s *sender) run(stop <-chan struct{}) error {
	var wheel [slots][]*Leg
	for n, l := range s.legs {
		l.ssrc, l.next = uint32(n+1), n*7%len(s.format.packets)
		wheel[n%slots] = append(wheel[n%slots], l)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	buf := make([]byte, 2048)
	began, done := time.Now(), 0
	for {
		for due := int(time.Since(began) / time.Millisecond); done < due; done++ {
			for _, l := range wheel[done%slots] {
				if err := s.send(l, buf); err != nil {
					return err
				}
			}
		}
		select {
		case <-tick.C:
		case <-stop:
			return nil
		}
	}
}

// send sends the next packet of a leg.
func (s *sender) send(l *Leg, buf []byte) error {
	buf[0], buf[1] = 0x80, s.format.Payload
	binary.BigEndian.PutUint16(buf[2:], l.seq)
	binary.BigEndian.PutUint32(buf[4:], l.at)
	binary.BigEndian.PutUint32(buf[8:], l.ssrc)
	n := 12 + copy(buf[12:], s.format.packets[l.next])
	l.seq++
	l.at += s.format.ticks
	l.next = (l.next + 1) % len(s.format.packets)
	packet := buf[:n]
	if l.SRTP != nil {
		var err error
		if l.buf, err = l.SRTP.EncryptRTP(l.buf[:0], packet, nil); err != nil {
			return err
		}
		packet = l.buf
	}
	if _, err := s.media.WriteToUDPAddrPort(packet, l.To); err != nil {
		return err
	}
	s.sent.Add(1)
	return nil
}

// receive counts what comes back until the socket is closed. Nothing may be lost here, so the buffer is as large as may be.
func (s *sender) receive() {
	const buffer = 8 << 20
	_ = s.media.SetReadBuffer(buffer)
	if raw, err := s.media.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, buffer) }) // needs root
	}
	buf := make([]byte, 2048)
	for {
		if _, _, err := s.media.ReadFromUDPAddrPort(buf); errors.Is(err, net.ErrClosed) {
			return
		} else if err == nil {
			s.received.Add(1)
		}
	}
}
