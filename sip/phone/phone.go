// Package phone is a session recording client (SRC, RFC 7866): it calls a server as a session border controller does, and sends
// the audio of a call. It is the client in the demo, in `timbre call` and in tests.
//
// In comes the audio of one or two parties; out go a SIPREC INVITE with metadata (RFC 7865), or a plain INVITE as of
// network-based recording, and G.711 over RTP, 20 ms a packet, at any speed; over TLS and as SRTP with SDES keys where
// configured. It does not read the media that the server sends, and encodes nothing: the audio is G.711.
package phone

import (
	"context"
	"crypto/tls"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/dialog"
)

// Payload types of RTP/AVP (RFC 3551).
const (
	ULaw uint8 = 0
	ALaw uint8 = 8
)

// Party is one of the two parties of the call.
type Party struct {
	AOR   string // address of record for the metadata, such as "sip:+12065550101@example.com"
	Name  string // display name for the metadata, may be empty
	Audio []byte // G.711, one byte a sample, 8,000 a second; silence follows when the other party speaks longer
}

// Config of a call.
type Config struct {
	Server     string // "udp://127.0.0.1:5060", "tcp://…" or "tls://…"; the port may be left out
	RequestURI string // "sip:TO@SERVER" when empty
	From, To   string // numbers, user parts or whole SIP URIs; "anonymous" and "srs" when empty

	Caller, Callee Party
	Metadata       bool    // SIPREC with metadata; false: a plain INVITE marked as record-only
	Mixed          bool    // one stream with both parties in it: Caller.Audio
	PayloadType    uint8   // of Audio: ULaw or ALaw
	Speed          float64 // times real time; 0 means 1. RTP timestamps stay true at any speed

	TLS    *tls.Config // for a tls:// server; nil trusts the certificate authorities of the system
	Suites []string    // crypto suites to offer, by their SDES names: the audio is encrypted then or not sent

	Via      func(to netip.AddrPort) netip.AddrPort // where audio is sent in place of the address in the answer; nil: there
	Progress func(at, total time.Duration)          // called during Play, in media time; may be nil
}

// Call is a call that the server has answered.
type Call struct {
	TransactionID string // Timbre's name for the call; empty when the server is not a Timbre
	CallID        string // of the INVITE

	env    environment.Environment
	cfg    Config
	line   *line
	legs   []*leg
	offer  []byte
	dialog *dialog.Dialog
}

// Dial calls the server, and returns when it has answered and been acknowledged. Cancelling ctx before that sends a
// CANCEL. A refusal is an error of the kind that matches the SIP status; a server that does not respond is Unavailable.
func Dial(ctx context.Context, env environment.Environment, cfg Config) (*Call, error) {
	env = env.Complete()
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, answerTimeout, timbre.Errorf(timbre.Unavailable, "phone.Dial",
		"no answer from %s within %s", cfg.Server, answerTimeout))
	defer cancel()
	line, err := openLine(ctx, cfg.Server, cfg.TLS, env.Log)
	if err != nil {
		return nil, err
	}
	c := &Call{env: env, cfg: cfg, line: line}
	if c.legs, err = openLegs(line.local, cfg); err != nil {
		c.close()
		return nil, err
	}
	if err := c.invite(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (cfg *Config) complete() error {
	if cfg.PayloadType != ULaw && cfg.PayloadType != ALaw {
		return timbre.Errorf(timbre.Invalid, "phone.Dial", "payload type %d is neither 0 nor 8", cfg.PayloadType)
	}
	if cfg.Speed < 0 || cfg.Speed > 1000 {
		return timbre.Errorf(timbre.Invalid, "phone.Dial", "speed %g is not between 0 and 1000", cfg.Speed)
	}
	for _, name := range cfg.Suites {
		if timbre.SRTPSuiteRank(name) < 0 {
			return timbre.Errorf(timbre.Invalid, "phone.Dial", "no crypto suite %q", name)
		}
	}
	if cfg.Speed == 0 {
		cfg.Speed = 1
	}
	return nil
}

// Ended is closed when the call is over, whoever hung up.
func (c *Call) Ended() <-chan struct{} { return c.dialog.Ended() }

// Hangup ends the call with a BYE. It is no error when the server has ended it before.
func (c *Call) Hangup(ctx context.Context) error {
	defer c.close()
	if !c.end() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, byeTimeout)
	defer cancel()
	tx, res := c.dialog.Ask(ctx, c.dialog.Request(sip.BYE), nil)
	switch {
	case !tx.Answered():
		return timbre.Errorf(timbre.Unavailable, "phone.Hangup", "no answer from %s://%s", c.line.network, c.line.server)
	case res.IsSuccess(), res.StatusCode == sip.StatusCallTransactionDoesNotExists:
		return nil
	}
	return refused("phone.Hangup", res)
}

// end ends the dialog, once.
func (c *Call) end() (first bool) {
	c.line.calls.Remove(c.dialog)
	return c.dialog.End()
}

func (c *Call) close() {
	if c.dialog != nil {
		c.end()
	}
	for _, l := range c.legs {
		l.close()
	}
	c.line.close()
}
