package timbre

import (
	"encoding/json"
	"time"
)

// The kinds of resources that have a quota.
const (
	KindGroup  = "voice connector group"
	KindNumber = "phone number"
)

// Resource is something that users set up and read back, and that changes nothing else: a voice connector group, a phone
// number, a SIP rule. What it says stands in its document; the rest is what the store goes by.
type Resource struct {
	Kind string // what it is, in words, such as "SIP rule"
	ID   string // one of its kind
	Name string // one of its kind as well; empty: it has none to be found by
	ARN  string // empty: it has none
	// Owner is the connector or resource that it belongs to and goes away with; empty for none. What has an owner may have
	// the same id, and cannot itself be owned or used.
	Owner string
	// Uses are the ids of the connectors and resources that cannot be deleted while this one is there.
	Uses             []string
	Tags             map[string]string
	Document         json.RawMessage
	Created, Updated time.Time
}
