package api_test

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"timbre"
)

// collection stores items in the order of their creation.
type collection[T any] struct {
	ids  []string
	byID map[string]T
}

func (s *collection[T]) put(id string, v T) {
	if s.byID == nil {
		s.byID = map[string]T{}
	}
	if _, ok := s.byID[id]; !ok {
		s.ids = append(s.ids, id)
	}
	s.byID[id] = v
}

func (s *collection[T]) get(id string) (T, error) {
	v, ok := s.byID[id]
	if !ok {
		return v, timbre.Errorf(timbre.NotFound, "fake", "The item does not exist.")
	}
	return v, nil
}

func (s *collection[T]) drop(id string) error {
	_, err := s.get(id)
	delete(s.byID, id)
	s.ids = slices.DeleteFunc(s.ids, func(i string) bool { return i == id })
	return err
}

func (s *collection[T]) list(p timbre.Page, keep func(T) bool) []T {
	var out []T
	for _, id := range s.ids[slices.Index(s.ids, p.After)+1:] {
		if v := s.byID[id]; keep(v) && len(out) < p.Limit {
			out = append(out, v)
		}
	}
	return out
}

func all[T any](T) bool { return true }

// items is what lists tell of values.
func items[T any](values []T, of func(T) timbre.Item) (list []timbre.Item) {
	for _, v := range values {
		list = append(list, of(v))
	}
	return list
}

// fake is durable state and a task engine in memory. If fail is set, every task call returns it.
type fake struct {
	mu             sync.Mutex
	connectors     collection[timbre.Connector]
	streamings     collection[timbre.Streaming]
	terminations   collection[timbre.Termination]
	configurations collection[timbre.Configuration]
	domains        collection[timbre.Domain]
	profiles       collection[timbre.Profile]
	tasks          collection[timbre.Task]
	resources      collection[timbre.Resource] // by kind and id
	pipelineShelf  collection[timbre.Pipeline]
	started        []timbre.Task
	renewed        [][2]string
	faster         *timbre.Domain // created concurrently just before CreateDomain, which then conflicts
	fail           error
	panics         bool
	crashed        bool                  // calls and pipelines of before are not ended yet
	during         func(domainID string) // called while a domain is read
	settings
}

func (f *fake) lock() func() { f.mu.Lock(); return f.mu.Unlock }

func (f *fake) CreateConnector(_ context.Context, c timbre.Connector) error {
	defer f.lock()()
	f.connectors.put(c.ID, c)
	return f.fail
}

func (f *fake) Connector(_ context.Context, id string) (timbre.Connector, error) {
	defer f.lock()()
	if f.panics {
		panic("secret of the inside")
	}
	if f.fail != nil {
		return timbre.Connector{}, f.fail
	}
	return f.connectors.get(id)
}

func (f *fake) ListConnectors(_ context.Context, p timbre.Page) ([]timbre.Connector, error) {
	defer f.lock()()
	return f.connectors.list(p, all), nil
}

// Free implements voice.Calls and pipelines.Pipelines.
func (f *fake) Free(_ context.Context, do func() error) error {
	f.crashed = false
	return do()
}

// live refuses while something of before the crash counts as live.
func (f *fake) live() error {
	if f.crashed {
		return timbre.Errorf(timbre.Conflict, "fake", "It is live.")
	}
	return nil
}

func (f *fake) DeleteConnector(_ context.Context, id string) error {
	defer f.lock()()
	if err := f.live(); err != nil {
		return err
	}
	if err := f.unused(id); err != nil {
		return err
	}
	f.disown(id)
	_ = f.streamings.drop(id)
	_ = f.terminations.drop(id)
	return f.connectors.drop(id)
}

func (f *fake) PutStreaming(_ context.Context, id string, s timbre.Streaming) error {
	defer f.lock()()
	if s.Insights != nil && s.Insights.ConfigurationARN != "" {
		if c, err := f.configuration(s.Insights.ConfigurationARN); err != nil || c.ARN != s.Insights.ConfigurationARN {
			return timbre.Errorf(timbre.NotFound, "fake", "The ConfigurationArn does not exist.")
		}
	}
	f.streamings.put(id, s)
	_, err := f.connectors.get(id)
	return err
}

func (f *fake) Streaming(_ context.Context, id string) (timbre.Streaming, error) {
	defer f.lock()()
	return f.streamings.get(id)
}

func (f *fake) DeleteStreaming(_ context.Context, id string) error {
	defer f.lock()()
	return f.streamings.drop(id)
}

func (f *fake) PutTermination(_ context.Context, id string, t timbre.Termination) error {
	defer f.lock()()
	f.terminations.put(id, t)
	_, err := f.connectors.get(id)
	return err
}

func (f *fake) Termination(_ context.Context, id string) (timbre.Termination, error) {
	defer f.lock()()
	return f.terminations.get(id)
}

func (f *fake) DeleteTermination(_ context.Context, id string) error {
	defer f.lock()()
	return f.terminations.drop(id)
}

func (f *fake) CreateConfiguration(_ context.Context, c timbre.Configuration) error {
	defer f.lock()()
	if _, err := f.configuration(c.Name); err == nil {
		return timbre.Errorf(timbre.Conflict, "fake", "The name is taken.")
	}
	f.configurations.put(c.ID, c)
	return nil
}

func (f *fake) configuration(identifier string) (timbre.Configuration, error) {
	for _, c := range f.configurations.byID {
		if identifier == c.ID || identifier == c.Name || identifier == c.ARN {
			return c, nil
		}
	}
	return f.configurations.get("")
}

func (f *fake) Configuration(_ context.Context, identifier string) (timbre.Configuration, error) {
	defer f.lock()()
	return f.configuration(identifier)
}

func (f *fake) ListConfigurations(_ context.Context, p timbre.Page) ([]timbre.Item, error) {
	defer f.lock()()
	return items(f.configurations.list(p, all), func(c timbre.Configuration) timbre.Item {
		return timbre.Item{ID: c.ID, ARN: c.ARN, Name: c.Name, Created: c.Created, Updated: c.Updated}
	}), nil
}

func (f *fake) UpdateConfiguration(_ context.Context, identifier string, change func(*timbre.Configuration)) (timbre.Configuration, error) {
	defer f.lock()()
	c, err := f.configuration(identifier)
	if err == nil {
		change(&c)
		f.configurations.put(c.ID, c)
	}
	return c, err
}

func (f *fake) Pipeline(_ context.Context, identifier string) (timbre.Pipeline, error) {
	defer f.lock()()
	return f.pipelineShelf.get(identifier)
}

func (f *fake) ListPipelines(_ context.Context, p timbre.Page) ([]timbre.Item, error) {
	defer f.lock()()
	return items(f.pipelineShelf.list(p, all), func(p timbre.Pipeline) timbre.Item {
		return timbre.Item{ID: p.ID, ARN: p.ARN, Created: p.Created, Updated: p.Updated}
	}), nil
}

func (f *fake) DeleteConfiguration(_ context.Context, identifier string) error {
	defer f.lock()()
	if err := f.live(); err != nil {
		return err
	}
	c, err := f.configuration(identifier)
	if err != nil {
		return err
	}
	for _, s := range f.streamings.byID {
		if s.Insights != nil && s.Insights.ConfigurationARN == c.ARN {
			return timbre.Errorf(timbre.Conflict, "fake", "A connector uses the configuration.")
		}
	}
	return f.configurations.drop(c.ID)
}

func (f *fake) CreateDomain(_ context.Context, d timbre.Domain) error {
	defer f.lock()()
	if first := f.faster; first != nil {
		first.Fingerprint = cmp.Or(first.Fingerprint, d.Fingerprint)
		f.domains.put(first.ID, *first)
		return timbre.Errorf(timbre.Conflict, "fake", "The token is taken.")
	}
	f.domains.put(d.ID, d)
	return nil
}

func (f *fake) Domain(_ context.Context, id string) (timbre.Domain, error) {
	if f.during != nil {
		f.during(id)
	}
	defer f.lock()()
	return f.domains.get(id)
}

func (f *fake) DomainByToken(_ context.Context, token string) (timbre.Domain, error) {
	defer f.lock()()
	for _, d := range f.domains.byID {
		if d.Token == token {
			return d, nil
		}
	}
	return f.domains.get("")
}

func (f *fake) UpdateDomain(_ context.Context, id string, change func(*timbre.Domain)) (timbre.Domain, error) {
	defer f.lock()()
	d, err := f.domains.get(id)
	if err == nil {
		change(&d)
		f.domains.put(id, d)
	}
	return d, err
}

func (f *fake) ListDomains(_ context.Context, p timbre.Page) ([]timbre.Item, error) {
	defer f.lock()()
	return items(f.domains.list(p, all), func(d timbre.Domain) timbre.Item {
		return timbre.Item{ID: d.ID, ARN: d.ARN, Name: d.Name, Description: d.Description, Created: d.Created, Updated: d.Updated}
	}), nil
}

func (f *fake) DeleteDomain(_ context.Context, id string) error {
	defer f.lock()()
	for _, p := range f.profiles.list(timbre.Page{Limit: 1000}, all) {
		if p.DomainID == id {
			_ = f.profiles.drop(p.ID)
		}
	}
	return f.domains.drop(id)
}

func (f *fake) Profile(_ context.Context, id string) (timbre.Profile, error) {
	defer f.lock()()
	return f.profiles.get(id)
}

func (f *fake) ListProfiles(_ context.Context, domainID string, p timbre.Page) ([]timbre.Item, error) {
	defer f.lock()()
	if _, err := f.domains.get(domainID); err != nil {
		return nil, err
	}
	return items(f.profiles.list(p, func(p timbre.Profile) bool { return p.DomainID == domainID }), func(p timbre.Profile) timbre.Item {
		return timbre.Item{ID: p.ID, ARN: p.ARN, Created: p.Created, Updated: p.Updated, Expires: p.Expires}
	}), nil
}

func (f *fake) DeleteProfile(_ context.Context, id string) error {
	defer f.lock()()
	return f.profiles.drop(id)
}

func (f *fake) Start(_ context.Context, t timbre.Task) (timbre.Task, error) {
	defer f.lock()()
	f.started = append(f.started, t)
	t.ID, t.Status, t.Created, t.Updated = newID(), timbre.InQueue, now, now
	if f.fail == nil {
		f.tasks.put(t.ID, t)
	}
	return t, f.fail
}

func (f *fake) Get(_ context.Context, _ timbre.TaskKind, _, id string) (timbre.Task, error) {
	defer f.lock()()
	return f.tasks.get(id)
}

func (f *fake) Task(ctx context.Context, kind timbre.TaskKind, id string) (timbre.Task, error) {
	return f.Get(ctx, kind, "", id)
}

func (f *fake) Stop(_ context.Context, _ timbre.TaskKind, _, id string) error {
	defer f.lock()()
	t, err := f.tasks.get(id)
	t.Status = timbre.Stopped
	if err == nil {
		f.tasks.put(id, t)
	}
	return err
}

func (f *fake) Enrol(_ context.Context, taskID string) (timbre.Profile, error) {
	defer f.lock()()
	t, err := f.tasks.get(taskID)
	if err != nil || f.fail != nil {
		return timbre.Profile{}, cmp.Or(f.fail, err)
	}
	id := "vp-" + newID()
	p := timbre.Profile{
		ID: id, ARN: "arn:aws:chime:us-east-1:000000000000:voice-profile/" + id, DomainID: t.DomainID,
		Created: now, Updated: now, Expires: now.Add(timbre.ProfileLife),
		Voiceprint: timbre.Voiceprint{Embedding: timbre.Embedding{0.5}},
	}
	f.profiles.put(id, p)
	return p, nil
}

func (f *fake) Renew(_ context.Context, profileID, taskID string) (timbre.Profile, error) {
	defer f.lock()()
	f.renewed = append(f.renewed, [2]string{profileID, taskID})
	return f.profiles.get(profileID)
}
