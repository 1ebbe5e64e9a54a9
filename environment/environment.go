// Package environment holds what every stage of a node takes from its surroundings: clock, log, metrics, identifiers,
// randomness, region and account. Constructors take an Environment first, then their own configuration, then what they
// depend on. Nothing in a stage reads a global in its place, so a test moves the clock and reads the log of one node
// among several.
package environment

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// Environment is passed by value. The zero value is usable after Complete.
type Environment struct {
	Now     func() time.Time      // the wall clock, which may jump: for what is stored, signed or shown; nil: time.Now
	Steady  func() time.Time      // a clock that never jumps: for ages and limits within this run, never stored or shown; nil: the monotonic one
	Uptime  func() Uptime         // time that restarts of this program do not stop; nil: since the machine was started
	Log     *slog.Logger          // hides the numbers of people: see Discreet; nil: discards
	Metrics prometheus.Registerer // register with promauto.With; nil: metrics are counted but not exported
	Repeats *Tally                // logs what peers can make happen at will; its owner runs it; nil: one whose sums nobody logs
	NewID   func() string         // a random UUID in its text form; nil: RFC 9562 version 4
	Random  func() float64        // uniform in [0, 1), for back-off and load spreading, never for secrets; nil: math/rand/v2
	Region  string                // of the ARNs that are made, such as us-east-1
	Account string                // of the ARNs that are made, 12 digits

	// Outlived returns which wall times are older than a life, earliest first: see Clock.Outlived; nil: by the wall clock alone.
	Outlived func(life time.Duration) []Span
	// Age returns how long ago a stamp of the wall clock was made: see Clock.Age; nil: by the wall clock alone.
	Age func(stamp time.Time) time.Duration
}

// Due is the time that decides whether a life has ended: what expires then or earlier has surely been kept for it.
func (e Environment) Due(life time.Duration) time.Time { return e.Outlived(life)[0].Until.Add(life) }

// Complete returns e with a default for each nil field. A constructor calls it once, first.
func (e Environment) Complete() Environment {
	if e.Now == nil {
		e.Now = time.Now
	}
	if e.Steady == nil {
		e.Steady = steady()
	}
	if e.Uptime == nil {
		e.Uptime = uptime(e.Steady)
	}
	if e.Outlived == nil {
		now := e.Now
		e.Outlived = func(life time.Duration) []Span { return []Span{{Ever, now().Add(-life)}} }
	}
	if e.Age == nil {
		now := e.Now
		e.Age = func(stamp time.Time) time.Duration { return max(0, now().Sub(stamp)) }
	}
	if e.Log == nil {
		e.Log = slog.New(slog.DiscardHandler)
	}
	if h := e.Log.Handler(); h != slog.DiscardHandler {
		e.Log = slog.New(Discreet(h))
	}
	if e.Repeats == nil {
		e.Repeats = NewTally()
	}
	if e.NewID == nil {
		e.NewID = uuid.NewString
	}
	if e.Random == nil {
		e.Random = rand.Float64
	}
	return e
}
