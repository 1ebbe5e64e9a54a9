package conformance

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
)

// events checks the events of the call that the tasks ran on.
func events(ctx context.Context, s *session) {
	known := func(name string) string { v, _ := s.variables[name].(string); return v }
	call, search, tone := known("transaction"), known("search"), known("tone")
	for _, c := range []struct {
		says, id, key, status string
		caller                []bool // one event for each; none: one for all
	}{
		{"AnalyticsReady is sent for the call", call, "transactionId", "AnalyticsReady", nil},
		{"STARTED is sent for each stream", call, "transactionId", "STARTED", []bool{true, false}},
		{"ENDED is sent for each stream", call, "transactionId", "ENDED", []bool{true, false}},
		{"IdentificationNoMatchesFound is sent for the search", search, "taskId", "IdentificationNoMatchesFound", nil},
		{"VoiceprintGenerationSuccess is sent for the search", search, "taskId", "VoiceprintGenerationSuccess", nil},
		{"VoiceToneAnalysisSuccessful is sent for each party during the call", tone, "taskId", "VoiceToneAnalysisSuccessful", []bool{true, false}},
		{"VoiceToneAnalysisCompleted is sent for each party at the end", tone, "taskId", "VoiceToneAnalysisCompleted", []bool{true, false}},
	} {
		s.check(ctx, c.says, func(ctx context.Context) error {
			if err := s.expectable(c.id); err != nil {
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
	s.check(ctx, "every event has the envelope and a unique id", func(context.Context) error {
		return s.each(call, envelope)
	})
	s.check(ctx, "tones have times with a fraction, a label, and scores with the sum one", func(context.Context) error {
		return s.each(call, toned)
	})
	s.check(ctx, "every event is signed JSON", func(context.Context) error {
		if err := s.expectable(call); err != nil {
			return err
		}
		_, wrong := s.hook.all()
		return wrong
	})
}

// expectable skips a check of events that cannot be received.
func (s *session) expectable(id string) error {
	switch {
	case s.hook == nil:
		return skip("no webhook was given")
	case id == "":
		return skip("the tasks of the events did not start")
	}
	return nil
}

// each checks every event received so far.
func (s *session) each(id string, rule func(event) error) error {
	if err := s.expectable(id); err != nil {
		return err
	}
	all, _ := s.hook.all()
	for _, e := range all {
		if err := rule(e); err != nil {
			return fmt.Errorf("%s: %w", e.status(), err)
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("no event was received")
	}
	return nil
}

var (
	account  = regexp.MustCompile(`^\d{12}$`)
	fraction = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$`)
	kinds    = []string{"VoiceAnalyticsStatus", "SpeakerSearchStatus", "VoiceToneAnalysisStatus", "Chime VoiceConnector Streaming Status", "Media Insights State Change"}
)

// envelope checks the members that every event has.
func envelope(e event) error {
	switch {
	case e.Version != "0" || e.Source != "aws.chime" || e.ID == "" || e.Region == "":
		return fmt.Errorf("got version %q, source %q, id %q, region %q", e.Version, e.Source, e.ID, e.Region)
	case !account.MatchString(e.Account):
		return fmt.Errorf("got account %q", e.Account)
	case !moment.MatchString(e.Time):
		return fmt.Errorf("got time %q", e.Time)
	case !slices.Contains(kinds, e.DetailType):
		return fmt.Errorf("got detail-type %q", e.DetailType)
	}
	return nil
}

// toned checks the tones in an event of a tone analysis. Other events pass.
func toned(e event) error {
	details, _ := e.Detail["voiceToneAnalysisDetails"].(map[string]any)
	for name, v := range details {
		start, _ := find(v, "startTime").(string)
		end, _ := find(v, "endTime").(string)
		if !fraction.MatchString(start) || !fraction.MatchString(end) || start > end {
			return fmt.Errorf("%s: got times %q to %q", name, start, end)
		}
		if err := scored(name, v); err != nil {
			return err
		}
	}
	return nil
}

// scored checks the scores of one tone and its label, which names the highest score.
func scored(name string, v any) error {
	label, _ := find(v, "voiceToneLabel").(string)
	sum, highest := 0.0, 0.0
	for _, of := range []string{"positive", "neutral", "negative"} {
		score, ok := find(v, "voiceToneScore."+of).(float64)
		if !ok || score < 0 || score > 1 {
			return fmt.Errorf("%s: got no score %s between 0 and 1", name, of)
		}
		sum, highest = sum+score, max(highest, score)
	}
	if of, _ := find(v, "voiceToneScore."+label).(float64); math.Abs(sum-1) > 0.01 || of != highest {
		return fmt.Errorf("%s: got label %q and a sum of scores of %v", name, label, sum)
	}
	return nil
}
