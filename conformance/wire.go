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

// moment is the format of timestamps: ISO 8601 in UTC.
var moment = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)

// anyList is a request that every server answers with 200.
const anyList = "/voice-connectors?max-results=1"

// wire checks the protocol: routes, statuses, headers and JSON.
func wire(ctx context.Context, s *session) {
	s.check(ctx, "a success is JSON and has a request id", s.success)
	s.check(ctx, "each request has a unique id", s.uniqueIDs)
	s.check(ctx, "an error has its exception in the header, code and message in the body, and a request id", s.errorFormat)
	s.unknownOperations(ctx)
	s.check(ctx, "an ARN in a path, with slash and colons escaped, is one segment", func(ctx context.Context) error {
		arn := url.PathEscape("arn:aws:chime:us-east-1:000000000000:media-insights-pipeline-configuration/none-" + s.run)
		return s.refuses(ctx, request{method: http.MethodGet, target: "/media-insights-pipeline-configurations/" + strings.ReplaceAll(arn, ":", "%3A")},
			http.StatusNotFound, "NotFoundException")
	})
	s.malformedBodies(ctx)
	s.check(ctx, "creating a connector returns 201 with ISO 8601 times and ignores unknown fields; deleting it returns 204 without a body", s.roundTrip)
}

// refuses sends a request that must be refused with one of the exceptions.
func (s *session) refuses(ctx context.Context, q request, status int, names ...string) error {
	a, err := s.send(ctx, q)
	if err != nil {
		return err
	}
	return a.refusedAs(status, names...)
}

func (s *session) success(ctx context.Context) error {
	a, err := s.send(ctx, request{method: http.MethodGet, target: anyList})
	switch {
	case err != nil:
		return err
	case a.status != http.StatusOK || !json.Valid(a.body):
		return fmt.Errorf("got %s with a body of %d bytes, want 200 with JSON", a, len(a.body))
	case !strings.HasPrefix(a.header.Get("Content-Type"), "application/json"):
		return fmt.Errorf("got content type %q, want application/json", a.header.Get("Content-Type"))
	case a.header.Get("X-Amzn-Requestid") == "":
		return fmt.Errorf("got no x-amzn-RequestId")
	}
	return nil
}

func (s *session) uniqueIDs(ctx context.Context) error {
	ids := map[string]bool{}
	for range 3 {
		a, err := s.send(ctx, request{method: http.MethodGet, target: anyList})
		if err != nil {
			return err
		}
		ids[a.header.Get("X-Amzn-Requestid")] = true
	}
	if len(ids) != 3 {
		return fmt.Errorf("got %d ids for three requests", len(ids))
	}
	return nil
}

func (s *session) errorFormat(ctx context.Context) error {
	a, err := s.send(ctx, request{method: http.MethodGet, target: "/voice-connectors/" + unknownConnector})
	if err != nil {
		return err
	}
	var body struct{ Code, Message string }
	err = json.Unmarshal(a.body, &body)
	switch {
	case err != nil || body.Code != "NotFound" || body.Message == "":
		return fmt.Errorf("got body %s, want code NotFound and a message", a.body)
	case a.header.Get("X-Amzn-Requestid") == "":
		return fmt.Errorf("got no x-amzn-RequestId")
	}
	return a.refusedAs(http.StatusNotFound, "NotFoundException")
}

func (s *session) unknownOperations(ctx context.Context) {
	for _, r := range []struct{ says, method, target string }{
		{"an unknown path is an unknown operation", http.MethodGet, "/fax-machines"},
		{"a path with an extra segment is an unknown operation", http.MethodGet, "/voice-connectors/" + unknownConnector + "/termination/health/now"},
		{"a path with a trailing slash is an unknown operation", http.MethodGet, "/voice-connectors/"},
		{"an unsupported method is an unknown operation", http.MethodPatch, "/voice-connectors"},
		{"the query literal is part of the route", http.MethodPost, "/tags?operation=paint-resource"},
	} {
		s.check(ctx, r.says, func(ctx context.Context) error {
			return s.refuses(ctx, request{method: r.method, target: r.target}, http.StatusNotFound, "UnknownOperationException")
		})
	}
}

func (s *session) malformedBodies(ctx context.Context) {
	for _, c := range []struct{ says, body string }{
		{"a body that is not JSON is refused", `{"Name":`},
		{"a body that is not an object is refused", `["Name"]`},
		{"a number in place of a string is refused", `{"Name":7,"RequireEncryption":false}`},
		{"a string in place of a boolean is refused", `{"Name":"a","RequireEncryption":"no"}`},
		{"null in place of a required member is refused", `{"Name":null,"RequireEncryption":false}`},
	} {
		s.check(ctx, c.says, func(ctx context.Context) error {
			return s.refuses(ctx, request{method: http.MethodPost, target: "/voice-connectors", body: c.body}, http.StatusBadRequest, invalid...)
		})
	}
}

func (s *session) roundTrip(ctx context.Context) error {
	a, err := s.send(ctx, request{method: http.MethodPost, target: "/voice-connectors", body: `{"Name":"wire-` + s.run + `","RequireEncryption":false,"Colour":"blue"}`})
	if err != nil {
		return err
	}
	var created struct {
		VoiceConnector struct{ VoiceConnectorId, CreatedTimestamp, UpdatedTimestamp string }
	}
	if err := json.Unmarshal(a.body, &created); err != nil || a.status != http.StatusCreated {
		return fmt.Errorf("creating it: got %s: %s", a, a.body)
	}
	c := created.VoiceConnector
	s.later("voice.DeleteVoiceConnector", map[string]any{"VoiceConnectorId": c.VoiceConnectorId})
	if !moment.MatchString(c.CreatedTimestamp) || !moment.MatchString(c.UpdatedTimestamp) {
		return fmt.Errorf("got times %q and %q, want ISO 8601", c.CreatedTimestamp, c.UpdatedTimestamp)
	}
	a, err = s.send(ctx, request{method: http.MethodDelete, target: "/voice-connectors/" + c.VoiceConnectorId})
	if err == nil && (a.status != http.StatusNoContent || len(a.body) > 0) {
		err = fmt.Errorf("deleting it: got %s with a body of %d bytes, want 204 without a body", a, len(a.body))
	}
	return err
}
