package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/google/uuid"

	media "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
)

// session is one run against one endpoint.
type session struct {
	cfg       Config
	area      string
	report    Report
	voice     *voice.Client
	media     *media.Client
	http      http.Client
	run       string            // makes the names of this run unique
	variables map[string]any    // the variables of scripts
	unset     map[string]string // variables that no step set, and the operation that should have
	undo      []undo
	hook      *receiver // nil without a webhook
}

// undo is the operation that deletes a resource of the run.
type undo struct {
	operation string
	with      map[string]any
}

func newSession(cfg Config) (*session, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	stock := aws.Config{Region: cfg.Region, Credentials: cfg.Credentials, BaseEndpoint: &cfg.Endpoint}
	s := &session{cfg: cfg, voice: voice.NewFromConfig(stock), media: media.NewFromConfig(stock)}
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.report = Report{Endpoint: cfg.Endpoint, Began: cfg.Now().UTC(), Results: []Result{}}
	s.run, _, _ = strings.Cut(uuid.NewString(), "-")
	s.variables, s.unset = Variables(s.run, ""), map[string]string{}
	return s, nil
}

func (s *session) close() {
	s.http.CloseIdleConnections()
	if s.hook != nil {
		s.hook.close()
	}
}

// check runs one check and records its result.
func (s *session) check(ctx context.Context, says string, do func(context.Context) error) {
	s.checkOperation(ctx, says, "", do)
}

func (s *session) checkOperation(ctx context.Context, says, operation string, do func(context.Context) error) Result {
	began := s.cfg.Now()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	err := do(ctx)
	r := Result{Area: s.area, Check: says, Operation: operation, Seconds: s.cfg.Now().Sub(began).Seconds()}
	r.Outcome, r.Reason = outcome(err)
	if missing := (unsetVariable{}); errors.As(err, &missing) {
		r.Outcome, r.WaitsFor = Skipped, s.unset[missing.variable]
	}
	s.report.Results = append(s.report.Results, r)
	if s.cfg.Tell != nil {
		s.cfg.Tell(r)
	}
	return r
}

// unsetVariable is the error of a variable that an earlier step should have set.
type unsetVariable struct{ variable string }

func (l unsetVariable) Error() string {
	return "$" + l.variable + " is not set: the step that sets it did not pass"
}

// skip is the reason why a check could not run.
type skip string

func (s skip) Error() string { return string(s) }

func outcome(err error) (Outcome, string) {
	if err == nil {
		return Passed, ""
	}
	if why := skip(""); errors.As(err, &why) {
		return Skipped, string(why)
	}
	if message, ok := refusesOperation(err); ok {
		return NotServed, message
	}
	return Failed, err.Error()
}

// unsupportedMessage matches the message of Timbre for an operation that it does not support.
var unsupportedMessage = regexp.MustCompile(`\bTimbre (does not|stores)\b`)

// unsupported is such a message in a raw response.
type unsupported string

func (u unsupported) Error() string { return string(u) }

// refusesOperation reports whether an error says that the operation is not supported, and returns the message.
func refusesOperation(err error) (string, bool) {
	var (
		message unsupported
		api     smithy.APIError
	)
	if errors.As(err, &message) {
		return string(message), true
	}
	if errors.As(err, &api) && unsupportedMessage.MatchString(api.ErrorMessage()) {
		return api.ErrorMessage(), true
	}
	return "", false
}

// cleanUp deletes what the run created, newest first. A missing resource is not a failure.
func (s *session) cleanUp(ctx context.Context) {
	if len(s.undo) == 0 {
		return
	}
	s.area = "cleanup"
	s.check(ctx, fmt.Sprintf("%d resources of this run are deleted", len(s.undo)), func(ctx context.Context) error {
		var failed []error
		for _, u := range slices.Backward(s.undo) {
			if err := s.drop(ctx, u); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", u.operation, err))
			}
		}
		return errors.Join(failed...)
	})
}

// drop deletes one resource. It retries while the resource is in use, such as by a pipeline whose call has just ended.
func (s *session) drop(ctx context.Context, u undo) error {
	for {
		_, err := s.call(ctx, u.operation, u.with)
		if _, unsupported := refusesOperation(err); unsupported || exception(err) == "NotFoundException" {
			return nil
		}
		if exception(err) != "ConflictException" {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pollInterval):
		}
	}
}

// later schedules a deletion for the end of the run.
func (s *session) later(operation string, with map[string]any) {
	s.undo = append(s.undo, undo{operation, with})
}

// unknownConnector is a well-formed connector id that does not exist.
const unknownConnector = "abcdefghijklmnopqrstu0"

// Variables returns the predefined variables of scripts: $run, which makes names unique, ids that do not exist, $fiftyTags, one
// of which has the key cost, and $elements of a call analytics configuration, which sends events to sink unless that is empty.
func Variables(run, sink string) map[string]any {
	elements := []any{map[string]any{"Type": "VoiceAnalyticsProcessor"}}
	if sink != "" {
		elements = append(elements, map[string]any{"Type": "SqsQueueSink", "SqsQueueSinkConfiguration": map[string]any{"InsightsTarget": sink}})
	}
	tags := []any{map[string]any{"Key": "cost", "Value": "high"}}
	for i := 1; i < 50; i++ {
		tags = append(tags, map[string]any{"Key": fmt.Sprintf("tag %d", i), "Value": ""})
	}
	return map[string]any{
		"run": run, "fiftyTags": tags, "elements": elements, "hosts": "127.0.0.0/8",
		"unknownConnector": unknownConnector, "unknownId": "00000000-0000-4000-8000-000000000000",
		"role": "arn:aws:iam::000000000000:role/conformance", "key": "arn:aws:kms:us-east-1:000000000000:key/conformance",
	}
}
