package task

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"timbre"
)

// saved is a task as it was saved, with the notices of the same transaction.
type saved struct {
	timbre.Task
	notices []timbre.Notice
}

// memoryStore is a Store in memory.
type memoryStore struct {
	copies     copies
	mu         sync.Mutex
	tasks      map[string]timbre.Task
	profiles   map[string]timbre.Profile
	connectors map[string]bool
	domains    map[string]bool
	streaming  *timbre.Streaming
	config     *timbre.Configuration
	calls      map[string]timbre.Call
	saves      []saved
	saving     func(timbre.Task) error // called before each SaveTask: its error fails it
}

// copies are those of voiceprints that an Engine has been given, which it must erase.
type copies struct {
	mu  sync.Mutex
	all []timbre.Embedding
}

func (c *copies) hand(v *timbre.Voiceprint) *timbre.Voiceprint {
	if v = copied(v); v != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.all = append(c.all, v.Embedding)
	}
	return v
}

// segment is the embedding of a segment, which is erased too.
func (c *copies) segment() timbre.Embedding {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := timbre.Embedding{1}
	c.all = append(c.all, e)
	return e
}

// left counts the copies that are not erased.
func (c *copies) left() (n int) {
	for _, e := range c.all {
		if slices.ContainsFunc(e, func(x float32) bool { return x != 0 }) {
			n++
		}
	}
	return n
}

func copied(v *timbre.Voiceprint) *timbre.Voiceprint {
	if v == nil {
		return nil
	}
	c := *v
	c.Embedding, c.Audio = slices.Clone(c.Embedding), slices.Clone(c.Audio)
	return &c
}

func notFound(what string) error { return timbre.Errorf(timbre.NotFound, "store", "no such %s", what) }

func (m *memoryStore) CreateTask(_ context.Context, t timbre.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, other := range m.tasks {
		switch {
		case other.Kind != t.Kind:
		case other.Active && other.TransactionID == t.TransactionID:
			return timbre.Errorf(timbre.Limit, "store", "a task is active")
		case t.Token != "" && other.Token == t.Token:
			return timbre.Errorf(timbre.Conflict, "store", "the token is taken")
		}
	}
	m.tasks[t.ID] = t
	return nil
}

func (m *memoryStore) SaveTask(_ context.Context, t timbre.Task, n []timbre.Notice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.saving != nil {
		if err := m.saving(t); err != nil {
			return err
		}
	}
	if t.Voiceprint != nil && !m.domains[t.DomainID] {
		return notFound("domain")
	}
	t.Voiceprint = copied(t.Voiceprint)
	m.tasks[t.ID] = t
	m.saves = append(m.saves, saved{t, n})
	return nil
}

func (m *memoryStore) Task(_ context.Context, kind timbre.TaskKind, id string) (timbre.Task, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tasks[id]; ok && t.Kind == kind {
		t.Voiceprint = m.copies.hand(t.Voiceprint)
		return t, nil
	}
	return timbre.Task{}, notFound("task")
}

func (m *memoryStore) TaskByToken(_ context.Context, kind timbre.TaskKind, token string) (timbre.Task, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tasks {
		if t.Kind == kind && t.Token == token {
			t.Voiceprint = m.copies.hand(t.Voiceprint)
			return t, nil
		}
	}
	return timbre.Task{}, notFound("task")
}

func (m *memoryStore) ActiveTasks(context.Context) (active []timbre.TaskRef, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tasks {
		if t.Active {
			active = append(active, timbre.TaskRef{Kind: t.Kind, ID: t.ID})
		}
	}
	slices.SortFunc(active, func(a, b timbre.TaskRef) int { return strings.Compare(a.ID, b.ID) })
	return active, nil
}

// EndTasks fails as a whole if one of them fails.
func (m *memoryStore) EndTasks(ctx context.Context, ended []timbre.Ended[timbre.Task]) error {
	for _, e := range ended {
		if m.saving != nil && m.saving(e.Item) != nil {
			return m.saving(e.Item)
		}
	}
	for _, e := range ended {
		if err := m.SaveTask(ctx, e.Item, e.Notices); err != nil {
			return err
		}
	}
	return nil
}

func (m *memoryStore) Profile(_ context.Context, id string) (timbre.Profile, error) {
	if p, ok := m.profiles[id]; ok {
		return p, nil
	}
	return timbre.Profile{}, notFound("profile")
}

func (m *memoryStore) EnrolProfile(_ context.Context, p timbre.Profile, taskID string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.domains[p.DomainID] {
		return notFound("domain")
	}
	t := m.tasks[taskID]
	if t.ProfileID != "" {
		return timbre.Errorf(timbre.Conflict, "store", "enrolled already")
	}
	t.ProfileID, p.Voiceprint = p.ID, *copied(&p.Voiceprint)
	m.tasks[taskID], m.profiles[p.ID] = t, p
	return nil
}

func (m *memoryStore) RenewProfile(_ context.Context, p timbre.Profile, _ string) error {
	p.Voiceprint = *copied(&p.Voiceprint)
	m.profiles[p.ID] = p
	return nil
}

func (m *memoryStore) Connector(_ context.Context, id string) (c timbre.Connector, err error) {
	if !m.connectors[id] {
		err = notFound("connector")
	}
	return c, err
}

func (m *memoryStore) Streaming(context.Context, string) (timbre.Streaming, error) {
	if m.streaming == nil {
		return timbre.Streaming{}, notFound("streaming configuration")
	}
	return *m.streaming, nil
}

func (m *memoryStore) Configuration(context.Context, string) (timbre.Configuration, error) {
	if m.config == nil {
		return timbre.Configuration{}, notFound("configuration")
	}
	return *m.config, nil
}

func (m *memoryStore) Domain(_ context.Context, id string) (d timbre.Domain, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.domains[id] {
		err = notFound("domain")
	}
	return d, err
}

func (m *memoryStore) Call(_ context.Context, id string) (timbre.Call, error) {
	if c, ok := m.calls[id]; ok {
		return c, nil
	}
	return timbre.Call{}, notFound("call")
}

func (m *memoryStore) task(id string) timbre.Task {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tasks[id]
}

func (m *memoryStore) written() []saved {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.saves)
}

func (m *memoryStore) Voiceprint(_ context.Context, id string, now time.Time) (timbre.Profile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, has := m.profiles[id]
	if !has {
		return p, timbre.Errorf(timbre.NotFound, "", "no profile %s", id)
	}
	p.Voiceprint = *m.copies.hand(&p.Voiceprint)
	if !now.Before(p.Expires) {
		p.Voiceprint.Erase()
		p.Voiceprint.Embedding = nil
	}
	return p, nil
}
