package feed

import (
	"encoding/base64"
	"fmt"
	"strings"

	"timbre"
)

// twilio is Twilio Media Streams: JSON alone, a start message with the tracks, and 20 ms of µ-law in base64 a message, each
// with its track and its time. The custom parameters of the stream may name the connector and the parties.
type twilio struct {
	begun bool
	ways  ways
}

func (*twilio) name() string  { return "twilio" }
func (*twilio) answers() bool { return false }

func (*twilio) binary([]byte) (any, error) { return nil, unexpected("a binary message") }

func (t *twilio) text(message []byte) (any, error) {
	var m struct {
		Event string
		Start struct {
			AccountSid, CallSid, StreamSid string
			Tracks                         []string
			CustomParameters               map[string]string
			MediaFormat                    struct {
				Encoding             string
				SampleRate, Channels number
			}
		}
		Media media
	}
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Event == "stop":
		return closing{}, nil
	case m.Event == "media" && t.begun:
		return t.ways.heard(m.Media)
	case m.Event == "media", m.Event == "start" && t.begun:
		return nil, unexpected("a message of event " + m.Event)
	case m.Event != "start": // keys, marks, and what it may tell one day
		return nil, nil
	}
	if f := m.Start.MediaFormat; f.Encoding != "audio/x-mulaw" || f.SampleRate != timbre.SampleRate || f.Channels != 1 {
		return nil, fmt.Errorf("mediaFormat %.32q at %d Hz with %d channels is not audio/x-mulaw at 8000 Hz with one", f.Encoding, f.SampleRate, f.Channels)
	}
	o := opening{encoding: ULaw, rate: timbre.SampleRate}
	if err := t.ways.turn(&o, m.Start.CustomParameters); err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"accountSid": m.Start.AccountSid, "streamSid": m.Start.StreamSid} {
		o.details[name] = value
	}
	if o.call == "" {
		o.call = m.Start.CallSid
	}
	for _, name := range m.Start.Tracks {
		track, err := t.ways.track(name)
		if err != nil {
			return nil, err
		}
		o.tracks = append(o.tracks, track)
	}
	t.begun = true
	return o, nil
}

// media is one piece of audio, as Twilio and those who do it alike send it.
type media struct {
	Track     string
	Timestamp *number // milliseconds
	Payload   string  // base64
}

// ways says whose the two tracks of a stream are: inbound is what comes from the party on whose call the stream was begun.
type ways struct{ swapped bool }

// guessed is the doubt about a stream that does not say which track is the caller's.
const guessed = "inbound is taken for the caller's track: no parameter caller says which it is"

// turn takes out of parameters which track is the caller's, inbound if none says so, and puts the others into an opening.
func (w *ways) turn(o *opening, parameters map[string]string) error {
	rest := map[string]string{}
	o.doubts = []string{guessed}
	for name, value := range parameters {
		if !strings.EqualFold(name, "caller") {
			rest[name] = value
			continue
		}
		if value != "inbound" && value != "outbound" {
			return fmt.Errorf("the parameter caller is %.32q, neither inbound nor outbound", value)
		}
		w.swapped, o.doubts = value == "outbound", nil
	}
	o.take(rest)
	return nil
}

func (w ways) track(name string) (track, error) {
	switch name {
	case "inbound", "":
		return track{"inbound", w.side(true)}, nil
	case "outbound":
		return track{"outbound", w.side(false)}, nil
	}
	return track{}, fmt.Errorf("track %.32q is neither inbound nor outbound", name)
}

func (w ways) side(inbound bool) timbre.Side {
	if inbound != w.swapped {
		return timbre.Caller
	}
	return timbre.Callee
}

func (w ways) heard(m media) (audio, error) {
	t, err := w.track(m.Track)
	if err != nil {
		return nil, err
	}
	payload, err := base64.StdEncoding.DecodeString(m.Payload)
	if err != nil {
		return nil, fmt.Errorf("media.payload is not base64")
	}
	p := piece{track: t, payload: payload, timed: m.Timestamp != nil}
	if p.timed {
		p.at = m.Timestamp.milliseconds()
	}
	return audio{p}, nil
}
