package pipeline

import (
	"testing"
	"time"

	"timbre"
)

func TestOneTaskOfAKindOnAStream(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.start(p.ID)
		_, err := w.Start(t.Context(), p.ID, timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{}})
		w.refused("a second one", err, timbre.Conflict)
		w.config.Elements = nil
		_, err = w.Start(t.Context(), p.ID, timbre.Task{Kind: timbre.SpeakerSearch, Source: &timbre.PipelineSource{}})
		w.refused("without voice analytics", err, timbre.Conflict)
	})
}

func TestTokenReturnsItsPipeline(t *testing.T) {
	inWorld(t, func(w *world) {
		p := byHand()
		p.Token = "token"
		first, err := w.Create(t.Context(), p)
		w.must(err)
		again, err := w.Create(t.Context(), p)
		w.must(err)
		if again.ID != first.ID {
			t.Errorf("got %s, want %s", again.ID, first.ID)
		}
		p.Metadata = map[string]string{"another": "one"}
		_, err = w.Create(t.Context(), p)
		w.refused("with other parameters", err, timbre.Conflict)
	})
}

func TestCreateChecksTheFragment(t *testing.T) {
	inWorld(t, func(w *world) {
		w.at = 90 * time.Second
		for fragment, want := range map[string]timbre.Kind{
			timbre.Fragment(callerAt, 91*time.Second): timbre.Invalid,
			timbre.Fragment(calleeAt, 0):              timbre.Invalid,
			"0":                                       timbre.Invalid,
		} {
			p := byHand()
			p.Streams[0].Fragment = fragment
			_, err := w.Create(t.Context(), p)
			w.refused(fragment, err, want)
		}
		p := byHand()
		p.Streams[0].Fragment = timbre.Fragment(callerAt, w.at)
		made, err := w.Create(t.Context(), p)
		w.must(err)
		if got := made.Streams[0].Fragment; got != p.Streams[0].Fragment {
			t.Errorf("got fragment %q", got)
		}
	})
}
