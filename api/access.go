package api

import (
	"context"
	"strings"

	"timbre"
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

// canonical is the one ARN of a resource. A configuration is called by its name there, and may be asked for by its id.
func (d Deps) canonical(ctx context.Context, resource string) (string, error) {
	if id, ok := strings.CutPrefix(resource, "media-insights-pipeline-configuration/"); ok {
		switch c, err := d.Store.Configuration(ctx, id); {
		case err == nil:
			return c.ARN, nil
		case timbre.KindOf(err) != timbre.NotFound:
			return "", err
		}
	}
	if strings.HasPrefix(resource, "arn:") {
		return resource, nil
	}
	return "arn:aws:chime:" + d.Region + ":" + d.Account + ":" + resource, nil
}
