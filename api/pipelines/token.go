package pipelines

import (
	"context"

	"timbre"
)

// repeatedCreation resolves a creation that conflicts with an existing configuration. SDKs generate a ClientRequestToken and repeat it in retries:
// a request that repeats token and parameters gets the configuration that it created. A token is kept as long as its configuration.
func (s *service) repeatedCreation(ctx context.Context, c timbre.Configuration, conflict error) (timbre.Configuration, error) {
	first, err := s.deps.Store.Configuration(ctx, c.Name)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound: // the token is that of a configuration of another name
		return c, &timbre.Error{Kind: timbre.Conflict, Msg: "The ClientRequestToken was already used with different parameters.", Err: conflict}
	case err != nil:
		return c, err
	case c.Token == "" || first.Token != c.Token:
		return c, &timbre.Error{Kind: timbre.Invalid, Msg: "A media insights pipeline configuration with this name already exists.", Err: conflict}
	case first.Fingerprint != c.Fingerprint:
		return c, &timbre.Error{Kind: timbre.Conflict, Msg: "The ClientRequestToken was already used with different parameters.", Err: conflict}
	}
	return first, nil
}

// fingerprint is a digest of the parameters of a creation.
func fingerprint(c timbre.Configuration) string {
	return timbre.ParameterDigest(c.Name, c.RoleARN, c.Elements, c.Alerts, c.Tags)
}
