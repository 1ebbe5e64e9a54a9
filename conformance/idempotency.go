package conformance

import (
	"context"
	"fmt"
	"sync"
)

// idempotency checks that a ClientRequestToken creates one resource, however often it is sent. Area tasks checks the tokens of
// tasks.
func idempotency(ctx context.Context, s *session) {
	for _, c := range []struct {
		says string
		do   func(context.Context) error
	}{
		{"the same token and parameters return the first domain", func(ctx context.Context) error { return s.domains(ctx, 1, "once", "one", "one") }},
		{"the same token with different parameters is a conflict", func(ctx context.Context) error {
			_, err := s.domain(ctx, "twice", "one")
			return wants("ConflictException", err)
		}},
		{"without a token, the same parameters create a second domain", func(ctx context.Context) error { return s.domains(ctx, 2, "free", "", "") }},
		{"another token creates another domain with the same parameters", func(ctx context.Context) error { return s.domains(ctx, 2, "more", "two", "three") }},
		{"eight concurrent requests with one token create one domain", s.rush},
	} {
		s.checkOperation(ctx, c.says, "voice.CreateVoiceProfileDomain", c.do)
	}
}

// domain creates a domain, with a token unless that is empty, and returns its id.
func (s *session) domain(ctx context.Context, name, token string) (any, error) {
	with := map[string]any{"Name": name + "-" + s.run, "ServerSideEncryptionConfiguration": map[string]any{"KmsKeyArn": s.variables["key"]}}
	if token != "" {
		with["ClientRequestToken"] = token + "-" + s.run
	}
	got, err := s.call(ctx, "voice.CreateVoiceProfileDomain", with)
	id := find(got, "VoiceProfileDomain.VoiceProfileDomainId")
	if err == nil && id == nil {
		err = fmt.Errorf("got a domain without an id")
	}
	return id, err
}

// domains checks how many distinct domains requests with these tokens create.
func (s *session) domains(ctx context.Context, want int, name string, tokens ...string) error {
	ids := map[any]bool{}
	for _, token := range tokens {
		id, err := s.domain(ctx, name, token)
		if err != nil {
			return err
		}
		ids[id] = true
	}
	return s.counted(ids, want)
}

func (s *session) counted(ids map[any]bool, want int) error {
	for id := range ids {
		s.later("voice.DeleteVoiceProfileDomain", map[string]any{"VoiceProfileDomainId": id})
	}
	if len(ids) != want {
		return fmt.Errorf("got %d domains, want %d", len(ids), want)
	}
	return nil
}

// rush sends one request several times concurrently. A duplicate may be refused as a conflict but must not create a domain.
func (s *session) rush(ctx context.Context) error {
	var (
		mu    sync.Mutex
		all   sync.WaitGroup
		ids   = map[any]bool{}
		wrong error
	)
	for range 8 {
		all.Go(func() {
			id, err := s.domain(ctx, "rush", "rush")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				ids[id] = true
			} else if exception(err) != "ConflictException" {
				wrong = err
			}
		})
	}
	all.Wait()
	if wrong != nil {
		return wrong
	}
	return s.counted(ids, 1)
}
