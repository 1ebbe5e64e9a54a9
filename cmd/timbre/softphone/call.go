// Package softphone implements two commands: `timbre call` places a call from WAV files, and `timbre calls` lists the live calls
// of a server. Flags come in; a call and lines of text go out. It uses no microphone.
package softphone

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"timbre"
	"timbre/cmd/timbre/terminal"
	"timbre/environment"
	"timbre/sip/phone"
	"timbre/sip/sdp"
)

// Call is `timbre call`: its fields are its flags, as kong reads them.
type Call struct {
	Caller string `arg:"" type:"existingfile" help:"WAV file with the caller's audio: linear PCM, floating point, G.711 or GSM, at 8 to 192 kHz. A file with two channels contains both parties."`
	Agent  string `arg:"" optional:"" type:"existingfile" help:"WAV file with the agent's audio; silence by default."`

	Server    string        `placeholder:"URL" help:"SIP address of the server: udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT. By default, the first of sip.listen."`
	Transport string        `enum:"udp,tcp,tls," default:"" help:"udp, tcp or tls, in place of the one in --server; without that, the first of sip.listen that has it."`
	CA        string        `name:"ca" type:"existingfile" help:"Certificates to trust in a tls:// server, PEM, in place of the system's."`
	SRTP      bool          `name:"srtp" help:"Encrypt the audio, with SDES keys."`
	Feed      string        `placeholder:"URL" help:"Send the call by WebSocket instead, to ws://HOST:PORT/feed or wss://HOST:PORT/feed; with USER:PASSWORD@ before the host if the server requires credentials."`
	Connector string        `help:"Id of the connector to call; by default the server finds it by the source address of the call."`
	From      string        `default:"+12065550100" help:"The caller's number, or a whole SIP URI."`
	To        string        `default:"+12065550199" help:"The called number."`
	Speed     float64       `default:"1" help:"Speed, as a multiple of real time."`
	Wait      time.Duration `default:"0s" help:"Silence before the audio, in media time, for starting the tasks."`
	Plain     bool          `help:"Call without recording metadata, as network-based recording does."`
	Mixed     bool          `help:"Send both parties in one stream."`
	ALaw      bool          `name:"alaw" help:"Send A-law in place of µ-law."`
	HoldOpen  bool          `help:"Stay on the line, silent, until interrupted."`
	Quiet     bool          `short:"q" help:"Print the bare transaction id, and nothing else."`

	Trust *tls.Config  `kong:"-"` // for a tls:// server without CA; nil trusts what the system trusts
	Log   *slog.Logger `kong:"-"` // of the SIP stack; nil discards
}

// Do places the call. It writes the line "transaction-id ID" to out as soon as the id is known, and progress to status, unless it is to be
// quiet. The error is nil if the call was accepted and played to its end.
func (c Call) Do(ctx context.Context, out io.Writer, status terminal.Output) error {
	if c.Quiet {
		status = terminal.Output{Writer: io.Discard}
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	longest := timbre.Duration(max(len(cfg.Caller.Audio), len(cfg.Callee.Audio)))
	bar := status.Progress(longest)
	defer bar.Close()
	if c.Feed != "" {
		return c.feed(ctx, cfg, out, bar)
	}
	cfg.Progress = func(at, _ time.Duration) { bar.At(at) }
	line, err := phone.Dial(ctx, environment.Environment{Log: c.Log}, cfg)
	if err != nil {
		return err
	}
	if line.TransactionID == "" {
		bar.Say("the server took the call, but gave no transaction id: it is not a Timbre")
	} else if err := c.name(out, line.TransactionID); err != nil {
		return errors.Join(err, line.Hangup(context.WithoutCancel(ctx)))
	}
	return errors.Join(c.speak(ctx, line), line.Hangup(context.WithoutCancel(ctx)))
}

// name prints the transaction id.
func (c Call) name(out io.Writer, transactionID string) error {
	label := "transaction-id "
	if c.Quiet {
		label = ""
	}
	_, err := fmt.Fprintln(out, label+transactionID)
	return err
}

// speak waits, plays and stays on the line, as the flags say.
func (c Call) speak(ctx context.Context, line *phone.Call) error {
	if err := line.Wait(ctx, c.Wait); err != nil {
		return err
	}
	if err := line.Play(ctx); err != nil {
		return err
	}
	if !c.HoldOpen {
		return nil
	}
	// The call ends as requested: by an interrupt or by the server.
	if err := line.Wait(ctx, -1); ctx.Err() == nil && timbre.KindOf(err) != timbre.Gone {
		return err
	}
	return nil
}

// config converts the flags into the configuration of the phone.
func (c Call) config() (phone.Config, error) {
	cfg := phone.Config{
		Server: c.server(), From: c.From, To: c.To, Metadata: !c.Plain, Mixed: c.Mixed, Speed: c.Speed,
		Caller: phone.Party{AOR: aor(c.From), Name: "Caller"}, Callee: phone.Party{AOR: aor(c.To), Name: "Agent"}, TLS: c.Trust,
	}
	if c.Connector != "" {
		cfg.RequestURI = "sip:" + user(c.To) + "@" + c.Connector + ".voiceconnector.local"
	}
	if c.SRTP {
		cfg.Suites = sdp.Suites()
	}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		cfg.TLS = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		if err != nil || !cfg.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return cfg, timbre.Errorf(timbre.Invalid, "", "--ca %s contains no certificate", c.CA)
		}
	}
	if c.Wait < 0 {
		return cfg, timbre.Errorf(timbre.Invalid, "", "--wait %s is negative", c.Wait)
	}
	if c.ALaw {
		cfg.PayloadType = phone.ALaw
	}
	return cfg, c.audio(&cfg)
}

// server is the URL to call: --transport overrides the scheme of --server.
func (c Call) server() string {
	scheme, host, ok := strings.Cut(c.Server, "://")
	if !ok {
		scheme, host = "udp", c.Server
	}
	if c.Transport != "" {
		scheme = c.Transport
	}
	return scheme + "://" + host
}

func aor(who string) string { return "sip:" + user(who) + "@phone.invalid" }

// user is the user part of a SIP URI, or the whole text if it is not one.
func user(who string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(who, "sip:"), "@")
	return name
}
