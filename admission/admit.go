package admission

import (
	"context"
	"errors"
	"fmt"

	"timbre"
)

func deny(reason timbre.DenialReason, detail string, args ...any) *timbre.Denial {
	return &timbre.Denial{Reason: reason, Detail: fmt.Sprintf(detail, args...)}
}

// Admit finds the connector that a request is for, and decides whether the request may use it. It is allowed if the
// connector's termination exists and is enabled and its allowed hosts contain the source, or else if the request proves the
// password of one of the connector's credentials. Streaming is not asked for: a call without it is admitted, and its tasks
// are refused later. The connector is returned with a Denial too, if one was found.
func (a *Admission) Admit(ctx context.Context, r timbre.AccessRequest) (timbre.Access, error) {
	c, err := a.connector(ctx, r)
	if err != nil {
		return timbre.Access{Connector: c}, err
	}
	return a.admitTo(ctx, c, a.limited(r))
}

// AdmitAny returns every connector that a request may use, of which the sender names one later. Without any, the error is a
// *timbre.Denial.
func (a *Admission) AdmitAny(ctx context.Context, r timbre.AccessRequest) ([]timbre.Access, error) {
	all, err := a.dir.ListConnectors(ctx, timbre.Page{})
	if err != nil {
		return nil, err
	}
	var found []timbre.Access
	q := a.limited(r)
	for _, c := range all {
		access, err := a.decide(ctx, c, q)
		if denial := (*timbre.Denial)(nil); err != nil && !errors.As(err, &denial) && !errors.Is(err, timbre.ErrDamaged) {
			return nil, err
		} else if err == nil {
			found = append(found, access)
		}
	}
	if len(found) == 0 {
		return nil, a.denied(q, deny(timbre.NotAllowed, "no connector allows the source"))
	}
	return found, nil
}

func (a *Admission) admitTo(ctx context.Context, c timbre.Connector, q request) (timbre.Access, error) {
	access, err := a.decide(ctx, c, q)
	if denial := (*timbre.Denial)(nil); errors.As(err, &denial) {
		return access, a.denied(q, denial)
	}
	return access, err
}

// decide says whether a request may use a connector.
func (a *Admission) decide(ctx context.Context, c timbre.Connector, q request) (timbre.Access, error) {
	access := timbre.Access{Connector: c}
	t, err := a.dir.Termination(ctx, c.ID)
	switch {
	case err != nil && timbre.KindOf(err) == timbre.NotFound:
		return access, deny(timbre.NotAllowed, "the connector has no termination, so it takes no calls")
	case err != nil:
		return access, err
	case t.Disabled:
		return access, deny(timbre.NotAllowed, "the connector's termination is disabled")
	case c.RequireEncryption && !q.Encrypted:
		return access, deny(timbre.NotEncrypted, "the connector requires encryption: use TLS")
	}
	access.CPSLimit = a.cfg.callsASecond(t)
	if t.Allows(q.Source) {
		return access, nil
	}
	return access, a.authenticate(ctx, c, q)
}

// authenticate admits a request that proves the password of one of a connector's credentials.
func (a *Admission) authenticate(ctx context.Context, c timbre.Connector, q request) error {
	if q.Scheme == timbre.Basic {
		return a.checkBasic(ctx, c, q)
	}
	return a.checkDigest(ctx, c, q)
}
