// Package connect brings the calls of Amazon Connect to a Timbre server. In come contacts, from a queue of events or one by one, and the
// streams of Amazon Kinesis Video Streams that Connect sends their audio to; out go Matroska streams by PutMedia, one a contact, which the
// server takes as calls.
//
// A contact is copied fragment by fragment, unread but for its tags; what is tagged as another contact's is not. A fragment is held until the
// server has acknowledged that it has it, and put again if the connection is lost before. What is held is bounded: a server that is slow slows
// the reading of the stream. The package decodes no audio and keeps nothing.
package connect

import (
	"cmp"
	"context"
	"io"
	"sync"
	"time"

	"timbre/environment"
	"timbre/ttl"
)

// Source opens streams of Kinesis.
type Source interface {
	// Open reads a stream from a position on, and what is added to it, until the service ends the response.
	Open(ctx context.Context, streamARN string, from Position) (io.ReadCloser, error)
}

// Position is a place in a stream. Zero: what is added from now on.
type Position struct {
	Token    string // that a fragment says to continue with
	Fragment string // the number of the fragment before, without a token
}

// Config of a Bridge. Zero values are the defaults that are given.
type Config struct {
	Contacts int           // at once; 100
	Quiet    time.Duration // without audio, after which a contact has ended; 30 s
	Grace    time.Duration // the same once its end is known; 5 s
	Retry    time.Duration // before the second of several attempts in a row; 1 s
	Patience time.Duration // with attempts in a row that bring nothing, after which a contact has failed; 2 min
	Stall    time.Duration // without an acknowledgement that is missing, after which a connection is lost; 30 s
	Held     int           // bytes of a contact that the server has not acknowledged, after which the stream is read no further; 1 MiB: half a minute
}

func (c Config) withDefaults() Config {
	c.Contacts, c.Held = cmp.Or(c.Contacts, 100), cmp.Or(c.Held, 1<<20)
	c.Quiet, c.Grace, c.Retry = cmp.Or(c.Quiet, 30*time.Second), cmp.Or(c.Grace, 5*time.Second), cmp.Or(c.Retry, time.Second)
	c.Patience, c.Stall = cmp.Or(c.Patience, 2*time.Minute), cmp.Or(c.Stall, 30*time.Second)
	return c
}

// Deps are what a Bridge works with.
type Deps struct {
	Source Source
	Sink   Sink
}

// Bridge carries contacts, several at once. It is safe for concurrent use.
type Bridge struct {
	env  environment.Environment
	cfg  Config
	deps Deps

	mu     sync.Mutex
	live   map[string]*line // by contact
	failed int              // contacts
	ended  *ttl.Map[string, struct{}]
	open   sync.WaitGroup // of live
}

// remembered is how long a contact that has ended is known, whose events may come late.
const remembered = 15 * time.Minute

// New makes a Bridge.
func New(env environment.Environment, cfg Config, deps Deps) *Bridge {
	return &Bridge{env: env.Complete(), cfg: cfg.withDefaults(), deps: deps, live: map[string]*line{}, ended: ttl.NewMap[string, struct{}](remembered, nil)}
}

// Take begins to carry a contact, unless that is carried, or was. False: as many are carried as may be.
func (b *Bridge) Take(ctx context.Context, c Contact) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.env.Now()
	b.ended.Forget(now)
	if _, was := b.ended.Get(c.ID); was || b.live[c.ID] != nil {
		return true
	}
	if len(b.live) >= b.cfg.Contacts {
		return false
	}
	l := b.line(c)
	b.live[c.ID] = l
	b.open.Go(func() {
		err := l.carry(ctx)
		b.remove(c.ID, err)
		if err != nil {
			b.env.Log.Error("contact failed", "contact", c.ID, "error", err)
		}
	})
	return true
}

func (b *Bridge) remove(id string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.failed++
	}
	delete(b.live, id)
	b.ended.Put(id, struct{}{}, b.env.Now().Add(remembered))
}

// HangUp says that a contact has ended: what is left of its audio comes within the grace.
func (b *Bridge) HangUp(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.live[id]; l != nil {
		l.silence.shorten(b.cfg.Grace)
	}
}

// retries are those of a stream, or of a server.
func (b *Bridge) retries() *retries {
	return &retries{env: b.env, first: b.cfg.Retry, patience: b.cfg.Patience}
}

// Carry carries one contact, to its end.
func (b *Bridge) Carry(ctx context.Context, c Contact) error { return b.line(c).carry(ctx) }

// Wait waits for the contacts that are carried, and returns how many have failed until then.
func (b *Bridge) Wait() (failed int) {
	b.open.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failed
}
