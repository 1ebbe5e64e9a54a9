package task

import (
	"strings"
	"testing"
	"time"

	"timbre"
)

// doubtful are the meters of a call whose legs all can hardly be heard.
type doubtful timbre.MediaDoubt

func (d doubtful) Meter(string, int) timbre.ReceptionMeter { return d }

func (d doubtful) Reception() timbre.Reception {
	return timbre.Reception{Doubts: timbre.MediaDoubt(d)}
}

// Who reads that there was too little speech is told why.
func TestMessageSaysWhyALegCouldHardlyBeHeard(t *testing.T) {
	for _, kind := range []timbre.TaskKind{timbre.SpeakerSearch, timbre.VoiceTone} {
		for doubt, want := range map[timbre.MediaDoubt]string{0: "", timbre.NotAuthentic: "not encrypted by the keys", timbre.OtherClock: "another clock"} {
			inHarness(t, func(h *harness) {
				h.meters = doubtful(doubt)
				h.open()
				task := h.start(kind)
				h.speak(0, time.Second, true)
				h.hangUp()
				h.wantStatus(task.ID, timbre.Failed, false)
				if m := h.store.task(task.ID).Message; !strings.Contains(m, want) || want == "" && strings.Contains(m, "heard") {
					t.Errorf("%v: got message %q, want it to say %q", kind, m, want)
				}
			})
		}
	}
}
