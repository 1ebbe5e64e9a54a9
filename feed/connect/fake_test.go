package connect

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"timbre"
	"timbre/feed/matroska"
)

// busy is a refusal for now.
var busy = &Refusal{"503", true}

// fault is what happens to an attempt at a call.
type fault struct {
	refuses   error // at once
	silent    bool  // nothing is acknowledged
	ends      bool  // the response ends at once, without an error
	bytes     int   // after which the connection is lost; 0: it is not
	fragments int   // after which the connection is lost; 0: it is not
	acks      int   // of the last ones that are lost with the connection
	restarts  bool  // the server has lost the call then
}

// recorder is a Sink in memory that takes calls as Timbre does: a request for the same call of the same producer goes on with it, and audio
// that it has is not taken again.
type recorder struct {
	mu       sync.Mutex
	calls    []*call
	script   []fault // of the first attempts
	always   *fault  // of all others
	attempts int
}

// call is one that was taken.
type call struct {
	began          time.Time
	caller, callee []int // samples
	heard          [2]time.Duration
	tags           map[string]string
	err            error // with which the newest stream ended
	owed           int   // acknowledgements that were to come when the producer broke off
	lost           bool  // by the server
}

// fault is that of the next attempt.
func (s *recorder) fault() fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts++
	f := fault{}
	switch {
	case len(s.script) > 0:
		f, s.script = s.script[0], s.script[1:]
	case s.always != nil:
		f = *s.always
	}
	return f
}

// open is the call that a request is of.
func (s *recorder) open(u Upload, tags map[string]string) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if c.began.Equal(u.Began) && c.tags["ContactId"] == tags["ContactId"] && !c.lost {
			return c
		}
	}
	c := &call{began: u.Began, tags: tags, heard: [2]time.Duration{-1, -1}}
	s.calls = append(s.calls, c)
	return c
}

// errCut is the error of a connection that is lost.
var errCut = errors.New("the connection was lost")

// Put implements Sink.
func (s *recorder) Put(ctx context.Context, u Upload) error {
	f := s.fault()
	switch {
	case f.refuses != nil:
		return f.refuses
	case f.ends:
		return nil
	}
	if f.bytes > 0 {
		u.Stream = io.MultiReader(io.LimitReader(u.Stream, int64(f.bytes)), broken{})
	}
	c, err := s.take(ctx, u, f)
	if c != nil {
		c.err, c.lost = err, f.restarts
	}
	if err != nil {
		return &Refusal{err.Error(), true}
	}
	return nil
}

// broken is the rest of a connection that is lost.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errCut }

// take reads a stream to its end, or to where it breaks off. Acknowledgements arrive one by one, the last ones perhaps never.
func (s *recorder) take(ctx context.Context, u Upload, f fault) (c *call, _ error) {
	open, fragments, late := false, 0, 0
	acknowledge := func() {
		if open = false; f.silent {
			return
		}
		if late++; late > f.acks {
			u.Persisted()
		}
	}
	tags, at := map[string]string{}, time.Duration(0)
	for in := matroska.NewReader(u.Stream); ; {
		item, err := in.Next()
		if _, within := item.(matroska.Block); !within && open && (err == nil || errors.Is(err, io.EOF)) {
			acknowledge()
			if fragments++; fragments == f.fragments {
				return c, errCut
			}
		}
		switch i := item.(type) {
		case matroska.Tag:
			tags[i.Name] = i.Value
		case matroska.Cluster:
			if c == nil {
				c = s.open(u, tags)
				tags = map[string]string{}
			}
			open, at = true, i.At
		case matroska.Block:
			c.hear(i, at)
		}
		if errors.Is(err, io.EOF) {
			for range min(late, f.acks) {
				u.Persisted()
			}
			return c, nil
		}
		if err != nil {
			if timbre.KindOf(err) != timbre.Internal {
				c.owed += min(late, f.acks)
			}
			return c, err
		}
		if f.silent {
			<-ctx.Done()
			return c, ctx.Err()
		}
	}
}

// hear takes audio, unless it was heard.
func (c *call) hear(b matroska.Block, cluster time.Duration) {
	track, at := b.Track-1, cluster+b.At
	if at <= c.heard[track] {
		return
	}
	c.heard[track] = at
	if track == 0 {
		c.caller = append(c.caller, int(b.Payload[0]))
	} else {
		c.callee = append(c.callee, -int(int8(b.Payload[0])))
	}
}
