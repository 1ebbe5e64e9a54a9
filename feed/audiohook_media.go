package feed

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"timbre"
)

// hookOpen are the parameters of the message that opens a session.
type hookOpen struct {
	OrganizationID, ConversationID string
	Participant                    struct{ ID, ANI, DNIS string } // the external one
	Media                          []hookMedia
	Language                       string
	SupportedLanguages             bool // the client wants to know which there are
	CustomConfig                   map[string]any
}

// hookMedia is one of the media that the client offers.
type hookMedia struct {
	Type     string   `json:"type"`
	Format   string   `json:"format"`
	Channels []string `json:"channels"`
	Rate     int      `json:"rate"`
}

// codec is that of the format; none if it has no samples.
func (m hookMedia) codec() timbre.Codec {
	codec, known := timbre.ParseEncoding(m.Format, m.Rate)
	if !known || codec.SampleBytes() == 0 {
		return 0
	}
	return codec
}

// usable reports whether the media can be analysed.
func (m hookMedia) usable() bool {
	known := !slices.ContainsFunc(m.Channels, func(c string) bool { return c != "external" && c != "internal" })
	n := len(m.Channels)
	return m.Type == "audio" && m.codec() != 0 && m.Rate == timbre.SampleRate && known && (n == 1 || n == 2 && m.Channels[0] != m.Channels[1])
}

// guessedExternal is the warning about a session that does not say who called.
const guessedExternal = "no parameter caller: the channel external is taken for the caller's"

// choose selects the first media of the offer that has both parties, or else the first that can be analysed. caller is the channel of who
// called; empty: external is assumed.
func (h *audioHook) choose(offer []hookMedia, caller string) (start startMessage, _ error) {
	at := slices.IndexFunc(offer, func(m hookMedia) bool { return m.usable() && len(m.Channels) == 2 })
	if at < 0 {
		at = slices.IndexFunc(offer, hookMedia.usable)
	}
	if at < 0 {
		return start, badFormat{errors.New("none of the media that are offered has the channels external, internal or both, as samples at 8000 Hz")}
	}
	switch caller {
	case "":
		caller, start.warnings = "external", []string{guessedExternal}
	case "external", "internal":
	default:
		return start, fmt.Errorf("the parameter caller is %.32q: it must be external or internal", caller)
	}
	h.media = offer[at]
	for _, channel := range h.media.Channels {
		side := timbre.Callee
		if channel == caller {
			side = timbre.Caller
		}
		h.tracks = append(h.tracks, track{channel, side})
	}
	start.codec, start.tracks = h.media.codec(), h.tracks
	return start, nil
}

// maxPosition is half a year: no session lasts longer.
const maxPosition = 180 * 24 * time.Hour

// hookDuration is a duration such as PT1.5S, at most maxPosition.
type hookDuration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *hookDuration) UnmarshalText(text []byte) error {
	s, begins := strings.CutPrefix(string(text), "PT")
	s, ends := strings.CutSuffix(s, "S")
	seconds, err := strconv.ParseFloat(s, 64)
	if !begins || !ends || err != nil || strings.Trim(s, "0123456789.") != "" {
		return fmt.Errorf("%.40q is not a duration such as PT1.5S", text)
	}
	*d = hookDuration(min(seconds, maxPosition.Seconds()) * float64(time.Second))
	return nil
}
