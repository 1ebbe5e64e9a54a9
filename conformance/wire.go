package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// moment is how timestamps are written: ISO 8601 in UTC.
var moment = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)

// wire is what travels: routes, statuses, headers, JSON.
func wire(ctx context.Context, s *session) {
	const list = "/voice-connectors?max-results=1"
	s.check(ctx, "a success is JSON and has a request id", func(ctx context.Context) error {
		a, err := s.send(ctx, request{method: http.MethodGet, target: list})
		switch {
		case err != nil:
			return err
		case a.status != http.StatusOK || !json.Valid(a.body):
			return fmt.Errorf("it is %s with a body of %d bytes", a, len(a.body))
		case !strings.HasPrefix(a.header.Get("Content-Type"), "application/json"):
			return fmt.Errorf("the content type is %q", a.header.Get("Content-Type"))
		case a.header.Get("X-Amzn-Requestid") == "":
			return fmt.Errorf("there is no x-amzn-RequestId")
		}
		return nil
	})
	s.check(ctx, "each request has an id of its own", func(ctx context.Context) error {
		ids := map[string]bool{}
		for range 3 {
			a, err := s.send(ctx, request{method: http.MethodGet, target: list})
			if err != nil {
				return err
			}
			ids[a.header.Get("X-Amzn-Requestid")] = true
		}
		if len(ids) != 3 {
			return fmt.Errorf("three requests had %d ids", len(ids))
		}
		return nil
	})
	s.check(ctx, "an error names its exception in the header, its code and message in the body, and has a request id", func(ctx context.Context) error {
		a, err := s.send(ctx, request{method: http.MethodGet, target: "/voice-connectors/" + unknownConnector})
		if err != nil {
			return err
		}
		var body struct{ Code, Message string }
		if err := json.Unmarshal(a.body, &body); err != nil || body.Code != "NotFound" || body.Message == "" || a.header.Get("X-Amzn-Requestid") == "" {
			return fmt.Errorf("the body is %s", a.body)
		}
		return a.refusedAs(http.StatusNotFound, "NotFoundException")
	})
	for _, r := range []struct{ says, method, target string }{
		{"a path that no operation has is an unknown operation", http.MethodGet, "/fax-machines"},
		{"a path with a step too many is an unknown operation", http.MethodGet, "/voice-connectors/" + unknownConnector + "/termination/health/now"},
		{"a path with a slash at its end is an unknown operation", http.MethodGet, "/voice-connectors/"},
		{"a method that no operation has is an unknown operation", http.MethodPatch, "/voice-connectors"},
		{"the query literal is part of the route", http.MethodPost, "/tags?operation=paint-resource"},
	} {
		s.check(ctx, r.says, func(ctx context.Context) error {
			a, err := s.send(ctx, request{method: r.method, target: r.target})
			if err != nil {
				return err
			}
			return a.refusedAs(http.StatusNotFound, "UnknownOperationException")
		})
	}
	s.check(ctx, "an ARN in a path, its slash and colons escaped, is one step", func(ctx context.Context) error {
		arn := url.PathEscape("arn:aws:chime:us-east-1:000000000000:media-insights-pipeline-configuration/none-" + s.run)
		a, err := s.send(ctx, request{method: http.MethodGet, target: "/media-insights-pipeline-configurations/" + strings.ReplaceAll(arn, ":", "%3A")})
		if err != nil {
			return err
		}
		return a.refusedAs(http.StatusNotFound, "NotFoundException")
	})
	for _, c := range []struct{ says, body string }{
		{"a body that is no JSON is refused", `{"Name":`},
		{"a body that is no structure is refused", `["Name"]`},
		{"a number in the place of a string is refused", `{"Name":7,"RequireEncryption":false}`},
		{"a string in the place of a boolean is refused", `{"Name":"a","RequireEncryption":"no"}`},
		{"null in the place of what is required is refused", `{"Name":null,"RequireEncryption":false}`},
	} {
		s.check(ctx, c.says, func(ctx context.Context) error {
			a, err := s.send(ctx, request{method: http.MethodPost, target: "/voice-connectors", body: c.body})
			if err != nil {
				return err
			}
			return a.refusedAs(http.StatusBadRequest, invalid...)
		})
	}
	s.check(ctx, "a connector is made (201), its times are ISO 8601, unknown fields are ignored; deleting it answers 204 without a body", s.roundTrip)
}

func (s *session) roundTrip(ctx context.Context) error {
	a, err := s.send(ctx, request{method: http.MethodPost, target: "/voice-connectors", body: `{"Name":"wire-` + s.run + `","RequireEncryption":false,"Colour":"blue"}`})
	if err != nil {
		return err
	}
	var made struct {
		VoiceConnector struct{ VoiceConnectorId, CreatedTimestamp, UpdatedTimestamp string }
	}
	if err := json.Unmarshal(a.body, &made); err != nil || a.status != http.StatusCreated {
		return fmt.Errorf("creating it: %s: %s", a, a.body)
	}
	c := made.VoiceConnector
	s.later("voice.DeleteVoiceConnector", map[string]any{"VoiceConnectorId": c.VoiceConnectorId})
	if !moment.MatchString(c.CreatedTimestamp) || !moment.MatchString(c.UpdatedTimestamp) {
		return fmt.Errorf("the times are %q and %q", c.CreatedTimestamp, c.UpdatedTimestamp)
	}
	a, err = s.send(ctx, request{method: http.MethodDelete, target: "/voice-connectors/" + c.VoiceConnectorId})
	if err == nil && (a.status != http.StatusNoContent || len(a.body) > 0) {
		err = fmt.Errorf("deleting it: %s with a body of %d bytes", a, len(a.body))
	}
	return err
}
