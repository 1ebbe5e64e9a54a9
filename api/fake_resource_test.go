package api_test

import (
	"context"
	"slices"

	"timbre"
)

func (f *fake) findResource(kind, identifier string) (timbre.Resource, error) {
	for _, id := range f.resources.ids {
		if r := f.resources.byID[id]; r.Kind == kind && (r.ID == identifier || r.Name != "" && r.Name == identifier) {
			return r, nil
		}
	}
	return timbre.Resource{}, timbre.Errorf(timbre.NotFound, "fake", "The %s does not exist.", kind)
}

func (f *fake) unused(id string) error {
	for _, r := range f.resources.byID {
		if slices.Contains(r.Uses, id) {
			return timbre.Errorf(timbre.Conflict, "fake", "It is in use.")
		}
	}
	return nil
}

func (f *fake) disown(id string) {
	for key, r := range f.resources.byID {
		if r.Owner == id {
			_ = f.resources.drop(key)
		}
	}
}

// tied refuses a resource whose owner or uses do not exist.
func (f *fake) tied(r timbre.Resource) error {
	for _, id := range append(slices.Clone(r.Uses), r.Owner) {
		_, err := f.connectors.get(id)
		for _, other := range f.resources.byID {
			if other.ID == id && other.Owner == "" {
				err = nil
			}
		}
		if id != "" && err != nil {
			return err
		}
	}
	return nil
}

func (f *fake) CreateResource(ctx context.Context, r timbre.Resource) error {
	for _, identifier := range []string{r.ID, r.Name} {
		if _, err := f.Resource(ctx, r.Kind, identifier); err == nil {
			return timbre.Errorf(timbre.Conflict, "fake", "The id or name is taken.")
		}
	}
	return f.PutResource(ctx, r)
}

func (f *fake) PutResource(_ context.Context, r timbre.Resource) error {
	defer f.lock()()
	if err := f.tied(r); err != nil {
		return err
	}
	f.resources.put(r.Kind+"/"+r.ID, r)
	return nil
}

func (f *fake) Resource(_ context.Context, kind, identifier string) (timbre.Resource, error) {
	defer f.lock()()
	return f.findResource(kind, identifier)
}

func (f *fake) UpdateResource(_ context.Context, kind, identifier string, change func(*timbre.Resource) error) (timbre.Resource, error) {
	defer f.lock()()
	r, err := f.findResource(kind, identifier)
	if err == nil {
		err = change(&r)
	}
	if err == nil {
		err = f.tied(r)
	}
	if err == nil {
		f.resources.put(r.Kind+"/"+r.ID, r)
	}
	return r, err
}

func (f *fake) ListResources(_ context.Context, kind string, p timbre.Page) ([]timbre.Resource, error) {
	defer f.lock()()
	if p.After != "" {
		p.After = kind + "/" + p.After
	}
	if p.Limit < 1 {
		p.Limit = 1 << 20
	}
	return f.resources.list(p, func(r timbre.Resource) bool { return r.Kind == kind }), nil
}

func (f *fake) DeleteResource(_ context.Context, kind, identifier string) error {
	defer f.lock()()
	r, err := f.findResource(kind, identifier)
	if err != nil {
		return err
	}
	if r.Owner == "" {
		if err := f.unused(r.ID); err != nil {
			return err
		}
		f.disown(r.ID)
	}
	return f.resources.drop(kind + "/" + r.ID)
}
