package admission

import (
	"context"
	"math"
	"strings"

	"timbre"
)

// errNotLoaded is the error for every request before the connectors have been read.
var errNotLoaded = timbre.Errorf(timbre.Unavailable, "admission", "the connectors cannot be read")

// maxID is longer than the id of a connector, in bytes.
const maxID = 64

func each(*entry) bool { return true }

// connector finds the one that a request is for: the one it names; else the one its hint happens to name; else the only one
// whose allowed hosts contain the source.
func (a *Admission) connector(r timbre.AccessRequest) (*entry, error) {
	e, err := a.named(r)
	if err != nil || e != nil {
		return e, err
	}
	ids, _ := a.list.connectors(r.Source, 2, each)
	if len(ids) == 1 {
		if e, _ = a.list.get(ids[0]); e != nil {
			return e, nil
		}
	}
	of := "no connector"
	if len(ids) > 1 {
		of = "several connectors"
	}
	return nil, deny(timbre.NoConnector, "the request names no connector, and the source is in the allowed hosts of %s", of)
}

// named is the connector that a request names; nil if it names none. An id that does not exist is denied, a hint that is none is
// ignored.
func (a *Admission) named(r timbre.AccessRequest) (*entry, error) {
	name := r.ConnectorID
	if name == "" {
		name = r.Hint
	}
	if len(name) > maxID {
		name = ""
	}
	e, loaded := a.list.get(strings.ToLower(name))
	switch {
	case !loaded:
		return nil, errNotLoaded
	case e == nil && r.ConnectorID != "":
		return nil, deny(timbre.NoConnector, "no connector has the id that the request names")
	}
	return e, nil
}

// Concerned returns the ids of the connectors that a request without a call concerns, such as OPTIONS: the one it names, else
// all whose allowed hosts contain the source.
func (a *Admission) Concerned(_ context.Context, r timbre.AccessRequest) ([]string, error) {
	if e, err := a.named(r); err == nil && e != nil {
		return []string{e.connector.ID}, nil
	}
	ids, loaded := a.list.connectors(r.Source, math.MaxInt, each)
	if !loaded {
		return nil, errNotLoaded
	}
	return ids, nil
}
