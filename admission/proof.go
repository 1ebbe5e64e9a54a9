package admission

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"timbre"
	"timbre/admission/source"
)

// Proofs keep from run to run which hosts have proven a password.
type Proofs interface {
	Proofs(ctx context.Context) ([]timbre.Proof, error)
	// SaveProof saves a proof, and erases those that have ended.
	SaveProof(ctx context.Context, p timbre.Proof, ended time.Time) error
}

const (
	saveEvery = time.Hour // the proofs of a host that are not worth another write
	maxSaved  = 20_000    // hosts whose last write is remembered
)

// proofs are what is kept of the hosts that have proven a password.
type proofs struct {
	kept  Proofs // nil: nothing is kept
	mu    sync.Mutex
	saved map[netip.Prefix]time.Time
}

// Keep makes the hosts known that have proven a password in an earlier run, and keeps those of this one. It precedes all requests.
func (a *Admission) Keep(ctx context.Context, kept Proofs) error {
	a.proofs.kept = kept
	all, err := kept.Proofs(ctx)
	if err != nil {
		return err
	}
	now := a.env.Now()
	for _, p := range all {
		if left := min(p.Until.Sub(now), source.ProofLife); left > 0 && p.Network.IsValid() { // the clock may have been set
			a.sources.Remember(p.Network.Addr(), left)
		}
	}
	return nil
}

// proved makes a source known that has proven a password. A store that fails costs the proof its life beyond this run.
func (a *Admission) proved(ctx context.Context, from netip.Addr) {
	a.sources.Proven(from)
	network := timbre.HostNetwork(from)
	if a.proofs.kept == nil || !network.IsValid() || !a.proofs.due(network, a.env.Steady()) {
		return
	}
	now := a.env.Now()
	if err := a.proofs.kept.SaveProof(ctx, timbre.Proof{Network: network, Until: now.Add(source.ProofLife)}, now); err != nil {
		a.env.Repeats.Count(a.env.Log, "proof", "a proof of a password cannot be saved: the source is unknown after a restart", "network", network, "error", err)
	}
}

// due reports whether the proof of a host has to be saved again.
func (p *proofs) due(network netip.Prefix, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, saved := p.saved[network]; saved && now.Sub(at) < saveEvery {
		return false
	}
	if p.saved == nil || len(p.saved) >= maxSaved {
		p.saved = map[netip.Prefix]time.Time{}
	}
	p.saved[network] = now
	return true
}
