package line

import (
	"math/rand/v2"
	"time"

	"timbre"
)

// Scene is a call before its line: what each party says, at the same times.
type Scene struct {
	Caller, Agent []float64
	Start         time.Duration // when the caller begins to speak
}

// turnLength is how long a party speaks at least before the other one does.
const turnLength = 4 * time.Second

// Converse makes a call of two parties who take turns until the caller has no more words. The agent begins, is brief, and pauses are 0.3 to 1.2 s.
// Both voices are at VoiceLevel.
func Converse(caller, agent [][]int16, r *rand.Rand) Scene {
	caller, agent = levelled(caller), levelled(agent)
	var s Scene
	for speaks := false; len(caller) > 0; speaks = !speaks {
		if speaks {
			if s.Start == 0 {
				s.Start = timbre.Duration(len(s.Caller))
			}
			caller = s.take(caller, &s.Caller, r)
		} else {
			agent = s.take(agent, &s.Agent, r)
		}
	}
	s.pad(timbre.SampleRate)
	return s
}

// take lets a party speak a turn, and returns what it has left to say.
func (s *Scene) take(words [][]int16, leg *[]float64, r *rand.Rand) (rest [][]int16) {
	for n := 0; len(words) > 0 && n < timbre.Samples(turnLength); words = words[1:] {
		s.pad(timbre.SampleRate*3/10 + r.IntN(timbre.SampleRate*9/10))
		word := words[0]
		if leg == &s.Agent {
			word = word[:min(len(word), timbre.Samples(turnLength))]
		}
		*leg = append(*leg, Wave(word)...)
		n += len(word)
	}
	s.pad(0)
	return words
}

// pad adds silence to both legs, and makes them equally long.
func (s *Scene) pad(n int) {
	to := max(len(s.Caller), len(s.Agent)) + n
	s.Caller = append(s.Caller, make([]float64, to-len(s.Caller))...)
	s.Agent = append(s.Agent, make([]float64, to-len(s.Agent))...)
}

// levelled is words at VoiceLevel, all together.
func levelled(words [][]int16) [][]int16 {
	var all []float64
	for _, w := range words {
		all = append(all, Wave(w)...)
	}
	Scale(all, Gain(VoiceLevel)/Loudness(all))
	loud := make([][]int16, 0, len(words))
	for _, w := range words {
		loud = append(loud, PCM(all[:len(w)]))
		all = all[len(w):]
	}
	return loud
}

// Lead puts a sound on the caller's leg before all else.
func (s *Scene) Lead(sound []float64) {
	s.Caller = append(append([]float64{}, sound...), s.Caller...)
	s.Agent = append(make([]float64, len(sound)), s.Agent...)
	s.Start += timbre.Duration(len(sound))
}

// Echo adds the agent's voice to the caller's leg after a delay, weaker by dB: what the caller's telephone and its room send back.
func (s *Scene) Echo(delay time.Duration, dB float64) {
	echo := append([]float64{}, s.Agent...)
	filter(echo, 2500, false)
	by := Gain(-dB)
	for i := timbre.Samples(delay); i < len(s.Caller); i++ {
		s.Caller[i] += by * echo[i-timbre.Samples(delay)]
	}
}

// Babble adds several people who talk at the same time to the caller's leg, all together at a level in dBFS.
func (s *Scene) Babble(people [][][]int16, level float64, r *rand.Rand) {
	babble := make([]float64, len(s.Caller))
	for _, words := range people {
		var voice []float64
		for _, w := range levelled(words) {
			voice = append(voice, Wave(w)...)
		}
		from := r.IntN(len(voice))
		for i := range babble {
			babble[i] += voice[(from+i)%len(voice)]
		}
	}
	Scale(babble, Gain(level)/RMS(babble))
	Add(s.Caller, babble)
}

// White adds white noise to the caller's leg, at a level in dBFS within the telephone band.
func (s *Scene) White(level float64, r *rand.Rand) {
	noise := make([]float64, len(s.Caller))
	for i := range noise {
		noise[i] = r.NormFloat64()
	}
	Bandpass(noise)
	Scale(noise, Gain(level)/RMS(noise))
	Add(s.Caller, noise)
}

// Transmit sends both legs through a quiet line. What exceeds the range is clipped.
func (s Scene) Transmit(r *rand.Rand) (caller, agent []int16) {
	legs := [2][]float64{s.Caller, s.Agent}
	for k, x := range legs {
		for i := range x {
			x[i] += Gain(Lines[0].Floor) * r.NormFloat64()
		}
		Bandpass(x)
		legs[k] = x
	}
	return PCM(legs[0]), PCM(legs[1])
}

// Add adds y to x.
func Add(x, y []float64) {
	for i := range min(len(x), len(y)) {
		x[i] += y[i]
	}
}
