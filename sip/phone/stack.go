package phone

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/transport"
)

// Two settings for which the SIP stack has no other place. It refuses messages above its idea of an MTU, and an INVITE
// with metadata is 2 to 3 KB: UDP carries it in fragments, as every recording client does. And it warns on the global
// logger of each connection that closes; all else goes to the logger that it is given.
func init() {
	sip.UDPMTUSize = 65000
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
}

// stack is the SIP stack of one call, without a listener: requests of the server arrive on the connection of the INVITE.
type stack struct {
	ctx    context.Context // ends when the stack closes
	cancel context.CancelFunc
	ua     *sipgo.UserAgent
	client *sipgo.Client

	mu     sync.Mutex
	closed bool
	work   sync.WaitGroup // requests that are being answered, and functions of Do
}

func newStack(local netip.Addr, trust *tls.Config, log *slog.Logger) (*stack, error) {
	const op = "phone.Dial"
	ua, err := sipgo.NewUA(
		sipgo.WithUserAgentHostname(local.String()),
		sipgo.WithUserAgenTLSConfig(trust),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(log)),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(log)),
	)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, op, "user agent: %w", err)
	}
	s := &stack{ua: ua}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if s.client, err = sipgo.NewClient(ua, sipgo.WithClientLogger(log)); err != nil {
		s.close()
		return nil, timbre.Errorf(timbre.Internal, op, "user agent: %w", err)
	}
	return s, nil
}

// connect opens the connection that the call uses and returns its local address.
func (s *stack) connect(ctx context.Context, network string, local netip.Addr, server netip.AddrPort) (netip.AddrPort, error) {
	req := sip.NewRequest(sip.OPTIONS, sip.Uri{Scheme: "sip", Host: server.Addr().String()}) // is not sent
	req.AppendHeader(&sip.ViaHeader{})
	req.SetTransport(network)
	req.SetDestination(server.String())
	req.Laddr = sip.Addr{IP: local.AsSlice()}
	conn, err := s.ua.TransportLayer().ClientRequestConnection(ctx, req)
	if err != nil {
		return netip.AddrPort{}, timbre.Errorf(timbre.Unavailable, "phone.Dial", "INVITE to %s://%s: %w", network, server, err)
	}
	return transport.AddrPort(conn.LocalAddr()), nil
}

// handle sets what answers requests. Whatever it has begun to answer is answered before the stack closes.
func (s *stack) handle(answer func(*sip.Request, sip.ServerTransaction), log *slog.Logger) error {
	server, err := sipgo.NewServer(s.ua, sipgo.WithServerLogger(log))
	if err != nil {
		return timbre.Errorf(timbre.Internal, "phone.Dial", "user agent: %w", err)
	}
	server.OnNoRoute(func(req *sip.Request, tx sip.ServerTransaction) {
		if s.enter() {
			defer s.work.Done()
			answer(req, tx)
		}
	})
	return nil
}

func (s *stack) Request(ctx context.Context, req *sip.Request) (sip.ClientTransaction, error) {
	return s.client.TransactionRequest(ctx, req, complete)
}

func (s *stack) Write(ack *sip.Request) error { return s.client.WriteRequest(ack, complete) }

// complete is the option of the client that adds no header.
func complete(*sipgo.Client, *sip.Request) error { return nil }

// Connected is true: a call lasts no longer than its connection.
func (s *stack) Connected(string, string) bool { return true }

func (s *stack) LogMessage(string, sip.Message) {}

func (s *stack) Do(f func()) bool {
	if !s.enter() {
		return false
	}
	go func() {
		defer s.work.Done()
		f()
	}()
	return true
}

// enter reports whether more work may start. Its end is reported to work.
func (s *stack) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.work.Add(1)
	return true
}

// close waits for the work that is under way, which the end of ctx hastens.
func (s *stack) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.work.Wait()
	_ = s.ua.Close()
}
