// Package toll guards against toll fraud: calls that somebody else places at the operator's cost. In come calls that are about to be put
// through to a gateway, as timbre.TollCall; out go refusals, an event, a log line and a metric. A number must be of a calling region
// of the connector, by the numbering plans of all countries (libphonenumber); premium rates and satellites are refused in each; a caller
// that is known by a password has its calls and minutes a day; and a network so wide that strangers are in it puts nothing through.
//
// Emergency numbers are always put through. The package neither knows SIP nor ends calls itself. DESIGN.md says why it decides as it does.
package toll

import (
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// Config of a Guard.
type Config struct {
	Premium bool // put calls to premium numbers through
	Calls   int  // a day of each credential; 0: any number
	Minutes int  // a day of each credential; 0: any number
}

// Deps are what a Guard works with.
type Deps struct {
	Announcer timbre.Announcer
	Poster    timbre.Poster
}

// Guard decides which calls are put through. It is safe for concurrent use.
type Guard struct {
	env     environment.Environment
	cfg     Config
	deps    Deps
	metrics *metrics
	alarms  alarms

	mu     sync.Mutex
	used   map[user]*usage
	forgot time.Time // when used was last cleared of what is over
}

// New makes a Guard.
func New(env environment.Environment, cfg Config, deps Deps) *Guard {
	env = env.Complete()
	return &Guard{env: env, cfg: cfg, deps: deps, metrics: newMetrics(env.Metrics), alarms: newAlarms(env.Steady), used: map[user]*usage{}}
}

// Admit implements timbre.TollGuard.
func (g *Guard) Admit(c timbre.TollCall) (timbre.Toll, error) {
	if isEmergency(c.Number, planOf(c.Access).homes) {
		return free{}, nil
	}
	if d := g.mayCall(c); d != nil {
		return nil, g.refused(c, d)
	}
	t, d := g.count(c)
	if d != nil {
		return nil, g.refused(c, d)
	}
	return t, nil
}

// Transfer implements timbre.TollGuard.
func (g *Guard) Transfer(c timbre.TollCall) error {
	t, err := g.Admit(c)
	if err != nil {
		return err
	}
	t.Over()
	return nil
}

// mayCall decides by what the connector's settings say of the source and the number.
func (g *Guard) mayCall(c timbre.TollCall) *timbre.TollDenial {
	if c.Access.Open {
		return &timbre.TollDenial{Reason: timbre.TollOpen, Detail: "the source is allowed by a network that is too wide to put calls through"}
	}
	return dialable(c.Number, planOf(c.Access), g.cfg.Premium)
}

// free is a call that is not counted.
type free struct{}

func (free) Answered(func()) {}

func (free) Over() {}
