package phone

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// line is the SIP side of one call: its own stack on its own port.
type line struct {
	*stack
	network  string             // udp, tcp or tls
	server   netip.AddrPort     // where the INVITE goes
	local    netip.Addr         // the local address, as the server sees it
	endpoint transport.Endpoint // the local one
	log      *slog.Logger
	calls    dialog.Table[*Call] // the one, once it is answered
}

func openLine(ctx context.Context, server string, trust *tls.Config, log *slog.Logger) (*line, error) {
	l := &line{log: log}
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
	if l.stack, err = newStack(l.local, trust, log); err != nil {
		return nil, err
	}
	if err = l.handle(l.answer, log); err == nil {
		l.endpoint.Addr, err = l.connect(ctx, l.network, l.local, l.server)
	}
	if err != nil {
		l.close()
		return nil, err
	}
	l.endpoint.Advertised = l.endpoint.Addr
	if l.network == "udp" {
		l.endpoint.Socket = sip.Addr{IP: l.local.AsSlice(), Port: int(l.endpoint.Addr.Port())}
	}
	return l, nil
}

// dialog makes the dialog of a call.
func (l *line) dialog(from, to, target sip.Uri) *dialog.Dialog {
	return dialog.NewUAC(dialog.Config{
		Agent: l.stack, Network: l.network, Endpoint: l.endpoint, Peer: l.server, Gateway: true,
		Feature: "+sip.src", // RFC 7866: a session recording client
		Allow:   allow,
	}, sip.FromHeader{Address: from}, sip.ToHeader{Address: to}, target)
}

// ports are where servers listen that do not say.
var ports = map[string]string{"udp": "5060", "tcp": "5060", "tls": "5061"}

// resolve finds the server's address and, by the route to it, the local one. It returns the server's name.
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
	l.server = transport.AddrPort(probe.RemoteAddr())
	l.local = transport.AddrPort(probe.LocalAddr()).Addr()
	return u.Hostname(), nil
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
