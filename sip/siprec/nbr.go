package siprec

import (
	"regexp"
	"strconv"
	"strings"
)

// RecordOnly is the header, or the parameter of the Request-URI, by which a client without metadata says that the call
// is to be listened to and not to be put through.
const RecordOnly = "X-Voice-Connector-Record-Only"

// RecordingParticipant is the header, once a party, of Cisco's network-based recording.
const RecordingParticipant = "X-Cisco-Recording-Participant"

var mediaIndex = regexp.MustCompile(`(?i);\s*media-index\s*=\s*"?(\d{1,2})"?`)

// Parties are the addresses that headers give to m-lines, by their index, in calls without metadata: those of
// RecordingParticipant (`sip:7300@192.0.2.1;media-index="0"`), or the x-nearendaddr or x-farendaddr that a CUCM puts into
// its From, where one call carries one end.
func Parties(from string, participants []string) map[int]string {
	found := map[int]string{}
	for _, header := range participants {
		for at := 0; ; {
			m := mediaIndex.FindStringSubmatchIndex(header[at:])
			if m == nil {
				break
			}
			address := strings.Trim(header[at:at+m[0]], " \t,<>")
			if i, err := strconv.Atoi(header[at+m[2] : at+m[3]]); err == nil && address != "" {
				found[i] = address
			}
			at += m[1]
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, end := range []string{"x-nearend", "x-farend"} {
		if _, ok := parameter(from, end); ok {
			if address, ok := parameter(from, end+"addr"); ok && address != "" {
				found[0] = address
			}
			break
		}
	}
	return found
}

// parameter is the value of a parameter of an address or of its URI; empty when it has none.
func parameter(address, name string) (string, bool) {
	for _, p := range strings.FieldsFunc(address, func(r rune) bool { return r == ';' || r == '>' || r == '<' }) {
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(key, name) {
			return strings.Trim(value, `"`), true
		}
	}
	return "", false
}
