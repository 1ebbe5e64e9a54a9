// Package demo is the scenario of `timbre demo`: three callers are enrolled; then two of them and an unknown caller call and are
// identified. The program supplies a server; out go a narration with charts and a table, or the same as JSON. Everything uses
// the server's public interfaces: SIP and RTP over sockets, the unmodified AWS SDK with signed requests, a webhook with its
// signature. The scenario knows nothing of the server's internals.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"timbre"
	"timbre/cmd/timbre/terminal"
)

// WebhookName is the name of the webhook in the server's settings; WebhookARN names it as a sink.
const (
	WebhookName = "demo"
	WebhookARN  = "arn:timbre:webhook:us-east-1:000000000000:" + WebhookName
)

// DefaultSpeed is the speed of the calls in the demo, as a multiple of real time.
const DefaultSpeed = 4

// Server is a running Timbre.
type Server struct {
	API                          string // URL of the two AWS APIs, such as "http://127.0.0.1:40001"
	SIP                          string // such as "udp://127.0.0.1:40002"
	Console                      string // URL of the web console
	AccessKeyID, SecretAccessKey string
	Stop                         func() error
}

// Config configures a run.
type Config struct {
	// Start runs a server that has a webhook called WebhookName, with this URL and secret.
	Start func(ctx context.Context, webhookURL, secret string) (Server, error)
	// Verify checks the signature of a webhook's request, as webhook.Verify does.
	Verify func(secret string, h http.Header, body []byte, now time.Time) error

	Output terminal.Output
	Lines  bool          // the second calls are on bad lines
	Stay   bool          // afterwards the callers go on calling until the context ends
	JSON   bool          // print a Result in place of the narration
	Speed  float64       // times real time; 0 means DefaultSpeed, and real time for the calls of who stays
	Slack  time.Duration // how much longer than the media an answer may take; 0 means a minute
	Log    *slog.Logger  // of the phones; nil discards
	Now    func() time.Time
}

// Run runs the scenario. The error is nil if every caller was identified correctly and the Get operations agree. The Result
// contains what was reached.
func Run(ctx context.Context, cfg Config) (Result, error) {
	staying := cfg.Speed
	if cfg.Speed == 0 {
		cfg.Speed, staying = DefaultSpeed, 1
	}
	if cfg.Slack == 0 {
		cfg.Slack = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &story{cfg: cfg, staying: staying, say: narrate(cfg), began: cfg.Now(), names: map[string]string{}}
	s.result = Result{Speed: cfg.Speed, People: []Person{}, Calls: []CallResult{}}
	err := s.play(ctx)
	s.result.Seconds = cfg.Now().Sub(s.began).Seconds()
	s.result.Right = err == nil
	if cfg.JSON {
		if err != nil {
			s.result.Error = err.Error()
		}
		text, failed := json.MarshalIndent(s.result, "", "  ")
		if failed == nil {
			_, failed = cfg.Output.Write(append(text, '\n'))
		}
		err = errors.Join(err, failed)
	}
	return s.result, err
}

// story is the state of a run.
type story struct {
	cfg        Config
	staying    float64 // speed of the calls afterwards, times real time
	say        *narrator
	began      time.Time
	inbox      *inbox
	server     Server
	deployment deployment
	names      map[string]string // of callers, by voice profile id
	result     Result
}

// play runs the chapters.
func (s *story) play(ctx context.Context) (err error) {
	secret := rand.Text()
	hook, err := receive(secret, s.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hook.Close()) }()
	s.inbox = hook.inbox

	// The server outlives an interrupted run, so that the phones can hang up.
	if s.server, err = s.cfg.Start(context.WithoutCancel(ctx), hook.url, secret); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.server.Stop()) }()
	s.welcome()

	for _, chapter := range s.chapters() {
		s.say.chapter(chapter.title)
		if err := chapter.run(ctx); err != nil {
			return err
		}
	}
	if err := s.verdict(); err != nil || !s.cfg.Stay {
		return err
	}
	return s.stay(ctx)
}

// chapter is a part of the story.
type chapter struct {
	title string
	run   func(context.Context) error
}

func (s *story) chapters() []chapter {
	second := []chapter{
		{"Two of them and an unknown caller call and are identified", s.identify},
		{"Tone over time", s.chartTone},
	}
	if s.cfg.Lines {
		second = []chapter{{"They and an unknown caller call on bad lines", s.identifyOnBadLines}}
	}
	return slices.Concat([]chapter{
		{"Set up a connector, a voice profile domain and a webhook", s.setUp},
		{"Three callers consent and are enrolled, all at the same time", s.enrol},
	}, second, []chapter{
		{"The same results from the API", s.confirm},
		{"Summary", s.summarise},
	})
}

// verdict is an error if a result was wrong.
func (s *story) verdict() error {
	wrong := 0
	for _, c := range s.result.Calls {
		if !c.Right || !c.Confirmed {
			wrong++
		}
	}
	if wrong > 0 {
		return timbre.Errorf(timbre.Internal, "", "%d of %d calls have a wrong result", wrong, len(s.result.Calls))
	}
	s.say.line("Every result is right, after %.0f seconds.", s.cfg.Now().Sub(s.began).Seconds())
	return nil
}
