package feed

import (
	"fmt"
	"strings"

	"timbre"
)

// trackSides maps the tracks inbound and outbound to parties. Inbound is the audio of the party whose call was
// connected to the stream: the caller, unless the platform made that call.
type trackSides struct{ inboundIsCallee bool }

// guessedCaller is the warning about a stream that does not say which track is the caller's.
const guessedCaller = "no parameter caller: the track inbound is taken for the caller's"

// readParameters finds which track is the caller's among the custom parameters of a stream, and applies the others to the
// start message.
func (s *trackSides) readParameters(m *startMessage, parameters map[string]string) error {
	rest := map[string]string{}
	m.warnings = []string{guessedCaller}
	for name, value := range parameters {
		if !strings.EqualFold(name, "caller") {
			rest[name] = value
			continue
		}
		if value != "inbound" && value != "outbound" {
			return fmt.Errorf("the parameter caller is %.32q: it must be inbound or outbound", value)
		}
		s.inboundIsCallee, m.warnings = value == "outbound", nil
	}
	m.setParameters(rest)
	return nil
}

// track returns that of a name; some platforms leave inbound out.
func (s trackSides) track(name string) (track, error) {
	inbound, outbound := timbre.Caller, timbre.Callee
	if s.inboundIsCallee {
		inbound, outbound = outbound, inbound
	}
	switch name {
	case "inbound", "":
		return track{"inbound", inbound}, nil
	case "outbound":
		return track{"outbound", outbound}, nil
	}
	return track{}, fmt.Errorf("the track %.32q is neither inbound nor outbound", name)
}

// tracks are those of names.
func (s trackSides) tracks(names []string) (all []track, _ error) {
	for _, name := range names {
		t, err := s.track(name)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}
