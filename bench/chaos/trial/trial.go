// Package trial runs a server that is killed at random instants while calls are analysed and the targets of its events come and go, and
// judges what is left: nothing that was accepted is lost, each lane keeps its order, no event has two contents, nothing is half done.
package trial

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"timbre/bench/server"
)

// Config says what is tried.
type Config struct {
	Binary string   // the server
	Seed   uint64   // of instants and faults
	Kills  int      // one after the other on the same data
	Mount  bool     // the data has a small disk of its own; the process must be in a mount namespace of its own
	Lines  int      // calls at a time
	Env    []string // settings of the server besides those of the trial
	Log    *os.File // of the server; nil: none
}

// Report is what a trial has found.
type Report struct {
	Scenario                    string // empty: kills alone
	Seed                        uint64
	Kills, Early                int           // servers killed; those of them that were not ready yet
	Calls, Tasks, Profiles      int           // that the server has accepted
	Events, Deliveries, Backlog int           // events; deliveries of them; those that were in the outbox at a kill
	Refused                     int           // what was asked of the server during a fault and not done
	Shed                        int           // what the server refused because it was overloaded
	Slowest                     time.Duration // start until the server was ready
	Back                        time.Duration // from the end of a fault to the next call that the server accepted
	Faults                      []string      // what does not hold
}

// trial is a server on one data folder, with all that surrounds it.
type trial struct {
	cfg    Config
	folder string
	random *rand.Rand
	ledger *ledger
	sinks  *sinks
	book   *book
	place  server.Deployment
	report Report
}

// Run kills a server as often as the configuration says, and judges.
func Run(ctx context.Context, cfg Config) (Report, error) {
	t, err := open(ctx, cfg)
	if err != nil {
		return Report{}, err
	}
	defer t.Close()
	if err := t.first(ctx); err != nil {
		return t.report, err
	}
	flapping, calm := context.WithCancel(ctx)
	defer calm()
	done := t.sinks.flap(flapping, rand.New(rand.NewPCG(cfg.Seed, 2)))
	for range cfg.Kills {
		if err := t.round(ctx); err != nil {
			return t.report, err
		}
	}
	calm()
	<-done
	if err := t.settle(ctx); err != nil {
		return t.report, fmt.Errorf("%s: %w", t.folder, err)
	}
	return t.report, nil
}

func open(ctx context.Context, cfg Config) (t *trial, err error) {
	t = &trial{cfg: cfg, random: rand.New(rand.NewPCG(cfg.Seed, 1)), ledger: newLedger(), book: newBook(), report: Report{Seed: cfg.Seed}}
	if t.folder, err = os.MkdirTemp("", "timbre-chaos-"); err != nil {
		return nil, err
	}
	if cfg.Mount {
		if text, err := exec.CommandContext(ctx, "mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", t.folder).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("mount: %w: %s", err, text)
		}
	}
	t.sinks = openSinks(t.ledger)
	return t, nil
}

// Close takes the data away. What has failed stays, to be looked at.
func (t *trial) Close() {
	t.sinks.Close()
	if len(t.report.Faults) == 0 {
		_ = os.RemoveAll(t.folder)
	}
}

// first makes what calls need on a new server, and has some calls analysed, whose voiceprints become profiles between the kills. Then it
// ends in order.
func (t *trial) first(ctx context.Context) error {
	s, err := t.start(ctx)
	if err != nil {
		return err
	}
	defer s.Stop()
	if t.place, err = s.SetUp(ctx, targets...); err != nil {
		return err
	}
	c := &caller{place: t.place, sip: s.SIP, book: t.book}
	for _, name := range []string{"s1_enrol", "s2_enrol", "s3_enrol"} {
		if err := c.call(ctx, name); err != nil {
			return err
		}
	}
	return t.until(ctx, "SELECT id FROM task WHERE active")
}

func (t *trial) start(ctx context.Context) (*server.Process, error) {
	env := append([]string{
		t.sinks.setting(), "TIMBRE_NOTIFY_FILES=lines=" + t.lines(), "TIMBRE_NOTIFY_STREAMING=EventBridge=steady,SQS=flapping",
		"TIMBRE_RTP_PORTS=26000-26999",
	}, t.cfg.Env...)
	s, err := server.Start(ctx, server.Config{Binary: t.cfg.Binary, Folder: t.folder, Env: env, Log: t.cfg.Log})
	if err == nil {
		t.report.Slowest = max(t.report.Slowest, s.Took)
	}
	return s, err
}

func (t *trial) database() string { return filepath.Join(t.folder, "timbre.db") }
func (t *trial) lines() string    { return filepath.Join(t.folder, "lines.jsonl") }

func (t *trial) fault(format string, args ...any) {
	t.report.Faults = append(t.report.Faults, fmt.Sprintf(format, args...))
}
