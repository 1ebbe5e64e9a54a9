package sip

import (
	"context"

	"timbre"
)

const connectorID = "abcdef1ghij2klmno3pqr4"

// directory holds connectors with their terminations.
type directory struct {
	connectors   map[string]timbre.Connector
	terminations map[string]timbre.Termination
	originations map[string]timbre.Origination
	credentials  map[string]map[string]timbre.Credential // connector, username
	err          error
}

func (d *directory) Connector(_ context.Context, id string) (timbre.Connector, error) {
	if c, ok := d.connectors[id]; ok || d.err != nil {
		return c, d.err
	}
	return timbre.Connector{}, timbre.Errorf(timbre.NotFound, "", "no connector")
}

func (d *directory) Origination(_ context.Context, id string) (timbre.Origination, error) {
	if o, ok := d.originations[id]; ok {
		return o, nil
	}
	return timbre.Origination{}, timbre.Errorf(timbre.NotFound, "", "no origination")
}

func (d *directory) ListConnectors(context.Context, timbre.Page) ([]timbre.Connector, error) {
	var all []timbre.Connector
	for _, c := range d.connectors {
		all = append(all, c)
	}
	return all, d.err
}

func (d *directory) Termination(_ context.Context, id string) (timbre.Termination, error) {
	if t, ok := d.terminations[id]; ok {
		return t, nil
	}
	return timbre.Termination{}, timbre.Errorf(timbre.NotFound, "", "no termination")
}

func (d *directory) Usernames(_ context.Context, id string) (names []string, err error) {
	for name := range d.credentials[id] {
		names = append(names, name)
	}
	return names, d.err
}

func (d *directory) Credential(_ context.Context, id, username string) (timbre.Credential, error) {
	if c, ok := d.credentials[id][username]; ok {
		return c, nil
	}
	return timbre.Credential{}, timbre.Errorf(timbre.NotFound, "", "no credential")
}

// loopback is a directory with one connector that takes calls from this machine.
func loopback() *directory {
	return &directory{
		connectors:   map[string]timbre.Connector{connectorID: {ID: connectorID}},
		terminations: map[string]timbre.Termination{connectorID: {CIDRs: []string{"127.0.0.0/8"}}},
	}
}
