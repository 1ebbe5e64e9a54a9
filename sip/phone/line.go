package phone

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre"
)

// Two settings for which the SIP stack has no other place. It refuses messages above its idea of an MTU, and an INVITE
// with metadata is 2 to 3 KB: UDP carries it in fragments, as every recording client does. And it warns on the global
// logger of each connection that closes; all else goes to the logger that it is given.
func init() {
	sip.UDPMTUSize = 65000
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
}

// line is the SIP side of one call: its own user agent on its own port.
type line struct {
	network string         // "udp", "tcp" or "tls"
	server  netip.AddrPort // where the INVITE goes
	local   netip.Addr     // ours, as the server sees it
	ua      *sipgo.UserAgent
	dialogs *sipgo.DialogUA
	call    atomic.Pointer[Call] // set once the call is answered
	busy    sync.RWMutex         // held for reading while a request is answered: the line closes after that
}

func openLine(ctx context.Context, server string, trust *tls.Config, log *slog.Logger) (*line, error) {
	l := &line{}
	name, err := l.resolve(ctx, server)
	if err != nil {
		return nil, err
	}
	if trust == nil {
		trust = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if trust = trust.Clone(); trust.ServerName == "" {
		trust.ServerName = name
	}
	l.ua, err = sipgo.NewUA(
		sipgo.WithUserAgentHostname(l.local.String()),
		sipgo.WithUserAgenTLSConfig(trust),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(log)),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(log)),
	)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "phone.Dial", "user agent: %w", err)
	}
	client, err := sipgo.NewClient(l.ua, sipgo.WithClientLogger(log),
		sipgo.WithClientHostname(l.local.String()),
		sipgo.WithClientConnectionAddr(netip.AddrPortFrom(l.local, 0).String()))
	if err != nil {
		l.close()
		return nil, timbre.Errorf(timbre.Internal, "phone.Dial", "user agent: %w", err)
	}
	contact := sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "timbre", Host: l.local.String()}}
	contact.Address.UriParams.Add("transport", l.network)
	contact.Params.Add("+sip.src", "") // RFC 7866: a session recording client
	l.dialogs = &sipgo.DialogUA{Client: client, ContactHDR: contact}
	if err := l.answer(log); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// ports are where servers listen that do not say.
var ports = map[string]string{"udp": "5060", "tcp": "5060", "tls": "5061"}

// resolve finds the server's address and, by the route to it, ours. It gives the server's name.
func (l *line) resolve(ctx context.Context, server string) (name string, err error) {
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || ports[u.Scheme] == "" {
		return "", timbre.Errorf(timbre.Invalid, "phone.Dial", "%q is not udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT", server)
	}
	l.network = u.Scheme
	port := u.Port()
	if port == "" {
		port = ports[u.Scheme]
	}
	var d net.Dialer
	probe, err := d.DialContext(ctx, "udp", net.JoinHostPort(u.Hostname(), port)) // sends nothing
	if err != nil {
		return "", timbre.Errorf(timbre.Unavailable, "phone.Dial", "no way to %s: %w", server, err)
	}
	defer func() { _ = probe.Close() }()
	l.server = addrPort(probe.RemoteAddr())
	l.local = addrPort(probe.LocalAddr()).Addr()
	return u.Hostname(), nil
}

func addrPort(a net.Addr) netip.AddrPort {
	ap := a.(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// uri makes an address of a number, a user part or a whole SIP URI.
func (l *line) uri(who string) (sip.Uri, error) {
	if !strings.HasPrefix(who, "sip:") {
		u := sip.Uri{Scheme: "sip", User: url.PathEscape(who), Host: l.server.Addr().String()}
		if l.server.Port() != 5060 {
			u.Port = int(l.server.Port())
		}
		return u, nil
	}
	var u sip.Uri
	if err := sip.ParseUri(who, &u); err != nil || u.Host == "" {
		return u, timbre.Errorf(timbre.Invalid, "phone.Dial", "%q is not a SIP URI", who)
	}
	return u, nil
}

func (l *line) close() {
	l.busy.Lock()
	defer l.busy.Unlock()
	_ = l.ua.Close()
}
