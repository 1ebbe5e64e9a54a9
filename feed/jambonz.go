package feed

import (
	"cmp"
	"fmt"

	"timbre"
)

// jambonz is the verb listen of jambonz: a text message with the attributes of the call, then linear PCM in binary messages, of one party,
// of both in two channels, or of both mixed.
type jambonz struct {
	begun  bool
	tracks []track
}

var jambonzKind = kind{
	name:        "jambonz",
	knows:       func(m first) bool { return m.has("mixType") && m.has("sampleRate") },
	open:        func() dialect { return &jambonz{} },
	subprotocol: "audio.jambonz.org",
}

func (j *jambonz) text(message []byte) (any, error) {
	var m map[string]any
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case j.begun && m["mixType"] != nil:
		return nil, unexpected("a second first message")
	case j.begun: // keys that are pressed
		return nil, nil
	}
	rate, _ := m["sampleRate"].(float64)
	codec, err := monoCodec(linearPCM, number(rate), 1)
	if err != nil {
		return nil, err
	}
	parameters := scalars(m)
	if nested, ok := m["metadata"].(map[string]any); ok {
		for name, value := range scalars(nested) {
			parameters[name] = value
		}
	}
	if err := j.mix(parameters); err != nil {
		return nil, err
	}
	for _, name := range []string{"sampleRate", "mixType", "side"} {
		delete(parameters, name)
	}
	start := startMessage{codec: codec, tracks: j.tracks}
	start.setParameters(parameters)
	start.setDefaults(cmp.Or(parameters["callSid"], parameters["call_sid"]), "", "")
	j.begun = true
	return start, nil
}

// mix makes the tracks. The one party is that whose call runs the verb: the caller, unless jambonz made that call.
func (j *jambonz) mix(parameters map[string]string) error {
	switch kind := parameters["mixType"]; kind {
	case "stereo":
		j.tracks = []track{{"caller", timbre.Caller}, {"callee", timbre.Callee}}
		return nil
	case "mixed", "mono":
	default:
		return fmt.Errorf("mixType %.32q is none of mono, mixed, stereo", kind)
	}
	name := parameters["side"]
	switch {
	case name != "":
	case parameters["mixType"] == "mixed":
		name = "mixed"
	case parameters["direction"] == "outbound":
		name = "callee"
	default:
		name = "caller"
	}
	t, err := sideTrack(name)
	j.tracks = []track{t}
	return err
}

func (j *jambonz) binary(message []byte) (any, error) {
	if !j.begun {
		return nil, unexpected("audio before the first message")
	}
	return deinterleave(message, timbre.LinearPCM.SampleBytes(), j.tracks)
}
