package feed

import (
	"fmt"
	"mime"
	"strconv"

	"timbre"
)

// vonage is the WebSocket endpoint of the Vonage Voice API: a text message with the format and whatever the application
// added, then 20 ms of linear PCM a binary message. The audio is both parties mixed, unless the application says otherwise by
// "side".
type vonage struct {
	started bool
	track   track
}

func (*vonage) name() string        { return "vonage" }
func (*vonage) readsMessages() bool { return false }

func (v *vonage) text(message []byte) (any, error) {
	var m map[string]any
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	if v.started { // DTMF, and events that may be added
		return nil, nil
	}
	parameters := scalars(m)
	format, media, err := mime.ParseMediaType(parameters["content-type"])
	rate, noRate := strconv.Atoi(media["rate"])
	if err != nil || noRate != nil || format != "audio/l16" {
		return nil, fmt.Errorf("content-type %.64q is not audio/l16;rate=8000 or audio/l16;rate=16000", parameters["content-type"])
	}
	if err := v.setSide(parameters["side"]); err != nil {
		return nil, err
	}
	for _, name := range []string{"event", "content-type", "side"} {
		delete(parameters, name)
	}
	start := startMessage{encoding: timbre.LinearPCM, rate: rate, tracks: []track{v.track}}
	start.setParameters(parameters)
	v.started = true
	return start, nil
}

func (v *vonage) setSide(name string) error {
	if name == "" {
		name = "mixed"
	}
	side, known := sides[name]
	if !known {
		return fmt.Errorf("side %.32q is none of caller, callee, mixed", name)
	}
	v.track = track{name, side}
	return nil
}

func (v *vonage) binary(message []byte) (any, error) {
	if !v.started {
		return nil, unexpected("audio before the first message")
	}
	return deinterleave(message, timbre.LinearPCM.SampleBytes(), []track{v.track})
}

// scalars are the members of an object that are strings, numbers or booleans, as text.
func scalars(m map[string]any) map[string]string {
	all := map[string]string{}
	for name, value := range m {
		switch v := value.(type) {
		case string:
			all[name] = v
		case float64:
			all[name] = strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			all[name] = strconv.FormatBool(v)
		}
	}
	return all
}
