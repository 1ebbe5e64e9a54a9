package pipeline

import (
	"context"

	"timbre"
)

// byToken returns the pipeline that was created with the token of p; used is false if there is none. Conflict: it was created
// with other parameters.
func (e *Engine) byToken(ctx context.Context, p timbre.Pipeline) (first timbre.Pipeline, used bool, err error) {
	if p.Token == "" {
		return first, false, nil
	}
	switch first, err = e.deps.Store.PipelineByToken(ctx, p.Token); {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return timbre.Pipeline{}, false, nil
	case err != nil:
		return timbre.Pipeline{}, false, err
	case first.Fingerprint != p.Fingerprint:
		return timbre.Pipeline{}, true, timbre.Errorf(timbre.Conflict, "pipeline.Create", "the ClientRequestToken has been used with other parameters")
	}
	first, err = e.settled(ctx, first)
	return first, true, err
}

// fingerprint is a digest of the parameters of a request, as they were given.
func fingerprint(p timbre.Pipeline) string {
	return timbre.ParameterDigest(p.ConfigurationARN, p.Encoding, p.SampleRate, p.Streams, p.Metadata, p.Tags)
}
