package demo

import (
	"math/rand/v2"
	"time"

	"timbre/bench/line"
	"timbre/rtp/codec"
)

// badLine is something that happens on the leg of a caller.
type badLine struct {
	name     string
	spoil    func(s *line.Scene, r *rand.Rand)
	code     *line.Coder // before the µ-law of the phone; nil: none
	hopeless bool        // no name is right too
}

var (
	ringBack = &badLine{name: "18 s of ring-back first", spoil: func(s *line.Scene, _ *rand.Rand) {
		s.Lead(line.RingBacks[0].Ring(18*time.Second, line.VoiceLevel))
	}}
	music = &badLine{name: "18 s of music first", spoil: func(s *line.Scene, r *rand.Rand) {
		s.Lead(line.Music(18*time.Second, line.VoiceLevel, r))
	}}
	echo = &badLine{name: "the agent's echo at -15 dB", spoil: func(s *line.Scene, _ *rand.Rand) {
		s.Echo(120*time.Millisecond, 15)
	}}
	noise = &badLine{name: "white noise 15 dB below", spoil: func(s *line.Scene, r *rand.Rand) {
		s.White(line.Level(line.Loudness(s.Caller))-15, r)
	}}
	narrow  = &badLine{name: "Opus at 8 kbit/s", code: &line.Narrow}
	clipped = &badLine{name: "20 dB too loud", hopeless: true, spoil: func(s *line.Scene, _ *rand.Rand) {
		line.Scale(s.Caller, line.Gain(20))
	}}
)

// legs sends the µ-law audio of both parties through the line.
func (b *badLine) legs(caller, agent []byte) ([]byte, []byte, error) {
	s := line.Scene{Caller: line.Wave(codec.ULaw.Decode(nil, caller)), Agent: line.Wave(codec.ULaw.Decode(nil, agent))}
	random := line.Seed(b.name)
	if b.spoil != nil {
		b.spoil(&s, random)
	}
	heard, other := s.Transmit(random)
	if b.code != nil {
		var err error
		if heard, err = b.code.Transcode(heard); err != nil {
			return nil, nil, err
		}
	}
	return codec.ULaw.Encode(nil, heard), codec.ULaw.Encode(nil, other), nil
}
