package rtp

import (
	"slices"
	"testing"
	"time"

	"timbre"
	"timbre/rtp/codec"
)

// track makes one of µ-law whose frames are recorded.
func track(t testing.TB) (*Track, *recorder) {
	e := &recorder{}
	return pool(t, 1).Track(timbre.PCMU, e).(*Track), e
}

// pieces are 20 ms each, of different audio; at: time stamps in milliseconds, -1: none; number: -1: none.
type pieceAt struct{ at, number int }

func (s pieceAt) piece(i int) timbre.Piece {
	return timbre.Piece{
		At: time.Duration(s.at) * time.Millisecond, Timed: s.at >= 0, Number: uint16(s.number), Numbered: s.number >= 0,
		Payload: slices.Repeat([]byte{byte(i)}, 160),
	}
}

func unnumbered(at ...int) (steps []pieceAt) {
	for _, a := range at {
		steps = append(steps, pieceAt{a, -1})
	}
	return steps
}

func TestTrackFollowsTimeStamps(t *testing.T) {
	for name, c := range map[string]struct {
		steps []pieceAt
		want  []int // media time of each piece, in milliseconds; -1: not heard
	}{
		"contiguous":               {unnumbered(7, 27, 47), []int{0, 20, 40}},
		"no time stamps":           {unnumbered(-1, -1, -1), []int{0, 20, 40}},
		"some time stamps":         {unnumbered(-1, 500, -1, 540, 600), []int{0, 20, 40, 60, 120}},
		"jitter":                   {unnumbered(0, 24, 37, 66), []int{0, 20, 40, 60}},
		"one lost":                 {unnumbered(0, 20, 60, 80), []int{0, 20, 60, 80}},
		"hold":                     {unnumbered(0, 20, 60020, 60040), []int{0, 20, 60020, 60040}},
		"late":                     {unnumbered(0, 40, 20, 60), []int{0, 40, -1, 60}},
		"duplicate":                {unnumbered(0, 20, 20, 40), []int{0, 20, -1, 40}},
		"clock that restarts":      {unnumbered(90000, 90020, 0, 20), []int{0, 20, 40, 60}},
		"clock that jumps too far": {unnumbered(0, 20, 9000000, 9000020), []int{0, 20, 40, 60}},
		"clock on the wall":        {unnumbered(1730000000000, 1730000000020, 1730000000040), []int{0, 20, 40}},

		"numbers in order":                   {[]pieceAt{{0, 1}, {20, 2}, {40, 3}}, []int{0, 20, 40}},
		"numbers out of order":               {[]pieceAt{{0, 1}, {40, 3}, {20, 2}, {60, 4}}, []int{0, 40, 20, 60}},
		"a number twice":                     {[]pieceAt{{0, 1}, {20, 2}, {20, 2}, {40, 3}}, []int{0, 20, -1, 40}},
		"numbers without time stamps":        {[]pieceAt{{-1, 1}, {-1, 3}, {-1, 2}}, []int{0, 20, 40}},
		"numbers that turn over":             {[]pieceAt{{0, 65535}, {20, 0}, {40, 1}}, []int{0, 20, 40}},
		"the same number for all":            {[]pieceAt{{0, 1}, {20, 1}, {40, 1}}, []int{0, 20, 40}},
		"the same number, no time stamps":    {[]pieceAt{{-1, 1}, {-1, 1}, {-1, 1}}, []int{0, 20, 40}},
		"numbers of all parties":             {[]pieceAt{{0, 1}, {20, 3}, {40, 5}}, []int{0, 20, 40}},
		"numbers against time stamps":        {[]pieceAt{{0, 9}, {20, 8}, {40, 7}}, []int{0, 20, 40}},
		"numbers of all parties, one is out": {[]pieceAt{{0, 1}, {20, 3}, {60, 7}}, []int{0, 20, 60}},
	} {
		t.Run(name, func(t *testing.T) {
			line, e := track(t)
			want := map[int]int{} // the piece at a media time
			for i, s := range c.steps {
				audio, heard := line.Add(s.piece(i))
				if audio != 20*time.Millisecond || heard != (c.want[i] >= 0) {
					t.Errorf("piece %d: got %v, heard %t, want %t", i, audio, heard, c.want[i] >= 0)
				}
				if heard {
					want[c.want[i]] = i
				}
			}
			line.Flush()
			if len(e.at) != len(want) {
				t.Errorf("got frames at %v, want %d", e.at, len(want))
			}
			for i, at := range e.at {
				piece, ok := want[int(at.Milliseconds())]
				if heard := e.pcm[160*i]; !ok || heard != fromWord(byte(piece)) {
					t.Errorf("got frame at %v with %d, want that of piece %d", at, heard, piece)
				}
			}
		})
	}
}

// fromWord is the sample of a code word of µ-law.
func fromWord(b byte) int16 { return codec.ULaw.Decode(nil, []byte{b})[0] }

func TestShortPauseOfNumberedPiecesIsSilence(t *testing.T) {
	line, e := track(t)
	for i, s := range []pieceAt{{0, 1}, {20, 2}, {140, 3}, {500, 4}} {
		line.Add(s.piece(i))
	}
	line.Flush()
	if got, want := len(e.pcm), 160*(4+5); got != want {
		t.Errorf("got %d samples, want %d: the pause of 100 ms is silence, that of 340 ms a jump", got, want)
	}
	if got, want := e.at[len(e.at)-1], 500*time.Millisecond; got != want {
		t.Errorf("got the last frame at %v, want %v", got, want)
	}
}

// A clock that stands costs what shows it.
func TestTrackWhoseClockStands(t *testing.T) {
	for name, number := range map[string]func(int) int{"numbered": func(i int) int { return i }, "unnumbered": func(int) int { return -1 }} {
		t.Run(name, func(t *testing.T) {
			line, e := track(t)
			for i := range 100 {
				line.Add(pieceAt{0, number(i)}.piece(i))
			}
			line.Flush()
			if got := len(e.at); got < 100-agreement {
				t.Errorf("got %d frames, want all but %d", got, agreement)
			}
		})
	}
}

// Time stamps that count samples, at 8 or 16 kHz, cost what shows it.
func TestTrackWhoseTimeStampsCountSamples(t *testing.T) {
	for _, perMillisecond := range []int{8, 16} {
		line, e := track(t)
		for i := range 200 {
			line.Add(pieceAt{20 * perMillisecond * i, i}.piece(i))
		}
		line.Flush()
		most := time.Duration(200+agreement*perMillisecond) * 20 * time.Millisecond
		if got := e.at[len(e.at)-1]; got > most {
			t.Errorf("%d a millisecond: got the last frame at %v, want %v at most", perMillisecond, got, most)
		}
	}
}

func TestTrackThatCannotBeRead(t *testing.T) {
	e := &recorder{}
	line := pool(t, 1).Track(timbre.Opus, e)
	for _, payload := range [][]byte{{0xFF}, make([]byte, 2000)} {
		if _, heard := line.Add(timbre.Piece{Payload: payload}); heard {
			t.Errorf("%d bytes: got them heard, want not", len(payload))
		}
	}
	if audio, heard := line.Add(timbre.Piece{}); audio != 0 || !heard {
		t.Errorf("an empty piece: got %v, heard %t, want nothing that is missing", audio, heard)
	}
	if audio, heard := line.Add(timbre.Piece{Payload: []byte{0xF8, 0xFF, 0xFE}}); audio != 20*time.Millisecond || !heard {
		t.Errorf("the next piece: got %v, heard %t, want 20 ms", audio, heard)
	}
}

func TestMediaTimeOfTrackDoesNotOverflow(t *testing.T) {
	line, e := track(t)
	for i := range 5000 {
		line.Add(timbre.Piece{Payload: make([]byte, 160), Timed: true, At: time.Duration(i) * 59 * time.Minute})
	}
	for i, at := range e.at[1:] {
		if at <= e.at[i] {
			t.Fatalf("frame %d: got media time %v, want more than %v", i+1, at, e.at[i])
		}
	}
}

// FuzzTrack adds pieces: nothing may panic, and media time must not go back.
func FuzzTrack(f *testing.F) {
	f.Add(uint8(timbre.PCMU), []byte{0, 1, 2, 3, 4, 5, 6, 7})
	f.Add(uint8(timbre.Opus), []byte{0xF8, 0xFF, 0xFE, 1, 2})
	f.Add(uint8(timbre.WideL16), []byte("pieces that say something else"))
	p := pool(f, 1)
	f.Fuzz(func(t *testing.T, c uint8, data []byte) {
		codec := timbre.Codec(c % uint8(timbre.WidePCMA+1))
		if kind := codec.Kind(); kind != timbre.AudioPayload && kind != timbre.SampleStream {
			return
		}
		e := &recorder{}
		line := p.Track(codec, e)
		for len(data) > 3 {
			n := min(int(data[3]), len(data)-4)
			line.Add(timbre.Piece{
				At: time.Duration(int8(data[0])) * 7 * time.Millisecond, Timed: data[1]&1 == 1,
				Number: uint16(data[2]), Numbered: data[1]&2 == 2, Payload: data[4:][:n],
			})
			data = data[4+n:]
		}
		line.Flush()
		for i := 1; i < len(e.at); i++ {
			if e.at[i] < e.at[i-1] {
				t.Fatalf("got frames at %v", e.at)
			}
		}
	})
}
