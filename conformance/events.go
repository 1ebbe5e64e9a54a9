package conformance

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
)

// events are what the server tells of the call that the tasks ran on.
func events(ctx context.Context, s *session) {
	known := func(name string) string { v, _ := s.known[name].(string); return v }
	call, search, tone := known("transaction"), known("search"), known("tone")
	for _, c := range []struct {
		says, id, key, status string
		caller                []bool // one event for each; none: one for all
	}{
		{"the call can be analysed", call, "transactionId", "AnalyticsReady", nil},
		{"each stream is told when it starts", call, "transactionId", "STARTED", []bool{true, false}},
		{"each stream is told when it ends", call, "transactionId", "ENDED", []bool{true, false}},
		{"the search tells that it knows nobody", search, "taskId", "IdentificationNoMatchesFound", nil},
		{"the search tells of its voiceprint", search, "taskId", "VoiceprintGenerationSuccess", nil},
		{"tones are told while the call goes on", tone, "taskId", "VoiceToneAnalysisSuccessful", []bool{true, false}},
		{"each party's tone is told at the end", tone, "taskId", "VoiceToneAnalysisCompleted", []bool{true, false}},
	} {
		s.check(ctx, c.says, func(ctx context.Context) error {
			if err := s.heard(c.id); err != nil {
				return err
			}
			if len(c.caller) == 0 {
				_, err := s.hook.wait(ctx, c.status, func(e event) bool { return e.status() == c.status && e.text(c.key) == c.id })
				return err
			}
			for _, caller := range c.caller {
				what := fmt.Sprintf("%s, caller %v", c.status, caller)
				if _, err := s.hook.wait(ctx, what, func(e event) bool {
					return e.status() == c.status && e.text(c.key) == c.id && e.Detail["isCaller"] == caller
				}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	s.check(ctx, "every event has its envelope, and an id of its own", func(context.Context) error {
		return s.each(call, envelope)
	})
	s.check(ctx, "tones have times with a fraction, a label, and scores that add up to one", func(context.Context) error {
		return s.each(call, toned)
	})
	s.check(ctx, "every event is signed, and JSON", func(context.Context) error {
		if err := s.heard(call); err != nil {
			return err
		}
		_, wrong := s.hook.all()
		return wrong
	})
}

// heard says whether events about something could come at all.
func (s *session) heard(id string) error {
	switch {
	case s.hook == nil:
		return skip("no webhook is given")
	case id == "":
		return skip("the tasks that they tell of did not start")
	}
	return nil
}

// each holds every event so far against a rule.
func (s *session) each(id string, rule func(event) error) error {
	if err := s.heard(id); err != nil {
		return err
	}
	all, _ := s.hook.all()
	for _, e := range all {
		if err := rule(e); err != nil {
			return fmt.Errorf("%s: %w", e.status(), err)
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("there were none")
	}
	return nil
}

var (
	account  = regexp.MustCompile(`^\d{12}$`)
	fraction = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$`)
	kinds    = []string{"VoiceAnalyticsStatus", "SpeakerSearchStatus", "VoiceToneAnalysisStatus", "Chime VoiceConnector Streaming Status", "Media Insights State Change"}
)

func envelope(e event) error {
	switch {
	case e.Version != "0" || e.Source != "aws.chime" || e.ID == "" || e.Region == "":
		return fmt.Errorf("version %q, source %q, id %q, region %q", e.Version, e.Source, e.ID, e.Region)
	case !account.MatchString(e.Account):
		return fmt.Errorf("the account is %q", e.Account)
	case !moment.MatchString(e.Time):
		return fmt.Errorf("the time is %q", e.Time)
	case !slices.Contains(kinds, e.DetailType):
		return fmt.Errorf("the detail-type is %q", e.DetailType)
	}
	return nil
}

// toned checks what an event of a tone analysis says of the tone; others pass.
func toned(e event) error {
	details, _ := e.Detail["voiceToneAnalysisDetails"].(map[string]any)
	for name, v := range details {
		start, _ := find(v, "startTime").(string)
		end, _ := find(v, "endTime").(string)
		if !fraction.MatchString(start) || !fraction.MatchString(end) || start > end {
			return fmt.Errorf("%s is from %q to %q", name, start, end)
		}
		label, _ := find(v, "voiceToneLabel").(string)
		sum, best := 0.0, 0.0
		for _, of := range []string{"positive", "neutral", "negative"} {
			score, ok := find(v, "voiceToneScore."+of).(float64)
			if !ok || score < 0 || score > 1 {
				return fmt.Errorf("%s has no score %s between 0 and 1", name, of)
			}
			sum, best = sum+score, max(best, score)
		}
		if of, _ := find(v, "voiceToneScore."+label).(float64); math.Abs(sum-1) > 0.01 || of != best {
			return fmt.Errorf("%s is labelled %q, and its scores add up to %v", name, label, sum)
		}
	}
	return nil
}
