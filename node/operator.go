package node

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"timbre"
	"timbre/config"
	"timbre/store/sqlite"
	"timbre/vault"
)

type letters = timbre.Letters

// Operator is what an operator sees and does of the outbox: of a server that runs, or of a data folder that none has open.
type Operator struct {
	letters
	store *sqlite.Store
	sends sender // nil: no server runs
}

// sender delivers what the outbox has.
type sender interface {
	timbre.TargetStates
	Retry(targets ...string)
}

// OpenOperator opens the outbox of a data folder. The error is Unavailable if a server has it open: that one must be asked.
func OpenOperator(ctx context.Context, s config.Settings, log *slog.Logger) (*Operator, error) {
	if err := IsDataFolder(s); err != nil {
		return nil, err
	}
	keys, err := vault.Open(keyFile(s))
	if err != nil {
		return nil, err
	}
	store, err := sqlite.OpenStopped(ctx, s.Database(), keys, log)
	if err != nil {
		return nil, err
	}
	return &Operator{letters: store, store: store}, nil
}

// RetryLetters implements timbre.Letters.
func (o *Operator) RetryLetters(ctx context.Context, f timbre.LetterFilter, now time.Time) (int, error) {
	switch { // before: a target that still counts as gone would bury again what is posted
	case o.sends == nil: // the next start sends to all
	case f.Target != "":
		o.sends.Retry(f.Target)
	default:
		o.sends.Retry()
	}
	return o.letters.RetryLetters(ctx, f, now)
}

// Targets returns the targets for which something waits or is dead, and those that do not work, by name.
func (o *Operator) Targets(ctx context.Context) ([]timbre.TargetReport, error) {
	depths, err := o.store.Depths(ctx)
	if err != nil {
		return nil, err
	}
	var states map[string]timbre.TargetState
	works := timbre.TargetState{}
	if o.sends != nil {
		states, works.Delivery = o.sends.States(), timbre.DeliveryWorks
	}
	list := make([]timbre.TargetReport, 0, len(depths))
	for _, d := range depths {
		s, fails := states[d.Target]
		if !fails {
			s = works
		}
		list = append(list, timbre.TargetReport{Depth: d, TargetState: s})
		delete(states, d.Target)
	}
	for target, s := range states {
		list = append(list, timbre.TargetReport{Depth: timbre.Depth{Target: target}, TargetState: s})
	}
	slices.SortFunc(list, func(a, b timbre.TargetReport) int { return cmp.Compare(a.Target, b.Target) })
	return list, nil
}

// Close closes the data folder of OpenOperator.
func (o *Operator) Close() error { return o.store.Close() }
