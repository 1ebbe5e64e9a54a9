// Package demo is the story of `timbre demo`: three people call in and are enrolled, and later two of them and a stranger
// call again and are known, or not. A server comes in, given by the program; out go a narration with charts and a table,
// or the same as data. Everything passes the server's front doors: SIP and RTP over sockets, the stock AWS SDK with
// signed requests, a webhook with its signature. The story knows nothing of the server's inside.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"timbre"
	"timbre/cmd/timbre/screen"
)

// WebhookName is what the webhook is called in the server's settings; WebhookARN names it as a sink.
const (
	WebhookName = "demo"
	WebhookARN  = "arn:timbre:webhook:us-east-1:000000000000:" + WebhookName
)

// DefaultSpeed is how many times faster than real time people talk in the demo, when nobody says otherwise.
const DefaultSpeed = 4

// Server is a running Timbre.
type Server struct {
	API                          string // URL of the two AWS APIs, such as "http://127.0.0.1:40001"
	SIP                          string // such as "udp://127.0.0.1:40002"
	AccessKeyID, SecretAccessKey string
	Stop                         func() error
}

// Config is what the story needs.
type Config struct {
	// Start runs a server that has a webhook called WebhookName, with this URL and secret.
	Start func(ctx context.Context, webhookURL, secret string) (Server, error)
	// Verify checks the signature of a webhook's request, as webhook.Verify does.
	Verify func(secret string, h http.Header, body []byte, now time.Time) error

	Screen screen.Screen
	JSON   bool          // print a Result in place of the narration
	Speed  float64       // times real time; 0 means DefaultSpeed
	Slack  time.Duration // how much longer than the media lasts an answer may take; 0 means 20 s
	Log    *slog.Logger  // of the telephones; nil discards
	Now    func() time.Time
}

// Run tells the story. The error is nil when every caller was named right and the Get operations agree; the Result is
// as complete as the story got.
func Run(ctx context.Context, cfg Config) (Result, error) {
	if cfg.Speed == 0 {
		cfg.Speed = DefaultSpeed
	}
	if cfg.Slack == 0 {
		cfg.Slack = 20 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &story{cfg: cfg, say: narrate(cfg), began: cfg.Now(), names: map[string]string{}}
	s.result = Result{Speed: cfg.Speed, People: []Person{}, Calls: []Visit{}}
	err := s.tell(ctx)
	s.result.Seconds = cfg.Now().Sub(s.began).Seconds()
	s.result.Right = err == nil
	if cfg.JSON {
		if err != nil {
			s.result.Error = err.Error()
		}
		text, failed := json.MarshalIndent(s.result, "", "  ")
		if failed == nil {
			_, failed = cfg.Screen.Write(append(text, '\n'))
		}
		err = errors.Join(err, failed)
	}
	return s.result, err
}

// story is what has happened so far.
type story struct {
	cfg    Config
	say    *narrator
	began  time.Time
	inbox  *inbox
	server Server
	house  house
	names  map[string]string // who a voice profile is
	result Result
}

// tell is the table of contents.
func (s *story) tell(ctx context.Context) (err error) {
	secret := rand.Text()
	hook, err := receive(secret, s.cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hook.Close()) }()
	s.inbox = hook.inbox

	// The server outlives an interrupted story, so that its telephones can hang up.
	if s.server, err = s.cfg.Start(context.WithoutCancel(ctx), hook.url, secret); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.server.Stop()) }()

	for _, chapter := range []struct {
		title string
		tell  func(context.Context) error
	}{
		{"A connector, a domain for voices, and where events go", s.furnish},
		{"Three people call in at once and agree to be known by their voice", s.enrol},
		{"Later two of them and a stranger call again", s.identify},
		{"How they sounded", s.draw},
		{"What the server says when it is asked", s.confirm},
		{"Who called, and who Timbre said it was", s.summarise},
	} {
		s.say.chapter(chapter.title)
		if err := chapter.tell(ctx); err != nil {
			return err
		}
	}
	return s.verdict()
}

// verdict is an error when a name was wrong.
func (s *story) verdict() error {
	wrong := 0
	for _, c := range s.result.Calls {
		if !c.Right || !c.Confirmed {
			wrong++
		}
	}
	if wrong > 0 {
		return timbre.Errorf(timbre.Internal, "", "%d of %d calls got the wrong name", wrong, len(s.result.Calls))
	}
	s.say.line("Every name is right, after %.0f seconds.", s.cfg.Now().Sub(s.began).Seconds())
	return nil
}
