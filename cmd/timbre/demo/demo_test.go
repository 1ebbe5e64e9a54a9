package demo

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"timbre/cmd/timbre/screen"
	"timbre/notify/webhook"
)

func run(t *testing.T, f *fake, change func(*Config)) (Result, string, error) {
	t.Helper()
	f.t = t
	var out strings.Builder
	cfg := Config{Start: f.start, Verify: webhook.Verify, Screen: screen.Screen{Writer: &out}, Speed: 400, Slack: 20 * time.Second}
	if change != nil {
		change(&cfg)
	}
	r, err := Run(t.Context(), cfg)
	return r, out.String(), err
}

func TestRunSucceedsIfEveryResultIsRight(t *testing.T) {
	r, out, err := run(t, &fake{}, nil)
	if err != nil || !r.Right || len(r.Calls) != 6 || len(r.People) != 3 {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, want := range []string{"", "", "", "Grace", "Maria", ""} {
		c := r.Calls[i]
		if c.Identified != want || !c.Right || !c.Confirmed || c.CallerTone.Overall == nil || len(c.CallerTone.Points) != 1 || c.CallerTone.Points[0].At != 30 {
			t.Errorf("call %d: %+v", i, c)
		}
	}
	for _, want := range []string{"1. Set up a connector", "6. Summary", "identified as: Grace, confidence 0.987", "Every result is right", "of 0:54 played"} {
		if !strings.Contains(out, want) {
			t.Errorf("the narration lacks %q:\n%s", want, out)
		}
	}
	if i := strings.IndexFunc(out, func(c rune) bool { return c < ' ' && c != '\n' }); i >= 0 {
		t.Errorf("control character %q in what is no terminal", out[i])
	}
}

func TestWrongResultIsAnError(t *testing.T) {
	r, out, err := run(t, &fake{confuse: true}, nil)
	if err == nil || !strings.Contains(err.Error(), "1 of 6 calls have a wrong result") || r.Right || !strings.Contains(out, "WRONG") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestGetThatDisagreesIsAnError(t *testing.T) {
	r, out, err := run(t, &fake{lie: true}, nil)
	if err == nil || r.Right || !strings.Contains(out, "DISAGREES with the webhook") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMissingEventIsNamed(t *testing.T) {
	for _, forgotten := range []string{"AnalyticsReady", "VoiceprintGenerationSuccess", "VoiceToneAnalysisCompleted"} {
		t.Run(forgotten, func(t *testing.T) {
			t.Parallel()
			_, _, err := run(t, &fake{forget: map[string]bool{forgotten: true}}, func(c *Config) { c.Slack = 2 * time.Second })
			if err == nil || !strings.Contains(err.Error(), "no "+forgotten) || !strings.Contains(err.Error(), "'s call (transaction first-+") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestJSONIsOneDocument(t *testing.T) {
	r, out, err := run(t, &fake{}, func(c *Config) { c.JSON = true })
	var read Result
	if e := json.Unmarshal([]byte(out), &read); err != nil || e != nil || len(read.Calls) != 6 || read.Calls[3].Confidence != r.Calls[3].Confidence {
		t.Errorf("%v %v\n%s", err, e, out)
	}
}
