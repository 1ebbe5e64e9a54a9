package trial

import (
	"context"
	"errors"
	"slices"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// judge compares what the server has promised with what it says now and with what the targets have.
func (t *trial) judge(ctx context.Context) error {
	for _, d := range t.ledger.missing() {
		t.fault("lost: %s never received %s, which was in the outbox", d.target, d.id)
	}
	for _, call := range t.book.calls {
		t.judgeCall(call)
	}
	for _, id := range t.book.searches {
		if err := t.judgeSearch(ctx, id); err != nil {
			return err
		}
	}
	for _, id := range t.book.tones {
		if err := t.judgeTone(ctx, id); err != nil {
			return err
		}
	}
	for id, kept := range t.book.profiles {
		if err := t.judgeProfile(ctx, id, kept); err != nil {
			return err
		}
	}
	t.compare()
	t.report.Faults = append(t.report.Faults, t.ledger.faults...)
	t.report.Faults = append(t.report.Faults, t.book.faults...)
	t.report.Calls, t.report.Tasks = len(t.book.calls), len(t.book.searches)+len(t.book.tones)
	t.report.Shed = t.book.shed
	t.report.Profiles, t.report.Events = len(t.book.profiles), len(t.ledger.bodies)
	for _, times := range t.ledger.seen {
		t.report.Deliveries += times
	}
	return nil
}

// exactly notes a fault unless a lane has as many events with one of the statuses.
func (t *trial) exactly(want int, what, lane string, statuses ...string) {
	if got := t.ledger.of(lane, statuses...); len(got) != want {
		t.fault("%s %s has %d events %v, want %d; all: %v", what, lane, len(got), statuses, want, t.statuses(lane))
	}
}

func (t *trial) statuses(lane string) (all []string) {
	for _, e := range t.ledger.of(lane) {
		all = append(all, e.status())
	}
	return all
}

// judgeCall checks that both streams of a call have begun and ended, and that it has been summed up if it was analysed.
func (t *trial) judgeCall(id string) {
	t.exactly(2, "call", id, timbre.StreamingStarted)
	t.exactly(2, "call", id, timbre.StreamingEnded, timbre.StreamingFailed)
	t.exactly(2, "call", id, timbre.AnalyticsReady)
	summaries := 0
	if t.book.analysed[id] {
		summaries = 1
	}
	if got := t.ledger.of(id, timbre.PostCallVoiceAnalytics); len(got) != summaries && len(got) != 1 { // a task may have been started and its answer lost
		t.fault("call %s has %d summaries, want %d", id, len(got), summaries)
	}
}

func (t *trial) judgeSearch(ctx context.Context, id string) error {
	g, err := t.place.API.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &t.place.Connector, SpeakerSearchTaskId: &id})
	if err != nil {
		return t.gone("search", id, err)
	}
	status := timbre.TaskStatus(*g.SpeakerSearchTask.SpeakerSearchTaskStatus)
	t.exactly(1, "search", id, timbre.IdentificationSuccessful, timbre.IdentificationNoMatches, timbre.IdentificationFailure)
	made, failed, unidentified := 0, 0, 0
	switch status {
	case timbre.Succeeded:
		made = 1
	case timbre.PartialSuccess:
		failed = 1
	case timbre.Failed:
		unidentified = 1
	default:
		t.fault("search %s is still %s", id, status)
	}
	t.exactly(made, "search", id, timbre.VoiceprintGenerationSuccess)
	t.exactly(failed, "search", id, timbre.VoiceprintGenerationFailure)
	t.exactly(unidentified, "search", id, timbre.IdentificationFailure)
	return nil
}

func (t *trial) judgeTone(ctx context.Context, id string) error {
	caller := true
	g, err := t.place.API.GetVoiceToneAnalysisTask(ctx, &voice.GetVoiceToneAnalysisTaskInput{VoiceConnectorId: &t.place.Connector, VoiceToneAnalysisTaskId: &id, IsCaller: &caller})
	if err != nil {
		return t.gone("tone analysis", id, err)
	}
	status := timbre.TaskStatus(*g.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus)
	if all := t.statuses(id); !endsAs(status, all) {
		t.fault("tone analysis %s is %s, and has events %v, want its end for both sides", id, status, all)
	}
	return nil
}

// endsAs says whether a tone analysis with a status has such events: the last two are the ends of both sides, of which one may have failed
// if the analysis succeeded. Before them, windows may have failed.
func endsAs(status timbre.TaskStatus, all []string) bool {
	n := len(all) - 2
	if n < 0 || slices.Contains(all[:n], timbre.ToneCompleted) || slices.Contains(all[n:], timbre.ToneSuccessful) {
		return false
	}
	completed := slices.Contains(all[n:], timbre.ToneCompleted)
	return status == timbre.Succeeded && completed || status == timbre.Failed && !completed
}

func (t *trial) judgeProfile(ctx context.Context, id string, kept bool) error {
	_, err := t.place.API.GetVoiceProfile(ctx, &voice.GetVoiceProfileInput{VoiceProfileId: &id})
	var missing *vtypes.NotFoundException
	switch {
	case err != nil && !errors.As(err, &missing):
		return err
	case err != nil && kept && !t.book.doubtful[id]:
		t.fault("lost: profile %s", id)
	case err == nil && !kept:
		t.fault("profile %s is back after its deletion", id)
	}
	return nil
}

// gone is a fault if something was not found; another error is returned.
func (t *trial) gone(what, id string, err error) error {
	var missing *vtypes.NotFoundException
	if !errors.As(err, &missing) {
		return err
	}
	t.fault("lost: %s %s", what, id)
	return nil
}

// compare checks that all targets have the same events. Those of streams do not go to the file, and those of pipelines to one target alone.
func (t *trial) compare() {
	steady, flapping, lines := t.ledger.at("steady"), t.ledger.at("flapping"), t.ledger.at("lines")
	for id := range t.ledger.bodies {
		e := t.ledger.events[id]
		if e.status() == "" { // of a pipeline
			continue
		}
		if !steady[id] || !flapping[id] || !lines[id] && e.Detail.Streaming == "" {
			t.fault("%s %s is at steady: %v, flapping: %v, lines: %v", e.status(), id, steady[id], flapping[id], lines[id])
		}
	}
}
