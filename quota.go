package timbre

import "context"

// Limits are quotas: how many of a thing may exist at once. 0 is unlimited.
type Limits struct {
	Connectors     int
	Configurations int
	Pipelines      int // live media insights pipelines
	Domains        int
	Profiles       int // in one domain
	Tasks          int // active tasks of both kinds together
	Analysed       int // calls with an active task
	Calls          int // live calls on one connector
	CPS            int // calls a second that a connector may be configured for
	Crowd          int // concurrent API requests on one domain, profile or task
	Groups         int // voice connector groups
	Members        int // connectors in one group
	Numbers        int // phone numbers in the inventory
	Tags           int // on one resource
}

// Of returns the quota of a kind of resource.
func (l Limits) Of(kind string) int {
	switch kind {
	case KindGroup:
		return l.Groups
	case KindNumber:
		return l.Numbers
	}
	return 0
}

// Usage is how much of the quotas is used.
type Usage struct {
	Pipelines int // live
	Tasks     int // active
	Analysed  int // calls with an active task
	Calls     int // live, of the connector with the most
	Profiles  int // of the domain with the most
}

// Quotas are enforced in the transaction that creates: concurrent creations cannot exceed a limit together. A creation over
// a quota is Limit; if it is also a duplicate, Conflict. Items that exist before a limit is set stay. CPS is enforced by the
// stages that take calls; the store refuses a termination that asks for more. Crowd is enforced by the API.
type Quotas interface {
	// Limit sets the limits of all later creations. A new store has none.
	Limit(l Limits)
	// Used is how much of them is used now.
	Used(ctx context.Context) (Usage, error)
}
