package api_test

import (
	"context"
	"maps"
	"slices"

	"timbre"
)

// settings are the settings of connectors.
type settings struct {
	originations collection[timbre.Origination]
	loggings     collection[timbre.Logging]
	credentials  map[string]map[string]timbre.Credential // connector, username
	ping         *timbre.Ping
}

func (f *fake) UpdateConnector(_ context.Context, id string, change func(*timbre.Connector)) (timbre.Connector, error) {
	defer f.lock()()
	c, err := f.connectors.get(id)
	if err == nil {
		change(&c)
		f.connectors.put(id, c)
	}
	return c, err
}

func (f *fake) PutOrigination(_ context.Context, id string, o timbre.Origination) error {
	defer f.lock()()
	f.originations.put(id, o)
	_, err := f.connectors.get(id)
	return err
}

func (f *fake) Origination(_ context.Context, id string) (timbre.Origination, error) {
	defer f.lock()()
	return f.originations.get(id)
}

func (f *fake) DeleteOrigination(_ context.Context, id string) error {
	defer f.lock()()
	return f.originations.drop(id)
}

func (f *fake) PutLogging(_ context.Context, id string, l timbre.Logging) error {
	defer f.lock()()
	f.loggings.put(id, l)
	_, err := f.connectors.get(id)
	return err
}

func (f *fake) Logging(_ context.Context, id string) (timbre.Logging, error) {
	defer f.lock()()
	_, err := f.connectors.get(id)
	return f.loggings.byID[id], err
}

func (f *fake) PutCredentials(_ context.Context, id string, list []timbre.Credential) error {
	defer f.lock()()
	if f.credentials == nil {
		f.credentials = map[string]map[string]timbre.Credential{}
	}
	if f.credentials[id] == nil {
		f.credentials[id] = map[string]timbre.Credential{}
	}
	for _, c := range list {
		f.credentials[id][c.Username] = c
	}
	return f.fail
}

func (f *fake) Usernames(_ context.Context, id string) ([]string, error) {
	defer f.lock()()
	_, err := f.connectors.get(id)
	return slices.Sorted(maps.Keys(f.credentials[id])), err
}

func (f *fake) DeleteCredentials(_ context.Context, id string, names []string) error {
	defer f.lock()()
	for _, n := range names {
		delete(f.credentials[id], n)
	}
	_, err := f.connectors.get(id)
	return err
}

func (f *fake) LastPing(string) (timbre.Ping, bool) {
	defer f.lock()()
	if f.ping == nil {
		return timbre.Ping{}, false
	}
	return *f.ping, true
}

// bearer finds the tags of an ARN, and how to replace them.
func (f *fake) bearer(arn string) (map[string]string, func(map[string]string), error) {
	for id, c := range f.connectors.byID {
		if c.ARN == arn {
			return c.Tags, func(tags map[string]string) { c.Tags = tags; f.connectors.put(id, c) }, nil
		}
	}
	for id, d := range f.domains.byID {
		if d.ARN == arn {
			return d.Tags, func(tags map[string]string) { d.Tags = tags; f.domains.put(id, d) }, nil
		}
	}
	for id, c := range f.configurations.byID {
		if c.ARN == arn {
			return c.Tags, func(tags map[string]string) { c.Tags = tags; f.configurations.put(id, c) }, nil
		}
	}
	return nil, nil, timbre.Errorf(timbre.NotFound, "fake", "The resource does not exist.")
}

func (f *fake) TagsOf(_ context.Context, arn string) (map[string]string, error) {
	defer f.lock()()
	tags, _, err := f.bearer(arn)
	return tags, err
}

func (f *fake) UpdateTags(_ context.Context, arn string, change func(map[string]string) error) error {
	defer f.lock()()
	was, put, err := f.bearer(arn)
	if err != nil {
		return err
	}
	tags := map[string]string{}
	maps.Copy(tags, was)
	if err := change(tags); err != nil {
		return err
	}
	if len(tags) > max(50, len(was)) {
		return timbre.Errorf(timbre.Limit, "fake", "A resource can have at most 50 tags.")
	}
	put(tags)
	return nil
}
