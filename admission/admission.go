// Package admission decides who may use a connector. In come requests, from SIP and from WebSocket feeds alike, as
// timbre.AccessRequest: where they come from, which connector they name, which credentials they carry. Out go a
// timbre.Access or a *timbre.Denial. The same rules and the same calls a second hold whichever way a call comes in.
//
// It knows digests of passwords only, answers no request itself, and keeps nothing durable but which hosts have proven a password.
// What is read of a source before a request is parsed is limited in admission/source. DESIGN.md explains both.
package admission

import (
	"sync"

	"timbre"
	"timbre/admission/source"
	"timbre/environment"
)

// Directory reads the connectors, and who may use them.
type Directory interface {
	timbre.ConnectorReader
	timbre.ConnectorLister
	timbre.TerminationReader
	timbre.UsernameReader
	timbre.CredentialReader
}

// Config of an Admission.
type Config struct {
	Sources source.Config // of the source limiter
	Digest  string        // timbre.DigestSHA256: connectors without a tag of their own take no MD5
	MaxCPS  int           // the quota of calls a second of a connector: it bounds, and replaces an absent, CpsLimit; 0: none
}

// Admission decides which requests may use which connectors. It is safe for concurrent use.
type Admission struct {
	env                   environment.Environment
	cfg                   Config
	dir                   Directory
	list                  *allowList
	reading               sync.Mutex    // held from reading a connector to putting it into the list
	again                 chan struct{} // holds a value when something has to be read again: see Run
	nonces                *nonces
	proofs                proofs
	passwords, signatures *source.Attempts // that were wrong
	sources               *source.Limiter
	calls                 callRates
}

// New makes an Admission that knows no connector before Load.
func New(env environment.Environment, cfg Config, dir Directory) *Admission {
	env = env.Complete()
	a := &Admission{
		env: env, cfg: cfg, dir: dir, list: newAllowList(), again: make(chan struct{}, 1),
		nonces: newNonces(env.Steady), passwords: source.NewAttempts(env.Steady), signatures: source.NewAttempts(env.Steady),
	}
	a.sources = source.New(env, cfg.Sources, source.Deps{Allowed: a.list.contains, Echoed: a.nonces.echoed})
	registerMetrics(env.Metrics, a.list)
	return a
}

// Sources is the source limiter. A source that proves a password becomes known to it.
func (a *Admission) Sources() *source.Limiter { return a.sources }
