package event_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"timbre"
)

// The fields that two clients in the field read, decoded as strictly as their languages do.
func TestFieldsThatClientsRead(t *testing.T) {
	read := func(t *testing.T, name string, into any) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		must(t, err)
		must(t, json.Unmarshal(b, into))
	}
	t.Run("tone events", func(t *testing.T) { // id less its first three characters, scores as numbers, times with a fraction
		for _, name := range []string{"tone", "tone_completed"} {
			var e struct {
				ID     string
				Detail struct {
					Status   string                        `json:"detailStatus"`
					IsCaller *bool                         `json:"isCaller"`
					Tone     map[string]map[string]rawText `json:"voiceToneAnalysisDetails"`
				}
			}
			read(t, name, &e)
			if !strings.HasPrefix(e.ID, "Id-") || e.Detail.IsCaller == nil {
				t.Errorf("got %+v, want an id with Id- and isCaller", e)
			}
			for _, which := range []string{"currentAverageVoiceTone", "overallAverageVoiceTone"} {
				s := e.Detail.Tone[which]
				for _, at := range []string{"startTime", "endTime"} {
					if _, err := time.Parse("2006-01-02T15:04:05.000Z", s[at].text(t)); err != nil {
						t.Error(err)
					}
				}
				if l := s["voiceToneLabel"].text(t); l != strings.ToLower(l) || l == "" {
					t.Errorf("got label %q, want it in lower case", l)
				}
				var scores map[string]float64
				must(t, json.Unmarshal(s["voiceToneScore"], &scores))
				if sum := scores["positive"] + scores["neutral"] + scores["negative"]; len(scores) != 3 || sum < 0.999 || sum > 1.001 {
					t.Errorf("got scores %v, want three with the sum 1", scores)
				}
			}
		}
	})
	t.Run("AnalyticsReady", func(t *testing.T) {
		type flat struct {
			IsCaller      *bool  `json:"isCaller"`
			TransactionID string `json:"transactionId"`
			ConnectorID   string `json:"voiceConnectorId"`
		}
		var e struct {
			DetailType string `json:"detail-type"`
			Detail     struct {
				flat
				Status  string            `json:"detailStatus"`
				CallID  string            `json:"callId"`
				Headers map[string]string `json:"inviteHeaders"`
				Nested  flat              `json:"callDetails"`
			}
		}
		read(t, "ready", &e)
		d := e.Detail
		if d.IsCaller == nil || d.Nested.IsCaller == nil {
			t.Fatalf("got %+v, want isCaller twice", d)
		}
		for what, c := range map[string][2]any{
			"detail-type":                  {e.DetailType, "VoiceAnalyticsStatus"},
			"detailStatus":                 {d.Status, "AnalyticsReady"},
			"transactionId":                {d.TransactionID, call.TransactionID},
			"voiceConnectorId":             {d.ConnectorID, connector},
			"isCaller":                     {*d.IsCaller, false},
			"callId":                       {d.CallID, call.CallID},
			"inviteHeaders":                {d.Headers["call-id"], call.CallID},
			"callDetails.transactionId":    {d.Nested.TransactionID, call.TransactionID},
			"callDetails.voiceConnectorId": {d.Nested.ConnectorID, connector},
			"callDetails.isCaller":         {*d.Nested.IsCaller, false},
		} {
			if c[0] != c[1] {
				t.Errorf("%s: got %v, want %v", what, c[0], c[1])
			}
		}
	})
	t.Run("streaming status", func(t *testing.T) {
		var e struct {
			Detail struct {
				Status, Version, CallID, TransactionID, Direction, FromNumber, ToNumber, MediaType, StartFragmentNumber, StreamArn, SiprecMetadata string
				StartTime, EndTime                                                                                                                 time.Time
				IsCaller                                                                                                                           *bool
				SDP                                                                                                                                struct {
					MediaIndex int
					MediaLabel string
				}
			}
		}
		read(t, "streaming_ended", &e)
		d := e.Detail
		if d.IsCaller == nil {
			t.Fatal("got no isCaller, want one")
		}
		for what, c := range map[string][2]any{
			"isCaller":                {*d.IsCaller, false},
			"sdp.mediaIndex":          {d.SDP.MediaIndex, 1},
			"sdp.mediaLabel":          {d.SDP.MediaLabel, "2"},
			"siprecMetadata":          {d.SiprecMetadata, call.Metadata},
			"streamArn":               {d.StreamArn, call.Legs[1].StreamARN},
			"startFragmentNumber":     {d.StartFragmentNumber, timbre.Fragment(d.StreamArn, 0)},
			"endTime after startTime": {d.EndTime.After(d.StartTime), true},
			"fromNumber":              {d.FromNumber, call.From},
		} {
			if c[0] != c[1] {
				t.Errorf("%s: got %v, want %v", what, c[0], c[1])
			}
		}
	})
}

type rawText json.RawMessage

func (r *rawText) UnmarshalJSON(b []byte) error { *r = append((*r)[:0], b...); return nil }

func (r rawText) text(t *testing.T) (s string) {
	t.Helper()
	must(t, json.Unmarshal(r, &s))
	return s
}
