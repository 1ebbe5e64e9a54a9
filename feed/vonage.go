package feed

import (
	"fmt"
	"mime"
	"strconv"
	"strings"
)

// vonage is the WebSocket endpoint of the Vonage Voice API: a text message that names the format beside whatever the
// application added, then 20 ms of linear PCM a binary message. The audio is what a participant of the call hears, both
// parties mixed, unless the application says otherwise by "side".
type vonage struct {
	begun bool
	track track
}

func (*vonage) name() string  { return "vonage" }
func (*vonage) answers() bool { return false }

func (v *vonage) text(message []byte) (any, error) {
	var m map[string]any
	if err := decode(message, &m); err != nil {
		return nil, err
	}
	if v.begun { // keys that were pressed, and what it may tell one day
		return nil, nil
	}
	details := flat(m)
	format, parameters, err := mime.ParseMediaType(details["content-type"])
	rate, bad := strconv.Atoi(parameters["rate"])
	if err != nil || bad != nil || format != "audio/l16" {
		return nil, fmt.Errorf("content-type %.64q is not audio/l16;rate=8000 or audio/l16;rate=16000", details["content-type"])
	}
	o := opening{encoding: Linear, rate: rate}
	if o.tracks, err = v.side(details["side"]); err != nil {
		return nil, err
	}
	delete(details, "event")
	delete(details, "content-type")
	delete(details, "side")
	o.take(details)
	v.begun = true
	return o, nil
}

func (v *vonage) side(name string) ([]track, error) {
	if name == "" {
		name = "mixed"
	}
	side, known := sides[name]
	if !known {
		return nil, fmt.Errorf("side %.32q is none of caller, callee, mixed", name)
	}
	v.track = track{name, side}
	return []track{v.track}, nil
}

func (v *vonage) binary(message []byte) (any, error) {
	if !v.begun {
		return nil, unexpected("audio before the first message")
	}
	return separate(message, 2, []track{v.track})
}

// flat are the members of an object that are text, numbers or truths, as text.
func flat(m map[string]any) map[string]string {
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

// take moves what an application said of the call from its details into place: connectorId, callId, from, to.
func (o *opening) take(details map[string]string) {
	o.details = map[string]string{}
	for name, value := range details {
		switch strings.ToLower(name) {
		case "connectorid":
			o.connector = value
		case "callid":
			o.call = value
		case "from":
			o.from = value
		case "to":
			o.to = value
		default:
			o.details[name] = value
		}
	}
}
