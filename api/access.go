package api

import (
	"context"
	"strings"

	"timbre"
	"timbre/api/pipelines"
	"timbre/api/rest"
	"timbre/environment"
)

// authorizer holds requests to the grants of their keys.
type authorizer struct {
	env   environment.Environment
	store Store
}

// authorize refuses what a key's grants do not allow. Every resource has an ARN of this account; * stands for none.
func (a authorizer) authorize(ctx context.Context, key timbre.Key, action, resource string) error {
	if resource != "*" {
		var err error
		if resource, err = a.canonical(ctx, resource); err != nil {
			return err
		}
	}
	if key.May(action, resource) {
		return nil
	}
	return rest.Denied("arn:aws:iam::"+a.env.Account+":user/"+key.User, action, resource)
}

// canonical returns the one ARN of a resource, whichever way a request names it.
func (a authorizer) canonical(ctx context.Context, resource string) (string, error) {
	if strings.HasPrefix(resource, "arn:") {
		return resource, nil
	}
	kind, id, _ := strings.Cut(resource, "/")
	arn, err := "", error(nil)
	switch kind {
	case "media-insights-pipeline-configuration":
		arn, err = a.configuration(ctx, id)
	case "media-pipeline-kinesis-video-stream-pool":
		arn, err = a.pool(ctx, id)
	case "speaker-search-task":
		resource, err = a.domainOf(ctx, id)
	case "phone-number":
		resource = "phone-number/+" + strings.TrimPrefix(id, "+")
	}
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return "", err
	case arn != "":
		return arn, nil
	}
	return "arn:aws:chime:" + a.env.Region + ":" + a.env.Account + ":" + resource, nil
}

// configuration returns the ARN of a configuration, which holds its name. A request may give the id.
func (a authorizer) configuration(ctx context.Context, identifier string) (arn string, err error) {
	c, err := a.store.Configuration(ctx, identifier)
	return c.ARN, err
}

// pool returns the ARN of a stream pool, which holds its name. A request may give the id.
func (a authorizer) pool(ctx context.Context, identifier string) (arn string, err error) {
	r, err := a.store.Resource(ctx, pipelines.Pool, identifier)
	return r.ARN, err
}

// domainOf returns the domain of a speaker search, to which its voiceprint belongs; any domain if there is no such search.
func (a authorizer) domainOf(ctx context.Context, taskID string) (resource string, err error) {
	t, err := a.store.Task(ctx, timbre.SpeakerSearch, taskID)
	t.Voiceprint.Erase()
	if err != nil {
		return "voice-profile-domain/*", err
	}
	return "voice-profile-domain/" + t.DomainID, nil
}
