package rtp

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"timbre"
	"timbre/environment"
	"timbre/rtp/codec"
)

// recorder is a listener that records frames.
type recorder struct {
	at  []time.Duration
	pcm []int16
	len []int
}

func (e *recorder) Frame(f timbre.Frame) {
	e.at, e.pcm, e.len = append(e.at, f.At), append(e.pcm, f.PCM...), append(e.len, len(f.PCM))
}

// audioPacket is a packet of one code word with timestamp ts.
func audioPacket(ts uint32, samples int, word byte) packet {
	return packet{ts: ts, codec: timbre.PCMU, payload: slices.Repeat([]byte{word}, samples)}
}

func TestPacketsOfAnyLengthBecome20msFrames(t *testing.T) {
	for _, ms := range []int{5, 10, 20, 30, 40, 60} {
		e := &recorder{}
		line := timeline{to: e}
		for i := range 12 {
			line.add(audioPacket(uint32(0xFFFFFF00+i*ms*8), ms*8, byte(i)))
		}
		if got, want := len(e.at), 12*ms/20; got != want {
			t.Errorf("%d ms: got %d frames, want %d", ms, got, want)
		}
		line.flush()
		for i, at := range e.at {
			if at != time.Duration(i)*timbre.FrameDuration {
				t.Errorf("%d ms: got frame %d at %v, want %v", ms, i, at, time.Duration(i)*timbre.FrameDuration)
			}
		}
		for i, s := range e.pcm {
			if want := codec.ULaw.Decode(nil, []byte{byte(i / (ms * 8))})[0]; s != want {
				t.Fatalf("%d ms: got sample %d %d, want %d", ms, i, s, want)
			}
		}
	}
}

func TestMediaTimeFollowsTimestamps(t *testing.T) {
	const ms = time.Millisecond
	event := packet{ts: 320, codec: timbre.TelephoneEvent, payload: make([]byte, 4)}
	fresh := audioPacket(99999, 160, 2)
	fresh.first = true
	after, lostEvent := audioPacket(480, 160, 2), event
	after.afterLoss, lostEvent.afterLoss = true, true
	for name, c := range map[string]struct {
		second  []packet // after two packets of 20 ms from timestamp 0
		at      time.Duration
		filled  int // samples
		rebased uint64
	}{
		"no gap":                          {[]packet{audioPacket(320, 160, 2)}, 40 * ms, 0, 0},
		"nothing sent for a moment":       {[]packet{audioPacket(480, 160, 2)}, 60 * ms, 160, 0},
		"lost packet":                     {[]packet{after}, 60 * ms, 0, 0},
		"lost before a key was pressed":   {[]packet{lostEvent, audioPacket(480, 160, 2)}, 60 * ms, 0, 0},
		"nothing sent for 200 ms":         {[]packet{audioPacket(320+1600, 160, 2)}, 240 * ms, 1600, 0},
		"hold":                            {[]packet{audioPacket(320+8000, 160, 2)}, 1040 * ms, 0, 0},
		"key pressed":                     {[]packet{event, event, audioPacket(1280, 160, 2)}, 160 * ms, 960, 0},
		"comfort noise":                   {[]packet{{ts: 320, codec: timbre.ComfortNoise, payload: []byte{60}}, audioPacket(8320, 160, 2)}, 1040 * ms, 0, 0},
		"clock a little late":             {[]packet{audioPacket(330, 160, 2)}, 40 * ms, 0, 0},
		"clock a little early":            {[]packet{audioPacket(310, 160, 2)}, 40 * ms, 0, 0},
		"clock set back":                  {[]packet{audioPacket(0, 160, 2)}, 40 * ms, 0, 1},
		"clock set far back":              {[]packet{audioPacket(0x90000000, 160, 2)}, 40 * ms, 0, 1},
		"clock set far ahead":             {[]packet{audioPacket(0x70000000, 160, 2)}, 40 * ms, 0, 1},
		"new source":                      {[]packet{fresh}, 40 * ms, 0, 1},
		"new source that begins silently": {[]packet{{first: true, ts: 5}, audioPacket(99999, 160, 2)}, 40 * ms, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			e := &recorder{}
			line := timeline{to: e}
			line.add(audioPacket(0, 160, 1))
			line.add(audioPacket(160, 160, 1))
			for _, p := range c.second {
				line.add(p)
			}
			if got := e.at[len(e.at)-1]; got != c.at {
				t.Errorf("%s: got the last frame at %v, want %v", name, got, c.at)
			}
			if int(line.filled) != c.filled || line.rebased != c.rebased || len(e.pcm) != 480+c.filled {
				t.Errorf("%s: got %d filled, %d rebased and %d samples, want %d, %d and %d", name, line.filled, line.rebased, len(e.pcm), c.filled, c.rebased, 480+c.filled)
			}
			for _, s := range e.pcm[320 : 320+c.filled] {
				if s != 0 {
					t.Errorf("%s: got sample %d in the gap, want 0", name, s)
					break
				}
			}
		})
	}
}

func TestPauseFlushesIncompleteFrame(t *testing.T) {
	e := &recorder{}
	line := timeline{to: e}
	line.add(audioPacket(0, 240, 1))
	line.add(audioPacket(8000, 240, 2))
	line.flush()
	if !slices.Equal(e.len, []int{160, 80, 160, 80}) {
		t.Errorf("got frames of %v samples, want 160, 80, 160, 80", e.len)
	}
	const ms = time.Millisecond
	if !slices.Equal(e.at, []time.Duration{0, 20 * ms, 1000 * ms, 1020 * ms}) {
		t.Errorf("got frames at %v, want 0, 20 ms, 1 s, 1.02 s", e.at)
	}
}

func TestSlowSenderClockLosesNoAudio(t *testing.T) {
	e := &recorder{}
	line := timeline{to: e}
	for i := range 1000 {
		line.add(audioPacket(uint32(i*159), 160, byte(i)))
	}
	if len(e.pcm) != 160000 {
		t.Errorf("got %d samples, want 160000", len(e.pcm))
	}
}

func TestStuckSenderClockLosesNoAudio(t *testing.T) {
	e := &recorder{}
	line := timeline{to: e}
	for range 100 {
		line.add(audioPacket(4711, 160, 1))
	}
	if got := e.at[len(e.at)-1]; len(e.at) != 100 || got != 99*timbre.FrameDuration {
		t.Errorf("got %d frames, the last at %v, want 100 and %v", len(e.at), got, 99*timbre.FrameDuration)
	}
}

func TestMediaTimeNeverOverflows(t *testing.T) {
	e := &recorder{}
	line := timeline{to: e}
	for i := range 3000 {
		line.add(audioPacket(uint32(i)*maxJump, 160, 1))
	}
	if !slices.IsSorted(e.at) || e.at[len(e.at)-1] > 1001*time.Hour {
		t.Errorf("got the last frame at %v, want frames in order up to 1001 h", e.at[len(e.at)-1])
	}
}

// After a hold many clients send as a new source, whose timestamps do not tell the length of the hold.
func TestNewSourceContinuesAfterPause(t *testing.T) {
	const second = timbre.SampleRate
	for _, c := range []struct {
		idle int64
		at   time.Duration
	}{{0, 20 * time.Millisecond}, {160, 20 * time.Millisecond}, {maxDelay, 20 * time.Millisecond}, {60*second + 160, time.Minute + 20*time.Millisecond}} {
		for _, fresh := range []bool{true, false} { // a new source, or the same one with a new clock
			e := &recorder{}
			line := timeline{to: e}
			line.add(audioPacket(1<<20, 160, 1))
			p := audioPacket(7, 160, 2)
			p.first, p.idle = fresh, c.idle
			line.add(p)
			if len(e.at) != 2 || e.at[1] != c.at {
				t.Errorf("%d samples without a packet, new source %v: got frames at %v, want the second at %v", c.idle, fresh, e.at, c.at)
			}
		}
	}
}

func TestPauseBeforeNewSourceIsMeasured(t *testing.T) {
	now := time.UnixMilli(1)
	pool, err := New(environment.Environment{Now: func() time.Time { return now }, Steady: func() time.Time { return now }}, Config{First: 24000, Last: 24001})
	if err != nil {
		t.Fatal(err)
	}
	e := &recorder{}
	from := netip.MustParseAddrPort("127.0.0.1:9")
	s := pool.stream(timbre.Media{Remote: from, Payloads: map[uint8]timbre.Codec{0: timbre.PCMU}}, e)
	for source := range uint32(2) {
		h := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: source}, Payload: make([]byte, 160)}
		b, err := h.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		s.take(b, from)
		now = now.Add(time.Minute)
	}
	if want := []time.Duration{0, time.Minute}; !slices.Equal(e.at, want) {
		t.Errorf("got frames at %v, want %v", e.at, want)
	}
}

func TestFramesAtTelephoneEventsAreKeyed(t *testing.T) {
	event := packet{ts: 320, codec: timbre.TelephoneEvent, payload: make([]byte, 4)}
	var got []bool
	line := timeline{to: listener(func(f timbre.Frame) { got = append(got, f.Keyed) })}
	for _, p := range []packet{audioPacket(0, 160, 2), audioPacket(160, 160, 2), event, event, audioPacket(320, 160, 2), audioPacket(480, 160, 2), audioPacket(640, 160, 2)} {
		line.add(p)
	}
	line.flush()
	if want := []bool{false, false, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("got keyed frames %v, want %v", got, want)
	}
	queued := make(chan bool, 1)
	q := newQueue(listener(func(f timbre.Frame) { queued <- f.Keyed }))
	q.put(timbre.Frame{PCM: make([]int16, 1), Keyed: true})
	if !<-queued {
		t.Error("got a queued frame that is not keyed, want it keyed")
	}
	q.close()
}

type listener func(timbre.Frame)

func (l listener) Frame(f timbre.Frame) { l(f) }
