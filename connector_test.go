package timbre_test

import (
	"encoding/json"
	"net/netip"
	"testing"

	"timbre"
)

func TestAConfigurationAnalysesWhatItsProcessorDoesNotDisable(t *testing.T) {
	for _, c := range []struct {
		elements     []timbre.Element
		search, tone bool
	}{
		{nil, false, false},
		{[]timbre.Element{{Type: "SqsQueueSink"}}, false, false},
		{[]timbre.Element{{Type: "VoiceAnalyticsProcessor"}}, true, true},
		{processor(`{"SpeakerSearchStatus": "Enabled", "VoiceToneAnalysisStatus": "Disabled"}`), true, false},
		{processor(`{"SpeakerSearchStatus": "Disabled"}`), false, true},
		{processor(`{"SpeakerSearchStatus": "Disabled", "VoiceToneAnalysisStatus": "Disabled"}`), false, false},
	} {
		given := timbre.Configuration{Elements: c.elements}
		if s, v := given.Analyses(timbre.SpeakerSearch), given.Analyses(timbre.VoiceTone); s != c.search || v != c.tone {
			t.Errorf("%s: search %v, tone %v", c.elements, s, v)
		}
	}
}

func TestATerminationAllowsItsNetworksAndAddresses(t *testing.T) {
	term := timbre.Termination{CIDRs: []string{"192.0.2.0/28", " 198.51.100.7 ", "::ffff:203.0.113.9", "2001:db8::/64", "not a network"}}
	for source, want := range map[string]bool{
		"192.0.2.15": true, "192.0.2.16": false, "198.51.100.7": true, "198.51.100.8": false, "203.0.113.9": true, "2001:db8::5": true, "2001:db8:1::5": false,
	} {
		if got := term.Allows(netip.MustParseAddr(source)); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}

func processor(own string) []timbre.Element {
	return []timbre.Element{{
		Type:     "VoiceAnalyticsProcessor",
		Document: json.RawMessage(`{"Type": "VoiceAnalyticsProcessor", "VoiceAnalyticsProcessorConfiguration": ` + own + `}`),
	}}
}
