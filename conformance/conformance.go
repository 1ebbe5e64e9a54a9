// Package conformance is a suite of checks that tests any endpoint against the contract of the two AWS services.
//
// An endpoint, credentials and, for checks that need a call, a SIP address come in; results and a report go out. The suite uses
// the SDK clients, and signed HTTP requests of its own for checks of the protocol. It deletes what it creates. It knows nothing
// of the inside of the server: from this module it uses the softphone, and the table of operations as a description of the
// published models. It measures neither speed nor recognition rates.
//
// An area is one file: Go where checks need code, a script (script/*.json) where they are a list of operations. The suites in
// test/ run the same scripts through other SDKs.
package conformance

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"timbre"
)

// Config defines what is checked, and how.
type Config struct {
	Endpoint    string // URL of both services
	Region      string
	Credentials aws.CredentialsProvider
	Only        []string // areas; empty: all

	SIP           string  // udp://HOST:PORT; empty: checks that need a call are skipped
	Caller, Agent []byte  // audio of the parties, G.711 µ-law: at least 20 s of speech by the caller
	Speed         float64 // of the call, as a multiple of real time

	Hook *Hook // where the server sends events; nil: checks of events are skipped

	Timeout time.Duration // of a check; 0: 60 s
	Now     func() time.Time
	Tell    func(Result) // called with each result; may be nil
}

// area is a part of the contract.
type area struct {
	name  string
	needs string // the area that must run before it
	run   func(context.Context, *session)
}

// areas returns all areas, in the order in which they run.
func areas() []area {
	list := []area{
		{name: "wire", run: wire},
		{name: "signature", run: signature},
		{name: "validation", run: validation},
	}
	for _, name := range []string{"domains", "connectors", "streaming", "configurations", "tags"} { // add a new script here
		list = append(list, area{name: name, run: func(ctx context.Context, s *session) { s.script(ctx, name, "") }})
	}
	return append(list,
		area{name: "pagination", run: pagination},
		area{name: "idempotency", run: idempotency},
		area{name: "tasks", run: tasks},
		area{name: "events", needs: "tasks", run: events},
	)
}

// Areas returns the names that Only accepts.
func Areas() []string {
	var names []string
	for _, a := range areas() {
		names = append(names, a.name)
	}
	return names
}

// Run checks the endpoint. An error means that the suite could not run; failures of the server are in the report.
func Run(ctx context.Context, cfg Config) (Report, error) {
	s, err := newSession(cfg)
	if err != nil {
		return Report{}, err
	}
	defer s.close()
	wanted, err := chosen(cfg.Only)
	if err != nil {
		return Report{}, err
	}
	if _, err := s.send(ctx, request{method: http.MethodGet, target: "/", unsigned: true}); err != nil {
		return Report{}, timbre.Errorf(timbre.Unavailable, "", "no server responds: %w", err)
	}
	for _, a := range areas() {
		if wanted[a.name] && ctx.Err() == nil {
			s.area = a.name
			a.run(ctx, s)
		}
	}
	s.cleanUp(context.WithoutCancel(ctx))
	s.report.Seconds = s.cfg.Now().Sub(s.report.Began).Seconds()
	return s.report, context.Cause(ctx)
}

// chosen returns the areas to run, with those that they need.
func chosen(only []string) (map[string]bool, error) {
	wanted := map[string]bool{}
	for _, name := range only {
		if !slices.Contains(Areas(), name) {
			return nil, timbre.Errorf(timbre.Invalid, "", "unknown area %q; the areas are %s", name, strings.Join(Areas(), ", "))
		}
		wanted[name] = true
	}
	for _, a := range areas() {
		if len(only) == 0 {
			wanted[a.name] = true
		}
		if wanted[a.name] && a.needs != "" {
			wanted[a.needs] = true
		}
	}
	return wanted, nil
}

func (cfg *Config) complete() error {
	if cfg.Endpoint == "" || cfg.Credentials == nil {
		return timbre.Errorf(timbre.Invalid, "", "an endpoint and credentials are required")
	}
	if _, err := http.NewRequestWithContext(context.Background(), http.MethodGet, cfg.Endpoint, nil); err != nil {
		return timbre.Errorf(timbre.Invalid, "", "the endpoint is not a URL: %w", err)
	}
	cfg.Endpoint = strings.TrimSuffix(cfg.Endpoint, "/")
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return nil
}
