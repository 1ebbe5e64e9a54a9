package transport

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

// listener is one listening address.
type listener struct {
	network, address string // udp, tcp or tls, HOST:PORT
	packets          net.PacketConn
	streams          net.Listener
	limited          func(net.Listener) net.Listener // bounds the number of connections
	secured          func(net.Listener) net.Listener // speaks TLS; nil for others
	framed           func(net.Listener) net.Listener // gives whole messages
	dscp             int
	reader           atomic.Pointer[reader] // of packets
	maxSources       int                    // of one reader
	linger           time.Duration          // how long a reader that has been replaced stays
}

func newListener(address string) (*listener, error) {
	u, err := url.Parse(address)
	if err != nil || u.Port() == "" || !slices.Contains([]string{"udp", "tcp", "tls"}, u.Scheme) || strings.Trim(u.Path, "/") != "" {
		return nil, timbre.Errorf(timbre.Invalid, "transport.New", "%q is not udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT", address)
	}
	return &listener{network: u.Scheme, address: u.Host, maxSources: maxSources, linger: readerLinger}, nil
}

// listen binds the address.
func (l *listener) listen() (err error) {
	if l.network == "udp" {
		err = l.listenPackets()
	} else {
		err = l.listenStreams()
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return timbre.Errorf(timbre.Unavailable, "", "SIP cannot listen on %s: the port is in use by another program", l)
	case err != nil:
		return timbre.Errorf(timbre.Unavailable, "", "SIP cannot listen on %s: %w", l, err)
	}
	return nil
}

func (l *listener) listenPackets() (err error) {
	config := net.ListenConfig{Control: setDSCP(l.dscp)}
	if l.packets, err = config.ListenPacket(context.Background(), "udp", l.address); err != nil {
		return err
	}
	return l.packets.(*net.UDPConn).SetReadBuffer(PacketBuffer)
}

func (l *listener) listenStreams() error {
	config := net.ListenConfig{Control: setDSCP(l.dscp)}
	tcp, err := config.Listen(context.Background(), "tcp", l.address)
	if err != nil {
		return err
	}
	l.streams = writeTimeoutListener{l.limited(tcp)}
	if l.secured != nil {
		l.streams = l.secured(l.streams)
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

// bound is the address with the port that was assigned; nil before listen.
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
	return l.network + "://" + l.address
}
