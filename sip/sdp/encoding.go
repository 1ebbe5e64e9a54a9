package sdp

import (
	"fmt"
	"strconv"
	"strings"

	"timbre"
)

// Encoding is the value of an rtpmap: an encoding name in capitals, a clock rate in Hz and a number of channels, zero if it is
// left out.
type Encoding struct {
	Name     string
	Rate     int
	Channels int
}

// static are the encodings of the static payload types (RFC 3551), by format.
func static() map[string]Encoding {
	all := map[string]Encoding{}
	for pt, c := range timbre.StaticPayloads() {
		all[strconv.Itoa(int(pt))] = Encoding{Name: c.String(), Rate: c.ClockRate()}
	}
	return all
}

// parseEncoding reads an rtpmap after its format.
func parseEncoding(s string) (e Encoding, ok bool) {
	parts := strings.Split(strings.TrimSpace(s), "/")
	if len(parts) < 2 {
		return e, false
	}
	e.Name = strings.ToUpper(parts[0])
	var err, err2 error
	e.Rate, err = strconv.Atoi(parts[1])
	if len(parts) > 2 {
		e.Channels, err2 = strconv.Atoi(parts[2])
	}
	return e, err == nil && err2 == nil && e.Channels >= 0
}

// codec is the one that decodes the encoding. False: there is none.
func (e Encoding) codec() (timbre.Codec, bool) { return timbre.ParseCodec(e.Name, e.Rate, e.Channels) }

// String is the encoding as an rtpmap has it, in its registered spelling.
func (e Encoding) String() string {
	name := e.Name
	if c, ok := e.codec(); ok {
		name = c.Name()
	}
	if e.Channels == 0 {
		return fmt.Sprintf("%s/%d", name, e.Rate)
	}
	return fmt.Sprintf("%s/%d/%d", name, e.Rate, e.Channels)
}
