package sip

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// listener is one address that is listened on.
type listener struct {
	network, at string // udp, tcp or tls, HOST:PORT
	packets     net.PacketConn
	streams     net.Listener
	secure      func(net.Listener) net.Listener // of tls
	dscp        int
	counted     func(net.Listener) net.Listener // takes no more connections than there may be
	framed      func(net.Listener) net.Listener // whose connections give whole messages
	reader      atomic.Pointer[reader]          // of packets
	most        int                             // addresses that it may hear
	linger      time.Duration                   // how long the stack knows them when another one reads
}

func newListener(at string) (*listener, error) {
	u, err := url.Parse(at)
	if err != nil || u.Port() == "" || !slices.Contains([]string{"udp", "tcp", "tls"}, u.Scheme) || strings.Trim(u.Path, "/") != "" {
		return nil, timbre.Errorf(timbre.Invalid, "sip.New", "%q is not udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT", at)
	}
	return &listener{network: u.Scheme, at: u.Host, most: maxReached, linger: handover}, nil
}

func (l *listener) listen() (err error) {
	config := net.ListenConfig{Control: mark(l.dscp)}
	if l.network == "udp" {
		if l.packets, err = config.ListenPacket(context.Background(), "udp", l.at); err == nil {
			err = l.packets.(*net.UDPConn).SetReadBuffer(packetBuffer)
		}
	} else {
		var plain net.Listener
		if plain, err = config.Listen(context.Background(), "tcp", l.at); err == nil {
			l.streams = deadlined{l.counted(plain)}
		}
		if l.secure != nil && err == nil {
			l.streams = l.secure(l.streams)
		}
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return timbre.Errorf(timbre.Unavailable, "", "SIP cannot listen on %s: the port is in use by another program", l)
	case err != nil:
		return timbre.Errorf(timbre.Unavailable, "", "SIP cannot listen on %s: %w", l, err)
	}
	return nil
}

// serve reads until the listener is closed.
func (l *listener) serve(to *gosip.TransportLayer) error {
	switch l.network {
	case "udp":
		return errors.Join(l.serveUDP(to), net.ErrClosed)
	case "tls":
		return to.ServeTLS(l.framed(l.streams))
	}
	return to.ServeTCP(l.framed(l.streams))
}

func (l *listener) close() {
	if l.packets != nil {
		_ = l.packets.Close()
	}
	if l.streams != nil {
		_ = l.streams.Close()
	}
}

func (l *listener) bound() net.Addr {
	switch {
	case l.packets != nil:
		return l.packets.LocalAddr()
	case l.streams != nil:
		return l.streams.Addr()
	}
	return nil
}

func (l *listener) String() string {
	if b := l.bound(); b != nil {
		return l.network + "://" + b.String()
	}
	return l.network + "://" + l.at
}

// deadlined is a listener whose connections give up on a peer that does not read.
type deadlined struct{ net.Listener }

type deadlinedConn struct{ net.Conn }

const writePatience = 10 * time.Second

func (l deadlined) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return deadlinedConn{c}, nil
}

func (c deadlinedConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
