package sqlite

import (
	"slices"
	"sync"

	"timbre/store"
)

// observers are raised after commits.
type observers struct {
	mu  sync.RWMutex
	all []store.Observers
}

// Observe adds observers.
func (s *Store) Observe(added store.Observers) {
	s.observers.mu.Lock()
	defer s.observers.mu.Unlock()
	s.observers.all = append(slices.Clip(s.observers.all), added)
}

func (o *observers) current() []store.Observers {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.all
}

// posted returns the hook that raises Posted for targets.
func (o *observers) posted(targets []string) func() {
	return func() {
		for _, each := range o.current() {
			if each.Posted != nil {
				each.Posted(targets)
			}
		}
	}
}

// admissionChanged returns the hook that raises AdmissionChanged for a connector.
func (o *observers) admissionChanged(connectorID string) func() {
	return func() {
		for _, each := range o.current() {
			if each.AdmissionChanged != nil {
				each.AdmissionChanged(connectorID)
			}
		}
	}
}

// voicesErased returns the hook that raises VoicesErased for a domain whose id is known when it is raised.
func (o *observers) voicesErased(domainID *string) func() {
	return func() {
		for _, each := range o.current() {
			if each.VoicesErased != nil {
				each.VoicesErased(*domainID)
			}
		}
	}
}

// domainDeleted returns the hook that raises DomainDeleted for a domain.
func (o *observers) domainDeleted(domainID string) func() {
	return func() {
		for _, each := range o.current() {
			if each.DomainDeleted != nil {
				each.DomainDeleted(domainID)
			}
		}
	}
}
