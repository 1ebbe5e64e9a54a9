package offer

import (
	"fmt"
	"strconv"
	"strings"
)

// Encoding is an SDP encoding name in capitals, its clock rate in Hz, and how many channels it has; zero: it does not say.
type Encoding struct {
	Name     string
	Rate     int
	Channels int
}

// static are the encodings of payload types that need no rtpmap (RFC 3551).
var static = map[string]Encoding{
	"0": {"PCMU", 8000, 0}, "8": {"PCMA", 8000, 0}, "9": {"G722", 8000, 0}, "13": {"CN", 8000, 0},
}

// parseEncoding reads what an rtpmap says after its format.
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

// String is the encoding as an rtpmap names it.
func (e Encoding) String() string {
	name := e.Name
	if name == "OPUS" || e.events() {
		name = strings.ToLower(name) // as they are registered: some compare the letters
	}
	if e.Channels == 0 {
		return fmt.Sprintf("%s/%d", name, e.Rate)
	}
	return fmt.Sprintf("%s/%d/%d", name, e.Rate, e.Channels)
}

// voice says whether it is audio that we can hear.
func (e Encoding) voice() bool {
	switch e.Name {
	case "PCMU", "PCMA", "G722": // the clock of G.722 is 8 kHz by RFC 3551, though its audio is not
		return e.Rate == 8000 && e.Channels <= 1
	case "OPUS": // always opus/48000/2 by RFC 7587, whatever is sent
		return e.Rate == 48000
	}
	return false
}

// events says whether it is keys that are pressed (RFC 4733).
func (e Encoding) events() bool { return e.Name == "TELEPHONE-EVENT" }

// silent says whether it is that nothing is to be heard (RFC 3389).
func (e Encoding) silent() bool { return e.Name == "CN" }

// parameters are those of an encoding that we take; empty: none.
func (e Encoding) parameters() string {
	switch {
	case e.Name == "OPUS":
		return "useinbandfec=1" // what a packet tells of the one before it is heard when that is lost
	case e.events():
		return "0-15"
	}
	return ""
}
