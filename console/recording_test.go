package console

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"timbre"
)

func TestARecordingIsPlayedAsACall(t *testing.T) {
	f := newFakes(t)
	f.signIn("ALL")
	var got struct {
		TransactionID string
		LengthMs      int64
	}
	f.want(http.StatusCreated, f.ask(http.MethodPost, "/console/recordings?connector=abc&from=%2B12065550100&to=%2B12065550199", strings.Repeat("x", 4000)), &got)
	if got.TransactionID != "played" || got.LengthMs != 500 || f.frames[0] != 0 {
		t.Errorf("got %+v and %d frames, want a silent call of 500 ms", got, f.frames[0])
	}
	if c := f.began[0]; c.From != "+12065550100" || c.To != "+12065550199" || c.ConnectorID != "abc" || len(c.Legs) != 1 || c.Legs[0].Side != timbre.Caller {
		t.Errorf("got call %+v", c)
	}
	f.want(http.StatusBadRequest, f.ask(http.MethodPost, "/console/recordings/played/play?speed=9", ""))
	f.want(http.StatusNoContent, f.ask(http.MethodPost, "/console/recordings/played/play?speed=8", ""))
	wait(t, "the end of the call", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.ended) == 1 })
	if f.ended[0] != "played " || f.frames[0] != 25 {
		t.Errorf("got end %q after %d frames, want one without failure after 25", f.ended[0], f.frames[0])
	}
	wait(t, "its place", func() bool { return len(f.playing.places) == 0 })
	f.want(http.StatusNotFound, f.ask(http.MethodPost, "/console/recordings/played/play", ""))
}

func TestARecordingIsHungUp(t *testing.T) {
	f := newFakes(t)
	f.signIn("ALL")
	f.want(http.StatusCreated, f.ask(http.MethodPost, "/console/recordings?connector=abc", strings.Repeat("x", 400_000)))
	f.want(http.StatusNoContent, f.ask(http.MethodPost, "/console/recordings/played/play", ""))
	f.want(http.StatusNoContent, f.ask(http.MethodDelete, "/console/recordings/played", ""))
	wait(t, "the end of the call", func() bool { return len(f.playing.places) == 0 })
}

func TestRecordingsAreRefused(t *testing.T) {
	f := newFakes(t)
	f.signIn("ALL")
	for name, c := range map[string]struct {
		path, body string
		want       int
	}{
		"to an unknown connector": {"/console/recordings?connector=unknown", "x", http.StatusNotFound},
		"that are none":           {"/console/recordings?connector=abc", "no WAV", http.StatusBadRequest},
		"that are empty":          {"/console/recordings?connector=abc", "", http.StatusBadRequest},
		"that last too long":      {"/console/recordings?connector=abc", strings.Repeat("x", timbre.Samples(longest)+1), http.StatusBadRequest},
		"that are too large":      {"/console/recordings?connector=abc", strings.Repeat("x", maxWAV+1), http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			f.want(c.want, f.ask(http.MethodPost, c.path, c.body))
			if n := len(f.playing.places); n != 0 || len(f.began) != 0 {
				t.Errorf("got %d places taken and %d calls, want none", n, len(f.began))
			}
		})
	}
	for range maxRecordings {
		f.playing.places <- struct{}{}
	}
	f.want(http.StatusServiceUnavailable, f.ask(http.MethodPost, "/console/recordings?connector=abc", "x"))
}

func TestRecordingsEndWithTheConsole(t *testing.T) {
	f := newFakes(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { f.Run(ctx); close(done) }()
	f.signIn("ALL")
	f.want(http.StatusCreated, f.ask(http.MethodPost, "/console/recordings?connector=abc", "x"))
	stop()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("waited in vain for the recordings to end")
	}
}
