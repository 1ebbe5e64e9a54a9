package timbre_test

import (
	"encoding/json"
	"testing"

	"timbre"
)

func TestConfigurationAnalysesWhatItsProcessorDoesNotDisable(t *testing.T) {
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
			t.Errorf("%s: got search %v and tone %v, want %v and %v", c.elements, s, v, c.search, c.tone)
		}
	}
}

func processor(own string) []timbre.Element {
	return []timbre.Element{{
		Type:     "VoiceAnalyticsProcessor",
		Document: json.RawMessage(`{"Type": "VoiceAnalyticsProcessor", "VoiceAnalyticsProcessorConfiguration": ` + own + `}`),
	}}
}
