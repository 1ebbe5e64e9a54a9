package main

import (
	"math/rand/v2"
	"time"

	"timbre"
	"timbre/bench/ffmpeg"
	"timbre/bench/line"
)

// row is something that happens on the caller's leg: to the scene before the line, or to its audio in the line.
type row struct {
	key, name string
	scene     func(s *line.Scene, c cues)
	line      func(pcm []int16, c cues) (leg, error) // nil: µ-law
}

// cues are what a row may use.
type cues struct {
	who          string // names the call
	random       *rand.Rand
	people       [][][]int16 // what three other people say
	announcement [][]int16
}

// leadLength is how long a sound before the talk lasts.
const (
	ringLength     = 18 * time.Second
	musicLength    = 20 * time.Second
	announceLength = 6 * time.Second
)

var rows = []row{
	{key: "nothing", name: "nothing"},
	{key: "ring", name: "18 s of ring-back before the talk", scene: func(s *line.Scene, c cues) {
		tone := line.RingBacks[c.random.IntN(len(line.RingBacks))]
		s.Lead(tone.Ring(ringLength, line.VoiceLevel))
	}},
	{key: "music", name: "20 s of music before the talk", scene: func(s *line.Scene, c cues) {
		s.Lead(line.Music(musicLength, line.VoiceLevel, c.random))
	}},
	{key: "echo20", name: "the agent's echo at -20 dB", scene: func(s *line.Scene, c cues) { echo(s, c, 20) }},
	{key: "echo10", name: "the agent's echo at -10 dB", scene: func(s *line.Scene, c cues) { echo(s, c, 10) }},
	{key: "babble", name: "babble, 10 dB below the voice", scene: func(s *line.Scene, c cues) {
		s.Babble(c.people, line.VoiceLevel-10, c.random)
	}},
	{key: "announcement", name: "6 s of an announcement by another voice", scene: func(s *line.Scene, c cues) {
		var voice []float64
		for _, words := range c.announcement {
			voice = append(voice, line.Wave(words)...)
		}
		voice = voice[:min(len(voice), timbre.Samples(announceLength))]
		line.Scale(voice, line.Gain(line.VoiceLevel)/line.Loudness(voice))
		s.Lead(voice)
	}},
	{key: "gsm", name: "GSM", line: transcoded("gsm", "-c:a", "libgsm")},
	{key: "g723", name: "G.723.1 at 6.3 kbit/s", line: transcoded("g723_1", "-c:a", "g723_1", "-b:a", "6300")},
	{key: "opus", name: "Opus at 8 kbit/s", line: narrowOpus},
	{key: "keys", name: "DTMF over the speech", scene: func(s *line.Scene, c cues) { line.Keys(s.Caller, line.VoiceLevel+6, c.random) }},
	{key: "loud", name: "20 dB too loud (clipped)", scene: func(s *line.Scene, _ cues) { line.Scale(s.Caller, line.Gain(20)) }},
	{key: "quiet", name: "a voice at -40 dB", scene: func(s *line.Scene, _ cues) { line.Scale(s.Caller, line.Gain(-40-line.VoiceLevel)) }},
	{key: "white", name: "white noise, 5 dB below the voice", scene: func(s *line.Scene, c cues) { s.White(line.VoiceLevel-5, c.random) }},
	{key: "loss", name: "5 % of the packets lost", line: func(pcm []int16, c cues) (leg, error) {
		pcm = line.MuLaw(pcm)
		return frames(pcm, line.Network{Loss: 0.05, Run: 1}.Losses(len(pcm)/timbre.FrameSamples+1, c.who)), nil
	}},
}

func echo(s *line.Scene, c cues, dB float64) {
	s.Echo(60*time.Millisecond+time.Duration(c.random.IntN(120))*time.Millisecond, dB)
}

// transcoded is a line with a codec of ffmpeg's before the µ-law.
func transcoded(format string, encoder ...string) func([]int16, cues) (leg, error) {
	return func(pcm []int16, _ cues) (leg, error) {
		pcm, err := ffmpeg.Transcode(pcm, format, encoder...)
		return frames(line.MuLaw(pcm), nil), err
	}
}

func narrowOpus(pcm []int16, _ cues) (leg, error) {
	pcm, err := line.Narrow.Transcode(pcm)
	return frames(pcm, nil), err
}

// legs makes the audio of a call of a row: what the caller says to an agent.
func (r row) legs(caller, agent [][]int16, c cues) (callers, agents leg, start time.Duration, err error) {
	s := line.Converse(caller, agent, c.random)
	if r.scene != nil {
		r.scene(&s, c)
	}
	near, far := s.Transmit(c.random)
	if r.line == nil {
		callers = frames(line.MuLaw(near), nil)
	} else if callers, err = r.line(near, c); err != nil {
		return nil, nil, 0, err
	}
	return callers, frames(line.MuLaw(far), nil), s.Start, nil
}
