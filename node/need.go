package node

import (
	"time"

	"timbre"
	"timbre/speech"
)

// How much audio the models are given for each second of a call on which a party speaks half of the time. A speaker search takes 40 s of it: its
// name is of 10 s of speech, its voiceprint of 20 s, and its segments cover these once, and in doubt twice, which is two fifths again. A tick of tone looks at the speech of 30 s, each 5 s.
const (
	embedded = (10 + 20 + 20*1.4) / 40.0
	looked   = 30 / 2 / 5.0
)

// talking is for how long a search counts, and a leg whose tone is told without speaking. A search that is not over by then is of a party that
// hardly speaks.
const talking = time.Minute

// windowed is how much audio voice activity detection is given for each second of a leg: each window comes with the end of the one before.
const windowed = float64(speech.Window+speech.Context) / speech.Window

// need is the share of the threads that the running tasks will need, by how long the models have taken lately. A task that has just begun counts
// as any other: its name is still to come.
func (n *Node) need(m analysisModels) float64 {
	searches := n.tasks.RunningOf(timbre.SpeakerSearch, talking)
	tones := max(0, n.speech.Talking(talking)-searches) // legs of voice tone analyses
	threads := float64(n.speech.Listening())*windowed*m.vad.Pace() + float64(tones)*looked*m.tones.Pace() + float64(searches)*embedded*m.speaker.Pace()
	return threads / float64(m.runtime.Threads())
}
