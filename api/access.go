package api

import (
	"context"
	"strings"

	"timbre"
	"timbre/api/pipelines"
	"timbre/api/rest"
)

// authorize refuses what a key's grants do not allow. Everything is on an ARN of this account, save what is about nothing
// that has one.
func (d Deps) authorize(ctx context.Context, key timbre.Key, action, resource string) error {
	if resource != "*" {
		var err error
		if resource, err = d.canonical(ctx, resource); err != nil {
			return err
		}
	}
	if key.May(action, resource) {
		return nil
	}
	return rest.Denied("arn:aws:iam::"+d.Account+":user/"+key.User, action, resource)
}

// canonical is the one ARN of a resource, however it is asked for. Configurations and pools are called by their names there,
// and may be asked for by their ids; a phone number has its plus; and a voiceprint belongs to the domain of its search, or to
// any of them while there is no such search.
func (d Deps) canonical(ctx context.Context, resource string) (string, error) {
	if strings.HasPrefix(resource, "arn:") {
		return resource, nil
	}
	kind, id, _ := strings.Cut(resource, "/")
	var err error
	switch kind {
	case "media-insights-pipeline-configuration":
		var c timbre.Configuration
		if c, err = d.Store.Configuration(ctx, id); err == nil {
			return c.ARN, nil
		}
	case "media-pipeline-kinesis-video-stream-pool":
		var r timbre.Resource
		if r, err = d.Store.Resource(ctx, pipelines.Pool, id); err == nil {
			return r.ARN, nil
		}
	case "speaker-search-task":
		resource = "voice-profile-domain/*"
		var t timbre.Task
		if t, err = d.Store.Task(ctx, timbre.SpeakerSearch, id); err == nil {
			resource = "voice-profile-domain/" + t.DomainID
		}
	case "phone-number":
		resource = "phone-number/+" + strings.TrimPrefix(id, "+")
	}
	if err != nil && timbre.KindOf(err) != timbre.NotFound {
		return "", err
	}
	return "arn:aws:chime:" + d.Region + ":" + d.Account + ":" + resource, nil
}
