package pipeline

import (
	"context"
	"errors"
	"slices"

	"timbre"
)

// analytics is the element that Timbre implements.
const analytics = "VoiceAnalyticsProcessor"

// statusElements are the elements that have a status.
var statusElements = []string{
	"AmazonTranscribeProcessor", "AmazonTranscribeCallAnalyticsProcessor", "S3RecordingSink", analytics, "VoiceEnhancementSink",
}

// Create creates a pipeline on one or two streams of a live call. It reads ConfigurationARN, Encoding, SampleRate, Streams,
// Metadata, Tags and Token of p. NotFound: the configuration does not exist, or no live call has such a stream. Invalid: the
// streams belong to different calls, have another sample rate, or have not reached the fragment. A token that was used before
// returns the pipeline that was created with it, as it is now, if all parameters are equal, else Conflict.
func (e *Engine) Create(ctx context.Context, p timbre.Pipeline) (timbre.Pipeline, error) {
	p.Fingerprint = fingerprint(p)
	if first, used, err := e.byToken(ctx, p); used || err != nil {
		return first, err
	}
	c, err := e.deps.Store.Configuration(ctx, p.ConfigurationARN)
	if err != nil {
		return timbre.Pipeline{}, err
	}
	if p.TransactionID, err = e.findCall(p.Streams); err != nil {
		return timbre.Pipeline{}, err
	}
	if p.SampleRate != timbre.SampleRate {
		return timbre.Pipeline{}, timbre.Errorf(timbre.Invalid, "pipeline.Create", "the streams have %d samples a second, not %d", timbre.SampleRate, p.SampleRate)
	}
	p, err = e.create(ctx, p, c, nil)
	if timbre.KindOf(err) == timbre.Conflict { // a concurrent Create with the same token may have been faster
		if first, used, again := e.byToken(ctx, p); used || again != nil {
			return first, again
		}
	}
	return p, err
}

// create saves a new pipeline, with the events that announce it if it is announced, and makes it live.
func (e *Engine) create(ctx context.Context, p timbre.Pipeline, c timbre.Configuration, announced func(timbre.Pipeline) []timbre.Event) (timbre.Pipeline, error) {
	now := e.env.Now()
	p.ID = e.env.NewID()
	p.ARN = "arn:aws:chime:" + e.env.Region + ":" + e.env.Account + ":media-pipeline/" + p.ID
	p.ConfigurationARN, p.Created, p.Updated = c.ARN, now, now
	for _, element := range c.Elements {
		if slices.Contains(statusElements, element.Type) {
			p.Elements = append(p.Elements, timbre.ElementStatus{Type: element.Type, Status: initialStatus(element), Updated: now})
		}
	}
	var events []timbre.Event
	if announced != nil {
		events = announced(p)
	}
	notices, err := e.deps.Announcer.Notices(ctx, events...)
	if err != nil {
		return p, err
	}
	l := newLive(e, p)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !e.add(l) {
		return p, timbre.Errorf(timbre.Unavailable, "pipeline.Create", "the server is shutting down")
	}
	if err := e.interrupted.MakeRoom(ctx, timbre.Limit, func() error { return e.deps.Store.CreatePipeline(ctx, p, notices) }); err != nil {
		l.over = true
		e.remove(l)
		return p, err
	}
	return p, nil
}

func initialStatus(e timbre.Element) timbre.PipelineStatus {
	if e.Type == analytics {
		return timbre.PipelineNotStarted
	}
	return timbre.PipelineNotSupported
}

// reportCreateFailed reports that a call has no pipeline.
func (e *Engine) reportCreateFailed(ctx context.Context, p timbre.Pipeline, cause error) {
	e.env.Log.Error("creating the pipeline of a call failed", "transaction", p.TransactionID, "configuration", p.ConfigurationARN, "error", cause)
	failed := e.event(p, timbre.InsightsCreateFailed, "the pipeline could not be created on this server")
	failed.Kind = timbre.KindOf(cause)
	switch known := (*timbre.Error)(nil); {
	case failed.Kind == timbre.NotFound:
		failed.StatusMessage = "the call analytics configuration does not exist"
	case failed.Kind != timbre.Internal && errors.As(cause, &known):
		failed.StatusMessage = known.Msg
	}
	notices, err := e.deps.Announcer.Notices(ctx, failed)
	if err == nil {
		err = e.deps.Store.Post(ctx, notices)
	}
	if err != nil {
		e.env.Log.Error("posting the event of a failed pipeline failed", "transaction", p.TransactionID, "error", err)
	}
}
