// Package calls contains the calls of the demo: recordings of synthetic voices, and a manifest of speakers, texts and times. It
// returns G.711 legs that a phone can play. The README beside it says how they were produced.
package calls

import (
	"bytes"
	"embed"
	"encoding/json"

	"timbre"
	"timbre/rtp/codec"
)

//go:embed *.wav manifest.json
var files embed.FS

// Call is one recorded call.
type Call struct {
	ID      string          `json:"id"`
	Speaker string          `json:"speaker"` // s1 to s5: one voice per name; empty for a silent caller
	Agent   string          `json:"agent"`
	Tone    string          `json:"tone"`  // intended tone of the text: neutral, angry, satisfied, none
	Files   map[string]File `json:"files"` // by leg: caller and agent, or mono
	Turns   []Turn          `json:"turns"`
}

// File is one leg of a call.
type File struct {
	Name   string  `json:"file"`
	Length float64 `json:"seconds"`
	Speech float64 `json:"speech_seconds"`
}

// Turn is an utterance, with its start and end in seconds.
type Turn struct {
	Leg   string  `json:"leg"`
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	Text  string  `json:"text"`
}

// All returns the calls of the manifest.
func All() ([]Call, error) {
	text, err := files.ReadFile("manifest.json")
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "calls.All", "manifest: %w", err)
	}
	var m struct{ Calls []Call }
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, timbre.Errorf(timbre.Internal, "calls.All", "manifest: %w", err)
	}
	return m.Calls, nil
}

// Find returns the call with an id.
func Find(id string) (Call, error) {
	all, err := All()
	if err != nil {
		return Call{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return Call{}, timbre.Errorf(timbre.NotFound, "calls.Find", "there is no call %s", id)
}

// Leg is the audio of a leg (caller, agent or mono) in G.711 µ-law, as a phone sends it.
func (c Call) Leg(leg string) ([]byte, error) {
	f, ok := c.Files[leg]
	if !ok {
		return nil, timbre.Errorf(timbre.NotFound, "calls.Leg", "%s has no leg %s", c.ID, leg)
	}
	wav, err := files.ReadFile(f.Name)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "calls.Leg", "%s: %w", f.Name, err)
	}
	channels, err := codec.ReadWAV(bytes.NewReader(wav))
	if err != nil {
		return nil, err
	}
	return codec.ULaw.Encode(nil, channels[0]), nil
}
