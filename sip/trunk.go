package sip

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/siprec"
	"timbre/sip/trunk"
)

// exchange is what puts calls through.
func (s *Server) exchange(env environment.Environment) (*trunk.Exchange, error) {
	cfg := s.cfg.Trunk
	cfg.MediaAddress, cfg.MediaAddress6, cfg.LatchAny, cfg.Header = s.cfg.MediaAddress, s.cfg.MediaAddress6, s.cfg.LatchAny, TransactionHeader
	cfg.Now, cfg.Log, cfg.Metrics = env.Now, env.Log, env.Metrics
	return trunk.New(s.ctx, cfg, trunk.Deps{Agent: s.stack, Calls: s.calls, Media: s.media, Diary: s.sipLog})
}

// routes are those by which a call is to be put through: its connector has some, and nothing says that the call is a
// recording. None: it is to be listened to.
func (s *Server) routes(connector timbre.Connector, req *gosip.Request) ([]timbre.Route, *refusal) {
	if body, err := siprec.Read(strings.Join(values(req, "content-type"), ""), req.Body()); err != nil {
		return nil, unread(err)
	} else if body.Metadata != "" || recordOnly(req) || fromHeaders(req) != nil {
		return nil, nil
	}
	o, err := s.deps.Routes.Origination(s.ctx, connector.ID)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound, o.Disabled:
		return nil, nil
	case err != nil:
		return nil, failed(err)
	}
	return o.Routes, nil
}

// putThrough gives a call to the exchange.
func (s *Server) putThrough(d *dialog, tx gosip.ServerTransaction, connector timbre.Connector, routes []timbre.Route) {
	network := strings.ToLower(d.invite.Transport())
	s.trunk.Invite(trunk.Incoming{
		Request: d.invite, Tx: tx, Connector: connector, Routes: routes, Source: d.source,
		Endpoint: s.stack.EndpointAt(d.bound, network, d.source), Over: func() { s.dialogs.release(d.call) },
	})
}
