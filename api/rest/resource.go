package rest

import (
	"net/http"
	"strings"

	"timbre"
)

// resources returns everything that a request concerns: what its path names, or else its query, or else its body, and what its
// body names besides. Each is an ARN, or the part of one after the account. A creation whose resource has no name yet concerns
// <kind>/*. A request that concerns no single resource, such as a list, concerns *.
func resources(op *Operation, c *call) (all []string, err error) {
	for _, place := range []Place{Path, Query, Body} {
		named, err := c.resources(op, place, len(all) == 0)
		if err != nil {
			return nil, err
		}
		all = append(all, named...)
	}
	if len(all) > 0 {
		return all, nil
	}
	if created := creations[op.Path]; created != "" && op.Method == http.MethodPost {
		return []string{created + "*"}, nil
	}
	return []string{"*"}, nil
}

// resources returns those that the members in one place name. Main: the resource that the operation is about has not been
// found yet.
func (c *call) resources(op *Operation, place Place, main bool) (all []string, err error) {
	for _, m := range op.Input.Members {
		if m.Place != place {
			continue
		}
		prefix, named := second[strings.ToLower(m.Name)]
		if named = named && place == Body; !named && main && len(all) == 0 {
			prefix, named = owner(op, m)
		}
		if !named {
			continue
		}
		ids, err := c.values(m)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if !strings.HasPrefix(id, "arn:") {
				id = prefix + id
			}
			all = append(all, id)
		}
	}
	return all, nil
}

// values returns the strings that the request gives for a member: none, one, or those of a list.
func (c *call) values(m Member) ([]string, error) {
	switch m.Place {
	case Path:
		return stringsOf(c.labels[m.Wire]), nil
	case Query:
		return stringsOf(c.query.Get(m.Wire)), nil
	}
	body, err := c.body()
	return stringsOf(body[m.Wire]), err
}

// stringsOf returns the strings in a value that has not been validated.
func stringsOf(v any) (all []string) {
	switch v := v.(type) {
	case string:
		if v != "" {
			all = append(all, v)
		}
	case []any:
		for _, item := range v {
			all = append(all, stringsOf(item)...)
		}
	case map[string]any:
		all = stringsOf(v["PhoneNumberId"]) // an item of a batch
	}
	return all
}

// authorize refuses a request that the key may not make for all resources that it concerns.
func (m *Mux) authorize(c *call, key timbre.Key, op *Operation) error {
	if m.deps.Authorize == nil || key.Grants == nil {
		return nil
	}
	all, err := resources(op, c)
	if err != nil {
		return err
	}
	for _, resource := range all {
		if err := m.deps.Authorize(c.ctx, key, "chime:"+op.Name, resource); err != nil {
			return err
		}
	}
	return nil
}
