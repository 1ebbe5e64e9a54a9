package admission

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"timbre"
)

func deny(reason timbre.DenialReason, detail string, args ...any) *timbre.Denial {
	return &timbre.Denial{Reason: reason, Detail: fmt.Sprintf(detail, args...)}
}

// Admit finds the connector that a request is for, and decides whether the request may use it. It is allowed if the
// connector's termination exists and is enabled and its allowed hosts contain the source, or else if the request proves the
// password of one of the connector's credentials. A request that is signed needs the right signature wherever it comes from. Streaming is not asked for: a call without it is admitted, and its tasks
// are refused later. The connector is returned with a Denial too, if one was found.
func (a *Admission) Admit(ctx context.Context, r timbre.AccessRequest) (timbre.Access, error) {
	e, err := a.connector(r)
	q := a.limited(r)
	access := timbre.Access{}
	if err == nil {
		access, err = a.decide(ctx, e, q)
	}
	if denial := (*timbre.Denial)(nil); errors.As(err, &denial) {
		return access, a.denied(q, a.uniform(e, q, denial))
	}
	return access, err
}

// uniform is the denial for a source that no connector allows: the same whether there is a connector or not, so that connectors
// cannot be enumerated. That there is one shows when it asks for a password, or wants the password encrypted.
func (a *Admission) uniform(e *entry, q request, d *timbre.Denial) *timbre.Denial {
	switch {
	case d.Reason == timbre.NoConnector, d.Reason == timbre.NotAllowed:
	case d.Reason == timbre.NotEncrypted && len(e.users) == 0:
	default:
		return d
	}
	if known, _ := a.list.contains(q.Source); known {
		return d
	}
	return deny(timbre.NotAllowed, "the source is not in the allowed hosts of any connector")
}

const (
	maxNamed = 2  // connectors that AdmitAny returns
	maxTried = 16 // connectors whose credentials it tries a password with
)

// AdmitAny admits a request whose sender names the connector later, if at all. It returns the connector that the request may use; if there
// are several, two of them: the sender has to name one, for which Admit decides again. Without any, the error is a *timbre.Denial. A
// password is tried with the few connectors that have its user; one that more have needs the name of a connector.
func (a *Admission) AdmitAny(ctx context.Context, r timbre.AccessRequest) (found []timbre.Access, err error) {
	q := a.limited(r)
	ids, loaded := a.list.connectors(r.Source, maxNamed, func(e *entry) bool { return e.takes(q) })
	if !loaded {
		return nil, errNotLoaded
	}
	if q.user != "" {
		ids = append(ids, a.list.having(q.user, maxTried)...)
	}
	for _, id := range ids {
		e, _ := a.list.get(id)
		if e == nil || !e.takes(q) {
			continue
		}
		access, err := a.decide(ctx, e, q)
		if denial := (*timbre.Denial)(nil); err != nil && !errors.As(err, &denial) && !errors.Is(err, timbre.ErrDamaged) {
			return nil, err
		}
		if err == nil && !slices.ContainsFunc(found, func(f timbre.Access) bool { return f.Connector.ID == id }) {
			found = append(found, access)
		}
		if len(found) == maxNamed {
			break
		}
	}
	if len(found) == 0 {
		return nil, a.denied(q, deny(timbre.NotAllowed, "no connector allows the source"))
	}
	return found, nil
}

// takes reports whether a connector takes a request of anybody.
func (e *entry) takes(q request) bool {
	return e.known && e.termination != nil && !e.termination.Disabled && (q.Encrypted || !e.connector.RequireEncryption)
}

// decide says whether a request may use a connector.
func (a *Admission) decide(ctx context.Context, e *entry, q request) (timbre.Access, error) {
	access := timbre.Access{Connector: e.connector, Source: q.Source}
	t := e.termination
	switch {
	case !e.known:
		return access, e.err
	case t == nil:
		return access, deny(timbre.NotAllowed, "the connector has no termination, so it takes no calls")
	case t.Disabled:
		return access, deny(timbre.NotAllowed, "the connector's termination is disabled")
	case e.connector.RequireEncryption && !q.Encrypted:
		return access, deny(timbre.NotEncrypted, "the connector requires encryption: use TLS")
	}
	access.CPSLimit = a.cfg.callsASecond(*t)
	access.CallingRegions, access.Identity = t.CallingRegions, t.DefaultPhoneNumber
	if q.Signature == nil && t.Allows(q.Source) {
		access.Open = !t.Relays(q.Source)
		return access, nil
	}
	username, err := a.authenticate(ctx, e, q)
	access.Username = username
	return access, err
}

// authenticate admits a request that proves the password of one of a connector's credentials, and returns the user of that.
func (a *Admission) authenticate(ctx context.Context, e *entry, q request) (username string, err error) {
	if q.Signature != nil {
		return a.checkSignature(ctx, e.connector, q)
	}
	if q.Scheme == timbre.Basic {
		return a.checkBasic(ctx, e.connector, q)
	}
	return a.checkDigest(ctx, e, q)
}
