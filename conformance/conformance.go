// Package conformance is the contract of the two AWS services as a suite of checks that any endpoint can be put to.
//
// In come an endpoint, credentials, and, for what needs a call, a SIP address; out go results, one a check, and a report.
// It talks as users do: with the stock SDK clients, and with signed HTTP of its own where the wire itself is looked at.
// What it makes it deletes again. It knows nothing of the server's inside: of this module it takes the telephone, and the
// table of operations as a description of the published models. It measures no speed and no recognition rate.
//
// An area is one file: Go where checks need code, a script (script/*.json) where they are a list of operations. The same
// scripts are run through the other SDKs in test/.
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

// Config says what is checked, and with what.
type Config struct {
	Endpoint    string // URL of both services
	Region      string
	Credentials aws.CredentialsProvider
	Only        []string // areas; all when empty

	SIP           string  // udp://HOST:PORT; what needs a call is skipped without it
	Caller, Agent []byte  // what the two say, G.711 µ-law: at least 20 seconds of speech by the caller
	Speed         float64 // of the call, times real time

	Hook *Hook // where the server sends events; what needs them is skipped without it

	Patience time.Duration // for what takes its time; 0 means 60 s
	Now      func() time.Time
	Tell     func(Result) // told each result as it comes; may be nil
}

// area is a chapter of the contract.
type area struct {
	name  string
	needs string // the area that it goes on from
	run   func(context.Context, *session)
}

// areas are all, in the order in which they are run.
func areas() []area {
	list := []area{
		{name: "wire", run: wire},
		{name: "signature", run: signature},
		{name: "validation", run: validation},
	}
	for _, name := range []string{"domains", "connectors", "streaming", "configurations", "tags"} { // a new script's place is here
		list = append(list, area{name: name, run: func(ctx context.Context, s *session) { s.script(ctx, name, "") }})
	}
	return append(list,
		area{name: "pagination", run: pagination},
		area{name: "idempotency", run: idempotency},
		area{name: "tasks", run: tasks},
		area{name: "events", needs: "tasks", run: events},
	)
}

// Areas are the names that Only takes.
func Areas() []string {
	var names []string
	for _, a := range areas() {
		names = append(names, a.name)
	}
	return names
}

// Run puts the endpoint to the checks. The error is about the suite, not the server: what the server does wrong is in the
// report.
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
		return Report{}, timbre.Errorf(timbre.Unavailable, "", "no server there: %w", err)
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

// chosen are the areas to run, with those that they need.
func chosen(only []string) (map[string]bool, error) {
	wanted := map[string]bool{}
	for _, name := range only {
		if !slices.Contains(Areas(), name) {
			return nil, timbre.Errorf(timbre.Invalid, "", "there is no area %q; there are %s", name, strings.Join(Areas(), ", "))
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
		return timbre.Errorf(timbre.Invalid, "", "an endpoint and credentials are needed")
	}
	if _, err := http.NewRequestWithContext(context.Background(), http.MethodGet, cfg.Endpoint, nil); err != nil {
		return timbre.Errorf(timbre.Invalid, "", "the endpoint is no URL: %w", err)
	}
	cfg.Endpoint = strings.TrimSuffix(cfg.Endpoint, "/")
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	if cfg.Patience == 0 {
		cfg.Patience = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return nil
}
