package admission

import (
	"context"
	"net/netip"
	"strings"

	"timbre"
)

// connector finds the one that a request is for: the one it names; else the one its hint happens to name; else the only one
// whose allowed hosts contain the source.
func (a *Admission) connector(ctx context.Context, r timbre.AccessRequest) (timbre.Connector, error) {
	c, found, err := a.named(ctx, r)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return c, deny(timbre.NoConnector, "no connector has the id that the request names")
	case err != nil || found:
		return c, err
	}
	ids, err := a.allowing(ctx, r.Source)
	if err != nil {
		return c, err
	}
	if len(ids) != 1 {
		return c, deny(timbre.NoConnector, "the request names no connector, and the allowed hosts of %d connectors contain the source", len(ids))
	}
	return a.dir.Connector(ctx, ids[0])
}

// named is the connector that a request names. An id that does not exist is NotFound, a hint that is none is ignored.
func (a *Admission) named(ctx context.Context, r timbre.AccessRequest) (c timbre.Connector, found bool, err error) {
	if r.ConnectorID != "" {
		c, err = a.lookUp(ctx, r.ConnectorID)
		return c, err == nil, err
	}
	c, err = a.lookUp(ctx, r.Hint)
	if err != nil && timbre.KindOf(err) == timbre.NotFound {
		return c, false, nil
	}
	return c, err == nil, err
}

// lookUp returns the connector of an id. The store is not asked for what cannot be an id.
func (a *Admission) lookUp(ctx context.Context, id string) (timbre.Connector, error) {
	id = strings.ToLower(id)
	if id == "" || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return timbre.Connector{}, timbre.Errorf(timbre.NotFound, "", "no connector")
	}
	return a.dir.Connector(ctx, id)
}

// Concerned returns the ids of the connectors that a request without a call concerns, such as OPTIONS: the one it names, else
// all whose allowed hosts contain the source.
func (a *Admission) Concerned(ctx context.Context, r timbre.AccessRequest) ([]string, error) {
	if c, found, err := a.named(ctx, r); err == nil && found {
		return []string{c.ID}, nil
	}
	return a.allowing(ctx, r.Source)
}

func (a *Admission) allowing(ctx context.Context, from netip.Addr) ([]string, error) {
	h, err := a.list.current(ctx)
	if err != nil {
		return nil, err
	}
	return h.connectors(from), nil
}
