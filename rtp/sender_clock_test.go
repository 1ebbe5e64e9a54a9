package rtp

import (
	"math/rand/v2"
	"testing"
	"time"

	"timbre"
)

// speaker sends packets of 20 ms whose timestamps advance as it likes.
type speaker struct {
	step    func(i int) uint32 // how far after packet i
	codec   timbre.Codec
	payload []byte
	every   int64 // between arrivals, in samples
	pause   func(i int) bool
	lost    func(i int) bool
}

// hear is the media time of the end of n packets of a speaker, and the stats of what was made of them.
func (s speaker) hear(t *testing.T, n int) (end time.Duration, clock *senderClock, line *timeline) {
	t.Helper()
	e := &recorder{}
	line = &timeline{to: e}
	c := newSenderClock(line)
	ts, arrived, lost := uint32(1<<32-5000), int64(0), false
	for i := range n {
		p := packet{seq: uint16(65500 + i), ts: ts, codec: s.codec, payload: s.payload, first: i == 0, afterLoss: lost, arrived: arrived, idle: s.every}
		ts += s.step(i)
		arrived += s.every
		if s.pause != nil && s.pause(i) {
			arrived += 50 * 160 * s.every / 160
			ts += 50 * s.step(i)
		}
		if lost = s.lost != nil && s.lost(i); !lost {
			c.add(p)
		}
	}
	line.flush()
	last := len(e.at) - 1
	return e.at[last] + timbre.Duration(e.len[last]), &c, line
}

func steady(n uint32) func(int) uint32 { return func(int) uint32 { return n } }

// A sender's clock may be that of another codec, or stand: media time is that of the audio all the same.
func TestMediaTimeOfSendersWithAnotherClock(t *testing.T) {
	const packets = 500
	second := func(i int) bool { return i == 250 }
	g711, g722 := make([]byte, 160), make([]byte, 160)
	for name, c := range map[string]struct {
		s    speaker
		pace pace
		want time.Duration
	}{
		"as signalled":                  {speaker{step: steady(160), codec: timbre.PCMU, payload: g711, every: 160}, asSignalled, 10 * time.Second},
		"G.722 at 16 kHz":               {speaker{step: steady(320), codec: timbre.G722, payload: g722, every: 160}, pace{2, 1}, 10 * time.Second},
		"G.722 at 16 kHz, all at once":  {speaker{step: steady(320), codec: timbre.G722, payload: g722, every: 3}, pace{2, 1}, 10 * time.Second},
		"doubled, with loss":            {speaker{step: steady(320), codec: timbre.PCMU, payload: g711, every: 160, lost: func(i int) bool { return i%40 == 39 && i > 20 && i < 490 }}, pace{2, 1}, 10 * time.Second},
		"doubled, with a pause":         {speaker{step: steady(320), codec: timbre.PCMU, payload: g711, every: 160, pause: second}, pace{2, 1}, 11 * time.Second},
		"halved, with a pause":          {speaker{step: steady(80), codec: timbre.PCMU, payload: g711, every: 160, pause: second}, pace{1, 2}, 11 * time.Second},
		"standing":                      {speaker{step: steady(0), codec: timbre.PCMU, payload: g711, every: 160}, pace{0, 1}, 10 * time.Second},
		"standing, with loss and pause": {speaker{step: steady(0), codec: timbre.PCMU, payload: g711, every: 160, pause: second, lost: func(i int) bool { return i == 100 }}, pace{0, 1}, 11 * time.Second},
		// Until the clock is known its timestamps are believed.
		"that of 48 kHz": {speaker{step: steady(960), codec: timbre.PCMU, payload: g711, every: 160}, pace{6, 1}, 10900 * time.Millisecond},
		"with a tremor":  {speaker{step: func(i int) uint32 { return 320 + uint32(i%2*16) - 8 }, codec: timbre.PCMU, payload: g711, every: 160}, pace{2, 1}, 10 * time.Second},
		"right from the middle on": {speaker{step: func(i int) uint32 {
			if i < 250 {
				return 320
			}
			return 160
		}, codec: timbre.PCMU, payload: g711, every: 160}, asSignalled, 10 * time.Second},
		"a pause after each packet": {speaker{step: steady(320), codec: timbre.PCMU, payload: g711, every: 320}, asSignalled, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			end, clock, line := c.s.hear(t, packets)
			if clock.pace != c.pace {
				t.Errorf("got pace %v, want %v", clock.pace, c.pace)
			}
			if d := end - c.want; d < -agreement*timbre.FrameDuration || d > agreement*timbre.FrameDuration {
				t.Errorf("got %v of media, want %v; %d misfits", end, c.want, line.misfits)
			}
			if line.misfits > 2*agreement {
				t.Errorf("got %d misfits after the clock is known, want none", line.misfits)
			}
		})
	}
}

// Timestamps that mean nothing do not move media time away from the time that passes.
func TestTimestampsThatDoNotFit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := speaker{step: func(int) uint32 { return random.Uint32N(1 << 24) }, codec: timbre.PCMU, payload: make([]byte, 160), every: 160}
	s.step = func(i int) uint32 {
		if i < 100 {
			return 160
		}
		return random.Uint32N(1 << 24)
	}
	end, _, line := s.hear(t, 500)
	if end < 9*time.Second || end > 13*time.Second || line.misfits < 100 {
		t.Errorf("got %v of media and %d misfits, want about 10 s, and the timestamps found out", end, line.misfits)
	}
}

// A recording that is replayed fast has the pauses that its timestamps say.
func TestPausesOfAReplayAreBelieved(t *testing.T) {
	s := speaker{step: steady(160), codec: timbre.PCMU, payload: make([]byte, 160), every: 3, pause: func(i int) bool { return i == 250 }}
	if end, _, _ := s.hear(t, 500); end != 11*time.Second {
		t.Errorf("got %v, want 11 s", end)
	}
}
