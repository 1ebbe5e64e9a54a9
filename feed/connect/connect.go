// Package connect brings the calls of Amazon Connect to a Timbre server. In come contacts, from a queue of events or one by one, and the
// streams of Amazon Kinesis Video Streams that Connect sends their audio to; out go Matroska streams by PutMedia, one a contact, which the
// server takes as calls.
//
// A contact is copied fragment by fragment, unread but for its tags; what is tagged as another contact's is not. At most one fragment of it is
// held: a server that is slow slows the reading of the stream. The package decodes no audio and keeps nothing.
package connect

import (
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

// Sink takes a call as a Matroska stream, to its end. A *Refusal says that it has not.
type Sink interface {
	Put(ctx context.Context, stream io.Reader) error
}

// Config of a Bridge. Zero values are the defaults that are given.
type Config struct {
	Contacts int           // at once; 100
	Quiet    time.Duration // without audio, after which a contact has ended; 30 s
	Grace    time.Duration // the same once its end is known; 5 s
	Retry    time.Duration // between two attempts; 1 s
}

func (c Config) withDefaults() Config {
	if c.Contacts == 0 {
		c.Contacts = 100
	}
	for _, d := range []struct {
		to *time.Duration
		is time.Duration
	}{{&c.Quiet, 30 * time.Second}, {&c.Grace, 5 * time.Second}, {&c.Retry, time.Second}} {
		if *d.to == 0 {
			*d.to = d.is
		}
	}
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

	mu    sync.Mutex
	live  map[string]*line // by contact
	ended *ttl.Map[string, struct{}]
	open  sync.WaitGroup // of live
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
		b.remove(c.ID)
		if err != nil {
			b.env.Log.Error("contact failed", "contact", c.ID, "error", err)
		}
	})
	return true
}

func (b *Bridge) remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.live, id)
	b.ended.Put(id, struct{}{}, b.env.Now().Add(remembered))
}

// HangUp says that a contact has ended: what is left of its audio comes within the grace.
func (b *Bridge) HangUp(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.live[id]; l != nil {
		l.hangUp()
	}
}

// Carry carries one contact, to its end.
func (b *Bridge) Carry(ctx context.Context, c Contact) error { return b.line(c).carry(ctx) }

// Wait waits for the contacts that are carried.
func (b *Bridge) Wait() { b.open.Wait() }
