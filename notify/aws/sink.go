package aws

import (
	"context"
	"fmt"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"timbre"
	"timbre/notify"
)

// Service is what is particular to one service, with its client C.
type Service[C any] struct {
	Noun   string // what a target is: "queue"
	Prefix string // how its name begins in an ARN, such as "stream/"
	// Client returns the client of one region. An endpoint is that of a target which is a URL; the settings come before it.
	Client func(c sdk.Config, endpoint string) C
	// Put sends notices to one target in one request. It returns what became of each, or one error for all.
	Put func(ctx context.Context, client C, to Target, notices []timbre.Notice) ([]error, error)
	// Size returns the bytes of a notice that count towards the limits of the service.
	Size  func(n timbre.Notice) int
	Limit int // of the size of one notice
	Batch int // notices in one request
	Total int // of their sizes in one request
}

// Sink sends to any number of targets of one service. It is a notify.Batcher.
type Sink[C any] struct {
	account *Account
	service Service[C]
}

// NewSink returns a Sink.
func NewSink[C any](account *Account, service Service[C]) *Sink[C] { return &Sink[C]{account, service} }

// Check implements timbre.TargetChecker.
func (s *Sink[C]) Check(target string) error {
	_, err := ParseTarget(target, s.service.Prefix)
	return err
}

// Batch implements notify.Batcher.
func (s *Sink[C]) Batch() (notices, bytes int) { return s.service.Batch, s.service.Total }

// Send implements notify.Sink. Its errors are notify.Failures.
func (s *Sink[C]) Send(ctx context.Context, n timbre.Notice) error {
	return s.SendBatch(ctx, []timbre.Notice{n})[0]
}

// SendBatch implements notify.Batcher. Notices of several roles take a request each.
func (s *Sink[C]) SendBatch(ctx context.Context, notices []timbre.Notice) []error {
	errs := make([]error, len(notices))
	byRole := map[string][]int{}
	for i, n := range notices {
		if size := s.service.Size(n); size > s.service.Limit {
			errs[i] = s.failure(n, &notify.Failure{Kind: notify.Refused, Err: fmt.Errorf("too large: %d bytes, the limit is %d", size, s.service.Limit)})
			continue
		}
		role := ""
		if s.account.cfg.AssumeRoles {
			role = n.Role
		}
		byRole[role] = append(byRole[role], i)
	}
	for role, which := range byRole {
		s.sendAs(ctx, role, notices, which, errs)
	}
	return errs
}

// sendAs sends those of the notices that have one role, in as few requests as the limits allow, and enters what became of each.
func (s *Sink[C]) sendAs(ctx context.Context, role string, notices []timbre.Notice, which []int, errs []error) {
	for len(which) > 0 {
		var sent []timbre.Notice
		for total := 0; len(sent) < min(len(which), s.service.Batch); {
			n := notices[which[len(sent)]]
			if total += s.service.Size(n); total > s.service.Total && len(sent) > 0 {
				break
			}
			sent = append(sent, n)
		}
		each, err := s.put(ctx, role, sent)
		for i, at := range which[:len(sent)] {
			switch {
			case err != nil:
				errs[at] = s.failure(notices[at], err)
			case i < len(each) && each[i] != nil:
				errs[at] = s.failure(notices[at], each[i])
			}
		}
		which = which[len(sent):]
	}
}

// put makes one request. Its errors are Failures that do not name the target.
func (s *Sink[C]) put(ctx context.Context, role string, notices []timbre.Notice) ([]error, error) {
	to, err := ParseTarget(notices[0].Target, s.service.Prefix)
	if err != nil {
		return nil, &notify.Failure{Kind: notify.Refused, Err: err}
	}
	session, err := s.account.current(ctx)
	if err != nil {
		return nil, &notify.Failure{Err: &failed{"the AWS settings cannot be read: " + redact(err.Error(), sdk.Credentials{}), err}}
	}
	used, err := session.identify(ctx, role)
	if err != nil {
		return nil, s.explain(err, session, role, used)
	}
	each, err := s.service.Put(ctx, s.client(session, to, role), to, notices)
	if err != nil {
		return nil, s.explain(err, session, role, used)
	}
	for i, e := range each {
		if e != nil {
			each[i] = s.explain(e, session, role, used)
		}
	}
	return each, nil
}

// explain names the cause of an error, and lets credentials that are no longer good be obtained anew.
func (s *Sink[C]) explain(err error, session *session, role string, used sdk.Credentials) error {
	f, c := explain(err, s.service.Noun, used, s.account.env.Now())
	if c.stale {
		session.forget(role)
		s.account.renew(session)
	}
	return f
}

// failure names the target of a Failure.
func (s *Sink[C]) failure(n timbre.Notice, err error) error {
	f := *notify.FailureOf(err)
	f.Err = timbre.Errorf(timbre.Unavailable, "", "%s %s: %w", s.service.Noun, n.Target, f.Err)
	return &f
}

// use is what a client is made for.
type use struct{ noun, region, role, endpoint string }

func (s *Sink[C]) client(session *session, to Target, role string) C {
	at := use{s.service.Noun, to.Region, role, to.Endpoint}
	if known, ok := session.clients.Load(at); ok {
		return known.(C)
	}
	c := session.config.Copy()
	c.Credentials = session.credentials(role)
	if to.Region != "" {
		c.Region = to.Region
	}
	client, _ := session.clients.LoadOrStore(at, s.service.Client(c, to.Endpoint))
	return client.(C)
}
