package trial

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"
)

// targets are where the events go: a webhook that always answers, one that comes and goes, and a file.
var targets = []string{arn("webhook:us-east-1:000000000000:steady"), arn("webhook:us-east-1:000000000000:flapping"), arn("file:us-east-1:000000000000:lines")}

func arn(rest string) string { return "arn:timbre:" + rest }

// hung are webhooks that no call names, for what else waits.
var hung = func() (names []string) {
	for i := range 20 {
		names = append(names, fmt.Sprintf("hung%d", i))
	}
	return names
}()

// The moods of the webhook that comes and goes.
const (
	healthy    = iota
	failing    // 503
	forgetting // 503 after it has taken the event
	cutting    // the connection ends without an answer
	deaf       // takes the event, then the connection ends without an answer
	hanging    // no answer until the mood changes
	sluggish   // an answer after a while
	moods
)

// sinks are the webhooks of a trial.
type sinks struct {
	server *httptest.Server
	mood   atomic.Int32
	turn   atomic.Pointer[chan struct{}] // closed when the mood changes
	ledger *ledger
}

func openSinks(l *ledger) *sinks {
	s := &sinks{ledger: l}
	turn := make(chan struct{})
	s.turn.Store(&turn)
	s.server = httptest.NewServer(s)
	return s
}

func (s *sinks) setting() string {
	const secret = "#a secret for the webhooks of trials"
	var list []string
	for _, name := range append([]string{"steady", "flapping"}, hung...) {
		list = append(list, name+"="+s.server.URL+"/"+name+secret)
	}
	return "TIMBRE_NOTIFY_WEBHOOKS=" + strings.Join(list, ",")
}

func (s *sinks) Close() {
	s.become(healthy)
	s.server.Close()
}

// ServeHTTP takes an event as the mood says.
func (s *sinks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := strings.TrimPrefix(r.URL.Path, "/")
	mood := int32(healthy)
	turn := *s.turn.Load()
	if target != "steady" {
		mood = s.mood.Load()
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	switch mood {
	case healthy, forgetting, deaf:
		s.ledger.take(target, body)
	case sluggish:
		wait(r.Context(), 300*time.Millisecond)
		s.ledger.take(target, body)
	case hanging:
		select {
		case <-turn:
		case <-r.Context().Done():
		}
	}
	switch mood {
	case failing, forgetting:
		w.WriteHeader(http.StatusServiceUnavailable)
	case cutting, deaf, hanging:
		panic(http.ErrAbortHandler)
	}
}

// become changes the mood.
func (s *sinks) become(mood int32) {
	s.mood.Store(mood)
	next := make(chan struct{})
	close(*s.turn.Swap(&next))
}

// flap changes the mood at random until ctx ends; then the webhook is healthy, and the channel is closed.
func (s *sinks) flap(ctx context.Context, random *rand.Rand) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			s.become(random.Int32N(moods))
			wait(ctx, time.Duration(50+random.IntN(600))*time.Millisecond)
		}
		s.become(healthy)
	}()
	return done
}
