package rest

import (
	"net/http"
	"strings"

	"timbre"
)

// resources are what a request is about, all of it: what its path names, or else its query, or else its body, and what its
// body names besides. Each is an ARN, or the end of one after the account. What is made without naming it is <kind>/*, and
// * alone is what has nothing to do with any of them, such as a list.
func resources(op *Operation, c *call) (all []string, err error) {
	for _, place := range []Place{Path, Query, Body} {
		main := len(all) == 0
		for _, m := range op.Input.Members {
			prefix, named := besides[strings.ToLower(m.Name)]
			if named = named && place == Body; !named && main && len(all) == 0 {
				prefix, named = owner(op, m)
			}
			if m.Place != place || !named {
				continue
			}
			ids, err := c.said(m)
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
	}
	if made := creations[op.Path]; len(all) == 0 && made != "" && op.Method == http.MethodPost {
		return []string{made + "*"}, nil
	}
	if len(all) == 0 {
		return []string{"*"}, nil
	}
	return all, nil
}

// said are the texts that the request gives for a member: one, none, or those of a list.
func (c *call) said(m Member) ([]string, error) {
	switch m.Place {
	case Path:
		return texts(c.labels[m.Wire]), nil
	case Query:
		return texts(c.query.Get(m.Wire)), nil
	}
	body, err := c.body()
	return texts(body[m.Wire]), err
}

// texts are those in a value, that is not yet known to be valid.
func texts(v any) (all []string) {
	switch v := v.(type) {
	case string:
		if v != "" {
			all = append(all, v)
		}
	case []any:
		for _, item := range v {
			all = append(all, texts(item)...)
		}
	case map[string]any:
		all = texts(v["PhoneNumberId"]) // an item of a batch
	}
	return all
}

// authorize asks whether the key may do what the request asks for with all that it is about.
func (m *Mux) authorize(c *call, key timbre.Key, op *Operation) error {
	if m.deps.Authorize == nil || key.Grants == nil {
		return nil
	}
	about, err := resources(op, c)
	if err != nil {
		return err
	}
	for _, resource := range about {
		if err := m.deps.Authorize(c.ctx, key, "chime:"+op.Name, resource); err != nil {
			return err
		}
	}
	return nil
}
