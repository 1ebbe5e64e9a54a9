package conformance

import (
	"context"
	"net"
	"net/netip"
	"net/url"

	"timbre/environment"
	"timbre/sip/phone"
)

// tasks checks speaker searches and tone analyses on a live call that the suite makes, and pipelines on its streams.
func tasks(ctx context.Context, s *session) {
	if s.cfg.Hook != nil {
		s.check(ctx, "this host receives events", func(context.Context) (err error) { s.hook, err = listen(*s.cfg.Hook, s.cfg.Now); return err })
	}
	if s.hook != nil {
		s.variables["elements"] = Variables(s.run, s.cfg.Hook.ARN)["elements"]
	}
	if hosts, err := s.ownAddress(); err == nil {
		s.variables["hosts"] = hosts
	}
	s.script(ctx, "tasks", "before")

	var line *phone.Call
	s.check(ctx, "a SIPREC call is accepted and has a transaction id", func(ctx context.Context) (err error) {
		line, err = s.dial(ctx)
		return err
	})
	if line != nil {
		s.variables["transaction"] = line.TransactionID
		s.learnStream(ctx)
	}
	s.script(ctx, "tasks", "live")
	if line != nil {
		s.check(ctx, "the call is played to its end and hung up", func(ctx context.Context) error {
			if err := line.Play(ctx); err != nil {
				return err
			}
			return line.Hangup(ctx)
		})
		_ = line.Hangup(context.WithoutCancel(ctx)) // no error if the call was hung up already
	}
	s.script(ctx, "tasks", "over")
}

// dial calls the connector that the script created.
func (s *session) dial(ctx context.Context) (*phone.Call, error) {
	host, ok := s.variables["lineHost"].(string)
	switch {
	case s.cfg.SIP == "":
		return nil, skip("no SIP address was given")
	case !ok:
		return nil, skip("there is no connector to call")
	}
	line, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: s.cfg.SIP, RequestURI: "sip:+12065550199@" + host, From: "+12065550100", To: "+12065550199", Metadata: true, Speed: s.cfg.Speed,
		Caller: phone.Party{AOR: "sip:+12065550100@callers.invalid", Name: "Caller", Audio: s.cfg.Caller},
		Callee: phone.Party{AOR: "sip:agent@agents.invalid", Name: "Agent", Audio: s.cfg.Agent},
	})
	if err == nil && line.TransactionID == "" {
		_ = line.Hangup(context.WithoutCancel(ctx))
		return nil, skip("the response to the INVITE has no X-Timbre-Transaction-Id")
	}
	return line, err
}

// ownAddress returns the source address of the suite's calls, as the server sees it without NAT.
func (s *session) ownAddress() (string, error) {
	to, err := url.Parse(s.cfg.SIP)
	if err != nil {
		return "", err
	}
	c, err := net.Dial("udp", to.Host)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	at, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		return "", err
	}
	return netip.PrefixFrom(at.Addr().Unmap(), at.Addr().Unmap().BitLen()).String(), nil
}

// learnStream takes the ARN of the caller's stream from its STARTED event.
func (s *session) learnStream(ctx context.Context) {
	if s.hook == nil {
		return
	}
	s.check(ctx, "the STARTED event of the caller's stream has its ARN", func(ctx context.Context) error {
		e, err := s.hook.wait(ctx, "STARTED of the caller", func(e event) bool {
			return e.status() == "STARTED" && e.text("transactionId") == s.variables["transaction"] && e.Detail["isCaller"] == true
		})
		if err == nil {
			s.variables["stream"] = e.Detail["streamArn"]
		}
		return err
	})
}
