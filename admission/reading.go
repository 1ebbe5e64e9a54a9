package admission

import (
	"context"
	"errors"
	"time"

	"timbre"
)

// The wait between two attempts to read what could not be read.
const (
	minBackoff = time.Second
	maxBackoff = time.Minute
)

// Load reads all connectors. It is called before the first request, and need not be again: see Changed. After an error Run repeats it, and
// what has been read before stays in force.
func (a *Admission) Load(ctx context.Context) error {
	a.reading.Lock()
	defer a.reading.Unlock()
	all, err := a.dir.ListConnectors(ctx, timbre.Page{})
	if err != nil {
		a.retry()
		return err
	}
	entries := make(map[string]*entry, len(all))
	for _, c := range all {
		before, _ := a.list.get(c.ID)
		entries[c.ID] = a.read(ctx, c, before)
	}
	a.list.reset(entries)
	return nil
}

// Changed must be called after each change of a connector, its termination or its credentials. The connector is read again before it
// returns, so that the change holds for the next request.
func (a *Admission) Changed(connectorID string) { a.update(context.Background(), connectorID) }

func (a *Admission) update(ctx context.Context, connectorID string) {
	a.reading.Lock() // until it is put: of two changes, the later one must be read last
	defer a.reading.Unlock()
	before, loaded := a.list.get(connectorID)
	if !loaded {
		return // Load reads it
	}
	c, err := a.dir.Connector(ctx, connectorID)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		a.list.put(connectorID, nil)
		a.calls.forget(connectorID)
	case err != nil && before == nil: // nothing is known of it
		a.list.put(connectorID, a.failed(&entry{connector: timbre.Connector{ID: connectorID}}, nil, err))
	case err != nil:
		a.list.put(connectorID, a.failed(&entry{connector: before.connector}, before, err))
	default:
		a.list.put(connectorID, a.read(ctx, c, before))
	}
}

// read reads a connector's termination and the names of its credentials. What cannot be read stays as it was: a damaged row neither
// lets strangers in nor shuts out who was allowed.
func (a *Admission) read(ctx context.Context, c timbre.Connector, before *entry) *entry {
	e := &entry{connector: c, known: true}
	t, err := a.dir.Termination(ctx, c.ID)
	switch {
	case err == nil:
		e.termination = &t
	case timbre.KindOf(err) != timbre.NotFound:
		return a.failed(e, before, err)
	}
	if e.users, err = a.dir.Usernames(ctx, c.ID); err != nil && timbre.KindOf(err) != timbre.NotFound {
		return a.failed(e, before, err)
	}
	if before != nil && before.err != nil {
		a.env.Log.Info("who may use a connector can be read again", "connector", c.ID)
	}
	return e
}

// failed is a connector that could not be read: as it was before, if it was. It is read again later, unless it is damaged, which only a
// change mends.
func (a *Admission) failed(e, before *entry, err error) *entry {
	first := before == nil || before.err == nil
	if before != nil {
		e.termination, e.users, e.known = before.termination, before.users, before.known
	} else {
		e.known = false
	}
	if e.err = err; first {
		a.env.Log.Error("who may use a connector cannot be read: what was read last stays in force", "connector", e.connector.ID,
			"read_before", e.known, "error", err)
	}
	if !errors.Is(err, timbre.ErrDamaged) {
		a.retry()
	}
	return e
}
