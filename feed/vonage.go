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

var vonageKind = kind{
	name:   "vonage",
	knows:  func(m first) bool { return m.is("event", "websocket:connected") },
	open:   func() dialect { return &vonage{} },
	signer: vonageSigner,
}

func (v *vonage) text(message []byte) (any, error) {
	var m map[string]any
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	switch {
	case v.started && m["event"] == "websocket:connected":
		return nil, unexpected("a second first message")
	case v.started: // DTMF, and events that may be added
		return nil, nil
	}
	parameters := scalars(m)
	format, media, err := mime.ParseMediaType(parameters["content-type"])
	if err != nil || format != "audio/l16" {
		return nil, badFormat{fmt.Errorf("content-type %.64q is not audio/l16", parameters["content-type"])}
	}
	rate, _ := strconv.Atoi(media["rate"])
	codec, err := monoCodec(linearPCM, number(rate), 1)
	if err != nil {
		return nil, err
	}
	if parameters["side"] == "" {
		parameters["side"] = "mixed"
	}
	if v.track, err = sideTrack(parameters["side"]); err != nil {
		return nil, err
	}
	for _, name := range []string{"event", "content-type", "side"} {
		delete(parameters, name)
	}
	start := startMessage{codec: codec, tracks: []track{v.track}}
	start.setParameters(parameters)
	v.started = true
	return start, nil
}

func (v *vonage) binary(message []byte) (any, error) {
	if !v.started {
		return nil, unexpected("audio before the first message")
	}
	return deinterleave(message, timbre.LinearPCM.SampleBytes(), []track{v.track})
}
