// Package admission decides who may use a connector. In come requests, from SIP and from WebSocket feeds alike, as
// timbre.AccessRequest: where they come from, which connector they name, which credentials they carry. Out go a
// timbre.Access or a *timbre.Denial. The same rules and the same calls a second hold whichever way a call comes in.
//
// It knows digests of passwords only, answers no request itself, and keeps nothing durable. What is read of a source
// before a request is parsed is limited in admission/source. DESIGN.md explains both.
package admission

import (
	"context"
	"net/netip"

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
	MaxCPS  int           // the quota of calls a second of a connector: it bounds, and replaces an absent, CpsLimit; 0: none
}

// Admission decides which requests may use which connectors. It is safe for concurrent use.
type Admission struct {
	env      environment.Environment
	cfg      Config
	dir      Directory
	list     *allowList
	nonces   *nonces
	attempts *source.Attempts
	sources  *source.Limiter
	calls    callRates
	reading  environment.Outage // of the allow list
}

// New makes an Admission.
func New(env environment.Environment, cfg Config, dir Directory) *Admission {
	env = env.Complete()
	a := &Admission{
		env: env, cfg: cfg, dir: dir, list: &allowList{dir: dir}, nonces: newNonces(env.Steady), attempts: source.NewAttempts(env.Steady),
	}
	a.sources = source.New(env, cfg.Sources, a.allowed)
	return a
}

// Sources is the source limiter. A source that proves a password becomes known to it.
func (a *Admission) Sources() *source.Limiter { return a.sources }

// Changed must be called after each change of a connector, its termination or its credentials. It takes effect on the next
// request.
func (a *Admission) Changed(connectorID string) { a.list.changed(connectorID) }

// allowed says whether a connector's allowed hosts contain a source, and whether the source could prove a password if not.
// A source counts as known while the store fails: the request itself is answered with 500 or 503, and may be repeated.
func (a *Admission) allowed(from netip.Addr) (known, provable bool) {
	hosts, err := a.list.current(context.Background())
	if err != nil {
		a.reading.Failed(a.env.Log, "reading the allow list fails", "error", err)
		return true, false
	}
	a.reading.Over(a.env.Log, "the allow list can be read again")
	return hosts.contains(from), hosts.provable
}
