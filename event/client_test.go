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
				t.Errorf("%+v", e)
			}
			for _, which := range []string{"currentAverageVoiceTone", "overallAverageVoiceTone"} {
				s := e.Detail.Tone[which]
				for _, at := range []string{"startTime", "endTime"} {
					if _, err := time.Parse("2006-01-02T15:04:05.000Z", s[at].text(t)); err != nil {
						t.Error(err)
					}
				}
				if l := s["voiceToneLabel"].text(t); l != strings.ToLower(l) || l == "" {
					t.Errorf("label %q", l)
				}
				var scores map[string]float64
				must(t, json.Unmarshal(s["voiceToneScore"], &scores))
				if sum := scores["positive"] + scores["neutral"] + scores["negative"]; len(scores) != 3 || sum < 0.999 || sum > 1.001 {
					t.Errorf("scores %v", scores)
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
		if e.DetailType != "VoiceAnalyticsStatus" || d.Status != "AnalyticsReady" || d.TransactionID != call.TransactionID || d.ConnectorID != connector ||
			d.IsCaller == nil || *d.IsCaller || d.CallID != call.CallID || d.Headers["call-id"] != call.CallID ||
			d.Nested.TransactionID != d.TransactionID || d.Nested.ConnectorID != connector || d.Nested.IsCaller == nil || *d.Nested.IsCaller {
			t.Errorf("%+v", e)
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
		if d.IsCaller == nil || *d.IsCaller || d.SDP.MediaIndex != 1 || d.SDP.MediaLabel != "2" || d.SiprecMetadata != call.Metadata ||
			d.StreamArn != call.Legs[1].StreamARN || d.StartFragmentNumber != timbre.Fragment(d.StreamArn, 0) || !d.EndTime.After(d.StartTime) || d.FromNumber != call.From {
			t.Errorf("%+v", d)
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
