package rest

import (
	"strings"

	"timbre"
)

// owners says which members name the resource that an operation is about, and what stands before the id in its ARN;
// nothing where the member is an ARN itself. Members are written in small letters, for the models write them both ways.
var owners = map[string]string{
	"voiceconnectorid":                      "vc/",
	"voiceprofiledomainid":                  "voice-profile-domain/",
	"voiceprofileid":                        "voice-profile/",
	"sipmediaapplicationid":                 "sma/",
	"mediapipelineid":                       "media-pipeline/",
	"resourcearn":                           "",
	"mediainsightspipelineconfigurationarn": "",
}

// kinds says the same of members called Identifier, by the beginning of the path. The stream pools are not among them: their
// ARN has a name, and they may be asked for by an id.
var kinds = []struct{ path, prefix string }{
	{"/media-insights-pipeline-configurations/", "media-insights-pipeline-configuration/"},
	{"/media-insights-pipelines/", "media-pipeline/"},
	{"/media-insights-pipeline-status/", "media-pipeline/"},
}

// resource is what a request is about: what its path names, or else its query, or else its body. It is an ARN, the end of
// one after the account, or * where the request names nothing that has an ARN.
func resource(op *Operation, c *call) (string, error) {
	for _, place := range []Place{Path, Query, Body} {
		for _, m := range op.Input.Members {
			prefix, named := owner(op, m)
			if m.Place != place || !named || m.Shape.Kind != String {
				continue
			}
			id, err := c.said(m)
			switch {
			case err != nil:
				return "", err
			case id == "":
			case strings.HasPrefix(id, "arn:"):
				return id, nil
			case prefix != "":
				return prefix + id, nil
			}
		}
	}
	return "*", nil
}

func owner(op *Operation, m Member) (prefix string, named bool) {
	name := strings.ToLower(m.Name)
	if name != "identifier" {
		prefix, named = owners[name]
		return prefix, named
	}
	for _, k := range kinds {
		if strings.HasPrefix(op.Path, k.path) {
			return k.prefix, true
		}
	}
	return "", false
}

// said is a text that the request gives for a member, or nothing.
func (c *call) said(m Member) (string, error) {
	switch m.Place {
	case Path:
		return c.labels[m.Wire], nil
	case Query:
		return c.query.Get(m.Wire), nil
	}
	body, err := c.body()
	text, _ := body[m.Wire].(string)
	return text, err
}

// authorize asks whether the key may do what the request is about.
func (m *Mux) authorize(c *call, key timbre.Key, op *Operation) error {
	if m.cfg.Authorize == nil || key.Grants == nil {
		return nil
	}
	about, err := resource(op, c)
	if err != nil {
		return err
	}
	return m.cfg.Authorize(c.ctx, key, "chime:"+op.Name, about)
}
