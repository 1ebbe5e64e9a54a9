// Package tag has the rules of tags, which are the same in both services. Tags of a request come in; they are stored or refused.
// Whether an ARN names a resource is up to the store.
package tag

import (
	"context"
	"maps"
	"slices"
	"strings"

	"timbre"
)

// Check refuses tags that no resource can have. The store enforces their number.
func Check(tags map[string]string) error {
	for key, value := range tags {
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return timbre.Errorf(timbre.Invalid, "", "Tag keys that begin with aws: are reserved.")
		}
		if err := timbre.CheckTag(key, value); err != nil {
			return err
		}
	}
	return nil
}

// Add adds tags to a resource and replaces those with the same keys.
func Add(ctx context.Context, s timbre.Tags, arn string, tags map[string]string) error {
	return s.UpdateTags(ctx, arn, func(all map[string]string) error {
		if err := Check(tags); err != nil { // existing tags are not checked again
			return err
		}
		maps.Copy(all, tags)
		return nil
	})
}

// Remove removes tags. Missing keys are ignored.
func Remove(ctx context.Context, s timbre.Tags, arn string, keys []string) error {
	return s.UpdateTags(ctx, arn, func(all map[string]string) error {
		for _, k := range keys {
			delete(all, k)
		}
		return nil
	})
}

// List returns the tags of a resource, sorted by key.
func List[T any](ctx context.Context, s timbre.Tags, arn string, one func(key, value *string) T) ([]T, error) {
	tags, err := s.TagsOf(ctx, arn)
	if err != nil {
		return nil, err
	}
	list := []T{}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, one(&k, new(tags[k])))
	}
	return list, nil
}
