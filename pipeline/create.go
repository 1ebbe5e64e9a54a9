package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"timbre"
)

// analytics is the element that Timbre carries out.
const analytics = "VoiceAnalyticsProcessor"

// stated are the elements that have a status.
var stated = []string{
	"AmazonTranscribeProcessor", "AmazonTranscribeCallAnalyticsProcessor", "S3RecordingSink", analytics, "VoiceEnhancementSink",
}

// Create makes a pipeline on one or two streams of a live call. Of p, ConfigurationARN, Encoding, SampleRate, Streams,
// Metadata, Tags and Token are read. NotFound: there is no such configuration, or no live call has such a stream. Invalid:
// the streams belong to different calls, have another sample rate, or no such fragment yet. A token that has been used gives the pipeline that
// was made with it, as it is now, if all parameters are the same, else Conflict.
func (e *Engine) Create(ctx context.Context, p timbre.Pipeline) (timbre.Pipeline, error) {
	p.Fingerprint = fingerprint(p)
	if first, used, err := e.madeWith(ctx, p); used || err != nil {
		return first, err
	}
	c, err := e.Store.Configuration(ctx, p.ConfigurationARN)
	if err != nil {
		return timbre.Pipeline{}, err
	}
	if p.TransactionID, err = e.callOf(p.Streams); err != nil {
		return timbre.Pipeline{}, err
	}
	if p.SampleRate != timbre.SampleRate {
		return timbre.Pipeline{}, timbre.Errorf(timbre.Invalid, "pipeline.Create", "the streams have %d samples a second, not %d", timbre.SampleRate, p.SampleRate)
	}
	p, err = e.create(ctx, p, c, nil)
	if timbre.KindOf(err) == timbre.Conflict { // a twin may have been quicker
		if first, used, again := e.madeWith(ctx, p); used || again != nil {
			return first, again
		}
	}
	return p, err
}

// create writes a new pipeline down, with the events that told makes of it, and lets it live.
func (e *Engine) create(ctx context.Context, p timbre.Pipeline, c timbre.Configuration, told func(timbre.Pipeline) []timbre.Event) (timbre.Pipeline, error) {
	const op = "pipeline.Create"
	now := e.Now()
	p.ID = e.NewID()
	p.ARN = "arn:aws:chime:" + e.Region + ":" + e.Account + ":media-pipeline/" + p.ID
	p.ConfigurationARN, p.Created, p.Updated = c.ARN, now, now
	for _, element := range c.Elements {
		if slices.Contains(stated, element.Type) {
			status := timbre.PipelineNotSupported
			if element.Type == analytics {
				status = timbre.PipelineNotStarted
			}
			p.Elements = append(p.Elements, timbre.ElementStatus{Type: element.Type, Status: status, Updated: now})
		}
	}
	var notices []timbre.Notice
	if told != nil {
		var err error
		if notices, err = e.Announcer.Notices(ctx, told(p)...); err != nil {
			return p, err
		}
	}
	l := &life{e: e, p: p}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !e.add(l) {
		return p, timbre.Errorf(timbre.Unavailable, op, "the server is shutting down")
	}
	if err := e.Store.CreatePipeline(ctx, p, notices); err != nil {
		l.over = true
		e.remove(p.ID)
		return p, err
	}
	return p, nil
}

// callOf is the live call that has all the streams.
func (e *Engine) callOf(streams []timbre.PipelineStream) (txid string, err error) {
	const op = "pipeline.Create"
	calls := e.Calls.Live()
	for i, s := range streams {
		leg := -1
		at := slices.IndexFunc(calls, func(c timbre.Call) bool {
			leg = slices.IndexFunc(c.Legs, func(l timbre.Leg) bool { return l.StreamARN == s.ARN })
			return leg >= 0
		})
		switch {
		case at < 0:
			return "", timbre.Errorf(timbre.NotFound, op, "no live call has the stream %s", s.ARN)
		case i > 0 && calls[at].TransactionID != txid:
			return "", timbre.Errorf(timbre.Invalid, op, "the streams belong to different calls")
		case slices.ContainsFunc(streams[:i], func(o timbre.PipelineStream) bool { return o.ARN == s.ARN }):
			return "", timbre.Errorf(timbre.Invalid, op, "a stream is named twice")
		}
		txid = calls[at].TransactionID
		if s.Fragment != "" {
			if err := timbre.CheckFragment(s.ARN, s.Fragment, e.Calls.MediaTime(txid, leg)); err != nil {
				return "", err
			}
		}
	}
	return txid, nil
}

// madeWith is the pipeline that p's token has made, if any.
func (e *Engine) madeWith(ctx context.Context, p timbre.Pipeline) (first timbre.Pipeline, used bool, err error) {
	if p.Token == "" {
		return first, false, nil
	}
	switch first, err = e.Store.PipelineByToken(ctx, p.Token); {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return timbre.Pipeline{}, false, nil
	case err != nil:
		return timbre.Pipeline{}, false, err
	case first.Fingerprint != p.Fingerprint:
		return timbre.Pipeline{}, true, timbre.Errorf(timbre.Conflict, "pipeline.Create", "the ClientRequestToken has been used with other parameters")
	}
	return first, true, nil
}

// fingerprint is a digest of the parameters of a creation, as they were given.
func fingerprint(p timbre.Pipeline) string {
	given, _ := json.Marshal([]any{p.ConfigurationARN, p.Encoding, p.SampleRate, p.Streams, p.Metadata, p.Tags})
	sum := sha256.Sum256(given)
	return hex.EncodeToString(sum[:])
}
