package sbc

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	_ "timbre/sip/phone" // sets the SIP stack up for INVITEs that are longer than a packet
)

// client sends the messages, all from one socket or connection.
type client struct {
	env    environment.Environment
	cfg    Config
	at     sip.Uri
	local  string // address by which the server is reached
	server string // its address, HOST:PORT
	ua     *sipgo.UserAgent
	calls  sipgo.DialogUA
	media  []net.PacketConn // ports that the offers name
}

// outcome is what became of a message.
type outcome struct {
	answer  *sip.Response // the final one; nil: there was none
	err     error         // why not
	took    time.Duration
	offered int // streams
}

// dial makes a client of a server. It sends nothing yet.
func dial(ctx context.Context, env environment.Environment, at sip.Uri, cfg Config) (_ *client, err error) {
	c := &client{env: env, cfg: cfg, at: at}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	probe, err := new(net.Dialer).DialContext(ctx, "udp", net.JoinHostPort(at.Host, strconv.Itoa(at.Port))) // sends nothing
	if err != nil {
		return nil, timbre.Errorf(timbre.Unavailable, "", "no way to %s: %w", at.Host, err)
	}
	c.server = probe.RemoteAddr().String()
	c.local, _, err = net.SplitHostPort(probe.LocalAddr().String())
	if err = errors.Join(err, probe.Close()); err != nil {
		return nil, err
	}
	for range 2 {
		p, err := new(net.ListenConfig).ListenPacket(ctx, "udp", net.JoinHostPort(c.local, "0"))
		if err != nil {
			return nil, err
		}
		c.media = append(c.media, p)
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.TLS != nil {
		trust = cfg.TLS.Clone()
	}
	if trust.ServerName == "" {
		trust.ServerName = at.Host
	}
	c.ua, err = sipgo.NewUA(sipgo.WithUserAgentHostname(c.local), sipgo.WithUserAgenTLSConfig(trust),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(env.Log)),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(env.Log)))
	if err != nil {
		return nil, err
	}
	c.calls.Client, err = sipgo.NewClient(c.ua, sipgo.WithClientHostname(c.local), sipgo.WithClientNAT(), sipgo.WithClientLogger(env.Log))
	return c, err
}

func (c *client) close() {
	for _, p := range c.media {
		_ = p.Close()
	}
	if c.ua != nil {
		_ = c.ua.Close()
	}
}

// ping sends OPTIONS, as SBCs do to see whether a server is there.
func (c *client) ping(ctx context.Context) outcome {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req := sip.NewRequest(sip.OPTIONS, sip.Uri{Scheme: "sip", User: c.at.User, Host: c.at.Host, Port: c.at.Port})
	c.direct(req)
	start := c.env.Steady()
	answer, err := c.calls.Client.Do(ctx, req)
	return outcome{answer: answer, err: err, took: c.env.Steady().Sub(start)}
}

// direct sends a request to the server, whatever its Request-URI is.
func (c *client) direct(req *sip.Request) {
	req.SetTransport(map[string]string{"udp": "UDP", "tcp": "TCP", "tls": "TLS"}[network(c.at)])
	req.SetDestination(c.server)
}

// place places the INVITE of a vendor, and ends the call when it is answered. A server that asks to wait a little is asked again. The error
// is that of a message which is broken.
func (c *client) place(ctx context.Context, v vendor) (o outcome, err error) {
	for again := true; ; again = false {
		req, err := c.invite(v)
		if err != nil {
			return o, err
		}
		start := c.env.Steady()
		o = c.ask(ctx, req)
		o.took, o.offered = c.env.Steady().Sub(start), v.streams
		wait := retryAfter(o.answer)
		if !again || wait == 0 {
			return o, nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return o, nil
		}
	}
}

// ask sends an INVITE and ends the call that it begins.
func (c *client) ask(ctx context.Context, req *sip.Request) (o outcome) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, sipgo.WaitAnswerForceCancelErr)
	defer cancel()
	call, err := c.calls.WriteInvite(ctx, req)
	if err != nil {
		return outcome{err: err}
	}
	err = call.WaitAnswer(ctx, sipgo.AnswerOptions{Username: c.cfg.User, Password: c.cfg.Password})
	if refused := (*sipgo.ErrDialogResponse)(nil); errors.As(err, &refused) {
		return outcome{answer: refused.Res}
	}
	if err != nil {
		return outcome{err: err}
	}
	return outcome{answer: call.InviteResponse, err: errors.Join(call.Ack(ctx), call.Bye(ctx))}
}

// longest is the Retry-After that is waited for.
const longest = 2 * time.Second

// retryAfter is how long a refusal asks to wait, if that is not long: as one for calls that come too fast does.
func retryAfter(res *sip.Response) time.Duration {
	if res == nil || res.StatusCode != sip.StatusServiceUnavailable {
		return 0
	}
	h := res.GetHeader("retry-after")
	if h == nil {
		return 0
	}
	seconds, err := strconv.Atoi(h.Value())
	if wait := time.Duration(seconds) * time.Second; err == nil && wait <= longest {
		return wait
	}
	return 0
}
