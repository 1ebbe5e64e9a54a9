package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre/cmd/timbre/terminal"
	"timbre/notify/webhook"
)

func run(t *testing.T, f *fake, change func(*Config)) (Result, string, error) {
	t.Helper()
	f.t = t
	var out strings.Builder
	cfg := Config{Start: f.start, Verify: webhook.Verify, Output: terminal.Output{Writer: &out}, Speed: 400, Slack: 20 * time.Second}
	if change != nil {
		change(&cfg)
	}
	r, err := Run(t.Context(), cfg)
	return r, out.String(), err
}

func TestRunSucceedsIfEveryResultIsRight(t *testing.T) {
	r, out, err := run(t, &fake{}, nil)
	if err != nil || !r.Right {
		t.Fatalf("got error %v and right %v, want none and true:\n%s", err, r.Right, out)
	}
	if len(r.Calls) != 6 || len(r.People) != 3 {
		t.Fatalf("got %d calls and %d people, want 6 and 3", len(r.Calls), len(r.People))
	}
	for i, want := range []string{"", "", "", "Grace", "Maria", ""} {
		c := r.Calls[i]
		if c.Identified != want || !c.Right || !c.Confirmed {
			t.Errorf("call %d: got name %q, right %v, confirmed %v, want %q, true, true", i, c.Identified, c.Right, c.Confirmed, want)
		}
		if c.CallerTone.Overall == nil {
			t.Errorf("call %d: got no overall tone", i)
		}
		if p := c.CallerTone.Points; len(p) != 1 || p[0].At != 30 {
			t.Errorf("call %d: got tone points %+v, want one at 30 s", i, p)
		}
	}
	for _, want := range []string{"1. Set up a connector", "6. Summary", "identified as: Grace, confidence 0.987", "Every result is right", "of 0:54 played"} {
		if !strings.Contains(out, want) {
			t.Errorf("got narration\n%s\nwant %q in it", out, want)
		}
	}
	if i := strings.IndexFunc(out, func(c rune) bool { return c < ' ' && c != '\n' }); i >= 0 {
		t.Errorf("got control character %q, want none without a terminal", out[i])
	}
}

func TestWrongResultIsAnError(t *testing.T) {
	r, out, err := run(t, &fake{misidentify: true}, nil)
	if err == nil || !strings.Contains(err.Error(), "1 of 6 calls have a wrong result") {
		t.Errorf("got error %v, want one wrong result of 6", err)
	}
	if r.Right || !strings.Contains(out, "WRONG") {
		t.Errorf("got right %v and narration\n%s\nwant false and WRONG", r.Right, out)
	}
}

func TestBadLinesAreNamedWithWhatTheServerSays(t *testing.T) {
	r, out, err := run(t, &fake{}, func(c *Config) { c.Lines = true })
	if err != nil || !r.Right || len(r.Calls) != 11 {
		t.Fatalf("got error %v, right %v and %d calls, want none, true and 11:\n%s", err, r.Right, len(r.Calls), out)
	}
	for i, c := range r.Calls {
		if (c.Line != "") != c.Second {
			t.Errorf("call %d: got line %q and second %v, want a bad line for the second calls alone", i, c.Line, c.Second)
		}
	}
	for _, want := range []string{"3. They and an unknown caller call on bad lines", ringBack.name, clipped.name, "Every result is right"} {
		if !strings.Contains(out, want) {
			t.Errorf("got narration\n%s\nwant %q in it", out, want)
		}
	}
}

func TestOnlyAHopelessLineMayBeRefused(t *testing.T) {
	for name, wrong := range map[string]int{"Edith": 1, "Grace": 2} { // one of the lines of Edith is hopeless, none of Grace
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(badCalls[0], func(s script) bool { return s.name == name })
			r, out, err := run(t, &fake{refuse: badCalls[0][i].number}, func(c *Config) { c.Lines = true })
			if want := fmt.Sprintf("%d of 11 calls have a wrong result", wrong); err == nil || !strings.Contains(err.Error(), want) || r.Right {
				t.Errorf("got error %v and right %v, want %q and false", err, r.Right, want)
			}
			if !strings.Contains(out, "not identified: the reason") {
				t.Errorf("got narration\n%s\nwant the reason in it", out)
			}
		})
	}
}

func TestGetThatDisagreesIsAnError(t *testing.T) {
	r, out, err := run(t, &fake{contradict: true}, nil)
	if err == nil || r.Right || !strings.Contains(out, "DISAGREES with the webhook") {
		t.Errorf("got error %v, right %v and narration\n%s\nwant an error, false and DISAGREES", err, r.Right, out)
	}
}

func TestMissingEventIsNamed(t *testing.T) {
	for _, missing := range []string{"AnalyticsReady", "VoiceprintGenerationSuccess", "VoiceToneAnalysisCompleted"} {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			_, _, err := run(t, &fake{missing: map[string]bool{missing: true}}, func(c *Config) { c.Slack = 2 * time.Second })
			if err == nil || !strings.Contains(err.Error(), "no "+missing) || !strings.Contains(err.Error(), "'s call (transaction first-+") {
				t.Errorf("got error %v, want the missing event and the call named", err)
			}
		})
	}
}

func TestJSONIsOneDocument(t *testing.T) {
	r, out, err := run(t, &fake{}, func(c *Config) { c.JSON = true })
	var read Result
	if e := json.Unmarshal([]byte(out), &read); err != nil || e != nil || len(read.Calls) != 6 || read.Calls[3].Confidence != r.Calls[3].Confidence {
		t.Errorf("got errors %v and %v, and document\n%s\nwant the result", err, e, out)
	}
}

func TestCallersGoOnCallingUntilTheEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	f := &fake{t: t}
	var out lines
	out.on("They go on calling", func() { out.on("consents", stop) })
	r, err := Run(ctx, Config{Start: f.start, Verify: webhook.Verify, Output: terminal.Output{Writer: &out}, Speed: 400, Slack: 20 * time.Second, Stay: true})
	if err != nil || !r.Right || len(r.Calls) != 6 {
		t.Errorf("got error %v, right %v and %d calls, want none, true and the 6 of the story", err, r.Right, len(r.Calls))
	}
	for _, want := range []string{"Watch the calls in a browser: http://console/", "access key AKID and the secret secret"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got narration\n%s\nwant %q in it", out.String(), want)
		}
	}
}

// lines is a narration that reacts to what it says.
type lines struct {
	strings.Builder
	awaited string
	then    func()
}

// on calls a function once a text has been printed.
func (l *lines) on(text string, then func()) { l.awaited, l.then = text, then }

func (l *lines) Write(p []byte) (int, error) {
	if then := l.then; then != nil && bytes.Contains(p, []byte(l.awaited)) {
		l.then = nil
		then()
	}
	return l.Builder.Write(p)
}
