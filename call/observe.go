package call

import (
	"context"

	"timbre"
)

// Observers are called when something happens to a call that other stages act on. Nil functions are skipped.
//
// For one call they are called one at a time and in order: Begun first, Ended last. They run in the goroutine of the method
// that caused the change, before it returns, while the registry accepts no other change of the call; so they must not call
// Begin, Update or End for it. Reading the registry and tapping legs is allowed.
//
// Their arguments are values and their context survives the request, so that a registry that shares the calls of several
// nodes can raise them for the calls of others, from a goroutine of its own. They must be safe for concurrent use.
type Observers struct {
	// Begun: a call is live, and saved with the notices of its first events.
	Begun func(ctx context.Context, c timbre.Call)
	// Changed: a message within the call named its legs: there are more of them, or their sides, labels or parties may have
	// changed. The change is saved.
	Changed func(ctx context.Context, c timbre.Call)
	// Updated: a message within the call was accepted. The change is saved; the call has the headers of the message.
	Updated func(ctx context.Context, c timbre.Call)
	// Ended: a call has ended, with the reception of each leg, nil for a leg that no stream of packets feeds. It is called
	// before the end is saved, so if the server stops in between, the next start ends the call again. Calls that were never
	// live because they could not be saved are reported as well: see Missed.
	Ended func(c timbre.Call, receptions []*timbre.Reception)
	// Lost: a call was live when the server crashed. Ended follows.
	Lost func(c timbre.Call)
}

// Observe adds observers to those that were added before. Call it before the first call begins.
func (r *Registry) Observe(o Observers) { r.observers = append(r.observers, o) }

func (r *Registry) raiseBegun(ctx context.Context, c timbre.Call) {
	for _, o := range r.observers {
		if o.Begun != nil {
			o.Begun(context.WithoutCancel(ctx), c)
		}
	}
}

func (r *Registry) raiseChanged(ctx context.Context, c timbre.Call) {
	for _, o := range r.observers {
		if o.Changed != nil {
			o.Changed(context.WithoutCancel(ctx), c)
		}
	}
}

func (r *Registry) raiseUpdated(ctx context.Context, c timbre.Call) {
	for _, o := range r.observers {
		if o.Updated != nil {
			o.Updated(context.WithoutCancel(ctx), c)
		}
	}
}

func (r *Registry) raiseLost(c timbre.Call) {
	for _, o := range r.observers {
		if o.Lost != nil {
			o.Lost(c)
		}
	}
}

func (r *Registry) raiseEnded(c timbre.Call, receptions []*timbre.Reception) {
	for _, o := range r.observers {
		if o.Ended != nil {
			o.Ended(c, receptions)
		}
	}
}
