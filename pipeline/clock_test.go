package pipeline

import (
	"sync/atomic"
	"testing"
	"time"

	"timbre"
)

// A wall clock that is set, by hours or years, ends no pipeline and keeps none.
func TestJumpOfTheWallClockEndsNoPipeline(t *testing.T) {
	for _, by := range []time.Duration{9 * time.Hour, -9 * time.Hour, 3 * 365 * 24 * time.Hour, -3 * 365 * 24 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			inWorld(t, func(w *world) {
				var jump atomic.Int64
				w.Engine.env.Now = func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
				p := w.make()
				w.start(p.ID)
				w.media(time.Second, 0)
				jump.Store(int64(by))
				w.media(time.Second, 0)
				w.is(p.ID, timbre.PipelineInProgress)
				if err := w.Pause(t.Context(), p.ID); err != nil {
					t.Fatal(err)
				}
				jump.Store(0)
				wait(timbre.PipelinePause - time.Minute)
				w.is(p.ID, timbre.PipelinePaused)
				wait(2 * time.Minute)
				w.is(p.ID, timbre.PipelineStopped)
			})
		})
	}
}
