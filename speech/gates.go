package speech

import (
	"slices"
	"time"

	"timbre"
)

// Hold is how long the gates hold back a window: what they hear in that time may still be the reason to drop it.
const Hold = heldWindows * Window * time.Second / timbre.SampleRate

const heldWindows = 40

// gate finds one kind of sound that is not the voice of the party on the leg.
type gate interface {
	// reason is for what the gate drops windows.
	reason() timbre.Reason
	// judge looks at the windows that are held, the oldest first, each time that one has been added at the end. It drops those
	// that it is sure of.
	judge(held []*window)
	// restart forgets what adjoins the next window: there is a gap before it.
	restart()
}

// Gates drop what is on a leg besides the voice of its party. They are of one leg, and used by one goroutine at a time.
type Gates struct {
	gates     []gate
	fars      fars
	recording *recordingGate // nil: no other calls are known
	bands     *bands
	analyser  analyser
	held      []*window
}

// Origin is where a leg is from. The zero value: a recording, of which nothing is known.
type Origin struct {
	Recordings *Recordings // of the node
	Call       timbre.Call
	Leg        int      // in the call
	Only       []string // names of the reasons for which audio is dropped, besides keys; nil: all
}

// NewGates makes the gates of a leg.
func NewGates(o Origin) *Gates {
	g := &Gates{fars: fars{}, bands: newBands()}
	g.gates = []gate{&echoGate{fars: g.fars}, &dtmfGate{}, &toneGate{}}
	if o.Recordings != nil {
		g.recording = &recordingGate{
			shelf: o.Recordings.shelf(o.Call.ConnectorID), call: source{o.Call.TransactionID, o.Call.From}, leg: o.Leg,
		}
		g.gates = append(g.gates, g.recording)
	}
	g.gates = append(g.gates, &backgroundGate{fars: g.fars})
	if o.Only != nil {
		g.gates = slices.DeleteFunc(g.gates, func(is gate) bool {
			return is.reason() != timbre.DropDTMF && !slices.Contains(o.Only, is.reason().String())
		})
	}
	return g
}

// Far takes a frame of another leg of the call, by its number there, that has arrived before the next frame of this leg.
func (g *Gates) Far(leg int, f timbre.Frame) { g.fars.leg(leg).hear(f) }

// keyed drops what has just been heard: a key is pressed.
func (g *Gates) keyed() {
	if g != nil {
		for _, w := range g.held[max(0, len(g.held)-eventLead):] {
			w.silence()
		}
	}
}

// Close ends the listening. What the leg began with is compared with later calls.
func (g *Gates) Close() {
	if g.recording != nil {
		g.recording.keep()
	}
}

// add takes the next window and passes on those that have been held long enough.
func (g *Gates) add(w *window, pass func(*window)) {
	n := 0
	g.bands.add(w.pcm, func(l loudness) { w.loud[n%perWindow] = l; n++ })
	w.spectrum = g.analyser.add(w.pcm)
	g.held = append(g.held, w)
	g.fars.pair(w.block())
	for _, gate := range g.gates {
		gate.judge(g.held)
	}
	for len(g.held) > heldWindows {
		pass(g.held[0])
		g.held = append(g.held[:0], g.held[1:]...)
	}
}

// flush passes on all windows: the leg ends, or there is a gap in it.
func (g *Gates) flush(pass func(*window)) {
	for _, w := range g.held {
		pass(w)
	}
	g.held = g.held[:0]
	g.bands.restart()
	g.analyser.restart()
	for _, gate := range g.gates {
		gate.restart()
	}
}
