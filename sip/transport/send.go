package transport

import (
	"context"
	"net"
	"net/netip"

	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"
)

// Request sends a request that has all its headers, and returns its transaction.
func (s *Stack) Request(ctx context.Context, req *gosip.Request) (gosip.ClientTransaction, error) {
	s.called(req)
	if err := s.connect(ctx, req); err != nil {
		return nil, err
	}
	return s.client.TransactionRequest(ctx, req, complete)
}

// Write sends an ACK that has all its headers. Its destination may differ from that of the INVITE: the host of a cluster
// that has taken the call, and will end it.
func (s *Stack) Write(req *gosip.Request) error {
	s.called(req)
	if err := s.connect(context.Background(), req); err != nil { // within dialTimeout
		return err
	}
	return s.client.WriteRequest(req, complete)
}

// complete is the option of the client that adds no header.
func complete(*sipgo.Client, *gosip.Request) error { return nil }

// Connected reports whether there is a connection of a network to an address, HOST:PORT.
func (s *Stack) Connected(network, address string) bool {
	c, err := s.ua.TransportLayer().GetConnection(network, address)
	if err != nil {
		return false
	}
	_, _ = c.TryClose() // GetConnection has added a reference
	return true
}

// Lookup resolves a host name.
func (s *Stack) Lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}
