package timbre

// Limits are how many of a thing there may be at once. 0: any number.
type Limits struct {
	Connectors     int
	Configurations int
	Pipelines      int // live media insights pipelines
	Domains        int
	Profiles       int // of one domain
	Tasks          int // active ones, of both kinds together
	Analysed       int // calls with an active task
	Calls          int // live ones of one connector
	CPS            int // calls a second that a connector may ask for
	Crowd          int // API requests on one domain, profile or task
	Groups         int // of connectors
	Members        int // connectors of one group
	Numbers        int // phone numbers of the inventory
	Tags           int // of one resource
}

// Of is how many resources of a kind there may be.
func (l Limits) Of(kind string) int {
	switch kind {
	case KindGroup:
		return l.Groups
	case KindNumber:
		return l.Numbers
	}
	return 0
}

// Quotas are enforced in the transaction that creates: concurrent creations cannot exceed a limit together. A creation over
// a quota is Limit; if it is also a duplicate, Conflict. Items that exist before a limit is set stay. CPS is enforced by the
// stages that take calls; the store refuses a termination that asks for more. Crowd is enforced by the API.
type Quotas interface {
	// Limit sets the limits of all later creations. A new store has none.
	Limit(l Limits)
}
